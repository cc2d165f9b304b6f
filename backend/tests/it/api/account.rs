//! Being somebody.

use crate::{
    library::{PASSWORD, new_account},
    on_both,
    server::*,
};
use minnow_shared::{
    ErrorCode,
    account::{
        ChangePassword, GetSession, ListSessions, RedeemSignInLink, RequestSignInLink, RevokeSession, Role,
        SignInWithPassword, SignOut, StartGuest, StartPasskeyRegistration,
    },
    answer::{AnswerQuestion, Response},
    clip::{GetCounts, SetLike, SetSave},
    draft::DeleteClip,
    limit,
    progress::GetProgress,
    settings::{GetSettings, SettingsView, UpdateSettings},
    watch::{RecordWatch, WatchedStretch},
};

fn sign_in(handle: &str, password: &str) -> SignInWithPassword {
    SignInWithPassword { handle: handle.into(), password: password.into() }
}

on_both!(a_guest_keeps_the_same_person_from_call_to_call, async |engine| {
    let server = TestApp::new(engine).await;
    let mut browser = server.browser();
    assert_eq!(browser.call(&GetSession {}).await.unwrap().person, None);
    let me = browser.call(&StartGuest {}).await.unwrap().person.unwrap();
    assert!(me.is_guest);
    let again = browser.call(&StartGuest {}).await.unwrap().person.unwrap();
    assert_eq!(me.id, again.id);
    assert_eq!(browser.call(&GetSession {}).await.unwrap().person, Some(me));
});

#[tokio::test]
async fn the_session_cookie_is_out_of_reach_of_scripts_and_other_sites() {
    let server = TestApp::new(Engine::Sqlite).await;
    let heard = server.browser().send_endpoint(&StartGuest {}).await;
    let cookie = heard.headers["set-cookie"].to_str().unwrap();
    assert!(cookie.starts_with("__Host-minnow="), "{cookie}");
    for part in ["Path=/", "HttpOnly", "SameSite=Lax", "Secure"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(!cookie.contains("Domain"), "{cookie}");
}

#[tokio::test]
async fn over_plain_http_on_another_host_the_cookie_has_its_plain_name() {
    let server = TestApp::with(Engine::Sqlite, &["--public-url", "http://learn.example.org"]).await;
    let heard = server.browser().send_endpoint(&StartGuest {}).await;
    let cookie = heard.headers["set-cookie"].to_str().unwrap();
    assert!(cookie.starts_with("minnow=") && !cookie.contains("Secure"), "{cookie}");
}

on_both!(a_guest_becomes_an_account_and_keeps_everything, async |engine| {
    let server = TestApp::new(engine).await;
    let mut browser = server.guest().await;
    let guest = browser.call(&GetSession {}).await.unwrap().person.unwrap();
    let old_cookie = browser.cookie.clone();
    let me = browser.call(&new_account("ada")).await.unwrap().person.unwrap();
    assert_eq!((me.id, me.is_guest, me.role), (guest.id, false, Role::Learner));
    assert_eq!((me.handle.as_deref(), me.has_password), (Some("ada"), true));
    assert_ne!(browser.cookie, old_cookie, "a new token for new rights");
    let mut old = server.browser();
    old.cookie = old_cookie;
    assert_eq!(old.call(&GetSession {}).await.unwrap().person, None, "the old token is over");
});

on_both!(a_handle_belongs_to_one_person, async |engine| {
    let server = TestApp::new(engine).await;
    server.account("ada").await;
    let refused = server.browser().call(&new_account("ada")).await.unwrap_err();
    assert_eq!((refused.code, refused.field.as_deref()), (ErrorCode::HandleTaken, Some("handle")));
    let refused = server.browser().call(&new_account("Ada")).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::InvalidField);
});

