//! Vectors of items that nobody took up yet: ridge from what texts are about to the vectors of items that were (as
//! `models::content` does for any features; Gantner et al., ICDM 2010).

use crate::algebra::{add_scaled, solve_positive};
use crate::histories::scatter;
use crate::text::WIDTH;

/// Numbers of a text and one that is always 1.
const WIDE: usize = WIDTH + 1;

/// Ridges that are tried, in units of one item; one warm item in so many is held out to choose.
const RIDGES: [f32; 5] = [1.0, 10.0, 100.0, 1e3, 1e4];
const HELD_OUT: u64 = 5;

/// From a text to a vector.
#[derive(Clone, Debug)]
pub struct Cold {
    pub(super) width: usize,
    /// [`WIDE`] x width.
    pub(super) weights: Vec<f32>,
}

type Row<'a> = (&'a [f32; WIDTH], &'a [f32], u64);

impl Cold {
    /// `about` and `vectors` (rows of `width`) by item; `taught`: whether an item's vector was.
    pub fn fit(
        about: &[Option<[f32; WIDTH]>],
        vectors: &[f32],
        width: usize,
        taught: impl Fn(usize) -> bool,
    ) -> Self {
        let rows = about.iter().zip(vectors.chunks_exact(width.max(1))).enumerate();
        let rows = rows.filter(|(item, _)| taught(*item));
        let rows: Vec<Row<'_>> =
            rows.filter_map(|(item, (text, vector))| Some((text.as_ref()?, vector, item as u64))).collect();
        let (held, kept): (Vec<Row<'_>>, Vec<Row<'_>>) =
            rows.iter().partition(|row| scatter(row.2, 91).is_multiple_of(HELD_OUT));
        let miss = |cold: &Self| -> f64 {
            let one = |row: &Row<'_>| -> f64 {
                let told = cold.vector(row.0);
                told.iter().zip(row.1).map(|(told, own)| f64::from(told - own).powi(2)).sum()
            };
            held.iter().map(one).sum()
        };
        let nothing = Self { width, weights: vec![0.0; WIDE * width] };
        let tried =
            RIDGES.iter().filter_map(|ridge| Some((miss(&Self::solved(&kept, width, *ridge)?), *ridge)));
        let best =
            tried.fold(
                (miss(&nothing), None),
                |best, one| if one.0 < best.0 { (one.0, Some(one.1)) } else { best },
            );
        best.1.and_then(|ridge| Self::solved(&rows, width, ridge)).unwrap_or(nothing)
    }

    fn solved(rows: &[Row<'_>], width: usize, ridge: f32) -> Option<Self> {
        let (mut gram, mut cross) = (vec![0.0_f32; WIDE * WIDE], vec![0.0_f32; width * WIDE]);
        for (text, vector, _) in rows {
            let wide = wide(text);
            for (value, row) in wide.iter().zip(gram.chunks_exact_mut(WIDE)) {
                add_scaled(row, *value, &wide);
            }
            for (value, column) in vector.iter().zip(cross.chunks_exact_mut(WIDE)) {
                add_scaled(column, *value, &wide);
            }
        }
        gram.iter_mut().step_by(WIDE + 1).for_each(|diagonal| *diagonal += ridge);
        let mut weights = vec![0.0; WIDE * width];
        for (at, column) in cross.chunks_exact_mut(WIDE).enumerate() {
            if !solve_positive(&mut gram.clone(), column) || column.iter().any(|value| !value.is_finite()) {
                return None;
            }
            weights.iter_mut().skip(at).step_by(width).zip(column).for_each(|(to, value)| *to = *value);
        }
        Some(Self { width, weights })
    }

    /// The vector that a text gives.
    pub fn vector(&self, about: &[f32; WIDTH]) -> Vec<f32> {
        let mut vector = vec![0.0; self.width];
        for (value, row) in wide(about).iter().zip(self.weights.chunks_exact(self.width.max(1))) {
            add_scaled(&mut vector, *value, row);
        }
        vector
    }
}

/// What is no number counts as nothing said.
fn wide(about: &[f32; WIDTH]) -> [f32; WIDE] {
    let mut wide = [1.0; WIDE];
    wide.iter_mut().zip(about).for_each(|(to, value)| *to = if value.is_finite() { *value } else { 0.0 });
    wide
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_gives_the_vector_of_items_of_like_texts() {
        let noise = |a: usize, b: u64| (scatter(a as u64, b) >> 40) as f32 / (1_u64 << 24) as f32 - 0.5;
        let about: Vec<Option<[f32; WIDTH]>> = (0..400)
            .map(|item| {
                let mut text = [0.0; WIDTH];
                text[item % 4] = 1.0;
                text[10 + item % 7] = 0.3 * noise(item, 1);
                Some(text)
            })
            .collect();
        let vectors: Vec<f32> = (0..400)
            .flat_map(|item| {
                (0..8).map(move |at| f32::from(u8::from(item % 4 == at)) + 0.1 * noise(item, 2 + at as u64))
            })
            .collect();
        let cold = Cold::fit(&about, &vectors, 8, |_| true);
        for kind in 0..4 {
            let mut text = [0.0; WIDTH];
            text[kind] = 1.0;
            let vector = cold.vector(&text);
            assert!(
                (0..8).all(|at| (vector[at] - f32::from(u8::from(at == kind))).abs() < 0.2),
                "{vector:?}"
            );
        }
        let nothing = Cold::fit(&[None, None], &[1.0; 16], 8, |_| true);
        assert!(nothing.vector(&[f32::NAN; WIDTH]).iter().all(|value| *value == 0.0));
    }
}
