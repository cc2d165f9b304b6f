//! How a number moves through time: easing curves and tracks of keyframes.

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Ease {
    Linear,
    In,
    Out,
    #[default]
    InOut,
    /// Overshoots a little and settles.
    Back,
    /// Falls and bounces.
    Bounce,
    /// Jumps at the end.
    Hold,
}

impl Ease {
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "linear" => Self::Linear,
            "in" => Self::In,
            "out" => Self::Out,
            "inout" => Self::InOut,
            "back" => Self::Back,
            "bounce" => Self::Bounce,
            "hold" => Self::Hold,
            _ => return None,
        })
    }

    /// Maps 0..=1 to 0..=1 (`Back` overshoots).
    pub fn at(self, t: f32) -> f32 {
        let t = t.clamp(0.0, 1.0);
        match self {
            Self::Linear => t,
            Self::In => t * t * t,
            Self::Out => 1.0 - (1.0 - t).powi(3),
            Self::InOut if t < 0.5 => 4.0 * t * t * t,
            Self::InOut => 1.0 - (-2.0 * t + 2.0).powi(3) / 2.0,
            Self::Back => {
                let u = t - 1.0;
                1.0 + 2.2 * u * u * u + 1.2 * u * u
            }
            Self::Bounce => bounce(t),
            Self::Hold => f32::from(u8::from(t >= 1.0)),
        }
    }
}

fn bounce(t: f32) -> f32 {
    let n = 7.5625;
    let d = 2.75;
    if t < 1.0 / d {
        n * t * t
    } else if t < 2.0 / d {
        n * (t - 1.5 / d).powi(2) + 0.75
    } else if t < 2.5 / d {
        n * (t - 2.25 / d).powi(2) + 0.9375
    } else {
        n * (t - 2.625 / d).powi(2) + 0.984375
    }
}

/// What can be blended between two keyframes.
pub trait Blend: Copy {
    fn blend(self, to: Self, t: f32) -> Self;
}

impl Blend for f32 {
    fn blend(self, to: Self, t: f32) -> Self {
        self + (to - self) * t
    }
}

impl Blend for super::colour::Colour {
    fn blend(self, to: Self, t: f32) -> Self {
        self.mix(to, t)
    }
}

#[derive(Debug, Clone, Copy)]
struct Step<T> {
    start: f32,
    seconds: f32,
    from: T,
    to: T,
    ease: Ease,
}

/// A value over time: `base` until the first step; each step starts from where the value is at that time.
#[derive(Debug, Clone)]
pub struct Track<T> {
    base: T,
    steps: Vec<Step<T>>,
}

impl<T: Blend> Track<T> {
    pub fn new(base: T) -> Self {
        Self { base, steps: Vec::new() }
    }

    pub fn set_base(&mut self, base: T) {
        self.base = base;
    }

    /// True while no step was added.
    pub fn is_unmoved(&self) -> bool {
        self.steps.is_empty()
    }

    /// Steps must be added in order of `start` (seconds).
    pub fn push(&mut self, start: f32, seconds: f32, to: T, ease: Ease) {
        let from = self.at(start);
        self.steps.push(Step { start, seconds, from, to, ease });
    }

    pub fn at(&self, t: f32) -> T {
        let Some(step) = self.steps.iter().rev().find(|s| s.start <= t) else { return self.base };
        if step.seconds <= 0.0 {
            return step.to;
        }
        let p = (t - step.start) / step.seconds;
        if p >= 1.0 { step.to } else { step.from.blend(step.to, step.ease.at(p)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_that_interrupts_another_starts_where_the_value_is() {
        let mut track = Track::new(0.0);
        track.push(0.0, 2.0, 10.0, Ease::Linear);
        track.push(1.0, 1.0, 0.0, Ease::Linear);
        assert_eq!(track.at(-1.0), 0.0);
        assert_eq!(track.at(0.5), 2.5);
        assert_eq!(track.at(1.0), 5.0);
        assert_eq!(track.at(9.0), 0.0);
    }

    #[test]
    fn every_easing_starts_at_nothing_and_ends_whole() {
        for ease in [Ease::Linear, Ease::In, Ease::Out, Ease::InOut, Ease::Back, Ease::Bounce] {
            assert!(ease.at(0.0).abs() < 1e-5, "{ease:?}");
            assert!((ease.at(1.0) - 1.0).abs() < 1e-5, "{ease:?}");
        }
    }
}
