//! Models of learners' interests in versions: what is told of each, and its bytes in pieces.

use super::{Db, On, StoreError, Tx, sql};

/// A version. `replay` is JSON.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct ModelRow {
    pub version: i64,
    pub is_serving: bool,
    pub fitted_at_ms: i64,
    pub fit_took_ms: i64,
    /// The last event it knows.
    pub through_seq: i64,
    pub events: i64,
    pub clips: i64,
    pub size_bytes: i64,
    pub replay: Option<String>,
}

/// Begins a version that is not whole yet; its number. Whoever fits begins a new one, so that two that fit do not mix.
pub async fn insert_model(tx: &mut Tx, now_ms: i64) -> Result<i64, StoreError> {
    let (version,): (i64,) = sql(
        "INSERT INTO interest_models (version, is_whole, is_serving, fitted_at_ms, fit_took_ms, through_seq, events, clips,
            size_bytes)
         SELECT COALESCE(MAX(version), 0) + 1, FALSE, FALSE, $1, 0, 0, 0, 0, 0 FROM interest_models RETURNING version",
    )
    .bind(now_ms)
    .one(tx)
    .await?;
    Ok(version)
}

pub async fn insert_piece(tx: &mut Tx, version: i64, place: i64, bytes: Vec<u8>) -> Result<(), StoreError> {
    sql("INSERT INTO interest_model_pieces (version, place, bytes) VALUES ($1, $2, $3)")
        .bind(version)
        .bind(place)
        .bind(bytes)
        .run(tx)
        .await?;
    Ok(())
}

/// What is told of a version once all its pieces are there.
pub async fn finish_model(tx: &mut Tx, row: &ModelRow) -> Result<(), StoreError> {
    sql("UPDATE interest_models SET is_whole = TRUE, fitted_at_ms = $2, fit_took_ms = $3, through_seq = $4, events = $5,
            clips = $6, size_bytes = $7, replay = $8 WHERE version = $1")
    .bind(row.version)
    .bind(row.fitted_at_ms)
    .bind(row.fit_took_ms)
    .bind(row.through_seq)
    .bind(row.events)
    .bind(row.clips)
    .bind(row.size_bytes)
    .bind(row.replay.clone())
    .run(tx)
    .await?;
    Ok(())
}

/// Serves one whole version and no other. False: there is none of this number.
pub async fn serve_model(tx: &mut Tx, version: i64) -> Result<bool, StoreError> {
    let marked = sql("UPDATE interest_models SET is_serving = TRUE WHERE version = $1 AND is_whole = TRUE")
        .bind(version)
        .run(&mut *tx)
        .await?;
    if marked == 1 {
        sql("UPDATE interest_models SET is_serving = FALSE WHERE version <> $1 AND is_serving = TRUE")
            .bind(version)
            .run(tx)
            .await?;
    }
    Ok(marked == 1)
}

/// Deletes what is over: versions that were begun before this one and never became whole, whole ones beyond the newest
/// `keep` that do not serve, and all that know of events before `forgotten_seq`, after which somebody's were deleted.
pub async fn delete_models(
    tx: &mut Tx,
    version: i64,
    keep: i64,
    forgotten_seq: i64,
) -> Result<(), StoreError> {
    sql("DELETE FROM interest_models WHERE (version < $1 AND is_whole = FALSE)
            OR (is_whole = TRUE AND through_seq < $3)
            OR (is_whole = TRUE AND is_serving = FALSE AND version NOT IN
                (SELECT version FROM interest_models WHERE is_whole = TRUE ORDER BY version DESC LIMIT $2))")
    .bind(version)
    .bind(keep)
    .bind(forgotten_seq)
    .run(tx)
    .await?;
    Ok(())
}

const MODEL: &str =
    "version, is_serving, fitted_at_ms, fit_took_ms, through_seq, events, clips, size_bytes, replay";

/// Whole versions, newest first.
pub async fn list_models(on: impl Into<On<'_>>) -> Result<Vec<ModelRow>, StoreError> {
    super::sql_built(format!(
        "SELECT {MODEL} FROM interest_models WHERE is_whole = TRUE ORDER BY version DESC"
    ))
    .all(on)
    .await
}

/// The version that serves.
pub async fn find_serving(on: impl Into<On<'_>>) -> Result<Option<ModelRow>, StoreError> {
    super::sql_built(format!("SELECT {MODEL} FROM interest_models WHERE is_serving = TRUE"))
        .optional(on)
        .await
}

/// A version's piece; `None` after the last.
pub async fn find_piece(db: &Db, version: i64, place: i64) -> Result<Option<Vec<u8>>, StoreError> {
    let row: Option<(Vec<u8>,)> =
        sql("SELECT bytes FROM interest_model_pieces WHERE version = $1 AND place = $2")
            .bind(version)
            .bind(place)
            .optional(db)
            .await?;
    Ok(row.map(|row| row.0))
}

/// The last event after which somebody's events were deleted, and when that was.
pub async fn find_forgotten(on: impl Into<On<'_>>) -> Result<Option<(i64, i64)>, StoreError> {
    sql("SELECT seq, kept_at_ms FROM interest_events WHERE kind = 'anew' AND value > 0 ORDER BY seq DESC LIMIT 1")
        .optional(on)
        .await
}
