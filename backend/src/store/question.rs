//! Questions of people's banks, and the moments of clips that ask them.

use super::{On, StoreError, Tx, places, sql, sql_built};
use minnow_shared::{ClipId, QuestionId, question::Question};

/// A question of somebody's bank. `content`: a `Question` in JSON.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct QuestionRow {
    pub id: String,
    pub author_id: String,
    pub kind: String,
    /// Plain words.
    pub stem: String,
    pub category: String,
    pub content: String,
}

impl QuestionRow {
    /// A question as it is kept.
    ///
    /// # Errors
    /// When it cannot be written as JSON (a number that is none).
    pub fn of(id: &QuestionId, author: &str, question: &Question) -> serde_json::Result<Self> {
        Ok(Self {
            id: id.to_string(),
            author_id: author.to_owned(),
            kind: question.key.kind().to_owned(),
            stem: question.stem.plain(),
            category: question.category.clone(),
            content: serde_json::to_string(question)?,
        })
    }
}

/// A question where a clip asks it.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct AskedRow {
    pub id: String,
    pub clip_id: String,
    pub moment_ms: i64,
    pub content: String,
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
    sql("SELECT id, author_id, kind, stem, category, content FROM questions WHERE id = $1")
        .bind(id)
        .optional(on)
        .await
}

/// A question, if this clip asks it.
pub async fn find_asked(
    on: impl Into<On<'_>>,
    clip: &ClipId,
    question: &QuestionId,
) -> Result<Option<AskedRow>, StoreError> {
    sql("SELECT q.id, a.clip_id, a.moment_ms, q.content FROM clip_questions a JOIN questions q ON q.id = a.question_id
         WHERE a.clip_id = $1 AND a.question_id = $2")
    .bind(clip)
    .bind(question)
    .optional(on)
    .await
}

/// The questions these clips ask, each clip's in the order of their moments.
pub async fn list_asked(on: impl Into<On<'_>>, clips: &[String]) -> Result<Vec<AskedRow>, StoreError> {
    let places = places(1, clips.len());
    sql_built(format!(
        "SELECT q.id, a.clip_id, a.moment_ms, q.content FROM clip_questions a JOIN questions q ON q.id = a.question_id
         WHERE a.clip_id IN ({places}) ORDER BY a.clip_id, a.moment_ms, q.id"
    ))
    .bind_all(clips)
    .all(on)
    .await
}

/// Adds a question, or changes the one of this id if it is this author's. Says whether it was done.
pub async fn upsert_question(tx: &mut Tx, row: &QuestionRow, now_ms: i64) -> Result<bool, StoreError> {
    let changed = sql("INSERT INTO questions (id, author_id, kind, stem, category, content, created_at_ms, updated_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $7)
         ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, stem = excluded.stem, category = excluded.category,
            content = excluded.content, updated_at_ms = excluded.updated_at_ms
         WHERE questions.author_id = excluded.author_id")
    .bind(&row.id)
    .bind(&row.author_id)
    .bind(&row.kind)
    .bind(&row.stem)
    .bind(&row.category)
    .bind(&row.content)
    .bind(now_ms)
    .run(tx)
    .await?;
    Ok(changed == 1)
}

/// Makes a clip ask a question at a moment, or moves the moment.
pub async fn upsert_asked(
    tx: &mut Tx,
    clip: &ClipId,
    question: &QuestionId,
    moment_ms: i64,
) -> Result<(), StoreError> {
    sql("INSERT INTO clip_questions (clip_id, question_id, moment_ms) VALUES ($1, $2, $3)
         ON CONFLICT (clip_id, question_id) DO UPDATE SET moment_ms = excluded.moment_ms")
    .bind(clip)
    .bind(question)
    .bind(moment_ms)
    .run(tx)
    .await?;
    Ok(())
}

/// The clip asks this question alone, or none. The others stay in their author's bank.
pub async fn delete_asked_but(
    tx: &mut Tx,
    clip: &ClipId,
    keep: Option<&QuestionId>,
) -> Result<(), StoreError> {
    sql("DELETE FROM clip_questions WHERE clip_id = $1 AND question_id <> $2")
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
