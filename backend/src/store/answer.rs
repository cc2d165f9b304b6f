//! Answers: kept once under the client's id, with the words around them as they were.

use super::{Db, StoreError, Tx, card, few, sql, sql_built, sql_rows};
use minnow_shared::{PersonId, QuestionId};
use std::collections::{BTreeMap, HashMap, HashSet};

/// An answer that was kept. `response` is JSON.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct AnswerRow {
    pub id: String,
    pub person_id: String,
    pub question_id: String,
    /// The clip it was asked in, while that is there.
    pub clip_id: Option<String>,
    pub response: String,
    pub choice_id: Option<String>,
    pub certainty: Option<String>,
    pub is_right: bool,
    /// Ten-millionths of full credit.
    pub credit: i64,
    /// Which try of one asking it was, from 1, and whether the right answer was shown after it.
    pub attempt: i64,
    pub is_final: bool,
    pub is_first: bool,
    pub xp: i64,
    pub right_choice_id: Option<String>,
    pub right_text: String,
    pub reason: String,
    pub choice_reason: String,
    pub answered_at_ms: i64,
    pub kept_at_ms: i64,
    /// A guess before the clip: it is nobody's first answer, earns nothing and makes no card.
    pub is_before: bool,
}

/// What became of an answer that was to be kept.
#[derive(Debug, Clone, PartialEq)]
pub enum Kept {
    /// It, or the first one under its id by the same person; with the person's points.
    Answer { row: Box<AnswerRow>, total_xp: i64 },
    /// The id is another person's answer.
    TakenId,
    /// The person is gone.
    NoPerson,
}

const ANSWER: &str =
    "id, person_id, question_id, clip_id, response, choice_id, certainty, is_right, credit, attempt, is_final, is_first, xp,
    right_choice_id, right_text, reason, choice_reason, answered_at_ms, kept_at_ms, is_before";

/// An answer that was new, and what came of it.
#[derive(sqlx::FromRow)]
struct NewRow {
    id: String,
    is_first: bool,
    xp: i64,
}

/// Keeps many answers as if one after the other, by few statements: what a row costs is mostly the way to the database
/// and back. Several answers of a person in one call all tell the points after the last.
pub async fn insert_answers(tx: &mut Tx, answers: &[&AnswerRow]) -> Result<Vec<Kept>, StoreError> {
    // A question answered twice at once, or an id sent twice, goes one after the other: the first decides.
    let (mut pairs, mut ids) = (HashSet::new(), HashSet::new());
    let alone: Vec<&AnswerRow> = answers
        .iter()
        .copied()
        .filter(|row| pairs.insert((&row.person_id, &row.question_id)) && ids.insert(&row.id))
        .collect();
    let mut new: HashMap<String, NewRow> = HashMap::new();
    for some in few(&alone) {
        new.extend(insert_new(tx, some).await?.into_iter().map(|row| (row.id.clone(), row)));
    }
    let mut earned: BTreeMap<&str, i64> = BTreeMap::new();
    for row in &alone {
        if let Some(new) = new.get(&row.id) {
            *earned.entry(&row.person_id).or_default() += new.xp;
        }
    }
    let stale = alone.iter().filter(|row| new.contains_key(&row.id) && !row.is_before);
    let stale: Vec<(&str, &str)> =
        stale.map(|row| (row.person_id.as_str(), row.question_id.as_str())).collect();
    for some in few(&stale) {
        card::mark_stale(tx, some).await?;
    }
    let mut totals: HashMap<String, i64> = HashMap::new();
    for some in few(&earned.into_iter().collect::<Vec<_>>()) {
        totals.extend(add_points(tx, some).await?);
    }
    let mut all = Vec::with_capacity(answers.len());
    for row in answers {
        all.push(match (new.remove(&row.id), totals.get(&row.person_id)) {
            (Some(NewRow { is_first, xp, .. }), Some(total_xp)) => {
                let row = AnswerRow { is_first, xp, ..(*row).clone() };
                Kept::Answer { row: Box::new(row), total_xp: *total_xp }
            }
            // There already, of nobody, or the second of its kind in this call.
            _ => insert_answer(tx, row).await?,
        });
    }
    Ok(all)
}

