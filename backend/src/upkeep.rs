//! What a node does by itself: learns what other nodes published, makes cards again that lack their newest answer, has
//! weights fitted, and forgets what is over.

use crate::{
    app::App,
    auth::session,
    interests::{served, texts},
    jobs::{self, Task},
    mastery, review,
    store::{self, StoreError},
};
use minnow_shared::PersonId;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Another node's changes show here after this long at most.
const LOOK: Duration = Duration::from_millis(500);
/// A model of interests that another node fitted serves here after this long at most.
const MODELS: Duration = Duration::from_secs(5);
const FORGET: Duration = Duration::from_secs(3_600);
const DAY_MS: i64 = 86_400_000;
/// Fittings queued at once.
const FITS: i64 = 200;

/// Runs until `stop`.
pub async fn run(app: App, stop: CancellationToken) {
    tokio::join!(look_and_forget(&app, &stop), keep_models(&app, &stop));
}

/// Reads clips' texts and keeps up with fitted models: each may take long, and nothing else waits for it.
async fn keep_models(app: &App, stop: &CancellationToken) {
    let mut tick = tokio::time::interval(MODELS);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = tick.tick() => {}
        }
        if let Err(error) = served::serve_marked(app).await {
            tracing::warn!(%error, "no model of interests could be read; it is tried again");
        }
        let texts = tokio::select! {
            () = stop.cancelled() => return,
            texts = texts::catch_up(app) => texts,
        };
        if let Err(error) = texts {
            tracing::warn!(%error, "texts of clips could not be read; it is tried again");
        }
        if let Err(error) = served::keep_up(app).await {
            tracing::warn!(%error, "models of interests are not up to date; it is tried again");
        }
    }
}

async fn look_and_forget(app: &App, stop: &CancellationToken) {
    let mut look = tokio::time::interval(LOOK);
    let mut forget = tokio::time::interval(FORGET);
    look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = look.tick() => {
                if let Err(error) = app.feed.refresh(&app.db).await {
                    tracing::warn!(%error, "the feed could not be refreshed; it is tried again");
                }
                if let Err(error) = app.interests.refresh(&app.db).await {
                    tracing::warn!(%error, "the log of interests could not be read; it is tried again");
                }
                if let Err(error) = review::freshen_some(app).await {
                    tracing::warn!(%error, "cards could not be made again; it is tried again");
                }
                if let Err(error) = mastery::freshen_some(app).await {
                    tracing::warn!(%error, "estimates could not be made again; it is tried again");
                }
            }
            _ = forget.tick() => {
                if let Err(error) = forget_what_is_over(app).await {
                    tracing::warn!(%error, "what is over could not be forgotten; it is tried again in an hour");
                }
                if let Err(error) = fit_memories(app).await {
                    tracing::warn!(%error, "no weights could be fitted; it is tried again in an hour");
                }
            }
        }
    }
}

/// Queues the fitting of weights for those who have reviewed much since the last.
pub async fn fit_memories(app: &App) -> Result<(), StoreError> {
    let people = store::card::list_unfitted(&app.db, review::FIT_REVIEWS, FITS).await?;
    if people.is_empty() {
        return Ok(());
    }
    let mut tx = app.db.begin().await?;
    for person_id in people.iter().filter_map(|id| PersonId::parse(id).ok()) {
        jobs::enqueue_once(&mut tx, &Task::FitMemory { person_id }, app.now_ms()).await?;
    }
    tx.commit().await
}

/// Forgets sessions, ceremonies and links whose time is over, and what was done before the operator's time.
pub async fn forget_what_is_over(app: &App) -> Result<(), StoreError> {
    let now_ms = app.now_ms();
    let mut tx = app.db.begin().await?;
    store::session::delete_sessions_before(&mut tx, now_ms - session::LIFETIME_MS).await?;
    store::sign_in::delete_expired(&mut tx, now_ms).await?;
    if app.config.keep_events_days > 0 {
        let kept_ms = i64::from(app.config.keep_events_days) * DAY_MS;
        store::interest::forget_before(&mut tx, now_ms - kept_ms).await?;
    }
    tx.commit().await
}
