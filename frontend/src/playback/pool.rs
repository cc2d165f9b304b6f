//! A few video elements that take turns. They stay alive over pages (Safari unlocks sound per element) and are moved
//! only in one task, which does not reset them. Knows nothing of swipes.

use crate::browser::{document, member};
use gloo::events::EventListener;
use js_sys::{Function, Reflect};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue, prelude::Closure};
use web_sys::{HtmlElement, HtmlVideoElement};

/// Elements in the pool: the clip before, the current one, the next one.
pub const SIZE: usize = 3;

/// What a slot tells: its index and what happened.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum SlotEvent {
    /// A frame is on the screen, or time has moved: position in milliseconds.
    Frame(f64),
    Play,
    Pause,
    Ended,
    Error,
    /// A frame is there to be shown.
    Ready,
    Nothing,
}

type Frames = Closure<dyn FnMut(f64, JsValue)>;

pub struct Slot {
    pub video: HtmlVideoElement,
    pub place: Cell<Option<usize>>,
    /// The address it was given; empty for none.
    url: RefCell<String>,
    frames: RefCell<Option<Frames>>,
    /// The request for the next frame that is under way.
    asked: Cell<Option<f64>>,
    listeners: RefCell<Vec<EventListener>>,
}

thread_local! {
    /// Elements that wait for the next reel.
    static RESTING: RefCell<Vec<HtmlVideoElement>> = const { RefCell::new(Vec::new()) };
}

/// The first clip's element as the server wrote it.
pub struct FirstVideo {
    pub video: HtmlVideoElement,
    /// The id of its clip.
    pub clip: String,
}

impl FirstVideo {
    /// Takes it, if it is still where the server put it.
    pub fn take() -> Option<Self> {
        let first = document().get_element_by_id("first")?;
        let video: HtmlVideoElement = first.query_selector("video").ok()??.dyn_into().ok()?;
        let clip = video.get_attribute("data-clip").unwrap_or_default();
        // Placed like the others when it comes to show another clip.
        video.set_class_name("reel__video");
        Some(Self { video, clip })
    }

    /// Removes what held it.
    pub fn remove_holder() {
        if let Some(first) = document().get_element_by_id("first") {
            first.remove();
        }
    }
}

impl Slot {
    fn new(video: HtmlVideoElement) -> Self {
        Self {
            video,
            place: Cell::new(None),
            url: RefCell::default(),
            frames: RefCell::default(),
            asked: Cell::new(None),
            listeners: RefCell::default(),
        }
    }

    /// Makes the element show the clip at `url` at the stage of `place`; nothing is reset when it does already.
    pub fn show(&self, place: usize, url: &str, preload: &str) {
        if self.place.get() != Some(place) {
            let _ = self.video.style().set_property("--i", &place.to_string());
            self.place.set(Some(place));
        }
        if self.video.preload() != preload {
            self.video.set_preload(preload);
        }
        if *self.url.borrow() != url {
            *self.url.borrow_mut() = url.to_owned();
            self.video.set_src(url);
        }
    }

    /// The element has its clip already: the server's.
    fn adopt(&self, place: usize) {
        *self.url.borrow_mut() = self.video.get_attribute("src").unwrap_or_default();
        self.place.set(Some(place));
        let _ = self.video.style().set_property("--i", &place.to_string());
    }

    /// Lets go of the clip and of its download.
    pub fn clear(&self) {
        self.place.set(None);
        if !std::mem::take(&mut *self.url.borrow_mut()).is_empty() {
            let _ = self.video.remove_attribute("src");
            self.video.load();
        }
    }

    /// Tries a failed clip again.
    pub fn retry(&self) {
        let url = self.url.borrow().clone();
        if !url.is_empty() {
            self.video.set_src(&url);
        }
    }

    /// Asks to be told of the next frame on the screen; once until it came.
    pub fn ask_for_frame(&self) {
        if self.asked.get().is_some() {
            return;
        }
        if let Some(frames) = self.frames.borrow().as_ref() {
            self.asked.set(
                self.call("requestVideoFrameCallback", frames.as_ref()).and_then(|handle| handle.as_f64()),
            );
        }
    }

    fn call(&self, method: &str, argument: &JsValue) -> Option<JsValue> {
        let method = Reflect::get(&self.video, &method.into()).ok()?.dyn_into::<Function>().ok()?;
        method.call1(&self.video, argument).ok()
    }

