//! Checks of questions as authors write them: lengths, counts, and that a question can be answered at all. Every limit
//! is one of `limit`.

use super::{
    ChoiceKey, Fill, GapKey, NumberKey, NumberRange, PairKey, PartKey, Question, QuestionDraft, QuestionKey,
    Shape, SortedKey, SpotKey, Text, TypedKey, UnitKey,
};
use crate::limit::{self, FieldProblem};

type Checked = Result<(), FieldProblem>;

/// The longest texts and the most parts of a key.
struct Limits {
    /// A text that is itself asked: the body of gaps, the back of a card, an open answer as it might be.
    body: usize,
    /// A choice, an item, a side of a pair, a word of a bank.
    part: usize,
    reason: usize,
    /// A typed answer that counts.
    accepted: usize,
    parts: usize,
}

/// Questions of a bank come from anywhere.
const BANK: Limits = Limits {
    body: limit::BANK_STEM,
    part: limit::BANK_CHOICE,
    reason: limit::BANK_REASON,
    accepted: limit::BANK_ACCEPTED,
    parts: limit::PARTS,
};

/// Questions written for a clip stand on a phone above it.
const CLIP: Limits = Limits {
    body: limit::STEM,
    part: limit::CHOICE,
    reason: limit::REASON,
    accepted: limit::ACCEPTED,
    parts: limit::CHOICES,
};

fn problem(field: &'static str, detail: impl Into<String>) -> Checked {
    Err(FieldProblem { field, detail: detail.into() })
}

/// The length of the words, and of the markup around them.
fn text(field: &'static str, value: &Text, min: usize, max: usize) -> Checked {
    if let Text::Rich { html } = value
        && html.len() > max.saturating_mul(limit::MARKUP_FACTOR)
    {
        return problem(field, format!("at most {} bytes of markup", max * limit::MARKUP_FACTOR));
    }
    if min > 0 && value.is_empty() {
        return problem(field, format!("at least {min} characters"));
    }
    limit::text(field, &value.plain(), 0, max)
}

fn count(field: &'static str, len: usize, min: usize, max: usize) -> Checked {
    if (min..=max).contains(&len) { Ok(()) } else { problem(field, format!("{min} to {max} of them")) }
}

impl QuestionDraft {
    /// Checks lengths, the key, and that the moment lies in a clip of `duration_ms` (where known).
    ///
    /// # Errors
    /// The first thing that is not so.
    pub fn check(&self, duration_ms: Option<u32>) -> Result<(), FieldProblem> {
        limit::text("stem", &self.stem, 1, limit::STEM)?;
        limit::text("reason", &self.reason, 1, limit::REASON)?;
        if duration_ms.is_some_and(|d| self.moment_ms > d) {
            return problem("moment_ms", "after the end of the clip");
        }
        self.key.check_within(&CLIP)
    }
}

impl Question {
    /// Checks the whole question.
    ///
    /// # Errors
    /// The first thing that is not so.
    pub fn check(&self) -> Result<(), FieldProblem> {
        limit::text("name", &self.name, 0, limit::QUESTION_NAME)?;
        text("stem", &self.stem, 1, limit::BANK_STEM)?;
        text("reason", &self.reason, 0, limit::BANK_REASON)?;
        for said in [&self.verdicts.right, &self.verdicts.partly, &self.verdicts.wrong] {
            text("verdicts", said, 0, limit::BANK_REASON)?;
        }
        count("tries", usize::from(self.behaviour.tries), 1, limit::TRIES)?;
        count("hints", self.behaviour.hints.len(), 0, limit::HINTS)?;
        self.behaviour.hints.iter().try_for_each(|hint| text("hints", hint, 1, limit::BANK_REASON))?;
        count("tags", self.tags.len(), 0, limit::TAGS)?;
        self.tags.iter().try_for_each(|tag| limit::text("tags", tag, 1, limit::TAG))?;
        limit::text("category", &self.category, 0, limit::CATEGORY)?;
        limit::text("source_id", &self.source_id, 0, limit::SOURCE_ID)?;
        self.key.check()
    }
}

