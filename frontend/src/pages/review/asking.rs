//! A round at work: one question after the other, where each was met before, and what comes after the last.

use super::Mode;
use super::round::{Item, Round, Turn};
use super::stop::Stop;
use crate::ask::{AskById, AskNews};
use crate::browser;
use crate::frame::{Page, link};
use crate::i18n::{digits, near_day, t, t_with};
use crate::route::Route;
use crate::ui::icon::{PLAY, REPEAT_2, icon_sm};
use crate::ui::meter::Meter;
use minnow_shared::answer::GivenView;
use minnow_shared::review::ReviewView;
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub(super) struct AskingProps {
    pub reviews: Vec<ReviewView>,
    /// After a break: what can wait.
    pub later: Vec<ReviewView>,
    pub practice: bool,
    /// The day's, in minutes.
    pub goal: u32,
    pub tomorrow: u32,
    pub enter: Callback<Mode>,
    pub leave: Callback<()>,
}

#[component]
pub(super) fn Asking(props: &AskingProps) -> Html {
    let round = use_mut_ref(|| Round::new(props.reviews.clone(), props.goal).with_later(props.later.clone()));
    let shown_ms = use_mut_ref(browser::now_ms);
    let update = use_force_update();
    let act = |work: fn(&mut Round)| {
        let (round, update, shown_ms) = (round.clone(), update.clone(), shown_ms.clone());
        Callback::from(move |()| {
            work(&mut round.borrow_mut());
            shown_ms.replace(browser::now_ms());
            update.force_update();
        })
    };
    let (go_on, skip, more) = (act(Round::go_on), act(Round::skip), act(Round::more));
    let heard = {
        let (round, update, shown_ms) = (round.clone(), update.clone(), shown_ms.clone());
        Callback::from(move |view: std::rc::Rc<GivenView>| {
            let now_ms = browser::now_ms();
            let took_ms = now_ms.saturating_sub(shown_ms.replace(now_ms)).max(0).unsigned_abs();
            round.borrow_mut().answer(view.grade.outcome, view.xp, took_ms);
            update.force_update();
        })
    };
    let news = {
        let go_on = go_on.clone();
        Callback::from(move |news: AskNews| match news {
            AskNews::Given(view) if view.tries_left == 0 => heard.emit(view),
            AskNews::Given(_) => {}
            AskNews::GoOn => go_on.emit(()),
        })
    };
    let now = round.borrow().clone();
    let inside = match now.turn() {
        Turn::Ask(item) => {
            let key = format!("{}{}", item.review.question_id, item.again);
            html! {
                <>
                    { progress(&now) }
                    <OneReview {key} {item} practice={props.practice} answered={now.is_answered()}
                        last={now.left() == 0} {news} on_skip={skip} />
                </>
            }
        }
        turn => html! {
            <Stop round={now.clone()} {turn} tomorrow={props.tomorrow} on_stop={props.leave.clone()} on_more={more} />
        },
    };
    let leave = props.leave.reform(|_: MouseEvent| ());
    let end =
        html! { <button type="button" class="btn btn--quiet" onclick={leave}>{ t("review.leave") }</button> };
    let title = if props.practice { t("review.practice") } else { t("nav.review") };
    html! { <Page {title} {end}>{ inside }</Page> }
}

fn progress(round: &Round) -> Html {
    let percent = (round.answered * 100).checked_div(round.total).unwrap_or(0);
    let said = t_with("review.done_of", &[("n", &digits(round.answered)), ("total", &digits(round.total))]);
    html! {
        <div class="row g3">
            <div class="grow"><Meter label={said.clone()} percent={u32::try_from(percent).unwrap_or(100)} /></div>
            <span class="xs faint num" aria-hidden="true">{ said }</span>
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct OneProps {
    item: Item,
    practice: bool,
    answered: bool,
    last: bool,
    news: Callback<AskNews>,
    on_skip: Callback<()>,
}

/// Why this question is here, the question, and after the answer the way on and back to the clip.
#[component]
fn OneReview(props: &OneProps) -> Html {
    let review = &props.item.review;
    let mark = if props.item.again {
        t("review.again")
    } else {
        t_with("question.seen", &[("when", &near_day(review.last_answer_ms))])
    };
    let mark = if props.practice && !props.item.again { t("review.practised") } else { mark };
    let skip = props.on_skip.reform(|_: MouseEvent| ());
    let go_on = t(if props.last { "review.finish" } else { "review.next" });
    html! {
        <section class="stack g4" aria-label={t("nav.review")}>
            <p><span class="chip chip--review">{ icon_sm(REPEAT_2) }{ mark }</span></p>
            <div class="card">
                <AskById question_id={review.question_id.clone()} clip_id={review.clip_id.clone()} {go_on} news={props.news.clone()} />
            </div>
            if !props.answered {
                <div><button type="button" class="btn btn--quiet" onclick={skip}>{ t("review.skip") }</button></div>
            } else if let (Some(clip), Some(title)) = (&review.clip_id, &review.clip_title) {
                { link("btn btn--block", Route::Clip { id: clip.clone() }, html! { <>{ icon_sm(PLAY) }<span class="clip1">{ t("question.again") }{": "}<bdi>{ title.clone() }</bdi></span></> }) }
            }
        </section>
    }
}
