//! Second moments of histories in closed form: which items stand together (gram) and which come after which (cross).
//! They are all that the linear models learn from. No solving here.
//!
//! A learner's state after the visit at place t is s(t) = sum over k <= t of exp(-(t-k)/tau) e(item at k). It should tell
//! the next items y(t) = sum over h < horizon of exp(-h/eta) e(item at t+1+h). For a history of length L, summed over
//! all t that have a next visit, with d = exp(-1/tau):
//!   gram(k, l) = d^(l-k) (1 - d^(2(L-1-l))) / (1 - d^2) for k <= l < L-1,
//!   cross(k, m) = c(m-k), c(g) = sum over j < g of d^j w(g-1-j), w(h) = exp(-h/eta) for h < horizon, else 0.
//! So a pair costs one addition however many states it takes part in.
#![allow(clippy::indexing_slicing, reason = "kernels over matrices whose sizes are checked at construction")]

use crate::histories::{Histories, Visit};

/// How the past fades and how far ahead the future counts. `None` in `tau`: a history is a set, order does not matter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fade {
    /// Visits after which a visit counts 1/e; infinite: order-blind.
    pub tau: f32,
    /// How many next visits are foretold.
    pub horizon: usize,
    /// Visits ahead after which a target counts 1/e.
    pub eta: f32,
}

impl Fade {
    /// A set without order: what stands together, not what comes after.
    pub const BLIND: Self = Self { tau: f32::INFINITY, horizon: 0, eta: 1.0 };

    #[must_use]
    pub fn is_blind(self) -> bool {
        self.tau.is_infinite()
    }

    /// Visits beyond which a state is as good as forgotten (below exp(-5)).
    #[must_use]
    pub fn reach(self) -> usize {
        if self.is_blind() { usize::MAX } else { (5.0 * self.tau).ceil() as usize }
    }

    /// The weight of the visit `ago` places before the last one.
    #[must_use]
    pub fn weight(self, ago: usize) -> f32 {
        if self.is_blind() { 1.0 } else { (-(ago as f32) / self.tau).exp() }
    }

    /// c(g) of the head of this file for gaps 0..=reach + horizon.
    #[must_use]
    pub fn crossing(self) -> Vec<f32> {
        let (d, reach) = ((-1.0 / self.tau).exp(), self.reach());
        let ahead = |h: usize| if h < self.horizon { (-(h as f32) / self.eta).exp() } else { 0.0 };
        (0..=reach.saturating_add(self.horizon).min(4_096))
            .map(|gap| {
                (0..gap).map(|j| if j <= reach { d.powi(j as i32) * ahead(gap - 1 - j) } else { 0.0 }).sum()
            })
            .collect()
    }
}

/// Calls `pair(k, l, weight)` for each pair of places k <= l of one history that the gram counts (one triangle).
pub fn gram_pairs(fade: Fade, length: usize, mut pair: impl FnMut(usize, usize, f32)) {
    if fade.is_blind() {
        for k in 0..length {
            for l in k..length {
                pair(k, l, 1.0);
            }
        }
        return;
    }
    let (d, reach) = ((-1.0 / fade.tau).exp(), fade.reach());
    for l in 0..length.saturating_sub(1) {
        let states = (1.0 - d.powi(2 * (length - 1 - l) as i32)) / (1.0 - d * d);
        for k in l.saturating_sub(reach)..=l {
            pair(k, l, states * d.powi((l - k) as i32));
        }
    }
}

/// What a learner's visits count in all together: L^(-1/2), so that one who took up everything does not drown the others.
#[must_use]
pub fn learner_weight(length: usize) -> f32 {
    (length.max(1) as f32).powf(-0.5)
}

/// Dense moments over n items. `gram` is symmetric; `cross` holds, row by row, source then target.
#[derive(Clone, Debug)]
pub struct Moments {
    pub items: usize,
    pub gram: Vec<f32>,
    pub cross: Vec<f32>,
}

impl Moments {
    /// Time: visits x reach; memory: 8 n^2 bytes (4 n^2 when blind, which has no cross).
    #[must_use]
    pub fn of(histories: &Histories, fade: Fade) -> Self {
        let n = histories.items;
        let cross = if fade.is_blind() { 0 } else { n * n };
        let mut all = Self { items: n, gram: vec![0.0; n * n], cross: vec![0.0; cross] };
        let crossing = if fade.is_blind() { Vec::new() } else { fade.crossing() };
        for learner in 0..histories.of.len() {
            all.add(fade, &crossing, histories.recent(learner));
        }
        all.mirror();
        all
    }

    fn add(&mut self, fade: Fade, crossing: &[f32], past: &[Visit]) {
        let n = self.items;
        let share = if fade.is_blind() { 1.0 } else { learner_weight(past.len()) };
        let gram = &mut self.gram;
        gram_pairs(fade, past.len(), |k, l, weight| {
            let (a, b) = (past[k].item as usize, past[l].item as usize);
            gram[a.max(b) * n + a.min(b)] += share * weight;
        });
        if !self.cross.is_empty() {
            for (k, from) in past.iter().enumerate() {
                let row = &mut self.cross[from.item as usize * n..][..n];
                for (to, c) in past[k + 1..].iter().zip(&crossing[1..]) {
                    row[to.item as usize] += share * c;
                }
            }
        }
    }

    fn mirror(&mut self) {
        for a in 0..self.items {
            for b in 0..a {
                self.gram[b * self.items + a] = self.gram[a * self.items + b];
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The sums written out state by state.
    fn by_hand(past: &[u32], n: usize, fade: Fade) -> (Vec<f32>, Vec<f32>) {
        let (mut gram, mut cross) = (vec![0.0; n * n], vec![0.0; n * n]);
        let share = learner_weight(past.len());
        for t in 0..past.len() - 1 {
            let (mut s, mut y) = (vec![0.0; n], vec![0.0; n]);
            for k in 0..=t {
                s[past[k] as usize] += fade.weight(t - k);
            }
            for (h, item) in past[t + 1..].iter().take(fade.horizon).enumerate() {
                y[*item as usize] += (-(h as f32) / fade.eta).exp();
            }
            for a in 0..n {
                for b in 0..n {
                    gram[a * n + b] += share * s[a] * s[b];
                    cross[a * n + b] += share * s[a] * y[b];
                }
            }
        }
        (gram, cross)
    }

    #[test]
    fn the_closed_form_is_the_sum_over_states() {
        let fade = Fade { tau: 2.0, horizon: 3, eta: 4.0 };
        let past = [3, 0, 4, 1, 2, 5];
        let rows: Vec<_> = past.iter().enumerate().map(|(at, i)| (0, *i, Some(at as f64))).collect();
        let ours = Moments::of(&Histories::new(1, 6, &rows), fade);
        let (gram, cross) = by_hand(&past, 6, fade);
        for (a, b) in ours.gram.iter().zip(&gram).chain(ours.cross.iter().zip(&cross)) {
            assert!((a - b).abs() < 1e-5, "{a} {b}");
        }
    }
}
