//! Keys: the kinds of question there are, and for each what is right and what to say to each answer. A key stays on the
//! server until the question is answered. Grading lives in `grading`, what a learner sees in `form`.

use super::{Credit, Text};
use crate::ChoiceId;
use serde::{Deserialize, Deserializer};

wire! {
    /// The kind of a question, with its key.
    #[serde(tag = "kind", rename_all = "snake_case")]
    pub enum QuestionKey {
        /// Some of these are right: one, or where `multiple` any number.
        Choices {
            choices: Vec<ChoiceKey>,
            /// Any number may be taken.
            #[serde(default)]
            multiple: bool,
            /// Shown in this order; otherwise each learner gets an order of their own.
            #[serde(default)]
            keep_order: bool,
        },
        /// A sentence that is true or not.
        TrueFalse {
            is_true: bool,
            /// Said to who takes it for true, and to who takes it for false.
            #[serde(default)]
            reason_true: Text,
            #[serde(default)]
            reason_false: Text,
        },
        /// A number, with its tolerance and perhaps a unit.
        Numeric {
            accepted: Vec<NumberKey>,
            /// Units a learner may write after the number; the first is the one values are in.
            #[serde(default)]
            units: Vec<UnitKey>,
            /// A number without a unit is not enough.
            #[serde(default)]
            unit_required: bool,
        },
        /// A short typed answer. Any of these counts; the first with full credit is the one shown.
        Typed {
            accepted: Vec<TypedKey>,
            #[serde(default)]
            rule: TextRule,
        },
        /// Each left side belongs to a right side.
        Matching {
            pairs: Vec<PairKey>,
            /// Right sides that belong to nothing.
            #[serde(default)]
            extra: Vec<PartKey>,
            #[serde(default)]
            keep_order: bool,
        },
        /// To be brought into this order.
        Ordering { items: Vec<PartKey> },
        /// Each item belongs into one or more of the categories.
        Categorising {
            categories: Vec<PartKey>,
            items: Vec<SortedKey>,
            #[serde(default)]
            keep_order: bool,
        },
        /// A text with gaps: `[[1]]` stands where the first is.
        Cloze {
            body: Text,
            gaps: Vec<GapKey>,
            /// Words that can be dragged (or taken) into gaps.
            #[serde(default)]
            bank: Vec<PartKey>,
        },
        /// Places on a picture.
        Hotspot {
            picture: Picture,
            spots: Vec<SpotKey>,
            /// How many places are asked for.
            places: u8,
        },
        /// Two sides; the learner says how well it was remembered.
        FlashCard { back: Text },
        /// An answer of some sentences, for peers to read.
        Open {
            /// An answer as it might be; may be empty.
            #[serde(default)]
            sample: Text,
            /// 0: no least.
            #[serde(default)]
            words_min: u16,
            /// 0: no most.
            #[serde(default)]
            words_max: u16,
        },
    }

    /// A choice, with what it is worth.
    pub struct ChoiceKey {
        #[serde(default)]
        pub id: Option<ChoiceId>,
        pub text: Text,
        pub is_right: bool,
        /// What taking it is worth; none: full (shared by all right ones where several may be taken) or nothing.
        #[serde(default)]
        pub credit: Option<Credit>,
        /// What is fair about a wrong choice, and what is not; may be empty.
        #[serde(default)]
        pub reason: Text,
    }

    /// A part that carries only its words: an item, a category, a word of a bank.
    #[derive(Default)]
    pub struct PartKey {
        #[serde(default)]
        pub id: Option<ChoiceId>,
        pub text: Text,
    }

    /// A left side and the right side that belongs to it.
    pub struct PairKey {
        #[serde(default)]
        pub id: Option<ChoiceId>,
        pub left: Text,
        #[serde(default)]
        pub right_id: Option<ChoiceId>,
        pub right: Text,
    }

    /// An item and the categories it belongs into.
    pub struct SortedKey {
        #[serde(default)]
        pub id: Option<ChoiceId>,
        pub text: Text,
        /// Places in the list of categories, from 0.
        pub categories: Vec<u16>,
    }

    /// A number that counts.
    pub struct NumberKey {
        pub range: NumberRange,
        #[serde(default = "full")]
        pub credit: Credit,
        #[serde(default)]
        pub reason: Text,
    }

    /// Which numbers count.
    #[derive(Copy)]
    #[serde(tag = "within", rename_all = "snake_case")]
    pub enum NumberRange {
        /// From `value - tolerance` to `value + tolerance`.
        Tolerance { value: f64, tolerance: f64 },
        /// As before, the tolerance a share of the value: 0.05 is five per cent.
        Share { value: f64, share: f64 },
        Bounds { low: f64, high: f64 },
        /// Any number: for what is said to every other answer.
        Any,
    }

    /// A unit and how many of it one of the first unit is: for `m` first, `cm` has 100.
    pub struct UnitKey {
        pub text: String,
        pub per_first: f64,
    }

    /// How typed answers are compared.
    #[derive(Copy, Eq, Hash)]
    pub struct TextRule {
        /// Capitals matter.
        #[serde(default)]
        pub case: bool,
        /// Accents matter.
        #[serde(default)]
        pub accents: bool,
        /// One slip is forgiven in words of five letters and more.
        #[serde(default = "yes")]
        pub typos: bool,
    }

    /// A place on the picture.
    pub struct SpotKey {
        pub shape: Shape,
        pub is_right: bool,
        #[serde(default)]
        pub reason: Text,
    }

    /// In ten-thousandths of the picture's width and height, from its upper left corner.
    #[serde(tag = "shape", rename_all = "snake_case")]
    pub enum Shape {
        Rectangle { left: u16, top: u16, right: u16, bottom: u16 },
        Ellipse { x: u16, y: u16, radius_x: u16, radius_y: u16 },
        Polygon { corners: Vec<Point> },
    }

    /// In ten-thousandths of the picture's width and height.
    #[derive(Copy, Eq, Hash)]
    pub struct Point {
        pub x: u16,
        pub y: u16,
    }

    /// A picture of a question, by the name it is kept under.
    pub struct Picture {
        /// `media:NAME`.
        pub source: String,
        pub alt: String,
        /// In pixels; 0: not known.
        #[serde(default)]
        pub width: u32,
        #[serde(default)]
        pub height: u32,
    }
}

