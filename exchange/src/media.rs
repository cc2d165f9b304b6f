//! Pictures of a bank: names that are safe, no picture kept twice, pictures inside addresses (`data:`).

use crate::Media;
use base64::Engine;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use std::collections::{HashMap, HashSet};

/// Finds the bytes of a picture by the name after `media:`.
pub type MediaLookup<'a> = &'a dyn Fn(&str) -> Option<Vec<u8>>;

/// A picture may be this big.
pub const PICTURE_BYTES: usize = minnow_shared::limit::PICTURE_BYTES;
/// The pictures of a bank together.
pub const PICTURES_BYTES: usize = 256 * 1024 * 1024;
const NAME_BYTES: usize = 80;

/// Padding is often missing, and bits after the end are often wrong: neither matters.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The pictures met while reading a bank.
#[derive(Debug, Default)]
pub struct Pictures {
    kept: Vec<Media>,
    places: HashMap<String, usize>,
    /// Names of pictures that are not there.
    absent: HashSet<String>,
    bytes: usize,
}

impl Pictures {
    /// Keeps a picture and gives its address, `media:NAME`. The name is made safe; another picture of the same name
    /// gets a number.
    ///
    /// # Errors
    /// Why it is not kept, in words.
    pub fn keep(&mut self, name: &str, bytes: Vec<u8>) -> Result<String, String> {
        let kind = kind_of(&bytes).ok_or("it is no PNG, JPEG, GIF, WebP or AVIF picture")?;
        if bytes.len() > PICTURE_BYTES {
            return Err(format!("it has more than {} MiB", PICTURE_BYTES >> 20));
        }
        if self.bytes + bytes.len() > PICTURES_BYTES {
            return Err(format!("the pictures together have more than {} MiB", PICTURES_BYTES >> 20));
        }
        let (stem, ending) = safe_name(name, kind);
        let mut name = format!("{stem}{ending}");
        for number in 2_u32.. {
            match self.places.get(&name).and_then(|place| self.kept.get(*place)) {
                Some(same) if same.bytes == bytes => return Ok(format!("media:{name}")),
                None if !self.absent.contains(&name) => break,
                _ => name = format!("{stem}-{number}{ending}"),
            }
        }
        self.bytes += bytes.len();
        self.places.insert(name.clone(), self.kept.len());
        let address = format!("media:{name}");
        self.kept.push(Media { name, bytes });
        Ok(address)
    }

    /// A name for a picture that is not there and that its question cannot do without: its author chooses it again. No
    /// other picture has this name.
    pub fn absent(&mut self, address: &str) -> String {
        let (stem, ending) = safe_name(address.split(['?', '#']).next().unwrap_or_default(), "png");
        let mut name = format!("{stem}{ending}");
        for number in 2_u32.. {
            if !self.places.contains_key(&name) {
                break;
            }
            name = format!("{stem}-{number}{ending}");
        }
        self.absent.insert(name.clone());
        name
    }

    /// Keeps the picture of a `data:` address. A `name=` among its parameters, which our own exports have, is its name.
    ///
    /// # Errors
    /// Why it is not kept, in words.
    pub fn keep_data(&mut self, address: &str) -> Result<String, String> {
        let inside = address.strip_prefix("data:").ok_or("it is no data: address")?;
        let (kind, data) = inside.split_once(',').ok_or("its data: address is broken")?;
        if !kind.trim_end().ends_with("base64") {
            return Err("its data: address is not in base64".into());
        }
        let name = kind.split(';').find_map(|part| part.trim().strip_prefix("name=")).unwrap_or("picture");
        let bytes = base64_bytes(data).ok_or("its base64 is broken")?;
        self.keep(name, bytes)
    }

    /// What is done with the address of a picture in a file without pictures beside it: `data:` is kept, `media:` stays.
    ///
    /// # Errors
    /// Why it is not kept, in words.
    pub fn resolve(&mut self, address: &str) -> Result<String, String> {
        match address.split_once(':') {
            Some(("data", _)) => self.keep_data(address),
            Some(("media", name)) if is_name(name) => Ok(address.to_owned()),
            Some(("http" | "https", _)) => Err("it lies on another server and is not fetched".into()),
            _ => Err("it is not in the file".into()),
        }
    }

    pub fn into_media(self) -> Vec<Media> {
        self.kept
    }
}

/// Reads base64, spaces and line breaks ignored.
pub fn base64_bytes(text: &str) -> Option<Vec<u8>> {
    let packed: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    LENIENT.decode(packed).ok()
}

/// Writes base64.
pub fn base64_text(bytes: &[u8]) -> String {
    LENIENT.encode(bytes)
}

/// A picture as a `data:` address that carries its name.
pub fn data_address(name: &str, bytes: &[u8]) -> String {
    let kind = kind_of(bytes).unwrap_or("octet-stream");
    format!("data:image/{kind};name={name};base64,{}", base64_text(bytes))
}

