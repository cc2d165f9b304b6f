//! The More sheet: what else can be done with a clip, and how it plays.

use super::why::WhySheet;
use super::{acts, refuse, stand_in};
use crate::frame::link;
use crate::i18n::t;
use crate::pages::feed::{Act, RATES, SKIP_MS};
use crate::route::Route;
use crate::state::offline;
use crate::state::store::use_store;
use crate::ui::button::{button, glyph_button};
use crate::ui::dialog::Sheet;
use crate::ui::field::segments;
use crate::ui::icon::{
    CAPTIONS, CHEVRON_DOWN, CHEVRON_UP, CIRCLE_HELP, DOWNLOAD, EYE_OFF, GAUGE, Glyph, KEYBOARD, LIST,
    ROTATE_CCW, ROTATE_CW, SHARE_2, SKIP_FORWARD,
};
use crate::ui::row::{row_text, switch_row};
use minnow_shared::ClipId;
use web_sys::Element;
use yew::prelude::*;

/// Stands in a place that says which clip, how it plays and whether it is the learner's own.
pub fn take(place: Element) {
    let said = |name: &str| place.get_attribute(name).unwrap_or_default();
    let Ok(clip_id) = ClipId::parse(&said("data-clip")) else { return };
    crate::browser::spawn(offline::load());
    let props = MoreProps {
        clip_id,
        rate: said("data-rate").parse().unwrap_or(100),
        is_own: place.has_attribute("data-own"),
        captions: place.has_attribute("data-captions"),
        auto_advance: place.has_attribute("data-auto"),
        act: acts(),
    };
    stand_in::<MoreSheet>(place, props);
}

#[derive(Properties, PartialEq)]
struct MoreProps {
    clip_id: ClipId,
    /// In hundredths.
    rate: u16,
    is_own: bool,
    captions: bool,
    auto_advance: bool,
    act: Callback<Act>,
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
fn MoreSheet(props: &MoreProps) -> Html {
    // The feed does it; what it comes to is known here without asking back.
    let rate = use_state_eq(|| props.rate);
    let captions = use_state_eq(|| props.captions);
    let auto_advance = use_state_eq(|| props.auto_advance);
    let asks_why = use_state_eq(|| false);
    let kept = use_store(&offline::KEPT);
    let act = &props.act;
    let does = |what: Act| act.reform(move |_: MouseEvent| what);
    let flips = |what: Act, state: &UseStateHandle<bool>| {
        let (act, state) = (act.clone(), state.clone());
        Callback::from(move |on: bool| {
            state.set(on);
            act.emit(what);
        })
    };
    let speeds: Vec<_> = RATE_NAMES.iter().map(|name| (*name, html! { name })).collect();
    let set_speed = {
        let (act, rate) = (act.clone(), rate.clone());
        Callback::from(move |name: &'static str| {
            rate.set(rate_of(name));
            act.emit(Act::Rate(rate_of(name)));
        })
    };
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
    if *asks_why {
        return html! { <WhySheet clip_id={props.clip_id.clone()} act={act.clone()} /> };
    }
    let ask_why = {
        let asks_why = asks_why.setter();
        Callback::from(move |_: MouseEvent| asks_why.set(true))
    };
    let refuse = {
        let (clip_id, act) = (props.clip_id.clone(), act.clone());
        Callback::from(move |_: MouseEvent| refuse::refuse(&clip_id, &act))
    };
    let keep_hint = is_coming.then(|| t("feed.keep_coming"));
    html! {
        <Sheet title={t("feed.more")} onclose={act.reform(|()| Act::Close)}>
            <div class="stack g2">
                <span class="sm"><strong>{ t("feed.speed") }</strong></span>
                { segments(t("feed.speed"), "speed", name_of(*rate), &speeds, &set_speed) }
            </div>
            <div class="list">
                { switch_row(CAPTIONS, t("feed.captions"), None, *captions, flips(Act::Captions, &captions)) }
                if !props.is_own {
                    { button("item more__row", None, refuse, row_text("item__icon", EYE_OFF, t("why.refuse"), None)) }
                }
                { button("item more__row", None, ask_why, row_text("item__icon", CIRCLE_HELP, t("why.row"), None)) }
                { switch_row(SKIP_FORWARD, t("feed.auto_advance"), None, *auto_advance, flips(Act::AutoAdvance, &auto_advance)) }
                { switch_row(DOWNLOAD, t("feed.keep_offline"), keep_hint, is_kept || is_coming, keep) }
                { link("item more__row", Route::AddToPlaylist { clip: props.clip_id.clone() }, row_text("item__icon", LIST, t("feed.add_to"), None)) }
                { row(SHARE_2, "feed.share", Act::Share) }
                if props.is_own {
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
