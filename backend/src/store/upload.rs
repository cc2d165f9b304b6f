//! Resumable uploads: how much has come, and where its parts lie.

use super::{On, StoreError, Tx, sql};
use minnow_shared::{ClipId, UploadId};

#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct UploadRow {
    pub id: String,
    pub clip_id: String,
    pub total_bytes: i64,
    pub received_bytes: i64,
    pub file_name: String,
    /// `Upload-Metadata` as the client sent it.
    pub metadata: String,
    /// open, whole, done
    pub state: String,
    pub expires_at_ms: i64,
}

/// An upload under way.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct OpenUploadRow {
    pub id: String,
    pub received_bytes: i64,
    pub total_bytes: i64,
}

/// One part, as it lies in the media store.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct UploadPartRow {
    pub offset_bytes: i64,
    pub size_bytes: i64,
    pub object_key: String,
}

pub async fn insert_upload(tx: &mut Tx, row: &UploadRow, now_ms: i64) -> Result<(), StoreError> {
    sql("INSERT INTO uploads (id, clip_id, total_bytes, received_bytes, file_name, metadata, state, created_at_ms, expires_at_ms) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)")
    .bind(&row.id)
    .bind(&row.clip_id)
    .bind(row.total_bytes)
    .bind(row.received_bytes)
    .bind(&row.file_name)
    .bind(&row.metadata)
    .bind(&row.state)
    .bind(now_ms)
    .bind(row.expires_at_ms)
    .run(tx)
    .await?;
    sql("UPDATE clips SET file_name = $1 WHERE id = $2")
        .bind(&row.file_name)
        .bind(&row.clip_id)
        .run(tx)
        .await?;
    Ok(())
}

pub async fn find_upload(on: impl Into<On<'_>>, id: &UploadId) -> Result<Option<UploadRow>, StoreError> {
    sql("SELECT id, clip_id, total_bytes, received_bytes, file_name, metadata, state, expires_at_ms FROM uploads WHERE id = $1")
        .bind(id)
        .optional(on)
        .await
}

/// The clip's upload under way, the newest if there are several.
pub async fn find_open_upload(
    on: impl Into<On<'_>>,
    clip: &ClipId,
) -> Result<Option<OpenUploadRow>, StoreError> {
    sql("SELECT id, received_bytes, total_bytes FROM uploads WHERE clip_id = $1 AND state = 'open' \
         ORDER BY id DESC LIMIT 1")
    .bind(clip)
    .optional(on)
    .await
}

/// All uploads of a clip, whatever their state.
pub async fn list_upload_ids(on: impl Into<On<'_>>, clip: &ClipId) -> Result<Vec<String>, StoreError> {
    let rows: Vec<(String,)> =
        sql("SELECT id FROM uploads WHERE clip_id = $1 ORDER BY id").bind(clip).all(on).await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Adds a part at the end, if the upload still stands where the part begins. False: another request was first.
pub async fn insert_upload_part(
    tx: &mut Tx,
    upload: &UploadId,
    part: &UploadPartRow,
    expires_at_ms: i64,
) -> Result<bool, StoreError> {
    let end = part.offset_bytes + part.size_bytes;
    let moved = sql("UPDATE uploads SET received_bytes = $1, expires_at_ms = $2 \
         WHERE id = $3 AND received_bytes = $4 AND state = 'open' AND total_bytes >= $1")
    .bind(end)
    .bind(expires_at_ms)
    .bind(upload)
    .bind(part.offset_bytes)
    .run(tx)
    .await?;
    if moved == 0 {
        return Ok(false);
    }
    sql("INSERT INTO upload_parts (upload_id, offset_bytes, size_bytes, object_key) VALUES ($1, $2, $3, $4)")
        .bind(upload)
        .bind(part.offset_bytes)
        .bind(part.size_bytes)
        .bind(&part.object_key)
        .run(tx)
        .await?;
    Ok(true)
}

/// Marks an upload whole, once. False: it was not open or not all there.
pub async fn update_upload_whole(tx: &mut Tx, id: &UploadId) -> Result<bool, StoreError> {
    let changed = sql("UPDATE uploads SET state = 'whole' WHERE id = $1 AND state = 'open' AND received_bytes = total_bytes")
        .bind(id)
        .run(tx)
        .await?;
    Ok(changed == 1)
}

/// The parts in the order of their bytes.
pub async fn list_upload_parts(
    on: impl Into<On<'_>>,
    id: &UploadId,
) -> Result<Vec<UploadPartRow>, StoreError> {
    sql("SELECT offset_bytes, size_bytes, object_key FROM upload_parts WHERE upload_id = $1 ORDER BY offset_bytes")
        .bind(id)
        .all(on)
        .await
}

/// Deletes an upload and its parts' rows. False: it was gone.
pub async fn delete_upload(tx: &mut Tx, id: &UploadId) -> Result<bool, StoreError> {
    Ok(sql("DELETE FROM uploads WHERE id = $1").bind(id).run(tx).await? == 1)
}

/// The upload is over: what is left of it is its size, so that a client who lost the last answer learns that all came.
pub async fn update_upload_done(tx: &mut Tx, id: &UploadId) -> Result<(), StoreError> {
    sql("DELETE FROM upload_parts WHERE upload_id = $1").bind(id).run(tx).await?;
    sql("UPDATE uploads SET state = 'done' WHERE id = $1").bind(id).run(tx).await?;
    Ok(())
}

/// Uploads past their time that nothing is waiting for, oldest first.
pub async fn list_expired_uploads(
    on: impl Into<On<'_>>,
    now_ms: i64,
    limit: i64,
) -> Result<Vec<UploadRow>, StoreError> {
    sql("SELECT id, clip_id, total_bytes, received_bytes, file_name, metadata, state, expires_at_ms FROM uploads \
         WHERE state <> 'whole' AND expires_at_ms <= $1 ORDER BY expires_at_ms, id LIMIT $2")
    .bind(now_ms)
    .bind(limit)
    .all(on)
    .await
}
