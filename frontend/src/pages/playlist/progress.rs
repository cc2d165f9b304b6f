//! An assignment: how far each person is, step by step; more people, the address, the date, the end of it.

use super::{
    assign::{end_of_day, say_who_is_missing},
    due_chip, send,
    show::copy,
};
use crate::browser;
use crate::frame::{NavLink, Page, avatar, done_ring, link, page_loading};
use crate::hooks::{Loaded, use_call};
use crate::i18n::{day, digits, plural, t, t_with};
use crate::route::{self, Route};
use crate::ui::dialog::{Confirm, Sheet};
use crate::ui::empty::{Art, Failure, empty};
use crate::ui::field::Field;
use crate::ui::icon::{CHECK, DOWNLOAD, KEY_ROUND, LOCK, PLUS, SETTINGS, SHARE_2, X, icon, icon_sm};
use crate::ui::meter::Meter;
use crate::ui::row::{row_arrow, switch_row};
use minnow_shared::assignment::{
    AssignPeople, AssignedPeopleView, AssignedStepView, AssigneeView, AssignmentPageView, AssignmentView,
    DeleteAssignment, GetAssignment, PROGRESS_PATH, StepProgressView, UnassignPerson, UpdateAssignment,
    handles_in,
};
use minnow_shared::playlist::StepState;
use minnow_shared::{AssignmentId, ErrorCode, limit};
use yew::prelude::*;

/// The row of an assignment in a list; `names_playlist`: where the list is of several.
pub fn assignment_row(one: &AssignmentView, names_playlist: bool) -> Html {
    let own = if one.name.is_empty() { t("assignment.unnamed") } else { one.name.clone().into() };
    let title = if names_playlist { AssignmentTitle(one).words() } else { own };
    html! {
        <NavLink class="item" to={Route::Assignment { id: one.id.clone() }}>
            <span class="item__text">
                <span class="item__title" dir="auto">{ title }</span>
                <span class="row row--wrap g2">
                    <span class="item__sub bits">
                        <span>{ plural("assignment.people_count", u64::from(one.people)) }</span>
                        <span>{ finished_words(one) }</span>
                    </span>
                    { due_chip(one.due_at_ms, one.people > 0 && one.finished == one.people) }
                </span>
            </span>
            if one.people > 0 { { done_ring(one.finished, one.people) } }
            { row_arrow() }
        </NavLink>
    }
}

struct AssignmentTitle<'a>(&'a AssignmentView);

impl AssignmentTitle<'_> {
    fn words(&self) -> AttrValue {
        let (title, name) = (&self.0.playlist_title, &self.0.name);
        if name.is_empty() { title.clone().into() } else { format!("{title} · {name}").into() }
    }
}

fn finished_words(one: &AssignmentView) -> AttrValue {
    t_with("assignment.finished", &[("n", &digits(one.finished.into())), ("of", &digits(one.people.into()))])
}

#[derive(Properties, PartialEq)]
pub struct ProgressProps {
    pub id: AssignmentId,
}

#[component]
pub fn ProgressPage(props: &ProgressProps) -> Html {
    let cursor = use_state_eq(|| None::<String>);
    let request = GetAssignment { assignment_id: props.id.clone(), cursor: (*cursor).clone() };
    let (loaded, again) = use_call(Some(request));
    let inside = match &loaded {
        Loaded::Loading => page_loading(),
        Loaded::Failed(error) if error.code() == Some(ErrorCode::NotFound) => {
            let act = link("btn btn--primary", Route::Playlists, html! { t("playlist.to_all") });
            empty(Art::Empty, t("assignment.gone"), t("assignment.gone_text"), act)
        }
        Loaded::Failed(error) => html! { <Failure error={error.clone()} {again} /> },
        Loaded::Here(page) => {
            let turn = {
                let cursor = cursor.setter();
                Callback::from(move |to| cursor.set(to))
            };
            html! { <Whole page={(**page).clone()} is_first={cursor.is_none()} {turn} {again} /> }
        }
    };
    let title =
        loaded.here().map_or_else(|| t("assignment.title"), |page| AssignmentTitle(&page.assignment).words());
    html! { <Page {title} back={Route::Playlists} wide=true>{ inside }</Page> }
}

