//! Weights of the memory model fitted to one learner's reviews.

use super::worker::{Claim, JobError};
use crate::{
    review,
    store::{card, job},
};
use minnow_shared::PersonId;

/// Fits and keeps them; too few reviews, or reviews that give none, change nothing.
pub async fn fit_memory(claim: &Claim, person: &PersonId) -> Result<(), JobError> {
    let app = &claim.app;
    let answers = card::list_histories(&app.db, person).await?;
    let fitted = tokio::task::spawn_blocking(move || review::fitted(&answers))
        .await
        .map_err(|error| JobError::Fault(error.to_string()))?;
    let weights = match fitted {
        Some(fit) => {
            let json =
                serde_json::to_string(&fit.parameters).map_err(|error| JobError::Fault(error.to_string()))?;
            Some((json, fit))
        }
        None => None,
    };
    let mut tx = app.db.begin().await?;
    if !job::delete_job(&mut tx, &claim.row).await? {
        return Err(JobError::Lost);
    }
    if let Some((json, fit)) = weights {
        let fitted = card::Fitted { reviews: fit.reviews, through_ms: fit.through_ms, at_ms: app.now_ms() };
        card::upsert_weights(&mut tx, person, &json, fitted).await?;
    }
    tx.commit().await?;
    Ok(())
}
