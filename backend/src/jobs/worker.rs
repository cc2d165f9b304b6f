//! Claims jobs, keeps their leases alive while they run, and decides what becomes of one that failed.

use super::{
    Node, Task, delete_media, expire_uploads, fit_interests, fit_memory, remake_cover, render_lesson,
    transcode_clip,
};
use crate::{
    app::App,
    media::{MediaError, Stage},
    store::{
        StoreError,
        job::{self, ClaimRow},
    },
};
use minnow_shared::draft::RefusalReason;
use std::{sync::Arc, time::Duration};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// A lease ends this long after its last heartbeat.
pub(super) const LEASE_MS: i64 = 15_000;
const HEARTBEAT: Duration = Duration::from_secs(5);
/// How often progress is written, where there is any.
const PROGRESS: Duration = Duration::from_millis(700);
const IDLE: Duration = Duration::from_millis(250);
const SWEEP: Duration = Duration::from_secs(300);
/// How often one job is tried.
pub const ATTEMPTS_MAX: i64 = 3;
const BACKOFF_MS: i64 = 2_000;
/// A job that lacks what the server needs for any job waits for it this long after it was queued, and is looked at again
/// after this pause. An operator who frees a disk or installs a tool does not lose what people uploaded meanwhile.
const AWAY_MS: i64 = 15 * 60_000;
const AWAY_PAUSE_MS: i64 = 3_000;

/// Why a job ended without being done.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// What it works on is at fault: not tried again.
    #[error("refused: {0:?}")]
    Refused(RefusalReason),
    /// Tried again, then given up.
    #[error("{0}")]
    Fault(String),
    /// What the server needs for any such job is not there just now: the attempt does not count.
    #[error("{0}")]
    Away(String),
    /// Another worker has it now: nothing may be written.
    #[error("another worker has it now")]
    Lost,
}

impl From<MediaError> for JobError {
    fn from(error: MediaError) -> Self {
        match error {
            MediaError::Refused(reason) => JobError::Refused(reason),
            MediaError::Fault(why) => JobError::Fault(why),
            MediaError::Away(why) => JobError::Away(why),
        }
    }
}

impl From<StoreError> for JobError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(_) | StoreError::Full(_) => JobError::Away(error.to_string()),
            other => JobError::Fault(other.to_string()),
        }
    }
}

impl From<std::io::Error> for JobError {
    fn from(error: std::io::Error) -> Self {
        MediaError::from(error).into()
    }
}

impl From<crate::media::StoreError> for JobError {
    fn from(error: crate::media::StoreError) -> Self {
        match error {
            crate::media::StoreError::NotFound => JobError::Fault(error.to_string()),
            crate::media::StoreError::Full | crate::media::StoreError::Unavailable(_) => {
                JobError::Away(error.to_string())
            }
        }
    }
}

/// What a job runs with.
pub struct Claim {
    pub app: App,
    pub node: Arc<Node>,
    pub row: ClaimRow,
    /// Progress, written to the clip by the heartbeat.
    pub stage: watch::Sender<Option<Stage>>,
}

/// One process' worker.
#[derive(Clone)]
pub struct Worker {
    app: App,
    node: Arc<Node>,
    patience_ms: i64,
}

/// Works off the queue until `stop`, then puts back what is in hand. Demo lessons are queued first.
pub async fn run(app: App, stop: CancellationToken) {
    let node = loop {
        match Node::start(&app).await {
            Ok(node) => break Arc::new(node),
            Err(error) => tracing::error!("background work cannot start: {error:#}"),
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(HEARTBEAT) => {}
        }
    };
    app.media.try_tools().await;
    if let Err(error) = crate::demo::enqueue(&app).await {
        tracing::error!("the demo library cannot be queued: {error:#}");
    }
    let worker = Worker::new(app.clone(), node);
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..app.config.tools.workers.max(1) {
        tasks.spawn(worker.clone().work(stop.clone()));
    }
    tasks.spawn(sweep(app, stop));
    while let Some(ended) = tasks.join_next().await {
        if let Err(error) = ended {
            tracing::error!(%error, "a worker ended early");
        }
    }
}

