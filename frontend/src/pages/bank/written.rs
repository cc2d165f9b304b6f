//! A question as it is written: what each kind begins with, how lines of text become its parts and back, and what is kept
//! in this browser until it is saved. Pure but for the keeping.

use super::notation::{self, Typed};
use crate::{browser, wire};
use minnow_shared::QuestionId;
use minnow_shared::question::{
    Behaviour, ChoiceKey, Credit, Fill, GapKey, NumberKey, NumberRange, PairKey, PartKey, Picture, Question,
    QuestionKey, SortedKey, Text, TextRule, TypedKey, UnitKey,
};
use serde::{Deserialize, Serialize};

/// Kinds that can be begun here, most used first, with the names of their words.
pub const KINDS: [(&str, &str); 11] = [
    ("choices", "bank.choices"),
    ("true_false", "bank.true_false"),
    ("typed", "bank.typed"),
    ("numeric", "bank.numeric"),
    ("flash_card", "bank.flash_card"),
    ("cloze", "bank.cloze"),
    ("matching", "bank.matching"),
    ("ordering", "bank.ordering"),
    ("categorising", "bank.categorising"),
    ("hotspot", "bank.hotspot"),
    ("open", "bank.open"),
];

/// The words for a kind.
pub fn kind_words(kind: &str) -> &'static str {
    KINDS.iter().find(|(code, _)| *code == kind).map_or("bank.question", |(_, words)| words)
}

/// What a kind begins with; `None` for a kind there is not.
pub fn new_key(kind: &str) -> Option<QuestionKey> {
    let part = PartKey::default;
    Some(match kind {
        "choices" => QuestionKey::Choices {
            choices: vec![
                ChoiceKey::plain("", true),
                ChoiceKey::plain("", false),
                ChoiceKey::plain("", false),
            ],
            multiple: false,
            keep_order: false,
        },
        "true_false" => QuestionKey::TrueFalse {
            is_true: true,
            reason_true: Text::default(),
            reason_false: Text::default(),
        },
        "typed" => QuestionKey::Typed { accepted: Vec::new(), rule: TextRule::default() },
        "numeric" => QuestionKey::Numeric { accepted: Vec::new(), units: Vec::new(), unit_required: false },
        "flash_card" => QuestionKey::FlashCard { back: Text::default() },
        "cloze" => QuestionKey::Cloze { body: Text::default(), gaps: Vec::new(), bank: Vec::new() },
        "matching" => QuestionKey::Matching {
            pairs: vec![new_pair(), new_pair()],
            extra: Vec::new(),
            keep_order: false,
        },
        "ordering" => QuestionKey::Ordering { items: Vec::new() },
        "categorising" => QuestionKey::Categorising {
            categories: vec![part(), part()],
            items: Vec::new(),
            keep_order: false,
        },
        "hotspot" => QuestionKey::Hotspot {
            picture: Picture { source: String::new(), alt: String::new(), width: 0, height: 0 },
            spots: Vec::new(),
            places: 1,
        },
        "open" => QuestionKey::Open { sample: Text::default(), words_min: 0, words_max: 0 },
        _ => return None,
    })
}

pub fn new_question() -> Question {
    let key = QuestionKey::Choices {
        choices: vec![ChoiceKey::plain("", true), ChoiceKey::plain("", false), ChoiceKey::plain("", false)],
        multiple: false,
        keep_order: false,
    };
    Question::new("", key)
}

/// A number that counts with full credit.
pub fn number_key(range: NumberRange) -> NumberKey {
    NumberKey { range, credit: Credit::FULL, reason: Text::default() }
}

pub fn new_pair() -> PairKey {
    PairKey { id: None, left: Text::default(), right_id: None, right: Text::default() }
}

/// A text with other words; what was marked up stays so.
pub fn edited(before: &Text, words: String) -> Text {
    match before {
        Text::Plain(_) => Text::Plain(words),
        Text::Rich { .. } => Text::Rich { html: words },
    }
}

/// A part on its line: as it is typed, or its HTML where there is more to it.
pub fn line_of(text: &Text) -> String {
    match notation::typed(text) {
        Some(typed) if typed.pictures.is_empty() && !typed.words.contains('\n') => typed.words,
        _ => text.source().to_owned(),
    }
}

/// A line as the text of a part. `before`: what stood in its place.
fn text_of(line: &str, before: Option<&Text>) -> Text {
    let is_html = before.is_some_and(|text| matches!(text, Text::Rich { html } if line_of(text) == *html));
    if is_html {
        return Text::Rich { html: line.to_owned() };
    }
    notation::read(&Typed { words: line.to_owned(), pictures: Vec::new() })
}

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty())
}

