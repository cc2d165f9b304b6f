//! Where the film of a clip stands: on its way, checked, encoded, playable, refused; and what can be done about it.

use super::ChooseFile;
use crate::i18n::{explain_refusal, megabytes, percent, t, t_with};
use crate::state::store::use_store;
use crate::state::upload::{self, Phase, UPLOADS, Upload};
use crate::ui::icon::{CIRCLE_ALERT, PAUSE, PLAY, X, icon, icon_sm};
use crate::ui::meter::Meter;
use minnow_shared::ClipId;
use minnow_shared::draft::{DraftView, MediaState};
use yew::prelude::*;

/// The state in one word.
pub fn state_chip(draft: &DraftView) -> Html {
    let (class, key) = match (&draft.media, draft.published) {
        (_, true) => ("chip chip--sm chip--right", "state.published"),
        (MediaState::Playable, false) if draft.missing.is_empty() => {
            ("chip chip--sm chip--brand", "state.ready")
        }
        (MediaState::Refused { .. }, _) => ("chip chip--sm chip--danger", "state.refused"),
        (MediaState::Missing, _) => ("chip chip--sm", "state.no_video"),
        (MediaState::Uploading { .. }, _) => ("chip chip--sm chip--sun", "state.uploading"),
        (MediaState::Checking | MediaState::Transcoding { .. }, _) => {
            ("chip chip--sm chip--sun", "state.preparing")
        }
        _ => ("chip chip--sm", "state.draft"),
    };
    html! { <span class={class}>{ t(key) }</span> }
}

#[derive(Properties, PartialEq)]
pub struct MediaProps {
    pub clip: ClipId,
    pub media: MediaState,
}

/// A file chosen here is sent for this clip.
fn choose(clip: &ClipId, label: &'static str) -> Html {
    let clip = clip.clone();
    let onfile = Callback::from(move |file| upload::begin(clip.clone(), file));
    html! { <ChooseFile label={t(label)} {onfile} /> }
}

#[component]
pub fn Media(props: &MediaProps) -> Html {
    let uploads = use_store(&UPLOADS);
    let under_way = uploads.of(&props.clip).filter(|upload| upload.phase != Phase::Done);
    let inside = match (&props.media, under_way) {
        (
            MediaState::Missing
            | MediaState::Uploading { .. }
            | MediaState::Refused { .. }
            | MediaState::Unknown,
            Some(upload),
        ) => sending(&props.clip, upload, &props.media),
        // The server has all of it and has not said so yet.
        (MediaState::Missing, None) if uploads.of(&props.clip).is_some() => step("media.checking", None),
        (MediaState::Missing, None) => match upload::interrupted(&props.clip) {
            Some(name) => {
                html! { <><p class="banner">{ t_with("upload.again", &[("name", &name)]) }</p>{ choose(&props.clip, "upload.choose_again") }</> }
            }
            None => choose(&props.clip, "make.choose"),
        },
        (MediaState::Uploading { upload_id, received_bytes, total_bytes }, None) => {
            if *received_bytes >= *total_bytes && *total_bytes > 0 {
                step("media.checking", None)
            } else {
                interrupted(&props.clip, crate::api::tus::address(upload_id), *received_bytes, *total_bytes)
            }
        }
        (MediaState::Checking, _) => step("media.checking", None),
        (MediaState::Transcoding { percent }, _) => step("media.transcoding", Some(u32::from(*percent))),
        (MediaState::Playable, _) => Html::default(),
        (MediaState::Refused { reason }, None) => html! {
            <>
                <div class="banner banner--danger" role="alert">{ icon(CIRCLE_ALERT) }<span>{ explain_refusal(*reason) }</span></div>
                { choose(&props.clip, "media.choose_other") }
            </>
        },
        (MediaState::Unknown, None) => html! { <p class="banner">{ t("media.unknown") }</p> },
    };
    html! { <div class="stack g3" aria-live="polite">{ inside }</div> }
}

