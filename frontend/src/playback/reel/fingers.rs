//! Fingers that throw the reel. The browser scrolls; here is counted what was thrown, so that each throw is one clip, however
//! soon the next one comes and however busy the page is.

use super::{Reel, places::READY_AT};
use crate::playback::{
    gesture::{Point, thrown},
    timing,
};
use gloo::events::EventListener;
use std::cell::Cell;
use wasm_bindgen::JsCast;
use web_sys::{EventTarget, PointerEvent, TouchEvent};

/// Where a throw or a key went is tried for so long, milliseconds.
const TRIED_MS: f64 = 1_500.0;

/// What fingers did last.
#[derive(Default)]
pub(super) struct Fingers {
    /// Where and when the one that is on the glass came down.
    down: Cell<Option<Point>>,
    /// Where the last throw goes, and when it was made.
    bound: Cell<Option<(usize, f64)>>,
    /// Where the scroller was at its last move, in stages, and how far that went.
    at: Cell<f64>,
    heading: Cell<f64>,
}

impl Fingers {
    /// Another move of the scroller.
    pub(super) fn moved(&self, at: f64) {
        let by = at - self.at.replace(at);
        if by != 0.0 {
            self.heading.set(by);
        }
    }

    /// A key or a button goes somewhere else.
    pub(super) fn forget(&self) {
        self.bound.set(None);
    }
}

impl Reel {
    pub(super) fn listen_to_fingers(&self, scroller: &EventTarget) -> [EventListener; 2] {
        let down = self.calling(|reel, event: PointerEvent| reel.came_down(&event));
        let up = self.calling(|reel, event: TouchEvent| reel.lifted(&event));
        [
            EventListener::new(scroller, "pointerdown", move |event| down(event.clone().unchecked_into())),
            EventListener::new(scroller, "touchend", move |event| up(event.clone().unchecked_into())),
        ]
    }

    /// Where the last throw, or the last step by key or button, goes, while that may still be on its way.
    pub(super) fn bound_for(&self) -> Option<usize> {
        let is_new = |since: f64| timing::now() - since < TRIED_MS;
        let thrown = self.fingers.bound.get().filter(|(_, since)| is_new(*since));
        let stepped = self.target.get().filter(|_| is_new(self.moved_at.get()));
        let place = thrown.map(|(place, _)| place).or(stepped).filter(|_| !self.is_held())?;
        Some(place.min(self.clips.borrow().len()))
    }

    /// From here a throw is counted. One that is still on its way arrives at once, so that the next one is another.
    fn came_down(&self, event: &PointerEvent) {
        if !event.is_primary() {
            return;
        }
        let is_touch = event.pointer_type() == "touch";
        let at = self.position();
        if is_touch && !self.is_held() && (at - at.round()).abs() >= READY_AT {
            let ahead = if self.fingers.heading.get() > 0.0 { at.ceil() } else { at.floor() };
            let place = self.bound_for().unwrap_or(ahead.max(0.0) as usize).min(self.clips.borrow().len());
            self.scroll_to(place, false);
            self.enter(place);
        }
        let from = self.bound_for().filter(|_| is_touch).unwrap_or(self.current.get());
        self.target.set(None);
        self.fingers.bound.set(None);
        self.thrown_from.set(Some(from));
        let (x, y) = (f64::from(event.client_x()), f64::from(event.client_y()));
        self.fingers.down.set(is_touch.then(|| Point { x, y, at: event.time_stamp() }));
    }

    fn lifted(&self, event: &TouchEvent) {
        let Some((down, touch)) = self.fingers.down.take().zip(event.changed_touches().get(0)) else {
            return;
        };
        let (x, y) = (f64::from(touch.client_x()), f64::from(touch.client_y()));
        let up = Point { x, y, at: event.time_stamp() };
        if let Some((from, by)) = self.thrown_from.get().zip(thrown(down, up))
            && !self.is_held()
        {
            let place = from.saturating_add_signed(by as isize).min(self.clips.borrow().len());
            self.fingers.bound.set(Some((place, timing::now())));
        }
    }
}
