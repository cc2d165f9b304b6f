//! Choices, one or several, and true or false: buttons in a column, chosen by a tap, by Tab and Enter, or by the letter or
//! number of the choice.

use super::component::At;
use super::draft::letter;
use super::rich::rich_in_control;
use crate::i18n::t;
use crate::ui::icon::{CHECK, icon_sm};
use minnow_shared::question::PartView;
use yew::prelude::*;

pub fn choices(at: &At<'_>, choices: &[PartView], multiple: bool) -> Html {
    let note = if multiple { "quiz.several" } else { "question.answers" };
    html! {
        <>
            if multiple { <p class="sm muted" id="ask-several">{ t("quiz.several") }</p> }
            <div class="quiz__opts" role="group" aria-label={t(note)}>
                { for choices.iter().enumerate().map(|(place, choice)| {
                    let is_picked = at.draft.taken.contains(&choice.id);
                    let id = choice.id.clone();
                    let key = if is_picked && multiple { icon_sm(CHECK) } else { html! { letter(place) } };
                    option(is_picked, key, rich_in_control(&choice.text, at.language),
                        at.edit(move |draft, _: MouseEvent| draft.choose(&id, multiple)))
                }) }
            </div>
        </>
    }
}

pub fn true_false(at: &At<'_>) -> Html {
    let one = |is_true: bool, key: &'static str| {
        let is_picked = at.draft.is_true == Some(is_true);
        let mark = html! { letter(usize::from(!is_true)) };
        let onclick = at.edit(move |draft, _: MouseEvent| draft.is_true = Some(is_true));
        option(is_picked, mark, html! { <span>{ t(key) }</span> }, onclick)
    };
    html! {
        <div class="quiz__opts" role="group" aria-label={t("question.answers")}>
            { one(true, "quiz.true") }
            { one(false, "quiz.false") }
        </div>
    }
}

fn option(is_picked: bool, key: Html, inside: Html, onclick: Callback<MouseEvent>) -> Html {
    html! {
        <button class={classes!("opt", is_picked.then_some("opt--picked"))} aria-pressed={is_picked.to_string()} {onclick}>
            <span class="opt__key" aria-hidden="true">{ key }</span>
            { inside }
        </button>
    }
}
