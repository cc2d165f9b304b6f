//! What came of an answer: right, partly right ("2 of 3 right"), not yet, or waiting for people; each part with the
//! learner's own and the right one beside it, and why it is right.

use super::after_parts;
use super::draft::letter;
use super::rich::{rich, rich_in_control};
use crate::i18n::{digits, percent, t, t_with};
use crate::question::comes_back;
use crate::ui::icon::{CHECK, CLOCK, ROTATE_CCW, icon_lg, icon_sm};
use minnow_shared::ChoiceId;
use minnow_shared::answer::{AskedView, GivenView, Outcome, Response};
use minnow_shared::grading::PartGrade;
use minnow_shared::question::{Credit, Form, PartView, Text};
use yew::prelude::*;

/// `title`: takes the focus.
pub fn after(form: &Form, given: &GivenView, language: &AttrValue, title: NodeRef) -> Html {
    let is_right = given.grade.outcome == Outcome::Right;
    let remark = match form {
        // Said beside the choice.
        Form::Choices { .. } => &Text::Plain(String::new()),
        _ => &given.grade.remark,
    };
    html! {
        <div class="quiz">
            { verdict(form, given, title) }
            { parts(form, given, language) }
            <div class={if is_right { "why stack g2" } else { "why why--later stack g2" }}>
                { for [remark, &given.verdict, &given.reason].into_iter().filter(|text| !text.is_empty()).map(|text| rich(text, language)) }
            </div>
        </div>
    }
}

/// A question that was answered, told once more: what was asked, what came of it and why.
pub fn told(asked: &AskedView, given: &GivenView) -> Html {
    let language = AttrValue::default();
    html! {
        <div class="ask stack g3">
            <div class="quiz__q">{ rich(&asked.stem, &language) }</div>
            { after(&asked.form, given, &language, NodeRef::default()) }
        </div>
    }
}

fn verdict(form: &Form, given: &GivenView, title: NodeRef) -> Html {
    let (class, glyph, word) = match given.grade.outcome {
        Outcome::Right => ("verdict verdict--right", CHECK, t("question.right")),
        Outcome::Partly => ("verdict verdict--later", ROTATE_CCW, partly(form, given)),
        Outcome::NotYet => ("verdict verdict--later", ROTATE_CCW, t("question.not_yet")),
        Outcome::Waiting => ("verdict verdict--right", CLOCK, t("quiz.waiting")),
    };
    let line = match (given.grade.outcome, given.first_try_share) {
        (Outcome::Right, Some(share)) => t_with("question.share_right", &[("share", &percent(share))]),
        (Outcome::Right, None) => AttrValue::default(),
        (Outcome::Waiting, _) => t("quiz.waiting_text"),
        (Outcome::Partly | Outcome::NotYet, _) => t("question.nothing_lost"),
    };
    html! {
        <div {class} role="status">
            <span class="verdict__disc">{ icon_lg(glyph) }</span>
            <div class="grow">
                <h2 class="verdict__title" tabindex="-1" ref={title}>{ word }</h2>
                <p class="sm muted">{ line }</p>
                { comes_back(given.due_ms) }
            </div>
        </div>
    }
}

/// "2 of 3 right", where there are parts to count; else the share.
fn partly(form: &Form, given: &GivenView) -> AttrValue {
    match counted(form, given) {
        Some((right, all)) => {
            let number = |n: usize| digits(n as u64);
            t_with("quiz.of_right", &[("right", &number(right)), ("all", &number(all))])
        }
        None => t_with("quiz.share_of_right", &[("share", &percent(given.grade.credit.share()))]),
    }
}

/// How many parts are right, and how many there are; `None` where parts say little.
fn counted(form: &Form, given: &GivenView) -> Option<(usize, usize)> {
    let right = given.grade.parts.iter().filter(|part| part.credit >= Credit::FULL).count();
    let all = match (form, &given.solution) {
        (Form::Choices { .. }, Some(Response::Choices { choice_ids })) => {
            let taken_right = taken(&given.response).iter().filter(|id| choice_ids.contains(id)).count();
            return Some((taken_right, choice_ids.len()));
        }
        (Form::Matching { left, .. }, _) => left.len(),
        (Form::Categorising { items, .. }, _) => items.len(),
        (Form::Cloze { gaps, .. }, _) => gaps.len(),
        (Form::Hotspot { places, .. }, _) => usize::from(*places),
        (Form::Ordering { items }, _) => items.len(),
        _ => return None,
    };
    (right > 0 && right <= all).then_some((right, all))
}

fn taken(response: &Response) -> &[ChoiceId] {
    match response {
        Response::Choice { choice_id } => std::slice::from_ref(choice_id),
        Response::Choices { choice_ids } => choice_ids,
        _ => &[],
    }
}

/// How a part is marked.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Mark {
    Right { own: bool },
    Later,
    Other,
}

fn parts(form: &Form, given: &GivenView, language: &AttrValue) -> Html {
    let inside: Html = match form {
        Form::Choices { choices, .. } => choices_after(choices, given, language),
        Form::TrueFalse => true_false_after(given),
        Form::Numeric { .. } | Form::Typed => written_after(given),
        Form::Open { .. } => return open_after(given),
        Form::Cloze { body, gaps, bank } => return after_parts::cloze(body, gaps, bank, given, language),
        Form::Hotspot { picture, .. } => return after_parts::hotspot(picture, given, language),
        Form::FlashCard { back } => {
            return html! { <div class="card card--sunk">{ rich(back, language) }</div> };
        }
        Form::Matching { left, right } => after_parts::pairs(left, right, given, language),
        Form::Categorising { categories, items } => after_parts::pairs(items, categories, given, language),
        Form::Ordering { items } => after_parts::ordering(items, given, language),
        Form::Unknown => return html! {},
    };
    html! { <div class="quiz__opts" role="list" aria-label={t("question.answers")}>{ inside }</div> }
}

