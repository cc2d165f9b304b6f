//! A learner's answers to one question by their own time: which try of an asking each is, what it is worth after its tries,
//! which is the first, what it earns. A fold over all of them, so that it does not matter in which order, from how many
//! devices and how often they arrive. Grading one answer is `grading`; keeping them is the server's.

use crate::{
    UnixMillis,
    answer::{Certainty, Outcome, Recall, Response},
    grading::xp,
    question::{Behaviour, Credit, Question},
};

/// An answer this soon after the one before belongs to the same session: it is a further try or practice, not a review.
pub const SESSION_MS: i64 = 30 * 60_000;

/// An answer and what it is worth by itself, before the answers around it say what becomes of that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GradedAnswer {
    /// The client's: of two answers at the same millisecond the smaller is the earlier.
    pub id: String,
    pub at_ms: UnixMillis,
    /// Before anything is taken off for further tries.
    pub own_credit: Credit,
    /// How many tries the question gave when it was graded, from 1.
    pub tries: u8,
    /// What each further try takes off.
    pub penalty: Credit,
    /// Right, waiting for people, or "I don't know": no further try comes after it.
    pub ends: bool,
}

/// What an answer is among the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placed {
    /// Which try of its asking, from 1.
    pub attempt: u8,
    /// Whether the asking is over with it.
    pub is_final: bool,
    /// Whether it is the learner's first to this question: the only one that earns points.
    pub is_first: bool,
    /// What is left of its credit.
    pub credit: Credit,
    pub xp: u32,
}

/// Whether no further try comes after an answer, whatever is left: it is right, waits for people, or gives up.
pub fn ends(outcome: Outcome, response: &Response) -> bool {
    matches!(outcome, Outcome::Right | Outcome::Waiting) || *response == Response::DontKnow
}

/// How sure an answer was: as it was said or, of a card, as well as it was remembered.
pub fn certainty(response: &Response, said: Option<Certainty>) -> Option<Certainty> {
    said.or(match response {
        Response::Recall { recall: Recall::Hard } => Some(Certainty::Guess),
        Response::Recall { recall: Recall::Good } => Some(Certainty::ThinkSo),
        Response::Recall { recall: Recall::Easy } => Some(Certainty::Sure),
        _ => None,
    })
}

/// What is left of a credit at the `attempt`-th try (from 1), each further one costing `penalty`.
pub fn after_tries(credit: Credit, penalty: Credit, attempt: u8) -> Credit {
    let lost = i64::from(penalty.clamped().0) * i64::from(attempt.saturating_sub(1));
    Credit(i32::try_from(i64::from(credit.0) - lost).unwrap_or(0)).clamped()
}

/// What each answer of a learner to a question is, in the order they are given here. Their own order is that of their
/// times, whatever stands here; an id that is there twice is one answer.
pub fn placed(answers: &[GradedAnswer]) -> Vec<Placed> {
    let mut order: Vec<usize> = (0..answers.len()).collect();
    let key = |place: &usize| answers.get(*place).map(|answer| (answer.at_ms, answer.id.as_str()));
    order.sort_by(|a, b| key(a).cmp(&key(b)));
    let mut all: Vec<Option<Placed>> = vec![None; answers.len()];
    // Tries of the asking under way.
    let mut open: Vec<UnixMillis> = Vec::new();
    let mut before: Option<(&str, Placed)> = None;
    for place in order {
        let (Some(answer), Some(slot)) = (answers.get(place), all.get_mut(place)) else { continue };
        if let Some((_, same)) = before.filter(|(id, _)| *id == answer.id) {
            *slot = Some(same);
            continue;
        }
        open.retain(|at_ms| *at_ms >= answer.at_ms.saturating_sub(SESSION_MS));
        let tries = answer.tries.max(1);
        let attempt = u8::try_from(open.len()).unwrap_or(u8::MAX).saturating_add(1).min(tries);
        let is_final = attempt >= tries || answer.ends;
        let is_first = before.is_none();
        let credit = after_tries(answer.own_credit, answer.penalty, attempt);
        if is_final {
            open.clear();
        } else {
            open.push(answer.at_ms);
        }
        let now = Placed { attempt, is_final, is_first, credit, xp: xp(credit, is_first) };
        *slot = Some(now);
        before = Some((&answer.id, now));
    }
    all.into_iter().flatten().collect()
}

/// Which try an answer at this time would be, from 1, after these.
pub fn next_attempt(answers: &[GradedAnswer], behaviour: &Behaviour, at_ms: UnixMillis) -> u8 {
    let mut all: Vec<GradedAnswer> = answers.iter().filter(|answer| answer.at_ms <= at_ms).cloned().collect();
    // After every id there is.
    let id = "\u{10ffff}".to_owned();
    let tries = behaviour.tries.max(1);
    all.push(GradedAnswer { id, at_ms, own_credit: Credit::NONE, tries, penalty: Credit::NONE, ends: false });
    placed(&all).last().map_or(1, |last| last.attempt)
}

