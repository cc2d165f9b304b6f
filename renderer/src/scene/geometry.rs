//! Outlines: SVG path data, smooth curves, stars, arcs, and cutting an outline to a part of its length (draw-on).

use std::f32::consts::PI;
use tiny_skia::{Path, PathBuilder, PathSegment, Point, Rect};

pub type Xy = (f32, f32);

/// Reads SVG path data (M L H V C S Q T Z, absolute and relative). None where it is malformed.
pub fn path_data(data: &str) -> Option<Path> {
    let mut pb = PathBuilder::new();
    let mut tokens = PathTokens { rest: data };
    let (mut at, mut start, mut last_control) = ((0.0, 0.0), (0.0, 0.0), None::<Xy>);
    let mut command = tokens.command()?;
    loop {
        let relative = command.is_ascii_lowercase();
        let base = if relative { at } else { (0.0, 0.0) };
        let mut control = None;
        match command.to_ascii_uppercase() {
            'Z' => {
                pb.close();
                at = start;
            }
            'M' => {
                at = tokens.point(base)?;
                start = at;
                pb.move_to(at.0, at.1);
                command = if relative { 'l' } else { 'L' };
            }
            'L' => {
                at = tokens.point(base)?;
                pb.line_to(at.0, at.1);
            }
            'H' => {
                at.0 = tokens.number()? + base.0;
                pb.line_to(at.0, at.1);
            }
            'V' => {
                at.1 = tokens.number()? + base.1;
                pb.line_to(at.0, at.1);
            }
            'C' | 'S' => {
                let mirrored = last_control.map_or(at, |c| (2.0 * at.0 - c.0, 2.0 * at.1 - c.1));
                let smooth = command.eq_ignore_ascii_case(&'S');
                let c1 = if smooth { mirrored } else { tokens.point(base)? };
                let c2 = tokens.point(base)?;
                at = tokens.point(base)?;
                pb.cubic_to(c1.0, c1.1, c2.0, c2.1, at.0, at.1);
                control = Some(c2);
            }
            'Q' | 'T' => {
                let mirrored = last_control.map_or(at, |c| (2.0 * at.0 - c.0, 2.0 * at.1 - c.1));
                let smooth = command.eq_ignore_ascii_case(&'T');
                let c = if smooth { mirrored } else { tokens.point(base)? };
                at = tokens.point(base)?;
                pb.quad_to(c.0, c.1, at.0, at.1);
                control = Some(c);
            }
            _ => return None,
        }
        last_control = control;
        match tokens.next_is_command() {
            None => break,
            Some(true) => command = tokens.command()?,
            Some(false) if command.eq_ignore_ascii_case(&'Z') => return None,
            Some(false) => {}
        }
    }
    pb.finish()
}

struct PathTokens<'a> {
    rest: &'a str,
}

impl PathTokens<'_> {
    fn skip(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', ',', '\n']);
    }

    fn next_is_command(&mut self) -> Option<bool> {
        self.skip();
        self.rest.chars().next().map(|c| c.is_ascii_alphabetic())
    }

    fn command(&mut self) -> Option<char> {
        self.skip();
        let c = self.rest.chars().next()?;
        self.rest = self.rest.get(1..)?;
        c.is_ascii_alphabetic().then_some(c)
    }

    fn number(&mut self) -> Option<f32> {
        self.skip();
        let mut dot = false;
        let end = self
            .rest
            .char_indices()
            .find(|&(i, c)| {
                let second_dot = c == '.' && std::mem::replace(&mut dot, true);
                !(c.is_ascii_digit() || (c == '.' && !second_dot) || (i == 0 && (c == '-' || c == '+')))
            })
            .map_or(self.rest.len(), |(i, _)| i);
        let (word, rest) = self.rest.split_at_checked(end)?;
        self.rest = rest;
        word.parse().ok()
    }

    fn point(&mut self, base: Xy) -> Option<Xy> {
        let x = self.number()?;
        Some((x + base.0, self.number()? + base.1))
    }
}

/// Straight lines through the points.
pub fn polyline(points: &[Xy], close: bool) -> Option<Path> {
    let mut pb = PathBuilder::new();
    let (first, rest) = points.split_first()?;
    pb.move_to(first.0, first.1);
    for p in rest {
        pb.line_to(p.0, p.1);
    }
    if close {
        pb.close();
    }
    pb.finish()
}

/// A smooth curve through the points (Catmull-Rom as cubic Béziers).
pub fn smooth(points: &[Xy], close: bool) -> Option<Path> {
    let n = points.len() as isize;
    let get = |i: isize| {
        let j = if close { i.rem_euclid(n) } else { i.clamp(0, n - 1) };
        points.get(j as usize).copied().unwrap_or_default()
    };
    if n < 2 {
        return None;
    }
    let mut pb = PathBuilder::new();
    pb.move_to(get(0).0, get(0).1);
    let spans = if close { n } else { n - 1 };
    for i in 0..spans {
        let (a, b, c, d) = (get(i - 1), get(i), get(i + 1), get(i + 2));
        pb.cubic_to(
            b.0 + (c.0 - a.0) / 6.0,
            b.1 + (c.1 - a.1) / 6.0,
            c.0 - (d.0 - b.0) / 6.0,
            c.1 - (d.1 - b.1) / 6.0,
            c.0,
            c.1,
        );
    }
    if close {
        pb.close();
    }
    pb.finish()
}

