//! What a clip did, for its author: as a view, and as a table to take along.

use super::{
    clip_views::{from_json, small},
    context::Call,
    error::ApiError,
    limits::{self, Class},
    mastery::hardness,
    route::{Answer, caller},
};
use crate::{
    app::App,
    policy::{self, Action, Object},
    store::{
        self,
        clip::ClipRow,
        insight::{StayRow, TakenRow, ToldRow},
        question::AskedRow,
    },
};
use axum::{
    Router,
    body::Body,
    extract::{Path, Request, State},
    response::Response,
    routing::get,
};
use http::{HeaderValue, header};
use minnow_mastery::gain::{self, Difference, Gain, Share, Told};
use minnow_shared::{
    ClipId, ErrorCode, Method, PersonId, QuestionId,
    insight::{
        ChoiceShareView, DropView, FEWEST_LEARNERS, FigureView, GainView, GetClipInsights, InsightsView,
        QuestionInsightView, ShareView,
    },
    question::{ChoiceKey, Question, QuestionKey},
};
use std::collections::HashMap;

/// Moments at which it is told who is still there, the begin and the end among them.
const MOMENTS: u32 = 41;
/// Within so many milliseconds the steepest fall is sought, and told from so much on.
const FALL_MS: i64 = 3_000;
const FALL: f64 = 0.05;
/// Other questions that somebody must have answered to be compared with.
const OTHERS: i64 = 5;

pub async fn get_clip_insights(call: Call, request: GetClipInsights) -> Answer<GetClipInsights> {
    view(&call.app, &request.clip_id).await
}

async fn view(app: &App, clip: &ClipId) -> Result<InsightsView, ApiError> {
    let absent = || ApiError::not_found("clip");
    let row = store::clip::find_clip(&app.db, clip).await?.ok_or_else(absent)?;
    let stays = store::insight::list_stays(&app.db, clip, &row.author_id).await?;
    let duration_ms = row.duration_ms.unwrap_or_default().max(1);
    let learners = small(stays.len() as i64);
    let finished = small(stays.iter().filter(|stay| stay.finished).count() as i64);
    let staying = if learners < FEWEST_LEARNERS { Vec::new() } else { staying(&stays, duration_ms) };
    let mut questions = Vec::new();
    for asked in store::question::list_asked(&app.db, std::slice::from_ref(&clip.to_string())).await? {
        questions.push(question(app, clip, &row, &asked).await?);
    }
    Ok(InsightsView {
        clip_id: clip.clone(),
        poster_small_url: row
            .poster_small_key
            .as_deref()
            .map(|key| app.media.url_of(key))
            .unwrap_or_default(),
        duration_ms: small(duration_ms),
        published_at_ms: row.published_at_ms.filter(|_| row.published),
        learners,
        saves: row.save_count.max(0).unsigned_abs(),
        finished: figure(Share::of(finished, learners)),
        drop: if staying.is_empty() { None } else { fall(&stays, duration_ms) },
        staying,
        questions,
        title: row.title,
    })
}

fn figure(share: Share) -> FigureView {
    let told = ShareView { share: share.share, low: share.low, high: share.high };
    FigureView { learners: share.learners, share: share.is_enough().then_some(told) }
}

fn difference(difference: Difference) -> FigureView {
    let told = ShareView { share: difference.difference, low: difference.low, high: difference.high };
    FigureView {
        learners: difference.learners,
        share: (difference.learners >= FEWEST_LEARNERS).then_some(told),
    }
}

/// The share that is still there at an instant.
fn still_there(stays: &[StayRow], at_ms: i64) -> f64 {
    let there = stays.iter().filter(|stay| stay.finished || stay.furthest_ms >= at_ms).count();
    there as f64 / stays.len().max(1) as f64
}

fn staying(stays: &[StayRow], duration_ms: i64) -> Vec<f64> {
    let steps = i64::from(MOMENTS - 1);
    (0..=steps).map(|step| still_there(stays, duration_ms * step / steps)).collect()
}

