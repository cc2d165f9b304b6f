//! The end of a round, or of the day's goal: what was done, what comes back, and stopping as the main way on.

use super::round::{Round, Turn};
use crate::frame::link;
use crate::i18n::{digits, plural, t, t_with};
use crate::route::Route;
use crate::ui::icon::{REPEAT_2, icon};
use web_sys::HtmlElement;
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct StopProps {
    pub round: Round,
    /// Why here: something of the round is left, a part of a backlog is done, or all of it.
    pub turn: Turn,
    /// Reviews that tomorrow brings.
    pub tomorrow: u32,
    pub on_stop: Callback<()>,
    pub on_more: Callback<()>,
}

#[component]
pub fn Stop(props: &StopProps) -> Html {
    let StopProps { round, turn, tomorrow, .. } = props;
    let head = use_node_ref();
    // Who listens hears of the end; who uses keys is at it.
    use_effect_with(head.clone(), |head| {
        if let Some(head) = head.cast::<HtmlElement>() {
            let _ = head.focus();
        }
    });
    let stop = props.on_stop.reform(|_: MouseEvent| ());
    let more = props.on_more.reform(|_: MouseEvent| ());
    let (title, text) = match turn {
        Turn::Part => (t("review.part_title"), plural("review.part_text", round.later())),
        Turn::Over => (t("review.over_title"), t("review.goal_text")),
        Turn::Ask(_) | Turn::Offer => (t("review.goal_title"), t("review.goal_text")),
    };
    html! {
        <section class="rest" aria-labelledby="rest-title">
            <img class="rest__art" src="/art/ill-done.svg" alt="" width="240" height="160" />
            <div class="stack g2">
                <h2 id="rest-title" ref={head} tabindex="-1">{ title }</h2>
                <p class="muted">{ text }</p>
            </div>
            <div class="card stats">
                <div class="stat"><span class="stat__num">{ digits(round.answered) }</span><span class="stat__label">{ t("review.reviewed") }</span></div>
                <div class="stat"><span class="stat__num">{ digits(round.right) }</span><span class="stat__label">{ t_with("review.recalled_of", &[("n", &digits(round.answered))]) }</span></div>
                if round.xp > 0 {
                    <div class="stat"><span class="stat__num">{ format!("+{}", digits(round.xp)) }</span><span class="stat__label">{ t("me.xp") }</span></div>
                }
            </div>
            if *tomorrow > 0 {
                <p class="banner banner--review">{ icon(REPEAT_2) }<span>{ plural("review.tomorrow", u64::from(*tomorrow)) }</span></p>
            }
            <div class="stack g2">
                <button type="button" class="btn btn--primary btn--lg btn--block" onclick={stop}>{ t("review.stop") }</button>
                if *turn == Turn::Over {
                    { link("btn btn--quiet btn--block", Route::Feed, html! { t("ui.go_to_feed") }) }
                } else {
                    <button type="button" class="btn btn--quiet btn--block" onclick={more}>
                        { if *turn == Turn::Part { plural("review.part_more", round.next_part()) } else { t("review.five_more") } }
                    </button>
                }
            </div>
        </section>
    }
}
