//! Questions at moments of clips, with their keys (JSON).

use super::{On, StoreError, Tx, places, sql, sql_built};
use minnow_shared::{ClipId, QuestionId};

#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct QuestionRow {
    pub id: String,
    pub clip_id: String,
    pub moment_ms: i64,
    pub stem: String,
    pub key: String,
    pub reason: String,
}

/// What came of the first answers to a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct FirstAnswersRow {
    pub learners: i64,
    pub right_count: i64,
    pub same_choice: i64,
}

pub async fn find_question(
    on: impl Into<On<'_>>,
    id: &QuestionId,
) -> Result<Option<QuestionRow>, StoreError> {
    sql("SELECT id, clip_id, moment_ms, stem, key, reason FROM questions WHERE id = $1")
        .bind(id)
        .optional(on)
        .await
}

/// The questions of these clips, each clip's in the order of their moments.
pub async fn list_questions(on: impl Into<On<'_>>, clips: &[String]) -> Result<Vec<QuestionRow>, StoreError> {
    let places = places(1, clips.len());
    sql_built(format!(
        "SELECT id, clip_id, moment_ms, stem, key, reason FROM questions WHERE clip_id IN ({places})
         ORDER BY clip_id, moment_ms, id"
    ))
    .bind_all(clips)
    .all(on)
    .await
}

/// Adds a question, or changes the one of this id if it is this clip's. Says whether it was done.
pub async fn upsert_question(tx: &mut Tx, row: &QuestionRow, now_ms: i64) -> Result<bool, StoreError> {
    let changed = sql("INSERT INTO questions (id, clip_id, moment_ms, stem, key, reason, created_at_ms, updated_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $7)
         ON CONFLICT (id) DO UPDATE SET moment_ms = excluded.moment_ms, stem = excluded.stem, key = excluded.key,
            reason = excluded.reason, updated_at_ms = excluded.updated_at_ms
         WHERE questions.clip_id = excluded.clip_id")
        .bind(&row.id)
        .bind(&row.clip_id)
        .bind(row.moment_ms)
        .bind(&row.stem)
        .bind(&row.key)
        .bind(&row.reason)
        .bind(now_ms)
        .run(tx)
        .await?;
    Ok(changed == 1)
}

/// Removes the clip's questions but this one.
pub async fn delete_questions_but(
    tx: &mut Tx,
    clip: &ClipId,
    keep: Option<&QuestionId>,
) -> Result<(), StoreError> {
    sql("DELETE FROM questions WHERE clip_id = $1 AND id <> $2")
        .bind(clip)
        .bind(keep.map_or("", QuestionId::as_str))
        .run(tx)
        .await?;
    Ok(())
}

/// Counts first answers: of all learners, of the right ones, and of those that took this choice.
pub async fn get_first_answers(
    on: impl Into<On<'_>>,
    question: &str,
    choice: Option<&str>,
) -> Result<FirstAnswersRow, StoreError> {
    sql("SELECT COUNT(*) AS learners,
            CAST(COALESCE(SUM(CASE WHEN is_right = TRUE THEN 1 ELSE 0 END), 0) AS BIGINT) AS right_count,
            CAST(COALESCE(SUM(CASE WHEN choice_id = $2 THEN 1 ELSE 0 END), 0) AS BIGINT) AS same_choice
         FROM answers WHERE question_id = $1 AND is_first = TRUE")
    .bind(question)
    .bind(choice.unwrap_or_default())
    .one(on)
    .await
}
