//! How the feed does, for who runs the site: the model that serves, its quality beside what is popular, and the versions kept.
//! Every number is the server's.

use crate::api::call;
use crate::browser::{self, sleep, spawn};
use crate::frame::{Page, page_loading};
use crate::hooks::{Loaded, use_call};
use crate::i18n::{digits, explain, megabytes, moment, percent, plural, t, t_with};
use crate::route::Route;
use crate::state::{session, toasts};
use crate::ui::button::text_button;
use crate::ui::dialog::Confirm;
use crate::ui::empty::Failure;
use crate::ui::icon::{CHECK, icon_sm};
use crate::ui::meter::Meter;
use minnow_shared::account::Role;
use minnow_shared::interest_model::{
    FeedHealthView, FitModel, GetFeedHealth, ModelVersionView, RankQualityView, ReplayView, UseModel,
};
use yew::prelude::*;

/// While a model is fitted it is asked this often how far it is, milliseconds.
const LOOK_MS: u32 = 2_000;
/// Hits that are this much fewer or more are said to be.
const DRIFTS: f64 = 0.05;

#[component]
pub fn FeedHealthPage() -> Html {
    let session = session::use_session();
    let is_operator = session.account().is_some_and(|me| me.role >= Role::Operator);
    let (health, again) = use_call(is_operator.then_some(GetFeedHealth {}));
    let inside = match &health {
        Loaded::Here(health) => html! { <Health health={(**health).clone()} {again} /> },
        Loaded::Failed(error) => html! { <Failure error={error.clone()} {again} /> },
        Loaded::Loading if session.is_known() && !is_operator => {
            html! { <p class="banner">{ t("health.not_yours") }</p> }
        }
        Loaded::Loading => page_loading(),
    };
    html! { <Page title={t("health.title")} back={Route::Me} wide=true>{ inside }</Page> }
}

#[derive(Properties, PartialEq)]
struct HealthProps {
    health: FeedHealthView,
    again: Callback<()>,
}

#[component]
fn Health(props: &HealthProps) -> Html {
    let health = &props.health;
    let asks = use_state_eq(|| None::<u32>);
    let busy = use_state_eq(|| false);
    let looks = props.again.clone();
    // Looked at again, and again, while something is under way.
    use_effect_with(health.clone(), move |health| {
        let is_on = std::rc::Rc::new(std::cell::Cell::new(health.is_fitting));
        let still = is_on.clone();
        if health.is_fitting {
            spawn(async move {
                while still.get() {
                    sleep(LOOK_MS).await;
                    if still.get() {
                        looks.emit(());
                    }
                }
            });
        }
        move || is_on.set(false)
    });
    let fit = {
        let (busy, again) = (busy.setter(), props.again.clone());
        Callback::from(move |_: MouseEvent| {
            let (busy, again) = (busy.clone(), again.clone());
            busy.set(true);
            spawn(async move {
                if let Err(error) = call(&FitModel {}).await {
                    toasts::say(explain(&error));
                }
                busy.set(false);
                again.emit(());
            });
        })
    };
    let ask = |version: Option<u32>| {
        let asks = asks.setter();
        Callback::from(move |()| asks.set(version))
    };
    let serve = |version: u32| {
        let (asks, again) = (asks.setter(), props.again.clone());
        Callback::from(move |()| {
            let (asks, again) = (asks.clone(), again.clone());
            asks.set(None);
            spawn(async move {
                match call(&UseModel { version }).await {
                    Ok(_) => {
                        toasts::say(t_with("health.serves_now", &[("n", &version.to_string())]));
                        // The button that was pressed is gone.
                        if let Some(heading) = browser::element("versions") {
                            let _ = heading.focus();
                        }
                    }
                    Err(error) => toasts::say(explain(&error)),
                }
                again.emit(());
            });
        })
    };
    let serving = health.versions.iter().find(|version| Some(version.version) == health.serving);
    let can_fit = health.taken >= health.needed_taken;
    html! {
        <>
            { log(health) }
            <div class="cols">
                <div class="stack g6">
                    { for serving.map(served) }
                    if serving.is_none() { { none_serves(health) } }
                    if let Some(error) = &health.last_error {
                        <p class="banner banner--danger" role="alert"><bdi>{ t_with("health.failed", &[("why", error)]) }</bdi></p>
                    }
                    if can_fit {
                        <div class="stack g2">
                            <div><button type="button" class="btn btn--primary" aria-busy={(health.is_fitting || *busy).to_string()} disabled={health.is_fitting || *busy} onclick={fit}>
                                { t(if health.is_fitting { "health.fitting" } else { "health.fit" }) }
                            </button></div>
                            <p class="xs faint">{ t("health.fit_text") }</p>
                        </div>
                    }
                </div>
                if !health.versions.is_empty() {
                    <section class="section" aria-labelledby="versions">
                        <h2 id="versions" tabindex="-1">{ t("health.versions") }</h2>
                        <ul class="card card--flush list">
                            { for health.versions.iter().map(|version| kept(version, health.serving, ask(Some(version.version)))) }
                        </ul>
                    </section>
                }
            </div>
            if let Some(version) = *asks {
                <Confirm title={t_with("health.use_ask", &[("n", &version.to_string())])} text={t("health.use_text")} keep={t("health.use_keep")} act={t("health.use")}
                    on_keep={ask(None)} on_act={serve(version)} />
            }
        </>
    }
}

