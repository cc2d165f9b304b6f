//! Moodle's XML, in and out.

mod cloze;
mod node;
mod read;
mod write;

#[cfg(test)]
mod tests;

pub use write::write;

use crate::report::MOST;
use crate::{Format, Import, Loss, ReadError, encoding};

/// Reads a file. What is broken in the middle costs its question, not those around it.
///
/// # Errors
/// When it is empty or no text.
pub fn read(bytes: &[u8]) -> Result<Import, ReadError> {
    Ok(read_text(&encoding::text(bytes)?))
}

fn read_text(text: &str) -> Import {
    let mut maker = read::Maker::default();
    for found in node::Questions::new(text) {
        if maker.questions.len() + maker.losses.len() > MOST {
            break;
        }
        match found {
            Ok(node) => maker.take(&node),
            Err(broken) => maker.losses.push(Loss {
                line: Some(broken.line),
                item: broken.item,
                reason: format!("the XML is broken here: {}", broken.reason),
            }),
        }
    }
    Import {
        format: Format::MoodleXml,
        questions: maker.questions,
        losses: maker.losses,
        media: maker.pictures.into_media(),
    }
}
