//! Rows of a list: an icon, a title, a line under it, something at the end.

use crate::ui::icon::{CHEVRON_RIGHT, Glyph, icon, icon_as};
use yew::prelude::*;

/// The inside of a row. `tint`: a class such as `item__icon item__icon--brand`.
pub fn row_text(tint: &'static str, glyph: Glyph, title: AttrValue, sub: Option<AttrValue>) -> Html {
    html! {
        <>
            <span class={tint}>{ icon(glyph) }</span>
            <span class="item__text">
                <span class="item__title">{ title }</span>
                { for sub.map(|sub| html! { <span class="item__sub">{ sub }</span> }) }
            </span>
        </>
    }
}

/// The arrow at the end of a row that leads somewhere.
pub fn row_arrow() -> Html {
    icon_as("icon icon--flip", CHEVRON_RIGHT)
}

/// A row that is a switch.
pub fn switch_row(
    glyph: Glyph,
    title: AttrValue,
    sub: Option<AttrValue>,
    on: bool,
    set: Callback<bool>,
) -> Html {
    let onchange = Callback::from(move |_: Event| set.emit(!on));
    html! {
        <label class="item">
            { row_text("item__icon", glyph, title, sub) }
            <input class="switch" type="checkbox" role="switch" checked={on} {onchange} />
        </label>
    }
}
