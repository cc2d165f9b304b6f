//! Forms: what a learner sees of each kind of question before answering. A form is made from a key, with nothing in it
//! that tells what is right.

use super::{ChoiceKey, ChoiceView, Fill, PartKey, Picture, QuestionForm, QuestionKey, Text};
use crate::{ChoiceId, limit};

wire! {
    /// What a learner sees of a question of any kind.
    #[serde(tag = "kind", rename_all = "snake_case")]
    pub enum Form {
        /// Exactly one of these is right or, where `multiple`, any number.
        Choices {
            choices: Vec<PartView>,
            #[serde(default)]
            multiple: bool,
        },
        TrueFalse,
        /// A number; `units` may follow it.
        Numeric {
            #[serde(default)]
            units: Vec<String>,
        },
        /// A short typed answer.
        Typed,
        /// Each of `left` wants one of `right`; some of `right` may be left over.
        Matching { left: Vec<PartView>, right: Vec<PartView> },
        /// To be brought into order.
        Ordering { items: Vec<PartView> },
        /// Each of `items` wants one or more of `categories`.
        Categorising { categories: Vec<PartView>, items: Vec<PartView> },
        /// A text with gaps: `[[1]]` stands where the first is.
        Cloze { body: Text, gaps: Vec<GapView>, #[serde(default)] bank: Vec<PartView> },
        /// So many places on a picture.
        Hotspot { picture: Picture, places: u8 },
        /// The learner turns it and says how well it was remembered: a card has no key to hide.
        FlashCard { back: Text },
        /// Some sentences; 0 is no bound.
        Open { words_min: u16, words_max: u16 },
        /// A kind newer than this client: it says so and goes on.
        #[serde(other)]
        Unknown,
    }

    /// A part a learner sees: a choice, an item, a category, a word of a bank.
    pub struct PartView {
        pub id: ChoiceId,
        pub text: Text,
    }

    #[serde(tag = "by", rename_all = "snake_case")]
    pub enum GapView {
        /// `letters`: about how wide the gap is, never telling which answer fits.
        Typing { letters: u8 },
        Number,
        Choosing { choices: Vec<PartView> },
        Dragging,
    }
}

/// The order a learner sees parts in: a permutation of `0..count` from `seed`, the same every time.
///
/// SplitMix64 (Steele, Lea, Flood 2014) drives a Fisher-Yates shuffle; no part of it is secret.
pub fn shuffled(count: usize, seed: u64) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    let mut state = seed;
    let mut next = move || {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    };
    for last in (1..count).rev() {
        // The bias of the remainder is below 2^-50 for any list a question may have.
        let other = usize::try_from(next() % (last as u64 + 1)).unwrap_or(0);
        order.swap(last, other);
    }
    order
}

/// The longest accepted answer decides, rounded up to steps of four, so that a width tells little.
const LETTERS_STEP: usize = 4;
const LETTERS_MAX: usize = 24;

impl QuestionKey {
    /// The form that fits into the feed's own program; every other kind is asked by the program of what opens over a clip.
    pub fn inline_form(&self) -> QuestionForm {
        match self {
            Self::Typed { .. } => QuestionForm::Typed,
            Self::Choices { choices, multiple: false, .. }
                if choices.len() <= limit::CHOICES
                    && choices.iter().all(|choice| matches!(choice.text, Text::Plain(_))) =>
            {
                let view = |choice: &ChoiceKey| {
                    let text = choice.text.source().to_owned();
                    choice.id.clone().map(|id| ChoiceView { id, text })
                };
                QuestionForm::Choices { choices: choices.iter().filter_map(view).collect() }
            }
            _ => QuestionForm::Unknown,
        }
    }

