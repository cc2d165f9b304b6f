//! Practising a part of somebody's bank by its address: rounds of a few questions; what has deferred feedback is told in one
//! overview at the end of the round. What was answered comes back in reviews.

mod overview;
mod round;

use crate::api::ApiError;
use crate::ask::{Ask, AskNews, fetch_asked};
use crate::browser::{self, spawn};
use crate::frame::{Page, link, page_loading, practice_name};
use crate::hooks::{Loaded, use_call};
use crate::i18n::{digits, explain, plural, t, t_with};
use crate::route::Route;
use crate::state::{session, toasts};
use crate::ui::empty::{Art, Failure, empty};
use crate::ui::icon::{PLAY, SHARE_2, icon, icon_sm};
use crate::ui::meter::Meter;
use crate::wire;
use minnow_shared::answer::{AskedView, GetAskedQuestion};
use minnow_shared::practice::{GetPractice, PracticeView};
use minnow_shared::question::Feedback;
use minnow_shared::{ErrorCode, PracticeId, QuestionId};
use overview::Overview;
use round::Round;
use std::rc::Rc;
use yew::prelude::*;

fn storage_key(id: &PracticeId) -> String {
    format!("minnow.practice.{id}")
}

#[derive(Properties, PartialEq)]
pub struct PracticePageProps {
    pub id: PracticeId,
}

#[component]
pub fn PracticePage(props: &PracticePageProps) -> Html {
    let id = &props.id;
    let session = session::use_session();
    let known = session.is_known() || session.unreachable;
    let (loaded, again) = use_call(known.then(|| GetPractice { practice_id: id.clone() }));
    let round = use_mut_ref(|| browser::stored(&storage_key(id)).and_then(|text| wire::read::<Round>(&text)));
    let update = use_force_update();
    let change = {
        let (round, id, update) = (round.clone(), id.clone(), update.clone());
        Callback::from(move |work: Step| {
            let mut round = round.borrow_mut();
            work(&mut round);
            match &*round {
                Some(round) => browser::store(&storage_key(&id), &wire::write(round)),
                None => browser::forget(&storage_key(&id)),
            }
            drop(round);
            update.force_update();
        })
    };
    let leave = {
        let (change, again) = (change.clone(), again.clone());
        Callback::from(move |_: MouseEvent| {
            change.emit(Box::new(|round| *round = None));
            again.emit(());
        })
    };
    let now = round.borrow().clone();
    if let Some(round) = now {
        let end = html! { <button type="button" class="btn btn--quiet" onclick={leave.clone()}>{ t("practice.end") }</button> };
        let inside = match round.next() {
            Some(question) => html! {
                <>
                    { progress(&round) }
                    <Turn key={question.to_string()} practice={id.clone()} question={question.clone()} last={round.waiting.len() == 1} {change} />
                </>
            },
            None => html! { <Overview {round} {leave} /> },
        };
        return html! { <Page title={t("practice.title")} {end}>{ inside }</Page> };
    }
    let inside = match &loaded {
        Loaded::Loading => page_loading(),
        Loaded::Failed(error) if error.code() == Some(ErrorCode::NotFound) => {
            let act = link("btn btn--primary", Route::Feed, html! { t("ui.go_to_feed") });
            empty(Art::Empty, t("practice.closed"), t("practice.closed_text"), act)
        }
        Loaded::Failed(error) => html! { <Failure error={error.clone()} {again} /> },
        Loaded::Here(view) => {
            let questions = view.round.clone();
            let start = Callback::from(move |_: MouseEvent| {
                let questions = questions.clone();
                change.emit(Box::new(move |round| *round = Some(Round::new(questions))));
            });
            begin(view, start)
        }
    };
    html! { <Page title={t("practice.title")}>{ inside }</Page> }
}

fn begin(view: &Rc<PracticeView>, start: Callback<MouseEvent>) -> Html {
    let name = practice_name(&view.title, &view.tag, &view.category);
    let name = name.unwrap_or_else(|| t("practice.all").to_string());
    let share = if view.own {
        share_card(&view.id, &name)
    } else {
        html! {}
    };
    if view.round.is_empty() {
        return html! { <>{ empty(Art::Empty, t("practice.empty"), t("practice.empty_text"), html! {}) }{ share }</> };
    }
    let count = view.round.len() as u64;
    html! {
        <>
            <section class="card stack g4" aria-labelledby="practice-name">
                <div class="stack g1">
                    <h2 id="practice-name" dir="auto">{ name }</h2>
                    <p class="sm muted">{ t_with("practice.by", &[("name", &view.author_name)]) }</p>
                </div>
                <p>
                    { plural("bank.questions", view.questions) }
                    if view.answered > 0 { { " · " }{ plural("practice.answered", view.answered) } }
                </p>
                <button type="button" class="btn btn--primary btn--lg btn--block" onclick={start}>{ icon(PLAY) }{ plural("practice.start", count) }</button>
                <p class="sm muted">{ t("practice.how") }</p>
            </section>
            { share }
        </>
    }
}

