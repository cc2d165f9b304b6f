//! What came of an answer, in words: "Right" or "Not yet", the shares the server knows, the choices with theirs marked.

use super::{form::letter, sheet::check};
use crate::i18n::{near_day, percent, t, t_with};
use crate::ui::icon::{CHECK, ROTATE_CCW, icon_lg, icon_sm};
use minnow_shared::answer::{AnswerView, Outcome, Response};
use minnow_shared::question::{ChoiceView, QuestionForm, QuestionView};
use yew::prelude::*;

pub fn verdict(view: &AnswerView, title: NodeRef) -> Html {
    let (class, glyph, word) = match view.outcome {
        Outcome::Right => ("verdict verdict--right", CHECK, t("question.right")),
        Outcome::Partly => ("verdict verdict--later", ROTATE_CCW, t("question.partly")),
        _ => ("verdict verdict--later", ROTATE_CCW, t("question.not_yet")),
    };
    html! {
        <div {class} role="status" data-pull="">
            <span class="verdict__disc">{ icon_lg(glyph) }</span>
            <div class="grow">
                <h2 class="verdict__title" id="question" tabindex="-1" ref={title}>{ word }</h2>
                <p class="sm muted">{ share_line(view) }</p>
                { comes_back(view.due_ms) }
            </div>
        </div>
    }
}

/// When it comes back, where that is known.
pub fn comes_back(due_ms: Option<i64>) -> Html {
    let Some(due_ms) = due_ms else { return html! {} };
    html! { <p class="sm muted">{ t_with("question.back", &[("when", &near_day(due_ms))]) }</p> }
}

/// Only what the server knows: no share under five learners.
fn share_line(view: &AnswerView) -> AttrValue {
    match (view.outcome, view.first_try_share, view.same_choice_share) {
        (Outcome::Right, Some(share), _) => t_with("question.share_right", &[("share", &percent(share))]),
        (Outcome::Right, None, _) => AttrValue::default(),
        (Outcome::NotYet, _, Some(share)) => t_with("question.share_same", &[("share", &percent(share))]),
        (Outcome::Partly | Outcome::NotYet | Outcome::Waiting, ..) => t("question.nothing_lost"),
    }
}

/// The choices with the right one and the learner's own marked; for a typed answer, both texts.
pub fn choices_after(question: &QuestionView, view: &AnswerView, language: &AttrValue) -> Html {
    let row = |class: &'static str, key: Html, text: &str, note: Option<AttrValue>| {
        html! {
            <div class={classes!("opt", class)} role="listitem">
                <span class="opt__key" aria-hidden="true">{ key }</span>
                <span dir="auto" lang={language.clone()}>{ text }</span>
                { for note.map(|note| html! { <span class="opt__note">{ note }</span> }) }
            </div>
        }
    };
    let again = || icon_sm(ROTATE_CCW);
    let inside: Html = match &question.form {
        QuestionForm::Choices { choices } => choices
            .iter()
            .enumerate()
            .map(|(place, choice)| match mark(choice, view) {
                Mark::Right { own: true } => {
                    row("opt--right", check(), &choice.text, Some(t("question.your_answer")))
                }
                Mark::Right { own: false } => {
                    row("opt--right", check(), &choice.text, Some(t("question.answer")))
                }
                Mark::Own => row("opt--later", again(), &choice.text, Some(t("question.your_answer"))),
                Mark::Other => row("opt--dim", html! { letter(place) }, &choice.text, None),
            })
            .collect(),
        _ => {
            let own = match &view.response {
                Response::Typed { text } if view.outcome != Outcome::Right => {
                    row("opt--later", again(), text, Some(t("question.your_answer")))
                }
                _ => html! {},
            };
            html! { <>{ own }{ row("opt--right", check(), &view.right_text, Some(t("question.answer"))) }</> }
        }
    };
    html! { <div class="quiz__opts" role="list" aria-label={t("question.answers")}>{ inside }</div> }
}

#[derive(Debug, PartialEq)]
enum Mark {
    Right { own: bool },
    Own,
    Other,
}

fn mark(choice: &ChoiceView, view: &AnswerView) -> Mark {
    let is_own = matches!(&view.response, Response::Choice { choice_id } if *choice_id == choice.id);
    match (view.right_choice_id.as_ref() == Some(&choice.id), is_own) {
        (true, own) => Mark::Right { own },
        (false, true) => Mark::Own,
        (false, false) => Mark::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use minnow_shared::{AnswerId, ChoiceId, QuestionId};

    fn id(n: u8) -> ChoiceId {
        ChoiceId::new(0, [n; 10])
    }

    fn view(own: u8, right: u8) -> AnswerView {
        AnswerView {
            answer_id: AnswerId::new(1, [0; 10]),
            question_id: QuestionId::new(1, [0; 10]),
            response: Response::Choice { choice_id: id(own) },
            certainty: None,
            outcome: if own == right { Outcome::Right } else { Outcome::NotYet },
            right_choice_id: Some(id(right)),
            right_text: String::new(),
            reason: String::new(),
            choice_reason: String::new(),
            xp: 0,
            total_xp: 0,
            first_try_share: None,
            same_choice_share: None,
            answered_at_ms: 0,
            due_ms: None,
        }
    }

    #[test]
    fn the_right_choice_and_the_own_one_are_marked() {
        let marks = |own, right| {
            [1, 2, 3].map(|n| mark(&ChoiceView { id: id(n), text: String::new() }, &view(own, right)))
        };
        assert_eq!(marks(1, 2), [Mark::Own, Mark::Right { own: false }, Mark::Other]);
        assert_eq!(marks(2, 2), [Mark::Other, Mark::Right { own: true }, Mark::Other]);
    }
}
