//! Changing a playlist, on one screen: what it says, who may see it, its steps. Every change is sent at once, as what it is
//! ("this after that"), so that two people at it lose nothing to each other.

use super::{clips::ClipsSheet, send, show::gone};
use crate::api::{ApiError, call};
use crate::browser::{self, spawn};
use crate::frame::{Page, link, page_loading};
use crate::hooks::{Loaded, use_call};
use crate::i18n::{clock, explain, plural, t, t_with};
use crate::route::{self, Route};
use crate::state::toasts;
use crate::ui::dialog::Confirm;
use crate::ui::empty::Failure;
use crate::ui::field::{Field, segments};
use crate::ui::icon::{CHEVRON_DOWN, CHEVRON_UP, PLUS, TRASH_2, icon, icon_sm};
use gloo::timers::callback::Timeout;
use minnow_shared::playlist::{
    DeletePlaylist, GetPlaylist, MoveStep, PlaylistView, StepState, StepView, UpdatePlaylist, UpdateStep,
    Visibility,
};
use minnow_shared::{ErrorCode, PlaylistId, StepId, limit};
use yew::prelude::*;

/// Writing rests for so long before it is kept, in milliseconds.
const STILL_MS: u32 = 700;

#[derive(Properties, PartialEq)]
pub struct EditProps {
    pub id: PlaylistId,
}

#[component]
pub fn EditPage(props: &EditProps) -> Html {
    let (loaded, again) = use_call(Some(GetPlaylist { playlist_id: props.id.clone() }));
    let inside = match &loaded {
        Loaded::Loading => page_loading(),
        Loaded::Failed(error) if error.code() == Some(ErrorCode::NotFound) => gone(),
        Loaded::Failed(error) => html! { <Failure error={error.clone()} {again} /> },
        Loaded::Here(view) if view.is_own => html! { <Editor view={(**view).clone()} /> },
        Loaded::Here(_) => gone(),
    };
    let done = link(
        "btn btn--sm btn--primary",
        Route::Playlist { id: props.id.clone() },
        html! { t("playlist.done") },
    );
    html! { <Page title={t("playlist.edit_title")} back={Route::Playlist { id: props.id.clone() }} end={done}>{ inside }</Page> }
}

#[derive(Properties, PartialEq)]
struct EditorProps {
    view: PlaylistView,
}

#[component]
fn Editor(props: &EditorProps) -> Html {
    let view = use_state(|| props.view.clone());
    let adding = use_state_eq(|| false);
    let asking = use_state_eq(|| false);
    let took = use_callback(view.setter(), |new: PlaylistView, view| view.set(new));
    let switch = |state: &UseStateHandle<bool>, on: bool| {
        let state = state.setter();
        Callback::from(move |()| state.set(on))
    };
    html! {
        <>
            <About view={props.view.clone()} />
            <section class="section" aria-labelledby="steps">
                <div class="section__head">
                    <h2 id="steps">{ t("playlist.steps") }</h2>
                    <span class="xs faint">{ plural("playlist.clips", view.steps.len() as u64) }</span>
                </div>
                if view.steps.is_empty() {
                    <p class="card card--sunk muted">{ t("playlist.empty_own") }</p>
                } else {
                    <ol class="card card--flush list">
                        { for view.steps.iter().enumerate().map(|(place, step)| html! {
                            <li key={step.id.as_str()}>{ step_editor(&view, place, step, &took) }</li>
                        }) }
                    </ol>
                }
                <button class="btn btn--primary btn--lg btn--block" disabled={view.steps.len() >= limit::STEPS} onclick={switch(&adding, true).reform(|_: MouseEvent| ())}>
                    { icon(PLUS) }{ t("playlist.add_clips") }
                </button>
            </section>
            <div><button class="btn btn--quiet" onclick={switch(&asking, true).reform(|_: MouseEvent| ())}>{ icon_sm(TRASH_2) }{ t("playlist.delete") }</button></div>
            if *adding {
                <ClipsSheet id={view.id.clone()} took={took.clone()} onclose={switch(&adding, false)} />
            }
            if *asking {
                { delete_dialog(&view, switch(&asking, false)) }
            }
        </>
    }
}

fn delete_dialog(view: &PlaylistView, keep: Callback<()>) -> Html {
    let id = view.id.clone();
    let delete = Callback::from(move |()| {
        let gone = Callback::from(|_| route::go(&Route::Playlists));
        send(DeletePlaylist { playlist_id: id.clone() }, gone);
    });
    html! {
        <Confirm title={t_with("playlist.delete_ask", &[("title", &view.title)])} text={t("playlist.delete_text")}
            keep={t("playlist.keep")} act={t("playlist.delete")} on_keep={keep} on_act={delete} />
    }
}

