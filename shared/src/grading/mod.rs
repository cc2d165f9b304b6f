//! Grading: pure functions, the same on both sides. What an answer is worth is here, and what to say to each of its
//! parts; keeping it is the server's.

mod letters;
pub mod number;
mod parts;
pub mod typed;

use crate::{
    ChoiceId,
    answer::{Filled, Outcome, Pair, Recall, Response},
    question::{Behaviour, ChoiceKey, Credit, Fill, GapKey, PartKey, QuestionKey, Text, TypedKey},
};

/// Experience points for the first right answer to a question.
pub const XP_FIRST_RIGHT: u32 = 10;

/// Credits written with five decimals of a per cent (33.33333 three times) may miss the whole by this much.
const ROUNDING: i32 = 20;

wire! {
    /// What came of a response.
    pub struct Grade {
        /// None to full.
        pub credit: Credit,
        pub outcome: Outcome,
        /// How each part did, in the order of the parts; empty for kinds without parts.
        #[serde(default)]
        pub parts: Vec<PartGrade>,
        /// What the author says to this answer; may be empty.
        #[serde(default)]
        pub remark: Text,
    }

    /// How a part of a response did: a choice taken, a pair, an item, a gap, a point.
    pub struct PartGrade {
        /// The part's id; `None` for gaps, points and true or false, which are told by their order.
        #[serde(default)]
        pub id: Option<ChoiceId>,
        pub credit: Credit,
        /// What the author says to this part; may be empty.
        #[serde(default)]
        pub remark: Text,
    }
}

impl Grade {
    fn of(credit: Credit, parts: Vec<PartGrade>, remark: Text) -> Self {
        let credit = credit.clamped();
        let credit = if credit.0 + ROUNDING >= Credit::FULL.0 { Credit::FULL } else { credit };
        let outcome = match credit {
            Credit::FULL => Outcome::Right,
            Credit::NONE => Outcome::NotYet,
            _ => Outcome::Partly,
        };
        Self { credit, outcome, parts, remark }
    }

    fn none() -> Self {
        Self::of(Credit::NONE, Vec::new(), Text::default())
    }
}

impl PartGrade {
    fn of(id: Option<&ChoiceId>, credit: Credit, remark: &Text) -> Self {
        Self { id: id.cloned(), credit, remark: remark.clone() }
    }
}

/// Grades a response.
///
/// - choices: the credit of what was taken; without credits of their own, each right choice is an equal share and each
///   wrong one takes a share off;
/// - true or false, card: all or nothing; numbers and typed words: the credit of the best accepted answer that fits;
/// - matching, categorising: the mean over left sides and items, an item in several categories losing for wrong ones;
/// - ordering: the longest run that is in order, of what can be won by ordering (a list backwards is nothing);
/// - gaps: the mean over gaps by their weights;
/// - places on a picture: the share found, no more places than were asked for being looked at;
/// - open answers wait for people.
///
/// Nothing is below none or above full. A response of the wrong kind, and "I don't know yet", is not right yet.
pub fn grade(key: &QuestionKey, response: &Response) -> Grade {
    match (key, response) {
        (QuestionKey::Choices { choices, multiple, .. }, Response::Choice { choice_id }) => {
            parts::choices(choices, *multiple, std::slice::from_ref(choice_id))
        }
        (QuestionKey::Choices { choices, multiple: true, .. }, Response::Choices { choice_ids }) => {
            parts::choices(choices, true, choice_ids)
        }
        (
            QuestionKey::TrueFalse { is_true, reason_true, reason_false },
            Response::TrueFalse { is_true: given },
        ) => {
            let remark = if *given { reason_true } else { reason_false };
            Grade::of(all_or_nothing(is_true == given), Vec::new(), remark.clone())
        }
        (
            QuestionKey::Numeric { accepted, units, unit_required },
            Response::Number { text } | Response::Typed { text },
        ) => {
            let values = number::readings_with_unit(text, units, *unit_required);
            number::best(accepted, &values)
                .map_or_else(Grade::none, |key| Grade::of(key.credit, Vec::new(), key.reason.clone()))
        }
        (QuestionKey::Typed { accepted, rule }, Response::Typed { text }) => {
            typed::best(accepted, *rule, text)
                .map_or_else(Grade::none, |key| Grade::of(key.credit, Vec::new(), key.reason.clone()))
        }
        (QuestionKey::Matching { pairs, extra, .. }, Response::Pairs { pairs: given }) => {
            parts::matching(pairs, extra, given)
        }
        (QuestionKey::Ordering { items }, Response::Order { item_ids }) => parts::ordering(items, item_ids),
        (QuestionKey::Categorising { categories, items, .. }, Response::Pairs { pairs }) => {
            parts::categorising(categories, items, pairs)
        }
        (QuestionKey::Cloze { gaps, bank, .. }, Response::Gaps { filled }) => parts::gaps(gaps, bank, filled),
        (QuestionKey::Hotspot { spots, places, .. }, Response::Points { points }) => {
            parts::hotspot(spots, *places, points)
        }
        (QuestionKey::FlashCard { .. }, Response::Recall { recall }) => {
            Grade::of(all_or_nothing(*recall != Recall::NotYet), Vec::new(), Text::default())
        }
        (QuestionKey::Open { words_min, .. }, Response::Open { text }) => {
            let enough = words_in(text) >= usize::from((*words_min).max(1));
            let outcome = if enough { Outcome::Waiting } else { Outcome::NotYet };
            Grade { outcome, ..Grade::none() }
        }
        _ => Grade::none(),
    }
}