impl QuestionKey {
    /// Checks that the key is whole: that there is a right answer, that parts differ, that nothing is too long or too
    /// many.
    ///
    /// # Errors
    /// The first thing that is not so.
    pub fn check(&self) -> Result<(), FieldProblem> {
        self.check_within(&BANK)
    }

    fn check_within(&self, most: &Limits) -> Checked {
        match self {
            Self::Choices { choices, multiple, .. } => check_choices(most, choices, *multiple),
            Self::TrueFalse { reason_true, reason_false, .. } => {
                text("reason_true", reason_true, 0, most.reason)?;
                text("reason_false", reason_false, 0, most.reason)
            }
            Self::Numeric { accepted, units, unit_required } => {
                check_numbers(most, accepted)?;
                check_units(units, *unit_required)
            }
            Self::Typed { accepted, .. } => check_typed(most, accepted),
            Self::Matching { pairs, extra, .. } => check_pairs(most, pairs, extra),
            Self::Ordering { items } => check_parts(most, "items", items, 2, most.parts),
            Self::Categorising { categories, items, .. } => check_sorted(most, categories, items),
            Self::Cloze { body, gaps, bank } => check_cloze(most, body, gaps, bank),
            Self::Hotspot { picture, spots, places } => {
                limit::text("picture", &picture.source, 1, limit::SOURCE_URL)?;
                limit::text("picture", &picture.alt, 0, limit::ALT)?;
                check_spots(most, spots, *places)
            }
            Self::FlashCard { back } => text("back", back, 1, most.body),
            Self::Open { sample, words_min, words_max } => {
                text("sample", sample, 0, most.body)?;
                if *words_max > 0 && words_min > words_max {
                    return problem("words_max", "less than the least");
                }
                Ok(())
            }
        }
    }
}

fn check_choices(most: &Limits, choices: &[ChoiceKey], multiple: bool) -> Checked {
    count("choices", choices.len(), limit::CHOICES_MIN, most.parts)?;
    for (index, choice) in choices.iter().enumerate() {
        text("choices", &choice.text, 1, most.part)?;
        text("choices", &choice.reason, 0, most.reason)?;
        let same = |other: &ChoiceKey| reads_same(&other.text, &choice.text);
        if choices.iter().skip(index + 1).any(same) {
            return problem("choices", "two choices read the same");
        }
    }
    match (choices.iter().filter(|c| c.is_right).count(), multiple) {
        (1, _) => Ok(()),
        (0, _) => problem("choices", "no choice is right"),
        (_, true) => Ok(()),
        (_, false) => problem("choices", "exactly one choice is right"),
    }
}

/// Whether two texts look the same to a learner. Pictures differ by their source, and `mW` and `MW` by a capital.
fn reads_same(one: &Text, other: &Text) -> bool {
    match (one, other) {
        (Text::Plain(one), Text::Plain(other)) => one.trim() == other.trim(),
        _ => one.html().trim() == other.html().trim(),
    }
}

fn check_numbers(most: &Limits, accepted: &[NumberKey]) -> Checked {
    count("accepted", accepted.len(), 1, limit::ACCEPTED_COUNT)?;
    for key in accepted {
        text("accepted", &key.reason, 0, most.reason)?;
        let fine = match key.range {
            NumberRange::Tolerance { value, tolerance } => {
                value.is_finite() && tolerance.is_finite() && tolerance >= 0.0
            }
            NumberRange::Share { value, share } => value.is_finite() && share.is_finite() && share >= 0.0,
            NumberRange::Bounds { low, high } => low.is_finite() && high.is_finite() && low <= high,
            NumberRange::Any => true,
        };
        if !fine {
            return problem("accepted", "a number and a tolerance of zero or more");
        }
    }
    let is_right = |key: &NumberKey| key.credit > super::Credit::NONE && key.range != NumberRange::Any;
    if accepted.iter().any(is_right) { Ok(()) } else { problem("accepted", "no number is right") }
}

