//! A sheet that follows a finger down and closes. Its handle and its head (`data-pull`) take the finger; the rest of it
//! scrolls. Esc and its buttons do the same without a finger.

use gloo::events::EventListener;
use gloo::timers::callback::Timeout;
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, PointerEvent};
use yew::Callback;

/// Pulled this far it closes.
const FAR_PX: f64 = 96.0;
/// So does one that is thrown: this fast, and no mere tremor.
const FAST_PX_PER_MS: f64 = 0.5;
const TREMOR_PX: f64 = 24.0;
/// How long the way out takes, milliseconds: `--d-2` of the style sheet.
const OUT_MS: u32 = 200;

/// Whether a pull that ended closes: the way down in CSS pixels, and how long it took.
fn closes(down_px: f64, ms: f64) -> bool {
    down_px >= FAR_PX || (down_px >= TREMOR_PX && down_px / ms.max(1.0) >= FAST_PX_PER_MS)
}

/// Where and when the finger came down.
type Start = Rc<Cell<Option<(f64, f64)>>>;
type Act = Box<dyn Fn(&HtmlElement, &Start, &PointerEvent)>;

/// Listens for as long as it lives.
pub struct Pull {
    _listeners: [EventListener; 4],
}

impl Pull {
    pub fn new(sheet: &HtmlElement, close: Callback<()>) -> Self {
        let start = Start::default();
        let on = |name: &'static str, act: Act| {
            let (here, start) = (sheet.clone(), start.clone());
            EventListener::new(sheet, name, move |event| act(&here, &start, event.unchecked_ref()))
        };
        let ended = move |sheet: &HtmlElement, start: &Start, event: &PointerEvent| {
            let Some((y, at)) = start.take() else { return };
            let _ = sheet.set_attribute("data-settling", "");
            if closes(f64::from(event.client_y()) - y, event.time_stamp() - at) {
                shift(sheet, "translateY(100%)");
                let close = close.clone();
                Timeout::new(OUT_MS, move || close.emit(())).forget();
            } else {
                shift(sheet, "");
            }
        };
        Self {
            _listeners: [
                on("pointerdown", Box::new(began)),
                on("pointermove", Box::new(moved)),
                on("pointerup", Box::new(ended)),
                on(
                    "pointercancel",
                    Box::new(|sheet, start, _| {
                        if start.take().is_some() {
                            shift(sheet, "");
                        }
                    }),
                ),
            ],
        }
    }
}

fn shift(sheet: &HtmlElement, transform: &str) {
    let _ = sheet.style().set_property("transform", transform);
}

fn began(sheet: &HtmlElement, start: &Start, event: &PointerEvent) {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let is_in = |selector: &str| {
        target.as_ref().is_some_and(|target| target.closest(selector).is_ok_and(|found| found.is_some()))
    };
    // A mouse has the close button, and Esc is near.
    if event.is_primary() && event.pointer_type() != "mouse" && is_in("[data-pull]") && !is_in("button") {
        let _ = sheet.remove_attribute("data-settling");
        let _ = sheet.set_pointer_capture(event.pointer_id());
        start.set(Some((f64::from(event.client_y()), event.time_stamp())));
    }
}

fn moved(sheet: &HtmlElement, start: &Start, event: &PointerEvent) {
    if let Some((y, _)) = start.get() {
        let down = (f64::from(event.client_y()) - y).max(0.0);
        shift(sheet, &format!("translateY({}px)", down.round() as i32));
    }
}

#[cfg(test)]
mod tests {
    use super::closes;

    #[test]
    fn a_sheet_closes_when_pulled_far_or_thrown_and_stays_otherwise() {
        assert!(closes(120.0, 2_000.0), "far and slow");
        assert!(closes(40.0, 60.0), "short and fast");
        assert!(!closes(60.0, 600.0), "short and slow");
        assert!(!closes(8.0, 5.0), "a tremor");
        assert!(!closes(-200.0, 100.0), "upwards");
    }
}
