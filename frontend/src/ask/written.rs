//! What is written: a number with its unit, some letters, an open answer.

use super::component::At;
use super::draft::words;
use crate::i18n::{digits, plural, t, t_with};
use crate::ui::field::value_of;
use minnow_shared::limit;
use yew::prelude::*;

pub fn typed(at: &At<'_>) -> Html {
    html! {
        <label class="field">
            <span class="field__label">{ t("question.your_answer_field") }</span>
            { line(at, "text") }
        </label>
    }
}

fn line(at: &At<'_>, keyboard: &'static str) -> Html {
    html! {
        <input class="input" type="text" dir="auto" autocomplete="off" autocapitalize="off" spellcheck="false" enterkeyhint="done"
            inputmode={keyboard} maxlength={limit::TYPED_ANSWER.to_string()} value={at.draft.text.clone()}
            oninput={at.edit(|draft, event: InputEvent| draft.text = value_of(&event))} />
    }
}

/// A unit may be chosen, or typed after the number.
pub fn numeric(at: &At<'_>, units: &[String]) -> Html {
    html! {
        <div class="row g2 ask__number">
            <label class="field grow">
                <span class="field__label">{ t("quiz.number") }</span>
                { line(at, if units.is_empty() { "decimal" } else { "text" }) }
            </label>
            if !units.is_empty() {
                <label class="field">
                    <span class="field__label">{ t("quiz.unit") }</span>
                    <select class="input" onchange={at.edit(|draft, event: Event| draft.unit = value_of(&event))}>
                        <option value="" selected={at.draft.unit.is_empty()}>{ t("quiz.no_unit") }</option>
                        { for units.iter().map(|unit| html! {
                            <option value={unit.clone()} selected={at.draft.unit == *unit}>{ unit }</option>
                        }) }
                    </select>
                </label>
            }
        </div>
    }
}

/// Some sentences, for people to read. `most`, `least`: words; 0 is no bound.
pub fn open(at: &At<'_>, least: u16, most: u16) -> Html {
    let count = words(&at.draft.text);
    let number = |n: u16| digits(u64::from(n));
    let asked = match (least, most) {
        (0, 0) => AttrValue::default(),
        (least, 0) => t_with("quiz.words_least", &[("n", &number(least))]),
        (0, most) => t_with("quiz.words_most", &[("n", &number(most))]),
        (least, most) => t_with("quiz.words_between", &[("least", &number(least)), ("most", &number(most))]),
    };
    let is_over = most > 0 && count > usize::from(most);
    html! {
        <div class="field">
            <label class="field__label" for="ask-open">{ t("question.your_answer_field") }</label>
            <textarea class="input" id="ask-open" rows="5" dir="auto" maxlength={limit::OPEN_ANSWER.to_string()} value={at.draft.text.clone()}
                aria-describedby="ask-words" aria-invalid={is_over.then_some("true")}
                oninput={at.edit(|draft, event: InputEvent| draft.text = value_of(&event))} />
            <span class="field__hint" id="ask-words">
                { plural("quiz.words", count as u64) }
                if !asked.is_empty() { { " · " }{ asked } }
            </span>
        </div>
    }
}
