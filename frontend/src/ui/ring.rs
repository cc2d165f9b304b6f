//! A ring that fills: the day's goal.

use yew::prelude::*;

/// Decoration beside words that say the same. `share`: 0 to 1, more counts as 1. `label`: what stands in the middle.
pub fn ring(class: &'static str, share: f64, label: AttrValue) -> Html {
    // In tenths of the drawing's units, of which the whole way round has 119.4. Text of whole numbers needs no tables.
    let tenths = (share.clamp(0.0, 1.0) * 1194.0).round() as u32;
    html! {
        <span class="ringbox" aria-hidden="true">
            <svg {class} viewBox="0 0 44 44">
                <circle class="ring__track" cx="22" cy="22" r="19" />
                if tenths > 0 { <circle class="ring__bar" cx="22" cy="22" r="19" stroke-dasharray={format!("{tenths}e-1 200")} /> }
            </svg>
            <b class="xs num">{ label }</b>
        </span>
    }
}
