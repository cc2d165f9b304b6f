//! Models that are exact after every event: faded transitions and faded popularity. Nothing is solved here.
#![allow(clippy::indexing_slicing, reason = "tables grow with the items they are read with")]

use super::moments::Fade;
use crate::algebra::{flatten, summed};
use crate::histories::{Visit, last};
use crate::measure::best_open;
use std::collections::BTreeSet;

/// Faded transition counts, live. A row is a sorted list until a quarter of all items is in it, then a plain one.
#[derive(Clone, Debug)]
pub struct Running {
    fade: Fade,
    crossing: Vec<f32>,
    rows: Vec<Row>,
    /// How often each item was left.
    left: Vec<f32>,
}

/// Entries of all rows together, about; a row that grows beyond its part of them twice keeps its largest.
const ENTRIES: usize = 40_000_000;

#[derive(Clone, Debug)]
enum Row {
    Sparse(Vec<(u32, f32)>),
    Dense(Vec<f32>),
}

impl Row {
    fn add(&mut self, item: u32, value: f32, items: usize) {
        match self {
            Self::Sparse(pairs) => match pairs.binary_search_by_key(&item, |pair| pair.0) {
                Ok(at) => pairs[at].1 += value,
                Err(at) => {
                    pairs.insert(at, (item, value));
                    let keep = (ENTRIES / items.max(1)).max(128);
                    if pairs.len() > 2 * keep {
                        pairs.select_nth_unstable_by(keep, |a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
                        pairs.truncate(keep);
                        pairs.sort_unstable_by_key(|pair| pair.0);
                    }
                    if pairs.len() > items / 4 + 16 {
                        let mut row = vec![0.0; items];
                        pairs.iter().for_each(|pair| row[pair.0 as usize] = pair.1);
                        *self = Self::Dense(row);
                    }
                }
            },
            Self::Dense(row) => {
                if row.len() <= item as usize {
                    row.resize(items, 0.0);
                }
                row[item as usize] += value;
            }
        }
    }
}

impl Running {
    #[must_use]
    pub fn new(fade: Fade) -> Self {
        Self { fade, crossing: fade.crossing(), rows: Vec::new(), left: Vec::new() }
    }

    /// Learns that `item` came after `past`. Time: reach + horizon additions.
    pub fn learn(&mut self, past: &[Visit], item: u32) {
        let before = past.iter().rev().take(self.crossing.len()).map(|visit| visit.item).max().unwrap_or(0);
        let items = self.rows.len().max(item.max(before) as usize + 1);
        self.rows.resize(items, Row::Sparse(Vec::new()));
        self.left.resize(items, 0.0);
        for (from, c) in past.iter().rev().zip(&self.crossing[1..]) {
            self.rows[from.item as usize].add(item, *c, items);
        }
        for (ago, from) in last(past, self.fade.reach()).iter().rev().enumerate() {
            self.left[from.item as usize] += self.fade.weight(ago);
        }
    }

    /// The `count` items of the largest scores above 0, before they are flattened, best first, of equal ones the lower number
    /// first. Time: the entries of the rows that the history has.
    #[must_use]
    pub fn best(&self, past: &[Visit], count: usize, skip: impl Fn(u32) -> bool) -> Vec<(u32, f32)> {
        let mut sums: Vec<(u32, f32)> = Vec::new();
        for (ago, from) in last(past, self.fade.reach()).iter().rev().enumerate() {
            let Some(left) = self.left.get(from.item as usize) else { continue };
            let weight = self.fade.weight(ago) / (left + 5.0);
            match &self.rows[from.item as usize] {
                Row::Sparse(pairs) => sums.extend(pairs.iter().map(|(item, value)| (*item, weight * value))),
                Row::Dense(row) => {
                    let some = (0..).zip(row).filter(|(_, value)| **value > 0.0);
                    sums.extend(some.map(|(item, value)| (item, weight * value)));
                }
            }
        }
        let mut sums = summed(sums);
        sums.retain(|(_, sum)| *sum > 0.0);
        best_open(sums, count, skip)
    }

    /// Adds the score of every item to `out`: transitions over (times left + 5), faded over the history.
    pub fn score(&self, past: &[Visit], out: &mut [f32]) {
        for (ago, from) in last(past, self.fade.reach()).iter().rev().enumerate() {
            let Some(left) = self.left.get(from.item as usize) else { continue };
            let weight = self.fade.weight(ago) / (left + 5.0);
            match &self.rows[from.item as usize] {
                Row::Sparse(pairs) => {
                    pairs.iter().for_each(|(item, value)| out[*item as usize] += weight * value)
                }
                Row::Dense(row) => out.iter_mut().zip(row).for_each(|(sum, value)| *sum += weight * value),
            }
        }
        flatten(out);
    }
}

/// Popularity that halves every so many events.
#[derive(Clone, Debug)]
pub struct Trend {
    half_life: f64,
    /// Count at the event it was last touched.
    counts: Vec<(f64, u64)>,
    /// All that were touched, in the order of their counts, which fading does not change: the least first.
    order: BTreeSet<(Height, u32)>,
}

/// Where a count stands among others at any event: its binary logarithm as of the first event.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Height(f64);

impl Eq for Height {}

impl Ord for Height {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.total_cmp(&other.0)
    }
}

