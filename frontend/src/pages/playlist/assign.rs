//! Assigning a playlist: to whom, until when, and an address that others join by.

use super::{progress::assignment_row, send, show::gone};
use crate::browser::new_id;
use crate::frame::{Page, page_loading};
use crate::hooks::{Loaded, use_call};
use crate::i18n::{t, t_with};
use crate::route::{self, Route};
use crate::state::toasts;
use crate::ui::empty::Failure;
use crate::ui::field::Field;
use crate::ui::icon::SHARE_2;
use crate::ui::row::switch_row;
use js_sys::Date;
use minnow_shared::assignment::{AssignedPeopleView, CreateAssignment, ListAssignments, handles_in};
use minnow_shared::playlist::{GetPlaylist, PlaylistView};
use minnow_shared::{AssignmentId, ErrorCode, PlaylistId, UnixMillis, limit};
use wasm_bindgen::JsValue;
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct AssignProps {
    pub id: PlaylistId,
}

#[component]
pub fn AssignPage(props: &AssignProps) -> Html {
    let (loaded, again) = use_call(Some(GetPlaylist { playlist_id: props.id.clone() }));
    let inside = match &loaded {
        Loaded::Loading => page_loading(),
        Loaded::Failed(error) if error.code() == Some(ErrorCode::NotFound) => gone(),
        Loaded::Failed(error) => html! { <Failure error={error.clone()} {again} /> },
        Loaded::Here(view) if view.can_assign => html! {
            <>
                <p class="muted" dir="auto">{ view.title.clone() }</p>
                <AssignForm view={(**view).clone()} />
                <Before id={props.id.clone()} />
            </>
        },
        Loaded::Here(_) => html! { <p class="banner">{ t("assignment.organizers") }</p> },
    };
    html! { <Page title={t("assignment.assign")} back={Route::Playlist { id: props.id.clone() }}>{ inside }</Page> }
}

/// What the reader has assigned of this playlist before.
#[component]
fn Before(props: &AssignProps) -> Html {
    let request = ListAssignments { playlist_id: Some(props.id.clone()), cursor: None };
    let (loaded, _) = use_call(Some(request));
    let Some(list) = loaded.here().filter(|list| !list.assignments.is_empty()) else {
        return Html::default();
    };
    html! {
        <section class="section" aria-labelledby="before">
            <h2 id="before">{ t("assignment.before") }</h2>
            <ul class="card card--flush list">
                { for list.assignments.iter().map(|one| html! { <li key={one.id.as_str()}>{ assignment_row(one, false) }</li> }) }
            </ul>
        </section>
    }
}

#[derive(Properties, PartialEq)]
struct FormProps {
    view: PlaylistView,
}

#[component]
fn AssignForm(props: &FormProps) -> Html {
    let name = use_state(String::new);
    let people = use_state(String::new);
    let due = use_state(String::new);
    let by_link = use_state_eq(|| false);
    let error = use_state_eq(|| None::<AttrValue>);
    // Made once: pressed twice, it is one assignment.
    let id = use_memo((), |()| new_id(AssignmentId::new));
    let set = |state: &UseStateHandle<String>| {
        let state = state.setter();
        Callback::from(move |text| state.set(text))
    };
    let onsubmit = {
        let playlist_id = props.view.id.clone();
        let (name, people, due, by_link) = (name.clone(), people.clone(), due.clone(), by_link.clone());
        let (error, id) = (error.setter(), id.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let handles = handles_in(&people);
            if handles.is_empty() && !*by_link {
                return error.set(Some(t("assignment.nobody")));
            }
            if handles.len() > limit::HANDLES_AT_ONCE {
                let most = limit::HANDLES_AT_ONCE.to_string();
                return error.set(Some(t_with("assignment.too_many", &[("n", &most)])));
            }
            error.set(None);
            let request = CreateAssignment {
                playlist_id: playlist_id.clone(),
                assignment_id: (*id).clone(),
                name: (*name).clone(),
                due_at_ms: end_of_day(&due),
                handles,
                by_link: *by_link,
            };
            let done = Callback::from(|view: AssignedPeopleView| {
                say_who_is_missing(&view);
                route::go(&Route::Assignment { id: view.assignment.id });
            });
            send(request, done);
        })
    };
    let set_link = {
        let by_link = by_link.setter();
        Callback::from(move |on| by_link.set(on))
    };
    html! {
        <form class="card stack g4" {onsubmit} novalidate=true>
            <Field id="assign-people" label={t("assignment.people")} hint={t("assignment.people_hint")} value={(*people).clone()} oninput={set(&people)}
                lines={2} error={(*error).clone()} />
            <div class="pair">
                <Field id="assign-due" label={t("assignment.due_field")} hint={t("assignment.due_hint")} kind="date" value={(*due).clone()} oninput={set(&due)} />
                <Field id="assign-name" label={t("assignment.name")} hint={t("assignment.name_hint")} value={(*name).clone()} oninput={set(&name)} max={limit::ASSIGNMENT_NAME} />
            </div>
            <div class="list playlist__switch">
                { switch_row(SHARE_2, t("assignment.by_link"), Some(t("assignment.by_link_text")), *by_link, set_link) }
            </div>
            <p class="xs muted">{ t("assignment.you_see") }</p>
            <button class="btn btn--primary btn--lg">{ t("assignment.assign") }</button>
        </form>
    }
}

/// The last moment of a day of the reader's calendar; `day`: `2026-03-12`.
pub(super) fn end_of_day(day: &str) -> Option<UnixMillis> {
    if day.is_empty() {
        return None;
    }
    let at = Date::new(&JsValue::from_str(&format!("{day}T23:59:59"))).get_time();
    at.is_finite().then_some(at as UnixMillis)
}

/// Whom it could not be assigned to, and why.
pub(super) fn say_who_is_missing(view: &AssignedPeopleView) {
    let named =
        |handles: &[String]| handles.iter().map(|handle| format!("@{handle}")).collect::<Vec<_>>().join(", ");
    if !view.unknown.is_empty() {
        toasts::show(t_with("assignment.unknown", &[("handles", &named(&view.unknown))]), None, true);
    }
    if !view.left.is_empty() {
        toasts::show(t_with("assignment.have_left", &[("handles", &named(&view.left))]), None, true);
    }
}
