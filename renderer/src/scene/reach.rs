//! How far a lesson's text and drawings reach at rest, and whether that is clear of the screen's edges and the interface.

use super::element::{Channel as C, Element, Kind, Values};
use super::frames::{HEIGHT, WIDTH, camera};
use super::geometry;
use super::paint::placed;
use super::stage;
use super::text::{Align, Block, LINE_HEIGHT, width};
use crate::lesson::Lesson;
use crate::timeline::Timeline;
use tiny_skia::{Path, Transform};

/// A narrow phone shows x 42 to 678 of the film; a margin is added.
const LEFT: f32 = 88.0;
const RIGHT: f32 = 632.0;
const TOP: f32 = 130.0;
const BOTTOM: f32 = 900.0;
/// The rail of buttons: right of this, from this height on.
const RAIL_LEFT: f32 = 560.0;
const RAIL_TOP: f32 = 560.0;
/// Fainter things are not looked at.
const FAINT: f32 = 0.35;

#[derive(Debug, Clone, Copy, PartialEq)]
struct Extent {
    left: f32,
    top: f32,
    right: f32,
    bottom: f32,
}

impl Extent {
    fn of(path: &Path, transform: Transform) -> Option<Self> {
        let b = path.clone().transform(transform)?.compute_tight_bounds()?;
        Some(Self { left: b.left(), top: b.top(), right: b.right(), bottom: b.bottom() })
    }

    fn within(self, clip: Option<Self>) -> Option<Self> {
        let Some(clip) = clip else { return Some(self) };
        let both = Self {
            left: self.left.max(clip.left),
            top: self.top.max(clip.top),
            right: self.right.min(clip.right),
            bottom: self.bottom.min(clip.bottom),
        };
        (both.left < both.right && both.top < both.bottom).then_some(both)
    }

    /// From one side of the frame to the other: ground, sea, a stripe.
    fn spans_the_frame(self) -> bool {
        self.left <= 1.0 && self.right >= WIDTH as f32 - 1.0
    }

    /// Nothing of it is in the frame.
    fn is_away(self) -> bool {
        let (w, h) = (WIDTH as f32, HEIGHT as f32);
        self.right <= 0.0 || self.left >= w || self.bottom <= 0.0 || self.top >= h
    }

    fn is_clear(self) -> bool {
        let rail = self.right > RAIL_LEFT + 0.5 && self.bottom > RAIL_TOP + 0.5;
        let sides = self.left >= LEFT - 0.5 && self.right <= RIGHT + 0.5;
        sides && !rail && self.top >= TOP - 0.5 && self.bottom <= BOTTOM + 0.5
    }
}

/// What stands too near to the edges or under the interface at the end of a narration line, one message for each
/// element. Empty for a lesson that can be seen whole on every screen.
pub fn out_of_reach(lesson: &Lesson, timeline: &Timeline) -> Vec<String> {
    let stages = stage::set(lesson, timeline);
    let mut bad: Vec<(usize, String)> = Vec::new();
    for line in &timeline.lines {
        let t = line.start + line.seconds;
        let Some(stage) = stages.iter().rev().find(|s| s.start <= t) else { continue };
        let view = View { t, transform: camera(stage, t), opacity: 1.0, clip: None };
        let mut found = Vec::new();
        for e in &stage.elements {
            gather(e, view, &mut found);
        }
        for (line, what, x) in found {
            if !x.is_clear() && !bad.iter().any(|(l, _)| *l == line) {
                let place = format!("x {:.0} to {:.0}, y {:.0} to {:.0}", x.left, x.right, x.top, x.bottom);
                bad.push((line, format!("line {line}: {what} spans {place} at {t:.1} s")));
            }
        }
    }
    bad.into_iter().map(|(_, message)| message).collect()
}

#[derive(Clone, Copy)]
struct View {
    t: f32,
    transform: Transform,
    opacity: f32,
    clip: Option<Extent>,
}

fn gather(e: &Element, view: View, found: &mut Vec<(usize, String, Extent)>) {
    let v = e.values(view.t);
    let opacity = view.opacity * v.get(C::Opacity) * v.get(C::Seen);
    if e.scenery || opacity < FAINT || v.get(C::Draw) <= v.get(C::Trim) {
        return;
    }
    let Some(transform) = placed(e, &v, view.transform) else { return };
    let own = e.clip.as_ref().and_then(|super::element::Clip::Shape(path)| Extent::of(path, transform));
    let clip = own.map_or(view.clip, |own| own.within(view.clip));
    let inner = View { transform, opacity, clip, ..view };
    let copies = if let Kind::Repeat { count, step, turn, lag, .. } = &e.kind {
        (*count, *step, *turn, *lag)
    } else {
        (1, (0.0, 0.0), 0.0, 0.0)
    };
    for i in 0..copies.0 {
        let k = i as f32;
        let transform =
            inner.transform.pre_translate(copies.1.0 * k, copies.1.1 * k).pre_rotate(copies.2 * k);
        for child in &e.children {
            gather(child, View { transform, t: inner.t - copies.3 * k, ..inner }, found);
        }
    }
    let paint = e.fill_at(view.t).a.max(e.stroke_at(view.t).a) * opacity;
    let faint = paint < FAINT && !matches!(e.kind, Kind::Code(_));
    let drawn = outline(e, &v).and_then(|path| Extent::of(&path, transform)?.within(clip));
    let Some(extent) = drawn.filter(|x| !faint && !x.spans_the_frame() && !x.is_away()) else { return };
    found.push((e.line, name(e), extent));
}