/// The address, to be sent to learners.
fn share_card(id: &PracticeId, name: &str) -> Html {
    let path = Route::Practice { id: id.clone() }.to_path();
    let address = format!("{}{path}", browser::window().location().origin().unwrap_or_default());
    let onclick = {
        let (address, name) = (address.clone(), name.to_owned());
        Callback::from(move |_: MouseEvent| {
            let (address, name) = (address.clone(), name.clone());
            spawn(async move {
                if browser::share(&name, &address).await {
                    toasts::say(t("practice.copied"));
                }
            });
        })
    };
    html! {
        <section class="card stack g3" aria-labelledby="practice-share">
            <h2 id="practice-share">{ t("practice.share") }</h2>
            <p class="sm muted">{ t("practice.share_text") }</p>
            <label class="field"><span class="field__label">{ t("practice.address") }</span><input class="input" dir="ltr" readonly=true value={address} /></label>
            <div class="row row--wrap g2">
                <button type="button" class="btn grow" {onclick}>{ icon_sm(SHARE_2) }{ t("practice.share_act") }</button>
                { link("btn btn--quiet", Route::Bank, html! { t("bank.title") }) }
            </div>
        </section>
    }
}

fn progress(round: &Round) -> Html {
    let (done, total) = (round.done.len() as u64, round.total());
    let percent = (done * 100).checked_div(total).unwrap_or(0);
    let said = t_with("review.done_of", &[("n", &digits(done)), ("total", &digits(total))]);
    html! {
        <div class="row g3">
            <div class="grow"><Meter label={said.clone()} percent={u32::try_from(percent).unwrap_or(100)} /></div>
            <span class="xs faint num" aria-hidden="true">{ said }</span>
        </div>
    }
}

/// A step of the round; `None` before it begins and after it was left.
type Step = Box<dyn FnOnce(&mut Option<Round>)>;
type Change = Callback<Step>;

#[derive(Properties, PartialEq)]
struct TurnProps {
    practice: PracticeId,
    question: QuestionId,
    last: bool,
    change: Change,
}

/// One question of the round.
#[component]
fn Turn(props: &TurnProps) -> Html {
    let asked = use_state(|| None::<Result<Rc<AskedView>, ApiError>>);
    // What came of it, until the learner goes on.
    let given = use_mut_ref(|| None);
    let tries = use_state(|| 0u32);
    use_effect_with((props.question.clone(), *tries), {
        let (asked, practice) = (asked.setter(), props.practice.clone());
        move |(question, _)| {
            let request = GetAskedQuestion {
                question_id: question.clone(),
                clip_id: None,
                practice_id: Some(practice),
            };
            spawn(async move { asked.set(Some(fetch_asked(&request).await.map(Rc::new))) });
        }
    });
    let again = {
        let (asked, tries) = (asked.clone(), tries.clone());
        Callback::from(move |()| {
            asked.set(None);
            tries.set(*tries + 1);
        })
    };
    let skip = props.change.reform(|_: MouseEvent| {
        Box::new(|round: &mut Option<Round>| {
            if let Some(round) = round {
                round.skip();
            }
        }) as Step
    });
    match &*asked {
        None => html! { <p class="muted" role="status">{ t("ui.loading") }</p> },
        // It was taken out of the bank meanwhile.
        Some(Err(error)) if error.code() == Some(ErrorCode::NotFound) => html! {
            <div class="stack g3">
                <p class="banner" role="alert">{ explain(error) }</p>
                <button type="button" class="btn btn--primary" onclick={skip}>{ t("review.next") }</button>
            </div>
        },
        Some(Err(error)) => html! { <Failure error={error.clone()} {again} /> },
        Some(Ok(view)) => {
            let go_on = {
                let (change, given, view) = (props.change.clone(), given.clone(), view.clone());
                Callback::from(move |()| {
                    let Some(given) = given.borrow_mut().take() else {
                        return change.emit(Box::new(|round| {
                            if let Some(round) = round {
                                round.skip();
                            }
                        }));
                    };
                    let asked = (*view).clone();
                    change.emit(Box::new(move |round| {
                        if let Some(round) = round {
                            round.answer(asked, given);
                        }
                    }));
                })
            };
            let is_deferred = view.feedback == Feedback::Deferred;
            let news = Callback::from(move |news: AskNews| match news {
                AskNews::Given(view) if view.tries_left == 0 => {
                    *given.borrow_mut() = Some((*view).clone());
                    // There is nothing to read yet: on to the next.
                    if is_deferred {
                        go_on.emit(());
                    }
                }
                AskNews::Given(_) => {}
                AskNews::GoOn => go_on.emit(()),
            });
            let label = t(if props.last { "practice.finish" } else { "review.next" });
            html! {
                <div class="card">
                    <Ask asked={view.clone()} practice_id={Some(props.practice.clone())} defers=true go_on={label} {news} />
                </div>
            }
        }
    }
}
