//! Models fitted to the log: an operator has one fitted, it ranks from the next page on, on every node, and can be taken back;
//! who is forgotten is forgotten by it too.

use crate::{library::Clip, on_both, server::*};
use minnow::{
    interests::{served, texts},
    jobs::{Node, Worker},
    store::{
        self,
        interest::NewEvent,
        interest_model::{self, ModelRow},
        sql,
    },
};
use minnow_shared::{
    ClipId, ErrorCode, PersonId, TopicId, WatchId,
    feed::GetFeed,
    interest::{GetWhy, WhySource},
    interest_model::*,
    person::DeletePerson,
    watch::{RecordWatch, WatchedStretch},
};
use std::sync::Arc;

const TOPICS: [&str; 4] = ["light", "rust", "water", "chess"];
const OF_A_TOPIC: usize = 12;

/// A site of four topics with twelve clips each, whose log tells of learners that like one of them.
struct Site {
    server: TestApp,
    author: PersonId,
    topics: Vec<TopicId>,
    clips: Vec<Vec<ClipId>>,
    operator: Browser,
}

impl Site {
    async fn new(engine: Engine) -> Self {
        let server = TestApp::new(engine).await;
        let (_, author) = server.account("teacher").await;
        let (mut topics, mut clips) = (Vec::new(), Vec::new());
        for topic in TOPICS {
            let topic = server.topic(topic).await;
            let mut of: Vec<Clip> = Vec::new();
            for _ in 0..OF_A_TOPIC {
                of.push(server.clip(&author, &topic).await);
            }
            clips.push(of.into_iter().map(|clip| clip.id).collect());
            topics.push(topic);
        }
        let (operator, _) = server.account("olga").await;
        let mut tx = server.app.db.begin().await.unwrap();
        store::person::update_role(&mut tx, "olga", "operator", 1).await.unwrap();
        tx.commit().await.unwrap();
        Self { server, author, topics, clips, operator }
    }

    /// So many learners watch eight clips of their topic to the end, one after the other.
    async fn learners(&self, from: usize, count: usize) {
        let now_ms = self.server.app.now_ms();
        let mut tx = self.server.app.db.begin().await.unwrap();
        for step in 0..8 {
            for learner in from..from + count {
                let (person, kind) = (format!("learner-{learner}"), learner % TOPICS.len());
                let clip = &self.clips[kind][(learner / TOPICS.len() + step) % OF_A_TOPIC];
                let event = NewEvent {
                    person: &person,
                    kind: "watched",
                    clip: Some(clip.as_str()),
                    topic: None,
                    value: 20.0,
                    at_ms: now_ms,
                    now_ms,
                };
                store::interest::log(&mut tx, &[event]).await.unwrap();
            }
        }
        tx.commit().await.unwrap();
        self.server.app.interests.refresh(&self.server.app.db).await.unwrap();
    }

    async fn worker(&self) -> Worker {
        Worker::new(self.server.app.clone(), Arc::new(Node::start(&self.server.app).await.unwrap()))
    }

    /// Has a model fitted and waits for it.
    async fn fit(&mut self) -> FeedHealthView {
        let asked = self.operator.call(&FitModel {}).await.unwrap();
        assert!(asked.is_fitting);
        while self.worker().await.work_once().await.unwrap() {}
        self.operator.call(&GetFeedHealth {}).await.unwrap()
    }
}

async fn watch(browser: &mut Browser, clip: &ClipId, number: u8) {
    let stretch = WatchedStretch {
        watch_id: WatchId::new(9, [number; 10]),
        clip_id: clip.clone(),
        from_ms: 0,
        to_ms: 20_000,
        started_at_ms: MORNING_MS,
        finished: true,
    };
    browser.call(&RecordWatch { stretches: vec![stretch], utc_offset_minutes: 0 }).await.unwrap();
}

async fn next(browser: &mut Browser, count: u32) -> Vec<ClipId> {
    let feed = GetFeed {
        cursor: None,
        topic: None,
        limit: Some(count),
        from: None,
        since_review: None,
        utc_offset_minutes: None,
    };
    browser.call(&feed).await.unwrap().clips.into_iter().map(|clip| clip.id).collect()
}

