//! Finding clips to add: one's own, saved ones, all; by words.

use super::send;
use crate::api::{ApiError, call};
use crate::browser::{new_id, spawn};
use crate::hooks::{STILL_MS, use_still};
use crate::i18n::{clock, explain, plural, t, t_with};
use crate::ui::dialog::Sheet;
use crate::ui::field::{segments, value_of};
use crate::ui::icon::{CHECK, PLUS, SEARCH, icon, icon_sm};
use minnow_shared::playlist::{AddStep, FindStepClips, PlaylistView, Shelf, StepClipView};
use minnow_shared::{ClipId, PlaylistId, StepId};
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct ClipsProps {
    pub id: PlaylistId,
    /// Hears the playlist with a clip more.
    pub took: Callback<PlaylistView>,
    pub onclose: Callback<()>,
}

#[component]
pub fn ClipsSheet(props: &ClipsProps) -> Html {
    let shelf = use_state_eq(|| "all");
    let words = use_state(String::new);
    let sought = use_still(words.trim().to_owned(), STILL_MS);
    let oninput = {
        let words = words.setter();
        Callback::from(move |event: InputEvent| words.set(value_of(&event)))
    };
    let set_shelf = {
        let shelf = shelf.setter();
        Callback::from(move |name| shelf.set(name))
    };
    // A search that was under way does not know of what was added meanwhile.
    let taken = use_mut_ref(Vec::<ClipId>::new);
    let took = {
        let (taken, took, update) = (taken.clone(), props.took.clone(), use_force_update());
        Callback::from(move |(clip, view): Taken| {
            taken.borrow_mut().push(clip);
            update.force_update();
            took.emit(view);
        })
    };
    let options = [
        ("all", html! { t("playlist.shelf_all") }),
        ("own", html! { t("playlist.shelf_own") }),
        ("saved", html! { t("playlist.shelf_saved") }),
    ];
    html! {
        <Sheet title={t("playlist.add_clips")} onclose={props.onclose.clone()}>
            <label class="search">
                <span class="vh">{ t("playlist.search_clips") }</span>{ icon(SEARCH) }
                <input id="clip-search" class="input" type="search" dir="auto" placeholder={t("playlist.search_clips")} value={(*words).clone()} {oninput} />
            </label>
            { segments(t("playlist.shelf"), "shelf", *shelf, &options, &set_shelf) }
            <Found key={format!("{}{sought}", *shelf)} id={props.id.clone()} shelf={*shelf} words={sought.clone()} taken={taken.borrow().clone()} {took} />
        </Sheet>
    }
}

/// A clip that was added, and the playlist with it.
type Taken = (ClipId, PlaylistView);

#[derive(Properties, PartialEq)]
struct FoundProps {
    id: PlaylistId,
    shelf: &'static str,
    words: String,
    /// Added since the sheet was opened.
    taken: Vec<ClipId>,
    took: Callback<Taken>,
}

#[derive(Clone, Default, PartialEq)]
struct Shown {
    clips: Vec<StepClipView>,
    cursor: Option<String>,
    is_loading: bool,
    error: Option<ApiError>,
}

#[component]
fn Found(props: &FoundProps) -> Html {
    let shown = use_state(|| Shown { is_loading: true, ..Shown::default() });
    let more = {
        let (shown, id) = (shown.clone(), props.id.clone());
        let words = Some(props.words.clone()).filter(|words| !words.is_empty());
        let shelf = match props.shelf {
            "own" => Shelf::Own,
            "saved" => Shelf::Saved,
            _ => Shelf::All,
        };
        Callback::from(move |()| {
            let (before, set) = ((*shown).clone(), shown.setter());
            let cursor = before.cursor.clone();
            let request = FindStepClips { playlist_id: id.clone(), shelf, words: words.clone(), cursor };
            set.set(Shown { is_loading: true, error: None, ..before.clone() });
            spawn(async move {
                set.set(match call(&request).await {
                    Ok(page) => {
                        let mut clips = before.clips;
                        clips.extend(page.clips);
                        Shown { clips, cursor: page.next_cursor, is_loading: false, error: None }
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
    if let Some(error) = &shown.error {
        return html! {
            <p class="banner row--between" role="alert"><span>{ explain(error) }</span><button class="btn btn--sm" onclick={again}>{ t("ui.try_again") }</button></p>
        };
    }
    if shown.clips.is_empty() {
        let said = match (shown.is_loading, props.words.is_empty()) {
            (true, _) => t("ui.loading"),
            (false, true) => t("playlist.no_clips"),
            (false, false) => t_with("playlist.no_clips_for", &[("words", &props.words)]),
        };
        return html! { <p class="muted" role="status">{ said }</p> };
    }
    html! {
        <>
            <ul class="list">
                { for shown.clips.iter().map(|found| html! {
                    <li key={found.clip.id.as_str()}><ClipRow found={found.clone()} id={props.id.clone()} is_step={found.is_step || props.taken.contains(&found.clip.id)} took={props.took.clone()} /></li>
                }) }
            </ul>
            if shown.cursor.is_some() {
                <button class="btn btn--block" aria-busy={shown.is_loading.to_string()} onclick={again}>{ t("ui.more") }</button>
            }
        </>
    }
}

#[derive(Properties, PartialEq)]
struct RowProps {
    found: StepClipView,
    id: PlaylistId,
    is_step: bool,
    took: Callback<Taken>,
}

#[component]
fn ClipRow(props: &RowProps) -> Html {
    let clip = &props.found.clip;
    let onclick = {
        let (took, id, clip_id) = (props.took.clone(), props.id.clone(), clip.id.clone());
        Callback::from(move |_: MouseEvent| {
            let added = clip_id.clone();
            send(add(&id, &clip_id), took.reform(move |view| (added.clone(), view)));
        })
    };
    html! {
        <div class="item step">
            <span class="step__poster"><img src={clip.poster_small_url.clone()} alt="" loading="lazy" decoding="async" /></span>
            <span class="item__text">
                <span class="item__title" dir="auto">{ clip.title.clone() }</span>
                <span class="item__sub bits">
                    <span class="num">{ clock(clip.duration_ms) }</span><bdi>{ clip.author_name.clone() }</bdi>
                    if props.found.questions > 0 { <span>{ plural("playlist.questions", u64::from(props.found.questions)) }</span> }
                </span>
            </span>
            if props.is_step {
                <span class="chip chip--right chip--sm" role="status">{ icon_sm(CHECK) }{ t("playlist.added") }</span>
            } else {
                <button class="btn btn--sm btn--soft" {onclick} aria-label={t_with("playlist.add_named", &[("title", &clip.title)])}>{ icon_sm(PLUS) }{ t("playlist.add") }</button>
            }
        </div>
    }
}

/// Adds a clip as the last step.
pub(super) fn add(id: &PlaylistId, clip: &ClipId) -> AddStep {
    AddStep { playlist_id: id.clone(), step_id: new_id(StepId::new), clip_id: clip.clone(), is_gate: false }
}
