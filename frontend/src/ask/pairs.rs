//! Matching and categorising: parts lie in a bank and are put to a left side or into a category.

use super::component::At;
use super::draft::Held;
use super::placing::{name, put, take, tap};
use super::rich::rich_in_control;
use crate::i18n::{t, t_with};
use minnow_shared::ChoiceId;
use minnow_shared::question::{Form, PartView};
use std::rc::Rc;
use yew::prelude::*;

pub fn matching(at: &At<'_>, form: &Rc<Form>, left: &[PartView], right: &[PartView]) -> Html {
    let lies_at = |left: &PartView| {
        let pair = at.draft.pairs.iter().find(|pair| pair.left_id == left.id)?;
        right.iter().find(|part| part.id == pair.right_id)
    };
    html! {
        <>
            <p class="sm muted">{ t("quiz.how_to_place") }</p>
            <ul class="ask__rows">
                { for left.iter().map(|left| html! {
                    <li class="ask__pair" key={left.id.as_str()}>
                        { rich_in_control(&left.text, at.language) }
                        { slot(at, form, left.id.as_str(), &name(&left.text), lies_at(left)) }
                    </li>
                }) }
            </ul>
            { bank(at, form, right, |part| at.draft.pairs.iter().any(|pair| pair.right_id == *part)) }
        </>
    }
}

pub fn categorising(at: &At<'_>, form: &Rc<Form>, categories: &[PartView], items: &[PartView]) -> Html {
    html! {
        <>
            <p class="sm muted">{ t("quiz.how_to_place") }</p>
            { bank(at, form, items, |item| at.draft.pairs.iter().any(|pair| pair.left_id == *item)) }
            <div class="ask__bins">
                { for categories.iter().map(|category| html! {
                    <div class="ask__bin" key={category.id.as_str()} data-spot={category.id.to_string()} role="group" aria-label={name(&category.text)}>
                        { target(at, form, category) }
                        { for items.iter().filter(|item| is_in(at, item, category)).map(|item| chip(at, form, item, Some(category.id.as_str()), false)) }
                    </div>
                }) }
            </div>
        </>
    }
}

fn is_in(at: &At<'_>, item: &PartView, category: &PartView) -> bool {
    at.draft.pairs.iter().any(|pair| pair.left_id == item.id && pair.right_id == category.id)
}

/// The name of a category, which takes what is in hand.
fn target(at: &At<'_>, form: &Rc<Form>, category: &PartView) -> Html {
    let (form, id) = (form.clone(), category.id.to_string());
    let onclick = at.edit(move |draft, _: MouseEvent| tap(draft, &form, &id, None));
    html! { <button class="ask__bin-name" {onclick}>{ rich_in_control(&category.text, at.language) }</button> }
}

/// A place for one part: what lies there, or nothing yet.
pub fn slot(at: &At<'_>, form: &Rc<Form>, spot: &str, place: &str, lies: Option<&PartView>) -> Html {
    let part = lies.map(|part| part.id.clone());
    let (form, own) = (form.clone(), spot.to_owned());
    let onclick = at.edit(move |draft, _: MouseEvent| tap(draft, &form, &own, part.as_ref()));
    let label = match lies {
        Some(part) => t_with("quiz.place_filled", &[("place", place), ("part", &name(&part.text))]),
        None => t_with("quiz.place_empty", &[("place", place)]),
    };
    let held = at.draft.held.as_ref();
    let is_held = held.is_some_and(|held| held.from.as_deref() == Some(spot));
    let class = classes!(
        "ask__slot",
        lies.is_none().then_some("ask__slot--empty"),
        held.is_some().then_some("ask__slot--open")
    );
    html! {
        <button {class} data-spot={spot.to_owned()} data-part={lies.map(|part| part.id.to_string())} data-from={lies.map(|_| spot.to_owned())}
            aria-label={label} aria-pressed={is_held.to_string()} {onclick}>
            if let Some(part) = lies { { rich_in_control(&part.text, at.language) } }
        </button>
    }
}

/// The parts to be placed. They stay here, marked when they are in use: one may be needed twice.
pub fn bank(at: &At<'_>, form: &Rc<Form>, parts: &[PartView], is_used: impl Fn(&ChoiceId) -> bool) -> Html {
    let comes_from_a_spot = at.draft.held.as_ref().is_some_and(|held| held.from.is_some());
    let back = {
        let form = form.clone();
        at.edit(move |draft, _: MouseEvent| {
            if let Some(held) = draft.held.take() {
                put(draft, &form, &held, "");
            }
        })
    };
    html! {
        <div class="ask__bank" data-spot="" role="group" aria-label={t("quiz.parts")}>
            { for parts.iter().map(|part| chip(at, form, part, None, is_used(&part.id))) }
            if comes_from_a_spot {
                <button class="btn btn--quiet btn--sm" onclick={back}>{ t("quiz.take_back") }</button>
            }
        </div>
    }
}

fn chip(at: &At<'_>, form: &Rc<Form>, part: &PartView, from: Option<&str>, is_used: bool) -> Html {
    let held = Held { part: part.id.clone(), from: from.map(str::to_owned) };
    let is_held = at.draft.held.as_ref() == Some(&held);
    let form = form.clone();
    let onclick = at.edit(move |draft, _: MouseEvent| take(draft, &form, held.clone()));
    let class = classes!("ask__chip", is_used.then_some("ask__chip--used"));
    html! {
        <button key={part.id.as_str()} {class} data-part={part.id.to_string()} data-from={from.map(str::to_owned)}
            aria-pressed={is_held.to_string()} {onclick}>
            { rich_in_control(&part.text, at.language) }
        </button>
    }
}
