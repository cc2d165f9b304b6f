//! How far a learner has come.

use super::{context::Call, error::ApiError, route::Answer, watch::check_offset};
use crate::{
    calendar::{iso_date, local_day_number},
    review, store,
};
use minnow_shared::progress::{DayView, GetProgress, ProgressView};
use std::collections::HashMap;

const DAY_MS: i64 = 86_400_000;
const WEEK: i64 = 7;

pub async fn get_progress(call: Call, request: GetProgress) -> Answer<GetProgress> {
    let (db, person) = (&call.app.db, call.person()?);
    let offset_minutes = check_offset(request.utc_offset_minutes)?;
    let offset_ms = i64::from(offset_minutes) * 60_000;
    let today = local_day_number(call.app.now_ms(), offset_minutes);
    let first_day = today - WEEK + 1;
    let totals =
        store::progress::find_totals(db, person).await?.ok_or_else(|| ApiError::not_found("person"))?;
    let watched: HashMap<String, i64> = store::watch::list_days(db, person, &iso_date(first_day))
        .await?
        .into_iter()
        .map(|row| (row.day, row.watched_ms))
        .collect();
    let answers: HashMap<i64, i64> =
        store::progress::list_day_answers(db, person, offset_ms, first_day * DAY_MS - offset_ms)
            .await?
            .into_iter()
            .map(|row| (row.day, row.answers))
            .collect();
    let settings = review::settings_of(db, person).await?;
    let goal_ms = u64::from(settings.daily_goal_minutes) * 60_000;
    let count = |number: i64| number.max(0).unsigned_abs();
    let week: Vec<DayView> = (first_day..=today)
        .map(|day| {
            let date = iso_date(day);
            let watched_ms = count(watched.get(&date).copied().unwrap_or_default());
            DayView {
                watched_ms,
                answers: count(answers.get(&day).copied().unwrap_or_default()),
                goal_reached: watched_ms >= goal_ms,
                date,
            }
        })
        .collect();
    Ok(ProgressView {
        xp: count(totals.xp),
        watched_today_ms: week.last().map_or(0, |day| day.watched_ms),
        daily_goal_minutes: settings.daily_goal_minutes,
        clips_watched: count(totals.clips_watched),
        questions_answered: count(totals.questions_answered),
        questions_right: count(totals.questions_right),
        week,
    })
}
