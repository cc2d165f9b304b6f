//! Logistic regression learned one answer at a time, over features hashed into one table (Weinberger et al. 2009) with a step
//! size of its own for each (Adagrad: Duchi, Hazan and Singer 2011).

use serde::{Deserialize, Serialize};

/// log2 of the table's length.
const BITS: u32 = 20;

/// One feature that is not 0. `of_skill`: it speaks of the skill, not of the item or the learner at large.
#[derive(Clone, Copy, Debug)]
struct Feature {
    slot: u32,
    value: f32,
    of_skill: bool,
}

/// What is said of an answer to come.
#[derive(Clone, Debug, Default)]
pub(super) struct Features(Vec<Feature>);

impl Features {
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// A feature of `kind` for the pair (a, b).
    pub fn add(&mut self, kind: u32, a: u32, b: u32, value: f32) {
        self.0.push(Feature { slot: slot(kind, a, b), value, of_skill: false });
    }

    /// The same, of the skill alone.
    pub fn add_of_skill(&mut self, kind: u32, a: u32, b: u32, value: f32) {
        self.0.push(Feature { slot: slot(kind, a, b), value, of_skill: true });
    }
}

fn slot(kind: u32, a: u32, b: u32) -> u32 {
    let mut z = ((u64::from(a) << 32) | u64::from(b)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z ^= u64::from(kind + 1).wrapping_mul(0xd6e8_feb8_6659_fd93);
    z = (z ^ (z >> 32)).wrapping_mul(0xd6e8_feb8_6659_fd93);
    (z >> (64 - BITS)) as u32
}

/// A weight, and 1 + the sum of its squared slopes.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Cell {
    weight: f32,
    slopes: f32,
}

/// The weights. A step is rate x slope / sqrt(1 + sum of squared slopes).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Linear {
    cells: Vec<Cell>,
    pub rate: f32,
}

impl Linear {
    /// Every weight 0, but that of the feature `trusted`, which is 1: what it says holds until answers say otherwise.
    pub fn new(rate: f32, trusted: (u32, u32, u32)) -> Self {
        let mut cells = vec![Cell { weight: 0.0, slopes: 1.0 }; 1 << BITS];
        let (kind, a, b) = trusted;
        if let Some(cell) = cells.get_mut(slot(kind, a, b) as usize) {
            cell.weight = 1.0;
        }
        Self { cells, rate }
    }

    pub fn logit(&self, features: &Features) -> f32 {
        features
            .0
            .iter()
            .filter_map(|f| self.cells.get(f.slot as usize).map(|cell| cell.weight * f.value))
            .sum()
    }

    /// Learns from `surprise` = right - chance, weighted in [0, 1]. `skill_alone`: the rest has heard of this answer already.
    pub fn learn(&mut self, features: &Features, surprise: f32, weight: f32, skill_alone: bool) {
        for feature in features.0.iter().filter(|f| f.of_skill || !skill_alone) {
            if let Some(cell) = self.cells.get_mut(feature.slot as usize) {
                let slope = weight * surprise * feature.value;
                cell.slopes += slope * slope;
                cell.weight += self.rate * slope / cell.slopes.sqrt();
            }
        }
    }
}
