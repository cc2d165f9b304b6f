//! Aiken: a question, choices with letters, `ANSWER: B`. And the format of the open trivia collections (`#Q` question,
//! `^` right answer, choices with letters), which is as simple and comes under the same name.

use crate::report::MOST;
use crate::{Export, Format, Import, Loss, MediaLookup, ReadError, encoding, texts};
use minnow_shared::question::{ChoiceKey, Question, QuestionKey, Text};

/// Reads a file of either kind.
///
/// # Errors
/// When it is empty or no text.
pub fn read(bytes: &[u8]) -> Result<Import, ReadError> {
    Ok(read_text(&encoding::text(bytes)?))
}

fn read_text(text: &str) -> Import {
    let mut reader = Reader::default();
    let is_trivia = text.lines().any(|line| line.starts_with("#Q "));
    for (index, line) in
        text.split(['\n', '\r']).scan(0, numbered(text)).map(|(line, text)| (line, text.trim_end()))
    {
        if reader.questions.len() + reader.losses.len() > MOST {
            break;
        }
        reader.line = index;
        if is_trivia {
            reader.trivia(line);
        } else {
            reader.aiken(line);
        }
    }
    if is_trivia {
        reader.end_of_trivia();
    } else if reader.has_begun() {
        reader.drop_item("it has no ANSWER line");
    }
    Import { format: Format::Aiken, questions: reader.questions, losses: reader.losses, media: Vec::new() }
}

