//! The caption editor: one track a language; read a WebVTT or SRT file into it, or write cues beside the player.

use super::cues;
use super::draft::Edit;
use super::editor::{play_from, playhead};
use super::form::CLIP_LANGUAGES;
use super::tracks;
use super::{file_of, focus};
use crate::browser::spawn;
use crate::i18n::{self, plural, t, t_with};
use crate::ui::dialog::Confirm;
use crate::ui::field::{select, value_of};
use crate::ui::icon::{CHECK, CIRCLE_ALERT, MERGE, PLAY, PLUS, SPLIT, TRASH_2, UPLOAD, icon, icon_sm};
use minnow_shared::caption::{self, CaptionProblem, CaptionReason, Cue};
use minnow_shared::draft::DraftView;
use minnow_shared::limit;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::HtmlTextAreaElement;
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct CaptionEditorProps {
    pub draft: Rc<DraftView>,
    pub edit: Callback<Edit>,
    pub player: NodeRef,
    /// A cue is not right yet.
    pub problem: bool,
}

/// What a button does to the cues.
type Work = Box<dyn FnOnce(&mut Vec<Cue>)>;

fn problem_text(problem: &CaptionProblem) -> AttrValue {
    let reason = match problem.reason {
        CaptionReason::BadTiming => "captions.bad_timing",
        CaptionReason::EndsBeforeStart => "captions.ends_before",
        CaptionReason::TooLong => "captions.cue_too_long",
        CaptionReason::TooManyCues => "captions.too_many",
        CaptionReason::NoCues => return t("captions.no_cues"),
    };
    t_with("captions.line", &[("line", &problem.line.to_string()), ("reason", &t(reason))])
}

#[component]
pub fn CaptionEditor(props: &CaptionEditorProps) -> Html {
    let draft = &props.draft;
    // Nothing chosen: what is there. Two drafts never share this component.
    let chosen = use_state(|| None::<String>);
    let language =
        (*chosen).clone().unwrap_or_else(|| tracks::first_language(&draft.captions, &draft.language));
    let cues = tracks::cues_of(&draft.captions, &language);
    let problems = use_state(Vec::<CaptionProblem>::new);
    let put = {
        let (draft, edit, language) = (draft.clone(), props.edit.clone(), language.clone());
        Callback::from(move |cues: Vec<Cue>| {
            edit.emit(Edit::Captions(tracks::with_cues(&draft.captions, &draft.language, &language, cues)));
        })
    };
    let change = {
        let (put, cues) = (put.clone(), cues.clone());
        Callback::from(move |work: Work| {
            let mut cues = cues.clone();
            work(&mut cues);
            put.emit(cues);
        })
    };
    let on_file = {
        let (put, problems) = (put.clone(), problems.setter());
        Callback::from(move |event: Event| {
            let Some(file) = file_of(&event) else { return };
            let (put, problems) = (put.clone(), problems.clone());
            spawn(async move {
                let text = if file.size() > limit::CAPTION_FILE_BYTES as f64 {
                    None
                } else {
                    JsFuture::from(file.text()).await.ok()
                };
                let read = caption::parse(&text.and_then(|text| text.as_string()).unwrap_or_default());
                problems.set(read.problems);
                if !read.cues.is_empty() {
                    put.emit(read.cues);
                }
            });
        })
    };
    let add = {
        let (change, player, duration) = (change.clone(), props.player.clone(), draft.duration_ms);
        let last = cues.last().map_or(0, |cue| cue.end_ms);
        Callback::from(move |_: MouseEvent| {
            let at = playhead(&player).unwrap_or(last);
            change.emit(Box::new(move |cues| {
                let place = cues::add_at(cues, at, duration);
                // The field is there after the next rendering.
                spawn(async move {
                    crate::browser::sleep(50).await;
                    focus(&format!("cue-{place}"));
                });
            }));
        })
    };
    let choose = {
        let (chosen, problems) = (chosen.setter(), problems.setter());
        Callback::from(move |language: Option<String>| {
            chosen.set(language);
            problems.set(Vec::new());
        })
    };
    html! {
        <section class="section" aria-labelledby="captions-title">
            <div class="section__head row--wrap">
                <h2 id="captions-title">{ t("captions.title") }</h2>
                <span class="xs faint">{ plural("captions.count", cues.len() as u64) }</span>
            </div>
            <p class="sm muted">{ t("captions.text") }</p>
            <Languages draft={draft.clone()} edit={props.edit.clone()} language={language.clone()} {choose} />
            <div class="row row--wrap g2" id="part-captions" tabindex="-1">
                <label class="btn filebtn">{ icon(UPLOAD) }{ t("captions.read_file") }<input class="vh" type="file" accept=".vtt,.srt,text/vtt" onchange={on_file} /></label>
                <button type="button" class="btn btn--soft" onclick={add}>{ icon(PLUS) }{ t("captions.add") }</button>
                if cues.is_empty() { { translate(draft, &language, &put) } }
            </div>
            if !problems.is_empty() {
                <ul class="banner banner--review stack g1" role="status">
                    { for problems.iter().take(8).map(|problem| html! { <li>{ problem_text(problem) }</li> }) }
                    if problems.len() > 8 { <li>{ plural("captions.more_problems", problems.len() as u64 - 8) }</li> }
                </ul>
            }
            if props.problem {
                <p class="field__error" role="status">{ icon_sm(CIRCLE_ALERT) }{ t(if draft.captions.is_empty() { "form.needed" } else { "captions.unfinished" }) }</p>
            }
            <ol class="cues">
                { for cues.iter().enumerate().map(|(place, cue)| html! {
                    <CueRow key={place} {place} cue={cue.clone()} last={place + 1 == cues.len()} change={change.clone()} player={props.player.clone()} lang={language.clone()} />
                }) }
            </ol>
            if cues.len() > 1 { <p class="xs faint">{ t("captions.keys") }</p> }
        </section>
    }
}

