//! Small dense arithmetic: what is too small for a linear algebra library, in loops a compiler turns into vectors.
#![allow(clippy::indexing_slicing, reason = "kernels over matrices whose sizes are checked by their callers")]

/// A piece of arithmetic that [`wide`] runs; its `call` must be `#[inline(always)]`, or it is compiled without wide vectors.
pub use pulp::NullaryFnOnce as Kernel;

/// Runs `what` with the widest vectors this machine has. Sums are added in the same order on every machine.
#[inline]
pub fn wide<K: Kernel>(what: K) -> K::Output {
    pulp::Arch::new().dispatch(what)
}

/// Inner product, summed in sixteen lanes: the same on every machine.
#[must_use]
#[inline(always)]
pub fn dot(a: &[f32], b: &[f32]) -> f32 {
    let (mut one, mut two, at) = ([0.0_f32; 8], [0.0_f32; 8], a.len().min(b.len()) / 8 * 8);
    let (mut left, mut right) = (a[..at].chunks_exact(8), b[..at].chunks_exact(8));
    while let (Some(x), Some(y)) = (left.next(), right.next()) {
        for lane in 0..8 {
            one[lane] += x[lane] * y[lane];
        }
        let (Some(x), Some(y)) = (left.next(), right.next()) else { break };
        for lane in 0..8 {
            two[lane] += x[lane] * y[lane];
        }
    }
    for lane in 0..8 {
        one[lane] += two[lane];
    }
    let rest: f32 = a[at..].iter().zip(&b[at..]).map(|(x, y)| x * y).sum();
    one.iter().sum::<f32>() + rest
}

/// Adds to each of `out` the product of `vector` with the row of its place.
pub fn add_products(out: &mut [f32], rows: &[f32], vector: &[f32]) {
    struct Products<'a>(&'a mut [f32], &'a [f32], &'a [f32]);
    impl Kernel for Products<'_> {
        type Output = ();
        #[inline(always)]
        fn call(self) {
            let Self(out, rows, vector) = self;
            for (sum, row) in out.iter_mut().zip(rows.chunks_exact(vector.len().max(1))) {
                *sum += dot(vector, row);
            }
        }
    }
    wide(Products(out, rows, vector));
}

/// sum += the squares of up to four rows, lower triangle (k x k, row-major).
#[inline(always)]
pub fn add_squares(sum: &mut [f32], rows: [&[f32]; 4]) {
    let [a, b, c, d] = rows;
    let k = a.len();
    let (b, c, d) = (&b[..k], &c[..k], &d[..k]);
    for i in 0..k {
        let (va, vb, vc, vd) = (a[i], b[i], c[i], d[i]);
        let out = &mut sum[i * k..=i * k + i];
        for (j, out) in out.iter_mut().enumerate() {
            *out += (va * a[j] + vb * b[j]) + (vc * c[j] + vd * d[j]);
        }
    }
}

/// Scores that are counts or shares on the scale of their logarithm, ln(1 + 10 score / mean score), so that a few large ones
/// do not hide the order of the others. What is foretold to be below 0 keeps its order, at a hundredth of its size.
pub fn flatten(scores: &mut [f32]) {
    let sum = scores.iter().map(|score| f64::from(score.max(0.0))).sum::<f64>();
    if sum > 0.0 && sum.is_finite() {
        let scale = (10.0 * scores.len() as f64 / sum) as f32;
        for score in scores {
            let scaled = scale * *score;
            *score = if scaled > 0.0 { scaled.ln_1p() } else { 0.01 * scaled };
        }
    }
}

/// Each item once, ascending, with the sum of its values, added in the order in which they stand.
#[must_use]
pub fn summed(mut values: Vec<(u32, f32)>) -> Vec<(u32, f32)> {
    values.sort_by_key(|pair| pair.0);
    values.dedup_by(|next, kept| {
        let is_same = next.0 == kept.0;
        if is_same {
            kept.1 += next.1;
        }
        is_same
    });
    values
}

/// out += weight * row.
#[inline(always)]
pub fn add_scaled(out: &mut [f32], weight: f32, row: &[f32]) {
    out.iter_mut().zip(row).for_each(|(sum, value)| *sum += weight * value);
}

/// Solves A x = b for a symmetric positive definite A (row-major k x k, lower triangle read, destroyed) in place of b.
/// False if A is not positive definite; b is then undefined. Time: k^3 / 6 multiplications.
#[must_use]
pub fn solve_positive(a: &mut [f32], b: &mut [f32]) -> bool {
    struct Solve<'a>(&'a mut [f32], &'a mut [f32]);
    impl Kernel for Solve<'_> {
        type Output = bool;
        #[inline(always)]
        fn call(self) -> bool {
            solve_inline(self.0, self.1)
        }
    }
    wide(Solve(a, b))
}

/// The same, to be part of a larger kernel.
#[must_use]
#[inline(always)]
pub fn solve_inline(a: &mut [f32], b: &mut [f32]) -> bool {
    let k = b.len();
    for i in 0..k {
        let (above, from_i) = a.split_at_mut(i * k);
        let row = &mut from_i[..k];
        for j in 0..i {
            let other = &above[j * k..j * k + j + 1];
            row[j] = (row[j] - dot(&row[..j], &other[..j])) / other[j];
        }
        let rest = row[i] - dot(&row[..i], &row[..i]);
        if !(rest > 0.0 && rest.is_finite()) {
            return false;
        }
        row[i] = rest.sqrt();
        b[i] = (b[i] - dot(&row[..i], &b[..i])) / row[i];
    }
    for i in (0..k).rev() {
        let value = b[i] / a[i * k + i];
        b[i] = value;
        add_scaled(&mut b[..i], -value, &a[i * k..i * k + i]);
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_solved_gives_the_right_side_again(
            values in proptest::collection::vec(-1.0_f32..1.0, 13 * 13), right in proptest::collection::vec(-1.0_f32..1.0, 13)
        ) {
            let k = right.len();
            let a: Vec<f32> = (0..k * k).map(|at| {
                let (i, j) = (at / k, at % k);
                dot(&values[i * k..(i + 1) * k], &values[j * k..(j + 1) * k]) + if i == j { 0.5 } else { 0.0 }
            }).collect();
            let mut x = right.clone();
            prop_assert!(solve_positive(&mut a.clone(), &mut x));
            for i in 0..k {
                prop_assert!((dot(&a[i * k..(i + 1) * k], &x) - right[i]).abs() < 1e-3);
            }
        }
    }

    #[test]
    fn flattened_scores_keep_their_order_whatever_their_unit() {
        let mut scores = [-3.0, -0.5, 0.0, 0.1, 2.0, 900.0];
        let mut larger = scores.map(|score| 64.0 * score);
        flatten(&mut scores);
        flatten(&mut larger);
        assert!(scores.is_sorted() && scores[5] < 8.0 && scores[0] < scores[1]);
        assert!(scores.iter().zip(larger).all(|(a, b)| (a - b).abs() < 1e-5));
    }

    #[test]
    fn a_matrix_that_is_not_positive_is_refused() {
        assert!(!solve_positive(&mut [1.0, 2.0, 2.0, 1.0], &mut [1.0, 1.0]));
        assert!(!solve_positive(&mut [f32::NAN], &mut [1.0]));
    }
}
