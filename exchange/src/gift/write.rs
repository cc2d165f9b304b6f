//! Writes questions in GIFT, and tells what it cannot say.

use super::read_text;
use crate::formatted::TextFormat;
use crate::{Export, Loss, MediaLookup, Pictures, markup, media, moodle, texts};
use minnow_shared::question::{
    Behaviour, ChoiceKey, Credit, NumberKey, NumberRange, PairKey, PartKey, Question, QuestionKey, Text,
    TextRule, TypedKey, Verdicts,
};

/// Writes a file. Each question is read back: whatever does not come back as it was is told.
pub fn write(questions: &[Question], media: MediaLookup<'_>) -> Export {
    let mut out = String::new();
    let mut losses = Vec::new();
    let mut category = String::new();
    for question in questions {
        let mut question = question.clone();
        question.key.drop_ids();
        let mut writer = Writer { out: String::new(), format: TextFormat::Moodle, lost: Vec::new(), media };
        let is_written = writer.question(&question);
        let heading = format!("$CATEGORY: {}\n\n", escaped(&moodle::path(&question.category)));
        if is_written && writer.lost.is_empty() {
            let back = read_text(&format!("{heading}{}", writer.out)).questions;
            if back != [question.clone()] {
                writer.lost.push("something in it comes back changed from GIFT".into());
            }
        }
        if is_written {
            if question.category != category {
                out.push_str(&heading);
                category.clone_from(&question.category);
            }
            out.push_str(&writer.out);
            out.push('\n');
        }
        let label = texts::label(&question);
        losses.extend(writer.lost.into_iter().map(|reason| Loss { line: None, item: label.clone(), reason }));
    }
    Export { bytes: out.into_bytes(), losses }
}

struct Writer<'m> {
    out: String,
    /// Of the stem: what texts without a mark have.
    format: TextFormat,
    lost: Vec<String>,
    media: MediaLookup<'m>,
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for letter in text.chars() {
        match letter {
            '\\' | ':' | '#' | '=' | '{' | '}' | '~' => out.extend(['\\', letter]),
            '\n' => out.push_str("\\n"),
            other => out.push(other),
        }
    }
    out
}

fn percent(credit: Credit) -> String {
    format!("%{}%", credit.percent())
}