fn check_units(units: &[UnitKey], required: bool) -> Checked {
    count("units", units.len(), usize::from(required), limit::ACCEPTED_COUNT)?;
    for unit in units {
        limit::text("units", &unit.text, 1, limit::UNIT)?;
        if !(unit.per_first.is_finite() && unit.per_first > 0.0) {
            return problem("units", "how many make one of the first unit, more than zero");
        }
    }
    Ok(())
}

fn check_typed(most: &Limits, accepted: &[TypedKey]) -> Checked {
    count("accepted", accepted.len(), 1, limit::ACCEPTED_COUNT)?;
    for key in accepted {
        limit::text("accepted", &key.text, 1, most.accepted)?;
        text("accepted", &key.reason, 0, most.reason)?;
    }
    let is_right = |key: &TypedKey| key.credit > super::Credit::NONE;
    if accepted.iter().any(is_right) { Ok(()) } else { problem("accepted", "no answer is right") }
}

fn check_pairs(most: &Limits, pairs: &[PairKey], extra: &[PartKey]) -> Checked {
    count("pairs", pairs.len(), 2, most.parts)?;
    for (index, pair) in pairs.iter().enumerate() {
        text("pairs", &pair.left, 1, most.part)?;
        text("pairs", &pair.right, 1, most.part)?;
        if pairs.iter().skip(index + 1).any(|other| reads_same(&other.left, &pair.left)) {
            return problem("pairs", "two left sides read the same");
        }
    }
    check_parts(most, "extra", extra, 0, most.parts)
}

fn check_parts(most: &Limits, field: &'static str, parts: &[PartKey], min: usize, max: usize) -> Checked {
    count(field, parts.len(), min, max)?;
    for (index, part) in parts.iter().enumerate() {
        text(field, &part.text, 1, most.part)?;
        if parts.iter().skip(index + 1).any(|other| reads_same(&other.text, &part.text)) {
            return problem(field, "two of them read the same");
        }
    }
    Ok(())
}

fn check_sorted(most: &Limits, categories: &[PartKey], items: &[SortedKey]) -> Checked {
    check_parts(most, "categories", categories, 2, most.parts)?;
    count("items", items.len(), 1, most.parts)?;
    for (index, item) in items.iter().enumerate() {
        text("items", &item.text, 1, most.part)?;
        if items.iter().skip(index + 1).any(|other| reads_same(&other.text, &item.text)) {
            return problem("items", "two of them read the same");
        }
        if item.categories.iter().any(|place| usize::from(*place) >= categories.len()) {
            return problem("items", "an item belongs into a category that is not there");
        }
    }
    if items.iter().any(|item| !item.categories.is_empty()) {
        Ok(())
    } else {
        problem("items", "no item belongs into any category")
    }
}

fn check_cloze(most: &Limits, body: &Text, gaps: &[GapKey], bank: &[PartKey]) -> Checked {
    text("body", body, 1, most.body)?;
    count("gaps", gaps.len(), 1, most.parts)?;
    count("bank", bank.len(), 0, most.parts)?;
    bank.iter().try_for_each(|part| text("bank", &part.text, 1, most.part))?;
    for (index, gap) in gaps.iter().enumerate() {
        let mark = format!("[[{}]]", index + 1);
        if body.source().matches(&mark).count() != 1 {
            return problem("body", format!("{mark} stands in the text once"));
        }
        count("weight", usize::from(gap.weight), 1, 100)?;
        match &gap.fill {
            Fill::Typing { accepted, .. } => check_typed(most, accepted)?,
            Fill::Number { accepted } => check_numbers(most, accepted)?,
            Fill::Choosing { choices, .. } => check_choices(most, choices, false).or_else(|found| {
                // Several choices of a list may earn something: the first that is right is the one shown.
                if found.detail.starts_with("exactly") { Ok(()) } else { Err(found) }
            })?,
            Fill::Dragging { right } => {
                if right.is_empty() || right.iter().any(|place| usize::from(*place) >= bank.len()) {
                    return problem("gaps", "a gap wants a word that is not in the bank");
                }
            }
        }
    }
    Ok(())
}

