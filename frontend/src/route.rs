//! The addresses of the app and the way from one to another. Matched by hand: a dozen addresses do not need a router's
//! code in what a visitor loads first, and `/@handle` is not a whole segment.

use crate::browser;
use crate::state::store::{Reduce, Store, use_store};
use gloo::events::EventListener;
use minnow_shared::{AssignmentId, ClipId, InviteId, PlaylistId, PracticeId, QuestionId, TopicId};
use std::cell::Cell;
use wasm_bindgen::JsValue;
use yew::prelude::*;

#[derive(Debug, Clone, PartialEq)]
pub enum Route {
    Feed,
    Topic {
        id: TopicId,
    },
    Clip {
        id: ClipId,
    },
    Discover,
    Make,
    Draft {
        id: ClipId,
    },
    /// The questions one keeps.
    Bank,
    BankQuestion {
        id: QuestionId,
    },
    /// A part of somebody's bank, to be practised.
    Practice {
        id: PracticeId,
    },
    Review,
    Playlists,
    Playlist {
        id: PlaylistId,
    },
    EditPlaylist {
        id: PlaylistId,
    },
    AssignPlaylist {
        id: PlaylistId,
    },
    Assignment {
        id: AssignmentId,
    },
    /// An address to join an assignment by.
    Join {
        invite: InviteId,
    },
    /// Which playlists a clip is to be added to.
    AddToPlaylist {
        clip: ClipId,
    },
    /// A playlist on the stage, perhaps from one of its clips on.
    Play {
        id: PlaylistId,
        clip: Option<ClipId>,
    },
    Me,
    /// What is on this device for the time without a network.
    Offline,
    /// What one holds of topics, and what that rests on.
    MyTopics,
    MyTopic {
        id: TopicId,
    },
    /// What the feed makes of the learner's interests.
    Interests,
    /// How the feed does, for who runs the site.
    FeedHealth,
    /// How topics hang together.
    Topics,
    TopicPlace {
        id: TopicId,
    },
    /// What a clip did, for its author.
    Insights {
        id: ClipId,
    },
    Saved,
    Settings,
    Welcome,
    SignIn {
        token: String,
    },
    Author {
        handle: String,
    },
    NotFound,
}

impl Route {
    /// The route of a path. Anything that is no address of ours is `NotFound`.
    pub fn read(path: &str) -> Self {
        let mut segments = path.split('/').filter(|segment| !segment.is_empty());
        let route = match (segments.next(), segments.next(), segments.next()) {
            _ if segments.next().is_some() => None,
            (None, ..) => Some(Route::Feed),
            (Some("topic"), Some(id), None) => TopicId::parse(id).ok().map(|id| Route::Topic { id }),
            (Some("clip"), Some(id), None) => ClipId::parse(id).ok().map(|id| Route::Clip { id }),
            (Some("make"), Some(id), None) => ClipId::parse(id).ok().map(|id| Route::Draft { id }),
            (Some("bank"), Some(id), None) => QuestionId::parse(id).ok().map(|id| Route::BankQuestion { id }),
            (Some("play"), Some(id), clip) => {
                let clip = clip.map(ClipId::parse).transpose();
                PlaylistId::parse(id).ok().zip(clip.ok()).map(|(id, clip)| Route::Play { id, clip })
            }
            (Some("playlist"), Some(id), more) => PlaylistId::parse(id).ok().and_then(|id| match more {
                None => Some(Route::Playlist { id }),
                Some("edit") => Some(Route::EditPlaylist { id }),
                Some("assign") => Some(Route::AssignPlaylist { id }),
                _ => None,
            }),
            (Some("assignment"), Some(id), None) => {
                AssignmentId::parse(id).ok().map(|id| Route::Assignment { id })
            }
            (Some("join"), Some(id), None) => InviteId::parse(id).ok().map(|invite| Route::Join { invite }),
            (Some("add"), Some(id), None) => ClipId::parse(id).ok().map(|clip| Route::AddToPlaylist { clip }),
            (Some("clip"), Some(id), Some("insights")) => {
                ClipId::parse(id).ok().map(|id| Route::Insights { id })
            }
            (Some("topics"), Some(id), None) => TopicId::parse(id).ok().map(|id| Route::TopicPlace { id }),
            (Some("me"), Some("topics"), None) => Some(Route::MyTopics),
            (Some("me"), Some("interests"), None) => Some(Route::Interests),
            (Some("studio"), Some("feed"), None) => Some(Route::FeedHealth),
            (Some("me"), Some("topics"), Some(id)) => TopicId::parse(id).ok().map(|id| Route::MyTopic { id }),
            (Some("practice"), Some(id), None) => PracticeId::parse(id).ok().map(|id| Route::Practice { id }),
            (Some("sign-in"), Some(token), None) => Some(Route::SignIn { token: token.to_owned() }),
            (Some(one), None, _) => match one {
                "discover" => Some(Route::Discover),
                "make" => Some(Route::Make),
                "bank" => Some(Route::Bank),
                "review" => Some(Route::Review),
                "playlists" => Some(Route::Playlists),
                "me" => Some(Route::Me),
                "offline" => Some(Route::Offline),
                "saved" => Some(Route::Saved),
                "settings" => Some(Route::Settings),
                "topics" => Some(Route::Topics),
                "welcome" => Some(Route::Welcome),
                _ => one
                    .strip_prefix('@')
                    .filter(|handle| minnow_shared::limit::handle(handle).is_ok())
                    .map(|handle| Route::Author { handle: handle.to_owned() }),
            },
            _ => None,
        };
        route.unwrap_or(Route::NotFound)
    }

