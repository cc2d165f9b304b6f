//! An author: who they are and what they have published.

use crate::api::{ApiError, call};
use crate::frame::{
    Ask, AskPlaylists, NavLink, Page, PlaylistList, avatar, link, page_loading, tile_body, use_tile_pages,
};
use crate::hooks::{Loaded, use_call};
use crate::i18n::{clock, compact, day, plural, t, t_with};
use crate::route::Route;
use crate::ui::empty::{Art, Failure, empty};
use minnow_shared::ErrorCode;
use minnow_shared::person::{AuthorPageView, GetAuthor, ListAuthorClips};
use minnow_shared::playlist::ListPlaylists;
use std::rc::Rc;
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct AuthorProps {
    pub handle: AttrValue,
}

#[component]
pub fn AuthorPage(props: &AuthorProps) -> Html {
    let (loaded, again) = use_call(Some(GetAuthor { handle: props.handle.to_string() }));
    let inside = match &loaded {
        Loaded::Loading => page_loading(),
        Loaded::Failed(error) if error.code() == Some(ErrorCode::NotFound) => {
            let act = link("btn btn--primary", Route::Feed, html! { t("ui.go_to_feed") });
            empty(Art::Empty, t("author.none"), t("author.none_text"), act)
        }
        Loaded::Failed(error) => html! { <Failure error={error.clone()} {again} /> },
        Loaded::Here(page) => {
            html! { <>{ head(page) }<PlaylistList ask={playlists_of(&props.handle)} title={t("playlist.title")} /><Clips handle={props.handle.clone()} /></> }
        }
    };
    let title =
        loaded.here().map_or_else(|| format!("@{}", props.handle), |page| page.author.display_name.clone());
    html! { <Page {title} back={Route::Feed} wide=true>{ inside }</Page> }
}

fn head(page: &AuthorPageView) -> Html {
    html! {
        <>
            <div class="me-head">
                { avatar("av av--xl", &page.author.display_name) }
                <div class="grow stack g1">
                    <p class="sm muted bits"><bdi>{ format!("@{}", page.author.handle) }</bdi><span>{ t_with("me.since", &[("when", &day(page.joined_at_ms))]) }</span></p>
                    if !page.author.bio.is_empty() {
                        <p dir="auto">{ page.author.bio.clone() }</p>
                    }
                </div>
            </div>
            <div class="stats stats--start">
                <div class="stat"><span class="stat__num">{ compact(page.clip_count) }</span><span class="stat__label">{ t("author.clips") }</span></div>
                <div class="stat"><span class="stat__num">{ compact(page.like_count) }</span><span class="stat__label">{ t("author.likes") }</span></div>
            </div>
        </>
    }
}

/// The playlists that all may see.
fn playlists_of(handle: &str) -> AskPlaylists {
    let handle = handle.to_owned();
    Rc::new(move |cursor| {
        let request = ListPlaylists { words: None, handle: Some(handle.clone()), cursor };
        Box::pin(async move { call(&request).await })
    })
}

#[component]
fn Clips(props: &AuthorProps) -> Html {
    let handle = props.handle.to_string();
    let ask: Ask = Rc::new(move |cursor| {
        let request = ListAuthorClips { handle: handle.clone(), cursor };
        Box::pin(async move { call(&request).await })
            as std::pin::Pin<Box<dyn Future<Output = Result<_, ApiError>>>>
    });
    let (pages, more) = use_tile_pages(Some(ask));
    if let (true, Some(error)) = (pages.clips.is_empty(), &pages.error) {
        return html! { <Failure error={error.clone()} again={more} /> };
    }
    if pages.clips.is_empty() {
        return if pages.loading {
            page_loading()
        } else {
            html! { <p class="muted">{ t("author.no_clips") }</p> }
        };
    }
    html! {
        <section class="section" aria-labelledby="clips">
            <h2 id="clips" class="vh">{ t("author.clips") }</h2>
            <ul class="clip-grid">
                { for pages.clips.iter().map(|clip| html! {
                    <li key={clip.id.as_str()}>
                        <NavLink class="clip" to={Route::Clip { id: clip.id.clone() }}>
                            { tile_body(&clip.poster_small_url, &clip.title, html! { <><span class="num">{ clock(clip.duration_ms) }</span><span>{ "·" }</span><span>{ plural("author.liked", clip.counts.likes) }</span></> }) }
                        </NavLink>
                    </li>
                }) }
            </ul>
            if pages.cursor.is_some() {
                <button class="btn btn--block" aria-busy={pages.loading.to_string()} onclick={more.reform(|_: MouseEvent| ())}>{ t("ui.more") }</button>
            }
        </section>
    }
}