/// A typed answer that counts. On the wire a bare string is one with full credit.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TypedKey {
    pub text: String,
    pub credit: Credit,
    pub reason: Text,
    /// `*` stands for any run of letters, none included; `\*` for a star.
    pub is_pattern: bool,
}

impl From<&str> for TypedKey {
    fn from(text: &str) -> Self {
        Self { text: text.to_owned(), credit: Credit::FULL, reason: Text::default(), is_pattern: false }
    }
}

impl<'de> Deserialize<'de> for TypedKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Wire {
            Text(String),
            Whole {
                text: String,
                #[serde(default = "full")]
                credit: Credit,
                #[serde(default)]
                reason: Text,
                #[serde(default)]
                is_pattern: bool,
            },
        }
        Ok(match Wire::deserialize(deserializer)? {
            Wire::Text(text) => Self::from(text.as_str()),
            Wire::Whole { text, credit, reason, is_pattern } => Self { text, credit, reason, is_pattern },
        })
    }
}

wire! {
    /// A gap of a text, with its key.
    pub struct GapKey {
        pub fill: Fill,
        /// How much it counts beside the other gaps, 1 to 100.
        #[serde(default = "one")]
        pub weight: u8,
    }

    /// How a gap is filled.
    #[serde(tag = "by", rename_all = "snake_case")]
    pub enum Fill {
        Typing {
            accepted: Vec<TypedKey>,
            #[serde(default)]
            rule: TextRule,
        },
        Number { accepted: Vec<NumberKey> },
        /// A list that drops down.
        Choosing {
            choices: Vec<ChoiceKey>,
            #[serde(default)]
            keep_order: bool,
        },
        /// A word of the bank: those at these places, from 0, are right.
        Dragging { right: Vec<u16> },
    }
}

impl Default for TextRule {
    fn default() -> Self {
        Self { case: false, accents: false, typos: true }
    }
}

const fn full() -> Credit {
    Credit::FULL
}

const fn yes() -> bool {
    true
}

const fn one() -> u8 {
    1
}

impl ChoiceKey {
    /// A choice that is right or wrong, with nothing more to say.
    pub fn plain(text: impl Into<Text>, is_right: bool) -> Self {
        Self { id: None, text: text.into(), is_right, credit: None, reason: Text::default() }
    }
}

impl QuestionKey {
    /// The name of the kind, as the wire has it.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Choices { .. } => "choices",
            Self::TrueFalse { .. } => "true_false",
            Self::Numeric { .. } => "numeric",
            Self::Typed { .. } => "typed",
            Self::Matching { .. } => "matching",
            Self::Ordering { .. } => "ordering",
            Self::Categorising { .. } => "categorising",
            Self::Cloze { .. } => "cloze",
            Self::Hotspot { .. } => "hotspot",
            Self::FlashCard { .. } => "flash_card",
            Self::Open { .. } => "open",
        }
    }

    /// Every place an id belongs, in the order of the parts.
    fn ids(&mut self) -> Vec<&mut Option<ChoiceId>> {
        match self {
            Self::Choices { choices, .. } => choices.iter_mut().map(|c| &mut c.id).collect(),
            Self::Matching { pairs, extra, .. } => pairs
                .iter_mut()
                .flat_map(|pair| [&mut pair.id, &mut pair.right_id])
                .chain(extra.iter_mut().map(|part| &mut part.id))
                .collect(),
            Self::Ordering { items } => items.iter_mut().map(|part| &mut part.id).collect(),
            Self::Categorising { categories, items, .. } => categories
                .iter_mut()
                .map(|part| &mut part.id)
                .chain(items.iter_mut().map(|item| &mut item.id))
                .collect(),
            Self::Cloze { gaps, bank, .. } => gaps
                .iter_mut()
                .flat_map(|gap| match &mut gap.fill {
                    Fill::Choosing { choices, .. } => choices.iter_mut().map(|c| &mut c.id).collect(),
                    Fill::Typing { .. } | Fill::Number { .. } | Fill::Dragging { .. } => Vec::new(),
                })
                .chain(bank.iter_mut().map(|part| &mut part.id))
                .collect(),
            Self::TrueFalse { .. }
            | Self::Numeric { .. }
            | Self::Typed { .. }
            | Self::Hotspot { .. }
            | Self::FlashCard { .. }
            | Self::Open { .. } => Vec::new(),
        }
    }

    /// Gives every part without an id one from `next`. A part that has one keeps it, and with it its answers.
    pub fn fill_ids(&mut self, mut next: impl FnMut() -> ChoiceId) {
        for id in self.ids() {
            id.get_or_insert_with(&mut next);
        }
    }

    /// Takes the second of two equal ids away: a part that was copied is a part of its own.
    pub fn keep_ids_once(&mut self) {
        let mut taken: Vec<ChoiceId> = Vec::new();
        for id in self.ids() {
            match id {
                Some(one) if taken.contains(one) => *id = None,
                Some(one) => taken.push(one.clone()),
                None => {}
            }
        }
    }

    /// Takes every id away: the parts of a copy are its own.
    pub fn drop_ids(&mut self) {
        for id in self.ids() {
            *id = None;
        }
    }
}