fn name(e: &Element) -> String {
    if e.id.is_empty() { "a shape".to_owned() } else { format!("`{}`", e.id) }
}

/// The outline of what an element draws, in its own coordinates; None for groups and for what is only light.
fn outline(e: &Element, v: &Values) -> Option<Path> {
    let n = |c| v.get(c);
    let (w, h) = (n(C::W), n(C::H));
    match &e.kind {
        Kind::Group | Kind::Repeat { .. } | Kind::Sky { .. } | Kind::Glow => None,
        Kind::Rect { anchor } => geometry::rect(-w * anchor.0, -h * anchor.1, w, h, 0.0),
        Kind::Circle => geometry::circle(n(C::R)),
        Kind::Ellipse => geometry::ellipse(w, h),
        Kind::Outline(path) | Kind::Plot { line: path, .. } => {
            geometry::cut_path(path, n(C::Trim), n(C::Draw))
        }
        Kind::Arrow { .. } => geometry::polyline(&geometry::bow((n(C::TipX), n(C::TipY)), n(C::Bend)), false),
        Kind::Arc => geometry::polyline(&geometry::arc_points(n(C::R), n(C::From), n(C::To)), false),
        Kind::Ring => geometry::sector(n(C::R), n(C::Inner), n(C::From), n(C::To)),
        Kind::Wave => geometry::wave(w, n(C::Amp), n(C::Len), n(C::Phase), n(C::Decay), h),
        Kind::Text { block, size, .. } => lines_of(block, *size),
        Kind::Counter { size, font, align, before, after, decimals } => {
            let wide = width(&format!("{before}{:.*}{after}", *decimals, n(C::Value)), *font, *size);
            let left = match align {
                Align::Start => 0.0,
                Align::Middle => -wide / 2.0,
                Align::End => -wide,
            };
            geometry::rect(left, -size * 0.7, wide, size * 0.7, 0.0)
        }
        Kind::Axes { .. } | Kind::Bars { .. } | Kind::LivePlot { .. } => geometry::rect(0.0, -h, w, h, 0.0),
        Kind::Grid { .. } => geometry::rect(-w / 2.0, -h / 2.0, w, h, 0.0),
        Kind::Particles(_) => {
            let s = n(C::Spread);
            geometry::rect(-w / 2.0 * s, -h / 2.0 * s, w * s, h * s, 0.0)
        }
        Kind::Code(code) => geometry::rect(0.0, 0.0, w, code.line_height() * code.lines as f32 + 92.0, 0.0),
    }
}

fn lines_of(block: &Block, size: f32) -> Option<Path> {
    let rows = block.lines.max(1) as f32 - 1.0;
    geometry::rect(block.left, -size * 0.7, block.width, size * (0.7 + rows * LINE_HEIGHT), 0.0)
}

#[cfg(test)]
mod tests {
    use crate::{Speech, Timeline, parse, plan};

    fn found(shapes: &str) -> Vec<String> {
        let source = format!(
            "slug: a\ntitle: A\ntopics: light\nauthor: ines\nmusic: calm\nsource: https://a\nalt: a\nfigure: a\n\n\
             scene\n  sky #000 #111\n{shapes}\n\nsay \"One line.\"\n  cover\n\nask \"Q?\"\n  accept \"a\"\n  hint \"h\"\n  because \"b\"\n"
        );
        let lesson = parse(&source).unwrap();
        let speech = vec![Speech { samples: vec![900; 44_100], sample_rate: 22_050 }];
        let timeline: Timeline = plan(&lesson, &speech).unwrap();
        super::out_of_reach(&lesson, &timeline)
    }

    #[test]
    fn text_at_the_edge_of_a_phone_is_told_with_its_line() {
        let bad = found("  text t \"Hello\" at=60,300 size=40 align=start");
        assert_eq!(bad.len(), 1);
        assert!(bad[0].starts_with("line 12: `t`"), "{bad:?}");
        assert!(found("  text t \"Hello\" at=88,300 size=40 align=start").is_empty());
    }

    #[test]
    fn what_lies_under_the_rail_is_told_and_above_it_is_not() {
        assert_eq!(found("  circle at=560,700 r=40").len(), 1);
        assert!(found("  circle at=560,400 r=40").is_empty());
        assert_eq!(found("  group at=300,0\n    circle at=260,700 r=40").len(), 1);
    }

    #[test]
    fn backgrounds_scenery_and_what_is_not_seen_may_lie_anywhere() {
        assert!(found("  rect at=360,1000 w=720 h=500").is_empty());
        assert!(found("  circle at=20,1000 r=100 scenery=1").is_empty());
        assert!(found("  circle at=20,1000 r=100 opacity=0.1").is_empty());
        assert!(found("  circle at=-300,700 r=100").is_empty());
    }
}
