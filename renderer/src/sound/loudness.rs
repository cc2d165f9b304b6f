//! How loud a mix is (ITU-R BS.1770-4, EBU R128) and how high its peaks are between samples. At 48 kHz only.

use std::f32::consts::PI;

/// Samples of 100 ms; a block of the measure is four of them, and begins at each.
const STEP: usize = 4_800;
const BLOCK_STEPS: usize = 4;
/// Nothing quieter counts, in LUFS.
const ABSOLUTE_GATE: f64 = -70.0;
/// Nothing this much quieter than the mean counts, in LU.
const RELATIVE_GATE: f64 = -10.0;

/// Second-order section in direct form: b0, b1, b2, a1, a2.
struct Section([f64; 5], [f64; 2]);

impl Section {
    fn step(&mut self, x: f64) -> f64 {
        let ([b0, b1, b2, a1, a2], [s1, s2]) = (self.0, self.1);
        let y = b0 * x + s1;
        self.1 = [b1 * x - a1 * y + s2, b2 * x - a2 * y];
        y
    }
}

/// Power of a channel in each step of 100 ms, weighted as ears do (BS.1770-4, annex 1).
fn weighted_power(channel: &[f32]) -> Vec<f64> {
    let head = [1.535_124_859_586_97, -2.691_696_189_406_38, 1.198_392_810_852_85];
    let [h0, h1, h2] = head;
    let mut shelf = Section([h0, h1, h2, -1.690_659_293_182_41, 0.732_480_774_215_85], [0.0; 2]);
    let mut high = Section([1.0, -2.0, 1.0, -1.990_047_454_833_98, 0.990_072_250_366_21], [0.0; 2]);
    let mut power = |step: &[f32]| {
        step.iter().map(|x| high.step(shelf.step(f64::from(*x))).powi(2)).sum::<f64>() / STEP as f64
    };
    channel.chunks_exact(STEP).map(&mut power).collect()
}

/// Integrated loudness of a stereo sound in LUFS; None for silence or for less than 0.4 s.
pub fn integrated(left: &[f32], right: &[f32]) -> Option<f64> {
    let both: Vec<f64> = weighted_power(left).iter().zip(weighted_power(right)).map(|(l, r)| l + r).collect();
    let blocks: Vec<f64> =
        both.windows(BLOCK_STEPS).map(|w| w.iter().sum::<f64>() / BLOCK_STEPS as f64).collect();
    let lufs = |power: f64| -0.691 + 10.0 * power.log10();
    let gated = |gate: f64| {
        let loud: Vec<f64> = blocks.iter().copied().filter(|p| lufs(*p) > gate).collect();
        (!loud.is_empty()).then(|| lufs(loud.iter().sum::<f64>() / loud.len() as f64))
    };
    gated(gated(ABSOLUTE_GATE)? + RELATIVE_GATE)
}

/// Taps on each side of a place between samples.
const TAPS: usize = 6;

/// Finds peaks between samples: four times oversampled.
pub struct TruePeak([[f32; 2 * TAPS]; 3]);

impl Default for TruePeak {
    fn default() -> Self {
        let mut phases = [[0.0; 2 * TAPS]; 3];
        for (phase, taps) in phases.iter_mut().enumerate() {
            let between = (phase + 1) as f32 / 4.0;
            for (i, tap) in taps.iter_mut().enumerate() {
                // A sinc under a half-cosine window.
                let x = i as f32 - (TAPS as f32 - 1.0) - between;
                *tap = (PI * x).sin() / (PI * x) * (PI * x / (2.0 * TAPS as f32)).cos();
            }
        }
        Self(phases)
    }
}

impl TruePeak {
    /// The highest absolute value within `from..to` of a channel, between samples as well.
    pub fn of(&self, channel: &[f32], from: usize, to: usize) -> f32 {
        let inside = channel.get(from..to.min(channel.len())).unwrap_or_default();
        let plain = inside.iter().fold(0f32, |p, x| p.max(x.abs()));
        let around = channel.get(from.saturating_sub(TAPS - 1)..(to + TAPS).min(channel.len()));
        around.unwrap_or_default().windows(2 * TAPS).fold(plain, |peak, near| {
            self.0.iter().fold(peak, |peak, taps| {
                peak.max(near.iter().zip(taps).map(|(x, t)| x * t).sum::<f32>().abs())
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::TAU;

    fn tone(hertz: f64, gain: f64, phase: f64) -> Vec<f32> {
        (0..96_000).map(|i| (gain * (TAU * hertz * f64::from(i) / 48_000.0 + phase).sin()) as f32).collect()
    }

    #[test]
    fn a_tone_of_1_khz_at_minus_23_dbfs_on_both_sides_measures_minus_23_lufs() {
        let tone = tone(1_000.0, 10f64.powf(-23.0 / 20.0), 0.0);
        assert!((integrated(&tone, &tone).unwrap() + 23.0).abs() < 0.1);
    }

    #[test]
    fn silence_has_no_loudness_and_pauses_do_not_count() {
        let quiet = vec![0.0; 96_000];
        assert_eq!(integrated(&quiet, &quiet), None);
        let tone = tone(1_000.0, 0.1, 0.0);
        let with_pause = [tone.clone(), quiet].concat();
        let (alone, paused) =
            (integrated(&tone, &tone).unwrap(), integrated(&with_pause, &with_pause).unwrap());
        assert!((alone - paused).abs() < 0.5, "{alone} {paused}");
    }

    #[test]
    fn a_peak_between_samples_is_found() {
        // A quarter of the rate, an eighth of a turn late: every sample is at 0.707, the wave is at 1.
        let tone = tone(12_000.0, 1.0, TAU / 8.0);
        let samples = tone.iter().fold(0f32, |p, x| p.max(x.abs()));
        assert!(samples < 0.71);
        let peak = TruePeak::default().of(&tone, 1_000, 2_000);
        assert!((0.97..1.03).contains(&peak), "{peak}");
    }
}
