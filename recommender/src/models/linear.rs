//! Models whose score is linear in a faded history: score = sum over past visits of weight(ago) x row(item). Ridge from
//! histories to the next items, EASE and transitions are all of this form and differ in how the rows are found.
//!
//! Sources: EASE: Steck, "Embarrassingly Shallow Autoencoders for Sparse Data", WWW 2019. Successor ridge: linear
//! session models, Choi et al., "Session-aware Linear Item-Item Models", WWW 2021, here with faded states.
#![allow(clippy::indexing_slicing, reason = "kernels over matrices whose sizes are checked at construction")]

use super::moments::{Fade, Moments};
use crate::algebra::{add_scaled, flatten, wide};
use crate::histories::{Visit, last};
use faer::linalg::solvers::Solve;
use faer::{MatMut, MatRef, Side};

/// How the rows are held.
#[derive(Clone, Debug)]
pub enum Rows {
    /// n x n, source by target.
    Dense(Vec<f32>),
    /// Per source its targets with weights, ascending by target.
    Sparse(Vec<Vec<(u32, f32)>>),
}

/// A fitted linear model.
#[derive(Clone, Debug)]
pub struct Linear {
    pub items: usize,
    pub fade: Fade,
    pub rows: Rows,
    /// Whether scores are shares or foretold counts, to be flattened.
    pub flat: bool,
}

impl Linear {
    /// Adds the score of every item to `out` (length: items). Time: history x n, or history x neighbours when sparse.
    pub fn score(&self, past: &[Visit], out: &mut [f32]) {
        let n = self.items;
        for (ago, visit) in
            last(past, self.fade.reach().min(crate::histories::REACH)).iter().rev().enumerate()
        {
            let weight = self.fade.weight(ago);
            match &self.rows {
                Rows::Dense(all) => {
                    let Some(row) = all.get(visit.item as usize * n..(visit.item as usize + 1) * n) else {
                        continue;
                    };
                    wide(|| add_scaled(out, weight, row));
                }
                Rows::Sparse(all) => {
                    for &(item, value) in all.get(visit.item as usize).map_or(&[][..], Vec::as_slice) {
                        out[item as usize] += weight * value;
                    }
                }
            }
        }
        if self.flat {
            flatten(out);
        }
    }

    /// Ridge from the state to the next items: rows = (gram + lambda I)^-1 cross. `None` if the gram is not finite.
    /// Time: n^3 (4/3 of it in multiplications); memory: 8 n^2 bytes beyond the moments.
    #[must_use]
    pub fn successor(moments: &Moments, fade: Fade, lambda: f32) -> Option<Self> {
        let n = moments.items;
        let mut gram = moments.gram.clone();
        (0..n).for_each(|i| gram[i * (n + 1)] += lambda);
        let factor = MatRef::from_column_major_slice(&gram, n, n).llt(Side::Lower).ok()?;
        // Row-major source x target is the transpose of the column-major form: solve X A = C' from the right.
        let mut rows = moments.cross.clone();
        factor.rsolve_in_place(MatMut::from_column_major_slice_mut(&mut rows, n, n));
        rows.iter().all(|value| value.is_finite()).then_some(Self {
            items: n,
            fade,
            rows: Rows::Dense(rows),
            flat: true,
        })
    }

    /// EASE: with P = (gram + lambda I)^-1, rows = -P / diag(P) by column, the diagonal zero.
    #[must_use]
    pub fn ease(moments: &Moments, lambda: f32) -> Option<Self> {
        use faer::linalg::solvers::DenseSolveCore;
        let n = moments.items;
        let mut gram = moments.gram.clone();
        (0..n).for_each(|i| gram[i * (n + 1)] += lambda);
        let inverse = MatRef::from_column_major_slice(&gram, n, n).llt(Side::Lower).ok()?.inverse();
        let diagonal: Vec<f32> = (0..n).map(|i| inverse[(i, i)]).collect();
        for (source, row) in gram.chunks_exact_mut(n.max(1)).enumerate() {
            for (target, value) in row.iter_mut().enumerate() {
                *value = if source == target { 0.0 } else { -inverse[(target, source)] / diagonal[target] };
            }
        }
        gram.iter().all(|value| value.is_finite()).then_some(Self {
            items: n,
            fade: Fade::BLIND,
            rows: Rows::Dense(gram),
            flat: false,
        })
    }
}
