//! What of a person's due cards clips can ask again, and where. The list itself is made by `feed::due`.

use super::{Db, On, StoreError, places, sql, sql_built};
use minnow_shared::PersonId;

/// A due card.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct DueRow {
    /// The root of its family.
    pub question_id: String,
    pub last_answer_ms: i64,
    /// Milliseconds since the last review, by the stability: the more, the less likely still known.
    pub waited: f64,
}

/// Where a pass over the due list is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DuePlace<'a> {
    /// The list is in the order of this instant.
    pub as_of_ms: i64,
    /// Due by now.
    pub now_ms: i64,
    /// After this one, by `waited` and the question.
    pub after: Option<(f64, &'a str)>,
}

/// A person's due cards after a place, most likely still known first. Cards that do not hold their newest answer are left
/// out: it may be that they are not due any more. The second value is the last that was looked at, while there may be more.
pub async fn list_due_after(
    db: &Db,
    person: &PersonId,
    place: DuePlace<'_>,
    limit: i64,
) -> Result<(Vec<DueRow>, Option<(f64, String)>), StoreError> {
    let (waited, question) = place.after.unwrap_or((-1.0, ""));
    // The list comes from the index alone; only what is on the page is looked up.
    let rows: Vec<StaleDueRow> =
        sql("WITH due AS (SELECT question_id, ($2 - last_review_ms) / stability AS waited FROM cards
                WHERE person_id = $1 AND due_ms <= $3 AND (($2 - last_review_ms) / stability > $4
                    OR (($2 - last_review_ms) / stability = $4 AND question_id > $5))
                ORDER BY ($2 - last_review_ms) / stability, question_id LIMIT $6)
             SELECT due.question_id, due.waited, c.last_answer_ms, EXISTS (SELECT 1 FROM stale_cards s
                WHERE s.person_id = $1 AND s.question_id = due.question_id) AS is_stale
             FROM due JOIN cards c ON c.person_id = $1 AND c.question_id = due.question_id
             ORDER BY due.waited, due.question_id")
        .bind(person)
        .bind(place.as_of_ms)
        .bind(place.now_ms)
        .bind(waited)
        .bind(question)
        .bind(limit)
        .all(db)
        .await?;
    let is_full = i64::try_from(rows.len()).is_ok_and(|count| count >= limit);
    let last = rows.last().filter(|_| is_full).map(|row| (row.due.waited, row.due.question_id.clone()));
    Ok((rows.into_iter().filter(|row| !row.is_stale).map(|row| row.due).collect(), last))
}

#[derive(sqlx::FromRow)]
struct StaleDueRow {
    #[sqlx(flatten)]
    due: DueRow,
    is_stale: bool,
}

/// A moment of a published clip that asks some form of a family.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct MomentRow {
    pub root_id: String,
    pub question_id: String,
    pub clip_id: String,
    pub moment_ms: i64,
}

/// Where these families are asked: first where the person answered last, then what was published first.
pub async fn list_moments(
    on: impl Into<On<'_>>,
    person: &PersonId,
    roots: &[String],
) -> Result<Vec<MomentRow>, StoreError> {
    let places = places(2, roots.len());
    sql_built(format!(
        "SELECT m.root_id, m.question_id, m.clip_id, m.moment_ms FROM (
            SELECT COALESCE(q.form_of, q.id) AS root_id, q.id AS question_id, a.clip_id, a.moment_ms, c.published_at_ms,
                (SELECT MAX(x.answered_at_ms) FROM answers x WHERE x.person_id = $1 AND x.question_id = q.id
                    AND x.clip_id = a.clip_id AND x.is_before = FALSE) AS answered_at_ms
            FROM questions q JOIN clip_questions a ON a.question_id = q.id
            JOIN clips c ON c.id = a.clip_id AND c.published <> FALSE
            WHERE q.id IN ({places}) OR q.form_of IN ({places})) m
         ORDER BY m.root_id, CASE WHEN m.answered_at_ms IS NULL THEN 1 ELSE 0 END, m.answered_at_ms DESC,
            m.published_at_ms, m.clip_id, m.moment_ms, m.question_id"
    ))
    .bind(person)
    .bind_all(roots)
    .all(on)
    .await
}

/// The due cards of families that these clips ask.
pub async fn list_due_of_clips(
    db: &Db,
    person: &PersonId,
    place: DuePlace<'_>,
    clips: &[String],
) -> Result<Vec<DueRow>, StoreError> {
    sql_built(format!(
        "SELECT DISTINCT k.question_id, k.last_answer_ms, ($2 - k.last_review_ms) / k.stability AS waited
         FROM clip_questions a JOIN questions q ON q.id = a.question_id
         JOIN cards k ON k.person_id = $1 AND k.question_id = COALESCE(q.form_of, q.id) AND k.due_ms <= $3
         WHERE a.clip_id IN ({}) AND NOT EXISTS (SELECT 1 FROM stale_cards s
            WHERE s.person_id = $1 AND s.question_id = k.question_id)
         ORDER BY k.question_id",
        places(4, clips.len())
    ))
    .bind(person)
    .bind(place.as_of_ms)
    .bind(place.now_ms)
    .bind_all(clips)
    .all(db)
    .await
}

/// A form that a review may ask.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct FormRow {
    pub root_id: String,
    pub question_id: String,
    pub content: String,
    /// What is asked, in plain words.
    pub stem: String,
}

/// Of each of these families the form that the person answered longest ago, one never answered before any other.
pub async fn list_forms_to_ask(
    on: impl Into<On<'_>>,
    person: &PersonId,
    roots: &[String],
) -> Result<Vec<FormRow>, StoreError> {
    let places = places(2, roots.len());
    sql_built(format!(
        "SELECT f.root_id, f.question_id, f.content, f.stem FROM (
            SELECT COALESCE(q.form_of, q.id) AS root_id, q.id AS question_id, q.content, q.stem,
                ROW_NUMBER() OVER (PARTITION BY COALESCE(q.form_of, q.id) ORDER BY COALESCE((SELECT MAX(x.answered_at_ms)
                    FROM answers x WHERE x.person_id = $1 AND x.question_id = q.id
                    AND x.is_before = FALSE), -1), q.id) AS place
            FROM questions q WHERE q.id IN ({places}) OR q.form_of IN ({places})) f
         WHERE f.place = 1 ORDER BY f.root_id"
    ))
    .bind(person)
    .bind_all(roots)
    .all(on)
    .await
}
