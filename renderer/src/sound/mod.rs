//! Everything that is heard but the voice itself: synthesised here, from arithmetic only.

pub mod effects;
pub mod loudness;
pub mod mix;
pub mod music;
pub mod synth;

/// Samples a second of every mix.
pub const SAMPLE_RATE: u32 = 48_000;
/// The same as a number to reckon with.
pub const RATE: f32 = SAMPLE_RATE as f32;

/// Character of the music under a clip.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    /// Slow, warm chords.
    Calm,
    /// Light plucked notes, major.
    Bright,
    /// Walking plucked notes, a question in the air.
    Curious,
    /// Deep, wide, sparse.
    Night,
    /// An even pulse for things that run step by step.
    Steady,
}

impl Mood {
    pub const ALL: [Mood; 5] = [Self::Calm, Self::Bright, Self::Curious, Self::Night, Self::Steady];

    pub fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "calm" => Self::Calm,
            "bright" => Self::Bright,
            "curious" => Self::Curious,
            "night" => Self::Night,
            "steady" => Self::Steady,
            _ => return None,
        })
    }
}

/// A short sound at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    Pop,
    Swoosh,
    Chime,
    Tick,
    Drop,
    Rise,
    Thud,
}

impl Effect {
    pub const ALL: [Effect; 7] =
        [Self::Pop, Self::Swoosh, Self::Chime, Self::Tick, Self::Drop, Self::Rise, Self::Thud];

    pub fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "pop" => Self::Pop,
            "swoosh" => Self::Swoosh,
            "chime" => Self::Chime,
            "tick" => Self::Tick,
            "drop" => Self::Drop,
            "rise" => Self::Rise,
            "thud" => Self::Thud,
            _ => return None,
        })
    }
}
