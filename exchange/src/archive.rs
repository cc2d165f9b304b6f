//! Zip archives of strangers: names are only looked up, never used as paths, and nothing unpacks beyond its limits.
//! Also writing our own. What stands in an entry is the business of its format; archives inside archives stay shut.

use crate::ReadError;
use std::io::{Cursor, Read, Write};
use zip::result::ZipError;
use zip::write::{SimpleFileOptions, ZipWriter};
use zip::{CompressionMethod, ZipArchive};

/// An archive may have this many entries.
pub const ENTRIES: usize = 20_000;
/// One entry may unpack to this many bytes.
pub const ENTRY_BYTES: u64 = 128 << 20;
/// All entries together may unpack to this many bytes.
pub const TOTAL_BYTES: u64 = 512 << 20;
/// Unpacking, entries more than once included, stops after this many bytes.
const WORK_BYTES: u64 = 2 << 30;
/// An entry may unpack to this many times its size.
pub const RATIO: u64 = 200;
/// Below this a ratio says nothing: a blank sheet packs well.
const RATIO_FROM_BYTES: u64 = 1 << 20;
const NAME_BYTES: usize = 400;

/// An archive whose names, sizes and places have been looked at. Of entries with the same name the last counts, as it
/// does everywhere: editors of H5P write a picture that is shown twice twice.
pub struct Archive<'a> {
    zip: ZipArchive<Cursor<&'a [u8]>>,
    names: Vec<String>,
    left_bytes: u64,
}

impl<'a> Archive<'a> {
    /// Opens an archive and looks at its directory; nothing is unpacked yet.
    ///
    /// # Errors
    /// [`ReadError::Archive`] with the reason it is refused.
    pub fn open(bytes: &'a [u8]) -> Result<Self, ReadError> {
        if bytes.is_empty() {
            return Err(ReadError::Empty);
        }
        let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(|found| refused(broken(&found)))?;
        if zip.len() > ENTRIES {
            return Err(refused(format!("it has more than {ENTRIES} entries")));
        }
        let mut names = Vec::with_capacity(zip.len());
        let mut total: u64 = 0;
        for place in 0..zip.len() {
            let entry = zip.by_index_data(place).map_err(|found| refused(broken(&found)))?;
            let name = std::str::from_utf8(entry.name_raw())
                .map(str::to_owned)
                .unwrap_or_else(|_| entry.name().map(std::borrow::Cow::into_owned).unwrap_or_default());
            check_name(&name)?;
            let shown = shortened(&name);
            if entry.encrypted() {
                return Err(refused(format!("`{shown}` is encrypted")));
            }
            if entry.is_symlink() {
                return Err(refused(format!("`{shown}` is a link")));
            }
            if !matches!(entry.compression(), CompressionMethod::Stored | CompressionMethod::Deflated) {
                return Err(refused(format!("`{shown}` is packed in a way that is not read")));
            }
            check_size(shown, entry.size(), entry.compressed_size())?;
            total = total.saturating_add(entry.size());
            if total > TOTAL_BYTES {
                return Err(refused(format!("it unpacks to more than {} MiB", TOTAL_BYTES >> 20)));
            }
            names.push(name);
        }
        if zip.has_overlapping_entries().map_err(|found| refused(broken(&found)))? {
            return Err(refused("entries overlap"));
        }
        Ok(Self { zip, names, left_bytes: WORK_BYTES })
    }

    /// The names of its files, in the order of the directory.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str).filter(|name| !name.ends_with('/'))
    }

    pub fn has(&self, name: &str) -> bool {
        self.place(name).is_some()
    }

    fn place(&self, name: &str) -> Option<usize> {
        self.zip.index_for_name_raw(name.as_bytes()).or_else(|| self.zip.index_for_name(name))
    }

    /// Unpacks one entry. `None` when there is no such name.
    ///
    /// # Errors
    /// [`ReadError::Archive`] when it is broken or unpacks to more than it says.
    pub fn read(&mut self, name: &str) -> Result<Option<Vec<u8>>, ReadError> {
        let Some(place) = self.place(name) else { return Ok(None) };
        let shown = shortened(name);
        let entry =
            self.zip.by_index(place).map_err(|found| refused(format!("`{shown}`: {}", broken(&found))))?;
        let said = entry.size();
        if said > self.left_bytes {
            return Err(refused(format!("what was unpacked has more than {} MiB", WORK_BYTES >> 20)));
        }
        let mut out = Vec::with_capacity(usize::try_from(said.min(1 << 20)).unwrap_or(0));
        // One byte more than it says shows a size that lies.
        let got = entry.take(said.saturating_add(1)).read_to_end(&mut out);
        match got {
            Ok(got) if got as u64 == said => {
                self.left_bytes -= said;
                Ok(Some(out))
            }
            Ok(_) => Err(refused(format!("`{shown}` is not as long as it says"))),
            Err(_) => Err(refused(format!("`{shown}` is broken"))),
        }
    }
}

