//! Every text a client may send, one over its maximum: refused, and the field is named. And the maximum itself is taken where
//! nothing else is in the way.

use crate::{library::new_account, on_both, server::*};
use minnow_shared::{
    AnswerId, ClipId, Endpoint, ErrorCode,
    account::{
        ChangePassword, FinishPasskeyRegistration, RedeemSignInLink, SignInWithPassword,
        StartPasskeyRegistration,
    },
    answer::{AnswerQuestion, ListAnswers, Response},
    caption::{CaptionTrack, Cue},
    clip::{ListSaved, TwinParagraph},
    draft::{CreateDraft, ListMyClips, UpdateDraft},
    feed::GetFeed,
    limit,
    person::{ListAuthorClips, UpdateProfile},
    question::{ChoiceKey, QuestionDraft, QuestionKey, TextRule, TypedKey},
    settings::{SettingsView, UpdateSettings},
    topic::ListTopics,
};

fn text(length: usize) -> String {
    "é".repeat(length)
}

async fn refused<E: Endpoint>(browser: &mut Browser, field: &str, request: &E) {
    let name = std::any::type_name::<E>();
    match browser.call(request).await {
        Ok(_) => panic!("{name} takes a {field} over its maximum"),
        Err(error) => assert_eq!(
            (error.code, error.field.as_deref()),
            (ErrorCode::InvalidField, Some(field)),
            "{name}: {error:?}"
        ),
    }
}

fn question(stem: usize, reason: usize, key: QuestionKey) -> QuestionDraft {
    QuestionDraft { id: None, moment_ms: 1, stem: text(stem), key, reason: text(reason) }
}

fn choices(length: usize, reason: usize) -> QuestionKey {
    let mut all = vec![ChoiceKey::plain(text(length), true), ChoiceKey::plain("other", false)];
    all[1].reason = text(reason).into();
    QuestionKey::Choices { choices: all, multiple: false, keep_order: false }
}

fn track(language: usize, cue: usize) -> Vec<CaptionTrack> {
    let cues = vec![Cue { start_ms: 0, end_ms: 1, text: text(cue) }];
    vec![CaptionTrack { language: "x".repeat(language), cues }]
}

on_both!(every_text_of_a_clip_is_taken_at_its_maximum_and_refused_one_over, async |engine| {
    let server = TestApp::new(engine).await;
    let (mut ada, _) = server.account("ada").await;
    let id = ClipId::new(MORNING_MS, [1; 10]);
    let long = "x".repeat(limit::LANGUAGE + 1);
    refused(&mut ada, "language", &CreateDraft { clip_id: id.clone(), language: long }).await;
    ada.call(&CreateDraft { clip_id: id.clone(), language: "en".into() }).await.unwrap();
    let of = || UpdateDraft::of(id.clone());
    let url = |length: usize| format!("https://{}", "x".repeat(length - "https://".len()));
    let twin = |length: usize| vec![TwinParagraph { at_ms: 0, text: text(length) }];
    let typed = |length: usize| QuestionKey::Typed {
        accepted: vec![TypedKey::from(text(length).as_str())],
        rule: TextRule::default(),
    };
    let changes = |over: usize| {
        let q = |stem, reason, key| UpdateDraft { question: Some(question(stem, reason, key)), ..of() };
        [
            ("title", UpdateDraft { title: Some(text(limit::TITLE + over)), ..of() }),
            ("language", UpdateDraft { language: Some("x".repeat(limit::LANGUAGE + over)), ..of() }),
            ("licence", UpdateDraft { licence: Some(text(limit::LICENCE + over)), ..of() }),
            ("source_url", UpdateDraft { source_url: Some(url(limit::SOURCE_URL + over)), ..of() }),
            ("alt", UpdateDraft { alt: Some(text(limit::ALT + over)), ..of() }),
            ("captions", UpdateDraft { captions: Some(track(limit::LANGUAGE + over, 1)), ..of() }),
            ("captions", UpdateDraft { captions: Some(track(2, limit::CUE_TEXT + over)), ..of() }),
            ("twin", UpdateDraft { twin: Some(twin(limit::TWIN_TEXT + over)), ..of() }),
            ("stem", q(limit::STEM + over, 1, choices(1, 0))),
            ("reason", q(1, limit::REASON + over, choices(1, 0))),
            ("choices", q(1, 1, choices(limit::CHOICE + over, 0))),
            ("choices", q(1, 1, choices(1, limit::REASON + over))),
            ("accepted", q(1, 1, typed(limit::ACCEPTED + over))),
        ]
    };
    for (field, change) in changes(0) {
        assert!(ada.call(&change).await.is_ok(), "{field} at its maximum");
    }
    for (field, change) in changes(1) {
        refused(&mut ada, field, &change).await;
    }
});

