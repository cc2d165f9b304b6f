//! From JSON text to the types of `shared` and back, in little code: everything is parsed into one tree and read from
//! there. serde_json's own reader would be compiled once more for every type, and its reader and writer of numbers
//! bring kilobytes of tables (docs/decisions/0005-programs-by-address.md). Text is in `text`, the way from tree to type in `tree`.

mod text;
mod tree;

use serde::de::DeserializeOwned;
use serde_json::Value;
pub use text::{parse, write_tree};

/// Reads JSON. `None` when it is not JSON or not of this type.
pub fn read<T: DeserializeOwned>(text: &str) -> Option<T> {
    from_value(&parse(text)?)
}

/// Reads a tree that is there already.
pub fn from_value<T: DeserializeOwned>(value: &Value) -> Option<T> {
    T::deserialize(tree::Node(value)).ok()
}

/// Writes JSON; empty for what cannot be written, which no type of ours is.
pub fn write<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_value(value).map(|tree| write_tree(&tree)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use minnow_shared::answer::{AnswerQuestion, Certainty, Response};
    use minnow_shared::draft::{DraftView, MediaState, RefusalReason};
    use minnow_shared::question::{QuestionForm, QuestionKey};
    use minnow_shared::settings::SettingsView;
    use minnow_shared::{AnswerId, ClipId, ErrorCode, ErrorView, QuestionId};
    use serde::Serialize;

    /// What serde_json reads, this reads.
    fn same<T: DeserializeOwned + Serialize + PartialEq + std::fmt::Debug>(value: &T) {
        let text = serde_json::to_string(value).unwrap();
        assert_eq!(read::<T>(&text).as_ref(), Some(value), "{text}");
        assert_eq!(serde_json::from_str::<T>(&write(value)).unwrap(), *value);
    }

    #[test]
    fn every_shape_of_the_contract_reads_as_serde_json_reads_it() {
        same(&SettingsView::default());
        same(&AnswerQuestion {
            answer_id: AnswerId::new(1, [1; 10]),
            clip_id: ClipId::new(2, [2; 10]),
            question_id: QuestionId::new(3, [3; 10]),
            response: Response::Typed { text: "è 3".into() },
            certainty: Some(Certainty::ThinkSo),
            answered_at_ms: -5,
            before: false,
        });
        same(&vec![MediaState::Missing, MediaState::Transcoding { percent: 40 }]);
        same(&MediaState::Refused { reason: RefusalReason::TooLong });
        same(&QuestionKey::Typed { accepted: vec!["a".into()], rule: Default::default() });
        same(&QuestionForm::Typed);
        same(&ErrorView {
            code: ErrorCode::NotReady,
            detail: "x".into(),
            request_id: "y".into(),
            field: None,
            retry_after_ms: Some(7),
            refusal: Some(RefusalReason::Broken),
        });
        same(&0.25f64);
    }

    #[test]
    fn what_a_newer_server_says_is_read_as_far_as_it_is_known() {
        assert_eq!(read::<MediaState>(r#"{"state":"dreaming","of":1}"#), Some(MediaState::Unknown));
        assert_eq!(read::<QuestionForm>(r#"{"kind":"hotspot","image":"x"}"#), Some(QuestionForm::Unknown));
        assert_eq!(
            read::<SettingsView>(r#"{"theme":"dark","shoe_size":43}"#).map(|s| s.captions),
            Some(true)
        );
        assert_eq!(read::<RefusalReason>(r#""new""#), Some(RefusalReason::Unknown));
    }

    #[test]
    fn what_is_not_of_the_type_is_refused() {
        assert_eq!(read::<DraftView>("{}"), None);
        assert_eq!(read::<SettingsView>("[1]"), None);
        assert_eq!(read::<ClipId>(r#""short""#), None);
        assert_eq!(read::<u32>("-1"), None);
        assert_eq!(read::<u8>("300"), None);
    }
}
