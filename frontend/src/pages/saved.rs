//! Saved clips, and keeping them for offline.

use crate::api::call;
use crate::frame::{Ask, NavLink, Page, link, page_loading, tile_body, tile_meta, use_tile_pages};
use crate::hooks::use_online;
use crate::i18n::{clock, t};
use crate::route::Route;
use crate::state::store::use_store;
use crate::state::{offline, session, toasts};
use crate::ui::empty::{Art, Failure, empty};
use crate::ui::icon::{CHECK, DOWNLOAD, icon_sm};
use minnow_shared::ClipId;
use minnow_shared::clip::{ClipView, ListSaved};
use std::rc::Rc;
use yew::prelude::*;

#[component]
pub fn SavedPage() -> Html {
    let session = session::use_session();
    let online = use_online();
    let inside = if !online {
        html! { <KeptList /> }
    } else if session.person().is_some() {
        html! { <SavedList /> }
    } else if session.is_known() {
        nothing()
    } else {
        page_loading()
    };
    html! { <Page title={t("me.saved")} back={Route::Me} wide=true>{ inside }</Page> }
}

fn nothing() -> Html {
    let act = link("btn btn--primary", Route::Feed, html! { t("ui.go_to_feed") });
    empty(Art::Empty, t("saved.none"), t("saved.none_text"), act)
}

#[component]
fn SavedList() -> Html {
    let ask: Ask = Rc::new(|cursor| Box::pin(async move { call(&ListSaved { cursor }).await }));
    let (pages, more) = use_tile_pages(Some(ask));
    if pages.clips.is_empty() {
        return match (&pages.error, pages.loading) {
            (Some(error), _) => html! { <Failure error={error.clone()} again={more} /> },
            (None, true) => page_loading(),
            (None, false) => nothing(),
        };
    }
    html! {
        <>
            <p class="sm muted">{ t("saved.text") }{ " " }{ link("text-link", Route::Offline, html! { t("packs.more") }) }</p>
            <ul class="clip-grid">
                { for pages.clips.iter().map(|clip| html! {
                    <li class="stack g2" key={clip.id.as_str()}>
                        <NavLink class="clip" to={Route::Clip { id: clip.id.clone() }}>{ tile_body(&clip.poster_small_url, &clip.title, tile_meta(clip)) }</NavLink>
                        <KeepButton clip={clip.id.clone()} />
                    </li>
                }) }
            </ul>
            if pages.cursor.is_some() {
                <button class="btn btn--block" aria-busy={pages.loading.to_string()} onclick={more.reform(|_: MouseEvent| ())}>{ t("ui.more") }</button>
            }
        </>
    }
}

/// What plays without a network.
#[component]
fn KeptList() -> Html {
    let clips = use_state(|| None::<Vec<ClipView>>);
    let setter = clips.setter();
    use_effect_with((), move |()| {
        crate::browser::spawn(async move { setter.set(Some(offline::kept_clips().await)) });
    });
    let Some(clips) = &*clips else { return page_loading() };
    html! {
        <>
            <p class="banner">{ t("offline.text") }</p>
            if clips.is_empty() {
                { empty(Art::Offline, t("offline.title"), t("saved.none_kept"), Html::default()) }
            }
            <ul class="clip-grid">
                { for clips.iter().map(|clip| html! {
                    <li key={clip.id.as_str()}>
                        <NavLink class="clip" to={Route::Clip { id: clip.id.clone() }}>
                            { tile_body(&clip.poster_small_url, &clip.title, html! { <span class="num">{ clock(clip.duration_ms) }</span> }) }
                        </NavLink>
                    </li>
                }) }
            </ul>
        </>
    }
}

#[derive(Properties, PartialEq)]
struct KeepProps {
    clip: ClipId,
}

#[component]
fn KeepButton(props: &KeepProps) -> Html {
    let kept = use_store(&offline::KEPT);
    let here = kept.clips.contains(&props.clip);
    let busy = kept.under_way.contains(&props.clip);
    let clip = props.clip.clone();
    let onclick = Callback::from(move |_: MouseEvent| {
        let clip = clip.clone();
        crate::browser::spawn(async move {
            if here {
                offline::remove(clip).await;
            } else if !busy && !offline::keep(clip).await {
                toasts::say(t("saved.keep_failed"));
            }
        });
    });
    html! {
        <button class={if here { "btn btn--soft btn--block" } else { "btn btn--block" }} aria-pressed={here.to_string()} aria-busy={busy.to_string()} {onclick}>
            { icon_sm(if here { CHECK } else { DOWNLOAD }) }{ t(if here { "saved.kept" } else { "saved.keep" }) }
        </button>
    }
}