async fn sweep(app: App, stop: CancellationToken) {
    loop {
        // What an operator mended shows without a new start.
        if !app.media.tools_run() {
            app.media.try_tools().await;
        }
        if let Err(error) = expire_uploads::expire_uploads(&app).await {
            tracing::warn!(%error, "expired uploads stay for now");
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(SWEEP) => {}
        }
    }
}

impl Worker {
    pub fn new(app: App, node: Arc<Node>) -> Self {
        Self { app, node, patience_ms: AWAY_MS }
    }

    /// A worker somebody waits for: what the server lacks is soon told, not waited for.
    pub fn impatient(self) -> Self {
        Self { patience_ms: 0, ..self }
    }

    /// Runs jobs one after the other until `stop`.
    pub async fn work(self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            let claimed = match self.claim().await {
                Ok(claimed) => claimed,
                Err(error) => {
                    tracing::warn!(%error, "the queue cannot be read just now");
                    None
                }
            };
            match claimed {
                Some(row) => self.carry_out(row, &stop).await,
                None => {
                    tokio::select! {
                        () = stop.cancelled() => return,
                        () = tokio::time::sleep(IDLE) => {}
                    }
                }
            }
        }
    }

    /// Runs at most one due job. True: there was one.
    ///
    /// # Errors
    /// When the queue cannot be read.
    pub async fn work_once(&self) -> Result<bool, StoreError> {
        match self.claim().await? {
            Some(row) => {
                self.carry_out(row, &CancellationToken::new()).await;
                Ok(true)
            }
            None => Ok(false),
        }
    }

    async fn claim(&self) -> Result<Option<ClaimRow>, StoreError> {
        let now_ms = self.app.now_ms();
        if !job::is_job_due(&self.app.db, now_ms).await? {
            return Ok(None);
        }
        let mut tx = self.app.db.begin().await?;
        let row = job::claim_job(&mut tx, self.node.name(), now_ms, now_ms + LEASE_MS).await?;
        tx.commit().await?;
        Ok(row)
    }

    async fn carry_out(&self, row: ClaimRow, stop: &CancellationToken) {
        let task: Result<Task, _> = serde_json::from_str(&row.payload);
        let (stage, stages) = watch::channel(None);
        let claim = Claim { app: self.app.clone(), node: self.node.clone(), row: row.clone(), stage };
        tracing::debug!(job = row.id, kind = row.kind, attempt = row.attempts, "job begins");
        let outcome = match &task {
            Ok(task) if row.attempts <= ATTEMPTS_MAX => {
                tokio::select! {
                    outcome = dispatch(&claim, task) => outcome,
                    () = self.keep_lease(&row, task, stages) => Err(JobError::Lost),
                    () = stop.cancelled() => return self.put_back(&row).await,
                }
            }
            // It was claimed often and never ended: its server died with it.
            Ok(_) => Err(JobError::Fault("it ended its server too often".into())),
            Err(error) => Err(JobError::Fault(format!("unreadable payload: {error}"))),
        };
        match outcome {
            Ok(()) => tracing::debug!(job = row.id, kind = row.kind, "job done"),
            Err(JobError::Lost) => {
                tracing::warn!(job = row.id, kind = row.kind, "another worker has the job now")
            }
            Err(error) => self.settle(&row, task.ok().as_ref(), &error).await,
        }
    }

    /// Lengthens the lease and writes progress until the claim is lost. Never returns while it is ours.
    async fn keep_lease(&self, row: &ClaimRow, task: &Task, mut stages: watch::Receiver<Option<Stage>>) {
        let mut beat = tokio::time::interval(HEARTBEAT);
        let mut progress = tokio::time::interval(PROGRESS);
        progress.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut last_good = tokio::time::Instant::now();
        loop {
            let told = tokio::select! {
                _ = beat.tick() => Ok(true),
                _ = progress.tick() => {
                    let Ok(true) = stages.has_changed() else { continue };
                    let stage = *stages.borrow_and_update();
                    transcode_clip::tell_progress(&self.app, row, task, stage).await
                }
            };
            let kept = match told {
                Ok(true) => self.lengthen(row).await,
                other => other,
            };
            match kept {
                Ok(true) => last_good = tokio::time::Instant::now(),
                Ok(false) => return,
                Err(error) => {
                    tracing::warn!(job = row.id, %error, "heartbeat");
                    if last_good.elapsed().as_millis() > LEASE_MS as u128 {
                        return;
                    }
                }
            }
        }
    }

    async fn lengthen(&self, row: &ClaimRow) -> Result<bool, StoreError> {
        let mut tx = self.app.db.begin().await?;
        let kept = job::update_job_lease(&mut tx, row, self.app.now_ms() + LEASE_MS).await?;
        tx.commit().await?;
        Ok(kept)
    }

    /// On a clean stop: the next server begins again, and the attempt does not count.
    async fn put_back(&self, row: &ClaimRow) {
        let put = async {
            let mut tx = self.app.db.begin().await?;
            job::update_job_waiting(&mut tx, row, self.app.now_ms(), row.attempts - 1, None).await?;
            tx.commit().await
        };
        if let Err(error) = put.await {
            tracing::warn!(job = row.id, %error, "the job stays leased and is taken up when its lease ends");
        }
    }

    /// A job that failed waits for its next attempt, or is given up and says so on what it worked on. Tried until the
    /// database takes it or the lease is over: then the next claim settles it.
    async fn settle(&self, row: &ClaimRow, task: Option<&Task>, error: &JobError) {
        for _ in 0..3 {
            match self.try_settle(row, task, error).await {
                Ok(()) => return,
                Err(trouble) => {
                    tracing::warn!(job = row.id, %trouble, "what became of the job cannot be written yet")
                }
            }
            tokio::time::sleep(IDLE * 4).await;
        }
    }

    async fn try_settle(
        &self,
        row: &ClaimRow,
        task: Option<&Task>,
        error: &JobError,
    ) -> Result<(), StoreError> {
        let now_ms = self.app.now_ms();
        let why = error.to_string();
        let is_away = matches!(error, JobError::Away(_)) && now_ms - row.created_at_ms < self.patience_ms;
        let reason = match error {
            JobError::Refused(reason) => Some(*reason),
            _ if is_away => None,
            _ if row.attempts >= ATTEMPTS_MAX => Some(RefusalReason::ServerFault),
            _ => None,
        };
        let mut tx = self.app.db.begin().await?;
        match (reason, task) {
            (None, _) => {
                let (pause_ms, attempts) = if is_away {
                    (AWAY_PAUSE_MS, row.attempts - 1)
                } else {
                    (BACKOFF_MS * (1 << (2 * (row.attempts - 1)).clamp(0, 6)), row.attempts)
                };
                job::update_job_waiting(&mut tx, row, now_ms + pause_ms, attempts, Some(&why)).await?;
                tracing::warn!(
                    job = row.id,
                    kind = row.kind,
                    attempt = row.attempts,
                    why,
                    "job failed, will be tried again"
                );
            }
            (Some(reason), Some(Task::TranscodeClip { clip_id, upload_id, .. })) => {
                transcode_clip::refuse(&mut tx, row, (clip_id, upload_id), reason, now_ms).await?;
                tracing::info!(job = row.id, clip = %clip_id, ?reason, why, "media refused");
            }
            (Some(_), _) => {
                job::update_job_failed(&mut tx, row, &why).await?;
                tracing::error!(job = row.id, kind = row.kind, why, "job given up");
            }
        }
        tx.commit().await
    }
}

async fn dispatch(claim: &Claim, task: &Task) -> Result<(), JobError> {
    match task {
        Task::TranscodeClip { clip_id, upload_id, choose_cover } => {
            transcode_clip::transcode_clip(claim, clip_id, upload_id, *choose_cover).await
        }
        Task::RemakeCover { clip_id } => remake_cover::remake_cover(claim, clip_id).await,
        Task::DeleteMedia { keys, uploads } => delete_media::delete_media(claim, keys, uploads).await,
        Task::RenderLesson { slug } => render_lesson::render_lesson(claim, slug).await,
        Task::FitMemory { person_id } => fit_memory::fit_memory(claim, person_id).await,
        Task::FitInterests => fit_interests::fit_interests(claim).await,
    }
}
