//! What a clip did: who stayed, what they answered and when. Its author's own doings are left out.

use super::{Db, StoreError, sql};
use minnow_shared::ClipId;

/// How far somebody came in a clip.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct StayRow {
    pub furthest_ms: i64,
    pub finished: bool,
}

/// An answer to a question.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct ToldRow {
    pub person_id: String,
    pub clip_id: Option<String>,
    pub answered_at_ms: i64,
    pub kept_at_ms: i64,
    pub is_right: bool,
    pub is_before: bool,
}

/// How many took a choice at their first answer.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct TakenRow {
    /// `None`: no choice was taken.
    pub choice_id: Option<String>,
    pub learners: i64,
    pub right_count: i64,
}

/// How far each who began a clip came.
pub async fn list_stays(db: &Db, clip: &ClipId, author: &str) -> Result<Vec<StayRow>, StoreError> {
    sql("SELECT furthest_ms, finished FROM views WHERE clip_id = $1 AND person_id <> $2 AND watched_ms > 0
         ORDER BY person_id")
    .bind(clip)
    .bind(author)
    .all(db)
    .await
}

/// All answers to a question, each person's together.
pub async fn list_told(db: &Db, question: &str, author: &str) -> Result<Vec<ToldRow>, StoreError> {
    sql("SELECT person_id, clip_id, answered_at_ms, kept_at_ms, is_right, is_before FROM answers
         WHERE question_id = $1 AND person_id <> $2 ORDER BY person_id, answered_at_ms, id")
    .bind(question)
    .bind(author)
    .all(db)
    .await
}

/// When each who answered a question first watched a clip to its moment. Players stop a little before it.
pub async fn list_reached(
    db: &Db,
    clip: &ClipId,
    question: &str,
    moment_ms: i64,
) -> Result<Vec<(String, i64)>, StoreError> {
    sql("SELECT w.person_id, MIN(w.started_at_ms + $3 - w.from_ms) AS reached_ms
         FROM (SELECT DISTINCT person_id FROM answers WHERE question_id = $2) a
         JOIN watches w ON w.person_id = a.person_id
         WHERE w.clip_id = $1 AND w.from_ms <= $3 AND w.to_ms >= $3 - 500 AND w.to_ms > w.from_ms
         GROUP BY w.person_id")
    .bind(clip)
    .bind(question)
    .bind(moment_ms)
    .all(db)
    .await
}

/// What was taken at first answers to a question, most taken first.
pub async fn list_taken(db: &Db, question: &str, author: &str) -> Result<Vec<TakenRow>, StoreError> {
    sql("SELECT choice_id, COUNT(*) AS learners,
            CAST(SUM(CASE WHEN is_right = TRUE THEN 1 ELSE 0 END) AS BIGINT) AS right_count
         FROM answers WHERE question_id = $1 AND is_first = TRUE AND person_id <> $2
         GROUP BY choice_id ORDER BY learners DESC, choice_id")
    .bind(question)
    .bind(author)
    .all(db)
    .await
}

/// Credit on a question at the first answer, and the mean credit on others' first answers, of each who answered at least
/// `least` others.
pub async fn list_beside_others(
    db: &Db,
    question: &str,
    author: &str,
    least: i64,
) -> Result<Vec<(f64, f64)>, StoreError> {
    sql("SELECT CAST(a.credit AS DOUBLE PRECISION) / 10000000.0 AS here,
            CAST(SUM(b.credit) AS DOUBLE PRECISION) / COUNT(*) / 10000000.0 AS elsewhere
         FROM answers a JOIN answers b ON b.person_id = a.person_id AND b.is_first = TRUE AND b.question_id <> $1
         WHERE a.question_id = $1 AND a.is_first = TRUE AND a.person_id <> $2
         GROUP BY a.person_id, a.credit HAVING COUNT(*) >= $3")
    .bind(question)
    .bind(author)
    .bind(least)
    .all(db)
    .await
}
