//! What a guess rests on, as sentences.

use crate::i18n::{digits, fill, near_day, plural, t_with};
use minnow_shared::interest::{EvidenceKind, EvidenceView};
use yew::AttrValue;

/// "You watched 9 of 10 clips to the end".
pub fn sentence(evidence: &EvidenceView) -> AttrValue {
    let (key, key_of) = match evidence.kind {
        EvidenceKind::Watched => ("interest.watched", "interest.watched_of"),
        EvidenceKind::Liked => ("interest.liked", "interest.liked_of"),
        EvidenceKind::Saved => ("interest.saved", "interest.saved_of"),
        EvidenceKind::Refused => ("interest.refused", "interest.refused_of"),
        EvidenceKind::Answered => ("interest.answered", "interest.answered_of"),
        EvidenceKind::Wanted => ("interest.wanted", "interest.done_of"),
        EvidenceKind::Unwanted => ("interest.unwanted", "interest.done_of"),
        EvidenceKind::Unknown => ("interest.done", "interest.done_of"),
    };
    // "1 of 1" says no more than "1".
    let is_all = evidence.kind == EvidenceKind::Watched && evidence.of == Some(evidence.count);
    match evidence.of.filter(|of| *of > 0 && !is_all) {
        Some(of) => {
            let said = plural(key_of, u64::from(of)).to_string();
            fill(said, &[("some", &digits(u64::from(evidence.count)))]).into()
        }
        None => plural(key, u64::from(evidence.count)),
    }
}

/// "Last: “Why the sky is blue”, yesterday".
pub fn when(evidence: &EvidenceView) -> AttrValue {
    let day = near_day(evidence.last_ms);
    match &evidence.clip_title {
        Some(title) => t_with("interest.last_clip", &[("title", title), ("day", &day)]),
        None => t_with("interest.last", &[("day", &day)]),
    }
}