#[derive(Properties, PartialEq)]
struct WholeProps {
    page: AssignmentPageView,
    is_first: bool,
    /// To the page behind a cursor; none: the first.
    turn: Callback<Option<String>>,
    again: Callback<()>,
}

#[derive(Clone, Copy, PartialEq)]
enum Open {
    Nothing,
    People,
    Settings,
}

#[component]
fn Whole(props: &WholeProps) -> Html {
    let open = use_state_eq(|| Open::Nothing);
    let one = &props.page.assignment;
    let show = |what: Open| {
        let open = open.setter();
        Callback::from(move |_: MouseEvent| open.set(what))
    };
    let close = {
        let (open, again) = (open.setter(), props.again.clone());
        Callback::from(move |()| {
            open.set(Open::Nothing);
            again.emit(());
        })
    };
    let csv = PROGRESS_PATH.replace("{assignment_id}", one.id.as_str());
    html! {
        <>
            <div class="row row--wrap g3">
                <span class="sm muted bits">
                    { link("text-link", Route::Playlist { id: one.playlist_id.clone() }, html! { <span dir="auto">{ one.playlist_title.clone() }</span> }) }
                    <span>{ plural("assignment.people_count", u64::from(one.people)) }</span>
                    <span>{ finished_words(one) }</span>
                </span>
                { due_chip(one.due_at_ms, one.people > 0 && one.finished == one.people) }
            </div>
            { for one.invite.as_ref().map(|invite| invite_line(&Route::Join { invite: invite.clone() })) }
            <div class="row row--wrap g2">
                <button class="btn btn--primary" onclick={show(Open::People)}>{ icon_sm(PLUS) }{ t("assignment.add_people") }</button>
                <a class="btn" href={csv} download="progress.csv">{ icon_sm(DOWNLOAD) }{ t("assignment.csv") }</a>
                <button class="btn" onclick={show(Open::Settings)}>{ icon_sm(SETTINGS) }{ t("assignment.change") }</button>
            </div>
            if props.page.people.is_empty() {
                <p class="card card--sunk muted">{ t(if one.invite.is_some() { "assignment.none_joined" } else { "assignment.none_yet" }) }</p>
            } else {
                { narrow(props) }
                { wide(props) }
                { turn_pages(props) }
                <p class="xs faint bits legend">{ legend() }</p>
            }
            if *open == Open::People {
                <PeopleSheet id={one.id.clone()} onclose={close.clone()} />
            } else if *open == Open::Settings {
                <SettingsSheet assignment={one.clone()} onclose={close} />
            }
        </>
    }
}

fn invite_line(to: &Route) -> Html {
    let path = to.to_path();
    let address = format!("{}{path}", browser::window().location().origin().unwrap_or_default());
    let onclick = Callback::from(move |_: MouseEvent| copy(&path));
    html! {
        <div class="card card--brand row row--wrap row--between g2">
            <span class="stack g1 grow"><strong class="sm">{ t("assignment.address") }</strong><span class="xs clip1" dir="ltr">{ address }</span></span>
            <button class="btn btn--sm btn--outline" {onclick}>{ icon_sm(SHARE_2) }{ t("assignment.copy") }</button>
        </div>
    }
}

fn turn_pages(props: &WholeProps) -> Html {
    let next = props.page.next_cursor.clone();
    html! {
        <div class="row g2">
            if !props.is_first {
                <button class="btn grow" onclick={props.turn.reform(|_: MouseEvent| None)}>{ t("assignment.first_page") }</button>
            }
            { for next.map(|next| {
                let onclick = props.turn.reform(move |_: MouseEvent| Some(next.clone()));
                html! { <button class="btn grow" {onclick}>{ t("ui.more") }</button> }
            }) }
        </div>
    }
}

fn name_of(person: &AssigneeView) -> AttrValue {
    if person.display_name.is_empty() { t("assignment.guest") } else { person.display_name.clone().into() }
}

