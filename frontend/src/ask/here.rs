//! Answering a question whose key is here: its author tries it. Nothing is kept. The server does the same with what is
//! (`backend/src/http/answer.rs`).

use crate::browser;
use minnow_shared::answer::{AskedView, Certainty, GivenView, Outcome, Response};
use minnow_shared::question::{Form, Question, Text};
use minnow_shared::{AnswerId, QuestionId, grading};

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
    let behaviour = &question.behaviour;
    let try_number = u8::try_from(attempt).unwrap_or(u8::MAX).max(1);
    let mut grade = grading::grade(&question.key, &response);
    let is_last = try_number >= behaviour.tries.max(1);
    let ends = matches!(grade.outcome, Outcome::Right | Outcome::Waiting) || response == Response::DontKnow;
    let is_over = is_last || ends;
    if !is_over {
        grade.parts = Vec::new();
    }
    let verdict = match grade.outcome {
        Outcome::Right => &question.verdicts.right,
        Outcome::Partly => &question.verdicts.partly,
        Outcome::NotYet | Outcome::Waiting => &question.verdicts.wrong,
    };
    let credit = grading::after_tries(grade.credit, behaviour, try_number);
    let hint = behaviour.hints.get(usize::from(try_number) - 1).filter(|_| !is_over).cloned();
    GivenView {
        answer_id: browser::new_id(AnswerId::new),
        question_id: question_id.clone(),
        certainty,
        credit: credit.0.max(0).unsigned_abs(),
        attempt,
        tries_left: if is_over { 0 } else { u32::from(behaviour.tries.saturating_sub(try_number)) },
        hint,
        solution: grading::solution(&question.key).filter(|_| is_over),
        solution_text: if is_over { grading::solution_text(&question.key) } else { String::new() },
        reason: if is_over { question.reason.clone() } else { Text::default() },
        verdict: verdict.clone(),
        xp: 0,
        total_xp: 0,
        first_try_share: None,
        answered_at_ms: browser::now_ms(),
        grade,
        response,
    }
}
