//! The caption editor: read a WebVTT or SRT file, or write cues beside the player.

use super::cues;
use super::draft::Edit;
use super::editor::{play_from, playhead};
use super::{file_of, focus};
use crate::browser::spawn;
use crate::i18n::{plural, t, t_with};
use crate::ui::field::value_of;
use crate::ui::icon::{CHEVRON_DOWN, CIRCLE_ALERT, MERGE, PLAY, PLUS, SPLIT, TRASH_2, UPLOAD, icon, icon_sm};
use minnow_shared::caption::{self, CaptionProblem, CaptionReason, CaptionTrack, Cue};
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

/// The cues of the track in the clip's own language, which stands first.
fn own_cues(draft: &DraftView) -> Vec<Cue> {
    draft.captions.first().map(|track| track.cues.clone()).unwrap_or_default()
}

/// The tracks with other cues in the first; no cues, no track.
fn with_cues(draft: &DraftView, cues: Vec<Cue>) -> Vec<CaptionTrack> {
    let mut tracks = draft.captions.clone();
    match (tracks.first_mut(), cues.is_empty()) {
        (Some(_), true) => drop(tracks.remove(0)),
        (Some(track), false) => track.cues = cues,
        (None, false) => tracks.push(CaptionTrack { language: draft.language.clone(), cues }),
        (None, true) => {}
    }
    tracks
}

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
    let cues = own_cues(&props.draft);
    let problems = use_state(Vec::<CaptionProblem>::new);
    let change = {
        let (draft, edit) = (props.draft.clone(), props.edit.clone());
        Callback::from(move |work: Work| {
            let mut cues = own_cues(&draft);
            work(&mut cues);
            edit.emit(Edit::Captions(with_cues(&draft, cues)));
        })
    };
    let on_file = {
        let (draft, edit, problems) = (props.draft.clone(), props.edit.clone(), problems.setter());
        Callback::from(move |event: Event| {
            let Some(file) = file_of(&event) else { return };
            let (draft, edit, problems) = (draft.clone(), edit.clone(), problems.clone());
            spawn(async move {
                let text = if file.size() > limit::CAPTION_FILE_BYTES as f64 {
                    None
                } else {
                    JsFuture::from(file.text()).await.ok()
                };
                let read = caption::parse(&text.and_then(|text| text.as_string()).unwrap_or_default());
                problems.set(read.problems);
                if !read.cues.is_empty() {
                    edit.emit(Edit::Captions(with_cues(&draft, read.cues)));
                }
            });
        })
    };
    let add = {
        let (change, player, duration) = (change.clone(), props.player.clone(), props.draft.duration_ms);
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
    html! {
        <section class="section" aria-labelledby="captions-title">
            <div class="section__head row--wrap">
                <h2 id="captions-title">{ t("captions.title") }</h2>
                <span class="xs faint">{ plural("captions.count", cues.len() as u64) }</span>
            </div>
            <p class="sm muted">{ t("captions.text") }</p>
            <div class="row row--wrap g2" id="part-captions" tabindex="-1">
                <label class="btn filebtn">{ icon(UPLOAD) }{ t("captions.read_file") }<input class="vh" type="file" accept=".vtt,.srt,text/vtt" onchange={on_file} /></label>
                <button type="button" class="btn btn--soft" onclick={add}>{ icon(PLUS) }{ t("captions.add") }</button>
            </div>
            if !problems.is_empty() {
                <ul class="banner banner--review stack g1" role="status">
                    { for problems.iter().take(8).map(|problem| html! { <li>{ problem_text(problem) }</li> }) }
                    if problems.len() > 8 { <li>{ plural("captions.more_problems", problems.len() as u64 - 8) }</li> }
                </ul>
            }
            if props.problem {
                <p class="field__error" role="status">{ icon_sm(CIRCLE_ALERT) }{ t("captions.unfinished") }</p>
            }
            <ol class="cues">
                { for cues.iter().enumerate().map(|(place, cue)| html! {
                    <CueRow key={place} {place} cue={cue.clone()} last={place + 1 == cues.len()} change={change.clone()} player={props.player.clone()} lang={props.draft.language.clone()} />
                }) }
            </ol>
            if cues.len() > 1 { <p class="xs faint">{ t("captions.keys") }</p> }
        </section>
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
                <button type="button" class="btn btn--icon btn--quiet" aria-label={label("captions.merge")} disabled={props.last} onclick={act(cues::merge)}>{ icon(if props.last { CHEVRON_DOWN } else { MERGE }) }</button>
                <button type="button" class="btn btn--icon btn--quiet" aria-label={label("captions.delete")} onclick={act(cues::delete)}>{ icon(TRASH_2) }</button>
            </div>
        </li>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_languages_stay_when_the_first_track_changes() {
        let cue = Cue { start_ms: 0, end_ms: 1, text: "a".into() };
        let track = |language: &str| CaptionTrack { language: language.into(), cues: vec![cue.clone()] };
        let text = include_str!("../../../tests/draft.json");
        let mut draft: DraftView = crate::wire::read(text).unwrap();
        draft.captions = vec![track("en"), track("it")];
        let tracks = with_cues(&draft, vec![]);
        assert_eq!(tracks, [track("it")]);
        draft.captions = vec![];
        assert_eq!(with_cues(&draft, vec![cue.clone()]), [track("en")]);
        assert_eq!(with_cues(&draft, vec![]), []);
    }
}
