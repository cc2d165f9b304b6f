//! Clips as their makers change them.

use crate::{library::captions, on_both, server::*};
use minnow_shared::{
    ClipId, ErrorCode, TopicId,
    answer::{AnswerQuestion, Response},
    clip::GetClip,
    draft::{
        CreateDraft, DeleteClip, GetDraft, ListMyClips, MediaState, MissingPart, PublishClip, UnpublishClip,
        UpdateDraft,
    },
    feed::GetFeed,
    limit,
    question::{ChoiceKey, QuestionDraft, QuestionKey},
    topic::ListTopics,
};

fn create(n: u8) -> CreateDraft {
    CreateDraft { clip_id: ClipId::new(MORNING_MS, [n; 10]), language: "en".into() }
}

on_both!(a_draft_is_begun_once_under_the_makers_id, async |engine| {
    let server = TestApp::new(engine).await;
    let (mut ada, _) = server.account("ada").await;
    let draft = ada.call(&create(1)).await.unwrap();
    assert_eq!(ada.call(&create(1)).await.unwrap(), draft);
    assert_eq!((draft.media, draft.published), (MediaState::Missing, false));
    let everything = [
        MissingPart::Media,
        MissingPart::Title,
        MissingPart::Topics,
        MissingPart::Captions,
        MissingPart::Alt,
        MissingPart::Licence,
    ];
    assert_eq!(draft.missing, everything);
    let (mut eve, _) = server.account("eve").await;
    assert_eq!(eve.call(&create(1)).await.unwrap_err().code, ErrorCode::Conflict);
    let mut guest = server.guest().await;
    assert_eq!(guest.call(&create(2)).await.unwrap_err().code, ErrorCode::AccountNeeded);
});

on_both!(parts_are_changed_one_by_one_and_the_rest_stays, async |engine| {
    let server = TestApp::new(engine).await;
    let (mut ada, _) = server.account("ada").await;
    let light = server.topic("light").await;
    let id = ada.call(&create(1)).await.unwrap().id;
    let of = || UpdateDraft::of(id.clone());
    ada.call(&UpdateDraft { title: Some(" Rainbows ".into()), topics: Some(vec![light.clone()]), ..of() })
        .await
        .unwrap();
    let url = Some("https://example.org/rain".to_owned());
    let draft =
        ada.call(&UpdateDraft { source_url: url.clone(), captions: Some(captions()), ..of() }).await.unwrap();
    assert_eq!((draft.title.as_str(), &draft.topics, &draft.source_url), ("Rainbows", &vec![light], &url));
    assert_eq!(draft.missing, [MissingPart::Media, MissingPart::Alt, MissingPart::Licence]);
    let draft = ada.call(&UpdateDraft { source_url: Some(String::new()), ..of() }).await.unwrap();
    assert_eq!((draft.source_url, draft.captions), (None, captions()));
});

on_both!(every_text_has_a_limit_and_a_refused_change_changes_nothing, async |engine| {
    let server = TestApp::new(engine).await;
    let (mut ada, _) = server.account("ada").await;
    let id = ada.call(&create(1)).await.unwrap().id;
    let of = || UpdateDraft::of(id.clone());
    let long = |max: usize| Some("x".repeat(max + 1));
    let unknown = TopicId::parse("nowhere").unwrap();
    for (field, bad) in [
        ("title", UpdateDraft { title: long(limit::TITLE), ..of() }),
        ("alt", UpdateDraft { alt: long(limit::ALT), ..of() }),
        ("licence", UpdateDraft { licence: long(limit::LICENCE), ..of() }),
        ("language", UpdateDraft { language: long(limit::LANGUAGE), ..of() }),
        ("source_url", UpdateDraft { source_url: Some("javascript:alert(1)".into()), ..of() }),
        ("topics", UpdateDraft { title: Some("kept?".into()), topics: Some(vec![unknown]), ..of() }),
    ] {
        let refused = ada.call(&bad).await.unwrap_err();
        assert_eq!((refused.code, refused.field.as_deref()), (ErrorCode::InvalidField, Some(field)));
    }
    assert_eq!(ada.call(&GetDraft { clip_id: id }).await.unwrap().title, "");
});

on_both!(a_server_without_the_demo_library_has_topics_to_publish_in, async |engine| {
    let server = TestApp::with(engine, &["--no-demo"]).await;
    minnow::demo::enqueue(&server.app).await.unwrap();
    server.app.feed.refresh(&server.app.db).await.unwrap();
    let topics = server.browser().call(&ListTopics { language: Some("ar".into()) }).await.unwrap().topics;
    assert!(topics.len() >= 6, "{} topics", topics.len());
    assert!(topics.iter().all(|item| item.clip_count == 0 && item.topic.name.chars().any(|c| c > '\u{600}')));
    let (mut ada, author) = server.account("ada").await;
    let draft = server.draft(&author, &topics[0].topic.id).await;
    ada.call(&PublishClip { clip_id: draft.id }).await.unwrap();
    let feed = GetFeed {
        cursor: None,
        topic: Some(topics[0].topic.id.clone()),
        limit: None,
        from: None,
        since_review: None,
        utc_offset_minutes: None,
    };
    assert_eq!(server.browser().call(&feed).await.unwrap().clips.len(), 1);
});

