//! What an import gives beside the questions, and what an export could not say: each thing not carried over is a line
//! with its place and reason.

use crate::Format;
use minnow_shared::question::Question;
use serde::Serialize;

/// A file may have this many questions and losses together: more would not fit into memory.
pub const MOST: usize = 100_000;

/// What was read from a bank.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Import {
    pub format: Format,
    pub questions: Vec<Question>,
    pub losses: Vec<Loss>,
    /// Pictures the questions name as `media:NAME`.
    #[serde(skip)]
    pub media: Vec<Media>,
}

impl Import {
    /// Whether what was read is within [`MOST`]. Readers stop soon after it.
    pub(crate) fn checked(self) -> Result<Self, ReadError> {
        if self.questions.len().saturating_add(self.losses.len()) > MOST {
            return Err(ReadError::TooMuch { most: format!("{MOST} questions") });
        }
        Ok(self)
    }
}

/// Something that was not carried over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Loss {
    /// In the file, from 1; `None` in archives and where a format has no lines.
    pub line: Option<u32>,
    /// Which item: its name, number or first words; may be empty when it concerns the whole file.
    pub item: String,
    /// What was lost and why, one sentence.
    pub reason: String,
}

/// A picture of a bank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Media {
    /// As questions name it after `media:`; letters, digits, `.`, `-` and `_`, never a path.
    pub name: String,
    pub bytes: Vec<u8>,
}

/// A bank written for another system.
#[derive(Debug, Clone, PartialEq)]
pub struct Export {
    pub bytes: Vec<u8>,
    /// What the format cannot say of which question.
    pub losses: Vec<Loss>,
}

/// Why nothing could be read at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    #[error("it is empty")]
    Empty,
    #[error("it is no text in UTF-8, UTF-16 or Latin-1")]
    NotText,
    #[error("it is none of the formats known: {tried}")]
    UnknownFormat { tried: String },
    #[error("line {line}: {reason}")]
    Broken { line: u32, reason: String },
    /// An archive beyond its limits, or a broken one.
    #[error("the archive: {reason}")]
    Archive { reason: String },
    #[error("it has more than {most}")]
    TooMuch { most: String },
}