/// One accepted answer a line; one that was there keeps what belongs to it.
pub fn accepted_of(text: &str, before: &[TypedKey]) -> Vec<TypedKey> {
    let known = |line: &str| before.iter().find(|key| key.text == line).cloned();
    lines(text).map(|line| known(line).unwrap_or_else(|| line.into())).collect()
}

pub fn accepted_lines(accepted: &[TypedKey]) -> String {
    joined(accepted.iter().map(|key| key.text.as_str()))
}

fn joined(all: impl Iterator<Item = impl Into<String>>) -> String {
    all.map(Into::into).collect::<Vec<String>>().join("\n")
}

/// One part a line. A part that was there keeps its id, and with it its answers; so does one whose words were changed
/// in its place.
pub fn parts_of(text: &str, before: &[PartKey]) -> Vec<PartKey> {
    let wanted: Vec<&str> = lines(text).collect();
    let gone = |part: &PartKey| !wanted.iter().any(|line| *line == line_of(&part.text));
    let part = |(place, line): (usize, &&str)| {
        let same = before.iter().find(|part| line_of(&part.text) == *line);
        let renamed = || {
            let old = before.get(place).filter(|part| gone(part))?;
            Some(PartKey { id: old.id.clone(), text: text_of(line, Some(&old.text)) })
        };
        same.cloned().or_else(renamed).unwrap_or_else(|| PartKey { id: None, text: text_of(line, None) })
    };
    wanted.iter().enumerate().map(part).collect()
}

pub fn part_lines(parts: &[PartKey]) -> String {
    joined(parts.iter().map(|part| line_of(&part.text)))
}

/// The items of one category, one a line; what belongs to others stays.
pub fn sorted_of(text: &str, category: u16, before: &[SortedKey]) -> Vec<SortedKey> {
    let wanted: Vec<&str> = lines(text).collect();
    let mut items: Vec<SortedKey> = Vec::with_capacity(before.len() + wanted.len());
    for item in before {
        let mut item = item.clone();
        item.categories.retain(|place| *place != category);
        let here = wanted.iter().any(|line| *line == line_of(&item.text));
        if here {
            item.categories.push(category);
        }
        // An item of no category at all was put there on purpose; one that has just left its last is gone.
        if here || !item.categories.is_empty() || !before_had(before, &item, category) {
            items.push(item);
        }
    }
    for line in wanted {
        if !items.iter().any(|item| line_of(&item.text) == line) {
            items.push(SortedKey { id: None, text: text_of(line, None), categories: vec![category] });
        }
    }
    items
}

fn before_had(before: &[SortedKey], item: &SortedKey, category: u16) -> bool {
    before.iter().any(|old| old.text == item.text && old.categories.contains(&category))
}

pub fn sorted_lines(items: &[SortedKey], category: u16) -> String {
    joined(items.iter().filter(|item| item.categories.contains(&category)).map(|item| line_of(&item.text)))
}

/// Choices of a gap, one a line, the right ones with a star before them.
pub fn starred_of(text: &str, before: &[ChoiceKey]) -> Vec<ChoiceKey> {
    let choice = |line: &str| {
        let (words, is_right) = match line.strip_prefix('*') {
            Some(words) => (words.trim(), true),
            None => (line, false),
        };
        let known = before.iter().find(|choice| choice.text.source() == words);
        let mut choice = known.cloned().unwrap_or_else(|| ChoiceKey::plain(words, is_right));
        if choice.is_right != is_right {
            (choice.is_right, choice.credit) = (is_right, None);
        }
        choice
    };
    lines(text).map(choice).collect()
}