/// A button that begins a translation: the captions of another language, to be written over.
fn translate(draft: &DraftView, language: &str, put: &Callback<Vec<Cue>>) -> Html {
    let Some(from) = draft.captions.iter().find(|track| track.language != language) else {
        return Html::default();
    };
    let (put, cues) = (put.clone(), from.cues.clone());
    let onclick = Callback::from(move |_: MouseEvent| put.emit(cues.clone()));
    let label = t_with("captions.copy", &[("language", &i18n::language_name(&from.language))]);
    html! { <button type="button" class="btn btn--outline" {onclick}>{ label }</button> }
}

#[derive(Properties, PartialEq)]
struct LanguagesProps {
    draft: Rc<DraftView>,
    edit: Callback<Edit>,
    /// The one whose cues are shown.
    language: String,
    /// Another is shown; nothing: the one to begin with.
    choose: Callback<Option<String>>,
}

/// Which languages have captions, which of them is being written, one more, one less.
#[component]
fn Languages(props: &LanguagesProps) -> Html {
    let LanguagesProps { draft, edit, language, choose } = props;
    let asked = use_state_eq(|| false);
    let mut known: Vec<String> = draft.captions.iter().map(|track| track.language.clone()).collect();
    let is_written = known.contains(language);
    if !is_written {
        known.push(language.clone());
    }
    let name = i18n::language_name(language);
    let free: Vec<&str> =
        CLIP_LANGUAGES.iter().copied().filter(|code| known.iter().all(|other| other != code)).collect();
    let mut options = vec![(language.as_str(), AttrValue::from(name.clone()))];
    options.extend(free.iter().map(|code| (*code, AttrValue::from(i18n::language_name(code)))));
    let rename = {
        let (draft, edit, choose, language) = (draft.clone(), edit.clone(), choose.clone(), language.clone());
        Callback::from(move |to: String| {
            if is_written {
                let renamed = tracks::renamed(&draft.captions, &draft.language, &language, &to);
                edit.emit(Edit::Captions(renamed));
            }
            choose.emit(Some(to));
        })
    };
    let next = free.first().map(|code| (*code).to_owned());
    let may_add = is_written && draft.captions.len() < limit::CAPTION_TRACKS;
    let add = choose.reform(move |_: MouseEvent| next.clone());
    let ask = |open: bool| {
        let asked = asked.setter();
        Callback::from(move |()| asked.set(open))
    };
    let remove = {
        let (draft, edit, choose, asked) = (draft.clone(), edit.clone(), choose.clone(), asked.setter());
        let language = language.clone();
        Callback::from(move |()| {
            asked.set(false);
            let left = tracks::with_cues(&draft.captions, &draft.language, &language, Vec::new());
            edit.emit(Edit::Captions(left));
            choose.emit(None);
        })
    };
    html! {
        <>
            if known.len() > 1 {
                <div class="row row--wrap g2" role="group" aria-label={t("captions.languages")}>
                    { for known.iter().map(|code| {
                        let on = code == language;
                        let own = code.clone();
                        let onclick = choose.reform(move |_: MouseEvent| Some(own.clone()));
                        html! {
                            <button type="button" class={if on { "chip chip--brand" } else { "chip chip--line" }} aria-pressed={on.to_string()} {onclick}>
                                if on { { icon_sm(CHECK) } }<bdi>{ i18n::language_name(code) }</bdi>
                            </button>
                        }
                    }) }
                </div>
            }
            <div class="row row--wrap g2 cues__language">
                { select("captions-language", t("captions.language"), language, &options, rename) }
                if may_add && !free.is_empty() {
                    <button type="button" class="btn btn--sm btn--outline" onclick={add}>{ icon_sm(PLUS) }{ t("captions.add_language") }</button>
                }
                if is_written {
                    <button type="button" class="btn btn--sm btn--quiet" onclick={ask(true).reform(|_: MouseEvent| ())}>{ icon_sm(TRASH_2) }{ t("captions.remove") }</button>
                }
            </div>
            if *asked {
                <Confirm title={t_with("captions.remove_ask", &[("language", &name)])} text={t("captions.remove_text")}
                    keep={t("ui.keep_it")} act={t("captions.remove")} on_keep={ask(false)} on_act={remove} />
            }
        </>
    }
}

