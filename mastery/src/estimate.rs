//! One answer and what it says: how well the learner holds the topic, and how hard the question is, each as a normal
//! distribution. Folding many answers is in `fold`.
//!
//! The chance of being right is that of the Rasch model with a floor for guessing (Rasch 1960; Birnbaum 1968):
//! `P = g + (1 - g) / (1 + exp(-(ability - difficulty)))`, both in logits. Answers come one at a time, so the posterior is kept
//! as a normal distribution by matching its first two moments, assumed-density filtering (Opper 1998; Minka 2001), as Glicko
//! (Glickman 1999) and `TrueSkill` (Herbrich, Minka & Graepel 2006) do for games. Elo is its first step with a fixed variance
//! (Pelánek 2016 on Elo in education).

use serde::{Deserialize, Serialize};

/// What is believed of a quantity in logits: a normal distribution.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Belief {
    pub mean: f64,
    pub variance: f64,
}

/// One answer as evidence.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Evidence {
    /// How right it was, 0 to 1.
    pub credit: f64,
    /// The chance of being right without knowing: 1/k of one of k choices, 0 of a typed answer. 0 to below 1.
    pub guess: f64,
    /// How much it counts, 1 for a whole answer.
    pub weight: f64,
}

/// What one answer says of a question, told apart from what others say: a normal distribution by its precision and its precision
/// times mean, which add up over learners (a site of expectation propagation, Minka 2001).
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Site {
    /// 1 / variance, not below 0.
    pub weight: f64,
    /// mean / variance.
    pub pull: f64,
}

/// How sure an estimate is, in the words the learner reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sureness {
    Guess,
    FairlySure,
    Sure,
}

/// The standard normal quantile of an interval that holds four times out of five.
pub const Z_80: f64 = 1.281_551_565_544_6;

/// The logistic function.
pub fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

impl Belief {
    pub const fn new(mean: f64, variance: f64) -> Self {
        Self { mean, variance }
    }

    /// This belief with a site added.
    #[must_use]
    pub fn with(self, site: Site) -> Self {
        let weight = 1.0 / self.variance + site.weight.max(0.0);
        Self { mean: (self.mean / self.variance + site.pull) / weight, variance: 1.0 / weight }
    }

    /// The chance to know the answer to a question of middling difficulty: the lower end of the interval that holds four times
    /// out of five, the middle, and the upper end.
    pub fn chances(self) -> [f64; 3] {
        let reach = Z_80 * self.variance.max(0.0).sqrt();
        [logistic(self.mean - reach), logistic(self.mean), logistic(self.mean + reach)]
    }

    /// Under a standard deviation of 0.45 (some twenty answers) it is sure, under 0.7 (some six) fairly sure.
    pub fn sureness(self) -> Sureness {
        match self.variance.max(0.0).sqrt() {
            deviation if deviation < 0.45 => Sureness::Sure,
            deviation if deviation < 0.7 => Sureness::FairlySure,
            _ => Sureness::Guess,
        }
    }
}

impl Site {
    /// What led from one belief to another.
    fn between(before: Belief, after: Belief) -> Self {
        // A right answer that may be a guess can widen a belief by a hair: then it moves the mean and adds no weight.
        let weight = (1.0 / after.variance - 1.0 / before.variance).max(0.0);
        Self { weight, pull: after.mean * (1.0 / before.variance + weight) - before.mean / before.variance }
    }
}

/// The chance of a right answer at a certain distance of ability above difficulty, 0 to 1.
pub fn chance(distance: f64, guess: f64) -> f64 {
    guess + (1.0 - guess) * logistic(distance)
}

/// The expected chance of a right answer, 0 to 1, all doubts counted.
pub fn expected_chance(ability: Belief, difficulty: Belief, guess: f64) -> f64 {
    let distance = distance(ability, difficulty);
    let deviation = distance.variance.sqrt();
    let (mut sum, mut all) = (0.0, 0.0);
    for (z, weight) in nodes() {
        sum += weight * chance(distance.mean + deviation * z, guess);
        all += weight;
    }
    sum / all
}

fn distance(ability: Belief, difficulty: Belief) -> Belief {
    Belief::new(ability.mean - difficulty.mean, ability.variance + difficulty.variance)
}

/// Places and weights to integrate over a standard normal distribution: the trapezoid rule with half a deviation between
/// places, which for smooth functions under a bell converges faster than any power of the distance.
fn nodes() -> impl Iterator<Item = (f64, f64)> {
    /// exp(-z²/2) at z = 0, 0.5, …, 5.
    const BELL: [f64; 11] = [
        1.0,
        0.882_496_902_584_595_4,
        0.606_530_659_712_633_4,
        0.324_652_467_358_349_7,
        0.135_335_283_236_612_7,
        0.043_936_933_623_407_42,
        0.011_108_996_538_242_306,
        0.002_187_491_114_182_839_6,
        0.000_335_462_627_902_511_84,
        0.000_040_065_297_392_951_2,
        0.000_003_726_653_172_078_671,
    ];
    let right = BELL.into_iter().enumerate().map(|(n, weight)| (n as f64 / 2.0, weight));
    let left = BELL.into_iter().enumerate().skip(1).map(|(n, weight)| (n as f64 / -2.0, weight));
    right.chain(left)
}

