//! Which of the ranked clips make a page: worth and variety together, and no author or topic too often.
//!
//! Source: Chen, Zhang and Zhou, "Fast Greedy MAP Inference for Determinantal Point Process", NeurIPS 2018.

use crate::algebra::{Kernel, dot, wide};
use std::collections::BTreeMap;

/// How strongly worth counts against variety: the kernel is exp(WORTH (a + b) / 2) x likeness.
const WORTH: f32 = 2.0;

/// Candidates that are looked at, the best first.
pub const LOOKED_AT: usize = 500;

/// A clip that may be shown.
#[derive(Clone, Copy, Debug)]
pub struct Candidate<'a> {
    pub clip: u32,
    pub author: u32,
    pub topic: u32,
    pub score: f32,
    /// What it is about, of any length and scale; like clips have vectors of like direction. Empty: like no other.
    pub about: &'a [f32],
}

/// How often one author and one topic may stand on a page.
#[derive(Clone, Copy, Debug)]
pub struct Caps {
    pub author: usize,
    pub topic: usize,
}

impl Caps {
    /// Of a page: an author a tenth (at least 2), a topic two fifths (at least 3).
    #[must_use]
    pub fn of_page(count: usize) -> Self {
        Self { author: (count / 10).max(2), topic: (count * 2 / 5).max(3) }
    }
}

/// The places in `candidates` of up to `count` clips, in the order they are to be shown. No clip twice. Caps hold while there
/// is anything within them; then they double, for a site with one author has pages too. Time: looked at x count x (dimensions +
/// count).
#[must_use]
pub fn pick(candidates: &[Candidate<'_>], count: usize, mut caps: Caps) -> Vec<usize> {
    let worth = |at: usize| candidates.get(at).map_or(f32::MIN, |one| finite(one.score));
    let mut order: Vec<usize> = (0..candidates.len()).collect();
    let clip = |at: usize| candidates.get(at).map_or(u32::MAX, |one| one.clip);
    order.sort_by(|a, b| worth(*b).total_cmp(&worth(*a)).then(clip(*a).cmp(&clip(*b))));
    order.truncate(LOOKED_AT.max(count));
    let best = order.first().map_or(0.0, |at| worth(*at));
    let mut open: Vec<Open> = order
        .iter()
        .filter_map(|at| {
            let candidate = candidates.get(*at)?;
            let quality = (WORTH * (worth(*at) - best)).exp().max(1e-6);
            Some(Open {
                at: *at,
                quality,
                left: 1.0,
                shadow: Vec::with_capacity(count),
                length: length(candidate.about),
            })
        })
        .collect();
    let (mut page, mut used) = (Vec::with_capacity(count), Used::default());
    while page.len() < count {
        let gain = |one: &Open| one.quality * one.quality * one.left;
        let within =
            |one: &Open| candidates.get(one.at).is_some_and(|candidate| used.allows(candidate, caps));
        // Ties go to the one that ranks higher: the first. Caps are asked of what would be chosen alone.
        let mut chosen: Option<(usize, f32)> = None;
        for (at, one) in open.iter().enumerate() {
            if chosen.is_none_or(|(_, most)| gain(one) > most) && within(one) {
                chosen = Some((at, gain(one)));
            }
        }
        let Some(chosen) = chosen else {
            if open.is_empty() {
                break;
            }
            caps = Caps { author: caps.author * 2, topic: caps.topic * 2 };
            continue;
        };
        let chosen = open.remove(chosen.0);
        let Some(shown) = candidates.get(chosen.at) else { break };
        used.note(shown);
        page.push(chosen.at);
        open.retain(|one| clip(one.at) != shown.clip);
        wide(Hide { candidates, chosen: &chosen, shown, open: &mut open });
    }
    page
}

fn finite(score: f32) -> f32 {
    if score.is_finite() { score.clamp(-1e3, 1e3) } else { -1e3 }
}

/// A candidate not yet shown: what of it is not yet covered by those that are (a Cholesky factor, row by row).
struct Open {
    at: usize,
    quality: f32,
    left: f32,
    shadow: Vec<f32>,
    length: f32,
}

/// What the clip that was just chosen covers of all that are open.
struct Hide<'a> {
    candidates: &'a [Candidate<'a>],
    chosen: &'a Open,
    shown: &'a Candidate<'a>,
    open: &'a mut [Open],
}

impl Kernel for Hide<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        for one in self.open {
            let Some(other) = self.candidates.get(one.at) else { continue };
            one.hide(self.chosen, likeness(self.shown, self.chosen, other, one));
        }
    }
}

