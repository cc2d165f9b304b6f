//! Playlists: one's own, those assigned to one, those to find. One playlist is in `show`, changing it in `edit`, assigning
//! it in `assign`, how far people are in `progress`.

pub mod add;
pub mod assign;
mod clips;
pub mod edit;
pub mod join;
mod new;
pub mod progress;
pub mod show;

use crate::api::call;
use crate::browser::spawn;
use crate::frame::{AskPlaylists, Page, PlaylistList, link, playlist_row};
use crate::hooks::{Loaded, STILL_MS, use_call, use_still};
use crate::i18n::{day, explain, plural, t, t_with};
use crate::route::Route;
use crate::state::{session, toasts};
use crate::ui::empty::{Art, Failure, empty};
use crate::ui::field::value_of;
use crate::ui::icon::{PLUS, SEARCH, icon};
use minnow_shared::Endpoint;
use minnow_shared::assignment::{AssignedPlaylistView, AssignedView, ListAssigned, ListAssignments};
use minnow_shared::playlist::{ListMyPlaylists, ListPlaylists};
use new::NewSheet;
use std::rc::Rc;
use yew::prelude::*;

/// Sends a change; what comes of it goes to `done`, what goes wrong is said.
fn send<E: Endpoint + 'static>(request: E, done: Callback<E::Response>) {
    spawn(async move {
        match call(&request).await {
            Ok(view) => done.emit(view),
            Err(error) => toasts::say(explain(&error)),
        }
    });
}

/// Until when, in a few words; `is_done`: there is nothing left to do.
fn due_chip(due_at_ms: Option<i64>, is_done: bool) -> Html {
    let Some(due) = due_at_ms else { return Html::default() };
    let (class, key) = match (is_done, due < crate::browser::now_ms()) {
        (true, _) => ("chip chip--sm chip--right", "assignment.due"),
        (false, true) => ("chip chip--sm chip--sun", "assignment.was_due"),
        (false, false) => ("chip chip--sm chip--line", "assignment.due"),
    };
    html! { <span {class}>{ t_with(key, &[("day", &day(due))]) }</span> }
}

/// Who assigned it, and for whom.
fn assigned_words(assigned: &AssignedView) -> AttrValue {
    let by = t_with("assignment.by", &[("name", &assigned.assigner_name)]);
    if assigned.name.is_empty() { by } else { format!("{by} · {}", assigned.name).into() }
}

#[component]
pub fn PlaylistsPage() -> Html {
    let session = session::use_session();
    let has_account = session.account().is_some();
    let creating = use_state_eq(|| false);
    let show = |on: bool| {
        let creating = creating.setter();
        Callback::from(move |()| creating.set(on))
    };
    html! {
        <Page title={t("playlist.title")} back={Route::Me}>
            if session.person().is_some() {
                <Assigned />
            }
            if has_account {
                <div class="row">
                    <button class="btn btn--primary grow" onclick={show(true).reform(|_: MouseEvent| ())}>{ icon(PLUS) }{ t("playlist.new") }</button>
                </div>
                <PlaylistList ask={mine()} title={t("playlist.mine")} none={none_yet()} />
                <Made />
            } else if session.is_known() {
                { account_needed() }
            }
            <Found />
            if *creating { <NewSheet onclose={show(false)} clip={None} /> }
        </Page>
    }
}

fn mine() -> AskPlaylists {
    Rc::new(|cursor| Box::pin(async move { call(&ListMyPlaylists { cursor }).await }))
}

fn none_yet() -> Html {
    html! { <p class="card card--sunk muted">{ t("playlist.none_mine") }</p> }
}

fn account_needed() -> Html {
    html! {
        <section class="card card--brand stack g3">
            <h2>{ t("playlist.account_title") }</h2>
            <p>{ t("playlist.account_text") }</p>
            <div>{ link("btn btn--primary", Route::Welcome, html! { t("me.guest_act") }) }</div>
        </section>
    }
}