    /// What a learner sees. `seed` decides the order of parts where order is no help; parts without ids are left out.
    pub fn form(&self, seed: u64) -> Form {
        match self {
            Self::Choices { choices, multiple, keep_order } => {
                Form::Choices { choices: choice_views(choices, *keep_order, seed), multiple: *multiple }
            }
            Self::TrueFalse { .. } => Form::TrueFalse,
            Self::Numeric { units, .. } => {
                Form::Numeric { units: units.iter().map(|unit| unit.text.clone()).collect() }
            }
            Self::Typed { .. } => Form::Typed,
            Self::Matching { pairs, extra, keep_order } => {
                let left = pairs.iter().filter_map(|pair| view(pair.id.as_ref(), &pair.left)).collect();
                let right: Vec<_> = pairs
                    .iter()
                    .filter_map(|pair| view(pair.right_id.as_ref(), &pair.right))
                    .chain(extra.iter().filter_map(|part| view(part.id.as_ref(), &part.text)))
                    .collect();
                let left = if *keep_order { left } else { mixed(left, seed) };
                // Right sides that read the same are one.
                Form::Matching { left, right: mixed(once_each(right), seed.rotate_left(32)) }
            }
            Self::Ordering { items } => Form::Ordering { items: never_as_it_was(part_views(items), seed) },
            Self::Categorising { categories, items, keep_order } => {
                let items = items.iter().filter_map(|item| view(item.id.as_ref(), &item.text)).collect();
                let items = if *keep_order { items } else { mixed(items, seed) };
                Form::Categorising { categories: part_views(categories), items }
            }
            Self::Cloze { body, gaps, bank } => Form::Cloze {
                body: body.clone(),
                gaps: gaps.iter().map(|gap| gap_view(&gap.fill, seed)).collect(),
                bank: mixed(part_views(bank), seed),
            },
            Self::Hotspot { picture, places, .. } => {
                Form::Hotspot { picture: picture.clone(), places: *places }
            }
            Self::FlashCard { back } => Form::FlashCard { back: back.clone() },
            Self::Open { words_min, words_max, .. } => {
                Form::Open { words_min: *words_min, words_max: *words_max }
            }
        }
    }
}

fn view(id: Option<&ChoiceId>, text: &Text) -> Option<PartView> {
    id.map(|id| PartView { id: id.clone(), text: text.clone() })
}

fn part_views(parts: &[PartKey]) -> Vec<PartView> {
    parts.iter().filter_map(|part| view(part.id.as_ref(), &part.text)).collect()
}

fn choice_views(choices: &[ChoiceKey], keep_order: bool, seed: u64) -> Vec<PartView> {
    let views = choices.iter().filter_map(|choice| view(choice.id.as_ref(), &choice.text)).collect();
    if keep_order { views } else { mixed(views, seed) }
}

fn gap_view(fill: &Fill, seed: u64) -> GapView {
    match fill {
        Fill::Typing { accepted, .. } => {
            let longest = accepted.iter().map(|answer| answer.text.chars().count()).max().unwrap_or(0);
            let letters = longest.next_multiple_of(LETTERS_STEP).clamp(LETTERS_STEP, LETTERS_MAX);
            GapView::Typing { letters: u8::try_from(letters).unwrap_or(u8::MAX) }
        }
        Fill::Number { .. } => GapView::Number,
        Fill::Choosing { choices, keep_order } => {
            GapView::Choosing { choices: choice_views(choices, *keep_order, seed) }
        }
        Fill::Dragging { .. } => GapView::Dragging,
    }
}

fn mixed(views: Vec<PartView>, seed: u64) -> Vec<PartView> {
    let order = shuffled(views.len(), seed);
    order.into_iter().filter_map(|place| views.get(place).cloned()).collect()
}

fn once_each(views: Vec<PartView>) -> Vec<PartView> {
    let mut seen: Vec<PartView> = Vec::with_capacity(views.len());
    for view in views {
        if !seen.iter().any(|other| other.text == view.text) {
            seen.push(view);
        }
    }
    seen
}

/// An order to be found must not be there already.
fn never_as_it_was(views: Vec<PartView>, seed: u64) -> Vec<PartView> {
    let mut shown = mixed(views.clone(), seed);
    if shown == views && views.len() > 1 {
        shown.rotate_left(1);
    }
    shown
}