on_both!(a_model_that_was_fitted_serves_at_once_and_says_how_good_it_is, async |engine| {
    let mut site = Site::new(engine).await;
    site.learners(0, 20).await;
    let refused = site.operator.call(&FitModel {}).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::Conflict, "160 clips taken up are too few");
    let before = site.operator.call(&GetFeedHealth {}).await.unwrap();
    assert_eq!(
        (before.taken, before.needed_taken, before.serving, before.versions.len()),
        (160, 200, None, 0)
    );
    site.learners(20, 40).await;
    let told = site.fit().await;
    assert_eq!((told.serving, told.is_fitting, told.last_error), (Some(1), false, None));
    assert_eq!((told.events, told.learners, told.clips, told.taken), (480, 60, 48, 480));
    let version = &told.versions[0];
    assert_eq!((version.events, version.clips, version.drift), (480, 48, None));
    let replay = version.replay.as_ref().unwrap();
    assert!(replay.ours.hit_rate_20 > 0.8, "{replay:?}");
    assert!(replay.ours.ndcg_20 > replay.popularity.ndcg_20, "{replay:?}");
    let metrics = site.server.browser().get("/metrics").await.text();
    assert!(metrics.contains("minnow_interest_model_version 1\n"), "{metrics}");

    let mut learner = site.server.guest().await;
    for (number, clip) in (1..).zip(&site.clips[2][..2]) {
        watch(&mut learner, clip, number).await;
    }
    let page = next(&mut learner, 4).await;
    assert!(page.iter().take(3).all(|clip| site.clips[2].contains(clip)));
    let why = learner.call(&GetWhy { clip_id: page[0].clone(), language: None }).await.unwrap();
    assert!(why.sources.contains(&WhySource::Interest), "{why:?}");
    let sum: f64 = why.parts.iter().map(|part| part.adds).sum();
    assert!((sum - why.score).abs() < 1e-4, "{why:?}");
});

on_both!(only_operators_see_and_steer_models, async |engine| {
    let site = Site::new(engine).await;
    let mut guest = site.server.guest().await;
    assert_eq!(guest.call(&GetFeedHealth {}).await.unwrap_err().code, ErrorCode::AccountNeeded);
    let (mut account, _) = site.server.account("ada").await;
    assert_eq!(account.call(&FitModel {}).await.unwrap_err().code, ErrorCode::Forbidden);
    assert_eq!(account.call(&UseModel { version: 1 }).await.unwrap_err().code, ErrorCode::Forbidden);
});

on_both!(an_earlier_version_can_be_served_again_on_every_node, async |engine| {
    let mut site = Site::new(engine).await;
    site.learners(0, 40).await;
    assert_eq!(site.fit().await.serving, Some(1));
    site.learners(40, 20).await;
    let second = site.fit().await;
    assert_eq!((second.serving, second.versions.len()), (Some(2), 2));
    let other = site.server.second_node().await;
    served::keep_up(&other.app).await.unwrap();
    let served =
        |app: &minnow::app::App| app.interests.served(|served| served.map(|served| served.row.version));
    assert_eq!(served(&other.app), Some(2));
    assert_eq!(site.operator.call(&UseModel { version: 1 }).await.unwrap().serving, Some(1));
    assert_eq!(served(&site.server.app), Some(1));
    served::keep_up(&other.app).await.unwrap();
    assert_eq!(served(&other.app), Some(1));
    let gone = site.operator.call(&UseModel { version: 9 }).await.unwrap_err();
    assert_eq!(gone.code, ErrorCode::NotFound);
});

on_both!(a_fit_that_was_cut_off_serves_nobody_and_is_cleaned_away_by_the_next, async |engine| {
    let mut site = Site::new(engine).await;
    site.learners(0, 40).await;
    let db = &site.server.app.db;
    let mut tx = db.begin().await.unwrap();
    let half = interest_model::insert_model(&mut tx, 1).await.unwrap();
    interest_model::insert_piece(&mut tx, half, 0, vec![1, 2, 3]).await.unwrap();
    assert!(!interest_model::serve_model(&mut tx, half).await.unwrap());
    tx.commit().await.unwrap();
    served::keep_up(&site.server.app).await.unwrap();
    assert!(site.operator.call(&GetFeedHealth {}).await.unwrap().versions.is_empty());
    let told = site.fit().await;
    assert_eq!((told.serving, told.versions.len()), (Some(2), 1));
    let db = &site.server.app.db;
    let left: Vec<(i64,)> =
        sql("SELECT DISTINCT version FROM interest_model_pieces ORDER BY version").all(db).await.unwrap();
    assert_eq!(left, [(2,)]);
});

on_both!(a_model_whose_bytes_are_broken_leaves_pages_as_they_were_without, async |engine| {
    let mut site = Site::new(engine).await;
    let app = site.server.app.clone();
    let mut tx = app.db.begin().await.unwrap();
    let version = interest_model::insert_model(&mut tx, 1).await.unwrap();
    for place in 0..3 {
        interest_model::insert_piece(&mut tx, version, place, vec![7; 999]).await.unwrap();
    }
    let row = ModelRow {
        version,
        is_serving: false,
        fitted_at_ms: 1,
        fit_took_ms: 1,
        through_seq: 0,
        events: 1,
        clips: 1,
        size_bytes: 2_997,
        replay: None,
    };
    interest_model::finish_model(&mut tx, &row).await.unwrap();
    assert!(interest_model::serve_model(&mut tx, version).await.unwrap());
    tx.commit().await.unwrap();
    served::keep_up(&app).await.unwrap();
    assert!(app.interests.served(|served| served.is_none()));
    assert_eq!(next(&mut site.server.guest().await, 5).await.len(), 5);
    assert_eq!(site.operator.call(&GetFeedHealth {}).await.unwrap().serving, Some(1));
});

