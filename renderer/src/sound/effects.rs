//! Short sounds that mark a moment. Mono, peaks below 0.9, start and end at nothing.

use super::synth::{Filter, Noise, bell, pitch, pluck, swell};
use super::{Effect, RATE};

/// The samples of an effect at 48 kHz.
pub fn effect(kind: Effect) -> Vec<f32> {
    match kind {
        Effect::Pop => sweep(0.16, 420.0, 980.0, |t| 0.7 * pluck(t, 0.004, 0.035)),
        Effect::Drop => sweep(0.42, 900.0, 320.0, |t| 0.55 * pluck(t, 0.006, 0.1)),
        Effect::Rise => sweep(0.55, 300.0, 760.0, |t| 0.4 * swell(t, 0.2, 0.35, 0.2)),
        Effect::Thud => sweep(0.4, 150.0, 52.0, |t| 0.85 * pluck(t, 0.003, 0.09)),
        Effect::Tick => tick(),
        Effect::Chime => chime(),
        Effect::Swoosh => swoosh(),
    }
}

fn time(seconds: f32) -> impl Iterator<Item = f32> {
    (0..(seconds * RATE) as usize).map(|i| i as f32 / RATE)
}

/// A tone that glides from one pitch to another.
fn sweep(seconds: f32, from: f32, to: f32, envelope: impl Fn(f32) -> f32) -> Vec<f32> {
    let mut phase = 0.0;
    time(seconds)
        .map(|t| {
            phase += from * (to / from).powf((t / seconds).sqrt()) / RATE;
            let end = ((seconds - t) / 0.02).min(1.0);
            (phase * std::f32::consts::TAU).sin() * envelope(t) * end
        })
        .collect()
}

fn tick() -> Vec<f32> {
    let (mut noise, mut filter) = (Noise::new(5), Filter::default());
    time(0.06)
        .map(|t| {
            let click = filter.step(noise.next(), 3400.0, 2.5).band;
            let wood = (t * 1650.0 * std::f32::consts::TAU).sin() * 0.35;
            (click * 0.7 + wood) * pluck(t, 0.0008, 0.009) * ((0.06 - t) / 0.01).min(1.0)
        })
        .collect()
}

fn chime() -> Vec<f32> {
    let notes = [(76.0, 0.0), (83.0, 0.09)];
    time(1.3)
        .map(|t| {
            let sum: f32 = notes
                .iter()
                .map(|(note, at)| {
                    let s = (t - at).max(0.0);
                    bell(s * pitch(*note), 0.9 * (-s * 7.0).exp()) * pluck(t - at, 0.004, 0.3)
                })
                .sum();
            sum * 0.3 * ((1.3 - t) / 0.1).min(1.0)
        })
        .collect()
}

fn swoosh() -> Vec<f32> {
    let (mut noise, mut filter) = (Noise::new(9), Filter::default());
    time(0.5)
        .map(|t| {
            let x = t / 0.5;
            let centre = 500.0 + 2200.0 * (std::f32::consts::PI * x).sin();
            filter.step(noise.next(), centre, 1.6).band * 0.55 * swell(t, 0.22, 0.24, 0.26)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn effects_neither_clip_nor_click_nor_lean() {
        for kind in Effect::ALL {
            let s = effect(kind);
            let peak = s.iter().fold(0f32, |p, x| p.max(x.abs()));
            assert!((0.08..0.9).contains(&peak), "{kind:?} peaks at {peak}");
            assert!(s[0].abs() < 0.02 && s[s.len() - 1].abs() < 0.02, "{kind:?} starts or ends with a click");
            let mean = s.iter().sum::<f32>() / s.len() as f32;
            assert!(mean.abs() < 0.02, "{kind:?} has an offset of {mean}");
        }
    }
}