/// One of the steps that the server takes by itself.
fn step(key: &'static str, done: Option<u32>) -> Html {
    let said = done.map(|done| percent(f64::from(done) / 100.0));
    html! {
        <div class="card stack g2">
            <div class="row row--between"><strong>{ t(key) }</strong><span class="num">{ said.unwrap_or_default() }</span></div>
            <Meter label={t(key)} percent={done.unwrap_or_default()} class="meter meter--lg" />
            <p class="xs faint">{ t("media.go_on") }</p>
        </div>
    }
}

fn sending(clip: &ClipId, upload: &Upload, media: &MediaState) -> Html {
    let press = |act: fn(&ClipId)| {
        let clip = clip.clone();
        Callback::from(move |_: MouseEvent| act(&clip))
    };
    let address = match media {
        MediaState::Uploading { upload_id, .. } => Some(crate::api::tus::address(upload_id)),
        _ => None,
    };
    let cancel = cancel(clip, address);
    let sizes =
        t_with("upload.of", &[("sent", &megabytes(upload.sent)), ("total", &megabytes(upload.total))]);
    let (state, button) = match &upload.phase {
        Phase::Sending => (
            t("upload.sending"),
            html! { <button class="btn btn--sm" onclick={press(upload::pause)}>{ icon_sm(PAUSE) }{ t("upload.pause") }</button> },
        ),
        Phase::Paused => (
            t("upload.paused"),
            html! { <button class="btn btn--sm btn--primary" onclick={press(upload::go_on)}>{ icon_sm(PLAY) }{ t("upload.go_on") }</button> },
        ),
        Phase::Waiting => (t("upload.waiting"), Html::default()),
        Phase::Failed(why) => (
            why.clone(),
            html! { <button class="btn btn--sm btn--primary" onclick={press(upload::go_on)}>{ t("ui.try_again") }</button> },
        ),
        Phase::Done => (t("media.checking"), Html::default()),
    };
    html! {
        <div class="card stack g2">
            <div class="row row--between g3"><bdi class="item__title clip1">{ upload.name.clone() }</bdi><span class="num">{ percent(f64::from(upload.percent()) / 100.0) }</span></div>
            <Meter label={t("upload.sending")} percent={upload.percent()} class="meter meter--lg" />
            <p class="xs faint"><span>{ state }</span>{ " · " }<span class="num">{ sizes }</span></p>
            <div class="row g2">{ button }<button class="btn btn--sm btn--quiet" onclick={cancel}>{ icon_sm(X) }{ t("upload.cancel") }</button></div>
        </div>
    }
}

fn cancel(clip: &ClipId, address: Option<String>) -> Callback<MouseEvent> {
    let clip = clip.clone();
    Callback::from(move |_: MouseEvent| crate::browser::spawn(upload::cancel(clip.clone(), address.clone())))
}

/// After a reload the browser has forgotten the file, the server has not forgotten its bytes.
fn interrupted(clip: &ClipId, address: String, received: u64, total: u64) -> Html {
    let name = upload::interrupted(clip);
    let share = received.saturating_mul(100).checked_div(total).unwrap_or_default() as u32;
    let text = match name {
        Some(name) => t_with("upload.again", &[("name", &name)]),
        None => t("upload.elsewhere"),
    };
    html! {
        <>
            <div class="card stack g2">
                <p>{ text }</p>
                <Meter label={t("upload.sending")} percent={share} class="meter meter--lg" />
                <p class="xs faint num">{ t_with("upload.of", &[("sent", &megabytes(received)), ("total", &megabytes(total))]) }</p>
                <div><button class="btn btn--sm btn--quiet" onclick={cancel(clip, Some(address))}>{ icon_sm(X) }{ t("upload.cancel") }</button></div>
            </div>
            { choose(clip, "upload.choose_again") }
        </>
    }
}
