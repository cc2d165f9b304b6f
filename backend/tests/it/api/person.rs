//! What a person may do with their own data.

use crate::{on_both, server::*};
use minnow_shared::{
    ErrorCode,
    account::{GetSession, RedeemSignInLink},
    clip::{GetCounts, SetLike},
    limit,
    person::{DeletePerson, ExportPerson, GetAuthor, UpdateProfile},
    settings::{GetSettings, SettingsView, Theme, UpdateSettings},
};

on_both!(an_export_has_every_table_and_no_secret, async |engine| {
    let server = TestApp::new(engine).await;
    let (mut ada, author) = server.account("ada").await;
    let topic = server.topic("light").await;
    let clip = server.clip(&author, &topic).await;
    ada.call(&SetLike { clip_id: clip.id.clone(), on: true, at_ms: None }).await.unwrap();
    ada.call(&UpdateSettings {
        settings: SettingsView { daily_goal_minutes: 25, ..SettingsView::default() },
        changed: Default::default(),
    })
    .await
    .unwrap();
    let export = ada.call(&ExportPerson {}).await.unwrap();
    assert_eq!(export.exported_at_ms, server.app.now_ms());
    let data = &export.data;
    assert_eq!(data["person"][0]["handle"], "ada");
    assert_eq!(data["person"][0]["is_guest"], false);
    assert_eq!(data["likes"][0]["clip_id"], clip.id.as_str());
    assert_eq!(data["settings"][0]["field"], "daily_goal_minutes");
    assert_eq!(data["settings"][0]["value"].to_string().trim_matches('"'), "25");
    assert_eq!(data["clips"][0]["captions"][0]["language"], "en");
    assert_eq!(data["questions"][0]["content"]["key"]["kind"], "choices");
    let text = data.to_string();
    for secret in ["argon2", "token_hash", "passkey\":\""] {
        assert!(!text.contains(secret), "{secret}");
    }
});

on_both!(a_deleted_person_leaves_nothing_behind, async |engine| {
    let server = TestApp::new(engine).await;
    let (mut ada, author) = server.account("ada").await;
    let topic = server.topic("light").await;
    let clip = server.clip(&author, &topic).await;
    let mut learner = server.guest().await;
    learner.call(&SetLike { clip_id: clip.id.clone(), on: true, at_ms: None }).await.unwrap();
    learner.call(&DeletePerson {}).await.unwrap();
    assert_eq!(learner.cookie, None);
    let now = ada.call(&GetCounts { clip_id: clip.id.clone() }).await.unwrap();
    assert_eq!(now.counts.likes, 0);
    let before = ada.clone();
    ada.call(&DeletePerson {}).await.unwrap();
    assert_eq!(before.clone().call(&GetSession {}).await.unwrap().person, None);
    let mut browser = server.browser();
    assert_eq!(browser.call(&GetCounts { clip_id: clip.id }).await.unwrap_err().code, ErrorCode::NotFound);
    assert_eq!(
        browser.call(&GetAuthor { handle: "ada".into() }).await.unwrap_err().code,
        ErrorCode::NotFound
    );
});

on_both!(a_deleted_persons_address_is_forgotten_with_the_links_sent_to_it, async |engine| {
    use minnow::{auth::session, store};
    let server = TestApp::new(engine).await;
    let link = async |token: &str| {
        let mut tx = server.app.db.begin().await.unwrap();
        let hash = session::hash(token);
        store::sign_in::insert_link(&mut tx, &hash, "ada@example.org", i64::MAX).await.unwrap();
        tx.commit().await.unwrap();
    };
    link("one").await;
    link("two").await;
    let mut ada = server.browser();
    ada.call(&RedeemSignInLink { token: "one".into() }).await.unwrap();
    ada.call(&DeletePerson {}).await.unwrap();
    let left: Vec<(String,)> =
        store::sql("SELECT email FROM sign_in_links ORDER BY email").all(&server.app.db).await.unwrap();
    assert_eq!(left, []);
});

on_both!(settings_are_kept_and_checked, async |engine| {
    let server = TestApp::new(engine).await;
    let mut guest = server.guest().await;
    assert_eq!(guest.call(&GetSettings {}).await.unwrap(), SettingsView::default());
    let settings =
        SettingsView { theme: Theme::Dark, language: Some("ar".into()), ..SettingsView::default() };
    guest.call(&UpdateSettings { settings: settings.clone(), changed: Default::default() }).await.unwrap();
    assert_eq!(guest.call(&GetSettings {}).await.unwrap(), settings);
    let bad = SettingsView { daily_goal_minutes: 61, ..settings };
    let refused =
        guest.call(&UpdateSettings { settings: bad, changed: Default::default() }).await.unwrap_err();
    assert_eq!(refused.field.as_deref(), Some("daily_goal_minutes"));
});

on_both!(a_profile_has_limits, async |engine| {
    let server = TestApp::new(engine).await;
    let (mut ada, _) = server.account("ada").await;
    let change = |name: Option<String>, bio: Option<String>| UpdateProfile { display_name: name, bio };
    for (field, bad) in [
        ("display_name", change(Some("x".repeat(limit::DISPLAY_NAME + 1)), None)),
        ("display_name", change(Some("  ".into()), None)),
        ("bio", change(None, Some("x".repeat(limit::BIO + 1)))),
    ] {
        assert_eq!(ada.call(&bad).await.unwrap_err().field.as_deref(), Some(field));
    }
    let refused = ada
        .send(
            http::Request::patch("/api/me")
                .header("content-type", "application/json")
                .body(axum::body::Body::from("{\"bio\":\"a\\u0000b\"}"))
                .unwrap(),
        )
        .await;
    assert_eq!(refused.status, 400, "NUL is refused on both databases: {}", refused.text());
});
