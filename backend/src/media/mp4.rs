//! Reading the boxes of ISO media (ISO/IEC 14496-12): where the index ends, which bytes the first two seconds need,
//! whether a track is encrypted, whether samples lie beyond the end of the file. Bounds are checked, never trusted.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    ops::Range,
    path::Path,
};

/// An index larger than this is not read: three minutes need well under a megabyte.
const MOOV_MAX_BYTES: u64 = 32 << 20;
/// Top-level boxes looked at: fragmented files have many.
const TOP_BOXES_MAX: usize = 100_000;

/// Tracks looked at; a film has two or three.
const TRACKS_MAX: usize = 64;
/// Samples kept of one track whose samples are all of one size, as bare sound's are: their count is a claim without a table
/// behind it.
const CLAIMED_SAMPLES_MAX: usize = 200_000;
/// Samples kept of all tracks together. Three minutes have 11,000 pictures at 60 a second.
pub const SAMPLES_MAX: usize = 1_000_000;

/// What the boxes of a film say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Film {
    /// Bytes from 0 that hold the whole index.
    pub moov_end_bytes: u64,
    /// Whether the index lies before the samples.
    pub is_fast_start: bool,
    pub tracks: Vec<Track>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Track {
    /// `vide`, `soun` or another.
    pub handler: [u8; 4],
    /// The sample entry's name: `avc1`, `mp4a`, `encv` …
    pub codec: [u8; 4],
    pub duration_ms: u64,
    pub width: u16,
    pub height: u16,
    pub samples: Vec<Sample>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sample {
    pub decode_ms: u64,
    pub end_bytes: u64,
    pub is_key: bool,
}

impl Film {
    pub fn track(&self, handler: &[u8; 4]) -> Option<&Track> {
        self.tracks.iter().find(|track| &track.handler == handler)
    }

    /// Bytes from 0 that hold the index and every sample that begins before `ms`.
    pub fn bytes_until(&self, ms: u64) -> u64 {
        let samples = self.tracks.iter().flat_map(|track| &track.samples);
        samples.filter(|s| s.decode_ms < ms).map(|s| s.end_bytes).fold(self.moov_end_bytes, u64::max)
    }

    pub fn is_encrypted(&self) -> bool {
        self.tracks.iter().any(|track| &track.codec == b"encv")
    }

    /// Whether the picture's samples lie beyond the end of a file of `size_bytes`: it was cut off.
    pub fn is_cut_off(&self, size_bytes: u64) -> bool {
        let pictures = self.tracks.iter().filter(|t| &t.handler == b"vide").flat_map(|t| &t.samples);
        pictures.map(|s| s.end_bytes).max().is_some_and(|end| end > size_bytes)
    }
}

/// Reads a film's boxes; `None` when there is no index that can be read (fragmented files have one without samples).
///
/// # Errors
/// When the file cannot be read.
pub fn read(path: &Path) -> io::Result<Option<Film>> {
    let mut file = File::open(path)?;
    let size_bytes = file.metadata()?.len();
    read_from(&mut file, size_bytes)
}

/// The same of anything that holds `size_bytes`.
///
/// # Errors
/// When it cannot be read.
pub fn read_from(file: &mut (impl Read + Seek), size_bytes: u64) -> io::Result<Option<Film>> {
    let (mut at, mut mdat_seen) = (0u64, false);
    for _ in 0..TOP_BOXES_MAX {
        let mut header = [0; 16];
        file.seek(SeekFrom::Start(at))?;
        let got = read_up_to(file, &mut header)?;
        let Some((name, header_bytes, length)) =
            header.get(..got).and_then(|h| box_header(h, size_bytes - at))
        else {
            return Ok(None);
        };
        if &name == b"moov" {
            if length > MOOV_MAX_BYTES || at + length > size_bytes {
                return Ok(None);
            }
            file.seek(SeekFrom::Start(at + header_bytes))?;
            let mut moov = vec![0; usize::try_from(length - header_bytes).unwrap_or_default()];
            file.read_exact(&mut moov)?;
            let mut room = SAMPLES_MAX;
            let boxes = boxes(&moov).filter(|(n, _)| n == b"trak").take(TRACKS_MAX);
            let tracks = boxes.filter_map(|(_, body)| track(body, &mut room)).collect();
            return Ok(Some(Film { moov_end_bytes: at + length, is_fast_start: !mdat_seen, tracks }));
        }
        mdat_seen |= &name == b"mdat";
        match at.checked_add(length) {
            Some(next) if next < size_bytes => at = next,
            _ => return Ok(None),
        }
    }
    Ok(None)
}

fn read_up_to(file: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut got = 0;
    while let Some(rest) = buffer.get_mut(got..).filter(|rest| !rest.is_empty()) {
        match file.read(rest)? {
            0 => break,
            n => got += n,
        }
    }
    Ok(got)
}

/// Name, length of the header, length of the whole box. `left`: bytes to the end of what it lies in.
fn box_header(bytes: &[u8], left: u64) -> Option<([u8; 4], u64, u64)> {
    let name = bytes.get(4..8)?.try_into().ok()?;
    let (header, length) = match u64::from(u32_at(bytes, 0)?) {
        0 => (8, left),
        1 => (16, u64_at(bytes, 8)?),
        length => (8, length),
    };
    (length >= header).then_some((name, header, length))
}

/// The boxes side by side in `bytes`; ends at the first that does not fit.
fn boxes(bytes: &[u8]) -> impl Iterator<Item = ([u8; 4], &[u8])> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let (name, header, length) = box_header(rest, rest.len() as u64)?;
        let body = rest.get(usize::try_from(header).ok()?..usize::try_from(length).ok()?)?;
        rest = rest.get(usize::try_from(length).ok()?..)?;
        Some((name, body))
    })
}

