//! How a question is asked, whatever its kind: when feedback comes, tries, hints, certainty, what is said beside the reason;
//! and how it looks to a learner while it is written.

use super::kinds::check;
use super::question::need;
use super::text::RichField;
use super::written::{hints_of, line_of};
use super::{Lines, Work};
use crate::api::call;
use crate::ask::{Ask, asked_of};
use crate::browser::spawn;
use crate::frame::page_loading;
use crate::hooks::use_still;
use crate::i18n::{explain, t};
use crate::ui::field::{segments, select};
use crate::ui::icon::{CIRCLE_ALERT, icon_sm};
use minnow_shared::bank::{PreviewQuestion, PreviewView};
use minnow_shared::limit;
use minnow_shared::question::{Behaviour, Credit, Feedback, Question, Text, Verdicts};
use std::rc::Rc;
use yew::prelude::*;

/// Letters rest for so long before the preview is made again, in milliseconds.
const STILL_MS: u32 = 500;
/// What each further try may take off, in per cent.
const PENALTIES: [u8; 5] = [0, 10, 25, 33, 50];

type Edit = Callback<Work<Question>>;

fn on_behaviour<T: 'static>(edit: &Edit, set: fn(&mut Behaviour, T)) -> Callback<T> {
    edit.reform(move |value: T| {
        Box::new(move |question: &mut Question| set(&mut question.behaviour, value)) as Work<Question>
    })
}

/// How it is asked.
pub fn asking(question: &Question, edit: &Edit) -> Html {
    let behaviour = &question.behaviour;
    let when = match behaviour.feedback {
        Feedback::Immediate => "immediate",
        Feedback::Deferred => "deferred",
    };
    let set_when = on_behaviour(edit, |behaviour, code: &'static str| {
        behaviour.feedback = if code == "deferred" { Feedback::Deferred } else { Feedback::Immediate };
        // Feedback at the end leaves nothing to try again with.
        if code == "deferred" {
            behaviour.tries = 1;
        }
    });
    let whens =
        [("immediate", html! { t("bank.feedback_now") }), ("deferred", html! { t("bank.feedback_later") })];
    let is_deferred = behaviour.feedback == Feedback::Deferred;
    let certainty = on_behaviour(edit, |behaviour, on: bool| behaviour.certainty = on);
    html! {
        <fieldset class="stack g4">
            <legend class="field__label">{ t("bank.how_asked") }</legend>
            { segments(t("bank.feedback_when"), "feedback", when, &whens, &set_when) }
            <p class="sm muted">{ t(if is_deferred { "bank.feedback_later_text" } else { "bank.feedback_now_text" }) }</p>
            if !is_deferred { { tries(behaviour, edit) } }
            { check("bank.certainty", behaviour.certainty, certainty) }
        </fieldset>
    }
}

fn tries(behaviour: &Behaviour, edit: &Edit) -> Html {
    let counts: Vec<String> = (1..=limit::TRIES).map(|count| count.to_string()).collect();
    let counts: Vec<(&str, AttrValue)> =
        counts.iter().map(|count| (count.as_str(), count.clone().into())).collect();
    let set = on_behaviour(edit, |behaviour, count: String| behaviour.tries = count.parse().unwrap_or(1));
    let set_hints =
        on_behaviour(edit, |behaviour, lines: String| behaviour.hints = hints_of(&lines, behaviour));
    let set_penalty = on_behaviour(edit, |behaviour, percent: String| {
        behaviour.penalty = Credit(percent.parse::<i32>().unwrap_or(0) * (Credit::FULL.0 / 100));
    });
    let penalty = behaviour.penalty.0 / (Credit::FULL.0 / 100);
    let mut penalties: Vec<i32> = PENALTIES.iter().map(|percent| i32::from(*percent)).collect();
    if !penalties.contains(&penalty) {
        penalties.push(penalty);
    }
    let penalties: Vec<(String, AttrValue)> = penalties
        .iter()
        .map(|percent| (percent.to_string(), crate::i18n::percent(f64::from(*percent) / 100.0).into()))
        .collect();
    let penalties: Vec<(&str, AttrValue)> =
        penalties.iter().map(|(code, name)| (code.as_str(), name.clone())).collect();
    let hints = behaviour.hints.iter().map(line_of).collect::<Vec<_>>().join("\n");
    html! {
        <>
            { select("bank-tries", t("bank.tries"), &behaviour.tries.to_string(), &counts, set) }
            if behaviour.tries > 1 {
                { select("bank-penalty", t("bank.penalty"), &penalty.to_string(), &penalties, set_penalty) }
                <Lines id="bank-hints" label={t("bank.hints")} hint={t("bank.hints_hint")} value={hints} set={set_hints} />
            }
        </>
    }
}

