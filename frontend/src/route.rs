//! The addresses of the app. Matched by hand: ten addresses do not need a recogniser, and `/@handle` is not a whole
//! segment, which yew-router's own patterns cannot name.

use minnow_shared::{ClipId, TopicId};
use std::collections::HashMap;
use yew_router::Routable;

#[derive(Debug, Clone, PartialEq)]
pub enum Route {
    Feed,
    Topic { id: TopicId },
    Clip { id: ClipId },
    Discover,
    Make,
    Draft { id: ClipId },
    Me,
    Saved,
    Settings,
    Welcome,
    SignIn { token: String },
    Author { handle: String },
    NotFound,
}

impl Route {
    /// The route of a path. Anything that is no address of ours is `NotFound`.
    pub fn read(path: &str) -> Self {
        let mut segments = path.split('/').filter(|segment| !segment.is_empty());
        let route = match (segments.next(), segments.next(), segments.next()) {
            (None, ..) => Some(Route::Feed),
            (Some("topic"), Some(id), None) => TopicId::parse(id).ok().map(|id| Route::Topic { id }),
            (Some("clip"), Some(id), None) => ClipId::parse(id).ok().map(|id| Route::Clip { id }),
            (Some("make"), Some(id), None) => ClipId::parse(id).ok().map(|id| Route::Draft { id }),
            (Some("sign-in"), Some(token), None) => Some(Route::SignIn { token: token.to_owned() }),
            (Some(one), None, _) => match one {
                "discover" => Some(Route::Discover),
                "make" => Some(Route::Make),
                "me" => Some(Route::Me),
                "saved" => Some(Route::Saved),
                "settings" => Some(Route::Settings),
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
        matches!(self, Route::Feed | Route::Topic { .. } | Route::Clip { .. })
    }
}

impl Routable for Route {
    fn from_path(path: &str, _: &HashMap<&str, &str>) -> Option<Self> {
        Some(Self::read(path))
    }

    fn to_path(&self) -> String {
        match self {
            Route::Feed => "/".into(),
            Route::Topic { id } => format!("/topic/{id}"),
            Route::Clip { id } => format!("/clip/{id}"),
            Route::Discover => "/discover".into(),
            Route::Make => "/make".into(),
            Route::Draft { id } => format!("/make/{id}"),
            Route::Me => "/me".into(),
            Route::Saved => "/saved".into(),
            Route::Settings => "/settings".into(),
            Route::Welcome => "/welcome".into(),
            Route::SignIn { token } => format!("/sign-in/{token}"),
            Route::Author { handle } => format!("/@{handle}"),
            Route::NotFound => "/not-found".into(),
        }
    }

    fn routes() -> Vec<&'static str> {
        Vec::new()
    }

    fn not_found_route() -> Option<Self> {
        Some(Route::NotFound)
    }

    fn recognize(path: &str) -> Option<Self> {
        Some(Self::read(path))
    }
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
            Route::Draft { id: clip },
            Route::Discover,
            Route::Make,
            Route::Me,
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
        for path in ["/nowhere", "/clip/x", "/topic/UPPER", "/@", "/@A b", "/me/too", "/sign-in", "/a/b/c/d"]
        {
            assert_eq!(Route::read(path), Route::NotFound, "{path}");
        }
    }

    #[test]
    fn a_slash_at_the_end_changes_nothing() {
        assert_eq!(Route::read("/settings/"), Route::Settings);
    }
}
