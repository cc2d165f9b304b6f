//! The feed.

use crate::{on_both, server::*};
use minnow_shared::{
    ErrorCode, WatchId,
    draft::UnpublishClip,
    feed::GetFeed,
    watch::{RecordWatch, WatchedStretch},
};
use std::collections::HashSet;

fn feed() -> GetFeed {
    GetFeed {
        cursor: None,
        topic: None,
        limit: Some(3),
        from: None,
        since_review: None,
        utc_offset_minutes: None,
    }
}

on_both!(a_pass_over_the_feed_shows_every_clip_once_topics_in_turn, async |engine| {
    let server = TestApp::new(engine).await;
    let (_, author) = server.account("ada").await;
    let (light, water) = (server.topic("light").await, server.topic("water").await);
    for _ in 0..4 {
        server.clip(&author, &light).await;
    }
    server.clip(&author, &water).await;
    let mut browser = server.browser();
    let first = browser.call(&feed()).await.unwrap();
    let topics: Vec<&str> = first.clips.iter().map(|clip| clip.topics[0].id.as_str()).collect();
    assert_eq!(topics, ["water", "light", "light"]);
    let mut shown: Vec<String> = first.clips.iter().map(|clip| clip.id.to_string()).collect();
    let mut cursor = first.next_cursor;
    while let Some(at) = cursor {
        let page = browser.call(&GetFeed { cursor: Some(at), ..feed() }).await.unwrap();
        shown.extend(page.clips.iter().map(|clip| clip.id.to_string()));
        cursor = page.next_cursor;
    }
    assert_eq!(shown.len(), 5);
    assert_eq!(shown.iter().collect::<HashSet<_>>().len(), 5);
});

on_both!(a_clip_in_the_feed_has_all_a_player_needs_and_no_key, async |engine| {
    let server = TestApp::new(engine).await;
    let (_, author) = server.account("ada").await;
    let topic = server.topic("light").await;
    let made = server.clip(&author, &topic).await;
    let heard = server.browser().get("/api/feed").await;
    let text = heard.text();
    assert!(!text.contains("is_right") && !text.contains("clings to the glass"), "{text}");
    let page = server.browser().call(&feed()).await.unwrap();
    let clip = &page.clips[0];
    assert_eq!((&clip.id, clip.author.handle.as_str(), clip.duration_ms), (&made.id, "ada", 20_000));
    assert_eq!(clip.renditions.iter().map(|r| r.short_side).collect::<Vec<_>>(), [360, 540, 720]);
    assert!(clip.renditions.iter().all(|r| r.url.starts_with("/media/")));
    assert_eq!(clip.captions[0].cues.len(), 2);
    assert_eq!(clip.questions[0].id, made.question);
    assert_eq!(clip.topics[0].name, "light in English");
});

on_both!(what_was_watched_does_not_come_again_but_may_be_asked_for, async |engine| {
    let server = TestApp::new(engine).await;
    let (_, author) = server.account("ada").await;
    let topic = server.topic("light").await;
    let (old, new) = (server.clip(&author, &topic).await, server.clip(&author, &topic).await);
    let mut learner = server.guest().await;
    let stretch = WatchedStretch {
        watch_id: WatchId::new(1, [9; 10]),
        clip_id: new.id.clone(),
        from_ms: 0,
        to_ms: 0,
        started_at_ms: MORNING_MS,
        finished: false,
    };
    learner.call(&RecordWatch { stretches: vec![stretch], utc_offset_minutes: 0 }).await.unwrap();
    let page = learner.call(&feed()).await.unwrap();
    assert_eq!(page.clips.iter().map(|c| &c.id).collect::<Vec<_>>(), [&old.id]);
    assert_eq!(page.next_cursor, None);
    let from = GetFeed { from: Some(new.id.clone()), ..feed() };
    let page = learner.call(&from).await.unwrap();
    assert_eq!(page.clips.iter().map(|c| &c.id).collect::<Vec<_>>(), [&new.id, &old.id]);
});

