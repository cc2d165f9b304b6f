//! Where the learner is, kept in this browser at most once a second: the same clip at the same second after the app was
//! killed. The clip is also told to the server by a cookie, so that its page brings that clip first.

use crate::browser;
use minnow_shared::ClipId;
use serde::{Deserialize, Serialize};

const KEY: &str = "minnow.position";
const COOKIE: &str = "minnow_at";

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Position {
    pub clip: ClipId,
    pub at_ms: u32,
}

pub fn read() -> Option<Position> {
    serde_json::from_str(&browser::stored(KEY)?).ok()
}

/// Keeps positions, no more than one a second unless the clip changes or `at_once`.
#[derive(Default)]
pub struct Keeper {
    last: Option<(ClipId, u32)>,
}

impl Keeper {
    /// `at_ms` in `clip`. A position in the last second counts as the start: nobody wants to resume at an end.
    pub fn keep(&mut self, clip: &ClipId, at_ms: u32, duration_ms: u32, at_once: bool) {
        let second = at_ms / 1000;
        let is_new_clip = self.last.as_ref().is_none_or(|(last, _)| last != clip);
        let is_new_second = self.last.as_ref().is_none_or(|(_, last)| *last != second);
        if !(is_new_clip || is_new_second || at_once) {
            return;
        }
        self.last = Some((clip.clone(), second));
        let at_ms = if at_ms + 1000 >= duration_ms { 0 } else { at_ms };
        if let Ok(text) = serde_json::to_string(&Position { clip: clip.clone(), at_ms }) {
            browser::store(KEY, &text);
        }
        if is_new_clip {
            browser::set_cookie(COOKIE, clip.as_str());
        }
    }
}

/// Everything there was has been seen: the next start begins with what is new.
pub fn forget() {
    browser::forget(KEY);
    browser::set_cookie(COOKIE, "");
}
