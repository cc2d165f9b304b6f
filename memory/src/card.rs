//! A card: one learner and one question. Its state is the fold of its reviews in the order of their time, so that
//! devices that were apart agree as soon as they have the same reviews.

use crate::{
    DAY_MS,
    fsrs::{Parameters, Rating, State},
};
use minnow_shared::{
    UnixMillis,
    answer::{Certainty, Outcome},
};
use serde::{Deserialize, Serialize};

/// An answer this soon after the one before is a re-ask in the same session: it is practice, not a review.
pub const SESSION_MS: i64 = minnow_shared::asking::SESSION_MS;

/// One answer to the card's question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// The answer's id, made by the client: the same review twice is one.
    pub id: String,
    pub at_ms: UnixMillis,
    pub is_right: bool,
    pub certainty: Option<Certainty>,
}

/// Where a card stands after its reviews.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Card {
    pub state: State,
    pub last_review_ms: UnixMillis,
    /// Of the last review.
    pub last_rating: Rating,
    /// Whether the last review was right and sure.
    pub was_sure: bool,
    pub reviews: u32,
    /// How often it was forgotten after it had been known.
    pub lapses: u32,
    /// When it was last answered at all, a re-ask included.
    pub last_answer_ms: UnixMillis,
}

/// What an answer counts as: not right is Again; right by a guess Hard; right Good; right and sure, when the time before
/// was right and sure as well, Easy.
pub fn rating_of(is_right: bool, certainty: Option<Certainty>, was_sure: bool) -> Rating {
    match (is_right, certainty) {
        (false, _) => Rating::Again,
        (true, Some(Certainty::Guess)) => Rating::Hard,
        (true, Some(Certainty::Sure)) if was_sure => Rating::Easy,
        (true, Some(Certainty::Sure | Certainty::ThinkSo) | None) => Rating::Good,
    }
}

/// Whether an outcome counts as right: some of it is not.
pub fn is_right(outcome: Outcome) -> bool {
    outcome == Outcome::Right
}

/// Whole days between two moments, never below zero.
pub fn days_between(from_ms: UnixMillis, to_ms: UnixMillis) -> u32 {
    u32::try_from(to_ms.saturating_sub(from_ms).div_euclid(DAY_MS).max(0)).unwrap_or(u32::MAX)
}

/// The card after one more answer; answers come in the order of their time.
pub fn answered(parameters: &Parameters, card: Option<Card>, review: &Review) -> Card {
    let is_sure = review.is_right && review.certainty == Some(Certainty::Sure);
    let Some(card) = card else {
        let rating = rating_of(review.is_right, review.certainty, false);
        return Card {
            state: parameters.after(None, 0, rating),
            last_review_ms: review.at_ms,
            last_rating: rating,
            was_sure: is_sure,
            reviews: 1,
            lapses: 0,
            last_answer_ms: review.at_ms,
        };
    };
    if review.at_ms.saturating_sub(card.last_answer_ms) < SESSION_MS {
        return Card { last_answer_ms: review.at_ms.max(card.last_answer_ms), ..card };
    }
    let rating = rating_of(review.is_right, review.certainty, card.was_sure);
    let is_lapse = rating == Rating::Again && card.last_rating != Rating::Again;
    Card {
        state: parameters.after(Some(card.state), days_between(card.last_review_ms, review.at_ms), rating),
        last_review_ms: review.at_ms,
        last_rating: rating,
        was_sure: is_sure,
        reviews: card.reviews.saturating_add(1),
        lapses: card.lapses.saturating_add(u32::from(is_lapse)),
        last_answer_ms: review.at_ms,
    }
}

/// The card after these reviews, in whatever order and however often each was told. `None` of none.
pub fn replay<'a>(parameters: &Parameters, reviews: impl IntoIterator<Item = &'a Review>) -> Option<Card> {
    let mut reviews: Vec<&Review> = reviews.into_iter().collect();
    reviews.sort_by(|a, b| (a.at_ms, &a.id).cmp(&(b.at_ms, &b.id)));
    let mut seen = std::collections::HashSet::new();
    reviews.retain(|review| seen.insert(review.id.as_str()));
    reviews.into_iter().fold(None, |card, review| Some(answered(parameters, card, review)))
}

impl Card {
    /// The chance that the learner still knows it, 0 to 1.
    pub fn retrievability(&self, parameters: &Parameters, now_ms: UnixMillis) -> f64 {
        // To the millisecond: a due list must not jump at the hour of the last review.
        let days = now_ms.saturating_sub(self.last_review_ms).max(0) as f64 / DAY_MS as f64;
        parameters.retrievability(self.state, days)
    }

    /// Whole days until it is due again. `fuzz` spreads cards that were answered together: a seed, or none.
    pub fn interval_days(&self, parameters: &Parameters, retention: f64, fuzz: Option<u64>) -> u32 {
        let days = parameters.interval_days(self.state.stability, retention);
        fuzz.map_or(days, |seed| fuzzed(days, seed))
    }

    /// When it is due again, Unix milliseconds.
    pub fn due_ms(&self, parameters: &Parameters, retention: f64, fuzz: Option<u64>) -> UnixMillis {
        self.last_review_ms
            .saturating_add(i64::from(self.interval_days(parameters, retention, fuzz)) * DAY_MS)
    }
}

