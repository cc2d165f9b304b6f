//! What the learner has chosen so far, and when that is an answer. Pure.

use minnow_shared::answer::{Filled, Pair, Response};
use minnow_shared::question::{Form, PartView, Point};
use minnow_shared::{ChoiceId, limit};

/// One for all kinds: what a kind does not use stays empty.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// Choices taken, or the order of the items.
    pub taken: Vec<ChoiceId>,
    pub is_true: Option<bool>,
    /// Words typed.
    pub text: String,
    /// The unit that was chosen for a number.
    pub unit: String,
    /// Lefts with rights, items with categories.
    pub pairs: Vec<Pair>,
    pub filled: Vec<Filled>,
    pub points: Vec<Point>,
    /// The card lies on its back.
    pub is_turned: bool,
    /// The part in hand: taken by a tap, put down by another.
    pub held: Option<Held>,
    /// Where the next place would be marked without pointing; the corner until it is moved.
    pub cursor: Point,
    /// What readers hear of the last step.
    pub said: String,
    /// The element that has the focus next.
    pub focus: Option<String>,
}

impl Default for Draft {
    fn default() -> Self {
        Self {
            taken: Vec::new(),
            is_true: None,
            text: String::new(),
            unit: String::new(),
            pairs: Vec::new(),
            filled: Vec::new(),
            points: Vec::new(),
            is_turned: false,
            held: None,
            cursor: Point { x: 0, y: 0 },
            said: String::new(),
            focus: None,
        }
    }
}

/// A part in hand, and where it was taken from (an id, a gap): `None` for the bank.
#[derive(Debug, Clone, PartialEq)]
pub struct Held {
    pub part: ChoiceId,
    pub from: Option<String>,
}

impl Draft {
    /// Nothing chosen; items to be ordered lie as they are shown.
    pub fn of(form: &Form) -> Self {
        let mut draft = Self::default();
        match form {
            Form::Ordering { items } => draft.taken = items.iter().map(|item| item.id.clone()).collect(),
            Form::Cloze { gaps, .. } => draft.filled = vec![Filled::default(); gaps.len()],
            _ => {}
        }
        draft
    }

    /// The response, once there is one.
    pub fn response(&self, form: &Form) -> Option<Response> {
        let text = self.text.trim();
        match form {
            Form::Choices { multiple: false, .. } => {
                self.taken.first().cloned().map(|choice_id| Response::Choice { choice_id })
            }
            Form::Choices { .. } => some(&self.taken).map(|choice_ids| Response::Choices { choice_ids }),
            Form::TrueFalse => self.is_true.map(|is_true| Response::TrueFalse { is_true }),
            Form::Numeric { .. } => {
                let whole = format!("{text} {}", self.unit);
                (!text.is_empty()).then(|| Response::Number { text: cut(whole.trim(), limit::TYPED_ANSWER) })
            }
            Form::Typed => {
                (!text.is_empty()).then(|| Response::Typed { text: cut(text, limit::TYPED_ANSWER) })
            }
            Form::Matching { .. } | Form::Categorising { .. } => {
                some(&self.pairs).map(|pairs| Response::Pairs { pairs })
            }
            Form::Ordering { .. } => some(&self.taken).map(|item_ids| Response::Order { item_ids }),
            Form::Cloze { .. } => {
                let is_begun = |gap: &Filled| gap.choice_id.is_some() || !gap.text.trim().is_empty();
                self.filled.iter().any(is_begun).then(|| Response::Gaps { filled: self.filled.clone() })
            }
            Form::Hotspot { .. } => some(&self.points).map(|points| Response::Points { points }),
            Form::Open { words_min, .. } => {
                let enough = words(text) >= usize::from((*words_min).max(1));
                enough.then(|| Response::Open { text: cut(text, limit::OPEN_ANSWER) })
            }
            // A card is answered by saying how well it was remembered.
            Form::FlashCard { .. } | Form::Unknown => None,
        }
    }

    /// Takes a choice, or gives it back.
    pub fn choose(&mut self, choice: &ChoiceId, multiple: bool) {
        if !multiple {
            self.taken = vec![choice.clone()];
        } else if let Some(place) = self.taken.iter().position(|taken| taken == choice) {
            self.taken.remove(place);
        } else {
            self.taken.push(choice.clone());
        }
    }
}

