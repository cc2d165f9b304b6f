//! Weighs the logits of two models and keeps the result calibrated: Bayesian logistic regression, fitted by Newton's method
//! and then kept up one answer at a time by the same step on its normal approximation (Bishop 2006, 4.4 and 4.5).

use serde::{Deserialize, Serialize};

/// Bias; regression; network less regression, at large, for learners new to the skill and for items seldom met.
const WIDTH: usize = 5;
type Vector = [f64; WIDTH];
/// How sure it is beforehand that the regression alone is right, in answers worth a variance of 1/4 each.
const PRIOR: Vector = [40.0, 40.0, 20.0, 40.0, 40.0];
const ROUNDS: usize = 12;

/// Two logits of the same answer and how much each had to go by.
#[derive(Clone, Copy, Debug)]
pub(super) struct Opinions {
    pub linear: f32,
    /// None: there is no network, or it knows nothing of the skill.
    pub recurrent: Option<f32>,
    pub skill_answers: u32,
    pub item_answers: f32,
}

impl Opinions {
    fn vector(&self) -> Vector {
        let linear = f64::from(self.linear.clamp(-12.0, 12.0));
        let apart = self.recurrent.map_or(0.0, |logit| f64::from(logit.clamp(-12.0, 12.0)) - linear);
        let new = 1.0 / (1.0 + 0.25 * f64::from(self.skill_answers));
        let seldom = 1.0 / (1.0 + 0.05 * f64::from(self.item_answers));
        [1.0, linear, apart, apart * new, apart * seldom]
    }
}

/// `spread`: the covariance of the weights.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Blend {
    weights: Vector,
    spread: [Vector; WIDTH],
}

impl Default for Blend {
    /// The regression as it is.
    fn default() -> Self {
        let mut spread = [[0.0; WIDTH]; WIDTH];
        for ((n, row), prior) in spread.iter_mut().enumerate().zip(PRIOR) {
            if let Some(own) = row.get_mut(n) {
                *own = 4.0 / prior;
            }
        }
        Self { weights: [0.0, 1.0, 0.0, 0.0, 0.0], spread }
    }
}

fn dot(a: &Vector, b: &Vector) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

impl Blend {
    /// Fits the weights to answers that neither model had seen.
    pub fn fit(answers: &[(Opinions, bool)]) -> Self {
        let prior = Self::default();
        let mut now = prior.clone();
        for _ in 0..ROUNDS {
            // a Newton round: every answer's pull at the weights of the round before, through the covariance of the prior
            let mut next = prior.clone();
            let mut pull = [0.0; WIDTH];
            for (opinions, is_right) in answers {
                let x = opinions.vector();
                let chance = sigmoid(dot(&now.weights, &x));
                next.narrow(&x, chance * (1.0 - chance));
                for (pull, x) in pull.iter_mut().zip(x) {
                    *pull += (f64::from(u8::from(*is_right)) - chance) * x;
                }
            }
            for (((pull, was), first), prior) in
                pull.iter_mut().zip(now.weights).zip(prior.weights).zip(PRIOR)
            {
                *pull -= prior / 4.0 * (was - first);
            }
            for ((next, was), row) in next.weights.iter_mut().zip(now.weights).zip(&next.spread) {
                *next = was + dot(row, &pull).clamp(-1.0, 1.0);
            }
            now = next;
        }
        now
    }

    /// The covariance after one more answer (Sherman and Morrison 1950).
    fn narrow(&mut self, x: &Vector, variance: f64) {
        let through = self.through(x);
        let scale = variance / (1.0 + variance * dot(x, &through));
        for (row, a) in self.spread.iter_mut().zip(through) {
            for (cell, b) in row.iter_mut().zip(through) {
                *cell -= scale * a * b;
            }
        }
    }

    fn through(&self, x: &Vector) -> Vector {
        let mut out = [0.0; WIDTH];
        for (out, row) in out.iter_mut().zip(&self.spread) {
            *out = dot(row, x);
        }
        out
    }

    /// The chance of a right answer.
    pub fn chance(&self, opinions: &Opinions) -> f64 {
        sigmoid(dot(&self.weights, &opinions.vector()))
    }

    /// Learns from one answer, weighted in [0, 1].
    pub fn learn(&mut self, opinions: &Opinions, is_right: bool, weight: f64) {
        let x = opinions.vector();
        let chance = self.chance(opinions);
        self.narrow(&x, weight * chance * (1.0 - chance));
        let step = weight * (f64::from(u8::from(is_right)) - chance);
        let through = self.through(&x);
        for (own, through) in self.weights.iter_mut().zip(through) {
            *own += step * through;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Answers whose true logit is `scale` times what the regression says plus `bias`.
    fn answers(n: u32, scale: f64, bias: f64) -> Vec<(Opinions, bool)> {
        (0..n)
            .map(|k| {
                let linear = f64::from(k % 41) / 10.0 - 2.0;
                let draw = f64::from((k.wrapping_mul(2_654_435_761)) >> 8) / f64::from(1 << 24);
                let opinions =
                    Opinions { linear: linear as f32, recurrent: None, skill_answers: 3, item_answers: 9.0 };
                (opinions, draw < sigmoid(scale * linear + bias))
            })
            .collect()
    }

    #[test]
    fn without_answers_the_regression_stands() {
        let opinions = Opinions { linear: 0.7, recurrent: Some(-3.0), skill_answers: 0, item_answers: 0.0 };
        assert!((Blend::fit(&[]).chance(&opinions) - sigmoid(f64::from(0.7f32))).abs() < 1e-9);
    }

    #[test]
    fn what_is_too_sure_is_mended_at_once_or_one_by_one() {
        let answers = answers(20_000, 0.5, 0.4);
        let fitted = Blend::fit(&answers);
        let mut online = Blend::default();
        for (opinions, is_right) in &answers {
            online.learn(opinions, *is_right, 1.0);
        }
        for blend in [&fitted, &online] {
            assert!(
                (blend.weights[1] - 0.5).abs() < 0.05 && (blend.weights[0] - 0.4).abs() < 0.05,
                "{:?}",
                blend.weights
            );
        }
    }

    #[test]
    fn the_better_of_two_opinions_wins() {
        let better: Vec<_> = answers(5_000, 1.0, 0.0)
            .into_iter()
            .map(|(opinions, is_right)| {
                (Opinions { linear: 0.0, recurrent: Some(opinions.linear), ..opinions }, is_right)
            })
            .collect();
        let blend = Blend::fit(&better);
        let sure = blend.chance(&Opinions {
            linear: 0.0,
            recurrent: Some(2.0),
            skill_answers: 3,
            item_answers: 9.0,
        });
        assert!((sure - sigmoid(2.0)).abs() < 0.05, "{sure}");
    }
}
