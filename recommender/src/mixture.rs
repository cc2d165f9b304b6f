//! Weights of a blend that are learned event by event: a multinomial logit over what could have been taken up, by AdaGrad
//! (Duchi et al., JMLR 2011). Deterministic; one step moves a weight by at most the rate.
#![allow(clippy::indexing_slicing, reason = "one weight a model, one score an item")]

use crate::algebra::add_scaled;

const RATE: f32 = 0.15;

/// Lengths of history that have weights of their own beside the common ones: 1-2, 3-6, 7-14, ...
const STAGES: usize = 10;

#[derive(Clone, Debug, Default)]
pub struct Mixture {
    /// Common weights, then those of each stage: (weight, sum of squared steps), by model.
    weights: Vec<Vec<(f32, f32)>>,
}

impl Mixture {
    fn stage(length: usize) -> usize {
        1 + ((length + 1).ilog2() as usize).saturating_sub(1).min(STAGES - 1)
    }

    fn weight(&self, stage: usize, model: usize) -> f32 {
        let one =
            |stage: usize| self.weights.get(stage).and_then(|all| all.get(model)).map_or(0.0, |pair| pair.0);
        // A model that has not been weighed yet counts a little.
        if self.weights.first().is_none_or(|all| all.len() <= model) { 0.2 } else { one(0) + one(stage) }
    }

    /// The blended score of every item for a history of `length`.
    #[must_use]
    pub fn blend(&self, scores: &[Vec<f32>], length: usize) -> Vec<f32> {
        let mut sum = vec![0.0; scores.first().map_or(0, Vec::len)];
        for (model, row) in scores.iter().enumerate() {
            add_scaled(&mut sum, self.weight(Self::stage(length), model), row);
        }
        sum
    }

    /// Learns that of the `open` items `taken` was taken up. Time: models x items.
    pub fn learn(&mut self, scores: &[Vec<f32>], open: &[u32], taken: u32, length: usize) {
        let stage = Self::stage(length);
        self.weights.resize(STAGES + 1, Vec::new());
        for (at, all) in self.weights.iter_mut().enumerate() {
            all.resize(scores.len().max(all.len()), (if at == 0 { 0.2 } else { 0.0 }, 0.1));
        }
        let mut chance = self.blend(scores, length);
        let top = open.iter().map(|item| chance[*item as usize]).fold(f32::MIN, f32::max);
        let mut total = 0.0_f64;
        for item in open {
            let value = &mut chance[*item as usize];
            *value = (*value - top).exp();
            total += f64::from(*value);
        }
        for (model, row) in scores.iter().enumerate() {
            let expected: f32 = open.iter().map(|item| chance[*item as usize] * row[*item as usize]).sum();
            let step = (row[taken as usize] - (f64::from(expected) / total) as f32).clamp(-10.0, 10.0);
            if !step.is_finite() {
                continue;
            }
            for (at, rate) in [(0, RATE), (stage, RATE * 0.3)] {
                let (weight, squares) = &mut self.weights[at][model];
                *squares += step * step;
                *weight = (*weight + rate * step / squares.sqrt()).clamp(-5.0, 10.0);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::histories::scatter;

    #[test]
    fn the_model_that_knows_gains_weight_and_the_one_that_does_not_loses_it() {
        let (mut mixture, open) = (Mixture::default(), (0..30).collect::<Vec<u32>>());
        for at in 0..2_000 {
            let taken = (scatter(at, 5) % 30) as u32;
            let noise = |salt| {
                (0..30).map(|i| (scatter(at * 30 + i, salt) % 100) as f32 / 50.0 - 1.0).collect::<Vec<_>>()
            };
            let (mut knows, guesses) = (noise(1), noise(2));
            knows[taken as usize] += 1.0;
            mixture.learn(&[knows, guesses], &open, taken, 5);
        }
        let (knows, guesses) = (mixture.weight(3, 0), mixture.weight(3, 1));
        assert!(knows > 0.8 && guesses.abs() < 0.15, "{knows} {guesses}");
    }
}
