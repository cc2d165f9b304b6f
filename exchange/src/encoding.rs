//! Bytes into text: UTF-8, UTF-16 and Latin-1, with or without a byte order mark.

use crate::ReadError;
use std::borrow::Cow;

/// One byte in this many may be zero in a text.
const FEW: usize = 16;

/// The text of a file. UTF-8 is tried first, then UTF-16 where its mark or its zero bytes show it, then Latin-1 (as
/// Windows has it).
///
/// # Errors
/// When it is empty, or is no text (many zero bytes, in neither pattern of UTF-16).
pub fn text(bytes: &[u8]) -> Result<Cow<'_, str>, ReadError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(ReadError::Empty);
    }
    if let Some(rest) = bytes.strip_prefix(b"\xff\xfe") {
        return Ok(Cow::Owned(utf16(rest, u16::from_le_bytes)));
    }
    if let Some(rest) = bytes.strip_prefix(b"\xfe\xff") {
        return Ok(Cow::Owned(utf16(rest, u16::from_be_bytes)));
    }
    let zeros = bytes.iter().filter(|byte| **byte == 0).count();
    match std::str::from_utf8(bytes) {
        Ok(text) if zeros == 0 => Ok(Cow::Borrowed(text)),
        read if zeros > 0 => match (unmarked_utf16(bytes), read) {
            (Some(text), _) => Ok(Cow::Owned(text)),
            // A zero here and there is a slip of whatever wrote the file.
            (None, Ok(text)) if zeros <= text.len() / FEW => Ok(Cow::Owned(text.replace('\0', "\u{fffd}"))),
            _ => Err(ReadError::NotText),
        },
        _ => Ok(Cow::Owned(bytes.iter().map(|byte| windows_1252(*byte)).collect())),
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let units = bytes.chunks_exact(2).filter_map(|pair| Some(unit(pair.try_into().ok()?)));
    char::decode_utf16(units).map(|letter| letter.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

/// Mostly Latin text in UTF-16 has a zero in nearly every other byte.
fn unmarked_utf16(bytes: &[u8]) -> Option<String> {
    let zeros = |start: usize| bytes.iter().skip(start).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd, half) = (zeros(0), zeros(1), bytes.len() / 2);
    let most = half - half / 4;
    match (even, odd) {
        (0, odd) if odd >= most => Some(utf16(bytes, u16::from_le_bytes)),
        (even, 0) if even >= most => Some(utf16(bytes, u16::from_be_bytes)),
        _ => None,
    }
}

/// Latin-1, with the letters Windows puts where it has control characters.
pub(crate) fn windows_1252(byte: u8) -> char {
    const HIGH: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
        '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
    ];
    let high = usize::from(byte).checked_sub(0x80).and_then(|place| HIGH.get(place));
    high.copied().unwrap_or(char::from(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_encoding_reads_the_same() {
        let words = "Perché “sì”?";
        let le: Vec<u8> = words.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let be: Vec<u8> = words.encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(text(words.as_bytes()).unwrap(), words);
        assert_eq!(text(&[b"\xef\xbb\xbf", words.as_bytes()].concat()).unwrap(), words);
        assert_eq!(text(&[b"\xff\xfe", le.as_slice()].concat()).unwrap(), words);
        assert_eq!(text(&[b"\xfe\xff", be.as_slice()].concat()).unwrap(), words);
        assert_eq!(text(b"Perch\xe9 \x93s\xec\x94?").unwrap(), words);
        let plain: Vec<u8> = "What is it?".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(text(&plain).unwrap(), "What is it?");
    }

    #[test]
    fn what_is_no_text_is_told() {
        assert_eq!(text(b""), Err(ReadError::Empty));
        assert_eq!(text(b"\xef\xbb\xbf \n"), Err(ReadError::Empty));
        assert_eq!(text(b"Is it \0 so, or is it not?").unwrap(), "Is it \u{fffd} so, or is it not?");
        assert_eq!(text(b"a\0\0b"), Err(ReadError::NotText));
        assert_eq!(text(b"\x7fELF\0\0\x01\0\0\0\xff\x12"), Err(ReadError::NotText));
    }
}
