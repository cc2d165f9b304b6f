//! What stands where no clip does: the end of the feed, an empty one, no network, and the shore of the day.

use super::act::Act;
use super::goal::Goal;
use crate::api::ApiError;
use crate::frame::link;
use crate::i18n::{plural, t};
use crate::route::Route;
use crate::ui::button::text_button;
use crate::ui::empty::{Art, Failure, empty};
use minnow_shared::ErrorCode;
use yew::prelude::*;

/// What a feed ends in.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum End {
    /// The feed of everything.
    All,
    /// The feed of a topic.
    Topic,
}

/// After the last clip.
pub fn end(of: End, error: Option<&ApiError>, is_loading: bool, again: &Callback<()>) -> Html {
    if let Some(error) = error {
        if error.code() == Some(ErrorCode::NotFound) {
            return gone();
        }
        let kept = link("btn", Route::Saved, html! { { t("offline.saved") } });
        return html! { <Failure error={error.clone()} again={again.clone()} offline={kept} /> };
    }
    if is_loading {
        return html! { <p role="status" class="muted">{ t("feed.loading") }</p> };
    }
    if of == End::Topic {
        let acts = html! {
            <>
                { to_feed() }
                { link("btn", Route::Discover, html! { { t("feed.other_topic") } }) }
            </>
        };
        return empty(Art::Done, t("feed.topic_end"), t("feed.topic_end_text"), acts);
    }
    let acts = html! {
        <>
            { link("btn btn--primary", Route::Discover, html! { { t("feed.pick_topic") } }) }
            { link("btn", Route::Make, html! { { t("feed.make_clip") } }) }
        </>
    };
    empty(Art::Done, t("feed.end"), t("feed.end_text"), acts)
}

fn to_feed() -> Html {
    link("btn btn--primary", Route::Feed, html! { { t("ui.go_to_feed") } })
}

/// An address with nothing behind it.
pub fn gone() -> Html {
    html! { <div role="alert">{ empty(Art::Empty, t("not_found.title"), t("not_found.text"), to_feed()) }</div> }
}

/// A server without a single clip.
pub fn nothing() -> Html {
    let act = link("btn btn--primary", Route::Make, html! { { t("feed.make_clip") } });
    html! { <div role="status">{ empty(Art::Empty, t("feed.empty"), t("feed.empty_text"), act) }</div> }
}

/// The day's goal is reached: a place to stop.
pub fn shore(goal: &Goal, clips: u64, xp: u32, act: &Callback<Act>) -> Html {
    let does = |what: Act| act.reform(move |_: MouseEvent| what);
    html! {
        <div class="stop" role="dialog" aria-labelledby="stop" tabindex="-1" id="stop-card">
            <img class="stop__art" src="/art/ill-done.svg" alt="" width="240" height="160" />
            <div class="stack g2">
                <h1 id="stop">{ plural("feed.stop", u64::from(goal.goal_minutes)) }</h1>
                <p class="muted">{ t("feed.stop_text") }</p>
            </div>
            if clips > 1 || xp > 0 {
                <div class="card stats">
                    <div class="stat"><span class="stat__num">{ clips }</span><span class="stat__label">{ plural("feed.stop_clips", clips) }</span></div>
                    if xp > 0 {
                        <div class="stat">
                            <span class="stat__num"><bdi dir="ltr">{ format!("+{xp}") }</bdi></span><span class="stat__label">{ t("feed.xp") }</span>
                        </div>
                    }
                </div>
            }
            <div class="stack g2">
                { text_button("btn btn--primary btn--lg btn--block", does(Act::Stop), t("feed.stop_now")) }
                { text_button("btn btn--quiet btn--block", does(Act::FiveMore), t("feed.five_more")) }
            </div>
        </div>
    }
}