#[derive(Clone, PartialEq)]
enum Kept {
    Yes,
    Waiting,
    No(AttrValue),
}

#[derive(Properties, PartialEq)]
struct AboutProps {
    view: PlaylistView,
}

/// Title, about and who may see it; kept as soon as the writing rests.
#[component]
fn About(props: &AboutProps) -> Html {
    let title = use_state(|| props.view.title.clone());
    let about = use_state(|| props.view.about.clone());
    let seen = use_state(|| props.view.visibility);
    let kept = use_state_eq(|| Kept::Yes);
    let id = props.view.id.clone();
    let is_first = use_mut_ref(|| true);
    use_effect_with(((*title).clone(), (*about).clone(), *seen), {
        let kept = kept.setter();
        move |(title, about, seen)| {
            let is_first = std::mem::take(&mut *is_first.borrow_mut());
            let is_good = !title.trim().is_empty();
            if !is_first {
                kept.set(if is_good { Kept::Waiting } else { Kept::No(t("playlist.title_form")) });
            }
            let request = UpdatePlaylist {
                playlist_id: id,
                title: Some(title.clone()),
                about: Some(about.clone()),
                visibility: Some(*seen),
            };
            let wait = (!is_first && is_good).then(|| {
                Timeout::new(STILL_MS, move || spawn(async move { kept.set(kept_by(&request).await) }))
            });
            move || drop(wait)
        }
    });
    let set = |state: &UseStateHandle<String>| {
        let state = state.setter();
        Callback::from(move |text| state.set(text))
    };
    let options = [
        ("private", html! { t("playlist.private") }),
        ("link", html! { t("playlist.link") }),
        ("public", html! { t("playlist.public") }),
    ];
    let set_seen = {
        let seen = seen.setter();
        Callback::from(move |name: &'static str| seen.set(Visibility::named(name)))
    };
    let (error, said) = match &*kept {
        Kept::Yes => (None, t("playlist.kept")),
        Kept::Waiting => (None, t("playlist.keeping")),
        Kept::No(why) => (Some(why.clone()), AttrValue::default()),
    };
    html! {
        <section class="stack g4" aria-label={t("playlist.about_section")}>
            <Field id="playlist-title" label={t("playlist.title_field")} value={(*title).clone()} oninput={set(&title)} max={limit::PLAYLIST_TITLE} {error} />
            <Field id="playlist-about" label={t("playlist.about")} value={(*about).clone()} oninput={set(&about)} max={limit::PLAYLIST_ABOUT} lines={2} />
            <div class="stack g2">
                <span class="sm"><strong>{ t("playlist.who") }</strong></span>
                { segments(t("playlist.who"), "seen", seen.name(), &options, &set_seen) }
                <p class="xs muted">{ t(who_words(*seen)) }</p>
            </div>
            <p class="xs faint" role="status">{ said }</p>
        </section>
    }
}

async fn kept_by(request: &UpdatePlaylist) -> Kept {
    match call(request).await {
        Ok(_) => Kept::Yes,
        Err(error @ ApiError::Network) => Kept::No(explain(&error)),
        Err(error) => Kept::No(explain(&error)),
    }
}

fn who_words(seen: Visibility) -> &'static str {
    match seen {
        Visibility::Public => "playlist.public_text",
        Visibility::Link => "playlist.link_text",
        Visibility::Private | Visibility::Unknown => "playlist.private_text",
    }
}

fn step_editor(view: &PlaylistView, place: usize, step: &StepView, took: &Callback<PlaylistView>) -> Html {
    let title =
        if step.state == StepState::Gone { t("playlist.clip_gone") } else { step.title.clone().into() };
    let number = (place + 1).to_string();
    let label = |key: &'static str| t_with(key, &[("title", &title)]);
    html! {
        <div class="item step step--edit">
            <span class="step__disc num" aria-hidden="true">{ number }</span>
            <span class="step__poster">
                { for step.clip.as_ref().map(|clip| html! { <img src={clip.poster_small_url.clone()} alt="" loading="lazy" decoding="async" /> }) }
            </span>
            <span class="item__text">
                <span class="item__title" dir="auto">{ title.clone() }</span>
                <span class="item__sub bits">
                    { for step.clip.as_ref().map(|clip| html! { <span class="num">{ clock(clip.duration_ms) }</span> }) }
                    if step.state == StepState::Gone {
                        <span>{ t("playlist.gone_why") }</span>
                    } else if step.questions == 0 {
                        <span>{ t("playlist.no_question") }</span>
                    } else {
                        <span>{ plural("playlist.questions", u64::from(step.questions)) }</span>
                    }
                </span>
            </span>
            <span class="step__acts">
                { gate_switch(view, step, took) }
                <button id={format!("up-{}", step.id)} class="btn btn--icon btn--quiet" aria-label={label("playlist.move_up")} disabled={place == 0} onclick={mover(view, place, false, took)}>{ icon(CHEVRON_UP) }</button>
                <button id={format!("down-{}", step.id)} class="btn btn--icon btn--quiet" aria-label={label("playlist.move_down")} disabled={place + 1 == view.steps.len()} onclick={mover(view, place, true, took)}>{ icon(CHEVRON_DOWN) }</button>
                <button class="btn btn--icon btn--quiet" aria-label={label("playlist.remove")} onclick={remover(view, step, took)}>{ icon(TRASH_2) }</button>
            </span>
        </div>
    }
}