on_both!(a_clip_is_published_only_when_nothing_is_missing, async |engine| {
    let server = TestApp::new(engine).await;
    let (mut ada, author) = server.account("ada").await;
    let topic = server.topic("light").await;
    let empty = ada.call(&create(1)).await.unwrap().id;
    let refused = ada.call(&PublishClip { clip_id: empty }).await.unwrap_err();
    assert_eq!((refused.code, refused.field.as_deref()), (ErrorCode::NotReady, Some("media")));
    let whole = server.draft(&author, &topic).await;
    let published = ada.call(&PublishClip { clip_id: whole.id.clone() }).await.unwrap();
    assert!(published.published && published.missing.is_empty());
    let feed = GetFeed {
        cursor: None,
        topic: None,
        limit: None,
        from: None,
        since_review: None,
        utc_offset_minutes: None,
    };
    let mut reader = server.browser();
    assert_eq!(reader.call(&feed).await.unwrap().clips.len(), 1, "at once");
    let blank = UpdateDraft { title: Some(" ".into()), ..UpdateDraft::of(whole.id.clone()) };
    let refused = ada.call(&blank).await.unwrap_err();
    assert_eq!((refused.code, refused.field.as_deref()), (ErrorCode::NotReady, Some("title")));
    let title = UpdateDraft { title: Some("New title".into()), ..UpdateDraft::of(whole.id.clone()) };
    ada.call(&title).await.unwrap();
    assert_eq!(reader.call(&feed).await.unwrap().clips[0].title, "New title", "edits show at once");
    ada.call(&UnpublishClip { clip_id: whole.id.clone() }).await.unwrap();
    assert!(reader.call(&feed).await.unwrap().clips.is_empty());
    assert_eq!(reader.call(&GetClip { clip_id: whole.id }).await.unwrap_err().code, ErrorCode::NotFound);
});

on_both!(a_question_keeps_its_ids_and_answers_when_it_is_edited, async |engine| {
    let server = TestApp::new(engine).await;
    let (mut ada, author) = server.account("ada").await;
    let topic = server.topic("light").await;
    let clip = server.clip(&author, &topic).await;
    let draft = |question| UpdateDraft { question: Some(question), ..UpdateDraft::of(clip.id.clone()) };
    let question = QuestionDraft {
        id: None,
        moment_ms: 3_000,
        stem: "Which?".into(),
        key: QuestionKey::Choices {
            choices: vec![ChoiceKey::plain("a", true), ChoiceKey::plain("b", false)],
            multiple: false,
            keep_order: false,
        },
        reason: "Because.".into(),
    };
    let made = ada.call(&draft(question.clone())).await.unwrap().question.unwrap();
    assert_ne!(made.id.as_ref(), Some(&clip.question), "a new question in place of the old one");
    let QuestionKey::Choices { choices, .. } = &made.key else { panic!("choices") };
    let answer = AnswerQuestion {
        answer_id: minnow_shared::AnswerId::new(1, [1; 10]),
        clip_id: clip.id.clone(),
        question_id: made.id.clone().unwrap(),
        response: Response::Choice { choice_id: choices[0].id.clone().unwrap() },
        certainty: None,
        answered_at_ms: MORNING_MS,
        before: false,
    };
    let mut eve = server.account("eve").await.0;
    assert_eq!(eve.call(&answer).await.unwrap().xp, 10);
    let own = AnswerQuestion { answer_id: minnow_shared::AnswerId::new(1, [2; 10]), ..answer.clone() };
    assert_eq!(ada.call(&own).await.unwrap().total_xp, 0, "nobody earns by a question of their own");
    let again = AnswerQuestion { answer_id: minnow_shared::AnswerId::new(1, [3; 10]), ..answer.clone() };
    assert_eq!(ada.call(&again).await.unwrap().total_xp, 0, "nor by a further answer");
    let edited = QuestionDraft { stem: "Which one?".into(), ..made.clone() };
    let kept = ada.call(&draft(edited)).await.unwrap().question.unwrap();
    assert_eq!((&kept.id, &kept.key, kept.stem.as_str()), (&made.id, &made.key, "Which one?"));
    assert_eq!(eve.call(&answer).await.unwrap().xp, 10, "the answer is still there");
    let late = QuestionDraft { moment_ms: 20_001, ..question };
    assert_eq!(ada.call(&draft(late)).await.unwrap_err().field.as_deref(), Some("moment_ms"));
    let removed = UpdateDraft { remove_question: true, ..UpdateDraft::of(clip.id.clone()) };
    assert_eq!(ada.call(&removed).await.unwrap().question, None);
});

on_both!(a_deleted_clip_is_gone_with_all_that_hung_on_it, async |engine| {
    let server = TestApp::new(engine).await;
    let (mut ada, author) = server.account("ada").await;
    let topic = server.topic("light").await;
    let clip = server.clip(&author, &topic).await;
    ada.call(&DeleteClip { clip_id: clip.id.clone() }).await.unwrap();
    assert_eq!(ada.call(&GetDraft { clip_id: clip.id.clone() }).await.unwrap_err().code, ErrorCode::NotFound);
    assert!(ada.call(&ListMyClips { cursor: None }).await.unwrap().clips.is_empty());
    let feed = GetFeed {
        cursor: None,
        topic: None,
        limit: None,
        from: Some(clip.id),
        since_review: None,
        utc_offset_minutes: None,
    };
    assert!(server.browser().call(&feed).await.unwrap().clips.is_empty());
});