/// What the distance of ability above difficulty is after an answer.
fn after(prior: Belief, evidence: Evidence) -> Belief {
    let deviation = prior.variance.sqrt();
    let credit = evidence.credit.clamp(0.0, 1.0);
    let (mut all, mut first, mut second) = (0.0, 0.0, 0.0);
    for (z, bell) in nodes() {
        let right = chance(prior.mean + deviation * z, evidence.guess);
        // Partial credit counts in part: the likelihood of right and of wrong in shares.
        let likelihood = if evidence.weight == 1.0 && credit == 1.0 {
            right
        } else if evidence.weight == 1.0 && credit == 0.0 {
            1.0 - right
        } else {
            (right.powf(credit) * (1.0 - right).powf(1.0 - credit)).powf(evidence.weight)
        };
        let mass = bell * likelihood;
        all += mass;
        first += mass * z;
        second += mass * z * z;
    }
    if all <= f64::MIN_POSITIVE {
        return prior;
    }
    let mean = first / all;
    let spread = (second / all - mean * mean).clamp(1e-6, 1.0);
    Belief::new(prior.mean + deviation * mean, prior.variance * spread)
}

/// The ability after an answer to a question of this difficulty. `noise`: a variance between the two that is neither's, for an
/// answer that says less of this ability than of another.
#[must_use]
pub fn learned(ability: Belief, difficulty: Belief, noise: f64, evidence: Evidence) -> Belief {
    let mut prior = distance(ability, difficulty);
    prior.variance += noise.max(0.0);
    let posterior = after(prior, evidence);
    let gain = ability.variance / prior.variance;
    Belief {
        mean: ability.mean + gain * (posterior.mean - prior.mean),
        variance: ability.variance - gain * gain * (prior.variance - posterior.variance),
    }
}

