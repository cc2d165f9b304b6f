//! What each learner took up, in order: the one form in which every model reads the past. No models here.

use std::collections::BTreeMap;

/// Of each learner at most so many of the last visits teach a model: what one learner, or one bot, can move is bounded.
pub const REACH: usize = 1_000;

/// Without order, a learner's last visits are taken to be drawn with chances of popularity^-LATE: people take up what
/// everybody does first, and what is left for later is rarer.
const LATE: f64 = 0.25;

/// One item taken up by one learner. `at` is a time in any unit, larger is later.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Visit {
    pub item: u32,
    pub at: f64,
}

/// The past of all learners. Items are `0..items`, learners are places in `of`; nobody has an item twice.
#[derive(Clone, Debug, Default)]
pub struct Histories {
    pub items: usize,
    /// Whether the order within a history means anything. False: only order-blind models may be used.
    pub ordered: bool,
    /// Whether the times of different learners are of one clock. Where learners never overlap in time (rows numbered
    /// learner by learner) they are not, and what is near in time would only be what is near in the file.
    pub clocked: bool,
    pub of: Vec<Vec<Visit>>,
}

impl Histories {
    /// From rows (learner, item, time). An item taken up twice keeps its last place. Times of which more than a tenth are
    /// missing or not finite, or that are all the same, make the histories unordered; equal times keep the rows' order.
    #[must_use]
    pub fn new(learners: usize, items: usize, rows: &[(u32, u32, Option<f64>)]) -> Self {
        let times = times(learners, rows);
        let ordered = times.is_some();
        let mut of: Vec<Vec<Visit>> = vec![Vec::new(); learners];
        let mut times = times.into_iter().flatten();
        for &(learner, item, _) in rows {
            let at = times.next().unwrap_or(0.0);
            if let Some(past) = of.get_mut(learner as usize) {
                past.push(Visit { item, at });
            }
        }
        let mut count = vec![0.0_f64; items];
        for row in rows {
            if let Some(n) = count.get_mut(row.1 as usize) {
                *n += 1.0;
            }
        }
        for (learner, past) in of.iter_mut().enumerate() {
            if ordered {
                past.sort_by(|a, b| a.at.total_cmp(&b.at));
            } else {
                let late = |visit: &Visit| {
                    let chance =
                        (scatter(learner as u64, u64::from(visit.item)) >> 11) as f64 / (1_u64 << 53) as f64;
                    let often = count.get(visit.item as usize).copied().unwrap_or(1.0).max(1.0);
                    -(1.0 - chance).ln() * often.powf(LATE)
                };
                past.sort_by(|a, b| late(b).total_cmp(&late(a)).then(a.item.cmp(&b.item)));
            }
            keep_last(past);
        }
        let clocked = ordered && interleave(&of);
        Self { items, ordered, clocked, of }
    }

    /// The visits of a learner that teach models: the last [`REACH`].
    #[must_use]
    pub fn recent(&self, learner: usize) -> &[Visit] {
        self.of.get(learner).map_or(&[], |past| last(past, REACH))
    }

    /// How many visits teach.
    #[must_use]
    pub fn visits(&self) -> usize {
        self.of.iter().map(|past| past.len().min(REACH)).sum()
    }

    /// All, or where that is more than so many visits teach, learners drawn by a fixed chance.
    #[must_use]
    pub fn some(&self, visits: usize) -> Self {
        let all = self.visits();
        if all <= visits {
            return self.clone();
        }
        let share = (visits as f64 / all as f64 * u64::MAX as f64) as u64;
        let drawn = (0_u64..).zip(&self.of).filter(|(learner, _)| scatter(*learner, 55) <= share);
        Self { of: drawn.map(|(_, past)| past.clone()).collect(), ..Self { of: Vec::new(), ..*self } }
    }

    /// The inner hold-out: of each history of three or more the last fifth (at least one) is taken away and returned,
    /// place by place. Without order it is a random fifth, for then histories lie in an arbitrary fixed order.
    #[must_use]
    pub fn hold_out(&self) -> (Self, Vec<Vec<u32>>) {
        let mut kept = self.clone();
        let held = kept
            .of
            .iter_mut()
            .map(|past| {
                let away = if past.len() >= 3 { (past.len() / 5).max(1) } else { 0 };
                past.split_off(past.len() - away).into_iter().map(|visit| visit.item).collect()
            })
            .collect();
        (kept, held)
    }

    /// How many learners had each item.
    #[must_use]
    pub fn popularity(&self) -> Vec<f32> {
        let mut count = vec![0.0; self.items];
        for learner in 0..self.of.len() {
            for visit in self.recent(learner) {
                if let Some(n) = count.get_mut(visit.item as usize) {
                    *n += 1.0;
                }
            }
        }
        count
    }
}

/// The time of each row, if nine of ten rows have one and they are not all the same. A row without takes that of the same
/// learner's row before it in the log (of the first with one, if none is before).
fn times(learners: usize, rows: &[(u32, u32, Option<f64>)]) -> Option<Vec<f64>> {
    let told: Vec<Option<f64>> = rows.iter().map(|row| row.2.and_then(in_seconds)).collect();
    // Where times are dates, 0 is none.
    let are_dates = told.iter().flatten().any(|at| *at > 1e8);
    let told: Vec<Option<f64>> = told.iter().map(|at| at.filter(|at| !are_dates || *at > 0.0)).collect();
    let (known, first) = (told.iter().flatten().count(), told.iter().flatten().next()?);
    if known * 10 < rows.len() * 9 || told.iter().flatten().all(|at| at == first) {
        return None;
    }
    let mut before: Vec<Option<f64>> = vec![None; learners];
    for (row, at) in rows.iter().zip(&told).rev() {
        if let (Some(before), Some(at)) = (before.get_mut(row.0 as usize), at) {
            *before = Some(*at);
        }
    }
    let one = |(row, at): (&(u32, u32, Option<f64>), &Option<f64>)| {
        let before = before.get_mut(row.0 as usize)?;
        *before = at.or(*before);
        *before
    };
    Some(rows.iter().zip(&told).map(one).map(|at| at.unwrap_or(*first)).collect())
}

