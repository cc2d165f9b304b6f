//! The reel: a scroller whose snapping stages are made by a component, and the videos under them. Decides which clip is
//! the current one, plays it, stops at its question, keeps account of what was watched, and has the next one ready.

use super::{
    face::{Face, SeekText},
    gesture::Gesture,
    link::link,
    moment,
    pointer::Pointer,
    pool::{FirstVideo, Pool, Slot, SlotEvent},
    prefetch::Prefetch,
    schedule::{self, Link, Situation, Step},
    timing,
    watched::{Stretch, Watched},
};
use crate::browser::{document, member, now_ms, spawn, window};
use gloo::events::EventListener;
use minnow_shared::clip::{ClipView, RenditionView};
use std::cell::{Cell, OnceCell, RefCell};
use std::rc::{Rc, Weak};
use wasm_bindgen_futures::JsFuture;
use web_sys::{HtmlElement, ScrollBehavior, ScrollToOptions};
use yew::Callback;

/// From here on a neighbour gets a video element: its first seconds are in the cache, its first frame is decoded while
/// the finger still moves. No earlier: an element at rest goes on downloading what nobody may watch.
const READY_AT: f64 = 0.01;
/// From here on a clip that comes into view begins to move, still without sound.
const WAKE_AT: f64 = 0.3;
/// From here on it is the current one.
const CURRENT_AT: f64 = 0.6;
/// A throw may run past the next clip by this before it is brought back: browsers land a little off.
const THROWN_PAST: f64 = 0.08;
/// So long after a swipe the clip before it is out of sight, and its download ends.
const REST_MS: f64 = 600.0;
/// Two swipes within this are fast ones.
const SWIFT_MS: f64 = 1_000.0;

#[derive(Debug, Clone, PartialEq)]
pub enum ReelEvent {
    /// Another clip is the current one; may be one past the last.
    Moved(usize),
    /// The current clip plays or stands.
    Playing(bool),
    /// The current clip reached this question's moment and stopped.
    Question(usize),
    /// The current clip is over.
    Ended,
    Failed(usize),
    /// A clip that had failed shows a frame.
    Mended(usize),
    /// Sound was wanted and the browser refused it until somebody touches something.
    SoundRefused,
    /// Posters up to this place may be fetched now.
    Posters(usize),
    /// Stretches of a clip, closed.
    Watched(usize, Vec<Stretch>),
    Gesture(Gesture),
}

/// The clip, its position in milliseconds, whether to keep it at once.
pub type Tick = Box<dyn Fn(&ClipView, u32, bool)>;

pub struct ReelSetup {
    pub scroller: HtmlElement,
    /// An empty element for the videos, inside the scroller.
    pub holder: HtmlElement,
    pub clips: Vec<Rc<ClipView>>,
    /// Where the first clip begins, milliseconds.
    pub begin_at_ms: u32,
    pub sound: bool,
    pub autoplay: bool,
    pub data_saver: bool,
    pub seek_text: SeekText,
    /// Hears where a clip is: once a second, and (with `true`) when the page may be about to go.
    pub tick: Tick,
    pub tell: Callback<ReelEvent>,
}

struct Parts {
    pool: Pool,
    _pointer: Pointer,
    _listeners: Vec<EventListener>,
}

pub struct Reel {
    me: Weak<Reel>,
    setup: ReelSetup,
    parts: OnceCell<Parts>,
    clips: RefCell<Vec<Rc<ClipView>>>,
    current: Cell<usize>,
    /// Where a scroll of our own is going.
    target: Cell<Option<usize>>,
    /// Where the finger that scrolls came down: one swipe is one clip, however hard it was thrown.
    thrown_from: Cell<Option<usize>>,
    /// The neighbour that already moves while it comes into view.
    woken: Cell<Option<usize>>,
    height: Cell<f64>,
    is_wanted: Cell<bool>,
    sound: Cell<bool>,
    data_saver: Cell<bool>,
    rate: Cell<f64>,
    last_ms: Cell<u32>,
    /// The current clip has shown a moving frame since it became current.
    is_moving: Cell<bool>,
    is_rested: Cell<bool>,
    had_first_frame: Cell<bool>,
    is_hidden: Cell<bool>,
    moved_at: Cell<f64>,
    is_swift: Cell<bool>,
    watched: RefCell<Option<Watched>>,
    face: RefCell<Option<(usize, Face)>>,
    prefetch: Rc<Prefetch>,
    time: RefCell<Option<Callback<u32>>>,
    failed: RefCell<Vec<usize>>,
    ticked: Cell<Option<u32>>,
}

