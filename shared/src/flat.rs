//! Kinds of answers and questions, read field by field. Serde's own way with a tag inside an object keeps all fields aside until
//! it knows the tag, which costs the feed's program more than everything else it reads; writing is serde's.

use crate::{
    ChoiceId,
    answer::{Filled, Pair, Recall, Response},
    question::{ChoiceView, Point, QuestionForm},
};
use serde::{Deserialize, Deserializer, de::Error};

#[derive(Deserialize)]
struct FlatResponse {
    kind: String,
    choice_id: Option<ChoiceId>,
    choice_ids: Option<Vec<ChoiceId>>,
    is_true: Option<bool>,
    text: Option<String>,
    pairs: Option<Vec<Pair>>,
    item_ids: Option<Vec<ChoiceId>>,
    filled: Option<Vec<Filled>>,
    points: Option<Vec<Point>>,
    recall: Option<Recall>,
}

impl FlatResponse {
    /// `None` for a kind that is none, or one that lacks its field.
    fn response(self) -> Option<Response> {
        Some(match self.kind.as_str() {
            "choice" => Response::Choice { choice_id: self.choice_id? },
            "choices" => Response::Choices { choice_ids: self.choice_ids? },
            "true_false" => Response::TrueFalse { is_true: self.is_true? },
            "number" => Response::Number { text: self.text? },
            "typed" => Response::Typed { text: self.text? },
            "pairs" => Response::Pairs { pairs: self.pairs? },
            "order" => Response::Order { item_ids: self.item_ids? },
            "gaps" => Response::Gaps { filled: self.filled? },
            "points" => Response::Points { points: self.points? },
            "recall" => Response::Recall { recall: self.recall? },
            "open" => Response::Open { text: self.text? },
            "dont_know" => Response::DontKnow,
            _ => return None,
        })
    }
}

impl<'de> Deserialize<'de> for Response {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        FlatResponse::deserialize(deserializer)?
            .response()
            .ok_or_else(|| D::Error::custom("no answer of a kind there is, with its field"))
    }
}

#[derive(Deserialize)]
struct FlatForm {
    kind: String,
    choices: Option<Vec<ChoiceView>>,
}

impl<'de> Deserialize<'de> for QuestionForm {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let form = FlatForm::deserialize(deserializer)?;
        Ok(match (form.kind.as_str(), form.choices) {
            ("choices", Some(choices)) => Self::Choices { choices },
            ("typed", _) => Self::Typed,
            _ => Self::Unknown,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: u8) -> ChoiceId {
        ChoiceId::new(1, [n; 10])
    }

    #[test]
    fn every_kind_of_answer_reads_back_as_it_was_written() {
        let all = [
            Response::Choice { choice_id: id(1) },
            Response::Choices { choice_ids: vec![id(1), id(2)] },
            Response::TrueFalse { is_true: true },
            Response::Number { text: "5 cm".into() },
            Response::Typed { text: "bar".into() },
            Response::Pairs { pairs: vec![Pair { left_id: id(1), right_id: id(2) }] },
            Response::Order { item_ids: vec![id(2)] },
            Response::Gaps {
                filled: vec![Filled::default(), Filled { text: "x".into(), choice_id: Some(id(3)) }],
            },
            Response::Points { points: vec![Point { x: 500, y: 250 }] },
            Response::Recall { recall: Recall::Hard },
            Response::Open { text: "Because.".into() },
            Response::DontKnow,
        ];
        for response in all {
            let text = serde_json::to_string(&response).unwrap();
            assert_eq!(serde_json::from_str::<Response>(&text).unwrap(), response, "{text}");
        }
        for text in [r#"{"kind":"choice"}"#, r#"{"kind":"no_such"}"#, r#"{"choice_id":"x"}"#, "[]", "null"] {
            assert!(serde_json::from_str::<Response>(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_form_that_is_not_known_reads_as_unknown() {
        let choices = vec![ChoiceView { id: id(1), text: "a".into() }];
        for form in [QuestionForm::Choices { choices }, QuestionForm::Typed, QuestionForm::Unknown] {
            let text = serde_json::to_string(&form).unwrap();
            assert_eq!(serde_json::from_str::<QuestionForm>(&text).unwrap(), form, "{text}");
        }
        let newer = r#"{"kind":"sung","choices":3}"#;
        assert!(serde_json::from_str::<QuestionForm>(newer).is_err(), "choices are choices in every kind");
        assert_eq!(
            serde_json::from_str::<QuestionForm>(r#"{"kind":"sung"}"#).unwrap(),
            QuestionForm::Unknown
        );
    }
}
