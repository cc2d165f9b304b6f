//! What came of an answer with parts: pairs, orders, gaps, places. Each part with the learner's own, and the right one
//! beside it where the own is not.

use super::after::{Mark, row};
use super::hotspot::{Pin, drawn};
use super::placing::name;
use super::rich::{rich, rich_in_control, rich_with_gaps};
use crate::i18n::{digits, t, t_with};
use crate::ui::icon::{CHECK, ROTATE_CCW, icon_sm};
use minnow_shared::ChoiceId;
use minnow_shared::answer::{Filled, GivenView, Outcome, Pair, Response};
use minnow_shared::grading::PartGrade;
use minnow_shared::question::{Credit, GapView, PartView, Picture, Text};
use yew::prelude::*;

fn is_right(part: Option<&PartGrade>) -> bool {
    part.is_some_and(|part| part.credit >= Credit::FULL)
}

fn pairs_of(response: Option<&Response>) -> &[Pair] {
    match response {
        Some(Response::Pairs { pairs }) => pairs,
        _ => &[],
    }
}

/// Lefts with their rights, items with their categories.
pub fn pairs(lefts: &[PartView], rights: &[PartView], given: &GivenView, language: &AttrValue) -> Html {
    let named = |pairs: &[Pair], left: &ChoiceId| {
        let of_it = pairs.iter().filter(|pair| pair.left_id == *left);
        let names: Vec<&PartView> =
            of_it.filter_map(|pair| rights.iter().find(|right| right.id == pair.right_id)).collect();
        names
    };
    let list = |parts: &[&PartView]| -> Html {
        if parts.is_empty() {
            return html! { <span class="muted">{ t("quiz.nothing") }</span> };
        }
        parts.iter().map(|part| html! { <>{ rich_in_control(&part.text, language) }{ " " }</> }).collect()
    };
    let pair = |left: &PartView, parts: &[&PartView]| html! { <span>{ rich_in_control(&left.text, language) }{ " → " }{ list(parts) }</span> };
    let line = |left: &PartView| {
        let part = given.grade.parts.iter().find(|part| part.id.as_ref() == Some(&left.id));
        let own = named(pairs_of(Some(&given.response)), &left.id);
        let right = named(pairs_of(given.solution.as_ref()), &left.id);
        if own.is_empty() && !is_right(part) {
            // Nothing was put to it: the right answer alone.
            return row(Mark::Right { own: false }, None, pair(left, &right), None);
        }
        let words = pair(left, &own);
        if is_right(part) {
            return row(Mark::Right { own: true }, None, words, None);
        }
        let names: Vec<String> = right.iter().map(|part| name(&part.text)).collect();
        let names = if names.is_empty() { t("quiz.nothing").to_string() } else { names.join(", ") };
        let answer = html! { <strong dir="auto">{ t_with("quiz.right_is", &[("part", &names)]) }</strong> };
        row(Mark::Later, None, words, Some(answer))
    };
    lefts.iter().map(line).collect()
}

fn order_of(response: Option<&Response>) -> &[ChoiceId] {
    match response {
        Some(Response::Order { item_ids }) => item_ids,
        _ => &[],
    }
}

/// The learner's order, those in place marked; then the right one where it was another.
pub fn ordering(items: &[PartView], given: &GivenView, language: &AttrValue) -> Html {
    let find = |id: &ChoiceId| items.iter().find(|item| item.id == *id);
    let own = order_of(Some(&given.response)).iter().filter_map(find).map(|item| {
        let part = given.grade.parts.iter().find(|part| part.id.as_ref() == Some(&item.id));
        let mark = if is_right(part) { Mark::Right { own: true } } else { Mark::Later };
        row(mark, None, rich_in_control(&item.text, language), None)
    });
    let own: Html = own.collect();
    let right = order_of(given.solution.as_ref()).iter().filter_map(find);
    let right: Html =
        right.map(|item| html! { <li>{ rich_in_control(&item.text, language) }</li> }).collect();
    html! {
        <>
            { own }
            if given.grade.outcome != Outcome::Right {
                <div role="listitem">
                    <h3 class="sm muted">{ t("quiz.right_order") }</h3>
                    <ol class="ask__order">{ right }</ol>
                </div>
            }
        </>
    }
}