impl Reel {
    pub fn start(setup: ReelSetup) -> Rc<Self> {
        let (clips, sound, data_saver, autoplay) =
            (setup.clips.clone(), setup.sound, setup.data_saver, setup.autoplay);
        let reel = Rc::new_cyclic(|me| Reel {
            me: me.clone(),
            setup,
            parts: OnceCell::new(),
            clips: RefCell::new(clips),
            current: Cell::new(0),
            target: Cell::new(None),
            thrown_from: Cell::new(None),
            woken: Cell::new(None),
            height: Cell::new(0.0),
            is_wanted: Cell::new(autoplay),
            sound: Cell::new(sound),
            data_saver: Cell::new(data_saver),
            rate: Cell::new(1.0),
            last_ms: Cell::new(0),
            is_moving: Cell::new(false),
            is_rested: Cell::new(false),
            had_first_frame: Cell::new(false),
            is_hidden: Cell::new(document().hidden()),
            moved_at: Cell::new(f64::MIN),
            is_swift: Cell::new(false),
            watched: RefCell::new(None),
            face: RefCell::new(None),
            prefetch: Rc::default(),
            time: RefCell::new(None),
            failed: RefCell::default(),
            ticked: Cell::new(None),
        });
        reel.measure();
        let parts = reel.build();
        let _ = reel.parts.set(parts);
        reel.begin();
        reel
    }

