//! What the learner has chosen so far, and when that is an answer. Pure.

use minnow_shared::answer::{AnswerView, Certainty, Response};
use minnow_shared::question::{QuestionForm, QuestionView};
use minnow_shared::{ChoiceId, limit};

/// How far the sheet has come.
#[derive(Debug, Clone, PartialEq)]
pub enum Stage {
    /// The learner thinks.
    Open,
    /// On its way to the server.
    Sending,
    /// Kept here until there is a network.
    Kept,
    /// The server will not take it: the text says why.
    Refused(String),
    Graded(Box<AnswerView>),
}

#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    pub choice: Option<ChoiceId>,
    pub text: String,
    pub stage: Stage,
    /// Set when the learner answered.
    pub given: Option<Response>,
}

impl Default for Draft {
    fn default() -> Self {
        Self { choice: None, text: String::new(), stage: Stage::Open, given: None }
    }
}

impl Draft {
    /// The response, once there is one.
    pub fn response(&self, form: &QuestionForm) -> Option<Response> {
        match form {
            QuestionForm::Choices { .. } => {
                self.choice.clone().map(|choice_id| Response::Choice { choice_id })
            }
            QuestionForm::Typed => {
                let text = self.text.trim();
                (!text.is_empty()).then(|| Response::Typed { text: cut(text) })
            }
            QuestionForm::Unknown => None,
        }
    }
}

fn cut(text: &str) -> String {
    text.chars().take(limit::TYPED_ANSWER).collect()
}

/// `A`, `B`, … for the place of a choice.
pub fn letter(place: usize) -> char {
    u8::try_from(place).ok().filter(|n| *n < 26).map_or('·', |n| char::from(b'A' + n))
}

/// The choice that a key names: 1-6 or A-F.
pub fn choice_of_key<'a>(question: &'a QuestionView, key: &str) -> Option<&'a ChoiceId> {
    let QuestionForm::Choices { choices } = &question.form else { return None };
    let mut letters = key.chars();
    let (first, None) = (letters.next()?.to_ascii_uppercase(), letters.next()) else { return None };
    let place = match first {
        '1'..='9' => first as usize - '1' as usize,
        'A'..='Z' => first as usize - 'A' as usize,
        _ => return None,
    };
    choices.get(place).map(|choice| &choice.id)
}

/// In the order of the buttons.
pub const CERTAINTIES: [(Certainty, &str); 3] = [
    (Certainty::Guess, "question.guess"),
    (Certainty::ThinkSo, "question.think_so"),
    (Certainty::Sure, "question.sure"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use minnow_shared::{QuestionId, question::ChoiceView};

    fn choice(n: u8) -> ChoiceView {
        ChoiceView { id: ChoiceId::new(0, [n; 10]), text: n.to_string() }
    }

    fn question() -> QuestionView {
        QuestionView {
            id: QuestionId::new(1, [0; 10]),
            moment_ms: 0,
            stem: "?".into(),
            form: QuestionForm::Choices { choices: vec![choice(1), choice(2), choice(3)] },
            answered: false,
        }
    }

    #[test]
    fn digits_and_letters_name_choices_and_nothing_past_the_last() {
        let question = question();
        let chosen = |key| choice_of_key(&question, key).cloned();
        assert_eq!(chosen("1"), Some(choice(1).id));
        assert_eq!(chosen("b"), Some(choice(2).id));
        for key in ["4", "D", "Enter", "0", "é", ""] {
            assert_eq!(chosen(key), None, "{key}");
        }
    }

    #[test]
    fn blank_text_is_no_answer_and_long_text_is_cut_to_what_the_server_takes() {
        let mut draft = Draft { text: "  ".into(), ..Draft::default() };
        assert_eq!(draft.response(&QuestionForm::Typed), None);
        draft.text = "x".repeat(limit::TYPED_ANSWER + 5);
        let expected = Response::Typed { text: "x".repeat(limit::TYPED_ANSWER) };
        assert_eq!(draft.response(&QuestionForm::Typed), Some(expected));
    }

    #[test]
    fn a_question_of_an_unknown_kind_cannot_be_answered() {
        let draft = Draft { text: "x".into(), choice: Some(choice(1).id), ..Draft::default() };
        assert_eq!(draft.response(&QuestionForm::Unknown), None);
    }

    #[test]
    fn choices_are_lettered() {
        assert_eq!([letter(0), letter(5), letter(40)], ['A', 'F', '·']);
    }
}
