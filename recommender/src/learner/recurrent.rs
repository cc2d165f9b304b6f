//! A gated recurrent network (Cho et al. 2014) over one learner's answers: what is remembered of them after each, and the
//! logit of a right answer that follows from it. How it is fitted is in `tracing`.
#![allow(
    clippy::indexing_slicing,
    reason = "numeric kernels: every index follows from the shapes fixed at construction"
)]

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::dense::{add_product, dot, sigmoid, tanh};
use super::parameters::{Dense, Rows};

/// Numbers remembered of a learner.
pub(super) const HIDDEN: usize = 64;
/// Width of what an answer is to the network.
pub(super) const INPUT: usize = 32;
/// Update, reset and candidate, side by side.
pub(super) const GATES: usize = 3 * HIDDEN;
/// Answers an item or skill must have for a row of its own.
const ENOUGH: u32 = 8;
/// The row of every skill without one of its own.
pub(super) const UNKNOWN: usize = 0;

/// An answer as the network sees it: rows instead of numbers of items and skills.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    pub item: Option<usize>,
    pub skill: usize,
    pub right: bool,
}

/// Two rows (wrong, right) to an item and skill on the way in, one on the way out (its last number is the bias).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Recurrent {
    items: BTreeMap<u32, usize>,
    skills: BTreeMap<u32, usize>,
    pub from_skill: Rows,
    pub from_item: Rows,
    /// INPUT x GATES
    pub into: Dense,
    /// HIDDEN x GATES
    pub around: Dense,
    /// GATES of the input, then GATES of what is remembered.
    pub bias: Dense,
    pub to_skill: Rows,
    pub to_item: Rows,
}

impl Recurrent {
    /// A network for the items and skills in `answers` (item, skill). Where every skill is one item, items get no rows.
    pub fn new(answers: impl Iterator<Item = (u32, u32)>, mut seed: u64) -> Self {
        let (mut items, mut skills) = (BTreeMap::<u32, u32>::new(), BTreeMap::<u32, u32>::new());
        for (item, skill) in answers {
            *items.entry(item).or_default() += 1;
            *skills.entry(skill).or_default() += 1;
        }
        let has_items = items.len() > skills.len();
        let often = |(id, n): (u32, u32)| (n >= ENOUGH).then_some(id);
        let skills: BTreeMap<u32, usize> = skills.into_iter().filter_map(often).zip(UNKNOWN + 1..).collect();
        let items: BTreeMap<u32, usize> =
            items.into_iter().filter(|_| has_items).filter_map(often).zip(0..).collect();
        let seed = &mut seed;
        let spread = |n: usize| 1.7 / (n as f32).sqrt();
        Self {
            from_skill: Rows::new(2 * (skills.len() + 1), INPUT, 0.5, seed),
            from_item: Rows::new(2 * items.len(), INPUT, 0.0, seed),
            into: Dense::new(INPUT * GATES, spread(INPUT), seed),
            around: Dense::new(HIDDEN * GATES, spread(HIDDEN), seed),
            bias: Dense::new(2 * GATES, 0.0, seed),
            to_skill: Rows::new(skills.len() + 1, HIDDEN + 1, 0.1, seed),
            to_item: Rows::new(items.len(), HIDDEN + 1, 0.0, seed),
            items,
            skills,
        }
    }

    pub fn step_of(&self, item: u32, skill: u32, right: bool) -> Step {
        Step {
            item: self.items.get(&item).copied(),
            skill: self.skills.get(&skill).copied().unwrap_or(UNKNOWN),
            right,
        }
    }

    /// Logit of a right answer from what is remembered.
    pub fn logit(&self, hidden: &[f32], item: Option<usize>, skill: usize) -> f32 {
        let read = |row: &[f32]| dot(&row[..HIDDEN], hidden) + row[HIDDEN];
        read(self.to_skill.row(skill)) + item.map_or(0.0, |item| read(self.to_item.row(item)))
    }

    /// The same by the caller's numbers; `hidden` may be empty. None: the network has no row for the skill.
    pub fn foretell(&self, hidden: &[f32], item: u32, skill: u32) -> Option<f32> {
        let skill = *self.skills.get(&skill)?;
        let hidden = if hidden.len() == HIDDEN { hidden } else { &[0.0; HIDDEN] };
        Some(self.logit(hidden, self.items.get(&item).copied(), skill))
    }

    /// What the answer is to the network, into `to` (INPUT numbers).
    pub fn input(&self, step: Step, to: &mut [f32]) {
        let side = usize::from(step.right);
        to.copy_from_slice(self.from_skill.row(2 * step.skill + side));
        if let Some(item) = step.item {
            for (to, from) in to.iter_mut().zip(self.from_item.row(2 * item + side)) {
                *to += from;
            }
        }
    }

    /// What is remembered after one more answer.
    pub fn advance(&self, hidden: &mut [f32], step: Step) {
        let mut input = [0.0; INPUT];
        self.input(step, &mut input);
        let (mut from_input, mut from_past) = ([0.0; GATES], [0.0; GATES]);
        from_input.copy_from_slice(&self.bias.weights[..GATES]);
        from_past.copy_from_slice(&self.bias.weights[GATES..]);
        add_product(&input, &self.into.weights, &mut from_input, INPUT, GATES);
        add_product(hidden, &self.around.weights, &mut from_past, HIDDEN, GATES);
        for (k, h) in hidden.iter_mut().enumerate() {
            let update = sigmoid(from_input[k] + from_past[k]);
            let reset = sigmoid(from_input[HIDDEN + k] + from_past[HIDDEN + k]);
            let candidate = tanh(from_input[2 * HIDDEN + k] + reset * from_past[2 * HIDDEN + k]);
            *h = update * *h + (1.0 - update) * candidate;
        }
    }

    /// Lets go of what only fitting needs.
    pub fn settle(&mut self) {
        for rows in [&mut self.from_skill, &mut self.from_item, &mut self.to_skill, &mut self.to_item] {
            rows.settle();
        }
        for dense in [&mut self.into, &mut self.around, &mut self.bias] {
            dense.settle();
        }
    }
}