/// Dates in milliseconds and finer as seconds, so that a log may mix them; numbers that can be no time are none.
fn in_seconds(at: f64) -> Option<f64> {
    if !at.is_finite() || at.abs() > 1e20 {
        return None;
    }
    let mut at = at;
    while at.abs() > 1e11 {
        at /= 1e3;
    }
    Some(at)
}

/// Whether more than a tenth of the learners begin before the one who began before them has ended.
fn interleave(of: &[Vec<Visit>]) -> bool {
    let mut spans: Vec<(f64, f64)> = of
        .iter()
        .filter(|past| past.len() > 1)
        .filter_map(|past| Some((past.first()?.at, past.last()?.at)))
        .collect();
    spans.sort_by(|a, b| a.0.total_cmp(&b.0));
    let overlaps = spans.windows(2).filter(|pair| matches!(pair, [a, b] if b.0 < a.1)).count();
    overlaps * 10 > spans.len()
}

/// Keeps the last of each item, in place.
fn keep_last(past: &mut Vec<Visit>) {
    let mut last_place = BTreeMap::new();
    for (place, visit) in past.iter().enumerate() {
        last_place.insert(visit.item, place);
    }
    if last_place.len() < past.len() {
        let mut place = 0;
        past.retain(|visit| {
            let keep = last_place.get(&visit.item) == Some(&place);
            place += 1;
            keep
        });
    }
}

/// The last `count` of a slice, or all of it.
#[must_use]
pub fn last<T>(all: &[T], count: usize) -> &[T] {
    all.get(all.len().saturating_sub(count)..).unwrap_or(all)
}

/// A fixed well-mixed number of two numbers (the finaliser of `SplitMix64`): order without meaning, the same each time.
#[must_use]
pub fn scatter(a: u64, b: u64) -> u64 {
    let mut x = a.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ b.wrapping_add(0xd1b5_4a32_d192_ed03);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items(past: &[Visit]) -> Vec<u32> {
        past.iter().map(|visit| visit.item).collect()
    }

    #[test]
    fn rows_are_put_in_order_of_time_and_a_repeated_item_keeps_its_last_place() {
        let rows = [(0, 1, Some(3.0)), (0, 2, Some(1.0)), (0, 0, Some(2.0)), (0, 2, Some(9.0))];
        let all = Histories::new(1, 3, &rows);
        assert!(all.ordered);
        assert_eq!(items(&all.of[0]), [0, 1, 2]);
    }

    #[test]
    fn missing_constant_or_absurd_times_leave_no_order() {
        assert!(!Histories::new(1, 2, &[(0, 0, Some(4.0)), (0, 1, Some(4.0))]).ordered);
        assert!(!Histories::new(1, 2, &[(0, 0, Some(4.0)), (0, 1, None)]).ordered);
        assert!(!Histories::new(1, 2, &[(0, 0, Some(4.0)), (0, 1, Some(f64::NAN))]).ordered);
    }

    #[test]
    fn a_few_times_that_are_missing_or_in_milliseconds_leave_the_order() {
        let mut rows: Vec<_> = (0..20).map(|i| (0, i, Some(1.6e9 + f64::from(i)))).collect();
        for (row, at) in rows.iter_mut().zip((0..).map(|i| 1.6e9 + f64::from(i))).step_by(3) {
            row.2 = Some(at * 1e3);
        }
        rows[7].2 = None;
        rows[12].2 = Some(0.0);
        let all = Histories::new(1, 20, &rows);
        assert!(all.ordered);
        assert_eq!(items(&all.of[0]), (0..20).collect::<Vec<_>>());
    }

    #[test]
    fn without_order_the_order_of_rows_changes_nothing() {
        let one = Histories::new(1, 9, &(0..9).map(|i| (0, i, None)).collect::<Vec<_>>());
        let two = Histories::new(1, 9, &(0..9).rev().map(|i| (0, i, None)).collect::<Vec<_>>());
        assert_eq!(one.of, two.of);
        assert_ne!(items(&one.of[0]), (0..9).collect::<Vec<_>>());
    }

    #[test]
    fn rows_numbered_learner_by_learner_are_no_common_clock() {
        let rows = |step: u32| -> Vec<_> {
            (0..30).flat_map(|u| (0..5).map(move |k| (u, k, Some(f64::from(u * step + k * 2))))).collect()
        };
        assert!(!Histories::new(30, 5, &rows(10)).clocked);
        assert!(Histories::new(30, 5, &rows(3)).clocked);
    }

    #[test]
    fn the_hold_out_takes_the_last_fifth_and_leaves_short_histories_alone() {
        let mut rows: Vec<_> = (0..10).map(|i| (0, i, Some(f64::from(i)))).collect();
        rows.extend([(1, 0, Some(0.0)), (1, 1, Some(1.0))]);
        let (kept, held) = Histories::new(2, 10, &rows).hold_out();
        assert_eq!(held, vec![vec![8, 9], vec![]]);
        assert_eq!(kept.of[0].len(), 8);
        assert_eq!(kept.of[1].len(), 2);
    }
}
