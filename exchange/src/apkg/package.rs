//! What lies where in a package: the database in one of three names, files under numbers, a list of their names.

use super::{DATABASE_BYTES, FILE_BYTES, unpacked, wire};
use crate::ReadError;
use crate::archive::{Archive, refused};
use std::collections::HashMap;

/// The newest, packed with Zstandard; beside it lies an old one that only says so.
const NEW: &str = "collection.anki21b";
const NAMES: [&str; 2] = ["collection.anki21", "collection.anki2"];

/// The bytes of the database.
pub fn database(archive: &mut Archive<'_>) -> Result<Vec<u8>, ReadError> {
    if let Some(packed) = archive.read(NEW)? {
        return unpacked(&packed, DATABASE_BYTES);
    }
    for name in NAMES {
        if let Some(bytes) = archive.read(name)? {
            return Ok(bytes);
        }
    }
    Err(refused("there is no Anki collection in it"))
}

/// The files notes name, by their names. A name is only looked up here and never a path.
pub struct Media {
    entries: HashMap<String, String>,
    is_packed: bool,
}

impl Media {
    pub fn of(archive: &mut Archive<'_>) -> Result<Self, ReadError> {
        let is_packed = archive.has(NEW);
        let Some(list) = archive.read("media")? else {
            return Ok(Self { entries: HashMap::new(), is_packed });
        };
        if is_packed {
            let list = unpacked(&list, DATABASE_BYTES).unwrap_or_default();
            let entries = wire::fields(&list).into_iter().filter_map(|(number, value)| match value {
                wire::Value::Bytes(entry) if number == 1 => Some(wire::text(entry, 1)),
                _ => None,
            });
            let entries = entries.enumerate().map(|(place, name)| (name, place.to_string())).collect();
            return Ok(Self { entries, is_packed });
        }
        let list: HashMap<String, String> = serde_json::from_slice(&list).unwrap_or_default();
        Ok(Self { entries: list.into_iter().map(|(number, name)| (name, number)).collect(), is_packed })
    }

    /// The bytes of a file.
    pub fn find(&self, archive: &mut Archive<'_>, name: &str) -> Option<Vec<u8>> {
        let decoded = crate::archive::percent_decoded(name);
        let entry = self.entries.get(name).or_else(|| self.entries.get(&decoded))?;
        let bytes = archive.read(entry).ok().flatten()?;
        if self.is_packed { unpacked(&bytes, FILE_BYTES).ok() } else { Some(bytes) }
    }
}
