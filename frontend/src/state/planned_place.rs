//! Where a question that is being written will be asked: a moment of a clip, kept until the question is saved.

use crate::browser;
use minnow_shared::{ClipId, QuestionId};

fn storage_key(question: &QuestionId) -> String {
    format!("minnow.place.{question}")
}

/// The clip and its moment in milliseconds.
pub fn plan(question: &QuestionId, clip: &ClipId, moment_ms: u32) {
    browser::store(&storage_key(question), &format!("{clip} {moment_ms}"));
}

pub fn of(question: &QuestionId) -> Option<(ClipId, u32)> {
    let text = browser::stored(&storage_key(question))?;
    let (clip, moment_ms) = text.split_once(' ')?;
    Some((ClipId::parse(clip).ok()?, moment_ms.parse().ok()?))
}

pub fn forget(question: &QuestionId) {
    browser::forget(&storage_key(question));
}