/// What a state is called, and its sign.
fn sign(step: StepProgressView, is_gate: bool) -> (&'static str, Html, AttrValue) {
    match step.state {
        StepState::Done => ("cell cell--done", icon_sm(CHECK), t("playlist.state_done")),
        StepState::Locked => ("cell", icon_sm(LOCK), t("playlist.state_locked")),
        StepState::Gone => ("cell", icon_sm(X), t("playlist.state_gone")),
        StepState::Now if is_gate && step.tries > 0 => {
            ("cell cell--later", icon_sm(KEY_ROUND), t("assignment.at_gate"))
        }
        StepState::Now => ("cell cell--now", html! { "•" }, t("playlist.state_now")),
        _ => ("cell", html! { "·" }, t("playlist.state_open")),
    }
}

fn legend() -> Html {
    let parts = [
        (StepState::Done, 0, "playlist.state_done"),
        (StepState::Now, 0, "playlist.state_now"),
        (StepState::Now, 1, "assignment.at_gate"),
        (StepState::Locked, 0, "playlist.state_locked"),
    ];
    html! {
        { for parts.iter().map(|(state, tries, key)| {
            let (class, mark, _) = sign(StepProgressView { state: *state, tries: *tries }, true);
            html! { <span class="row g1"><span {class} aria-hidden="true">{ mark }</span>{ t(key) }</span> }
        }) }
    }
}

/// On a phone: a list, each person's steps behind their name.
fn narrow(props: &WholeProps) -> Html {
    let steps = &props.page.steps;
    html! {
        <ul class="card card--flush list only-narrow">
            { for props.page.people.iter().map(|person| html! {
                <li key={person.person_id.as_str()} class="person">
                    <details>
                        <summary class="item">{ person_head(person, steps.len()) }</summary>
                        <div class="person__steps stack g2">
                            if person.has_left {
                                <p class="sm muted">{ t("assignment.left_told") }</p>
                            }
                            <ol class="stack g1">
                                { for steps.iter().zip(&person.steps).map(|(step, done)| html! { <li class="row g2 sm">{ step_line(step, *done) }</li> }) }
                            </ol>
                            <div>{ remove(props, person, true) }</div>
                        </div>
                    </details>
                </li>
            }) }
        </ul>
    }
}

fn person_head(person: &AssigneeView, steps: usize) -> Html {
    let name = name_of(person);
    let steps = u32::try_from(steps).unwrap_or(u32::MAX);
    html! {
        <>
            { avatar("av av--sm", &name) }
            <span class="item__text">
                <span class="item__title"><bdi>{ name }</bdi></span>
                <span class="item__sub bits">{ person_sub(person) }</span>
            </span>
            if !person.has_left { { done_ring(person.done, steps) } }
        </>
    }
}

fn person_sub(person: &AssigneeView) -> Html {
    let handle = person.handle.as_ref().map(|handle| html! { <bdi>{ format!("@{handle}") }</bdi> });
    let last = match (person.has_left, person.last_at_ms) {
        (true, _) => t("assignment.has_left"),
        (false, Some(at_ms)) => t_with("assignment.last", &[("day", &day(at_ms))]),
        (false, None) if person.done > 0 => t("assignment.known_before"),
        (false, None) => t("assignment.not_begun"),
    };
    html! { <>{ for handle }<span>{ last }</span></> }
}

fn step_line(step: &AssignedStepView, done: StepProgressView) -> Html {
    let (class, mark, said) = sign(done, step.is_gate);
    let title = if step.title.is_empty() { t("playlist.clip_gone") } else { step.title.clone().into() };
    html! {
        <>
            <span {class} aria-hidden="true">{ mark }</span>
            <span class="grow" dir="auto">{ title }<span class="vh">{ format!(": {said}") }</span></span>
            if step.is_gate && done.tries > 0 {
                <span class="xs faint">{ plural("assignment.tries", u64::from(done.tries)) }</span>
            }
        </>
    }
}

