//! Music under the voice: a chord progression played by a pad, a bass and a plucked line, in a room.

use super::synth::{Filter, Noise, Room, bell, pitch, pluck, soft, swell};
use super::{Mood, RATE};

/// How a mood is played.
struct Score {
    /// Beats a minute.
    tempo: f32,
    /// Beats a chord lasts.
    beats: usize,
    /// MIDI notes, lowest first.
    chords: &'static [[f32; 4]],
    /// For each half beat the chord note that is plucked (index, octaves up), or none.
    pattern: &'static [Option<(usize, f32)>],
    pad: f32,
    bass: f32,
    plucked: f32,
    brightness: f32,
    decay: f32,
    /// Soft noise on each beat.
    brush: f32,
}

/// No note.
const N: Option<(usize, f32)> = None;

fn score(mood: Mood) -> Score {
    match mood {
        Mood::Calm => Score {
            tempo: 66.0,
            beats: 4,
            chords: &[
                [53.0, 60.0, 64.0, 69.0],
                [50.0, 57.0, 60.0, 65.0],
                [46.0, 57.0, 62.0, 65.0],
                [48.0, 58.0, 64.0, 67.0],
            ],
            pattern: &[Some((1, 1.0)), N, N, Some((3, 1.0)), N, N, Some((2, 1.0)), N],
            pad: 1.0,
            bass: 0.7,
            plucked: 0.35,
            brightness: 0.5,
            decay: 0.7,
            brush: 0.0,
        },
        Mood::Bright => Score {
            tempo: 96.0,
            beats: 4,
            chords: &[
                [48.0, 60.0, 64.0, 67.0],
                [45.0, 57.0, 64.0, 67.0],
                [53.0, 57.0, 60.0, 65.0],
                [43.0, 59.0, 62.0, 67.0],
            ],
            pattern: &[
                Some((1, 1.0)),
                Some((2, 1.0)),
                N,
                Some((3, 1.0)),
                Some((1, 2.0)),
                N,
                Some((3, 1.0)),
                Some((2, 1.0)),
            ],
            pad: 0.5,
            bass: 0.6,
            plucked: 0.65,
            brightness: 0.8,
            decay: 0.35,
            brush: 0.25,
        },
        Mood::Curious => Score {
            tempo: 88.0,
            beats: 4,
            chords: &[
                [50.0, 57.0, 60.0, 65.0],
                [43.0, 55.0, 59.0, 65.0],
                [50.0, 57.0, 60.0, 64.0],
                [45.0, 55.0, 60.0, 64.0],
            ],
            pattern: &[
                Some((1, 1.0)),
                N,
                Some((2, 1.0)),
                Some((3, 1.0)),
                N,
                Some((2, 1.0)),
                N,
                Some((3, 1.0)),
            ],
            pad: 0.55,
            bass: 0.75,
            plucked: 0.6,
            brightness: 1.1,
            decay: 0.22,
            brush: 0.3,
        },
        Mood::Night => Score {
            tempo: 54.0,
            beats: 4,
            chords: &[
                [45.0, 52.0, 59.0, 64.0],
                [41.0, 53.0, 57.0, 64.0],
                [48.0, 55.0, 59.0, 64.0],
                [43.0, 50.0, 59.0, 62.0],
            ],
            pattern: &[N, N, Some((3, 1.0)), N, N, N, N, Some((2, 2.0))],
            pad: 1.1,
            bass: 0.8,
            plucked: 0.3,
            brightness: 0.35,
            decay: 1.2,
            brush: 0.0,
        },
        Mood::Steady => Score {
            tempo: 104.0,
            beats: 4,
            chords: &[
                [45.0, 57.0, 60.0, 64.0],
                [41.0, 57.0, 60.0, 65.0],
                [48.0, 55.0, 60.0, 64.0],
                [43.0, 55.0, 59.0, 62.0],
            ],
            pattern: &[
                Some((0, 1.0)),
                Some((2, 1.0)),
                Some((1, 1.0)),
                Some((2, 1.0)),
                Some((0, 1.0)),
                Some((3, 1.0)),
                Some((1, 1.0)),
                Some((2, 1.0)),
            ],
            pad: 0.45,
            bass: 0.65,
            plucked: 0.5,
            brightness: 0.6,
            decay: 0.16,
            brush: 0.35,
        },
    }
}