/// What was assigned to the reader; nothing where there is nothing.
#[component]
fn Assigned() -> Html {
    let (loaded, again) = use_call(Some(ListAssigned { cursor: None }));
    match &loaded {
        Loaded::Failed(error) => html! { <Failure error={error.clone()} {again} /> },
        Loaded::Here(page) if !page.assigned.is_empty() => html! {
            <section class="section" aria-labelledby="assigned">
                <h2 id="assigned">{ t("assignment.to_me") }</h2>
                <ul class="card card--flush list">
                    { for page.assigned.iter().map(|one| html! { <li key={one.assigned.id.as_str()}>{ assigned_row(one) }</li> }) }
                </ul>
            </section>
        },
        _ => Html::default(),
    }
}

fn assigned_row(one: &AssignedPlaylistView) -> Html {
    let is_done = one.playlist.done >= one.playlist.steps;
    let under = html! {
        <span class="row row--wrap g2">
            <span class="item__sub">{ assigned_words(&one.assigned) }</span>
            { due_chip(one.assigned.due_at_ms, is_done) }
        </span>
    };
    playlist_row(&one.playlist, false, under)
}

/// What the reader assigned to others; nothing where there is nothing.
#[component]
fn Made() -> Html {
    let (loaded, _) = use_call(Some(ListAssignments { playlist_id: None, cursor: None }));
    let Some(list) = loaded.here().filter(|list| !list.assignments.is_empty()) else {
        return Html::default();
    };
    html! {
        <section class="section" aria-labelledby="made">
            <h2 id="made">{ t("assignment.by_me") }</h2>
            <ul class="card card--flush list">
                { for list.assignments.iter().map(|one| html! {
                    <li key={one.id.as_str()}>{ progress::assignment_row(one, true) }</li>
                }) }
            </ul>
        </section>
    }
}

/// Public playlists, found by their words.
#[component]
fn Found() -> Html {
    let words = use_state(String::new);
    let sought = use_still(words.trim().to_owned(), STILL_MS);
    let oninput = {
        let words = words.setter();
        Callback::from(move |event: InputEvent| words.set(value_of(&event)))
    };
    let session = session::use_session();
    let own = session.account().and_then(|account| account.handle.clone()).unwrap_or_default();
    let none = if sought.is_empty() {
        html! { <p class="card card--sunk muted">{ t("playlist.none_public") }</p> }
    } else {
        let title = t_with("playlist.no_result", &[("words", &sought)]);
        empty(Art::Empty, title, t("playlist.no_result_text"), Html::default())
    };
    html! {
        <section class="section" aria-labelledby="found" role="search">
            <h2 id="found">{ t("playlist.found") }</h2>
            <label class="search">
                <span class="vh">{ t("playlist.search") }</span>{ icon(SEARCH) }
                <input id="playlist-search" class="input" type="search" dir="auto" placeholder={t("playlist.search")} value={(*words).clone()} {oninput} />
            </label>
            <PlaylistList key={format!("{sought} {own}")} ask={public(&sought, own.clone())} shows_owner=true {none} />
        </section>
    }
}

/// Those of others, and one's own only where they are searched for: they stand above.
fn public(words: &str, own: String) -> AskPlaylists {
    let words = Some(words.to_owned()).filter(|words| !words.is_empty());
    Rc::new(move |cursor| {
        let own = own.clone();
        let mut request = ListPlaylists { words: words.clone(), handle: None, cursor };
        Box::pin(async move {
            loop {
                let mut page = call(&request).await?;
                page.playlists.retain(|tile| request.words.is_some() || tile.owner_handle != own);
                if !page.playlists.is_empty() || page.next_cursor.is_none() {
                    return Ok(page);
                }
                request.cursor = page.next_cursor;
            }
        })
    })
}

/// "3 of 9", and how many minutes that is.
fn size_words(steps: u32, duration_ms: u64) -> Html {
    html! {
        <>
            <span>{ plural("playlist.clips", u64::from(steps)) }</span>
            <span>{ crate::frame::playlist_minutes(duration_ms) }</span>
        </>
    }
}
