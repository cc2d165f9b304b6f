//! What to ask today: due cards, the daily cap, catching up after a break, and the forecast.

use crate::{Card, DAY_MS, Parameters};
use minnow_shared::UnixMillis;

/// A card with its place in time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Due<Id> {
    pub id: Id,
    pub due_ms: UnixMillis,
    /// The chance that it is still known, 0 to 1.
    pub retrievability: f64,
}

/// What is due, best first, no more than the day has left. Best is what is most likely still known: with more due than
/// a day takes, the cards that can still be held are held, and those that are lost lose nothing by waiting.
///
/// `left_today`: the daily cap less the reviews done today. Ties go to the earlier due, then to the smaller id, so that
/// every device gives the same list.
pub fn due_now<Id: Ord + Clone>(
    cards: impl IntoIterator<Item = (Id, Card, UnixMillis)>,
    parameters: &Parameters,
    now_ms: UnixMillis,
    left_today: usize,
) -> Vec<Due<Id>> {
    let mut due: Vec<Due<Id>> = cards
        .into_iter()
        .filter(|(_, _, due_ms)| *due_ms <= now_ms)
        .map(|(id, card, due_ms)| Due { id, due_ms, retrievability: card.retrievability(parameters, now_ms) })
        .collect();
    let order = |a: &Due<Id>, b: &Due<Id>| {
        b.retrievability
            .total_cmp(&a.retrievability)
            .then(a.due_ms.cmp(&b.due_ms))
            .then_with(|| a.id.cmp(&b.id))
    };
    // Only the day's share is put in order: a learner may have a hundred thousand cards.
    if due.len() > left_today && left_today > 0 {
        due.select_nth_unstable_by(left_today - 1, order);
    }
    due.truncate(left_today);
    due.sort_unstable_by(order);
    due
}

/// How many reviews each of the next `days` days brings, today first, and as `carry` says by when one has caught up. What a
/// day's cap does not take moves to the next: after a break there is a steady pace, never a wall.
pub fn forecast(
    due: impl IntoIterator<Item = UnixMillis>,
    day_start_ms: UnixMillis,
    days: usize,
    done_today: u32,
    daily_cap: u32,
) -> (Vec<u32>, Option<usize>) {
    let mut by_day = vec![0_u32; days];
    for due_ms in due {
        let day = due_ms.saturating_sub(day_start_ms).div_euclid(DAY_MS).max(0);
        if let Some(count) = usize::try_from(day).ok().and_then(|day| by_day.get_mut(day)) {
            *count = count.saturating_add(1);
        }
    }
    let caught_up = carry(&mut by_day, done_today, daily_cap);
    (by_day, caught_up)
}

/// Moves what a day's cap does not take to the next day, today first. Says on which day everything due by then is done
/// for the first time, 0 for today; `None` when that is after the last.
pub fn carry(by_day: &mut [u32], done_today: u32, daily_cap: u32) -> Option<usize> {
    let (mut moved, mut caught_up) = (0_u32, None);
    for (day, count) in by_day.iter_mut().enumerate() {
        let cap = if day == 0 { daily_cap.saturating_sub(done_today) } else { daily_cap };
        let wanted = count.saturating_add(moved);
        *count = wanted.min(cap);
        moved = wanted - *count;
        if moved == 0 {
            caught_up = caught_up.or(Some(day));
        }
    }
    caught_up
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Review, replay};
    use proptest::prelude::*;

    fn card(at_ms: i64) -> Card {
        let review = Review { id: "a".into(), at_ms, is_right: true, certainty: None };
        replay(&Parameters::default(), [&review]).unwrap()
    }

    #[test]
    fn what_is_most_likely_still_known_comes_first_and_the_cap_holds() {
        let now = 100 * DAY_MS;
        let cards = [
            (1, card(10 * DAY_MS), 12 * DAY_MS),
            (2, card(90 * DAY_MS), 92 * DAY_MS),
            (3, card(99 * DAY_MS), 101 * DAY_MS),
        ];
        let list = |left| {
            due_now(cards, &Parameters::default(), now, left).iter().map(|due| due.id).collect::<Vec<_>>()
        };
        assert_eq!(list(10), [2, 1]);
        assert_eq!(list(1), [2]);
        assert_eq!(list(0), Vec::<i32>::new());
    }

    #[test]
    fn a_break_becomes_a_steady_pace() {
        let overdue = vec![0; 100];
        assert_eq!(forecast(overdue, 50 * DAY_MS, 6, 5, 30), (vec![25, 30, 30, 15, 0, 0], Some(3)));
        let caught_up = |cap| carry(&mut [100, 0, 10, 0, 0, 0], 5, cap);
        assert_eq!([115, 30, 20, 10].map(caught_up), [Some(0), Some(3), Some(5), None]);
    }

    proptest! {
        #[test]
        fn a_day_never_brings_more_than_its_cap(dues in proptest::collection::vec(0..40 * DAY_MS, 0..300), done in 0_u32..40, cap in 1_u32..40) {
            let (days, _) = forecast(dues.iter().copied(), 10 * DAY_MS, 30, done, cap);
            prop_assert!(days.iter().all(|count| *count <= cap));
            let within = dues.iter().filter(|due| **due < 40 * DAY_MS).count() as u64;
            prop_assert!(days.iter().map(|count| u64::from(*count)).sum::<u64>() <= within);
        }

        #[test]
        fn the_shortened_list_is_the_start_of_the_whole(starts in proptest::collection::vec(0..50 * DAY_MS, 0..60), left in 0_usize..70) {
            let cards = || starts.iter().enumerate().map(|(id, at)| (id, card(*at), *at + DAY_MS));
            let parameters = Parameters::default();
            let whole = due_now(cards(), &parameters, 60 * DAY_MS, usize::MAX);
            let short = due_now(cards(), &parameters, 60 * DAY_MS, left);
            prop_assert_eq!(&short[..], &whole[..left.min(whole.len())]);
        }
    }
}
