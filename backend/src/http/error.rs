//! What goes wrong on the way to an answer, as `ErrorView`. Internals are logged here once, with the request id, and
//! never reach the wire.

use crate::store::StoreError;
use axum::{
    Json,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};
use minnow_shared::{ErrorCode, ErrorView, draft::RefusalReason, limit::FieldProblem};

tokio::task_local! {
    /// The id of the request in hand: in its log lines, its header and its error body.
    pub static REQUEST_ID: String;
}

/// The id of the request in hand; empty outside of one.
pub fn request_id() -> String {
    REQUEST_ID.try_with(Clone::clone).unwrap_or_default()
}

/// An answer that is an error.
#[derive(Debug, Clone, PartialEq)]
pub struct ApiError {
    pub code: ErrorCode,
    pub detail: String,
    pub field: Option<String>,
    pub retry_after_ms: Option<u64>,
    pub refusal: Option<RefusalReason>,
}

impl ApiError {
    /// `detail`: one plain English sentence for developers.
    pub fn new(code: ErrorCode, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into(), field: None, retry_after_ms: None, refusal: None }
    }

    pub fn field(mut self, name: impl Into<String>) -> Self {
        self.field = Some(name.into());
        self
    }

    pub fn retry_after_ms(mut self, after_ms: u64) -> Self {
        self.retry_after_ms = Some(after_ms);
        self
    }

    pub fn refusal(mut self, reason: RefusalReason) -> Self {
        self.refusal = Some(reason);
        self
    }

    pub fn not_found(what: &str) -> Self {
        Self::new(ErrorCode::NotFound, format!("there is no such {what}"))
    }

    /// Something of ours broke: logged whole, told as `Internal`.
    pub fn internal(cause: impl std::fmt::Display) -> Self {
        tracing::error!(request_id = request_id(), %cause, "internal error");
        Self::new(ErrorCode::Internal, "something broke on the server")
    }
}

impl From<ErrorCode> for ApiError {
    fn from(code: ErrorCode) -> Self {
        let detail = match code {
            ErrorCode::NotSignedIn => "a session is needed",
            ErrorCode::AccountNeeded => "an account is needed, this is a guest",
            ErrorCode::Forbidden => "the caller may not do this",
            ErrorCode::NotFound => "there is no such thing",
            ErrorCode::TooManyRequests => "too many requests",
            ErrorCode::CrossSite => "the request came from another site",
            _ => "the request was refused",
        };
        Self::new(code, detail)
    }
}

impl From<FieldProblem> for ApiError {
    fn from(problem: FieldProblem) -> Self {
        Self::new(ErrorCode::InvalidField, problem.detail).field(problem.field)
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(cause) => {
                tracing::warn!(request_id = request_id(), %cause, "database unavailable");
                Self::new(ErrorCode::Unavailable, "the database cannot be used just now")
                    .retry_after_ms(1_000)
            }
            StoreError::Full(cause) => {
                tracing::error!(request_id = request_id(), %cause, "disk full");
                Self::new(ErrorCode::StorageFull, "the disk of the server is full").retry_after_ms(30_000)
            }
            StoreError::Dangling(_) => Self::new(ErrorCode::NotFound, "something referred to is gone"),
            other => Self::internal(other),
        }
    }
}

impl From<anyhow::Error> for ApiError {
    fn from(error: anyhow::Error) -> Self {
        Self::internal(format!("{error:#}"))
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let after_seconds = self.retry_after_ms.map(|ms| ms.div_ceil(1_000));
        let view = ErrorView {
            code: self.code,
            detail: self.detail,
            request_id: request_id(),
            field: self.field,
            retry_after_ms: self.retry_after_ms,
            refusal: self.refusal,
        };
        let mut response = (status, Json(view)).into_response();
        let headers = response.headers_mut();
        if let Some(seconds) = after_seconds {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }
}
