//! Marks for the bench and for anybody's profiler: `minnow:visible` (60 % of a clip on the screen), `minnow:frame` (its
//! first moving frame), the measure `minnow:swipe` between them, and `minnow:first-frame` after a navigation.

use crate::browser::window;

const VISIBLE: &str = "minnow:visible";
const FRAME: &str = "minnow:frame";
const SWIPE: &str = "minnow:swipe";
pub const FIRST_FRAME: &str = "minnow:first-frame";

pub fn mark(name: &str) {
    if let Some(performance) = window().performance() {
        let _ = performance.mark(name);
    }
}

/// Milliseconds since the navigation.
pub fn now() -> f64 {
    window().performance().map_or(0.0, |performance| performance.now())
}

pub fn visible() {
    mark(VISIBLE);
}

pub fn moving() {
    mark(FRAME);
    if let Some(performance) = window().performance() {
        let _ = performance.measure_with_start_mark_and_end_mark(SWIPE, VISIBLE, FRAME);
    }
}
