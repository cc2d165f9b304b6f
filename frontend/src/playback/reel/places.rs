//! Which stage is the current one: the scroller's position, throws that go too far, neighbours that come into view, and
//! the step from one clip to another.

use super::{Reel, ReelEvent};
use crate::browser::{now_ms, spawn, window};
use crate::playback::{pool::Slot, timing, watched::Watched};
use std::rc::Rc;
use wasm_bindgen_futures::JsFuture;
use web_sys::{ScrollBehavior, ScrollToOptions};

/// From here on a neighbour gets a video element: its first seconds are in the cache, its first frame is decoded while
/// the finger still moves. No earlier: an element at rest goes on downloading what nobody may watch.
pub(super) const READY_AT: f64 = 0.01;
/// From here on a clip that comes into view begins to move, still without sound.
const WAKE_AT: f64 = 0.3;
/// From here on it is the current one.
const CURRENT_AT: f64 = 0.6;
/// A throw may run past the next clip by this before it is brought back: browsers land a little off.
const THROWN_PAST: f64 = 0.08;

impl Reel {
    pub(super) fn measure(&self) {
        self.height.set(f64::from(self.setup.scroller.client_height()).max(1.0));
    }

    pub(super) fn resized(&self) {
        self.measure();
        self.scroll_to(self.current.get(), false);
    }

    pub(super) fn scroll_to(&self, place: usize, is_smooth: bool) {
        let calm = window().match_media("(prefers-reduced-motion: reduce)").ok().flatten();
        let is_smooth = is_smooth && !calm.is_some_and(|query| query.matches());
        let options = ScrollToOptions::new();
        options.set_top(place as f64 * self.height.get());
        options.set_behavior(if is_smooth { ScrollBehavior::Smooth } else { ScrollBehavior::Instant });
        self.setup.scroller.scroll_to_with_scroll_to_options(&options);
    }

    /// Goes to the next (1) or the previous (-1) stage.
    pub fn step(&self, by: i32) {
        self.go(self.current.get().saturating_add_signed(by as isize));
    }

    /// Goes to a stage; one past the last clip is the end.
    pub fn go(&self, place: usize) {
        let place = place.min(self.clips.borrow().len());
        if place == self.current.get() || self.is_held() {
            return;
        }
        self.thrown_from.set(None);
        self.fingers.forget();
        self.target.set(Some(place));
        self.scroll_to(place, true);
        self.enter(place);
    }

    pub(super) fn is_held(&self) -> bool {
        self.setup.scroller.has_attribute("data-held")
    }

    /// Where the scroller is, in stages.
    pub(super) fn position(&self) -> f64 {
        f64::from(self.setup.scroller.scroll_top()) / self.height.get()
    }

    pub(super) fn scrolled(&self) {
        let at = self.position();
        self.fingers.moved(at);
        let current = self.current.get();
        if self.target.get().is_some_and(|target| (at - target as f64).abs() > 0.02) {
            return;
        }
        if let Some(from) = self.thrown_from.get()
            && (at - from as f64).abs() > 1.0 + THROWN_PAST
        {
            let place = if at > from as f64 { from + 1 } else { from.saturating_sub(1) };
            self.target.set(Some(place));
            self.scroll_to(place, true);
            self.enter(place);
            return;
        }
        let away = at - current as f64;
        if away >= CURRENT_AT {
            self.enter(at.floor() as usize + usize::from(at.fract() >= CURRENT_AT));
        } else if away <= -CURRENT_AT {
            self.enter(at.ceil() as usize - usize::from(at.ceil() - at >= CURRENT_AT));
        } else if away.abs() >= WAKE_AT {
            self.wake(if away > 0.0 { current + 1 } else { current.saturating_sub(1) });
        } else if away.abs() >= READY_AT {
            if away.abs() < WAKE_AT / 2.0 {
                self.lull();
            }
            // What a throw does past its clip is no way to another one: it is brought back.
            if self.thrown_from.get().is_some_and(|from| from != current) {
                return;
            }
            self.attach(if away > 0.0 { current + 1 } else { current.saturating_sub(1) }, "auto");
        } else {
            self.lull();
        }
    }

    pub(super) fn settled(&self) {
        // The end of a scroll may be told late, when the next one is under way; and a browser that is busy, or lays the page
        // out anew on the way, stops short of where a finger or a key went.
        if let Some(place) = self.bound_for()
            && (self.position() - place as f64).abs() > 0.02
        {
            self.target.set(Some(place));
            self.scroll_to(place, true);
            self.enter(place);
            return;
        }
        // Where a finger came down stays: the end of the scroll before may be told after it.
        self.target.set(None);
        self.scrolled();
        self.rest();
    }

