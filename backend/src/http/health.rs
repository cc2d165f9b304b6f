//! What operators and their machines ask: is the process alive, can it serve, how is it doing.

use super::error::ApiError;
use crate::{app::App, metrics::Gauges};
use axum::{
    Json, Router,
    extract::{ConnectInfo, State},
    response::{IntoResponse, Response},
    routing::get,
};
use http::{Extensions, HeaderMap, StatusCode, header};
use serde_json::json;
use std::{net::SocketAddr, time::Duration};

pub fn routes() -> Router<App> {
    Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
}

/// Longest wait for the database or the media store before they count as away.
const PATIENCE: Duration = Duration::from_secs(3);

async fn ready(State(app): State<App>) -> Response {
    let database = matches!(tokio::time::timeout(PATIENCE, app.db.ping()).await, Ok(Ok(())));
    let media = matches!(tokio::time::timeout(PATIENCE, app.media.store.check()).await, Ok(Ok(())));
    let status = if database && media { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(json!({ "database": database, "media": media, "tools": app.media.tools_run() })))
        .into_response()
}

async fn metrics(State(app): State<App>, headers: HeaderMap, extensions: Extensions) -> Response {
    let peer = extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let from_here = peer.is_none_or(|ip| ip.is_loopback()) && !headers.contains_key("x-forwarded-for");
    if !from_here && !app.config.open_metrics {
        return ApiError::not_found("address").into_response();
    }
    let database_up = u8::from(matches!(tokio::time::timeout(PATIENCE, app.db.ping()).await, Ok(Ok(()))));
    let gauges = Gauges {
        published_clips: app.feed.look(|index| index.len()),
        database_up,
        interest_seq: app.interests.look(|state| state.seq()),
        interest_model: app
            .interests
            .served(|served| Some(served?.gauges(app.now_ms(), app.interests.measured().drift))),
    };
    let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
    (kind, app.metrics.write(gauges)).into_response()
}
