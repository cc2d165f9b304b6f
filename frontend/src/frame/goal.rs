//! The day's goal beside the navigation of wide screens.

use crate::browser;
use crate::hooks::use_call;
use crate::i18n::{digits, plural, t_with};
use crate::state::{session, settings::use_settings};
use crate::ui::ring::ring;
use gloo::timers::callback::Interval;
use minnow_shared::progress::GetProgress;
use yew::prelude::*;

const ASKS_EVERY_MS: u32 = 60_000;
const MINUTE_MS: u64 = 60_000;

#[component]
pub fn NavGoal() -> Html {
    let session = session::use_session();
    let settings = use_settings();
    // Phones do not show it and need not ask.
    let wide = use_memo((), |()| {
        browser::window()
            .match_media("(min-width: 1024px)")
            .ok()
            .flatten()
            .is_some_and(|query| query.matches())
    });
    let request = session
        .person()
        .filter(|_| *wide)
        .map(|_| GetProgress { utc_offset_minutes: browser::utc_offset_minutes() });
    let (progress, again) = use_call(request);
    use_effect_with(*wide, move |wide| {
        let interval = wide.then(|| Interval::new(ASKS_EVERY_MS, move || again.emit(())));
        move || drop(interval)
    });
    let watched_ms = progress.here().map_or(0, |progress| progress.watched_today_ms);
    let goal = u64::from(settings.daily_goal_minutes.max(1));
    let minutes = digits(watched_ms / MINUTE_MS);
    let said = t_with("nav.goal", &[("n", &minutes), ("goal", &plural("nav.minutes", goal))]);
    html! {
        <div class="row g3 navgoal">
            { ring("ring", watched_ms as f64 / (goal * MINUTE_MS) as f64, minutes.into()) }
            <span class="xs muted">{ said }</span>
        </div>
    }
}