    /// A neighbour comes into view: it begins to move, silently.
    pub(super) fn wake(&self, place: usize) {
        // One that asks for a guess first waits with its first frame.
        let waits = self.clip(place).is_none_or(|clip| clip.guess_first);
        if self.woken.get() == Some(place) || waits || !self.is_wanted.get() {
            return;
        }
        self.lull();
        if let Some(slot) = self.attach(place, "auto") {
            self.woken.set(Some(place));
            slot.video.set_muted(true);
            slot.video.set_playback_rate(self.rate.get());
            if let Ok(promise) = slot.video.play() {
                // A refusal shows when the clip becomes current.
                spawn(async move { drop(JsFuture::from(promise).await) });
            }
            slot.ask_for_frame();
        }
    }

    /// The neighbour went out of view again.
    pub(super) fn lull(&self) {
        if let Some(slot) = self.woken.take().and_then(|place| self.slot(place)) {
            let _ = slot.video.pause();
            self.to_begin(&slot);
        }
    }

    /// Where a clip begins, milliseconds: one that comes for review at its key moment.
    pub(super) fn begin_ms(&self, place: usize) -> u32 {
        self.clip(place).and_then(|clip| clip.review).map_or(0, |review| review.begin_ms)
    }

    fn to_begin(&self, slot: &Slot) {
        let begin_ms = slot.place.get().map_or(0, |place| self.begin_ms(place));
        slot.video.set_current_time(f64::from(begin_ms) / 1000.0);
    }

    /// Neighbours out of sight let go of their downloads.
    pub(super) fn rest(&self) {
        let current = Some(self.current.get());
        for slot in self.parts.get().iter().flat_map(|parts| &parts.pool.slots) {
            if slot.place.get().is_some() && slot.place.get() != current {
                slot.clear();
            }
        }
        self.is_rested.set(true);
    }

    /// Another stage is the current one.
    pub(super) fn enter(&self, place: usize) {
        let before = self.current.get();
        if place == before || place > self.clips.borrow().len() {
            return;
        }
        timing::visible();
        self.prefetch.stop();
        let woken = self.woken.take();
        if let Some(stray) = woken.filter(|woken| *woken != place).and_then(|stray| self.slot(stray)) {
            let _ = stray.video.pause();
        }
        self.leave(before);
        self.moved_at.set(timing::now());
        self.current.set(place);
        self.ticked.set(None);
        self.is_moving.set(false);
        self.is_rested.set(false);
        self.appear(woken);
    }

    /// The current clip appears, where there is one; it moves already if it was `woken`.
    pub(super) fn appear(&self, woken: Option<usize>) {
        let place = self.current.get();
        self.face.borrow_mut().take();
        if self.clip(place).is_some()
            && let Some(slot) = self.attach(place, "auto")
        {
            let begins_at = (slot.video.current_time() * 1000.0) as u32;
            self.last_ms.set(begins_at);
            *self.watched.borrow_mut() = Some(Watched::new(begins_at, now_ms()));
            if woken == Some(place) && begins_at > self.begin_ms(place) {
                self.first_move();
            }
            self.is_wanted.set(self.setup.autoplay);
            self.arrive(&slot);
        }
        self.setup.tell.emit(ReelEvent::Moved(place));
    }

    pub(super) fn leave(&self, place: usize) {
        if let Some(slot) = self.slot(place) {
            let _ = slot.video.pause();
            slot.video.set_muted(true);
            // Left where it is until `rest` takes it away: a seek would ask the network for more of it.
            let _ = slot.video.remove_attribute("data-current");
        }
        let watched = self.watched.borrow_mut().take();
        if let Some(watched) = watched {
            self.setup.tell.emit(ReelEvent::Watched(place, watched.leave()));
        }
    }

    pub(super) fn arrive(&self, slot: &Rc<Slot>) {
        let _ = slot.video.set_attribute("data-current", "");
        slot.video.set_playback_rate(self.rate.get());
        slot.video.set_preload(if self.is_wanted.get() { "auto" } else { "metadata" });
        self.show_face();
        if self.is_wanted.get() && !self.is_hidden.get() {
            self.run(slot);
        } else {
            // The server's element may run already.
            let _ = slot.video.pause();
            self.setup.tell.emit(ReelEvent::Playing(false));
        }
    }

    /// Gives a place an element with its clip.
    pub(super) fn attach(&self, place: usize, preload: &str) -> Option<Rc<Slot>> {
        let clip = self.clip(place)?;
        let pool = &self.parts.get()?.pool;
        if let Some(slot) = pool.at(place) {
            slot.video.set_preload(preload);
            return Some(slot.clone());
        }
        let slot = pool.claim(place, self.current.get())?.clone();
        let rendition = self.rendition(&clip)?;
        slot.video.set_muted(true);
        let _ = slot.video.set_attribute("data-clip", clip.id.as_str());
        slot.show(place, &rendition.url, preload);
        if self.begin_ms(place) > 0 {
            self.to_begin(&slot);
        }
        Some(slot)
    }
}
