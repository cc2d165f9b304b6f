//! Parameters that are fitted by Adam (Kingma and Ba 2015): whole matrices, and tables of which each step touches few rows.
#![allow(clippy::indexing_slicing, reason = "numeric kernels: a row's place follows from the table's width")]

use serde::{Deserialize, Serialize};

const FIRST: f32 = 0.9;
const SECOND: f32 = 0.999;
const TINY: f32 = 1e-7;
/// A row takes half a step after this many steps of its own: what is known from few answers moves little.
const WARM: f32 = 50.0;

/// A uniform number in [-1, 1) (splitmix64, Steele, Lea and Flood 2014).
pub(super) fn uniform(seed: &mut u64) -> f32 {
    *seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *seed;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((z ^ (z >> 31)) >> 40) as f32 / (1u32 << 23) as f32 - 1.0
}

/// Gradient and moments; they live only while a model is fitted.
#[derive(Clone, Debug, Default)]
struct Moments {
    gradient: Vec<f32>,
    first: Vec<f32>,
    second: Vec<f32>,
}

impl Moments {
    fn of(len: usize) -> Self {
        Self { gradient: vec![0.0; len], first: vec![0.0; len], second: vec![0.0; len] }
    }

    /// One step on `at`, the `n`th there; `decay` is taken off the weights themselves (Loshchilov and Hutter 2019).
    fn step(&mut self, weights: &mut [f32], at: std::ops::Range<usize>, n: u32, rate: f32, decay: f32) {
        let n = n.min(100_000) as i32;
        let (mend_first, mend_second) = (1.0 / (1.0 - FIRST.powi(n)), 1.0 / (1.0 - SECOND.powi(n)));
        let gradient = &mut self.gradient[at.clone()];
        let moments = self.first[at.clone()].iter_mut().zip(&mut self.second[at.clone()]);
        for ((w, g), (first, second)) in weights[at].iter_mut().zip(gradient).zip(moments) {
            *first = FIRST * *first + (1.0 - FIRST) * *g;
            *second = SECOND * *second + (1.0 - SECOND) * *g * *g;
            *w -= rate * (*first * mend_first / ((*second * mend_second).sqrt() + TINY) + decay * *w);
            *g = 0.0;
        }
    }
}

/// A matrix or vector of weights.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Dense {
    pub weights: Vec<f32>,
    #[serde(skip)]
    moments: Moments,
    #[serde(skip)]
    steps: u32,
}

impl Dense {
    pub fn new(len: usize, scale: f32, seed: &mut u64) -> Self {
        let weights = (0..len).map(|_| scale * uniform(seed)).collect();
        Self { weights, moments: Moments::of(len), steps: 0 }
    }

    pub fn gradient(&mut self) -> &mut [f32] {
        &mut self.moments.gradient
    }

    pub fn step(&mut self, rate: f32) {
        self.steps = self.steps.saturating_add(1);
        let all = 0..self.weights.len();
        self.moments.step(&mut self.weights, all, self.steps, rate, 0.0);
    }

    /// Lets go of what only fitting needs.
    pub fn settle(&mut self) {
        self.moments = Moments::default();
    }
}

/// Rows of equal width, one to an item or skill.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Rows {
    wide: usize,
    weights: Vec<f32>,
    #[serde(skip)]
    moments: Moments,
    #[serde(skip)]
    steps: Vec<u32>,
    #[serde(skip)]
    touched: Vec<usize>,
    #[serde(skip)]
    is_touched: Vec<bool>,
}

impl Rows {
    pub fn new(rows: usize, wide: usize, scale: f32, seed: &mut u64) -> Self {
        let len = rows * wide;
        Self {
            wide,
            weights: (0..len).map(|_| scale * uniform(seed)).collect(),
            moments: Moments::of(len),
            steps: vec![0; rows],
            touched: Vec::new(),
            is_touched: vec![false; rows],
        }
    }

    pub fn row(&self, row: usize) -> &[f32] {
        &self.weights[row * self.wide..(row + 1) * self.wide]
    }

    pub fn gradient(&mut self, row: usize) -> &mut [f32] {
        if !self.is_touched[row] {
            self.is_touched[row] = true;
            self.touched.push(row);
        }
        &mut self.moments.gradient[row * self.wide..(row + 1) * self.wide]
    }

    /// One step on every row that has a gradient. `is_warmed`: rows seldom met take smaller steps.
    pub fn step(&mut self, rate: f32, decay: f32, is_warmed: bool) {
        for row in std::mem::take(&mut self.touched) {
            self.is_touched[row] = false;
            self.steps[row] = self.steps[row].saturating_add(1);
            let n = self.steps[row];
            let rate = if is_warmed { rate * n as f32 / (n as f32 + WARM) } else { rate };
            self.moments.step(&mut self.weights, row * self.wide..(row + 1) * self.wide, n, rate, decay);
        }
    }

    pub fn settle(&mut self) {
        self.moments = Moments::default();
        self.steps = Vec::new();
        self.is_touched = Vec::new();
    }
}
