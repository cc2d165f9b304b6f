//! What was watched: stretches, the sum per clip, the sum per local day.

use super::{Db, StoreError, Tx, sql};
use minnow_shared::PersonId;

/// One stretch, its ends inside the clip.
#[derive(Debug, Clone, PartialEq)]
pub struct StretchRow {
    pub id: String,
    pub clip_id: String,
    pub from_ms: i64,
    pub to_ms: i64,
    pub finished: bool,
    pub started_at_ms: i64,
    /// ISO 8601 date of the learner's local day.
    pub day: String,
}

/// What a person watched on a day.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct DayRow {
    pub day: String,
    pub watched_ms: i64,
}

/// Keeps a stretch. One that is there already, or of a clip or person that is gone, changes nothing.
pub async fn insert_stretch(
    tx: &mut Tx,
    person: &PersonId,
    stretch: &StretchRow,
    now_ms: i64,
) -> Result<(), StoreError> {
    let is_new = sql(
        "INSERT INTO watches (id, person_id, clip_id, from_ms, to_ms, finished, started_at_ms, kept_at_ms)
         SELECT $1, $2, $3, $4, $5, $6, $7, $8
         WHERE EXISTS (SELECT 1 FROM clips WHERE id = $3) AND EXISTS (SELECT 1 FROM people WHERE id = $2)
         ON CONFLICT (id) DO NOTHING",
    )
    .bind(&stretch.id)
    .bind(person)
    .bind(&stretch.clip_id)
    .bind(stretch.from_ms)
    .bind(stretch.to_ms)
    .bind(stretch.finished)
    .bind(stretch.started_at_ms)
    .bind(now_ms)
    .run(tx)
    .await?
        == 1;
    if !is_new {
        return Ok(());
    }
    let watched_ms = (stretch.to_ms - stretch.from_ms).max(0);
    sql("INSERT INTO views (person_id, clip_id, position_ms, watched_ms, finished, first_at_ms, last_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $6)
         ON CONFLICT (person_id, clip_id) DO UPDATE SET
            position_ms = CASE WHEN excluded.last_at_ms >= views.last_at_ms THEN excluded.position_ms
                               ELSE views.position_ms END,
            watched_ms = views.watched_ms + excluded.watched_ms,
            finished = (views.finished OR excluded.finished),
            first_at_ms = CASE WHEN excluded.first_at_ms < views.first_at_ms THEN excluded.first_at_ms
                               ELSE views.first_at_ms END,
            last_at_ms = CASE WHEN excluded.last_at_ms > views.last_at_ms THEN excluded.last_at_ms
                              ELSE views.last_at_ms END")
    .bind(person)
    .bind(&stretch.clip_id)
    .bind(stretch.to_ms)
    .bind(watched_ms)
    .bind(stretch.finished)
    .bind(stretch.started_at_ms)
    .run(tx)
    .await?;
    if watched_ms > 0 {
        sql("INSERT INTO watched_days (person_id, day, watched_ms) VALUES ($1, $2, $3)
             ON CONFLICT (person_id, day) DO UPDATE SET watched_ms = watched_days.watched_ms + excluded.watched_ms")
        .bind(person)
        .bind(&stretch.day)
        .bind(watched_ms)
        .run(tx)
        .await?;
    }
    Ok(())
}

/// Days on which a person watched, from `first_day` on.
pub async fn list_days(db: &Db, person: &PersonId, first_day: &str) -> Result<Vec<DayRow>, StoreError> {
    sql("SELECT day, watched_ms FROM watched_days WHERE person_id = $1 AND day >= $2 ORDER BY day")
        .bind(person)
        .bind(first_day)
        .all(db)
        .await
}
