//! What was watched.

use super::{context::Call, error::ApiError, route::Answer};
use crate::{
    calendar::{believed_ms, iso_date, local_day_number},
    store::{self, watch::StretchRow},
};
use minnow_shared::{
    Done, ErrorCode, limit,
    watch::{RecordWatch, WatchedStretch},
};
use std::collections::HashMap;

pub async fn record_watch(call: Call, request: RecordWatch) -> Answer<RecordWatch> {
    let person = call.person()?.clone();
    if request.stretches.len() > limit::WATCH_BATCH {
        let detail = format!("at most {}", limit::WATCH_BATCH);
        return Err(ApiError::new(ErrorCode::InvalidField, detail).field("stretches"));
    }
    let offset_minutes = check_offset(request.utc_offset_minutes)?;
    if let Some(bad) = request.stretches.iter().find(|stretch| stretch.from_ms > stretch.to_ms) {
        let detail = format!("{} ends before it begins", bad.watch_id);
        return Err(ApiError::new(ErrorCode::InvalidField, detail).field("stretches"));
    }
    let mut ids: Vec<String> = request.stretches.iter().map(|s| s.clip_id.to_string()).collect();
    ids.sort_unstable();
    ids.dedup();
    let durations: HashMap<String, Option<i64>> =
        store::clip::list_durations(&call.app.db, &ids).await?.into_iter().collect();
    let now_ms = call.app.now_ms();
    let rows: Vec<StretchRow> = request
        .stretches
        .iter()
        .filter_map(|stretch| {
            Some(row(stretch, *durations.get(stretch.clip_id.as_str())?, offset_minutes, now_ms))
        })
        .collect();
    if !rows.is_empty() {
        call.app.writer.keep_watched(person, rows, now_ms).await?;
    }
    Ok(Done {})
}

/// The stretch inside its clip, on its day.
fn row(stretch: &WatchedStretch, duration_ms: Option<i64>, offset_minutes: i32, now_ms: i64) -> StretchRow {
    let longest = duration_ms.unwrap_or_else(|| i64::from(limit::CLIP_MAX_MS));
    let started_at_ms = believed_ms(stretch.started_at_ms, now_ms);
    StretchRow {
        id: stretch.watch_id.to_string(),
        clip_id: stretch.clip_id.to_string(),
        from_ms: i64::from(stretch.from_ms).min(longest),
        to_ms: i64::from(stretch.to_ms).min(longest),
        finished: stretch.finished,
        started_at_ms,
        day: iso_date(local_day_number(started_at_ms, offset_minutes)),
    }
}

/// Minutes between UTC and local time anywhere on Earth.
///
/// # Errors
/// `InvalidField` outside of -840 to 840.
pub fn check_offset(minutes: i32) -> Result<i32, ApiError> {
    if (-840..=840).contains(&minutes) {
        Ok(minutes)
    } else {
        Err(ApiError::new(ErrorCode::InvalidField, "-840 to 840 minutes").field("utc_offset_minutes"))
    }
}