impl PartialOrd for Height {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Trend {
    /// `half_life` in events; infinite: plain counts.
    #[must_use]
    pub fn new(half_life: f64) -> Self {
        Self { half_life, counts: Vec::new(), order: BTreeSet::new() }
    }

    fn height(&self, (count, then): (f64, u64)) -> Height {
        Height(count.log2() + then as f64 / self.half_life)
    }

    fn now(&self, (count, then): (f64, u64), now: u64) -> f64 {
        count * (-(now.saturating_sub(then) as f64) / self.half_life).exp2()
    }

    pub fn learn(&mut self, item: u32, now: u64) {
        if self.counts.len() <= item as usize {
            self.counts.resize(item as usize + 1, (0.0, now));
        }
        let before = self.counts[item as usize];
        let after = (self.now(before, now) + 1.0, now);
        self.order.remove(&(self.height(before), item));
        self.order.insert((self.height(after), item));
        self.counts[item as usize] = after;
    }

    /// The `count` items of the largest counts now, with their scores, largest first, of equal ones the later number first. Time:
    /// those that are passed over and those that are taken, whatever the number of items.
    #[must_use]
    pub fn best(&self, now: u64, count: usize, skip: impl Fn(u32) -> bool) -> Vec<(u32, f32)> {
        let open = self.order.iter().rev().filter(|(_, item)| !skip(*item)).take(count);
        open.map(|(_, item)| (*item, self.now(self.counts[*item as usize], now).ln_1p() as f32)).collect()
    }

    /// Adds ln(1 + count now) of every item to `out`.
    pub fn score(&self, now: u64, out: &mut [f32]) {
        for (sum, count) in out.iter_mut().zip(&self.counts) {
            *sum += self.now(*count, now).ln_1p() as f32;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_trend_halves_in_its_half_life() {
        let mut trend = Trend::new(10.0);
        (0..4).for_each(|_| trend.learn(0, 0));
        let mut out = [0.0];
        trend.score(10, &mut out);
        assert!((out[0] - 3.0_f32.ln()).abs() < 1e-6);
    }

    proptest! {
        #[test]
        fn the_best_are_those_of_all_scores_and_what_is_passed_over_is_not_among_them(
            told in prop::collection::vec((0_u32..6, 0_u32..40), 1..300), count in 0_usize..30, skipped in 0_u32..40
        ) {
            let (mut running, mut trend) = (Running::new(Fade { tau: 3.0, horizon: 4, eta: 2.0 }), Trend::new(20.0));
            let mut pasts: Vec<Vec<Visit>> = vec![Vec::new(); 6];
            for (now, (learner, item)) in (0_u64..).zip(&told) {
                let past = &mut pasts[*learner as usize];
                running.learn(past, *item);
                trend.learn(*item, now);
                past.push(Visit { item: *item, at: 0.0 });
            }
            let now = told.len() as u64;
            let scores = |fill: &dyn Fn(&mut [f32])| {
                let mut out = vec![0.0; 40];
                fill(&mut out);
                out
            };
            let all = scores(&|out| running.score(&pasts[told[0].0 as usize], out));
            let list = running.best(&pasts[told[0].0 as usize], count, |item| item == skipped);
            let open = (0..40_u32).filter(|item| *item != skipped && all[*item as usize] > 0.0).count();
            prop_assert_eq!(list.len(), count.min(open));
            prop_assert!(list.windows(2).all(|two| all[two[0].0 as usize] >= all[two[1].0 as usize] - 1e-4));
            let least = list.last().map_or(f32::MAX, |one| all[one.0 as usize]);
            let left_out = (0..40_u32).filter(|item| *item != skipped && !list.iter().any(|one| one.0 == *item));
            prop_assert!(list.len() < count || left_out.into_iter().all(|item| all[item as usize] <= least + 1e-4));

            let all = scores(&|out| trend.score(now, out));
            let list = trend.best(now, count, |item| item == skipped);
            let open = (0..40_u32).filter(|item| *item != skipped && all[*item as usize] > 0.0).count();
            prop_assert_eq!(list.len(), count.min(open));
            prop_assert!(list.iter().all(|(item, score)| (score - all[*item as usize]).abs() < 1e-5));
            prop_assert!(list.windows(2).all(|two| two[0].1 >= two[1].1 - 1e-5));
        }
    }

    #[test]
    fn what_came_after_is_foretold_in_sparse_and_dense_rows() {
        let mut model = Running::new(Fade { tau: 2.0, horizon: 2, eta: 2.0 });
        let visit = |item| Visit { item, at: 0.0 };
        for target in 0..60 {
            for _ in 0..=target {
                model.learn(&[visit(60), visit(61)], target);
            }
        }
        let mut out = vec![0.0; 62];
        model.score(&[visit(61)], &mut out);
        assert!((1..60).all(|item| out[item] > out[item - 1]), "{out:?}");
    }
}
