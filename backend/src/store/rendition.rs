//! Renditions, and how a clip's media stands: what the jobs write.

use super::{On, StoreError, Tx, places, sql, sql_built};
use minnow_shared::ClipId;

/// One encoding of a clip.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct RenditionRow {
    pub clip_id: String,
    pub short_side: i64,
    pub width: i64,
    pub height: i64,
    #[sqlx(rename = "object_key")]
    pub key: String,
    pub size_bytes: i64,
    pub moov_end_bytes: i64,
    pub two_seconds_bytes: i64,
}

/// A clip's media as a job finds it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ClipMediaRow {
    pub id: String,
    pub author_id: String,
    pub published: bool,
    pub media_state: String,
    pub refusal: Option<String>,
    pub cover_ms: i64,
    pub duration_ms: Option<i64>,
    pub poster_key: Option<String>,
    pub poster_small_key: Option<String>,
}

/// What a clip shows while it does not play.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PosterRow {
    pub poster_key: String,
    pub poster_small_key: String,
    /// Standard base64.
    pub thumbhash: String,
    pub cover_ms: i64,
}

/// The media of a clip that became playable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlayableRow {
    pub duration_ms: i64,
    pub width: i64,
    pub height: i64,
    pub poster: PosterRow,
    pub renditions: Vec<RenditionRow>,
}

/// The renditions of these clips, by clip, smallest first.
pub async fn list_renditions(
    on: impl Into<On<'_>>,
    clips: &[String],
) -> Result<Vec<RenditionRow>, StoreError> {
    let text = format!(
        "SELECT clip_id, short_side, width, height, object_key, size_bytes, moov_end_bytes, two_seconds_bytes \
         FROM renditions WHERE clip_id IN ({}) ORDER BY clip_id, short_side",
        places(1, clips.len())
    );
    sql_built(text).bind_all(clips).all(on).await
}

pub async fn find_clip_media(
    on: impl Into<On<'_>>,
    clip: &ClipId,
) -> Result<Option<ClipMediaRow>, StoreError> {
    sql("SELECT id, author_id, published, media_state, refusal, cover_ms, duration_ms, poster_key, poster_small_key \
         FROM clips WHERE id = $1")
    .bind(clip)
    .optional(on)
    .await
}

/// `state`: missing, uploading, checking or transcoding. A clip that is already playable under an older upload is shown
/// with its new state all the same: its maker asked for it.
pub async fn update_media_state(
    tx: &mut Tx,
    clip: &ClipId,
    state: &str,
    percent: i64,
    now_ms: i64,
) -> Result<(), StoreError> {
    sql("UPDATE clips SET media_state = $1, media_percent = $2, refusal = NULL, updated_at_ms = $3 WHERE id = $4")
        .bind(state)
        .bind(percent)
        .bind(now_ms)
        .bind(clip)
        .run(tx)
        .await?;
    Ok(())
}

/// `reason`: a `RefusalReason` as the wire writes it.
pub async fn update_media_refused(
    tx: &mut Tx,
    clip: &ClipId,
    reason: &str,
    now_ms: i64,
) -> Result<(), StoreError> {
    sql("UPDATE clips SET media_state = 'refused', media_percent = 0, refusal = $1, updated_at_ms = $2 WHERE id = $3")
        .bind(reason)
        .bind(now_ms)
        .bind(clip)
        .run(tx)
        .await?;
    Ok(())
}

/// Gives a clip its renditions and posters in place of older ones. False when the clip is gone.
pub async fn update_media_playable(
    tx: &mut Tx,
    clip: &ClipId,
    row: &PlayableRow,
    now_ms: i64,
) -> Result<bool, StoreError> {
    let changed = sql(
        "UPDATE clips SET media_state = 'playable', media_percent = 100, refusal = NULL, duration_ms = $1, \
         width = $2, height = $3, updated_at_ms = $4 WHERE id = $5",
    )
    .bind(row.duration_ms)
    .bind(row.width)
    .bind(row.height)
    .bind(now_ms)
    .bind(clip)
    .run(tx)
    .await?;
    if changed == 0 {
        return Ok(false);
    }
    update_poster(tx, clip, &row.poster, now_ms).await?;
    sql("DELETE FROM renditions WHERE clip_id = $1").bind(clip).run(tx).await?;
    for rendition in &row.renditions {
        sql("INSERT INTO renditions (clip_id, short_side, width, height, object_key, size_bytes, moov_end_bytes, \
             two_seconds_bytes) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)")
        .bind(clip)
        .bind(rendition.short_side)
        .bind(rendition.width)
        .bind(rendition.height)
        .bind(&rendition.key)
        .bind(rendition.size_bytes)
        .bind(rendition.moov_end_bytes)
        .bind(rendition.two_seconds_bytes)
        .run(tx)
        .await?;
    }
    Ok(true)
}

pub async fn update_poster(
    tx: &mut Tx,
    clip: &ClipId,
    row: &PosterRow,
    now_ms: i64,
) -> Result<(), StoreError> {
    sql("UPDATE clips SET poster_key = $1, poster_small_key = $2, thumbhash = $3, cover_ms = $4, updated_at_ms = $5 \
         WHERE id = $6")
    .bind(&row.poster_key)
    .bind(&row.poster_small_key)
    .bind(&row.thumbhash)
    .bind(row.cover_ms)
    .bind(now_ms)
    .bind(clip)
    .run(tx)
    .await?;
    Ok(())
}

/// Every object a clip's media is made of.
pub async fn list_media_keys(on: impl Into<On<'_>>, clip: &ClipId) -> Result<Vec<String>, StoreError> {
    let rows: Vec<(String,)> = sql("SELECT object_key FROM renditions WHERE clip_id = $1 \
         UNION SELECT poster_key FROM clips WHERE id = $1 AND poster_key IS NOT NULL \
         UNION SELECT poster_small_key FROM clips WHERE id = $1 AND poster_small_key IS NOT NULL ORDER BY 1")
    .bind(clip)
    .all(on)
    .await?;
    Ok(rows.into_iter().map(|(key,)| key).collect())
}

/// Whether any clip or question still shows this object: two with the same content share it.
pub async fn is_media_key_used(on: impl Into<On<'_>>, key: &str) -> Result<bool, StoreError> {
    let rows: Vec<(String,)> = sql("SELECT clip_id FROM renditions WHERE object_key = $1 \
         UNION SELECT id FROM clips WHERE poster_key = $1 UNION SELECT id FROM clips WHERE poster_small_key = $1 \
         UNION SELECT question_id FROM question_pictures WHERE media_key = $1 ORDER BY 1 LIMIT 1")
    .bind(key)
    .all(on)
    .await?;
    Ok(!rows.is_empty())
}
