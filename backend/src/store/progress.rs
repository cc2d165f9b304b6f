//! How far a learner has come: sums over what they did.

use super::{Db, StoreError, sql};
use minnow_shared::PersonId;

#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct TotalsRow {
    pub xp: i64,
    pub clips_watched: i64,
    pub questions_answered: i64,
    pub questions_right: i64,
}

/// How many answers were given on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct DayAnswersRow {
    /// Days since 1970-01-01 in the learner's local time.
    pub day: i64,
    pub answers: i64,
}

pub async fn find_totals(db: &Db, person: &PersonId) -> Result<Option<TotalsRow>, StoreError> {
    sql("SELECT p.xp,
            (SELECT COUNT(*) FROM views v WHERE v.person_id = p.id AND v.watched_ms > 0) AS clips_watched,
            (SELECT COUNT(DISTINCT a.question_id) FROM answers a WHERE a.person_id = p.id AND a.is_before = FALSE)
                AS questions_answered,
            (SELECT COUNT(DISTINCT a.question_id) FROM answers a WHERE a.person_id = p.id AND a.is_right = TRUE
                AND a.is_before = FALSE) AS questions_right
         FROM people p WHERE p.id = $1")
    .bind(person)
    .optional(db)
    .await
}

/// Answers per local day, from an instant on. `offset_ms`: to add to UTC for the local day.
pub async fn list_day_answers(
    db: &Db,
    person: &PersonId,
    offset_ms: i64,
    from_ms: i64,
) -> Result<Vec<DayAnswersRow>, StoreError> {
    sql("SELECT (answered_at_ms + $2) / 86400000 AS day, COUNT(*) AS answers FROM answers
         WHERE person_id = $1 AND answered_at_ms >= $3 AND is_before = FALSE GROUP BY 1 ORDER BY 1")
    .bind(person)
    .bind(offset_ms)
    .bind(from_ms)
    .all(db)
    .await
}
