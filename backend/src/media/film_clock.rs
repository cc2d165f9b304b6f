//! Which second of a film a byte of its file belongs to, read once from the film's own index: a film that begins with
//! much motion needs more bytes a second there than on average, and gets them.

use super::mp4::Film;

/// One entry covers so much of the film.
const STEP_MS: u64 = 250;
/// An hour: longer films are not taken.
const STEPS_MAX: u64 = 4 * 3600;

/// The course of a film's bytes over its time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilmClock {
    /// Where the index ends and the film begins.
    begin_bytes: u64,
    /// Bytes from 0 that hold all samples which begin before the end of each step.
    ends_bytes: Vec<u64>,
}

impl FilmClock {
    /// `None` for a film without samples.
    pub fn of(film: &Film) -> Option<Self> {
        let samples = || film.tracks.iter().flat_map(|track| &track.samples);
        let last =
            samples().map(|sample| sample.decode_ms / STEP_MS).max().filter(|last| *last < STEPS_MAX)?;
        let mut ends_bytes = vec![0; usize::try_from(last).ok()? + 1];
        for sample in samples() {
            let step = usize::try_from(sample.decode_ms / STEP_MS).ok()?;
            if let Some(end) = ends_bytes.get_mut(step) {
                *end = sample.end_bytes.max(*end);
            }
        }
        let mut reached = film.moov_end_bytes;
        for end in &mut ends_bytes {
            reached = reached.max(*end);
            *end = reached;
        }
        Some(Self { begin_bytes: film.moov_end_bytes, ends_bytes })
    }

    /// The film's second that this byte is part of, 0 for its index.
    pub fn seconds_at(&self, byte: u64) -> f64 {
        let step = self.ends_bytes.partition_point(|end| *end <= byte);
        let begin = step.checked_sub(1).and_then(|before| self.ends_bytes.get(before));
        let begin = begin.copied().unwrap_or(self.begin_bytes);
        let part = self
            .ends_bytes
            .get(step)
            .map_or(0.0, |end| byte.saturating_sub(begin) as f64 / end.saturating_sub(begin).max(1) as f64);
        (step as f64 + part) * STEP_MS as f64 / 1000.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::mp4::{Sample, Track};
    use proptest::prelude::*;

    /// A film of 1 kB of index and pictures every 250 ms, of these lengths in bytes.
    fn film(lengths: &[u64]) -> Film {
        let mut end_bytes = 1_000;
        let sample = |(index, length): (usize, &u64)| {
            end_bytes += length;
            Sample { decode_ms: index as u64 * STEP_MS, end_bytes, is_key: index == 0 }
        };
        let samples = lengths.iter().enumerate().map(sample).collect();
        let track =
            Track { handler: *b"vide", codec: *b"avc1", duration_ms: 0, width: 2, height: 2, samples };
        Film { moov_end_bytes: 1_000, is_fast_start: true, tracks: vec![track] }
    }

    #[test]
    fn bytes_belong_to_the_second_they_show_however_long_its_pictures_are() {
        let clock = FilmClock::of(&film(&[8_000, 1_000, 1_000, 2_000])).unwrap();
        for (byte, seconds) in [
            (0, 0.0),
            (999, 0.0),
            (5_000, 0.125),
            (9_000, 0.25),
            (10_000, 0.5),
            (12_000, 0.875),
            (13_000, 1.0),
        ] {
            assert!((clock.seconds_at(byte) - seconds).abs() < 1e-9, "{byte}: {}", clock.seconds_at(byte));
        }
        assert_eq!(FilmClock::of(&film(&[])), None);
    }

    proptest! {
        #[test]
        fn a_later_byte_is_never_of_an_earlier_second(
            lengths in prop::collection::vec(0u64..5_000, 1..40),
            mut bytes in prop::collection::vec(0u64..220_000, 2..40),
        ) {
            let clock = FilmClock::of(&film(&lengths)).unwrap();
            bytes.sort_unstable();
            let seconds: Vec<f64> = bytes.iter().map(|byte| clock.seconds_at(*byte)).collect();
            prop_assert!(seconds.is_sorted());
            prop_assert!(seconds.iter().all(|s| (0.0..=lengths.len() as f64 * 0.25).contains(s)));
        }
    }
}
