//! One round of a practice: what is asked next, what came of each answer, what is told at the end. Pure; kept in this browser
//! until the round is over, so that a page that was closed goes on where it was.

use minnow_shared::QuestionId;
use minnow_shared::answer::{AskedView, GivenView, Outcome};
use serde::{Deserialize, Serialize};

/// A question that was answered, with what came of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Done {
    pub asked: AskedView,
    pub given: GivenView,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Round {
    /// Still to come, the next one first.
    pub waiting: Vec<QuestionId>,
    pub done: Vec<Done>,
    /// Asked and gone meanwhile, or left out.
    pub skipped: u32,
}

impl Round {
    pub fn new(questions: Vec<QuestionId>) -> Self {
        Self { waiting: questions, done: Vec::new(), skipped: 0 }
    }

    pub fn total(&self) -> u64 {
        self.waiting.len() as u64 + self.done.len() as u64
    }

    pub fn next(&self) -> Option<&QuestionId> {
        self.waiting.first()
    }

    /// The answer to the question in front, its last try. Heard twice it counts once.
    pub fn answer(&mut self, asked: AskedView, given: GivenView) {
        if self.next() == Some(&asked.question_id) {
            self.waiting.remove(0);
            self.done.push(Done { asked, given });
        }
    }

    /// The question in front is left out.
    pub fn skip(&mut self) {
        if !self.waiting.is_empty() {
            self.waiting.remove(0);
            self.skipped += 1;
        }
    }

    pub fn right(&self) -> u64 {
        self.done.iter().filter(|done| done.given.grade.outcome == Outcome::Right).count() as u64
    }

    /// Answers for people to read: neither right nor not.
    pub fn waiting_for_people(&self) -> u64 {
        self.done.iter().filter(|done| done.given.grade.outcome == Outcome::Waiting).count() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use minnow_shared::AnswerId;
    use minnow_shared::answer::Response;
    use minnow_shared::question::{Feedback, Form, Text};

    fn id(n: u8) -> QuestionId {
        QuestionId::new(1, [n; 10])
    }

    fn asked(n: u8, feedback: Feedback) -> AskedView {
        let value = serde_json::json!({
            "question_id": id(n), "clip_id": null, "moment_ms": null, "stem": "?", "form": { "kind": "typed" },
            "feedback": feedback, "tries": 1, "attempt": 1, "hints": 0, "certainty": false, "answered": false,
        });
        let view: AskedView = serde_json::from_value(value).unwrap();
        assert_eq!((&view.form, &view.stem), (&Form::Typed, &Text::from("?")));
        view
    }

    fn given(n: u8, outcome: Outcome) -> GivenView {
        let value = serde_json::json!({
            "answer_id": AnswerId::new(1, [n; 10]), "question_id": id(n), "response": Response::DontKnow,
            "certainty": null, "grade": { "credit": 0, "outcome": outcome }, "credit": 0, "attempt": 1,
            "tries_left": 0, "hint": null, "solution": null, "solution_text": "", "reason": "", "verdict": "",
            "xp": 0, "total_xp": 0, "first_try_share": null, "answered_at_ms": 1,
        });
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn a_round_counts_each_answer_once_and_what_is_left_out_nowhere() {
        let mut round = Round::new(vec![id(1), id(2), id(3)]);
        round.answer(asked(1, Feedback::Immediate), given(1, Outcome::Right));
        round.answer(asked(1, Feedback::Immediate), given(1, Outcome::Right));
        assert_eq!((round.done.len(), round.total()), (1, 3));
        round.skip();
        round.answer(asked(3, Feedback::Deferred), given(3, Outcome::NotYet));
        assert_eq!((round.next(), round.right(), round.total(), round.skipped), (None, 1, 2, 1));
    }
}
