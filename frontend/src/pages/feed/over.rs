//! The place of a dialog over the stage; what stands in it comes with a program of its own (`crate::over`).

use super::act::Act;
use crate::browser;
use crate::i18n::t;
use crate::state::{session, settings::SETTINGS, toasts};
use gloo::events::EventListener;
use minnow_shared::clip::ClipView;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{CustomEvent, Element, HtmlDialogElement};
use yew::prelude::*;

/// What lies over the stage as a dialog.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Over {
    More,
    Keys,
    Why,
}

impl Over {
    pub fn name(self) -> &'static str {
        match self {
            Over::More => "more",
            Over::Keys => "keys",
            Over::Why => "why",
        }
    }
}

#[derive(Properties, PartialEq)]
pub struct OverPlaceProps {
    pub over: Over,
    pub clip: Rc<ClipView>,
    /// In hundredths.
    pub rate: u16,
    pub act: Callback<Act>,
}

#[component]
pub fn OverPlace(props: &OverPlaceProps) -> Html {
    let node = use_node_ref();
    use_effect_with((), {
        let (node, act) = (node.clone(), props.act.clone());
        move |()| {
            let place = node.cast::<Element>();
            let told = place.clone().map(|place| listen(&place, act));
            browser::announce("minnow:place");
            move || {
                drop(told);
                // Closed and not only gone: the focus goes back to where it was.
                let dialog = place.and_then(|place| place.query_selector("dialog").ok()?);
                if let Some(dialog) = dialog.and_then(|dialog| dialog.dyn_into::<HtmlDialogElement>().ok()) {
                    dialog.close();
                }
            }
        }
    });
    let clip = &props.clip;
    let is_own = session::current().person().is_some_and(|me| me.id == clip.author.id);
    let settings = SETTINGS.with(|settings| settings.get());
    let flag = |on: bool| on.then_some("");
    html! {
        <div id="over-place" ref={node} data-over={props.over.name()} data-clip={clip.id.to_string()} data-own={flag(is_own)}
            data-rate={props.rate.to_string()} data-captions={flag(settings.captions)} data-auto={flag(settings.auto_advance)}></div>
    }
}

fn listen(place: &Element, act: Callback<Act>) -> EventListener {
    EventListener::new(place, "minnow:failed", move |_| {
        toasts::say(t("ui.failed"));
        act.emit(Act::Close);
    })
}

/// Hears what is to be done, also from what has closed and waited for the server.
pub fn listen_to_acts(act: Callback<Act>) -> EventListener {
    EventListener::new(&browser::window(), "minnow:act", move |event| {
        let text = event.unchecked_ref::<CustomEvent>().detail().as_string().unwrap_or_default();
        if let Some(told) = Act::read(&text) {
            act.emit(told);
        }
    })
}
