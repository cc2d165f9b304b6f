//! Posters again, from the largest rendition, after the cover was changed.

use super::{
    enqueue_media_removal, result,
    worker::{Claim, JobError},
};
use crate::store::{draft, job, rendition};
use minnow_shared::ClipId;

/// Makes the posters of the cover as it stands now.
pub async fn remake_cover(claim: &Claim, clip: &ClipId) -> Result<(), JobError> {
    let app = &claim.app;
    let media = rendition::find_clip_media(&app.db, clip).await?.filter(|m| m.media_state == "playable");
    let largest = rendition::list_renditions(&app.db, &[clip.to_string()]).await?.pop();
    let mut files = Vec::new();
    let mut poster = None;
    let folder = claim.node.work_folder()?;
    if let (Some(media), Some(largest)) = (&media, largest) {
        let film = folder.path().join("film.mp4");
        let mut file = tokio::fs::File::create(&film).await?;
        app.media.store.append_to(&largest.key, &mut file).await?;
        tokio::io::AsyncWriteExt::flush(&mut file).await?;
        let number = |n: i64| u32::try_from(n).unwrap_or_default();
        let sides =
            (number(largest.width), number(largest.height), number(media.duration_ms.unwrap_or_default()));
        let cover_ms = number(media.cover_ms);
        let posters = app.media.studio.remake_posters(&film, sides, cover_ms, folder.path()).await?;
        poster = Some(result::keep_posters(&app.media, &posters, cover_ms, &mut files).await?);
    }
    let now_ms = app.now_ms();
    let mut tx = app.db.begin().await?;
    if !job::delete_job(&mut tx, &claim.row).await? {
        return Err(JobError::Lost);
    }
    if let (Some(poster), Some(media)) = (poster, media) {
        // A later change of the cover has its own job.
        rendition::update_poster(&mut tx, clip, &poster, now_ms).await?;
        draft::touch_if_published(&mut tx, clip).await?;
        let mut old: Vec<String> = [media.poster_key, media.poster_small_key].into_iter().flatten().collect();
        old.retain(|key| *key != poster.poster_key && *key != poster.poster_small_key);
        enqueue_media_removal(&mut tx, &old, now_ms).await?;
    }
    tx.commit().await?;
    Ok(())
}
