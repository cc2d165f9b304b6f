//! Voice, music and effects become the sound of a clip.

use super::RATE;
use super::effects::effect;
use super::music::music;
use super::synth::{Filter, Room, resample};
use crate::lesson::{Deed, Lesson};
use crate::timeline::{Speech, Timeline};

/// Loudness of the voice as RMS over the samples that are loud.
const VOICE_RMS: f32 = 0.14;
/// Music between lines and under them.
const MUSIC: f32 = 0.16;
const MUSIC_UNDER_VOICE: f32 = 0.065;
const EFFECTS: f32 = 0.3;
/// -1.5 dBFS.
const CEILING: f32 = 0.84;

/// The sound of the clip: interleaved stereo at 48 kHz, as long as the timeline, peaks below -1 dBFS.
/// `speech` is the list that the timeline was planned with.
pub fn mix(lesson: &Lesson, timeline: &Timeline, speech: &[Speech]) -> Vec<i16> {
    let seconds = timeline.duration_ms as f32 / 1000.0;
    let n = (u64::from(timeline.duration_ms) * u64::from(super::SAMPLE_RATE) / 1000) as usize;
    let mut voice = vec![0.0f32; n];
    for (line, speech) in timeline.lines.iter().zip(speech) {
        let spoken = spoken(speech);
        let first = (line.start * RATE) as usize;
        voice.iter_mut().skip(first).zip(spoken).for_each(|(out, x)| *out += x);
    }
    let (mut left, mut right) = music(lesson.music, seconds);
    left.resize(n, 0.0);
    right.resize(n, 0.0);
    let duck = ducking(timeline, n);
    let sounds = effects(lesson, timeline, n);
    let mut rooms = (Room::new(0.55, 0), Room::new(0.55, 31));
    let tracks = left.iter_mut().zip(&mut right).zip(voice).zip(sounds).zip(duck);
    for ((((l, r), voice), sound), gain) in tracks {
        // A little of a small room takes the edge off a dry synthetic voice.
        *l = *l * gain + voice + 0.05 * rooms.0.step(voice) + sound;
        *r = *r * gain + voice + 0.05 * rooms.1.step(voice) + sound;
    }
    limit(&mut left, &mut right);
    let sample = |x: f32| (x * 32767.0).round() as i16;
    left.into_iter().zip(right).flat_map(|(l, r)| [sample(l), sample(r)]).collect()
}

/// One line at 48 kHz, cleaned of rumble and hiss, at the common loudness.
fn spoken(speech: &Speech) -> Vec<f32> {
    let trimmed = speech.trimmed();
    let (mut rumble, mut hiss) = (Filter::default(), Filter::default());
    let mut out: Vec<f32> = resample(&trimmed.samples, trimmed.sample_rate.max(1))
        .into_iter()
        .map(|x| hiss.step(rumble.step(x, 95.0, 0.7).high, 8200.0, 0.65).low)
        .collect();
    let loud = out.iter().filter(|x| x.abs() > 0.02);
    let (sum, count) = loud.fold((0.0f32, 0u32), |(s, c), x| (s + x * x, c + 1));
    let rms = (sum / count.max(1) as f32).sqrt();
    let gain = if rms > 0.001 { VOICE_RMS / rms } else { 1.0 };
    let n = out.len() as f32;
    for (i, x) in out.iter_mut().enumerate() {
        let edge = (i as f32).min(n - i as f32) / (0.01 * RATE);
        *x *= gain.min(8.0) * edge.min(1.0);
    }
    out
}

/// Gain of the music at each sample: low while somebody speaks, ramps of a third of a second.
fn ducking(timeline: &Timeline, n: usize) -> Vec<f32> {
    let mut out = vec![MUSIC; n];
    let mut gain = MUSIC;
    let step = (MUSIC - MUSIC_UNDER_VOICE) / (0.3 * RATE);
    let mut lines = timeline.lines.iter().peekable();
    for (i, slot) in out.iter_mut().enumerate() {
        let t = i as f32 / RATE;
        while lines.next_if(|l| l.start + l.seconds + 0.1 < t).is_some() {}
        let speaking = lines.peek().is_some_and(|l| l.start - 0.3 <= t);
        gain = if speaking { (gain - step).max(MUSIC_UNDER_VOICE) } else { (gain + step).min(MUSIC) };
        *slot = gain;
    }
    out
}

fn effects(lesson: &Lesson, timeline: &Timeline, n: usize) -> Vec<f32> {
    let mut out = vec![0.0f32; n];
    for (i, beat) in lesson.beats.iter().enumerate() {
        for action in &beat.actions {
            let Deed::Sound(kind, gain) = action.deed else { continue };
            let first = (timeline.moment(i, action.at).max(0.0) * RATE) as usize;
            let samples = effect(kind);
            out.iter_mut().skip(first).zip(samples).for_each(|(o, x)| *o += x * gain * EFFECTS);
        }
    }
    out
}

/// Holds peaks under the ceiling: gains of 5 ms blocks, joined by straight lines so that nothing jumps.
fn limit(left: &mut [f32], right: &mut [f32]) {
    let block = (0.005 * RATE) as usize;
    let peaks = left.chunks(block).zip(right.chunks(block)).map(|(l, r)| {
        let peak = l.iter().chain(r).fold(0f32, |p, x| p.max(x.abs()));
        if peak > CEILING { CEILING / peak } else { 1.0 }
    });
    let gains: Vec<f32> = peaks.collect();
    let gain = |i: usize| gains.get(i).copied().unwrap_or(1.0);
    for (i, (l, r)) in left.chunks_mut(block).zip(right.chunks_mut(block)).enumerate() {
        let (from, to) = (gain(i).min(gain(i.saturating_sub(1))), gain(i).min(gain(i + 1)));
        for (k, (l, r)) in l.iter_mut().zip(r.iter_mut()).enumerate() {
            let g = from + (to - from) * k as f32 / block as f32;
            *l *= g;
            *r *= g;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limiter_holds_the_ceiling() {
        let mut l: Vec<f32> = (0..4800).map(|i| (i as f32 * 0.05).sin() * 3.0).collect();
        let mut r = l.clone();
        limit(&mut l, &mut r);
        assert!(l.iter().all(|x| x.abs() <= CEILING + 1e-4));
    }
}
