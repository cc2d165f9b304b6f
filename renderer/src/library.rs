//! The lessons that come with Minnow, who made them, and the topics they belong to.

use crate::lesson::Lesson;
use crate::script::{LessonError, read};
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;

/// Somebody who speaks in the demo library. Invented: no real person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Author {
    pub handle: String,
    pub name: String,
    /// One line about them.
    pub bio: String,
    pub voice: Voice,
}

/// How espeak-ng speaks for an author.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Voice {
    /// Argument of `-v`.
    pub name: String,
    /// Words a minute, argument of `-s`.
    pub speed: u32,
    /// 0..=99, argument of `-p`.
    pub pitch: u32,
}

/// A topic and its name in the languages of the interface.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Topic {
    pub id: String,
    pub name: Named,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    pub en: String,
    pub it: String,
    pub ar: String,
}

#[derive(Deserialize)]
struct Cast {
    topics: Vec<Topic>,
    authors: Vec<Author>,
}

const SYMBOLS: &str = include_str!("../../demo/symbols.lesson");

static CAST: LazyLock<Cast> = LazyLock::new(|| {
    let read = serde_json::from_str(include_str!("../../demo/cast.json"));
    read.unwrap_or(Cast { topics: Vec::new(), authors: Vec::new() })
});

/// The topics of the demo library, in the order they are shown.
pub fn topics() -> &'static [Topic] {
    &CAST.topics
}

pub fn authors() -> &'static [Author] {
    &CAST.authors
}

pub fn author(handle: &str) -> Option<&'static Author> {
    CAST.authors.iter().find(|a| a.handle == handle)
}

macro_rules! lessons {
    ($($topic:literal / $slug:literal),* $(,)?) => {
        &[$(($slug, include_str!(concat!("../../demo/", $topic, "/", $slug, ".lesson")))),*]
    };
}

/// Slug and script of every lesson that is built in.
pub fn builtin() -> &'static [(&'static str, &'static str)] {
    LESSONS
}

const LESSONS: &[(&str, &str)] = lessons![
    "light" / "bent-straw",
    "light" / "green-leaf",
    "light" / "mixing-light",
    "light" / "pinhole",
    "light" / "rainbow",
    "light" / "red-dusk",
    "ocean" / "fish-float",
    "ocean" / "iceberg",
    "ocean" / "salty-sea",
    "ocean" / "sea-sound",
    "ocean" / "two-tides",
    "ocean" / "wave-circles",
    "body" / "blind-spot",
    "body" / "breath",
    "body" / "lub-dub",
    "body" / "muscles-pull",
    "body" / "reflex",
    "body" / "sweat",
    "maths" / "base-rate",
    "maths" / "circle-area",
    "maths" / "doubling",
    "maths" / "median",
    "maths" / "odd-squares",
    "maths" / "triangle-angles",
    "code" / "binary-search",
    "code" / "binary",
    "code" / "bubble-sort",
    "code" / "parity-bit",
    "code" / "two-names",
    "code" / "zero-index",
    "language" / "buzz",
    "language" / "goodbye",
    "language" / "letter-a",
    "language" / "nice",
    "language" / "tones",
    "language" / "word-order",
];

/// Reads a lesson script.
///
/// # Errors
/// The line that is not understood, and why.
pub fn parse(source: &str) -> Result<Lesson, LessonError> {
    read::lesson(source, SYMBOLS)
}
