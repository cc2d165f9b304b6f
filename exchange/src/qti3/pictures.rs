//! Places on a picture: hotspots and points to be selected, in pixels there and in ten-thousandths here.

use super::content::Sink;
use super::declarations::number;
use super::interactions::picture_of;
use super::item::Item;
use super::xml::Node;
use minnow_shared::limit;
use minnow_shared::question::{Picture, Point, QuestionKey, Shape, SpotKey, Text};

/// Width and height in pixels.
pub type Size = (f64, f64);

/// The key of an interaction with a picture.
pub fn key(item: &Item<'_>, node: &Node, sink: &mut Sink<'_>) -> Result<QuestionKey, String> {
    let id = node.get("response-identifier");
    let response = item.responses.get(id).ok_or("its response is not declared")?;
    let (source, alt, mut width, mut height) = picture_of(node, sink)?;
    let size = (f64::from(width), f64::from(height));
    let choices: Vec<&Node> = node.all("hotspot-choice").take(limit::PARTS + 1).collect();
    let mut spots = Vec::new();
    if node.name == "hotspot-interaction" {
        for choice in &choices {
            let shape = shape(choice.get("shape"), choice.get("coords"), size)?;
            let reason = item.said_to_choice(id, choice, sink);
            let is_right = response.correct.iter().any(|id| id == choice.get("identifier"));
            spots.push(SpotKey { shape, is_right, reason });
        }
        if spots.iter().all(|spot| !spot.is_right) {
            let ids: Vec<&str> = choices.iter().map(|choice| choice.get("identifier")).collect();
            let marks = item.marks(id, &ids, response.is_multiple, item.most, sink)?;
            for (spot, right) in spots.iter_mut().zip(marks.is_right) {
                spot.is_right = right;
            }
        }
    } else {
        for area in response.areas.iter().take(limit::PARTS) {
            let shape = shape(&area.shape, &area.coords, size)?;
            spots.push(SpotKey { shape, is_right: area.value > 0.0, reason: Text::default() });
        }
        if spots.is_empty() {
            return Err("it names points, not areas, that are right".into());
        }
    }
    if let Some(extras) = &item.extras
        && extras.shapes.len() == spots.len()
    {
        for (spot, shape) in spots.iter_mut().zip(&extras.shapes) {
            spot.shape = shape.clone();
        }
    }
    if item.extras.as_ref().is_some_and(|extras| extras.unsized_picture) {
        (width, height) = (0, 0);
    }
    let right = spots.iter().filter(|spot| spot.is_right).count();
    let asked = number(node.get("max-choices")).map_or(1, |most| most as usize);
    let places = if asked == 0 { right } else { asked.min(right) };
    Ok(QuestionKey::Hotspot {
        picture: Picture { source, alt, width, height },
        spots,
        places: u8::try_from(places.max(1)).unwrap_or(u8::MAX),
    })
}

fn shape(name: &str, coords: &str, (width, height): Size) -> Result<Shape, String> {
    let numbers: Option<Vec<(f64, bool)>> = coords
        .split(',')
        .map(|part| {
            let part = part.trim();
            let percent = part.strip_suffix('%');
            number(percent.unwrap_or(part)).map(|value| (value, percent.is_some()))
        })
        .collect();
    let numbers = numbers.unwrap_or_default();
    let share = |(value, is_percent): (f64, bool), side: f64| {
        let share = if is_percent { value / 100.0 } else { value / side };
        (share * 10_000.0).round().clamp(0.0, 10_000.0) as u16
    };
    let across = |value| share(value, width);
    let down = |value| share(value, height);
    Ok(match (name, numbers.as_slice()) {
        ("rect", [left, top, right, bottom]) => Shape::Rectangle {
            left: across(*left).min(across(*right)),
            top: down(*top).min(down(*bottom)),
            right: across(*right).max(across(*left)),
            bottom: down(*bottom).max(down(*top)),
        },
        ("circle", [x, y, radius]) => {
            Shape::Ellipse { x: across(*x), y: down(*y), radius_x: across(*radius), radius_y: down(*radius) }
        }
        ("ellipse", [x, y, radius_x, radius_y]) => Shape::Ellipse {
            x: across(*x),
            y: down(*y),
            radius_x: across(*radius_x),
            radius_y: down(*radius_y),
        },
        ("poly", numbers) if numbers.len() >= 6 => {
            let corners = numbers.chunks_exact(2).filter_map(|pair| match pair {
                [x, y] => Some(Point { x: across(*x), y: down(*y) }),
                _ => None,
            });
            let mut corners: Vec<Point> = corners.collect();
            if corners.len() > 3 && corners.first() == corners.last() {
                corners.pop();
            }
            Shape::Polygon { corners }
        }
        ("default", _) => Shape::Rectangle { left: 0, top: 0, right: 10_000, bottom: 10_000 },
        _ => return Err(format!("the shape `{name}` with `{coords}` is not understood")),
    })
}

/// A shape's name and coordinates in pixels.
pub fn written(shape: &Shape, (width, height): Size) -> (&'static str, String) {
    let across = |value: u16| (f64::from(value) * width / 10_000.0).round();
    let down = |value: u16| (f64::from(value) * height / 10_000.0).round();
    match shape {
        Shape::Rectangle { left, top, right, bottom } => {
            ("rect", format!("{},{},{},{}", across(*left), down(*top), across(*right), down(*bottom)))
        }
        Shape::Ellipse { x, y, radius_x, radius_y } => {
            let (radius_x, radius_y) = (across(*radius_x), down(*radius_y));
            if (radius_x - radius_y).abs() < 0.5 {
                ("circle", format!("{},{},{radius_x}", across(*x), down(*y)))
            } else {
                ("ellipse", format!("{},{},{radius_x},{radius_y}", across(*x), down(*y)))
            }
        }
        Shape::Polygon { corners } => {
            // A polygon of the schema ends where it began.
            let all = corners.iter().chain(corners.first());
            ("poly", all.map(|c| format!("{},{}", across(c.x), down(c.y))).collect::<Vec<_>>().join(","))
        }
    }
}