/// Left and right, `seconds` long, peaks below 0.9, faded in and out.
pub fn music(mood: Mood, seconds: f32) -> (Vec<f32>, Vec<f32>) {
    let s = score(mood);
    let n = (seconds * RATE) as usize;
    let (mut left, mut right) = (vec![0.0f32; n], vec![0.0f32; n]);
    let beat = 60.0 / s.tempo;
    let bar = beat * s.beats as f32;
    let bars = (seconds / bar).ceil() as usize;
    for (i, chord) in (0..bars).zip(s.chords.iter().cycle()) {
        let start = i as f32 * bar;
        for (k, note) in chord.iter().enumerate() {
            let side = [0.5, 0.2, 0.8, 0.65].get(k).copied().unwrap_or(0.5);
            if k == 0 {
                add(&mut left, &mut right, start, bar, 0.5, |t| {
                    0.16 * s.bass * soft(t * pitch(*note)) * swell(t, 0.05, bar * 0.8, bar * 0.2)
                });
            }
            let tone = |t: f32, cents: f32| soft(t * pitch(*note + cents / 100.0));
            add(&mut left, &mut right, start, bar + 1.2, side, |t| {
                0.05 * s.pad * (tone(t, 5.0) + tone(t, -5.0)) * swell(t, 0.9, bar, 1.0)
            });
        }
        let halves = s.beats * 2;
        for (h, step) in (0..halves).zip(s.pattern.iter().cycle()) {
            let Some((index, up)) = step else { continue };
            let Some(note) = chord.get(*index).map(|n| n + 12.0 * up) else { continue };
            let at = start + h as f32 * beat / 2.0;
            let side = if h % 2 == 0 { 0.35 } else { 0.65 };
            add(&mut left, &mut right, at, s.decay * 5.0, side, |t| {
                let brightness = s.brightness * (-t * 6.0).exp();
                let tail = ((s.decay * 5.0 - t) / 0.05).clamp(0.0, 1.0);
                0.16 * s.plucked * bell(t * pitch(note), brightness) * pluck(t, 0.006, s.decay) * tail
            });
        }
        if s.brush > 0.0 {
            for b in 0..s.beats {
                brush(&mut left, &mut right, start + (b as f32 + 0.5) * beat, s.brush, b as u32 + 1);
            }
        }
    }
    finish(&mut left, &mut right, seconds);
    (left, right)
}

/// Adds a sound from `start` for `length` seconds; `side` 0 is left, 1 right.
fn add(left: &mut [f32], right: &mut [f32], start: f32, length: f32, side: f32, sound: impl Fn(f32) -> f32) {
    let first = (start.max(0.0) * RATE) as usize;
    let count = (length * RATE) as usize;
    let gains = ((1.0 - side).sqrt(), side.sqrt());
    let pairs = left.iter_mut().zip(right).skip(first).take(count);
    for (i, (l, r)) in pairs.enumerate() {
        let x = sound(i as f32 / RATE);
        *l += x * gains.0;
        *r += x * gains.1;
    }
}

fn brush(left: &mut [f32], right: &mut [f32], start: f32, gain: f32, seed: u32) {
    let (mut noise, mut filter) = (Noise::new(seed * 77), Filter::default());
    let first = (start * RATE) as usize;
    for (i, (l, r)) in left.iter_mut().zip(right).skip(first).take((0.12 * RATE) as usize).enumerate() {
        let t = i as f32 / RATE;
        let x = filter.step(noise.next(), 6200.0, 0.8).band * 0.09 * gain * pluck(t, 0.004, 0.022);
        *l += x;
        *r += x * 0.8;
    }
}

/// Room, warmth, fades, and a peak of 0.8.
fn finish(left: &mut [f32], right: &mut [f32], seconds: f32) {
    for (k, channel) in [left, right].into_iter().enumerate() {
        let (mut room, mut warm, mut floor) = (Room::new(0.78, 23 * k), Filter::default(), Filter::default());
        for (i, x) in channel.iter_mut().enumerate() {
            let t = i as f32 / RATE;
            let wet = *x + 0.35 * room.step(*x);
            let fade = (t / 1.2).min((seconds - t) / 2.0).clamp(0.0, 1.0);
            let low = warm.step(wet, 5200.0, 0.6).low;
            *x = floor.step(low, 40.0, 0.7).high * fade;
        }
        let peak = channel.iter().fold(0.001f32, |p, x| p.max(x.abs()));
        channel.iter_mut().for_each(|x| *x *= 0.8 / peak);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mood_sounds_without_clipping_or_offset() {
        for mood in Mood::ALL {
            let (l, r) = music(mood, 9.0);
            for channel in [&l, &r] {
                let peak = channel.iter().fold(0f32, |p, x| p.max(x.abs()));
                assert!((0.5..0.9).contains(&peak), "{mood:?} peaks at {peak}");
                let mean = channel.iter().sum::<f32>() / channel.len() as f32;
                assert!(mean.abs() < 0.002, "{mood:?} has an offset of {mean}");
                assert!(channel[0].abs() < 0.01 && channel[channel.len() - 1].abs() < 0.01);
            }
        }
    }
}