/// On wide screens: a table, a column a step.
fn wide(props: &WholeProps) -> Html {
    let steps = &props.page.steps;
    let count = u32::try_from(steps.len()).unwrap_or(u32::MAX);
    html! {
        <div class="card card--flush progress only-wide" tabindex="0" role="region" aria-label={t("assignment.table")}>
            <table>
                <thead><tr>
                    <th scope="col">{ t("assignment.person") }</th>
                    <th scope="col">{ t("assignment.progress") }</th>
                    { for (1..).zip(steps).map(|(n, step)| html! {
                        <th scope="col" class="progress__step" title={step.title.clone()}>
                            <span class="num" aria-hidden="true">{ n }</span><span class="vh">{ format!("{n}. {}", step.title) }</span>
                            if step.is_gate { <span class="progress__gate">{ icon_sm(KEY_ROUND) }<span class="vh">{ t("playlist.gate") }</span></span> }
                        </th>
                    }) }
                    <th scope="col"><span class="vh">{ t("assignment.change") }</span></th>
                </tr></thead>
                <tbody>
                    { for props.page.people.iter().map(|person| html! {
                        <tr key={person.person_id.as_str()}>
                            <th scope="row"><span class="row g2">
                                { avatar("av av--sm", &name_of(person)) }
                                <span class="item__text"><bdi class="item__title">{ name_of(person) }</bdi><span class="item__sub bits">{ person_sub(person) }</span></span>
                            </span></th>
                            if person.has_left {
                                <td colspan={(steps.len() + 1).to_string()} class="sm muted">{ t("assignment.left_told") }</td>
                            } else {
                                <td><span class="row g2"><Meter label={name_of(person)} percent={person.done * 100 / count.max(1)} /><span class="xs num">{ format!("{}/{count}", person.done) }</span></span></td>
                                { for steps.iter().zip(&person.steps).map(|(step, done)| table_cell(step, *done)) }
                            }
                            <td>{ remove(props, person, false) }</td>
                        </tr>
                    }) }
                </tbody>
            </table>
        </div>
    }
}

fn table_cell(step: &AssignedStepView, done: StepProgressView) -> Html {
    let (class, mark, said) = sign(done, step.is_gate);
    let tries = (step.is_gate && done.tries > 0).then(|| plural("assignment.tries", u64::from(done.tries)));
    let title = tries.as_ref().map_or_else(|| said.clone(), |tries| format!("{said}, {tries}").into());
    html! {
        <td class="progress__step" title={title.clone()}>
            <span {class} aria-hidden="true">{ mark }</span><span class="vh">{ title }</span>
            if tries.is_some() { <span class="xs num faint" aria-hidden="true">{ done.tries }</span> }
        </td>
    }
}

/// Takes the assignment back from a person; `is_said`: with its words, where there is room.
fn remove(props: &WholeProps, person: &AssigneeView, is_said: bool) -> Html {
    let request = UnassignPerson {
        assignment_id: props.page.assignment.id.clone(),
        person_id: person.person_id.clone(),
    };
    let again = props.again.clone();
    let onclick = Callback::from(move |_: MouseEvent| {
        let again = again.clone();
        send(request.clone(), Callback::from(move |_| again.emit(())));
    });
    let label = t_with("assignment.remove_named", &[("name", &name_of(person))]);
    if is_said {
        return html! { <button class="btn btn--sm btn--outline" {onclick}>{ icon_sm(X) }{ label }</button> };
    }
    html! { <button class="btn btn--icon btn--quiet" aria-label={label.clone()} title={label} {onclick}>{ icon(X) }</button> }
}

#[derive(Properties, PartialEq)]
struct PeopleProps {
    id: AssignmentId,
    onclose: Callback<()>,
}

