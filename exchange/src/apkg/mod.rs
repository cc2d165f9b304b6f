//! Anki's packages. In: notes become cards, typed answers and texts with gaps, by the templates of their types. Out: a
//! package of the old schema, which every Anki since 2.1 opens; each note carries its question whole, so that it comes
//! back equal. A pack's database is read from memory by a connection of its own, with everything switched off that a
//! stranger's database could do.

mod cloze;
mod collection;
mod database;
mod notes;
mod package;
mod template;
mod wire;
mod write;

pub use write::write;

use crate::archive::{Archive, refused};
use crate::{Format, Import, Loss, Pictures, ReadError};
use collection::NOTES;
use std::io::Read;

/// A database may unpack to this many bytes.
const DATABASE_BYTES: u64 = 128 << 20;
/// So many bytes of templates and fields are worked out for one package.
const WORK_BYTES: usize = 512 << 20;
/// A picture may unpack to this many bytes.
const FILE_BYTES: u64 = 16 << 20;

/// Reads a package.
///
/// # Errors
/// When it is no archive, holds no collection, or goes beyond the limits.
pub fn read(bytes: &[u8]) -> Result<Import, ReadError> {
    let mut archive = Archive::open(bytes)?;
    let collection = collection::read(package::database(&mut archive)?)?;
    let media = package::Media::of(&mut archive)?;
    let mut reading = notes::Reading {
        questions: Vec::new(),
        losses: Vec::new(),
        pictures: Pictures::default(),
        media,
        left_bytes: WORK_BYTES,
        archive: &mut archive,
    };
    if collection.has_schedule {
        reading.losses.push(whole("when its cards are due was left out: everybody starts afresh here"));
    }
    for note in collection.notes.iter().take(NOTES) {
        reading.note(note, &collection);
    }
    if collection.notes.len() > NOTES {
        reading.losses.push(whole(&format!("notes after the first {NOTES} were left out")));
    }
    if collection.notes.is_empty() {
        reading.losses.push(whole("there is no note in it"));
    }
    let notes::Reading { questions, losses, pictures, .. } = reading;
    Ok(Import { format: Format::Apkg, questions, losses, media: pictures.into_media() })
}

/// A loss of the whole file.
fn whole(reason: &str) -> Loss {
    Loss { line: None, item: String::new(), reason: reason.to_owned() }
}

/// What is packed with Zstandard.
fn unpacked(bytes: &[u8], most: u64) -> Result<Vec<u8>, ReadError> {
    let broken = |_| refused("a part of it is packed in a way that cannot be read");
    let mut decoder = zstd::stream::read::Decoder::with_buffer(bytes).map_err(broken)?;
    decoder.window_log_max(27).map_err(broken)?;
    let mut out = Vec::new();
    decoder.take(most + 1).read_to_end(&mut out).map_err(broken)?;
    if out.len() as u64 > most {
        return Err(refused(format!("a part of it unpacks to more than {} MiB", most >> 20)));
    }
    Ok(out)
}

#[cfg(test)]
mod tests;
