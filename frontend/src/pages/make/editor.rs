//! One clip with all its parts: the film and where it stands, the words, captions, text twin, question, cover, and what is
//! missing. Saves by itself; what cannot be saved yet stays in this browser.

use super::captions::CaptionEditor;
use super::checks::Checks;
use super::draft::{Edit, Editing, EditingAction, Saving, is_nothing, storage_key};
use super::form::Form;
use super::media::{Media, state_chip};
use super::question::QuestionEditor;
use super::twin::TwinEditor;
use crate::api::call;
use crate::browser::{self, spawn};
use crate::frame::{Page, link, page_loading};
use crate::hooks::{Loaded, use_call};
use crate::i18n::{clock, t};
use crate::route::Route;
use crate::state::store::use_store;
use crate::state::upload::{Phase, UPLOADS};
use crate::ui::empty::{Art, Failure, empty};
use crate::ui::icon::{CHECK, IMAGE, icon_sm};
use crate::wire;
use gloo::timers::callback::{Interval, Timeout};
use minnow_shared::ClipId;
use minnow_shared::ErrorCode;
use minnow_shared::draft::{DraftView, GetDraft, MediaState};
use std::rc::Rc;
use web_sys::HtmlVideoElement;
use yew::prelude::*;

/// How long nothing is typed before it is saved, in milliseconds.
const SAVES_AFTER_MS: u32 = 800;
const RETRIES_AFTER_MS: u32 = 5_000;
const ASKS_EVERY_MS: u32 = 1_500;

#[derive(Properties, PartialEq)]
pub struct EditorProps {
    pub id: ClipId,
}

#[component]
pub fn EditorPage(props: &EditorProps) -> Html {
    let (loaded, again) = use_call(Some(GetDraft { clip_id: props.id.clone() }));
    match loaded {
        Loaded::Here(view) => html! { <Editor view={view.clone()} /> },
        Loaded::Loading => {
            html! { <Page title={t("make.edit")} back={Route::Make}>{ page_loading() }</Page> }
        }
        Loaded::Failed(error) => {
            let gone = [ErrorCode::NotFound, ErrorCode::Forbidden].map(Some).contains(&error.code());
            let signed_out =
                [ErrorCode::NotSignedIn, ErrorCode::AccountNeeded].map(Some).contains(&error.code());
            let inside = if gone {
                empty(
                    Art::Empty,
                    t("make.gone"),
                    t("make.gone_text"),
                    link("btn btn--primary", Route::Make, html! { t("make.mine") }),
                )
            } else if signed_out {
                empty(
                    Art::Empty,
                    t("make.account_title"),
                    t("make.account_text"),
                    link("btn btn--primary", Route::Welcome, html! { t("me.guest_act") }),
                )
            } else {
                html! { <Failure {error} {again} /> }
            };
            html! { <Page title={t("make.edit")} back={Route::Make}>{ inside }</Page> }
        }
    }
}

#[derive(Properties, PartialEq)]
struct Inside {
    view: Rc<DraftView>,
}

/// Saves what can be saved once nothing has been typed for a while, and keeps all of it in this browser meanwhile.
#[hook]
fn use_saving(editing: &UseReducerHandle<Editing>) {
    let dispatcher = editing.dispatcher();
    let (unsaved, saving, send) = (editing.unsaved.clone(), editing.saving, editing.sendable());
    use_effect_with((unsaved, saving, editing.is_sending), move |(unsaved, saving, is_sending)| {
        let key = storage_key(&unsaved.clip_id);
        if is_nothing(unsaved) {
            browser::forget(&key);
        } else {
            browser::store(&key, &wire::write(unsaved));
        }
        let after = match saving {
            _ if *is_sending => 0,
            Saving::Changed => SAVES_AFTER_MS,
            Saving::Failed => RETRIES_AFTER_MS,
            Saving::Saved | Saving::UnderWay => 0,
        };
        let timer = (after > 0 && !is_nothing(&send)).then(|| {
            Timeout::new(after, move || {
                dispatcher.dispatch(EditingAction::Sent);
                spawn(async move {
                    dispatcher.dispatch(match call(&send).await {
                        Ok(view) => EditingAction::Kept { sent: send, view },
                        Err(_) => EditingAction::Failed,
                    });
                });
            })
        });
        move || drop(timer)
    });
}

/// Asks the server where the film stands until it is playable or refused.
#[hook]
fn use_progress(editing: &UseReducerHandle<Editing>, uploaded: bool) {
    let dispatcher = editing.dispatcher();
    let clip_id = editing.draft.id.clone();
    let waits = match &editing.draft.media {
        MediaState::Checking | MediaState::Transcoding { .. } => true,
        MediaState::Uploading { received_bytes, total_bytes, .. } => {
            uploaded || received_bytes >= total_bytes
        }
        MediaState::Missing | MediaState::Refused { .. } => uploaded,
        MediaState::Playable | MediaState::Unknown => false,
    };
    use_effect_with((clip_id, waits), move |(clip_id, waits)| {
        let clip_id = clip_id.clone();
        let interval = waits.then(|| {
            Interval::new(ASKS_EVERY_MS, move || {
                let (dispatcher, request) = (dispatcher.clone(), GetDraft { clip_id: clip_id.clone() });
                spawn(async move {
                    if let Ok(view) = call(&request).await {
                        dispatcher.dispatch(EditingAction::Heard(view));
                    }
                });
            })
        });
        move || drop(interval)
    });
}