/// A day near `days`, by the ranges of FSRS: 15 % of what lies between 2.5 and 7 days, 10 % up to 20, 5 % beyond, and one
/// day; intervals under 2.5 days stay.
pub fn fuzzed(days: u32, seed: u64) -> u32 {
    const RANGES: [(f64, f64, f64); 3] = [(2.5, 7.0, 0.15), (7.0, 20.0, 0.1), (20.0, f64::INFINITY, 0.05)];
    let exact = f64::from(days);
    if exact < 2.5 {
        return days;
    }
    let delta = RANGES
        .iter()
        .fold(1.0, |delta, (start, end, factor)| delta + factor * (exact.min(*end) - start).max(0.0));
    let least = ((exact - delta).round() as u32).max(2);
    let most = ((exact + delta).round() as u32).min(crate::fsrs::INTERVAL_MAX);
    let least = least.min(most);
    let width = u64::from(most - least) + 1;
    least + u32::try_from(mixed(seed) % width).unwrap_or(0)
}

/// SplitMix64's output function (Steele, Lea, Flood 2014).
pub(crate) fn mixed(seed: u64) -> u64 {
    let z = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// A card's seed: FNV-1a over its name and how often it was reviewed, so that the same review always lands on the same
/// day.
pub fn seed(name: &str, reviews: u32) -> u64 {
    let bytes = name.bytes().chain(reviews.to_le_bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn review(id: u32, at_ms: i64, is_right: bool, certainty: Option<Certainty>) -> Review {
        Review { id: format!("{id:05}"), at_ms, is_right, certainty }
    }

    #[test]
    fn answers_count_as_the_evidence_says() {
        use Certainty::{Guess, Sure, ThinkSo};
        assert_eq!(rating_of(false, Some(Sure), true), Rating::Again);
        assert_eq!(rating_of(true, Some(Guess), true), Rating::Hard);
        assert_eq!(rating_of(true, Some(ThinkSo), true), Rating::Good);
        assert_eq!(rating_of(true, None, true), Rating::Good);
        assert_eq!(rating_of(true, Some(Sure), false), Rating::Good);
        assert_eq!(rating_of(true, Some(Sure), true), Rating::Easy);
    }

    #[test]
    fn sure_twice_in_a_row_is_easy_the_second_time() {
        let parameters = Parameters::default();
        let reviews: Vec<Review> = [0, 3, 9]
            .iter()
            .enumerate()
            .map(|(n, day)| review(n as u32, day * DAY_MS, true, Some(Certainty::Sure)))
            .collect();
        let ratings: Vec<Rating> =
            (1..=3).filter_map(|n| replay(&parameters, &reviews[..n])).map(|card| card.last_rating).collect();
        assert_eq!(ratings, [Rating::Good, Rating::Easy, Rating::Easy]);
    }

    #[test]
    fn asking_again_in_the_same_session_is_not_a_review() {
        let parameters = Parameters::default();
        let wrong = review(1, 0, false, None);
        let again = review(2, 5 * 60_000, true, Some(Certainty::Sure));
        let later = review(3, 5 * 60_000 + SESSION_MS, true, None);
        let once = replay(&parameters, [&wrong]).unwrap();
        let twice = replay(&parameters, [&wrong, &again]).unwrap();
        assert_eq!((twice.state, twice.reviews, twice.last_rating), (once.state, 1, Rating::Again));
        assert_eq!(replay(&parameters, [&wrong, &again, &later]).unwrap().reviews, 2);
    }

    #[test]
    fn forgetting_what_was_known_is_a_lapse_and_failing_twice_is_one() {
        let parameters = Parameters::default();
        let days = [(0, true), (3, false), (4, false), (6, true), (9, false)];
        let reviews: Vec<Review> = days
            .iter()
            .enumerate()
            .map(|(n, (day, right))| review(n as u32, day * DAY_MS, *right, None))
            .collect();
        assert_eq!(replay(&parameters, &reviews).unwrap().lapses, 2);
    }

    #[test]
    fn fuzz_stays_near_and_reaches_both_sides() {
        assert_eq!(fuzzed(1, 7), 1);
        assert_eq!(fuzzed(2, 7), 2);
        let around: std::collections::BTreeSet<u32> = (0..500).map(|seed| fuzzed(30, seed)).collect();
        assert_eq!((around.first(), around.last()), (Some(&27), Some(&33)));
    }

    fn certainty() -> impl Strategy<Value = Option<Certainty>> {
        proptest::option::of(proptest::sample::select(vec![
            Certainty::Guess,
            Certainty::ThinkSo,
            Certainty::Sure,
        ]))
    }

    fn histories() -> impl Strategy<Value = Vec<Review>> {
        proptest::collection::vec((0..60 * DAY_MS, any::<bool>(), certainty()), 1..40).prop_map(|rows| {
            rows.into_iter()
                .enumerate()
                .map(|(n, (at, right, sure))| review(n as u32, at, right, sure))
                .collect()
        })
    }

    proptest! {
        /// Two devices that were apart, whatever each of them saw first and however often each told the other.
        #[test]
        fn devices_that_were_apart_agree(history in histories(), order in any::<u64>(), twice in any::<u64>()) {
            let parameters = Parameters::default();
            let together = replay(&parameters, &history);
            let mut shuffled: Vec<&Review> = history.iter().collect();
            shuffled.sort_by_key(|review| mixed(order ^ seed(&review.id, 0)));
            let told_twice = history.iter().filter(|review| mixed(twice ^ seed(&review.id, 1)).is_multiple_of(3));
            prop_assert_eq!(replay(&parameters, shuffled.into_iter().chain(told_twice)), together);
        }

        #[test]
        fn a_card_is_due_after_its_review_and_its_chance_falls(history in histories(), days in 0..2_000_i64) {
            let parameters = Parameters::default();
            let card = replay(&parameters, &history).unwrap();
            prop_assert!(card.due_ms(&parameters, 0.9, Some(1)) > card.last_review_ms);
            let at = card.last_review_ms + days * DAY_MS;
            let (now, later) = (card.retrievability(&parameters, at), card.retrievability(&parameters, at + DAY_MS));
            prop_assert!(later < now && (0.0..=1.0).contains(&now));
        }
    }
}