#[derive(Properties, PartialEq)]
struct CueProps {
    place: usize,
    cue: Cue,
    last: bool,
    change: Callback<Work>,
    player: NodeRef,
    lang: AttrValue,
}

#[component]
fn CueRow(props: &CueProps) -> Html {
    let (place, cue) = (props.place, props.cue.clone());
    let number = (place + 1).to_string();
    let change = props.change.clone();
    let set_time = |is_start: bool| {
        let (change, cue) = (change.clone(), cue.clone());
        Callback::from(move |event: Event| {
            let Some(ms) = cues::read_clock(&value_of(&event)) else { return };
            let (start, end) = if is_start { (ms, cue.end_ms) } else { (cue.start_ms, ms) };
            change.emit(Box::new(move |cues| cues::set_times(cues, place, start, end)));
        })
    };
    let set_text = {
        let change = change.clone();
        Callback::from(move |event: InputEvent| {
            let text = value_of(&event);
            change.emit(Box::new(move |cues| {
                if let Some(cue) = cues.get_mut(place) {
                    cue.text = text;
                }
            }));
        })
    };
    let act = |work: fn(&mut Vec<Cue>, usize)| {
        let change = change.clone();
        Callback::from(move |_: MouseEvent| change.emit(Box::new(move |cues| work(cues, place))))
    };
    // Ctrl or Cmd: Enter splits at the caret, M joins with the next, Backspace deletes.
    let onkeydown = {
        let change = change.clone();
        Callback::from(move |event: KeyboardEvent| {
            if !(event.ctrl_key() || event.meta_key()) {
                return;
            }
            let work: Work = match event.key().as_str() {
                "Enter" => {
                    let area =
                        event.target().and_then(|target| target.dyn_into::<HtmlTextAreaElement>().ok());
                    let at = area.and_then(|area| area.selection_start().ok().flatten()).unwrap_or_default()
                        as usize;
                    Box::new(move |cues| cues::split(cues, place, at))
                }
                "m" => Box::new(move |cues| cues::merge(cues, place)),
                "Backspace" => Box::new(move |cues| cues::delete(cues, place)),
                _ => return,
            };
            event.prevent_default();
            change.emit(work);
        })
    };
    let play = {
        let (player, at) = (props.player.clone(), cue.start_ms);
        Callback::from(move |_: MouseEvent| play_from(&player, at))
    };
    let wrong = cue.end_ms <= cue.start_ms;
    let label = |key: &'static str| t_with(key, &[("n", &number)]);
    html! {
        <li class="cue">
            <div class="cue__times" dir="ltr">
                <input class="input num" aria-label={label("captions.start")} value={cues::write_clock(cue.start_ms)} onchange={set_time(true)} inputmode="decimal" />
                <input class="input num" aria-label={label("captions.end")} value={cues::write_clock(cue.end_ms)} onchange={set_time(false)} inputmode="decimal" aria-invalid={wrong.then_some("true")} />
            </div>
            <textarea class="input" id={format!("cue-{place}")} rows="2" dir="auto" lang={props.lang.clone()} aria-label={label("captions.cue")} value={cue.text.clone()}
                maxlength={limit::CUE_TEXT.to_string()} oninput={set_text} {onkeydown} />
            <div class="cue__acts">
                <button type="button" class="btn btn--icon btn--quiet" aria-label={label("captions.play")} onclick={play}>{ icon(PLAY) }</button>
                <button type="button" class="btn btn--icon btn--quiet" aria-label={label("captions.split")} onclick={act(|cues, place| cues::split(cues, place, 0))}>{ icon(SPLIT) }</button>
                <button type="button" class="btn btn--icon btn--quiet" aria-label={label("captions.merge")} disabled={props.last} onclick={act(cues::merge)}>{ icon(MERGE) }</button>
                <button type="button" class="btn btn--icon btn--quiet" aria-label={label("captions.delete")} onclick={act(cues::delete)}>{ icon(TRASH_2) }</button>
            </div>
        </li>
    }
}