/// Words as people count them: by spaces, and each sign where a script writes none.
fn words_in(text: &str) -> usize {
    let is_sign = |letter: &char| matches!(letter, '\u{2e80}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}');
    let signs = text.chars().filter(is_sign).count();
    let spaced = text.split(|letter: char| letter.is_whitespace() || is_sign(&letter));
    signs + spaced.filter(|word| word.contains(|letter: char| !letters::is_invisible(letter))).count()
}

fn all_or_nothing(is_right: bool) -> Credit {
    if is_right { Credit::FULL } else { Credit::NONE }
}

/// What is left of a credit at the `attempt`-th try (from 1), each further one costing the behaviour's penalty.
pub fn after_tries(credit: Credit, behaviour: &Behaviour, attempt: u8) -> Credit {
    crate::asking::after_tries(credit, behaviour.penalty, attempt)
}

/// Points for an answer: only the first answer to a question earns any, so that repeating cannot farm them.
pub fn xp(credit: Credit, is_first: bool) -> u32 {
    if !is_first {
        return 0;
    }
    // At most ten times a share of ten million: far inside u32.
    XP_FIRST_RIGHT * u32::try_from(credit.clamped().0).unwrap_or(0) / 10_000_000
}

/// A response that is right in every part; `None` where there is none to give (an open answer). Needs the key's ids.
pub fn solution(key: &QuestionKey) -> Option<Response> {
    Some(match key {
        QuestionKey::Choices { choices, multiple: false, .. } => {
            Response::Choice { choice_id: right_choice(choices)?.id.clone()? }
        }
        QuestionKey::Choices { choices, .. } => {
            let right = choices.iter().filter(|choice| choice.is_right);
            Response::Choices { choice_ids: right.filter_map(|choice| choice.id.clone()).collect() }
        }
        QuestionKey::TrueFalse { is_true, .. } => Response::TrueFalse { is_true: *is_true },
        QuestionKey::Numeric { accepted, units, .. } => {
            let best = accepted
                .iter()
                .filter(|key| number::shown(key.range).is_some())
                .max_by_key(|key| key.credit)?;
            let value = number::shown(best.range)?;
            let unit = units.first().map(|unit| format!(" {}", unit.text)).unwrap_or_default();
            Response::Number { text: format!("{value}{unit}") }
        }
        QuestionKey::Typed { accepted, .. } => Response::Typed { text: shown_typed(accepted)?.text.clone() },
        QuestionKey::Matching { pairs, .. } => Response::Pairs {
            pairs: pairs.iter().filter_map(|pair| joined(pair.id.as_ref(), pair.right_id.as_ref())).collect(),
        },
        QuestionKey::Ordering { items } => {
            Response::Order { item_ids: items.iter().filter_map(|item| item.id.clone()).collect() }
        }
        QuestionKey::Categorising { categories, items, .. } => Response::Pairs {
            pairs: items
                .iter()
                .flat_map(|item| {
                    let homes =
                        item.categories.iter().filter_map(|place| categories.get(usize::from(*place)));
                    homes.filter_map(|home| joined(item.id.as_ref(), home.id.as_ref()))
                })
                .collect(),
        },
        QuestionKey::Cloze { gaps, bank, .. } => Response::Gaps { filled: filled(gaps, bank) },
        QuestionKey::Hotspot { spots, places, .. } => Response::Points {
            points: spots
                .iter()
                .filter(|spot| spot.is_right)
                .take(usize::from(*places))
                .filter_map(|spot| parts::inside(&spot.shape))
                .collect(),
        },
        QuestionKey::FlashCard { .. } => Response::Recall { recall: Recall::Good },
        QuestionKey::Open { .. } => return None,
    })
}

