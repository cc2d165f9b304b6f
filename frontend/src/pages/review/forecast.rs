//! How many reviews the days ahead bring: bars for the eye, a table for everybody.

use crate::browser;
use crate::hooks::use_css_var;
use crate::i18n::{day, plural, t};
use yew::prelude::*;

const DAY_MS: i64 = 86_400_000;

#[derive(Properties, PartialEq)]
pub struct ForecastProps {
    /// Reviews a day, today first.
    pub days: Vec<u32>,
}

#[component]
pub fn Forecast(props: &ForecastProps) -> Html {
    let most = props.days.iter().copied().max().unwrap_or(0).max(1);
    let sum: u64 = props.days.iter().copied().map(u64::from).sum();
    let now_ms = browser::now_ms();
    let date = |index: usize| {
        if index == 0 { t("review.today") } else { day(now_ms + index as i64 * DAY_MS).into() }
    };
    let last = props.days.len().saturating_sub(1);
    html! {
        <section class="section" aria-labelledby="forecast">
            <div class="section__head row--wrap">
                <h2 id="forecast">{ t("review.forecast") }</h2>
                <span class="xs faint">{ plural("review.in_all", sum) }</span>
            </div>
            <div class="card stack g3">
                <div class="bars bars--month" aria-hidden="true">
                    { for props.days.iter().enumerate().map(|(index, count)| html! {
                        <Bar key={index} percent={count * 100 / most} now={index == 0} />
                    }) }
                </div>
                <div class="row row--between xs faint" aria-hidden="true"><span>{ t("review.today") }</span><span>{ date(last) }</span></div>
                <details>
                    <summary class="section__more">{ t("review.as_table") }</summary>
                    <table class="plain">
                        <thead><tr><th scope="col">{ t("review.day") }</th><th scope="col">{ t("nav.review") }</th></tr></thead>
                        <tbody>
                            { for props.days.iter().enumerate().map(|(index, count)| html! {
                                <tr key={index}><th scope="row">{ date(index) }</th><td class="num">{ count.to_string() }</td></tr>
                            }) }
                        </tbody>
                    </table>
                </details>
            </div>
        </section>
    }
}

#[derive(Properties, PartialEq)]
struct BarProps {
    /// 0 to 100.
    percent: u32,
    now: bool,
}

#[component]
fn Bar(props: &BarProps) -> Html {
    let node = use_node_ref();
    use_css_var(&node, "--v", format!("{}%", props.percent).into());
    let class = if props.now { "bars__bar bars__bar--now" } else { "bars__bar" };
    html! { <span {class} ref={node}></span> }
}
