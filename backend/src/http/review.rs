//! What a learner meets again.

use super::{clip_views::small, context::Call, error::ApiError, route::Answer, watch::check_offset};
use crate::{
    calendar::local_day_number,
    review::{freshen, settings_of},
    store::{
        self,
        card::{CardRow, Memory},
        due::{FormRow, MomentRow},
    },
};
use minnow_memory::{DAY_MS, plan, workload};
use minnow_shared::{
    ClipId, ErrorCode, QuestionId, limit,
    review::{
        FORECAST_DAYS, ForecastView, GetForecast, GetWorkload, ListReviews, ReviewListView, ReviewView,
        WorkloadView,
    },
};
use std::collections::HashMap;

/// Reviews listed at once.
const LIST: i64 = 50;
/// A workload is reckoned from so many cards; of more, every so manyth stands for the others.
const SAMPLE: usize = 4_000;

/// The learner's local midnight, Unix milliseconds.
pub fn day_start_ms(now_ms: i64, utc_offset_minutes: i32) -> Result<i64, ApiError> {
    let offset = check_offset(utc_offset_minutes)?;
    Ok(local_day_number(now_ms, offset) * DAY_MS - i64::from(offset) * 60_000)
}

pub async fn list_reviews(call: Call, request: ListReviews) -> Answer<ListReviews> {
    let (db, person, now_ms) = (&call.app.db, call.person()?, call.app.now_ms());
    let day_ms = day_start_ms(call.app.now_ms(), request.utc_offset_minutes)?;
    let memory = freshen(&call.app, person).await?;
    let daily_cap = settings_of(db, person).await?.daily_reviews;
    let done_today = small(store::answer::count_reviewed(db, person, day_ms).await?);
    let due = small(store::card::count_due_cards(db, person, now_ms).await?);
    let rows = if request.only_wrong {
        store::card::list_wrong_cards(db, person, LIST).await?
    } else {
        let left = i64::from(daily_cap.saturating_sub(done_today)).min(LIST);
        store::card::list_due_cards(db, person, now_ms, left).await?
    };
    Ok(ReviewListView { reviews: views(&call, &rows, &memory).await?, due, done_today, daily_cap })
}

/// Cards with the form that is asked and the clip to see: where the learner met it last, else the first published one.
async fn views(call: &Call, rows: &[CardRow], memory: &Memory) -> Result<Vec<ReviewView>, ApiError> {
    let (db, person, now_ms) = (&call.app.db, call.person()?, call.app.now_ms());
    let roots: Vec<String> = rows.iter().map(|row| row.question_id.clone()).collect();
    let forms = store::due::list_forms_to_ask(db, person, &roots).await?;
    let forms: HashMap<&str, &FormRow> = forms.iter().map(|form| (form.root_id.as_str(), form)).collect();
    let mut places: HashMap<String, MomentRow> = HashMap::new();
    for place in store::due::list_moments(db, person, &roots).await? {
        places.entry(place.root_id.clone()).or_insert(place);
    }
    let clips: Vec<String> = places.values().map(|place| place.clip_id.clone()).collect();
    let clips = store::clip::list_clips(db, &clips).await?;
    let titles: HashMap<&str, &str> =
        clips.iter().map(|clip| (clip.id.as_str(), clip.title.as_str())).collect();
    let view = |row: &CardRow| {
        let place = places.get(&row.question_id);
        let form = forms.get(row.question_id.as_str())?;
        Some(ReviewView {
            question_id: QuestionId::parse(&form.question_id).ok()?,
            clip_id: place.and_then(|place| ClipId::parse(&place.clip_id).ok()),
            clip_title: place
                .and_then(|place| titles.get(place.clip_id.as_str()).map(|title| (*title).to_owned())),
            moment_ms: place.map(|place| small(place.moment_ms)),
            stem: form.stem.clone(),
            last_answer_ms: row.last_answer_ms,
            due_ms: row.due_ms,
            // 0 to 100.
            known_percent: (row.card().retrievability(&memory.parameters, now_ms) * 100.0).round() as u32,
            reviews: small(row.reviews),
            lapses: small(row.lapses),
        })
    };
    Ok(rows.iter().filter_map(view).collect())
}

pub async fn get_forecast(call: Call, request: GetForecast) -> Answer<GetForecast> {
    let (db, person) = (&call.app.db, call.person()?);
    let day_ms = day_start_ms(call.app.now_ms(), request.utc_offset_minutes)?;
    freshen(&call.app, person).await?;
    let daily_cap = settings_of(db, person).await?.daily_reviews;
    let done_today = small(store::answer::count_reviewed(db, person, day_ms).await?);
    let mut days = vec![0; FORECAST_DAYS as usize];
    for (day, cards) in store::card::list_due_days(db, person, day_ms, i64::from(FORECAST_DAYS)).await? {
        if let Some(count) = usize::try_from(day).ok().and_then(|day| days.get_mut(day)) {
            *count = small(cards);
        }
    }
    let caught_up = plan::carry(&mut days, done_today, daily_cap);
    let caught_up_in_days = caught_up.and_then(|day| u32::try_from(day).ok());
    Ok(ForecastView { days, daily_cap, caught_up_in_days })
}

pub async fn get_workload(call: Call, request: GetWorkload) -> Answer<GetWorkload> {
    let percent = request.retention_percent;
    if !(limit::RETENTION_MIN..=limit::RETENTION_MAX).contains(&percent) {
        let detail = format!("{} to {} per cent", limit::RETENTION_MIN, limit::RETENTION_MAX);
        return Err(ApiError::new(ErrorCode::InvalidField, detail).field("retention_percent"));
    }
    let memory = freshen(&call.app, call.person()?).await?;
    let rows = store::card::list_cards(&call.app.db, call.person()?).await?;
    let step = rows.len().div_ceil(SAMPLE).max(1);
    let cards: Vec<_> = rows.iter().step_by(step).map(CardRow::card).collect();
    let (count, now_ms) = (rows.len(), call.app.now_ms());
    let reckon = move || {
        let share = count as f64 / cards.len().max(1) as f64;
        let preview =
            workload::preview(&cards, &memory.parameters, now_ms, FORECAST_DAYS, f64::from(percent) / 100.0);
        (preview.reviews_per_day * share, preview.known_at_end * share)
    };
    let (reviews_per_day, known_at_end) =
        tokio::task::spawn_blocking(reckon).await.map_err(ApiError::internal)?;
    Ok(WorkloadView {
        retention_percent: percent,
        reviews_per_day,
        known_at_end,
        questions: u32::try_from(count).unwrap_or(u32::MAX),
    })
}
