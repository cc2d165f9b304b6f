//! Which lessons of the demo library were loaded, and whether there is anything at all.

use super::{On, StoreError, Tx, sql};

/// Remembers a lesson as loaded.
pub async fn insert_demo_lesson(tx: &mut Tx, slug: &str, now_ms: i64) -> Result<(), StoreError> {
    sql("INSERT INTO demo_lessons (slug, loaded_at_ms) VALUES ($1, $2) ON CONFLICT (slug) DO NOTHING")
        .bind(slug)
        .bind(now_ms)
        .run(tx)
        .await?;
    Ok(())
}

pub async fn list_demo_lessons(on: impl Into<On<'_>>) -> Result<Vec<String>, StoreError> {
    let rows: Vec<(String,)> = sql("SELECT slug FROM demo_lessons ORDER BY slug").all(on).await?;
    Ok(rows.into_iter().map(|(slug,)| slug).collect())
}

/// Whether there is no clip yet, whoever's.
pub async fn has_no_clips(on: impl Into<On<'_>>) -> Result<bool, StoreError> {
    let first: Option<(String,)> = sql("SELECT id FROM clips ORDER BY id LIMIT 1").optional(on).await?;
    Ok(first.is_none())
}

/// Whether there is no topic yet.
pub async fn has_no_topics(on: impl Into<On<'_>>) -> Result<bool, StoreError> {
    let first: Option<(String,)> = sql("SELECT id FROM topics ORDER BY id LIMIT 1").optional(on).await?;
    Ok(first.is_none())
}