    /// Whether the element has given up on its clip.
    pub fn has_failed(&self) -> bool {
        member(&self.video, "error").is_some()
    }

    fn listen(self: &Rc<Self>, index: usize, tell: &Rc<dyn Fn(usize, SlotEvent)>) {
        let on = |name: &'static str, event: fn(&HtmlVideoElement) -> SlotEvent| {
            let (slot, tell) = (Rc::downgrade(self), tell.clone());
            EventListener::new(&self.video, name, move |_| {
                if let Some(slot) = slot.upgrade() {
                    tell(index, event(&slot.video));
                }
            })
        };
        *self.listeners.borrow_mut() = vec![
            on("play", |_| SlotEvent::Play),
            on("playing", |_| SlotEvent::Play),
            on("pause", |_| SlotEvent::Pause),
            on("ended", |_| SlotEvent::Ended),
            on("error", |_| SlotEvent::Error),
            on("loadeddata", |_| SlotEvent::Ready),
            // For browsers that tell of no frames, and for seeking while paused.
            on("timeupdate", |video| match !video.paused() && tells_frames(video) {
                true => SlotEvent::Nothing,
                false => SlotEvent::Frame(video.current_time() * 1000.0),
            }),
        ];
        let (slot, tell) = (Rc::downgrade(self), tell.clone());
        let frame = move |_now: f64, frame: JsValue| {
            let Some(slot) = slot.upgrade() else { return };
            slot.asked.set(None);
            let seconds = Reflect::get(&frame, &"mediaTime".into()).ok().and_then(|time| time.as_f64());
            tell(index, SlotEvent::Frame(seconds.unwrap_or_default() * 1000.0));
        };
        *self.frames.borrow_mut() = Some(Closure::new(frame));
    }
}

fn tells_frames(video: &HtmlVideoElement) -> bool {
    Reflect::has(video, &"requestVideoFrameCallback".into()).unwrap_or(false)
}

pub struct Pool {
    pub slots: Vec<Rc<Slot>>,
}

impl Pool {
    /// Fills `holder` with the elements. `first` is the server's element with the place of its clip.
    pub fn new(
        holder: &HtmlElement,
        first: Option<(HtmlVideoElement, Option<usize>)>,
        tell: &Rc<dyn Fn(usize, SlotEvent)>,
    ) -> Self {
        let mut slots = Vec::with_capacity(SIZE);
        if let Some((video, place)) = first {
            let slot = Rc::new(Slot::new(video));
            if let Some(place) = place {
                slot.adopt(place);
            }
            slots.push(slot);
        }
        while slots.len() < SIZE {
            let Some(video) = RESTING.with_borrow_mut(Vec::pop).or_else(new_video) else { break };
            slots.push(Rc::new(Slot::new(video)));
        }
        for (index, slot) in slots.iter().enumerate() {
            slot.listen(index, tell);
            // Inserted in the same task it was taken out: it goes on playing.
            let _ = holder.append_child(&slot.video);
        }
        Self { slots }
    }

    pub fn at(&self, place: usize) -> Option<&Rc<Slot>> {
        self.slots.iter().find(|slot| slot.place.get() == Some(place))
    }

    /// The slot of a place, or the one that is furthest from `current` and may be taken for it.
    pub fn claim(&self, place: usize, current: usize) -> Option<&Rc<Slot>> {
        let far = |slot: &&Rc<Slot>| slot.place.get().map_or(usize::MAX, |at| at.abs_diff(current));
        self.at(place).or_else(|| {
            let free = self.slots.iter().filter(|slot| slot.place.get() != Some(current));
            free.max_by_key(far)
        })
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        for slot in &self.slots {
            slot.listeners.borrow_mut().clear();
            if let Some(handle) = slot.asked.take() {
                slot.call("cancelVideoFrameCallback", &handle.into());
            }
            let _ = slot.video.pause();
            slot.clear();
            slot.video.remove();
            RESTING.with_borrow_mut(|resting| resting.push(slot.video.clone()));
        }
    }
}

fn new_video() -> Option<HtmlVideoElement> {
    let video: HtmlVideoElement = document().create_element("video").ok()?.dyn_into().ok()?;
    let _ = video.set_attribute("playsinline", "");
    let _ = video.set_attribute("disablepictureinpicture", "");
    let _ = video.set_attribute("disableremoteplayback", "");
    video.set_class_name("reel__video");
    // The property, not the attribute: autoplay is refused otherwise.
    video.set_muted(true);
    Some(video)
}
