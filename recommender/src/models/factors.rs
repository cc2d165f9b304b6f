//! Implicit alternating least squares: one vector a learner, one an item. Order-blind; carries cold items by their content.
//!
//! Minimises sum over visits of (u.i - 1)^2 + alpha sum over all pairs of (u.i)^2 + sum over rows of lambda (visits of the
//! row + alpha x rows of the other side) |row|^2: Rendle et al., "Revisiting the Performance of iALS", RecSys 2022.
#![allow(clippy::indexing_slicing, reason = "kernels over matrices whose sizes are checked at construction")]

use crate::algebra::{add_scaled, dot, solve_positive};
use crate::histories::{Histories, Visit, last, scatter};

/// What is chosen per data set, by the inner hold-out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    pub width: usize,
    pub alpha: f32,
    pub lambda: f32,
    pub rounds: usize,
}

/// Item vectors, and what is needed to find a learner's vector from a history.
#[derive(Clone, Debug)]
pub struct Factors {
    pub settings: Settings,
    /// items x width.
    pub items: Vec<f32>,
    gram: Vec<f32>,
    /// Items that taught.
    taught: usize,
}

impl Factors {
    /// Time: a round costs visits x width^2 + rows x width^3 / 6 multiplications, on both sides.
    #[must_use]
    pub fn fit(histories: &Histories, settings: Settings) -> Self {
        let (n, width) = (histories.items, settings.width);
        let mut had_by: Vec<Vec<u32>> = vec![Vec::new(); n];
        for learner in 0..histories.of.len() {
            histories
                .recent(learner)
                .iter()
                .for_each(|visit| had_by[visit.item as usize].push(learner as u32));
        }
        let had: Vec<Vec<u32>> = (0..histories.of.len())
            .map(|u| histories.recent(u).iter().map(|visit| visit.item).collect())
            .collect();
        let scale = 0.1 / (width as f32).sqrt();
        let mut items: Vec<f32> = (0..n * width)
            .map(|at| {
                let bits = |salt| (scatter(at as u64, salt) >> 40) as f32 / (1_u64 << 24) as f32 - 0.5;
                (bits(1) + bits(2) + bits(3)) * 2.0 * scale
            })
            .collect();
        let mut learners = vec![0.0; histories.of.len() * width];
        for _ in 0..settings.rounds {
            half(&mut learners, &items, &had, settings);
            half(&mut items, &learners, &had_by, settings);
        }
        let gram = gram(&items, width);
        Self { settings, items, gram, taught: n }
    }

    /// Room for `cold` more items, at zero until content gives them a vector.
    pub fn extend(&mut self, cold: usize) {
        self.items.resize(self.items.len() + cold * self.settings.width, 0.0);
    }

    /// A learner's vector from a history; zero for an empty one.
    #[must_use]
    pub fn learner(&self, past: &[Visit]) -> Vec<f32> {
        let mut row = vec![0.0; self.settings.width];
        let had: Vec<u32> = last(past, crate::histories::REACH).iter().map(|visit| visit.item).collect();
        solve_row(&mut row, &self.items, &had, &self.gram, self.taught, self.settings, &mut Vec::new());
        row
    }

    /// Adds the score of every item to `out`.
    pub fn score(&self, past: &[Visit], out: &mut [f32]) {
        let learner = self.learner(past);
        for (sum, item) in out.iter_mut().zip(self.items.chunks_exact(self.settings.width)) {
            *sum += dot(&learner, item);
        }
    }
}

fn half(rows: &mut [f32], others: &[f32], had: &[Vec<u32>], settings: Settings) {
    let gram = gram(others, settings.width);
    let (count, mut room) = (others.len() / settings.width, Vec::new());
    for (row, had) in rows.chunks_exact_mut(settings.width).zip(had) {
        solve_row(row, others, had, &gram, count, settings, &mut room);
    }
}

/// Others' second moment (lower triangle in rows of `width`).
fn gram(others: &[f32], width: usize) -> Vec<f32> {
    let mut sum = vec![0.0; width * width];
    for row in others.chunks_exact(width) {
        add_square(&mut sum, row);
    }
    sum
}

fn add_square(sum: &mut [f32], row: &[f32]) {
    let width = row.len();
    for (i, value) in row.iter().enumerate() {
        add_scaled(&mut sum[i * width..=i * width + i], *value, &row[..=i]);
    }
}

fn solve_row(
    row: &mut [f32],
    others: &[f32],
    had: &[u32],
    gram: &[f32],
    count: usize,
    settings: Settings,
    room: &mut Vec<f32>,
) {
    let width = settings.width;
    row.fill(0.0);
    if had.is_empty() {
        return;
    }
    room.clear();
    room.extend(gram.iter().map(|value| settings.alpha * value));
    for other in had {
        let Some(other) = others.get(*other as usize * width..(*other as usize + 1) * width) else {
            continue;
        };
        add_square(room, other);
        add_scaled(row, 1.0, other);
    }
    let ridge = settings.lambda * (had.len() as f32 + settings.alpha * count as f32);
    (0..width).for_each(|i| room[i * width + i] += ridge);
    if !solve_positive(room, row) {
        row.fill(0.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_had_one_half_of_a_group_is_given_the_other_half_first() {
        let rows: Vec<_> = (0..60_u32)
            .flat_map(|u| {
                (0..10_u32)
                    .filter(move |i| scatter(u.into(), (*i).into()) % 4 > 0)
                    .map(move |i| (u, i + 10 * (u % 2), None))
            })
            .collect();
        let all = Histories::new(60, 20, &rows);
        let model = Factors::fit(&all, Settings { width: 8, alpha: 0.1, lambda: 0.01, rounds: 8 });
        let past: Vec<_> = (10..15).map(|item| Visit { item, at: 0.0 }).collect();
        let mut out = vec![0.0; 20];
        model.score(&past, &mut out);
        let worst = out[15..].iter().copied().fold(f32::MAX, f32::min);
        let best = out[..10].iter().copied().fold(f32::MIN, f32::max);
        assert!(worst > best, "{out:?}");
    }
}
