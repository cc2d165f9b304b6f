//! Captions: cues, and reading and writing WebVTT and SubRip. Pure; a broken cue is a located problem, never a panic.

use crate::limit::{self, FieldProblem};
use std::fmt::Write;

wire! {
    /// One caption: shown from `start_ms` up to `end_ms`.
    #[derive(Eq)]
    pub struct Cue {
        pub start_ms: u32,
        pub end_ms: u32,
        /// Plain text; lines are separated by `\n`.
        pub text: String,
    }

    #[derive(Eq)]
    pub struct CaptionTrack {
        /// BCP 47.
        pub language: String,
        /// In the order of their starts.
        pub cues: Vec<Cue>,
    }
}

/// Something in a caption file that could not be read. The cues around it are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaptionProblem {
    /// From 1.
    pub line: usize,
    pub reason: CaptionReason,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CaptionReason {
    /// A timing line that is no timing.
    BadTiming,
    /// The cue ends before it starts.
    EndsBeforeStart,
    /// Longer than a cue may be; it was cut.
    TooLong,
    /// More cues than a track may have; the rest was left out.
    TooManyCues,
    /// Nothing that looks like a caption was found.
    NoCues,
}

/// The cues that were read and what was not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Captions {
    pub cues: Vec<Cue>,
    pub problems: Vec<CaptionProblem>,
}

/// Reads WebVTT (W3C) or SubRip text, whichever it is. Styling, regions, notes and positions are left out; entities
/// are decoded; cues come back in the order of their starts.
pub fn parse(text: &str) -> Captions {
    let text = text
        .trim_start_matches('\u{feff}')
        .replace("\r\n", "\n")
        .replace('\r', "\n")
        .replace('\0', "\u{fffd}");
    let lines: Vec<&str> = text.split('\n').collect();
    let mut captions = Captions::default();
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        if !line.contains("-->") {
            at += if is_skipped_block(line) { block_length(&lines, at) } else { 1 };
            continue;
        }
        let payload = lines.get(at + 1..).unwrap_or_default();
        let mut length = payload.iter().take_while(|l| !l.trim().is_empty() && !l.contains("-->")).count();
        // Where the empty line is missing, the next cue's number is no text of this one.
        let is_number =
            |line: &&&str| !line.trim().is_empty() && line.trim().bytes().all(|b| b.is_ascii_digit());
        if payload.get(length).is_some_and(|next| next.contains("-->"))
            && length.checked_sub(1).and_then(|last| payload.get(last)).filter(is_number).is_some()
        {
            length -= 1;
        }
        read_cue(line, payload.get(..length).unwrap_or_default(), at + 1, &mut captions);
        at += 1 + length;
    }
    if captions.cues.is_empty() && captions.problems.is_empty() {
        captions.problems.push(CaptionProblem { line: 1, reason: CaptionReason::NoCues });
    }
    captions.cues.sort_by_key(|cue| (cue.start_ms, cue.end_ms));
    captions
}

/// NOTE, STYLE and REGION blocks of WebVTT: their text may hold anything but an arrow.
fn is_skipped_block(line: &str) -> bool {
    ["NOTE", "STYLE", "REGION"].iter().any(|word| {
        line.strip_prefix(word).is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t', ':']))
    })
}

fn block_length(lines: &[&str], at: usize) -> usize {
    let rest = lines.get(at..).unwrap_or_default();
    rest.iter().take_while(|line| !line.trim().is_empty()).count().max(1)
}

fn read_cue(timing: &str, payload: &[&str], line: usize, captions: &mut Captions) {
    let problem = |reason| CaptionProblem { line, reason };
    if captions.cues.len() >= limit::CUES_PER_TRACK {
        if captions.problems.last().is_none_or(|p| p.reason != CaptionReason::TooManyCues) {
            captions.problems.push(problem(CaptionReason::TooManyCues));
        }
        return;
    }
    let times = timing.split_once("-->").and_then(|(start, rest)| {
        let end = rest.trim_start().split([' ', '\t']).next().unwrap_or_default();
        Some((timestamp(start.trim())?, timestamp(end)?))
    });
    let Some((start_ms, end_ms)) = times else {
        captions.problems.push(problem(CaptionReason::BadTiming));
        return;
    };
    if end_ms <= start_ms {
        captions.problems.push(problem(CaptionReason::EndsBeforeStart));
        return;
    }
    let mut text = payload.iter().map(|l| plain(l)).filter(|l| !l.is_empty()).collect::<Vec<_>>().join("\n");
    if text.is_empty() {
        return;
    }
    if text.chars().count() > limit::CUE_TEXT {
        text = text.chars().take(limit::CUE_TEXT).collect();
        captions.problems.push(problem(CaptionReason::TooLong));
    }
    captions.cues.push(Cue { start_ms, end_ms, text });
}

