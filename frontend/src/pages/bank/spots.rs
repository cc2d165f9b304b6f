//! Places on a picture: drawn with a finger or a mouse as boxes, ovals or outlines, put in by a button, and moved by numbers
//! as well, so that nothing needs drawing.

use super::kinds::{Change, check, work};
use super::picture::PictureButton;
use super::text::RichField;
use crate::ask::{picture_address, point_in};
use crate::i18n::{t, t_with};
use crate::ui::field::{Field, segments, select, value_of};
use crate::ui::icon::{CHECK, CIRCLE_ALERT, PLUS, TRASH_2, icon, icon_sm};
use minnow_shared::bank::PictureView;
use minnow_shared::limit;
use minnow_shared::question::{Picture, Point, QuestionKey, Shape, SpotKey, Text};
use wasm_bindgen::JsCast;
use yew::prelude::*;

const WHOLE: u16 = 10_000;
/// No shape is narrower.
const LEAST: u16 = 100;
/// A tap makes a shape this wide and high.
const TAPPED: u16 = 1_600;
/// A pointer that moved less has tapped.
const STILL: u16 = 150;

/// Left, top, right, bottom in ten-thousandths of the picture.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Frame {
    left: u16,
    top: u16,
    right: u16,
    bottom: u16,
}

impl Frame {
    /// Between two points, within the picture, never without an inside.
    fn between(one: Point, other: Point) -> Self {
        let side = |a: u16, b: u16| {
            let (low, high) = (a.min(b).min(WHOLE - LEAST), a.max(b).min(WHOLE));
            (low, high.max(low + LEAST))
        };
        let ((left, right), (top, bottom)) = (side(one.x, other.x), side(one.y, other.y));
        Self { left, top, right, bottom }
    }

    /// Around a point, moved inside the picture.
    fn around(point: Point, size: u16) -> Self {
        let start = |at: u16| at.saturating_sub(size / 2).min(WHOLE - size);
        let (left, top) = (start(point.x), start(point.y));
        Self { left, top, right: left + size, bottom: top + size }
    }

    fn of(shape: &Shape) -> Self {
        match shape {
            Shape::Rectangle { left, top, right, bottom } => {
                Self { left: *left, top: *top, right: *right, bottom: *bottom }
            }
            Shape::Ellipse { x, y, radius_x, radius_y } => Self {
                left: x.saturating_sub(*radius_x),
                top: y.saturating_sub(*radius_y),
                right: x.saturating_add(*radius_x).min(WHOLE),
                bottom: y.saturating_add(*radius_y).min(WHOLE),
            },
            Shape::Polygon { corners } => {
                let of = |side: fn(&Point) -> u16| {
                    let low = corners.iter().map(side).min().unwrap_or(0);
                    (low, corners.iter().map(side).max().unwrap_or(0))
                };
                let ((left, right), (top, bottom)) = (of(|point| point.x), of(|point| point.y));
                Self { left, top, right, bottom }
            }
        }
    }

    /// The shape moved and stretched into this frame.
    fn shaped(self, shape: &Shape) -> Shape {
        let Self { left, top, right, bottom } = self;
        match shape {
            Shape::Rectangle { .. } => Shape::Rectangle { left, top, right, bottom },
            Shape::Ellipse { .. } => Shape::Ellipse {
                x: left + (right - left) / 2,
                y: top + (bottom - top) / 2,
                radius_x: ((right - left) / 2).max(1),
                radius_y: ((bottom - top) / 2).max(1),
            },
            Shape::Polygon { corners } => {
                let old = Self::of(shape);
                let along = |at: u16, from: (u16, u16), to: (u16, u16)| {
                    let share = f64::from(at - from.0) / f64::from((from.1 - from.0).max(1));
                    (f64::from(to.0) + share * f64::from(to.1 - to.0)).round() as u16
                };
                let moved = |point: &Point| Point {
                    x: along(point.x, (old.left, old.right), (left, right)),
                    y: along(point.y, (old.top, old.bottom), (top, bottom)),
                };
                Shape::Polygon { corners: corners.iter().map(moved).collect() }
            }
        }
    }