pub fn circle(r: f32) -> Option<Path> {
    PathBuilder::from_circle(0.0, 0.0, r.max(0.01))
}

pub fn ellipse(w: f32, h: f32) -> Option<Path> {
    let (w, h) = (w.max(0.02), h.max(0.02));
    PathBuilder::from_oval(Rect::from_xywh(-w / 2.0, -h / 2.0, w, h)?)
}

/// A rectangle with round corners of radius `r`, its top left at `x`, `y`.
pub fn rect(x: f32, y: f32, w: f32, h: f32, r: f32) -> Option<Path> {
    let (w, h) = (w.max(0.02), h.max(0.02));
    let r = r.clamp(0.0, w.min(h) / 2.0);
    if r < 0.1 {
        return Some(PathBuilder::from_rect(Rect::from_xywh(x, y, w, h)?));
    }
    let k = r * 0.4477;
    let mut pb = PathBuilder::new();
    pb.move_to(x + r, y);
    pb.line_to(x + w - r, y);
    pb.cubic_to(x + w - k, y, x + w, y + k, x + w, y + r);
    pb.line_to(x + w, y + h - r);
    pb.cubic_to(x + w, y + h - k, x + w - k, y + h, x + w - r, y + h);
    pb.line_to(x + r, y + h);
    pb.cubic_to(x + k, y + h, x, y + h - k, x, y + h - r);
    pb.line_to(x, y + r);
    pb.cubic_to(x, y + k, x + k, y, x + r, y);
    pb.close();
    pb.finish()
}

/// Points on a circle from `from` to `to` degrees; 0 is up, clockwise.
pub fn arc_points(r: f32, from: f32, to: f32) -> Vec<Xy> {
    let n = ((to - from).abs() / 4.0).ceil().clamp(1.0, 400.0);
    (0..=n as usize)
        .map(|i| {
            let a = (from + (to - from) * i as f32 / n - 90.0).to_radians();
            (r * a.cos(), r * a.sin())
        })
        .collect()
}

/// A slice of a disc, or of a ring where `inner` > 0.
pub fn sector(r: f32, inner: f32, from: f32, to: f32) -> Option<Path> {
    if (to - from).abs() < 0.05 {
        return None;
    }
    let mut points = arc_points(r, from, to);
    if inner > 0.0 {
        points.extend(arc_points(inner, to, from));
    } else if (to - from).abs() < 359.9 {
        points.push((0.0, 0.0));
    }
    polyline(&points, true)
}

pub fn star(points: usize, r: f32, inner: f32) -> Option<Path> {
    let n = points.max(2) * 2;
    let corners: Vec<Xy> = (0..n)
        .map(|i| {
            let a = PI * 2.0 * i as f32 / n as f32 - PI / 2.0;
            let r = if i % 2 == 0 { r } else { inner };
            (r * a.cos(), r * a.sin())
        })
        .collect();
    polyline(&corners, true)
}

pub fn polygon(sides: usize, r: f32) -> Option<Path> {
    let n = sides.max(3);
    let corners: Vec<Xy> = (0..n)
        .map(|i| {
            let a = PI * 2.0 * i as f32 / n as f32 - PI / 2.0;
            (r * a.cos(), r * a.sin())
        })
        .collect();
    polyline(&corners, true)
}

/// A sine wave from x = 0 to `w`; with `depth` > 0 closed to a body of that depth under it.
pub fn wave(w: f32, amplitude: f32, length: f32, phase: f32, decay: f32, depth: f32) -> Option<Path> {
    let length = if length.abs() < 1.0 { 1.0 } else { length };
    let n = (w.abs() / (length.abs() / 16.0).max(2.0)).ceil().clamp(2.0, 600.0);
    let mut points: Vec<Xy> = (0..=n as usize)
        .map(|i| {
            let x = w * i as f32 / n;
            let fade = (-decay * x / w.abs().max(1.0)).exp();
            (x, -amplitude * fade * (2.0 * PI * (x - phase) / length).sin())
        })
        .collect();
    if depth > 0.0 {
        points.push((w, depth));
        points.push((0.0, depth));
    }
    polyline(&points, depth > 0.0)
}

/// A quadratic bow from the origin to `tip`; `bend` is the sideways bulge as a part of the length.
pub fn bow(tip: Xy, bend: f32) -> Vec<Xy> {
    let c = (tip.0 / 2.0 + tip.1 * bend, tip.1 / 2.0 - tip.0 * bend);
    let n = if bend.abs() < 0.001 { 1 } else { 24 };
    (0..=n)
        .map(|i| {
            let t = i as f32 / n as f32;
            let u = 1.0 - t;
            (2.0 * u * t * c.0 + t * t * tip.0, 2.0 * u * t * c.1 + t * t * tip.1)
        })
        .collect()
}

