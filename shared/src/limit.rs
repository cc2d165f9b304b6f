//! Every maximum in one place. Text is counted in characters (Unicode scalar values) unless a name says bytes.

/// A field that is too long, too short, or not of its form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldProblem {
    /// The field as the request names it.
    pub field: &'static str,
    pub detail: String,
}

pub const TITLE: usize = 60;
pub const ALT: usize = 300;
pub const TOPIC_ID: usize = 40;
pub const TOPIC_NAME: usize = 60;
pub const TOPICS_PER_CLIP: usize = 3;
pub const LANGUAGE: usize = 12;
pub const LICENCE: usize = 40;
pub const SOURCE_URL: usize = 300;
pub const HANDLE: usize = 30;
pub const HANDLE_MIN: usize = 3;
pub const DISPLAY_NAME: usize = 60;
pub const BIO: usize = 160;
pub const EMAIL: usize = 254;
pub const PASSWORD: usize = 200;
pub const PASSWORD_MIN: usize = 10;
pub const DEVICE_LABEL: usize = 80;
pub const TOKEN: usize = 100;
pub const CURSOR: usize = 200;

pub const CUE_TEXT: usize = 200;
pub const CUES_PER_TRACK: usize = 400;
pub const CAPTION_TRACKS: usize = 10;
pub const CAPTION_FILE_BYTES: usize = 256 * 1024;
pub const TWIN_TEXT: usize = 6_000;

pub const STEM: usize = 300;
pub const CHOICE: usize = 120;
pub const CHOICES_MIN: usize = 2;
pub const CHOICES: usize = 6;
pub const REASON: usize = 400;
pub const ACCEPTED: usize = 60;
pub const ACCEPTED_COUNT: usize = 20;
pub const TYPED_ANSWER: usize = 120;
/// Words, and authors, that one learner may mute; characters of a word.
pub const MUTED: usize = 100;
pub const MUTED_WORD: usize = 60;

/// Questions of a bank come from other systems, where nothing is as short as a phone wants it.
pub const BANK_STEM: usize = 8_000;
pub const BANK_CHOICE: usize = 2_000;
pub const BANK_REASON: usize = 8_000;
/// As long as what a learner may type.
pub const BANK_ACCEPTED: usize = TYPED_ANSWER;
/// Questions taken out at once.
pub const BANK_QUESTIONS: usize = 100_000;
/// A file with questions, sent to be brought in: 64 MiB.
pub const BANK_FILE_BYTES: usize = 64 * 1024 * 1024;
/// A picture sent for a question: 8 MiB, and this many pixels where they can be told.
pub const PICTURE_BYTES: usize = 8 * 1024 * 1024;
pub const PICTURE_PIXELS: u64 = 40_000_000;
/// A picture that no question shows is kept so long: somebody may still be writing.
pub const PICTURE_WAITS_MS: i64 = 30 * 24 * 3_600_000;
/// Markup may take this many bytes for each character that may be read.
pub const MARKUP_FACTOR: usize = 8;
pub const QUESTION_NAME: usize = 300;
pub const CATEGORY: usize = 600;
pub const TAG: usize = 60;
pub const TAGS: usize = 30;
pub const SOURCE_ID: usize = 200;
pub const UNIT: usize = 20;
/// Choices, pairs, items, categories, gaps, words of a bank, spots: each.
pub const PARTS: usize = 60;
pub const CORNERS: usize = 100;
pub const TRIES: usize = 5;
pub const HINTS: usize = 10;
pub const OPEN_ANSWER: usize = 4_000;

pub const FILE_NAME: usize = 200;
/// What a client may say of an upload, as it is sent.
pub const UPLOAD_METADATA: usize = 4_000;
/// Upload: 512 MiB.
pub const UPLOAD_BYTES: u64 = 512 * 1024 * 1024;
/// One PATCH of an upload: 16 MiB.
pub const UPLOAD_CHUNK_BYTES: u64 = 16 * 1024 * 1024;
/// An unfinished upload is dropped after this long without a byte.
pub const UPLOAD_EXPIRES_MS: i64 = 48 * 3_600_000;

pub const CLIP_MIN_MS: u32 = 500;
pub const CLIP_MAX_MS: u32 = 180_000;
/// Width times height of a frame: 4096 x 2304 and any turn of it.
pub const CLIP_PIXELS: u64 = 4096 * 2304;
pub const CLIP_SIDE_MIN: u32 = 16;
pub const CLIP_STREAMS: usize = 12;

pub const PLAYLIST_TITLE: usize = TITLE;
pub const PLAYLIST_ABOUT: usize = 500;
/// Steps of a playlist.
pub const STEPS: usize = 100;
/// Playlists of a person.
pub const PLAYLISTS: usize = 500;
/// What is looked for in titles.
pub const SEARCH_WORDS: usize = QUESTION_NAME;
pub const ASSIGNMENT_NAME: usize = 60;
/// Assignments of a person.
pub const ASSIGNMENTS: usize = 500;
/// People of an assignment.
pub const ASSIGNEES: usize = 1_000;
/// Handles in one call.
pub const HANDLES_AT_ONCE: usize = 100;

pub const FEED_PAGE: u32 = 20;
pub const FEED_PAGE_DEFAULT: u32 = 6;
pub const WATCH_BATCH: usize = 100;
/// Clips of a pack.
pub const PACK_CLIPS: usize = 40;
pub const JSON_BODY_BYTES: usize = 512 * 1024;
pub const DAILY_GOAL_MIN: u32 = 3;
pub const DAILY_GOAL_MAX: u32 = 60;
pub const RETENTION_MIN: u32 = 70;
pub const RETENTION_MAX: u32 = 97;
pub const DAILY_REVIEWS_MAX: u32 = 1_000;

/// Checks a text field's length in characters.
///
/// # Errors
/// When the trimmed text has fewer than `min` or the text more than `max` characters.
pub fn text(field: &'static str, value: &str, min: usize, max: usize) -> Result<(), FieldProblem> {
    if value.chars().count() > max {
        return Err(FieldProblem { field, detail: format!("at most {max} characters") });
    }
    if value.trim().chars().count() < min {
        return Err(FieldProblem { field, detail: format!("at least {min} characters") });
    }
    Ok(())
}

/// Checks a handle: 3 to 30 of lower-case ASCII letters, digits, `_` and `-`, beginning with a letter.
///
/// # Errors
/// When it is not of that form.
pub fn handle(value: &str) -> Result<(), FieldProblem> {
    text("handle", value, HANDLE_MIN, HANDLE)?;
    let good = value.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-')
        && value.bytes().next().is_some_and(|b| b.is_ascii_lowercase());
    if good {
        Ok(())
    } else {
        Err(FieldProblem {
            field: "handle",
            detail: "lower-case letters, digits, _ and -, beginning with a letter".into(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_of_the_maximum_passes_and_one_over_does_not() {
        assert_eq!(text("title", &"é".repeat(TITLE), 1, TITLE), Ok(()));
        assert_eq!(text("title", &"é".repeat(TITLE + 1), 1, TITLE).map_err(|p| p.field), Err("title"));
        assert!(text("title", "   ", 1, TITLE).is_err(), "blank is empty");
    }

    #[test]
    fn handles_are_plain_and_begin_with_a_letter() {
        for good in ["ada", "ada_l-1815"] {
            assert_eq!(handle(good), Ok(()), "{good}");
        }
        for bad in ["ad", "1ada", "Ada", "ada lovelace", "ada\u{202e}x", &"a".repeat(HANDLE + 1)] {
            assert!(handle(bad).is_err(), "{bad}");
        }
    }
}
