//! How good lists would have been on one's own log: models are fitted to all but its end, and each clip taken up in the end is
//! foretold from what was there before it, beside what is popular.

use crate::fitted::Fitted;
use crate::histories::{Visit, scatter};
use crate::measure::best;
use crate::parallel;
use crate::text::WIDTH;
use std::collections::BTreeSet;

/// The share of the log that models are fitted to.
const FITTED_TO: f64 = 0.8;
/// What is foretold at most, and the fewest events and learners that say something.
const FORETOLD: usize = 2_000;
const FEWEST: (usize, usize) = (50, 10);
/// Clips of a list.
const LISTED: usize = 20;

/// How well a way of making lists foretold what was taken up next.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Quality {
    /// The share of clips taken up that stood in the list of 20 made just before, in [0, 1].
    pub hit_rate_20: f64,
    /// The same, the place p (from 1) counting 1 / log2(p + 1).
    pub ndcg_20: f64,
    /// The share of all clips that stood in any list.
    pub coverage: f64,
}

/// What a replay says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Replay {
    /// Clips taken up that were foretold, and by how many learners.
    pub events: u64,
    pub learners: u64,
    pub ours: Quality,
    pub popularity: Quality,
}

/// One clip taken up: by whom, and how many were before it.
#[derive(Clone, Copy, Debug)]
struct Next {
    learner: usize,
    before: usize,
}

/// Replays the end of a log of histories in order, whose `at` is a clock that all share. `about` as for [`Fitted::fit`]. `None`: too
/// little was taken up at its end to say anything.
#[must_use]
pub fn replay(pasts: &[Vec<Visit>], about: &[Option<[f32; WIDTH]>], threads: usize) -> Option<Replay> {
    let mut times: Vec<f64> = pasts.iter().flatten().map(|visit| visit.at).collect();
    times.sort_by(f64::total_cmp);
    let end = *times.get((times.len() as f64 * FITTED_TO) as usize)?;
    let begun: Vec<Vec<Visit>> =
        pasts.iter().map(|past| past.iter().copied().filter(|visit| visit.at < end).collect()).collect();
    let mut nexts: Vec<Next> = Vec::new();
    for (learner, past) in pasts.iter().enumerate() {
        let at_end = (1..past.len()).filter(|before| past.get(*before).is_some_and(|visit| visit.at >= end));
        nexts.extend(at_end.map(|before| Next { learner, before }));
    }
    nexts.sort_unstable_by_key(|next| scatter(next.learner as u64, next.before as u64));
    nexts.truncate(FORETOLD);
    let learners = nexts.iter().map(|next| next.learner).collect::<BTreeSet<_>>().len();
    if nexts.len() < FEWEST.0 || learners < FEWEST.1 {
        return None;
    }
    let fitted = Fitted::fit(&begun, about, threads);
    let popular = popular(&begun, about.len());
    let foretell = |next: &Next| {
        let past = pasts.get(next.learner).and_then(|past| past.get(..next.before)).unwrap_or_default();
        let had: BTreeSet<u32> = past.iter().map(|visit| visit.item).collect();
        let ours = fitted.best(&fitted.taste(past), LISTED, |item| had.contains(&item));
        let ours: Vec<u32> = ours.into_iter().map(|one| one.0).collect();
        let popular = popular.iter().copied().filter(|item| !had.contains(item)).take(LISTED).collect();
        (ours, popular)
    };
    let lists: Vec<(Vec<u32>, Vec<u32>)> = parallel::on(threads, || parallel::map(&nexts, foretell));
    let taken: Vec<Option<u32>> = nexts
        .iter()
        .map(|next| pasts.get(next.learner).and_then(|past| past.get(next.before)).map(|visit| visit.item))
        .collect();
    let (ours, popularity): (Vec<_>, Vec<_>) = lists.into_iter().unzip();
    Some(Replay {
        events: nexts.len() as u64,
        learners: learners as u64,
        ours: quality(&ours, &taken, about.len()),
        popularity: quality(&popularity, &taken, about.len()),
    })
}

/// What most took up, most first.
fn popular(pasts: &[Vec<Visit>], items: usize) -> Vec<u32> {
    let mut counts = vec![0.0_f32; items];
    for visit in pasts.iter().flatten() {
        if let Some(count) = counts.get_mut(visit.item as usize) {
            *count += 1.0;
        }
    }
    let longest = pasts.iter().map(Vec::len).max().unwrap_or(0);
    best((0..).zip(counts), longest + FORETOLD).into_iter().map(|one| one.0).collect()
}

fn quality(lists: &[Vec<u32>], taken: &[Option<u32>], items: usize) -> Quality {
    let (mut hits, mut gain, mut shown) = (0_usize, 0.0, BTreeSet::new());
    for (list, taken) in lists.iter().zip(taken) {
        shown.extend(list.iter().copied());
        if let Some(place) = list.iter().position(|item| Some(*item) == *taken) {
            hits += 1;
            gain += 1.0 / (place as f64 + 2.0).log2();
        }
    }
    let count = lists.len().max(1) as f64;
    Quality {
        hit_rate_20: hits as f64 / count,
        ndcg_20: gain / count,
        coverage: shown.len() as f64 / items.max(1) as f64,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Learners walk along rings of twenty clips, one ring a group of learners.
    fn rings(learners: usize, steps: usize) -> Vec<Vec<Visit>> {
        let item = |learner: usize, step: usize| (20 * (learner % 5) + (3 * learner + step) % 20) as u32;
        (0..learners)
            .map(|learner| {
                let at = |step: usize| (step * learners + learner) as f64;
                (0..steps).map(|step| Visit { item: item(learner, step), at: at(step) }).collect()
            })
            .collect()
    }

    #[test]
    fn who_walks_along_rings_is_foretold_better_than_by_what_is_popular() {
        let about = vec![None; 100];
        let told = replay(&rings(100, 12), &about, 2).unwrap();
        assert!(told.events >= 100 && told.learners >= 50, "{told:?}");
        assert!(told.ours.hit_rate_20 > 0.9 && told.ours.ndcg_20 > 0.5, "{told:?}");
        assert!(told.ours.ndcg_20 > told.popularity.ndcg_20 + 0.3, "{told:?}");
        assert!(told.ours.coverage > told.popularity.coverage);
        assert_eq!(Some(told), replay(&rings(100, 12), &about, 1));
    }

    #[test]
    fn a_short_log_says_nothing() {
        assert_eq!(replay(&rings(8, 8), &vec![None; 100], 1), None);
        assert_eq!(replay(&[], &[], 1), None);
    }
}
