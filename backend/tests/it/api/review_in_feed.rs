//! What is due comes in the feed: every third place, marked, from its key moment, within the day's share, never twice.

use crate::{library::Clip, on_both, server::*};
use minnow::{review, store};
use minnow_memory::DAY_MS;
use minnow_shared::{
    AnswerId, ClipId, QuestionId, WatchId,
    answer::{AnswerQuestion, AnswerView, Certainty, Response},
    clip::{ClipView, ReviewMark},
    feed::{FeedPageView, GetFeed},
    settings::{SettingsView, UpdateSettings},
    watch::{RecordWatch, WatchedStretch},
};
use std::collections::HashSet;

const FEED: GetFeed = GetFeed {
    cursor: None,
    topic: None,
    limit: Some(3),
    from: None,
    since_review: None,
    utc_offset_minutes: None,
};

struct Stage {
    server: TestApp,
    /// Seen and answered, the oldest answer first.
    known: Vec<Clip>,
    /// Never seen, newest first.
    new: Vec<ClipId>,
    learner: Browser,
}

/// A guest who answered `known` questions a day apart, and to whom all of them are due; `new` clips wait unseen.
async fn stage(engine: Engine, known: usize, new: usize) -> Stage {
    let server = TestApp::new(engine).await;
    let (_, author) = server.account("author").await;
    let topic = server.topic("light").await;
    let mut all = Vec::new();
    for _ in 0..known + new {
        all.push(server.clip(&author, &topic).await);
    }
    let mut learner = server.guest().await;
    let (known, rest) = all.split_at(known);
    for clip in known {
        watch(&server, &mut learner, &clip.id).await;
        answer(&server, &mut learner, &clip.id, &clip.question, &clip.right).await;
        server.clock.advance(DAY_MS);
    }
    server.clock.advance(9 * DAY_MS);
    while review::freshen_some(&server.app).await.unwrap() > 0 {}
    let new = rest.iter().rev().map(|clip| clip.id.clone()).collect();
    Stage { known: known.to_vec(), new, learner, server }
}

async fn watch(server: &TestApp, who: &mut Browser, clip: &ClipId) {
    let stretch = WatchedStretch {
        watch_id: server.app.new_watch(),
        clip_id: clip.clone(),
        from_ms: 0,
        to_ms: 4_000,
        started_at_ms: server.app.now_ms(),
        finished: false,
    };
    who.call(&RecordWatch { stretches: vec![stretch], utc_offset_minutes: 0 }).await.unwrap();
}

async fn answer(
    server: &TestApp,
    who: &mut Browser,
    clip: &ClipId,
    question: &QuestionId,
    choice: &minnow_shared::ChoiceId,
) -> AnswerView {
    let request = AnswerQuestion {
        answer_id: server.app.new_answer(),
        clip_id: clip.clone(),
        question_id: question.clone(),
        response: Response::Choice { choice_id: choice.clone() },
        certainty: Some(Certainty::ThinkSo),
        answered_at_ms: server.app.now_ms(),
        before: false,
    };
    who.call(&request).await.unwrap()
}

/// Ids that no other test object has.
trait NewIds {
    fn new_watch(&self) -> WatchId;
    fn new_answer(&self) -> AnswerId;
}

impl NewIds for minnow::app::App {
    fn new_watch(&self) -> WatchId {
        WatchId::parse(self.new_clip_id().as_str()).unwrap()
    }
    fn new_answer(&self) -> AnswerId {
        AnswerId::parse(self.new_clip_id().as_str()).unwrap()
    }
}

/// Every page to the end, in pages of so many; what `between` does happens after each.
async fn whole_feed(
    stage: &mut Stage,
    limit: u32,
    between: impl AsyncFn(&TestApp, &mut Browser, &[ClipView]),
) -> Vec<ClipView> {
    let mut all = Vec::new();
    let mut cursor = None;
    loop {
        let request = GetFeed { cursor, limit: Some(limit), ..FEED };
        let page = stage.learner.call(&request).await.unwrap();
        assert!(page.clips.len() <= limit as usize);
        between(&stage.server, &mut stage.learner, &page.clips).await;
        all.extend(page.clips);
        let Some(next) = page.next_cursor else { return all };
        cursor = Some(next);
    }
}

fn drawn(clips: &[ClipView]) -> String {
    clips.iter().map(|clip| if clip.review.is_some() { 'R' } else { 'n' }).collect()
}

