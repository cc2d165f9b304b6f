//! Which caption belongs to a moment, and its two lines. Pure; drawing is the stage's.

use minnow_shared::caption::{CaptionTrack, Cue};

/// The track in the clip's own language: the first, as the contract says.
pub fn track(tracks: &[CaptionTrack]) -> Option<&CaptionTrack> {
    tracks.first()
}

/// The index of the cue to show at `ms`; of several, the one that began last.
pub fn cue_at(cues: &[Cue], ms: u32) -> Option<usize> {
    let begun = cues.partition_point(|cue| cue.start_ms <= ms);
    cues.get(..begun)?.iter().rposition(|cue| ms < cue.end_ms)
}

/// The cue's text with one line break at most.
pub fn two_lines(text: &str) -> String {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let mut out = lines.next().unwrap_or_default().to_owned();
    for (index, line) in lines.enumerate() {
        out.push(if index == 0 { '\n' } else { ' ' });
        out.push_str(line);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cue(start_ms: u32, end_ms: u32) -> Cue {
        Cue { start_ms, end_ms, text: "x".into() }
    }

    #[test]
    fn a_cue_shows_from_its_start_up_to_its_end() {
        let cues = [cue(1000, 2000), cue(2000, 3000), cue(5000, 6000)];
        let shown: Vec<_> =
            [0, 999, 1000, 1999, 2000, 2999, 3000, 5500, 6000].map(|ms| cue_at(&cues, ms)).into();
        assert_eq!(shown, [None, None, Some(0), Some(0), Some(1), Some(1), None, Some(2), None]);
    }

    #[test]
    fn of_overlapping_cues_the_later_start_wins_and_the_earlier_comes_back() {
        let cues = [cue(0, 5000), cue(1000, 2000)];
        assert_eq!([500, 1500, 2500].map(|ms| cue_at(&cues, ms)), [Some(0), Some(1), Some(0)]);
    }

    #[test]
    fn never_more_than_two_lines() {
        assert_eq!(two_lines("a\n b \n\nc\nd"), "a\nb c d");
        assert_eq!(two_lines("a"), "a");
        assert_eq!(two_lines(""), "");
    }
}
