//! This room's readers of request headers under any bytes: see `crate::fuzz`.

use super::{media, upload};
use http::{HeaderMap, HeaderValue, header};
use minnow_shared::limit;

pub fn media_range(data: &[u8]) {
    let Some((size, range)) = data.split_first_chunk::<8>() else { return };
    let size = u64::from_be_bytes(*size);
    // What no header may hold never comes here.
    let Ok(value) = HeaderValue::from_bytes(range) else { return };
    let headers = HeaderMap::from_iter([(header::RANGE, value)]);
    if let Some(bytes) = media::asked(&headers, "\"tag\"").of(size) {
        assert!(bytes.end <= size && bytes.start <= bytes.end, "bytes beyond the end");
    }
}

pub fn upload_headers(data: &[u8]) {
    let mut headers = HeaderMap::new();
    let names = [upload::METADATA, upload::CHECKSUM, upload::OFFSET];
    for (name, line) in names.into_iter().zip(data.split(|byte| *byte == b'\n')) {
        if let Ok(value) = HeaderValue::from_bytes(line) {
            headers.insert(name, value);
        }
    }
    if let Ok(metadata) = upload::metadata(&headers) {
        assert!(metadata.file_name.chars().count() <= limit::FILE_NAME, "a name over its limit");
    }
    let checksum = upload::text(&headers, &upload::CHECKSUM).map(upload::Checksum::read);
    if let Some(Ok(checksum)) = checksum {
        assert!(!checksum.is_of(b"some bytes") || !checksum.is_of(b"other bytes"), "one sum of two texts");
    }
    if let Ok(offset) = upload::number(&headers, &upload::OFFSET) {
        let read = upload::text(&headers, &upload::OFFSET).and_then(|text| text.parse::<u64>().ok());
        // More digits than a number of bytes has read as more bytes than there are.
        assert_eq!(offset, read.unwrap_or(u64::MAX), "another number than was sent");
    }
}
