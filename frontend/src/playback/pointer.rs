//! Fingers, mouse and wheel on the reel: turns the browser's events into `gesture`'s. Only the stage's own surface
//! (`data-tap`) makes gestures; buttons over it are left alone.

use super::gesture::{Gesture, HOLD_MS, Point, Recogniser, Wheel};
use crate::browser::{member, window};
use gloo::events::{EventListener, EventListenerOptions};
use gloo::timers::callback::Timeout;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement, MouseEvent, PointerEvent, WheelEvent};

struct Hands {
    recogniser: RefCell<Recogniser>,
    hold: RefCell<Option<Timeout>>,
    /// When a pointer last did something: a click without one comes from a key or a reader.
    pointer_at: Cell<f64>,
    tell: Box<dyn Fn(Gesture)>,
}

/// Listens for as long as it lives.
pub struct Pointer {
    _listeners: Vec<EventListener>,
}

fn on_surface(event: &Event) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    target.is_some_and(|element| element.has_attribute("data-tap"))
}

fn point(event: &PointerEvent) -> Point {
    Point { x: f64::from(event.client_x()), y: f64::from(event.client_y()), at: event.time_stamp() }
}

impl Hands {
    fn down(self: &Rc<Self>, event: &PointerEvent) {
        if !on_surface(event) || !event.is_primary() || event.button() != 0 {
            return;
        }
        self.pointer_at.set(event.time_stamp());
        self.recogniser.borrow_mut().down(point(event));
        let this = Rc::downgrade(self);
        let rested = move || {
            if let Some(this) = this.upgrade() {
                let gesture = this.recogniser.borrow_mut().rested();
                this.pass(gesture);
            }
        };
        *self.hold.borrow_mut() = Some(Timeout::new(HOLD_MS, rested));
    }

    fn up(&self, event: &PointerEvent) {
        self.hold.borrow_mut().take();
        self.pointer_at.set(event.time_stamp());
        let width = window().inner_width().ok().and_then(|width| width.as_f64()).unwrap_or_default();
        let gesture = self.recogniser.borrow_mut().up(point(event), width);
        self.pass(gesture);
    }

    fn cancel(&self) {
        self.hold.borrow_mut().take();
        let gesture = self.recogniser.borrow_mut().cancel();
        self.pass(gesture);
    }

    fn click(&self, event: &MouseEvent) {
        // Keys click without a count; a reader may click like a finger, but long after the last one.
        let is_key = member(event, "detail").and_then(|count| count.as_f64()) == Some(0.0);
        if on_surface(event) && (is_key || event.time_stamp() - self.pointer_at.get() > 700.0) {
            self.pass(Some(Gesture::Tap));
        }
    }

    fn pass(&self, gesture: Option<Gesture>) {
        if let Some(gesture) = gesture {
            (self.tell)(gesture);
        }
    }
}

impl Pointer {
    /// `turn`: the wheel asks for the next (1) or the previous (-1) clip.
    pub fn new(
        scroller: &HtmlElement,
        tell: impl Fn(Gesture) + 'static,
        turn: impl Fn(i32) + 'static,
    ) -> Self {
        let hands = Rc::new(Hands {
            recogniser: RefCell::default(),
            hold: RefCell::new(None),
            pointer_at: Cell::new(f64::MIN),
            tell: Box::new(tell),
        });
        let on = |name: &'static str, act: fn(&Rc<Hands>, &PointerEvent)| {
            let hands = hands.clone();
            EventListener::new(scroller, name, move |event| act(&hands, event.unchecked_ref()))
        };
        let mut listeners = vec![
            on("pointerdown", Hands::down),
            on("pointermove", |hands, event| hands.recogniser.borrow_mut().moved(point(event))),
            on("pointerup", |hands, event| hands.up(event)),
            on("pointercancel", |hands, _| hands.cancel()),
            on("pointerleave", |hands, _| hands.cancel()),
            on("click", |hands, event| hands.click(event.unchecked_ref())),
        ];
        // A long press is a hold here, not a menu.
        listeners.push(EventListener::new_with_options(
            scroller,
            "contextmenu",
            EventListenerOptions::enable_prevent_default(),
            |event| {
                if on_surface(event) {
                    event.prevent_default();
                }
            },
        ));
        listeners.push(wheel(scroller, turn));
        Self { _listeners: listeners }
    }
}

fn wheel(scroller: &HtmlElement, turn: impl Fn(i32) + 'static) -> EventListener {
    let wheel = RefCell::new(Wheel::default());
    EventListener::new_with_options(
        scroller,
        "wheel",
        EventListenerOptions::enable_prevent_default(),
        move |event| {
            let event: &WheelEvent = event.unchecked_ref();
            // Ctrl + wheel is the browser's zoom.
            if event.ctrl_key() {
                return;
            }
            event.prevent_default();
            let unit = if event.delta_mode() == WheelEvent::DOM_DELTA_PIXEL { 1.0 } else { 40.0 };
            if let Some(step) = wheel.borrow_mut().turned(event.delta_y() * unit, event.time_stamp()) {
                turn(step);
            }
        },
    )
}