/// Whether a name may stand after `media:`.
pub fn is_name(name: &str) -> bool {
    let fine = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    !name.is_empty() && name.len() <= NAME_BYTES + 20 && name.bytes().all(fine) && !name.starts_with('.')
}

/// The kind of a picture by its first bytes, as after `image/`.
pub fn kind_of(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x89, b'P', b'N', b'G', ..] => Some("png"),
        [0xff, 0xd8, 0xff, ..] => Some("jpeg"),
        [b'G', b'I', b'F', b'8', ..] => Some("gif"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("webp"),
        [_, _, _, _, b'f', b't', b'y', b'p', b'a', b'v', b'i', b'f' | b's', ..] => Some("avif"),
        _ => None,
    }
}

/// Width and height in pixels, where the first bytes say them.
pub fn size_of(bytes: &[u8]) -> Option<(u32, u32)> {
    let be = |at: usize| Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    let le16 = |at: usize| Some(u32::from(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?)));
    match kind_of(bytes)? {
        "png" => Some((be(16)?, be(20)?)),
        "gif" => Some((le16(6)?, le16(8)?)),
        "jpeg" => jpeg_size(bytes),
        _ => None,
    }
}

fn jpeg_size(bytes: &[u8]) -> Option<(u32, u32)> {
    let be16 = |at: usize| Some(u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?));
    let mut at = 2;
    while *bytes.get(at)? == 0xff {
        match *bytes.get(at + 1)? {
            0xff => at += 1,
            0xc0..=0xcf if !matches!(bytes.get(at + 1), Some(0xc4 | 0xc8 | 0xcc)) => {
                return Some((u32::from(be16(at + 7)?), u32::from(be16(at + 5)?)));
            }
            _ => at += 2 + usize::from(be16(at + 2)?),
        }
    }
    None
}

/// The name without folders and with safe letters only, and the ending of its kind.
fn safe_name(name: &str, kind: &str) -> (String, String) {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let safe: String = last
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_') { c } else { '_' })
        .take(NAME_BYTES)
        .collect();
    let safe = safe.trim_start_matches(['.', '-']);
    let (stem, ending) = match safe.rsplit_once('.') {
        Some((stem, ending)) if !stem.is_empty() && !ending.is_empty() => (stem, ending),
        _ => (safe.trim_end_matches('.'), kind),
    };
    (if stem.is_empty() { "picture" } else { stem }.to_owned(), format!(".{ending}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GIF: &[u8] = b"GIF89a\x02\0\x03\0";

    #[test]
    fn names_are_safe_and_no_picture_is_kept_twice() {
        let mut pictures = Pictures::default();
        assert_eq!(pictures.keep("../../etc/leaf one.gif", GIF.into()).unwrap(), "media:leaf_one.gif");
        assert_eq!(pictures.keep("leaf one.gif", GIF.into()).unwrap(), "media:leaf_one.gif");
        assert_eq!(pictures.keep("leaf one.gif", b"GIF87a".into()).unwrap(), "media:leaf_one-2.gif");
        assert_eq!(pictures.keep("..", b"GIF88".into()).unwrap(), "media:picture.gif");
        assert!(pictures.keep("a.svg", b"<svg onload=x>".into()).is_err());
        assert_eq!(pictures.into_media().len(), 3);
    }

    #[test]
    fn a_picture_that_is_not_there_takes_no_other_ones_name() {
        let mut pictures = Pictures::default();
        pictures.keep("a.gif", GIF.into()).unwrap();
        assert_eq!(pictures.absent("img/a.gif"), "a-2.gif");
        assert_eq!(pictures.absent("img/b.gif?v=1"), "b.gif");
        assert_eq!(pictures.keep("b.gif", b"GIF87a".into()).unwrap(), "media:b-2.gif");
    }

    #[test]
    fn a_data_address_carries_its_name_there_and_back() {
        let mut pictures = Pictures::default();
        let address = data_address("leaf.gif", GIF);
        assert_eq!(pictures.resolve(&address).unwrap(), "media:leaf.gif");
        assert_eq!(pictures.resolve("data:image/gif;base64,R0lG\nODlhAgADAA").unwrap(), "media:picture.gif");
        assert!(pictures.resolve("data:image/gif,GIF89a").is_err());
        assert!(pictures.resolve("https://example.org/a.gif").is_err());
        assert!(pictures.resolve("media:../a").is_err());
    }

    #[test]
    fn the_size_is_read_from_the_first_bytes() {
        assert_eq!(size_of(GIF), Some((2, 3)));
        assert_eq!(size_of(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x05\0\0\0\x07"), Some((5, 7)));
        assert_eq!(size_of(b"\xff\xd8\xff\xe0\0\x04ab\xff\xc0\0\x11\x08\0\x09\0\x0b"), Some((11, 9)));
        assert_eq!(size_of(b"\xff\xd8\xff"), None);
    }
}