/// Where the most left. The last second is the end, not a place to leave.
fn fall(stays: &[StayRow], duration_ms: i64) -> Option<DropView> {
    let mut worst: Option<(i64, f64)> = None;
    let mut from_ms = 0;
    while from_ms + FALL_MS + 1_000 <= duration_ms {
        let share = still_there(stays, from_ms) - still_there(stays, from_ms + FALL_MS);
        if share >= FALL && worst.is_none_or(|(_, most)| share > most) {
            worst = Some((from_ms, share));
        }
        from_ms += 1_000;
    }
    worst.map(|(from_ms, share)| DropView { from_ms: small(from_ms), to_ms: small(from_ms + FALL_MS), share })
}

async fn question(
    app: &App,
    clip: &ClipId,
    row: &ClipRow,
    asked: &AskedRow,
) -> Result<QuestionInsightView, ApiError> {
    let (db, author) = (&app.db, row.author_id.as_str());
    let whole: Question = from_json("questions.content", &asked.content)?;
    let taken = store::insight::list_taken(db, &asked.id, author).await?;
    let (learners, right) =
        taken.iter().fold((0, 0), |sum, taken| (sum.0 + taken.learners, sum.1 + taken.right_count));
    let first = figure(Share::of(small(right), small(learners)));
    let beside = store::insight::list_beside_others(db, &asked.id, author, OTHERS).await?;
    let difficulty = store::mastery::list_difficulties(db, std::slice::from_ref(&asked.id)).await?.pop();
    let (weight, pull) = difficulty.map_or((0.0, 0.0), |row| (row.weight, row.pull));
    Ok(QuestionInsightView {
        question_id: QuestionId::parse(&asked.id).map_err(ApiError::internal)?,
        stem: whole.stem.reading(),
        moment_ms: small(asked.moment_ms),
        choices: if first.share.is_some() { choices(&whole, &taken, learners) } else { Vec::new() },
        first,
        discrimination: gain::discrimination(&beside),
        hardness: hardness(weight, pull),
        gain: gain_view(taught(app, clip, author, asked).await?),
    })
}

/// Each choice with its share; "I don't know yet" is one of them.
fn choices(whole: &Question, taken: &[TakenRow], learners: i64) -> Vec<ChoiceShareView> {
    let QuestionKey::Choices { choices, multiple: false, .. } = &whole.key else { return Vec::new() };
    let count = |id: Option<&str>| {
        taken.iter().find(|row| row.choice_id.as_deref() == id).map_or(0, |row| row.learners)
    };
    let share = |count: i64| count as f64 / learners.max(1) as f64;
    let view = |choice: &ChoiceKey| ChoiceShareView {
        text: Some(choice.text.reading()),
        is_right: choice.is_right,
        share: choice.id.as_ref().map_or(0.0, |id| share(count(Some(id.as_str())))),
    };
    let mut all: Vec<ChoiceShareView> = choices.iter().map(view).collect();
    let unsure = count(None);
    if unsure > 0 {
        all.push(ChoiceShareView { text: None, is_right: false, share: share(unsure) });
    }
    all.sort_by(|a, b| b.share.total_cmp(&a.share));
    all
}

/// What learners knew before, right after, and later.
async fn taught(app: &App, clip: &ClipId, author: &str, asked: &AskedRow) -> Result<Gain, ApiError> {
    let rows = store::insight::list_told(&app.db, &asked.id, author).await?;
    let reached: HashMap<String, i64> =
        store::insight::list_reached(&app.db, clip, &asked.id, asked.moment_ms).await?.into_iter().collect();
    let told = |row: &ToldRow| Told {
        at_ms: row.answered_at_ms.min(row.kept_at_ms),
        is_right: row.is_right,
        is_guess: row.is_before,
        in_clip: row.clip_id.as_deref() == Some(clip.as_str()),
    };
    let paths: Vec<gain::Path> = rows
        .chunk_by(|a, b| a.person_id == b.person_id)
        .map(|of_one| {
            let answers: Vec<Told> = of_one.iter().map(told).collect();
            let reached_ms = of_one.first().and_then(|row| reached.get(&row.person_id)).copied();
            gain::path(&answers, reached_ms)
        })
        .collect();
    Ok(gain::gain(&paths))
}

fn gain_view(gain: Gain) -> GainView {
    let delayed = figure(gain.delayed);
    GainView {
        before: figure(gain.before),
        after: figure(gain.after),
        // Of few learners not even the delay is told.
        delay_ms: if delayed.share.is_some() { gain.delay_ms } else { 0 },
        delayed,
        at_once: difference(gain.at_once),
        lasting: difference(gain.lasting),
    }
}

