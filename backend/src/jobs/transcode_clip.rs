//! A whole upload becomes a playable clip or is refused with a reason.

use super::{
    Task, enqueue_upload_removal, result,
    worker::{Claim, JobError},
};
use crate::{
    app::App,
    media::Stage,
    store::{
        StoreError, Tx,
        job::{self, ClaimRow},
        rendition, upload,
    },
};
use minnow_shared::{ClipId, UploadId, draft::RefusalReason};
use std::path::Path;

/// Checks, encodes and keeps what was uploaded.
pub async fn transcode_clip(
    claim: &Claim,
    clip: &ClipId,
    upload: &UploadId,
    choose_cover: bool,
) -> Result<(), JobError> {
    let app = &claim.app;
    let (Some(media), Some(_)) =
        (rendition::find_clip_media(&app.db, clip).await?, upload::find_upload(&app.db, upload).await?)
    else {
        return drop_job(claim).await;
    };
    let folder = claim.node.work_folder()?;
    let source = folder.path().join("source");
    fetch(app, upload, &source).await?;
    let made = folder.path().join("made");
    tokio::fs::create_dir(&made).await?;
    let cover_ms = (!choose_cover).then(|| u32::try_from(media.cover_ms).unwrap_or_default());
    let on_stage = |stage| {
        claim.stage.send_replace(Some(stage));
    };
    let film = app.media.studio.prepare(&source, &made, cover_ms, on_stage).await?;
    let kept = result::keep(&app.media, clip, &film).await?;
    let now_ms = app.now_ms();
    let mut tx = app.db.begin().await?;
    if !job::delete_job(&mut tx, &claim.row).await? {
        return Err(JobError::Lost);
    }
    result::give(&mut tx, clip, &kept, now_ms).await?;
    enqueue_upload_removal(&mut tx, std::slice::from_ref(upload), now_ms).await?;
    upload::update_upload_done(&mut tx, upload).await?;
    tx.commit().await?;
    if let Err(error) = result::make_sure(claim, &kept).await {
        tracing::error!(clip = %clip, %error, "an object may be missing");
    }
    Ok(())
}

/// Puts the parts together in a local file.
async fn fetch(app: &App, upload: &UploadId, to: &Path) -> Result<(), JobError> {
    use tokio::io::AsyncWriteExt;
    let mut file = tokio::fs::File::create(to).await?;
    for part in upload::list_upload_parts(&app.db, upload).await? {
        let size = app.media.store.append_to(&part.object_key, &mut file).await?;
        if i64::try_from(size).ok() != Some(part.size_bytes) {
            return Err(JobError::Fault(format!("a part of upload {upload} has another size")));
        }
    }
    file.flush().await?;
    Ok(())
}

/// The clip or the upload is gone: nothing is left to do.
async fn drop_job(claim: &Claim) -> Result<(), JobError> {
    let mut tx = claim.app.db.begin().await?;
    job::delete_job(&mut tx, &claim.row).await?;
    tx.commit().await?;
    Ok(())
}

/// Ends the job with a reason on the clip, in the caller's transaction.
pub async fn refuse(
    tx: &mut Tx,
    row: &ClaimRow,
    (clip, upload): (&ClipId, &UploadId),
    reason: RefusalReason,
    now_ms: i64,
) -> Result<(), StoreError> {
    if !job::delete_job(tx, row).await? {
        return Ok(());
    }
    rendition::update_media_refused(tx, clip, &word(reason), now_ms).await?;
    enqueue_upload_removal(tx, std::slice::from_ref(upload), now_ms).await?;
    upload::update_upload_done(tx, upload).await?;
    Ok(())
}

/// The reason as the wire writes it.
pub fn word(reason: RefusalReason) -> String {
    match serde_json::to_value(reason) {
        Ok(serde_json::Value::String(word)) => word,
        _ => "server_fault".into(),
    }
}

/// Writes how far the job is to its clip, if the claim is still ours.
pub async fn tell_progress(
    app: &App,
    row: &ClaimRow,
    task: &Task,
    stage: Option<Stage>,
) -> Result<bool, StoreError> {
    let (Some(stage), Task::TranscodeClip { clip_id, .. }) = (stage, task) else { return Ok(true) };
    let mut tx = app.db.begin().await?;
    let now_ms = app.now_ms();
    if !job::update_job_lease(&mut tx, row, now_ms + super::worker::LEASE_MS).await? {
        return Ok(false);
    }
    let (state, percent) = match stage {
        Stage::Checking => ("checking", 0),
        Stage::Transcoding { percent } => ("transcoding", i64::from(percent)),
    };
    rendition::update_media_state(&mut tx, clip_id, state, percent, now_ms).await?;
    tx.commit().await?;
    Ok(true)
}
