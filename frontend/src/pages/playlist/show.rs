//! One playlist: what is in it, how far the reader is, and on with it.

use super::{assigned_words, due_chip, send, size_words};
use crate::browser;
use crate::frame::{NavLink, Page, avatar, gate_chip, link, page_loading, playlist_seen_by};
use crate::hooks::{Loaded, use_call};
use crate::i18n::{clock, digits, plural, t, t_with};
use crate::route::{self, Route};
use crate::state::toasts;
use crate::ui::empty::{Art, Failure, empty};
use crate::ui::icon::{CHECK, LOCK, PENCIL, PLAY, ROTATE_CCW, SHARE_2, UPLOAD, X, icon, icon_as, icon_sm};
use crate::ui::ring::ring;
use minnow_shared::assignment::{AssignedView, LeaveAssignment};
use minnow_shared::playlist::{GetPlaylist, PlaylistView, StepState, StepView, Visibility};
use minnow_shared::{ErrorCode, PlaylistId};
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct PlaylistProps {
    pub id: PlaylistId,
}

#[component]
pub fn PlaylistPage(props: &PlaylistProps) -> Html {
    let (loaded, again) = use_call(Some(GetPlaylist { playlist_id: props.id.clone() }));
    let (title, inside) = match &loaded {
        Loaded::Loading => (t("playlist.title"), page_loading()),
        Loaded::Failed(error) if error.code() == Some(ErrorCode::NotFound) => (t("playlist.title"), gone()),
        Loaded::Failed(error) => {
            let offline = link("btn", Route::Saved, html! { t("offline.saved") });
            (t("playlist.title"), html! { <Failure error={error.clone()} {again} {offline} /> })
        }
        Loaded::Here(view) => {
            (AttrValue::from(view.title.clone()), html! { <Whole view={(**view).clone()} /> })
        }
    };
    html! { <Page {title} back={Route::Playlists} wide=true>{ inside }</Page> }
}

/// A playlist that is not there, or not for the reader.
pub(super) fn gone() -> Html {
    let act = link("btn btn--primary", Route::Playlists, html! { t("playlist.to_all") });
    empty(Art::Empty, t("playlist.gone"), t("playlist.gone_text"), act)
}

#[derive(Properties, PartialEq)]
struct WholeProps {
    view: PlaylistView,
}

#[component]
fn Whole(props: &WholeProps) -> Html {
    let view = &props.view;
    html! {
        <div class="cols">
            <div class="stack g5">
                if view.steps.is_empty() {
                    { no_steps(view) }
                } else {
                    <ol class="card card--flush list steps" aria-label={t("playlist.steps")}>
                        { for view.steps.iter().enumerate().map(|(place, step)| html! {
                            <li key={step.id.as_str()} class="steps__one" aria-current={(step.state == StepState::Now).then_some("step")}>
                                { step_row(view, place, step) }
                            </li>
                        }) }
                    </ol>
                }
            </div>
            <aside class="stack g4 playlist__side">{ side(props) }</aside>
        </div>
    }
}

fn no_steps(view: &PlaylistView) -> Html {
    let act = if view.is_own {
        link(
            "btn btn--primary",
            Route::EditPlaylist { id: view.id.clone() },
            html! { t("playlist.add_clips") },
        )
    } else {
        link("btn btn--primary", Route::Playlists, html! { t("playlist.to_all") })
    };
    let text = if view.is_own { t("playlist.empty_own") } else { t("playlist.empty_text") };
    empty(Art::Empty, t("playlist.empty"), text, act)
}