on_both!(signing_in_joins_what_the_guest_did, async |engine| {
    let server = TestApp::new(engine).await;
    let (mut ada, ada_id) = server.account("ada").await;
    let (_, author_id) = server.account("eve").await;
    let topic = server.topic("light").await;
    let (first, second) = (server.clip(&author_id, &topic).await, server.clip(&author_id, &topic).await);
    let answer = |clip: &crate::library::Clip, n: u8| AnswerQuestion {
        answer_id: minnow_shared::AnswerId::new(5, [n; 10]),
        clip_id: clip.id.clone(),
        question_id: clip.question.clone(),
        response: Response::Choice { choice_id: clip.right.clone() },
        certainty: None,
        answered_at_ms: MORNING_MS,
        before: false,
    };
    ada.call(&answer(&first, 1)).await.unwrap();
    ada.call(&SetLike { clip_id: first.id.clone(), on: true, at_ms: None }).await.unwrap();
    let mut guest = server.guest().await;
    guest.call(&answer(&first, 2)).await.unwrap();
    guest.call(&answer(&second, 3)).await.unwrap();
    for clip in [&first, &second] {
        guest.call(&SetLike { clip_id: clip.id.clone(), on: true, at_ms: None }).await.unwrap();
        guest.call(&SetSave { clip_id: clip.id.clone(), on: true, at_ms: None }).await.unwrap();
    }
    let stretch = WatchedStretch {
        watch_id: minnow_shared::WatchId::new(1, [1; 10]),
        clip_id: first.id.clone(),
        from_ms: 0,
        to_ms: 6_000,
        started_at_ms: MORNING_MS,
        finished: false,
    };
    guest.call(&RecordWatch { stretches: vec![stretch], utc_offset_minutes: 0 }).await.unwrap();
    let me = guest.call(&sign_in("ada", PASSWORD)).await.unwrap().person.unwrap();
    assert_eq!(me.id, ada_id);
    let progress = guest.call(&GetProgress { utc_offset_minutes: 0 }).await.unwrap();
    assert_eq!((progress.xp, progress.questions_answered, progress.questions_right), (20, 2, 2));
    assert_eq!((progress.clips_watched, progress.watched_today_ms), (1, 6_000));
    for (clip, likes) in [(&first, 1), (&second, 1)] {
        let now = guest.call(&GetCounts { clip_id: clip.id.clone() }).await.unwrap();
        assert!(now.liked && now.saved);
        assert_eq!((now.counts.likes, now.counts.saves), (likes, 1), "who did it twice counts once");
    }
});

on_both!(points_for_clips_that_are_gone_stay_when_a_guest_signs_in, async |engine| {
    let server = TestApp::new(engine).await;
    let (mut ada, _) = server.account("ada").await;
    let (mut author, author_id) = server.account("eve").await;
    let topic = server.topic("light").await;
    let mut guest = server.guest().await;
    for (n, browser) in [(1, &mut ada), (2, &mut guest)] {
        let clip = server.clip(&author_id, &topic).await;
        let answer = AnswerQuestion {
            answer_id: minnow_shared::AnswerId::new(5, [n; 10]),
            clip_id: clip.id.clone(),
            question_id: clip.question.clone(),
            response: Response::Choice { choice_id: clip.right.clone() },
            certainty: None,
            answered_at_ms: MORNING_MS,
            before: false,
        };
        browser.call(&answer).await.unwrap();
        author.call(&DeleteClip { clip_id: clip.id }).await.unwrap();
    }
    guest.call(&sign_in("ada", PASSWORD)).await.unwrap();
    assert_eq!(guest.call(&GetProgress { utc_offset_minutes: 0 }).await.unwrap().xp, 20);
});

#[tokio::test]
async fn a_phone_that_begins_a_name_with_a_capital_letter_signs_in() {
    let server = TestApp::new(Engine::Sqlite).await;
    let (_, author) = server.account("ada").await;
    let me = server.browser().call(&sign_in(" Ada ", PASSWORD)).await.unwrap().person.unwrap();
    assert_eq!(me.id, author);
}

#[tokio::test]
async fn a_phone_beside_a_server_that_listens_everywhere_keeps_its_session() {
    let server = TestApp::with(Engine::Sqlite, &["--addr", "0.0.0.0:8080"]).await;
    for (host, proto, secure) in [
        ("192.168.1.5:8080", "", false),
        ("localhost:8080", "", true),
        ("127.0.0.1:8080", "", true),
        ("[fe80::1]:8080", "", false),
        ("learn.example.org", "https", true),
    ] {
        let request = |method: &str, path: &str| {
            let request = http::Request::builder().method(method).uri(path).header("host", host);
            let request =
                request.header("x-forwarded-proto", proto).header("content-type", "application/json");
            request.body(axum::body::Body::from("{}")).unwrap()
        };
        let mut browser = server.browser();
        let heard = browser.send(request("POST", "/api/session/guest")).await;
        let cookie = heard.headers["set-cookie"].to_str().unwrap();
        assert_eq!(
            cookie.starts_with("__Host-minnow=") && cookie.contains("Secure"),
            secure,
            "{host}: {cookie}"
        );
        let me = browser.send(request("GET", "/api/session")).await;
        assert!(me.json()["person"]["id"].is_string(), "{host}: {}", me.text());
    }
}

#[tokio::test]
async fn a_class_room_behind_one_address_signs_up_at_once() {
    let server = TestApp::new(Engine::Sqlite).await;
    for n in 0..40 {
        let begin = StartPasskeyRegistration {
            handle: Some(format!("pupil-{n}")),
            display_name: Some("A pupil".into()),
        };
        server.browser().call(&begin).await.unwrap();
    }
}

