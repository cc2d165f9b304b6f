//! Small dense kernels in single precision, blocked so that a compiler keeps the sums in registers. Row-major throughout.
#![allow(
    clippy::indexing_slicing,
    reason = "numeric kernels: every index follows from the shapes that are asserted first"
)]

/// Columns of a block: `n` must be a multiple of it.
const WIDE: usize = 8;
/// Rows of a block: `m` may be anything, whole blocks are faster.
const HIGH: usize = 4;

/// c (m x n) += a (m x k) b (k x n). `n` must be a multiple of 8.
pub(super) fn add_product(a: &[f32], b: &[f32], c: &mut [f32], k: usize, n: usize) {
    for (rows_a, rows_c) in a.chunks(HIGH * k).zip(c.chunks_mut(HIGH * n)) {
        if rows_a.len() == HIGH * k {
            let (a0, rest) = rows_a.split_at(k);
            let (a1, rest) = rest.split_at(k);
            let (a2, a3) = rest.split_at(k);
            for at in (0..n).step_by(WIDE) {
                let mut sum = [[0.0f32; WIDE]; HIGH];
                for ((((row, &v0), &v1), &v2), &v3) in b.chunks_exact(n).zip(a0).zip(a1).zip(a2).zip(a3) {
                    let row = &row[at..at + WIDE];
                    for j in 0..WIDE {
                        sum[0][j] += v0 * row[j];
                        sum[1][j] += v1 * row[j];
                        sum[2][j] += v2 * row[j];
                        sum[3][j] += v3 * row[j];
                    }
                }
                for (i, sums) in sum.iter().enumerate() {
                    for (to, s) in rows_c[i * n + at..i * n + at + WIDE].iter_mut().zip(sums) {
                        *to += s;
                    }
                }
            }
        } else {
            for (row_a, row_c) in rows_a.chunks_exact(k).zip(rows_c.chunks_exact_mut(n)) {
                for (&v, row) in row_a.iter().zip(b.chunks_exact(n)) {
                    for (to, x) in row_c.iter_mut().zip(row) {
                        *to += v * x;
                    }
                }
            }
        }
    }
}

/// c (m x n) += transposed a (k x m) times b (k x n). `m` must be a multiple of 4, `n` of 8.
pub(super) fn add_outer(a: &[f32], b: &[f32], c: &mut [f32], m: usize, n: usize) {
    for i in (0..m).step_by(HIGH) {
        for at in (0..n).step_by(WIDE) {
            let mut sum = [[0.0f32; WIDE]; HIGH];
            for (row_a, row_b) in a.chunks_exact(m).zip(b.chunks_exact(n)) {
                let (va, vb) = (&row_a[i..i + HIGH], &row_b[at..at + WIDE]);
                for j in 0..WIDE {
                    sum[0][j] += va[0] * vb[j];
                    sum[1][j] += va[1] * vb[j];
                    sum[2][j] += va[2] * vb[j];
                    sum[3][j] += va[3] * vb[j];
                }
            }
            for (r, sums) in sum.iter().enumerate() {
                let start = (i + r) * n + at;
                for (to, s) in c[start..start + WIDE].iter_mut().zip(sums) {
                    *to += s;
                }
            }
        }
    }
}

/// a (rows x columns) on its side.
pub(super) fn transpose(a: &[f32], columns: usize, out: &mut Vec<f32>) {
    out.clear();
    for j in 0..columns {
        out.extend(a.iter().skip(j).step_by(columns));
    }
}

/// e^x within 1 part in 10^5 for |x| <= 80 (held there): 2^n times a polynomial in the rest; without branches, so that it vectorises.
pub(super) fn exp(x: f32) -> f32 {
    const ROUND: f32 = 12_582_912.0;
    let x = x.clamp(-80.0, 80.0) * std::f32::consts::LOG2_E;
    let rounded = x + ROUND;
    let whole = rounded - ROUND;
    let f = x - whole;
    let p = 1.0
        + f * (std::f32::consts::LN_2
            + f * (0.240_226_5 + f * (0.055_504_11 + f * (0.009_618_13 + f * 0.001_333_4))));
    p * f32::from_bits(((whole as i32 + 127) << 23) as u32)
}

pub(super) fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + exp(-x))
}

pub(super) fn tanh(x: f32) -> f32 {
    1.0 - 2.0 / (1.0 + exp(2.0 * x))
}

pub(super) fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0f32; 8];
    for (x, y) in a.chunks_exact(8).zip(b.chunks_exact(8)) {
        for j in 0..8 {
            sums[j] += x[j] * y[j];
        }
    }
    let tail: f32 =
        a.chunks_exact(8).remainder().iter().zip(b.chunks_exact(8).remainder()).map(|(x, y)| x * y).sum();
    sums.iter().sum::<f32>() + tail
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(n: usize) -> Vec<f32> {
        (0..n).map(|k| ((k * 37 + 11) % 101) as f32 / 50.0 - 1.0).collect()
    }

    fn is_near(a: &[f32], b: &[f32]) -> bool {
        a.len() == b.len() && a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-4)
    }

    #[test]
    fn products_are_those_of_the_definition_for_whole_and_broken_blocks() {
        for (m, k, n) in [(4, 5, 8), (7, 3, 16), (1, 64, 24)] {
            let (a, b) = (filled(m * k), filled(k * n));
            let mut c = filled(m * n);
            let mut expected = c.clone();
            for i in 0..m {
                for j in 0..n {
                    expected[i * n + j] += (0..k).map(|l| a[i * k + l] * b[l * n + j]).sum::<f32>();
                }
            }
            add_product(&a, &b, &mut c, k, n);
            assert!(is_near(&c, &expected));
        }
    }

    #[test]
    fn outer_products_are_products_with_the_left_side_turned() {
        let (k, m, n) = (6, 8, 16);
        let (a, b) = (filled(k * m), filled(k * n));
        let (mut turned, mut expected, mut c) = (Vec::new(), vec![0.0; m * n], vec![0.0; m * n]);
        transpose(&a, m, &mut turned);
        add_product(&turned, &b, &mut expected, k, n);
        add_outer(&a, &b, &mut c, m, n);
        assert!(is_near(&c, &expected));
    }

    #[test]
    fn the_exponential_is_true_to_single_precision() {
        for n in -800..=800 {
            let x = n as f32 / 10.0;
            assert!((f64::from(exp(x)) / f64::from(x).exp() - 1.0).abs() < 1e-5, "{x}");
        }
        assert!(exp(f32::INFINITY).is_finite() && exp(f32::NEG_INFINITY) > 0.0);
        assert!((tanh(0.3) - 0.3f32.tanh()).abs() < 1e-6 && (sigmoid(-2.0) - 0.119_202_9).abs() < 1e-6);
    }
}