/// `hh:mm:ss.mmm` or `mm:ss.mmm`, a comma in place of the point for SubRip; hours of any length up to what fits.
fn timestamp(text: &str) -> Option<u32> {
    let (clock, fraction) = text.split_once(['.', ','])?;
    if fraction.len() != 3 || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let mut parts = clock.split(':').rev();
    let mut number = |max: u64| {
        let part = parts.next()?;
        let good = !part.is_empty() && part.len() <= 6 && part.bytes().all(|b| b.is_ascii_digit());
        part.parse::<u64>().ok().filter(|n| good && *n <= max)
    };
    let seconds = number(59)?;
    let minutes = number(59)?;
    let hours = match parts.next() {
        Some(part)
            if parts.next().is_none() && part.len() <= 4 && part.bytes().all(|b| b.is_ascii_digit()) =>
        {
            part.parse().ok()?
        }
        Some(_) => return None,
        None => 0u64,
    };
    let ms = ((hours * 60 + minutes) * 60 + seconds) * 1000 + fraction.parse::<u64>().ok()?;
    u32::try_from(ms).ok()
}

/// A payload line without tags (`<b>`, `<v Anna>`, `<00:01.000>`, `{\an8}`) and with its entities decoded. A `<` that begins
/// no tag is text: `a < b`.
fn plain(line: &str) -> String {
    let mut text = String::with_capacity(line.len());
    let mut rest = line;
    // Behind the last of its kind no tag ends: looking again at every `<` would take the square of the line's length.
    let (last_angle, last_brace) = (line.rfind('>'), line.rfind('}'));
    while let Some(first) = rest.chars().next() {
        let at = line.len() - rest.len();
        let tag = match first {
            '<' if last_angle.is_some_and(|last| last > at) && begins_tag(rest) => rest.find('>'),
            '{' if rest.starts_with("{\\") && last_brace.is_some_and(|last| last > at) => rest.find('}'),
            _ => None,
        };
        if let Some(end) = tag {
            rest = rest.get(end + 1..).unwrap_or_default();
            continue;
        }
        let (character, length) = entity(rest).unwrap_or((first, first.len_utf8()));
        text.push(character);
        rest = rest.get(length..).unwrap_or_default();
    }
    text.trim().to_owned()
}

fn begins_tag(rest: &str) -> bool {
    match rest.as_bytes().get(1) {
        Some(b'/' | b'>' | b'.' | b'!') => true,
        // A time stamp; `<3` is none.
        Some(b) if b.is_ascii_digit() => rest
            .get(1..)
            .and_then(|inner| inner.split(['<', '>']).next())
            .is_some_and(|time| time.contains(':')),
        Some(b) => b.is_ascii_alphabetic(),
        None => false,
    }
}

/// The character of an entity at the beginning of a text, and the entity's bytes. Names are those of the WebVTT standard
/// and of XML; any character may come as its number.
fn entity(rest: &str) -> Option<(char, usize)> {
    let rest = rest.strip_prefix('&')?;
    let end = rest.bytes().take(10).position(|b| b == b';')?;
    let name = rest.get(..end)?;
    let character = match name {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => '\u{a0}',
        "lrm" => '\u{200e}',
        "rlm" => '\u{200f}',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?).filter(|c| !c.is_control())?
        }
    };
    Some((character, end + 2))
}

/// Writes cues as WebVTT.
pub fn write_vtt(cues: &[Cue]) -> String {
    let mut out = String::from("WEBVTT\n");
    for cue in cues {
        let text = cue.text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let lines: Vec<&str> = text.lines().map(str::trim).filter(|l| !l.is_empty()).collect();
        let _ = write!(out, "\n{} --> {}\n{}\n", clock(cue.start_ms), clock(cue.end_ms), lines.join("\n"));
    }
    out
}

/// `hh:mm:ss.mmm`.
fn clock(ms: u32) -> String {
    let (s, ms) = (ms / 1000, ms % 1000);
    format!("{:02}:{:02}:{:02}.{ms:03}", s / 3600, s / 60 % 60, s % 60)
}

