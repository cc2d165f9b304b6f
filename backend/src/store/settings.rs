//! What a person has set, as JSON.

use super::{Db, StoreError, Tx, sql};
use minnow_shared::PersonId;

pub async fn find_settings(db: &Db, person: &PersonId) -> Result<Option<String>, StoreError> {
    let row: Option<(String,)> =
        sql("SELECT settings FROM settings WHERE person_id = $1").bind(person).optional(db).await?;
    Ok(row.map(|row| row.0))
}

pub async fn upsert_settings(
    tx: &mut Tx,
    person: &PersonId,
    json: &str,
    now_ms: i64,
) -> Result<(), StoreError> {
    sql("INSERT INTO settings (person_id, settings, updated_at_ms) VALUES ($1, $2, $3)
         ON CONFLICT (person_id) DO UPDATE SET settings = excluded.settings, updated_at_ms = excluded.updated_at_ms")
    .bind(person)
    .bind(json)
    .bind(now_ms)
    .run(tx)
    .await?;
    Ok(())
}
