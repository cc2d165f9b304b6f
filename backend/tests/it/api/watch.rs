//! What was watched, and progress made of it.

use crate::{library::Clip, on_both, server::*};
use minnow_shared::{
    ClipId, ErrorCode, WatchId, limit,
    progress::GetProgress,
    watch::{RecordWatch, WatchedStretch},
};

fn stretch(n: u8, clip: &ClipId, from_ms: u32, to_ms: u32, started_at_ms: i64) -> WatchedStretch {
    WatchedStretch {
        watch_id: WatchId::new(1, [n; 10]),
        clip_id: clip.clone(),
        from_ms,
        to_ms,
        started_at_ms,
        finished: false,
    }
}

fn record(stretches: Vec<WatchedStretch>) -> RecordWatch {
    RecordWatch { stretches, utc_offset_minutes: 0 }
}

async fn library(engine: Engine) -> (TestApp, Clip) {
    let server = TestApp::new(engine).await;
    let (_, author) = server.account("ada").await;
    let topic = server.topic("light").await;
    let clip = server.clip(&author, &topic).await;
    (server, clip)
}

const DAY_MS: i64 = 86_400_000;

on_both!(time_adds_up_by_local_day_and_a_stretch_sent_twice_counts_once, async |engine| {
    let (server, clip) = library(engine).await;
    let mut learner = server.guest().await;
    let batch = record(vec![
        stretch(1, &clip.id, 0, 8_000, MORNING_MS),
        stretch(2, &clip.id, 2_000, 7_000, MORNING_MS - DAY_MS),
    ]);
    learner.call(&batch).await.unwrap();
    learner.call(&batch).await.unwrap();
    let progress = learner.call(&GetProgress { utc_offset_minutes: 0 }).await.unwrap();
    assert_eq!((progress.watched_today_ms, progress.clips_watched), (8_000, 1));
    let days: Vec<(&str, u64)> = progress.week[5..].iter().map(|d| (d.date.as_str(), d.watched_ms)).collect();
    assert_eq!(days, [("2026-07-05", 5_000), ("2026-07-06", 8_000)]);
    assert_eq!(progress.week.len(), 7);
});

on_both!(a_goal_is_reached_by_the_minutes_of_the_day, async |engine| {
    let (server, clip) = library(engine).await;
    let mut learner = server.guest().await;
    let long: Vec<WatchedStretch> = (0..36).map(|n| stretch(n, &clip.id, 0, 20_000, MORNING_MS)).collect();
    learner.call(&record(long)).await.unwrap();
    let progress = learner.call(&GetProgress { utc_offset_minutes: 0 }).await.unwrap();
    assert_eq!((progress.watched_today_ms, progress.daily_goal_minutes), (720_000, 12));
    assert_eq!(
        progress.week.iter().map(|d| d.goal_reached).collect::<Vec<_>>(),
        [false, false, false, false, false, false, true]
    );
});

on_both!(absurd_times_stay_within_the_clip_and_the_believable, async |engine| {
    let (server, clip) = library(engine).await;
    let mut learner = server.guest().await;
    let gone = ClipId::new(1, [3; 10]);
    let batch = record(vec![
        stretch(1, &clip.id, 0, u32::MAX, MORNING_MS + 400 * DAY_MS),
        stretch(2, &gone, 0, 5_000, MORNING_MS),
        stretch(3, &clip.id, 0, 1_000, i64::MIN),
    ]);
    learner.call(&batch).await.unwrap();
    let progress = learner.call(&GetProgress { utc_offset_minutes: 0 }).await.unwrap();
    assert_eq!(progress.watched_today_ms, 20_000, "no longer than the clip, no later than now");
    assert_eq!(progress.clips_watched, 1);
});

on_both!(a_batch_over_the_limit_or_backwards_is_refused_whole, async |engine| {
    let (server, clip) = library(engine).await;
    let mut learner = server.guest().await;
    let many: Vec<WatchedStretch> =
        (0..=limit::WATCH_BATCH).map(|n| stretch(n as u8, &clip.id, 0, 1, MORNING_MS)).collect();
    for bad in [
        record(many),
        record(vec![stretch(1, &clip.id, 0, 5, MORNING_MS), stretch(2, &clip.id, 5, 1, MORNING_MS)]),
        RecordWatch { stretches: Vec::new(), utc_offset_minutes: 841 },
    ] {
        assert_eq!(learner.call(&bad).await.unwrap_err().code, ErrorCode::InvalidField);
    }
    let progress = learner.call(&GetProgress { utc_offset_minutes: 0 }).await.unwrap();
    assert_eq!(progress.clips_watched, 0);
});
