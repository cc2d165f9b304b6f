//! A line of the script becomes an element: every shape word and the properties it takes.

use super::code::Code;
use super::colour::Colour;
use super::element::{Channel, Clip, Element, Endless, Kind, Particles};
use super::formula::Formula;
use super::geometry::{self, Xy};
use super::text::{Align, Font, lay_out};
use crate::script::LessonError;
use crate::script::tree::Node;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Drawings that `use` repeats, by name.
pub type Symbols = BTreeMap<String, Node>;

/// Colours the script named in its header.
pub type Palette = BTreeMap<String, Colour>;

pub struct Shapes<'a> {
    symbols: &'a Symbols,
    palette: &'a Palette,
    /// Lines read so far that others may follow, by id.
    ways: RefCell<BTreeMap<String, Arc<Vec<Xy>>>>,
}

/// Properties that are not channels.
const OTHER_WORDS: &[&str] = &[
    "at", "scale", "fill", "stroke", "dash", "cap", "id", "d", "pts", "anchor", "head", "size", "font",
    "align", "wrap", "plate", "before", "after", "decimals", "fn", "domain", "range", "area", "xl", "yl",
    "rows", "cols", "gap", "round", "order", "high", "values", "later", "chosen", "count", "seed", "radius",
    "step", "turn", "lag", "fade", "spin", "bob", "sway", "orbit", "pulse", "flow", "travel", "follow",
    "clip", "n", "depth", "scenery",
];

impl<'a> Shapes<'a> {
    pub fn new(symbols: &'a Symbols, palette: &'a Palette) -> Self {
        Self { symbols, palette, ways: RefCell::default() }
    }

    /// Turns the children of a scene (or group) into elements, later ones on top.
    pub fn read_all(&self, nodes: &[Node]) -> Result<Vec<Element>, LessonError> {
        let mut out: Vec<Element> = Vec::new();
        for node in nodes {
            let mut element = self.read(node)?;
            if let Some(target) = node.prop("follow") {
                let way = self.ways.borrow().get(target).cloned();
                let way = way.ok_or_else(|| node.error(format!("no line `{target}` before it to follow")))?;
                element.follow = Some((way, node.prop("turn").is_some()));
            }
            if let Some(line) = way(&element).filter(|_| !element.id.is_empty()) {
                self.ways.borrow_mut().insert(element.id.clone(), Arc::new(line));
            }
            out.push(element);
        }
        Ok(out)
    }

    fn colour(&self, node: &Node, key: &str) -> Result<Option<Colour>, LessonError> {
        node.prop(key).map(|v| self.colour_named(node, v)).transpose()
    }

    pub fn colour_named(&self, node: &Node, text: &str) -> Result<Colour, LessonError> {
        let (name, percent) = text.split_once('/').unwrap_or((text, "100"));
        if let (Some(own), Ok(p)) = (self.palette.get(name), percent.parse::<f32>()) {
            return Ok(own.faded(p / 100.0));
        }
        Colour::parse(text).ok_or_else(|| node.error(format!("`{text}` is not a colour")))
    }

    fn read(&self, node: &Node) -> Result<Element, LessonError> {
        if node.head == "use" {
            return self.read_use(node);
        }
        let mut e = Element::new(self.kind(node)?, node.line);
        self.dress(node, &mut e)?;
        // The children of a card of code are its lines.
        if !matches!(e.kind, Kind::Code(_)) {
            e.children = self.read_all(&node.children)?;
        }
        Ok(e)
    }

