//! Frames of a clip in any order. What did not change since the last call is not drawn again.

use super::element::{Channel as C, Element, Kind};
use super::paint::{Canvas, Context};
use super::stage::{self, Stage};
use crate::lesson::Lesson;
use crate::timeline::{FRAME_RATE, Timeline};
use tiny_skia::{Pixmap, PixmapPaint, Transform};

/// Pixels of every clip.
pub const WIDTH: u32 = 720;
pub const HEIGHT: u32 = 1280;
/// Seconds in which one scene fades over to the next.
const FADE: f32 = 0.4;
/// Elements must rest this many frames before they are kept as one picture.
const REST: u32 = 3;

/// A drawn frame.
#[derive(Debug, Clone, Copy)]
pub struct Frame<'a> {
    /// RGBA, 8 bits each, rows from the top: 720 × 1280 × 4 bytes, all opaque.
    pub pixels: &'a [u8],
    /// False where the picture equals the one of the call before.
    pub changed: bool,
}

/// Why frames could not be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no memory for the canvas")]
pub struct CanvasError;

/// Draws the frames of one clip.
pub struct Frames {
    stages: Vec<Stage>,
    count: u32,
    canvas: Pixmap,
    /// The lowest elements of a scene, drawn: they rested for a while.
    kept: Pixmap,
    kept_scene: usize,
    kept_prints: Vec<u64>,
    /// Fingerprints of the frame before, one for each element, and for how long each rested.
    prints: Vec<u64>,
    rested: Vec<u32>,
    last_scene: Option<usize>,
    last_fade: f32,
    /// The last picture of the scene before, with the scene it leads into.
    before: Option<(usize, Pixmap)>,
}

impl Frames {
    /// # Errors
    /// When the canvas cannot be allocated.
    pub fn new(lesson: &Lesson, timeline: &Timeline) -> Result<Self, CanvasError> {
        let pixmap = || Pixmap::new(WIDTH, HEIGHT).ok_or(CanvasError);
        Ok(Self {
            stages: stage::set(lesson, timeline),
            count: timeline.frame_count(),
            canvas: pixmap()?,
            kept: pixmap()?,
            kept_scene: 0,
            kept_prints: Vec::new(),
            prints: Vec::new(),
            rested: Vec::new(),
            last_scene: None,
            last_fade: 0.0,
            before: None,
        })
    }

    /// Number of frames, at 30 a second.
    pub fn count(&self) -> u32 {
        self.count
    }

    /// Draws frame `index` (from 0). The picture depends on the index only, not on what was drawn before.
    pub fn render(&mut self, index: u32) -> Frame<'_> {
        let t = index as f32 / FRAME_RATE as f32;
        let scene = self.stages.iter().rposition(|s| s.start <= t).unwrap_or(0);
        let changed = self.draw(scene, t);
        Frame { pixels: self.canvas.data(), changed }
    }

    fn draw(&mut self, scene: usize, t: f32) -> bool {
        let Some(stage) = self.stages.get(scene) else {
            self.canvas.fill(tiny_skia::Color::BLACK);
            return self.last_scene.replace(scene) != Some(scene);
        };
        let fades = scene > 0 && stage.fade && t < stage.start + FADE;
        let fade = if fades { 1.0 - (t - stage.start) / FADE } else { 0.0 };
        let prints = fingerprints(stage, t);
        let same_scene = self.last_scene == Some(scene);
        if same_scene && prints == self.prints && fade == 0.0 && self.last_fade == 0.0 {
            self.rested.iter_mut().for_each(|r| *r += 1);
            return false;
        }
        let rested = prints.iter().enumerate().map(|(i, print)| {
            let same = same_scene && self.prints.get(i) == Some(print);
            if same { self.rested.get(i).map_or(0, |r| r + 1) } else { 0 }
        });
        self.rested = rested.collect();
        self.prints = prints;
        self.last_scene = Some(scene);
        self.last_fade = fade;
        self.draw_scene(scene, t);
        if fade > 0.0 {
            self.fade_over(scene, fade);
        }
        true
    }

    /// Draws a scene on the canvas, from the kept picture where it still holds.
    fn draw_scene(&mut self, scene: usize, t: f32) {
        let Some(stage) = self.stages.get(scene) else { return };
        let holds = self.kept_scene == scene
            && !self.kept_prints.is_empty()
            && self.prints.starts_with(&self.kept_prints);
        let resting = self.rested.iter().take_while(|r| **r >= REST).count();
        let mut from = if holds { self.kept_prints.len() } else { 0 };
        if !holds {
            self.kept_prints.clear();
        }
        if resting > from {
            if from == 0 {
                self.kept.fill(tiny_skia::Color::BLACK);
            }
            draw_elements(stage, &mut self.kept, from, resting, t);
            self.kept_scene = scene;
            self.kept_prints = self.prints.iter().take(resting).copied().collect();
            from = resting;
        }
        if from > 0 {
            self.canvas.data_mut().copy_from_slice(self.kept.data());
        } else {
            self.canvas.fill(tiny_skia::Color::BLACK);
        }
        draw_elements(stage, &mut self.canvas, from, stage.elements.len(), t);
    }

    fn fade_over(&mut self, scene: usize, opacity: f32) {
        let known = self.before.as_ref().is_some_and(|(s, _)| *s == scene);
        if !known {
            let start = self.stages.get(scene).map_or(0.0, |s| s.start);
            let before = scene.checked_sub(1).and_then(|s| self.stages.get(s));
            let (Some(before), Some(mut picture)) = (before, Pixmap::new(WIDTH, HEIGHT)) else { return };
            picture.fill(tiny_skia::Color::BLACK);
            draw_elements(before, &mut picture, 0, before.elements.len(), start);
            self.before = Some((scene, picture));
        }
        if let Some((_, picture)) = &self.before {
            let paint = PixmapPaint { opacity, ..PixmapPaint::default() };
            self.canvas.draw_pixmap(0, 0, picture.as_ref(), &paint, Transform::identity(), None);
        }
    }
}

/// What the camera of a scene sees at `t` seconds.
pub fn camera(stage: &Stage, t: f32) -> Transform {
    let Some(v) = stage.camera.as_ref().map(|c| c.values(t)) else { return Transform::identity() };
    let (x, y) = (v.get(C::X) + v.get(C::ShiftX), v.get(C::Y) + v.get(C::ShiftY));
    Transform::from_translate(WIDTH as f32 / 2.0, HEIGHT as f32 / 2.0)
        .pre_rotate(v.get(C::Rot))
        .pre_scale(v.get(C::ScaleX), v.get(C::ScaleY))
        .pre_translate(-x, -y)
}

fn draw_elements(stage: &Stage, pixels: &mut Pixmap, from: usize, to: usize, t: f32) {
    let transform = camera(stage, t);
    let mut canvas = Canvas { pixels };
    for element in stage.elements.iter().take(to).skip(from) {
        canvas.draw(element, Context { t, transform, opacity: 1.0, mask: None });
    }
}

fn fingerprints(stage: &Stage, t: f32) -> Vec<u64> {
    let of = |e: &Element, seed: u64| {
        let mut hash = seed;
        e.fingerprint(t, &mut hash);
        hash
    };
    let view = stage.camera.as_ref().map_or(1, |c| of(c, 0xcbf2_9ce4_8422_2325));
    stage
        .elements
        .iter()
        .enumerate()
        .map(|(i, e)| of(e, if matches!(e.kind, Kind::Sky { .. }) { 7 } else { view } ^ (i as u64) << 40))
        .collect()
}