#[component]
fn Editor(props: &Inside) -> Html {
    let editing = {
        let view = props.view.clone();
        use_reducer(move || {
            let left = browser::stored(&storage_key(&view.id)).and_then(|text| wire::read(&text));
            Editing::new((*view).clone(), left)
        })
    };
    let uploads = use_store(&UPLOADS);
    let uploaded = uploads.of(&editing.draft.id).is_some_and(|upload| upload.phase == Phase::Done);
    use_saving(&editing);
    use_progress(&editing, uploaded);
    let player = use_node_ref();
    let edit = {
        let dispatcher = editing.dispatcher();
        use_callback((), move |edit: Edit, ()| dispatcher.dispatch(EditingAction::Edit(edit)))
    };
    let heard = {
        let dispatcher = editing.dispatcher();
        use_callback((), move |view: DraftView, ()| dispatcher.dispatch(EditingAction::Heard(view)))
    };
    let draft = editing.draft.clone();
    let problem = editing.problem();
    let at = |fields: &[&str]| problem.as_ref().filter(|p| fields.contains(&p.field)).map(|p| p.field);
    let title = if draft.title.trim().is_empty() { t("make.edit") } else { draft.title.clone().into() };
    html! {
        <Page {title} back={Route::Make} wide=true end={saving_state(&editing)}>
            <div class="make">
                <div class="make__side stack g4">
                    <div class="row row--between">{ state_chip(&draft) }<span class="xs faint num">{ draft.duration_ms.map(clock).unwrap_or_default() }</span></div>
                    <Media clip={draft.id.clone()} media={draft.media.clone()} />
                    if draft.media == MediaState::Playable {
                        <Player draft={draft.clone()} node={player.clone()} edit={edit.clone()} />
                    }
                </div>
                <div class="make__main stack g6">
                    <Form draft={draft.clone()} edit={edit.clone()} problem={at(&["title", "topics", "source_url", "alt", "licence", "language"])} />
                    <CaptionEditor draft={draft.clone()} edit={edit.clone()} player={player.clone()} problem={at(&["captions"]).is_some()} />
                    <TwinEditor draft={draft.clone()} edit={edit.clone()} />
                    <QuestionEditor draft={draft.clone()} edit={edit.clone()} player={player.clone()} heard={heard.clone()} problem={problem.clone().filter(|p| ["stem", "reason", "moment_ms", "choices", "accepted"].contains(&p.field)).map(|p| p.field)} />
                    <Checks draft={draft.clone()} saving={editing.saving} is_held_back={editing.is_held_back()} {heard} />
                </div>
            </div>
        </Page>
    }
}

fn saving_state(editing: &Editing) -> Html {
    let key = match editing.saving {
        Saving::Saved => "make.saved",
        Saving::Changed if editing.is_held_back() => "make.kept_here",
        Saving::Changed | Saving::UnderWay => "make.saving",
        Saving::Failed => "make.kept_here",
    };
    html! {
        <span class="chip" role="status">
            if editing.saving == Saving::Saved { { icon_sm(CHECK) } }
            { t(key) }
        </span>
    }
}

#[derive(Properties, PartialEq)]
struct PlayerProps {
    draft: Rc<DraftView>,
    node: NodeRef,
    edit: Callback<Edit>,
}

/// The film as it is, and a button that makes the frame in sight the cover.
#[component]
fn Player(props: &PlayerProps) -> Html {
    let draft = &props.draft;
    let Some(rendition) = draft.renditions.first() else { return Html::default() };
    let onclick = {
        let (node, edit) = (props.node.clone(), props.edit.clone());
        Callback::from(move |_: MouseEvent| {
            if let Some(at) = playhead(&node) {
                edit.emit(Edit::Cover(at));
            }
        })
    };
    html! {
        <section class="stack g3" aria-label={t("make.player")}>
            <video class="make__video" ref={props.node.clone()} src={rendition.url.clone()} poster={draft.poster_url.clone()} controls=true
                playsinline=true preload="metadata"></video>
            <div class="row g3">
                <span class="clip clip--thumb">{ for draft.poster_small_url.clone().map(|url| html! { <img class="clip__img" src={url} alt={t("make.cover")} /> }) }</span>
                <div class="grow stack g1">
                    <span class="item__title">{ t("make.cover") }</span>
                    <span class="item__sub num">{ clock(draft.cover_ms) }</span>
                </div>
                <button class="btn btn--sm" {onclick}>{ icon_sm(IMAGE) }{ t("make.cover_here") }</button>
            </div>
        </section>
    }
}

/// Where the player stands, in milliseconds.
pub fn playhead(node: &NodeRef) -> Option<u32> {
    node.cast::<HtmlVideoElement>().map(|video| (video.current_time() * 1000.0).max(0.0) as u32)
}

/// Plays from a place.
pub fn play_from(node: &NodeRef, at_ms: u32) {
    if let Some(video) = node.cast::<HtmlVideoElement>() {
        video.set_current_time(f64::from(at_ms) / 1000.0);
        let _ = video.play();
    }
}
