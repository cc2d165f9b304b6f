//! What to say when something failed: what happened, whose fault it is, what to do next. Codes come from `shared`.

use super::{plural, t, text};
use crate::api::ApiError;
use minnow_shared::ErrorCode;
use minnow_shared::draft::{MissingPart, RefusalReason};
use yew::AttrValue;

/// A failed call in one or two sentences.
pub fn explain(error: &ApiError) -> AttrValue {
    match error {
        ApiError::Refused(view) => match (view.code, view.retry_after_ms) {
            (ErrorCode::TooManyRequests, Some(ms)) => plural("error.wait_seconds", ms.div_ceil(1000).max(1)),
            (code, _) => of_code(code),
        },
        ApiError::Network | ApiError::Aborted => t("error.network"),
        ApiError::Unreadable => t("error.unknown"),
    }
}

fn name<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_value(value).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}

fn of_code(code: ErrorCode) -> AttrValue {
    text(&format!("error.{}", name(&code))).into()
}

/// Why media was refused and what to do.
pub fn explain_refusal(reason: RefusalReason) -> AttrValue {
    text(&format!("refusal.{}", name(&reason))).into()
}

/// What keeps a clip from being published, as a thing to do.
pub fn explain_missing(part: MissingPart) -> AttrValue {
    text(&format!("missing.{}", name(&part))).into()
}