fn child<'a>(bytes: &'a [u8], name: &[u8; 4]) -> Option<&'a [u8]> {
    boxes(bytes).find(|(n, _)| n == name).map(|(_, body)| body)
}

/// `room`: how many samples may still be kept.
fn track(trak: &[u8], room: &mut usize) -> Option<Track> {
    let mdia = child(trak, b"mdia")?;
    let (timescale, duration) = mdhd(child(mdia, b"mdhd")?)?;
    let handler = child(mdia, b"hdlr")?.get(8..12)?.try_into().ok()?;
    let stbl = child(child(mdia, b"minf")?, b"stbl")?;
    let entry = child(stbl, b"stsd").and_then(|stsd| boxes(stsd.get(8..)?).next());
    let (codec, entry) = entry.unwrap_or(([0; 4], &[]));
    let samples = samples(stbl, timescale, *room).unwrap_or_default();
    *room = room.saturating_sub(samples.len());
    let side = |at: usize| if &handler == b"vide" { u16_at(entry, at).unwrap_or_default() } else { 0 };
    Some(Track {
        handler,
        codec,
        duration_ms: to_ms(duration, timescale),
        width: side(24),
        height: side(26),
        samples,
    })
}

fn mdhd(body: &[u8]) -> Option<(u64, u64)> {
    if body.first()? == &1 {
        Some((u64::from(u32_at(body, 20)?), u64_at(body, 24)?))
    } else {
        Some((u64::from(u32_at(body, 12)?), u64::from(u32_at(body, 16)?)))
    }
}

fn to_ms(ticks: u64, timescale: u64) -> u64 {
    u64::try_from(u128::from(ticks) * 1000 / u128::from(timescale.max(1))).unwrap_or(u64::MAX)
}

