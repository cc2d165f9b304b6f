//! Making a clip: choose a video, and one's own clips with how far each has come. Editing one is in `editor`.

mod captions;
mod checks;
mod cues;
mod draft;
pub mod editor;
mod form;
mod media;
mod pick;
mod question;
mod tracks;
mod twin;

use crate::api::call;
use crate::browser::{self, new_id, spawn};
use crate::frame::{NavLink, Page, link, page_loading};
use crate::i18n::{self, explain, moment, t, t_with};
use crate::route::{self, Route};
use crate::state::{session, toasts, upload};
use crate::ui::empty::{Art, Failure, empty};
use crate::ui::icon::{CIRCLE_HELP, FILE_VIDEO, FILM, UPLOAD, icon, icon_lg};
use crate::ui::row::{row_arrow, row_text};
use minnow_shared::ClipId;
use minnow_shared::draft::{CreateDraft, DraftView, ListMyClips};
use minnow_shared::limit::UPLOAD_BYTES;
use wasm_bindgen::JsCast;
use web_sys::{DragEvent, File, HtmlInputElement};
use yew::prelude::*;

#[component]
pub fn MakePage() -> Html {
    let session = session::use_session();
    let inside = if session.account().is_some() {
        html! { <><Choose />{ bank_link() }<MyClips /></> }
    } else if session.unreachable {
        let kept = link("btn btn--primary", Route::Saved, html! { t("offline.saved") });
        empty(Art::Offline, t("offline.title"), t("offline.text"), kept)
    } else if session.is_known() {
        html! {
            <section class="card card--brand stack g3">
                <h2>{ t("make.account_title") }</h2>
                <p>{ t("make.account_text") }</p>
                <div>{ link("btn btn--primary", Route::Welcome, html! { t("me.guest_act") }) }</div>
            </section>
        }
    } else {
        page_loading()
    };
    html! { <Page title={t("nav.make")}>{ inside }</Page> }
}

fn bank_link() -> Html {
    let inside = html! { <>{ row_text("item__icon item__icon--review", CIRCLE_HELP, t("bank.title"), Some(t("bank.make_sub"))) }{ row_arrow() }</> };
    html! { <div class="card card--flush list">{ link("item", Route::Bank, inside) }</div> }
}

/// The file in a drop or a file field.
pub fn file_of(event: &Event) -> Option<File> {
    if let Some(drop) = event.dyn_ref::<DragEvent>() {
        return drop.data_transfer()?.files()?.get(0);
    }
    let input: HtmlInputElement = event.target()?.dyn_into().ok()?;
    let file = input.files()?.get(0);
    // The same file can be chosen again.
    input.set_value("");
    file
}

/// What can be known of a file before a byte is sent.
fn refuse_early(file: &File) -> Option<AttrValue> {
    if file.size() == 0.0 {
        return Some(t("refusal.empty"));
    }
    if file.size() > UPLOAD_BYTES as f64 {
        return Some(t("refusal.too_large"));
    }
    None
}

#[derive(Properties, PartialEq)]
pub struct ChooseFileProps {
    pub onfile: Callback<File>,
    pub label: AttrValue,
    #[prop_or_default]
    pub busy: bool,
}

/// A place to drop a video, which is also a button that opens the file chooser.
#[component]
pub fn ChooseFile(props: &ChooseFileProps) -> Html {
    let over = use_state_eq(|| false);
    let take = {
        let onfile = props.onfile.clone();
        move |file: Option<File>| {
            let Some(file) = file else { return };
            match refuse_early(&file) {
                Some(why) => toasts::say(why),
                None => onfile.emit(file),
            }
        }
    };
    let onchange = {
        let take = take.clone();
        Callback::from(move |event: Event| take(file_of(&event)))
    };
    let ondrop = {
        let over = over.setter();
        Callback::from(move |event: DragEvent| {
            event.prevent_default();
            over.set(false);
            take(file_of(&event));
        })
    };
    let drag = |on: bool| {
        let over = over.setter();
        Callback::from(move |event: DragEvent| {
            event.prevent_default();
            over.set(on);
        })
    };
    html! {
        <label class={classes!("drop", (*over).then_some("drop--over"))} {ondrop} ondragover={drag(true)} ondragleave={drag(false)} aria-busy={props.busy.to_string()}>
            <span class="drop__disc">{ icon_lg(UPLOAD) }</span>
            <span class="btn btn--primary btn--lg">{ icon(FILE_VIDEO) }{ props.label.clone() }</span>
            <span class="xs faint">{ t("make.limits") }</span>
            <input class="vh" type="file" accept="video/*,.mkv,.avi,.flv,.wmv,.ogv,.3gp" aria-label={props.label.clone()} {onchange} disabled={props.busy} />
        </label>
    }
}

