//! The way to the profile, with how it stands.

use crate::frame::link;
use crate::hooks::use_call;
use crate::i18n::{plural, t, use_language};
use crate::route::Route;
use crate::state::session;
use crate::ui::icon::TARGET;
use crate::ui::row::{row_arrow, row_text};
use minnow_shared::interest::{GetInterests, InterestsView};
use yew::prelude::*;

/// "7 topics", and what has been switched off.
fn state(view: &InterestsView) -> AttrValue {
    if view.is_new {
        return t("interest.me_new");
    }
    let topics = plural("interest.topics", view.interests.len() as u64);
    match (view.is_used, view.is_learning) {
        (false, _) => t("interest.me_off"),
        (true, false) => format!("{topics} · {}", t("interest.me_paused")).into(),
        (true, true) => topics,
    }
}

#[component]
pub fn InterestsRow() -> Html {
    let language = use_language();
    let session = session::use_session();
    let request = session.person().map(|_| GetInterests { language: Some(language.to_owned()) });
    let (view, _) = use_call(request);
    let said = view.here().map_or_else(|| t("interest.me_sub"), |view| state(view));
    let inside = html! { <>{ row_text("item__icon item__icon--brand", TARGET, t("interest.me_row"), Some(said)) }{ row_arrow() }</> };
    link("item", Route::Interests, inside)
}
