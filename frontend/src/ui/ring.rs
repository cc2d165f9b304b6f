//! A ring that fills: the day's goal.

use crate::hooks::use_css_var;
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct RingProps {
    /// 0 to 1; more counts as 1.
    pub share: f64,
    /// What stands in the middle.
    pub label: AttrValue,
    #[prop_or("ring")]
    pub class: &'static str,
}

/// Decoration beside words that say the same.
#[component]
pub fn Ring(props: &RingProps) -> Html {
    let node = use_node_ref();
    let length = (props.share.clamp(0.0, 1.0) * 1194.0).round() / 10.0;
    use_css_var(&node, "--p", length.to_string().into());
    html! {
        <span class="ringbox" aria-hidden="true">
            <svg class={props.class} ref={node} viewBox="0 0 44 44">
                <circle class="ring__track" cx="22" cy="22" r="19" />
                if length > 0.0 { <circle class="ring__bar" cx="22" cy="22" r="19" /> }
            </svg>
            <b class="xs num">{ props.label.clone() }</b>
        </span>
    }
}
