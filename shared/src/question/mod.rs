//! Questions: what a learner sees, what an author writes, and the key, which never leaves the server before the answer.

mod check;
mod credit;
mod form;
mod key;
mod reading;
mod text;

pub use credit::Credit;
pub use form::{Form, GapView, PartView, shuffled};
pub use key::{
    ChoiceKey, Fill, GapKey, NumberKey, NumberRange, PairKey, PartKey, Picture, Point, QuestionKey, Shape,
    SortedKey, SpotKey, TextRule, TypedKey, UnitKey,
};
pub use reading::reading;
pub use text::{ELEMENTS, MATH_ATTRIBUTES, Piece, Text, VOID_ELEMENTS, attribute, escape, pieces, unescape};

use crate::{ChoiceId, QuestionId};

/// What the feed's own program can ask. Kinds beyond these are asked by the program of what opens over a clip, from a [`Form`]. Read by `flat`.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum QuestionForm {
    /// Exactly one of these is right.
    Choices { choices: Vec<ChoiceView> },
    /// A short typed answer.
    Typed,
    /// A kind the feed does not ask by itself.
    #[serde(other)]
    Unknown,
}

wire! {
    /// A question as a learner sees it before answering: no key.
    pub struct QuestionView {
        pub id: QuestionId,
        /// When the clip pauses for it, in milliseconds.
        pub moment_ms: u32,
        pub stem: String,
        pub form: QuestionForm,
        /// Whether the caller has answered it.
        pub answered: bool,
    }

    pub struct ChoiceView {
        pub id: ChoiceId,
        pub text: String,
    }

    /// A question as its author writes it.
    pub struct QuestionDraft {
        /// `None` for a new one; keeping the id keeps its answers.
        #[serde(default)]
        pub id: Option<QuestionId>,
        pub moment_ms: u32,
        pub stem: String,
        pub key: QuestionKey,
        /// Why the right answer is right: shown after every answer.
        pub reason: String,
    }

    /// A question of a bank, whole: what is asked, the key, what is said to every answer. It belongs to no clip; the
    /// same question can be asked at moments of several.
    pub struct Question {
        /// For its author's eyes; may be empty.
        #[serde(default)]
        pub name: String,
        pub stem: Text,
        pub key: QuestionKey,
        /// Why the right answer is right: shown after every answer.
        #[serde(default)]
        pub reason: Text,
        #[serde(default)]
        pub verdicts: Verdicts,
        #[serde(default)]
        pub behaviour: Behaviour,
        #[serde(default)]
        pub tags: Vec<String>,
        /// Its place in a tree of categories, `/` between the levels; may be empty.
        #[serde(default)]
        pub category: String,
        /// What the system it came from calls it; may be empty.
        #[serde(default)]
        pub source_id: String,
    }

    /// What is said beside the reason, by how right an answer is; each may be empty.
    #[derive(Default)]
    pub struct Verdicts {
        #[serde(default)]
        pub right: Text,
        #[serde(default)]
        pub partly: Text,
        #[serde(default)]
        pub wrong: Text,
    }

    /// How a question is asked, whatever its kind.
    pub struct Behaviour {
        #[serde(default)]
        pub feedback: Feedback,
        /// How often it may be answered before the right answer is shown, 1 to 5.
        #[serde(default = "once")]
        pub tries: u8,
        /// Shown one by one after an answer that was not right.
        #[serde(default)]
        pub hints: Vec<Text>,
        /// What each further try takes off, as a share of the whole.
        #[serde(default)]
        pub penalty: Credit,
        /// Asks how sure the learner is.
        #[serde(default = "yes")]
        pub certainty: bool,
    }

    #[derive(Copy, Default, Eq, Hash)]
    #[serde(rename_all = "snake_case")]
    pub enum Feedback {
        /// The right answer and its reason at once.
        #[default]
        Immediate,
        /// After the last question of the set.
        Deferred,
    }
}

impl Default for Behaviour {
    fn default() -> Self {
        Self {
            feedback: Feedback::Immediate,
            tries: 1,
            hints: Vec::new(),
            penalty: Credit::NONE,
            certainty: true,
        }
    }
}

impl Question {
    /// A question with nothing around it.
    pub fn new(stem: impl Into<Text>, key: QuestionKey) -> Self {
        Self {
            name: String::new(),
            stem: stem.into(),
            key,
            reason: Text::default(),
            verdicts: Verdicts::default(),
            behaviour: Behaviour::default(),
            tags: Vec::new(),
            category: String::new(),
            source_id: String::new(),
        }
    }

    /// What it is called in lists: its name, else what it asks.
    pub fn title(&self) -> String {
        if self.name.trim().is_empty() { self.stem.reading() } else { reading(self.name.trim()) }
    }
}

const fn once() -> u8 {
    1
}

const fn yes() -> bool {
    true
}
