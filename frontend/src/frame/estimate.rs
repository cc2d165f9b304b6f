//! What a learner holds of a topic, as a bar with its interval: words say how sure it is, colour is never alone.

use crate::hooks::use_css_var;
use crate::i18n::{percent, plural, t, t_with};
use minnow_shared::mastery::{EstimateView, Sureness};
use yew::prelude::*;

/// How sure, in a word.
fn sureness(sureness: Sureness) -> AttrValue {
    t(match sureness {
        Sureness::Guess => "estimate.guess",
        Sureness::FairlySure => "estimate.fairly_sure",
        Sureness::Sure => "estimate.sure",
    })
}

/// "Between 40% and 83%, from 6 answers".
fn rests_on(estimate: &EstimateView) -> AttrValue {
    let answers = plural("estimate.answers", estimate.answers.into());
    let ends = [("low", &*percent(estimate.low)), ("high", &*percent(estimate.high)), ("answers", &*answers)];
    t_with("estimate.between", &ends)
}

#[derive(Properties, PartialEq)]
pub struct EstimateProps {
    pub name: AttrValue,
    pub estimate: EstimateView,
}

#[component]
pub fn Estimate(props: &EstimateProps) -> Html {
    let EstimateProps { name, estimate } = props;
    let per_cent = |share: f64| format!("{:.1}%", share * 100.0);
    let node = use_node_ref();
    use_css_var(&node, "--a", per_cent(estimate.low).into());
    use_css_var(&node, "--b", per_cent(1.0 - estimate.high).into());
    use_css_var(&node, "--v", per_cent(estimate.chance).into());
    html! {
        <div class="hbar">
            <span dir="auto">{ name.clone() }</span>
            <span class="num xs"><strong>{ percent(estimate.chance) }</strong>{ " " }<span class="faint">{ sureness(estimate.sureness) }</span></span>
            <span class="range" ref={node} aria-hidden="true"><span class="range__band"></span><span class="range__mark"></span></span>
            <span class="xs faint">{ rests_on(estimate) }</span>
        </div>
    }
}