fn samples(stbl: &[u8], timescale: u64, room: usize) -> Option<Vec<Sample>> {
    let mut sizes = sizes(child(stbl, b"stsz")?)?;
    sizes.truncate(room);
    let offsets = chunk_offsets(stbl)?;
    let runs: Vec<(u32, u32)> = table(child(stbl, b"stsc")?, 4, 12)?
        .filter_map(|row| Some((u32_at(row, 0)?, u32_at(row, 4)?)))
        .collect();
    let keys: Option<Vec<u32>> = match child(stbl, b"stss") {
        Some(stss) => Some(table(stss, 4, 4)?.filter_map(|row| u32_at(row, 0)).collect()),
        None => None,
    };
    let mut times = decode_times(child(stbl, b"stts")?)?;
    let mut all = Vec::with_capacity(sizes.len());
    let mut sizes = sizes.into_iter();
    let (mut runs, mut per_chunk) = (runs.into_iter().peekable(), 0);
    for (index, chunk) in offsets.iter().enumerate() {
        let number = u32::try_from(index).ok()? + 1;
        while let Some((_, n)) = runs.next_if(|(first, _)| *first <= number) {
            per_chunk = n;
        }
        let mut at = *chunk;
        for _ in 0..per_chunk {
            let Some(size) = sizes.next() else { return Some(all) };
            at = at.checked_add(u64::from(size))?;
            let place = u32::try_from(all.len()).ok()? + 1;
            let is_key = keys.as_ref().is_none_or(|keys| keys.binary_search(&place).is_ok());
            all.push(Sample {
                decode_ms: to_ms(times.next().unwrap_or_default(), timescale),
                end_bytes: at,
                is_key,
            });
        }
    }
    Some(all)
}

fn sizes(stsz: &[u8]) -> Option<Vec<u32>> {
    let count = usize::try_from(u32_at(stsz, 8)?).ok()?;
    match u32_at(stsz, 4)? {
        0 => Some(table(stsz, 8, 4)?.filter_map(|row| u32_at(row, 0)).collect()),
        size => Some(vec![size; count.min(CLAIMED_SAMPLES_MAX)]),
    }
}

fn chunk_offsets(stbl: &[u8]) -> Option<Vec<u64>> {
    match child(stbl, b"stco") {
        Some(stco) => Some(table(stco, 4, 4)?.filter_map(|row| u32_at(row, 0)).map(u64::from).collect()),
        None => Some(table(child(stbl, b"co64")?, 4, 8)?.filter_map(|row| u64_at(row, 0)).collect()),
    }
}

/// Decode time of each sample, in the track's ticks, one after the other.
fn decode_times(stts: &[u8]) -> Option<impl Iterator<Item = u64>> {
    let mut runs = table(stts, 4, 8)?.filter_map(|row| Some((u32_at(row, 0)?, u32_at(row, 4)?)));
    let (mut left, mut delta, mut now) = (0, 0, 0u64);
    Some(std::iter::from_fn(move || {
        while left == 0 {
            (left, delta) = runs.next()?;
        }
        left -= 1;
        let time = now;
        now = now.saturating_add(u64::from(delta));
        Some(time)
    }))
}

/// The rows of a table whose count stands at `count_at`; never more than there are bytes for.
fn table(body: &[u8], count_at: usize, row_bytes: usize) -> Option<impl Iterator<Item = &[u8]>> {
    let count = usize::try_from(u32_at(body, count_at)?).ok()?;
    Some(body.get(count_at + 4..)?.chunks_exact(row_bytes).take(count))
}

