//! Building blocks: oscillators, envelopes, filters, noise, a room. Samples are f32 at 48 kHz.

use super::RATE;
use std::f32::consts::{PI, TAU};

/// Hertz of a MIDI note number (69 is A at 440).
pub fn pitch(note: f32) -> f32 {
    440.0 * ((note - 69.0) / 12.0).exp2()
}

/// Attack, then exponential decay; seconds. 0 before and (nearly) after.
pub fn pluck(t: f32, attack: f32, decay: f32) -> f32 {
    if t < 0.0 {
        return 0.0;
    }
    let rise = (t / attack.max(1e-4)).min(1.0);
    rise * (-(t - attack).max(0.0) / decay).exp()
}

/// Rises over `attack`, holds until `length`, falls over `release`; half-cosine flanks.
pub fn swell(t: f32, attack: f32, length: f32, release: f32) -> f32 {
    let flank = |x: f32| if x >= 1.0 { 1.0 } else { 0.5 - 0.5 * (PI * x.max(0.0)).cos() };
    flank(t / attack) * flank((length + release - t) / release)
}

/// A soft tone: sine with a little of its octave and twelfth.
pub fn soft(phase: f32) -> f32 {
    // By the double and triple angle: one sine to work out where there are three.
    let (sine, cosine) = (phase * TAU).sin_cos();
    sine + 0.36 * sine * cosine + 0.07 * sine * (3.0 - 4.0 * sine * sine)
}

/// A struck bar: two-operator frequency modulation whose brightness fades with the note.
pub fn bell(phase: f32, brightness: f32) -> f32 {
    let p = phase * TAU;
    (p + brightness * (p * 3.0).sin()).sin()
}

/// White noise that is the same in every run.
pub struct Noise(u32);

impl Noise {
    pub fn new(seed: u32) -> Self {
        Self(seed | 1)
    }

    /// The next value, -1..=1.
    pub fn next(&mut self) -> f32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0 as f32 / (u32::MAX as f32 / 2.0) - 1.0
    }
}

/// Two-pole state variable filter (Andrew Simper's trapezoidal form).
#[derive(Default)]
pub struct Filter {
    a: f32,
    b: f32,
    /// The cutoff of the step before, and what was worked out of it.
    cutoff: f32,
    g: f32,
}

/// The three outputs of a filter step.
pub struct Bands {
    pub low: f32,
    pub band: f32,
    pub high: f32,
}

impl Filter {
    /// `cutoff` in hertz, `q` from 0.5 (soft) upwards.
    pub fn step(&mut self, x: f32, cutoff: f32, q: f32) -> Bands {
        if cutoff != self.cutoff {
            self.cutoff = cutoff;
            self.g = (PI * cutoff.clamp(10.0, RATE * 0.45) / RATE).tan();
        }
        let g = self.g;
        let k = 1.0 / q;
        let a1 = 1.0 / (1.0 + g * (g + k));
        let v1 = a1 * (self.a + g * (x - self.b));
        let v2 = self.b + g * v1;
        self.a = 2.0 * v1 - self.a;
        self.b = 2.0 * v2 - self.b;
        Bands { low: v2, band: v1, high: x - k * v1 - v2 }
    }
}

struct Comb {
    line: Vec<f32>,
    at: usize,
    feedback: f32,
    damped: f32,
}

impl Comb {
    fn step(&mut self, x: f32) -> f32 {
        let Some(slot) = self.line.get_mut(self.at) else { return 0.0 };
        let out = *slot;
        self.damped = out * 0.65 + self.damped * 0.35;
        *slot = x + self.damped * self.feedback;
        self.at = (self.at + 1) % self.line.len();
        out
    }
}

/// A room (Schroeder: parallel combs, one all-pass), one channel.
pub struct Room {
    combs: Vec<Comb>,
    pass: Vec<f32>,
    at: usize,
}

impl Room {
    /// `decay` 0..1; `spread` shifts the delays so that left and right differ.
    pub fn new(decay: f32, spread: usize) -> Self {
        let comb = |n: usize| Comb { line: vec![0.0; n + spread], at: 0, feedback: decay, damped: 0.0 };
        Self { combs: [1557, 1617, 1823, 2011].map(comb).into(), pass: vec![0.0; 347 + spread], at: 0 }
    }

    pub fn step(&mut self, x: f32) -> f32 {
        let wet: f32 = self.combs.iter_mut().map(|c| c.step(x)).sum::<f32>() * 0.25;
        let Some(slot) = self.pass.get_mut(self.at) else { return wet };
        let delayed = *slot;
        *slot = wet + delayed * 0.5;
        self.at = (self.at + 1) % self.pass.len();
        delayed - wet * 0.5
    }
}

/// Changes the sample rate by a windowed sinc over 24 neighbours; below the new Nyquist nothing folds back.
pub fn resample(samples: &[i16], from: u32) -> Vec<f32> {
    let ratio = from as f32 / RATE;
    let n = (samples.len() as f32 / ratio) as usize;
    let cutoff = (1.0 / ratio).min(1.0) * 0.96;
    let reach = 12isize;
    (0..n)
        .map(|i| {
            let at = i as f64 * f64::from(from) / f64::from(RATE);
            let base = at.floor() as isize;
            let mut sum = 0.0;
            for k in (base - reach + 1)..=(base + reach) {
                let Some(s) = usize::try_from(k).ok().and_then(|k| samples.get(k)) else { continue };
                let d = (at - k as f64) as f32;
                let x = PI * d * cutoff;
                let sinc = if x.abs() < 1e-5 { 1.0 } else { x.sin() / x };
                let window = 0.5 + 0.5 * (PI * d / reach as f32).cos();
                sum += f32::from(*s) / 32768.0 * sinc * window * cutoff;
            }
            sum
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resampling_keeps_a_tone_and_its_loudness() {
        let from = 22_050;
        let tone: Vec<i16> =
            (0..from).map(|i| ((i as f32 * 440.0 * TAU / from as f32).sin() * 16000.0) as i16).collect();
        let out = resample(&tone, from as u32);
        assert!((out.len() as i64 - 48_000).abs() <= 2);
        let rms = (out.iter().map(|x| x * x).sum::<f32>() / out.len() as f32).sqrt();
        assert!((rms - 16000.0 / 32768.0 / 2f32.sqrt()).abs() < 0.01, "{rms}");
    }

    #[test]
    fn a_room_dies_away() {
        let mut room = Room::new(0.8, 0);
        room.step(1.0);
        let late = (0..48_000 * 6).map(|_| room.step(0.0)).last().unwrap();
        assert!(late.abs() < 1e-4);
    }
}
