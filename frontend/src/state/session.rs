//! Who is here: read after the first paint, changed by signing in and out and by a guest's first write.

use super::store::{Reduce, Store, use_store};
use crate::{api, browser, state::settings};
use minnow_shared::account::{GetSession, MeView, ServerView, SessionView};
use std::rc::Rc;
use yew::prelude::*;

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Session {
    /// `None` until the server has been heard.
    pub view: Option<SessionView>,
    /// The server could not be asked.
    pub unreachable: bool,
}

impl Session {
    pub fn person(&self) -> Option<&MeView> {
        self.view.as_ref()?.person.as_ref()
    }

    pub fn server(&self) -> Option<&ServerView> {
        Some(&self.view.as_ref()?.server)
    }

    /// Somebody who can sign in again.
    pub fn account(&self) -> Option<&MeView> {
        self.person().filter(|person| !person.is_guest)
    }

    pub fn is_known(&self) -> bool {
        self.view.is_some()
    }
}

pub enum SessionAction {
    Became(SessionView),
    Unreachable,
    SignedOut,
}

impl Reduce for Session {
    type Action = SessionAction;

    fn reduce(&self, action: SessionAction) -> Self {
        match action {
            SessionAction::Became(view) => Session { view: Some(view), unreachable: false },
            SessionAction::Unreachable => Session { view: self.view.clone(), unreachable: true },
            SessionAction::SignedOut => {
                let view = self.view.clone().map(|view| SessionView { person: None, ..view });
                Session { view, unreachable: self.unreachable }
            }
        }
    }
}

thread_local! {
    pub static SESSION: Store<Session> = Store::new(Session::default());
}

#[hook]
pub fn use_session() -> Rc<Session> {
    use_store(&SESSION)
}

pub fn current() -> Rc<Session> {
    SESSION.with(Store::get)
}

/// The server says who the caller is now.
pub fn became(view: SessionView) {
    let before = current().person().map(|person| person.id.clone());
    let now = view.person.as_ref().map(|person| person.id.clone());
    SESSION.with(|session| session.dispatch(SessionAction::Became(view)));
    if now.is_some() && now != before {
        settings::meet_server();
    }
}

/// Where a person is in the feed: kept in the browser's storage, and a cookie for the server.
pub const POSITION_KEY: &str = "minnow.position";
/// The same within a playlist.
pub const PATH_KEY: &str = "minnow.path";
pub const POSITION_COOKIE: &str = "minnow_at";
/// Whether a person was asked to stop today.
pub const STOP_KEY: &str = "minnow.stop";

/// The next one at this browser begins at the beginning.
pub fn signed_out() {
    browser::forget(POSITION_KEY);
    browser::forget(PATH_KEY);
    browser::forget(STOP_KEY);
    browser::clear_cookie(POSITION_COOKIE);
    SESSION.with(|session| session.dispatch(SessionAction::SignedOut));
}

/// Asks the server who is here.
pub async fn load() {
    match api::call(&GetSession {}).await {
        Ok(view) => became(view),
        Err(_) => SESSION.with(|session| session.dispatch(SessionAction::Unreachable)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use minnow_shared::{PersonId, account::Role};

    fn view(is_guest: bool) -> SessionView {
        SessionView {
            person: Some(MeView {
                id: PersonId::new(1, [0; 10]),
                is_guest,
                handle: None,
                display_name: String::new(),
                bio: String::new(),
                role: Role::Learner,
                email: None,
                has_password: false,
                created_at_ms: 1,
            }),
            server: ServerView {
                name: "Minnow".into(),
                version: "1".into(),
                sign_in_links: false,
                sign_up: true,
            },
        }
    }

    #[test]
    fn a_guest_is_a_person_but_has_no_account() {
        let session = Session::default().reduce(SessionAction::Became(view(true)));
        assert!(session.person().is_some());
        assert!(session.account().is_none());
    }

    #[test]
    fn signing_out_forgets_the_person_and_keeps_the_server() {
        let session =
            Session::default().reduce(SessionAction::Became(view(false))).reduce(SessionAction::SignedOut);
        assert!(session.person().is_none());
        assert!(session.server().is_some());
    }

    #[test]
    fn a_lost_network_does_not_sign_anybody_out() {
        let session =
            Session::default().reduce(SessionAction::Became(view(false))).reduce(SessionAction::Unreachable);
        assert!(session.account().is_some());
        assert!(session.unreachable);
    }
}
