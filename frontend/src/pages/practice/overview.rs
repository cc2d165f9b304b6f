//! The end of a round: how it went, and every answer with what is right and why; those with deferred feedback are told here
//! for the first time.

use super::round::{Done, Round};
use crate::ask::told;
use crate::frame::link;
use crate::i18n::{digits, plural, t, t_with};
use crate::route::Route;
use crate::ui::icon::{CHECK, CLOCK, REPEAT_2, ROTATE_CCW, icon, icon_sm};
use minnow_shared::answer::Outcome;
use minnow_shared::question::Feedback;
use web_sys::HtmlElement;
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct OverviewProps {
    pub round: Round,
    /// Back to where the next round begins.
    pub leave: Callback<MouseEvent>,
}

#[component]
pub fn Overview(props: &OverviewProps) -> Html {
    let OverviewProps { round, leave } = props;
    let head = use_node_ref();
    // Who listens hears of the end; who uses keys is at it.
    use_effect_with(head.clone(), |head| {
        if let Some(head) = head.cast::<HtmlElement>() {
            let _ = head.focus();
        }
    });
    let graded = (round.done.len() as u64).saturating_sub(round.waiting_for_people());
    let (later, now): (Vec<&Done>, Vec<&Done>) =
        round.done.iter().partition(|done| done.asked.feedback == Feedback::Deferred);
    html! {
        <div class="stack g5">
            <section class="stack g3" aria-labelledby="round-over">
                <h2 id="round-over" tabindex="-1" ref={head}>{ t("practice.over") }</h2>
                <div class="card stats">
                    <div class="stat"><span class="stat__num">{ digits(round.right()) }</span><span class="stat__label">{ t_with("practice.right_of", &[("n", &digits(graded))]) }</span></div>
                    if round.waiting_for_people() > 0 {
                        <div class="stat"><span class="stat__num">{ digits(round.waiting_for_people()) }</span><span class="stat__label">{ plural("practice.handed_in", round.waiting_for_people()) }</span></div>
                    }
                </div>
                <p class="banner banner--review">{ icon(REPEAT_2) }<span>{ t("practice.comes_back") }</span></p>
            </section>
            if !later.is_empty() {
                <section class="stack g3" aria-labelledby="told-now">
                    <h2 id="told-now">{ t("practice.answers") }</h2>
                    { for later.iter().map(|done| one(done, true)) }
                </section>
            }
            if !now.is_empty() {
                <section class="stack g3" aria-labelledby="told-before">
                    <h2 id="told-before">{ t(if later.is_empty() { "practice.answers" } else { "practice.told_before" }) }</h2>
                    { for now.iter().map(|done| one(done, false)) }
                </section>
            }
            <div class="stack g2">
                <button type="button" class="btn btn--primary btn--lg btn--block" onclick={leave}>{ t("practice.done") }</button>
                { link("btn btn--quiet btn--block", Route::Review, html! { t("nav.review") }) }
            </div>
        </div>
    }
}

/// An answer that folds: its question in a line with what came of it, then all of it.
fn one(done: &Done, is_open: bool) -> Html {
    let (class, glyph, word) = match done.given.grade.outcome {
        Outcome::Right => ("chip chip--sm chip--right", CHECK, "question.right"),
        Outcome::Partly => ("chip chip--sm chip--review", ROTATE_CCW, "quiz.partly"),
        Outcome::NotYet => ("chip chip--sm chip--review", ROTATE_CCW, "question.not_yet"),
        Outcome::Waiting => ("chip chip--sm", CLOCK, "quiz.waiting"),
    };
    html! {
        <details class="card told" open={is_open} key={done.asked.question_id.to_string()}>
            <summary class="told__head">
                <span class="grow" dir="auto">{ done.asked.stem.reading() }</span>
                <span {class}>{ icon_sm(glyph) }{ t(word) }</span>
            </summary>
            <div class="told__body">{ told(&done.asked, &done.given) }</div>
        </details>
    }
}