/// How many words a text has.
pub fn words(text: &str) -> usize {
    text.split_whitespace().count()
}

fn some<T: Clone>(parts: &[T]) -> Option<Vec<T>> {
    (!parts.is_empty()).then(|| parts.to_vec())
}

fn cut(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}

/// `A`, `B`, … for the place of a choice.
pub fn letter(place: usize) -> char {
    u8::try_from(place).ok().filter(|n| *n < 26).map_or('·', |n| char::from(b'A' + n))
}

/// The place, from 0, that a key names: 1-9 or A-Z.
pub fn place_of_key(key: &str) -> Option<usize> {
    let mut letters = key.chars();
    let (first, None) = (letters.next()?.to_ascii_uppercase(), letters.next()) else { return None };
    match first {
        '1'..='9' => Some(first as usize - '1' as usize),
        'A'..='Z' => Some(first as usize - 'A' as usize),
        _ => None,
    }
}

/// The choice that a key names.
pub fn choice_of_key<'a>(choices: &'a [PartView], key: &str) -> Option<&'a ChoiceId> {
    choices.get(place_of_key(key)?).map(|choice| &choice.id)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: u8) -> ChoiceId {
        ChoiceId::new(0, [n; 10])
    }

    fn parts(count: u8) -> Vec<PartView> {
        (0..count).map(|n| PartView { id: id(n), text: n.to_string().into() }).collect()
    }

    #[test]
    fn one_choice_replaces_the_other_and_several_are_taken_and_given_back() {
        let mut draft = Draft::default();
        draft.choose(&id(1), false);
        draft.choose(&id(2), false);
        assert_eq!(draft.taken, [id(2)]);
        draft.choose(&id(1), true);
        draft.choose(&id(2), true);
        assert_eq!(draft.taken, [id(1)]);
        let form = Form::Choices { choices: parts(3), multiple: true };
        assert_eq!(draft.response(&form), Some(Response::Choices { choice_ids: vec![id(1)] }));
    }

    #[test]
    fn a_number_takes_its_unit_along() {
        let form = Form::Numeric { units: vec!["m".into()] };
        let mut draft = Draft { text: " 9,81 ".into(), unit: "m/s²".into(), ..Draft::default() };
        assert_eq!(draft.response(&form), Some(Response::Number { text: "9,81 m/s²".into() }));
        draft.unit.clear();
        assert_eq!(draft.response(&form), Some(Response::Number { text: "9,81".into() }));
        draft.text = " ".into();
        assert_eq!(draft.response(&form), None, "a unit alone is no number");
    }

    #[test]
    fn nothing_chosen_is_no_answer_but_an_order_is_one() {
        let forms = [
            Form::Choices { choices: parts(2), multiple: true },
            Form::TrueFalse,
            Form::Typed,
            Form::Matching { left: parts(2), right: parts(2) },
            Form::Cloze { body: "[[1]]".into(), gaps: vec![], bank: vec![] },
            Form::FlashCard { back: "x".into() },
            Form::Open { words_min: 0, words_max: 0 },
            Form::Unknown,
        ];
        for form in forms {
            assert_eq!(Draft::of(&form).response(&form), None, "{form:?}");
        }
        let form = Form::Ordering { items: parts(2) };
        let ordered = Response::Order { item_ids: vec![id(0), id(1)] };
        assert_eq!(Draft::of(&form).response(&form), Some(ordered));
    }

    #[test]
    fn an_open_answer_needs_its_words() {
        let form = Form::Open { words_min: 3, words_max: 0 };
        let mut draft = Draft { text: "only two".into(), ..Draft::default() };
        assert_eq!(draft.response(&form), None);
        draft.text.push_str(" now three");
        assert!(draft.response(&form).is_some());
    }

    #[test]
    fn digits_and_letters_name_choices_and_nothing_past_the_last() {
        let choices = parts(3);
        assert_eq!(choice_of_key(&choices, "1"), Some(&id(0)));
        assert_eq!(choice_of_key(&choices, "c"), Some(&id(2)));
        for key in ["4", "D", "Enter", "0", "é", ""] {
            assert_eq!(choice_of_key(&choices, key), None, "{key}");
        }
    }
}
