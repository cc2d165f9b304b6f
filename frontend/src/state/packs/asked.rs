//! Questions of packs as they are kept here, and the answers given to them on this device.

use crate::state::database::{self, Row, Table};
use crate::wire;
use minnow_memory::{Review, card};
use minnow_shared::answer::{AskedView, GiveAnswer, GivenView};
use minnow_shared::asking::{self, GradedAnswer, next_attempt};
use minnow_shared::grading;
use minnow_shared::pack::PackAnswerView;
use minnow_shared::question::Question;
use minnow_shared::{AnswerId, PersonId, QuestionId};
use serde::{Deserialize, Serialize};
use wasm_bindgen::JsValue;

/// A question of a pack.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AskedRow {
    pub asked: AskedView,
    pub sealed: String,
    /// Of the pack it came with last.
    pub secret: String,
    pub person_id: PersonId,
    #[serde(default)]
    pub clip_title: Option<String>,
    /// What the server knew of when the pack was made.
    pub answers: Vec<PackAnswerView>,
}

/// An answer given on this device to a question of a pack.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GivenRow {
    pub answer: GiveAnswer,
    /// `None` until it has been graded, here or by the server.
    #[serde(default)]
    pub is_right: Option<bool>,
    /// Whether its asking was over with it.
    #[serde(default)]
    pub is_over: bool,
}

impl GivenRow {
    pub fn row(&self) -> Row {
        let key = JsValue::from_str(self.answer.answer_id.as_str());
        (Table::Given, key, wire::write(self))
    }

    /// The server's word on it, or ours.
    pub async fn graded(mut self, view: &GivenView) {
        self.is_right = Some(card::is_right(view.grade.outcome));
        self.is_over = view.tries_left == 0;
        database::put_all(&[self.row()]).await;
    }

    fn review(&self) -> Option<Review> {
        Some(Review {
            id: self.answer.answer_id.to_string(),
            at_ms: self.answer.answered_at_ms,
            is_right: self.is_right?,
            certainty: asking::certainty(&self.answer.response, self.answer.certainty),
        })
    }
}

/// A kept question.
pub async fn find(question: &QuestionId) -> Option<AskedRow> {
    wire::read(&database::get(Table::Asked, JsValue::from_str(question.as_str())).await?)
}

/// All kept questions.
pub async fn all() -> Vec<AskedRow> {
    let rows = database::all(Table::Asked).await.unwrap_or_default();
    rows.into_iter().filter_map(|(_, text)| wire::read(&text)).collect()
}

/// All answers given here to kept questions.
pub async fn given() -> Vec<GivenRow> {
    let rows = database::all(Table::Given).await.unwrap_or_default();
    rows.into_iter().filter_map(|(_, text)| wire::read(&text)).collect()
}

/// What an answer is worth by itself.
fn graded(answer: &GiveAnswer, whole: &Question) -> GradedAnswer {
    let grade = grading::grade(&whole.key, &answer.response);
    GradedAnswer {
        id: answer.answer_id.to_string(),
        at_ms: answer.answered_at_ms,
        own_credit: grade.credit.clamped(),
        tries: whole.behaviour.tries.max(1),
        penalty: whole.behaviour.penalty,
        ends: asking::ends(grade.outcome, &answer.response),
    }
}

/// Which try an answer given now is, after those given here before it.
pub fn attempt(given: &[GivenRow], whole: &Question, answer: &GiveAnswer) -> u8 {
    let before: Vec<GradedAnswer> = given
        .iter()
        .filter(|row| {
            row.answer.question_id == answer.question_id && row.answer.answer_id != answer.answer_id
        })
        .map(|row| graded(&row.answer, whole))
        .collect();
    next_attempt(&before, &whole.behaviour, answer.answered_at_ms)
}

/// Everything known here of what the learner remembers of a question: the server's answers and those given here, each once.
pub fn history(row: &AskedRow, given: &[GivenRow]) -> Vec<Review> {
    let known = row.answers.iter().map(|answer| Review {
        id: answer.id.clone(),
        at_ms: answer.at_ms,
        is_right: answer.is_right,
        certainty: answer.certainty,
    });
    let here = given.iter().filter(|given| given.answer.question_id == row.asked.question_id);
    let here =
        here.filter(|given| row.answers.iter().all(|answer| answer.id != given.answer.answer_id.as_str()));
    known.chain(here.filter_map(GivenRow::review)).collect()
}

/// Answers given here that the server has told of go; the others stay.
pub async fn forget_known(answers: &[PackAnswerView]) {
    for row in given().await {
        let id: &AnswerId = &row.answer.answer_id;
        if answers.iter().any(|answer| answer.id == id.as_str()) {
            database::remove(Table::Given, JsValue::from_str(id.as_str())).await;
        }
    }
}
