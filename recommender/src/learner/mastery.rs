//! What the model says in the words of a product: mastery of a topic with its uncertainty, and how hard an item is.

use serde::{Deserialize, Serialize};

use super::model::LearnerModel;
use super::state::LearnerState;

/// Answers that what is known of others is worth, when one learner's mastery is judged.
const FROM_OTHERS: f64 = 2.0;
/// What an answer on another skill is worth beside one on the skill itself.
const FROM_ELSEWHERE: f64 = 0.02;
/// The most that all answers elsewhere are worth.
const MOST_FROM_ELSEWHERE: f64 = 2.0;
/// Standard deviations below which a mastery is "fairly sure" and "sure".
const FAIRLY_SURE: f64 = 0.2;
const SURE: f64 = 0.12;

/// How sure a mastery is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Certainty {
    Guess,
    FairlySure,
    Sure,
}

/// The chance of a right answer to an ordinary item of a skill now, in (0, 1), and its standard deviation.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mastery {
    pub chance: f64,
    pub deviation: f64,
    pub certainty: Certainty,
    /// Answers on the skill.
    pub answers: u32,
}

/// The chance that a learner of whom nothing is known answers the item right, in (0, 1), and its standard deviation.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Difficulty {
    pub chance: f64,
    pub deviation: f64,
}

/// Standard deviation of a Beta distribution of mean `chance` that is worth `answers` answers.
fn deviation(chance: f64, answers: f64) -> f64 {
    (chance * (1.0 - chance) / (answers + 1.0)).sqrt()
}

impl LearnerModel {
    /// Mastery of a skill: the prediction for an item of the skill's own difficulty, and a Beta deviation from the learner's
    /// decayed answers on it, a little from answers elsewhere and a prior from other learners.
    #[must_use]
    pub fn mastery(&self, state: &LearnerState, skill: u32) -> Mastery {
        let own = state.skill(skill);
        let chance = self.predict(state, u32::MAX, skill);
        let recent = own.traces.last().map_or(0.0, |trace| f64::from(trace.weight));
        let elsewhere = FROM_ELSEWHERE * f64::from(state.answers().saturating_sub(own.answers()));
        let deviation = deviation(chance, FROM_OTHERS + recent + elsewhere.min(MOST_FROM_ELSEWHERE));
        let certainty = match deviation {
            _ if own.answers() == 0 => Certainty::Guess,
            d if d < SURE => Certainty::Sure,
            d if d < FAIRLY_SURE => Certainty::FairlySure,
            _ => Certainty::Guess,
        };
        Mastery { chance, deviation, certainty, answers: own.answers() }
    }

    /// How hard an item is, on the scale of the predictions.
    #[must_use]
    pub fn difficulty(&self, item: u32, skill: u32) -> Difficulty {
        let chance = self.predict(&LearnerState::default(), item, skill);
        Difficulty {
            chance,
            deviation: deviation(chance, FROM_OTHERS + f64::from(self.shares.item_answers(item))),
        }
    }
}