/// Those that were not there. Each of another person or question than the others.
async fn insert_new(tx: &mut Tx, some: &[&AnswerRow]) -> Result<Vec<NewRow>, StoreError> {
    let mut statement = sql_rows(
        "WITH new (id, person_id, question_id, clip_id, response, choice_id, certainty, is_right, credit, xp,
            right_choice_id, right_text, reason, choice_reason, answered_at_ms, kept_at_ms, attempt, is_final, is_before)
            AS (VALUES {rows})
         INSERT INTO answers (id, person_id, question_id, clip_id, response, choice_id, certainty, is_right, credit,
            is_first, xp, right_choice_id, right_text, reason, choice_reason, answered_at_ms, kept_at_ms, attempt, is_final,
            is_before)
         SELECT id, person_id, question_id, clip_id, response, choice_id, certainty, is_right, credit,
            is_before = FALSE AND NOT EXISTS (SELECT 1 FROM answers a WHERE a.person_id = new.person_id
                AND a.question_id = new.question_id AND a.is_before = FALSE),
            CASE WHEN is_before = TRUE OR EXISTS (SELECT 1 FROM answers a WHERE a.person_id = new.person_id
                AND a.question_id = new.question_id AND a.is_before = FALSE) THEN 0 ELSE xp END,
            right_choice_id, right_text, reason, choice_reason, answered_at_ms, kept_at_ms, attempt, is_final, is_before
         FROM new WHERE EXISTS (SELECT 1 FROM people p WHERE p.id = new.person_id)
         ON CONFLICT (id) DO NOTHING
         RETURNING id, is_first, xp",
        some.len(),
        19,
    );
    for row in some {
        statement = statement
            .bind(&row.id)
            .bind(&row.person_id)
            .bind(&row.question_id)
            .bind(row.clip_id.clone())
            .bind(&row.response)
            .bind(row.choice_id.clone())
            .bind(row.certainty.clone())
            .bind(row.is_right)
            .bind(row.credit)
            .bind(row.xp)
            .bind(row.right_choice_id.clone())
            .bind(&row.right_text)
            .bind(&row.reason)
            .bind(&row.choice_reason)
            .bind(row.answered_at_ms)
            .bind(row.kept_at_ms)
            .bind(row.attempt)
            .bind(row.is_final)
            .bind(row.is_before);
    }
    statement.all(tx).await
}

/// Adds points to people; each with the points they have then.
async fn add_points(tx: &mut Tx, some: &[(&str, i64)]) -> Result<Vec<(String, i64)>, StoreError> {
    let mut statement = sql_rows(
        "WITH earned (person_id, points) AS (VALUES {rows})
         UPDATE people SET xp = people.xp + earned.points FROM earned WHERE people.id = earned.person_id
         RETURNING id, xp",
        some.len(),
        2,
    );
    for (person, points) in some {
        statement = statement.bind(*person).bind(*points);
    }
    statement.all(tx).await
}

/// Keeps an answer; `is_first` and `xp` of the row are decided here: `xp` is earned only by a person's first answer to
/// the question. An id that is there already changes nothing.
pub async fn insert_answer(tx: &mut Tx, row: &AnswerRow) -> Result<Kept, StoreError> {
    let new = insert_new(tx, &[row]).await?.pop();
    let total_xp = match &new {
        Some(new) if new.xp > 0 => {
            add_points(tx, &[(&row.person_id, new.xp)]).await?.pop().map(|(_, total_xp)| total_xp)
        }
        _ => {
            let total: Option<(i64,)> =
                sql("SELECT xp FROM people WHERE id = $1").bind(&row.person_id).optional(&mut *tx).await?;
            total.map(|(total_xp,)| total_xp)
        }
    };
    let Some(total_xp) = total_xp else { return Ok(Kept::NoPerson) };
    if let Some(NewRow { is_first, xp, .. }) = new {
        if !row.is_before {
            card::mark_stale(tx, &[(&row.person_id, &row.question_id)]).await?;
        }
        let row = AnswerRow { is_first, xp, ..row.clone() };
        return Ok(Kept::Answer { row: Box::new(row), total_xp });
    }
    let there: Option<AnswerRow> = find_answer(tx, &row.id).await?;
    Ok(match there {
        Some(there) if there.person_id == row.person_id => Kept::Answer { row: Box::new(there), total_xp },
        _ => Kept::TakenId,
    })
}