    fn build(&self) -> Parts {
        let tell: Rc<dyn Fn(usize, SlotEvent)> = {
            let me = self.me.clone();
            Rc::new(move |index, event| {
                if let Some(reel) = me.upgrade() {
                    reel.heard(index, event);
                }
            })
        };
        let first = FirstVideo::take().map(|first| {
            let is_first = self.clip(0).is_some_and(|clip| clip.id.as_str() == first.clip);
            (first.video, is_first.then_some(0))
        });
        let pool = Pool::new(&self.setup.holder, first, &tell);
        FirstVideo::remove_holder();
        let scroller = &self.setup.scroller;
        let gesture = self.calling(|reel, gesture| reel.setup.tell.emit(ReelEvent::Gesture(gesture)));
        let turn = self.calling(|reel, by| reel.step(by));
        let on = |target: &web_sys::EventTarget, name: &'static str, act: fn(&Reel)| {
            let act = self.calling(move |reel, ()| act(reel));
            EventListener::new(target, name, move |_| act(()))
        };
        let listeners = vec![
            on(scroller, "scroll", Reel::scrolled),
            on(scroller, "scrollend", Reel::settled),
            on(scroller, "pointerdown", |reel| {
                reel.target.set(None);
                reel.thrown_from.set(Some(reel.current.get()));
            }),
            on(&window(), "resize", Reel::resized),
            on(&window(), "pagehide", Reel::hide),
            on(&document(), "visibilitychange", Reel::visibility_changed),
        ];
        Parts { pool, _pointer: Pointer::new(scroller, gesture, turn), _listeners: listeners }
    }

    fn calling<T>(&self, act: impl Fn(&Reel, T) + 'static) -> impl Fn(T) + 'static {
        let me = self.me.clone();
        move |value| {
            if let Some(reel) = me.upgrade() {
                act(&reel, value);
            }
        }
    }

    fn begin(&self) {
        let at = self.setup.begin_at_ms;
        self.last_ms.set(at);
        self.setup.scroller.set_scroll_top(0);
        if self.clip(0).is_none() {
            return;
        }
        *self.watched.borrow_mut() = Some(Watched::new(at, now_ms()));
        let adopted = self.slot(0).is_some();
        if let Some(slot) = self.attach(0, "auto") {
            if at > 0 && (slot.video.current_time() * 1000.0) < f64::from(at) {
                slot.video.set_current_time(f64::from(at) / 1000.0);
            }
            let is_running = adopted && !slot.video.paused();
            self.arrive(&slot);
            if is_running {
                slot.ask_for_frame();
                // The page may have played on while this was on its way.
                let now = (slot.video.current_time() * 1000.0) as u32;
                let gone_by = self.clip(0).and_then(|clip| moment::passed(&clip.questions, at, now));
                if let Some(question) = gone_by {
                    self.stop_for(question);
                }
            }
            // The server's element may have failed before anybody listened.
            if slot.has_failed() {
                self.fail(0);
            }
        }
    }

    // What there is.

    pub fn clip(&self, place: usize) -> Option<Rc<ClipView>> {
        self.clips.borrow().get(place).cloned()
    }

    /// Position of the current clip, milliseconds.
    pub fn at_ms(&self) -> u32 {
        self.last_ms.get()
    }

    pub fn is_playing(&self) -> bool {
        self.slot(self.current.get()).is_some_and(|slot| !slot.video.paused())
    }

    fn slot(&self, place: usize) -> Option<Rc<Slot>> {
        self.parts.get()?.pool.at(place).cloned()
    }

    /// The clips as they are now: more of them, or a question answered. The stages must be in the page.
    pub fn set_clips(&self, clips: Vec<Rc<ClipView>>) {
        let grew = clips.len() > self.clips.borrow().len();
        *self.clips.borrow_mut() = clips;
        if grew && self.is_moving.get() {
            self.look_ahead();
        }
    }

    /// The stages in the page have changed: the parts written by hand are found again.
    pub fn stages_changed(&self) {
        self.face.borrow_mut().take();
        self.show_face();
    }

    /// Who is told of the position, a few times a second.
    pub fn set_time_listener(&self, listener: Option<Callback<u32>>) {
        *self.time.borrow_mut() = listener;
    }

    fn link(&self) -> Link {
        link(self.data_saver.get(), self.prefetch.throughput())
    }

    /// The rendition of a clip for this stage and this link.
    fn rendition<'a>(&self, clip: &'a ClipView) -> Option<&'a RenditionView> {
        let stage = self.setup.holder.query_selector("video").ok().flatten();
        let size = stage.map(|stage| (f64::from(stage.client_width()), f64::from(stage.client_height())));
        let (width, height) = size.filter(|(width, _)| *width > 0.0).unwrap_or((390.0, 693.0));
        let drawn_px = schedule::drawn_px(clip, width, height, window().device_pixel_ratio());
        schedule::rendition(clip, drawn_px, self.link())
    }

    // Places.

    fn measure(&self) {
        self.height.set(f64::from(self.setup.scroller.client_height()).max(1.0));
    }

    fn resized(&self) {
        self.measure();
        self.scroll_to(self.current.get(), false);
    }

    fn scroll_to(&self, place: usize, is_smooth: bool) {
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
        self.target.set(Some(place));
        self.scroll_to(place, true);
        self.enter(place);
    }

    fn is_held(&self) -> bool {
        self.setup.scroller.has_attribute("data-held")
    }

    fn scrolled(&self) {
        let at = f64::from(self.setup.scroller.scroll_top()) / self.height.get();
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
            self.attach(if away > 0.0 { current + 1 } else { current.saturating_sub(1) }, "auto");
        } else {
            self.lull();
        }
    }

    fn settled(&self) {
        self.target.set(None);
        self.thrown_from.set(None);
        self.scrolled();
        self.rest();
    }

    /// A neighbour comes into view: it begins to move, silently.
    fn wake(&self, place: usize) {
        if self.woken.get() == Some(place) || self.clip(place).is_none() || !self.is_wanted.get() {
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
    fn lull(&self) {
        if let Some(slot) = self.woken.take().and_then(|place| self.slot(place)) {
            let _ = slot.video.pause();
            slot.video.set_current_time(0.0);
        }
    }

    /// Neighbours out of sight let go of their downloads.
    fn rest(&self) {
        let current = Some(self.current.get());
        for slot in self.parts.get().iter().flat_map(|parts| &parts.pool.slots) {
            if slot.place.get().is_some() && slot.place.get() != current {
                slot.clear();
            }
        }
        self.is_rested.set(true);
    }

    /// Another stage is the current one.
    fn enter(&self, place: usize) {
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
        let now = timing::now();
        self.is_swift.set(now - self.moved_at.replace(now) < SWIFT_MS);
        self.current.set(place);
        self.ticked.set(None);
        self.is_moving.set(false);
        self.is_rested.set(false);
        self.face.borrow_mut().take();
        if self.clip(place).is_some()
            && let Some(slot) = self.attach(place, "auto")
        {
            let begins_at = (slot.video.current_time() * 1000.0) as u32;
            self.last_ms.set(begins_at);
            *self.watched.borrow_mut() = Some(Watched::new(begins_at, now_ms()));
            if woken == Some(place) && begins_at > 0 {
                self.first_move();
            }
            self.is_wanted.set(self.setup.autoplay);
            self.arrive(&slot);
        }
        self.setup.tell.emit(ReelEvent::Moved(place));
    }

    fn leave(&self, place: usize) {
        if let Some(slot) = self.slot(place) {
            let _ = slot.video.pause();
            slot.video.set_muted(true);
            let _ = slot.video.remove_attribute("data-current");
            slot.video.set_current_time(0.0);
        }
        let watched = self.watched.borrow_mut().take();
        if let Some(watched) = watched {
            self.setup.tell.emit(ReelEvent::Watched(place, watched.leave()));
        }
    }

    fn arrive(&self, slot: &Rc<Slot>) {
        let _ = slot.video.set_attribute("data-current", "");
        slot.video.set_playback_rate(self.rate.get());
        slot.video.set_preload(if self.is_wanted.get() { "auto" } else { "metadata" });
        self.show_face();
        if self.is_wanted.get() && !self.is_hidden.get() {
            self.run(slot);
        } else {
            self.setup.tell.emit(ReelEvent::Playing(false));
        }
    }

    /// Gives a place an element with its clip.
    fn attach(&self, place: usize, preload: &str) -> Option<Rc<Slot>> {
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
        Some(slot)
    }

    // Playing.

    fn run(&self, slot: &Rc<Slot>) {
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

    // What the elements tell.

    fn heard(&self, index: usize, event: SlotEvent) {
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

    fn fail(&self, place: usize) {
        self.failed.borrow_mut().push(place);
        self.setup.tell.emit(ReelEvent::Failed(place));
    }

    fn frame(&self, slot: &Rc<Slot>, ms: u32) {
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

    fn stop_for(&self, question: usize) {
        self.pause();
        self.setup.tell.emit(ReelEvent::Question(question));
    }

    fn first_move(&self) {
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

    fn ended(&self, place: usize) {
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

    fn close_stretch(&self, finished: bool) {
        let closed = self.watched.borrow_mut().as_mut().map(|watched| {
            watched.close(finished);
            watched.take()
        });
        if let Some(stretches) = closed.filter(|stretches| !stretches.is_empty()) {
            self.setup.tell.emit(ReelEvent::Watched(self.current.get(), stretches));
        }
    }

    fn show_face(&self) {
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

    // Ahead.

    fn look_ahead(&self) {
        let situation = Situation {
            current: self.current.get(),
            count: self.clips.borrow().len(),
            is_playing: self.is_moving.get(),
            is_swift: self.is_swift.get(),
        };
        let steps = schedule::plan(situation, self.link());
        let (chooser, actor) = (self.me.clone(), self.me.clone());
        let rendition_at = move |place| {
            let reel = chooser.upgrade()?;
            let clip = reel.clip(place)?;
            reel.rendition(&clip).cloned()
        };
        let act = move |step| {
            if let Some(reel) = actor.upgrade() {
                reel.carry_out(step);
            }
        };
        self.prefetch.start(steps, rendition_at, act);
    }

    fn carry_out(&self, step: Step) {
        match step {
            Step::Poster(place) => self.setup.tell.emit(ReelEvent::Posters(place)),
            Step::TwoSeconds(_) | Step::OneSecond(_) => {}
        }
    }

    // The page comes and goes.

    fn visibility_changed(&self) {
        let is_hidden = document().hidden();
        self.is_hidden.set(is_hidden);
        if is_hidden {
            self.hide();
        } else if self.is_wanted.get()
            && let Some(slot) = self.slot(self.current.get())
        {
            self.run(&slot);
        }
    }

    /// Nothing plays or sounds in a tab that nobody sees; what was watched is handed over at once.
    fn hide(&self) {
        let wanted = self.is_wanted.get();
        self.pause();
        self.is_wanted.set(wanted);
        self.close_stretch(false);
        if let Some(clip) = self.clip(self.current.get()) {
            (self.setup.tick)(&clip, self.last_ms.get(), true);
        }
    }

    /// The page goes away: what was watched is handed over.
    pub fn stop(&self) {
        self.prefetch.stop();
        self.leave(self.current.get());
    }
}