fn stat(number: String, label: AttrValue) -> Html {
    html! { <div class="stat"><span class="stat__num">{ number }</span><span class="stat__label">{ label }</span></div> }
}

fn log(health: &FeedHealthView) -> Html {
    html! {
        <div class="card stats insight__totals">
            { stat(digits(health.events), t("health.events")) }
            { stat(digits(health.learners), t("health.learners")) }
            { stat(digits(health.taken), t("health.taken")) }
            { stat(digits(health.clips), t("health.clips")) }
        </div>
    }
}

/// Why there is no model, and what would change that.
fn none_serves(health: &FeedHealthView) -> Html {
    let text = if health.taken < health.needed_taken {
        let numbers = [("n", &*digits(health.needed_taken)), ("taken", &*digits(health.taken))];
        t_with("health.too_few", &numbers)
    } else if health.is_fitting {
        t("health.first_fit")
    } else if health.versions.is_empty() {
        t("health.soon")
    } else {
        t("health.none_good")
    };
    html! { <p class="banner" role="status">{ text }</p> }
}

fn served(version: &ModelVersionView) -> Html {
    let since = t_with(
        "health.since",
        &[("n", &version.version.to_string()), ("when", &moment(version.fitted_at_ms))],
    );
    html! {
        <section class="section" aria-labelledby="serving">
            <div class="section__head"><h2 id="serving">{ t("health.quality") }</h2></div>
            <div class="card stack g4">
                <p class="sm muted">{ since }{ " " }{ known(version) }</p>
                if let Some(replay) = &version.replay { { quality(replay) } } else { <p class="sm muted">{ t("health.no_replay") }</p> }
                { for version.drift.map(|drift| html! { <p class="sm">{ drift_words(drift) }</p> }) }
            </div>
        </section>
    }
}

/// From what it was fitted, and how long that took.
fn known(version: &ModelVersionView) -> AttrValue {
    let seconds = (version.fit_took_ms + 500) / 1_000;
    t_with(
        "health.known",
        &[
            ("events", &plural("health.of_events", version.events)),
            ("clips", &plural("health.of_clips", version.clips)),
            ("took", &plural("health.seconds", seconds.max(1))),
            ("size", &megabytes(version.size_bytes)),
        ],
    )
}

fn quality(replay: &ReplayView) -> Html {
    let RankQualityView { hit_rate_20, ndcg_20, coverage } = replay.ours;
    let beside = replay.popularity;
    html! {
        <>
            { pair(t("health.hits"), hit_rate_20, beside.hit_rate_20) }
            { pair(t("health.order"), ndcg_20, beside.ndcg_20) }
            { pair(t("health.coverage"), coverage, beside.coverage) }
            <p class="xs faint">{ t_with("health.how", &[("events", &plural("health.of_taken", replay.events)), ("learners", &plural("insight.learners", replay.learners))]) }</p>
        </>
    }
}

/// A number of the model beside that of what is popular.
fn pair(label: AttrValue, ours: f64, popular: f64) -> Html {
    html! {
        <div class="stack g2" role="group" aria-label={label.clone()}>
            <h3 class="sm">{ label }</h3>
            { bar(t("health.ours"), ours, "meter") }
            { bar(t("health.popular"), popular, "meter meter--review") }
        </div>
    }
}

fn bar(label: AttrValue, share: f64, class: &'static str) -> Html {
    html! {
        <div class="hbar">
            <span>{ label.clone() }</span>
            <span class="num xs">{ percent(share) }</span>
            <Meter {label} percent={(share * 100.0).round() as u32} {class} />
        </div>
    }
}

/// How today's hits lie beside those of the replay.
fn drift_words(drift: f64) -> AttrValue {
    let share = [("share", &*percent(drift.abs()))];
    if drift > DRIFTS {
        t_with("health.drift_fewer", &share)
    } else if drift < -DRIFTS {
        t_with("health.drift_more", &share)
    } else {
        t("health.drift_none")
    }
}

fn kept(version: &ModelVersionView, serving: Option<u32>, ask: Callback<()>) -> Html {
    let name = t_with("health.version", &[("n", &version.version.to_string())]);
    let hits = version
        .replay
        .as_ref()
        .map(|replay| t_with("health.version_hits", &[("share", &percent(replay.ours.hit_rate_20))]));
    let is_serving = Some(version.version) == serving;
    html! {
        <li class="item" key={version.version}>
            <span class="grow stack">
                <strong>{ name }</strong>
                <span class="xs faint bits"><span>{ moment(version.fitted_at_ms) }</span>{ for hits.map(|hits| html! { <span>{ hits }</span> }) }</span>
            </span>
            if is_serving {
                <span class="chip chip--right chip--sm">{ icon_sm(CHECK) }{ t("health.serves") }</span>
            } else {
                { text_button("btn btn--sm btn--outline", ask.reform(|_: MouseEvent| ()), t("health.use")) }
            }
        </li>
    }
}