fn filled_of(response: Option<&Response>) -> &[Filled] {
    match response {
        Some(Response::Gaps { filled }) => filled,
        _ => &[],
    }
}

/// The text with what stands in its gaps, then what the author says to them.
pub fn cloze(
    body: &Text,
    gaps: &[GapView],
    bank: &[PartView],
    given: &GivenView,
    language: &AttrValue,
) -> Html {
    let words = |place: usize, filled: &[Filled]| {
        let filled = filled.get(place)?;
        let parts = match gaps.get(place)? {
            GapView::Choosing { choices } => choices.as_slice(),
            _ => bank,
        };
        let chosen = parts.iter().find(|part| filled.choice_id.as_ref() == Some(&part.id));
        Some(chosen.map_or_else(|| filled.text.clone(), |part| name(&part.text)))
            .filter(|text| !text.is_empty())
    };
    let hole = |place: usize| {
        gaps.get(place)?;
        let own = words(place, filled_of(Some(&given.response)));
        let right = words(place, filled_of(given.solution.as_ref()));
        Some(gap(own, right, is_right(given.grade.parts.get(place))))
    };
    let remarks = given.grade.parts.iter().enumerate().filter(|(_, part)| !part.remark.is_empty());
    html! {
        <>
            <div class="ask__cloze">{ rich_with_gaps(body, language, &hole) }</div>
            { for remarks.map(|(place, part)| html! {
                <div class="sm">
                    <span class="muted">{ t_with("quiz.gap", &[("n", &digits(place as u64 + 1))]) }</span>
                    { rich(&part.remark, language) }
                </div>
            }) }
        </>
    }
}

fn gap(own: Option<String>, right: Option<String>, is_right: bool) -> Html {
    let said = |class: &'static str, glyph, key: &'static str, text: String| {
        html! {
            <span {class}>{ icon_sm(glyph) }<span class="vh">{ t(key) }{ ": " }</span><span dir="auto">{ text }</span></span>
        }
    };
    html! {
        <>
            if let Some(own) = own {
                if is_right {
                    { said("ask__filled ask__filled--right", CHECK, "question.right", own) }
                } else {
                    { said("ask__filled ask__filled--later", ROTATE_CCW, "question.not_yet", own) }
                    { " " }
                }
            }
            if let Some(right) = right.filter(|_| !is_right) {
                { said("ask__filled ask__filled--right", CHECK, "question.answer", right) }
            }
        </>
    }
}

/// The picture with the learner's places and, where one is missing, right ones.
pub fn hotspot(picture: &Picture, given: &GivenView, language: &AttrValue) -> Html {
    let points_of = |response: Option<&Response>| match response {
        Some(Response::Points { points }) => points.clone(),
        _ => Vec::new(),
    };
    let own = points_of(Some(&given.response));
    let mut pins: Vec<_> = Vec::new();
    if given.grade.outcome != Outcome::Right {
        pins.extend(points_of(given.solution.as_ref()).into_iter().map(|point| (point, Pin::Right)));
    }
    pins.extend(own.iter().enumerate().map(|(place, point)| {
        (*point, if is_right(given.grade.parts.get(place)) { Pin::Right } else { Pin::Later })
    }));
    html! {
        <>
            { drawn(picture, &pins, None, None) }
            <ul class="stack g1">
                { for own.iter().enumerate().map(|(place, _)| {
                    let part = given.grade.parts.get(place);
                    let word = if is_right(part) { t("question.right") } else { t("question.not_yet") };
                    html! {
                        <li class="sm">
                            { t_with("quiz.point", &[("n", &digits(place as u64 + 1))]) }{ ": " }{ word }
                            if let Some(part) = part.filter(|part| !part.remark.is_empty()) { { rich(&part.remark, language) } }
                        </li>
                    }
                }) }
            </ul>
        </>
    }
}
