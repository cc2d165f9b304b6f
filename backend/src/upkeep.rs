//! What a node does by itself: learns what other nodes published, and forgets what is over.

use crate::{
    app::App,
    auth::session,
    store::{self, StoreError},
};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Another node's changes show here after this long at most.
const LOOK: Duration = Duration::from_millis(500);
const FORGET: Duration = Duration::from_secs(3_600);

/// Runs until `stop`.
pub async fn run(app: App, stop: CancellationToken) {
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
            }
            _ = forget.tick() => {
                if let Err(error) = forget_what_is_over(&app).await {
                    tracing::warn!(%error, "what is over could not be forgotten; it is tried again in an hour");
                }
            }
        }
    }
}

/// Forgets sessions, ceremonies and links whose time is over.
pub async fn forget_what_is_over(app: &App) -> Result<(), StoreError> {
    let now_ms = app.now_ms();
    let mut tx = app.db.begin().await?;
    store::session::delete_sessions_before(&mut tx, now_ms - session::LIFETIME_MS).await?;
    store::sign_in::delete_expired(&mut tx, now_ms).await?;
    tx.commit().await
}