on_both!(a_guests_settings_go_along_unless_the_account_has_its_own, async |engine| {
    let server = TestApp::new(engine).await;
    server.account("ada").await;
    let goal = |minutes| UpdateSettings {
        settings: SettingsView { daily_goal_minutes: minutes, ..SettingsView::default() },
        changed: Default::default(),
    };
    let mut guest = server.guest().await;
    guest.call(&goal(20)).await.unwrap();
    guest.call(&sign_in("ada", PASSWORD)).await.unwrap();
    assert_eq!(guest.call(&GetSettings {}).await.unwrap().daily_goal_minutes, 20);
    let mut other = server.guest().await;
    other.call(&goal(30)).await.unwrap();
    other.call(&sign_in("ada", PASSWORD)).await.unwrap();
    assert_eq!(other.call(&GetSettings {}).await.unwrap().daily_goal_minutes, 20);
});

#[tokio::test]
async fn a_wrong_password_and_an_unknown_name_read_the_same() {
    let server = TestApp::new(Engine::Sqlite).await;
    server.account("ada").await;
    let wrong = server.browser().call(&sign_in("ada", "not the password")).await.unwrap_err();
    let unknown = server.browser().call(&sign_in("bob", "not the password")).await.unwrap_err();
    assert_eq!((wrong.code, &wrong.detail), (ErrorCode::WrongCredentials, &unknown.detail));
    assert_eq!(unknown.code, ErrorCode::WrongCredentials);
}

#[tokio::test]
async fn guessing_a_password_is_slowed_down_and_time_opens_the_door_again() {
    let server = TestApp::new(Engine::Sqlite).await;
    let mut browser = server.browser();
    let mut refused = None;
    for _ in 0..25 {
        // Too long for a password: refused before any hash, and counted all the same.
        let guess = sign_in("ada", &"x".repeat(201));
        let error = browser.call(&guess).await.unwrap_err();
        if error.code == ErrorCode::TooManyRequests {
            refused = error.retry_after_ms;
        }
    }
    let wait_ms = refused.expect("refused after twenty");
    server.clock.advance(wait_ms as i64);
    let error = browser.call(&sign_in("ada", "not the password")).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::WrongCredentials);
}

on_both!(sessions_are_listed_and_ended_by_their_owner_only, async |engine| {
    let server = TestApp::new(engine).await;
    let (mut here, _) = server.account("ada").await;
    let mut there = server.browser();
    server.clock.advance(1_000);
    there.call(&sign_in("ada", PASSWORD)).await.unwrap();
    let sessions = here.call(&ListSessions {}).await.unwrap().sessions;
    assert_eq!(sessions.iter().map(|s| s.is_this_one).collect::<Vec<_>>(), [false, true]);
    let (mut stranger, _) = server.account("eve").await;
    let revoke = RevokeSession { session_id: sessions[0].id.clone() };
    assert_eq!(stranger.call(&revoke).await.unwrap_err().code, ErrorCode::NotFound);
    here.call(&revoke).await.unwrap();
    assert_eq!(there.call(&ListSessions {}).await.unwrap_err().code, ErrorCode::NotSignedIn);
    here.call(&SignOut {}).await.unwrap();
    assert_eq!(here.cookie, None);
});

on_both!(a_new_password_ends_the_other_sessions, async |engine| {
    let server = TestApp::new(engine).await;
    let (mut here, _) = server.account("ada").await;
    let mut there = server.browser();
    there.call(&sign_in("ada", PASSWORD)).await.unwrap();
    let change =
        |current: &str| ChangePassword { current: Some(current.into()), new: "another password".into() };
    let refused = here.call(&change("not the password")).await.unwrap_err();
    assert_eq!((refused.code, refused.field.as_deref()), (ErrorCode::WrongCredentials, Some("current")));
    here.call(&change(PASSWORD)).await.unwrap();
    assert!(here.call(&ListSessions {}).await.is_ok());
    assert_eq!(there.call(&ListSessions {}).await.unwrap_err().code, ErrorCode::NotSignedIn);
    assert!(there.call(&sign_in("ada", "another password")).await.is_ok());
});