#[component]
fn PeopleSheet(props: &PeopleProps) -> Html {
    let people = use_state(String::new);
    let error = use_state_eq(|| None::<AttrValue>);
    let oninput = {
        let people = people.setter();
        Callback::from(move |text| people.set(text))
    };
    let onsubmit = {
        let (people, error) = (people.clone(), error.setter());
        let (id, onclose) = (props.id.clone(), props.onclose.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let handles = handles_in(&people);
            if handles.is_empty() {
                return error.set(Some(t("assignment.no_handles")));
            }
            if handles.len() > limit::HANDLES_AT_ONCE {
                let most = limit::HANDLES_AT_ONCE.to_string();
                return error.set(Some(t_with("assignment.too_many", &[("n", &most)])));
            }
            let onclose = onclose.clone();
            let done = Callback::from(move |view: AssignedPeopleView| {
                say_who_is_missing(&view);
                onclose.emit(());
            });
            send(AssignPeople { assignment_id: id.clone(), handles }, done);
        })
    };
    html! {
        <Sheet title={t("assignment.add_people")} onclose={props.onclose.clone()}>
            <form class="stack g3" {onsubmit} novalidate=true>
                <Field id="more-people" label={t("assignment.people")} hint={t("assignment.people_hint")} value={(*people).clone()} {oninput} lines={2} error={(*error).clone()} />
                <button class="btn btn--primary btn--lg">{ t("assignment.assign") }</button>
            </form>
        </Sheet>
    }
}

#[derive(Properties, PartialEq)]
struct SettingsProps {
    assignment: AssignmentView,
    onclose: Callback<()>,
}

#[component]
fn SettingsSheet(props: &SettingsProps) -> Html {
    let one = &props.assignment;
    let name = use_state(|| one.name.clone());
    let due = use_state(|| one.due_at_ms.map(iso_day).unwrap_or_default());
    let by_link = use_state_eq(|| one.invite.is_some());
    let ending = use_state_eq(|| false);
    let set = |state: &UseStateHandle<String>| {
        let state = state.setter();
        Callback::from(move |text| state.set(text))
    };
    let onsubmit = {
        let (name, due, by_link) = (name.clone(), due.clone(), by_link.clone());
        let (id, had_link, onclose) = (one.id.clone(), one.invite.is_some(), props.onclose.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let due_at_ms = end_of_day(&due);
            let request = UpdateAssignment {
                assignment_id: id.clone(),
                name: Some((*name).clone()),
                no_due: due_at_ms.is_none(),
                due_at_ms,
                by_link: (*by_link != had_link).then_some(*by_link),
            };
            let onclose = onclose.clone();
            send(request, Callback::from(move |_| onclose.emit(())));
        })
    };
    let set_link = {
        let by_link = by_link.setter();
        Callback::from(move |on| by_link.set(on))
    };
    let ask = |on: bool| {
        let ending = ending.setter();
        Callback::from(move |()| ending.set(on))
    };
    let end = {
        let id = one.id.clone();
        Callback::from(move |()| {
            send(
                DeleteAssignment { assignment_id: id.clone() },
                Callback::from(|_| route::go(&Route::Playlists)),
            );
        })
    };
    if *ending {
        return html! {
            <Confirm title={t("assignment.end_ask")} text={t("assignment.end_text")} keep={t("assignment.end_keep")} act={t("assignment.end")}
                on_keep={ask(false)} on_act={end} />
        };
    }
    html! {
        <Sheet title={t("assignment.change")} onclose={props.onclose.clone()}>
            <form class="stack g4" {onsubmit} novalidate=true>
                <Field id="assignment-name" label={t("assignment.name")} value={(*name).clone()} oninput={set(&name)} max={limit::ASSIGNMENT_NAME} />
                <Field id="assignment-due" label={t("assignment.due_field")} hint={t("assignment.due_hint")} kind="date" value={(*due).clone()} oninput={set(&due)} />
                <div class="list">{ switch_row(SHARE_2, t("assignment.by_link"), Some(t("assignment.by_link_text")), *by_link, set_link) }</div>
                <button class="btn btn--primary btn--lg">{ t("ui.save") }</button>
                <button type="button" class="btn btn--quiet" onclick={ask(true).reform(|_: MouseEvent| ())}>{ t("assignment.end") }</button>
            </form>
        </Sheet>
    }
}

/// The day in the reader's calendar, as date fields have it: `2026-03-12`.
fn iso_day(at_ms: i64) -> String {
    let at = js_sys::Date::new(&wasm_bindgen::JsValue::from_f64(at_ms as f64));
    format!("{:04}-{:02}-{:02}", at.get_full_year(), at.get_month() + 1, at.get_date())
}
