//! HTTP: the router, its layers, and a clean stop. One file a noun beside this one; no SQL in this room.

pub mod account;
pub mod answer;
pub mod assignment;
pub mod bank;
mod bank_picture;
pub mod clip;
pub mod clip_views;
pub mod context;
pub mod draft;
pub mod error;
pub mod feed;
pub mod form;
pub(crate) mod fuzz;
pub mod health;
pub mod insight;
pub mod interest;
mod layers;
pub mod limits;
pub mod mastery;
pub mod media;
pub mod model;
pub mod openapi;
mod pack;
pub mod page;
pub mod passkey;
pub mod person;
pub mod playlist;
pub mod practice;
pub mod progress;
pub mod review;
pub mod route;
pub mod routes;
pub mod settings;
pub mod sign_in_link;
pub mod site;
pub mod topic;
pub mod topic_files;
pub mod upload;
pub mod watch;

use crate::app::App;
use axum::{Router, extract::connect_info::IntoMakeServiceWithConnectInfo};
use error::ApiError;
use minnow_shared::ErrorCode;
use std::{net::SocketAddr, time::Duration};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// Every address of the server.
pub fn router(app: App) -> Router {
    let api = routes::endpoints().merge(routes::raw());
    layers::around(api.fallback(site::serve).method_not_allowed_fallback(no_such_method), &app)
        .with_state(app)
}

async fn no_such_method() -> ApiError {
    ApiError::new(ErrorCode::MethodNotAllowed, "the address exists, the method does not")
}

fn service(app: App) -> IntoMakeServiceWithConnectInfo<Router, SocketAddr> {
    router(app).into_make_service_with_connect_info::<SocketAddr>()
}

/// Serves until SIGTERM, SIGINT or `stop`, then lets open requests end, at most as long as the operator says. `stop` is
/// cancelled as soon as the end begins, so that other rooms end with it.
///
/// # Errors
/// When the listener fails.
pub async fn serve(app: App, listener: TcpListener, stop: CancellationToken) -> anyhow::Result<()> {
    let patience = Duration::from_secs(app.config.drain_seconds);
    let ending = {
        let stop = stop.clone();
        async move {
            tokio::select! {
                () = signalled() => tracing::info!("stopping: no new requests, open ones may end"),
                () = stop.cancelled() => {}
            }
            stop.cancel();
        }
    };
    let serving = axum::serve(listener, service(app)).with_graceful_shutdown(ending).into_future();
    let mut serving = std::pin::pin!(serving);
    tokio::select! {
        done = &mut serving => done?,
        () = stop.cancelled() => {
            if tokio::time::timeout(patience, serving).await.is_err() {
                tracing::warn!("some requests did not end in time and were cut off");
            }
        }
    }
    Ok(())
}

async fn signalled() {
    use tokio::signal::unix::{SignalKind, signal};
    match (signal(SignalKind::terminate()), signal(SignalKind::interrupt())) {
        (Ok(mut terminate), Ok(mut interrupt)) => {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
        }
        _ => std::future::pending().await,
    }
}
