//! Answers: graded here by the shared rules, kept once. The feed's own program asks and answers what fits into it; a
//! question of any kind is asked whole and answered in as many tries as its author gives.

use super::{
    clip_views::{from_json, small},
    context::Call,
    error::ApiError,
    page,
    route::Answer,
};
use crate::{
    calendar::believed_ms,
    policy::{self, Action, Object},
    review,
    store::{
        self,
        answer::{AnswerRow, Kept},
        card::certainty_of,
        question::FirstAnswersRow,
    },
};
use minnow_memory::card::{SESSION_MS, seed};
use minnow_shared::{
    AnswerId, ChoiceId, ClipId, ErrorCode, PersonId, PracticeId, QuestionId,
    answer::{
        AnswerListView, AnswerQuestion, AnswerView, AskedView, Certainty, GetAskedQuestion, GiveAnswer,
        GivenView, ListAnswers, Outcome, Response,
    },
    asking,
    grading::{self, Grade},
    question::{ChoiceKey, Credit, Question, QuestionKey, Text},
};

/// Shares are told only of at least this many learners.
const FEWEST_LEARNERS: i64 = 5;

pub async fn answer_question(call: Call, request: AnswerQuestion) -> Answer<AnswerQuestion> {
    let person = call.person()?;
    request.response.check()?;
    let question = store::question::find_asked(&call.app.db, &request.clip_id, &request.question_id)
        .await?
        .ok_or_else(|| ApiError::not_found("question"));
    let row = question.and_then(|question| {
        let whole: Question = from_json("questions.content", &question.content)?;
        let given = Given {
            answer_id: &request.answer_id,
            question_id: &request.question_id,
            clip_id: Some(&request.clip_id),
            response: &request.response,
            certainty: request.certainty,
            answered_at_ms: believed_ms(request.answered_at_ms, call.app.now_ms()),
            is_before: request.before,
        };
        let grade = grading::grade(&whole.key, &request.response);
        row_of(&call, person, &whole, &given, &grade, 1)
    });
    let row = match row {
        Ok(row) => row,
        // The author changed the question after this very answer was kept: what was kept counts.
        Err(error) => return kept_before(&call, &request.answer_id).await?.ok_or(error),
    };
    match call.app.writer.keep_answer(row).await? {
        Kept::Answer { row, total_xp } => {
            let shares =
                store::question::get_first_answers(&call.app.db, &row.question_id, row.choice_id.as_deref())
                    .await?;
            let due_ms = review::next_due_ms(&call.app.db, person, &request.question_id).await?;
            Ok(AnswerView { due_ms, ..view(&row, total_xp, Some(shares))? })
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
    let question = QuestionId::parse(&row.question_id).map_err(ApiError::internal)?;
    let due_ms = review::next_due_ms(db, person, &question).await?;
    Ok(Some(AnswerView { due_ms, ..view(&row, total_xp, None)? }))
}

/// What a request says of an answer, whichever it is.
struct Given<'a> {
    answer_id: &'a AnswerId,
    question_id: &'a QuestionId,
    clip_id: Option<&'a ClipId>,
    response: &'a Response,
    certainty: Option<Certainty>,
    answered_at_ms: i64,
    /// A guess before the clip.
    is_before: bool,
}

/// The answer as it is kept, with the words around it as they are now, as if it were the only one: which try it is, and
/// what follows from that, the store finds among the others. `tries`: how many this way of asking gives.
fn row_of(
    call: &Call,
    person: &PersonId,
    whole: &Question,
    given: &Given<'_>,
    grade: &Grade,
    tries: u8,
) -> Result<AnswerRow, ApiError> {
    let choices: &[ChoiceKey] = match &whole.key {
        QuestionKey::Choices { choices, .. } => choices,
        _ => &[],
    };
    let taken = match given.response {
        Response::Choice { choice_id } => choices.iter().find(|c| c.id.as_ref() == Some(choice_id)),
        _ => None,
    };
    if matches!(given.response, Response::Choice { .. }) && taken.is_none() {
        let detail = "the question has no such choice";
        return Err(ApiError::new(ErrorCode::InvalidField, detail).field("response"));
    }
    let right = choices.iter().find(|choice| choice.is_right);
    let id_text = |choice: &ChoiceKey| choice.id.as_ref().map(ToString::to_string);
    let ends = asking::ends(grade.outcome, given.response);
    let certainty = asking::certainty(given.response, given.certainty);
    let row = AnswerRow {
        id: given.answer_id.to_string(),
        person_id: person.to_string(),
        question_id: given.question_id.to_string(),
        clip_id: given.clip_id.map(ToString::to_string),
        response: serde_json::to_string(given.response).map_err(ApiError::internal)?,
        choice_id: taken.and_then(id_text),
        certainty: certainty.map(|certainty| certainty_name(certainty).to_owned()),
        is_right: grade.outcome == Outcome::Right,
        credit: i64::from(grade.credit.clamped().0),
        own_credit: i64::from(grade.credit.clamped().0),
        tries: i64::from(tries.max(1)),
        penalty: i64::from(whole.behaviour.penalty.clamped().0),
        ends,
        attempt: 1,
        is_final: ends || tries <= 1,
        is_first: false,
        xp: i64::from(grading::xp(grade.credit, true)),
        right_choice_id: right.and_then(id_text),
        right_text: grading::solution_text(&whole.key),
        reason: whole.reason.reading(),
        choice_reason: if grade.outcome == Outcome::Right { String::new() } else { grade.remark.reading() },
        answered_at_ms: given.answered_at_ms,
        kept_at_ms: call.app.now_ms(),
        is_before: given.is_before,
    };
    Ok(if given.is_before { untold(row) } else { row })
}

/// A guess before the clip: nothing was told after it, and it earns nothing.
fn untold(row: AnswerRow) -> AnswerRow {
    AnswerRow {
        xp: 0,
        is_final: true,
        right_choice_id: None,
        right_text: String::new(),
        reason: String::new(),
        choice_reason: String::new(),
        ..row
    }
}

/// A question that the caller may be asked: by a clip they may see, by a practice, or one they have answered before. With
/// its moment.
async fn find_askable(
    call: &Call,
    question: &QuestionId,
    clip: Option<&ClipId>,
    practice: Option<&PracticeId>,
) -> Result<(Question, Option<i64>), ApiError> {
    let (db, absent) = (&call.app.db, || ApiError::not_found("question"));
    if let Some(clip) = clip {
        let owner = store::clip::find_clip_owner(db, clip).await?.ok_or_else(absent)?;
        let author = PersonId::parse(&owner.author_id).map_err(ApiError::internal)?;
        let object = Object::Clip { author, published: owner.published };
        policy::can(call.permit().actor(), Action::ReadClip, &object)?;
        let asked = store::question::find_asked(db, clip, question).await?.ok_or_else(absent)?;
        return Ok((from_json("questions.content", &asked.content)?, Some(asked.moment_ms)));
    }
    if let Some(practice) = practice {
        let content = store::practice::find_practised(db, practice, question).await?.ok_or_else(absent)?;
        return Ok((from_json("questions.content", &content)?, None));
    }
    let person = call.person()?;
    let row = store::question::find_question(db, question).await?.ok_or_else(absent)?;
    if row.author_id != person.as_str() && !store::answer::has_met(db, person, question).await? {
        return Err(absent());
    }
    Ok((from_json("questions.content", &row.content)?, None))
}

/// Which try an answer at this time would be, from 1.
pub(super) async fn next_try(
    call: &Call,
    question: &QuestionId,
    whole: &Question,
    at_ms: i64,
) -> Result<u8, ApiError> {
    let tries = whole.behaviour.tries.max(1);
    if tries == 1 {
        return Ok(1);
    }
    let from_ms = at_ms.saturating_sub(SESSION_MS);
    let behind = store::answer::count_tries(&call.app.db, call.person()?, question, from_ms, at_ms).await?;
    Ok(u8::try_from(behind).unwrap_or(u8::MAX).saturating_add(1).min(tries))
}

pub async fn get_asked_question(call: Call, request: GetAskedQuestion) -> Answer<GetAskedQuestion> {
    let (id, person) = (&request.question_id, call.person()?);
    let (whole, moment_ms) =
        find_askable(&call, id, request.clip_id.as_ref(), request.practice_id.as_ref()).await?;
    let attempt = next_try(&call, id, &whole, call.app.now_ms()).await?;
    let answered = store::answer::has_answered(&call.app.db, person, id).await?;
    let place = (request.clip_id, moment_ms.map(small));
    Ok(asked_view(person, id, &whole, place, attempt, answered))
}

/// A question as it is asked of a learner. `place`: the clip that asks it, and when.
pub(super) fn asked_view(
    person: &PersonId,
    id: &QuestionId,
    whole: &Question,
    place: (Option<ClipId>, Option<u32>),
    attempt: u8,
    answered: bool,
) -> AskedView {
    AskedView {
        question_id: id.clone(),
        clip_id: place.0,
        moment_ms: place.1,
        // The same learner meets the same order.
        form: whole.key.form(seed(id.as_str(), 0) ^ seed(person.as_str(), 0)),
        stem: whole.stem.clone(),
        feedback: whole.behaviour.feedback,
        tries: u32::from(whole.behaviour.tries.max(1)),
        attempt: u32::from(attempt),
        hints: u32::try_from(whole.behaviour.hints.len()).unwrap_or_default(),
        certainty: whole.behaviour.certainty,
        answered,
    }
}

pub async fn give_answer(call: Call, request: GiveAnswer) -> Answer<GiveAnswer> {
    let person = call.person()?;
    request.response.check()?;
    if request.before && request.clip_id.is_none() {
        let detail = "before which clip";
        return Err(ApiError::new(ErrorCode::InvalidField, detail).field("clip_id"));
    }
    let (clip, practice) = (request.clip_id.as_ref(), request.practice_id.as_ref());
    let (whole, _) = find_askable(&call, &request.question_id, clip, practice).await?;
    let given = Given {
        answer_id: &request.answer_id,
        question_id: &request.question_id,
        clip_id: request.clip_id.as_ref(),
        response: &request.response,
        certainty: request.certainty,
        // Tries are counted by when they were given; nothing was given after it arrived.
        answered_at_ms: believed_ms(request.answered_at_ms, call.app.now_ms()),
        is_before: request.before,
    };
    let grade = grading::grade(&whole.key, &request.response);
    let row = row_of(&call, person, &whole, &given, &grade, whole.behaviour.tries)?;
    match call.app.writer.keep_answer(row).await? {
        Kept::Answer { row, total_xp } => {
            let shares = store::question::get_first_answers(&call.app.db, &row.question_id, None).await?;
            let view = given_view(&whole, &row, total_xp, shares)?;
            if view.tries_left > 0 {
                return Ok(view);
            }
            let due_ms = review::next_due_ms(&call.app.db, person, &request.question_id).await?;
            Ok(GivenView { due_ms, ..view })
        }
        Kept::TakenId => {
            let detail = "this answer id is another answer's";
            Err(ApiError::new(ErrorCode::Conflict, detail).field("answer_id"))
        }
        Kept::NoPerson => Err(ErrorCode::NotSignedIn.into()),
    }
}

/// What is told of an answer. While tries are left: how right it was, what the author says to it, a hint.
fn given_view(
    whole: &Question,
    row: &AnswerRow,
    total_xp: i64,
    shares: FirstAnswersRow,
) -> Result<GivenView, ApiError> {
    let response: Response = from_json("answers.response", &row.response)?;
    let mut grade = if row.is_before {
        Grade { outcome: Outcome::Waiting, credit: Credit(0), remark: Text::default(), parts: Vec::new() }
    } else {
        grading::grade(&whole.key, &response)
    };
    let attempt = u8::try_from(row.attempt).unwrap_or(u8::MAX).max(1);
    let tries_left = if row.is_final { 0 } else { whole.behaviour.tries.saturating_sub(attempt) };
    let is_over = tries_left == 0;
    if !is_over {
        grade.parts = Vec::new();
    }
    let nothing = Text::default();
    let verdict = match grade.outcome {
        _ if row.is_before => &nothing,
        Outcome::Right => &whole.verdicts.right,
        Outcome::Partly => &whole.verdicts.partly,
        Outcome::NotYet | Outcome::Waiting => &whole.verdicts.wrong,
    };
    let shares = Some(shares).filter(|shares| !row.is_before && shares.learners >= FEWEST_LEARNERS);
    let tells = is_over && !row.is_before;
    let when_over = |text: &Text| if tells { text.clone() } else { Text::default() };
    Ok(GivenView {
        answer_id: AnswerId::parse(&row.id).map_err(ApiError::internal)?,
        question_id: QuestionId::parse(&row.question_id).map_err(ApiError::internal)?,
        certainty: row.certainty.as_deref().and_then(certainty_of),
        credit: if row.is_before {
            0
        } else {
            u32::try_from(row.credit.clamp(0, i64::from(Credit::FULL.0))).unwrap_or_default()
        },
        attempt: u32::from(attempt),
        tries_left: u32::from(tries_left),
        hint: if is_over { None } else { whole.behaviour.hints.get(usize::from(attempt) - 1).cloned() },
        solution: if tells { grading::solution(&whole.key) } else { None },
        solution_text: if tells { row.right_text.clone() } else { String::new() },
        reason: when_over(&whole.reason),
        verdict: verdict.clone(),
        xp: u32::try_from(row.xp).unwrap_or_default(),
        total_xp: total_xp.max(0).unsigned_abs(),
        first_try_share: shares.map(|s| s.right_count as f64 / s.learners as f64),
        answered_at_ms: row.answered_at_ms,
        due_ms: None,
        response,
        grade,
    })
}

fn certainty_name(certainty: Certainty) -> &'static str {
    match certainty {
        Certainty::Guess => "guess",
        Certainty::ThinkSo => "think_so",
        Certainty::Sure => "sure",
    }
}

/// What came of a kept answer: what earned something is partly right.
fn outcome_of(row: &AnswerRow) -> Outcome {
    match (row.is_right, row.credit > 0) {
        _ if row.is_before => Outcome::Waiting,
        (true, _) => Outcome::Right,
        (false, true) => Outcome::Partly,
        (false, false) => Outcome::NotYet,
    }
}

fn view(row: &AnswerRow, total_xp: i64, shares: Option<FirstAnswersRow>) -> Result<AnswerView, ApiError> {
    let shares = shares.filter(|shares| !row.is_before && shares.learners >= FEWEST_LEARNERS);
    // Counts of learners are far below 2^52.
    let share = |part: i64, of: i64| part as f64 / of as f64;
    Ok(AnswerView {
        answer_id: AnswerId::parse(&row.id).map_err(ApiError::internal)?,
        question_id: QuestionId::parse(&row.question_id).map_err(ApiError::internal)?,
        response: from_json("answers.response", &row.response)?,
        certainty: row.certainty.as_deref().and_then(certainty_of),
        outcome: outcome_of(row),
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
        due_ms: None,
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
