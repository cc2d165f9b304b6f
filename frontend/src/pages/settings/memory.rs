//! How much is to be remembered, what that costs, and how many reviews a day takes at most.

use crate::hooks::{use_call, use_css_var};
use crate::i18n::{percent, plural, t};
use crate::state::settings::change;
use crate::ui::field::value_of;
use minnow_shared::limit::{RETENTION_MAX, RETENTION_MIN};
use minnow_shared::review::GetWorkload;
use yew::prelude::*;

/// The slider ends here; who wants more has set it elsewhere.
const DAILY_MAX: u32 = 200;
const DAILY_STEP: u32 = 5;

#[derive(Properties, PartialEq)]
pub struct MemoryProps {
    pub percent: u32,
    pub daily: u32,
}

#[component]
pub fn Memory(props: &MemoryProps) -> Html {
    let (workload, _) = use_call(Some(GetWorkload { retention_percent: props.percent }));
    // Nothing was met yet, or nobody is signed in: there is nothing to say of the days ahead.
    let workload = workload.here().filter(|workload| workload.questions > 0);
    let a_day = workload.map(|workload| plural("settings.workload", workload.reviews_per_day.ceil() as u64));
    let set_percent = Callback::from(|event: InputEvent| {
        if let Ok(percent) = value_of(&event).parse() {
            change(|settings| settings.retention_percent = percent);
        }
    });
    let set_daily = Callback::from(|event: InputEvent| {
        if let Ok(daily) = value_of(&event).parse() {
            change(|settings| settings.daily_reviews = daily);
        }
    });
    let kept = percent(f64::from(props.percent) / 100.0);
    html! {
        <div class="card stack g3">
            <Slider id="retention" label={t("settings.retention")} said={AttrValue::from(kept)} value={props.percent} min={RETENTION_MIN}
                max={RETENTION_MAX} step=1 oninput={set_percent} />
            <p class="xs faint">{ t("settings.retention_text") }</p>
            <p class="xs" role="status">{ a_day.unwrap_or_default() }</p>
            <Slider id="daily-reviews" label={t("settings.cap")} said={plural("settings.reviews", u64::from(props.daily))} value={props.daily} min=0
                max={DAILY_MAX} step={DAILY_STEP} oninput={set_daily} />
            <p class="xs faint">{ t("settings.cap_text") }</p>
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct SliderProps {
    id: &'static str,
    label: AttrValue,
    /// The value in words.
    said: AttrValue,
    value: u32,
    min: u32,
    max: u32,
    step: u32,
    oninput: Callback<InputEvent>,
}

#[component]
fn Slider(props: &SliderProps) -> Html {
    let node = use_node_ref();
    let share = props.value.clamp(props.min, props.max).saturating_sub(props.min) * 100
        / (props.max - props.min).max(1);
    use_css_var(&node, "--v", format!("{share}%").into());
    html! {
        <>
            <label class="row row--between" for={props.id}>
                <span class="item__title">{ props.label.clone() }</span><strong class="num">{ props.said.clone() }</strong>
            </label>
            <input id={props.id} class="slider" type="range" ref={node} min={props.min.to_string()} max={props.max.to_string()}
                step={props.step.to_string()} value={props.value.to_string()} aria-valuetext={props.said.clone()}
                oninput={props.oninput.clone()} />
        </>
    }
}