    /// Sets id, place, colours and motion.
    fn dress(&self, node: &Node, e: &mut Element) -> Result<(), LessonError> {
        for key in node.props.keys() {
            let channel = Channel::ALL.iter().any(|c| c.word() == key);
            let colour_of_symbol = node.head == "use";
            if !channel && !colour_of_symbol && !OTHER_WORDS.contains(&key.as_str()) {
                return Err(node.error(format!("`{key}` is not a property")));
            }
        }
        if node.head != "sky" && node.head != "use" {
            e.id = node.words.first().cloned().unwrap_or_default();
        }
        if let Some(id) = node.prop("id") {
            e.id = id.to_owned();
        }
        for channel in Channel::ALL {
            if node.prop(channel.word()).is_some() {
                e.base.set(*channel, node.number(channel.word(), 0.0)?);
            }
        }
        let at = node.pair("at", (e.base.get(Channel::X), e.base.get(Channel::Y)))?;
        e.base.set(Channel::X, at.0);
        e.base.set(Channel::Y, at.1);
        if node.prop("scale").is_some() {
            let (x, y) = node.pair("scale", (1.0, 1.0))?;
            e.base.set(Channel::ScaleX, x);
            e.base.set(Channel::ScaleY, y);
        }
        let stroke = self.colour(node, "stroke")?;
        let is_line = matches!(node.head.as_str(), "line" | "curve" | "arrow" | "arc" | "plot" | "axes");
        let bare_wave = node.head == "wave" && node.prop("h").is_none();
        let default_fill =
            if is_line || bare_wave || stroke.is_some() { Colour::CLEAR } else { Colour::WHITE };
        e.fill = self.colour(node, "fill")?.unwrap_or(default_fill);
        let default_stroke = if is_line || bare_wave { Colour::WHITE } else { Colour::CLEAR };
        e.stroke = stroke.unwrap_or(default_stroke);
        if e.stroke.a > 0.0 && node.prop("width").is_none() {
            e.base.set(Channel::Width, 6.0);
        }
        e.dash = node.numbers("dash")?;
        e.butt = node.prop("cap") == Some("butt");
        e.scenery = node.prop("scenery").is_some();
        e.endless = endless(node)?;
        e.clip = node.prop("clip").map(|v| clip(node, v)).transpose()?;
        Ok(())
    }

    fn read_use(&self, node: &Node) -> Result<Element, LessonError> {
        let name = node.words.first().map(String::as_str).unwrap_or_default();
        let symbol =
            self.symbols.get(name).ok_or_else(|| node.error(format!("no symbol is called `{name}`")))?;
        let mut e = Element::new(Kind::Group, node.line);
        self.dress(node, &mut e)?;
        if let Some(id) = node.words.get(1) {
            e.id.clone_from(id);
        }
        let prefix = if e.id.is_empty() { None } else { Some(e.id.as_str()) };
        let drawn: Vec<Node> =
            symbol.children.iter().map(|child| filled_in(child, symbol, node, prefix)).collect();
        e.children = self.read_all(&drawn)?;
        Ok(e)
    }

