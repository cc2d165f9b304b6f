//! Sparse forms of the linear models, for catalogues of any size: neighbours by cosine, transitions, and ridge solved
//! target by target over its strongest sources only (the selection of fsSLIM, Ning and Karypis, ICDM 2011).
//!
//! A table of pairs takes visits x min(length, reach) additions and at most [`PAIRS`] entries: rows are cut to their
//! largest when n is large. A local ridge takes n K^3 / 6 multiplications with K from [`sources`].
#![allow(clippy::indexing_slicing, reason = "kernels over tables whose sizes are checked at construction")]

use super::linear::{Linear, Rows};
use super::moments::{Fade, learner_weight};
use crate::algebra::solve_positive;
use crate::histories::{Histories, Visit};
use crate::parallel;

/// Entries a table of pairs may hold (8 bytes each).
pub const PAIRS: usize = 40_000_000;

/// Additions a table of pairs may cost: longer histories are read with a shorter reach.
const ADDITIONS: usize = 1_500_000_000;

type Row = Vec<(u32, f32)>;

/// No place among the sources chosen.
const NONE: u16 = u16::MAX;

/// Sources a local ridge keeps for each of n targets: about 2e10 multiplications all together.
#[must_use]
pub fn sources(items: usize) -> usize {
    ((1.2e11 / items.max(1) as f64).cbrt() as usize).clamp(32, 200)
}

/// Gram and cross of [`super::moments`], by rows of the pairs that occur.
#[derive(Clone, Debug)]
pub struct Pairs {
    pub fade: Fade,
    pub gram: Vec<Row>,
    /// Source to target; empty when blind.
    pub cross: Vec<Row>,
}

impl Pairs {
    #[must_use]
    pub fn of(histories: &Histories, fade: Fade) -> Self {
        let places = places(histories);
        let reach = affordable(histories, fade.reach());
        let crossing = if fade.is_blind() { Vec::new() } else { fade.crossing() };
        let keep = (PAIRS / histories.items.max(1)).max(32);
        let gram = table(histories, &places, keep, |past, at, add| {
            let share = if fade.is_blind() { 1.0 } else { learner_weight(past.len()) };
            let (from, to) =
                (at.saturating_sub(reach), at.saturating_add(reach).saturating_add(1).min(past.len()));
            for other in from..to {
                add(past[other].item, share * gram_weight(fade, past.len(), at.min(other), at.max(other)));
            }
        });
        let cross = if fade.is_blind() {
            Vec::new()
        } else {
            table(histories, &places, keep, |past, at, add| {
                let share = learner_weight(past.len());
                for (to, c) in past[at + 1..].iter().take(reach).zip(&crossing[1..]) {
                    add(to.item, share * c);
                }
            })
        };
        Self { fade, gram, cross }
    }

    /// Cosine neighbours: rows = together / ((a + shrink)^(1/2) (b + shrink)^(1/2)); `fade` weighs the history it scores.
    #[must_use]
    pub fn cosine(&self, fade: Fade, shrink: f32) -> Linear {
        let diagonal = diagonal(&self.gram);
        let norm: Vec<f32> = diagonal.iter().map(|d| (d + shrink).sqrt()).collect();
        let rows = self.gram.iter().enumerate().map(|(source, row)| {
            let others = row.iter().filter(|(target, _)| *target as usize != source);
            others.map(|&(target, value)| (target, value / (norm[source] * norm[target as usize]))).collect()
        });
        Linear { items: norm.len(), fade, rows: Rows::Sparse(rows.collect()), flat: true }
    }

    /// Transitions: rows = cross / (how often the source was left + shrink).
    #[must_use]
    pub fn transitions(&self, shrink: f32) -> Linear {
        let left = diagonal(&self.gram);
        let rows = self.cross.iter().zip(&left).map(|(row, left)| {
            row.iter().map(|&(target, value)| (target, value / (left + shrink))).collect::<Row>()
        });
        Linear { items: left.len(), fade: self.fade, rows: Rows::Sparse(rows.collect()), flat: true }
    }

