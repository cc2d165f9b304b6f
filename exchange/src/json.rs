//! Our own format: an array of questions as the wire has them; or, where they have pictures, an object with
//! `questions` and `media` (name to base64). What `import --json` prints is read too.

use crate::media::{base64_bytes, base64_text};
use crate::{Export, Format, Import, Loss, MediaLookup, Pictures, ReadError, encoding, texts};
use minnow_shared::question::Question;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// Questions of a file at most.
const QUESTIONS: usize = crate::report::MOST;

#[derive(Deserialize)]
struct Whole<'a> {
    #[serde(borrow)]
    questions: Vec<&'a RawValue>,
    #[serde(default)]
    media: BTreeMap<String, String>,
}

/// Whether a text is an object of ours: questions with keys. Content of H5P has `questions` too.
pub fn is_ours(text: &str) -> bool {
    #[derive(Deserialize)]
    struct Probe {
        questions: Vec<serde_json::Map<String, serde_json::Value>>,
    }
    serde_json::from_str::<Probe>(text)
        .is_ok_and(|probe| probe.questions.iter().any(|q| q.contains_key("key") && q.contains_key("stem")))
}

/// Reads a file of ours.
///
/// # Errors
/// When it is no JSON, or JSON of another form.
pub fn read(bytes: &[u8]) -> Result<Import, ReadError> {
    let text = encoding::text(bytes)?;
    let broken = |error: serde_json::Error| ReadError::Broken {
        line: u32::try_from(error.line()).unwrap_or(u32::MAX),
        reason: error.to_string(),
    };
    let whole = if text.trim_start().starts_with('[') {
        Whole { questions: serde_json::from_str(&text).map_err(broken)?, media: BTreeMap::new() }
    } else {
        serde_json::from_str(&text).map_err(broken)?
    };
    if whole.questions.len() > QUESTIONS {
        return Err(ReadError::TooMuch { most: format!("{QUESTIONS} questions") });
    }
    let mut import =
        Import { format: Format::Json, questions: Vec::new(), losses: Vec::new(), media: Vec::new() };
    let mut pictures = Pictures::default();
    for (name, data) in &whole.media {
        let bytes = base64_bytes(data).ok_or_else(|| "its base64 is broken".to_owned());
        let kept = bytes.and_then(|bytes| pictures.keep(name, bytes));
        if let Err(reason) = kept {
            let reason = format!("the picture is not carried over: {reason}");
            import.losses.push(Loss { line: None, item: name.clone(), reason });
        }
    }
    let mut lines = Lines { text: &text, at: 0, line: 1 };
    for (index, raw) in whole.questions.iter().enumerate() {
        let line = Some(lines.of(raw.get()));
        match serde_json::from_str::<Question>(raw.get()) {
            Ok(mut question) => {
                question.key.drop_ids();
                for reason in texts::clean(&mut question, &mut pictures) {
                    import.losses.push(Loss { line, item: texts::label(&question), reason });
                }
                texts::admit(question, line, &mut import.questions, &mut import.losses);
            }
            Err(error) => import.losses.push(Loss {
                line,
                item: format!("question {}", index + 1),
                reason: format!("the question is left out: {error}"),
            }),
        }
    }
    import.media = pictures.into_media();
    Ok(import)
}

/// Finds the line a slice of the text stands on; slices come in order.
struct Lines<'a> {
    text: &'a str,
    at: usize,
    line: u32,
}

impl Lines<'_> {
    fn of(&mut self, slice: &str) -> u32 {
        let place = (slice.as_ptr() as usize).saturating_sub(self.text.as_ptr() as usize);
        if let Some(between) = self.text.get(self.at..place) {
            let breaks = between.bytes().filter(|byte| *byte == b'\n').count();
            self.line = self.line.saturating_add(u32::try_from(breaks).unwrap_or(u32::MAX));
            self.at = place;
        }
        self.line
    }
}

/// Writes a file of ours. Ids of parts stay behind: the parts of a copy are its own.
pub fn write(questions: &[Question], media: MediaLookup<'_>) -> Export {
    let mut losses = Vec::new();
    let mut kept = BTreeMap::new();
    let mut list = Vec::with_capacity(questions.len());
    for question in questions {
        let mut question = question.clone();
        question.key.drop_ids();
        for name in texts::pictures(&question) {
            match media(&name) {
                Some(bytes) => {
                    kept.entry(name).or_insert_with(|| base64_text(&bytes));
                }
                None => losses.push(Loss {
                    line: None,
                    item: texts::label(&question),
                    reason: format!("the picture {name} is not there"),
                }),
            }
        }
        list.push(question);
    }
    let written = if kept.is_empty() {
        serde_json::to_vec_pretty(&list)
    } else {
        serde_json::to_vec_pretty(&serde_json::json!({ "questions": list, "media": kept }))
    };
    // Writing plain data into memory does not fail; were it to, the report says so.
    let bytes = written.unwrap_or_else(|error| {
        losses.push(Loss { line: None, item: String::new(), reason: error.to_string() });
        Vec::new()
    });
    Export { bytes, losses }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Kinds, question};
    use proptest::prelude::*;

    #[test]
    fn one_odd_item_does_not_stop_the_rest() {
        let bank = "[\n{\"stem\":\"Is it?\",\"key\":{\"kind\":\"true_false\",\"is_true\":true}},\n{\"stem\":1},\n\
            {\"stem\":{\"html\":\"<b onclick=x>So?</b><script>y</script>\"},\"key\":{\"kind\":\"flash_card\",\"back\":\"Yes\"}}]";
        let import = read(bank.as_bytes()).unwrap();
        assert_eq!(import.questions.len(), 2);
        assert_eq!(import.questions[1].stem.html(), "<b>So?</b>");
        let lines: Vec<_> = import.losses.iter().map(|loss| loss.line).collect();
        assert_eq!(lines, [Some(3), Some(4)]);
    }

    #[test]
    fn a_broken_file_is_told_with_its_line() {
        assert!(matches!(read(b"[\n{\"stem\":"), Err(ReadError::Broken { line: 2, .. })));
        assert!(matches!(read(b"{\"a\":1}"), Err(ReadError::Broken { .. })));
    }

    #[test]
    fn pictures_go_along() {
        let gif = b"GIF89a\x02\0\x03\0".to_vec();
        let html = "<p>See</p><p><img src=\"media:a.gif\" alt=\"A\"></p>".to_owned();
        let key = minnow_shared::question::QuestionKey::FlashCard { back: "x".into() };
        let questions = [Question::new(minnow_shared::question::Text::Rich { html }, key)];
        let export = write(&questions, &|_| Some(gif.clone()));
        let import = read(&export.bytes).unwrap();
        assert_eq!(
            (import.questions.as_slice(), import.media[0].bytes.as_slice()),
            (&questions[..], gif.as_slice())
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn every_question_comes_back(questions in prop::collection::vec(question(Kinds::ALL), 1..4)) {
            let import = read(&write(&questions, &|_| None).bytes).unwrap();
            prop_assert_eq!(&import.losses, &[]);
            prop_assert_eq!(import.questions, questions);
        }
    }
}