fn check_spots(most: &Limits, spots: &[SpotKey], places: u8) -> Checked {
    count("spots", spots.len(), 1, most.parts)?;
    for spot in spots {
        text("spots", &spot.reason, 0, most.reason)?;
        let fine = match &spot.shape {
            Shape::Rectangle { left, top, right, bottom } => {
                left < right && top < bottom && *right.max(bottom) <= 10_000
            }
            Shape::Ellipse { x, y, radius_x, radius_y } => {
                *x.max(y) <= 10_000 && *radius_x > 0 && *radius_y > 0
            }
            Shape::Polygon { corners } => {
                (3..=limit::CORNERS).contains(&corners.len())
                    && corners.iter().all(|c| c.x.max(c.y) <= 10_000)
            }
        };
        if !fine {
            return problem("spots", "a shape with an inside, within the picture");
        }
    }
    let right = spots.iter().filter(|spot| spot.is_right).count();
    if right == 0 {
        return problem("spots", "no place is right");
    }
    count("places", usize::from(places), 1, right)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::question::Credit;

    fn of(key: &QuestionKey) -> Option<&'static str> {
        key.check().err().map(|found| found.field)
    }

    fn choices(choices: &[(&str, bool)], multiple: bool) -> QuestionKey {
        let choices = choices.iter().map(|(text, right)| ChoiceKey::plain(*text, *right)).collect();
        QuestionKey::Choices { choices, multiple, keep_order: false }
    }

    #[test]
    fn choices_want_two_that_differ_and_one_that_is_right() {
        assert_eq!(of(&choices(&[("a", true), ("b", false)], false)), None);
        assert_eq!(of(&choices(&[("a", true)], false)), Some("choices"));
        assert_eq!(of(&choices(&[("a", true), (" a ", false)], false)), Some("choices"));
        assert_eq!(of(&choices(&[("mW", true), ("MW", false)], false)), None);
        assert_eq!(of(&choices(&[("a", false), ("b", false)], false)), Some("choices"));
        assert_eq!(of(&choices(&[("a", true), ("b", true)], false)), Some("choices"));
        assert_eq!(of(&choices(&[("a", true), ("b", true)], true)), None);
    }

    #[test]
    fn a_gap_stands_in_its_text_once_and_its_word_in_the_bank() {
        let cloze = |body: &str, right: &[u16]| QuestionKey::Cloze {
            body: body.into(),
            gaps: vec![GapKey { fill: Fill::Dragging { right: right.to_vec() }, weight: 1 }],
            bank: vec![PartKey { id: None, text: "sun".into() }],
        };
        assert_eq!(of(&cloze("The [[1]] rises.", &[0])), None);
        assert_eq!(of(&cloze("The sun rises.", &[0])), Some("body"));
        assert_eq!(of(&cloze("[[1]] [[1]]", &[0])), Some("body"));
        assert_eq!(of(&cloze("The [[1]] rises.", &[1])), Some("gaps"));
    }

    #[test]
    fn numbers_want_a_right_one_that_is_a_number() {
        let numeric = |range| QuestionKey::Numeric {
            accepted: vec![NumberKey { range, credit: Credit::FULL, reason: Text::default() }],
            units: vec![],
            unit_required: false,
        };
        assert_eq!(of(&numeric(NumberRange::Bounds { low: 1.0, high: 2.0 })), None);
        assert_eq!(of(&numeric(NumberRange::Bounds { low: 2.0, high: 1.0 })), Some("accepted"));
        assert_eq!(
            of(&numeric(NumberRange::Tolerance { value: f64::NAN, tolerance: 0.0 })),
            Some("accepted")
        );
        assert_eq!(of(&numeric(NumberRange::Any)), Some("accepted"));
    }

    #[test]
    fn a_text_of_the_maximum_passes_and_one_over_does_not() {
        let mut question =
            Question::new("x".repeat(limit::BANK_STEM), choices(&[("a", true), ("b", false)], false));
        assert_eq!(question.check(), Ok(()));
        question.stem = "x".repeat(limit::BANK_STEM + 1).into();
        assert_eq!(question.check().map_err(|found| found.field), Err("stem"));
    }

    fn draft(key: QuestionKey) -> Option<&'static str> {
        let draft = QuestionDraft { id: None, moment_ms: 0, stem: "?".into(), key, reason: "!".into() };
        draft.check(None).err().map(|found| found.field)
    }

    fn long(length: usize) -> Text {
        "é".repeat(length).into()
    }

    fn part(text: Text) -> PartKey {
        PartKey { id: None, text }
    }

    /// One key of each kind and field, its text or count at a clip's maximum and `over`; with the field that is named.
    fn keys_at_a_clips_maximum(over: usize) -> Vec<(&'static str, QuestionKey)> {
        let names = |count: usize| (0..count).map(|n| part(n.to_string().into())).collect::<Vec<_>>();
        let choices = |text: Text, reason: Text, count: usize| {
            let mut all: Vec<ChoiceKey> =
                (0..count).map(|n| ChoiceKey::plain(n.to_string(), n == 0)).collect();
            all[0].text = text;
            all[1].reason = reason;
            QuestionKey::Choices { choices: all, multiple: false, keep_order: false }
        };
        let typed = |text: String, reason: Text| {
            let accepted = vec![TypedKey { text, reason, ..TypedKey::from("") }];
            QuestionKey::Typed { accepted, rule: super::super::TextRule::default() }
        };
        let pair = |left: Text, right: Text| PairKey { id: None, left, right_id: None, right };
        let matching = |left: Text, extra: usize| QuestionKey::Matching {
            pairs: vec![pair(left, "1".into()), pair("b".into(), "2".into())],
            extra: names(extra),
            keep_order: false,
        };
        let sorted = |text: Text| QuestionKey::Categorising {
            categories: names(2),
            items: vec![SortedKey { id: None, text, categories: vec![0] }],
            keep_order: false,
        };
        let true_false = |reason_true: Text| QuestionKey::TrueFalse {
            is_true: true,
            reason_true,
            reason_false: "".into(),
        };
        let open = |sample: Text| QuestionKey::Open { sample, words_min: 0, words_max: 0 };
        vec![
            ("choices", choices(long(limit::CHOICE + over), "".into(), 2)),
            ("choices", choices("a".into(), long(limit::REASON + over), 2)),
            ("choices", choices("a".into(), "".into(), limit::CHOICES + over)),
            ("accepted", typed("é".repeat(limit::ACCEPTED + over), "".into())),
            ("accepted", typed("a".into(), long(limit::REASON + over))),
            ("reason_true", true_false(long(limit::REASON + over))),
            ("pairs", matching(long(limit::CHOICE + over), 0)),
            ("extra", matching("a".into(), limit::CHOICES + over)),
            ("items", QuestionKey::Ordering { items: names(limit::CHOICES + over) }),
            ("items", sorted(long(limit::CHOICE + over))),
            ("back", QuestionKey::FlashCard { back: long(limit::STEM + over) }),
            ("sample", open(long(limit::STEM + over))),
        ]
    }

    #[test]
    fn a_question_written_for_a_clip_has_shorter_limits_than_one_of_a_bank() {
        for (field, key) in keys_at_a_clips_maximum(0) {
            assert_eq!(draft(key), None, "{field} at its maximum");
        }
        for (field, key) in keys_at_a_clips_maximum(1) {
            assert_eq!(of(&key), None, "{field} in a bank");
            assert_eq!(draft(key), Some(field), "{field} one over");
        }
    }
}
