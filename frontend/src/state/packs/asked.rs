//! Questions of packs as they are kept here, and the answers given to them on this device.

use crate::state::database::{self, Row, Table};
use crate::state::outbox::{self, Write};
use crate::wire;
use minnow_memory::{Review, card};
use minnow_shared::answer::{AskedView, GiveAnswer, GivenView};
use minnow_shared::asking::{self, GradedAnswer, next_attempt};
use minnow_shared::grading;
use minnow_shared::pack::{PackAnswerView, PackView};
use minnow_shared::question::Question;
use minnow_shared::{AnswerId, ClipId, PersonId, QuestionId};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use wasm_bindgen::JsValue;

/// A question of a pack.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AskedRow {
    /// The question that its family is named by; none where it is this one.
    #[serde(default)]
    pub root_id: Option<QuestionId>,
    pub asked: AskedView,
    /// Whether the learner wrote it.
    #[serde(default)]
    pub is_own: bool,
    pub sealed: String,
    /// Of the pack it came with last.
    pub secret: String,
    pub person_id: PersonId,
    #[serde(default)]
    pub clip_title: Option<String>,
    /// What the server knew of when the pack was made.
    pub answers: Vec<PackAnswerView>,
    /// Answers to forms of its family that are not kept; one form has them for all.
    #[serde(default)]
    pub others: Vec<PackAnswerView>,
}

impl AskedRow {
    /// What its family is named by.
    pub fn root(&self) -> &QuestionId {
        self.root_id.as_ref().unwrap_or(&self.asked.question_id)
    }

    /// Whether an answer can earn points: the first one, to somebody else's question.
    pub fn earns(&self, given: &[GivenRow], answer: &GiveAnswer) -> bool {
        let is_other = |row: &GivenRow| {
            row.answer.question_id == answer.question_id && row.answer.answer_id != answer.answer_id
        };
        !self.is_own && !self.asked.answered && self.answers.is_empty() && !given.iter().any(is_other)
    }
}

/// The questions of a pack as they are kept, each with its answers.
pub fn unpacked(view: &PackView) -> Vec<AskedRow> {
    let title_of = |id: Option<&ClipId>| {
        view.clips.iter().find(|clip| Some(&clip.id) == id).map(|clip| clip.title.clone())
    };
    let ids: HashSet<&QuestionId> = view.questions.iter().map(|one| &one.asked.question_id).collect();
    let mut all: Vec<AskedRow> = view
        .questions
        .iter()
        .map(|one| AskedRow {
            root_id: one.root_id.clone(),
            asked: one.asked.clone(),
            is_own: one.is_own,
            sealed: one.sealed.clone(),
            secret: view.secret.clone(),
            person_id: view.person_id.clone(),
            clip_title: title_of(one.asked.clip_id.as_ref()),
            answers: view
                .answers
                .iter()
                .filter(|answer| answer.question_id == one.asked.question_id)
                .cloned()
                .collect(),
            others: Vec::new(),
        })
        .collect();
    for answer in view.answers.iter().filter(|answer| !ids.contains(&answer.question_id)) {
        let root = answer.root_id.as_ref().unwrap_or(&answer.question_id);
        if let Some(row) = all.iter_mut().find(|row| row.root() == root) {
            row.others.push(answer.clone());
        }
    }
    all
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

/// An answer that the feed's own program took: it leaves the request as it went into the outbox.
fn of_feed(text: &str) -> Option<GivenRow> {
    let Write::Request { body, .. } = wire::read(text)? else { return None };
    Some(GivenRow { answer: wire::read(&body)?, is_right: None, is_over: false })
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

/// All answers given here since their questions were taken along; a guess before a clip is none.
pub async fn given() -> Vec<GivenRow> {
    let mut all = Vec::new();
    for (key, text) in database::all(Table::Given).await.unwrap_or_default() {
        if let Some(row) = wire::read(&text) {
            all.push(row);
            continue;
        }
        // Of the feed: taken over where a pack asks its question, else of no use here.
        let row = of_feed(&text).filter(|row| !row.answer.before);
        if let Some(row) = row
            && find(&row.answer.question_id).await.is_some()
        {
            database::put_all(&[row.row()]).await;
            all.push(row);
        }
        database::remove(Table::Given, key).await;
    }
    all
}

/// Lets go of an answer given here.
pub async fn forget(answer: &AnswerId) {
    database::remove(Table::Given, JsValue::from_str(answer.as_str())).await;
}

/// Lets go of answers to questions that no pack has any more.
pub async fn forget_strangers() {
    let kept: HashSet<QuestionId> = all().await.into_iter().map(|row| row.asked.question_id).collect();
    for row in given().await.into_iter().filter(|row| !kept.contains(&row.answer.question_id)) {
        forget(&row.answer.answer_id).await;
    }
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

/// Everything known here of what the learner remembers by a form: the server's answers and those given here, each once.
pub fn history(row: &AskedRow, given: &[GivenRow]) -> Vec<Review> {
    let known = row.answers.iter().chain(&row.others).map(|answer| Review {
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

/// Answers given here that wait no more: the server has them, or will never take them. What a pack says that is made after
/// this holds in their place.
pub async fn settled() -> Vec<GivenRow> {
    let given = given().await;
    let waiting = outbox::waiting_ids().await;
    given.into_iter().filter(|row| !waiting.contains(&row.answer.answer_id)).collect()
}

/// Lets go what was settled before this pack was made, as far as the pack tells of it.
pub async fn forget_settled(settled: &[GivenRow], view: &PackView) {
    let ids: HashSet<&QuestionId> = view.questions.iter().map(|one| &one.asked.question_id).collect();
    for row in settled.iter().filter(|row| ids.contains(&row.answer.question_id)) {
        forget(&row.answer.answer_id).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use minnow_shared::answer::{AnswerQuestion, Response};

    #[test]
    fn an_answer_that_the_feed_left_is_read_as_one_that_nobody_graded_yet() {
        let answer = AnswerQuestion {
            answer_id: AnswerId::new(1, [1; 10]),
            clip_id: ClipId::new(1, [2; 10]),
            question_id: QuestionId::new(1, [3; 10]),
            response: Response::TrueFalse { is_true: true },
            certainty: None,
            answered_at_ms: 7,
            before: false,
        };
        let text = wire::write(&Write::of(&answer));
        assert_eq!(wire::read::<GivenRow>(&text), None, "it is no row of ours");
        let row = of_feed(&text).unwrap();
        assert_eq!((row.answer.answer_id, row.answer.answered_at_ms), (answer.answer_id, 7));
        assert_eq!((row.is_right, row.answer.clip_id), (None, Some(answer.clip_id)));
    }
}
