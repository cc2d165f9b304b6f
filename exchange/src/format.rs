//! The formats there are, and telling which one a file is.

use serde::{Deserialize, Serialize};

/// A format of question banks. Its name is the one of the command line and of the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    Gift,
    Aiken,
    MoodleXml,
    /// QTI 3, and what 2.x shares with it.
    Qti3,
    H5p,
    Csv,
    /// Anki's package.
    Apkg,
    /// Our own: an array of questions as the wire has them.
    Json,
}

impl Format {
    pub const ALL: [Self; 8] =
        [Self::Gift, Self::Aiken, Self::MoodleXml, Self::Qti3, Self::H5p, Self::Csv, Self::Apkg, Self::Json];

    /// The format's name, as the command line takes it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Gift => "gift",
            Self::Aiken => "aiken",
            Self::MoodleXml => "moodle-xml",
            Self::Qti3 => "qti3",
            Self::H5p => "h5p",
            Self::Csv => "csv",
            Self::Apkg => "apkg",
            Self::Json => "json",
        }
    }

    /// The format of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }
}
