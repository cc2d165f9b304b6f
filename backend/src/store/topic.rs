//! Topics, their names, and the edges between them.

use super::{Db, On, StoreError, Tx, few, rows, sql, sql_built};
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

/// An edge: `from_id` is a prerequisite of `to_id`, or part of it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct EdgeRow {
    pub from_id: String,
    pub kind: String,
    pub to_id: String,
}

/// All topic ids in their order, for callers inside a transaction.
pub async fn list_topic_ids(on: impl Into<On<'_>>) -> Result<Vec<String>, StoreError> {
    let rows: Vec<(String,)> = sql("SELECT id FROM topics ORDER BY position, id").all(on).await?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}

/// Adds topics after all others; those that are there stay where they are. Says how many are new.
pub async fn insert_topics(tx: &mut Tx, ids: &[&str]) -> Result<usize, StoreError> {
    let (last,): (i64,) = sql("SELECT COALESCE(MAX(position), 0) FROM topics").one(&mut *tx).await?;
    let (mut next, mut new) = (last, 0);
    for some in few(ids) {
        let mut statement = sql_built(format!(
            "INSERT INTO topics (id, position) VALUES {} ON CONFLICT (id) DO NOTHING RETURNING id",
            rows(some.len(), 2)
        ));
        for id in some {
            next += 1;
            statement = statement.bind(*id).bind(next);
        }
        let added: Vec<(String,)> = statement.all(&mut *tx).await?;
        new += added.len();
    }
    Ok(new)
}

/// Deletes a topic with its names and edges. Says whether it was there.
///
/// # Errors
/// `Dangling` while clips are on it.
pub async fn delete_topic(tx: &mut Tx, id: &TopicId) -> Result<bool, StoreError> {
    Ok(sql("DELETE FROM topics WHERE id = $1").bind(id).run(tx).await? == 1)
}

pub async fn delete_topic_name(tx: &mut Tx, id: &TopicId, language: &str) -> Result<(), StoreError> {
    sql("DELETE FROM topic_names WHERE topic_id = $1 AND language = $2")
        .bind(id)
        .bind(language)
        .run(tx)
        .await?;
    Ok(())
}

/// All edges.
pub async fn list_edges(on: impl Into<On<'_>>) -> Result<Vec<EdgeRow>, StoreError> {
    sql("SELECT from_id, kind, to_id FROM topic_edges ORDER BY from_id, to_id, kind").all(on).await
}

/// Adds an edge. Says whether it is new. That no way leads round is the caller's to see, in this transaction, after
/// `catalogue::touch_topics`, which lets one change of topics come after the other.
pub async fn insert_edge(tx: &mut Tx, edge: &EdgeRow) -> Result<bool, StoreError> {
    let added =
        sql("INSERT INTO topic_edges (from_id, kind, to_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING")
            .bind(&edge.from_id)
            .bind(&edge.kind)
            .bind(&edge.to_id)
            .run(tx)
            .await?;
    Ok(added == 1)
}

/// Takes an edge away.
pub async fn delete_edge(tx: &mut Tx, edge: &EdgeRow) -> Result<(), StoreError> {
    sql("DELETE FROM topic_edges WHERE from_id = $1 AND kind = $2 AND to_id = $3")
        .bind(&edge.from_id)
        .bind(&edge.kind)
        .bind(&edge.to_id)
        .run(tx)
        .await?;
    Ok(())
}
