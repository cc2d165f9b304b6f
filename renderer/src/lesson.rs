//! A parsed lesson: what is said, shown, asked. Plain data; times are relative to narration lines until planned.

use crate::scene::colour::Colour;
use crate::scene::element::{Channel, Element};
use crate::scene::motion::Ease;
use crate::sound::{Effect, Mood};
use serde::Serialize;

/// The longest title, in characters.
pub const TITLE_MAX: usize = 60;
/// The longest narration line: two caption lines of 42 characters.
pub const LINE_MAX: usize = 84;

#[derive(Debug, Clone)]
pub struct Lesson {
    pub slug: String,
    pub title: String,
    /// Ids of topics, the main one first. `topics()` has their names.
    pub topics: Vec<String>,
    pub language: String,
    /// What one would see, for those who do not see it.
    pub alt: String,
    /// Handle of one of `authors()`.
    pub author: String,
    pub licence: String,
    /// Where the facts can be checked.
    pub sources: Vec<String>,
    pub music: Mood,
    /// Caption of the still that goes with the text twin.
    pub figure: String,
    pub scenes: Vec<Scene>,
    pub beats: Vec<Beat>,
    pub questions: Vec<Question>,
    pub cover: Moment,
}

#[derive(Debug, Clone)]
pub struct Scene {
    pub elements: Vec<Element>,
    /// Index of the first beat in this scene.
    pub first_beat: usize,
    /// Fades over from the scene before; else it cuts.
    pub fade: bool,
}

/// One narration line and what happens while it is said.
#[derive(Debug, Clone)]
pub struct Beat {
    pub text: String,
    /// What the voice reads where it differs from the caption.
    pub spoken: Option<String>,
    /// Seconds of silence after the line.
    pub pause: f32,
    /// Lines of the text twin that are not said.
    pub notes: Vec<String>,
    pub actions: Vec<Action>,
}

/// A moment inside a beat.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Moment {
    pub beat: usize,
    pub at: At,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum At {
    /// Seconds after the line begins (may be negative).
    Seconds(f32),
    /// Part (0..=1) of the spoken line, plus seconds.
    Part(f32, f32),
}

#[derive(Debug, Clone)]
pub struct Action {
    pub line: usize,
    pub at: At,
    pub seconds: f32,
    pub ease: Ease,
    pub targets: Vec<String>,
    /// Seconds between one target and the next.
    pub lag: f32,
    pub deed: Deed,
}

#[derive(Debug, Clone)]
pub enum Deed {
    Show(Entrance),
    Hide(Entrance),
    /// Numbers to reach (relative where the flag is set) and colours to turn to.
    Move {
        numbers: Vec<(Channel, f32, bool)>,
        fill: Option<Colour>,
        stroke: Option<Colour>,
    },
    Pulse(f32),
    Shake(f32),
    Sound(Effect, f32),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entrance {
    Fade,
    Pop,
    Draw,
    Rise,
    Drop,
    Left,
    Right,
    GrowX,
    GrowY,
    Cut,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Question {
    /// Asked after this narration line (index from 0) has been said.
    pub after_line: usize,
    pub prompt: String,
    pub answer: Answer,
    /// The reason, shown with the right answer at once.
    pub reason: String,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Answer {
    Choices { choices: Vec<Choice> },
    Typed { accepted: Vec<String>, hint: Option<String> },
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Choice {
    pub text: String,
    pub right: bool,
    /// Why this wrong choice is a fair guess and what is amiss; empty for the right one.
    pub note: String,
}

impl Lesson {
    /// What the voice reads, one text for each narration line.
    pub fn spoken_lines(&self) -> impl Iterator<Item = &str> {
        self.beats.iter().map(|b| b.spoken.as_deref().unwrap_or(&b.text))
    }
}