on_both!(every_third_place_is_a_review_while_any_is_due_likeliest_known_first, async |engine| {
    for limit in [1, 3, 20] {
        let mut stage = stage(engine, 3, 7).await;
        let all = whole_feed(&mut stage, limit, async |_, _, _| ()).await;
        assert_eq!(drawn(&all), "nnRnnRnnRn", "in pages of {limit}");
        let reviews: Vec<&ClipView> = all.iter().filter(|clip| clip.review.is_some()).collect();
        // The same stability each: what was answered last is most likely still known.
        let expected: Vec<&ClipId> = stage.known.iter().rev().map(|clip| &clip.id).collect();
        assert_eq!(reviews.iter().map(|clip| &clip.id).collect::<Vec<_>>(), expected);
        let new: Vec<&ClipId> =
            all.iter().filter(|clip| clip.review.is_none()).map(|clip| &clip.id).collect();
        assert_eq!(new, stage.new.iter().collect::<Vec<_>>());
        let first = reviews[0];
        let nine_days_ago = stage.server.app.now_ms() - 10 * DAY_MS;
        assert_eq!(first.review, Some(ReviewMark { last_answer_ms: nine_days_ago, begin_ms: 0 }));
        assert_eq!(first.questions.iter().map(|question| question.answered).collect::<Vec<_>>(), [false]);
    }
});

on_both!(reviews_stop_when_the_days_share_is_done_however_the_feed_is_cut, async |engine| {
    for limit in [1, 2, 6] {
        let mut stage = stage(engine, 6, 4).await;
        let settings = SettingsView { daily_reviews: 3, ..SettingsView::default() };
        stage.learner.call(&UpdateSettings { settings, changed: Default::default() }).await.unwrap();
        while review::freshen_some(&stage.server.app).await.unwrap() > 0 {}
        // One is done before the feed is opened: two are left.
        let done = stage.known[0].clone();
        answer(&stage.server, &mut stage.learner, &done.id, &done.question, &done.right).await;
        while review::freshen_some(&stage.server.app).await.unwrap() > 0 {}
        // Nobody answers while pages are fetched ahead.
        let all = whole_feed(&mut stage, limit, async |_, _, _| ()).await;
        assert_eq!(drawn(&all), "nnRnnR", "in pages of {limit}");
        // The next day brings the next share; what was passed over counts as nothing.
        stage.server.clock.advance(DAY_MS);
        let all = whole_feed(&mut stage, limit, async |_, _, _| ()).await;
        assert_eq!(drawn(&all), "nnRnnRR", "in pages of {limit}");
    }
});

on_both!(nothing_comes_twice_in_a_pass_answered_or_passed_over, async |engine| {
    let mut stage = stage(engine, 8, 3).await;
    let known = stage.known.clone();
    let all = whole_feed(&mut stage, 2, async |server, learner, clips| {
        // Every second review is answered, the others are passed over.
        for clip in clips.iter().filter(|clip| clip.review.is_some()) {
            let place = known.iter().position(|one| one.id == clip.id).unwrap();
            watch(server, learner, &clip.id).await;
            if place % 2 == 0 {
                answer(server, learner, &clip.id, &known[place].question, &known[place].right).await;
            }
        }
    })
    .await;
    let distinct: HashSet<&ClipId> = all.iter().map(|clip| &clip.id).collect();
    assert_eq!((distinct.len(), all.len()), (11, 11));
    // A new pass: the answered ones stay away, the others come again.
    while review::freshen_some(&stage.server.app).await.unwrap() > 0 {}
    let again = whole_feed(&mut stage, 2, async |_, _, _| ()).await;
    assert_eq!(drawn(&again), "nnRnRRR");
});

on_both!(an_answer_just_given_is_not_asked_for_again_before_its_card_is_made, async |engine| {
    let mut stage = stage(engine, 1, 2).await;
    let known = stage.known[0].clone();
    let view = answer(&stage.server, &mut stage.learner, &known.id, &known.question, &known.right).await;
    let all = whole_feed(&mut stage, 6, async |_, _, _| ()).await;
    assert_eq!(drawn(&all), "nn");
    // What was told is what the card says.
    while review::freshen_some(&stage.server.app).await.unwrap() > 0 {}
    let (due_ms,): (i64,) = store::sql("SELECT due_ms FROM cards").one(&stage.server.app.db).await.unwrap();
    assert_eq!(view.due_ms, Some(due_ms));
    assert!(due_ms > stage.server.app.now_ms() + DAY_MS);
});

on_both!(two_questions_of_one_clip_come_as_one_review_and_count_as_two, async |engine| {
    let mut stage = stage(engine, 2, 2).await;
    let [first, second] = [stage.known[0].clone(), stage.known[1].clone()];
    // The second question moves into the first clip; where it was is taken back.
    let mut tx = stage.server.app.db.begin().await.unwrap();
    store::question::upsert_asked(&mut tx, &first.id, &second.question, 15_000).await.unwrap();
    store::draft::delete_clip(&mut tx, &second.id).await.unwrap();
    store::draft::touch_if_published(&mut tx, &first.id).await.unwrap();
    tx.commit().await.unwrap();
    stage.server.app.feed.refresh(&stage.server.app.db).await.unwrap();
    let all = whole_feed(&mut stage, 6, async |_, _, _| ()).await;
    assert_eq!(drawn(&all), "nnR");
    let review = &all[2];
    assert_eq!(review.id, first.id);
    let asked: Vec<(u32, bool)> = review.questions.iter().map(|q| (q.moment_ms, q.answered)).collect();
    assert_eq!(asked, [(4_000, false), (15_000, false)]);
    let settings = SettingsView { daily_reviews: 1, ..SettingsView::default() };
    stage.learner.call(&UpdateSettings { settings, changed: Default::default() }).await.unwrap();
    while review::freshen_some(&stage.server.app).await.unwrap() > 0 {}
    let all = whole_feed(&mut stage, 6, async |_, _, _| ()).await;
    assert_eq!(
        all[2].questions.iter().filter(|question| !question.answered).count(),
        1,
        "the day's share is one"
    );
});

