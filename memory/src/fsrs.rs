//! FSRS-6, the Free Spaced Repetition Scheduler of Jarrett Ye and others (github.com/open-spaced-repetition), in double
//! precision: the formulas of the reference package `fsrs` 6 for Python, whose intervals it gives to the day.
//! docs/decisions/0008-memory-in-double-precision.md says why this is not the crate `fsrs`.

use serde::{Deserialize, Serialize};

/// How well an answer went, as FSRS counts it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rating {
    Again = 1,
    Hard = 2,
    Good = 3,
    Easy = 4,
}

impl Rating {
    pub const ALL: [Self; 4] = [Self::Again, Self::Hard, Self::Good, Self::Easy];

    /// 1 to 4.
    pub const fn number(self) -> u8 {
        self as u8
    }

    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|rating| rating.number() == number)
    }

    /// Distance from Good: -2 to 1.
    fn above_good(self) -> f64 {
        f64::from(self.number()) - 3.0
    }
}

/// What a memory is like right after a review.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// Days until the chance of recall has fallen to 0.9; above zero.
    pub stability: f64,
    /// 1 (easy) to 10 (hard).
    pub difficulty: f64,
}

/// The 21 weights of the model.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Vec<f64>", into = "Vec<f64>")]
pub struct Parameters([f64; 21]);

/// The least and the most each weight may be.
const BOUNDS: [(f64, f64); 21] = [
    (0.001, 100.0),
    (0.001, 100.0),
    (0.001, 100.0),
    (0.001, 100.0),
    (1.0, 10.0),
    (0.001, 4.0),
    (0.001, 4.0),
    (0.001, 0.75),
    (0.0, 4.5),
    (0.0, 0.8),
    (0.001, 3.5),
    (0.001, 5.0),
    (0.001, 0.25),
    (0.001, 0.9),
    (0.0, 4.0),
    (0.0, 1.0),
    (1.0, 6.0),
    (0.0, 2.0),
    (0.0, 2.0),
    (0.0, 0.8),
    (0.1, 0.8),
];

const STABILITY_MIN: f64 = 0.001;
const DIFFICULTY_MIN: f64 = 1.0;
const DIFFICULTY_MAX: f64 = 10.0;
/// No interval is longer: a hundred years.
pub const INTERVAL_MAX: u32 = 36_500;
/// Desired retention: below it nothing is kept, above it the reviews eat the day.
pub const RETENTION: std::ops::RangeInclusive<f64> = 0.70..=0.97;
pub const RETENTION_DEFAULT: f64 = 0.9;

impl Default for Parameters {
    /// The weights fitted to some hundred million reviews of Anki's learners.
    fn default() -> Self {
        Self([
            0.212, 1.2931, 2.3065, 8.2956, 6.4133, 0.8334, 3.0194, 0.001, 1.8722, 0.1666, 0.796, 1.4835,
            0.0614, 0.2629, 1.6483, 0.6014, 1.8729, 0.5425, 0.0912, 0.0658, 0.1542,
        ])
    }
}

impl TryFrom<Vec<f64>> for Parameters {
    type Error = String;

    fn try_from(weights: Vec<f64>) -> Result<Self, String> {
        let weights: [f64; 21] =
            weights.try_into().map_err(|all: Vec<f64>| format!("{} weights, not 21", all.len()))?;
        Self::new(weights)
    }
}

impl From<Parameters> for Vec<f64> {
    fn from(parameters: Parameters) -> Self {
        parameters.0.to_vec()
    }
}

impl Parameters {
    /// The weights bit for bit: 16 hexadecimal digits each, for readers of JSON that round fractions.
    pub fn write(&self) -> String {
        self.0.iter().map(|weight| format!("{:016x}", weight.to_bits())).collect()
    }