on_both!(a_session_ends_when_it_was_not_used_for_long, async |engine| {
    let server = TestApp::new(engine).await;
    let mut browser = server.guest().await;
    server.clock.advance(89 * 86_400_000);
    assert!(browser.call(&GetSession {}).await.unwrap().person.is_some());
    // Its use is noted in the background.
    for _ in 0..100 {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        let seen = browser.call(&ListSessions {}).await.unwrap().sessions[0].last_seen_at_ms;
        if seen == server.app.now_ms() {
            break;
        }
    }
    server.clock.advance(89 * 86_400_000);
    assert!(browser.call(&GetSession {}).await.unwrap().person.is_some());
    server.clock.advance(91 * 86_400_000);
    assert_eq!(browser.call(&GetSession {}).await.unwrap().person, None);
    minnow::upkeep::forget_what_is_over(&server.app).await.unwrap();
});

#[tokio::test]
async fn without_mail_there_are_no_sign_in_links() {
    let server = TestApp::new(Engine::Sqlite).await;
    let mut browser = server.browser();
    assert!(!browser.call(&GetSession {}).await.unwrap().server.sign_in_links);
    let refused = browser.call(&RequestSignInLink { email: "ada@example.org".into() }).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::MailNotConfigured);
}

on_both!(a_sign_in_link_works_once_and_not_for_long, async |engine| {
    use minnow::{auth::session, store::sign_in};
    let server = TestApp::new(engine).await;
    let now_ms = server.app.now_ms();
    let mut tx = server.app.db.begin().await.unwrap();
    for (token, expires_at_ms) in [("one", now_ms + 5), ("two", now_ms + 5), ("late", now_ms)] {
        sign_in::insert_link(&mut tx, &session::hash(token), "ada.l@example.org", expires_at_ms)
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();
    let redeem = |token: &str| RedeemSignInLink { token: token.into() };
    let mut guest = server.guest().await;
    let me = guest.call(&redeem("one")).await.unwrap().person.unwrap();
    assert_eq!((me.handle.as_deref(), me.email.as_deref()), (Some("ada-l"), Some("ada.l@example.org")));
    let mut other = server.browser();
    assert_eq!(other.call(&redeem("one")).await.unwrap_err().code, ErrorCode::Expired);
    assert_eq!(other.call(&redeem("late")).await.unwrap_err().code, ErrorCode::Expired);
    assert_eq!(other.call(&redeem("two")).await.unwrap().person.unwrap().id, me.id, "the same account");
});

#[tokio::test]
async fn a_name_after_a_long_address_keeps_to_its_limit() {
    use minnow::{auth::session, store::sign_in};
    let server = TestApp::new(Engine::Sqlite).await;
    let email = format!("{}@example.org", "a".repeat(64));
    let mut tx = server.app.db.begin().await.unwrap();
    sign_in::insert_link(&mut tx, &session::hash("one"), &email, i64::MAX).await.unwrap();
    tx.commit().await.unwrap();
    let me = server.browser().call(&RedeemSignInLink { token: "one".into() }).await.unwrap().person.unwrap();
    assert_eq!(me.display_name.chars().count(), limit::DISPLAY_NAME);
}

#[tokio::test]
async fn a_server_that_takes_no_new_accounts_says_so_and_keeps_guests() {
    let server = TestApp::with(Engine::Sqlite, &["--sign-up", "false"]).await;
    let mut guest = server.guest().await;
    assert!(!guest.call(&GetSession {}).await.unwrap().server.sign_up);
    assert_eq!(guest.call(&new_account("ada")).await.unwrap_err().code, ErrorCode::Forbidden);
    let passkey = StartPasskeyRegistration { handle: Some("ada".into()), display_name: Some("Ada".into()) };
    assert_eq!(guest.call(&passkey).await.unwrap_err().code, ErrorCode::Forbidden);
}

on_both!(a_passkey_ceremony_can_be_ended_once_and_only_by_who_began_it, async |engine| {
    use minnow_shared::account::FinishPasskeyRegistration;
    let server = TestApp::new(engine).await;
    let begin = StartPasskeyRegistration { handle: Some("ada".into()), display_name: Some("Ada".into()) };
    let mut guest = server.guest().await;
    let begun = guest.call(&begin).await.unwrap();
    assert_eq!(begun.options["rp"]["id"], "localhost");
    let finish = FinishPasskeyRegistration {
        challenge_id: begun.challenge_id.clone(),
        credential: serde_json::json!({}),
        label: "Phone".into(),
    };
    assert_eq!(guest.call(&finish).await.unwrap_err().code, ErrorCode::PasskeyRefused);
    assert_eq!(guest.call(&finish).await.unwrap_err().code, ErrorCode::Expired, "a failed one is over too");
    let begun = guest.call(&begin).await.unwrap();
    let stolen = FinishPasskeyRegistration { challenge_id: begun.challenge_id, ..finish };
    let mut other = server.guest().await;
    assert_eq!(other.call(&stolen).await.unwrap_err().code, ErrorCode::Expired);
});
