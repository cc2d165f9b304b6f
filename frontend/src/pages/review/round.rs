//! One round of reviews: what is asked next, what is asked once more, when to offer to stop. Pure; what an answer means
//! for the memory is the server's.

use minnow_shared::answer::Outcome;
use minnow_shared::review::ReviewView;
use std::collections::VecDeque;

/// What was not right comes once more after so many others.
const AGAIN_AFTER: usize = 4;
/// A question left open counts no longer than this towards the day's goal.
const LONGEST_MS: u64 = 60_000;
const FIVE_MORE_MS: u64 = 5 * 60_000;
/// Of a backlog so many at once, and then so many more.
pub const PART: usize = 5;
/// What a review takes on average.
const REVIEW_MS: u64 = 13_000;

/// About how long so many reviews take; never nothing.
pub fn minutes_of(reviews: u64) -> u64 {
    (reviews * REVIEW_MS).div_ceil(60_000).max(1)
}

#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    pub review: ReviewView,
    /// Asked for the second time in this round: practice, no review.
    pub again: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Turn {
    Ask(Item),
    /// The day's goal is reached and something is left.
    Offer,
    /// A part is done, and others can wait.
    Part,
    Over,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Round {
    waiting: VecDeque<Item>,
    /// What comes after this part, if the learner wants more.
    later: VecDeque<ReviewView>,
    /// Questions of the round, each counted once.
    pub total: u64,
    /// Of those, how many have been answered.
    pub answered: u64,
    pub right: u64,
    pub xp: u64,
    spent_ms: u64,
    stop_at_ms: u64,
    /// The one in front has been answered and is still looked at.
    heard: bool,
}

impl Round {
    pub fn new(reviews: Vec<ReviewView>, goal_minutes: u32) -> Self {
        Self {
            total: reviews.len() as u64,
            waiting: reviews.into_iter().map(|review| Item { review, again: false }).collect(),
            later: VecDeque::new(),
            answered: 0,
            right: 0,
            xp: 0,
            spent_ms: 0,
            stop_at_ms: u64::from(goal_minutes) * 60_000,
            heard: false,
        }
    }

    /// With what comes after this part.
    pub fn with_later(mut self, later: Vec<ReviewView>) -> Self {
        self.later = later.into();
        self
    }

    pub fn turn(&self) -> Turn {
        match self.waiting.front() {
            None if !self.later.is_empty() => Turn::Part,
            None => Turn::Over,
            Some(item) if self.heard || self.spent_ms < self.stop_at_ms => Turn::Ask(item.clone()),
            Some(_) => Turn::Offer,
        }
    }

    /// Questions left, those asked once more included.
    pub fn left(&self) -> u64 {
        self.waiting.len() as u64 - u64::from(self.heard)
    }

    pub fn is_answered(&self) -> bool {
        self.heard
    }

    /// The one in front was answered; heard twice it counts once.
    pub fn answer(&mut self, outcome: Outcome, xp: u32, took_ms: u64) {
        let Some(item) = self.waiting.front().filter(|_| !self.heard) else { return };
        self.heard = true;
        self.spent_ms += took_ms.min(LONGEST_MS);
        self.xp += u64::from(xp);
        if item.again {
            return;
        }
        self.answered += 1;
        match outcome {
            Outcome::Right => self.right += 1,
            Outcome::Partly | Outcome::NotYet => {
                let again = Item { again: true, ..item.clone() };
                // In front stands the one that was just answered.
                let place = (AGAIN_AFTER + 1).min(self.waiting.len());
                self.waiting.insert(place, again);
            }
            Outcome::Waiting => {}
        }
    }

    /// On to the next.
    pub fn go_on(&mut self) {
        self.waiting.pop_front();
        self.heard = false;
    }

    /// The one in front cannot be asked: it is left out, and counts nowhere.
    pub fn skip(&mut self) {
        if let Some(item) = self.waiting.front()
            && !item.again
            && !self.heard
        {
            self.total = self.total.saturating_sub(1);
        }
        self.go_on();
    }

    /// What can wait.
    pub fn later(&self) -> u64 {
        self.later.len() as u64
    }

    /// How many the next part has.
    pub fn next_part(&self) -> u64 {
        self.later.len().min(PART) as u64
    }

    /// The next part of what waits; "5 more minutes" where a part is open, from now.
    pub fn more(&mut self) {
        if self.waiting.is_empty() {
            let part: Vec<_> = self.later.drain(..self.later.len().min(PART)).collect();
            self.total += part.len() as u64;
            self.waiting = part.into_iter().map(|review| Item { review, again: false }).collect();
        }
        self.stop_at_ms = self.stop_at_ms.max(self.spent_ms + FIVE_MORE_MS);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use minnow_shared::QuestionId;

    fn review(n: u8) -> ReviewView {
        ReviewView {
            question_id: QuestionId::new(1, [n; 10]),
            clip_id: None,
            clip_title: None,
            moment_ms: None,
            stem: n.to_string(),
            last_answer_ms: 0,
            due_ms: 0,
            known_percent: 80,
            reviews: 1,
            lapses: 0,
        }
    }

    fn round(count: u8) -> Round {
        Round::new((1..=count).map(review).collect(), 12)
    }

    fn front(round: &Round) -> (String, bool) {
        match round.turn() {
            Turn::Ask(item) => (item.review.stem, item.again),
            other => (format!("{other:?}"), false),
        }
    }

    #[test]
    fn what_was_not_right_comes_once_more_after_four_others_and_counts_once() {
        let mut round = round(6);
        let mut seen = Vec::new();
        while let Turn::Ask(item) = round.turn() {
            seen.push(format!("{}{}", item.review.stem, if item.again { "+" } else { "" }));
            let outcome = if item.review.stem == "1" { Outcome::NotYet } else { Outcome::Right };
            round.answer(outcome, 0, 1_000);
            round.go_on();
        }
        assert_eq!(seen, ["1", "2", "3", "4", "5", "1+", "6"]);
        assert_eq!((round.total, round.answered, round.right), (6, 6, 5));
        assert_eq!(round.turn(), Turn::Over);
    }

    #[test]
    fn the_last_one_that_was_not_right_still_comes_once_more() {
        let mut round = round(1);
        round.answer(Outcome::Partly, 0, 0);
        assert_eq!(round.left(), 1);
        round.go_on();
        assert_eq!(front(&round), ("1".into(), true));
        round.answer(Outcome::NotYet, 0, 0);
        round.go_on();
        assert_eq!(round.turn(), Turn::Over, "and not a third time");
    }

    #[test]
    fn an_answer_heard_twice_counts_once() {
        let mut round = round(2);
        round.answer(Outcome::Right, 10, 0);
        round.answer(Outcome::Right, 10, 0);
        assert_eq!((round.answered, round.right, round.xp, round.left()), (1, 1, 10, 1));
    }

    #[test]
    fn the_goal_offers_to_stop_between_questions_and_again_five_minutes_later() {
        let mut round = Round::new((1..=40).map(review).collect(), 3);
        for _ in 0..3 {
            round.answer(Outcome::Right, 0, 400_000);
            assert!(matches!(round.turn(), Turn::Ask(_)), "the answer is read first");
            round.go_on();
        }
        assert_eq!(round.turn(), Turn::Offer, "one left open for long counts a minute");
        round.more();
        assert_eq!(front(&round).0, "4");
    }

    #[test]
    fn a_backlog_comes_in_parts_and_each_ends_with_a_place_to_stop() {
        let mut round =
            Round::new((1..=5).map(review).collect(), 12).with_later((6..=13).map(review).collect());
        let ask_all = |round: &mut Round| {
            while let Turn::Ask(_) = round.turn() {
                round.answer(Outcome::Right, 0, 1_000);
                round.go_on();
            }
        };
        ask_all(&mut round);
        assert_eq!((round.turn(), round.later(), round.next_part()), (Turn::Part, 8, 5));
        round.more();
        assert_eq!((front(&round).0.as_str(), round.total), ("6", 10));
        ask_all(&mut round);
        assert_eq!((round.turn(), round.next_part()), (Turn::Part, 3));
        round.more();
        ask_all(&mut round);
        assert_eq!((round.turn(), round.answered), (Turn::Over, 13));
    }

    #[test]
    fn one_that_cannot_be_asked_is_left_out() {
        let mut round = round(2);
        round.skip();
        assert_eq!((front(&round).0.as_str(), round.total, round.answered), ("2", 1, 0));
    }

    #[test]
    fn minutes_are_whole_and_never_none() {
        assert_eq!([minutes_of(0), minutes_of(6), minutes_of(43)], [1, 2, 10]);
    }
}
