//! GIFT, Moodle's format for typing questions: its syntax, the questions in it, and questions written in it.

mod parse;
mod questions;
mod syntax;
mod words;
mod write;

#[cfg(test)]
mod tests;

pub use parse::{Parsed, parse};
pub use syntax::{Choice, Formatted, Item, Kind, Match, Number, NumberChoice};
pub use write::write;

use crate::{Format, Import, ReadError, encoding};

/// Reads a file.
///
/// # Errors
/// When it is empty or no text.
pub fn read(bytes: &[u8]) -> Result<Import, ReadError> {
    Ok(read_text(&encoding::text(bytes)?))
}

fn read_text(text: &str) -> Import {
    let parsed = parse(text);
    let mut maker = questions::Maker::default();
    maker.losses = parsed.losses;
    for item in &parsed.items {
        maker.take(item);
    }
    // What the syntax lost and what the questions lost, in the order of the file.
    let mut losses = maker.losses;
    losses.sort_by_key(|loss| loss.line);
    Import { format: Format::Gift, questions: maker.questions, losses, media: maker.pictures.into_media() }
}