    /// Ridge for each target over its `keep` strongest sources, those with the largest cross / (gram + lambda)^(1/2).
    /// Blind pairs foretell the item itself from the others, itself left out: EASE in local form.
    #[must_use]
    pub fn ridge(&self, lambda: f32, keep: usize) -> Linear {
        let n = self.gram.len();
        let diagonal = diagonal(&self.gram);
        let columns = if self.fade.is_blind() { None } else { Some(transposed(&self.cross)) };
        let targets: Vec<u32> = (0..n as u32).collect();
        let room = || (vec![NONE; n], Vec::new());
        let weights = parallel::map_in(&targets, room, |(slot, matrix), target| {
            let mut chosen: Row = match &columns {
                Some(columns) => columns[*target as usize].clone(),
                None => {
                    self.gram[*target as usize].iter().copied().filter(|(item, _)| item != target).collect()
                }
            };
            strongest(&mut chosen, keep, |(item, value)| value / (diagonal[item as usize] + lambda).sqrt());
            self.solve(chosen, lambda, slot, matrix)
        });
        Linear {
            items: n,
            fade: self.fade,
            rows: Rows::Sparse(transposed(&weights)),
            flat: !self.fade.is_blind(),
        }
    }

    /// The weights of the chosen sources (ascending), given what crosses from each. `slot` is all [`NONE`] between calls.
    fn solve(&self, mut chosen: Row, lambda: f32, slot: &mut [u16], matrix: &mut Vec<f32>) -> Row {
        let k = chosen.len();
        chosen.iter().zip(0..).for_each(|(&(item, _), at)| slot[item as usize] = at);
        matrix.clear();
        matrix.resize(k * k, 0.0);
        for (at, &(item, _)) in chosen.iter().enumerate() {
            // Only the lower triangle is read.
            for &(other, value) in self.gram[item as usize].iter().take_while(|pair| pair.0 <= item) {
                if slot[other as usize] != NONE {
                    matrix[at * k + slot[other as usize] as usize] = value;
                }
            }
            matrix[at * k + at] += lambda;
        }
        chosen.iter().for_each(|&(item, _)| slot[item as usize] = NONE);
        let mut weights: Vec<f32> = chosen.iter().map(|pair| pair.1).collect();
        if !solve_positive(matrix, &mut weights) {
            return Row::new();
        }
        chosen.iter_mut().zip(weights).for_each(|(pair, weight)| pair.1 = weight);
        chosen.retain(|pair| pair.1.is_finite());
        chosen
    }
}

fn gram_weight(fade: Fade, length: usize, k: usize, l: usize) -> f32 {
    if fade.is_blind() {
        return 1.0;
    }
    if l + 1 >= length {
        return 0.0;
    }
    let d = (-1.0 / fade.tau).exp();
    d.powi((l - k) as i32) * (1.0 - d.powi(2 * (length - 1 - l) as i32)) / (1.0 - d * d)
}

/// Where each item stands: (learner, place).
fn places(histories: &Histories) -> Vec<Vec<(u32, u32)>> {
    let mut all = vec![Vec::new(); histories.items];
    for learner in 0..histories.of.len() {
        for (place, visit) in histories.recent(learner).iter().enumerate() {
            all[visit.item as usize].push((learner as u32, place as u32));
        }
    }
    all
}

/// The reach that keeps a table within [`ADDITIONS`].
fn affordable(histories: &Histories, wanted: usize) -> usize {
    let cost = |reach: usize| -> usize {
        (0..histories.of.len()).map(|u| histories.recent(u).len()).map(|l| l * l.min(reach)).sum()
    };
    let mut reach = wanted.min(crate::histories::REACH);
    while reach > 8 && cost(reach) > ADDITIONS {
        reach /= 2;
    }
    reach
}

