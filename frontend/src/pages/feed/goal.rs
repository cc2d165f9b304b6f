//! The day's goal: how much was watched, and when to offer to stop. Pure but for what is kept in this browser.

use crate::browser;
use crate::state::session::STOP_KEY;

const MINUTE_MS: u64 = 60_000;
const FIVE_MORE_MS: u64 = 5 * MINUTE_MS;

/// Today's watching against today's goal.
#[derive(Debug, Clone, PartialEq)]
pub struct Goal {
    pub goal_minutes: u32,
    /// Watched today as the server says, milliseconds.
    pub server_ms: u64,
    /// Watched here since, milliseconds.
    pub here_ms: u64,
    /// Where the next offer to stop lies, milliseconds.
    pub stop_at_ms: u64,
}

impl Goal {
    pub fn new(goal_minutes: u32) -> Self {
        Self { goal_minutes, server_ms: 0, here_ms: 0, stop_at_ms: u64::from(goal_minutes) * MINUTE_MS }
    }

    pub fn watched_ms(&self) -> u64 {
        self.server_ms + self.here_ms
    }

    pub fn minutes(&self) -> u64 {
        self.watched_ms() / MINUTE_MS
    }

    pub fn share(&self) -> f64 {
        self.watched_ms() as f64 / (f64::from(self.goal_minutes.max(1)) * MINUTE_MS as f64)
    }

    /// The server's count. `kept_stop_ms`: where the next offer lies when one was made today already.
    pub fn heard(&mut self, goal_minutes: u32, server_ms: u64, kept_stop_ms: Option<u64>) {
        self.goal_minutes = goal_minutes;
        // What was watched here in the meantime may be in it already: never count less than was shown.
        let shown = self.watched_ms();
        self.server_ms = server_ms;
        self.here_ms = shown.saturating_sub(server_ms).min(self.here_ms);
        let goal_ms = u64::from(goal_minutes) * MINUTE_MS;
        self.stop_at_ms = kept_stop_ms.map_or(goal_ms, |kept| kept.max(goal_ms));
    }

    pub fn watched(&mut self, ms: u64) {
        self.here_ms += ms;
    }

    /// Whether it is time to ask.
    pub fn is_reached(&self) -> bool {
        self.watched_ms() >= self.stop_at_ms
    }

    /// "5 more minutes", from now.
    pub fn five_more(&mut self) {
        self.stop_at_ms = self.watched_ms() + FIVE_MORE_MS;
    }
}

/// The local day, as in "Mon Nov 23 2026": only compared, never shown.
fn today() -> String {
    String::from(js_sys::Date::new_0().to_date_string())
}

/// Where today's next offer to stop lies, milliseconds of watching, when one was made already.
pub fn kept_stop_ms() -> Option<u64> {
    let kept = browser::stored(STOP_KEY)?;
    let (day, ms) = kept.split_once('|')?;
    if day == today() { ms.parse().ok() } else { None }
}

/// Keeps it; `u64::MAX`: no more today.
pub fn keep_stop(ms: u64) {
    browser::store(STOP_KEY, &format!("{}|{ms}", today()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_goal_asks_once_and_again_five_minutes_later() {
        let mut goal = Goal::new(12);
        goal.heard(12, 11 * MINUTE_MS, None);
        assert!(!goal.is_reached());
        goal.watched(MINUTE_MS);
        assert!(goal.is_reached());
        goal.five_more();
        assert!(!goal.is_reached());
        goal.watched(FIVE_MORE_MS);
        assert!(goal.is_reached());
    }

    #[test]
    fn the_servers_count_does_not_count_what_was_watched_here_twice() {
        let mut goal = Goal::new(12);
        goal.watched(30_000);
        goal.heard(12, 30_000, None);
        assert_eq!(goal.watched_ms(), 30_000);
        goal.watched(10_000);
        goal.heard(12, 35_000, None);
        assert_eq!(goal.watched_ms(), 40_000);
    }

    #[test]
    fn who_was_asked_today_and_stopped_is_not_asked_again() {
        let mut goal = Goal::new(12);
        goal.heard(12, 13 * MINUTE_MS, Some(u64::MAX));
        goal.watched(FIVE_MORE_MS);
        assert!(!goal.is_reached());
    }

    #[test]
    fn a_goal_reached_elsewhere_is_asked_about_here_once() {
        let mut goal = Goal::new(12);
        goal.heard(12, 20 * MINUTE_MS, None);
        assert!(goal.is_reached());
    }

    #[test]
    fn an_extension_of_today_survives_a_restart() {
        let mut goal = Goal::new(12);
        goal.heard(12, 13 * MINUTE_MS, Some(17 * MINUTE_MS));
        assert!(!goal.is_reached());
    }
}