impl Writer<'_> {
    fn lose(&mut self, reason: &str) {
        self.lost.push(reason.to_owned());
    }

    /// Whether it was written at all.
    fn question(&mut self, question: &Question) -> bool {
        let left_out = |kind: &str| Some(format!("GIFT knows no {kind}: the question is left out"));
        let reason = match &question.key {
            QuestionKey::Ordering { .. } => left_out("ordering"),
            QuestionKey::Categorising { .. } => left_out("categories to sort into"),
            QuestionKey::Cloze { .. } => left_out("text with several gaps"),
            QuestionKey::Hotspot { .. } => left_out("places on a picture"),
            QuestionKey::FlashCard { .. } => left_out("flash cards"),
            _ => None,
        };
        if let Some(reason) = reason {
            self.lost.push(reason);
            return false;
        }
        self.around(question);
        if !question.source_id.is_empty() {
            self.out.push_str(&format!("// [id:{}]\n", question.source_id.replace(']', "\\]")));
        }
        if !question.tags.is_empty() {
            let tags = question.tags.iter().map(|tag| format!(" [tag:{}]", tag.replace(']', "\\]")));
            self.out.push_str(&format!("//{}\n", tags.collect::<String>()));
        }
        if !question.name.is_empty() {
            self.out.push_str(&format!("::{}::", escaped(&question.name)));
        }
        self.stem(&question.stem);
        self.out.push_str(" {");
        self.key(&question.key);
        if !question.reason.is_empty() {
            self.out.push_str("\n\t####");
            self.text(&question.reason);
        }
        self.out.push_str("\n}\n");
        true
    }

    /// What stands around a question and has no place in GIFT.
    fn around(&mut self, question: &Question) {
        if question.verdicts != Verdicts::default() {
            self.lose("what is said to every right, partly right or wrong answer has no place in GIFT");
        }
        let Behaviour { hints, .. } = &question.behaviour;
        if !hints.is_empty() {
            self.lose("hints have no place in GIFT");
        }
        if (Behaviour { hints: Vec::new(), ..question.behaviour.clone() }) != Behaviour::default() {
            self.lose(
                "how it is asked (tries, penalty, when feedback comes, certainty) has no place in GIFT",
            );
        }
    }

    fn stem(&mut self, stem: &Text) {
        let formats = [TextFormat::Moodle, TextFormat::Plain, TextFormat::Html];
        let starts_as_comment = stem.source().trim_start().starts_with("//");
        for format in formats {
            if let Some(source) = self.source(stem, format)
                && !(starts_as_comment && format == TextFormat::Moodle)
            {
                if format != TextFormat::Moodle {
                    self.out.push_str(&format!("[{}]", format.name()));
                }
                self.format = format;
                self.out.push_str(&source);
                return;
            }
        }
        self.format = TextFormat::Html;
        self.fallback(stem);
    }

    /// A text after the stem, with a mark where its format is another.
    fn text(&mut self, text: &Text) {
        for format in [self.format, TextFormat::Plain, TextFormat::Html, TextFormat::Moodle] {
            if let Some(source) = self.source(text, format) {
                if format != self.format || source.trim_start().starts_with('[') || source.starts_with('%') {
                    self.out.push_str(&format!("[{}]", format.name()));
                }
                self.out.push_str(&source);
                return;
            }
        }
        self.fallback(text);
    }

    fn fallback(&mut self, text: &Text) {
        self.lose("a text does not come back from GIFT as it is");
        let html = markup::to_html(text, &mut |name| format!("media:{name}"));
        self.out.push_str(&format!("[html]{}", escaped(&html)));
    }

    /// The text as it is written in a format, if it reads the same again.
    fn source(&self, text: &Text, format: TextFormat) -> Option<String> {
        let source = match (text, format) {
            (Text::Plain(words), TextFormat::Plain | TextFormat::Moodle) => words.clone(),
            (Text::Rich { .. }, TextFormat::Plain) | (_, TextFormat::Markdown) => return None,
            _ => without_space_runs(&markup::to_html(text, &mut |name| match (self.media)(name) {
                Some(bytes) => media::data_address(name, &bytes),
                None => format!("media:{name}"),
            })),
        };
        let written = escaped(&source);
        // Trimmed, breaks as they are read: what a reader of the file sees.
        let is_kept = written.trim() == written
            && !written.contains(['\r', '\t', '\u{b}', '\u{c}'])
            && !has_space_run(&written);
        let mut pictures = Pictures::default();
        let back = format.read_with(&source, &mut pictures, &mut Vec::new());
        (is_kept && back == *text).then_some(written)
    }

    fn key(&mut self, key: &QuestionKey) {
        match key {
            QuestionKey::Choices { choices, multiple, keep_order } => {
                if *keep_order {
                    self.lose("the order of the choices is not kept in GIFT");
                }
                self.choices(choices, *multiple);
            }
            QuestionKey::TrueFalse { is_true, reason_true, reason_false } => {
                let (wrong, right) =
                    if *is_true { (reason_false, reason_true) } else { (reason_true, reason_false) };
                self.out.push_str(if *is_true { "TRUE" } else { "FALSE" });
                if !wrong.is_empty() || !right.is_empty() {
                    self.out.push('#');
                    self.text(wrong);
                }
                self.feedback(right);
            }
            QuestionKey::Numeric { accepted, units, unit_required } => {
                if !units.is_empty() || *unit_required {
                    self.lose("units have no place in GIFT");
                }
                self.numbers(accepted);
            }
            QuestionKey::Typed { accepted, rule } => self.typed(accepted, *rule),
            QuestionKey::Matching { pairs, extra, keep_order } => {
                if *keep_order {
                    self.lose("the order of the pairs is not kept in GIFT");
                }
                self.matching(pairs, extra);
            }
            QuestionKey::Open { sample, words_min, words_max } => {
                if !sample.is_empty() {
                    self.lose("a sample answer has no place in GIFT");
                }
                if *words_min > 0 || *words_max > 0 {
                    self.lose("a least or most number of words has no place in GIFT");
                }
            }
            // Left out before.
            QuestionKey::Ordering { .. }
            | QuestionKey::Categorising { .. }
            | QuestionKey::Cloze { .. }
            | QuestionKey::Hotspot { .. }
            | QuestionKey::FlashCard { .. } => {}
        }
    }

    fn feedback(&mut self, reason: &Text) {
        if !reason.is_empty() {
            self.out.push('#');
            self.text(reason);
        }
    }

    fn choices(&mut self, choices: &[ChoiceKey], multiple: bool) {
        let right = choices.iter().filter(|choice| choice.is_right).count();
        for choice in choices {
            self.out.push_str("\n\t");
            if multiple {
                self.out.push('~');
                self.out.push_str(&percent(moodle::share(choice, right)));
            } else {
                self.out.push(if choice.is_right { '=' } else { '~' });
                if let Some(credit) = choice.credit {
                    self.out.push_str(&percent(credit));
                }
            }
            self.text(&choice.text);
            self.feedback(&choice.reason);
        }
    }

    fn typed(&mut self, accepted: &[TypedKey], rule: TextRule) {
        if rule != moodle::TYPING {
            self.lose("how typed answers are compared (capitals, accents, slips) has no place in GIFT");
        }
        for key in accepted {
            self.out.push_str("\n\t=");
            if key.credit != Credit::FULL {
                self.out.push_str(&percent(key.credit));
            }
            self.text(&Text::Plain(moodle::unpattern(&key.text, key.is_pattern)));
            self.feedback(&key.reason);
        }
    }

    fn numbers(&mut self, accepted: &[NumberKey]) {
        self.out.push('#');
        for key in accepted {
            let any = key.range == NumberRange::Any;
            self.out.push_str(if any && key.credit == Credit::NONE { "\n\t~" } else { "\n\t=" });
            if key.credit != Credit::FULL && !(any && key.credit == Credit::NONE) {
                self.out.push_str(&percent(key.credit));
            }
            match key.range {
                NumberRange::Tolerance { value, tolerance } => {
                    self.out.push_str(&format!("{value}:{tolerance}"))
                }
                NumberRange::Share { value, share } => {
                    self.lose("a tolerance that is a share of the value is written as a number");
                    self.out.push_str(&format!("{value}:{}", (value * share).abs()));
                }
                NumberRange::Bounds { low, high } => self.out.push_str(&format!("{low}..{high}")),
                NumberRange::Any => self.out.push('*'),
            }
            self.feedback(&key.reason);
        }
    }

    fn matching(&mut self, pairs: &[PairKey], extra: &[PartKey]) {
        for pair in pairs {
            self.out.push_str("\n\t=");
            self.text(&pair.left);
            self.right_side(&pair.right);
        }
        for part in extra {
            self.out.push_str("\n\t=");
            self.right_side(&part.text);
        }
    }

    fn right_side(&mut self, right: &Text) {
        if matches!(right, Text::Rich { .. }) {
            self.lose("the markup of right sides has no place in GIFT");
        }
        self.out.push_str(" -> ");
        self.out.push_str(&escaped(&right.plain()));
    }
}

/// GIFT takes a run of spaces for one; in HTML a space can be written so that it stays.
fn without_space_runs(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut was_space = false;
    for letter in html.chars() {
        match letter {
            ' ' if was_space => out.push_str("&#32;"),
            '\t' => out.push_str("&#9;"),
            other => out.push(other),
        }
        was_space = letter.is_whitespace();
    }
    out
}

fn has_space_run(text: &str) -> bool {
    let mut was_space = false;
    text.chars().any(|letter| {
        let is_run = was_space && letter.is_whitespace();
        was_space = letter.is_whitespace();
        is_run
    })
}
