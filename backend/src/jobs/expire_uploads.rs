//! Uploads that were begun and left: dropped after their time.

use super::enqueue_upload_removal;
use crate::{
    app::App,
    store::{StoreError, rendition, upload},
};
use minnow_shared::{ClipId, UploadId};

/// Drops every upload that is past its time; its clip has no media then. Returns how many.
///
/// # Errors
/// Whatever the database answers; what was dropped before stays dropped.
pub async fn expire_uploads(app: &App) -> Result<usize, StoreError> {
    let mut dropped = 0;
    loop {
        let expired = upload::list_expired_uploads(&app.db, app.now_ms(), 100).await?;
        if expired.is_empty() {
            return Ok(dropped);
        }
        for row in expired {
            let (Ok(id), Ok(clip)) = (UploadId::parse(&row.id), ClipId::parse(&row.clip_id)) else {
                continue;
            };
            drop_upload(app, &id, &clip).await?;
            dropped += 1;
        }
    }
}

/// Takes an upload away, with its parts; the clip goes back to having no media, or to what it had before.
///
/// # Errors
/// Whatever the database answers; nothing is changed then.
pub async fn drop_upload(app: &App, id: &UploadId, clip: &ClipId) -> Result<(), StoreError> {
    let now_ms = app.now_ms();
    let mut tx = app.db.begin().await?;
    let open = upload::find_upload(&mut tx, id).await?.is_some_and(|row| row.state == "open");
    enqueue_upload_removal(&mut tx, std::slice::from_ref(id), now_ms).await?;
    upload::delete_upload(&mut tx, id).await?;
    let media = rendition::find_clip_media(&mut tx, clip).await?;
    let other = upload::find_open_upload(&mut tx, clip).await?.is_some();
    if open && !other && media.is_some_and(|m| m.media_state == "uploading") {
        let had = rendition::list_renditions(&mut tx, &[clip.to_string()]).await?;
        let state = if had.is_empty() { "missing" } else { "playable" };
        rendition::update_media_state(&mut tx, clip, state, 0, now_ms).await?;
    }
    tx.commit().await
}
