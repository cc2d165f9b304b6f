//! Models that are exact after every event: faded transitions and faded popularity. Nothing is solved here.
#![allow(clippy::indexing_slicing, reason = "tables grow with the items they are read with")]

use super::moments::Fade;
use crate::algebra::flatten;
use crate::histories::{Visit, last};

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
}

impl Trend {
    /// `half_life` in events; infinite: plain counts.
    #[must_use]
    pub fn new(half_life: f64) -> Self {
        Self { half_life, counts: Vec::new() }
    }

    fn now(&self, (count, then): (f64, u64), now: u64) -> f64 {
        count * (-(now.saturating_sub(then) as f64) / self.half_life).exp2()
    }

    pub fn learn(&mut self, item: u32, now: u64) {
        if self.counts.len() <= item as usize {
            self.counts.resize(item as usize + 1, (0.0, now));
        }
        self.counts[item as usize] = (self.now(self.counts[item as usize], now) + 1.0, now);
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

    #[test]
    fn a_trend_halves_in_its_half_life() {
        let mut trend = Trend::new(10.0);
        (0..4).for_each(|_| trend.learn(0, 0));
        let mut out = [0.0];
        trend.score(10, &mut out);
        assert!((out[0] - 3.0_f32.ln()).abs() < 1e-6);
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