fn table(
    histories: &Histories,
    places: &[Vec<(u32, u32)>],
    keep: usize,
    each: impl Fn(&[Visit], usize, &mut dyn FnMut(u32, f32)) + Sync,
) -> Vec<Row> {
    let room = || (vec![0.0_f32; histories.items], Vec::new());
    parallel::map_in(places, room, |(sums, touched), stands| {
        for &(learner, place) in stands {
            each(histories.recent(learner as usize), place as usize, &mut |item, value| {
                if value > 0.0 {
                    let sum = &mut sums[item as usize];
                    if *sum == 0.0 {
                        touched.push(item);
                    }
                    *sum += value;
                }
            });
        }
        let mut row: Row =
            touched.drain(..).map(|item| (item, std::mem::take(&mut sums[item as usize]))).collect();
        strongest(&mut row, keep, |(_, value)| value);
        row
    })
}

/// Keeps the `keep` entries of the largest worth (ties: the lower item), ascending by item.
fn strongest(row: &mut Row, keep: usize, worth: impl Fn((u32, f32)) -> f32) {
    if row.len() > keep {
        row.select_nth_unstable_by(keep, |a, b| worth(*b).total_cmp(&worth(*a)).then(a.0.cmp(&b.0)));
        row.truncate(keep);
    }
    row.sort_unstable_by_key(|pair| pair.0);
    row.shrink_to_fit();
}

fn diagonal(rows: &[Row]) -> Vec<f32> {
    let own =
        |(at, row): (usize, &Row)| row.iter().find(|pair| pair.0 as usize == at).map_or(0.0, |pair| pair.1);
    rows.iter().enumerate().map(own).collect()
}

fn transposed(rows: &[Row]) -> Vec<Row> {
    let mut columns: Vec<Row> = vec![Vec::new(); rows.len()];
    for (source, row) in rows.iter().enumerate() {
        for &(target, value) in row {
            columns[target as usize].push((source as u32, value));
        }
    }
    columns
}

#[cfg(test)]
mod tests {
    use super::super::moments::Moments;
    use super::*;
    use crate::histories::scatter;

    fn some_histories() -> Histories {
        let rows: Vec<_> = (0..40)
            .flat_map(|u| (0..9).map(move |k| (u, (scatter(u64::from(u), k) % 12) as u32, Some(k as f64))))
            .collect();
        Histories::new(40, 12, &rows)
    }

    fn scores(model: &Linear, past: &[Visit]) -> Vec<f32> {
        let mut out = vec![0.0; model.items];
        model.score(past, &mut out);
        out
    }

    #[test]
    fn with_all_sources_kept_the_blind_local_ridge_is_ease() {
        let all = some_histories();
        let sparse = Pairs::of(&all, Fade::BLIND).ridge(2.0, 99);
        let dense = Linear::ease(&Moments::of(&all, Fade::BLIND), 2.0).unwrap();
        for learner in 0..5 {
            let (a, b) = (scores(&sparse, &all.of[learner]), scores(&dense, &all.of[learner]));
            for (x, y) in a.iter().zip(&b) {
                assert!((x - y).abs() < 1e-3, "{a:?} {b:?}");
            }
        }
    }

    #[test]
    fn the_weights_of_every_target_solve_their_ridge_over_the_sources_that_came_before_it() {
        let (all, fade) = (some_histories(), Fade { tau: 3.0, horizon: 4, eta: 2.0 });
        let (model, dense) = (Pairs::of(&all, fade).ridge(2.0, 99), Moments::of(&all, fade));
        let Rows::Sparse(rows) = &model.rows else { panic!("sparse") };
        let weight = |source: usize, target: usize| {
            rows[source].iter().find(|pair| pair.0 as usize == target).map_or(0.0, |pair| pair.1)
        };
        for target in 0..12 {
            for source in (0..12).filter(|source| weight(*source, target) != 0.0) {
                let sum: f32 =
                    (0..12).map(|other| dense.gram[source * 12 + other] * weight(other, target)).sum();
                let right = dense.cross[source * 12 + target];
                assert!((sum + 2.0 * weight(source, target) - right).abs() < 1e-3, "{source} {target}");
            }
        }
    }
}
