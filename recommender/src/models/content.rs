//! Items nobody took up yet: ridge from content features to the item vectors of [`super::factors`] gives them a vector.
//!
//! Source: Gantner et al., "Learning Attribute-to-Feature Mappings for Cold-Start Recommendations", ICDM 2010.
#![allow(clippy::indexing_slicing, reason = "kernels over matrices whose sizes are checked at construction")]

use super::factors::Factors;
use crate::histories::scatter;
use faer::linalg::matmul::matmul;
use faer::linalg::solvers::Solve;
use faer::{Accum, MatMut, MatRef, Par, Side};

/// Features beyond these are not read.
pub const FEATURES: usize = 2_048;

/// The features of one item; what is not a number counts as unknown (the mean).
pub type Features = (u32, Vec<f32>);

/// Ridges that are tried, in units of one item that one learner took up.
const RIDGES: [f32; 7] = [1.0, 10.0, 100.0, 1e3, 1e4, 1e5, 1e6];

/// One warm item in so many is held out to choose the ridge.
const HELD_OUT: u64 = 5;

/// Numbers a table of features may hold.
const ROOM: usize = 120_000_000;

/// The features of a catalogue, ready to carry any factors.
#[derive(Clone, Debug)]
pub struct Content {
    wide: usize,
    /// Items that teach, those held out last; what each counts.
    warm: Vec<(u32, f32)>,
    held: usize,
    cold: Vec<u32>,
    /// Rows of features of the warm, then of the cold.
    table: Vec<f32>,
    /// X' W X of all the warm and of those held out.
    gram: Vec<f32>,
    gram_held: Vec<f32>,
}

impl Content {
    /// `taught`: how many took up each item; none: it is to be carried. Time: items x features^2.
    #[must_use]
    pub fn new(features: &[Features], taught: &[f32]) -> Self {
        let most = (ROOM / features.len().max(1)).min(FEATURES);
        let wide = features.iter().map(|(_, row)| row.len()).max().unwrap_or(0).min(most) + 1;
        let count = |item: u32| taught.get(item as usize).copied().unwrap_or(0.0);
        let (mut warm, mut cold): (Vec<usize>, Vec<usize>) =
            (0..features.len()).partition(|at| count(features[*at].0) > 0.0);
        let is_held = |at: &usize| scatter(u64::from(features[*at].0), 91).is_multiple_of(HELD_OUT);
        warm.sort_by_key(is_held);
        let held = warm.iter().filter(|at| is_held(at)).count();
        let all = standard(features, wide);
        let mut table = Vec::with_capacity(all.len());
        for at in warm.iter().chain(&cold) {
            table.extend_from_slice(&all[at * wide..(at + 1) * wide]);
        }
        cold.iter_mut().for_each(|at| *at = features[*at].0 as usize);
        // An item many took up has a surer vector.
        let warm =
            warm.into_iter().map(|at| (features[at].0, count(features[at].0).sqrt())).collect::<Vec<_>>();
        let mut content = Self {
            wide,
            held,
            cold: cold.into_iter().map(|item| item as u32).collect(),
            table,
            gram: Vec::new(),
            gram_held: Vec::new(),
            warm,
        };
        let (first, n) = (content.warm.len() - held, content.warm.len());
        content.gram_held = content.product(first, n, content.rows(first, n), wide);
        content.gram = content.product(0, n, content.rows(0, n), wide);
        content
    }

    fn rows(&self, from: usize, to: usize) -> &[f32] {
        &self.table[from * self.wide..to * self.wide]
    }

    /// X' W Y over the warm from..to; Y has `width` columns. Row-major.
    fn product(&self, from: usize, to: usize, y: &[f32], width: usize) -> Vec<f32> {
        let weights = self.warm[from..to].iter().map(|one| one.1);
        let weighted: Vec<f32> = y
            .chunks_exact(width)
            .zip(weights)
            .flat_map(|(row, weight)| row.iter().map(move |x| weight * x))
            .collect();
        let mut out = vec![0.0; self.wide * width];
        let x = MatRef::from_row_major_slice(self.rows(from, to), to - from, self.wide);
        let y = MatRef::from_row_major_slice(&weighted, to - from, width);
        let into = MatMut::from_row_major_slice_mut(&mut out, self.wide, width);
        matmul(into, Accum::Replace, x.transpose(), y, 1.0, Par::Seq);
        out
    }

    /// (gram + ridge I)^-1 cross; none if there is no such.
    fn solve(&self, mut gram: Vec<f32>, mut cross: Vec<f32>, ridge: f32, width: usize) -> Option<Vec<f32>> {
        (0..self.wide).for_each(|a| gram[a * (self.wide + 1)] += ridge);
        let factor = MatRef::from_column_major_slice(&gram, self.wide, self.wide).llt(Side::Lower).ok()?;
        factor.solve_in_place(MatMut::from_row_major_slice_mut(&mut cross, self.wide, width));
        cross.iter().all(|value| value.is_finite()).then_some(cross)
    }

    fn foretell(&self, from: usize, to: usize, weights: &[f32], width: usize) -> Vec<f32> {
        let mut out = vec![0.0; (to - from) * width];
        let x = MatRef::from_row_major_slice(self.rows(from, to), to - from, self.wide);
        let into = MatMut::from_row_major_slice_mut(&mut out, to - from, width);
        matmul(
            into,
            Accum::Replace,
            x,
            MatRef::from_row_major_slice(weights, self.wide, width),
            1.0,
            Par::Seq,
        );
        out
    }