    fn kind(&self, node: &Node) -> Result<Kind, LessonError> {
        let bad = |what: &str| node.error(format!("`{}`: {what}", node.head));
        let n = |key: &str, default: f32| node.number(key, default);
        Ok(match node.head.as_str() {
            "group" => Kind::Group,
            "rect" => Kind::Rect { anchor: anchor(node)? },
            "circle" => Kind::Circle,
            "ellipse" => Kind::Ellipse,
            "line" | "poly" | "curve" | "blob" => {
                let points = points(node)?;
                let path = match node.head.as_str() {
                    "line" => geometry::polyline(&points, false),
                    "poly" => geometry::polyline(&points, true),
                    "curve" => geometry::smooth(&points, false),
                    _ => geometry::smooth(&points, true),
                };
                Kind::Outline(path.ok_or_else(|| bad("needs two points or more in `pts`"))?)
            }
            "path" => {
                let data = node.prop("d").unwrap_or_default();
                Kind::Outline(geometry::path_data(data).ok_or_else(|| bad("`d` is not path data"))?)
            }
            "star" => {
                let path = geometry::star(n("n", 5.0)? as usize, n("r", 40.0)?, n("inner", 18.0)?);
                Kind::Outline(path.ok_or_else(|| bad("no star"))?)
            }
            "ngon" => {
                let path = geometry::polygon(n("n", 6.0)? as usize, n("r", 40.0)?);
                Kind::Outline(path.ok_or_else(|| bad("no polygon"))?)
            }
            "arrow" => Kind::Arrow { head: n("head", 0.0)? },
            "arc" => Kind::Arc,
            "ring" => Kind::Ring,
            "wave" => Kind::Wave,
            "glow" => Kind::Glow,
            "text" => self.text(node)?,
            "counter" => Kind::Counter {
                size: n("size", 44.0)?,
                font: font(node, Font::Bold)?,
                align: align(node)?,
                before: node.prop("before").unwrap_or_default().to_owned(),
                after: node.prop("after").unwrap_or_default().to_owned(),
                decimals: n("decimals", 0.0)? as usize,
            },
            "plot" => self.plot(node)?,
            "axes" => {
                let label = |key: &str| {
                    lay_out(node.prop(key).unwrap_or_default(), Font::Bold, 26.0, Align::Start, 0.0)
                };
                Kind::Axes { x: label("xl"), y: label("yl") }
            }
            "grid" => self.grid(node)?,
            "bars" => Kind::Bars {
                values: node.numbers("values")?,
                later: node.numbers("later")?,
                gap: n("gap", 14.0)?,
                high: self.colour(node, "high")?.unwrap_or(Colour::WHITE),
                chosen: node.prop("chosen").and_then(|v| v.parse().ok()),
            },
            "particles" => {
                let (small, large) = node.pair("radius", (4.0, 4.0))?;
                Kind::Particles(Particles {
                    count: (n("count", 40.0)? as usize).min(600),
                    seed: n("seed", 1.0)? as u32,
                    small,
                    large,
                    round: node.prop("round").is_some(),
                })
            }
            "code" => {
                let lines: Vec<String> =
                    node.children.iter().filter_map(|c| c.texts.first().cloned()).collect();
                Kind::Code(Code::new(&lines, n("size", 26.0)?))
            }
            "sky" => self.sky(node)?,
            "repeat" => Kind::Repeat {
                count: (n("n", 3.0)? as usize).min(400),
                step: node.pair("step", (0.0, 0.0))?,
                turn: n("turn", 0.0)?,
                lag: n("lag", 0.0)?,
                fade: n("fade", 0.0)?,
            },
            other => return Err(node.error(format!("`{other}` is not a shape"))),
        })
    }

    fn text(&self, node: &Node) -> Result<Kind, LessonError> {
        let font = font(node, Font::Bold)?;
        let text = node.text()?;
        if let Some(c) = text.chars().find(|c| !super::text::can_draw(font, *c)) {
            return Err(node.error(format!("the font has no `{c}`")));
        }
        let size = node.number("size", 32.0)?;
        let block = lay_out(text, font, size, align(node)?, node.number("wrap", 0.0)?);
        Ok(Kind::Text { block, size, plate: self.colour(node, "plate")? })
    }

    fn plot(&self, node: &Node) -> Result<Kind, LessonError> {
        let text = node.prop("fn").unwrap_or_default();
        let formula = Formula::parse(text).ok_or_else(|| node.error(format!("`{text}` is not a formula")))?;
        let domain = node.pair("domain", (0.0, 1.0))?;
        let range = node.pair("range", (0.0, 1.0))?;
        if node.prop("flow").is_some() || node.prop("phase").is_some() {
            return Ok(Kind::LivePlot { formula, domain, range });
        }
        let (w, h) = (node.number("w", 400.0)?, node.number("h", 300.0)?);
        let points = plot_points(&formula, domain, range, (w, h), 0.0);
        let line = geometry::polyline(&points, false).ok_or_else(|| node.error("an empty curve"))?;
        let area = match self.colour(node, "area")? {
            None => None,
            Some(colour) => {
                let mut body = points;
                body.push((w, 0.0));
                body.push((0.0, 0.0));
                geometry::polyline(&body, true).map(|p| (p, colour))
            }
        };
        Ok(Kind::Plot { line, area })
    }

