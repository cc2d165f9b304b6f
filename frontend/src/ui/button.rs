//! Buttons as the app has them: a look, a name, what they do. Functions and no markup of each page's own, so that a program
//! full of buttons carries the code of one.

use crate::ui::icon::{Glyph, icon, icon_lg};
use yew::prelude::*;

/// A button with anything inside; `label` where that does not name it.
pub fn button(
    class: &'static str,
    label: Option<AttrValue>,
    onclick: Callback<MouseEvent>,
    inside: Html,
) -> Html {
    html! { <button {class} aria-label={label} {onclick}>{ inside }</button> }
}

/// A button that says what it does.
pub fn text_button(class: &'static str, onclick: Callback<MouseEvent>, text: AttrValue) -> Html {
    button(class, None, onclick, text.into())
}

/// A glyph and what the button does.
pub fn glyph_button(
    class: &'static str,
    onclick: Callback<MouseEvent>,
    glyph: Glyph,
    text: AttrValue,
) -> Html {
    button(class, None, onclick, html! { <>{ icon(glyph) }{ text }</> })
}

/// A glyph alone, at 24 px; `label` is what the button is called.
pub fn icon_button(
    class: &'static str,
    onclick: Callback<MouseEvent>,
    glyph: Glyph,
    label: AttrValue,
) -> Html {
    button(class, Some(label), onclick, icon_lg(glyph))
}
