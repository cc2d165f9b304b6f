//! All topics the learner has answered on, each with what they hold of it. One topic is in `topic`.

pub mod topic;

use crate::frame::{Estimate, NavLink, Page, link, page_loading};
use crate::hooks::{Loaded, use_call};
use crate::i18n::{t, use_language};
use crate::route::Route;
use crate::state::session;
use crate::ui::empty::{Art, Failure, empty};
use crate::ui::row::row_arrow;
use minnow_shared::mastery::{ListMastery, MasteryListView};
use yew::prelude::*;

#[component]
pub fn MasteryPage() -> Html {
    let session = session::use_session();
    let language = use_language();
    let (list, again) =
        use_call(session.person().map(|_| ListMastery { language: Some(language.to_owned()) }));
    let inside = match &list {
        Loaded::Here(list) if !list.topics.is_empty() => topics(list),
        Loaded::Failed(error) => html! { <Failure error={error.clone()} {again} /> },
        Loaded::Loading if session.person().is_some() || !session.is_known() && !session.unreachable => {
            page_loading()
        }
        Loaded::Here(_) | Loaded::Loading => {
            let act = link("btn btn--primary", Route::Feed, html! { t("ui.go_to_feed") });
            empty(Art::Empty, t("mastery.none"), t("mastery.none_text"), act)
        }
    };
    html! { <Page title={t("mastery.hold")} back={Route::Me}>{ inside }</Page> }
}

fn topics(list: &MasteryListView) -> Html {
    html! {
        <>
            <p class="sm muted">{ t("mastery.what") }</p>
            <ul class="card card--flush list">
                { for list.topics.iter().map(|one| html! {
                    <li key={one.topic.id.to_string()}>
                        <NavLink class="item" to={Route::MyTopic { id: one.topic.id.clone() }}>
                            <span class="grow"><Estimate name={one.topic.name.clone()} estimate={one.estimate.clone()} /></span>
                            { row_arrow() }
                        </NavLink>
                    </li>
                }) }
            </ul>
            <p>{ link("section__more", Route::Topics, html! { t("topics.title") }) }</p>
        </>
    }
}
