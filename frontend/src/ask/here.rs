//! Answering a question whose key is here: its author tries it. Nothing is kept.

use crate::browser;
use crate::state::packs::grade;
use minnow_shared::answer::{AskedView, Certainty, GiveAnswer, GivenView, Response};
use minnow_shared::question::{Form, Question};
use minnow_shared::{AnswerId, QuestionId};

/// A question as a learner is asked it, from what its author sees.
pub fn asked_of(question: &Question, form: Form) -> AskedView {
    AskedView {
        question_id: browser::new_id(QuestionId::new),
        clip_id: None,
        moment_ms: None,
        stem: question.stem.clone(),
        form,
        feedback: question.behaviour.feedback,
        tries: u32::from(question.behaviour.tries.max(1)),
        attempt: 1,
        hints: u32::try_from(question.behaviour.hints.len()).unwrap_or_default(),
        certainty: question.behaviour.certainty,
        answered: false,
    }
}

/// What comes of the `attempt`-th try, from 1.
pub fn given_here(
    question: &Question,
    question_id: &QuestionId,
    response: Response,
    certainty: Option<Certainty>,
    attempt: u32,
) -> GivenView {
    let answer = GiveAnswer {
        question_id: question_id.clone(),
        answer_id: browser::new_id(AnswerId::new),
        clip_id: None,
        practice_id: None,
        response,
        certainty,
        answered_at_ms: browser::now_ms(),
        before: false,
    };
    grade(question, &answer, attempt, false)
}
