//! What our questions have and QTI has no word for. It travels in an outcome of the item that nothing marks by, so that
//! an item stays valid for everybody and comes back to us whole.

use minnow_shared::question::{Behaviour, Shape, TextRule, UnitKey};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The outcome's identifier.
pub const OUTCOME: &str = "MINNOW";

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Extras {
    /// Where a title cannot say it letter by letter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub source_id: String,
    /// Of an item outside a package.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub category: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub behaviour: Option<Behaviour>,
    /// How typed answers are compared, by the response's identifier.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub rules: BTreeMap<String, TextRule>,
    /// Markup of words in lists and banks, which take none there, by their identifiers.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub words: BTreeMap<String, String>,
    /// What each gap counts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub weights: Vec<u8>,
    /// Where accepted answers stood before the best went first, by the response's identifier.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub places: BTreeMap<String, Vec<usize>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub units: Vec<UnitKey>,
    #[serde(skip_serializing_if = "is_false")]
    pub unit_required: bool,
    /// Shapes to the ten-thousandth, where pixels are too coarse.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub shapes: Vec<Shape>,
    /// The picture's size was not known.
    #[serde(skip_serializing_if = "is_false")]
    pub unsized_picture: bool,
    /// The least and the most words of an open answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub length: Option<(u16, u16)>,
    /// The open answer is a card's back.
    #[serde(skip_serializing_if = "is_false")]
    pub is_card: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
fn is_false(value: &bool) -> bool {
    !value
}