impl Open {
    #[inline(always)]
    fn hide(&mut self, shown: &Self, likeness: f32) {
        let covered = dot(&self.shadow, &shown.shadow);
        let more = (likeness - covered) / shown.left.max(1e-6).sqrt();
        self.shadow.push(more);
        self.left = (self.left - more * more).clamp(1e-6, 1.0);
    }
}

/// In [0, 1): cosine of what they are about, at least a little for the same topic.
#[inline(always)]
fn likeness(a: &Candidate<'_>, of_a: &Open, b: &Candidate<'_>, of_b: &Open) -> f32 {
    let cosine = dot(a.about, b.about) / (of_a.length * of_b.length);
    let topic = if a.topic == b.topic { 0.3 } else { 0.0 };
    // Only then is the matrix of likeness surely positive: a mixture of two kernels.
    let cosine = if cosine.is_finite() { cosine.clamp(-1.0, 1.0) } else { 0.0 };
    (0.65 * cosine + topic).clamp(-0.99, 0.99)
}

fn length(about: &[f32]) -> f32 {
    dot(about, about).sqrt()
}

/// What stands on the page so far.
#[derive(Default)]
struct Used {
    authors: BTreeMap<u32, usize>,
    topics: BTreeMap<u32, usize>,
}

impl Used {
    fn allows(&self, one: &Candidate<'_>, caps: Caps) -> bool {
        let below = |count: Option<&usize>, cap: usize| count.is_none_or(|count| *count < cap);
        below(self.authors.get(&one.author), caps.author) && below(self.topics.get(&one.topic), caps.topic)
    }

    fn note(&mut self, one: &Candidate<'_>) {
        *self.authors.entry(one.author).or_default() += 1;
        *self.topics.entry(one.topic).or_default() += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    type Row = (u32, u32, u32, f32, Vec<f32>);

    fn candidates(rows: &[Row]) -> Vec<Candidate<'_>> {
        rows.iter()
            .map(|(clip, author, topic, score, about)| Candidate {
                clip: *clip,
                author: *author,
                topic: *topic,
                score: *score,
                about,
            })
            .collect()
    }

    fn any_number() -> impl Strategy<Value = f32> {
        prop_oneof![4 => -2.0_f32..4.0, 1 => any::<f32>(), 1 => Just(f32::NAN)]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn no_clip_twice_and_no_cap_broken_while_there_is_anything_within(
            rows in prop::collection::vec((0_u32..60, 0_u32..8, 0_u32..6, any_number(), prop::collection::vec(any_number(), 0..4)), 0..120),
            count in 0_usize..25,
        ) {
            let (all, caps) = (candidates(&rows), Caps::of_page(20));
            let page = pick(&all, count, caps);
            prop_assert!(page.len() <= count);
            prop_assert_eq!(&page, &pick(&all, count, caps));
            // Up to the first place where nothing was left within the caps, caps hold; nothing ever stands twice.
            let (mut used, mut clips) = (Used::default(), Vec::new());
            let mut caps = caps;
            for at in &page {
                prop_assert!(!clips.contains(&all[*at].clip));
                while all.iter().all(|one| clips.contains(&one.clip) || !used.allows(one, caps)) {
                    caps = Caps { author: caps.author * 2, topic: caps.topic * 2 };
                }
                prop_assert!(used.allows(&all[*at], caps));
                used.note(&all[*at]);
                clips.push(all[*at].clip);
            }
            // A page is short only if nothing is left.
            prop_assert!(page.len() == count || all.iter().all(|one| clips.contains(&one.clip)));
        }
    }

    #[test]
    fn the_best_comes_first_and_what_is_like_it_later() {
        let rows: Vec<Row> = vec![
            (0, 0, 0, 3.0, vec![1.0, 0.0]),
            (1, 1, 1, 2.95, vec![1.0, 0.01]),
            (2, 2, 2, 2.9, vec![0.0, 1.0]),
        ];
        assert_eq!(pick(&candidates(&rows), 3, Caps::of_page(20)), [0, 2, 1]);
    }

    #[test]
    fn what_is_worth_much_less_does_not_come_for_variety() {
        let rows: Vec<Row> = vec![
            (0, 0, 0, 3.0, vec![1.0, 0.0]),
            (1, 1, 1, 2.9, vec![0.9, 0.1]),
            (2, 2, 2, 0.0, vec![0.0, 1.0]),
        ];
        assert_eq!(pick(&candidates(&rows), 2, Caps::of_page(20)), [0, 1]);
    }
}