/// Why an archive is refused.
pub fn refused(reason: impl Into<String>) -> ReadError {
    ReadError::Archive { reason: reason.into() }
}

fn broken(found: &ZipError) -> String {
    match found {
        ZipError::UnsupportedArchive(_) => "it is packed in a way that is not read".into(),
        _ => "it is cut off or broken".into(),
    }
}

fn shortened(name: &str) -> &str {
    let end = name.char_indices().nth(60).map_or(name.len(), |(end, _)| end);
    name.get(..end).unwrap_or_default()
}

fn check_name(name: &str) -> Result<(), ReadError> {
    let shown = shortened(name);
    let is_drive =
        name.as_bytes().get(1) == Some(&b':') && name.as_bytes().first().is_some_and(u8::is_ascii_alphabetic);
    if name.is_empty() || name.len() > NAME_BYTES {
        return Err(refused("an entry has no name, or a very long one"));
    }
    if name.starts_with('/') || is_drive {
        return Err(refused(format!("`{shown}` is an absolute name")));
    }
    if name.contains('\\') || name.chars().any(char::is_control) {
        return Err(refused(format!("`{}` has a sign no name has", shown.escape_debug())));
    }
    if name.split('/').any(|part| part == "..") {
        return Err(refused(format!("`{shown}` points out of the archive")));
    }
    Ok(())
}

fn check_size(shown: &str, size: u64, packed: u64) -> Result<(), ReadError> {
    if size > ENTRY_BYTES {
        return Err(refused(format!("`{shown}` unpacks to more than {} MiB", ENTRY_BYTES >> 20)));
    }
    if size > RATIO_FROM_BYTES && size > packed.saturating_mul(RATIO) {
        return Err(refused(format!("`{shown}` unpacks to more than {RATIO} times its size")));
    }
    Ok(())
}

/// The name an address means, seen from the file it stands in: `../img/a.png` in `items/one.xml` is `img/a.png`.
/// Addresses of other servers and those that leave the archive mean nothing.
pub fn looked_up(from: &str, address: &str) -> Option<String> {
    let address = address.split(['?', '#']).next().unwrap_or_default().trim();
    if address.is_empty() || address.contains(':') || address.starts_with('/') {
        return None;
    }
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    let unpercented = percent_decoded(address);
    let mut out: Vec<&str> = parts;
    for part in unpercented.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                out.pop()?;
            }
            part => out.push(part),
        }
    }
    Some(out.join("/"))
}

/// `%20` as a space; what is no such code stays.
pub fn percent_decoded(text: &str) -> String {
    let digit = |byte: Option<&u8>| byte.and_then(|byte| char::from(*byte).to_digit(16));
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let code = match (first, digit(tail.first()), digit(tail.get(1))) {
            (b'%', Some(high), Some(low)) => u8::try_from(high * 16 + low).ok(),
            _ => None,
        };
        out.push(code.unwrap_or(*first));
        rest = if code.is_some() { tail.get(2..).unwrap_or_default() } else { tail };
    }
    String::from_utf8(out).unwrap_or_else(|_| text.to_owned())
}

/// An archive being written: the same entries give the same bytes.
pub struct ArchiveWriter {
    zip: ZipWriter<Cursor<Vec<u8>>>,
}

impl Default for ArchiveWriter {
    fn default() -> Self {
        Self { zip: ZipWriter::new(Cursor::new(Vec::new())) }
    }
}

impl ArchiveWriter {
    /// Adds an entry. Pictures are packed already and are stored as they are.
    ///
    /// # Errors
    /// When it cannot be added: a name that is there already, or more than an archive can hold.
    pub fn add(&mut self, name: &str, bytes: &[u8]) -> Result<(), ReadError> {
        let is_packed = crate::media::kind_of(bytes).is_some();
        let method = if is_packed { CompressionMethod::Stored } else { CompressionMethod::Deflated };
        let options = SimpleFileOptions::default().compression_method(method).unix_permissions(0o644);
        let added = self.zip.start_file(name, options).map_err(|found| found.to_string());
        added
            .and_then(|()| self.zip.write_all(bytes).map_err(|found| found.to_string()))
            .map_err(|found| refused(format!("`{}` cannot be added: {found}", shortened(name))))
    }

    /// The archive's bytes.
    ///
    /// # Errors
    /// When it has grown beyond what an archive can hold.
    pub fn finish(self) -> Result<Vec<u8>, ReadError> {
        self.zip.finish().map(Cursor::into_inner).map_err(|found| refused(found.to_string()))
    }
}

#[cfg(test)]
mod tests;