#[component]
fn Choose() -> Html {
    let busy = use_state_eq(|| false);
    let onfile = {
        let busy = busy.setter();
        Callback::from(move |file: File| {
            busy.set(true);
            let busy = busy.clone();
            spawn(async move {
                let clip_id: ClipId = new_id(ClipId::new);
                let request =
                    CreateDraft { clip_id: clip_id.clone(), language: i18n::language().code.into() };
                match call(&request).await {
                    Ok(_) => {
                        upload::begin(clip_id.clone(), file);
                        route::go(&Route::Draft { id: clip_id });
                    }
                    Err(error) => toasts::say(explain(&error)),
                }
                busy.set(false);
            });
        })
    };
    html! {
        <section class="section" aria-labelledby="new-clip">
            <h2 id="new-clip">{ t("make.new") }</h2>
            <p class="sm muted">{ t("make.how") }</p>
            <ChooseFile label={t("make.choose")} {onfile} busy={*busy} />
        </section>
    }
}

#[derive(Clone, Default, PartialEq)]
struct Mine {
    clips: Vec<DraftView>,
    cursor: Option<String>,
    loading: bool,
    error: Option<crate::api::ApiError>,
}

#[component]
fn MyClips() -> Html {
    let mine = use_state(|| Mine { loading: true, ..Mine::default() });
    let more = {
        let mine = mine.clone();
        Callback::from(move |()| {
            let (before, mine) = ((*mine).clone(), mine.setter());
            mine.set(Mine { loading: true, error: None, ..before.clone() });
            spawn(async move {
                mine.set(match call(&ListMyClips { cursor: before.cursor.clone() }).await {
                    Ok(page) => {
                        let mut clips = before.clips;
                        clips.extend(page.clips);
                        Mine { clips, cursor: page.next_cursor, loading: false, error: None }
                    }
                    Err(error) => Mine { loading: false, error: Some(error), ..before },
                });
            });
        })
    };
    use_effect_with((), {
        let more = more.clone();
        move |()| more.emit(())
    });
    let inside = match (&mine.error, mine.clips.is_empty(), mine.loading) {
        (Some(error), true, _) => html! { <Failure error={error.clone()} again={more.clone()} /> },
        (None, true, true) => page_loading(),
        (None, true, false) => html! { <p class="muted">{ t("make.none") }</p> },
        _ => html! {
            <ul class="card card--flush list">
                { for mine.clips.iter().map(|draft| html! { <li key={draft.id.as_str()} class="row">{ clip_row(draft) }{ for insights_link(draft) }</li> }) }
            </ul>
        },
    };
    html! {
        <section class="section" aria-labelledby="my-clips">
            <h2 id="my-clips">{ t("me.clips") }</h2>
            { inside }
            if mine.cursor.is_some() {
                <button class="btn btn--block" aria-busy={mine.loading.to_string()} onclick={more.reform(|_: MouseEvent| ())}>{ t("ui.more") }</button>
            }
        </section>
    }
}

/// What a published clip did.
fn insights_link(draft: &DraftView) -> Option<Html> {
    let to = Route::Insights { id: draft.id.clone() };
    draft.published.then(|| link("btn btn--sm btn--quiet", to, html! { t("feed.insights") }))
}

fn clip_row(draft: &DraftView) -> Html {
    let title = if draft.title.trim().is_empty() {
        draft.file_name.clone().map_or_else(|| t("make.untitled"), AttrValue::from)
    } else {
        draft.title.clone().into()
    };
    let poster = draft
        .poster_small_url
        .clone()
        .map(|url| html! { <img class="clip__img" src={url} alt="" loading="lazy" /> });
    html! {
        <NavLink class="item grow" to={Route::Draft { id: draft.id.clone() }}>
            <span class="clip clip--thumb">{ poster.unwrap_or_else(|| html! { <span class="clip__none">{ icon(FILM) }</span> }) }</span>
            <span class="item__text">
                <span class="item__title clip1" dir="auto">{ title }</span>
                <span class="row row--wrap bits">
                    { media::state_chip(draft) }
                    <span class="item__sub">{ t_with("make.changed", &[("when", &moment(draft.updated_at_ms))]) }</span>
                </span>
            </span>
            { row_arrow() }
        </NavLink>
    }
}

/// Puts the focus on an element of the editor, where it is there.
pub fn focus(id: &str) {
    if let Some(element) = browser::element(id) {
        let _ = element.focus();
        element.scroll_into_view();
    }
}