async fn find_answer(tx: &mut Tx, id: &str) -> Result<Option<AnswerRow>, StoreError> {
    sql_built(format!("SELECT {ANSWER} FROM answers WHERE id = $1")).bind(id).optional(tx).await
}

/// An answer under this id, if it is there.
pub async fn find_answer_of(db: &Db, id: &str) -> Result<Option<AnswerRow>, StoreError> {
    sql_built(format!("SELECT {ANSWER} FROM answers WHERE id = $1")).bind(id).optional(db).await
}

/// How many tries of a question a person has behind them since `from_ms`, after the last that ended an asking.
pub async fn count_tries(
    db: &Db,
    person: &PersonId,
    question: &QuestionId,
    from_ms: i64,
    to_ms: i64,
) -> Result<i64, StoreError> {
    let (count,): (i64,) =
        sql("SELECT COUNT(*) FROM answers WHERE person_id = $1 AND question_id = $2 AND is_final = FALSE AND is_before = FALSE
            AND answered_at_ms >= $3 AND answered_at_ms <= $4
            AND answered_at_ms > (SELECT COALESCE(MAX(answered_at_ms), -1) FROM answers
                WHERE person_id = $1 AND question_id = $2 AND is_final = TRUE AND is_before = FALSE
                    AND answered_at_ms <= $4)")
        .bind(person)
        .bind(question)
        .bind(from_ms)
        .bind(to_ms)
        .one(db)
        .await?;
    Ok(count)
}

/// Whether a person has answered a question; a guess before its clip is none.
pub async fn has_answered(db: &Db, person: &PersonId, question: &QuestionId) -> Result<bool, StoreError> {
    let row: Option<(String,)> =
        sql("SELECT id FROM answers WHERE person_id = $1 AND question_id = $2 AND is_before = FALSE LIMIT 1")
            .bind(person)
            .bind(question)
            .optional(db)
            .await?;
    Ok(row.is_some())
}

/// How many questions of before a person has answered since `from_ms`: reviews, not what is new.
pub async fn count_reviewed(db: &Db, person: &PersonId, from_ms: i64) -> Result<i64, StoreError> {
    let (count,): (i64,) = sql("SELECT COUNT(DISTINCT a.question_id) FROM answers a
         WHERE a.person_id = $1 AND a.answered_at_ms >= $2 AND a.is_first = FALSE AND a.is_before = FALSE
            AND EXISTS (SELECT 1 FROM answers b WHERE b.person_id = $1 AND b.question_id = a.question_id
                AND b.is_before = FALSE AND b.answered_at_ms < $2)")
    .bind(person)
    .bind(from_ms)
    .one(db)
    .await?;
    Ok(count)
}

/// A person's answers, newest first, after a place.
pub async fn list_answers(
    db: &Db,
    person: &PersonId,
    after: Option<(i64, String)>,
    limit: i64,
) -> Result<Vec<AnswerRow>, StoreError> {
    let (at_ms, id) = after.unwrap_or((i64::MAX, String::new()));
    sql_built(format!(
        "SELECT {ANSWER} FROM answers
         WHERE person_id = $1 AND (answered_at_ms < $2 OR (answered_at_ms = $2 AND id < $3))
         ORDER BY answered_at_ms DESC, id DESC LIMIT $4"
    ))
    .bind(person)
    .bind(at_ms)
    .bind(id)
    .bind(limit)
    .all(db)
    .await
}
