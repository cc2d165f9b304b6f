//! The end of a round, or of the day's goal: what was done, what comes back, and stopping as the main way on.

use super::round::Round;
use crate::frame::link;
use crate::i18n::{digits, plural, t, t_with};
use crate::route::Route;
use crate::ui::icon::{REPEAT_2, icon};
use web_sys::HtmlElement;
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct StopProps {
    pub round: Round,
    /// Something of the round is left.
    pub is_offer: bool,
    /// Reviews that tomorrow brings.
    pub tomorrow: u32,
    pub on_stop: Callback<()>,
    pub on_more: Callback<()>,
}

#[component]
pub fn Stop(props: &StopProps) -> Html {
    let StopProps { round, is_offer, tomorrow, .. } = props;
    let head = use_node_ref();
    // Who listens hears of the end; who uses keys is at it.
    use_effect_with(head.clone(), |head| {
        if let Some(head) = head.cast::<HtmlElement>() {
            let _ = head.focus();
        }
    });
    let stop = props.on_stop.reform(|_: MouseEvent| ());
    let more = props.on_more.reform(|_: MouseEvent| ());
    html! {
        <section class="rest" aria-labelledby="rest-title">
            <img class="rest__art" src="/art/ill-done.svg" alt="" width="240" height="160" />
            <div class="stack g2">
                <h2 id="rest-title" ref={head} tabindex="-1">{ t(if *is_offer { "review.goal_title" } else { "review.over_title" }) }</h2>
                <p class="muted">{ t("review.goal_text") }</p>
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
                if *is_offer {
                    <button type="button" class="btn btn--quiet btn--block" onclick={more}>{ t("review.five_more") }</button>
                } else {
                    { link("btn btn--quiet btn--block", Route::Feed, html! { t("ui.go_to_feed") }) }
                }
            </div>
        </section>
    }
}
