//! What opens over a clip and is no part of the feed's own program: the feed makes a place for it, an element with an id
//! and what is to stand there as attributes, and says by an event on `window` that there is one. This program stands in it
//! and tells the feed by events on it. Nothing of the feed's state is here.

mod keys;
mod more;
mod question;
mod refuse;
mod why;

use crate::browser;
use crate::frame::toast::Toaster;
use gloo::events::EventListener;
use std::cell::RefCell;
use wasm_bindgen::JsValue;
use web_sys::{CustomEvent, CustomEventInit, Element, EventTarget};
use yew::html::BaseComponent;
use yew::prelude::*;

type Leave = Box<dyn FnOnce()>;

thread_local! {
    /// The places that are taken, and how each is left.
    static TAKEN: RefCell<Vec<(Element, Leave)>> = const { RefCell::new(Vec::new()) };
}

/// Takes the places that are there, and every one that is made later.
pub fn start_places() {
    number_apart();
    place_for_toasts();
    EventListener::new(&browser::window(), "minnow:place", |_| take_places()).forget();
    take_places();
}

/// Yew numbers the roots of a program from 1 and hands an event to the root whose number it finds on the way up. The feed's
/// own root, around ours, is its first: ours must not be the first as well, or the feed would take our events for its own.
fn number_apart() {
    if let Ok(nowhere) = browser::document().create_element("div") {
        yew::Renderer::<Nothing>::with_root(nowhere).render().destroy();
    }
}

/// What is said here is said in a place of its own: the feed's messages are its own program's.
fn place_for_toasts() {
    let body = browser::document().body();
    if let Some((place, body)) = browser::document().create_element("div").ok().zip(body)
        && body.append_child(&place).is_ok()
    {
        yew::Renderer::<Toaster>::with_root(place).render();
    }
}

#[component]
fn Nothing() -> Html {
    Html::default()
}

fn take_places() {
    let gone = TAKEN.with_borrow_mut(|taken| {
        let (here, gone) = std::mem::take(taken).into_iter().partition(|(place, _)| place.is_connected());
        *taken = here;
        gone
    });
    for (_, leave) in gone {
        leave();
    }
    if let Some(place) = free("question-place") {
        question::take(place);
    }
    if let Some(place) = free("over-place") {
        match place.get_attribute("data-over").as_deref() {
            Some("more") => more::take(place),
            Some("why") => why::take(place),
            _ => keys::take(place),
        }
    }
}

/// The place with this id, where there is one and nothing stands in it.
fn free(id: &str) -> Option<Element> {
    let place = browser::document().get_element_by_id(id)?;
    let is_taken = TAKEN.with_borrow(|taken| taken.iter().any(|(other, _)| *other == place));
    (!is_taken).then_some(place)
}

fn stand_in<C: BaseComponent>(place: Element, props: C::Properties) {
    let handle = yew::Renderer::<C>::with_root_and_props(place.clone(), props).render();
    TAKEN.with_borrow_mut(|taken| taken.push((place, Box::new(move || handle.destroy()))));
}

/// Tells the feed.
fn tell(place: &EventTarget, name: &str, what: &JsValue) {
    let init = CustomEventInit::new();
    init.set_detail(what);
    if let Ok(event) = CustomEvent::new_with_event_init_dict(name, &init) {
        let _ = place.dispatch_event(&event);
    }
}

/// Tells the feed what to do, also when the place has gone meanwhile.
fn acts() -> Callback<crate::pages::feed::Act> {
    let window = browser::window();
    Callback::from(move |act: crate::pages::feed::Act| tell(&window, "minnow:act", &act.write().into()))
}
