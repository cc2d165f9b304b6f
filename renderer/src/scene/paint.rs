//! Elements become pixels on a canvas (tiny-skia). Knows nothing of scripts or of time before this frame.

use super::code::Code;
use super::colour::Colour;
use super::element::{Channel as C, Clip, Element, Kind, Particles, Values};
use super::geometry::{self, Xy};
use super::shapes::plot_points;
use super::text::{Block, LINE_HEIGHT, lay_out};
use tiny_skia::{
    FillRule, GradientStop, LineCap, LineJoin, LinearGradient, Mask, Paint, Path, Pixmap, PixmapPaint, Point,
    RadialGradient, Rect, SpreadMode, Stroke, StrokeDash, Transform,
};

/// A canvas and what is handed down to children.
pub struct Canvas<'a> {
    pub pixels: &'a mut Pixmap,
}

#[derive(Clone, Copy)]
pub struct Context<'m> {
    pub t: f32,
    pub transform: Transform,
    pub opacity: f32,
    pub mask: Option<&'m Mask>,
}

/// A well-mixed number from a counter and a seed.
pub fn scatter(i: u32, seed: u32) -> u32 {
    let mut h = i.wrapping_mul(0x9e37_79b9) ^ seed.wrapping_mul(0x85eb_ca6b);
    h = (h ^ (h >> 16)).wrapping_mul(0x7feb_352d);
    h = (h ^ (h >> 15)).wrapping_mul(0x846c_a68b);
    h ^ (h >> 16)
}

fn unit(i: u32, seed: u32) -> f32 {
    scatter(i, seed) as f32 / u32::MAX as f32
}

/// Where an element stands: its place, turn and size on top of `transform`; None while it has no size.
pub fn placed(e: &Element, v: &Values, transform: Transform) -> Option<Transform> {
    let mut place = (v.get(C::X) + v.get(C::ShiftX), v.get(C::Y) + v.get(C::ShiftY));
    let mut rotation = v.get(C::Rot);
    if let Some((way, turn)) = &e.follow {
        let (p, heading) = geometry::along(way, v.get(C::Along));
        place = (p.0 + v.get(C::ShiftX), p.1 + v.get(C::ShiftY));
        rotation += if *turn { heading } else { 0.0 };
    }
    let pop = v.get(C::Pop);
    let (sx, sy) = (v.get(C::ScaleX), v.get(C::ScaleY));
    let (gx, gy) = (pop * v.get(C::GrowX), pop * v.get(C::GrowY));
    if sx * sy * gx * gy == 0.0 {
        return None;
    }
    let mut transform = transform.pre_translate(place.0, place.1);
    if rotation != 0.0 {
        transform = transform.pre_rotate(rotation);
    }
    if (sx, sy) != (1.0, 1.0) {
        transform = transform.pre_scale(sx, sy);
    }
    if (gx, gy) != (1.0, 1.0) {
        let (px, py) = pivot(e, v.get(C::GrowX) != 1.0, v.get(C::GrowY) != 1.0);
        transform = transform.pre_translate(px, py).pre_scale(gx, gy).pre_translate(-px, -py);
    }
    Some(transform)
}

/// What one element is painted with at this moment.
struct Brush<'c, 'm> {
    ctx: Context<'m>,
    fill: Colour,
    stroke: Colour,
    element: &'c Element,
    v: Values,
}