/// One list of points for each contour.
pub fn flatten(path: &Path) -> Vec<Vec<Xy>> {
    let mut out: Vec<Vec<Xy>> = Vec::new();
    let mut start = (0.0, 0.0);
    for segment in path.segments() {
        let p = |p: Point| (p.x, p.y);
        if let PathSegment::MoveTo(to) = segment {
            start = p(to);
            out.push(vec![start]);
            continue;
        }
        let Some(line) = out.last_mut() else { continue };
        let at = line.last().copied().unwrap_or_default();
        match segment {
            PathSegment::MoveTo(_) => {}
            PathSegment::LineTo(to) => line.push(p(to)),
            PathSegment::QuadTo(c, to) => {
                let (c, to) = (p(c), p(to));
                line.extend((1..=12).map(|i| {
                    let t = i as f32 / 12.0;
                    let u = 1.0 - t;
                    let f = |a: f32, b: f32, d: f32| u * u * a + 2.0 * u * t * b + t * t * d;
                    (f(at.0, c.0, to.0), f(at.1, c.1, to.1))
                }));
            }
            PathSegment::CubicTo(c, d, to) => {
                let (c, d, to) = (p(c), p(d), p(to));
                line.extend((1..=18).map(|i| {
                    let t = i as f32 / 18.0;
                    let u = 1.0 - t;
                    let f = |a: f32, b: f32, e: f32, g: f32| {
                        u * u * u * a + 3.0 * u * u * t * b + 3.0 * u * t * t * e + t * t * t * g
                    };
                    (f(at.0, c.0, d.0, to.0), f(at.1, c.1, d.1, to.1))
                }));
            }
            PathSegment::Close => line.push(start),
        }
    }
    out
}

fn distance(a: Xy, b: Xy) -> f32 {
    (a.0 - b.0).hypot(a.1 - b.1)
}

pub fn length(points: &[Xy]) -> f32 {
    points.windows(2).map(|w| if let [a, b] = w { distance(*a, *b) } else { 0.0 }).sum()
}

/// Where one is after the part `u` (0..=1) of the way, and the heading there in degrees.
pub fn along(points: &[Xy], u: f32) -> (Xy, f32) {
    let mut left = length(points) * u.clamp(0.0, 1.0);
    let mut heading = 0.0;
    for w in points.windows(2) {
        let [a, b] = w else { continue };
        let d = distance(*a, *b);
        if d > 0.0 {
            heading = (b.1 - a.1).atan2(b.0 - a.0).to_degrees();
        }
        if left <= d && d > 0.0 {
            let t = left / d;
            return ((a.0 + (b.0 - a.0) * t, a.1 + (b.1 - a.1) * t), heading);
        }
        left -= d;
    }
    (points.last().copied().unwrap_or_default(), heading)
}

/// The part of a line between `from` and `to` (0..=1 of its length).
pub fn cut(points: &[Xy], from: f32, to: f32) -> Vec<Xy> {
    let total = length(points);
    let (from, to) = (from.clamp(0.0, 1.0) * total, to.clamp(0.0, 1.0) * total);
    let mut out = Vec::new();
    let mut walked = 0.0;
    for w in points.windows(2) {
        let [a, b] = w else { continue };
        let d = distance(*a, *b);
        let at = |s: f32| {
            let t = ((s - walked) / d).clamp(0.0, 1.0);
            (a.0 + (b.0 - a.0) * t, a.1 + (b.1 - a.1) * t)
        };
        if d > 0.0 && walked + d >= from && walked <= to {
            if out.is_empty() {
                out.push(at(from));
            }
            out.push(at(to.min(walked + d)));
        }
        walked += d;
    }
    out
}

/// The same for a path: every contour is cut by its own length.
pub fn cut_path(path: &Path, from: f32, to: f32) -> Option<Path> {
    let mut pb = PathBuilder::new();
    for contour in flatten(path) {
        let part = cut(&contour, from, to);
        let Some((first, rest)) = part.split_first() else { continue };
        pb.move_to(first.0, first.1);
        rest.iter().for_each(|p| pb.line_to(p.0, p.1));
    }
    pb.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn path_data_reads_absolute_and_relative_commands() {
        let path = path_data("M10 10h20v-5.5.5l-4,4C1 2 3 4 5 6s7 8 9 10z").unwrap();
        assert!(path.bounds().right() >= 30.0);
        assert!(path_data("M10").is_none());
        assert!(path_data("10 10").is_none());
    }

    #[test]
    fn half_a_line_ends_in_its_middle() {
        let line = [(0.0, 0.0), (10.0, 0.0), (10.0, 10.0)];
        let half = cut(&line, 0.0, 0.5);
        assert_eq!(half.last(), Some(&(10.0, 0.0)));
        assert_eq!(along(&line, 0.75), ((10.0, 5.0), 90.0));
    }
}
