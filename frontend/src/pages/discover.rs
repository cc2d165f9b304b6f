//! Topics, each with its newest posters; one leads to the feed of that topic.

use crate::api::call;
use crate::frame::{AskPlaylists, NavLink, Page, PlaylistList, link, page_loading};
use crate::hooks::{Loaded, use_call};
use crate::i18n::{self, plural, t};
use crate::route::Route;
use crate::ui::empty::{Art, Failure, empty};
use crate::ui::icon::{DOWNLOAD, icon_sm};
use minnow_shared::playlist::ListPlaylists;
use minnow_shared::topic::ListTopics;
use std::rc::Rc;
use yew::prelude::*;

#[component]
pub fn DiscoverPage() -> Html {
    let (loaded, again) = use_call(Some(ListTopics { language: Some(i18n::language().code.into()) }));
    let inside = match &loaded {
        Loaded::Loading => page_loading(),
        Loaded::Failed(error) => {
            let offline = link("btn", Route::Saved, html! { t("offline.saved") });
            html! { <Failure error={error.clone()} {again} {offline} /> }
        }
        Loaded::Here(list) if list.topics.iter().all(|item| item.clip_count == 0) => {
            let act = link("btn btn--primary", Route::Make, html! { t("discover.make") });
            empty(Art::Empty, t("discover.none"), t("discover.none_text"), act)
        }
        Loaded::Here(list) => html! {
            <>
            <section class="section" aria-labelledby="topics">
                <div class="section__head"><h2 id="topics">{ t("discover.topics") }</h2>{ link("section__more", Route::Topics, html! { t("topics.title") }) }</div>
                <ul class="topics">
                    { for list.topics.iter().filter(|item| item.clip_count > 0).map(|item| html! {
                        <li key={item.topic.id.as_str()}>
                            <NavLink class="card card--flush topic" to={Route::Topic { id: item.topic.id.clone() }}>
                                <span class="topic__posters">
                                    { for item.poster_urls.iter().take(3).map(|url| html! { <img src={url.clone()} alt="" loading="lazy" decoding="async" /> }) }
                                </span>
                                <span class="topic__text">
                                    <span class="item__title" dir="auto">{ item.topic.name.clone() }</span>
                                    <span class="item__sub">{ plural("discover.clips", item.clip_count) }</span>
                                </span>
                            </NavLink>
                        </li>
                    }) }
                </ul>
            </section>
            <PlaylistList ask={public()} shows_owner=true title={t("discover.playlists")} />
            <p>{ link("btn", Route::Offline, html! { <>{ icon_sm(DOWNLOAD) }{ t("packs.take_topic") }</> }) }</p>
            </>
        },
    };
    html! { <Page title={t("nav.discover")} wide=true>{ inside }</Page> }
}

/// Playlists that all may see.
fn public() -> AskPlaylists {
    Rc::new(|cursor| {
        Box::pin(async move { call(&ListPlaylists { words: None, handle: None, cursor }).await })
    })
}