impl Canvas<'_> {
    pub fn draw(&mut self, e: &Element, ctx: Context<'_>) {
        let v = e.values(ctx.t);
        let opacity = ctx.opacity * v.get(C::Opacity) * v.get(C::Seen);
        if opacity <= 0.002 {
            return;
        }
        let Some(transform) = placed(e, &v, ctx.transform) else { return };
        // Shapes of a group that fades must not show through each other: they are drawn whole, then faded as one.
        let fades = matches!(e.kind, Kind::Group | Kind::Repeat { .. }) && opacity < 0.998;
        if fades && let Some(mut layer) = Pixmap::new(self.pixels.width(), self.pixels.height()) {
            let whole = Context { transform, opacity: 1.0, ..ctx };
            Canvas { pixels: &mut layer }.draw_placed(e, v, whole);
            let paint = PixmapPaint { opacity, ..PixmapPaint::default() };
            self.pixels.draw_pixmap(0, 0, layer.as_ref(), &paint, Transform::identity(), None);
            return;
        }
        self.draw_placed(e, v, Context { transform, opacity, ..ctx });
    }

    /// Draws an element whose transform is known.
    fn draw_placed(&mut self, e: &Element, v: Values, ctx: Context<'_>) {
        let own_mask = e.clip.as_ref().and_then(|Clip::Shape(path)| {
            let mut mask = Mask::new(self.pixels.width(), self.pixels.height())?;
            mask.fill_path(path, FillRule::Winding, true, ctx.transform);
            Some(mask)
        });
        let mask = own_mask.as_ref().or(ctx.mask);
        let ctx = Context { mask, ..ctx };
        let brush = Brush { ctx, fill: e.fill_at(ctx.t), stroke: e.stroke_at(ctx.t), element: e, v };
        self.draw_kind(&brush);
    }

    fn draw_kind(&mut self, b: &Brush<'_, '_>) {
        let v = |c| b.v.get(c);
        match &b.element.kind {
            Kind::Group => {
                for child in &b.element.children {
                    self.draw(child, b.ctx);
                }
            }
            Kind::Repeat { count, step, turn, lag, fade } => {
                for i in 0..*count {
                    let k = i as f32;
                    let transform =
                        b.ctx.transform.pre_translate(step.0 * k, step.1 * k).pre_rotate(turn * k);
                    let opacity = b.ctx.opacity * (1.0 - fade * k).max(0.0);
                    let ctx = Context { t: b.ctx.t - lag * k, transform, opacity, mask: b.ctx.mask };
                    for child in &b.element.children {
                        self.draw(child, ctx);
                    }
                }
            }
            Kind::Rect { anchor } => {
                let (w, h) = (v(C::W), v(C::H));
                self.outline(b, geometry::rect(-w * anchor.0, -h * anchor.1, w, h, v(C::R)));
            }
            Kind::Circle => self.outline(b, geometry::circle(v(C::R))),
            Kind::Ellipse => self.outline(b, geometry::ellipse(v(C::W), v(C::H))),
            Kind::Outline(path) => self.outline_ref(b, path),
            Kind::Ring => self.outline(b, geometry::sector(v(C::R), v(C::Inner), v(C::From), v(C::To))),
            Kind::Arc => {
                let points = geometry::arc_points(v(C::R), v(C::From), v(C::To));
                self.outline(b, geometry::polyline(&points, false));
            }
            Kind::Wave => {
                let path = geometry::wave(v(C::W), v(C::Amp), v(C::Len), v(C::Phase), v(C::Decay), v(C::H));
                self.outline(b, path);
            }
            Kind::Arrow { head } => self.arrow(b, *head),
            Kind::Text { block, size, plate } => self.text(b, block, *size, *plate),
            Kind::Counter { size, font, align, before, after, decimals } => {
                let text = format!("{before}{:.*}{after}", *decimals, v(C::Value)).replace('-', "−");
                self.text(b, &lay_out(&text, *font, *size, *align, 0.0), *size, None);
            }
            Kind::Plot { line, area } => {
                if let Some((body, colour)) = area.as_ref().filter(|_| v(C::Draw) > 0.0) {
                    self.area(b, body, *colour, line.bounds().width());
                }
                self.outline_ref(b, line);
            }
            Kind::LivePlot { formula, domain, range } => {
                let points = plot_points(formula, *domain, *range, (v(C::W), v(C::H)), v(C::Phase));
                self.outline(b, geometry::polyline(&points, false));
            }
            Kind::Axes { x, y } => self.axes(b, x, y),
            Kind::Grid { .. } => self.grid(b),
            Kind::Bars { .. } => self.bars(b),
            Kind::Particles(p) => self.particles(b, p),
            Kind::Code(code) => self.code(b, code),
            Kind::Sky { stops } => self.sky(b, stops),
            Kind::Glow => self.glow(b),
        }
    }

    fn outline(&mut self, b: &Brush<'_, '_>, path: Option<Path>) {
        if let Some(path) = path {
            self.outline_ref(b, &path);
        }
    }

    fn outline_ref(&mut self, b: &Brush<'_, '_>, path: &Path) {
        let (from, to) = (b.v.get(C::Trim), b.v.get(C::Draw));
        self.fill(b.ctx, path, b.fill.faded(if to < 1.0 { to } else { 1.0 }));
        if b.stroke.a <= 0.0 || to <= from {
            return;
        }
        if from > 0.0 || to < 1.0 {
            if let Some(part) = geometry::cut_path(path, from, to) {
                self.stroke(b, &part, b.stroke);
            }
        } else {
            self.stroke(b, path, b.stroke);
        }
    }

    fn fill(&mut self, ctx: Context<'_>, path: &Path, colour: Colour) {
        let colour = colour.faded(ctx.opacity);
        if colour.a <= 0.002 {
            return;
        }
        let mut paint = Paint { anti_alias: true, ..Paint::default() };
        paint.set_color(colour.paint());
        self.pixels.fill_path(path, &paint, FillRule::Winding, ctx.transform, ctx.mask);
    }

    fn stroke(&mut self, b: &Brush<'_, '_>, path: &Path, colour: Colour) {
        let colour = colour.faded(b.ctx.opacity);
        let width = b.v.get(C::Width);
        if colour.a <= 0.002 || width <= 0.0 || is_a_point(path) {
            return;
        }
        let mut paint = Paint { anti_alias: true, ..Paint::default() };
        paint.set_color(colour.paint());
        let offset = -b.element.endless.flow.0 * b.ctx.t;
        let dash = if b.element.dash.is_empty() || matches!(b.element.kind, Kind::Wave) {
            None
        } else {
            StrokeDash::new(b.element.dash.clone(), offset)
        };
        let line_cap = if b.element.butt { LineCap::Butt } else { LineCap::Round };
        let stroke = Stroke { width, line_cap, line_join: LineJoin::Round, dash, ..Stroke::default() };
        self.pixels.stroke_path(path, &paint, &stroke, b.ctx.transform, b.ctx.mask);
    }

    fn arrow(&mut self, b: &Brush<'_, '_>, head: f32) {
        let v = |c| b.v.get(c);
        let way = geometry::bow((v(C::TipX), v(C::TipY)), v(C::Bend));
        let part = geometry::cut(&way, v(C::Trim), v(C::Draw));
        let (Some(path), true) = (geometry::polyline(&part, false), geometry::length(&part) > 1.0) else {
            return;
        };
        self.stroke(b, &path, b.stroke);
        let (tip, heading) = geometry::along(&part, 1.0);
        let size = if head > 0.0 { head } else { 8.0 + v(C::Width) * 2.2 };
        let size = size.min(geometry::length(&part));
        let ear = |side: f32| {
            let a = (heading + 180.0 + side).to_radians();
            (tip.0 + size * a.cos(), tip.1 + size * a.sin())
        };
        if let Some(path) = geometry::polyline(&[ear(38.0), tip, ear(-38.0)], false) {
            self.stroke(b, &path, b.stroke);
        }
    }

    fn text(&mut self, b: &Brush<'_, '_>, block: &Block, size: f32, plate: Option<Colour>) {
        let draw = b.v.get(C::Draw);
        if let Some(colour) = plate {
            let (px, py) = (size * 0.5, size * 0.34);
            let height = (block.lines.max(1) as f32 - 1.0) * size * LINE_HEIGHT + size * 0.7;
            let top = -size * 0.69;
            let path = geometry::rect(
                block.left - px,
                top - py,
                block.width + 2.0 * px,
                height + 2.0 * py,
                size * 0.42,
            );
            if let Some(path) = path {
                self.fill(b.ctx, &path, colour);
            }
        }
        if draw >= 1.0 {
            if let Some(path) = &block.whole {
                self.fill(b.ctx, path, b.fill);
                if b.stroke.a > 0.0 {
                    self.stroke(b, path, b.stroke);
                }
            }
            return;
        }
        let shown = (block.letters.len() as f32 * draw).floor() as usize;
        for letter in block.letters.iter().take(shown) {
            if let Some(path) = &letter.path {
                self.fill(b.ctx, path, b.fill);
            }
        }
    }

    fn area(&mut self, b: &Brush<'_, '_>, body: &Path, colour: Colour, width: f32) {
        let draw = b.v.get(C::Draw);
        let mut mask = None;
        if draw < 1.0 {
            let cover = geometry::rect(0.0, -4000.0, width * draw, 8000.0, 0.0);
            mask = Mask::new(self.pixels.width(), self.pixels.height());
            if let (Some(mask), Some(cover)) = (mask.as_mut(), cover) {
                mask.fill_path(&cover, FillRule::Winding, false, b.ctx.transform);
            }
        }
        let ctx = Context { mask: mask.as_ref().or(b.ctx.mask), ..b.ctx };
        self.fill(ctx, body, colour);
    }

    fn axes(&mut self, b: &Brush<'_, '_>, x: &Block, y: &Block) {
        let (w, h, draw) = (b.v.get(C::W), b.v.get(C::H), b.v.get(C::Draw));
        let lines = [[(0.0, 0.0), (w * draw, 0.0)], [(0.0, 0.0), (0.0, -h * draw)]];
        for (line, heading) in lines.iter().zip([0.0f32, -90.0]) {
            let Some(path) = geometry::polyline(line, false) else { continue };
            self.stroke(b, &path, b.stroke);
            let tip = line.last().copied().unwrap_or_default();
            let ear = |side: f32| -> Xy {
                let a = (heading + 180.0 + side).to_radians();
                (tip.0 + 16.0 * a.cos(), tip.1 + 16.0 * a.sin())
            };
            if let Some(path) = geometry::polyline(&[ear(35.0), tip, ear(-35.0)], false) {
                self.stroke(b, &path, b.stroke);
            }
        }
        let label = |dx: f32, dy: f32| Context {
            transform: b.ctx.transform.pre_translate(dx, dy),
            opacity: b.ctx.opacity * draw,
            ..b.ctx
        };
        if let Some(path) = &x.whole {
            self.fill(label(w - x.width, 36.0), path, b.stroke);
        }
        if let Some(path) = &y.whole {
            self.fill(label(18.0, -h + 8.0), path, b.stroke);
        }
    }

    fn grid(&mut self, b: &Brush<'_, '_>) {
        let Kind::Grid { rows, columns, gap, round, order, high } = &b.element.kind else { return };
        let v = |c| b.v.get(c);
        let (w, h) = (v(C::W) / *columns as f32, v(C::H) / *rows as f32);
        let cells = rows * columns;
        let shown = v(C::Draw) * cells as f32;
        let mut lit = vec![0.0f32; cells];
        for (rank, cell) in order.iter().enumerate() {
            if let Some(slot) = lit.get_mut(*cell) {
                *slot = (v(C::Value) - rank as f32).clamp(0.0, 1.0);
            }
        }
        for (i, lit) in lit.into_iter().enumerate() {
            let seen = (shown - i as f32).clamp(0.0, 1.0);
            let (x, y) = ((i % columns) as f32 * w - v(C::W) / 2.0, (i / columns) as f32 * h - v(C::H) / 2.0);
            let (cw, ch) = ((w - gap) * seen, (h - gap) * seen);
            let r = if *round { cw.min(ch) / 2.0 } else { v(C::R) };
            let path = geometry::rect(x + (w - cw) / 2.0, y + (h - ch) / 2.0, cw, ch, r);
            if let Some(path) = path.filter(|_| seen > 0.01) {
                self.fill(b.ctx, &path, b.fill.mix(*high, lit));
                if b.stroke.a > 0.0 {
                    self.stroke(b, &path, b.stroke);
                }
            }
        }
    }

    fn bars(&mut self, b: &Brush<'_, '_>) {
        let Kind::Bars { values, later, gap, high, chosen } = &b.element.kind else { return };
        let v = |c| b.v.get(c);
        let n = values.len().max(1) as f32;
        let top = values.iter().chain(later).copied().fold(0.001f32, f32::max);
        let w = v(C::W) / n;
        for (i, value) in values.iter().enumerate() {
            let target = later.get(i).copied().unwrap_or(*value);
            let value = value + (target - value) * v(C::Value).clamp(0.0, 1.0);
            let grow = (v(C::Draw) * (n + 2.0) / 3.0 - i as f32 / 3.0).clamp(0.0, 1.0);
            let h = v(C::H) * value / top * grow;
            let colour = if *chosen == Some(i) { *high } else { b.fill };
            if let Some(path) = geometry::rect(i as f32 * w + gap / 2.0, -h, w - gap, h, v(C::R)) {
                self.fill(b.ctx, &path, colour);
            }
        }
    }

    fn particles(&mut self, b: &Brush<'_, '_>, p: &Particles) {
        let v = |c| b.v.get(c);
        let (w, h, t) = (v(C::W), v(C::H), b.ctx.t);
        let flow = b.element.endless.flow;
        let mut all = tiny_skia::PathBuilder::new();
        let value = if v(C::Value) == 0.0 { 1.0 } else { v(C::Value) };
        let shown = (p.count as f32 * value.clamp(0.0, 1.0)).round() as u32;
        for i in 0..shown {
            let r = |k: u32| unit(i * 16 + k, p.seed);
            let (mut x, mut y) = if p.round {
                let (a, d) = (r(0) * std::f32::consts::TAU, r(1).sqrt() / 2.0);
                (w * d * a.cos(), h * d * a.sin())
            } else {
                // A jittered lattice spreads evenly: fewer clumps than pure chance.
                (w * (r(0) - 0.5), h * ((i as f32 + r(1)) / p.count as f32 - 0.5))
            };
            if flow.0 != 0.0 {
                x = (x + w / 2.0 + flow.0 * t * (0.7 + 0.6 * r(2))).rem_euclid(w.max(1.0)) - w / 2.0;
            }
            if flow.1 != 0.0 {
                y = (y + h / 2.0 + flow.1 * t * (0.7 + 0.6 * r(2))).rem_euclid(h.max(1.0)) - h / 2.0;
            }
            let jitter = v(C::Jitter);
            if jitter > 0.0 {
                let s = |a: f32, b: f32| {
                    (t * (2.0 + 5.0 * a) + b * 6.3).sin() * 0.6 + (t * (3.0 + 7.0 * b) + a * 6.3).sin() * 0.4
                };
                x += jitter * s(r(3), r(4));
                y += jitter * s(r(5), r(6));
            }
            let spread = v(C::Spread);
            all.push_circle(x * spread, y * spread, (p.small + (p.large - p.small) * r(7)).max(0.3));
        }
        if let Some(path) = all.finish() {
            self.outline_ref(b, &path);
        }
    }

    fn code(&mut self, b: &Brush<'_, '_>, code: &Code) {
        let v = |c| b.v.get(c);
        let (w, line) = (v(C::W), code.line_height());
        let h = line * code.lines as f32 + 92.0;
        let card = Colour { r: 0.11, g: 0.18, b: 0.23, a: 1.0 };
        if let Some(path) = geometry::rect(0.0, 0.0, w, h, 22.0) {
            self.fill(b.ctx, &path, card);
        }
        for (i, colour) in ["coral", "sun", "reed"].into_iter().enumerate() {
            let dot = geometry::circle(7.0)
                .and_then(|p| p.transform(Transform::from_translate(34.0 + 24.0 * i as f32, 32.0)));
            if let (Some(dot), Some(colour)) = (dot, Colour::parse(colour)) {
                self.fill(b.ctx, &dot, colour);
            }
        }
        let lit = v(C::Line);
        if lit > 0.4 {
            let y = 58.0 + (lit - 1.0) * line;
            let strength = (lit - 0.4).clamp(0.0, 1.0);
            if let Some(path) = geometry::rect(10.0, y, w - 20.0, line, 10.0) {
                self.fill(b.ctx, &path, Colour { a: 0.16 * strength, ..Colour::WHITE });
            }
            if let Some(path) = geometry::rect(10.0, y, 7.0, line, 3.5) {
                self.fill(b.ctx, &path, Colour { r: 0.97, g: 0.77, b: 0.28, a: strength });
            }
        }
        let letters: usize = code.pieces.iter().map(|p| p.block.letters.len()).sum();
        let mut left = (letters as f32 * v(C::Draw)).ceil() as usize;
        for piece in &code.pieces {
            let dy = 58.0 + piece.line as f32 * line + line * 0.5 + code.size * 0.33;
            let ctx = Context { transform: b.ctx.transform.pre_translate(34.0 + piece.x, dy), ..b.ctx };
            let count = piece.block.letters.len();
            if left >= count {
                if let Some(path) = &piece.block.whole {
                    self.fill(ctx, path, piece.colour);
                }
            } else {
                let part = piece.block.letters.iter().take(left).filter_map(|l| l.path.as_ref());
                part.for_each(|path| self.fill(ctx, path, piece.colour));
            }
            left = left.saturating_sub(count);
        }
    }

    fn sky(&mut self, b: &Brush<'_, '_>, stops: &[(f32, Colour)]) {
        let (w, h) = (self.pixels.width() as f32, self.pixels.height() as f32);
        let Some(rect) = Rect::from_xywh(0.0, 0.0, w, h) else { return };
        let opacity = b.ctx.opacity;
        let mut paint = Paint { anti_alias: false, ..Paint::default() };
        if let [(_, only)] = stops {
            paint.set_color(only.faded(opacity).paint());
        } else {
            let stops =
                stops.iter().map(|(at, c)| GradientStop::new(*at, c.faded(opacity).paint())).collect();
            let (from, to) = (Point::from_xy(0.0, 0.0), Point::from_xy(0.0, h));
            match LinearGradient::new(from, to, stops, SpreadMode::Pad, Transform::identity()) {
                Some(shader) => paint.shader = shader,
                None => return,
            }
        }
        self.pixels.fill_rect(rect, &paint, Transform::identity(), b.ctx.mask);
    }

    fn glow(&mut self, b: &Brush<'_, '_>) {
        let r = b.v.get(C::R);
        let colour = b.fill.faded(b.ctx.opacity);
        let stop = |at: f32, a: f32| GradientStop::new(at, colour.faded(a).paint());
        let stops = vec![stop(0.0, 0.9), stop(0.35, 0.42), stop(0.7, 0.1), stop(1.0, 0.0)];
        let centre = Point::from_xy(0.0, 0.0);
        let shader = RadialGradient::new(
            centre,
            0.0,
            centre,
            r.max(0.5),
            stops,
            SpreadMode::Pad,
            Transform::identity(),
        );
        if let (Some(shader), Some(path)) = (shader, geometry::circle(r)) {
            let paint = Paint { shader, anti_alias: false, ..Paint::default() };
            self.pixels.fill_path(&path, &paint, FillRule::Winding, b.ctx.transform, b.ctx.mask);
        }
    }
}