/// "Answer right to go on", where there is something to answer.
fn gate_switch(view: &PlaylistView, step: &StepView, took: &Callback<PlaylistView>) -> Html {
    if step.questions == 0 || step.state == StepState::Gone {
        return Html::default();
    }
    let (playlist_id, step_id, is_on) = (view.id.clone(), step.id.clone(), step.is_gate);
    let took = took.clone();
    let onchange = Callback::from(move |_: Event| {
        let request = UpdateStep {
            playlist_id: playlist_id.clone(),
            step_id: step_id.clone(),
            is_gate: Some(!is_on),
            is_removed: None,
        };
        send(request, took.clone());
    });
    html! {
        <label class="row g2 step__gate">
            <input class="switch" type="checkbox" role="switch" checked={is_on} {onchange} />
            <span class="xs">{ t("playlist.gate_switch") }<span class="vh">{ format!(": {}", step.title) }</span></span>
        </label>
    }
}

/// Moves a step by one; the button keeps the focus.
fn mover(
    view: &PlaylistView,
    place: usize,
    down: bool,
    took: &Callback<PlaylistView>,
) -> Callback<MouseEvent> {
    let ids: Vec<StepId> = view.steps.iter().map(|step| step.id.clone()).collect();
    let (playlist_id, took) = (view.id.clone(), took.clone());
    let title = view.steps.get(place).map(|step| step.title.clone()).unwrap_or_default();
    Callback::from(move |_| {
        let Some(step_id) = ids.get(place).cloned() else { return };
        let after = if down { Some(place + 1) } else { place.checked_sub(2) };
        let after_step_id = after.and_then(|at| ids.get(at).cloned());
        let n = (if down { place + 2 } else { place }).to_string();
        let said = t_with("playlist.moved", &[("title", &title), ("n", &n)]);
        let (took, id) = (took.clone(), step_id.clone());
        let done = Callback::from(move |view| {
            took.emit(view);
            toasts::say(said.clone());
            keep_focus(&id, down);
        });
        send(MoveStep { playlist_id: playlist_id.clone(), step_id, after_step_id }, done);
    })
}

/// A row that moves in the page loses the focus; at an end the other button takes it.
fn keep_focus(id: &StepId, down: bool) {
    let names = if down { ["down", "up"] } else { ["up", "down"] };
    let ids = names.map(|name| format!("{name}-{id}"));
    spawn(async move {
        browser::sleep(0).await;
        let mut found = ids.iter().filter_map(|id| browser::element(id));
        if let Some(button) = found.find(|button| !button.has_attribute("disabled")) {
            let _ = button.focus();
        }
    });
}

/// Takes a step out; for a moment it can be brought back.
fn remover(view: &PlaylistView, step: &StepView, took: &Callback<PlaylistView>) -> Callback<MouseEvent> {
    let (playlist_id, step_id, took) = (view.id.clone(), step.id.clone(), took.clone());
    Callback::from(move |_| {
        let change = |is_removed| UpdateStep {
            playlist_id: playlist_id.clone(),
            step_id: step_id.clone(),
            is_gate: None,
            is_removed: Some(is_removed),
        };
        let (back, took_back) = (change(false), took.clone());
        let undo = Callback::from(move |()| send(back.clone(), took_back.clone()));
        let took = took.clone();
        let done = Callback::from(move |view| {
            took.emit(view);
            toasts::show(t("playlist.removed"), Some((t("ui.undo"), undo.clone())), false);
            // The button that had the focus is gone.
            if let Some(main) = browser::element("main") {
                let _ = main.focus();
            }
        });
        send(change(true), done);
    })
}
