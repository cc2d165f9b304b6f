//! How much is to be remembered, what that costs, and how many reviews a day may bring.

use crate::browser;
use crate::hooks::{Loaded, STILL_MS, use_call, use_css_var, use_still};
use crate::i18n::{percent, plural, t, t_with};
use crate::state::{session, settings::change, settings::use_settings};
use crate::ui::field::{select, value_of};
use crate::ui::icon::CIRCLE_HELP;
use crate::ui::row::switch_row;
use minnow_shared::limit::{RETENTION_MAX, RETENTION_MIN};
use minnow_shared::review::{GetWorkload, WorkloadView};
use yew::prelude::*;

const CAPS: [u32; 7] = [5, 10, 20, 40, 60, 100, 200];

#[component]
pub fn MemorySection() -> Html {
    html! {
        <section class="section" aria-labelledby="settings-memory">
            <h2 class="set-head" id="settings-memory">{ t("settings.memory") }</h2>
            <Retention />
            <Cap />
            <GuessFirst />
        </section>
    }
}

/// Whether a clip's question is asked before it, now and then.
#[component]
fn GuessFirst() -> Html {
    let on = use_settings().guess_before;
    let set = Callback::from(|on: bool| change(|settings| settings.guess_before = on));
    let row =
        switch_row(CIRCLE_HELP, t("settings.guess_before"), Some(t("settings.guess_before_text")), on, set);
    html! { <div class="card card--flush list">{ row }</div> }
}

#[component]
fn Retention() -> Html {
    let settings = use_settings();
    let wanted = settings.retention_percent;
    let node = use_node_ref();
    let share = wanted.saturating_sub(RETENTION_MIN) * 100 / (RETENTION_MAX - RETENTION_MIN);
    use_css_var(&node, "--v", format!("{share}%").into());
    let oninput = Callback::from(|event: InputEvent| {
        if let Ok(value) = value_of(&event).parse() {
            change(|settings| settings.retention_percent = value);
        }
    });
    let said = AttrValue::from(percent(f64::from(wanted) / 100.0));
    html! {
        <div class="card stack g3">
            <label class="row row--between" for="retention"><span class="item__title">{ t("settings.retention") }</span><strong class="num">{ said.clone() }</strong></label>
            <input id="retention" class="slider" type="range" ref={node} min={RETENTION_MIN.to_string()} max={RETENTION_MAX.to_string()}
                value={wanted.to_string()} aria-valuetext={said} aria-describedby="workload" {oninput} />
            <Workload {wanted} />
            <p class="xs faint">{ t("settings.retention_text") }</p>
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct WorkloadProps {
    /// Per cent.
    wanted: u32,
}

/// What the server reckons, a moment after the slider came to rest.
#[component]
fn Workload(props: &WorkloadProps) -> Html {
    let session = session::use_session();
    let asked = use_still(props.wanted, STILL_MS);
    let request = session.person().map(|_| GetWorkload { retention_percent: asked });
    let (loaded, again) = use_call(request);
    let text = match &loaded {
        _ if session.person().is_none() => t("settings.workload_none"),
        Loaded::Here(view) if view.questions == 0 => t("settings.workload_none"),
        Loaded::Here(view) if view.retention_percent == props.wanted => workload_text(view),
        Loaded::Failed(_) => t("settings.workload_failed"),
        _ => t("settings.workload_wait"),
    };
    let retry = again.reform(|_: MouseEvent| ());
    html! {
        <p class="banner banner--review" id="workload" role="status">
            <span>{ text }
                if matches!(loaded, Loaded::Failed(_)) && browser::is_online() {
                    { " " }<button type="button" class="text-link" onclick={retry}>{ t("ui.try_again") }</button>
                }
            </span>
        </p>
    }
}

fn whole(value: f64) -> u64 {
    // A float-to-integer cast saturates.
    value.max(0.0).round() as u64
}

fn workload_text(view: &WorkloadView) -> AttrValue {
    let each_day = match whole(view.reviews_per_day) {
        0 => t("settings.reviews_few"),
        count => plural("settings.reviews_a_day", count),
    };
    let known = whole(view.known_at_end).to_string();
    let all = view.questions.to_string();
    t_with("settings.workload", &[("reviews", &each_day), ("known", &known), ("all", &all)])
}

#[component]
fn Cap() -> Html {
    let settings = use_settings();
    let now = settings.daily_reviews;
    let mut values: Vec<u32> = CAPS.to_vec();
    if !values.contains(&now) {
        values.push(now);
        values.sort_unstable();
    }
    let texts: Vec<String> = values.iter().map(u32::to_string).collect();
    let options: Vec<(&str, AttrValue)> = values
        .iter()
        .zip(&texts)
        .map(|(value, text)| (text.as_str(), plural("settings.reviews_cap", u64::from(*value))))
        .collect();
    let set = Callback::from(|text: String| {
        if let Ok(value) = text.parse() {
            change(|settings| settings.daily_reviews = value);
        }
    });
    html! {
        <div class="card stack g3">
            { select("daily-reviews", t("settings.cap"), &now.to_string(), &options, set) }
            <p class="xs faint">{ t("settings.cap_text") }</p>
        </div>
    }
}
