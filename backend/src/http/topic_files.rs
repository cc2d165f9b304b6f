//! Topics as files, in and out.

use super::{
    bank::loss_view,
    error::ApiError,
    limits::{self, Class},
    route::caller,
};
use crate::{
    app::App,
    bank::unread,
    policy::{self, Action, Object},
    topics,
};
use axum::{
    Json, Router,
    body::Body,
    extract::{Query, Request, State},
    response::Response,
    routing::{get, post},
};
use http::{HeaderValue, header, request::Parts};
use minnow_exchange::topics::TopicFormat;
use minnow_shared::{
    ErrorCode, Method,
    topic::{EXPORT_PATH, IMPORT_PATH, TopicImportView},
};
use serde::Deserialize;

/// A file may be this big.
const FILE_BYTES: usize = 8 * 1024 * 1024;
/// Losses told one by one.
const LOSSES: usize = 500;

pub fn routes() -> Router<App> {
    Router::new().route(IMPORT_PATH, post(import)).route(EXPORT_PATH, get(export))
}

#[derive(Debug, Deserialize)]
struct FileQuery {
    /// `json` or `csv`; `auto` or nothing: to be told by what is in the file.
    #[serde(default)]
    format: Option<String>,
    /// Read and report only.
    #[serde(default)]
    dry_run: bool,
}

/// The caller may change topics.
async fn permit(app: &App, parts: &Parts, method: Method) -> Result<(), ApiError> {
    let caller = caller(app, parts).await?;
    let who = match &caller.session {
        Some(session) => session.id.to_string(),
        None => limits::caller_of(caller.address),
    };
    app.limits.take(Class::of(Action::EditTopics, method), &who, app.now_ms())?;
    policy::can(&caller.actor(), Action::EditTopics, &Object::Own)?;
    Ok(())
}

fn query(request: &Request) -> Result<FileQuery, ApiError> {
    match Query::<FileQuery>::try_from_uri(request.uri()) {
        Ok(Query(query)) => Ok(query),
        Err(error) => Err(ApiError::new(ErrorCode::Malformed, error.body_text())),
    }
}

fn format_named(name: Option<&str>) -> Result<Option<TopicFormat>, ApiError> {
    match name {
        None | Some("" | "auto") => Ok(None),
        Some(name) => TopicFormat::named(name)
            .map(Some)
            .ok_or_else(|| ApiError::new(ErrorCode::InvalidField, "json or csv").field("format")),
    }
}

async fn import(State(app): State<App>, request: Request) -> Result<Json<TopicImportView>, ApiError> {
    let asked = query(&request)?;
    let (parts, body) = request.into_parts();
    permit(&app, &parts, Method::Post).await?;
    let format = format_named(asked.format.as_deref())?;
    let bytes = axum::body::to_bytes(body, FILE_BYTES).await.map_err(|_| {
        let detail = format!("at most {} MiB, sent to the end", FILE_BYTES >> 20);
        ApiError::new(ErrorCode::TooLarge, detail)
    })?;
    let import = match topics::read(&app, &bytes, format).await? {
        Ok(import) => import,
        Err(error) => {
            return Ok(Json(TopicImportView {
                format: format.map(|format| format.name().to_owned()),
                topics: 0,
                edges: 0,
                new_topics: 0,
                new_edges: 0,
                losses: vec![loss_view(unread(&error))],
            }));
        }
    };
    let added = if asked.dry_run { None } else { Some(topics::bring_in(&app, &import).await?) };
    let mut losses = import.losses;
    if losses.len() > LOSSES {
        let more = losses.len() - LOSSES;
        losses.truncate(LOSSES);
        let reason = format!("and {more} more that are not told one by one");
        losses.push(minnow_exchange::Loss { line: None, item: String::new(), reason });
    }
    Ok(Json(TopicImportView {
        format: Some(import.format.name().to_owned()),
        topics: import.topics.len() as u64,
        edges: import.edges.len() as u64,
        new_topics: added.map_or(0, |added| added.topics as u64),
        new_edges: added.map_or(0, |added| added.edges as u64),
        losses: losses.into_iter().map(loss_view).collect(),
    }))
}

async fn export(State(app): State<App>, request: Request) -> Result<Response, ApiError> {
    let asked = query(&request)?;
    let (parts, _) = request.into_parts();
    permit(&app, &parts, Method::Get).await?;
    let format = format_named(asked.format.as_deref())?.unwrap_or(TopicFormat::Json);
    let bytes = topics::take_out(&app, format).await?;
    let (kind, name) = match format {
        TopicFormat::Json => ("application/json", "attachment; filename=\"topics.json\""),
        TopicFormat::Csv => ("text/csv; charset=utf-8", "attachment; filename=\"topics.csv\""),
    };
    let mut response = Response::new(Body::from(bytes));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static(name));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}
