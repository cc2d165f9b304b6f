//! The list of gestures and keys, and the switch that turns them off. The feed acts on them.

use crate::i18n::t;
use crate::state::settings::{change, use_settings};
use crate::ui::dialog::Sheet;
use crate::ui::icon::KEYBOARD;
use crate::ui::row::switch_row;
use yew::prelude::*;

/// What it does and what does it: gesture, visible control, keys.
const LIST: [(&str, &str, &str); 12] = [
    ("gestures.next", "gestures.next_how", "↓ ↑ J K PageDown PageUp"),
    ("gestures.play", "gestures.play_how", "Space"),
    ("gestures.like", "gestures.like_how", "L"),
    ("gestures.speed", "gestures.speed_how", "< >"),
    ("gestures.seek", "gestures.seek_how", "← → Home End"),
    ("gestures.text", "gestures.text_how", "T"),
    ("gestures.author", "gestures.author_how", "A"),
    ("gestures.captions", "gestures.captions_how", "C"),
    ("gestures.sound", "gestures.sound_how", "M"),
    ("gestures.save", "gestures.save_how", "B"),
    ("gestures.answer", "gestures.answer_how", "1–6 Enter"),
    ("gestures.close", "gestures.close_how", "Esc"),
];

#[derive(Properties, PartialEq)]
pub struct GesturesProps {
    pub onclose: Callback<()>,
}

#[component]
pub fn Gestures(props: &GesturesProps) -> Html {
    let settings = use_settings();
    let set = Callback::from(|on| change(|settings| settings.shortcuts = on));
    html! {
        <Sheet title={t("settings.gestures")} onclose={props.onclose.clone()}>
            { switch_row(KEYBOARD, t("gestures.on"), Some(t("gestures.on_sub")), settings.shortcuts, set) }
            <dl class="gestures">
                { for LIST.iter().map(|(what, how, keys)| html! {
                    <div class="gestures__row">
                        <dt class="item__title">{ t(what) }</dt>
                        <dd class="item__sub">{ t(how) }</dd>
                        <dd class="gestures__keys" dir="ltr">{ for keys.split(' ').map(|key| html! { <kbd>{ key }</kbd> }) }</dd>
                    </div>
                }) }
            </dl>
        </Sheet>
    }
}
