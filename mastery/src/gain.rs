//! What a clip taught: how many knew the answer before it, right after it, and after a day or more. Shares with their
//! intervals; told only of enough learners.

use crate::DAY_MS;
use serde::{Deserialize, Serialize};

/// Fewer learners than this say nothing that would hold for others.
pub const FEWEST: u32 = 20;

/// The standard normal quantile of an interval that holds 19 times out of 20.
const Z_95: f64 = 1.959_963_984_540_054;

/// A share of learners with its interval (Wilson 1927), each 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Share {
    pub right: u32,
    pub learners: u32,
    pub share: f64,
    pub low: f64,
    pub high: f64,
}

impl Share {
    /// The share of `right` among `learners`; of nobody it is unknown: 0 to 1.
    pub fn of(right: u32, learners: u32) -> Self {
        let right = right.min(learners);
        if learners == 0 {
            return Self { right, learners, share: 0.0, low: 0.0, high: 1.0 };
        }
        let (n, share) = (f64::from(learners), f64::from(right) / f64::from(learners));
        let z2 = Z_95 * Z_95;
        let middle = (share + z2 / (2.0 * n)) / (1.0 + z2 / n);
        let reach = Z_95 / (1.0 + z2 / n) * (share * (1.0 - share) / n + z2 / (4.0 * n * n)).sqrt();
        let low = if right == 0 { 0.0 } else { (middle - reach).max(0.0) };
        let high = if right == learners { 1.0 } else { (middle + reach).min(1.0) };
        Self { right, learners, share, low, high }
    }

    pub fn is_enough(&self) -> bool {
        self.learners >= FEWEST
    }
}

/// The difference of two shares of the same learners, later less earlier, -1 to 1, with its interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Difference {
    pub learners: u32,
    pub difference: f64,
    pub low: f64,
    pub high: f64,
}

impl Difference {
    /// Of learners who were right or not at two times, the interval from those of both shares and how they go together
    /// (Newcombe 1998, Statistics in Medicine 17:2635, method 10). `earlier` and `later`: right only then.
    pub fn of(both: u32, earlier: u32, later: u32, neither: u32) -> Self {
        let learners = both + earlier + later + neither;
        let (first, second) = (Share::of(both + earlier, learners), Share::of(both + later, learners));
        let difference = second.share - first.share;
        if learners == 0 {
            return Self { learners, difference: 0.0, low: -1.0, high: 1.0 };
        }
        let [a, b, c, d] = [both, earlier, later, neither].map(f64::from);
        let margins = (a + b) * (c + d) * (a + c) * (b + d);
        let together = a * d - b * c;
        let together =
            if together > 0.0 { (together - f64::from(learners) / 2.0).max(0.0) } else { together };
        let phi = if margins > 0.0 { together / margins.sqrt() } else { 0.0 };
        let reach =
            |one: f64, other: f64| (one * one - 2.0 * phi * one * other + other * other).max(0.0).sqrt();
        Self {
            learners,
            difference,
            low: (difference - reach(second.share - second.low, first.high - first.share)).max(-1.0),
            high: (difference + reach(second.high - second.share, first.share - first.low)).min(1.0),
        }
    }
}

/// One answer of a learner to the clip's question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told {
    pub at_ms: i64,
    pub is_right: bool,
    /// A guess before the clip, after which nothing was told.
    pub is_guess: bool,
    /// Asked by this clip.
    pub in_clip: bool,
}

/// What one learner knew when; `None` where they were not asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Path {
    pub before: Option<bool>,
    pub after: Option<bool>,
    pub delayed: Option<bool>,
    /// Between the answer right after and the delayed one.
    pub delay_ms: i64,
}

