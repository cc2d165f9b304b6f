//! Pictures for questions, sent before the question that shows them is kept. One that no question shows goes after a while.

use super::{bank::permit, error::ApiError, route::caller};
use crate::{app::App, bank, jobs};
use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, Request, State},
    routing::post,
};
use minnow_exchange::media::size_of;
use minnow_shared::{
    ErrorCode, Method,
    bank::{PICTURES_PATH, PictureView},
    limit,
};

pub fn routes() -> Router<App> {
    // The handler counts for itself: this limit would answer without words.
    Router::new().route(PICTURES_PATH, post(keep).layer(DefaultBodyLimit::disable()))
}

async fn keep(State(app): State<App>, request: Request) -> Result<Json<PictureView>, ApiError> {
    let (parts, body) = request.into_parts();
    let caller = caller(&app, &parts).await?;
    permit(&app, &caller, Method::Post)?;
    let bytes = axum::body::to_bytes(body, limit::PICTURE_BYTES).await.map_err(|_| {
        let detail = format!("a picture of at most {} MiB, sent to the end", limit::PICTURE_BYTES >> 20);
        ApiError::new(ErrorCode::TooLarge, detail)
    })?;
    let (width, height) = size_of(&bytes).unwrap_or_default();
    if u64::from(width) * u64::from(height) > limit::PICTURE_PIXELS {
        let detail = format!("a picture of at most {} pixels", limit::PICTURE_PIXELS);
        return Err(ApiError::new(ErrorCode::TooLarge, detail));
    }
    let size_bytes = bytes.len() as u64;
    let Some((name, key)) = bank::keep_picture(&app, bytes.to_vec()).await? else {
        return Err(ApiError::new(ErrorCode::UnsupportedKind, "a PNG, JPEG, GIF, WebP or AVIF picture"));
    };
    let now_ms = app.now_ms();
    let mut tx = app.db.begin().await?;
    let gone_ms = now_ms + limit::PICTURE_WAITS_MS;
    jobs::enqueue_media_removal_at(&mut tx, &[key], now_ms, gone_ms).await?;
    tx.commit().await?;
    Ok(Json(PictureView { source: format!("media:{name}"), width, height, size_bytes }))
}