fn bytes_at<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    let range: Range<usize> = at..at.checked_add(N)?;
    bytes.get(range)?.try_into().ok()
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes_at(bytes, at).map(u16::from_be_bytes)
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes_at(bytes, at).map(u32::from_be_bytes)
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    bytes_at(bytes, at).map(u64::from_be_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::io::Write;

    fn boxed(name: &[u8; 4], body: &[&[u8]]) -> Vec<u8> {
        let body = body.concat();
        [&(body.len() as u32 + 8).to_be_bytes()[..], name, &body].concat()
    }

    fn words(words: &[u32]) -> Vec<u8> {
        words.iter().flat_map(|w| w.to_be_bytes()).collect()
    }

    /// One picture track: four samples of 100 bytes, a second each, two a chunk, the chunks at 1000 and 5000.
    fn film() -> Vec<u8> {
        let stbl = boxed(
            b"stbl",
            &[
                &boxed(b"stsd", &[&words(&[0, 1]), &boxed(b"avc1", &[&[0; 24], &[2, 208, 1, 104]])]),
                &boxed(b"stts", &[&words(&[0, 1, 4, 1000])]),
                &boxed(b"stsz", &[&words(&[0, 0, 4, 100, 100, 100, 100])]),
                &boxed(b"stsc", &[&words(&[0, 1, 1, 2, 1])]),
                &boxed(b"stco", &[&words(&[0, 2, 1000, 5000])]),
                &boxed(b"stss", &[&words(&[0, 2, 1, 3])]),
            ],
        );
        let mdia = boxed(
            b"mdia",
            &[
                &boxed(b"mdhd", &[&words(&[0, 0, 0, 1000, 4000, 0])]),
                &boxed(b"hdlr", &[&words(&[0, 0]), b"vide", &[0; 12]]),
                &boxed(b"minf", &[&stbl]),
            ],
        );
        [
            boxed(b"ftyp", &[b"isom"]),
            boxed(b"moov", &[&boxed(b"trak", &[&mdia])]),
            boxed(b"mdat", &[&[0; 5200]]),
        ]
        .concat()
    }

    fn read_bytes(bytes: &[u8]) -> Option<Film> {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        read(file.path()).unwrap()
    }

    #[test]
    fn the_bytes_of_the_index_and_of_two_seconds_are_exact() {
        let bytes = film();
        let film = read_bytes(&bytes).unwrap();
        assert_eq!(film.moov_end_bytes, bytes.len() as u64 - 5208);
        assert!(film.is_fast_start);
        assert_eq!(film.bytes_until(2000), 1200, "two samples of the first chunk");
        assert_eq!(film.bytes_until(2001), 5100, "and one of the second");
        let track = film.track(b"vide").unwrap();
        assert_eq!((track.duration_ms, track.width, track.height, &track.codec), (4000, 720, 360, b"avc1"));
        assert_eq!(track.samples.iter().map(|s| s.is_key).collect::<Vec<_>>(), [true, false, true, false]);
        assert!(!film.is_cut_off(5200) && film.is_cut_off(5199));
    }

    #[test]
    fn a_file_cut_anywhere_is_read_without_a_panic() {
        let bytes = film();
        for cut in 0..bytes.len().min(700) {
            read_bytes(&bytes[..cut]);
        }
    }

    #[test]
    fn tracks_that_claim_any_number_of_samples_take_little_room() {
        let stbl = boxed(
            b"stbl",
            &[
                &boxed(b"stts", &[&words(&[0, 1, u32::MAX, 1])]),
                &boxed(b"stsz", &[&words(&[0, 1, u32::MAX])]),
                &boxed(b"stsc", &[&words(&[0, 1, 1, u32::MAX, 1])]),
                &boxed(b"stco", &[&words(&[0, 1, 1000])]),
            ],
        );
        let parts = [
            boxed(b"mdhd", &[&words(&[0, 0, 0, 1000, 4000, 0])]),
            boxed(b"hdlr", &[&words(&[0, 0]), b"soun", &[0; 12]]),
            boxed(b"minf", &[&stbl]),
        ];
        let trak = boxed(b"trak", &[&boxed(b"mdia", &[&parts.concat()])]);
        let film = read_bytes(&boxed(b"moov", &[&trak.repeat(1_000)])).unwrap();
        assert_eq!(film.tracks.len(), TRACKS_MAX);
        assert_eq!(film.tracks.iter().map(|t| t.samples.len()).sum::<usize>(), SAMPLES_MAX);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]
        #[test]
        fn damaged_boxes_are_read_without_a_panic(at in 0usize..460, value: [u8; 4]) {
            let mut bytes = film();
            for (index, byte) in value.iter().enumerate() {
                bytes[at + index] = *byte;
            }
            if let Some(film) = read_bytes(&bytes) {
                film.bytes_until(2000);
            }
        }
    }
}
