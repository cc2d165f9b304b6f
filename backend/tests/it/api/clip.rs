//! One clip, likes, saves, and the lists of clips.

use crate::{on_both, server::*};
use minnow_shared::{
    ClipId, ErrorCode,
    clip::{GetClip, GetCounts, GetTextTwin, ListSaved, SetLike, SetSave},
    person::{GetAuthor, ListAuthorClips, UpdateProfile},
    topic::ListTopics,
};

on_both!(likes_and_saves_count_each_person_once, async |engine| {
    let server = TestApp::new(engine).await;
    let (_, author) = server.account("ada").await;
    let clip = server.clip(&author, &server.topic("light").await).await;
    let mut learner = server.guest().await;
    for _ in 0..2 {
        learner.call(&SetLike { clip_id: clip.id.clone(), on: true, at_ms: None }).await.unwrap();
        learner.call(&SetSave { clip_id: clip.id.clone(), on: true, at_ms: None }).await.unwrap();
    }
    let mut other = server.guest().await;
    let now = other.call(&SetLike { clip_id: clip.id.clone(), on: true, at_ms: None }).await.unwrap();
    assert_eq!((now.liked, now.saved, now.counts.likes, now.counts.saves), (true, false, 2, 1));
    for _ in 0..2 {
        other.call(&SetLike { clip_id: clip.id.clone(), on: false, at_ms: None }).await.unwrap();
    }
    let now = server.browser().call(&GetCounts { clip_id: clip.id.clone() }).await.unwrap();
    assert_eq!((now.liked, now.counts.likes, now.counts.saves), (false, 1, 1));
    let saved = learner.call(&ListSaved { cursor: None }).await.unwrap();
    assert_eq!(saved.clips.iter().map(|c| &c.id).collect::<Vec<_>>(), [&clip.id]);
});

on_both!(a_clip_can_be_read_without_a_session_and_a_draft_only_by_its_maker, async |engine| {
    let server = TestApp::new(engine).await;
    let (mut ada, author) = server.account("ada").await;
    let topic = server.topic("light").await;
    let draft = server.draft(&author, &topic).await;
    let get = GetClip { clip_id: draft.id.clone() };
    assert_eq!(server.browser().call(&get).await.unwrap_err().code, ErrorCode::NotFound);
    assert_eq!(ada.call(&get).await.unwrap().title, "Why water climbs");
    server.publish(&draft.id).await;
    assert_eq!(server.browser().call(&get).await.unwrap().id, draft.id);
    let nowhere = GetClip { clip_id: ClipId::new(1, [1; 10]) };
    assert_eq!(ada.call(&nowhere).await.unwrap_err().code, ErrorCode::NotFound);
});

on_both!(a_twin_is_made_from_the_captions_where_none_is_written, async |engine| {
    let server = TestApp::new(engine).await;
    let (_, author) = server.account("ada").await;
    let clip = server.clip(&author, &server.topic("light").await).await;
    let twin = server.browser().call(&GetTextTwin { clip_id: clip.id }).await.unwrap();
    assert_eq!(twin.paragraphs.len(), 1);
    assert_eq!(twin.paragraphs[0].text, "Water climbs up a thin tube.");
});

on_both!(an_authors_page_shows_name_clips_and_likes_as_they_are_now, async |engine| {
    let server = TestApp::new(engine).await;
    let (mut ada, author) = server.account("ada").await;
    let topic = server.topic("light").await;
    for _ in 0..25 {
        server.clip(&author, &topic).await;
    }
    let get = GetAuthor { handle: "ada".into() };
    let mut browser = server.browser();
    assert_eq!(browser.call(&get).await.unwrap().clip_count, 25);
    let profile = UpdateProfile { display_name: Some("Ada L.".into()), bio: Some("Counts.".into()) };
    ada.call(&profile).await.unwrap();
    let page = browser.call(&get).await.unwrap();
    assert_eq!((page.author.display_name.as_str(), page.author.bio.as_str()), ("Ada L.", "Counts."));
    let first = browser.call(&ListAuthorClips { handle: "ada".into(), cursor: None }).await.unwrap();
    assert_eq!(first.clips[0].author_name, "Ada L.");
    let second =
        browser.call(&ListAuthorClips { handle: "ada".into(), cursor: first.next_cursor }).await.unwrap();
    assert_eq!((first.clips.len(), second.clips.len(), second.next_cursor), (24, 1, None));
    let shown = browser
        .call(&minnow_shared::feed::GetFeed {
            cursor: None,
            topic: None,
            limit: None,
            from: None,
            since_review: None,
            utc_offset_minutes: None,
        })
        .await
        .unwrap();
    assert_eq!(shown.clips[0].author.display_name, "Ada L.", "the feed's copy is new too");
    assert_eq!(
        browser.call(&GetAuthor { handle: "bob".into() }).await.unwrap_err().code,
        ErrorCode::NotFound
    );
});

on_both!(topics_are_named_in_the_language_asked_for, async |engine| {
    let server = TestApp::new(engine).await;
    let (_, author) = server.account("ada").await;
    let light = server.topic("light").await;
    server.topic("water").await;
    server.clip(&author, &light).await;
    let mut browser = server.browser();
    for (language, name) in
        [(Some("it"), "light in italiano"), (Some("de"), "light in English"), (None, "light in English")]
    {
        let list = browser.call(&ListTopics { language: language.map(str::to_owned) }).await.unwrap();
        assert_eq!(list.topics[0].topic.name, name);
        assert_eq!((list.topics[0].clip_count, list.topics[0].poster_urls.len()), (1, 1));
        assert_eq!((list.topics[1].clip_count, list.topics[1].poster_urls.len()), (0, 0));
    }
});