/// A table for other programs.
pub fn routes() -> Router<App> {
    Router::new().route("/api/clips/{clip_id}/insights.csv", get(table))
}

async fn table(
    State(app): State<App>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, ApiError> {
    let (parts, _) = request.into_parts();
    let caller = caller(&app, &parts).await?;
    let who = match &caller.session {
        Some(session) => session.id.to_string(),
        None => limits::caller_of(caller.address),
    };
    app.limits.take(Class::of(Action::ReadInsights, Method::Get), &who, app.now_ms())?;
    let clip = ClipId::parse(&id).map_err(|_| ApiError::not_found("clip"))?;
    let object = match store::clip::find_clip_owner(&app.db, &clip).await? {
        Some(row) => Object::Clip {
            author: PersonId::parse(&row.author_id).map_err(ApiError::internal)?,
            published: row.published,
        },
        None => Object::Absent,
    };
    policy::can(&caller.actor(), Action::ReadInsights, &object)?;
    let mut response = Response::new(Body::from(written(&view(&app, &clip).await?)));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let name = format!("attachment; filename=\"insights-{clip}.csv\"");
    let name = HeaderValue::from_str(&name).map_err(|_| ApiError::from(ErrorCode::Internal))?;
    headers.insert(header::CONTENT_DISPOSITION, name);
    Ok(response)
}

/// A cell of a table. What a spreadsheet would take for a formula begins with an apostrophe.
fn cell(text: &str) -> String {
    let text =
        if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() };
    format!("\"{}\"", text.replace('"', "\"\""))
}

fn written(insights: &InsightsView) -> String {
    let mut text = String::from("\u{feff}figure,question,learners,share,low,high\r\n");
    let mut row = |figure: &str, question: &str, learners: u32, shares: String| {
        text.push_str(&format!("{figure},{question},{learners},{shares}\r\n"));
    };
    let told = |view: FigureView| match view.share {
        Some(ShareView { share, low, high }) => format!("{share:.4},{low:.4},{high:.4}"),
        None => ",,".to_owned(),
    };
    row("finished", "", insights.finished.learners, told(insights.finished));
    for question in &insights.questions {
        let stem = cell(&question.stem);
        row("right first", &stem, question.first.learners, told(question.first));
        let gain = &question.gain;
        for (name, view) in [
            ("right before", gain.before),
            ("right after", gain.after),
            ("right a day or more later", gain.delayed),
            ("after less before", gain.at_once),
            ("later less before", gain.lasting),
        ] {
            row(name, &stem, view.learners, told(view));
        }
        for choice in &question.choices {
            let name = cell(&format!("took: {}", choice.text.as_deref().unwrap_or("I don't know yet")));
            row(&name, &stem, question.first.learners, format!("{:.4},,", choice.share));
        }
    }
    let last = insights.staying.len().saturating_sub(1).max(1) as f64;
    for (step, share) in insights.staying.iter().enumerate() {
        let second = f64::from(insights.duration_ms) / 1_000.0 * step as f64 / last;
        row(&format!("still there at {second:.1} s"), "", insights.learners, format!("{share:.4},,"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_steepest_fall_is_where_most_left_within_seconds_and_the_end_is_none() {
        let stay = |furthest_ms, finished| StayRow { furthest_ms, finished };
        let mut stays = vec![stay(20_000, true); 12];
        stays.extend(vec![stay(7_400, false); 6]);
        stays.extend(vec![stay(12_100, false); 2]);
        let fall = fall(&stays, 20_000).unwrap();
        assert!(fall.from_ms <= 7_400 && fall.to_ms >= 7_400 && (fall.share - 0.3).abs() < 1e-9, "{fall:?}");
        let points = staying(&stays, 20_000);
        assert_eq!((points.len(), points[0], points[40]), (41, 1.0, 0.6));
        assert!(points.is_sorted_by(|a, b| a >= b));
        assert_eq!(super::fall(&[stay(20_000, true); 20], 20_000), None);
    }

    #[test]
    fn a_cell_is_no_formula() {
        assert_eq!(cell("=1+1 \"x\""), "\"'=1+1 \"\"x\"\"\"");
    }
}