    /// Whether the page is a stage for clips: the bars under it are dark then.
    pub fn is_stage(&self) -> bool {
        matches!(self, Route::Feed | Route::Topic { .. } | Route::Clip { .. } | Route::Play { .. })
    }
}

/// The programs with pages that the app is built as (docs/decisions/0005-programs-by-address.md).
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Program {
    /// What a visitor loads first.
    Feed,
    /// A learner's own pages.
    Desk,
    /// Where clips, questions, playlists and topics are made and looked after, and the learner's own profile.
    Studio,
}

impl Route {
    /// The address, beginning with `/`.
    pub fn to_path(&self) -> String {
        match self {
            Route::Feed => "/".into(),
            Route::Topic { id } => format!("/topic/{id}"),
            Route::Clip { id } => format!("/clip/{id}"),
            Route::Discover => "/discover".into(),
            Route::Make => "/make".into(),
            Route::Draft { id } => format!("/make/{id}"),
            Route::Bank => "/bank".into(),
            Route::BankQuestion { id } => format!("/bank/{id}"),
            Route::Practice { id } => format!("/practice/{id}"),
            Route::Review => "/review".into(),
            Route::Playlists => "/playlists".into(),
            Route::Playlist { id } => format!("/playlist/{id}"),
            Route::EditPlaylist { id } => format!("/playlist/{id}/edit"),
            Route::AssignPlaylist { id } => format!("/playlist/{id}/assign"),
            Route::Assignment { id } => format!("/assignment/{id}"),
            Route::Join { invite } => format!("/join/{invite}"),
            Route::AddToPlaylist { clip } => format!("/add/{clip}"),
            Route::Play { id, clip: None } => format!("/play/{id}"),
            Route::Play { id, clip: Some(clip) } => format!("/play/{id}/{clip}"),
            Route::Me => "/me".into(),
            Route::Offline => "/offline".into(),
            Route::MyTopics => "/me/topics".into(),
            Route::MyTopic { id } => format!("/me/topics/{id}"),
            Route::Interests => "/me/interests".into(),
            Route::FeedHealth => "/studio/feed".into(),
            Route::Topics => "/topics".into(),
            Route::TopicPlace { id } => format!("/topics/{id}"),
            Route::Insights { id } => format!("/clip/{id}/insights"),
            Route::Saved => "/saved".into(),
            Route::Settings => "/settings".into(),
            Route::Welcome => "/welcome".into(),
            Route::SignIn { token } => format!("/sign-in/{token}"),
            Route::Author { handle } => format!("/@{handle}"),
            Route::NotFound => "/not-found".into(),
        }
    }

    /// Which program shows it; `boot.js` decides alike.
    fn program(&self) -> Program {
        match self {
            _ if self.is_stage() => Program::Feed,
            Route::Make
            | Route::Draft { .. }
            | Route::Bank
            | Route::BankQuestion { .. }
            | Route::EditPlaylist { .. }
            | Route::AssignPlaylist { .. }
            | Route::Assignment { .. }
            | Route::Interests
            | Route::FeedHealth
            | Route::Topics
            | Route::TopicPlace { .. }
            | Route::Insights { .. } => Program::Studio,
            _ => Program::Desk,
        }
    }
}