impl Question {
    /// What may be told of it to somebody who answers it without the server: no names, tags or places of its author's.
    pub fn for_learner(self) -> Self {
        Self {
            name: String::new(),
            tags: Vec::new(),
            category: String::new(),
            source_id: String::new(),
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn answer(id: u32, at_ms: i64, own: i32, tries: u8, ends: bool) -> GradedAnswer {
        let (own_credit, penalty) = (Credit(own), Credit(2_000_000));
        GradedAnswer { id: format!("{id:05}"), at_ms, own_credit, tries, penalty, ends }
    }

    #[test]
    fn tries_count_within_an_asking_and_begin_anew_after_it() {
        let all = [
            answer(1, 0, 0, 3, false),
            answer(2, 60_000, 5_000_000, 3, false),
            answer(3, 120_000, 10_000_000, 3, true),
            answer(4, 180_000, 0, 3, false),
            // The last try was too long ago.
            answer(5, 180_000 + SESSION_MS + 1, 0, 3, false),
        ];
        let seen: Vec<(u8, bool, i32)> =
            placed(&all).iter().map(|p| (p.attempt, p.is_final, p.credit.0)).collect();
        assert_eq!(
            seen,
            [(1, false, 0), (2, false, 3_000_000), (3, true, 6_000_000), (1, false, 0), (1, false, 0)]
        );
        assert_eq!(
            placed(&all).iter().map(|p| p.is_first).collect::<Vec<_>>(),
            [true, false, false, false, false]
        );
    }

    #[test]
    fn an_earlier_answer_that_comes_late_is_the_first_and_earns_what_the_first_earns() {
        let (late, early) = (answer(1, 900, 10_000_000, 1, true), answer(2, 100, 5_000_000, 1, false));
        let came = placed(&[late.clone(), early]);
        assert_eq!(came.iter().map(|p| (p.is_first, p.xp)).collect::<Vec<_>>(), [(false, 0), (true, 5)]);
        assert_eq!(placed(&[late]).first().map(|p| p.xp), Some(10));
    }

    #[test]
    fn the_next_try_is_told_from_what_was_answered_before() {
        let behaviour = Behaviour { tries: 3, ..Behaviour::default() };
        let all = [answer(1, 0, 0, 3, false), answer(2, 1_000, 0, 3, false)];
        assert_eq!(
            [500, 1_000, 2_000, SESSION_MS + 500].map(|at| next_attempt(&all, &behaviour, at)),
            [2, 3, 3, 2]
        );
        assert_eq!(next_attempt(&[], &behaviour, 0), 1);
    }

    fn histories() -> impl Strategy<Value = Vec<GradedAnswer>> {
        let one = (0..200_000_i64, 0..=10_i32, 1..4_u8, any::<bool>());
        proptest::collection::vec(one, 0..30).prop_map(|rows| {
            rows.into_iter()
                .enumerate()
                .map(|(n, (at, tenths, tries, ends))| {
                    answer(n as u32, at * 300, tenths * 1_000_000, tries, ends || tenths == 10)
                })
                .collect()
        })
    }

    proptest! {
        /// In whatever order they stand, each answer is the same among the others, and one of them is the first.
        #[test]
        fn the_order_in_which_answers_stand_changes_nothing(history in histories(), order in any::<u64>()) {
            let by_id = |answers: &[GradedAnswer]| {
                let mut all: Vec<(String, Placed)> =
                    answers.iter().map(|a| a.id.clone()).zip(placed(answers)).collect();
                all.sort_by(|a, b| a.0.cmp(&b.0));
                all
            };
            let mut shuffled = history.clone();
            shuffled.sort_by_key(|a| a.id.bytes().fold(order, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3)));
            prop_assert_eq!(by_id(&shuffled), by_id(&history));
            let all = placed(&history);
            prop_assert_eq!(all.iter().filter(|p| p.is_first).count(), usize::from(!history.is_empty()));
            prop_assert!(all.iter().zip(&history).all(|(p, a)| p.attempt >= 1 && p.attempt <= a.tries.max(1)));
        }

        /// Online, each answer is placed by those before it, and nothing that comes later changes it.
        #[test]
        fn in_the_order_of_their_time_nothing_is_ever_taken_back(history in histories()) {
            let mut history = history;
            history.sort_by(|a, b| (a.at_ms, &a.id).cmp(&(b.at_ms, &b.id)));
            let all = placed(&history);
            for count in 0..=history.len() {
                prop_assert_eq!(&placed(&history[..count]), &all[..count]);
            }
        }
    }
}
