//! Minnow in the browser: the rooms of the app and its start. Every page is in `pages`, every call to the server goes
//! through `api`, everything that outlives a page is in `state`.

// The feed alone needs few words; everything needs all of them.
#[cfg(feature = "pages")]
rust_i18n::i18n!("locales", fallback = "en");
#[cfg(not(feature = "pages"))]
rust_i18n::i18n!("locales/first", fallback = "en");

mod api;
mod app;
mod browser;
mod frame;
mod hooks;
mod i18n;
mod pages;
mod playback;
mod question;
mod route;
mod state;
mod ui;
mod wire;

fn main() {
    i18n::start();
    if let Some(root) = gloo::utils::document().get_element_by_id("app") {
        yew::Renderer::<app::App>::with_root(root).render();
    }
}
