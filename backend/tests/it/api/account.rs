//! Being somebody.

use crate::{on_both, server::*};
use minnow_shared::account::{GetSession, StartGuest};

on_both!(a_guest_keeps_the_same_person_from_call_to_call, |engine| async move {
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
