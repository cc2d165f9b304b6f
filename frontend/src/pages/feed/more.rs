//! The More sheet, and the list of gestures and keys.

use super::act::SKIP_MS;
use super::act::{Act, RATES};
use crate::frame::link;
use crate::i18n::t;
use crate::route::Route;
use crate::state::settings::use_settings;
use crate::state::store::use_store;
use crate::state::{offline, session};
use crate::ui::button::{button, glyph_button};
use crate::ui::dialog::Sheet;
use crate::ui::field::segments;
use crate::ui::icon::{
    CAPTIONS, CHEVRON_DOWN, CHEVRON_UP, DOWNLOAD, GAUGE, Glyph, KEYBOARD, LIST, ROTATE_CCW, ROTATE_CW,
    SHARE_2, SKIP_FORWARD,
};
use crate::ui::row::{row_text, switch_row};
use minnow_shared::{ClipId, PersonId};
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct MoreProps {
    pub clip_id: ClipId,
    pub author: PersonId,
    /// In hundredths.
    pub rate: u16,
    pub act: Callback<Act>,
}

const RATE_NAMES: [&str; 6] = ["0.5", "0.75", "1", "1.25", "1.5", "2"];

fn name_of(rate: u16) -> &'static str {
    let known = RATES.iter().position(|known| *known == rate);
    known.and_then(|place| RATE_NAMES.get(place)).copied().unwrap_or("1")
}

fn rate_of(name: &str) -> u16 {
    let known = RATE_NAMES.iter().position(|known| *known == name);
    known.and_then(|place| RATES.get(place)).copied().unwrap_or(100)
}

#[component]
pub fn MoreSheet(props: &MoreProps) -> Html {
    let settings = use_settings();
    let kept = use_store(&offline::KEPT);
    let act = &props.act;
    let does = |what: Act| act.reform(move |_: MouseEvent| what);
    let flips = |what: Act| act.reform(move |_: bool| what);
    let speeds: Vec<_> = RATE_NAMES.iter().map(|name| (*name, html! { name })).collect();
    let set_speed = act.reform(|name: &'static str| Act::Rate(rate_of(name)));
    let row = |glyph: Glyph, label: &'static str, what: Act| {
        button("item more__row", None, does(what), row_text("item__icon", glyph, t(label), None))
    };
    let is_kept = kept.clips.contains(&props.clip_id);
    let is_coming = kept.under_way.contains(&props.clip_id);
    let keep = {
        let clip_id = props.clip_id.clone();
        Callback::from(move |on: bool| {
            let clip_id = clip_id.clone();
            crate::browser::spawn(async move {
                if on {
                    offline::keep(clip_id).await;
                } else {
                    offline::remove(clip_id).await;
                }
            });
        })
    };
    let keep_hint = is_coming.then(|| t("feed.keep_coming"));
    html! {
        <Sheet title={t("feed.more")} onclose={act.reform(|()| Act::Close)}>
            <div class="stack g2">
                <span class="sm"><strong>{ t("feed.speed") }</strong></span>
                { segments(t("feed.speed"), "speed", name_of(props.rate), &speeds, &set_speed) }
            </div>
            <div class="list">
                { switch_row(CAPTIONS, t("feed.captions"), None, settings.captions, flips(Act::Captions)) }
                { switch_row(SKIP_FORWARD, t("feed.auto_advance"), None, settings.auto_advance, flips(Act::AutoAdvance)) }
                { switch_row(DOWNLOAD, t("feed.keep_offline"), keep_hint, is_kept || is_coming, keep) }
                { link("item more__row", Route::AddToPlaylist { clip: props.clip_id.clone() }, row_text("item__icon", LIST, t("feed.add_to"), None)) }
                { row(SHARE_2, "feed.share", Act::Share) }
                if session::current().person().is_some_and(|me| me.id == props.author) {
                    { link("item more__row", Route::Insights { id: props.clip_id.clone() }, row_text("item__icon", GAUGE, t("feed.insights"), None)) }
                }
                { row(KEYBOARD, "feed.keys", Act::Keys) }
            </div>
            <div class="row g2">
                { glyph_button("btn grow", does(Act::SeekBy(-SKIP_MS)), ROTATE_CCW, t("feed.back_5")) }
                { glyph_button("btn grow", does(Act::SeekBy(SKIP_MS)), ROTATE_CW, t("feed.forward_5")) }
            </div>
            <div class="row g2">
                { glyph_button("btn grow", does(Act::Previous), CHEVRON_UP, t("feed.previous")) }
                { glyph_button("btn grow", does(Act::Next), CHEVRON_DOWN, t("feed.next")) }
            </div>
        </Sheet>
    }
}

#[derive(Properties, PartialEq)]
pub struct KeysProps {
    pub act: Callback<Act>,
}

/// What each gesture and key does: message and keys.
const KEYS: [(&str, &str); 14] = [
    ("feed.key_move", "↓ ↑ J K PageDown PageUp"),
    ("feed.key_toggle", "Space"),
    ("feed.key_like", "L"),
    ("feed.key_save", "B"),
    ("feed.key_sound", "M"),
    ("feed.key_captions", "C V"),
    ("feed.key_text", "T"),
    ("feed.key_author", "A"),
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
pub fn KeysSheet(props: &KeysProps) -> Html {
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
