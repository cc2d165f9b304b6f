//! Fields: a label, a control, a hint, and under it what to do when the value is not right.

use crate::i18n::t_with;
use crate::ui::icon::{CIRCLE_ALERT, icon_sm};
use wasm_bindgen::JsCast;
use web_sys::{HtmlInputElement, HtmlSelectElement, HtmlTextAreaElement};
use yew::prelude::*;

/// The text in the field that an event comes from.
pub fn value_of(event: &Event) -> String {
    let Some(target) = event.target() else { return String::new() };
    if let Some(input) = target.dyn_ref::<HtmlInputElement>() {
        input.value()
    } else if let Some(area) = target.dyn_ref::<HtmlTextAreaElement>() {
        area.value()
    } else if let Some(select) = target.dyn_ref::<HtmlSelectElement>() {
        select.value()
    } else {
        String::new()
    }
}

#[derive(Properties, PartialEq)]
pub struct FieldProps {
    pub id: AttrValue,
    pub label: AttrValue,
    pub value: AttrValue,
    pub oninput: Callback<String>,
    /// `text`, `password`, `email`, `url`.
    #[prop_or("text")]
    pub kind: &'static str,
    #[prop_or_default]
    pub autocomplete: Option<&'static str>,
    #[prop_or_default]
    pub hint: Option<AttrValue>,
    #[prop_or_default]
    pub error: Option<AttrValue>,
    /// In characters; shown as a count when set.
    #[prop_or_default]
    pub max: Option<usize>,
    /// More than one line.
    #[prop_or_default]
    pub lines: Option<u32>,
    /// Of the text, where it is not the page's.
    #[prop_or_default]
    pub lang: Option<AttrValue>,
    #[prop_or_default]
    pub required: bool,
    /// The id of a `datalist` with values to offer.
    #[prop_or_default]
    pub list: Option<&'static str>,
}

#[component]
pub fn Field(props: &FieldProps) -> Html {
    let oninput = props.oninput.reform(|event: InputEvent| value_of(&event));
    let length = props.value.chars().count();
    let hint_id = format!("{}-hint", props.id);
    let error_id = format!("{}-error", props.id);
    let count =
        props.max.map(|max| t_with("ui.count", &[("n", &length.to_string()), ("max", &max.to_string())]));
    let described = match (&props.error, props.hint.is_some() || count.is_some()) {
        (Some(_), _) => Some(error_id.clone()),
        (None, true) => Some(hint_id.clone()),
        (None, false) => None,
    };
    // What to do takes the place of what was asked for.
    let hint = props.hint.clone().filter(|_| props.error.is_none());
    let invalid = props.error.as_ref().map(|_| "true");
    let control = match props.lines {
        Some(rows) => html! {
            <textarea class="input" id={props.id.clone()} rows={rows.to_string()} value={props.value.clone()} {oninput}
                aria-invalid={invalid} aria-describedby={described} dir="auto" lang={props.lang.clone()} />
        },
        None => html! {
            <input class="input" id={props.id.clone()} type={props.kind} value={props.value.clone()} {oninput}
                autocomplete={props.autocomplete} required={props.required} aria-invalid={invalid} dir="auto"
                aria-describedby={described} lang={props.lang.clone()} list={props.list} />
        },
    };
    html! {
        <div class="field">
            <label class="field__label" for={props.id.clone()}>{ props.label.clone() }</label>
            { control }
            if hint.is_some() || count.is_some() {
                <span class="field__hint" id={hint_id}>
                    { hint.unwrap_or_default() }
                    { for count.map(|count| html! { <span class="num">{ " " }{ count }</span> }) }
                </span>
            }
            // Always one node, or the field before it would be made anew under the writer's fingers.
            if let Some(error) = props.error.clone() {
                <span class="field__error" id={error_id}>{ icon_sm(CIRCLE_ALERT) }{ error }</span>
            }
        </div>
    }
}

/// A choice among a few named values.
pub fn select(
    id: impl Into<AttrValue>,
    label: AttrValue,
    value: &str,
    options: &[(&str, AttrValue)],
    set: Callback<String>,
) -> Html {
    let onchange = set.reform(|event: Event| value_of(&event));
    let id = id.into();
    html! {
        <div class="field">
            <label class="field__label" for={id.clone()}>{ label }</label>
            <select class="input" {id} {onchange}>
                { for options.iter().map(|(code, name)| html! {
                    <option value={code.to_string()} selected={*code == value}>{ name.clone() }</option>
                }) }
            </select>
        </div>
    }
}

/// One of a few, side by side: radio buttons in the look of segments.
pub fn segments(
    label: AttrValue,
    name: &'static str,
    value: &str,
    options: &[(&'static str, Html)],
    set: &Callback<&'static str>,
) -> Html {
    html! {
        <div class="seg" role="radiogroup" aria-label={label}>
            { for options.iter().map(|(code, shown)| {
                let code = *code;
                let onchange = set.reform(move |_: Event| code);
                html! {
                    <label class="seg__opt">
                        <input class="vh" type="radio" {name} value={code} checked={code == value} {onchange} />
                        { shown.clone() }
                    </label>
                }
            }) }
        </div>
    }
}