pub fn starred_lines(choices: &[ChoiceKey]) -> String {
    let line =
        |choice: &ChoiceKey| format!("{}{}", if choice.is_right { "*" } else { "" }, choice.text.source());
    choices.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// A new gap at the end of the text: its mark is the next number.
pub fn add_gap(body: &mut Text, gaps: &mut Vec<GapKey>) {
    gaps.push(GapKey { fill: Fill::Typing { accepted: Vec::new(), rule: TextRule::default() }, weight: 1 });
    let mut words = body.source().trim_end().to_owned();
    if !words.is_empty() {
        words.push(' ');
    }
    words.push_str(&format!("[[{}]]", gaps.len()));
    *body = edited(body, words);
}

/// Takes a gap away; the marks after it move up.
pub fn remove_gap(body: &mut Text, gaps: &mut Vec<GapKey>, place: usize) {
    if place >= gaps.len() {
        return;
    }
    gaps.remove(place);
    let mut words = body.source().replace(&format!("[[{}]]", place + 1), "");
    for number in place + 2..=gaps.len() + 1 {
        words = words.replace(&format!("[[{number}]]"), &format!("[[{}]]", number - 1));
    }
    *body = edited(body, words);
}

/// The words a gap of the word bank wants, one a line.
pub fn wanted_lines(right: &[u16], bank: &[PartKey]) -> String {
    joined(right.iter().filter_map(|place| bank.get(usize::from(*place))).map(|part| part.text.source()))
}

/// The places in the bank of the words of the lines; words that are not in it yet are put there.
pub fn wanted_of(text: &str, bank: &mut Vec<PartKey>) -> Vec<u16> {
    let mut right = Vec::new();
    for line in lines(text) {
        let place = bank.iter().position(|part| part.text.source() == line).unwrap_or_else(|| {
            bank.push(PartKey { id: None, text: line.into() });
            bank.len() - 1
        });
        right.extend(u16::try_from(place).ok());
    }
    right
}

/// Takes words out of the bank that no gap wants and that are not among `extra`.
pub fn tidy_bank(gaps: &mut [GapKey], bank: &mut Vec<PartKey>, extra: &[String]) {
    let before = bank.clone();
    let wanted: Vec<u16> = gaps
        .iter()
        .flat_map(|gap| if let Fill::Dragging { right } = &gap.fill { right.clone() } else { Vec::new() })
        .collect();
    let stays = |place: usize, part: &PartKey| {
        wanted.iter().any(|want| usize::from(*want) == place)
            || extra.iter().any(|word| word == part.text.source())
    };
    *bank = before
        .iter()
        .enumerate()
        .filter(|(place, part)| stays(*place, part))
        .map(|(_, part)| part.clone())
        .collect();
    let moved = |old: u16| {
        let part = before.get(usize::from(old))?;
        u16::try_from(bank.iter().position(|other| other == part)?).ok()
    };
    for gap in gaps {
        if let Fill::Dragging { right } = &mut gap.fill {
            *right = right.iter().filter_map(|place| moved(*place)).collect();
        }
    }
}

/// Words of the bank that no gap wants.
pub fn spare_words(gaps: &[GapKey], bank: &[PartKey]) -> Vec<String> {
    let is_wanted = |place: usize| {
        gaps.iter().any(|gap| {
            matches!(&gap.fill, Fill::Dragging { right } if right.iter().any(|want| usize::from(*want) == place))
        })
    };
    let spare = bank.iter().enumerate().filter(|(place, _)| !is_wanted(*place));
    spare.map(|(_, part)| part.text.source().to_owned()).collect()
}

/// A number as people type it: a comma is a point.
pub fn number_of(text: &str) -> Option<f64> {
    text.trim().replace(',', ".").replace('−', "-").parse().ok().filter(|value: &f64| value.is_finite())
}

/// Units, one a line: `m`, then `cm = 100` for how many make one of the first.
pub fn units_of(text: &str) -> Vec<UnitKey> {
    let unit = |line: &str| match line.split_once('=') {
        Some((name, many)) => {
            UnitKey { text: name.trim().to_owned(), per_first: number_of(many).unwrap_or(0.0) }
        }
        None => UnitKey { text: line.to_owned(), per_first: 1.0 },
    };
    lines(text).map(unit).collect()
}

pub fn unit_lines(units: &[UnitKey]) -> String {
    let line = |unit: &UnitKey| {
        if unit.per_first == 1.0 { unit.text.clone() } else { format!("{} = {}", unit.text, unit.per_first) }
    };
    units.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Tags between commas, each once.
pub fn tags_of(text: &str) -> Vec<String> {
    let mut tags: Vec<String> = Vec::new();
    for tag in text.split([',', '،', '\n']).map(str::trim).filter(|tag| !tag.is_empty()) {
        if !tags.iter().any(|other| other == tag) {
            tags.push(tag.to_owned());
        }
    }
    tags
}

/// Hints, one a line; one that was there stays as it is.
pub fn hints_of(text: &str, before: &Behaviour) -> Vec<Text> {
    let known = |line: &str| before.hints.iter().find(|hint| line_of(hint) == line).cloned();
    lines(text).map(|line| known(line).unwrap_or_else(|| text_of(line, None))).collect()
}

/// A question that is not saved yet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    pub question: Question,
    /// The server has never had it.
    pub is_new: bool,
}

fn storage_key(id: &QuestionId) -> String {
    format!("minnow.bank.{id}")
}

/// What was written here and not saved.
pub fn kept(id: &QuestionId) -> Option<Kept> {
    wire::read(&browser::stored(&storage_key(id))?)
}

pub fn keep(id: &QuestionId, kept: &Kept) {
    browser::store(&storage_key(id), &wire::write(kept));
}

pub fn forget(id: &QuestionId) {
    browser::forget(&storage_key(id));
}

#[cfg(test)]
mod tests {
    use super::*;
    use minnow_shared::ChoiceId;

    fn part(n: u8, text: &str) -> PartKey {
        PartKey { id: Some(ChoiceId::new(0, [n; 10])), text: text.into() }
    }

    #[test]
    fn every_kind_that_can_be_begun_begins_as_itself() {
        for (kind, _) in KINDS {
            assert_eq!(new_key(kind).map(|key| key.kind()), Some(kind));
        }
        assert_eq!(new_key("riddle"), None);
    }

    #[test]
    fn lines_keep_the_ids_of_parts_that_stay_move_or_are_renamed_in_place() {
        let before = [part(1, "spring"), part(2, "summer"), part(3, "autumn")];
        let after = parts_of("autumn\nSummer!\nspring\nwinter\n", &before);
        let ids: Vec<_> = after.iter().map(|part| part.id.clone()).collect();
        let id = |n| Some(ChoiceId::new(0, [n; 10]));
        assert_eq!(ids, [id(3), id(2), id(1), None]);
        assert_eq!(part_lines(&after), "autumn\nSummer!\nspring\nwinter");
    }

    #[test]
    fn accepted_answers_keep_what_belongs_to_them() {
        let mut pattern = TypedKey::from("colo*r");
        pattern.is_pattern = true;
        let after = accepted_of("colour\n colo*r \n", std::slice::from_ref(&pattern));
        assert_eq!(after, [TypedKey::from("colour"), pattern]);
    }

    #[test]
    fn an_item_can_be_in_two_categories_and_leaves_with_its_last() {
        let items = sorted_of("whale\nbat", 0, &[]);
        let items = sorted_of("bat\nrobin", 1, &items);
        assert_eq!(
            (sorted_lines(&items, 0).as_str(), sorted_lines(&items, 1).as_str()),
            ("whale\nbat", "bat\nrobin")
        );
        let items = sorted_of("bat", 0, &items);
        assert_eq!((items.len(), sorted_lines(&items, 0).as_str()), (2, "bat"));
    }

    #[test]
    fn a_star_marks_the_right_choice_of_a_gap() {
        let choices = starred_of("*blue\nred\n", &[]);
        assert_eq!(choices.iter().map(|choice| choice.is_right).collect::<Vec<_>>(), [true, false]);
        assert_eq!(starred_lines(&choices), "*blue\nred");
    }

    #[test]
    fn gaps_are_numbered_anew_when_one_is_taken_away() {
        let (mut body, mut gaps) = (Text::from("Blue"), Vec::new());
        for _ in 0..3 {
            add_gap(&mut body, &mut gaps);
        }
        assert_eq!(body.source(), "Blue [[1]] [[2]] [[3]]");
        remove_gap(&mut body, &mut gaps, 0);
        assert_eq!((body.source(), gaps.len()), ("Blue  [[1]] [[2]]", 2));
    }

    #[test]
    fn words_of_the_bank_come_and_go_with_the_gaps_that_want_them() {
        let mut bank = vec![part(1, "extra")];
        let right = wanted_of("light\n", &mut bank);
        let mut gaps = vec![GapKey { fill: Fill::Dragging { right }, weight: 1 }];
        assert_eq!(spare_words(&gaps, &bank), ["extra"]);
        tidy_bank(&mut gaps, &mut bank, &[]);
        assert_eq!((part_lines(&bank).as_str(), wanted_lines(&[0], &bank).as_str()), ("light", "light"));
        assert_eq!(gaps.first().map(|gap| gap.fill.clone()), Some(Fill::Dragging { right: vec![0] }));
    }

    #[test]
    fn numbers_and_units_are_read_as_people_write_them() {
        assert_eq!(
            [number_of(" 3,5"), number_of("−2"), number_of("x"), number_of("")],
            [Some(3.5), Some(-2.0), None, None]
        );
        let units = units_of("m\ncm = 100\n");
        assert_eq!(unit_lines(&units), "m\ncm = 100");
        assert!(
            units_of("cm = many").first().is_some_and(|unit| unit.per_first == 0.0),
            "and the check says so"
        );
    }

    #[test]
    fn tags_are_each_once() {
        assert_eq!(tags_of("light, sky,,light،air"), ["light", "sky", "air"]);
    }
}
