//! What a person has set, field by field.

use super::{On, StoreError, Tx, sql, sql_rows};
use minnow_shared::{
    PersonId,
    settings::{FieldChange, SettingsByField},
};

#[derive(sqlx::FromRow)]
struct FieldRow {
    field: String,
    value: String,
    changed_at_ms: i64,
}

/// Everything a person ever changed. A value that is no JSON is left out.
pub async fn get_settings(on: impl Into<On<'_>>, person: &PersonId) -> Result<SettingsByField, StoreError> {
    let rows: Vec<FieldRow> =
        sql("SELECT field, value, changed_at_ms FROM settings_fields WHERE person_id = $1 ORDER BY field")
            .bind(person)
            .all(on)
            .await?;
    let mut kept = SettingsByField::default();
    for row in rows {
        match serde_json::from_str(&row.value) {
            Ok(value) => _ = kept.take(FieldChange { field: row.field, value, at_ms: row.changed_at_ms }),
            Err(error) => tracing::error!(%person, field = row.field, %error, "a setting cannot be read"),
        }
    }
    Ok(kept)
}

/// Merges changes into what is kept; the settings before and after.
pub async fn merge_settings(
    tx: &mut Tx,
    person: &PersonId,
    changes: Vec<FieldChange>,
) -> Result<(SettingsByField, SettingsByField), StoreError> {
    // One at a time for a person, whatever node: what is read below is what is written over.
    sql("UPDATE people SET updated_at_ms = updated_at_ms WHERE id = $1").bind(person).run(&mut *tx).await?;
    let before = get_settings(&mut *tx, person).await?;
    let mut after = before.clone();
    let taken: Vec<FieldChange> = changes.into_iter().filter(|change| after.take(change.clone())).collect();
    if !taken.is_empty() {
        let mut statement = sql_rows(
            "WITH new (person_id, field, value, changed_at_ms) AS (VALUES {rows})
             INSERT INTO settings_fields (person_id, field, value, changed_at_ms)
             SELECT person_id, field, value, changed_at_ms FROM new WHERE person_id IS NOT NULL
             ON CONFLICT (person_id, field) DO UPDATE SET value = excluded.value, changed_at_ms = excluded.changed_at_ms",
            taken.len(),
            4,
        );
        for change in &taken {
            let value = change.value.to_string();
            statement = statement.bind(person).bind(&change.field).bind(value).bind(change.at_ms);
        }
        statement.run(tx).await?;
    }
    Ok((before, after))
}
