//! The lesson script: from text to a `Lesson`. `docs/guides/lesson-script.md` describes the language.

pub mod read;
pub mod tree;

/// Why a script could not be read. Lines count from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LessonError {
    #[error("line {line}: {what}")]
    Line { line: usize, what: String },
    #[error("the header has no `{0}`")]
    Missing(&'static str),
    #[error("{0}")]
    Whole(String),
}
