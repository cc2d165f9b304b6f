//! What changed among the clips that all may see: one row a clip under a rising version, so that every node learns of
//! every change by one cheap question.

use super::{Db, On, StoreError, Tx, places, sql, sql_built};
use minnow_shared::ClipId;

/// A clip that changed.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct ChangeRow {
    pub clip_id: String,
    pub version: i64,
}

/// What the feed needs to know of a published clip to place it.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct PlaceRow {
    pub clip_id: String,
    pub published_at_ms: i64,
    pub version: i64,
}

/// Tells every node to read this clip again: published, changed, taken back or gone. Call it in the transaction that
/// changes the clip; the row lock keeps versions in the order of their commits.
pub async fn touch(tx: &mut Tx, clip: &ClipId) -> Result<(), StoreError> {
    let (version,): (i64,) = sql("UPDATE catalogue SET version = version + 1 WHERE id = 1 RETURNING version")
        .one(&mut *tx)
        .await?;
    sql("INSERT INTO catalogue_changes (clip_id, version) VALUES ($1, $2)
         ON CONFLICT (clip_id) DO UPDATE SET version = excluded.version")
    .bind(clip)
    .bind(version)
    .run(tx)
    .await?;
    Ok(())
}

/// Tells every node to read the topics again.
pub async fn touch_topics(tx: &mut Tx) -> Result<(), StoreError> {
    sql("UPDATE catalogue SET version = version + 1 WHERE id = 1").run(tx).await?;
    Ok(())
}

/// The version everything is at now.
pub async fn get_version(db: &Db) -> Result<i64, StoreError> {
    let (version,): (i64,) = sql("SELECT version FROM catalogue WHERE id = 1").one(db).await?;
    Ok(version)
}

/// Clips that changed after a version, in the order of their changes.
pub async fn list_changes(db: &Db, after: i64, limit: i64) -> Result<Vec<ChangeRow>, StoreError> {
    sql("SELECT clip_id, version FROM catalogue_changes WHERE version > $1 ORDER BY version LIMIT $2")
        .bind(after)
        .bind(limit)
        .all(db)
        .await
}

const PLACE: &str = "SELECT c.id AS clip_id, c.published_at_ms, COALESCE(h.version, 0) AS version
    FROM clips c LEFT JOIN catalogue_changes h ON h.clip_id = c.id
    WHERE c.published <> FALSE AND c.published_at_ms IS NOT NULL";

/// The places of all published clips. They come as one text for each month: ten thousand rows take longer to be handed
/// over than to be found.
pub async fn list_places(db: &Db) -> Result<Vec<PlaceRow>, StoreError> {
    let months: Vec<(String,)> =
        sql("SELECT string_agg(c.id || ' ' || c.published_at_ms || ' ' || COALESCE(h.version, 0), ',')
             FROM clips c LEFT JOIN catalogue_changes h ON h.clip_id = c.id
             WHERE c.published <> FALSE AND c.published_at_ms IS NOT NULL
             GROUP BY c.published_at_ms / 2629800000")
        .all(db)
        .await?;
    let place = |text: &str| {
        let mut words = text.split(' ');
        Some(PlaceRow {
            clip_id: words.next()?.to_owned(),
            published_at_ms: words.next()?.parse().ok()?,
            version: words.next()?.parse().ok()?,
        })
    };
    let unreadable = |text: &str| StoreError::Unreadable("clips.published_at_ms", text.to_owned());
    let texts = months.iter().flat_map(|(month,)| month.split(','));
    texts.map(|text| place(text).ok_or_else(|| unreadable(text))).collect()
}

/// The places of those of these clips that are published.
pub async fn list_places_of(db: &Db, clips: &[String]) -> Result<Vec<PlaceRow>, StoreError> {
    sql_built(format!("{PLACE} AND c.id IN ({})", places(1, clips.len()))).bind_all(clips).all(db).await
}

/// Clip and topic for all topics of all published clips, each clip's in its order. One text for each topic on the way.
pub async fn list_published_topics(db: &Db) -> Result<Vec<(String, String)>, StoreError> {
    let topics: Vec<(String, String)> =
        sql("SELECT t.topic_id, string_agg(t.position || ' ' || t.clip_id, ',')
             FROM clip_topics t JOIN clips c ON c.id = t.clip_id WHERE c.published = TRUE GROUP BY t.topic_id")
        .all(db)
        .await?;
    let mut all = Vec::new();
    for (topic, clips) in &topics {
        for clip in clips.split(',') {
            let read =
                clip.split_once(' ').and_then(|(position, id)| Some((position.parse::<i64>().ok()?, id)));
            let unreadable = || StoreError::Unreadable("clip_topics.position", clip.to_owned());
            all.push(read.map(|(position, id)| (id, position, topic)).ok_or_else(unreadable)?);
        }
    }
    all.sort_unstable();
    Ok(all.into_iter().map(|(clip, _, topic)| (clip.to_owned(), topic.clone())).collect())
}

/// Whether a clip is published, for callers inside a transaction.
pub async fn is_published(on: impl Into<On<'_>>, clip: &ClipId) -> Result<bool, StoreError> {
    let row: Option<(bool,)> =
        sql("SELECT published FROM clips WHERE id = $1").bind(clip).optional(on).await?;
    Ok(row.is_some_and(|row| row.0))
}