/// True for a line that is only about to be drawn: it has no direction, and tiny-skia cannot stroke it.
fn is_a_point(path: &Path) -> bool {
    path.bounds().width().max(path.bounds().height()) < 0.01
}

/// The point that stays where it is while an element pops or grows. Outlines are written in any coordinates, so theirs
/// is the middle of their box, its left edge (growing sideways) or its foot (growing up); others have their origin.
fn pivot(e: &Element, sideways: bool, up: bool) -> Xy {
    let Kind::Outline(path) = &e.kind else { return (0.0, 0.0) };
    let b = path.bounds();
    let x = if sideways { b.left() } else { (b.left() + b.right()) / 2.0 };
    (x, if up { b.bottom() } else { (b.top() + b.bottom()) / 2.0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(e: &Element) -> Pixmap {
        let mut pixels = Pixmap::new(80, 80).unwrap();
        let context = Context { t: 0.0, transform: Transform::identity(), opacity: 1.0, mask: None };
        Canvas { pixels: &mut pixels }.draw(e, context);
        pixels
    }

    fn arc(to: f32) -> Element {
        let mut e = Element::new(Kind::Arc, 1);
        let numbers =
            [(C::X, 40.0), (C::Y, 40.0), (C::R, 30.0), (C::From, 0.0), (C::To, to), (C::Width, 8.0)];
        numbers.into_iter().for_each(|(channel, value)| e.base.set(channel, value));
        e.stroke = Colour::WHITE;
        e
    }

    #[test]
    fn a_line_that_is_only_about_to_be_drawn_leaves_no_dot() {
        for (to, draw) in [(0.0, 1.0), (90.0, 4e-9), (360.0, 0.0)] {
            let mut e = arc(to);
            e.base.set(C::Draw, draw);
            assert!(drawn(&e).data().iter().all(|b| *b == 0), "to {to}, draw {draw}");
        }
        assert!(drawn(&arc(90.0)).data().iter().any(|b| *b != 0));
    }

    #[test]
    fn a_fading_group_shows_only_its_upper_shape() {
        let square = |fill: Colour| {
            let mut e = Element::new(Kind::Rect { anchor: (0.0, 0.0) }, 1);
            e.base.set(C::W, 80.0);
            e.base.set(C::H, 80.0);
            e.fill = fill;
            e
        };
        let mut group = Element::new(Kind::Group, 1);
        group.base.set(C::Opacity, 0.5);
        let black = Colour { r: 0.0, g: 0.0, b: 0.0, a: 1.0 };
        group.children = vec![square(Colour::WHITE), square(black)];
        let pixel = drawn(&group).pixel(40, 40).unwrap();
        assert_eq!((pixel.red(), pixel.alpha()), (0, 128));
    }
}
