//! Implicit alternating least squares: one vector a learner, one an item. Order-blind; carries cold items by their content.
//!
//! Minimises sum over visits of (u.i - 1)^2 + alpha sum over all pairs of (u.i)^2 + sum over rows of lambda (visits of the
//! row + alpha x rows of the other side) |row|^2: Rendle et al., "Revisiting the Performance of iALS", RecSys 2022.
#![allow(clippy::indexing_slicing, reason = "kernels over matrices whose sizes are checked at construction")]

use crate::algebra::{Kernel, add_products, add_scaled, add_squares, dot, solve_inline, wide};
use crate::histories::{Histories, Visit, last, scatter};
use crate::parallel;

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
        let side =
            Side { others: &self.items, gram: &self.gram, count: self.taught, settings: self.settings };
        side.solve(&mut row, &had, &mut Vec::new());
        row
    }

    /// What [`learner_of`] needs: the items' second moment and how many of them taught.
    #[must_use]
    pub fn moment(&self) -> (&[f32], usize) {
        (&self.gram, self.taught)
    }

    /// Adds the score of every item to `out`.
    pub fn score(&self, past: &[Visit], out: &mut [f32]) {
        add_products(out, &self.items, &self.learner(past));
    }
}

/// A learner's vector from the vectors (rows) of what they had, given the second moment of all `taught` items.
#[must_use]
pub fn learner_of(had: &[f32], gram: &[f32], taught: usize, settings: Settings) -> Vec<f32> {
    let mut row = vec![0.0; settings.width];
    let places: Vec<u32> = (0..(had.len() / settings.width.max(1)) as u32).collect();
    Side { others: had, gram, count: taught, settings }.solve(&mut row, &places, &mut Vec::new());
    row
}

fn half(rows: &mut [f32], others: &[f32], had: &[Vec<u32>], settings: Settings) {
    let gram = whole(gram(others, settings.width), settings.width);
    let side = Side { others, gram: &gram, count: others.len() / settings.width, settings };
    parallel::rows(rows, settings.width, had, Vec::new, |room, row, had| side.approach(row, had, room));
}

/// Others' second moment (lower triangle in rows of `width`).
fn gram(others: &[f32], width: usize) -> Vec<f32> {
    struct Squares<'a>(&'a mut [f32], &'a [f32], usize);
    impl Kernel for Squares<'_> {
        type Output = ();
        #[inline(always)]
        fn call(self) {
            let Self(sum, others, width) = self;
            let nothing = vec![0.0; width];
            for rows in others.chunks(4 * width) {
                let row = |at: usize| rows.get(at * width..(at + 1) * width).unwrap_or(&nothing);
                add_squares(sum, [row(0), row(1), row(2), row(3)]);
            }
        }
    }
    let mut sum = vec![0.0; width * width];
    wide(Squares(&mut sum, others, width));
    sum
}

/// A triangle as the symmetric matrix it stands for.
fn whole(mut gram: Vec<f32>, width: usize) -> Vec<f32> {
    for i in 0..width {
        (0..i).for_each(|j| gram[j * width + i] = gram[i * width + j]);
    }
    gram
}

/// What the rows of one side are solved from: the other side.
struct Side<'a> {
    others: &'a [f32],
    gram: &'a [f32],
    count: usize,
    settings: Settings,
}

impl Side<'_> {
    /// The row that had `had` of the others; zero if none.
    fn solve(&self, row: &mut [f32], had: &[u32], room: &mut Vec<f32>) {
        row.fill(0.0);
        if !had.is_empty() {
            wide(Solve { side: self, row, had, room });
        }
    }
}

/// Steps of conjugate gradients a round (Takacs, Pilaszy and Tikk, RecSys 2011): a row starts where the round before left it.
const STEPS: usize = 3;

impl Side<'_> {
    /// Brings the row that had `had` of the others nearer to its solution. The gram must be whole.
    fn approach(&self, row: &mut [f32], had: &[u32], room: &mut Vec<f32>) {
        if had.is_empty() {
            row.fill(0.0);
        } else {
            wide(Approach { side: self, row, had, room });
        }
        if row.iter().any(|value| !value.is_finite()) {
            row.fill(0.0);
        }
    }

    /// out = A x for the matrix that a row is solved with.
    #[inline(always)]
    fn times(&self, had: &[u32], x: &[f32], out: &mut [f32]) {
        let width = self.settings.width;
        let ridge = self.settings.lambda * (had.len() as f32 + self.settings.alpha * self.count as f32);
        out.fill(0.0);
        for (value, row) in x.iter().zip(self.gram.chunks_exact(width)) {
            add_scaled(out, *value, row);
        }
        out.iter_mut().zip(x).for_each(|(out, x)| *out = self.settings.alpha * *out + ridge * x);
        for other in had {
            let other = &self.others[*other as usize * width..(*other as usize + 1) * width];
            add_scaled(out, dot(other, x), other);
        }
    }
}

struct Approach<'a> {
    side: &'a Side<'a>,
    row: &'a mut [f32],
    had: &'a [u32],
    room: &'a mut Vec<f32>,
}

impl Kernel for Approach<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let Self { side, row, had, room } = self;
        let width = side.settings.width;
        room.resize(3 * width, 0.0);
        let (rest, others) = room.split_at_mut(width);
        let (way, image) = others.split_at_mut(width);
        side.times(had, row, image);
        rest.iter_mut().zip(&*image).for_each(|(rest, image)| *rest = -image);
        for other in had {
            add_scaled(rest, 1.0, &side.others[*other as usize * width..(*other as usize + 1) * width]);
        }
        way.copy_from_slice(rest);
        let mut now = dot(rest, rest);
        for _ in 0..STEPS {
            side.times(had, way, image);
            let curve = dot(way, image);
            if curve.is_nan() || curve <= 1e-20 {
                return;
            }
            add_scaled(row, now / curve, way);
            add_scaled(rest, -now / curve, image);
            let next = dot(rest, rest);
            way.iter_mut().zip(&*rest).for_each(|(way, rest)| *way = rest + next / now * *way);
            now = next;
        }
    }
}

struct Solve<'a> {
    side: &'a Side<'a>,
    row: &'a mut [f32],
    had: &'a [u32],
    room: &'a mut Vec<f32>,
}

impl Kernel for Solve<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let Self { side: Side { others, gram, count, settings }, row, had, room } = self;
        let width = settings.width;
        room.clear();
        room.resize(width * (width + 1), 0.0);
        let (nothing, room) = room.split_at_mut(width);
        room.iter_mut().zip(*gram).for_each(|(own, value)| *own = settings.alpha * value);
        for some in had.chunks(4) {
            let other = |at: usize| {
                let place = some.get(at).map_or(usize::MAX / width - 1, |other| *other as usize);
                others.get(place * width..(place + 1) * width).unwrap_or(nothing)
            };
            let four = [other(0), other(1), other(2), other(3)];
            four.iter().for_each(|other| add_scaled(row, 1.0, other));
            add_squares(room, four);
        }
        let ridge = settings.lambda * (had.len() as f32 + settings.alpha * *count as f32);
        (0..width).for_each(|i| room[i * width + i] += ridge);
        if !solve_inline(room, row) {
            row.fill(0.0);
        }
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
                    .filter(move |i| !scatter(u.into(), (*i).into()).is_multiple_of(4))
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
