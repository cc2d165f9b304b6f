//! The parts of a stage that change with time, written straight into the page: caption, seek bar, clock. The stage's
//! component makes the elements (`data-face="caption"`, `"seek"`, `"clock"`) and leaves their contents alone.

use super::caption;
use minnow_shared::clip::ClipView;
use std::cell::Cell;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

/// What a screen reader hears of the seek bar: seconds played, seconds in all, the question's second.
pub type SeekText = fn(u32, u32, Option<u32>) -> String;

pub struct Face {
    caption: Option<HtmlElement>,
    seek: Option<HtmlElement>,
    clock: Option<HtmlElement>,
    cue: Cell<Option<usize>>,
    second: Cell<Option<u32>>,
}

impl Face {
    pub fn find(stage: &Element) -> Self {
        let part = |name: &str| {
            let found = stage.query_selector(&format!("[data-face={name}]")).ok().flatten();
            found.and_then(|element| element.dyn_into::<HtmlElement>().ok())
        };
        Self {
            caption: part("caption"),
            seek: part("seek"),
            clock: part("clock"),
            cue: Cell::new(None),
            second: Cell::new(None),
        }
    }

    /// Shows the clip at `ms`.
    pub fn show(&self, clip: &ClipView, ms: u32, seek_text: SeekText) {
        self.show_caption(clip, ms);
        let duration = clip.duration_ms.max(1);
        if let Some(seek) = &self.seek {
            // In hundredths of a percent: text of whole numbers needs no tables.
            let played = u64::from(ms.min(duration)) * 10_000 / u64::from(duration);
            let _ = seek.style().set_property("--v", &format!("{played}e-4"));
        }
        if self.second.replace(Some(ms / 1000)) != Some(ms / 1000) {
            self.show_second(clip, ms / 1000, seek_text);
        }
    }

    fn show_caption(&self, clip: &ClipView, ms: u32) {
        let Some(element) = &self.caption else { return };
        let Some(track) = caption::track(&clip.captions) else { return };
        let cue = caption::cue_at(&track.cues, ms);
        if self.cue.replace(cue) == cue {
            return;
        }
        let text = cue.and_then(|index| track.cues.get(index)).map(|cue| caption::two_lines(&cue.text));
        element.set_text_content(text.as_deref());
    }

    fn show_second(&self, clip: &ClipView, second: u32, seek_text: SeekText) {
        let total = clip.duration_ms.div_ceil(1000);
        if let Some(clock) = &self.clock {
            clock.set_text_content(Some(&format!("{} / {}", clock_text(second), clock_text(total))));
        }
        if let Some(seek) = &self.seek {
            let question = clip.questions.iter().find(|q| !q.answered).map(|q| q.moment_ms / 1000);
            let _ = seek.set_attribute("aria-valuenow", &second.to_string());
            let _ = seek.set_attribute("aria-valuetext", &seek_text(second, total, question));
        }
    }
}

/// `0:24`; the same in every language, read from left to right.
pub fn clock_text(seconds: u32) -> String {
    format!("{}:{:02}", seconds / 60, seconds % 60)
}