    /// With one side's number, in per cent, written anew: left and top move, width and height stretch.
    fn with(self, side: Side, percent: u16) -> Self {
        let value = percent.min(100) * 100;
        let (width, height) = (self.right - self.left, self.bottom - self.top);
        let mut next = self;
        match side {
            Side::Left => {
                next.left = value.min(WHOLE - width);
                next.right = next.left + width;
            }
            Side::Top => {
                next.top = value.min(WHOLE - height);
                next.bottom = next.top + height;
            }
            Side::Width => next.right = self.left + value.clamp(LEAST, WHOLE - self.left),
            Side::Height => next.bottom = self.top + value.clamp(LEAST, WHOLE - self.top),
        }
        next
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Side {
    Left,
    Top,
    Width,
    Height,
}

fn new_shape(tool: &str, frame: Frame) -> Shape {
    let Frame { left, top, right, bottom } = frame;
    let rectangle = Shape::Rectangle { left, top, right, bottom };
    match tool {
        "ellipse" => frame.shaped(&Shape::Ellipse { x: 0, y: 0, radius_x: 1, radius_y: 1 }),
        "polygon" => {
            let corners = vec![
                Point { x: left + (right - left) / 2, y: top },
                Point { x: right, y: bottom },
                Point { x: left, y: bottom },
            ];
            Shape::Polygon { corners }
        }
        _ => rectangle,
    }
}

/// Changes picture, places and how many are asked for; no more are asked for than there are.
fn spots(edit: impl FnOnce(&mut Picture, &mut Vec<SpotKey>, &mut u8) + 'static) -> super::Work<QuestionKey> {
    work(move |key| {
        if let QuestionKey::Hotspot { picture, spots, places } = key {
            edit(picture, spots, places);
            let right = spots.iter().filter(|spot| spot.is_right).count();
            *places = (*places).clamp(1, u8::try_from(right).unwrap_or(u8::MAX).max(1));
        }
    })
}

/// A new place; the first one is right.
fn add(spots: &mut Vec<SpotKey>, shape: Shape) {
    if spots.len() < limit::PARTS {
        spots.push(SpotKey { shape, is_right: spots.is_empty(), reason: Text::default() });
    }
}

/// What the pointer is drawing.
#[derive(Debug, Clone, PartialEq)]
struct Stroke {
    from: Point,
    to: Point,
}

#[derive(Properties, PartialEq)]
pub struct SpotsProps {
    pub picture: Picture,
    pub spots: Vec<SpotKey>,
    pub places: u8,
    pub change: Change,
}

#[component]
pub fn Spots(props: &SpotsProps) -> Html {
    let SpotsProps { picture, spots: all, places, change } = props;
    let tool = use_state_eq(|| "rectangle");
    let stroke = use_state_eq(|| None::<Stroke>);
    let corners = use_state_eq(Vec::<Point>::new);
    let trouble = use_state_eq(|| None::<AttrValue>);
    let on_picture = change.reform(|view: PictureView| {
        spots(move |picture, _, _| {
            (picture.source, picture.width, picture.height) = (view.source, view.width, view.height);
        })
    });
    let on_trouble = {
        let trouble = trouble.setter();
        Callback::from(move |why| trouble.set(why))
    };
    let label = t(if picture.source.is_empty() { "bank.picture_choose" } else { "bank.picture_other" });
    let choose = html! {
        <>
            <div id="hotspot-picture"><PictureButton {label} {on_picture} {on_trouble} /></div>
            if let Some(why) = &*trouble {
                <p class="field__error" role="alert">{ icon_sm(CIRCLE_ALERT) }{ why.clone() }</p>
            }
        </>
    };
    if picture.source.is_empty() {
        return html! { <div class="stack g3"><p class="sm muted">{ t("bank.hotspot_how") }</p>{ choose }</div> };
    }
    let set_tool = {
        let (tool, corners) = (tool.setter(), corners.setter());
        Callback::from(move |next: &'static str| {
            tool.set(next);
            corners.set(Vec::new());
        })
    };
    let close = {
        let (corners, change) = (corners.clone(), change.clone());
        Callback::from(move |_: MouseEvent| {
            let outline = Shape::Polygon { corners: (*corners).clone() };
            change.emit(spots(move |_, all, _| add(all, outline)));
            corners.set(Vec::new());
        })
    };
    let add_one = {
        let tool = *tool;
        change.reform(move |_: MouseEvent| {
            let middle = Point { x: WHOLE / 2, y: WHOLE / 2 };
            let shape = new_shape(tool, Frame::around(middle, TAPPED));
            spots(move |_, all, _| add(all, shape))
        })
    };
    let tools = [
        ("rectangle", html! { t("bank.box") }),
        ("ellipse", html! { t("bank.oval") }),
        ("polygon", html! { t("bank.outline") }),
    ];
    let set_alt = change.reform(|words: String| spots(move |picture, _, _| picture.alt = words));
    html! {
        <div class="stack g4">
            { choose }
            <Field id="alt" label={t("bank.alt")} hint={t("bank.alt_hint")} value={picture.alt.clone()} max={limit::ALT} oninput={set_alt} />
            { segments(t("bank.draw_as"), "spot-tool", &tool, &tools, &set_tool) }
            <p class="sm muted">{ t(if *tool == "polygon" { "bank.draw_outline" } else { "bank.draw_how" }) }</p>
            { canvas(props, &tool, &stroke, &corners) }
            <div class="row row--wrap g2">
                if corners.len() >= 3 {
                    <button type="button" class="btn btn--sm btn--soft" onclick={close}>{ icon_sm(CHECK) }{ t("bank.outline_close") }</button>
                }
                if all.len() < limit::PARTS {
                    <button type="button" class="btn btn--sm" onclick={add_one}>{ icon_sm(PLUS) }{ t("bank.spot_add") }</button>
                }
            </div>
            { for all.iter().enumerate().map(|(place, spot)| spot_row(place, spot, change)) }
            { how_many(all, *places, change) }
        </div>
    }
}

/// How many of the right places are asked for, where there are several.
fn how_many(all: &[SpotKey], places: u8, change: &Change) -> Html {
    let right = all.iter().filter(|spot| spot.is_right).count();
    if right < 2 {
        return html! {};
    }
    let counts: Vec<String> = (1..=right).map(|count| count.to_string()).collect();
    let options: Vec<(&str, AttrValue)> =
        counts.iter().map(|count| (count.as_str(), count.clone().into())).collect();
    let set = change.reform(|count: String| spots(move |_, _, places| *places = count.parse().unwrap_or(1)));
    select("spot-places", t("bank.spot_places"), &places.to_string(), &options, set)
}

fn canvas(
    props: &SpotsProps,
    tool: &UseStateHandle<&'static str>,
    stroke: &UseStateHandle<Option<Stroke>>,
    corners: &UseStateHandle<Vec<Point>>,
) -> Html {
    const AREA: &str = ".spots__picture";
    let down = {
        let stroke = stroke.setter();
        Callback::from(move |event: PointerEvent| {
            let Some(at) = point_in(&event, AREA).filter(|_| event.button() == 0) else { return };
            event.prevent_default();
            let area = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
            if let Some(area) = area {
                let _ = area.set_pointer_capture(event.pointer_id());
            }
            stroke.set(Some(Stroke { from: at, to: at }));
        })
    };
    let moved = {
        let stroke = stroke.clone();
        Callback::from(move |event: PointerEvent| {
            if let (Some(now), Some(to)) = (&*stroke, point_in(&event, AREA)) {
                stroke.set(Some(Stroke { from: now.from, to }));
            }
        })
    };
    let up = {
        let (stroke, corners, tool, change) = (stroke.clone(), corners.clone(), **tool, props.change.clone());
        Callback::from(move |event: PointerEvent| {
            let Some(Stroke { from, to }) = (*stroke).clone() else { return };
            let to = point_in(&event, AREA).unwrap_or(to);
            stroke.set(None);
            let is_tap = from.x.abs_diff(to.x).max(from.y.abs_diff(to.y)) < STILL;
            if tool == "polygon" {
                let mut next = (*corners).clone();
                if next.len() < limit::CORNERS {
                    next.push(to);
                }
                return corners.set(next);
            }
            let frame = if is_tap { Frame::around(to, TAPPED) } else { Frame::between(from, to) };
            change.emit(spots(move |_, all, _| add(all, new_shape(tool, frame))));
        })
    };
    let cancel = {
        let stroke = stroke.setter();
        Callback::from(move |_: PointerEvent| stroke.set(None))
    };
    let draft = stroke.as_ref().filter(|_| **tool != "polygon");
    let draft = draft.map(|Stroke { from, to }| new_shape(tool, Frame::between(*from, *to)));
    let outline: Vec<Point> = corners
        .iter()
        .copied()
        .chain(stroke.as_ref().filter(|_| **tool == "polygon").map(|s| s.to))
        .collect();
    let size = |n: u32| (n > 0).then(|| n.to_string());
    let picture = &props.picture;
    html! {
        <div class="spots__picture" dir="ltr" onpointerdown={down} onpointermove={moved} onpointerup={up} onpointercancel={cancel}>
            <img src={picture_address(&picture.source)} alt={picture.alt.clone()} width={size(picture.width)} height={size(picture.height)} draggable="false" />
            <svg viewBox="0 0 10000 10000" preserveAspectRatio="none" aria-hidden="true">
                { for props.spots.iter().map(|spot| drawn(&spot.shape, if spot.is_right { "spots__shape spots__shape--right" } else { "spots__shape" })) }
                { for draft.iter().map(|shape| drawn(shape, "spots__shape spots__shape--new")) }
                if !outline.is_empty() { <polyline class="spots__shape spots__shape--new" points={listed(&outline)} /> }
            </svg>
            <svg aria-hidden="true">
                { for props.spots.iter().enumerate().map(|(place, spot)| number(place, &spot.shape)) }
                { for corners.iter().map(|point| html! { <circle class="spots__corner" cx={percent(point.x)} cy={percent(point.y)} r="5" /> }) }
            </svg>
        </div>
    }
}

/// Hundredths of a per cent.
fn percent(at: u16) -> String {
    format!("{}.{:02}%", at / 100, at % 100)
}

fn listed(points: &[Point]) -> String {
    points.iter().map(|point| format!("{},{}", point.x, point.y)).collect::<Vec<_>>().join(" ")
}

fn drawn(shape: &Shape, class: &'static str) -> Html {
    match shape {
        Shape::Rectangle { left, top, right, bottom } => html! {
            <rect {class} x={left.to_string()} y={top.to_string()} width={right.saturating_sub(*left).to_string()} height={bottom.saturating_sub(*top).to_string()} />
        },
        Shape::Ellipse { x, y, radius_x, radius_y } => html! {
            <ellipse {class} cx={x.to_string()} cy={y.to_string()} rx={radius_x.to_string()} ry={radius_y.to_string()} />
        },
        Shape::Polygon { corners } => html! { <polygon {class} points={listed(corners)} /> },
    }
}

fn number(place: usize, shape: &Shape) -> Html {
    let Frame { left, top, right, bottom } = Frame::of(shape);
    let (x, y) = (left + (right - left) / 2, top + (bottom - top) / 2);
    html! {
        <>
            <circle class="spots__disc" cx={percent(x)} cy={percent(y)} r="12" />
            <text class="spots__number" x={percent(x)} y={percent(y)}>{ place + 1 }</text>
        </>
    }
}

fn spot_row(place: usize, spot: &SpotKey, change: &Change) -> Html {
    let n = (place + 1).to_string();
    let named = |key: &'static str| t_with(key, &[("n", &n)]);
    let on_spot = move |edit: Box<dyn FnOnce(&mut SpotKey)>| {
        spots(move |_, all, _| {
            if let Some(spot) = all.get_mut(place) {
                edit(spot);
            }
        })
    };
    let frame = Frame::of(&spot.shape);
    let side = |label: &'static str, side: Side, value: u16| {
        let onchange = change.reform(move |event: Event| {
            let percent = value_of(&event).trim().parse::<f64>().unwrap_or(0.0).clamp(0.0, 100.0);
            on_spot(Box::new(move |spot| {
                let frame = Frame::of(&spot.shape).with(side, percent.round() as u16);
                spot.shape = frame.shaped(&spot.shape);
            }))
        });
        html! {
            <label class="field spots__side">
                <span class="xs muted">{ t(label) }</span>
                <input class="input num" type="number" min="0" max="100" aria-label={t_with("bank.side_of", &[("side", &t(label)), ("n", &n)])} value={((value + 50) / 100).to_string()} {onchange} />
            </label>
        }
    };
    let set_right =
        change.reform(move |on: bool| on_spot(Box::new(move |spot: &mut SpotKey| spot.is_right = on)));
    let set_reason =
        change.reform(move |text: Text| on_spot(Box::new(move |spot: &mut SpotKey| spot.reason = text)));
    let remove = change.reform(move |_: MouseEvent| {
        spots(move |_, all, _| {
            if place < all.len() {
                all.remove(place);
            }
        })
    });
    html! {
        <fieldset class={if spot.is_right { "choice choice--right" } else { "choice" }} key={place}>
            <legend class="vh">{ named("bank.spot") }</legend>
            <div class="row row--between g2">
                <strong aria-hidden="true">{ named("bank.spot") }</strong>
                { check("bank.spot_right", spot.is_right, set_right) }
                <button type="button" class="btn btn--icon btn--quiet" aria-label={named("bank.spot_remove")} onclick={remove}>{ icon(TRASH_2) }</button>
            </div>
            <div class="spots__sides">
                { side("bank.side_left", Side::Left, frame.left) }
                { side("bank.side_top", Side::Top, frame.top) }
                { side("bank.side_width", Side::Width, frame.right - frame.left) }
                { side("bank.side_height", Side::Height, frame.bottom - frame.top) }
            </div>
            <RichField id={format!("spot-reason-{n}")} label={named("bank.spot_reason")} placeholder={t("bank.spot_reason_hint")} text={spot.reason.clone()} set={set_reason} small=true />
        </fieldset>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(x: u16, y: u16) -> Point {
        Point { x, y }
    }

    #[test]
    fn a_stroke_in_any_direction_is_a_box_with_an_inside() {
        let frame = Frame::between(at(9_990, 300), at(2_000, 300));
        assert_eq!(frame, Frame { left: 2_000, top: 300, right: 9_990, bottom: 400 });
        let corner = Frame::between(at(10_000, 10_000), at(10_000, 10_000));
        assert_eq!(corner, Frame { left: 9_900, top: 9_900, right: 10_000, bottom: 10_000 });
    }

    #[test]
    fn a_tap_at_the_edge_makes_a_whole_shape_inside() {
        assert_eq!(
            Frame::around(at(0, 10_000), 1_600),
            Frame { left: 0, top: 8_400, right: 1_600, bottom: 10_000 }
        );
    }

    #[test]
    fn numbers_move_and_stretch_every_shape() {
        let frame = Frame { left: 1_000, top: 1_000, right: 3_000, bottom: 2_000 };
        assert_eq!(frame.with(Side::Left, 95), Frame { left: 8_000, right: 10_000, ..frame });
        assert_eq!(frame.with(Side::Height, 0), Frame { bottom: 1_100, ..frame });
        let corners = vec![at(0, 0), at(2_000, 0), at(0, 1_000)];
        let moved = frame.shaped(&Shape::Polygon { corners });
        assert_eq!(
            moved,
            Shape::Polygon { corners: vec![at(1_000, 1_000), at(3_000, 1_000), at(1_000, 2_000)] }
        );
        let round = new_shape("ellipse", frame);
        assert_eq!(round, Shape::Ellipse { x: 2_000, y: 1_500, radius_x: 1_000, radius_y: 500 });
        assert_eq!(Frame::of(&round), frame);
    }
}