/// The right answer in words, for lists, exports and screen readers; may be empty.
pub fn solution_text(key: &QuestionKey) -> String {
    let list = |texts: Vec<String>, between: &str| texts.join(between);
    match key {
        QuestionKey::Choices { choices, multiple: false, .. } => {
            right_choice(choices).map(|choice| choice.text.reading()).unwrap_or_default()
        }
        QuestionKey::Choices { choices, .. } => {
            list(choices.iter().filter(|c| c.is_right).map(|c| c.text.reading()).collect(), "; ")
        }
        QuestionKey::Typed { accepted, .. } => {
            shown_typed(accepted).map(|key| key.text.clone()).unwrap_or_default()
        }
        QuestionKey::Numeric { .. } => match solution(key) {
            Some(Response::Number { text }) => text,
            _ => String::new(),
        },
        QuestionKey::Matching { pairs, .. } => list(
            pairs.iter().map(|p| format!("{} → {}", p.left.reading(), p.right.reading())).collect(),
            "; ",
        ),
        QuestionKey::Ordering { items } => {
            list(items.iter().map(|item| item.text.reading()).collect(), " → ")
        }
        QuestionKey::Categorising { categories, items, .. } => {
            let homes = |item: &crate::question::SortedKey| {
                let names = item.categories.iter().filter_map(|place| categories.get(usize::from(*place)));
                names.map(|home| home.text.reading()).collect::<Vec<_>>().join(", ")
            };
            list(
                items.iter().map(|item| format!("{} → {}", item.text.reading(), homes(item))).collect(),
                "; ",
            )
        }
        QuestionKey::Cloze { body, gaps, bank } => {
            let words = gaps.iter().map(|gap| gap_text(gap, bank));
            words.enumerate().fold(body.reading(), |text, (index, word)| {
                text.replace(&format!("[[{}]]", index + 1), &word)
            })
        }
        QuestionKey::FlashCard { back } => back.reading(),
        QuestionKey::Open { sample, .. } => sample.reading(),
        QuestionKey::TrueFalse { .. } | QuestionKey::Hotspot { .. } => String::new(),
    }
}

/// The choice to show as the right one: of those that are right, the one worth most.
fn right_choice(choices: &[ChoiceKey]) -> Option<&ChoiceKey> {
    let worth = |choice: &ChoiceKey| choice.credit.unwrap_or(Credit::FULL);
    choices
        .iter()
        .filter(|choice| choice.is_right)
        .reduce(|best, c| if worth(c) > worth(best) { c } else { best })
}

/// The accepted answer to show: of those worth most, the first that is no pattern, if there is one.
fn shown_typed(accepted: &[TypedKey]) -> Option<&TypedKey> {
    let most = accepted.iter().map(|key| key.credit).max()?;
    let mut best = accepted.iter().filter(|key| key.credit == most);
    best.clone().find(|key| !key.is_pattern).or_else(|| best.next())
}

fn joined(left: Option<&ChoiceId>, right: Option<&ChoiceId>) -> Option<Pair> {
    Some(Pair { left_id: left?.clone(), right_id: right?.clone() })
}

fn filled(gaps: &[GapKey], bank: &[PartKey]) -> Vec<Filled> {
    let fill = |gap: &GapKey| match &gap.fill {
        Fill::Typing { accepted, .. } => Filled {
            text: shown_typed(accepted).map(|key| key.text.clone()).unwrap_or_default(),
            choice_id: None,
        },
        Fill::Number { .. } => Filled { text: gap_text(gap, bank), choice_id: None },
        Fill::Choosing { choices, .. } => Filled {
            text: String::new(),
            choice_id: right_choice(choices).and_then(|choice| choice.id.clone()),
        },
        Fill::Dragging { right } => {
            let word = right.first().and_then(|place| bank.get(usize::from(*place)));
            Filled { text: String::new(), choice_id: word.and_then(|word| word.id.clone()) }
        }
    };
    gaps.iter().map(fill).collect()
}

/// What stands in a gap, in words.
fn gap_text(gap: &GapKey, bank: &[PartKey]) -> String {
    match &gap.fill {
        Fill::Typing { accepted, .. } => {
            shown_typed(accepted).map(|key| key.text.clone()).unwrap_or_default()
        }
        Fill::Number { accepted } => {
            let best =
                accepted.iter().filter(|key| number::shown(key.range).is_some()).max_by_key(|key| key.credit);
            best.and_then(|key| number::shown(key.range)).map(|value| value.to_string()).unwrap_or_default()
        }
        Fill::Choosing { choices, .. } => {
            right_choice(choices).map(|choice| choice.text.plain()).unwrap_or_default()
        }
        Fill::Dragging { right } => right
            .first()
            .and_then(|place| bank.get(usize::from(*place)))
            .map(|word| word.text.plain())
            .unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests;