/// What an answer of a learner of this ability says of a question's difficulty.
pub fn site(ability: Belief, difficulty: Belief, evidence: Evidence) -> Site {
    let prior = distance(ability, difficulty);
    let posterior = after(prior, evidence);
    let gain = difficulty.variance / prior.variance;
    let harder = Belief {
        mean: difficulty.mean - gain * (posterior.mean - prior.mean),
        variance: difficulty.variance - gain * gain * (prior.variance - posterior.variance),
    };
    Site::between(difficulty, harder)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const RIGHT: Evidence = Evidence { credit: 1.0, guess: 0.0, weight: 1.0 };
    const WRONG: Evidence = Evidence { credit: 0.0, guess: 0.0, weight: 1.0 };
    const NEW: Belief = Belief::new(0.0, 1.0);

    /// The same moments by brute force on both ability and difficulty.
    fn by_grid(ability: Belief, difficulty: Belief, evidence: Evidence) -> (Belief, Belief) {
        let (steps, reach) = (600, 7.0);
        let at = |belief: Belief, n: i32| {
            let z = f64::from(n) / f64::from(steps) * reach;
            (belief.mean + belief.variance.sqrt() * z, (-z * z / 2.0).exp())
        };
        let mut sums = [0.0; 5];
        for n in -steps..=steps {
            for m in -steps..=steps {
                let ((a, p), (d, q)) = (at(ability, n), at(difficulty, m));
                let right = chance(a - d, evidence.guess);
                let likelihood = right.powf(evidence.credit) * (1.0 - right).powf(1.0 - evidence.credit);
                let mass = p * q * likelihood.powf(evidence.weight);
                for (sum, value) in sums.iter_mut().zip([1.0, a, a * a, d, d * d]) {
                    *sum += mass * value;
                }
            }
        }
        let belief = |first: f64, second: f64| {
            let mean = first / sums[0];
            Belief::new(mean, second / sums[0] - mean * mean)
        };
        (belief(sums[1], sums[2]), belief(sums[3], sums[4]))
    }

    fn near(a: Belief, b: Belief) -> bool {
        (a.mean - b.mean).abs() < 2e-3 && (a.variance - b.variance).abs() < 2e-3
    }

    #[test]
    fn the_moments_are_those_of_the_exact_posterior() {
        let beliefs =
            [(NEW, NEW), (Belief::new(1.5, 0.3), Belief::new(-1.0, 0.8)), (Belief::new(-2.0, 1.0), NEW)];
        for (ability, difficulty) in beliefs {
            for (credit, guess, weight) in
                [(1.0, 0.0, 1.0), (0.0, 0.25, 1.0), (1.0, 0.5, 1.0), (0.4, 0.0, 0.5)]
            {
                let evidence = Evidence { credit, guess, weight };
                let (exact_ability, exact_difficulty) = by_grid(ability, difficulty, evidence);
                let ours = learned(ability, difficulty, 0.0, evidence);
                // A right guess can widen what is believed by a hair, which is passed over.
                let narrower = |exact: Belief, prior: Belief| Belief {
                    variance: exact.variance.min(prior.variance),
                    ..exact
                };
                let exact_ability = narrower(exact_ability, ability);
                assert!(near(ours, exact_ability), "{evidence:?}: {ours:?}, exactly {exact_ability:?}");
                let site = site(ability, difficulty, evidence);
                let ours = difficulty.with(site);
                let exact = narrower(exact_difficulty, difficulty);
                assert!(near(ours, exact), "{evidence:?}: {ours:?}, exactly {exact:?}");
            }
        }
    }

    #[test]
    fn a_right_answer_that_may_be_a_guess_says_less_than_one_that_cannot() {
        let moved = |guess| learned(NEW, NEW, 0.0, Evidence { guess, ..RIGHT }).mean;
        assert!(moved(0.0) > moved(0.25) && moved(0.25) > moved(0.5) && moved(0.5) > 0.0);
        let wrong = |guess| learned(NEW, NEW, 0.0, Evidence { guess, ..WRONG }).mean;
        assert!((wrong(0.0) - wrong(0.5)).abs() < 1e-9, "a wrong answer was no lucky guess");
    }

    #[test]
    fn a_hard_question_answered_says_more_than_an_easy_one() {
        let moved = |difficulty| learned(NEW, Belief::new(difficulty, 0.1), 0.0, RIGHT).mean;
        assert!(moved(2.0) > moved(0.0) && moved(0.0) > moved(-2.0));
    }

    #[test]
    fn partial_credit_counts_in_part() {
        let moved = |credit| learned(NEW, NEW, 0.0, Evidence { credit, ..RIGHT }).mean;
        let steps: Vec<f64> = [0.0, 0.25, 0.5, 0.75, 1.0].into_iter().map(moved).collect();
        assert!(steps.is_sorted(), "{steps:?}");
        assert!(steps[2].abs() < 1e-9, "half of it at even odds says nothing: {}", steps[2]);
    }

    #[test]
    fn words_go_with_how_many_answers_there_were() {
        let mut ability = NEW;
        let mut words = vec![ability.sureness()];
        for n in 0..30 {
            ability = learned(ability, Belief::new(0.0, 0.2), 0.0, if n % 2 == 0 { RIGHT } else { WRONG });
            words.push(ability.sureness());
        }
        let first = |word| words.iter().position(|w| *w == word).unwrap();
        assert_eq!(first(Sureness::Guess), 0);
        assert!((4..=8).contains(&first(Sureness::FairlySure)), "{}", first(Sureness::FairlySure));
        assert!((16..=24).contains(&first(Sureness::Sure)), "{}", first(Sureness::Sure));
    }

    proptest! {
        #[test]
        fn beliefs_stay_beliefs_whatever_is_answered(
            mean in -6.0..6.0_f64, variance in 0.01..4.0_f64, difficulty in -6.0..6.0_f64, doubt in 0.01..4.0_f64,
            credit in 0.0..=1.0_f64, guess in 0.0..0.9_f64, weight in 0.1..=1.0_f64, noise in 0.0..2.0_f64,
        ) {
            let (ability, difficulty) = (Belief::new(mean, variance), Belief::new(difficulty, doubt));
            let evidence = Evidence { credit, guess, weight };
            let after = learned(ability, difficulty, noise, evidence);
            prop_assert!(after.mean.is_finite() && after.variance > 0.0 && after.variance <= variance + 1e-12);
            let site = site(ability, difficulty, evidence);
            prop_assert!(site.weight >= 0.0 && site.pull.is_finite());
            let [low, middle, high] = after.chances();
            prop_assert!(0.0 <= low && low <= middle && middle <= high && high <= 1.0);
            prop_assert!((0.0..=1.0).contains(&expected_chance(after, difficulty, guess)));
        }

        #[test]
        fn right_never_lowers_and_wrong_never_raises(
            mean in -4.0..4.0_f64, variance in 0.01..2.0_f64, difficulty in -4.0..4.0_f64, guess in 0.0..0.6_f64,
        ) {
            let (ability, difficulty) = (Belief::new(mean, variance), Belief::new(difficulty, 0.5));
            let after = |evidence| learned(ability, difficulty, 0.0, Evidence { guess, ..evidence }).mean;
            prop_assert!(after(RIGHT) >= mean && after(WRONG) <= mean);
        }
    }
}
