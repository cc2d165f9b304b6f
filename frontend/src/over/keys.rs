//! The list of gestures and keys.

use super::{acts, stand_in};
use crate::i18n::t;
use crate::pages::feed::Act;
use crate::ui::dialog::Sheet;
use web_sys::Element;
use yew::prelude::*;

pub fn take(place: Element) {
    stand_in::<KeysSheet>(place, KeysProps { act: acts() });
}

#[derive(Properties, PartialEq)]
struct KeysProps {
    act: Callback<Act>,
}

/// What each gesture and key does: message and keys.
const KEYS: [(&str, &str); 15] = [
    ("feed.key_move", "↓ ↑ J K PageDown PageUp"),
    ("feed.key_toggle", "Space"),
    ("feed.key_like", "L"),
    ("feed.key_save", "B"),
    ("feed.key_sound", "M"),
    ("feed.key_captions", "C V"),
    ("feed.key_text", "T"),
    ("feed.key_author", "A"),
    ("why.title", "W"),
    ("feed.key_seek", "← →"),
    ("feed.key_ends", "Home End"),
    ("feed.key_speed", "< >"),
    ("feed.key_choice", "1–6 A–F"),
    ("feed.key_close", "Esc"),
    ("feed.key_help", "?"),
];

const GESTURES: [&str; 6] = [
    "feed.gesture_swipe",
    "feed.gesture_tap",
    "feed.gesture_double",
    "feed.gesture_hold",
    "feed.gesture_side",
    "feed.gesture_down",
];

#[component]
fn KeysSheet(props: &KeysProps) -> Html {
    html! {
        <Sheet title={t("feed.keys")} onclose={props.act.reform(|()| Act::Close)}>
            <ul class="stack g2 sm">
                { for GESTURES.iter().map(|key| html! { <li>{ crate::i18n::text(key) }</li> }) }
            </ul>
            <dl class="keys">
                { for KEYS.iter().map(|(key, keys)| html! {
                    <div class="keys__row"><dt>{ crate::i18n::text(key) }</dt><dd dir="ltr">{ for keys.split(' ').map(|key| html! { <kbd>{ key }</kbd> }) }</dd></div>
                }) }
            </dl>
            <p class="xs muted">{ t("feed.keys_off") }</p>
        </Sheet>
    }
}
