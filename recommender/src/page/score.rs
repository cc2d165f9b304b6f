//! What a clip is worth to a learner now: a weighted sum of foretold chances, open to all, and the parts it is made of.
//! The parts are the reason that is shown: they add up to the score, and nothing else decides it.

use serde::{Deserialize, Serialize};

/// The chance of a right answer that teaches most (Wilson et al. 2019, "The Eighty Five Percent Rule for optimal learning").
pub const AIMED_AT: f32 = 0.85;

/// How far from [`AIMED_AT`] a chance may lie before it counts exp(-1/2).
const TOLERANCE: f32 = 0.2;

/// Recall won a minute beyond which more does not count.
const MOST_MEMORY: f32 = 1.0;

/// What is foretold of one clip for one learner. Chances in [0, 1]; what is not finite counts as nothing known.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Chances {
    /// The share of watches of clips of its length that this one is expected to outlast: near 1, watched to the end.
    pub finishes: f32,
    pub likes: f32,
    pub saves: f32,
    /// Says "not interested".
    pub refuses: f32,
    /// Knows more of its topic afterwards: does not know it yet and can follow.
    pub learns: f32,
    /// Answers its question right; none: it asks nothing.
    pub is_right: Option<f32>,
    /// Recall won a minute: its mean over the next 30 days with and without, summed over what the clip brings back.
    pub memory: f32,
}

/// One term of the sum.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    Finishes,
    Likes,
    Saves,
    Refuses,
    Learns,
    WithinReach,
    Memory,
}

/// The published weights: what each part counts.
pub const WEIGHTS: [(Part, f32); 7] = [
    (Part::Finishes, 1.0),
    (Part::Likes, 0.5),
    (Part::Saves, 0.5),
    (Part::Refuses, -3.0),
    (Part::Learns, 2.0),
    (Part::WithinReach, 1.0),
    (Part::Memory, 3.0),
];

/// A part with its value in [0, 1] and what it adds: value x weight.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reason {
    pub part: Part,
    pub value: f32,
    pub adds: f32,
}

/// A score and what it is made of, in the order of [`WEIGHTS`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Score {
    pub value: f32,
    pub reasons: [Reason; 7],
}

impl Score {
    /// The score of what was foretold. Finite for any input; between the sum of the weights below 0 and of those above.
    #[must_use]
    pub fn of(chances: &Chances) -> Self {
        let chance = |value: f32| if value.is_finite() { value.clamp(0.0, 1.0) } else { 0.0 };
        let value = |part: Part| match part {
            Part::Finishes => chance(chances.finishes),
            Part::Likes => chance(chances.likes),
            Part::Saves => chance(chances.saves),
            Part::Refuses => chance(chances.refuses),
            Part::Learns => chance(chances.learns),
            Part::WithinReach => within_reach(chances.is_right),
            Part::Memory => chance(chances.memory / MOST_MEMORY),
        };
        let reasons = WEIGHTS.map(|(part, weight)| {
            let value = value(part);
            Reason { part, value, adds: weight * value }
        });
        Self { value: reasons.iter().map(|reason| reason.adds).sum(), reasons }
    }

    /// The parts that tell most for it, the strongest first; none that tells against it.
    #[must_use]
    pub fn strongest(&self) -> Vec<Reason> {
        let mut all: Vec<Reason> = self.reasons.into_iter().filter(|reason| reason.adds > 0.0).collect();
        all.sort_by(|a, b| b.adds.total_cmp(&a.adds));
        all
    }
}

/// 1 at [`AIMED_AT`], less to both sides, never a bar: a soft preference. A clip that asks nothing counts as in between.
fn within_reach(is_right: Option<f32>) -> f32 {
    is_right.filter(|chance| chance.is_finite()).map_or(0.5, |chance| {
        let away = (chance.clamp(0.0, 1.0) - AIMED_AT) / TOLERANCE;
        (-0.5 * away * away).exp()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn any_number() -> impl Strategy<Value = f32> {
        prop_oneof![any::<f32>(), 0.0_f32..1.0, Just(f32::NAN), Just(f32::INFINITY)]
    }

    fn any_chances() -> impl Strategy<Value = Chances> {
        let six = (any_number(), any_number(), any_number(), any_number(), any_number(), any_number());
        (six, prop::option::of(any_number())).prop_map(|((a, b, c, d, e, memory), is_right)| Chances {
            finishes: a,
            likes: b,
            saves: c,
            refuses: d,
            learns: e,
            is_right,
            memory,
        })
    }

    proptest! {
        #[test]
        fn reasons_add_up_to_the_score_and_are_their_weights_times_their_values(chances in any_chances()) {
            let score = Score::of(&chances);
            prop_assert!(score.value.is_finite());
            prop_assert_eq!(score.value, score.reasons.iter().map(|one| one.adds).sum::<f32>());
            for (reason, (part, weight)) in score.reasons.iter().zip(WEIGHTS) {
                prop_assert_eq!(reason.part, part);
                prop_assert!((0.0..=1.0).contains(&reason.value));
                prop_assert_eq!(reason.adds, weight * reason.value);
            }
        }

        #[test]
        fn more_of_what_is_good_is_never_worth_less(chances in any_chances(), more in 0.0_f32..1.0) {
            let before = Score::of(&chances).value;
            let better = Chances { learns: chances.learns.max(0.0) + more, ..chances };
            prop_assert!(Score::of(&better).value >= before - 1e-5);
            let worse = Chances { refuses: chances.refuses.max(0.0) + more, ..chances };
            prop_assert!(Score::of(&worse).value <= before + 1e-5);
        }
    }

    #[test]
    fn difficulty_is_a_preference_and_not_a_bar() {
        let at = |chance| within_reach(Some(chance));
        assert_eq!(at(AIMED_AT), 1.0);
        assert!(at(0.7) > at(0.5) && at(0.9) > at(1.0) && at(0.05) > 0.0);
        assert_eq!(within_reach(Some(f32::NAN)), within_reach(None));
    }
}
