//! People. Their sessions are in `session`, their ways in in `sign_in`.

use super::{On, StoreError, Tx, sql};
use minnow_shared::PersonId;

/// A person, guest or account.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct PersonRow {
    pub id: String,
    pub is_guest: bool,
    pub handle: Option<String>,
    pub display_name: String,
    pub bio: String,
    pub role: String,
    pub email: Option<String>,
    pub xp: i64,
    pub created_at_ms: i64,
    pub has_password: bool,
}

/// Adds a guest.
pub async fn insert_guest(tx: &mut Tx, id: &PersonId, now_ms: i64) -> Result<(), StoreError> {
    sql("INSERT INTO people (id, is_guest, display_name, created_at_ms, updated_at_ms) VALUES ($1, TRUE, '', $2, $2)")
        .bind(id)
        .bind(now_ms)
        .run(tx)
        .await?;
    Ok(())
}

pub async fn find_person(on: impl Into<On<'_>>, id: &PersonId) -> Result<Option<PersonRow>, StoreError> {
    sql("SELECT p.id, p.is_guest, p.handle, p.display_name, p.bio, p.role, p.email, p.xp, p.created_at_ms,
                EXISTS (SELECT 1 FROM passwords w WHERE w.person_id = p.id) AS has_password
         FROM people p WHERE p.id = $1")
    .bind(id)
    .optional(on)
    .await
}
