//! Clips as their makers change them. What all see is in `clip`.

use super::{Db, StoreError, Tx, catalogue, sql, sql_built};
use minnow_shared::{ClipId, PersonId, TopicId};

/// Parts of a clip to change; `None` stays.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ClipChange {
    pub title: Option<String>,
    pub language: Option<String>,
    pub licence: Option<String>,
    /// `Some(None)` takes it away.
    pub source_url: Option<Option<String>>,
    pub alt: Option<String>,
    /// JSON.
    pub captions: Option<String>,
    /// JSON.
    pub twin: Option<String>,
    pub cover_ms: Option<i64>,
}

/// Begins a clip; an id that is there changes nothing.
pub async fn insert_clip(
    tx: &mut Tx,
    id: &ClipId,
    author: &PersonId,
    language: &str,
    now_ms: i64,
) -> Result<(), StoreError> {
    sql("INSERT INTO clips (id, author_id, language, created_at_ms, updated_at_ms) VALUES ($1, $2, $3, $4, $4)
         ON CONFLICT (id) DO NOTHING")
    .bind(id)
    .bind(author)
    .bind(language)
    .bind(now_ms)
    .run(tx)
    .await?;
    Ok(())
}

/// Changes parts of a clip; every node sees a published one anew.
pub async fn update_clip(
    tx: &mut Tx,
    id: &ClipId,
    change: &ClipChange,
    now_ms: i64,
) -> Result<(), StoreError> {
    let new_url = change.source_url.clone().flatten();
    sql("UPDATE clips SET title = COALESCE($2, title), language = COALESCE($3, language),
            licence = COALESCE($4, licence), source_url = CASE WHEN $5 = TRUE THEN $6 ELSE source_url END,
            alt = COALESCE($7, alt), captions = COALESCE($8, captions), twin = COALESCE($9, twin),
            cover_ms = COALESCE($10, cover_ms), updated_at_ms = $11
         WHERE id = $1")
    .bind(id)
    .bind(change.title.clone())
    .bind(change.language.clone())
    .bind(change.licence.clone())
    .bind(change.source_url.is_some())
    .bind(new_url)
    .bind(change.alt.clone())
    .bind(change.captions.clone())
    .bind(change.twin.clone())
    .bind(change.cover_ms)
    .bind(now_ms)
    .run(tx)
    .await?;
    touch_if_published(tx, id).await
}

/// Sets the clip's topics in their order. Says whether every topic is there; if not, nothing should be committed.
pub async fn set_topics(tx: &mut Tx, id: &ClipId, topics: &[TopicId]) -> Result<bool, StoreError> {
    sql("DELETE FROM clip_topics WHERE clip_id = $1").bind(id).run(tx).await?;
    for (position, topic) in (0_i64..).zip(topics) {
        let there = sql("INSERT INTO clip_topics (clip_id, topic_id, position)
             SELECT $1, $2, $3 WHERE EXISTS (SELECT 1 FROM topics WHERE id = $2)
             ON CONFLICT (clip_id, topic_id) DO UPDATE SET position = clip_topics.position")
        .bind(id)
        .bind(topic)
        .bind(position)
        .run(tx)
        .await?;
        if there != 1 {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Publishes a clip, or takes it back. A clip published again keeps its first time.
pub async fn set_published(tx: &mut Tx, id: &ClipId, published: bool, now_ms: i64) -> Result<(), StoreError> {
    sql("UPDATE clips SET published = $2, updated_at_ms = $3,
            published_at_ms = CASE WHEN $2 = TRUE THEN COALESCE(published_at_ms, $3) ELSE published_at_ms END
         WHERE id = $1")
    .bind(id)
    .bind(published)
    .bind(now_ms)
    .run(tx)
    .await?;
    catalogue::touch(tx, id).await
}

/// Deletes a clip with all that hangs on it; its media are another room's.
pub async fn delete_clip(tx: &mut Tx, id: &ClipId) -> Result<(), StoreError> {
    sql("DELETE FROM clips WHERE id = $1").bind(id).run(tx).await?;
    catalogue::touch(tx, id).await
}

/// After a change of a part that all see.
pub async fn touch_if_published(tx: &mut Tx, id: &ClipId) -> Result<(), StoreError> {
    if catalogue::is_published(&mut *tx, id).await? { catalogue::touch(tx, id).await } else { Ok(()) }
}

/// Ids and change times of a person's clips, last changed first, after a place.
pub async fn list_clips_by(
    db: &Db,
    author: &PersonId,
    after: Option<(i64, String)>,
    limit: i64,
) -> Result<Vec<(String, i64)>, StoreError> {
    let (at_ms, id) = after.unwrap_or((i64::MAX, String::new()));
    sql("SELECT id, updated_at_ms FROM clips
         WHERE author_id = $1 AND (updated_at_ms < $2 OR (updated_at_ms = $2 AND id < $3))
         ORDER BY updated_at_ms DESC, id DESC LIMIT $4")
    .bind(author)
    .bind(at_ms)
    .bind(id)
    .bind(limit)
    .all(db)
    .await
}

/// Ids of all of a person's clips, and whether all may see them.
pub async fn list_all_clips_by(db: &mut Tx, author: &PersonId) -> Result<Vec<(String, bool)>, StoreError> {
    sql_built("SELECT id, published FROM clips WHERE author_id = $1 ORDER BY id".into())
        .bind(author)
        .all(db)
        .await
}
