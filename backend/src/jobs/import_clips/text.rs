//! Texts as people's programs write them: with byte order marks, in UTF-16 or Windows-1252, cells in quotes.

use anyhow::Context;
use std::{fs, path::Path};

const TEXT_MAX_BYTES: u64 = 8 << 20;

/// `None` for a file far too large to be a table or captions.
///
/// # Errors
/// When it cannot be read.
pub fn read_text(path: &Path) -> anyhow::Result<Option<String>> {
    if fs::metadata(path)?.len() > TEXT_MAX_BYTES {
        return Ok(None);
    }
    let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(Some(decode(&bytes)))
}

/// The text of a file: UTF-16 where its mark says so, else UTF-8, else what old Windows programs write.
fn decode(bytes: &[u8]) -> String {
    let wide = |rest: &[u8], join: fn([u8; 2]) -> u16| {
        let units = rest.chunks_exact(2).filter_map(|pair| Some(join(pair.try_into().ok()?)));
        char::decode_utf16(units).map(|read| read.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
    };
    match bytes {
        [0xFF, 0xFE, rest @ ..] => return wide(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => return wide(rest, u16::from_be_bytes),
        _ => {}
    }
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let text = String::from_utf8_lossy(bytes);
    let broken = text.chars().filter(|c| *c == char::REPLACEMENT_CHARACTER).count();
    let whole = text.chars().filter(|c| !c.is_ascii()).count() - broken;
    if broken > whole { bytes.iter().map(|byte| windows_1252(*byte)).collect() } else { text.into_owned() }
}

fn windows_1252(byte: u8) -> char {
    const HIGH: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
        '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
    ];
    HIGH.get(usize::from(byte.wrapping_sub(0x80))).copied().unwrap_or(char::from(byte))
}

/// The cells of a line of a table with tabs between; quotes around a cell are taken off as spreadsheets put them on.
pub fn cells(line: &str) -> Vec<String> {
    let cell = |text: &str| {
        let text = text.trim();
        match text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
            Some(inner) => inner.replace("\"\"", "\"").trim().to_owned(),
            None => text.to_owned(),
        }
    };
    line.split('\t').map(cell).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_read_in_the_encodings_that_people_have() {
        let utf16 = |text: &str, write: fn(u16) -> [u8; 2], mark: [u8; 2]| {
            mark.into_iter().chain(text.encode_utf16().flat_map(write)).collect::<Vec<u8>>()
        };
        assert_eq!(decode(&utf16("caffè 😀", u16::to_le_bytes, [0xFF, 0xFE])), "caffè 😀");
        assert_eq!(decode(&utf16("caffè", u16::to_be_bytes, [0xFE, 0xFF])), "caffè");
        assert_eq!(decode("\u{feff}caffè".as_bytes()), "caffè");
        assert_eq!(decode(b"caff\xE8 \x97 no"), "caffè — no");
        assert_eq!(
            decode(b"caff\xC3\xA8, perch\xC3\xA9, \xFF"),
            "caffè, perché, \u{fffd}",
            "one broken byte"
        );
        assert_eq!(decode(b""), "");
    }

    #[test]
    fn cells_lose_their_quotes_and_keep_those_inside() {
        assert_eq!(cells("a\t\"b \"\"c\"\"\"\t \"\t\"d\""), ["a", "b \"c\"", "\"", "d"]);
    }
}
