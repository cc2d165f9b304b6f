//! Playlists as rows of a list: posters, what is in one, how far the reader is.

use crate::api::ApiError;
use crate::frame::NavLink;
use crate::i18n::{digits, plural, t, t_with};
use crate::route::Route;
use crate::ui::icon::{LIST, icon, icon_sm};
use crate::ui::ring::ring;
use crate::ui::row::row_arrow;
use minnow_shared::playlist::{PlaylistPageView, PlaylistTileView, Visibility};
use std::pin::Pin;
use std::rc::Rc;
use yew::prelude::*;

/// The row of a playlist; `under`: a line more.
pub fn playlist_row(tile: &PlaylistTileView, shows_owner: bool, under: Html) -> Html {
    html! {
        <NavLink class="item plist" to={Route::Playlist { id: tile.id.clone() }}>
            <span class="plist__posters" aria-hidden="true">
                if tile.poster_urls.is_empty() {
                    { icon(LIST) }
                }
                { for tile.poster_urls.iter().map(|url| html! { <img src={url.clone()} alt="" loading="lazy" decoding="async" /> }) }
            </span>
            <span class="item__text">
                <span class="item__title" dir="auto">{ tile.title.clone() }</span>
                <span class="item__sub bits">
                    <span>{ plural("playlist.clips", u64::from(tile.steps)) }</span>
                    if tile.gates > 0 { <span>{ plural("playlist.gates", u64::from(tile.gates)) }</span> }
                    <span>{ minutes(tile.duration_ms) }</span>
                    if shows_owner { <bdi>{ tile.owner_name.clone() }</bdi> }
                    if !shows_owner && tile.visibility != Visibility::Private { <span>{ t(seen_by(tile.visibility)) }</span> }
                </span>
                { under }
            </span>
            if tile.done > 0 && tile.steps > 0 {
                { done_ring(tile.done, tile.steps) }
            }
            { row_arrow() }
        </NavLink>
    }
}

/// How long it takes, in minutes, at least one.
pub fn minutes(duration_ms: u64) -> AttrValue {
    plural("playlist.minutes", duration_ms.div_ceil(60_000).max(1))
}

/// How many steps are behind the reader, as a ring with words.
pub fn done_ring(done: u32, steps: u32) -> Html {
    let said = t_with("playlist.done_of", &[("n", &digits(done.into())), ("steps", &digits(steps.into()))]);
    let inside = if done >= steps { AttrValue::from("✓") } else { digits(done.into()).into() };
    html! {
        <>
            { ring("ring", f64::from(done) / f64::from(steps.max(1)), inside) }
            <span class="vh">{ said }</span>
        </>
    }
}

/// The words for who may see a playlist.
pub fn seen_by(visibility: Visibility) -> &'static str {
    match visibility {
        Visibility::Public => "playlist.public",
        Visibility::Link => "playlist.link",
        Visibility::Private | Visibility::Unknown => "playlist.private",
    }
}

type Answer = Pin<Box<dyn Future<Output = Result<PlaylistPageView, ApiError>>>>;
/// Asks for the page behind a cursor.
pub type AskPlaylists = Rc<dyn Fn(Option<String>) -> Answer>;

#[derive(Properties)]
pub struct ListProps {
    /// Must stay the same while the list lives: give the list a key.
    pub ask: AskPlaylists,
    #[prop_or_default]
    pub shows_owner: bool,
    /// What stands there when there is none.
    #[prop_or_default]
    pub none: Html,
    /// Over the list, where there is one.
    #[prop_or_default]
    pub title: Option<AttrValue>,
}

impl PartialEq for ListProps {
    fn eq(&self, other: &Self) -> bool {
        self.shows_owner == other.shows_owner && self.none == other.none && self.title == other.title
    }
}

#[derive(Clone, Default, PartialEq)]
struct Shown {
    playlists: Vec<PlaylistTileView>,
    cursor: Option<String>,
    is_loading: bool,
    error: Option<ApiError>,
}

/// A list of playlists that grows page by page.
#[component]
pub fn PlaylistList(props: &ListProps) -> Html {
    let shown = use_state(|| Shown { is_loading: true, ..Shown::default() });
    let more = {
        let (shown, ask) = (shown.clone(), props.ask.clone());
        Callback::from(move |()| {
            let (before, set, answer) = ((*shown).clone(), shown.setter(), ask(shown.cursor.clone()));
            set.set(Shown { is_loading: true, error: None, ..before.clone() });
            crate::browser::spawn(async move {
                set.set(match answer.await {
                    Ok(page) => {
                        let mut playlists = before.playlists;
                        playlists.extend(page.playlists);
                        Shown { playlists, cursor: page.next_cursor, is_loading: false, error: None }
                    }
                    Err(error) => Shown { is_loading: false, error: Some(error), ..before },
                });
            });
        })
    };
    use_effect_with((), {
        let more = more.clone();
        move |()| more.emit(())
    });
    let again = more.reform(|_: MouseEvent| ());
    if shown.playlists.is_empty() {
        return match &shown.error {
            Some(error) => html! {
                <p class="banner row--between" role="alert">
                    <span>{ crate::i18n::explain(error) }</span>
                    <button class="btn btn--sm" onclick={again}>{ t("ui.try_again") }</button>
                </p>
            },
            None if shown.is_loading => {
                html! { <div class="stack waits" aria-busy="true"><span class="skel"></span></div> }
            }
            None => props.none.clone(),
        };
    }
    html! {
        <section class="section">
            { for props.title.clone().map(|title| html! { <h2>{ title }</h2> }) }
            <ul class="card card--flush list">
                { for shown.playlists.iter().map(|tile| html! {
                    <li key={tile.id.as_str()}>{ playlist_row(tile, props.shows_owner, Html::default()) }</li>
                }) }
            </ul>
            if shown.cursor.is_some() {
                <button class="btn btn--block" aria-busy={shown.is_loading.to_string()} onclick={again}>{ t("ui.more") }</button>
            }
        </section>
    }
}

/// The mark of a gate.
pub fn gate_chip() -> Html {
    html! { <span class="chip chip--sun chip--sm">{ icon_sm(crate::ui::icon::KEY_ROUND) }{ t("playlist.gate") }</span> }
}
