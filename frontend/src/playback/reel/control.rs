//! What is asked of the current clip: play, pause, seek, rate, sound, another try.

use super::{Reel, ReelEvent};
use crate::browser::{member, spawn, window};
use crate::playback::pool::Slot;
use std::rc::Rc;
use wasm_bindgen_futures::JsFuture;

impl Reel {
    pub(super) fn run(&self, slot: &Rc<Slot>) {
        let has_leave = member(&window().navigator(), "userActivation")
            .and_then(|activation| member(&activation, "hasBeenActive"))
            .and_then(|been| been.as_bool())
            .unwrap_or(true);
        slot.video.set_muted(!(self.sound.get() && has_leave));
        if self.sound.get() && !has_leave {
            self.setup.tell.emit(ReelEvent::SoundRefused);
        }
        slot.ask_for_frame();
        let Ok(promise) = slot.video.play() else { return };
        let (me, slot) = (self.me.clone(), slot.clone());
        spawn(async move {
            let outcome = JsFuture::from(promise).await;
            let Some(reel) = me.upgrade() else { return };
            let Err(refused) = outcome else {
                // One that ran already, the server's, tells of no beginning.
                if slot.place.get() == Some(reel.current.get()) && !slot.video.paused() {
                    reel.setup.tell.emit(ReelEvent::Playing(true));
                }
                return;
            };
            let name = member(&refused, "name").and_then(|name| name.as_string()).unwrap_or_default();
            if name != "NotAllowedError" || slot.place.get() != Some(reel.current.get()) {
                return;
            }
            if slot.video.muted() {
                reel.setup.tell.emit(ReelEvent::Playing(false));
                return;
            }
            slot.video.set_muted(true);
            reel.setup.tell.emit(ReelEvent::SoundRefused);
            if let Ok(promise) = slot.video.play()
                && JsFuture::from(promise).await.is_err()
            {
                reel.setup.tell.emit(ReelEvent::Playing(false));
            }
        });
    }

    pub fn play(&self) {
        self.is_wanted.set(true);
        if let Some(slot) = self.slot(self.current.get()) {
            slot.video.set_preload("auto");
            self.run(&slot);
        }
    }

    pub fn pause(&self) {
        self.is_wanted.set(false);
        if let Some(slot) = self.slot(self.current.get()) {
            let _ = slot.video.pause();
        }
    }

    pub fn toggle(&self) {
        if self.is_playing() { self.pause() } else { self.play() }
    }

    /// Moves the current clip to `ms`.
    pub fn seek(&self, ms: u32) {
        let place = self.current.get();
        let (Some(slot), Some(clip)) = (self.slot(place), self.clip(place)) else { return };
        let ms = ms.min(clip.duration_ms.saturating_sub(50));
        if let Some(watched) = self.watched.borrow_mut().as_mut() {
            watched.close(false);
        }
        slot.video.set_current_time(f64::from(ms) / 1000.0);
        self.last_ms.set(ms);
        slot.ask_for_frame();
        self.show_face();
    }

    pub fn seek_by(&self, by_ms: i32) {
        self.seek(self.last_ms.get().saturating_add_signed(by_ms));
    }

    pub fn set_rate(&self, rate: f64) {
        self.rate.set(rate);
        if let Some(slot) = self.slot(self.current.get()) {
            slot.video.set_playback_rate(rate);
        }
    }

    /// Call it inside a gesture when turning sound on.
    pub fn set_sound(&self, on: bool) {
        self.sound.set(on);
        if let Some(slot) = self.slot(self.current.get()) {
            slot.video.set_muted(!on);
        }
    }

    pub fn set_data_saver(&self, on: bool) {
        self.data_saver.set(on);
    }

    /// Tries a clip that failed again.
    pub fn retry(&self) {
        let place = self.current.get();
        self.failed.borrow_mut().retain(|failed| *failed != place);
        if let Some(slot) = self.slot(place) {
            let at = self.last_ms.get();
            slot.retry();
            slot.video.set_current_time(f64::from(at) / 1000.0);
            self.play();
        }
    }
}
