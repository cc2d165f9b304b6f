//! What a GIFT file says, item by item, before questions are made of it; and its form as JSON.

use crate::formatted::TextFormat;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json};

/// A text with its format, escapes read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Formatted {
    pub format: TextFormat,
    pub text: String,
}

/// An item of a file: a question, a description, a category.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// Where it begins, from 1.
    pub line: u32,
    /// From a comment `[id:…]` before it.
    pub id: Option<String>,
    /// From comments `[tag:…]` before it.
    pub tags: Vec<String>,
    /// As it stands between its marks, escapes read; of a category, its path as it stands in the file.
    pub title: Option<String>,
    /// With `_____` where the answers stand in the middle.
    pub stem: Formatted,
    pub has_embedded_answers: bool,
    pub global_feedback: Option<Formatted>,
    pub kind: Kind,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    Category,
    Description,
    MultipleChoice(Vec<Choice>),
    Short(Vec<Choice>),
    TrueFalse {
        is_true: bool,
        /// The first that is said.
        said_to_wrong: Option<Formatted>,
        /// The second.
        said_to_right: Option<Formatted>,
    },
    /// One number without a mark.
    Number(Number),
    Numbers(Vec<NumberChoice>),
    Matching(Vec<Match>),
    Essay,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    pub line: u32,
    pub is_correct: bool,
    /// In per cent.
    pub weight: Option<f64>,
    pub text: Formatted,
    pub feedback: Option<Formatted>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Number {
    Simple(f64),
    Range { number: f64, range: f64 },
    Bounds { low: f64, high: f64 },
}

#[derive(Debug, Clone, PartialEq)]
pub struct NumberChoice {
    pub is_correct: bool,
    pub weight: Option<f64>,
    /// `None`: any number.
    pub number: Option<Number>,
    pub feedback: Option<Formatted>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    pub left: Formatted,
    pub right: String,
}

fn number(value: f64) -> Value {
    // Whole numbers are written without a point, as everybody else does.
    if value.fract() == 0.0 && value.abs() < 9e15 { json!(value as i64) } else { json!(value) }
}

impl Formatted {
    fn json(&self) -> Value {
        json!({ "format": self.format.name(), "text": self.text })
    }
}

fn optional(text: Option<&Formatted>) -> Value {
    text.map_or(Value::Null, Formatted::json)
}

impl Number {
    fn json(self) -> Value {
        match self {
            Self::Simple(value) => json!({ "type": "simple", "number": number(value) }),
            Self::Range { number: value, range } => {
                json!({ "type": "range", "number": number(value), "range": number(range) })
            }
            Self::Bounds { low, high } => {
                json!({ "type": "high-low", "numberHigh": number(high), "numberLow": number(low) })
            }
        }
    }
}

fn choice_json(is_correct: bool, weight: Option<f64>, text: Value, feedback: Option<&Formatted>) -> Value {
    json!({
        "isCorrect": is_correct,
        "weight": weight.map_or(Value::Null, number),
        "text": text,
        "feedback": optional(feedback),
    })
}

fn choices_json(choices: &[Choice]) -> Value {
    let one = |c: &Choice| choice_json(c.is_correct, c.weight, c.text.json(), c.feedback.as_ref());
    choices.iter().map(one).collect()
}

impl Item {
    /// The item as other readers of GIFT write it in JSON.
    pub fn json(&self) -> Value {
        if self.kind == Kind::Category {
            return json!({ "type": "Category", "title": self.title });
        }
        let mut out = Map::new();
        let mut put = |name: &str, value: Value| {
            out.insert(name.to_owned(), value);
        };
        put("id", json!(self.id));
        put("tags", if self.tags.is_empty() { Value::Null } else { json!(self.tags) });
        put("title", json!(self.title));
        put("stem", self.stem.json());
        put("hasEmbeddedAnswers", json!(self.has_embedded_answers));
        if self.kind != Kind::Description {
            put("globalFeedback", optional(self.global_feedback.as_ref()));
        }
        let name = match &self.kind {
            Kind::Category | Kind::Description => "Description",
            Kind::Essay => "Essay",
            Kind::MultipleChoice(choices) => {
                put("choices", choices_json(choices));
                "MC"
            }
            Kind::Short(choices) => {
                put("choices", choices_json(choices));
                "Short"
            }
            Kind::TrueFalse { is_true, said_to_wrong, said_to_right } => {
                put("isTrue", json!(is_true));
                // The names other readers gave to the first and the second, whichever answer is the wrong one.
                put("trueFeedback", optional(said_to_wrong.as_ref()));
                put("falseFeedback", optional(said_to_right.as_ref()));
                "TF"
            }
            Kind::Number(value) => {
                put("choices", value.json());
                "Numerical"
            }
            Kind::Numbers(choices) => {
                let any = || json!({ "format": self.stem.format.name(), "text": "*" });
                let one = |c: &NumberChoice| {
                    let text = c.number.map_or_else(any, Number::json);
                    choice_json(c.is_correct, c.weight, text, c.feedback.as_ref())
                };
                put("choices", choices.iter().map(one).collect());
                "Numerical"
            }
            Kind::Matching(pairs) => {
                let one = |p: &Match| json!({ "subquestion": p.left.json(), "subanswer": p.right });
                put("matchPairs", pairs.iter().map(one).collect());
                "Matching"
            }
        };
        put("type", json!(name));
        Value::Object(out)
    }
}

impl Serialize for Item {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.json().serialize(serializer)
    }
}
