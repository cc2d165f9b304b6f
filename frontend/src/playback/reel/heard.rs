//! What the video elements tell: frames, questions reached, ends, failures; and what is shown and kept of it.

use super::{Reel, ReelEvent};
use crate::browser::now_ms;
use crate::playback::{
    face::Face,
    moment,
    pool::{Slot, SlotEvent},
    timing,
};
use std::rc::Rc;

/// So long after a swipe the clip before it is out of sight, and its download ends.
const REST_MS: f64 = 220.0;

impl Reel {
    pub(super) fn heard(&self, index: usize, event: SlotEvent) {
        let Some(slot) = self.parts.get().and_then(|parts| parts.pool.slots.get(index)).cloned() else {
            return;
        };
        let Some(place) = slot.place.get() else { return };
        if matches!(event, SlotEvent::Ready) {
            let was_failed = self.failed.borrow().contains(&place);
            if was_failed {
                self.failed.borrow_mut().retain(|failed| *failed != place);
                self.setup.tell.emit(ReelEvent::Mended(place));
            }
        }
        if event == SlotEvent::Error && !slot.video.src().is_empty() {
            self.fail(place);
        }
        if place != self.current.get() {
            return;
        }
        match event {
            SlotEvent::Frame(ms) => self.frame(&slot, ms.max(0.0) as u32),
            SlotEvent::Play => self.setup.tell.emit(ReelEvent::Playing(true)),
            SlotEvent::Pause => {
                self.close_stretch(false);
                if !slot.video.ended() {
                    self.setup.tell.emit(ReelEvent::Playing(false));
                }
            }
            SlotEvent::Ended => self.ended(place),
            SlotEvent::Ready | SlotEvent::Error | SlotEvent::Nothing => {}
        }
    }

    pub(super) fn fail(&self, place: usize) {
        self.failed.borrow_mut().push(place);
        self.setup.tell.emit(ReelEvent::Failed(place));
    }

    pub(super) fn frame(&self, slot: &Rc<Slot>, ms: u32) {
        let before = self.last_ms.get();
        if slot.video.seeking() {
            slot.ask_for_frame();
            return;
        }
        // A first frame at rest is not moving yet.
        if !slot.video.paused() {
            slot.ask_for_frame();
            if ms > before {
                self.first_move();
            }
            if let Some(watched) = self.watched.borrow_mut().as_mut() {
                watched.played(ms, now_ms());
            }
        }
        self.last_ms.set(ms);
        self.show_face();
        if slot.video.paused() {
            return;
        }
        if !self.is_rested.get()
            && timing::now() - self.moved_at.get() > REST_MS
            && self.woken.get().is_none()
        {
            self.rest();
        }
        let place = self.current.get();
        if let Some(question) = self.clip(place).and_then(|clip| moment::crossed(&clip.questions, before, ms))
        {
            self.stop_for(question);
        }
    }

    pub(super) fn stop_for(&self, question: usize) {
        self.pause();
        self.setup.tell.emit(ReelEvent::Question(question));
    }

    pub(super) fn first_move(&self) {
        if self.is_moving.replace(true) {
            return;
        }
        if self.had_first_frame.replace(true) {
            timing::moving();
        } else {
            timing::mark(timing::FIRST_FRAME);
        }
        self.look_ahead();
    }

    pub(super) fn ended(&self, place: usize) {
        self.close_stretch(true);
        self.is_wanted.set(false);
        let Some(clip) = self.clip(place) else { return };
        match moment::at_end(&clip.questions, clip.duration_ms) {
            Some(question) => self.stop_for(question),
            None => {
                self.setup.tell.emit(ReelEvent::Playing(false));
                self.setup.tell.emit(ReelEvent::Ended);
            }
        }
    }

    pub(super) fn close_stretch(&self, finished: bool) {
        let closed = self.watched.borrow_mut().as_mut().map(|watched| {
            watched.close(finished);
            watched.take()
        });
        if let Some(stretches) = closed.filter(|stretches| !stretches.is_empty()) {
            self.setup.tell.emit(ReelEvent::Watched(self.current.get(), stretches));
        }
    }

    pub(super) fn show_face(&self) {
        let place = self.current.get();
        let Some(clip) = self.clip(place) else { return };
        if self.face.borrow().as_ref().is_none_or(|(at, _)| *at != place) {
            let stage = self.setup.scroller.query_selector(&format!("[data-place='{place}']")).ok().flatten();
            *self.face.borrow_mut() = stage.map(|stage| (place, Face::find(&stage)));
        }
        if let Some((_, face)) = self.face.borrow().as_ref() {
            face.show(&clip, self.last_ms.get(), self.setup.seek_text);
        }
        let at_ms = self.last_ms.get();
        if self.ticked.replace(Some(at_ms / 1000)) != Some(at_ms / 1000) {
            (self.setup.tick)(&clip, at_ms, false);
        }
        if let Some(listener) = self.time.borrow().as_ref() {
            listener.emit(at_ms);
        }
    }
}