    /// What `write` wrote; `None` of anything else, and of weights out of bounds.
    pub fn read(text: &str) -> Option<Self> {
        let mut weights = [0.0; 21];
        let mut rest = text;
        for weight in &mut weights {
            let (digits, after) = rest.split_at_checked(16)?;
            *weight = f64::from_bits(u64::from_str_radix(digits, 16).ok()?);
            rest = after;
        }
        if rest.is_empty() { Self::new(weights).ok() } else { None }
    }

    /// # Errors
    /// When a weight is no number or out of its bounds.
    pub fn new(weights: [f64; 21]) -> Result<Self, String> {
        for (place, (weight, (least, most))) in weights.iter().zip(BOUNDS).enumerate() {
            if !(least..=most).contains(weight) {
                return Err(format!("weight {place} is {weight}: it lies between {least} and {most}"));
            }
        }
        Ok(Self(weights))
    }

    /// The nearest weights within bounds; what is no number becomes the default.
    pub fn clamped(weights: [f64; 21]) -> Self {
        let mut near = Self::default().0;
        for ((near, weight), (least, most)) in near.iter_mut().zip(weights).zip(BOUNDS) {
            if weight.is_finite() {
                *near = weight.clamp(least, most);
            }
        }
        Self(near)
    }

    pub const fn weights(&self) -> &[f64; 21] {
        &self.0
    }

    /// How fast forgetting flattens, below zero.
    fn decay(&self) -> f64 {
        let [.., decay] = self.0;
        -decay
    }

    /// Scales the curve so that the chance is 0.9 after `stability` days.
    fn factor(&self) -> f64 {
        0.9_f64.powf(1.0 / self.decay()) - 1.0
    }

    /// The chance of recall `days` after the review that left `state`, 0 to 1.
    pub fn retrievability(&self, state: State, days: f64) -> f64 {
        (1.0 + self.factor() * days.max(0.0) / state.stability).powf(self.decay())
    }

    /// Whole days until the chance of recall has fallen to `retention`; 1 to [`INTERVAL_MAX`].
    pub fn interval_days(&self, stability: f64, retention: f64) -> u32 {
        let days = (stability / self.factor()) * (retention.powf(1.0 / self.decay()) - 1.0);
        // The cast saturates; halves go to the even day, as the reference rounds.
        (days.round_ties_even() as u32).clamp(1, INTERVAL_MAX)
    }

    /// The state after a review. `days`: whole days since the last one; ignored for a first review.
    pub fn after(&self, before: Option<State>, days: u32, rating: Rating) -> State {
        let Some(before) = before else {
            return State {
                stability: self.first_stability(rating).max(STABILITY_MIN),
                difficulty: self.first_difficulty(rating).clamp(DIFFICULTY_MIN, DIFFICULTY_MAX),
            };
        };
        let stability = if days < 1 {
            self.same_day_stability(before.stability, rating)
        } else {
            let chance = self.retrievability(before, f64::from(days));
            match rating {
                Rating::Again => self.forgotten_stability(before, chance),
                Rating::Hard | Rating::Good | Rating::Easy => self.recalled_stability(before, chance, rating),
            }
        };
        State {
            stability: stability.max(STABILITY_MIN),
            difficulty: self.next_difficulty(before.difficulty, rating),
        }
    }

    fn first_stability(&self, rating: Rating) -> f64 {
        let [again, hard, good, easy, ..] = self.0;
        match rating {
            Rating::Again => again,
            Rating::Hard => hard,
            Rating::Good => good,
            Rating::Easy => easy,
        }
    }

    fn first_difficulty(&self, rating: Rating) -> f64 {
        let [_, _, _, _, w4, w5, ..] = self.0;
        w4 - (w5 * (f64::from(rating.number()) - 1.0)).exp() + 1.0
    }

    fn next_difficulty(&self, difficulty: f64, rating: Rating) -> f64 {
        let [_, _, _, _, _, _, w6, w7, ..] = self.0;
        let change = -(w6 * rating.above_good());
        let damped = difficulty + (10.0 - difficulty) * change / 9.0;
        let reverted = w7 * self.first_difficulty(Rating::Easy) + (1.0 - w7) * damped;
        reverted.clamp(DIFFICULTY_MIN, DIFFICULTY_MAX)
    }