    /// Gives each cold item its vector, with the ridge that foretells held-out warm items best. Returns how many taught it.
    pub fn carry(&self, factors: &mut Factors) -> usize {
        let (width, n) = (factors.settings.width, self.warm.len());
        let own = |item: u32| factors.items.get(item as usize * width..(item as usize + 1) * width);
        let nothing = vec![0.0; width];
        let vectors: Vec<f32> =
            self.warm.iter().flat_map(|one| own(one.0).unwrap_or(&nothing).iter().copied()).collect();
        let first = n - self.held;
        let held = &vectors[first * width..];
        let (cross, cross_held) = (self.product(0, n, &vectors, width), self.product(first, n, held, width));
        let less = |all: &[f32], held: &[f32]| all.iter().zip(held).map(|(a, b)| a - b).collect::<Vec<f32>>();
        let error = |ridge: f32| {
            let learned =
                self.solve(less(&self.gram, &self.gram_held), less(&cross, &cross_held), ridge, width)?;
            let told = self.foretell(first, n, &learned, width);
            let rows = told.chunks_exact(width).zip(held.chunks_exact(width)).zip(&self.warm[first..]);
            let miss =
                |(a, b): (&[f32], &[f32])| -> f32 { a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum() };
            Some(rows.map(|(pair, one)| f64::from(one.1 * miss(pair))).sum::<f64>())
        };
        let tried = RIDGES.iter().filter_map(|ridge| Some((error(*ridge)?, *ridge)));
        let ridge = tried.reduce(|a, b| if b.0 < a.0 { b } else { a }).map_or(10.0, |best| best.1);
        let Some(weights) = self.solve(self.gram.clone(), cross, ridge, width).filter(|_| n > 0) else {
            return 0;
        };
        let told = self.foretell(n, n + self.cold.len(), &weights, width);
        for (item, told) in self.cold.iter().zip(told.chunks_exact(width)) {
            if let Some(vector) = factors.items.get_mut(*item as usize * width..(*item as usize + 1) * width)
            {
                vector.copy_from_slice(told);
            }
        }
        n
    }
}

/// Columns of mean 0 and deviation 1, clipped to +-5 (an absurd value moves no more than that); unknown is 0; the last is 1.
fn standard(features: &[Features], wide: usize) -> Vec<f32> {
    let mut table = vec![0.0_f32; features.len() * wide];
    for column in 0..wide - 1 {
        let known = || {
            features.iter().filter_map(|(_, row)| row.get(column).copied().filter(|value| value.is_finite()))
        };
        let n = known().count().max(1) as f64;
        let mean = known().map(f64::from).sum::<f64>() / n;
        let deviation = (known().map(|value| (f64::from(value) - mean).powi(2)).sum::<f64>() / n).sqrt();
        if !(deviation > 1e-12 && deviation.is_finite()) {
            continue;
        }
        for ((_, row), out) in features.iter().zip(table.chunks_exact_mut(wide)) {
            if let Some(value) = row.get(column).filter(|value| value.is_finite()) {
                out[column] = ((f64::from(*value) - mean) / deviation).clamp(-5.0, 5.0) as f32;
            }
        }
    }
    table.chunks_exact_mut(wide).for_each(|row| row[wide - 1] = 1.0);
    table
}

#[cfg(test)]
mod tests {
    use super::super::factors::Settings;
    use super::*;
    use crate::histories::{Histories, Visit};

    fn world() -> Factors {
        let rows: Vec<_> = (0..60_u32)
            .flat_map(|u| {
                (0..10_u32)
                    .filter(move |i| !scatter(u.into(), (*i).into()).is_multiple_of(4))
                    .map(move |i| (u, i + 10 * (u % 2), None))
            })
            .collect();
        Factors::fit(
            &Histories::new(60, 22, &rows),
            Settings { width: 8, alpha: 0.1, lambda: 0.01, rounds: 8 },
        )
    }

    fn cold_scores(features: &[Features]) -> (f32, f32) {
        let mut model = world();
        let taught: Vec<f32> = (0..22).map(|i| if i < 20 { 30.0 } else { 0.0 }).collect();
        Content::new(features, &taught).carry(&mut model);
        let mut out = vec![0.0; 22];
        model.score(&[Visit { item: 2, at: 0.0 }, Visit { item: 3, at: 0.0 }], &mut out);
        (out[20], out[21])
    }

    #[test]
    fn an_item_nobody_took_up_goes_to_those_who_like_its_kind() {
        let features: Vec<Features> =
            (0..22).map(|i| (i, vec![if i < 10 || i == 20 { 1.0 } else { -1.0 }])).collect();
        let (alike, other) = cold_scores(&features);
        assert!(alike > other + 0.1, "{alike} {other}");
    }

    #[test]
    fn unknown_and_absurd_features_hurt_nobody_else() {
        let mut features: Vec<Features> =
            (0..22).map(|i| (i, vec![if i < 10 || i == 20 { 1.0 } else { -1.0 }, f32::NAN])).collect();
        features[4].1 = vec![f32::NAN, f32::INFINITY];
        features[5].1 = vec![];
        let (alike, other) = cold_scores(&features);
        assert!(alike > other + 0.1, "{alike} {other}");
    }
}