/// Checks tracks before they are kept.
///
/// # Errors
/// Too many tracks or cues, a cue that is too long, empty, ends before it starts, or starts before the one before it.
pub fn check_tracks(tracks: &[CaptionTrack]) -> Result<(), FieldProblem> {
    let problem = |detail: String| Err(FieldProblem { field: "captions", detail });
    if tracks.len() > limit::CAPTION_TRACKS {
        return problem(format!("at most {} tracks", limit::CAPTION_TRACKS));
    }
    for track in tracks {
        limit::text("captions", &track.language, 2, limit::LANGUAGE)?;
        if track.cues.len() > limit::CUES_PER_TRACK {
            return problem(format!("at most {} cues", limit::CUES_PER_TRACK));
        }
        for (index, cue) in track.cues.iter().enumerate() {
            limit::text("captions", &cue.text, 1, limit::CUE_TEXT)?;
            if cue.end_ms <= cue.start_ms {
                return problem(format!("cue {} ends before it starts", index + 1));
            }
        }
        if !track.cues.is_sorted_by_key(|cue| cue.start_ms) {
            return problem("cues are not in the order of their starts".into());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cue(start_ms: u32, end_ms: u32, text: &str) -> Cue {
        Cue { start_ms, end_ms, text: text.into() }
    }

    #[test]
    fn webvtt_with_all_its_trimmings_gives_plain_cues() {
        let text = "\u{feff}WEBVTT - title\r\nX: y\r\n\r\nNOTE a\r\nb\r\n\r\nSTYLE\r\n::cue { color: red }\r\n\r\nid\r\n\
                    00:01.000 --> 00:02.500 align:start line:0\r\n<v Anna>It&#39;s <b>1 &lt; 2</b> &amp;amp; so\r\nsecond\r\n\r\n\
                    01:00:00.000 --> 01:00:01.000\r\nlate\r\n";
        let captions = parse(text);
        assert_eq!(captions.problems, []);
        assert_eq!(
            captions.cues,
            [cue(1000, 2500, "It's 1 < 2 &amp; so\nsecond"), cue(3_600_000, 3_601_000, "late")]
        );
    }

    #[test]
    fn subrip_reads_as_well_and_comes_back_in_order() {
        let text =
            "2\n00:00:03,000 --> 00:00:04,000\n{\\an8}two\n\n1\n00:00:01,000 --> 00:00:02,000\n<i>one</i>\n";
        assert_eq!(parse(text).cues, [cue(1000, 2000, "one"), cue(3000, 4000, "two")]);
    }

    #[test]
    fn a_sign_that_begins_no_tag_is_text_and_so_is_an_unknown_entity() {
        let text = "WEBVTT\n\n00:01.000 --> 00:02.000\nif a < b and c > d: <i>x</i> <3 you <00:01.500><c.red>late</c>\n\
                    &quot;R&#38;D&quot; &#x2014; &eacute; &; &#0; &#xD800;\n";
        assert_eq!(
            parse(text).cues,
            [cue(
                1000,
                2000,
                "if a < b and c > d: x <3 you late\n\"R&D\" \u{2014} &eacute; &; &#0; &#xD800;"
            )]
        );
    }

    #[test]
    fn a_missing_empty_line_costs_nothing() {
        let text = "1\n00:00:01,000 --> 00:00:02,000\none\n2\n00:00:03,000 --> 00:00:04,000\n1999\n";
        assert_eq!(parse(text).cues, [cue(1000, 2000, "one"), cue(3000, 4000, "1999")]);
    }

    #[test]
    fn one_broken_timing_costs_only_its_own_cue_and_is_located() {
        let text = "WEBVTT\n\n00:01.000 --> soon\nlost\n\n00:05.000 --> 00:04.000\nbackwards\n\n00:06.000 --> 00:07.000\nkept\n";
        let captions = parse(text);
        assert_eq!(captions.cues, [cue(6000, 7000, "kept")]);
        assert_eq!(
            captions.problems,
            [
                CaptionProblem { line: 3, reason: CaptionReason::BadTiming },
                CaptionProblem { line: 6, reason: CaptionReason::EndsBeforeStart },
            ]
        );
    }

    #[test]
    fn a_text_without_captions_says_so() {
        for text in ["", "hello", "WEBVTT", "\u{0}\u{0}"] {
            assert_eq!(
                parse(text).problems,
                [CaptionProblem { line: 1, reason: CaptionReason::NoCues }],
                "{text:?}"
            );
        }
    }

    #[test]
    fn tracks_over_a_limit_are_refused() {
        let track = |cues: Vec<Cue>| CaptionTrack { language: "en".into(), cues };
        assert_eq!(check_tracks(&[track(vec![cue(0, 1, &"a".repeat(limit::CUE_TEXT))])]), Ok(()));
        for bad in [
            vec![cue(0, 1, &"a".repeat(limit::CUE_TEXT + 1))],
            vec![cue(0, 1, " ")],
            vec![cue(5, 5, "a")],
            vec![cue(5, 6, "a"), cue(1, 2, "b")],
            vec![cue(0, 1, "a"); limit::CUES_PER_TRACK + 1],
        ] {
            assert!(check_tracks(&[track(bad)]).is_err());
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_a_panic(text in "\\PC*") {
            parse(&text);
        }

        #[test]
        fn what_is_written_reads_back_equal(
            cues in proptest::collection::vec((0u32..9_000_000, 1u32..60_000, "[a-zé<>&;#0-9]{1,20}"), 0..20)
        ) {
            let mut cues: Vec<Cue> = cues.into_iter().map(|(s, d, text)| Cue { start_ms: s, end_ms: s + d, text }).collect();
            cues.sort_by_key(|cue| (cue.start_ms, cue.end_ms));
            prop_assert_eq!(parse(&write_vtt(&cues)).cues, cues);
        }
    }
}