    fn same_day_stability(&self, stability: f64, rating: Rating) -> f64 {
        let [.., w17, w18, w19, _] = self.0;
        let increase = (w17 * (rating.above_good() + w18)).exp() * stability.powf(-w19);
        stability * if rating == Rating::Again { increase } else { increase.max(1.0) }
    }

    fn recalled_stability(&self, before: State, chance: f64, rating: Rating) -> f64 {
        let [_, _, _, _, _, _, _, _, w8, w9, w10, _, _, _, _, w15, w16, ..] = self.0;
        let hard = if rating == Rating::Hard { w15 } else { 1.0 };
        let easy = if rating == Rating::Easy { w16 } else { 1.0 };
        before.stability
            * (1.0
                + w8.exp()
                    * (11.0 - before.difficulty)
                    * before.stability.powf(-w9)
                    * (((1.0 - chance) * w10).exp() - 1.0)
                    * hard
                    * easy)
    }

    fn forgotten_stability(&self, before: State, chance: f64) -> f64 {
        let [_, _, _, _, _, _, _, _, _, _, _, w11, w12, w13, w14, _, _, w17, w18, ..] = self.0;
        let long = w11
            * before.difficulty.powf(-w12)
            * ((before.stability + 1.0).powf(w13) - 1.0)
            * ((1.0 - chance) * w14).exp();
        let short = before.stability / (w17 * w18).exp();
        long.min(short)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_interval_at_nine_tenths_is_the_stability() {
        let parameters = Parameters::default();
        for stability in [1.0, 3.0, 30.0, 365.0] {
            assert_eq!(f64::from(parameters.interval_days(stability, 0.9)), stability);
            let state = State { stability, difficulty: 5.0 };
            assert!((parameters.retrievability(state, stability) - 0.9).abs() < 1e-12);
        }
    }

    #[test]
    fn weights_out_of_bounds_are_refused_and_can_be_clamped() {
        let mut weights = *Parameters::default().weights();
        weights[20] = 2.0;
        assert!(Parameters::new(weights).is_err());
        assert_eq!(Parameters::clamped(weights).weights()[20], 0.8);
        weights[0] = f64::NAN;
        assert_eq!(Parameters::clamped(weights).weights()[0], 0.212);
        assert!(serde_json::from_str::<Parameters>("[1, 2]").is_err());
    }

    fn ratings() -> impl Strategy<Value = Vec<(u32, Rating)>> {
        proptest::collection::vec((0_u32..400, proptest::sample::select(Rating::ALL.to_vec())), 1..20)
    }

    proptest! {
        #[test]
        fn a_state_stays_in_its_bounds(history in ratings()) {
            let parameters = Parameters::default();
            let mut state = None;
            for (days, rating) in history {
                let next = parameters.after(state, days, rating);
                prop_assert!(next.stability.is_finite() && next.stability >= STABILITY_MIN);
                prop_assert!((DIFFICULTY_MIN..=DIFFICULTY_MAX).contains(&next.difficulty));
                state = Some(next);
            }
        }

        #[test]
        fn a_better_rating_never_shortens_the_interval(history in ratings(), days in 1_u32..400) {
            let parameters = Parameters::default();
            let state = history.into_iter().fold(None, |state, (days, rating)| Some(parameters.after(state, days, rating)));
            let intervals = Rating::ALL.map(|rating| parameters.interval_days(parameters.after(state, days, rating).stability, 0.9));
            prop_assert!(intervals.is_sorted(), "{:?}", intervals);
        }

        #[test]
        fn what_is_to_be_kept_better_comes_back_sooner(stability in 0.1..1000.0_f64, low in 0.7..0.97_f64, high in 0.7..0.97_f64) {
            prop_assume!(low < high);
            let parameters = Parameters::default();
            prop_assert!(parameters.interval_days(stability, low) >= parameters.interval_days(stability, high));
        }
    }
}
