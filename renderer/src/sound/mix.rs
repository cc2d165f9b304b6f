//! Voice, music and effects become the sound of a clip.

use super::RATE;
use super::effects::effect;
use super::loudness::{TruePeak, integrated};
use super::music::music;
use super::synth::{Filter, Room, resample};
use crate::lesson::{Deed, Lesson};
use crate::timeline::{Speech, Timeline};

/// Level of the voice before the mix is brought to its loudness: RMS over the samples that are loud.
const VOICE_RMS: f32 = 0.14;
/// Level of the music as RMS, between lines and under them: well below the voice.
const MUSIC: f32 = 0.022;
const MUSIC_UNDER_VOICE: f32 = 0.011;
const EFFECTS: f32 = 0.3;
/// Integrated loudness of a clip, in LUFS: what phones and the web play well.
const LOUDNESS: f64 = -16.0;
/// -2 dBFS between samples: what the encoder adds stays below -1.
const CEILING: f32 = 0.794;

/// What a clip sounds of, each at its level: the loudness of the whole is set afterwards.
struct Tracks {
    voice: Vec<f32>,
    music: (Vec<f32>, Vec<f32>),
    effects: Vec<f32>,
}

/// The sound of the clip: interleaved stereo at 48 kHz, as long as the timeline, -16 LUFS, peaks below -2 dBFS.
/// `speech` is the list that the timeline was planned with.
pub fn mix(lesson: &Lesson, timeline: &Timeline, speech: &[Speech]) -> Vec<i16> {
    let tracks = tracks(lesson, timeline, speech);
    let (mut left, mut right) = tracks.music;
    let mut rooms = (Room::new(0.55, 0), Room::new(0.55, 31));
    for (((l, r), voice), sound) in left.iter_mut().zip(&mut right).zip(tracks.voice).zip(tracks.effects) {
        // A little of a small room takes the edge off a dry synthetic voice.
        *l += voice + 0.05 * rooms.0.step(voice) + sound;
        *r += voice + 0.05 * rooms.1.step(voice) + sound;
    }
    // Holding peaks takes a little loudness away: the second round gives it back.
    for _ in 0..2 {
        let Some(lufs) = integrated(&left, &right) else { break };
        let gain = 10f64.powf((LOUDNESS - lufs).min(20.0) / 20.0) as f32;
        left.iter_mut().chain(&mut right).for_each(|x| *x *= gain);
        limit(&mut left, &mut right);
    }
    let sample = |x: f32| (x.clamp(-1.0, 1.0) * 32767.0).round() as i16;
    left.into_iter().zip(right).flat_map(|(l, r)| [sample(l), sample(r)]).collect()
}

fn tracks(lesson: &Lesson, timeline: &Timeline, speech: &[Speech]) -> Tracks {
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
    // Moods differ in how full they are: equal level, not equal peaks.
    let power = left.iter().chain(&right).map(|x| x * x).sum::<f32>() / (2 * n).max(1) as f32;
    let level = 1.0 / power.sqrt().max(0.01);
    for ((l, r), gain) in left.iter_mut().zip(&mut right).zip(ducking(timeline, n)) {
        *l *= gain * level;
        *r *= gain * level;
    }
    Tracks { voice, music: (left, right), effects: effects(lesson, timeline, n) }
}

/// One line at 48 kHz, cleaned of rumble and hiss, evened out, at the common level.
fn spoken(speech: &Speech) -> Vec<f32> {
    let trimmed = speech.trimmed();
    let (mut rumble, mut hiss, mut nasal) = (Filter::default(), Filter::default(), Filter::default());
    let mut out: Vec<f32> = resample(&trimmed.samples, trimmed.sample_rate.max(1))
        .into_iter()
        .map(|x| {
            let clean = hiss.step(rumble.step(x, 95.0, 0.7).high, 8200.0, 0.65).low;
            // A formant voice is sharp around 3 kHz: a broad dip there makes it warmer.
            clean - 0.3 * nasal.step(clean, 3100.0, 0.8).band
        })
        .collect();
    to_level(&mut out);
    even_out(&mut out);
    to_level(&mut out);
    let n = out.len() as f32;
    for (i, x) in out.iter_mut().enumerate() {
        let edge = (i as f32).min(n - i as f32) / (0.01 * RATE);
        *x *= edge.min(1.0);
    }
    out
}

