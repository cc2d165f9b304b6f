//! What a desired retention costs and brings: the preview beside the slider.

use crate::{
    Card, DAY_MS, Parameters,
    card::{fuzzed, mixed},
    fsrs::Rating,
};
use minnow_shared::UnixMillis;

/// What a retention means for the days ahead.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Workload {
    pub retention: f64,
    /// Mean reviews a day over the horizon.
    pub reviews_per_day: f64,
    /// How many of the cards are known at its end, on average.
    pub known_at_end: f64,
}

/// So many walks at least: few cards are walked several times.
const WALKS: usize = 2_000;

/// Walks every card through `days` days: at each due day it is recalled with its chance (then rated Good) or forgotten
/// (Again). A Monte Carlo estimate with its own stated seed: the same cards give the same numbers.
pub fn preview(
    cards: &[Card],
    parameters: &Parameters,
    now_ms: UnixMillis,
    days: u32,
    retention: f64,
) -> Workload {
    if cards.is_empty() || days == 0 {
        return Workload { retention, reviews_per_day: 0.0, known_at_end: 0.0 };
    }
    let rounds = WALKS.div_ceil(cards.len());
    let (mut reviews, mut known) = (0_u64, 0.0);
    for (place, card) in cards.iter().enumerate() {
        for round in 0..rounds {
            let seed = mixed(place as u64) ^ mixed((round as u64) << 32);
            let (asked, chance) = walk(*card, parameters, now_ms, days, retention, seed);
            reviews += u64::from(asked);
            known += chance;
        }
    }
    let rounds = rounds as f64;
    Workload {
        retention,
        reviews_per_day: reviews as f64 / rounds / f64::from(days),
        known_at_end: known / rounds,
    }
}

/// Reviews on the way, and the chance of recall at the end.
fn walk(
    card: Card,
    parameters: &Parameters,
    now_ms: UnixMillis,
    days: u32,
    retention: f64,
    seed: u64,
) -> (u32, f64) {
    // Days from now; the last review lies before.
    let mut state = card.state;
    let mut last = -(now_ms.saturating_sub(card.last_review_ms).max(0) as f64 / DAY_MS as f64);
    let mut chance = seed;
    let mut asked = 0;
    loop {
        chance = mixed(chance);
        let interval = fuzzed(parameters.interval_days(state.stability, retention), chance);
        let due = (last + f64::from(interval)).max(0.0);
        if due >= f64::from(days) {
            return (asked, parameters.retrievability(state, f64::from(days) - last));
        }
        let elapsed = due - last;
        chance = mixed(chance);
        // 53 random bits in [0, 1).
        let draw = (chance >> 11) as f64 / (1_u64 << 53) as f64;
        let rating =
            if draw < parameters.retrievability(state, elapsed) { Rating::Good } else { Rating::Again };
        // At least a day: a due day is asked once.
        state = parameters.after(Some(state), (elapsed as u32).max(1), rating);
        last = due;
        asked += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Review, replay};

    fn cards(count: i64) -> Vec<Card> {
        let review = |n: i64| Review {
            id: n.to_string(),
            at_ms: n * DAY_MS / 7,
            is_right: n % 4 != 0,
            certainty: None,
        };
        (0..count).filter_map(|n| replay(&Parameters::default(), [&review(n)])).collect()
    }

    #[test]
    fn keeping_more_costs_more_and_knows_more() {
        let (cards, parameters) = (cards(120), Parameters::default());
        let at = |retention| preview(&cards, &parameters, 20 * DAY_MS, 90, retention);
        let (low, middle, high) = (at(0.75), at(0.9), at(0.97));
        assert!(
            low.reviews_per_day < middle.reviews_per_day && middle.reviews_per_day < high.reviews_per_day
        );
        assert!(low.known_at_end < middle.known_at_end && middle.known_at_end < high.known_at_end);
        assert!(high.known_at_end <= 120.0);
    }

    #[test]
    fn the_same_cards_give_the_same_numbers_and_none_give_none() {
        let (cards, parameters) = (cards(5), Parameters::default());
        let at = || preview(&cards, &parameters, 3 * DAY_MS, 30, 0.9);
        assert_eq!(at(), at());
        assert_eq!(preview(&[], &parameters, 0, 30, 0.9).reviews_per_day, 0.0);
    }
}
