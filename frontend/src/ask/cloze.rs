//! A text with gaps, each typed, chosen from a list, or filled with a word of the bank.

use super::component::At;
use super::pairs::{bank, slot};
use super::placing::name;
use super::rich::rich_with_gaps;
use crate::i18n::{digits, t, t_with};
use crate::ui::field::value_of;
use minnow_shared::answer::Filled;
use minnow_shared::limit;
use minnow_shared::question::{Form, GapView, PartView, Text};
use std::rc::Rc;
use yew::prelude::*;

/// How wide a gap for a number is, in letters.
const NUMBER_LETTERS: u8 = 8;

pub fn cloze(at: &At<'_>, form: &Rc<Form>, body: &Text, gaps: &[GapView], words: &[PartView]) -> Html {
    let hole = |place: usize| Some(gap(at, form, place, gaps.get(place)?, words));
    let is_used = |part: &minnow_shared::ChoiceId| {
        at.draft.filled.iter().any(|gap| gap.choice_id.as_ref() == Some(part))
    };
    html! {
        <>
            if !words.is_empty() { <p class="sm muted">{ t("quiz.how_to_place") }</p> }
            <div class="ask__cloze">{ rich_with_gaps(body, at.language, &hole) }</div>
            if !words.is_empty() { { bank(at, form, words, is_used) } }
        </>
    }
}

fn gap(at: &At<'_>, form: &Rc<Form>, place: usize, gap: &GapView, words: &[PartView]) -> Html {
    let filled = at.draft.filled.get(place).cloned().unwrap_or_default();
    let label = t_with("quiz.gap", &[("n", &digits(place as u64 + 1))]);
    match gap {
        GapView::Typing { letters } => typing(at, place, *letters, "text", label, &filled),
        GapView::Number => typing(at, place, NUMBER_LETTERS, "decimal", label, &filled),
        GapView::Choosing { choices } => {
            let ids: Vec<_> = choices.iter().map(|choice| choice.id.clone()).collect();
            let onchange = at.edit(move |draft, event: Event| {
                let value = value_of(&event);
                if let Some(gap) = draft.filled.get_mut(place) {
                    gap.choice_id = ids.iter().find(|id| id.as_str() == value).cloned();
                }
            });
            html! {
                <select class="input ask__gap" dir="auto" aria-label={label} {onchange}>
                    <option value="" selected={filled.choice_id.is_none()}>{ t("quiz.gap_choose") }</option>
                    { for choices.iter().map(|choice| html! {
                        <option value={choice.id.to_string()} selected={filled.choice_id.as_ref() == Some(&choice.id)}>{ name(&choice.text) }</option>
                    }) }
                </select>
            }
        }
        GapView::Dragging => {
            let lies = words.iter().find(|word| filled.choice_id.as_ref() == Some(&word.id));
            slot(at, form, &place.to_string(), &label, lies)
        }
    }
}

fn typing(
    at: &At<'_>,
    place: usize,
    letters: u8,
    keyboard: &'static str,
    label: AttrValue,
    filled: &Filled,
) -> Html {
    let oninput = at.edit(move |draft, event: InputEvent| {
        if let Some(gap) = draft.filled.get_mut(place) {
            gap.text = value_of(&event);
        }
    });
    html! {
        <input class="input ask__gap" type="text" dir="auto" size={letters.to_string()} inputmode={keyboard} autocomplete="off"
            autocapitalize="off" spellcheck="false" maxlength={limit::TYPED_ANSWER.to_string()} aria-label={label}
            value={filled.text.clone()} {oninput} />
    }
}