    fn grid(&self, node: &Node) -> Result<Kind, LessonError> {
        let rows = (node.number("rows", 4.0)? as usize).clamp(1, 60);
        let columns = (node.number("cols", 4.0)? as usize).clamp(1, 60);
        let cells = rows * columns;
        let order = match node.prop("order") {
            None => (0..cells).collect(),
            Some("mixed") => {
                let mut order: Vec<usize> = (0..cells).collect();
                order.sort_by_key(|i| super::paint::scatter(*i as u32, 77));
                order
            }
            Some(_) => node.numbers("order")?.into_iter().map(|v| v as usize).collect(),
        };
        Ok(Kind::Grid {
            rows,
            columns,
            gap: node.number("gap", 8.0)?,
            round: node.prop("round").is_some(),
            order,
            high: self.colour(node, "high")?.unwrap_or(Colour::WHITE),
        })
    }

    fn sky(&self, node: &Node) -> Result<Kind, LessonError> {
        let last = node.words.len().saturating_sub(1).max(1) as f32;
        let mut stops = Vec::new();
        for (i, word) in node.words.iter().enumerate() {
            let (name, place) = match word.split_once('@') {
                Some((name, place)) => {
                    (name, place.parse().map_err(|_| node.error("a stop is `colour@0.4`"))?)
                }
                None => (word.as_str(), i as f32 / last),
            };
            stops.push((place, self.colour_named(node, name)?));
        }
        if stops.is_empty() {
            return Err(node.error("a sky needs a colour"));
        }
        Ok(Kind::Sky { stops })
    }
}

/// Replaces `@name` by what the `use` line (or else the symbol's own line) gives, and puts ids under the user's id.
fn filled_in(node: &Node, symbol: &Node, user: &Node, prefix: Option<&str>) -> Node {
    let mut out = node.clone();
    let value = |v: &str| -> Option<String> {
        let (name, rest) =
            v.strip_prefix('@').map(|n| n.split_once('/').map_or((n, None), |(n, p)| (n, Some(p))))?;
        let found = user.prop(name).or_else(|| symbol.prop(name))?;
        Some(rest.map_or_else(|| found.to_owned(), |p| format!("{found}/{p}")))
    };
    for v in out.props.values_mut() {
        if let Some(new) = value(v) {
            *v = new;
        }
    }
    if let (Some(prefix), Some(id), true) = (prefix, out.words.first_mut(), node.head != "use") {
        *id = format!("{prefix}.{id}");
    }
    out.children = node.children.iter().map(|c| filled_in(c, symbol, user, prefix)).collect();
    out
}

pub fn plot_points(f: &Formula, domain: Xy, range: Xy, size: Xy, phase: f32) -> Vec<Xy> {
    let n = 160;
    (0..=n)
        .filter_map(|i| {
            let u = i as f32 / n as f32;
            let y = f.at(domain.0 + (domain.1 - domain.0) * u - phase);
            let v = (y - range.0) / (range.1 - range.0);
            v.is_finite().then_some((u * size.0, -v.clamp(-0.5, 1.5) * size.1))
        })
        .collect()
}

/// The line of an element in its scene, for others to follow.
fn way(e: &Element) -> Option<Vec<Xy>> {
    let (x, y) = (e.base.get(Channel::X), e.base.get(Channel::Y));
    let points = match &e.kind {
        Kind::Outline(path) => geometry::flatten(path).into_iter().next()?,
        Kind::Plot { line, .. } => geometry::flatten(line).into_iter().next()?,
        Kind::Arc | Kind::Ring => {
            let v = |c| e.base.get(c);
            geometry::arc_points(v(Channel::R), v(Channel::From), v(Channel::To))
        }
        Kind::Circle => geometry::arc_points(e.base.get(Channel::R), 0.0, 360.0),
        Kind::Ellipse => {
            geometry::flatten(&geometry::ellipse(e.base.get(Channel::W), e.base.get(Channel::H))?)
                .into_iter()
                .next()?
        }
        Kind::Arrow { .. } => {
            let v = |c| e.base.get(c);
            geometry::bow((v(Channel::TipX), v(Channel::TipY)), v(Channel::Bend))
        }
        _ => return None,
    };
    let (sx, sy) = (e.base.get(Channel::ScaleX), e.base.get(Channel::ScaleY));
    Some(points.into_iter().map(|(px, py)| (px * sx + x, py * sy + y)).collect())
}