fn to_level(voice: &mut [f32]) {
    let loud = voice.iter().filter(|x| x.abs() > 0.02);
    let (sum, count) = loud.fold((0.0f32, 0u32), |(s, c), x| (s + x * x, c + 1));
    let rms = (sum / count.max(1) as f32).sqrt();
    let gain = if rms > 0.001 { (VOICE_RMS / rms).min(8.0) } else { 1.0 };
    voice.iter_mut().for_each(|x| *x *= gain);
}

/// A gentle compressor: what is louder than the common level rises only half as much, so that no word jumps out and
/// none is lost.
fn even_out(voice: &mut [f32]) {
    let part = |seconds: f32| 1.0 - (-1.0 / (seconds * RATE)).exp();
    let (rise, fall) = (part(0.004), part(0.09));
    let mut level = 0.0f32;
    for x in voice {
        let now = x.abs();
        level += (now - level) * if now > level { rise } else { fall };
        if level > VOICE_RMS {
            *x *= (VOICE_RMS / level).sqrt();
        }
    }
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
    let peaks = TruePeak::default();
    let gain = |from: usize| {
        let peak = peaks.of(left, from, from + block).max(peaks.of(right, from, from + block));
        if peak > CEILING { CEILING / peak } else { 1.0 }
    };
    let gains: Vec<f32> = (0..left.len()).step_by(block).map(gain).collect();
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
    use crate::{builtin, parse, plan};

    #[test]
    fn the_limiter_holds_the_ceiling_between_samples_too() {
        let mut l: Vec<f32> = (0..4800).map(|i| (i as f32 * 0.05).sin() * 3.0).collect();
        l.extend((0..4800).map(|i| (i as f32 * 1.9).sin() * 1.1));
        let mut r = l.clone();
        limit(&mut l, &mut r);
        let peak = TruePeak::default().of(&l, 0, l.len());
        assert!(peak <= CEILING * 1.02, "{peak}");
    }

    /// A hum with syllables, about as loud as espeak-ng.
    fn hum(seconds: f32) -> Speech {
        let sample_rate = 22_050;
        let samples = (0..(seconds * 22_050.0) as u32).map(|i| {
            let t = i as f32 / 22_050.0;
            let tone: f32 = [(130.0, 0.5), (520.0, 0.3), (1560.0, 0.15)]
                .iter()
                .map(|(hertz, gain)| gain * (t * hertz * std::f32::consts::TAU).sin())
                .sum();
            (tone * 12_000.0 * (0.25 + 0.75 * (t * 12.0).sin().abs())) as i16
        });
        Speech { samples: samples.collect(), sample_rate }
    }

    #[test]
    fn the_voice_stands_well_above_the_music_and_the_clip_is_as_loud_as_others() {
        for (slug, source) in builtin().iter().step_by(11) {
            let lesson = parse(source).unwrap();
            let speech: Vec<Speech> = lesson.beats.iter().map(|_| hum(3.0)).collect();
            let timeline = plan(&lesson, &speech).unwrap();
            let tracks = tracks(&lesson, &timeline, &speech);
            let voice = integrated(&tracks.voice, &tracks.voice).unwrap();
            // Only what lies under a line: between lines the music may rise.
            let under = |channel: &[f32]| -> Vec<f32> {
                let lines = timeline.lines.iter().flat_map(|l| {
                    let first = (l.start * RATE) as usize;
                    channel[first..first + (l.seconds * RATE) as usize].to_vec()
                });
                lines.collect()
            };
            let music = integrated(&under(&tracks.music.0), &under(&tracks.music.1)).unwrap();
            assert!((14.0..30.0).contains(&(voice - music)), "{slug}: voice {voice:.1}, music {music:.1}");
            let mixed: Vec<f32> =
                mix(&lesson, &timeline, &speech).iter().map(|s| f32::from(*s) / 32768.0).collect();
            let (left, right): (Vec<f32>, Vec<f32>) =
                mixed.as_chunks::<2>().0.iter().map(|[l, r]| (*l, *r)).unzip();
            let lufs = integrated(&left, &right).unwrap();
            assert!((lufs - LOUDNESS).abs() < 0.5, "{slug}: {lufs:.1} LUFS");
        }
    }
}