/// What is said to every answer, by how right it is.
pub fn verdicts(question: &Question, edit: &Edit) -> Html {
    let field = |id: &'static str, label: &'static str, text: &Text, set: fn(&mut Verdicts, Text)| {
        let set = edit.reform(move |text: Text| {
            Box::new(move |question: &mut Question| set(&mut question.verdicts, text)) as Work<Question>
        });
        html! { <RichField {id} label={t(label)} text={text.clone()} {set} lines=2 /> }
    };
    let said = &question.verdicts;
    html! {
        <>
            { field("verdict-right", "bank.said_right", &said.right, |said, text| said.right = text) }
            { field("verdict-partly", "bank.said_partly", &said.partly, |said, text| said.partly = text) }
            { field("verdict-wrong", "bank.said_wrong", &said.wrong, |said, text| said.wrong = text) }
        </>
    }
}

#[derive(Properties, PartialEq)]
pub struct LiveProps {
    pub question: Question,
}

/// The question as a learner is asked it, to be tried; made again when letters rest. Nothing is kept.
#[component]
pub fn Live(props: &LiveProps) -> Html {
    let looked = use_state_eq(|| None::<Result<Rc<PreviewView>, AttrValue>>);
    // Counted, so that a late answer does not take the place of a newer one.
    let round = use_mut_ref(|| 0u32);
    let still = use_still(props.question.clone(), STILL_MS);
    use_effect_with(still, {
        let (looked, round) = (looked.clone(), round.clone());
        move |question| {
            let question = question.clone();
            let this = *round.borrow() + 1;
            *round.borrow_mut() = this;
            spawn(async move {
                let answer = call(&PreviewQuestion { question }).await;
                if *round.borrow() == this {
                    looked.set(Some(answer.map(Rc::new).map_err(|error| explain(&error))));
                }
            });
        }
    });
    match &*looked {
        None => page_loading(),
        Some(Err(why)) => html! { <p class="banner banner--danger" role="alert">{ why.clone() }</p> },
        Some(Ok(view)) if view.problem.is_some() => {
            let field = view.problem.as_ref().map_or("", |problem| problem.field.as_str());
            html! { <p class="banner banner--sun" role="status">{ icon_sm(CIRCLE_ALERT) }<span>{ t(need(field)) }</span></p> }
        }
        Some(Ok(view)) => html! { <Preview view={view.clone()} /> },
    }
}

#[derive(Properties, PartialEq)]
struct PreviewProps {
    view: Rc<PreviewView>,
}

/// Asked anew only when it changed, so that a try survives a redraw.
#[component]
fn Preview(props: &PreviewProps) -> Html {
    let view = &props.view;
    let both = use_memo(view.clone(), |view| {
        (Rc::new(asked_of(&view.question, view.form.clone())), Rc::new(view.question.clone()))
    });
    let (asked, question) = (both.0.clone(), both.1.clone());
    html! {
        <section class="card" aria-label={t("ask.preview")}>
            <Ask {asked} preview={Some(question)} />
        </section>
    }
}
