//! What an operator sees of the feed's models, and decides about them.

use super::{context::Call, error::ApiError, route::Answer};
use crate::{
    app::App,
    interests::served,
    jobs,
    store::{self, interest_model::ModelRow},
};
use minnow_shared::{
    ErrorCode,
    interest_model::{FeedHealthView, FitModel, GetFeedHealth, ModelVersionView, UseModel},
};

pub async fn get_feed_health(call: Call, _: GetFeedHealth) -> Answer<GetFeedHealth> {
    view(&call.app).await
}

pub async fn fit_model(call: Call, _: FitModel) -> Answer<FitModel> {
    let app = &call.app;
    let taken = app.interests.look(|state| state.taken());
    if taken < served::NEEDED {
        let detail = format!("{taken} clips taken up of the {} that a fit needs", served::NEEDED);
        return Err(ApiError::new(ErrorCode::Conflict, detail));
    }
    let now_ms = app.now_ms();
    let mut tx = app.db.begin().await?;
    store::job::update_failed_jobs_waiting(&mut tx, jobs::FIT_INTERESTS, now_ms).await?;
    jobs::enqueue_once(&mut tx, &jobs::Task::FitInterests, now_ms).await?;
    tx.commit().await?;
    view(app).await
}

pub async fn use_model(call: Call, request: UseModel) -> Answer<UseModel> {
    let mut tx = call.app.db.begin().await?;
    if !store::interest_model::serve_model(&mut tx, i64::from(request.version)).await? {
        return Err(ApiError::not_found("version"));
    }
    tx.commit().await?;
    served::serve_marked(&call.app).await?;
    view(&call.app).await
}

fn count(number: i64) -> u64 {
    number.max(0).unsigned_abs()
}

async fn view(app: &App) -> Result<FeedHealthView, ApiError> {
    let rows = store::interest_model::list_models(&app.db).await?;
    let jobs = store::job::list_jobs(&app.db, jobs::FIT_INTERESTS).await?;
    let (taken, (learners, _)) = app.interests.look(|state| (state.taken(), state.met()));
    let serving = rows.iter().find(|row| row.is_serving).map(|row| row.version);
    let drift = app.interests.measured().drift;
    let versions = rows.into_iter().map(|row| {
        let drift = if Some(row.version) == serving { drift } else { None };
        version(row, drift)
    });
    Ok(FeedHealthView {
        events: count(store::interest::count_events(&app.db).await?),
        learners: learners as u64,
        clips: app.feed.look(|index| index.len()) as u64,
        taken,
        needed_taken: served::NEEDED,
        is_fitting: jobs.iter().any(|job| job.state != "failed"),
        last_error: jobs.into_iter().find_map(|job| job.last_error),
        serving: serving.and_then(|version| u32::try_from(version).ok()),
        versions: versions.collect::<Result<_, _>>()?,
    })
}

fn version(row: ModelRow, drift: Option<f64>) -> Result<ModelVersionView, ApiError> {
    let replay = row.replay.as_deref().map(serde_json::from_str).transpose().map_err(ApiError::internal)?;
    Ok(ModelVersionView {
        version: u32::try_from(row.version).map_err(ApiError::internal)?,
        fitted_at_ms: row.fitted_at_ms,
        fit_took_ms: count(row.fit_took_ms),
        events: count(row.events),
        clips: count(row.clips),
        size_bytes: count(row.size_bytes),
        replay,
        drift,
    })
}
