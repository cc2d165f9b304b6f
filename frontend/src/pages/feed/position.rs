//! Where the learner is, kept in this browser at most once a second: the same clip at the same second after the app was
//! killed. The clip is also told to the server by a cookie, so that its page brings that clip first.

use crate::browser;
use crate::state::session::{PATH_KEY, POSITION_COOKIE, POSITION_KEY};
use minnow_shared::ClipId;

#[derive(Debug, Clone, PartialEq)]
pub struct Position {
    pub clip: ClipId,
    pub at_ms: u32,
}

/// Kept as `CLIP MILLISECONDS`: of the feed, and of playlists.
pub fn read(is_path: bool) -> Option<Position> {
    parse(&browser::stored(key_of(is_path))?)
}

fn key_of(is_path: bool) -> &'static str {
    if is_path { PATH_KEY } else { POSITION_KEY }
}

fn parse(kept: &str) -> Option<Position> {
    let (clip, at_ms) = kept.split_once(' ')?;
    Some(Position { clip: ClipId::parse(clip).ok()?, at_ms: at_ms.parse().ok()? })
}

/// Keeps positions, no more than one a second unless the clip changes or `at_once`.
pub struct Keeper {
    /// Of a playlist: the feed goes on where the feed was left.
    is_path: bool,
    last: Option<(ClipId, u32)>,
}

impl Keeper {
    pub fn of(is_path: bool) -> Self {
        Self { is_path, last: None }
    }

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
        browser::store(key_of(self.is_path), &format!("{clip} {at_ms}"));
        if is_new_clip && !self.is_path {
            browser::set_cookie(POSITION_COOKIE, clip.as_str());
        }
    }
}

/// Everything there was has been seen: the next start begins with what is new.
pub fn forget() {
    browser::forget(POSITION_KEY);
    browser::clear_cookie(POSITION_COOKIE);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_reads_back_and_rubbish_does_not() {
        let clip = ClipId::new(1, [7; 10]);
        assert_eq!(parse(&format!("{clip} 1500")), Some(Position { clip, at_ms: 1500 }));
        for rubbish in ["", "x 1", "01ARZ3NDEKTSV4RRFFQ69G5FAV", "01ARZ3NDEKTSV4RRFFQ69G5FAV -1"] {
            assert_eq!(parse(rubbish), None, "{rubbish}");
        }
    }
}