on_both!(where_one_left_off_it_goes_on_and_a_topic_brings_no_reviews, async |engine| {
    let mut stage = stage(engine, 2, 3).await;
    let at = stage.known[0].id.clone();
    let page = stage.learner.call(&GetFeed { from: Some(at.clone()), limit: Some(6), ..FEED }).await.unwrap();
    assert_eq!(drawn(&page.clips), "RnnRn");
    assert_eq!(page.clips[0].id, at);
    let new = stage.new[2].clone();
    let page = stage.learner.call(&GetFeed { from: Some(new), limit: Some(6), ..FEED }).await.unwrap();
    assert_eq!(drawn(&page.clips), "nnRnR", "the clip that was asked for counts as one");
    let topic = Some(minnow_shared::TopicId::parse("light").unwrap());
    let page = stage.learner.call(&GetFeed { topic, limit: Some(6), ..FEED }).await.unwrap();
    assert_eq!(drawn(&page.clips), "nnn");
    let nobody = stage.server.browser().call(&GetFeed { limit: Some(6), ..FEED }).await.unwrap();
    assert_eq!(drawn(&nobody.clips), "nnnnn");
});

const INDEX: &str = "<html lang=\"en\" dir=\"ltr\"><head><title>Minnow</title><!--minnow:head--></head><body>\
    <!--minnow:first--></body></html>";

#[tokio::test]
async fn the_page_of_a_guest_has_the_review_in_it_and_its_film_begins_at_the_key_moment() {
    let site = tempfile::tempdir().unwrap();
    std::fs::write(site.path().join("index.html"), INDEX).unwrap();
    let path = site.path().display().to_string();
    let server = TestApp::with(Engine::Sqlite, &["--site", &path]).await;
    let (_, author) = server.account("author").await;
    let topic = server.topic("light").await;
    let known = server.clip(&author, &topic).await;
    for _ in 0..3 {
        server.clip(&author, &topic).await;
    }
    let mut tx = server.app.db.begin().await.unwrap();
    store::question::upsert_asked(&mut tx, &known.id, &known.question, 14_000).await.unwrap();
    store::draft::touch_if_published(&mut tx, &known.id).await.unwrap();
    tx.commit().await.unwrap();
    server.app.feed.refresh(&server.app.db).await.unwrap();
    let mut guest = server.guest().await;
    watch(&server, &mut guest, &known.id).await;
    answer(&server, &mut guest, &known.id, &known.question, &known.right).await;
    server.clock.advance(9 * DAY_MS);
    while review::freshen_some(&server.app).await.unwrap() > 0 {}
    let session = guest.cookie.clone().unwrap();
    let first_page = async |guest: &mut Browser, cookies: &str| {
        guest.cookie = Some(format!("{session}; {cookies}"));
        let page = guest.get("/").await.text();
        let json =
            page.split("id=\"first-page\">").nth(1).unwrap().split("</script>").next().unwrap().to_owned();
        let feed: FeedPageView = serde_json::from_str(&json).unwrap();
        (page, feed)
    };
    let (page, feed) = first_page(&mut guest, "minnow_offset=120").await;
    assert_eq!(drawn(&feed.clips), "nnRn");
    assert!(!page.contains("#t="), "{page}");
    let (page, feed) =
        first_page(&mut guest, &format!("minnow_offset=nonsense; minnow_at={}", known.id)).await;
    assert_eq!(drawn(&feed.clips), "Rnnn");
    assert_eq!(feed.clips[0].review.unwrap().begin_ms, 0, "it begins where it was left");
    assert!(!page.contains("#t="), "{page}");
    // With nothing new the review is the first.
    for clip in feed.clips.iter().skip(1) {
        watch(&server, &mut guest, &clip.id).await;
    }
    guest.cookie = Some(session.clone());
    let page = guest.get("/").await.text();
    assert!(page.contains(&format!("data-clip=\"{}\"", known.id)) && page.contains("#t=9\""), "{page}");
}

on_both!(a_pass_that_begins_behind_clips_that_stay_keeps_reviews_in_their_places, async |engine| {
    let mut stage = stage(engine, 2, 6).await;
    let mut places = Vec::new();
    for since in [None, Some(1), Some(2), Some(99)] {
        let page = stage.learner.call(&GetFeed { since_review: since, ..FEED }).await.unwrap();
        places.push(page.clips.iter().position(|clip| clip.review.is_some()));
    }
    assert_eq!(places, [Some(2), Some(1), Some(0), Some(0)]);
});