/// Where the reader is.
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    pub route: Route,
}

impl Reduce for Place {
    type Action = Route;
    fn reduce(&self, route: Route) -> Self {
        Place { route }
    }
}

thread_local! {
    static PLACE: Store<Place> = Store::new(Place { route: here() });
    /// `None` in what opens over a clip: every link there is the browser's to follow.
    static PROGRAM: Cell<Option<Program>> = const { Cell::new(None) };
}

fn here() -> Route {
    Route::read(&browser::window().location().pathname().unwrap_or_default())
}

/// Says which program this is and listens to the browser's back and forward.
pub fn start(program: Program) {
    PROGRAM.set(Some(program));
    EventListener::new(&browser::window(), "popstate", |_| PLACE.with(|place| place.dispatch(here())))
        .forget();
}

/// Whether a link there stays in this program; otherwise it is the browser's to follow.
pub fn is_here(route: &Route) -> bool {
    PROGRAM.get() == Some(route.program())
}

/// Goes to a page.
pub fn go(route: &Route) {
    if !is_here(route) {
        let _ = browser::window().location().assign(&route.to_path());
        return;
    }
    if let Ok(history) = browser::window().history() {
        let _ = history.push_state_with_url(&JsValue::NULL, "", Some(&route.to_path()));
    }
    PLACE.with(|place| place.dispatch(route.clone()));
}

#[hook]
pub fn use_route() -> Route {
    use_store(&PLACE).route.clone()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_reads_back_from_its_own_path() {
        let clip = ClipId::new(1_700_000_000_000, [3; 10]);
        for route in [
            Route::Feed,
            Route::Topic { id: TopicId::parse("light").unwrap() },
            Route::Clip { id: clip.clone() },
            Route::Draft { id: clip.clone() },
            Route::Insights { id: clip },
            Route::MyTopics,
            Route::MyTopic { id: TopicId::parse("light").unwrap() },
            Route::Interests,
            Route::FeedHealth,
            Route::Topics,
            Route::TopicPlace { id: TopicId::parse("light").unwrap() },
            Route::Bank,
            Route::BankQuestion { id: QuestionId::new(1_700_000_000_000, [4; 10]) },
            Route::Practice { id: PracticeId::new(1_700_000_000_000, [5; 10]) },
            Route::Review,
            Route::Playlists,
            Route::Playlist { id: PlaylistId::new(1, [5; 10]) },
            Route::EditPlaylist { id: PlaylistId::new(1, [5; 10]) },
            Route::AssignPlaylist { id: PlaylistId::new(1, [5; 10]) },
            Route::Assignment { id: AssignmentId::new(1, [6; 10]) },
            Route::Join { invite: InviteId::new(1, [7; 10]) },
            Route::AddToPlaylist { clip: ClipId::new(1, [8; 10]) },
            Route::Play { id: PlaylistId::new(1, [5; 10]), clip: None },
            Route::Play { id: PlaylistId::new(1, [5; 10]), clip: Some(ClipId::new(1, [8; 10])) },
            Route::Discover,
            Route::Make,
            Route::Me,
            Route::Offline,
            Route::Saved,
            Route::Settings,
            Route::Welcome,
            Route::SignIn { token: "abc".into() },
            Route::Author { handle: "ada".into() },
        ] {
            assert_eq!(Route::read(&route.to_path()), route);
        }
    }

    #[test]
    fn what_is_no_address_of_ours_is_not_found() {
        for path in [
            "/nowhere",
            "/clip/x",
            "/bank/x",
            "/play/x",
            "/playlist/x",
            "/playlist/01ARZ3NDEKTSV4RRFFQ69G5FAV/other",
            "/play/01ARZ3NDEKTSV4RRFFQ69G5FAV/x",
            "/topic/UPPER",
            "/@",
            "/@A b",
            "/me/too",
            "/sign-in",
            "/a/b/c/d",
        ] {
            assert_eq!(Route::read(path), Route::NotFound, "{path}");
        }
    }

    #[test]
    fn a_slash_at_the_end_changes_nothing() {
        assert_eq!(Route::read("/settings/"), Route::Settings);
    }
}
