//! This room's readers under any bytes: see `crate::fuzz`.

use super::{ebml, mp4, sniff};
use std::io::Cursor;

pub fn film_boxes(data: &[u8]) {
    let size_bytes = data.len() as u64;
    // Reading memory does not fail.
    let Ok(Some(film)) = mp4::read_from(&mut Cursor::new(data), size_bytes) else { return };
    assert!(film.moov_end_bytes <= size_bytes, "an index beyond the end");
    let samples: usize = film.tracks.iter().map(|track| track.samples.len()).sum();
    assert!(samples <= mp4::SAMPLES_MAX, "more samples than are read");
    assert!(film.bytes_until(2_000) <= film.bytes_until(u64::MAX), "more bytes for less time");
    assert!(film.bytes_until(0) >= film.moov_end_bytes, "the index is always needed");
    film.is_cut_off(size_bytes);
}

pub fn sniff(data: &[u8]) {
    let head = data.get(..data.len().min(sniff::HEAD_BYTES)).unwrap_or_default();
    let told = sniff::sniff(head);
    assert_eq!(told.is_err() && head.is_empty(), head.is_empty(), "nothing is no film");
    if let Ok(container) = told {
        let options = container.input_options();
        assert!(options.windows(2).any(|pair| pair == ["-f", container.demuxer()]), "no demuxer forced");
    }
    ebml::is_encrypted(head);
}
