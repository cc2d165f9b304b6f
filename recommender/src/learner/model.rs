//! The learner model: what is shared by all, how an answer is foretold from it and one learner's state, and how both learn.

use serde::{Deserialize, Serialize};

use super::blend::{Blend, Opinions};
use super::features::{Asked, ELO, describe, logit};
use super::linear::{Features, Linear};
use super::recurrent::Recurrent;
use super::repeats::Repeats;
use super::shares::Shares;
use super::state::{LearnerState, Recorded, View};

/// Answers of one learner that teach the shared weights in full; the nth after them counts (FULL / n) squared, so that all of
/// them together never count for more than 2 FULL, however many they are.
pub(super) const FULL: u32 = 2_000;
/// No chance is nearer to 0 or 1 than this.
const NEVER_SURE: f64 = 1e-4;
/// What a model that was not fitted learns at.
const UNFITTED_RATE: f32 = 0.02;

/// One answer of a learner. `item` and `skill` are the caller's numbers; `u32::MAX` is no item's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    pub item: u32,
    pub skill: u32,
    pub is_right: bool,
}

/// What is shared by all learners. Made by [`LearnerModel::fit`], or by `default` (an Elo model that learns as it goes).
///
/// One learner's influence on it is bounded: see [`LearnerModel::learn`].
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LearnerModel {
    pub(super) linear: Linear,
    pub(super) shares: Shares,
    pub(super) recurrent: Option<Recurrent>,
    pub(super) blend: Blend,
    pub(super) repeats: Repeats,
}

impl Default for LearnerModel {
    fn default() -> Self {
        Self::at_rate(UNFITTED_RATE)
    }
}

/// What the nth answer of a learner counts for others, in (0, 1].
fn influence(answers_before: u32) -> f32 {
    if answers_before < FULL { 1.0 } else { (FULL as f32 / (answers_before as f32 + 1.0)).powi(2) }
}

impl LearnerModel {
    pub(super) fn at_rate(rate: f32) -> Self {
        Self {
            linear: Linear::new(rate, ELO),
            shares: Shares::default(),
            recurrent: None,
            blend: Blend::default(),
            repeats: Repeats::default(),
        }
    }

    /// The chance, in [0.0001, 0.9999], that the learner's next answer is right, if it is to `item` on `skill`.
    ///
    /// For another skill of the item answered last it is told as of before that answer, unless answers showed that such rows
    /// are answers of their own: a log's second row must not be foretold from its first.
    #[must_use]
    pub fn predict(&self, state: &LearnerState, item: u32, skill: u32) -> f64 {
        let opinions = self.opinions(&self.view(state, item, skill), item, skill, &mut Features::default());
        self.blend.chance(&opinions).clamp(NEVER_SURE, 1.0 - NEVER_SURE)
    }

    /// Takes an answer in, for the learner and for all.
    ///
    /// The answers of one learner together weigh at most 2 x 2,000 on what is shared. A weight of the regression whose squared
    /// slopes over the other learners' answers sum to G so moves by at most rate x 4,000 x (the greatest value of its feature)
    /// / sqrt(1 + G), in any order of the answers, and an item's share by at most 20 answers.
    pub fn learn(&mut self, state: &mut LearnerState, answer: Answer) {
        let Answer { item, skill, is_right } = answer;
        let weight = influence(state.answers());
        if let Some(before) = state.told_before(item, skill)
            && weight >= 1.0
        {
            self.repeats.note(before == is_right);
        }
        let is_again = self.is_again(state, answer);
        let mut features = Features::default();
        let opinions = {
            let view = if is_again { state.view_before(skill) } else { None };
            self.opinions(&view.unwrap_or_else(|| state.view(item, skill)), item, skill, &mut features)
        };
        let right = f32::from(u8::from(is_right));
        self.linear.learn(&features, right - sigmoid(opinions.linear), weight, is_again);
        let met = state.view(item, skill).item.answers();
        self.take(state, answer, is_again);
        if is_again {
            self.shares.add_skill(skill, is_right, weight);
        } else {
            self.blend.learn(&opinions, is_right, f64::from(weight));
            self.shares.add(item, skill, is_right, weight, met);
        }
    }

    /// Takes an answer into the learner's state alone: to make a state again from stored answers.
    pub fn fold(&self, state: &mut LearnerState, answer: Answer) {
        self.take(state, answer, self.is_again(state, answer));
    }

    /// Is it the latest answer once more, told for another skill?
    pub(super) fn is_again(&self, state: &LearnerState, answer: Answer) -> bool {
        state.told_before(answer.item, answer.skill) == Some(answer.is_right) && self.repeats.hold()
    }

    pub(super) fn view<'a>(&self, state: &'a LearnerState, item: u32, skill: u32) -> View<'a> {
        let before = if self.repeats.hold() && state.told_before(item, skill).is_some() {
            state.view_before(skill)
        } else {
            None
        };
        before.unwrap_or_else(|| state.view(item, skill))
    }

    pub(super) fn opinions(
        &self,
        view: &View<'_>,
        item: u32,
        skill: u32,
        features: &mut Features,
    ) -> Opinions {
        let easiness = logit(self.shares.of_item(item, skill));
        describe(view, Asked { item, skill, easiness }, features);
        Opinions {
            linear: self.linear.logit(features),
            recurrent: self.recurrent.as_ref().and_then(|net| net.foretell(view.hidden, item, skill)),
            skill_answers: view.skill.answers(),
            item_answers: self.shares.item_answers(item),
        }
    }

    fn take(&self, state: &mut LearnerState, answer: Answer, is_again: bool) {
        let Answer { item, skill, is_right } = answer;
        let expected = self.shares.of_item(item, skill);
        let ability = state.view(item, skill).overall.ability + state.skill(skill).ability;
        let surprise = f32::from(u8::from(is_right)) - sigmoid(ability + logit(expected));
        let recorded = Recorded { item, skill, is_right, expected, surprise };
        if is_again {
            state.record_again(recorded);
            return;
        }
        state.record(recorded);
        if let Some(net) = &self.recurrent {
            net.advance(state.hidden(), net.step_of(item, skill, is_right));
        }
    }
}

fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + (-x).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_answers_of_one_learner_weigh_no_more_than_twice_the_full() {
        let sum: f64 = (0..3_000_000).map(|before| f64::from(influence(before))).sum();
        assert!(sum <= f64::from(2 * FULL) && influence(0) == 1.0, "{sum}");
    }
}
