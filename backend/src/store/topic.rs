//! Topics and their names.

use super::{Db, StoreError, Tx, sql};
use minnow_shared::TopicId;

/// A topic's name in one language.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct TopicNameRow {
    pub topic_id: String,
    pub language: String,
    pub name: String,
}

/// Adds a topic or changes its place.
pub async fn upsert_topic(tx: &mut Tx, id: &TopicId, position: i64) -> Result<(), StoreError> {
    sql("INSERT INTO topics (id, position) VALUES ($1, $2)
         ON CONFLICT (id) DO UPDATE SET position = excluded.position")
    .bind(id)
    .bind(position)
    .run(tx)
    .await?;
    Ok(())
}

pub async fn upsert_topic_name(
    tx: &mut Tx,
    id: &TopicId,
    language: &str,
    name: &str,
) -> Result<(), StoreError> {
    sql("INSERT INTO topic_names (topic_id, language, name) VALUES ($1, $2, $3)
         ON CONFLICT (topic_id, language) DO UPDATE SET name = excluded.name")
    .bind(id)
    .bind(language)
    .bind(name)
    .run(tx)
    .await?;
    Ok(())
}

/// All topic ids in their order.
pub async fn list_topics(db: &Db) -> Result<Vec<String>, StoreError> {
    let rows: Vec<(String,)> = sql("SELECT id FROM topics ORDER BY position, id").all(db).await?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}

/// All names in all languages.
pub async fn list_topic_names(db: &Db) -> Result<Vec<TopicNameRow>, StoreError> {
    sql("SELECT topic_id, language, name FROM topic_names ORDER BY topic_id, language").all(db).await
}