/// What a learner knew before, right after and after a day or more. `reached_ms`: when they first watched to the question's
/// moment, if they did.
///
/// Before: a guess before the clip, or the first answer of all when it was given elsewhere (in practice, in another clip) by
/// somebody who came to the question's moment only later. Right after: the first answer that the clip itself asked for.
/// Delayed: the first answer a day or more after that, wherever it was asked.
pub fn path(answers: &[Told], reached_ms: Option<i64>) -> Path {
    let mut in_order: Vec<&Told> = answers.iter().collect();
    in_order.sort_by_key(|told| told.at_ms);
    let after = in_order.iter().find(|told| !told.is_guess && told.in_clip);
    let met_ms = reached_ms.or(after.map(|told| told.at_ms));
    let is_before = |told: &Told| match (told.is_guess, met_ms) {
        (true, met_ms) => met_ms.is_none_or(|met_ms| told.at_ms <= met_ms),
        (false, Some(met_ms)) => !told.in_clip && told.at_ms < met_ms,
        (false, None) => false,
    };
    let before = in_order.first().filter(|told| is_before(told));
    let delayed = after.and_then(|after| {
        in_order.iter().find(|told| !told.is_guess && told.at_ms.saturating_sub(after.at_ms) >= DAY_MS)
    });
    Path {
        before: before.map(|told| told.is_right),
        after: after.map(|told| told.is_right),
        delayed: delayed.map(|told| told.is_right),
        delay_ms: delayed.zip(after).map_or(0, |(delayed, after)| delayed.at_ms - after.at_ms),
    }
}

/// What a clip taught, over all its learners.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gain {
    pub before: Share,
    pub after: Share,
    pub delayed: Share,
    /// Of those who were asked at both times.
    pub at_once: Difference,
    pub lasting: Difference,
    /// The middle one of the delays, in milliseconds; 0 where there is none.
    pub delay_ms: i64,
}

/// Sums up learners.
pub fn gain(paths: &[Path]) -> Gain {
    let share = |of: fn(&Path) -> Option<bool>| {
        let known: Vec<bool> = paths.iter().filter_map(of).collect();
        Share::of(count(known.iter().filter(|right| **right).count()), count(known.len()))
    };
    let difference = |to: fn(&Path) -> Option<bool>| {
        let pairs: Vec<(bool, bool)> = paths.iter().filter_map(|path| path.before.zip(to(path))).collect();
        let of = |pair: (bool, bool)| count(pairs.iter().filter(|is| **is == pair).count());
        Difference::of(of((true, true)), of((true, false)), of((false, true)), of((false, false)))
    };
    let mut delays: Vec<i64> =
        paths.iter().filter(|path| path.delayed.is_some()).map(|path| path.delay_ms).collect();
    delays.sort_unstable();
    Gain {
        before: share(|path| path.before),
        after: share(|path| path.after),
        delayed: share(|path| path.delayed),
        at_once: difference(|path| path.after),
        lasting: difference(|path| path.delayed),
        delay_ms: delays.get(delays.len() / 2).copied().unwrap_or_default(),
    }
}

