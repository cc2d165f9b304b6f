//! Cursors of lists that are ordered by a time and an id.

use super::error::ApiError;
use minnow_shared::{ErrorCode, limit};

/// Entries of one page of a list.
pub const PAGE: i64 = 24;

/// Reads a cursor made by `write`.
///
/// # Errors
/// `InvalidField` for any other text.
pub fn read(cursor: Option<&str>) -> Result<Option<(i64, String)>, ApiError> {
    let Some(text) = cursor else { return Ok(None) };
    let parts = text.split_once('.').filter(|_| text.len() <= limit::CURSOR);
    let place = parts.and_then(|(at, id)| Some((at.parse().ok()?, id.to_owned())));
    place.map(Some).ok_or_else(not_a_cursor)
}

pub fn not_a_cursor() -> ApiError {
    ApiError::new(ErrorCode::InvalidField, "not a cursor of this list").field("cursor")
}

/// The cursor of the next page, if this one was full.
pub fn write(count: usize, last: Option<(i64, &str)>) -> Option<String> {
    let full = i64::try_from(count).is_ok_and(|count| count >= PAGE);
    last.filter(|_| full).map(|(at_ms, id)| format!("{at_ms}.{id}"))
}
