//! The queue of background jobs. A claim leases a job for a while and counts an attempt; what a job did is taken only
//! under the fence of the newest claim, in the transaction that writes it.

use super::{On, StoreError, Tx, sql, sql_built};
use minnow_shared::JobId;

/// A job that was claimed.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ClaimRow {
    pub id: String,
    pub kind: String,
    pub payload: String,
    /// This one included.
    pub attempts: i64,
    pub fence: i64,
    pub created_at_ms: i64,
}

/// A job as it stands.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct JobRow {
    pub id: String,
    pub kind: String,
    pub payload: String,
    pub state: String,
    pub run_at_ms: i64,
    pub attempts: i64,
    pub node: Option<String>,
    pub fence: i64,
    pub last_error: Option<String>,
}

/// A job to be.
#[derive(Debug, Clone)]
pub struct NewJobRow<'a> {
    pub id: &'a JobId,
    pub kind: &'a str,
    pub payload: &'a str,
    pub priority: i64,
    pub run_at_ms: i64,
}

/// Queues a job; one under the same id that is there already stays as it is. True: it is new.
pub async fn insert_job(tx: &mut Tx, row: &NewJobRow<'_>, now_ms: i64) -> Result<bool, StoreError> {
    let inserted = sql("INSERT INTO jobs (id, kind, payload, priority, run_at_ms, created_at_ms) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO NOTHING")
    .bind(row.id)
    .bind(row.kind)
    .bind(row.payload)
    .bind(row.priority)
    .bind(row.run_at_ms)
    .bind(now_ms)
    .run(tx)
    .await?;
    Ok(inserted == 1)
}

/// Its time or its lease's end has come (`$1`: now), or lies further ahead than any pause or lease reaches: then the clock
/// was set back since, and nobody waits for it to come there again. 600,000 ms are ten minutes. A job that was meant for
/// a later day, and was never tried, waits for that day.
const DUE: &str = "((state = 'waiting' AND (run_at_ms <= $1 \
        OR (run_at_ms > $1 + 600000 AND (attempts > 0 OR run_at_ms <= created_at_ms + 600000)))) \
    OR (state = 'running' AND (lease_until_ms <= $1 OR lease_until_ms > $1 + 600000)))";

/// Whether anything is due: asked before claiming, so that an idle server writes nothing.
pub async fn is_job_due(on: impl Into<On<'_>>, now_ms: i64) -> Result<bool, StoreError> {
    let due: Option<(String,)> = sql_built(format!("SELECT id FROM jobs WHERE {DUE} ORDER BY id LIMIT 1"))
        .bind(now_ms)
        .optional(on)
        .await?;
    Ok(due.is_some())
}

/// Claims the first job that waits or whose lease ran out.
pub async fn claim_job(
    tx: &mut Tx,
    node: &str,
    now_ms: i64,
    lease_until_ms: i64,
) -> Result<Option<ClaimRow>, StoreError> {
    sql_built(format!(
        "UPDATE jobs SET state = 'running', node = $2, lease_until_ms = $3, fence = fence + 1, attempts = attempts + 1 \
         WHERE id = (SELECT id FROM jobs WHERE {DUE} ORDER BY priority, run_at_ms, id LIMIT 1) AND {DUE} \
         RETURNING id, kind, payload, attempts, fence, created_at_ms"
    ))
    .bind(now_ms)
    .bind(node)
    .bind(lease_until_ms)
    .optional(tx)
    .await
}

/// Lengthens a lease. False: the claim is no longer ours.
pub async fn update_job_lease(
    tx: &mut Tx,
    claim: &ClaimRow,
    lease_until_ms: i64,
) -> Result<bool, StoreError> {
    let kept = sql("UPDATE jobs SET lease_until_ms = $1 WHERE id = $2 AND fence = $3 AND state = 'running'")
        .bind(lease_until_ms)
        .bind(&claim.id)
        .bind(claim.fence)
        .run(tx)
        .await?;
    Ok(kept == 1)
}

/// The job is done: to be called in the transaction that writes what it did, first of all. False: the claim is no longer
/// ours, and nothing may be written.
pub async fn delete_job(tx: &mut Tx, claim: &ClaimRow) -> Result<bool, StoreError> {
    let done = sql("DELETE FROM jobs WHERE id = $1 AND fence = $2 AND state = 'running'")
        .bind(&claim.id)
        .bind(claim.fence)
        .run(tx)
        .await?;
    Ok(done == 1)
}

/// Puts a job back to be tried at `run_at_ms`. `attempts`: how many count. False: the claim is no longer ours.
pub async fn update_job_waiting(
    tx: &mut Tx,
    claim: &ClaimRow,
    run_at_ms: i64,
    attempts: i64,
    error: Option<&str>,
) -> Result<bool, StoreError> {
    let put = sql(
        "UPDATE jobs SET state = 'waiting', node = NULL, run_at_ms = $1, attempts = $2, last_error = $3 \
         WHERE id = $4 AND fence = $5 AND state = 'running'",
    )
    .bind(run_at_ms)
    .bind(attempts)
    .bind(error)
    .bind(&claim.id)
    .bind(claim.fence)
    .run(tx)
    .await?;
    Ok(put == 1)
}

/// Gives a job up for good, for an operator to see. False: the claim is no longer ours.
pub async fn update_job_failed(tx: &mut Tx, claim: &ClaimRow, error: &str) -> Result<bool, StoreError> {
    let failed = sql("UPDATE jobs SET state = 'failed', node = NULL, last_error = $1 \
         WHERE id = $2 AND fence = $3 AND state = 'running'")
    .bind(error)
    .bind(&claim.id)
    .bind(claim.fence)
    .run(tx)
    .await?;
    Ok(failed == 1)
}

/// Frees what a dead node held. The attempt counts.
pub async fn update_jobs_of_dead_node(tx: &mut Tx, node: &str, now_ms: i64) -> Result<u64, StoreError> {
    sql("UPDATE jobs SET state = 'waiting', node = NULL, run_at_ms = $1 WHERE node = $2 AND state = 'running'")
        .bind(now_ms)
        .bind(node)
        .run(tx)
        .await
}

/// Lets failed jobs of a kind be tried again from the start.
pub async fn update_failed_jobs_waiting(tx: &mut Tx, kind: &str, now_ms: i64) -> Result<u64, StoreError> {
    sql("UPDATE jobs SET state = 'waiting', attempts = 0, run_at_ms = $1 WHERE kind = $2 AND state = 'failed'")
        .bind(now_ms)
        .bind(kind)
        .run(tx)
        .await
}

pub async fn find_job(on: impl Into<On<'_>>, id: &str) -> Result<Option<JobRow>, StoreError> {
    sql("SELECT id, kind, payload, state, run_at_ms, attempts, node, fence, last_error FROM jobs WHERE id = $1")
        .bind(id)
        .optional(on)
        .await
}

/// All jobs of a kind that are not done, oldest first.
pub async fn list_jobs(on: impl Into<On<'_>>, kind: &str) -> Result<Vec<JobRow>, StoreError> {
    sql("SELECT id, kind, payload, state, run_at_ms, attempts, node, fence, last_error FROM jobs WHERE kind = $1 \
         ORDER BY created_at_ms, id")
    .bind(kind)
    .all(on)
    .await
}

/// How many jobs stand in each state.
pub async fn count_jobs(on: impl Into<On<'_>>) -> Result<Vec<(String, i64)>, StoreError> {
    sql("SELECT state, COUNT(*) FROM jobs GROUP BY state ORDER BY state").all(on).await
}
