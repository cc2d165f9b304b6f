//! What a learner meets again: due lists with a daily cap, the forecast, what another retention costs, fitted weights.

use crate::{library::Clip, on_both, server::*};
use minnow::{review, store, upkeep};
use minnow_memory::DAY_MS;
use minnow_shared::{
    AnswerId, ErrorCode, PersonId,
    answer::{AnswerQuestion, Certainty, Response},
    review::{GetForecast, GetWorkload, ListReviews},
    settings::{SettingsView, UpdateSettings},
};

async fn clips(server: &TestApp, count: usize) -> Vec<Clip> {
    let (_, author) = server.account("author").await;
    let topic = server.topic("light").await;
    let mut all = Vec::new();
    for _ in 0..count {
        all.push(server.clip(&author, &topic).await);
    }
    all
}

async fn answer(server: &TestApp, who: &mut Browser, clip: &Clip, n: u32, is_right: bool) {
    let mut bits = [0; 10];
    bits[..4].copy_from_slice(&n.to_be_bytes());
    let request = AnswerQuestion {
        answer_id: AnswerId::new(7, bits),
        clip_id: clip.id.clone(),
        question_id: clip.question.clone(),
        response: Response::Choice { choice_id: if is_right { &clip.right } else { &clip.wrong }.clone() },
        certainty: Some(Certainty::ThinkSo),
        answered_at_ms: server.app.now_ms(),
        before: false,
    };
    who.call(&request).await.unwrap();
}

const LIST: ListReviews = ListReviews { utc_offset_minutes: 0, only_wrong: false };

on_both!(what_was_learned_comes_back_when_due_likeliest_known_first_up_to_the_days_cap, async |engine| {
    let server = TestApp::new(engine).await;
    let clips = clips(&server, 4).await;
    let mut ada = server.guest().await;
    for (n, clip) in (0..).zip(&clips[..3]) {
        answer(&server, &mut ada, clip, n, true).await;
        server.clock.advance(DAY_MS);
    }
    answer(&server, &mut ada, &clips[3], 3, false).await;
    let list = ada.call(&LIST).await.unwrap();
    assert_eq!((list.daily_cap, list.done_today), (40, 0), "what is new today is no review");
    server.clock.advance(10 * DAY_MS);
    let list = ada.call(&LIST).await.unwrap();
    assert_eq!((list.due, list.reviews.len()), (4, 4));
    let chances: Vec<u32> = list.reviews.iter().map(|review| review.known_percent).collect();
    assert!(chances.is_sorted_by(|a, b| a >= b), "{chances:?}");
    assert!(chances.iter().all(|chance| (1..100).contains(chance)), "{chances:?}");
    let first = &list.reviews[0];
    let clip = clips.iter().find(|clip| clip.question == first.question_id).unwrap();
    assert_eq!(
        (first.clip_id.as_ref(), first.moment_ms, first.stem.as_str()),
        (Some(&clip.id), Some(4_000), "Why does it climb?")
    );
    // One is done, two are allowed.
    answer(&server, &mut ada, clip, 9, true).await;
    let settings = SettingsView { daily_reviews: 2, ..SettingsView::default() };
    ada.call(&UpdateSettings { settings, changed: Default::default() }).await.unwrap();
    let list = ada.call(&LIST).await.unwrap();
    assert_eq!((list.done_today, list.due, list.reviews.len()), (1, 3, 1));
    // A clip that is taken back leaves the question, which comes alone.
    let shown = list.reviews[0].clip_id.clone().unwrap();
    let mut tx = server.app.db.begin().await.unwrap();
    store::draft::delete_clip(&mut tx, &shown).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(ada.call(&LIST).await.unwrap().reviews[0].clip_id, None);
    let nobody = server.browser().call(&LIST).await.unwrap_err();
    assert_eq!(nobody.code, ErrorCode::NotSignedIn);
});

on_both!(only_what_went_wrong_can_be_practised_and_leaves_when_it_goes_right, async |engine| {
    let server = TestApp::new(engine).await;
    let clips = clips(&server, 2).await;
    let mut ada = server.guest().await;
    answer(&server, &mut ada, &clips[0], 1, true).await;
    answer(&server, &mut ada, &clips[1], 2, false).await;
    let wrong = ListReviews { only_wrong: true, ..LIST };
    let list = ada.call(&wrong).await.unwrap().reviews;
    assert_eq!(list.iter().map(|review| &review.question_id).collect::<Vec<_>>(), [&clips[1].question]);
    server.clock.advance(60_000);
    answer(&server, &mut ada, &clips[1], 3, true).await;
    assert_eq!(ada.call(&wrong).await.unwrap().reviews, []);
});

