//! A scene set for playing: the script's actions have become tracks on its elements.

use super::colour::Colour;
use super::element::{Channel as C, Element};
use super::motion::{Ease, Track};
use crate::lesson::{Action, Deed, Entrance, Lesson};
use crate::timeline::Timeline;

/// The elements of one scene with their motion, and when it is on.
#[derive(Debug, Clone)]
pub struct Stage {
    pub elements: Vec<Element>,
    pub camera: Option<Element>,
    pub start: f32,
    pub fade: bool,
}

/// Sets every scene of a lesson.
pub fn set(lesson: &Lesson, timeline: &Timeline) -> Vec<Stage> {
    let ends = lesson.scenes.iter().skip(1).map(|s| s.first_beat).chain([lesson.beats.len()]);
    let mut out = Vec::new();
    for ((scene, end), start) in lesson.scenes.iter().zip(ends).zip(&timeline.scenes) {
        let mut elements = scene.elements.clone();
        let mut timed: Vec<(f32, &Action)> = Vec::new();
        let beats = lesson.beats.iter().enumerate().take(end).skip(scene.first_beat);
        for (i, beat) in beats {
            timed.extend(beat.actions.iter().map(|a| (timeline.moment(i, a.at), a)));
        }
        let mut steps: Vec<(f32, &str, &Action)> = timed
            .iter()
            .flat_map(|(t, a)| {
                a.targets.iter().enumerate().map(move |(i, id)| (t + a.lag * i as f32, id.as_str(), *a))
            })
            .collect();
        steps.sort_by(|a, b| a.0.total_cmp(&b.0));
        for (t, id, action) in steps {
            let Some(element) = elements.iter_mut().find_map(|e| e.find_mut(id)) else { continue };
            apply(element, t, action);
        }
        let camera = elements.pop();
        out.push(Stage { elements, camera, start: *start, fade: scene.fade });
    }
    out
}

fn push(e: &mut Element, channel: C, t: f32, seconds: f32, to: f32, ease: Ease) {
    if let Some(track) = e.track(channel) {
        track.push(t, seconds, to, ease);
    }
}

/// Jumps to `from` at `t`, then moves to `to`.
fn sweep(e: &mut Element, channel: C, t: f32, seconds: f32, from: f32, to: f32, ease: Ease) {
    push(e, channel, t, 0.0, from, ease);
    push(e, channel, t, seconds, to, ease);
}

fn apply(e: &mut Element, t: f32, action: &Action) {
    let (seconds, ease) = (action.seconds, action.ease);
    match &action.deed {
        Deed::Show(way) => {
            // What is shown for the first time was not there before, unless it was hidden earlier.
            if let Some(track) = e.track(C::Seen).filter(|track| track.is_unmoved()) {
                track.set_base(0.0);
            }
            show(e, *way, t, seconds, ease);
        }
        Deed::Hide(way) => hide(e, *way, t, seconds, ease),
        Deed::Move { numbers, fill, stroke } => {
            for (channel, value, relative) in numbers {
                let Some(track) = e.track(*channel) else { continue };
                let to = if *relative { track.at(t) + value } else { *value };
                track.push(t, seconds, to, ease);
            }
            let turn = |track: &mut Option<Track<Colour>>, base: Colour, to: Colour| {
                track.get_or_insert_with(|| Track::new(base)).push(t, seconds, to, ease);
            };
            if let Some(colour) = fill {
                turn(&mut e.fill_track, e.fill, *colour);
            }
            if let Some(colour) = stroke {
                turn(&mut e.stroke_track, e.stroke, *colour);
            }
        }
        Deed::Pulse(by) => {
            push(e, C::Pop, t, seconds * 0.4, 1.0 + by, Ease::Out);
            push(e, C::Pop, t + seconds * 0.4, seconds * 0.6, 1.0, Ease::InOut);
        }
        Deed::Shake(by) => {
            let n = 6;
            for i in 0..n {
                let side = if i % 2 == 0 { 1.0 } else { -1.0 } * by * (1.0 - i as f32 / n as f32);
                push(e, C::ShiftX, t + seconds * i as f32 / n as f32, seconds / n as f32, side, Ease::InOut);
            }
            push(e, C::ShiftX, t + seconds, seconds / n as f32, 0.0, Ease::InOut);
        }
        Deed::Sound(..) => {}
    }
}

fn show(e: &mut Element, way: Entrance, t: f32, seconds: f32, ease: Ease) {
    let quick = seconds.min(0.25);
    match way {
        Entrance::Cut => push(e, C::Seen, t, 0.0, 1.0, ease),
        Entrance::Fade => push(e, C::Seen, t, seconds, 1.0, ease),
        Entrance::Pop => {
            push(e, C::Seen, t, quick, 1.0, Ease::Out);
            sweep(e, C::Pop, t, seconds, 0.3, 1.0, ease);
        }
        Entrance::Draw => {
            push(e, C::Seen, t, 0.0, 1.0, ease);
            let whole = e.base.get(C::Draw);
            sweep(e, C::Draw, t, seconds, 0.0, whole, ease);
        }
        Entrance::Rise | Entrance::Drop | Entrance::Left | Entrance::Right => {
            push(e, C::Seen, t, quick.max(seconds * 0.4), 1.0, Ease::Out);
            let (channel, from) = match way {
                Entrance::Rise => (C::ShiftY, 36.0),
                Entrance::Drop => (C::ShiftY, -160.0),
                Entrance::Left => (C::ShiftX, -120.0),
                _ => (C::ShiftX, 120.0),
            };
            sweep(e, channel, t, seconds, from, 0.0, ease);
        }
        Entrance::GrowX | Entrance::GrowY => {
            push(e, C::Seen, t, 0.0, 1.0, ease);
            let channel = if way == Entrance::GrowX { C::GrowX } else { C::GrowY };
            sweep(e, channel, t, seconds, 0.0, 1.0, ease);
        }
    }
}

fn hide(e: &mut Element, way: Entrance, t: f32, seconds: f32, ease: Ease) {
    match way {
        Entrance::Draw => push(e, C::Draw, t, seconds, 0.0, ease),
        Entrance::Pop => push(e, C::Pop, t, seconds, 0.3, Ease::In),
        Entrance::Rise => push(e, C::ShiftY, t, seconds, -36.0, ease),
        Entrance::Drop => push(e, C::ShiftY, t, seconds, 160.0, Ease::In),
        Entrance::Left => push(e, C::ShiftX, t, seconds, -120.0, Ease::In),
        Entrance::Right => push(e, C::ShiftX, t, seconds, 120.0, Ease::In),
        Entrance::GrowX => push(e, C::GrowX, t, seconds, 0.0, ease),
        Entrance::GrowY => push(e, C::GrowY, t, seconds, 0.0, ease),
        Entrance::Fade | Entrance::Cut => {}
    }
    push(e, C::Seen, t, if way == Entrance::Cut { 0.0 } else { seconds }, 0.0, ease);
}
