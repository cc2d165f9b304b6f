//! Question banks of other systems, in and out. Bytes in, questions and a report of losses out, and the way back. Pure:
//! no file, no network, no clock; the caller keeps the pictures. One file or folder a format.

pub mod aiken;
pub mod apkg;
pub mod archive;
pub mod csv;
mod detect;
pub mod encoding;
pub mod format;
pub mod formatted;
pub mod gift;
pub mod h5p;
pub mod json;
pub mod markup;
pub mod media;
mod moodle;
pub mod moodle_xml;
pub mod qti3;
pub mod report;
pub mod texts;
pub mod told;
pub mod topics;

#[cfg(test)]
mod testing;

pub use detect::detect;
pub use format::Format;
pub use media::{MediaLookup, Pictures};
pub use report::{Export, Import, Loss, Media, ReadError};

use minnow_shared::question::Question;

/// Reads a bank. Without a `format` it is told by what is in the file, its name being a hint.
///
/// # Errors
/// When nothing can be read at all; one odd item is a loss of the import instead.
pub fn read(bytes: &[u8], file_name: &str, format: Option<Format>) -> Result<Import, ReadError> {
    let format = match format {
        Some(format) => format,
        None => detect(bytes, file_name)?,
    };
    let mut import = match format {
        Format::Gift => gift::read(bytes),
        Format::Aiken => aiken::read(bytes),
        Format::Csv => csv::read(bytes),
        Format::MoodleXml => moodle_xml::read(bytes),
        Format::Json => json::read(bytes),
        Format::Qti3 => qti3::read(bytes),
        Format::H5p => h5p::read(bytes),
        Format::Apkg => apkg::read(bytes),
    }
    .and_then(Import::checked)?;
    for question in &mut import.questions {
        texts::without_nul(question);
    }
    if import.questions.is_empty() && import.losses.is_empty() {
        let reason = "no question is in it".to_owned();
        import.losses.push(Loss { line: None, item: String::new(), reason });
    }
    Ok(import)
}

/// Writes questions as a bank of another system. Pictures come from `media`, by the name after `media:`. A format that
/// is only read gives an empty file and one loss.
pub fn write(questions: &[Question], format: Format, media: MediaLookup<'_>) -> Export {
    match format {
        Format::Gift => gift::write(questions, media),
        Format::Aiken => aiken::write(questions, media),
        Format::Csv => csv::write(questions, media),
        Format::MoodleXml => moodle_xml::write(questions, media),
        Format::Json => json::write(questions, media),
        Format::Qti3 => qti3::write(questions, media),
        Format::Apkg => apkg::write(questions, media),
        other => {
            let reason = format!("{} is read, not written", other.name());
            Export { bytes: Vec::new(), losses: vec![Loss { line: None, item: String::new(), reason }] }
        }
    }
}