fn points(node: &Node) -> Result<Vec<Xy>, LessonError> {
    let numbers = node.numbers("pts")?;
    if numbers.len() % 2 != 0 {
        return Err(node.error("`pts` needs an even count of numbers"));
    }
    Ok(numbers.chunks(2).filter_map(|c| if let [x, y] = c { Some((*x, *y)) } else { None }).collect())
}

fn anchor(node: &Node) -> Result<Xy, LessonError> {
    Ok(match node.prop("anchor") {
        None => (0.5, 0.5),
        Some("bottom") => (0.5, 1.0),
        Some("top") => (0.5, 0.0),
        Some("left") => (0.0, 0.5),
        Some("right") => (1.0, 0.5),
        Some("corner") => (0.0, 0.0),
        Some(other) => return Err(node.error(format!("`{other}` is not an anchor"))),
    })
}

fn font(node: &Node, default: Font) -> Result<Font, LessonError> {
    Ok(match node.prop("font") {
        None => default,
        Some("regular") => Font::Regular,
        Some("bold") => Font::Bold,
        Some("mono") => Font::Mono,
        Some(other) => return Err(node.error(format!("`{other}` is not a font"))),
    })
}

fn align(node: &Node) -> Result<Align, LessonError> {
    Ok(match node.prop("align") {
        None | Some("middle") => Align::Middle,
        Some("start") => Align::Start,
        Some("end") => Align::End,
        Some(other) => return Err(node.error(format!("`{other}` is not an alignment"))),
    })
}

fn endless(node: &Node) -> Result<Endless, LessonError> {
    let list = |key: &str| node.numbers(key);
    let get = |v: &[f32], i: usize, default: f32| v.get(i).copied().unwrap_or(default);
    let some = |v: Vec<f32>| if v.is_empty() { None } else { Some(v) };
    Ok(Endless {
        spin: node.number("spin", 0.0)?,
        bob: some(list("bob")?).map(|v| [get(&v, 0, 0.0), get(&v, 1, 0.0), get(&v, 2, 3.0), get(&v, 3, 0.0)]),
        sway: some(list("sway")?).map(|v| [get(&v, 0, 0.0), get(&v, 1, 3.0), get(&v, 2, 0.0)]),
        orbit: some(list("orbit")?)
            .map(|v| [get(&v, 0, 0.0), get(&v, 1, 0.0), get(&v, 2, 3.0), get(&v, 3, 0.0)]),
        pulse: some(list("pulse")?).map(|v| [get(&v, 0, 0.0), get(&v, 1, 1.0), get(&v, 2, 0.0)]),
        flow: some(list("flow")?).map_or((0.0, 0.0), |v| (get(&v, 0, 0.0), get(&v, 1, 0.0))),
        travel: some(list("travel")?).map(|v| [get(&v, 0, 3.0), get(&v, 1, 0.0)]),
    })
}

fn clip(node: &Node, text: &str) -> Result<Clip, LessonError> {
    let bad = || node.error("a clip is circle:x,y,r or rect:x,y,w,h or path:data");
    let (kind, rest) = text.split_once(':').ok_or_else(bad)?;
    let numbers: Vec<f32> = rest.split(',').filter_map(|v| v.trim().parse().ok()).collect();
    let path = match (kind, numbers.as_slice()) {
        ("circle", [x, y, r]) => {
            geometry::circle(*r).and_then(|p| p.transform(tiny_skia::Transform::from_translate(*x, *y)))
        }
        ("rect", [x, y, w, h]) => geometry::rect(*x, *y, *w, *h, 0.0),
        ("rect", [x, y, w, h, r]) => geometry::rect(*x, *y, *w, *h, *r),
        ("path", _) => geometry::path_data(rest),
        _ => None,
    };
    path.map(Clip::Shape).ok_or_else(bad)
}
