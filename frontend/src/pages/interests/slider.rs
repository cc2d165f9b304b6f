//! A slider of 0 to 100 that follows the finger and tells when it comes to rest.

use crate::hooks::use_css_var;
use crate::i18n::t_with;
use crate::ui::field::value_of;
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct SliderProps {
    /// 0 to 100.
    pub value: u32,
    /// The id of what names it.
    pub labelled_by: AttrValue,
    /// What its ends mean.
    pub ends: [AttrValue; 2],
    #[prop_or_default]
    pub disabled: bool,
    pub onset: Callback<u32>,
}

#[component]
pub fn Slider(props: &SliderProps) -> Html {
    let now = use_state_eq(|| props.value);
    let node = use_node_ref();
    use_effect_with(props.value, {
        let now = now.setter();
        move |value| now.set(*value)
    });
    use_css_var(&node, "--v", format!("{}%", *now).into());
    let read = |event: &Event| value_of(event).parse::<u32>().ok();
    let oninput = {
        let now = now.setter();
        Callback::from(move |event: InputEvent| {
            if let Some(value) = read(&event) {
                now.set(value);
            }
        })
    };
    let onchange = {
        let onset = props.onset.clone();
        Callback::from(move |event: Event| {
            if let Some(value) = read(&event) {
                onset.emit(value);
            }
        })
    };
    let [low, high] = props.ends.clone();
    html! {
        <div>
            <input class="slider" type="range" ref={node} min="0" max="100" step="1" value={now.to_string()} disabled={props.disabled}
                aria-labelledby={props.labelled_by.clone()} aria-valuetext={t_with("interest.level", &[("n", &now.to_string())])} {oninput} {onchange} />
            <div class="ends" aria-hidden="true"><span>{ low }</span><span>{ high }</span></div>
        </div>
    }
}
