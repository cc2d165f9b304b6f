//! Answers: graded here by the shared rules, kept once.

use super::{clip_views::from_json, context::Call, error::ApiError, page, route::Answer};
use crate::{
    calendar::believed_ms,
    store::{
        self,
        answer::{AnswerRow, Kept},
        question::{FirstAnswersRow, QuestionRow},
    },
};
use minnow_shared::{
    AnswerId, ChoiceId, ErrorCode, QuestionId,
    answer::{AnswerListView, AnswerQuestion, AnswerView, Certainty, ListAnswers, Outcome, Response},
    grading, limit,
    question::{ChoiceKey, QuestionKey},
};

/// Shares are told only of at least this many learners.
const FEWEST_LEARNERS: i64 = 5;

pub async fn answer_question(call: Call, request: AnswerQuestion) -> Answer<AnswerQuestion> {
    let person = call.person()?;
    if let Response::Typed { text } = &request.response {
        limit::text("response", text, 0, limit::TYPED_ANSWER)?;
    }
    let question = store::question::find_question(&call.app.db, &request.question_id)
        .await?
        .filter(|question| question.clip_id == request.clip_id.as_str());
    let graded =
        question.map_or_else(|| Err(ApiError::not_found("question")), |question| graded(&question, &request));
    let mut row = match graded {
        Ok(row) => row,
        // The author changed the question after this very answer was kept: what was kept counts.
        Err(error) => return kept_before(&call, &request.answer_id).await?.ok_or(error),
    };
    row.person_id = person.to_string();
    row.kept_at_ms = call.app.now_ms();
    row.answered_at_ms = believed_ms(request.answered_at_ms, row.kept_at_ms);
    match call.app.writer.keep_answer(row).await? {
        Kept::Answer { row, total_xp } => {
            let shares =
                store::question::get_first_answers(&call.app.db, &row.question_id, row.choice_id.as_deref())
                    .await?;
            view(&row, total_xp, Some(shares))
        }
        Kept::TakenId => {
            let detail = "this answer id is another answer's";
            Err(ApiError::new(ErrorCode::Conflict, detail).field("answer_id"))
        }
        Kept::NoPerson => Err(ErrorCode::NotSignedIn.into()),
    }
}

/// The outcome of an answer that this person sent before.
async fn kept_before(call: &Call, id: &AnswerId) -> Result<Option<AnswerView>, ApiError> {
    let (db, person) = (&call.app.db, call.person()?);
    let row = store::answer::find_answer_of(db, id.as_str()).await?;
    let Some(row) = row.filter(|row| row.person_id == person.as_str()) else { return Ok(None) };
    let total_xp = store::person::find_person(db, person).await?.map_or(0, |person| person.xp);
    view(&row, total_xp, None).map(Some)
}

/// Grades a response and gathers the words around it. Who and when is the caller's to fill in.
fn graded(question: &QuestionRow, request: &AnswerQuestion) -> Result<AnswerRow, ApiError> {
    let key: QuestionKey = from_json("questions.key", &question.key)?;
    let outcome = grading::grade(&key, &request.response);
    let choices: &[ChoiceKey] = match &key {
        QuestionKey::Choices { choices } => choices,
        QuestionKey::Typed { .. } => &[],
    };
    let taken = match &request.response {
        Response::Choice { choice_id } => choices.iter().find(|c| c.id.as_ref() == Some(choice_id)),
        _ => None,
    };
    if matches!(request.response, Response::Choice { .. }) && taken.is_none() {
        let detail = "the question has no such choice";
        return Err(ApiError::new(ErrorCode::InvalidField, detail).field("response"));
    }
    let right = choices.iter().find(|choice| choice.is_right);
    let right_text = match &key {
        QuestionKey::Choices { .. } => right.map(|choice| choice.text.clone()),
        QuestionKey::Typed { accepted } => accepted.first().cloned(),
    };
    let id_text = |choice: &ChoiceKey| choice.id.as_ref().map(ToString::to_string);
    Ok(AnswerRow {
        id: request.answer_id.to_string(),
        person_id: String::new(),
        question_id: question.id.clone(),
        clip_id: question.clip_id.clone(),
        response: serde_json::to_string(&request.response).map_err(ApiError::internal)?,
        choice_id: taken.and_then(id_text),
        certainty: request.certainty.map(|certainty| certainty_name(certainty).to_owned()),
        is_right: outcome == Outcome::Right,
        is_first: false,
        xp: i64::from(grading::xp(outcome, true)),
        right_choice_id: right.and_then(id_text),
        right_text: right_text.unwrap_or_default(),
        reason: question.reason.clone(),
        choice_reason: taken.filter(|choice| !choice.is_right).map(|c| c.reason.clone()).unwrap_or_default(),
        answered_at_ms: request.answered_at_ms,
        kept_at_ms: 0,
    })
}

fn certainty_name(certainty: Certainty) -> &'static str {
    match certainty {
        Certainty::Guess => "guess",
        Certainty::ThinkSo => "think_so",
        Certainty::Sure => "sure",
    }
}

fn certainty_of(name: &str) -> Option<Certainty> {
    match name {
        "guess" => Some(Certainty::Guess),
        "think_so" => Some(Certainty::ThinkSo),
        "sure" => Some(Certainty::Sure),
        _ => None,
    }
}

fn view(row: &AnswerRow, total_xp: i64, shares: Option<FirstAnswersRow>) -> Result<AnswerView, ApiError> {
    let shares = shares.filter(|shares| shares.learners >= FEWEST_LEARNERS);
    // Counts of learners are far below 2^52.
    let share = |part: i64, of: i64| part as f64 / of as f64;
    Ok(AnswerView {
        answer_id: AnswerId::parse(&row.id).map_err(ApiError::internal)?,
        question_id: QuestionId::parse(&row.question_id).map_err(ApiError::internal)?,
        response: from_json("answers.response", &row.response)?,
        certainty: row.certainty.as_deref().and_then(certainty_of),
        outcome: if row.is_right { Outcome::Right } else { Outcome::NotYet },
        right_choice_id: row.right_choice_id.as_deref().and_then(|id| ChoiceId::parse(id).ok()),
        right_text: row.right_text.clone(),
        reason: row.reason.clone(),
        choice_reason: row.choice_reason.clone(),
        xp: u32::try_from(row.xp).unwrap_or_default(),
        total_xp: total_xp.max(0).unsigned_abs(),
        first_try_share: shares.map(|s| share(s.right_count, s.learners)),
        same_choice_share: shares
            .filter(|_| row.choice_id.is_some())
            .map(|s| share(s.same_choice, s.learners)),
        answered_at_ms: row.answered_at_ms,
    })
}

pub async fn list_answers(call: Call, request: ListAnswers) -> Answer<ListAnswers> {
    let person = call.person()?;
    let after = page::read(request.cursor.as_deref())?;
    let rows = store::answer::list_answers(&call.app.db, person, after, page::PAGE).await?;
    let total_xp = store::person::find_person(&call.app.db, person).await?.map_or(0, |row| row.xp);
    let next_cursor = page::write(rows.len(), rows.last().map(|row| (row.answered_at_ms, row.id.as_str())));
    let answers = rows.iter().map(|row| view(row, total_xp, None)).collect::<Result<_, _>>()?;
    Ok(AnswerListView { answers, next_cursor })
}
