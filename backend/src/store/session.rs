//! Sessions: which browser is who, by the hash of its token.

use super::{Db, StoreError, Tx, sql};
use minnow_shared::{PersonId, SessionId};

/// A session and the person it belongs to.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct SessionRow {
    pub id: String,
    pub person_id: String,
    pub last_seen_at_ms: i64,
    pub is_guest: bool,
    pub role: String,
}

/// A session as its owner sees it.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct SessionItemRow {
    pub id: String,
    pub device: String,
    pub created_at_ms: i64,
    pub last_seen_at_ms: i64,
}

pub async fn insert_session(
    tx: &mut Tx,
    id: &SessionId,
    person: &PersonId,
    token_hash: &str,
    device: &str,
    now_ms: i64,
) -> Result<(), StoreError> {
    sql("INSERT INTO sessions (id, person_id, token_hash, device, created_at_ms, last_seen_at_ms)
         VALUES ($1, $2, $3, $4, $5, $5)")
    .bind(id)
    .bind(person)
    .bind(token_hash)
    .bind(device)
    .bind(now_ms)
    .run(tx)
    .await?;
    Ok(())
}

/// The session of a token that was seen after `not_before_ms`.
pub async fn find_session(
    db: &Db,
    token_hash: &str,
    not_before_ms: i64,
) -> Result<Option<SessionRow>, StoreError> {
    sql("SELECT s.id, s.person_id, s.last_seen_at_ms, p.is_guest, p.role
         FROM sessions s JOIN people p ON p.id = s.person_id
         WHERE s.token_hash = $1 AND s.last_seen_at_ms > $2")
    .bind(token_hash)
    .bind(not_before_ms)
    .optional(db)
    .await
}

pub async fn find_session_owner(db: &Db, id: &SessionId) -> Result<Option<String>, StoreError> {
    let row: Option<(String,)> =
        sql("SELECT person_id FROM sessions WHERE id = $1").bind(id).optional(db).await?;
    Ok(row.map(|row| row.0))
}

/// A person's sessions seen after `not_before_ms`, last seen first.
pub async fn list_sessions(
    db: &Db,
    person: &PersonId,
    not_before_ms: i64,
) -> Result<Vec<SessionItemRow>, StoreError> {
    sql("SELECT id, device, created_at_ms, last_seen_at_ms FROM sessions
         WHERE person_id = $1 AND last_seen_at_ms > $2 ORDER BY last_seen_at_ms DESC, id DESC")
    .bind(person)
    .bind(not_before_ms)
    .all(db)
    .await
}

/// Says that a session is in use.
pub async fn update_last_seen(tx: &mut Tx, id: &SessionId, now_ms: i64) -> Result<(), StoreError> {
    sql("UPDATE sessions SET last_seen_at_ms = $2 WHERE id = $1 AND last_seen_at_ms < $2")
        .bind(id)
        .bind(now_ms)
        .run(tx)
        .await?;
    Ok(())
}

pub async fn delete_session(tx: &mut Tx, id: &SessionId) -> Result<(), StoreError> {
    sql("DELETE FROM sessions WHERE id = $1").bind(id).run(tx).await?;
    Ok(())
}

/// Ends all of a person's sessions but this one.
pub async fn delete_other_sessions(
    tx: &mut Tx,
    person: &PersonId,
    keep: Option<&SessionId>,
) -> Result<(), StoreError> {
    sql("DELETE FROM sessions WHERE person_id = $1 AND id <> $2")
        .bind(person)
        .bind(keep.map_or("", SessionId::as_str))
        .run(tx)
        .await?;
    Ok(())
}

/// Forgets sessions last seen before an instant.
pub async fn delete_sessions_before(tx: &mut Tx, before_ms: i64) -> Result<u64, StoreError> {
    sql("DELETE FROM sessions WHERE last_seen_at_ms < $1").bind(before_ms).run(tx).await
}