fn side(props: &WholeProps) -> Html {
    let view = &props.view;
    let steps = u32::try_from(view.steps.len()).unwrap_or(u32::MAX);
    let is_done = steps > 0 && view.done >= steps;
    let said =
        t_with("playlist.done_of", &[("n", &digits(view.done.into())), ("steps", &digits(steps.into()))]);
    html! {
        <>
            { for view.assigned.iter().map(|assigned| html! {
                <AssignedCard key={assigned.id.as_str()} id={view.id.clone()} assigned={assigned.clone()} {is_done} />
            }) }
            <section class="card stack g4" aria-label={t("playlist.progress")}>
                <div class="row g4">
                    { ring("ring ring--lg playlist__ring", f64::from(view.done) / f64::from(steps.max(1)), share_words(view.done, steps)) }
                    <div class="grow stack g1">
                        <strong>{ if is_done { t("playlist.all_done") } else { said } }</strong>
                        <span class="xs faint bits">{ size_words(steps, view.duration_ms) }</span>
                        { for gates_words(view) }
                    </div>
                </div>
                { for go_on(view, is_done) }
            </section>
            if !view.about.is_empty() {
                <p class="muted" dir="auto">{ view.about.clone() }</p>
            }
            { by(view) }
            { acts(view) }
        </>
    }
}

fn share_words(done: u32, steps: u32) -> AttrValue {
    format!("{done}/{steps}").into()
}

fn gates_words(view: &PlaylistView) -> Option<Html> {
    let gates = view.steps.iter().filter(|step| is_gate(step)).count();
    (gates > 0)
        .then(|| html! { <span class="xs faint">{ plural("playlist.gates_told", gates as u64) }</span> })
}

/// A gate that asks something.
fn is_gate(step: &StepView) -> bool {
    step.is_gate && step.questions > 0 && step.state != StepState::Gone
}

/// The one thing to do now.
fn go_on(view: &PlaylistView, is_done: bool) -> Option<Html> {
    let playable = view.steps.iter().any(|step| step.clip.is_some());
    let (glyph, words) = match (is_done, view.done > 0) {
        (true, _) => (ROTATE_CCW, t("playlist.once_more")),
        (false, true) => (PLAY, t("playlist.go_on")),
        (false, false) => (PLAY, t("playlist.start")),
    };
    let to = Route::Play { id: view.id.clone(), clip: None };
    playable.then(|| link("btn btn--primary btn--lg btn--block", to, html! { <>{ icon(glyph) }{ words }</> }))
}

fn by(view: &PlaylistView) -> Html {
    let name = view.owner.display_name.clone();
    let inside = html! { <>{ avatar("av av--sm", &name) }<bdi>{ name }</bdi></> };
    html! {
        <div class="row row--between row--wrap g2">
            { link("row g2 sm", Route::Author { handle: view.owner.handle.clone() }, inside) }
            if view.is_own { <span class="chip chip--sm">{ t(playlist_seen_by(view.visibility)) }</span> }
        </div>
    }
}

fn acts(view: &PlaylistView) -> Html {
    let address = Route::Playlist { id: view.id.clone() }.to_path();
    let share = Callback::from(move |_: MouseEvent| copy(&address));
    html! {
        <div class="row row--wrap g2">
            if view.is_own {
                { link("btn", Route::EditPlaylist { id: view.id.clone() }, html! { <>{ icon_sm(PENCIL) }{ t("playlist.edit") }</> }) }
            }
            if view.can_assign {
                { link("btn", Route::AssignPlaylist { id: view.id.clone() }, html! { <>{ icon_sm(UPLOAD) }{ t("assignment.assign") }</> }) }
            }
            if view.visibility != Visibility::Private {
                <button class="btn" onclick={share}>{ icon_sm(SHARE_2) }{ t("playlist.copy") }</button>
            }
        </div>
    }
}

/// Copies an address of this site.
pub(super) fn copy(path: &str) {
    let origin = browser::window().location().origin().unwrap_or_default();
    let address = format!("{origin}{path}");
    browser::spawn(async move {
        let copied = browser::copy(&address).await;
        toasts::say(if copied { t("playlist.copied") } else { address.into() });
    });
}

#[derive(Properties, PartialEq)]
struct AssignedProps {
    id: PlaylistId,
    assigned: AssignedView,
    is_done: bool,
}

