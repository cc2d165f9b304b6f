//! Background work: the queue's worker here, one file a kind of job beside it. Never http. A job is claimed under a lease,
//! does its work with no transaction open, and writes what it did in one transaction, only under the fence of its claim.

mod delete_media;
mod expire_uploads;
mod fit_interests;
mod fit_memory;
pub mod import_clips;
mod node;
mod remake_cover;
mod render_lesson;
mod result;
mod transcode_clip;
mod worker;

pub use expire_uploads::{drop_upload, expire_uploads};
pub use node::Node;
pub use worker::{Worker, run};

use crate::store::{
    StoreError, Tx,
    job::{self, NewJobRow},
};
use minnow_shared::{ClipId, JobId, PersonId, UploadId};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The name in the queue of [`Task::FitInterests`].
pub const FIT_INTERESTS: &str = "fit_interests";

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Task {
    /// Check a whole upload, encode it, make posters.
    TranscodeClip {
        clip_id: ClipId,
        upload_id: UploadId,
        /// Choose the cover, where its maker has not.
        #[serde(default)]
        choose_cover: bool,
    },
    /// Make the posters again after the cover was changed.
    RemakeCover { clip_id: ClipId },
    /// Delete objects that no clip shows any more, and parts of uploads.
    DeleteMedia {
        keys: Vec<String>,
        #[serde(default)]
        uploads: Vec<UploadId>,
    },
    /// Render a lesson of the demo library and publish it.
    RenderLesson { slug: String },
    /// Fit the memory model to a learner's reviews.
    FitMemory { person_id: PersonId },
    /// Fit a model of interests to the log.
    FitInterests,
}

impl Task {
    /// The name in the queue, and in the log.
    pub fn kind(&self) -> &'static str {
        match self {
            Task::TranscodeClip { .. } => "transcode_clip",
            Task::RemakeCover { .. } => "remake_cover",
            Task::DeleteMedia { .. } => "delete_media",
            Task::RenderLesson { .. } => "render_lesson",
            Task::FitMemory { .. } => "fit_memory",
            Task::FitInterests => FIT_INTERESTS,
        }
    }

    /// People's uploads go before the demo library, cleaning up comes last.
    fn priority(&self) -> i64 {
        match self {
            Task::RemakeCover { .. } => 0,
            Task::TranscodeClip { .. } => 1,
            Task::RenderLesson { .. } => 5,
            Task::FitMemory { .. } | Task::FitInterests => 8,
            Task::DeleteMedia { .. } => 9,
        }
    }
}

/// Queues a task in the caller's transaction: it runs if and only if the transaction commits. The same task queued twice
/// in one millisecond is queued once.
///
/// # Errors
/// Whatever the database answers.
pub async fn enqueue(tx: &mut Tx, task: &Task, now_ms: i64) -> Result<(), StoreError> {
    insert(tx, task, now_ms).await.map(|_| ())
}

/// Queues a task that exists at most once however often it is asked for, until it is done. True: it is new.
///
/// # Errors
/// Whatever the database answers.
pub async fn enqueue_once(tx: &mut Tx, task: &Task, now_ms: i64) -> Result<bool, StoreError> {
    let payload = payload(task)?;
    let id = JobId::new(0, digest(&payload));
    let row = NewJobRow {
        id: &id,
        kind: task.kind(),
        payload: &payload,
        priority: task.priority(),
        run_at_ms: now_ms,
    };
    job::insert_job(tx, &row, now_ms).await
}

async fn insert(tx: &mut Tx, task: &Task, now_ms: i64) -> Result<bool, StoreError> {
    insert_at(tx, task, now_ms, now_ms).await
}

async fn insert_at(tx: &mut Tx, task: &Task, now_ms: i64, run_at_ms: i64) -> Result<bool, StoreError> {
    let payload = payload(task)?;
    let id = JobId::new(now_ms, digest(&payload));
    let row =
        NewJobRow { id: &id, kind: task.kind(), payload: &payload, priority: task.priority(), run_at_ms };
    job::insert_job(tx, &row, now_ms).await
}

fn payload(task: &Task) -> Result<String, StoreError> {
    serde_json::to_string(task).map_err(|error| StoreError::Unreadable("a job", error.to_string()))
}

/// 80 bits that tell tasks apart: the id needs no chance of its own.
fn digest(payload: &str) -> [u8; 10] {
    let hash = Sha256::digest(payload.as_bytes());
    let mut bits = [0; 10];
    bits.iter_mut().zip(hash.iter()).for_each(|(to, from)| *to = *from);
    bits
}

/// Removes objects of the media store soon after the caller's transaction commits, those that no other clip shows.
///
/// # Errors
/// Whatever the database answers.
pub async fn enqueue_media_removal(tx: &mut Tx, keys: &[String], now_ms: i64) -> Result<(), StoreError> {
    if keys.is_empty() {
        return Ok(());
    }
    enqueue(tx, &Task::DeleteMedia { keys: keys.to_vec(), uploads: Vec::new() }, now_ms).await
}

/// Removes objects of the media store at a later time, those that nothing shows by then.
///
/// # Errors
/// Whatever the database answers.
pub async fn enqueue_media_removal_at(
    tx: &mut Tx,
    keys: &[String],
    now_ms: i64,
    run_at_ms: i64,
) -> Result<(), StoreError> {
    let task = Task::DeleteMedia { keys: keys.to_vec(), uploads: Vec::new() };
    insert_at(tx, &task, now_ms, run_at_ms).await.map(|_| ())
}

/// Removes what uploads left in the media store soon after the caller's transaction commits. To be called before the
/// uploads' rows are deleted or their clip is.
///
/// # Errors
/// Whatever the database answers.
pub async fn enqueue_upload_removal(
    tx: &mut Tx,
    uploads: &[UploadId],
    now_ms: i64,
) -> Result<(), StoreError> {
    if uploads.is_empty() {
        return Ok(());
    }
    enqueue(tx, &Task::DeleteMedia { keys: Vec::new(), uploads: uploads.to_vec() }, now_ms).await
}

/// Makes a playable clip's posters again soon after the caller's transaction, which changed `cover_ms`, commits.
///
/// # Errors
/// Whatever the database answers.
pub async fn enqueue_cover(tx: &mut Tx, clip: &ClipId, now_ms: i64) -> Result<(), StoreError> {
    enqueue(tx, &Task::RemakeCover { clip_id: clip.clone() }, now_ms).await
}
