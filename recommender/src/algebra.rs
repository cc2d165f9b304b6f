//! Small dense arithmetic: what is too small for a linear algebra library, in loops a compiler turns into vectors.
#![allow(clippy::indexing_slicing, reason = "kernels over matrices whose sizes are checked by their callers")]

/// Inner product, summed in eight lanes: the same on every machine.
#[must_use]
pub fn dot(a: &[f32], b: &[f32]) -> f32 {
    let (mut lanes, at) = ([0.0_f32; 8], a.len().min(b.len()) / 8 * 8);
    for (x, y) in a[..at].chunks_exact(8).zip(b[..at].chunks_exact(8)) {
        for lane in 0..8 {
            lanes[lane] += x[lane] * y[lane];
        }
    }
    let rest: f32 = a[at..].iter().zip(&b[at..]).map(|(x, y)| x * y).sum();
    lanes.iter().sum::<f32>() + rest
}

/// out += weight * row.
pub fn add_scaled(out: &mut [f32], weight: f32, row: &[f32]) {
    out.iter_mut().zip(row).for_each(|(sum, value)| *sum += weight * value);
}

/// Solves A x = b for a symmetric positive definite A (row-major k x k, lower triangle read, destroyed) in place of b.
/// False if A is not positive definite; b is then undefined. Time: k^3 / 6 multiplications.
#[must_use]
pub fn solve_positive(a: &mut [f32], b: &mut [f32]) -> bool {
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
    fn a_matrix_that_is_not_positive_is_refused() {
        assert!(!solve_positive(&mut [1.0, 2.0, 2.0, 1.0], &mut [1.0, 1.0]));
        assert!(!solve_positive(&mut [f32::NAN], &mut [1.0]));
    }
}