on_both!(who_is_deleted_is_in_no_version_an_hour_later, async |engine| {
    let mut site = Site::new(engine).await;
    site.learners(0, 40).await;
    let mut leaver = site.server.guest().await;
    for (number, clip) in (1..).zip(&site.clips[0][..4]) {
        watch(&mut leaver, clip, number).await;
    }
    assert_eq!(site.fit().await.versions.len(), 1);
    assert_eq!(site.fit().await.versions.len(), 2);
    leaver.call(&DeletePerson {}).await.unwrap();
    let (app, mut operator) = (site.server.app.clone(), site.operator.clone());
    app.interests.refresh(&app.db).await.unwrap();
    served::keep_up(&app).await.unwrap();
    assert!(!operator.call(&GetFeedHealth {}).await.unwrap().is_fitting, "not at once for each who leaves");
    site.server.clock.advance(3_600_000);
    served::keep_up(&app).await.unwrap();
    assert!(operator.call(&GetFeedHealth {}).await.unwrap().is_fitting);
    while site.worker().await.work_once().await.unwrap() {}
    let told = operator.call(&GetFeedHealth {}).await.unwrap();
    assert_eq!((told.serving, told.versions.len()), (Some(3), 1));
    assert_eq!(told.versions[0].events, 321, "of the one who left only that they did");
});

on_both!(a_new_clip_is_known_by_its_text_and_comes_to_those_it_is_like, async |engine| {
    let mut site = Site::new(engine).await;
    site.learners(0, 40).await;
    let app = site.server.app.clone();
    texts::catch_up(&app).await.unwrap();
    assert_eq!(site.fit().await.serving, Some(1));
    let new = site.server.clip(&site.author, &site.topics[3]).await.id;
    let has = || app.interests.served(|served| served.is_some_and(|served| served.has(new.as_str())));
    assert!(!has());
    texts::catch_up(&app).await.unwrap();
    served::keep_up(&app).await.unwrap();
    assert!(has());
    let mut learner = site.server.guest().await;
    watch(&mut learner, &site.clips[3][0], 1).await;
    let (mut shown, mut cursor) = (Vec::new(), None);
    while !shown.contains(&new) {
        let feed = GetFeed {
            cursor,
            topic: None,
            limit: Some(20),
            from: None,
            since_review: None,
            utc_offset_minutes: None,
        };
        let page = learner.call(&feed).await.unwrap();
        shown.extend(page.clips.into_iter().map(|clip| clip.id));
        cursor = page.next_cursor;
        assert!(cursor.is_some(), "it is not the last of all: {shown:?}");
    }
    let why = learner.call(&GetWhy { clip_id: new.clone(), language: None }).await.unwrap();
    assert!(why.sources.contains(&WhySource::Content), "{why:?}");
    let kept: Vec<(String, i64)> =
        sql("SELECT clip_id, clip_version FROM clip_texts").all(&app.db).await.unwrap();
    assert_eq!(kept.len(), 49);
    let other = site.server.second_node().await;
    texts::catch_up(&other.app).await.unwrap();
    let about = |app: &minnow::app::App| app.interests.texts(|texts| texts.about(new.as_str()));
    assert_eq!(about(&app), about(&other.app), "what one node has read another takes over");
    assert!(about(&app).is_some());
});

on_both!(a_fit_is_queued_when_enough_was_done_and_once, async |engine| {
    let mut site = Site::new(engine).await;
    site.learners(0, 20).await;
    let app = site.server.app.clone();
    served::keep_up(&app).await.unwrap();
    assert!(!site.operator.call(&GetFeedHealth {}).await.unwrap().is_fitting);
    site.learners(20, 20).await;
    for _ in 0..3 {
        served::keep_up(&app).await.unwrap();
    }
    assert_eq!(store::job::list_jobs(&app.db, "fit_interests").await.unwrap().len(), 1);
    while site.worker().await.work_once().await.unwrap() {}
    assert_eq!(site.operator.call(&GetFeedHealth {}).await.unwrap().serving, Some(1));
    served::keep_up(&app).await.unwrap();
    assert!(!site.operator.call(&GetFeedHealth {}).await.unwrap().is_fitting);
    // Half the learners go on to what others of their topic took up: what is foretold holds.
    site.learners(0, 40).await;
    served::keep_up(&app).await.unwrap();
    site.learners(40, 70).await;
    served::keep_up(&app).await.unwrap();
    let told = site.operator.call(&GetFeedHealth {}).await.unwrap();
    assert!(told.is_fitting, "{told:?}");
    let drift = told.versions[0].drift.unwrap();
    assert!(drift.abs() < 0.5, "{told:?}");
});