on_both!(every_text_of_a_person_is_refused_one_over_its_maximum, async |engine| {
    let server = TestApp::new(engine).await;
    let mut guest = server.guest().await;
    let good = new_account("ada");
    let handle = "a".repeat(limit::HANDLE + 1);
    let mut new = [good.clone(), good.clone(), good.clone()];
    new[0].handle.clone_from(&handle);
    new[1].display_name = text(limit::DISPLAY_NAME + 1);
    new[2].password = text(limit::PASSWORD + 1);
    for (field, request) in ["handle", "display_name", "password"].into_iter().zip(&new) {
        refused(&mut guest, field, request).await;
    }
    let sign_in = |handle: String, password: String| SignInWithPassword { handle, password };
    refused(&mut guest, "handle", &sign_in(handle.clone(), "x".into())).await;
    refused(&mut guest, "password", &sign_in("ada".into(), text(limit::PASSWORD + 1))).await;
    let passkey = |handle: &str, name: String| StartPasskeyRegistration {
        handle: Some(handle.into()),
        display_name: Some(name),
    };
    refused(&mut guest, "handle", &passkey(&handle, "Ada".into())).await;
    refused(&mut guest, "display_name", &passkey("ada", text(limit::DISPLAY_NAME + 1))).await;
    refused(&mut guest, "token", &RedeemSignInLink { token: text(limit::TOKEN + 1) }).await;

    let (mut ada, _) = server.account("ada").await;
    let profile = |name: Option<usize>, bio: Option<usize>| UpdateProfile {
        display_name: name.map(text),
        bio: bio.map(text),
    };
    refused(&mut ada, "display_name", &profile(Some(limit::DISPLAY_NAME + 1), None)).await;
    refused(&mut ada, "bio", &profile(None, Some(limit::BIO + 1))).await;
    ada.call(&profile(Some(limit::DISPLAY_NAME), Some(limit::BIO))).await.unwrap();
    let change = ChangePassword { current: None, new: text(limit::PASSWORD + 1) };
    refused(&mut ada, "new", &change).await;
    let change =
        ChangePassword { current: Some(text(limit::PASSWORD + 1)), new: "a good long password".into() };
    refused(&mut ada, "current", &change).await;
    let begun = ada.call(&StartPasskeyRegistration { handle: None, display_name: None }).await.unwrap();
    let finish = FinishPasskeyRegistration {
        challenge_id: begun.challenge_id,
        credential: serde_json::json!({}),
        label: text(limit::DEVICE_LABEL + 1),
    };
    refused(&mut ada, "label", &finish).await;
    let language = Some("x".repeat(limit::LANGUAGE + 1));
    let settings = SettingsView { language, ..SettingsView::default() };
    refused(&mut ada, "language", &UpdateSettings { settings, changed: Default::default() }).await;
});

on_both!(cursors_answers_and_words_of_a_question_are_refused_one_over_their_maximum, async |engine| {
    let server = TestApp::new(engine).await;
    let (mut ada, author) = server.account("ada").await;
    let topic = server.topic("light").await;
    let clip = server.clip(&author, &topic).await;
    let cursor = || Some("a".repeat(limit::CURSOR + 1));
    refused(
        &mut ada,
        "cursor",
        &GetFeed {
            cursor: cursor(),
            topic: None,
            limit: None,
            from: None,
            since_review: None,
            utc_offset_minutes: None,
        },
    )
    .await;
    refused(&mut ada, "cursor", &ListAnswers { cursor: cursor() }).await;
    refused(&mut ada, "cursor", &ListSaved { cursor: cursor() }).await;
    refused(&mut ada, "cursor", &ListMyClips { cursor: cursor() }).await;
    refused(&mut ada, "cursor", &ListAuthorClips { handle: "ada".into(), cursor: cursor() }).await;
    refused(&mut ada, "language", &ListTopics { language: Some("x".repeat(limit::LANGUAGE + 1)) }).await;
    let answer = AnswerQuestion {
        answer_id: AnswerId::new(1, [1; 10]),
        clip_id: clip.id,
        question_id: clip.question,
        response: Response::Typed { text: text(limit::TYPED_ANSWER + 1) },
        certainty: None,
        answered_at_ms: MORNING_MS,
        before: false,
    };
    refused(&mut ada, "response", &answer).await;
});
