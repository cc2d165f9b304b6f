//! What comes back: how much is due, a round of questions, when to stop, and what the days ahead bring.

mod asking;
mod forecast;
mod round;
mod stop;

use crate::api::{ApiError, call};
use crate::browser;
use crate::frame::{Page, link, page_loading};
use crate::hooks::{Loaded, use_call};
use crate::i18n::{near_day, plural, t, t_with};
use crate::route::Route;
use crate::state::{packs, session, settings::use_settings};
use crate::ui::empty::{Art, Failure, empty};
use crate::ui::icon::{PLAY, WIFI_OFF, icon};
use forecast::Forecast;
use minnow_shared::review::{ForecastView, GetForecast, ListReviews, ReviewListView, ReviewView};
use round::{PART, minutes_of};
use std::rc::Rc;
use yew::prelude::*;

/// From so many on a few can be done first.
const MANY: u64 = 12;

/// What the page shows.
#[derive(Clone, PartialEq)]
enum Mode {
    Overview,
    /// A round of these; `practice`: of what was not right, due or not.
    Round {
        reviews: Vec<ReviewView>,
        /// After a break: what can wait.
        later: Vec<ReviewView>,
        practice: bool,
    },
}

#[component]
pub fn ReviewPage() -> Html {
    let session = session::use_session();
    let mode = use_state(|| Mode::Overview);
    let offset = browser::utc_offset_minutes();
    let list = session.person().map(|_| ListReviews { utc_offset_minutes: offset, only_wrong: false });
    let ahead = session.person().map(|_| GetForecast { utc_offset_minutes: offset });
    let (list, again) = use_call(list);
    let (ahead, ahead_again) = use_call(ahead);
    let settings = use_settings();
    // Without the server: what packs hold.
    let is_away = session.unreachable || matches!(list, Loaded::Failed(ApiError::Network));
    let (kept, kept_again) = use_kept(is_away);
    let enter = use_callback(mode.setter(), |next: Mode, mode| mode.set(next));
    let leave = use_callback(
        (mode.setter(), again.clone(), ahead_again.clone(), kept_again),
        |(), (mode, again, ahead_again, kept_again)| {
            mode.set(Mode::Overview);
            again.emit(());
            ahead_again.emit(());
            kept_again.emit(());
        },
    );
    let forecast = ahead.here().cloned().or_else(|| kept.as_ref().map(|kept| Rc::new(kept.1.clone())));
    if let Mode::Round { reviews, later, practice } = &*mode {
        let tomorrow = forecast.as_ref().and_then(|view| view.days.get(1).copied()).unwrap_or(0);
        let goal = settings.daily_goal_minutes;
        return html! {
            <asking::Asking reviews={reviews.clone()} later={later.clone()} practice={*practice} {goal} {tomorrow} {enter} {leave} />
        };
    }
    let inside = match (session.person().is_some(), &list) {
        (_, Loaded::Loading | Loaded::Failed(_)) if is_away && kept.is_some() => {
            let view = kept.as_ref().map(|kept| kept.0.clone());
            html! {
                <>
                    <p class="banner">{ icon(WIFI_OFF) }<span>{ t("packs.reviews_here") }</span></p>
                    if let Some(view) = view { <Due {view} ahead={forecast.as_deref().cloned()} enter={enter.clone()} /> }
                    if let Some(ahead) = &forecast {
                        if ahead.days.iter().any(|count| *count > 0) {
                            <Forecast days={ahead.days.clone()} />
                        }
                    }
                </>
            }
        }
        (false, _) if !session.is_known() && session.unreachable => {
            html! { <Failure error={ApiError::Network} again={Callback::from(|()| browser::spawn(session::load()))} /> }
        }
        (false, _) if !session.is_known() => page_loading(),
        (false, _) => nothing_learned(),
        (true, Loaded::Loading) => page_loading(),
        (true, Loaded::Failed(error)) => html! { <Failure error={error.clone()} {again} /> },
        (true, Loaded::Here(view)) => html! {
            <>
                <Due view={(**view).clone()} ahead={forecast.as_deref().cloned()} enter={enter.clone()} />
                if let Some(ahead) = &forecast {
                    if ahead.days.iter().any(|count| *count > 0) {
                        <Forecast days={ahead.days.clone()} />
                    }
                }
                if let Loaded::Failed(error) = &ahead {
                    <Failure error={error.clone()} again={ahead_again} />
                }
            </>
        },
    };
    html! { <Page title={t("nav.review")}>{ inside }</Page> }
}

type Kept = (ReviewListView, ForecastView);

/// What is due of the questions on this device, where the server cannot be asked.
#[hook]
fn use_kept(is_away: bool) -> (Option<Kept>, Callback<()>) {
    let kept = use_state_eq(|| None::<Kept>);
    let setter = kept.setter();
    let read = use_callback(setter, |(), setter| {
        let setter = setter.clone();
        browser::spawn(async move { setter.set(packs::reviews(false).await) });
    });
    use_effect_with(is_away, {
        let read = read.clone();
        move |is_away| {
            if *is_away {
                read.emit(());
            }
        }
    });
    ((*kept).clone(), read)
}

fn nothing_learned() -> Html {
    let act = link("btn btn--primary", Route::Feed, html! { t("ui.go_to_feed") });
    empty(Art::Empty, t("review.none"), t("review.none_text"), act)
}

