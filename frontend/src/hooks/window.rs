//! Events of the window and the title of the page.

use crate::browser;
use gloo::events::EventListener;
use yew::prelude::*;

/// Calls back on an event of `window` for as long as the component lives.
#[hook]
pub fn use_window_event(name: &'static str, callback: Callback<web_sys::Event>) {
    use_effect_with(callback, move |callback| {
        let callback = callback.clone();
        let listener =
            EventListener::new(&browser::window(), name, move |event| callback.emit(event.clone()));
        move || drop(listener)
    });
}

/// Whether the browser believes it has a network.
#[hook]
pub fn use_online() -> bool {
    let online = use_state_eq(browser::is_online);
    let look = use_callback((), {
        let online = online.setter();
        move |_, ()| online.set(browser::is_online())
    });
    use_window_event("online", look.clone());
    use_window_event("offline", look);
    *online
}

/// Names the page in the browser's title.
#[hook]
pub fn use_title(title: AttrValue) {
    use_effect_with(title, |title| browser::document().set_title(&format!("{title} · Minnow")));
}
