//! Items nobody took up yet: ridge from content features to the item vectors of [`super::factors`] gives them a vector.
//!
//! Source: Gantner et al., "Learning Attribute-to-Feature Mappings for Cold-Start Recommendations", ICDM 2010.
#![allow(clippy::indexing_slicing, reason = "kernels over matrices whose sizes are checked at construction")]

use super::factors::Factors;
use crate::algebra::add_scaled;
use faer::linalg::solvers::Solve;
use faer::{MatMut, MatRef, Side};

/// Features beyond these are not read.
pub const FEATURES: usize = 2_048;

/// The features of one item; what is not a number counts as unknown (the mean).
pub type Features = (u32, Vec<f32>);

/// Gives each item of `cold` (places in the factors' table) its vector from content, and returns how many items taught it.
/// `lambda` is in units of one item with features of deviation 1. Time: items x features^2 + features^3.
pub fn carry(factors: &mut Factors, features: &[Features], taught: &[f32], lambda: f32) -> usize {
    let width = factors.settings.width;
    let wide = features.iter().map(|(_, row)| row.len()).max().unwrap_or(0).min(FEATURES) + 1;
    let table = standard(features, wide);
    let warm = |item: u32| taught.get(item as usize).copied().unwrap_or(0.0);
    let (mut gram, mut cross, mut teachers) = (vec![0.0_f32; wide * wide], vec![0.0_f32; wide * width], 0);
    for ((item, _), row) in
        features.iter().zip(table.chunks_exact(wide)).filter(|((item, _), _)| warm(*item) > 0.0)
    {
        // An item many took up has a surer vector.
        let weight = warm(*item).sqrt();
        teachers += 1;
        for (a, value) in row.iter().enumerate().filter(|(_, value)| **value != 0.0) {
            add_scaled(&mut gram[a * wide..(a + 1) * wide], weight * value, row);
            add_scaled(
                &mut cross[a * width..(a + 1) * width],
                weight * value,
                &factors.items[*item as usize * width..(*item as usize + 1) * width],
            );
        }
    }
    (0..wide).for_each(|a| gram[a * (wide + 1)] += lambda);
    let Ok(factor) = MatRef::from_column_major_slice(&gram, wide, wide).llt(Side::Lower) else { return 0 };
    factor.solve_in_place(MatMut::from_row_major_slice_mut(&mut cross, wide, width));
    if teachers == 0 || cross.iter().any(|value| !value.is_finite()) {
        return 0;
    }
    for ((item, _), row) in
        features.iter().zip(table.chunks_exact(wide)).filter(|((item, _), _)| warm(*item) == 0.0)
    {
        let Some(vector) = factors.items.get_mut(*item as usize * width..(*item as usize + 1) * width) else {
            continue;
        };
        vector.fill(0.0);
        for (value, weights) in row.iter().zip(cross.chunks_exact(width)) {
            add_scaled(vector, *value, weights);
        }
    }
    teachers
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
    use crate::histories::{Histories, Visit, scatter};

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
        carry(&mut model, features, &taught, 1.0);
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
