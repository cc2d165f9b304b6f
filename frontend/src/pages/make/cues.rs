//! What the caption editor does to cues: add, split, merge, delete, move. Pure; cues stay in the order of their starts.

use minnow_shared::caption::Cue;

/// How long a new cue stands, in milliseconds.
const NEW_MS: u32 = 2_000;

/// A time as it is typed: `1:02.5`, `62.5`, `0:01:02,500`. `None` when it is none.
pub fn read_clock(text: &str) -> Option<u32> {
    let text = text.trim().replace(',', ".");
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    if fraction.len() > 3 || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let mut seconds: u64 = 0;
    for part in whole.split(':') {
        if part.is_empty() || part.len() > 4 || !part.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        seconds = seconds.checked_mul(60)?.checked_add(part.parse().ok()?)?;
    }
    let ms: u64 = format!("{fraction:0<3}").parse().ok()?;
    u32::try_from(seconds.checked_mul(1000)?.checked_add(ms)?).ok()
}

/// `1:02.50`: minutes, seconds and hundredths.
pub fn write_clock(ms: u32) -> String {
    format!("{}:{:02}.{:02}", ms / 60_000, ms / 1000 % 60, ms % 1000 / 10)
}

/// Adds an empty cue at the playhead, as long as there is room: its place.
pub fn add_at(cues: &mut Vec<Cue>, at_ms: u32, duration_ms: Option<u32>) -> usize {
    let place = cues.partition_point(|cue| cue.start_ms <= at_ms);
    let next = cues.get(place).map(|cue| cue.start_ms);
    let room = next.or(duration_ms).unwrap_or(at_ms + NEW_MS).max(at_ms + 1);
    cues.insert(place, Cue { start_ms: at_ms, end_ms: room.min(at_ms + NEW_MS), text: String::new() });
    place
}

/// Splits a cue at a character: the time is shared by the length of the text.
pub fn split(cues: &mut Vec<Cue>, place: usize, at_char: usize) {
    let Some(cue) = cues.get(place).cloned() else { return };
    let count = cue.text.chars().count();
    let at = if at_char == 0 || at_char >= count { middle(&cue.text) } else { at_char };
    let first: String = cue.text.chars().take(at).collect();
    let second: String = cue.text.chars().skip(at).collect();
    let length = u64::from(cue.end_ms - cue.start_ms);
    if length < 2 {
        return;
    }
    let share = (length * at as u64 / count.max(1) as u64).clamp(1, length - 1) as u32;
    let half = cue.start_ms + share;
    let cut = [
        Cue { end_ms: half, text: first.trim().to_owned(), ..cue.clone() },
        Cue { start_ms: half, text: second.trim().to_owned(), ..cue },
    ];
    cues.splice(place..=place, cut);
}

/// The space nearest the middle, in characters.
fn middle(text: &str) -> usize {
    let count = text.chars().count();
    let spaces = text.chars().enumerate().filter(|(_, c)| c.is_whitespace()).map(|(at, _)| at);
    spaces.min_by_key(|at| at.abs_diff(count / 2)).unwrap_or(count / 2)
}

/// Joins a cue with the one after it.
pub fn merge(cues: &mut Vec<Cue>, place: usize) {
    if place + 1 >= cues.len() {
        return;
    }
    let next = cues.remove(place + 1);
    if let Some(cue) = cues.get_mut(place) {
        cue.end_ms = cue.end_ms.max(next.end_ms);
        cue.text = [cue.text.trim(), next.text.trim()].join(" ").trim().to_owned();
    }
}

pub fn delete(cues: &mut Vec<Cue>, place: usize) {
    if place < cues.len() {
        cues.remove(place);
    }
}

/// Moves a cue in time. The order follows.
pub fn set_times(cues: &mut [Cue], place: usize, start_ms: u32, end_ms: u32) {
    if let Some(cue) = cues.get_mut(place) {
        cue.start_ms = start_ms;
        cue.end_ms = end_ms;
    }
    cues.sort_by_key(|cue| cue.start_ms);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cue(start_ms: u32, end_ms: u32, text: &str) -> Cue {
        Cue { start_ms, end_ms, text: text.into() }
    }

    #[test]
    fn times_are_read_as_people_write_them() {
        let times = ["1:02.5", "62.5", "0:01:02,500", "0:00.04", "7"];
        assert_eq!(times.map(read_clock), [Some(62_500), Some(62_500), Some(62_500), Some(40), Some(7_000)]);
        for bad in ["", "a", "1:", "1:2:x", "-1", "1.2345", "99999:00"] {
            assert_eq!(read_clock(bad), None, "{bad}");
        }
        assert_eq!(write_clock(62_540), "1:02.54");
    }

    #[test]
    fn a_new_cue_ends_where_the_next_begins() {
        let mut cues = vec![cue(0, 900, "a"), cue(2_000, 3_000, "b")];
        assert_eq!(add_at(&mut cues, 1_000, Some(9_000)), 1);
        assert_eq!(cues[1], cue(1_000, 2_000, ""));
        assert_eq!(add_at(&mut cues, 8_000, Some(9_000)), 3);
        assert_eq!(cues[3], cue(8_000, 9_000, ""));
    }

    #[test]
    fn a_split_shares_the_time_by_the_text_and_a_merge_undoes_it() {
        let mut cues = vec![cue(0, 1_000, "one two")];
        split(&mut cues, 0, 0);
        assert_eq!(cues, [cue(0, 428, "one"), cue(428, 1_000, "two")]);
        merge(&mut cues, 0);
        assert_eq!(cues, [cue(0, 1_000, "one two")]);
    }

    #[test]
    fn places_that_are_not_there_change_nothing() {
        let mut cues = vec![cue(0, 1, "a")];
        split(&mut cues, 5, 0);
        split(&mut cues, 0, 0);
        merge(&mut cues, 0);
        delete(&mut cues, 3);
        assert_eq!(cues, [cue(0, 1, "a")]);
    }

    #[test]
    fn a_cue_that_moves_past_another_changes_place_with_it() {
        let mut cues = vec![cue(0, 1, "a"), cue(5, 6, "b")];
        set_times(&mut cues, 0, 8, 9);
        assert_eq!(cues, [cue(5, 6, "b"), cue(8, 9, "a")]);
    }
}
