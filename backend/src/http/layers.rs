//! What surrounds every route: request ids and log lines, panics as errors, cross-site refusal, time limits, and the
//! headers that keep browsers safe.

use super::error::{ApiError, REQUEST_ID};
use crate::app::App;
use axum::{
    Router,
    extract::{MatchedPath, Request, State},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{Extensions, HeaderMap, HeaderName, HeaderValue, StatusCode, Version, header};
use minnow_shared::ErrorCode;
use std::{any::Any, time::Duration};
use tower_http::{
    CompressionLevel,
    catch_panic::CatchPanicLayer,
    compression::CompressionLayer,
    csrf::{CsrfLayer, ProtectionError},
};

const REQUEST_ID_HEADER: HeaderName = HeaderName::from_static("x-request-id");
const CROSS_ORIGIN_RESOURCES: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// Puts the layers around `routes`.
pub fn around(routes: Router<App>, app: &App) -> Router<App> {
    let csrf = CsrfLayer::new()
        .with_rejection_response(|_: ProtectionError| ApiError::from(ErrorCode::CrossSite).into_response());
    routes
        .layer(compression())
        .layer(csrf)
        .layer(from_fn_with_state(app.clone(), limit_time))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(app.clone(), follow))
}

/// Whether an answer is worth compressing.
type Predicate = fn(StatusCode, Version, &HeaderMap, &Extensions) -> bool;

/// Pages and data are compressed as they go; the site's files lie there compressed, and films are.
fn compression() -> CompressionLayer<Predicate> {
    fn worth_it(_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions) -> bool {
        let kind = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
        kind.starts_with("text/html") || kind.starts_with("application/json")
    }
    CompressionLayer::new()
        .zstd(false)
        .deflate(false)
        .quality(CompressionLevel::Precise(5))
        .compress_when(worth_it as Predicate)
}

fn panicked(cause: Box<dyn Any + Send>) -> Response {
    let text = cause
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| cause.downcast_ref::<String>().cloned())
        .unwrap_or_default();
    ApiError::internal(format!("panic: {text}")).into_response()
}

/// Uploads and media take as long as the network does; everything else has a limit.
async fn limit_time(State(app): State<App>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    if path.starts_with("/media/") || path.starts_with(minnow_shared::upload::UPLOADS_PATH) {
        return next.run(request).await;
    }
    let limit = Duration::from_secs(app.config.request_seconds);
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => ApiError::new(ErrorCode::Unavailable, "the request took too long").into_response(),
    }
}

/// Gives the request its id, logs it, and sets the headers every answer has.
async fn follow(State(app): State<App>, request: Request, next: Next) -> Response {
    let id = given_id(request.headers()).unwrap_or_else(|| {
        let mut bits = [0; 12];
        app.random.fill(&mut bits);
        URL_SAFE_NO_PAD.encode(bits)
    });
    let (method, path) = (request.method().clone(), loggable(request.uri().path()));
    let route = request.extensions().get::<MatchedPath>().map_or("site", MatchedPath::as_str).to_owned();
    let began = tokio::time::Instant::now();
    let mut response = REQUEST_ID.scope(id.clone(), next.run(request)).await;
    let took = began.elapsed();
    let took_us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
    let status = response.status().as_u16();
    app.metrics.count_request(method.as_str(), &route, status, took.as_secs_f64());
    tracing::info!(request_id = id, %method, path, status, took_us, "request");
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID_HEADER, id);
    }
    if response.extensions().get::<Part>().is_some() {
        guard_part(response.headers_mut(), &app);
    } else {
        guard(response.headers_mut(), &app);
    }
    response
}

/// Marks an answer as a part of pages that is never a page itself: a script, a style sheet, a font, a program. What
/// browsers read only of pages and workers is left out of it: it is more than some of these files weigh.
#[derive(Debug, Clone, Copy)]
pub struct Part;

/// The path for the log: a mailed sign-in link's token is a secret.
fn loggable(path: &str) -> String {
    if path.starts_with("/sign-in/") { "/sign-in/…".into() } else { path.to_owned() }
}

/// A request id from a proxy in front, if it is short and plain.
fn given_id(headers: &HeaderMap) -> Option<String> {
    let id = headers.get(REQUEST_ID_HEADER)?.to_str().ok()?;
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    ((1..=64).contains(&id.len()) && id.bytes().all(plain)).then(|| id.to_owned())
}

fn guard_part(headers: &mut HeaderMap, app: &App) {
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(CROSS_ORIGIN_RESOURCES, HeaderValue::from_static("same-origin"));
    guard_transport(headers, app);
}

fn guard_transport(headers: &mut HeaderMap, app: &App) {
    if app.config.public_url().scheme() == "https" {
        headers
            .entry(header::STRICT_TRANSPORT_SECURITY)
            .or_insert(HeaderValue::from_static("max-age=31536000; includeSubDomains"));
    }
}

fn guard(headers: &mut HeaderMap, app: &App) {
    const PERMISSIONS: &str = "accelerometer=(), camera=(self), display-capture=(), geolocation=(), gyroscope=(), \
         magnetometer=(), microphone=(self), midi=(), payment=(), usb=()";
    let fixed = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "strict-origin-when-cross-origin"),
        (HeaderName::from_static("permissions-policy"), PERMISSIONS),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (CROSS_ORIGIN_RESOURCES, "same-origin"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ];
    for (name, value) in fixed {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    // Whatever is no page of ours may load nothing.
    headers
        .entry(header::CONTENT_SECURITY_POLICY)
        .or_insert(HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'; base-uri 'none'"));
    guard_transport(headers, app);
}