/// A line: its mark, its words, whose it is, and what the author says to it.
pub fn row(mark: Mark, place: Option<usize>, words: Html, remark: Option<Html>) -> Html {
    let (class, key, note) = match mark {
        Mark::Right { own: true } => ("opt opt--right", icon_sm(CHECK), Some(t("question.your_answer"))),
        Mark::Right { own: false } => ("opt opt--right", icon_sm(CHECK), Some(t("question.answer"))),
        Mark::Later => ("opt opt--later", icon_sm(ROTATE_CCW), Some(t("question.your_answer"))),
        Mark::Other => {
            ("opt opt--dim", place.map_or_else(Html::default, |place| html! { letter(place) }), None)
        }
    };
    html! {
        <div {class} role="listitem">
            <span class="opt__key" aria-hidden="true">{ key }</span>
            <div class="stack g1 grow">{ words }{ remark.unwrap_or_default() }</div>
            if let Some(note) = note { <span class="opt__note">{ note }</span> }
        </div>
    }
}

fn choices_after(choices: &[PartView], given: &GivenView, language: &AttrValue) -> Html {
    let right = given.solution.as_ref().map(taken).unwrap_or_default();
    let own = taken(&given.response);
    let line = |(place, choice): (usize, &PartView)| {
        let graded = given.grade.parts.iter().find(|part| part.id.as_ref() == Some(&choice.id));
        let mark = mark_of(&choice.id, own, right, graded);
        let remark = graded.filter(|part| !part.remark.is_empty());
        row(
            mark,
            Some(place),
            rich_in_control(&choice.text, language),
            remark.map(|part| rich(&part.remark, language)),
        )
    };
    choices.iter().enumerate().map(line).collect()
}

fn mark_of(id: &ChoiceId, own: &[ChoiceId], right: &[ChoiceId], graded: Option<&PartGrade>) -> Mark {
    let is_own = own.contains(id);
    // Several choices may be right where one is asked for: the grade knows of the one taken.
    let is_right = right.contains(id) || graded.is_some_and(|part| part.credit >= Credit::FULL);
    match (is_right, is_own) {
        (true, own) => Mark::Right { own },
        (false, true) => Mark::Later,
        (false, false) => Mark::Other,
    }
}

fn true_false_after(given: &GivenView) -> Html {
    let says = |response: Option<&Response>| match response {
        Some(Response::TrueFalse { is_true }) => Some(*is_true),
        _ => None,
    };
    let (own, right) = (says(Some(&given.response)), says(given.solution.as_ref()));
    let line = |is_true: bool, key: &'static str| {
        let mark = match (right == Some(is_true), own == Some(is_true)) {
            (true, own) => Mark::Right { own },
            (false, true) => Mark::Later,
            (false, false) => Mark::Other,
        };
        row(mark, None, html! { <span>{ t(key) }</span> }, None)
    };
    html! { <>{ line(true, "quiz.true") }{ line(false, "quiz.false") }</> }
}

fn written_after(given: &GivenView) -> Html {
    let own = match &given.response {
        Response::Number { text } | Response::Typed { text } => text.as_str(),
        _ => "",
    };
    let words = |text: &str| html! { <span dir="auto">{ text.to_owned() }</span> };
    let is_right = given.grade.outcome == Outcome::Right;
    html! {
        <>
            if !own.is_empty() {
                { row(if is_right { Mark::Right { own: true } } else { Mark::Later }, None, words(own), None) }
            }
            if !given.solution_text.is_empty() && given.solution_text != own {
                { row(Mark::Right { own: false }, None, words(&given.solution_text), None) }
            }
        </>
    }
}

/// What was written, and an answer as it might be.
fn open_after(given: &GivenView) -> Html {
    let Response::Open { text } = &given.response else { return sample(given) };
    html! {
        <>
            <h3 class="sm muted">{ t("question.your_answer") }</h3>
            <p class="rich" dir="auto">{ text }</p>
            { sample(given) }
        </>
    }
}

fn sample(given: &GivenView) -> Html {
    if given.solution_text.is_empty() {
        return html! {};
    }
    html! {
        <>
            <h3 class="sm muted">{ t("quiz.sample") }</h3>
            <p class="rich" dir="auto">{ &given.solution_text }</p>
        </>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: u8) -> ChoiceId {
        ChoiceId::new(0, [n; 10])
    }

    #[test]
    fn choices_are_marked_as_right_own_or_neither() {
        let marks = [1, 2, 3, 4].map(|n| mark_of(&id(n), &[id(1), id(2)], &[id(1), id(3)], None));
        assert_eq!(marks, [Mark::Right { own: true }, Mark::Later, Mark::Right { own: false }, Mark::Other]);
    }

    #[test]
    fn another_right_choice_than_the_one_shown_is_right() {
        let graded = PartGrade { id: Some(id(2)), credit: Credit::FULL, remark: Text::default() };
        assert_eq!(mark_of(&id(2), &[id(2)], &[id(1)], Some(&graded)), Mark::Right { own: true });
    }
}