on_both!(the_forecast_keeps_to_the_cap_and_another_retention_has_its_price, async |engine| {
    let server = TestApp::new(engine).await;
    let clips = clips(&server, 6).await;
    let mut ada = server.guest().await;
    for (n, clip) in (0..).zip(&clips) {
        answer(&server, &mut ada, clip, n, true).await;
    }
    server.clock.advance(20 * DAY_MS);
    let settings = SettingsView { daily_reviews: 4, ..SettingsView::default() };
    ada.call(&UpdateSettings { settings: settings.clone(), changed: Default::default() }).await.unwrap();
    let forecast = ada.call(&GetForecast { utc_offset_minutes: 120 }).await.unwrap();
    assert_eq!((forecast.days.len(), forecast.daily_cap, &forecast.days[..3]), (30, 4, &[4, 2, 0][..]));
    assert_eq!(forecast.caught_up_in_days, Some(1));
    let mut at = async |percent| ada.call(&GetWorkload { retention_percent: percent }).await.unwrap();
    let (low, high) = (at(75).await, at(95).await);
    assert_eq!(low.questions, 6);
    assert!(low.reviews_per_day < high.reviews_per_day, "{low:?} {high:?}");
    assert!(low.known_at_end < high.known_at_end && high.known_at_end <= 6.0, "{low:?} {high:?}");
    let bad = ada.call(&GetWorkload { retention_percent: 98 }).await.unwrap_err();
    assert_eq!(bad.field.as_deref(), Some("retention_percent"));
    // More to be kept: due sooner, every card.
    let due = async || -> Vec<i64> {
        let person = PersonId::parse(&who(&server).await).unwrap();
        store::card::list_cards(&server.app.db, &person).await.unwrap().iter().map(|row| row.due_ms).collect()
    };
    let before = due().await;
    let kept = SettingsView { retention_percent: 97, ..settings };
    ada.call(&UpdateSettings { settings: kept, changed: Default::default() }).await.unwrap();
    while review::freshen_some(&server.app).await.unwrap() > 0 {}
    assert!(due().await.iter().zip(&before).all(|(after, before)| after < before));
});

/// The person with cards.
async fn who(server: &TestApp) -> String {
    let (id,): (String,) =
        store::sql("SELECT DISTINCT person_id FROM cards").one(&server.app.db).await.unwrap();
    id
}

on_both!(weights_are_fitted_by_a_job_once_there_are_enough_reviews, async |engine| {
    let server = TestApp::with(engine, &["--rate-limits", "off"]).await;
    let clips = clips(&server, 60).await;
    let mut ada = server.guest().await;
    let mut n = 0;
    for (round, days) in [1, 2, 5, 9, 14, 20, 30].into_iter().enumerate() {
        for (place, clip) in clips.iter().enumerate() {
            n += 1;
            answer(&server, &mut ada, clip, n, (place * 7 + round * 3) % 10 > 2).await;
        }
        server.clock.advance(days * DAY_MS);
    }
    ada.call(&LIST).await.unwrap();
    let person = PersonId::parse(&who(&server).await).unwrap();
    let due = async || -> Vec<i64> {
        store::card::list_cards(&server.app.db, &person).await.unwrap().iter().map(|row| row.due_ms).collect()
    };
    let before = due().await;
    assert!(store::card::find_weights(&server.app.db, &person).await.unwrap().is_none());
    upkeep::fit_memories(&server.app).await.unwrap();
    upkeep::fit_memories(&server.app).await.unwrap();
    assert_eq!(store::job::list_jobs(&server.app.db, "fit_memory").await.unwrap().len(), 1, "asked for once");
    let node = std::sync::Arc::new(minnow::jobs::Node::start(&server.app).await.unwrap());
    assert!(minnow::jobs::Worker::new(server.app.clone(), node).work_once().await.unwrap());
    assert!(store::card::find_weights(&server.app.db, &person).await.unwrap().is_some());
    ada.call(&LIST).await.unwrap();
    assert_ne!(due().await, before, "cards are made anew by them");
    upkeep::fit_memories(&server.app).await.unwrap();
    assert!(
        store::job::list_jobs(&server.app.db, "fit_memory").await.unwrap().is_empty(),
        "not before there is more"
    );
});
