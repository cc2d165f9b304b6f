//! The text twin: made from the captions unless its author writes it. One field; a time in front of a paragraph says where
//! in the clip it belongs.

use super::cues::{read_clock, write_clock};
use super::draft::Edit;
use crate::i18n::{plural, t};
use crate::ui::field::Field;
use crate::ui::icon::{PENCIL, UNDO_2, icon_sm};
use minnow_shared::caption::Cue;
use minnow_shared::clip::TwinParagraph;
use minnow_shared::draft::DraftView;
use minnow_shared::limit;
use std::rc::Rc;
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct TwinEditorProps {
    pub draft: Rc<DraftView>,
    pub edit: Callback<Edit>,
}

/// Paragraphs as text: `0:12.00 Blue light bounces.`, an empty line between.
fn write(paragraphs: &[TwinParagraph]) -> String {
    let lines: Vec<String> =
        paragraphs.iter().map(|p| format!("{} {}", write_clock(p.at_ms), p.text)).collect();
    lines.join("\n\n")
}

/// And back. A paragraph without a time takes the one before it.
fn read(text: &str) -> Vec<TwinParagraph> {
    let mut at_ms = 0;
    text.split("\n\n")
        .map(str::trim)
        .filter(|paragraph| !paragraph.is_empty())
        .map(|paragraph| {
            let (first, rest) = paragraph.split_once(char::is_whitespace).unwrap_or((paragraph, ""));
            match read_clock(first).filter(|_| first.contains(':')) {
                Some(at) => {
                    at_ms = at;
                    TwinParagraph { at_ms, text: rest.trim().to_owned() }
                }
                None => TwinParagraph { at_ms, text: paragraph.to_owned() },
            }
        })
        .filter(|paragraph| !paragraph.text.is_empty())
        .collect()
}

/// Captions as paragraphs: one ends where a sentence does.
fn from_cues(cues: &[Cue]) -> Vec<TwinParagraph> {
    let mut paragraphs: Vec<TwinParagraph> = Vec::new();
    let mut open = false;
    for cue in cues {
        let text = cue.text.split_whitespace().collect::<Vec<_>>().join(" ");
        match paragraphs.last_mut().filter(|_| open) {
            Some(paragraph) => paragraph.text = format!("{} {text}", paragraph.text),
            None => paragraphs.push(TwinParagraph { at_ms: cue.start_ms, text: text.clone() }),
        }
        open = !text.ends_with(['.', '?', '!', '…', '؟', '。']);
    }
    paragraphs
}

#[component]
pub fn TwinEditor(props: &TwinEditorProps) -> Html {
    let draft = &props.draft;
    // What is being typed: reading it back at once would eat empty lines.
    let typed = use_state(|| write(&draft.twin));
    let own = !draft.twin.is_empty() || !typed.is_empty();
    let oninput = {
        let (typed, edit) = (typed.setter(), props.edit.clone());
        Callback::from(move |text: String| {
            edit.emit(Edit::Twin(read(&text)));
            typed.set(text);
        })
    };
    let begin = {
        let (typed, edit, cues) =
            (typed.setter(), props.edit.clone(), draft.captions.first().map(|t| t.cues.clone()));
        Callback::from(move |_: MouseEvent| {
            let paragraphs = from_cues(cues.as_deref().unwrap_or_default());
            typed.set(write(&paragraphs));
            edit.emit(Edit::Twin(paragraphs));
        })
    };
    let back = {
        let (typed, edit) = (typed.setter(), props.edit.clone());
        Callback::from(move |_: MouseEvent| {
            typed.set(String::new());
            edit.emit(Edit::Twin(Vec::new()));
        })
    };
    html! {
        <section class="section" aria-labelledby="twin-title">
            <div class="section__head"><h2 id="twin-title">{ t("twin.title") }</h2>
                if own { <span class="xs faint">{ plural("twin.paragraphs", draft.twin.len() as u64) }</span> }
            </div>
            if own {
                <Field id="part-twin" label={t("twin.label")} hint={t("twin.hint")} value={(*typed).clone()} {oninput} lines={8} max={limit::TWIN_TEXT} lang={draft.language.clone()} />
                <div><button type="button" class="btn btn--sm btn--quiet" onclick={back}>{ icon_sm(UNDO_2) }{ t("twin.from_captions") }</button></div>
            } else {
                <p class="sm muted">{ t("twin.text") }</p>
                <div><button type="button" class="btn" disabled={draft.captions.is_empty()} onclick={begin}>{ icon_sm(PENCIL) }{ t("twin.write") }</button></div>
            }
        </section>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paragraph(at_ms: u32, text: &str) -> TwinParagraph {
        TwinParagraph { at_ms, text: text.into() }
    }

    #[test]
    fn paragraphs_read_back_as_they_were_written() {
        let paragraphs = vec![paragraph(0, "One."), paragraph(12_500, "Two, at 3 pm.")];
        assert_eq!(read(&write(&paragraphs)), paragraphs);
    }

    #[test]
    fn a_paragraph_without_a_time_stays_with_the_one_before_it() {
        assert_eq!(
            read("0:05.00 a\n\n2 apples\n\n\n"),
            [paragraph(5_000, "a"), paragraph(5_000, "2 apples")]
        );
    }

    #[test]
    fn captions_become_paragraphs_at_the_ends_of_sentences() {
        let cue = |start_ms, text: &str| Cue { start_ms, end_ms: start_ms + 1, text: text.into() };
        let cues = [cue(0, "Light is"), cue(10, "white.\nIs it?"), cue(20, "No")];
        assert_eq!(from_cues(&cues), [paragraph(0, "Light is white. Is it?"), paragraph(20, "No")]);
    }
}
