//! Minnow in the browser: the rooms of the app. Every page is in `pages`, every call to the server goes through `api`,
//! everything that outlives a page is in `state`. Four programs are made of it: `bin/feed`, `bin/desk`, `bin/studio`,
//! and `bin/over`, which the feed loads when it needs it.

mod api;
mod app;
mod ask;
mod browser;
mod frame;
mod hooks;
mod i18n;
mod interest;
mod over;
mod pages;
mod playback;
mod question;
mod route;
mod state;
mod ui;
mod wire;

pub use app::{start_desk, start_feed, start_over, start_studio};
