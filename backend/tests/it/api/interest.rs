//! What the feed makes of learners: what they do changes what comes next, they may see, change and take it, and it is told truly.

use crate::{library::PASSWORD, on_both, server::*};
use minnow::store;
use minnow_shared::{
    ClipId, ErrorCode, LeaningId, PersonId, TopicId, WatchId,
    account::SignInWithPassword,
    clip::SetLike,
    feed::GetFeed,
    interest::*,
    mastery::Sureness,
    person::DeletePerson,
    watch::{RecordWatch, WatchedStretch},
};
use std::{
    collections::HashSet,
    sync::atomic::{AtomicU32, Ordering},
};

static WATCHES: AtomicU32 = AtomicU32::new(1);

/// A site of three topics, six clips each, by as many authors.
struct Site {
    server: TestApp,
    /// By topic, oldest first.
    clips: Vec<Vec<ClipId>>,
    authors: Vec<PersonId>,
}

const TOPICS: [&str; 3] = ["light", "rust", "water"];

impl Site {
    async fn new(engine: Engine) -> Self {
        let server = TestApp::new(engine).await;
        let (mut clips, mut authors) = (Vec::new(), Vec::new());
        for topic in TOPICS {
            let (_, author) = server.account(&format!("{topic}-teacher")).await;
            let topic = server.topic(topic).await;
            let mut of = Vec::new();
            for _ in 0..6 {
                of.push(server.clip(&author, &topic).await.id);
            }
            clips.push(of);
            authors.push(author);
        }
        Self { server, clips, authors }
    }
}

fn feed(cursor: Option<String>, limit: u32) -> GetFeed {
    GetFeed {
        cursor,
        topic: None,
        limit: Some(limit),
        from: None,
        since_review: None,
        utc_offset_minutes: None,
    }
}

async fn watch(browser: &mut Browser, clip: &ClipId, to_ms: u32) {
    let mut bits = [0; 10];
    bits[..4].copy_from_slice(&WATCHES.fetch_add(1, Ordering::SeqCst).to_be_bytes());
    let stretch = WatchedStretch {
        watch_id: WatchId::new(9, bits),
        clip_id: clip.clone(),
        from_ms: 0,
        to_ms,
        started_at_ms: MORNING_MS,
        finished: to_ms == 20_000,
    };
    browser.call(&RecordWatch { stretches: vec![stretch], utc_offset_minutes: 0 }).await.unwrap();
}

/// The topics of the next clips, in their order.
async fn next_topics(browser: &mut Browser, count: u32) -> Vec<String> {
    let page = browser.call(&feed(None, count)).await.unwrap();
    page.clips.iter().map(|clip| clip.topics[0].id.to_string()).collect()
}

async fn next_clips(browser: &mut Browser, count: u32) -> Vec<ClipId> {
    browser.call(&feed(None, count)).await.unwrap().clips.into_iter().map(|clip| clip.id).collect()
}

async fn interests(browser: &mut Browser) -> InterestsView {
    browser.call(&GetInterests { language: None }).await.unwrap()
}

fn topic(id: &str) -> TopicId {
    TopicId::parse(id).unwrap()
}

on_both!(what_is_watched_to_the_end_comes_next_and_what_is_passed_over_does_not, async |engine| {
    let site = Site::new(engine).await;
    let mut learner = site.server.guest().await;
    let first: HashSet<String> = next_topics(&mut learner, 3).await.into_iter().collect();
    assert_eq!(first.len(), 3, "three different topics tell most about somebody new");
    for clip in &site.clips[2][..3] {
        watch(&mut learner, clip, 20_000).await;
    }
    watch(&mut learner, &site.clips[0][0], 900).await;
    let next = next_topics(&mut learner, 3).await;
    assert_eq!(next[0], "water");
    let all = next_topics(&mut learner, 14).await;
    let place = |topic: &str| all.iter().position(|one| one == topic).unwrap();
    assert!(place("water") < place("rust") && place("rust") < place("light"), "{all:?}");
    assert_eq!(all.len(), 14, "one author a topic: caps do not leave clips out");
});

