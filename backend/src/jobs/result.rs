//! Keeping what was made of a film, and giving it to its clip: shared by uploads and lessons.

use super::{
    enqueue_media_removal,
    worker::{Claim, JobError},
};
use crate::{
    media::{Media, Posters, Prepared, StoredFile},
    store::{
        StoreError, Tx, draft,
        rendition::{self, PlayableRow, PosterRow, RenditionRow},
    },
};
use base64::{Engine, engine::general_purpose::STANDARD};
use minnow_shared::ClipId;
use std::path::Path;

/// A clip's media, in the media store but not yet in the database.
pub struct Kept {
    pub row: PlayableRow,
    /// Keys with the local files they were kept from.
    files: Vec<(StoredFile, std::path::PathBuf, &'static str)>,
}

/// Brings every file to the media store.
///
/// # Errors
/// When the store does not take one; those taken stay and are found again by their content.
pub async fn keep(media: &Media, clip: &ClipId, film: &Prepared) -> Result<Kept, JobError> {
    let mut files = Vec::new();
    let mut renditions = Vec::new();
    for made in &film.renditions {
        let stored = media.store.keep(&made.path, "mp4").await?;
        renditions.push(RenditionRow {
            clip_id: clip.to_string(),
            short_side: i64::from(made.short_side),
            width: i64::from(made.width),
            height: i64::from(made.height),
            key: stored.key.clone(),
            size_bytes: signed(stored.size_bytes),
            moov_end_bytes: signed(made.moov_end_bytes),
            two_seconds_bytes: signed(made.two_seconds_bytes),
        });
        files.push((stored, made.path.clone(), "mp4"));
    }
    let poster = keep_posters(media, &film.posters, film.cover_ms, &mut files).await?;
    let row = PlayableRow {
        duration_ms: i64::from(film.duration_ms),
        width: i64::from(film.width),
        height: i64::from(film.height),
        poster,
        renditions,
    };
    Ok(Kept { row, files })
}

/// Brings two posters to the media store.
///
/// # Errors
/// When the store does not take one.
pub async fn keep_posters(
    media: &Media,
    posters: &Posters,
    cover_ms: u32,
    files: &mut Vec<(StoredFile, std::path::PathBuf, &'static str)>,
) -> Result<PosterRow, JobError> {
    let mut keep = async |path: &Path| -> Result<String, JobError> {
        let stored = media.store.keep(path, "jpg").await?;
        let key = stored.key.clone();
        files.push((stored, path.to_owned(), "jpg"));
        Ok(key)
    };
    Ok(PosterRow {
        poster_key: keep(&posters.large).await?,
        poster_small_key: keep(&posters.small).await?,
        thumbhash: STANDARD.encode(&posters.thumbhash),
        cover_ms: i64::from(cover_ms),
    })
}

/// Gives the clip its media in the caller's transaction and removes what it had before. False: the clip is gone; then
/// what was made is removed.
///
/// # Errors
/// Whatever the database answers.
pub async fn give(tx: &mut Tx, clip: &ClipId, kept: &Kept, now_ms: i64) -> Result<bool, StoreError> {
    let new: Vec<String> = kept.files.iter().map(|(stored, _, _)| stored.key.clone()).collect();
    let mut old = rendition::list_media_keys(&mut *tx, clip).await?;
    old.retain(|key| !new.contains(key));
    let there = rendition::update_media_playable(tx, clip, &kept.row, now_ms).await?;
    enqueue_media_removal(tx, if there { &old } else { &new }, now_ms).await?;
    if there {
        draft::touch_if_published(tx, clip).await?;
    }
    Ok(there)
}

/// After the commit: a clip with the same content may have been deleted in between, and its objects with it. What is
/// missing is kept again; from now on the database says that it is used.
///
/// # Errors
/// When the store does not take it.
pub async fn make_sure(claim: &Claim, kept: &Kept) -> Result<(), JobError> {
    for (stored, path, extension) in &kept.files {
        if claim.app.media.store.size(&stored.key).await? != Some(stored.size_bytes) {
            claim.app.media.store.keep(path, extension).await?;
        }
    }
    Ok(())
}

fn signed(bytes: u64) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}
