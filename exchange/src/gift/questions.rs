//! Makes questions of what a GIFT file says.

use super::syntax::{Choice, Formatted, Item, Kind, Match, Number, NumberChoice};
use super::words::unescaped;
use crate::formatted::TextFormat;
use crate::moodle::{self, TYPING};
use crate::{Loss, Pictures, texts};
use minnow_shared::question::{
    ChoiceKey, Credit, NumberKey, NumberRange, PairKey, PartKey, Question, QuestionKey, Text, TypedKey,
};

/// A title is a line; runs of spaces in it are layout.
fn one_line(title: &str) -> String {
    title.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Collects the questions of a file.
#[derive(Default)]
pub struct Maker {
    pub questions: Vec<Question>,
    pub losses: Vec<Loss>,
    pub pictures: Pictures,
    category: String,
    /// Of the item at hand.
    line: u32,
    lost: Vec<String>,
}

impl Maker {
    pub fn take(&mut self, item: &Item) {
        self.line = item.line;
        if item.kind == Kind::Category {
            self.category = moodle::category(&unescaped(item.title.as_deref().unwrap_or_default()));
            return;
        }
        let stem = self.text(&item.stem);
        let Some(key) = self.key(item) else {
            let label = item.title.clone().unwrap_or_else(|| stem.plain());
            let reason = "a text without a question has no place among questions".to_owned();
            self.losses.push(Loss { line: Some(item.line), item: texts::first_words(&label), reason });
            return;
        };
        let reason = self.optional(item.global_feedback.as_ref());
        let question = Question {
            name: item.title.as_deref().map(one_line).unwrap_or_default(),
            reason,
            tags: item.tags.iter().map(|tag| tag.trim().to_owned()).collect(),
            category: self.category.clone(),
            source_id: item.id.clone().unwrap_or_default(),
            ..Question::new(stem, key)
        };
        let label = texts::label(&question);
        for reason in self.lost.drain(..) {
            self.losses.push(Loss { line: Some(item.line), item: label.clone(), reason });
        }
        texts::admit(question, Some(item.line), &mut self.questions, &mut self.losses);
    }

    fn text(&mut self, source: &Formatted) -> Text {
        source.format.read_with(&source.text, &mut self.pictures, &mut self.lost)
    }

    fn optional(&mut self, source: Option<&Formatted>) -> Text {
        source.map(|source| self.text(source)).unwrap_or_default()
    }

    fn key(&mut self, item: &Item) -> Option<QuestionKey> {
        Some(match &item.kind {
            Kind::Category | Kind::Description => return None,
            Kind::MultipleChoice(choices) => self.choices(choices),
            Kind::Short(choices) => QuestionKey::Typed {
                accepted: choices.iter().map(|choice| self.typed(choice)).collect(),
                rule: TYPING,
            },
            Kind::TrueFalse { is_true, said_to_wrong, said_to_right } => {
                let (wrong, right) =
                    (self.optional(said_to_wrong.as_ref()), self.optional(said_to_right.as_ref()));
                let (reason_true, reason_false) = if *is_true { (right, wrong) } else { (wrong, right) };
                QuestionKey::TrueFalse { is_true: *is_true, reason_true, reason_false }
            }
            Kind::Number(number) => {
                let only =
                    NumberChoice { is_correct: true, weight: None, number: Some(*number), feedback: None };
                self.numeric(&[only])
            }
            Kind::Numbers(choices) => self.numeric(choices),
            Kind::Matching(pairs) => self.matching(pairs),
            Kind::Essay => QuestionKey::Open { sample: Text::default(), words_min: 0, words_max: 0 },
        })
    }

    fn choices(&mut self, choices: &[Choice]) -> QuestionKey {
        let multiple = !choices.iter().any(|choice| choice.is_correct);
        let mut has_right = false;
        let mut keys = Vec::with_capacity(choices.len());
        for choice in choices {
            let credit = choice.weight.map(Credit::from_percent);
            let (is_right, credit) = if multiple {
                let credit = credit.unwrap_or_default();
                (credit > Credit::NONE, Some(credit))
            } else {
                // Of several right answers one may be taken: the first is the one shown.
                let is_right = choice.is_correct && !has_right;
                let also_right = choice.is_correct && has_right;
                has_right = has_right || is_right;
                (is_right, if also_right { credit.or(Some(Credit::FULL)) } else { credit })
            };
            let (text, reason) = (self.text(&choice.text), self.optional(choice.feedback.as_ref()));
            keys.push(ChoiceKey { id: None, text, is_right, credit, reason });
        }
        if multiple {
            moodle::forget_even_shares(&mut keys);
        }
        QuestionKey::Choices { choices: keys, multiple, keep_order: false }
    }

    fn typed(&mut self, choice: &Choice) -> TypedKey {
        let words = self.text(&choice.text).plain();
        let (text, is_pattern) = moodle::pattern(&words);
        let credit = choice.weight.map_or(Credit::FULL, Credit::from_percent);
        TypedKey { text, credit, reason: self.optional(choice.feedback.as_ref()), is_pattern }
    }

    fn numeric(&mut self, choices: &[NumberChoice]) -> QuestionKey {
        let mut accepted = Vec::with_capacity(choices.len());
        for choice in choices {
            let range = match choice.number {
                None => NumberRange::Any,
                Some(Number::Simple(value)) => NumberRange::Tolerance { value, tolerance: 0.0 },
                Some(Number::Range { number: value, range: tolerance }) => {
                    NumberRange::Tolerance { value, tolerance }
                }
                Some(Number::Bounds { low, high }) => NumberRange::Bounds { low, high },
            };
            let full = if choice.is_correct { Credit::FULL } else { Credit::NONE };
            let credit = choice.weight.map_or(full, Credit::from_percent);
            accepted.push(NumberKey { range, credit, reason: self.optional(choice.feedback.as_ref()) });
        }
        QuestionKey::Numeric { accepted, units: Vec::new(), unit_required: false }
    }

    fn matching(&mut self, matches: &[Match]) -> QuestionKey {
        let (mut pairs, mut extra) = (Vec::new(), Vec::new());
        for found in matches {
            let left = self.text(&found.left);
            let right = TextFormat::Plain.read_with(&found.right, &mut self.pictures, &mut self.lost);
            if left.is_empty() {
                extra.push(PartKey { id: None, text: right });
            } else {
                pairs.push(PairKey { id: None, left, right_id: None, right });
            }
        }
        QuestionKey::Matching { pairs, extra, keep_order: false }
    }
}
