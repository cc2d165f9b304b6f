//! What the learner has set: in this browser at once, on the server when there is a session. Of each field the last change
//! counts, whenever and from whichever device it arrives.

use super::store::{Reduce, Store, use_store};
use crate::{api, browser, i18n, state::session, wire};
use minnow_shared::UnixMillis;
use minnow_shared::settings::{GetSettings, SettingsView, Theme, UpdateSettings, differing};
use std::collections::BTreeMap;
use std::rc::Rc;
use yew::prelude::*;

const KEY: &str = "minnow.settings";
/// The fields whose change has not reached the server, and when each was changed.
const UNSENT: &str = "minnow.settings.unsent";

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Settings(pub SettingsView);

impl std::ops::Deref for Settings {
    type Target = SettingsView;
    fn deref(&self) -> &SettingsView {
        &self.0
    }
}

impl Reduce for Settings {
    type Action = SettingsView;
    fn reduce(&self, next: SettingsView) -> Self {
        Settings(next)
    }
}

thread_local! {
    pub static SETTINGS: Store<Settings> = Store::new(Settings(read()));
}

#[hook]
pub fn use_settings() -> Rc<Settings> {
    use_store(&SETTINGS)
}

pub fn current() -> Rc<Settings> {
    SETTINGS.with(Store::get)
}

fn read() -> SettingsView {
    browser::stored(KEY).and_then(|text| wire::read(&text)).unwrap_or_default()
}

/// Changes settings: shown at once, kept here, sent when somebody is here.
pub fn change(edit: impl FnOnce(&mut SettingsView)) {
    let mut next = current().0.clone();
    edit(&mut next);
    if next == current().0 {
        return;
    }
    let mut changed = unsent().unwrap_or_default();
    changed.extend(differing(&current().0, &next).into_iter().map(|field| (field, browser::now_ms())));
    browser::store(UNSENT, &wire::write(&changed));
    keep(next);
    if session::current().person().is_some() {
        crate::browser::spawn(send());
    }
}

fn keep(next: SettingsView) {
    browser::store(KEY, &wire::write(&next));
    apply(&next);
    SETTINGS.with(|settings| settings.dispatch(next));
}

/// Shows theme and language on `<html>` and tells the server by cookies what the next page it writes is like.
pub fn apply(settings: &SettingsView) {
    let theme = match settings.theme {
        Theme::System => None,
        Theme::Light => Some("light"),
        Theme::Dark => Some("dark"),
    };
    browser::set_root("data-theme", theme);
    browser::set_cookie("minnow_theme", theme.unwrap_or("system"));
    browser::set_cookie("minnow_saver", if settings.data_saver { "1" } else { "0" });
    browser::set_cookie("minnow_play", if settings.autoplay { "1" } else { "0" });
    i18n::choose(settings.language.as_deref());
}

/// `None` when nothing waits. What an older version of this program left says nothing of fields: all of them, then.
fn unsent() -> Option<BTreeMap<String, UnixMillis>> {
    browser::stored(UNSENT).map(|text| wire::read(&text).unwrap_or_default())
}

async fn send() {
    let (settings, changed) = (current().0.clone(), unsent());
    let request = UpdateSettings { settings, changed: changed.clone().unwrap_or_default() };
    // What fails stays marked as unsent and goes with the next meeting.
    if let Ok(view) = api::call(&request).await
        && unsent() == changed
    {
        browser::forget(UNSENT);
        // Other devices have changed other fields.
        keep(view);
    }
}

/// A session is there: what was changed here goes to the server, else the server's word counts.
pub fn meet_server() {
    if session::current().person().is_none() {
        return;
    }
    crate::browser::spawn(async {
        if browser::stored(UNSENT).is_some() {
            send().await;
        } else if let Ok(view) = api::call(&GetSettings {}).await
            && browser::stored(UNSENT).is_none()
        {
            keep(view);
        }
    });
}
