//! The reel: a scroller whose snapping stages are made by a component, and the videos under them. Decides which clip is
//! the current one, plays it, stops at its question, keeps account of what was watched, and has the next one ready.

mod control;
mod fingers;
mod heard;
mod places;

use super::{
    face::{Face, SeekText},
    gesture::Gesture,
    link::link,
    moment,
    pointer::Pointer,
    pool::{FirstVideo, Pool, Slot, SlotEvent},
    prefetch::Prefetch,
    schedule::{self, Link, Situation, Step},
    watched::{Stretch, Watched},
};
use crate::browser::{document, now_ms, window};
use fingers::Fingers;
use gloo::events::EventListener;
use minnow_shared::clip::{ClipView, RenditionView};
use std::cell::{Cell, OnceCell, RefCell};
use std::rc::{Rc, Weak};
use web_sys::HtmlElement;
use yew::Callback;

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
    fingers: Fingers,
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
            fingers: Fingers::default(),
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
        let mut listeners = vec![
            on(scroller, "scroll", Reel::scrolled),
            on(scroller, "scrollend", Reel::settled),
            on(&window(), "resize", Reel::resized),
            on(&window(), "pagehide", Reel::hide),
            on(&document(), "visibilitychange", Reel::visibility_changed),
        ];
        listeners.extend(self.listen_to_fingers(scroller));
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
        let had = self.clips.borrow().len();
        let grew = clips.len() > had;
        *self.clips.borrow_mut() = clips;
        if grew && self.current.get() >= had {
            // The learner waits for it after what was the last one.
            self.appear(None);
            self.setup.tell.emit(ReelEvent::Moved(self.current.get()));
        } else if grew && self.is_moving.get() {
            self.look_ahead();
        }
    }

    /// What comes more than `behind` clips after the current one is not what it was: gives the last place that stays.
    pub fn forget_ahead(&self, behind: usize) -> usize {
        let last = self.current.get() + behind;
        for slot in self.parts.get().iter().flat_map(|parts| &parts.pool.slots) {
            if slot.place.get().is_some_and(|place| place > last) {
                slot.clear();
            }
        }
        self.failed.borrow_mut().retain(|failed| *failed <= last);
        last
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

    // Ahead.

    fn look_ahead(&self) {
        let situation = Situation {
            current: self.current.get(),
            count: self.clips.borrow().len(),
            is_playing: self.is_moving.get(),
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
            Step::Beginning(_) => {}
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
