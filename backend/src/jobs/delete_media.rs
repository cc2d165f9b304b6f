//! Objects that no clip shows any more, and parts of uploads that are over.

use super::worker::{Claim, JobError};
use crate::store::{job, rendition};
use minnow_shared::UploadId;

/// Where the parts of an upload lie.
pub fn staging(upload: &UploadId) -> String {
    format!("staging/{upload}")
}

/// Deletes what is not used. Deleting twice is fine, so the job may be run again.
pub async fn delete_media(claim: &Claim, keys: &[String], uploads: &[UploadId]) -> Result<(), JobError> {
    let app = &claim.app;
    for key in keys {
        if !rendition::is_media_key_used(&app.db, key).await? {
            app.media.store.delete(key).await?;
            app.media.open_files.forget(key);
        }
    }
    for upload in uploads {
        app.media.store.delete_all(&staging(upload)).await?;
    }
    let mut tx = app.db.begin().await?;
    job::delete_job(&mut tx, &claim.row).await?;
    tx.commit().await?;
    Ok(())
}
