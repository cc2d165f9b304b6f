//! A bar that fills: progress that is known.

use crate::hooks::use_css_var;
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct MeterProps {
    pub label: AttrValue,
    /// 0 to 100.
    pub percent: u32,
    #[prop_or("meter")]
    pub class: &'static str,
}

#[component]
pub fn Meter(props: &MeterProps) -> Html {
    let node = use_node_ref();
    let percent = props.percent.min(100).to_string();
    use_css_var(&node, "--v", format!("{percent}%").into());
    html! {
        <span class={props.class} role="progressbar" aria-label={props.label.clone()} aria-valuemin="0" aria-valuemax="100"
            aria-valuenow={percent}>
            <span class="meter__bar" ref={node}></span>
        </span>
    }
}
