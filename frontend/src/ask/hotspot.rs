//! Places on a picture: by a tap, or by how far they are from the left and from the top.

use super::component::At;
use super::rich::picture_address;
use crate::i18n::{digits, plural, t, t_with};
use crate::ui::field::value_of;
use crate::ui::icon::{X, icon_sm};
use minnow_shared::question::{Picture, Point};
use wasm_bindgen::JsCast;
use web_sys::Element;
use yew::prelude::*;

/// Points are in ten-thousandths of the picture.
const WHOLE: f64 = 10_000.0;

/// How a place is drawn.
#[derive(Clone, Copy, PartialEq)]
pub enum Pin {
    Own,
    Right,
    Later,
}

pub fn hotspot(at: &At<'_>, picture: &Picture, places: u8) -> Html {
    let press = at.edit(move |draft, point: Point| mark(&mut draft.points, point, places));
    let onclick = Callback::from(move |event: MouseEvent| {
        if let Some(point) = point_of(&event) {
            press.emit(point);
        }
    });
    let pins: Vec<_> = at.draft.points.iter().map(|point| (*point, Pin::Own)).collect();
    html! {
        <>
            <p class="sm muted">{ plural("quiz.how_to_point", u64::from(places)) }</p>
            { drawn(picture, &pins, Some(at.draft.cursor).filter(|cursor| *cursor != Point { x: 0, y: 0 }), Some(onclick)) }
            <p class="vh" role="status">{ plural("quiz.points", at.draft.points.len() as u64) }</p>
            if !at.draft.points.is_empty() {
                <div class="row row--wrap g2">
                    { for (0..at.draft.points.len()).map(|place| {
                        let number = digits(place as u64 + 1);
                        let onclick = at.edit(move |draft, _: MouseEvent| {
                            if place < draft.points.len() {
                                draft.points.remove(place);
                            }
                        });
                        html! {
                            <button class="chip" aria-label={t_with("quiz.unmark", &[("n", &number)])} {onclick}>
                                { t_with("quiz.point", &[("n", &number)]) }{ icon_sm(X) }
                            </button>
                        }
                    }) }
                </div>
            }
            { without_pointing(at, places) }
        </>
    }
}

fn without_pointing(at: &At<'_>, places: u8) -> Html {
    let percent = |ten_thousandths: u16| (ten_thousandths / 100).to_string();
    let field = |key: &'static str, value: u16, is_down: bool| {
        let oninput = at.edit(move |draft, event: InputEvent| {
            let part = value_of(&event).trim().parse::<u16>().unwrap_or(0).min(100) * 100;
            if is_down { draft.cursor.y = part } else { draft.cursor.x = part }
        });
        html! {
            <label class="field grow">
                <span class="field__label">{ t(key) }</span>
                <input class="input" type="number" min="0" max="100" value={percent(value)} {oninput} />
            </label>
        }
    };
    let onclick = at.edit(move |draft, _: MouseEvent| {
        let cursor = draft.cursor;
        mark(&mut draft.points, cursor, places);
    });
    html! {
        <details class="ask__exact">
            <summary class="sm">{ t("quiz.without_pointing") }</summary>
            <div class="row g2">
                { field("quiz.across", at.draft.cursor.x, false) }
                { field("quiz.down_from_top", at.draft.cursor.y, true) }
            </div>
            <button class="btn btn--soft" {onclick}>{ t("quiz.point_here") }</button>
        </details>
    }
}

/// Marks a place; with all of them marked the first one goes.
fn mark(points: &mut Vec<Point>, point: Point, places: u8) {
    if points.len() >= usize::from(places.max(1)) {
        points.remove(0);
    }
    points.push(point);
}

fn point_of(event: &MouseEvent) -> Option<Point> {
    point_in(event, ".ask__picture")
}

/// Where in the area that a selector names an event was, in ten-thousandths from its upper left corner.
pub fn point_in(event: &MouseEvent, area: &str) -> Option<Point> {
    // Listeners stand at the root of the program: what was pressed is the target, not the current one.
    let pressed: Element = event.target()?.dyn_into().ok()?;
    let area = pressed.closest(area).ok().flatten()?;
    let frame = area.get_bounding_client_rect();
    if frame.width() < 1.0 || frame.height() < 1.0 {
        return None;
    }
    let part = |at: f64, whole: f64| (at / whole * WHOLE).round().clamp(0.0, WHOLE) as u16;
    Some(Point {
        x: part(f64::from(event.client_x()) - frame.left(), frame.width()),
        y: part(f64::from(event.client_y()) - frame.top(), frame.height()),
    })
}

/// The picture with its places. Left is left in every language.
pub fn drawn(
    picture: &Picture,
    pins: &[(Point, Pin)],
    cursor: Option<Point>,
    onclick: Option<Callback<MouseEvent>>,
) -> Html {
    let size = |n: u32| (n > 0).then(|| n.to_string());
    // Hundredths of a per cent, as whole numbers with two places.
    let at = |n: u16| format!("{}.{:02}%", n / 100, n % 100);
    html! {
        <div class="ask__picture" dir="ltr" {onclick}>
            <img src={picture_address(&picture.source)} alt={picture.alt.clone()} width={size(picture.width)} height={size(picture.height)} draggable="false" />
            <svg aria-hidden="true">
                { for cursor.map(|point| html! { <circle class="ask__pin ask__pin--aim" cx={at(point.x)} cy={at(point.y)} r="14" /> }) }
                { for pins.iter().map(|(point, pin)| {
                    let class = match pin {
                        Pin::Own => "ask__pin",
                        Pin::Right => "ask__pin ask__pin--right",
                        Pin::Later => "ask__pin ask__pin--later",
                    };
                    html! { <circle {class} cx={at(point.x)} cy={at(point.y)} r="12" /> }
                }) }
            </svg>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_places_are_marked_than_are_asked_for() {
        let mut points = Vec::new();
        for n in 1..=3 {
            mark(&mut points, Point { x: n, y: n }, 2);
        }
        assert_eq!(points, [Point { x: 2, y: 2 }, Point { x: 3, y: 3 }]);
    }
}
