//! The table of routes: which endpoint, which handler, which action on which object. The list of endpoints is
//! `shared::with_every_endpoint!`; a test compares the two.

use super::{
    account, media,
    route::{Subject, route},
    upload,
};
use crate::{app::App, policy::Action};
use axum::Router;
use minnow_shared::{Endpoint, account as words};

/// One line of the table, for tests and documentation.
#[derive(Debug, Clone, Copy)]
pub struct RouteLine {
    pub endpoint: &'static str,
    pub handler: &'static str,
    pub action: Action,
}

macro_rules! subject {
    ($endpoint:ty, own) => {
        |_: &$endpoint| Subject::Own
    };
    ($endpoint:ty, clip) => {
        |request: &$endpoint| Subject::Clip(request.clip_id.clone())
    };
    ($endpoint:ty, session) => {
        |request: &$endpoint| Subject::Session(request.session_id.clone())
    };
    ($endpoint:ty, passkey) => {
        |request: &$endpoint| Subject::Passkey(request.passkey_id.clone())
    };
}

macro_rules! table {
    ($($words:ident :: $endpoint:ident => $noun:ident :: $handler:ident, $action:ident on $subject:ident;)*) => {
        /// The routes of all endpoints.
        pub fn endpoints() -> Router<App> {
            Router::new()
                $(.route(
                    <$words::$endpoint as Endpoint>::PATH,
                    route::<$words::$endpoint, _, _>(
                        Action::$action,
                        subject!($words::$endpoint, $subject),
                        $noun::$handler,
                    ),
                ))*
        }

        /// The table itself.
        pub const LINES: &[RouteLine] = &[
            $(RouteLine {
                endpoint: <$words::$endpoint as Endpoint>::NAME,
                handler: stringify!($handler),
                action: Action::$action,
            }),*
        ];
    };
}

table! {
    words::GetSession => account::get_session, ReadPublic on own;
    words::StartGuest => account::start_guest, StartGuest on own;
}

/// What is no endpoint: bytes up and down.
pub fn raw() -> Router<App> {
    Router::new().merge(upload::routes()).merge(media::routes())
}