/// Numbers lines, whichever way they end.
fn numbered<'a>(text: &str) -> impl FnMut(&mut u32, &'a str) -> Option<(u32, &'a str)> + use<'a> {
    // Where lines end in two signs, every other piece is empty and counts for nothing.
    let is_double = text.contains("\r\n");
    let mut pieces = 0_u32;
    move |_, line| {
        pieces = pieces.saturating_add(1);
        Some((if is_double { pieces.div_ceil(2) } else { pieces }, line))
    }
}

#[derive(Default)]
struct Reader {
    questions: Vec<Question>,
    losses: Vec<Loss>,
    line: u32,
    /// Where the item at hand begins.
    start: u32,
    stem: Vec<String>,
    choices: Vec<(char, String)>,
    right: String,
    was_blank: bool,
}

impl Reader {
    fn has_begun(&self) -> bool {
        !self.stem.is_empty() || !self.choices.is_empty()
    }

    fn lose(&mut self, line: u32, item: &str, reason: &str) {
        self.losses.push(Loss {
            line: Some(line),
            item: texts::first_words(item),
            reason: reason.to_owned(),
        });
    }

    fn drop_item(&mut self, reason: &str) {
        let item = self.stem.join(" ");
        self.lose(self.start, &item, &format!("the question is left out: {reason}"));
        self.forget();
    }

    fn forget(&mut self) {
        self.stem.clear();
        self.choices.clear();
        self.right.clear();
    }

    fn aiken(&mut self, line: &str) {
        let trimmed = line.trim();
        if trimmed.is_empty() {
            self.was_blank = true;
            return;
        }
        let was_blank = std::mem::take(&mut self.was_blank);
        if let Some(answer) = trimmed.strip_prefix("ANSWER:") {
            self.answer(answer);
        } else if let Some((letter, text)) = choice(trimmed) {
            if self.stem.is_empty() {
                self.lose(self.line, trimmed, "a choice without a question before it");
            } else {
                self.choices.push((letter, text.to_owned()));
            }
        } else {
            if !self.choices.is_empty() {
                self.drop_item("it has no ANSWER line");
            } else if was_blank && !self.stem.is_empty() {
                self.drop_item("it has no choices");
            }
            if self.stem.is_empty() {
                self.start = self.line;
            }
            self.stem.push(trimmed.to_owned());
        }
    }

    fn answer(&mut self, answer: &str) {
        if !self.has_begun() {
            return self.lose(self.line, answer, "an answer without a question before it");
        }
        let letters: Vec<char> =
            answer.chars().filter(|c| !c.is_whitespace() && !matches!(c, ',' | ')' | '.')).collect();
        let is_known = |letter: &char| self.choices.iter().any(|(known, _)| known == letter);
        // Choices have capitals; who writes "b" means B.
        let letters: Vec<char> = letters
            .into_iter()
            .map(|letter| if is_known(&letter) { letter } else { letter.to_ascii_uppercase() })
            .collect();
        if letters.is_empty() || !letters.iter().all(is_known) {
            return self.drop_item(&format!("no choice has the letter {}", texts::first_words(answer)));
        }
        let keys = self
            .choices
            .iter()
            .map(|(letter, text)| ChoiceKey::plain(text.as_str(), letters.contains(letter)));
        let key =
            QuestionKey::Choices { choices: keys.collect(), multiple: letters.len() > 1, keep_order: false };
        self.finish(key);
    }

    fn finish(&mut self, key: QuestionKey) {
        let question = Question::new(self.stem.join("\n"), key);
        texts::admit(question, Some(self.start), &mut self.questions, &mut self.losses);
        self.forget();
    }

    fn trivia(&mut self, line: &str) {
        if let Some(stem) = line.strip_prefix("#Q") {
            self.end_of_trivia();
            self.start = self.line;
            self.stem.push(stem.trim().to_owned());
        } else if let Some(right) = line.strip_prefix('^') {
            right.trim().clone_into(&mut self.right);
        } else if line.trim().is_empty() {
        } else if self.stem.is_empty() {
            self.lose(self.line, line, "words without a question before them");
        } else if let Some((letter, text)) = lettered(line).filter(|_| !self.right.is_empty()) {
            self.choices.push((letter, text.to_owned()));
        } else if self.right.is_empty() {
            self.stem.push(line.trim().to_owned());
        } else if let Some((_, text)) = self.choices.last_mut() {
            text.push('\n');
            text.push_str(line.trim());
        } else {
            self.right.push('\n');
            self.right.push_str(line.trim());
        }
    }

    fn end_of_trivia(&mut self) {
        if !self.has_begun() {
            return;
        }
        let right = self.right.to_lowercase();
        let mut keys: Vec<ChoiceKey> = self
            .choices
            .iter()
            .map(|(_, text)| ChoiceKey::plain(text.as_str(), text.to_lowercase() == right))
            .collect();
        match keys.iter().filter(|key| key.is_right).count() {
            0 => return self.drop_item("its right answer is none of its choices"),
            1 => {}
            // Written twice: the first stays.
            _ => {
                let mut seen = Vec::new();
                keys.retain(|key| {
                    let text = key.text.plain().to_lowercase();
                    let is_new = !seen.contains(&text);
                    seen.push(text);
                    is_new
                });
            }
        }
        let is_true_false = keys.len() == 2
            && keys.iter().all(|key| matches!(key.text.source().to_lowercase().as_str(), "true" | "false"));
        let key = if is_true_false {
            let (reason_true, reason_false) = (Text::default(), Text::default());
            QuestionKey::TrueFalse { is_true: right == "true", reason_true, reason_false }
        } else {
            QuestionKey::Choices { choices: keys, multiple: false, keep_order: false }
        };
        self.finish(key);
    }
}

/// `A) text` or `A. text`.
fn choice(line: &str) -> Option<(char, &str)> {
    let mut letters = line.chars();
    let letter = letters.next().filter(char::is_ascii_uppercase)?;
    matches!(letters.next(), Some(')' | '.')).then(|| (letter, letters.as_str().trim()))
}

/// `A text`.
fn lettered(line: &str) -> Option<(char, &str)> {
    let mut letters = line.chars();
    let letter = letters.next().filter(char::is_ascii_uppercase)?;
    matches!(letters.next(), Some(' ' | '\t')).then(|| (letter, letters.as_str().trim()))
}

/// Writes what Aiken can say: questions with one right choice, words alone.
pub fn write(questions: &[Question], _media: MediaLookup<'_>) -> Export {
    let mut out = String::new();
    let mut losses = Vec::new();
    for question in questions {
        let label = texts::label(question);
        let mut lose = |reason: &str| {
            losses.push(Loss { line: None, item: label.clone(), reason: reason.to_owned() });
        };
        let QuestionKey::Choices { choices, multiple, .. } = &question.key else {
            lose("Aiken knows nothing but choices: the question is left out");
            continue;
        };
        if choices.len() > 26 {
            lose("Aiken has letters for 26 choices: the question is left out");
            continue;
        }
        let mut item = format!("{}\n", question.stem.plain());
        let mut right = Vec::new();
        for (letter, choice) in ('A'..='Z').zip(choices) {
            item.push_str(&format!("{letter}) {}\n", choice.text.plain().replace('\n', " ")));
            if choice.is_right {
                right.push(letter.to_string());
            }
        }
        item.push_str(&format!("ANSWER: {}\n", right.join(", ")));
        if *multiple {
            lose("several right choices are no standard in Aiken: other systems may refuse the question");
        }
        let mut same = question.clone();
        same.key.drop_ids();
        if read_text(&item).questions != [same] {
            lose("Aiken carries a question, its choices and the right one, in words alone: the rest is lost");
        }
        out.push_str(&item);
        out.push('\n');
    }
    Export { bytes: out.into_bytes(), losses }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn one_odd_item_does_not_stop_the_rest() {
        let bank = "Good?\nA) yes\nB. no\nANSWER: A\n\nFew\nA) one\nANSWER: A\n\nA) not begun\n\nANSWER: B\n\nOpen\nA) a\nB) b\n\n\
            Two\nlines\nA)x\nB)y\nC)z\nANSWER: A, C\nWrong\nA) a\nB) b\nANSWER: Q\nLeft";
        let import = read(bank.as_bytes()).unwrap();
        let stems: Vec<_> = import.questions.iter().map(|q| q.stem.plain()).collect();
        assert_eq!(stems, ["Good?", "Two\nlines"]);
        let lines: Vec<_> = import.losses.iter().map(|loss| loss.line).collect();
        assert_eq!(lines, [Some(6), Some(10), Some(12), Some(14), Some(24), Some(28)]);
    }

    #[test]
    fn open_trivia_is_read() {
        let bank = "#Q Which one does\nnot hibernate?\r\n^ Sloth\r\nA Mouse\r\nB Sloth\r\n\r\n#Q Snow is white.\n^ True\nA True\nB False\n\n#Q Lost\n^ x\nA y\nB z\n";
        let import = read(bank.replace("\r\n", "\n").as_bytes()).unwrap();
        assert_eq!(import.questions.len(), 2);
        assert_eq!(import.questions[0].stem, Text::from("Which one does\nnot hibernate?"));
        assert!(matches!(import.questions[1].key, QuestionKey::TrueFalse { is_true: true, .. }));
        assert_eq!(import.losses[0].line, Some(12));
    }

    #[test]
    fn lines_are_counted_whichever_way_they_end() {
        let bank = "Few\nA) one\nANSWER: A\n\nLeft";
        for ends in ["\n", "\r\n", "\r"] {
            let lines: Vec<_> =
                read_text(&bank.replace('\n', ends)).losses.iter().map(|loss| loss.line).collect();
            assert_eq!(lines, [Some(1), Some(5)], "{ends:?}");
        }
    }

    #[test]
    fn files_of_others_are_read() {
        let Some(content) = std::env::var_os("MINNOW_CONTENT") else {
            eprintln!("SKIPPED: MINNOW_CONTENT is not set, the Aiken files of others are not read");
            return;
        };
        let folder = std::path::Path::new(&content).join("questions");
        let import = read(&std::fs::read(folder.join("moodle/aiken_errors.txt")).unwrap()).unwrap();
        assert_eq!((import.questions.len(), import.losses.len()), (2, 4), "{:?}", import.losses);
        for entry in std::fs::read_dir(folder.join("opentriviaqa")).unwrap() {
            let path = entry.unwrap().path();
            let import = read(&std::fs::read(&path).unwrap()).unwrap();
            assert!(import.questions.len() > 20 * import.losses.len().max(1), "{path:?} {:?}", import.losses);
        }
    }

    proptest! {
        #[test]
        fn choices_in_words_come_back(stem in "[A-Z][a-z ?]{1,20}[a-z]", texts in prop::collection::btree_set("[a-z]{1,9}", 2..6), right in 0..2_usize) {
            let choices = texts.iter().enumerate().map(|(place, text)| ChoiceKey::plain(text.as_str(), place == right));
            let key = QuestionKey::Choices { choices: choices.collect(), multiple: false, keep_order: false };
            let questions = [Question::new(stem.as_str(), key)];
            let export = write(&questions, &|_| None);
            prop_assert_eq!(&export.losses, &[]);
            prop_assert_eq!(read(&export.bytes).unwrap().questions, questions);
        }

        #[test]
        fn any_text_is_read_without_a_panic(text in "[A-D)#Q^ \\n\\r.:ANSWER]{0,80}") {
            let _ = read(text.as_bytes());
        }
    }
}