on_both!(a_learner_who_saw_nearly_everything_gets_the_rest, async |engine| {
    let server = TestApp::new(engine).await;
    let (_, author) = server.account("ada").await;
    let topic = server.topic("light").await;
    let mut clips = Vec::new();
    for _ in 0..40 {
        clips.push(server.clip(&author, &topic).await);
    }
    let mut learner = server.guest().await;
    let stretches: Vec<WatchedStretch> = clips[2..]
        .iter()
        .zip(0u8..)
        .map(|(clip, n)| WatchedStretch {
            watch_id: WatchId::new(1, [n; 10]),
            clip_id: clip.id.clone(),
            from_ms: 0,
            to_ms: 1_000,
            started_at_ms: MORNING_MS,
            finished: true,
        })
        .collect();
    learner.call(&RecordWatch { stretches, utc_offset_minutes: 0 }).await.unwrap();
    let page = learner.call(&feed()).await.unwrap();
    assert_eq!(page.clips.iter().map(|c| &c.id).collect::<Vec<_>>(), [&clips[1].id, &clips[0].id]);
});

on_both!(a_topic_shows_only_its_clips_and_a_wrong_cursor_is_refused, async |engine| {
    let server = TestApp::new(engine).await;
    let (_, author) = server.account("ada").await;
    let (light, water) = (server.topic("light").await, server.topic("water").await);
    server.clip(&author, &light).await;
    let wet = server.clip(&author, &water).await;
    let mut browser = server.browser();
    let page = browser.call(&GetFeed { topic: Some(water), ..feed() }).await.unwrap();
    assert_eq!(page.clips.iter().map(|c| &c.id).collect::<Vec<_>>(), [&wet.id]);
    for bad in [
        GetFeed { cursor: Some("x".into()), ..feed() },
        GetFeed { limit: Some(0), ..feed() },
        GetFeed { limit: Some(21), ..feed() },
    ] {
        assert_eq!(browser.call(&bad).await.unwrap_err().code, ErrorCode::InvalidField, "{bad:?}");
    }
    let refused = browser.get("/api/feed?limit=many").await;
    assert_eq!((refused.status.as_u16(), &refused.json()["field"]), (400, &"limit".into()));
});

on_both!(another_node_learns_of_what_is_published_and_taken_back, async |engine| {
    let server = TestApp::new(engine).await;
    let (mut ada, author) = server.account("ada").await;
    let topic = server.topic("light").await;
    let other = server.second_node().await;
    let clip = server.clip(&author, &topic).await;
    assert!(other.browser().call(&feed()).await.unwrap().clips.is_empty(), "not told yet");
    other.app.feed.refresh(&other.app.db).await.unwrap();
    let page = other.browser().call(&feed()).await.unwrap();
    assert_eq!(page.clips.iter().map(|c| &c.id).collect::<Vec<_>>(), [&clip.id]);
    assert_eq!(page.clips[0].topics[0].name, "light in English");
    ada.call(&UnpublishClip { clip_id: clip.id.clone() }).await.unwrap();
    other.app.feed.refresh(&other.app.db).await.unwrap();
    assert!(other.browser().call(&feed()).await.unwrap().clips.is_empty());
});

on_both!(a_page_that_the_asked_for_clip_fills_goes_on_with_the_others, async |engine| {
    let server = TestApp::new(engine).await;
    let (_, author) = server.account("ada").await;
    let topic = server.topic("light").await;
    let mut clips = Vec::new();
    for _ in 0..3 {
        clips.push(server.clip(&author, &topic).await.id);
    }
    for mut browser in [server.browser(), server.guest().await] {
        let one = GetFeed { limit: Some(1), from: Some(clips[1].clone()), ..feed() };
        let mut page = browser.call(&one).await.unwrap();
        let mut shown = Vec::new();
        loop {
            shown.extend(page.clips.into_iter().map(|clip| clip.id));
            let Some(cursor) = page.next_cursor else { break };
            let next = GetFeed { limit: Some(1), cursor: Some(cursor), ..feed() };
            page = browser.call(&next).await.unwrap();
        }
        assert_eq!(shown, [clips[1].clone(), clips[2].clone(), clips[0].clone()]);
    }
});

on_both!(a_clock_that_was_set_back_hides_no_clip, async |engine| {
    let server = TestApp::new(engine).await;
    let (_, author) = server.account("ada").await;
    let topic = server.topic("light").await;
    server.clip(&author, &topic).await;
    server.clock.advance(-86_400_000);
    server.clip(&author, &topic).await;
    assert_eq!(server.browser().call(&feed()).await.unwrap().clips.len(), 2);
});