fn count(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// How well a question tells learners apart: the correlation of being right on it with the share right on other questions,
/// -1 to 1. `None` under the fewest learners, or when all did alike.
pub fn discrimination(learners: &[(f64, f64)]) -> Option<f64> {
    if count(learners.len()) < FEWEST {
        return None;
    }
    let n = learners.len() as f64;
    let mean = |of: fn(&(f64, f64)) -> f64| learners.iter().map(of).sum::<f64>() / n;
    let (x, y) = (mean(|one| one.0), mean(|one| one.1));
    let sum = |of: &dyn Fn(f64, f64) -> f64| learners.iter().map(|one| of(one.0 - x, one.1 - y)).sum::<f64>();
    let (xx, yy, xy) = (sum(&|a, _| a * a), sum(&|_, b| b * b), sum(&|a, b| a * b));
    (xx > 1e-9 && yy > 1e-9).then(|| (xy / (xx * yy).sqrt()).clamp(-1.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(value: f64, wanted: f64) -> bool {
        (value - wanted).abs() < 5e-4
    }

    #[test]
    fn the_interval_of_a_share_is_wilsons() {
        // Newcombe 1998, Statistics in Medicine 17:857, table I, method 3.
        for (right, learners, low, high) in [
            (81, 263, 0.2553, 0.3662),
            (15, 148, 0.0624, 0.1605),
            (0, 20, 0.0, 0.1611),
            (1, 29, 0.0061, 0.1718),
        ] {
            let share = Share::of(right, learners);
            assert!(near(share.low, low) && near(share.high, high), "{share:?}");
        }
        assert_eq!(Share::of(20, 20).high, 1.0);
        assert_eq!((Share::of(0, 0).low, Share::of(0, 0).high), (0.0, 1.0));
        assert!(!Share::of(19, 19).is_enough() && Share::of(0, 20).is_enough());
    }

    fn told(day: f64, is_right: bool, is_guess: bool, in_clip: bool) -> Told {
        Told { at_ms: (day * DAY_MS as f64) as i64, is_right, is_guess, in_clip }
    }

    #[test]
    fn before_after_and_delayed_are_told_apart_by_where_and_when() {
        let at = |day: f64| Some((day * DAY_MS as f64) as i64);
        // A guess, the clip's own question, a re-ask within the day, a review three days later.
        let answers = [
            told(0.0, false, true, true),
            told(0.001, true, false, true),
            told(0.5, false, false, false),
            told(3.0, true, false, false),
        ];
        let all = path(&answers, at(0.0005));
        assert_eq!((all.before, all.after, all.delayed), (Some(false), Some(true), Some(true)));
        assert_eq!(all.delay_ms, answers[3].at_ms - answers[1].at_ms);
        // Practice before the clip counts as before, practice after its moment does not.
        let practice = [told(0.0, false, false, false), told(1.0, true, false, true)];
        assert_eq!(path(&practice, at(1.0)).before, Some(false));
        assert_eq!(path(&practice, at(0.0)).before, None, "the clip was seen before");
        // Only the first answer of all is from before anything was told.
        let twice =
            [told(0.0, false, false, false), told(0.5, true, false, false), told(1.0, true, false, true)];
        assert_eq!(path(&twice, at(1.0)).before, Some(false));
        assert_eq!(path(&[told(0.0, true, false, false)], None), Path::default(), "never in the clip");
        // A guess that arrives after the clip was seen is none.
        assert_eq!(path(&[told(2.0, true, true, true)], at(1.0)).before, None);
    }

    #[test]
    fn a_difference_is_of_the_same_learners_and_its_interval_holds_the_truth() {
        let same = Difference::of(30, 0, 0, 10);
        assert!(same.difference == 0.0 && same.low < 0.0 && same.high > 0.0);
        let gained = Difference::of(10, 2, 25, 3);
        assert!(near(gained.difference, 23.0 / 40.0) && gained.low > 0.3 && gained.high < 0.8, "{gained:?}");
        // 2,000 clips of 40 learners: 35 % know it before, of the others 60 % learn it, of the first 10 % slip.
        let mut seed = 7_u64;
        let mut chance = || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 11) as f64 / (1_u64 << 53) as f64
        };
        let truth = (0.35 * 0.9 + 0.65 * 0.6) - 0.35;
        let mut held = 0;
        for _ in 0..2_000 {
            let paths: Vec<Path> = (0..40)
                .map(|_| {
                    let before = chance() < 0.35;
                    let after = chance() < if before { 0.9 } else { 0.6 };
                    Path { before: Some(before), after: Some(after), ..Path::default() }
                })
                .collect();
            let gain = gain(&paths);
            assert_eq!((gain.at_once.learners, gain.lasting.learners), (40, 0));
            held += u32::from((gain.at_once.low..=gain.at_once.high).contains(&truth));
        }
        assert!((1_860..=1_960).contains(&held), "95 % of 2,000 are 1,900, it held {held} times");
    }

    #[test]
    fn discrimination_is_a_correlation_and_wants_enough_learners() {
        let alike: Vec<(f64, f64)> =
            (0..40).map(|n| (f64::from(n % 2), f64::from(n % 2) * 0.5 + 0.2)).collect();
        assert!(near(discrimination(&alike).unwrap(), 1.0));
        let against: Vec<(f64, f64)> = alike.iter().map(|(x, y)| (1.0 - x, *y)).collect();
        assert!(near(discrimination(&against).unwrap(), -1.0));
        assert_eq!(discrimination(&alike[..19]), None);
        assert_eq!(discrimination(&[(1.0, 0.5); 30]), None, "all did alike");
    }
}
