//! Dragging with a finger, a pen or the mouse: what is marked `data-part` follows, and what is marked `data-spot` and lies
//! under it in the end gets it. Everything that is dragged can be tapped instead.

use crate::browser;
use gloo::events::EventListener;
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, PointerEvent};
use yew::Callback;

/// Less is a tap.
const TREMOR_PX: i32 = 8;

/// A part that was let go over a spot.
#[derive(Debug, Clone, PartialEq)]
pub struct Drop {
    pub part: String,
    /// The spot it lay on; `None` for the bank.
    pub from: Option<String>,
    pub spot: String,
}

/// Follows one pointer for as long as it lives.
pub struct Drag {
    _listeners: [EventListener; 3],
}

impl Drag {
    /// Begins where the pointer came down on a part.
    pub fn begin(event: &PointerEvent, dropped: Callback<Drop>) -> Option<Self> {
        if !event.is_primary() || event.button() != 0 {
            return None;
        }
        let part = closest(event.target()?.dyn_into().ok()?, "[data-part]")?;
        let body = closest(part.clone().into(), "[data-moves]").unwrap_or_else(|| part.clone());
        let (x, y) = (event.client_x(), event.client_y());
        let is_on = Rc::new(Cell::new(false));
        let moved = {
            let (body, is_on) = (body.clone(), is_on.clone());
            move |event: &PointerEvent| {
                let (dx, dy) = (event.client_x() - x, event.client_y() - y);
                if is_on.get() || dx.abs().max(dy.abs()) > TREMOR_PX {
                    is_on.set(true);
                    let _ = body.set_attribute("data-dragged", "");
                    let _ = body.style().set_property("transform", &format!("translate({dx}px,{dy}px)"));
                }
            }
        };
        let ended = {
            let is_on = is_on.clone();
            move |event: &PointerEvent, is_kept: bool| {
                let _ = body.style().remove_property("transform");
                if !is_on.replace(false) {
                    return;
                }
                // Asked before it is in the way again.
                let spot = spot_at(event.client_x() as f32, event.client_y() as f32);
                let _ = body.remove_attribute("data-dragged");
                if let (true, Some(spot)) = (is_kept, spot) {
                    dropped.emit(Drop {
                        part: part.get_attribute("data-part").unwrap_or_default(),
                        from: part.get_attribute("data-from"),
                        spot,
                    });
                }
            }
        };
        let ended = Rc::new(ended);
        let cancelled = ended.clone();
        let on = |name: &'static str, act: Box<dyn Fn(&PointerEvent)>| {
            EventListener::new(&browser::window(), name, move |event| act(event.unchecked_ref()))
        };
        Some(Self {
            _listeners: [
                on("pointermove", Box::new(moved)),
                on("pointerup", Box::new(move |event| ended(event, true))),
                on("pointercancel", Box::new(move |event| cancelled(event, false))),
            ],
        })
    }
}

fn closest(element: Element, selector: &str) -> Option<HtmlElement> {
    element.closest(selector).ok().flatten()?.dyn_into().ok()
}

fn spot_at(x: f32, y: f32) -> Option<String> {
    closest(browser::document().element_from_point(x, y)?, "[data-spot]")?.get_attribute("data-spot")
}