on_both!(not_interested_acts_on_the_very_next_page_and_is_taken_back, async |engine| {
    let site = Site::new(engine).await;
    let mut learner = site.server.guest().await;
    let first = learner.call(&feed(None, 1)).await.unwrap().clips.remove(0);
    let refused = first.topics[0].id.to_string();
    learner.call(&SetRefusal { clip_id: first.id.clone(), on: true, at_ms: None }).await.unwrap();
    let next = learner.call(&feed(None, 6)).await.unwrap();
    assert!(next.clips.iter().all(|clip| clip.id != first.id));
    assert!(next.clips[..3].iter().all(|clip| clip.topics[0].id.as_str() != refused), "{refused}");
    site.server.clock.advance(1);
    learner.call(&SetRefusal { clip_id: first.id.clone(), on: false, at_ms: None }).await.unwrap();
    let told = interests(&mut learner).await;
    assert!(told.interests.is_empty(), "{told:?}");
    assert_eq!(next_clips(&mut learner, 20).await.len(), 18, "it may come again");
    let gone = SetRefusal { clip_id: ClipId::new(1, [1; 10]), on: true, at_ms: None };
    assert_eq!(learner.call(&gone).await.unwrap_err().code, ErrorCode::NotFound);
});

on_both!(pages_of_a_ranked_pass_show_every_clip_once_and_a_page_asked_again_is_the_same, async |engine| {
    let site = Site::new(engine).await;
    let mut learner = site.server.guest().await;
    watch(&mut learner, &site.clips[1][2], 20_000).await;
    let (mut shown, mut cursor) = (Vec::new(), None);
    loop {
        let page = learner.call(&feed(cursor.clone(), 4)).await.unwrap();
        let again = learner.call(&feed(cursor, 4)).await.unwrap();
        assert_eq!(page, again);
        shown.extend(page.clips.into_iter().map(|clip| clip.id));
        cursor = page.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(shown.len(), 17);
    assert_eq!(shown.iter().collect::<HashSet<_>>().len(), 17);
    assert!(!shown.contains(&site.clips[1][2]));
});

on_both!(why_a_clip_was_shown_is_told_in_the_numbers_that_ranked_it, async |engine| {
    let site = Site::new(engine).await;
    let mut learner = site.server.guest().await;
    let why = |clip: &ClipId| GetWhy { clip_id: clip.clone(), language: None };
    let never = learner.call(&why(&site.clips[0][0])).await.unwrap();
    assert_eq!((never.shown_at_ms, never.sources), (None, vec![WhySource::InTurn]));
    let first = next_clips(&mut learner, 1).await.remove(0);
    let told = learner.call(&why(&first)).await.unwrap();
    assert_eq!(
        (told.sources, told.parts.len()),
        (vec![WhySource::Exploration], 0),
        "to learn what they like"
    );
    for clip in &site.clips[2][..3] {
        watch(&mut learner, clip, 20_000).await;
    }
    let page = next_clips(&mut learner, 6).await;
    for clip in &page {
        let told = learner.call(&why(clip)).await.unwrap();
        assert!(told.shown_at_ms.is_some());
        assert_eq!(told.parts.len(), 7);
        let sum: f64 = told.parts.iter().map(|part| part.adds).sum();
        assert!((sum - told.score).abs() < 1e-4, "{told:?}");
        for part in &told.parts {
            assert!((part.value * part.weight - part.adds).abs() < 1e-5 && (0.0..=1.0).contains(&part.value));
        }
    }
    let best = learner.call(&why(&page[0])).await.unwrap();
    assert_eq!(best.topic.unwrap().id.as_str(), "water");
    assert_eq!(
        (best.evidence[0].kind, best.evidence[0].count, best.evidence[0].of),
        (EvidenceKind::Watched, 3, Some(3))
    );
});

on_both!(a_place_given_to_chance_is_noted_with_how_likely_it_was_and_says_so, async |engine| {
    let server = TestApp::with(engine, &["--chance-per-mille", "1000"]).await;
    let (_, author) = server.account("ada").await;
    let light = server.topic("light").await;
    let mut clips = Vec::new();
    for _ in 0..8 {
        clips.push(server.clip(&author, &light).await.id);
    }
    let (mut learner, person) = server.account("mia").await;
    watch(&mut learner, &clips[0], 20_000).await;
    let page = next_clips(&mut learner, 3).await;
    assert_eq!(page.len(), 3);
    for clip in &page {
        let told = learner.call(&GetWhy { clip_id: clip.clone(), language: None }).await.unwrap();
        assert_eq!((told.sources, told.parts.len()), (vec![WhySource::Chance], 0));
        let row = store::interest::find_shown(&server.app.db, &person, clip).await.unwrap().unwrap();
        assert!(row.is_uniform && (row.propensity - 1.0 / 7.0).abs() < 1e-9, "one of seven: {row:?}");
    }
});

on_both!(the_profile_says_how_strong_how_sure_and_from_what, async |engine| {
    let site = Site::new(engine).await;
    let mut learner = site.server.guest().await;
    assert!(interests(&mut learner).await.is_new);
    for clip in &site.clips[2] {
        watch(&mut learner, clip, 20_000).await;
    }
    watch(&mut learner, &site.clips[0][0], 500).await;
    learner.call(&SetLike { clip_id: site.clips[2][0].clone(), on: true, at_ms: None }).await.unwrap();
    let told = interests(&mut learner).await;
    assert!(!told.is_new && told.is_used && told.is_learning && told.wander == WANDER);
    let [water, light] = &told.interests[..] else { panic!("{told:?}") };
    assert_eq!((water.topic.id.as_str(), light.topic.id.as_str()), ("water", "light"));
    assert!(water.level > 60 && water.level > light.level && !water.is_set, "{water:?}");
    assert_ne!(water.sureness, Sureness::Guess);
    assert_eq!(light.sureness, Sureness::Guess);
    let kinds: Vec<_> = water.evidence.iter().map(|one| (one.kind, one.count, one.of)).collect();
    assert_eq!(kinds, [(EvidenceKind::Watched, 6, Some(6)), (EvidenceKind::Liked, 1, None)]);
    assert_eq!(water.evidence[0].clip_title.as_deref(), Some("Why water climbs"));
});

on_both!(what_is_set_by_hand_counts_more_than_any_guess, async |engine| {
    let site = Site::new(engine).await;
    let mut learner = site.server.guest().await;
    for clip in &site.clips[2][..3] {
        watch(&mut learner, clip, 20_000).await;
    }
    let set = |id: &str| SetInterest { topic_id: topic(id), level: None, is_pinned: false, is_muted: false };
    learner.call(&SetInterest { level: Some(100), ..set("light") }).await.unwrap();
    learner.call(&SetInterest { level: Some(0), ..set("water") }).await.unwrap();
    assert_eq!(next_topics(&mut learner, 2).await[0], "light");
    let told = interests(&mut learner).await;
    assert_eq!((told.interests[0].level, told.interests[0].is_set), (100, true));
    learner.call(&SetInterest { is_muted: true, ..set("light") }).await.unwrap();
    let all = next_topics(&mut learner, 20).await;
    assert!(!all.contains(&"light".to_owned()) && all.len() == 9, "{all:?}");
    learner.call(&SetInterest { is_pinned: true, ..set("rust") }).await.unwrap();
    assert_eq!(next_topics(&mut learner, 2).await[0], "rust");
    learner.call(&set("light")).await.unwrap();
    assert!(next_topics(&mut learner, 20).await.contains(&"light".to_owned()));
    let too_much = SetInterest { level: Some(101), ..set("light") };
    assert_eq!(learner.call(&too_much).await.unwrap_err().code, ErrorCode::InvalidField);
    assert_eq!(learner.call(&set("nowhere")).await.unwrap_err().code, ErrorCode::NotFound);
});

on_both!(muted_authors_and_words_are_not_shown, async |engine| {
    let site = Site::new(engine).await;
    let mut learner = site.server.guest().await;
    let nothing = ChangeInterests {
        is_used: None,
        is_learning: None,
        wander: None,
        muted_words: None,
        muted_authors: None,
    };
    let mute = ChangeInterests { muted_authors: Some(vec!["@rust-teacher".into()]), ..nothing.clone() };
    learner.call(&mute).await.unwrap();
    let all = next_topics(&mut learner, 20).await;
    assert!(all.len() == 12 && !all.contains(&"rust".to_owned()), "{all:?}");
    assert_eq!(interests(&mut learner).await.muted_authors[0].id, site.authors[1]);
    let words = ChangeInterests { muted_words: Some(vec!["Climbs".into()]), ..nothing.clone() };
    learner.call(&words).await.unwrap();
    assert!(next_clips(&mut learner, 20).await.is_empty(), "every title has it");
    assert_eq!(interests(&mut learner).await.muted_words, ["climbs"]);
    let none = ChangeInterests { muted_words: Some(vec![]), muted_authors: Some(vec![]), ..nothing.clone() };
    learner.call(&none).await.unwrap();
    assert_eq!(next_clips(&mut learner, 20).await.len(), 18);
    for bad in [
        ChangeInterests { wander: Some(101), ..nothing.clone() },
        ChangeInterests { muted_words: Some(vec![String::new()]), ..nothing.clone() },
        ChangeInterests { muted_authors: Some(vec!["x".into(); 101]), ..nothing },
    ] {
        assert_eq!(learner.call(&bad).await.unwrap_err().code, ErrorCode::InvalidField);
    }
});

on_both!(without_a_profile_clips_come_in_turn_and_nothing_is_noted, async |engine| {
    let site = Site::new(engine).await;
    let mut learner = site.server.guest().await;
    for clip in &site.clips[0][..3] {
        watch(&mut learner, clip, 20_000).await;
    }
    let off = ChangeInterests {
        is_used: Some(false),
        is_learning: None,
        wander: None,
        muted_words: None,
        muted_authors: None,
    };
    learner.call(&off).await.unwrap();
    let plain: Vec<ClipId> = next_clips(&mut site.server.browser(), 20).await;
    let plain: Vec<ClipId> = plain.into_iter().filter(|id| !site.clips[0][..3].contains(id)).collect();
    let shown = next_clips(&mut learner, 20).await;
    assert_eq!(shown, plain);
    let why = learner.call(&GetWhy { clip_id: shown[0].clone(), language: None }).await.unwrap();
    assert_eq!((why.shown_at_ms, why.sources), (None, vec![WhySource::InTurn]));
});

on_both!(while_learning_is_paused_nothing_is_learned_and_nothing_comes_twice, async |engine| {
    let site = Site::new(engine).await;
    let mut learner = site.server.guest().await;
    let pause = |is_learning| ChangeInterests {
        is_used: None,
        is_learning: Some(is_learning),
        wander: None,
        muted_words: None,
        muted_authors: None,
    };
    learner.call(&pause(false)).await.unwrap();
    for clip in &site.clips[2] {
        watch(&mut learner, clip, 20_000).await;
    }
    let told = interests(&mut learner).await;
    assert!(told.is_new && !told.is_learning, "{told:?}");
    let all = next_clips(&mut learner, 20).await;
    assert!(all.len() == 12 && all.iter().all(|id| !site.clips[2].contains(id)));
    learner.call(&pause(true)).await.unwrap();
    watch(&mut learner, &site.clips[1][0], 20_000).await;
    assert_eq!(interests(&mut learner).await.interests.len(), 1);
});

on_both!(not_me_and_start_again_forget, async |engine| {
    let site = Site::new(engine).await;
    let mut learner = site.server.guest().await;
    for clip in &site.clips[2][..3] {
        watch(&mut learner, clip, 20_000).await;
    }
    watch(&mut learner, &site.clips[0][0], 20_000).await;
    learner.call(&ForgetInterest { topic_id: topic("water") }).await.unwrap();
    let told = interests(&mut learner).await;
    let water = told.interests.iter().find(|one| one.topic.id.as_str() == "water").unwrap();
    assert!(water.level < 40, "{water:?}");
    assert_eq!(water.evidence.iter().map(|one| one.kind).collect::<Vec<_>>(), [EvidenceKind::Unwanted]);
    assert_ne!(next_topics(&mut learner, 2).await[0], "water");
    let set = SetInterest { topic_id: topic("rust"), level: Some(90), is_pinned: true, is_muted: false };
    learner.call(&set).await.unwrap();
    learner.call(&ForgetInterests {}).await.unwrap();
    let told = interests(&mut learner).await;
    assert!(told.is_new && told.interests.is_empty(), "{told:?}");
    assert_eq!(next_clips(&mut learner, 20).await.len(), 14, "what was seen stays seen");
});

on_both!(a_profile_is_taken_out_and_in_again_and_is_the_same, async |engine| {
    let site = Site::new(engine).await;
    let mut learner = site.server.guest().await;
    for clip in &site.clips[2][..3] {
        watch(&mut learner, clip, 20_000).await;
    }
    let set = SetInterest { topic_id: topic("rust"), level: Some(70), is_pinned: true, is_muted: false };
    learner.call(&set).await.unwrap();
    let change = ChangeInterests {
        is_used: None,
        is_learning: Some(false),
        wander: Some(55),
        muted_words: Some(vec!["snakes".into()]),
        muted_authors: Some(vec!["light-teacher".into()]),
    };
    learner.call(&change).await.unwrap();
    let file = learner.call(&ExportInterests {}).await.unwrap();
    assert_eq!((file.version, file.wander, file.topics.len(), file.is_learning), (1, 55, 2, false));
    let mut other = site.server.guest().await;
    let mut sent = file.clone();
    sent.topics.push(InterestFileTopic { topic_id: "alchemy".into(), ..Default::default() });
    sent.muted_authors.push("nobody-here".into());
    let came = other.call(&ImportInterests { file: sent }).await.unwrap();
    assert_eq!((came.topics, came.unknown), (2, vec!["alchemy".to_owned(), "nobody-here".to_owned()]));
    let mut back = other.call(&ExportInterests {}).await.unwrap();
    for (one, two) in back.topics.iter_mut().zip(&file.topics) {
        assert!(
            (one.taken_up - two.taken_up).abs() < 1e-9 && (one.passed_over - two.passed_over).abs() < 1e-9
        );
        (one.taken_up, one.passed_over) = (two.taken_up, two.passed_over);
    }
    assert_eq!(back, file);
    for bad in [
        InterestFileView { version: 2, ..file.clone() },
        InterestFileView { wander: 500, ..file.clone() },
        InterestFileView {
            topics: vec![InterestFileTopic { topic_id: "rust".into(), taken_up: -1.0, ..Default::default() }],
            ..file.clone()
        },
    ] {
        assert_eq!(
            other.call(&ImportInterests { file: bad }).await.unwrap_err().code,
            ErrorCode::InvalidField
        );
    }
    assert_eq!(other.call(&ExportInterests {}).await.unwrap().wander, 55, "a refused file changes nothing");
});

on_both!(
    topics_picked_at_the_beginning_lead_the_feed_of_a_guest_and_of_the_account_they_become,
    async |engine| {
        let site = Site::new(engine).await;
        let mut guest = site.server.guest().await;
        guest
            .call(&PickTopics {
                leaning_id: LeaningId::new(1, [1; 10]),
                picked: vec![topic("rust")],
                skipped: vec![topic("light")],
            })
            .await
            .unwrap();
        let first = next_topics(&mut guest, 3).await;
        assert_eq!(first[0], "rust", "{first:?}");
        let told = interests(&mut guest).await;
        assert!(!told.is_new && told.interests[0].topic.id.as_str() == "rust");
        watch(&mut guest, &site.clips[1][0], 20_000).await;
        let _ = site.server.account("mia").await;
        guest.call(&SignInWithPassword { handle: "mia".into(), password: PASSWORD.into() }).await.unwrap();
        let told = interests(&mut guest).await;
        let rust = &told.interests[0];
        let kinds: Vec<EvidenceKind> = rust.evidence.iter().map(|one| one.kind).collect();
        assert_eq!(
            (rust.topic.id.as_str(), &kinds[..]),
            ("rust", &[EvidenceKind::Wanted, EvidenceKind::Watched][..])
        );
        let bad = PickTopics {
            leaning_id: LeaningId::new(1, [2; 10]),
            picked: vec![topic("nowhere")],
            skipped: vec![],
        };
        assert_eq!(guest.call(&bad).await.unwrap_err().code, ErrorCode::NotFound);
    }
);

on_both!(a_server_that_starts_from_the_log_and_one_beside_it_give_the_same_lists, async |engine| {
    let site = Site::new(engine).await;
    let other = site.server.second_node().await;
    let (mut ada, mut mia) = (site.server.guest().await, site.server.guest().await);
    for (at, clip) in site.clips.iter().flatten().enumerate() {
        let who = if at % 2 == 0 { &mut ada } else { &mut mia };
        if at % 5 != 4 {
            watch(who, clip, if at % 3 == 0 { 20_000 } else { 2_000 }).await;
        }
        if at % 7 == 0 {
            who.call(&SetRefusal { clip_id: clip.clone(), on: true, at_ms: None }).await.unwrap();
        }
    }
    let restarted = site.server.second_node().await;
    other.app.feed.refresh(&other.app.db).await.unwrap();
    for who in [&mut ada, &mut mia] {
        let here = next_clips(who, 20).await;
        assert!(here.len() > 5);
        for node in [&other, &restarted] {
            let mut there = node.browser();
            there.cookie = who.cookie.clone();
            assert_eq!(next_clips(&mut there, 20).await, here);
        }
    }
});

on_both!(who_is_deleted_leaves_nothing_in_what_others_are_foretold, async |engine| {
    let site = Site::new(engine).await;
    let clip = site.clips[0][0].clone();
    let foretold = || {
        site.server.app.interests.look(|state| {
            let learner = state.learner("nobody");
            learner.chances(clip.as_str(), &learner.lean("light", None))
        })
    };
    let before = foretold();
    let (mut ada, person) = site.server.account("ada").await;
    watch(&mut ada, &clip, 20_000).await;
    ada.call(&SetLike { clip_id: clip.clone(), on: true, at_ms: None }).await.unwrap();
    site.server.app.interests.refresh(&site.server.app.db).await.unwrap();
    let with = foretold();
    assert!(with.likes > before.likes && with.finishes > before.finishes);
    ada.call(&DeletePerson {}).await.unwrap();
    site.server.app.interests.refresh(&site.server.app.db).await.unwrap();
    let after = foretold();
    assert!((after.likes - before.likes).abs() < 1e-6 && (after.finishes - before.finishes).abs() < 1e-6);
    let left = store::interest::list_events_of(&site.server.app.db, person.as_str()).await.unwrap();
    assert!(left.iter().all(|event| event.kind == "anew"), "{left:?}");
});

on_both!(events_are_forgotten_after_the_time_the_operator_sets, async |engine| {
    let site = Site::new(engine).await;
    let (mut learner, _) = site.server.account("mia").await;
    watch(&mut learner, &site.clips[0][0], 20_000).await;
    next_clips(&mut learner, 3).await;
    site.server.clock.advance(800 * 86_400_000);
    learner.call(&SignInWithPassword { handle: "mia".into(), password: PASSWORD.into() }).await.unwrap();
    watch(&mut learner, &site.clips[1][0], 20_000).await;
    minnow::upkeep::forget_what_is_over(&site.server.app).await.unwrap();
    let restarted = site.server.second_node().await;
    let mut there = restarted.browser();
    there.cookie = learner.cookie.clone();
    let told = interests(&mut there).await;
    assert_eq!(told.interests.iter().map(|one| one.topic.id.as_str()).collect::<Vec<_>>(), ["rust"]);
    assert!(!next_clips(&mut there, 20).await.contains(&site.clips[0][0]), "seen all the same");
});

on_both!(what_is_said_of_topics_counts_once_however_often_it_is_sent, async |engine| {
    let site = Site::new(engine).await;
    let mut learner = site.server.guest().await;
    let lean = SetLeaning {
        clip_id: site.clips[1][0].clone(),
        leaning_id: LeaningId::new(5, [5; 10]),
        is_more: true,
        at_ms: Some(MORNING_MS),
    };
    learner.call(&lean).await.unwrap();
    let once = interests(&mut learner).await;
    assert_eq!(once.interests.len(), 1, "{once:?}");
    for _ in 0..3 {
        learner.call(&lean).await.unwrap();
    }
    assert_eq!(interests(&mut learner).await, once);
    learner.call(&SetLeaning { leaning_id: LeaningId::new(6, [5; 10]), ..lean }).await.unwrap();
    assert_ne!(interests(&mut learner).await, once, "said twice it counts twice");
});