/// Who asked for it, until when, what they see, and the way out.
#[component]
fn AssignedCard(props: &AssignedProps) -> Html {
    let one = &props.assigned;
    let leave = {
        let (id, playlist) = (one.id.clone(), props.id.clone());
        Callback::from(move |_: MouseEvent| {
            let change = |left| LeaveAssignment { assignment_id: id.clone(), left };
            let (back, to) = (change(false), Route::Playlist { id: playlist.clone() });
            let undo = Callback::from(move |()| {
                let to = to.clone();
                send(back.clone(), Callback::from(move |_| route::go(&to)));
            });
            // A playlist that is private is not theirs to see any more.
            let left = Callback::from(move |_| {
                route::go(&Route::Playlists);
                toasts::show(t("assignment.left"), Some((t("ui.undo"), undo.clone())), false);
            });
            send(change(true), left);
        })
    };
    html! {
        <section class="card card--brand stack g2" aria-label={t("assignment.to_me")}>
            <div class="row row--between row--wrap g2">
                <strong>{ assigned_words(one) }</strong>
                { due_chip(one.due_at_ms, props.is_done) }
            </div>
            <p class="xs">{ t_with("assignment.sees", &[("name", &one.assigner_name)]) }</p>
            <div><button class="btn btn--sm btn--outline" onclick={leave}>{ t("assignment.leave") }</button></div>
        </section>
    }
}

fn step_row(view: &PlaylistView, place: usize, step: &StepView) -> Html {
    let inside = step_inside(view, place, step);
    match &step.clip {
        Some(clip) if !matches!(step.state, StepState::Locked | StepState::Gone) => {
            let to = Route::Play { id: view.id.clone(), clip: Some(clip.id.clone()) };
            html! { <NavLink class="item step" {to}>{ inside }</NavLink> }
        }
        _ => html! { <div class="item step step--closed">{ inside }</div> },
    }
}

fn step_inside(view: &PlaylistView, place: usize, step: &StepView) -> Html {
    let (class, mark, said) = match step.state {
        StepState::Done => ("step__disc step__disc--done", icon_sm(CHECK), t("playlist.state_done")),
        StepState::Now => {
            ("step__disc step__disc--now", icon_as("icon icon--sm icon--fill", PLAY), t("playlist.state_now"))
        }
        StepState::Locked => ("step__disc", icon_sm(LOCK), t("playlist.state_locked")),
        StepState::Gone => ("step__disc", icon_sm(X), t("playlist.state_gone")),
        _ => ("step__disc", html! { <span class="num">{ place + 1 }</span> }, t("playlist.state_open")),
    };
    let title =
        if step.state == StepState::Gone { t("playlist.clip_gone") } else { step.title.clone().into() };
    html! {
        <>
            <span {class} aria-hidden="true">{ mark }</span>
            <span class="step__poster">
                { for step.clip.as_ref().map(|clip| html! { <img src={clip.poster_small_url.clone()} alt="" loading="lazy" decoding="async" /> }) }
            </span>
            <span class="item__text">
                <span class="item__title" dir="auto"><span class="vh">{ format!("{}. ", place + 1) }</span>{ title }</span>
                <span class="item__sub bits">
                    <span class="vh">{ said }</span>
                    if is_gate(step) { { gate_chip() } }
                    { for step.clip.as_ref().map(|clip| html! { <><span class="num">{ clock(clip.duration_ms) }</span><bdi>{ clip.author_name.clone() }</bdi></> }) }
                    { for reason(view, place, step).map(|reason| html! { <span>{ reason }</span> }) }
                </span>
            </span>
        </>
    }
}

/// Why it is as it is: said once, where the reader would ask.
fn reason(view: &PlaylistView, place: usize, step: &StepView) -> Option<AttrValue> {
    let before = place.checked_sub(1).and_then(|before| view.steps.get(before));
    match step.state {
        StepState::Locked if before.is_some_and(|before| before.state != StepState::Locked) => {
            let gate = view.steps.iter().take(place).rev().find(|step| is_gate(step))?;
            Some(t_with("playlist.locked_by", &[("title", &gate.title)]))
        }
        StepState::Gone => Some(t("playlist.gone_why")),
        StepState::Now | StepState::Open if is_gate(step) && step.tries > 0 => {
            Some(plural("playlist.tries", u64::from(step.tries)))
        }
        StepState::Now | StepState::Open if is_gate(step) => Some(t("playlist.gate_why")),
        _ => None,
    }
}