#[derive(Properties, PartialEq)]
struct DueProps {
    view: ReviewListView,
    ahead: Option<ForecastView>,
    enter: Callback<Mode>,
}

/// What is due now, in one number, and the way in.
#[component]
fn Due(props: &DueProps) -> Html {
    let DueProps { view, ahead, enter } = props;
    let count = view.reviews.len() as u64;
    if count == 0 {
        return html! { <>{ at_rest(view, ahead.as_ref()) }<Practice enter={enter.clone()} /></> };
    }
    let rest = u64::from(view.due).saturating_sub(count);
    let start = |most: usize| {
        let reviews: Vec<_> = view.reviews.iter().take(most).cloned().collect();
        let later: Vec<_> = view.reviews.iter().skip(most).cloned().collect();
        enter.reform(move |_: MouseEvent| Mode::Round {
            reviews: reviews.clone(),
            later: later.clone(),
            practice: false,
        })
    };
    html! {
        <>
            <section class="card stack g4" aria-labelledby="due">
                <div class="me-tile me-tile--review">
                    <h2 id="due" class="stack g1">
                        <span class="me-tile__num">{ count.to_string() }</span>
                        <span class="sm">{ plural("review.to_recall", count) }</span>
                    </h2>
                    <span class="sm">{ plural("review.about_minutes", minutes_of(count)) }</span>
                </div>
                if rest > 0 {
                    <p class="sm">{ plural("review.catch_up", rest) }{ " " }{ caught_up(ahead.as_ref()) }</p>
                }
                <button type="button" class="btn btn--primary btn--lg btn--block" onclick={start(usize::MAX)}>{ icon(PLAY) }{ t("review.start") }</button>
                if count >= MANY || (rest > 0 && count > PART as u64) {
                    <button type="button" class="btn btn--quiet btn--block" onclick={start(PART)}>{ plural("review.light", PART as u64) }</button>
                }
                if view.done_today > 0 {
                    <p class="xs faint">{ plural("review.done_today", u64::from(view.done_today)) }</p>
                }
            </section>
            <Practice enter={enter.clone()} />
        </>
    }
}

/// By when everything is done at this pace; nothing where that is far away.
fn caught_up(ahead: Option<&ForecastView>) -> AttrValue {
    let days = ahead.and_then(|ahead| ahead.caught_up_in_days).filter(|days| *days > 0);
    days.map_or_else(AttrValue::default, |days| {
        let at_ms = browser::now_ms() + i64::from(days) * 86_400_000;
        t_with("review.caught_up", &[("when", &near_day(at_ms))])
    })
}

/// Nothing to do now: because the day's share is done, or because nothing is due.
fn at_rest(view: &ReviewListView, ahead: Option<&ForecastView>) -> Html {
    let act = link("btn btn--primary", Route::Feed, html! { t("ui.go_to_feed") });
    if view.due > 0 {
        let text = plural("review.cap_text", u64::from(view.due));
        return empty(Art::Done, t("review.cap_title"), text, act);
    }
    let next = ahead.and_then(|ahead| ahead.days.iter().enumerate().skip(1).find(|(_, count)| **count > 0));
    match next {
        Some((days, count)) => {
            let when = plural("review.in_days", days as u64);
            let text = t_with(
                "review.next_text",
                &[("count", &plural("review.things", u64::from(*count))), ("when", &when)],
            );
            empty(Art::Done, t("review.rest_title"), text, act)
        }
        // Nothing within the forecast; what is known well may come later still.
        None => empty(Art::Done, t("review.rest_title"), t("review.none_text"), act),
    }
}

#[derive(Properties, PartialEq)]
struct PracticeProps {
    enter: Callback<Mode>,
}

/// "Practise only what I got wrong", when there is any.
#[component]
fn Practice(props: &PracticeProps) -> Html {
    let busy = use_state_eq(|| false);
    let said = use_state_eq(|| None::<AttrValue>);
    let onclick = {
        let (busy, said, enter) = (busy.clone(), said.setter(), props.enter.clone());
        Callback::from(move |_: MouseEvent| {
            if *busy {
                return;
            }
            busy.set(true);
            said.set(None);
            let (busy, said, enter) = (busy.setter(), said.clone(), enter.clone());
            browser::spawn(async move {
                let request =
                    ListReviews { utc_offset_minutes: browser::utc_offset_minutes(), only_wrong: true };
                let mut answer = call(&request).await;
                if matches!(answer, Err(ApiError::Network))
                    && let Some((kept, _)) = packs::reviews(true).await
                {
                    answer = Ok(kept);
                }
                match answer {
                    Ok(view) if view.reviews.is_empty() => said.set(Some(t("review.no_wrong"))),
                    Ok(view) => {
                        return enter.emit(Mode::Round {
                            reviews: view.reviews,
                            later: Vec::new(),
                            practice: true,
                        });
                    }
                    Err(error) => said.set(Some(crate::i18n::explain(&error))),
                }
                busy.set(false);
            });
        })
    };
    html! {
        <section class="stack g2" aria-label={t("review.wrong")}>
            <button type="button" class="btn btn--block" aria-busy={busy.to_string()} {onclick}>{ t("review.wrong") }</button>
            <p class="sm muted" role="status">{ (*said).clone().unwrap_or_else(|| t("review.wrong_text")) }</p>
        </section>
    }
}
