//! The ways in: passwords, passkeys and their ceremonies, mailed links.

use super::{Db, StoreError, sql};
use minnow_shared::PasskeyId;

pub async fn find_passkey_owner(db: &Db, id: &PasskeyId) -> Result<Option<String>, StoreError> {
    let row: Option<(String,)> =
        sql("SELECT person_id FROM passkeys WHERE id = $1").bind(id).optional(db).await?;
    Ok(row.map(|row| row.0))
}
