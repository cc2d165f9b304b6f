//! The ways in: passwords, passkeys and their ceremonies, mailed links. Only hashes of secrets are kept.

use super::{Db, On, StoreError, Tx, sql};
use minnow_shared::{ChallengeId, PasskeyId, PersonId};

/// A passkey. `passkey`: JSON of the library's type.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct PasskeyRow {
    pub id: String,
    pub person_id: String,
    pub credential_id: String,
    pub passkey: String,
    pub label: String,
    pub created_at_ms: i64,
    pub last_used_at_ms: Option<i64>,
}

/// A ceremony under way. `state`: JSON of the library's type.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct ChallengeRow {
    pub id: String,
    pub kind: String,
    pub person_id: Option<String>,
    pub user_handle: Option<String>,
    pub handle: Option<String>,
    pub display_name: Option<String>,
    pub state: String,
    pub expires_at_ms: i64,
}

pub async fn find_password_hash(db: &Db, person: &PersonId) -> Result<Option<String>, StoreError> {
    let row: Option<(String,)> =
        sql("SELECT hash FROM passwords WHERE person_id = $1").bind(person).optional(db).await?;
    Ok(row.map(|row| row.0))
}

pub async fn upsert_password(
    tx: &mut Tx,
    person: &PersonId,
    hash: &str,
    now_ms: i64,
) -> Result<(), StoreError> {
    sql("INSERT INTO passwords (person_id, hash, changed_at_ms) VALUES ($1, $2, $3)
         ON CONFLICT (person_id) DO UPDATE SET hash = excluded.hash, changed_at_ms = excluded.changed_at_ms")
    .bind(person)
    .bind(hash)
    .bind(now_ms)
    .run(tx)
    .await?;
    Ok(())
}

pub async fn find_passkey_owner(db: &Db, id: &PasskeyId) -> Result<Option<String>, StoreError> {
    let row: Option<(String,)> =
        sql("SELECT person_id FROM passkeys WHERE id = $1").bind(id).optional(db).await?;
    Ok(row.map(|row| row.0))
}

pub async fn insert_passkey(tx: &mut Tx, row: &PasskeyRow) -> Result<(), StoreError> {
    sql("INSERT INTO passkeys (id, person_id, credential_id, passkey, label, created_at_ms, last_used_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7)")
    .bind(&row.id)
    .bind(&row.person_id)
    .bind(&row.credential_id)
    .bind(&row.passkey)
    .bind(&row.label)
    .bind(row.created_at_ms)
    .bind(row.last_used_at_ms)
    .run(tx)
    .await?;
    Ok(())
}

pub async fn list_passkeys(on: impl Into<On<'_>>, person: &PersonId) -> Result<Vec<PasskeyRow>, StoreError> {
    sql("SELECT id, person_id, credential_id, passkey, label, created_at_ms, last_used_at_ms FROM passkeys
         WHERE person_id = $1 ORDER BY created_at_ms, id")
    .bind(person)
    .all(on)
    .await
}

/// Keeps the counter the authenticator showed.
pub async fn update_passkey(tx: &mut Tx, id: &str, passkey: &str, now_ms: i64) -> Result<(), StoreError> {
    sql("UPDATE passkeys SET passkey = $2, last_used_at_ms = $3 WHERE id = $1")
        .bind(id)
        .bind(passkey)
        .bind(now_ms)
        .run(tx)
        .await?;
    Ok(())
}

/// One change of a person's ways in at a time: who takes one away looks whether another is left.
pub async fn lock_ways_in(tx: &mut Tx, person: &PersonId) -> Result<(), StoreError> {
    sql("UPDATE people SET id = id WHERE id = $1").bind(person).run(tx).await?;
    Ok(())
}

pub async fn delete_passkey(tx: &mut Tx, id: &PasskeyId) -> Result<(), StoreError> {
    sql("DELETE FROM passkeys WHERE id = $1").bind(id).run(tx).await?;
    Ok(())
}

/// Which person a user handle means.
pub async fn find_passkey_user(db: &Db, user_handle: &str) -> Result<Option<String>, StoreError> {
    let row: Option<(String,)> = sql("SELECT person_id FROM passkey_users WHERE user_handle = $1")
        .bind(user_handle)
        .optional(db)
        .await?;
    Ok(row.map(|row| row.0))
}

/// The user handle of a person who has used passkeys before.
pub async fn find_user_handle(db: &Db, person: &PersonId) -> Result<Option<String>, StoreError> {
    let row: Option<(String,)> =
        sql("SELECT user_handle FROM passkey_users WHERE person_id = $1").bind(person).optional(db).await?;
    Ok(row.map(|row| row.0))
}

/// Ties a user handle to a person; one that is tied stays.
pub async fn insert_passkey_user(
    tx: &mut Tx,
    user_handle: &str,
    person: &PersonId,
) -> Result<(), StoreError> {
    sql("INSERT INTO passkey_users (user_handle, person_id) VALUES ($1, $2) ON CONFLICT DO NOTHING")
        .bind(user_handle)
        .bind(person)
        .run(tx)
        .await?;
    Ok(())
}

pub async fn insert_challenge(tx: &mut Tx, row: &ChallengeRow) -> Result<(), StoreError> {
    sql("INSERT INTO passkey_challenges (id, kind, person_id, user_handle, handle, display_name, state, expires_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)")
    .bind(&row.id)
    .bind(&row.kind)
    .bind(row.person_id.clone())
    .bind(row.user_handle.clone())
    .bind(row.handle.clone())
    .bind(row.display_name.clone())
    .bind(&row.state)
    .bind(row.expires_at_ms)
    .run(tx)
    .await?;
    Ok(())
}

/// Takes a ceremony out: it can be ended once, whoever comes first.
pub async fn claim_challenge(
    tx: &mut Tx,
    id: &ChallengeId,
    kind: &str,
    now_ms: i64,
) -> Result<Option<ChallengeRow>, StoreError> {
    sql("DELETE FROM passkey_challenges WHERE id = $1 AND kind = $2 AND expires_at_ms > $3
         RETURNING id, kind, person_id, user_handle, handle, display_name, state, expires_at_ms")
    .bind(id)
    .bind(kind)
    .bind(now_ms)
    .optional(tx)
    .await
}

pub async fn insert_link(
    tx: &mut Tx,
    token_hash: &str,
    email: &str,
    expires_at_ms: i64,
) -> Result<(), StoreError> {
    sql("INSERT INTO sign_in_links (token_hash, email, expires_at_ms) VALUES ($1, $2, $3)")
        .bind(token_hash)
        .bind(email)
        .bind(expires_at_ms)
        .run(tx)
        .await?;
    Ok(())
}

/// Takes a link out: it works once. Returns its address.
pub async fn claim_link(tx: &mut Tx, token_hash: &str, now_ms: i64) -> Result<Option<String>, StoreError> {
    let row: Option<(String,)> =
        sql("DELETE FROM sign_in_links WHERE token_hash = $1 AND expires_at_ms > $2 RETURNING email")
            .bind(token_hash)
            .bind(now_ms)
            .optional(tx)
            .await?;
    Ok(row.map(|row| row.0))
}

/// Forgets ceremonies and links that are over.
pub async fn delete_expired(tx: &mut Tx, now_ms: i64) -> Result<(), StoreError> {
    for statement in [
        "DELETE FROM passkey_challenges WHERE expires_at_ms <= $1",
        "DELETE FROM sign_in_links WHERE expires_at_ms <= $1",
    ] {
        sql(statement).bind(now_ms).run(tx).await?;
    }
    Ok(())
}
