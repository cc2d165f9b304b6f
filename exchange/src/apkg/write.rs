//! Questions as notes: a card that can be learned in Anki, and the question whole in a field that is not shown.

use super::database::{self, Kind, NewNote};
use super::notes::without_rule;
use super::whole;
use crate::archive::ArchiveWriter;
use crate::{Export, Loss, MediaLookup, markup, texts};
use minnow_shared::grading;
use minnow_shared::question::{
    Behaviour, ChoiceKey, Fill, GapKey, PartKey, Question, QuestionKey, Text, Verdicts, escape, shuffled,
};
use sha1::{Digest, Sha1};
use std::collections::{BTreeSet, HashSet};

/// Writes a package of the schema every Anki since 2.1 opens.
pub fn write(questions: &[Question], media: MediaLookup<'_>) -> Export {
    let mut losses = Vec::new();
    let mut notes: Vec<NewNote> = Vec::new();
    let mut guids: HashSet<String> = HashSet::new();
    let mut names: BTreeSet<String> = BTreeSet::new();
    for question in questions {
        let note = note(question, &mut guids);
        names.extend(texts::pictures(question));
        notes.push(note);
    }
    let is_card = |question: &Question| matches!(question.key, QuestionKey::FlashCard { .. });
    if questions.iter().any(|question| !is_card(question)) {
        losses.push(whole("in Anki every question is a card that learners mark themselves: its kind is kept for Minnow only"));
    }
    let mut archive = ArchiveWriter::default();
    let mut problem = None;
    let mut list = serde_json::Map::new();
    for name in names {
        let Some(bytes) = media(&name) else {
            losses.push(whole(&format!("the picture `{name}` is not kept here any more")));
            continue;
        };
        let number = list.len().to_string();
        problem = problem.or(archive.add(&number, &bytes).err().map(|found| found.to_string()));
        list.insert(number, name.into());
    }
    match database::written(&notes) {
        Ok(bytes) => {
            problem =
                problem.or(archive.add("collection.anki2", &bytes).err().map(|found| found.to_string()));
        }
        Err(found) => problem = Some(found.to_string()),
    }
    let list = serde_json::Value::Object(list).to_string();
    problem = problem.or(archive.add("media", list.as_bytes()).err().map(|found| found.to_string()));
    let bytes = archive.finish().unwrap_or_else(|found| {
        problem = problem.take().or(Some(found.to_string()));
        Vec::new()
    });
    losses.extend(problem.map(|reason| Loss { line: None, item: String::new(), reason }));
    Export { bytes, losses }
}

/// HTML as Anki has it: pictures by their names, formulas as TeX.
fn html(text: &Text) -> String {
    markup::to_html(text, &mut str::to_owned)
}

fn note(question: &Question, guids: &mut HashSet<String>) -> NewNote {
    let deck = question.category.split('/').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("::");
    let tags: Vec<String> =
        question.tags.iter().map(|tag| tag.split_whitespace().collect::<Vec<_>>().join("_")).collect();
    if let Some(fields) = bare_card(question, guids) {
        let guid = question.source_id.clone();
        guids.insert(guid.clone());
        return NewNote { kind: Kind::Basic, guid, deck, tags, fields, cards: 1 };
    }
    let mut kept = question.clone();
    kept.key.drop_ids();
    let json = serde_json::to_string(&kept).unwrap_or_default();
    let named = if question.source_id.is_empty() { &json } else { &question.source_id };
    let digest = Sha1::digest(named.as_bytes());
    let start: String = digest.iter().take(10).map(|byte| format!("{byte:02x}")).collect();
    let mut guid = start.clone();
    for number in 2_u32.. {
        if guids.insert(guid.clone()) {
            break;
        }
        guid = format!("{start}-{number}");
    }
    let whole = escape(&json);
    let back = back(question);
    if let QuestionKey::Cloze { body, gaps, bank } = &question.key
        && let Some(text) = gaps_text(body, gaps, bank)
    {
        let cards = u16::try_from(gaps.len()).unwrap_or(1);
        return NewNote {
            kind: Kind::Gaps,
            guid,
            deck,
            tags,
            fields: vec![text, html(&question.stem), back, whole],
            cards,
        };
    }
    NewNote { kind: Kind::Card, guid, deck, tags, fields: vec![front(question), back, whole], cards: 1 }
}

/// Front and back of a question that is nothing but a card and would come back as it is.
fn bare_card(question: &Question, guids: &HashSet<String>) -> Option<Vec<String>> {
    let QuestionKey::FlashCard { back } = &question.key else { return None };
    let id = &question.source_id;
    let is_id = !id.is_empty() && id.len() <= 60 && !id.chars().any(|c| c.is_control() || c.is_whitespace());
    let is_bare = question.name.is_empty()
        && question.reason == Text::default()
        && question.verdicts == Verdicts::default()
        && question.behaviour == Behaviour::default();
    let category = &question.category;
    let is_deck = category.is_empty()
        || category.split('/').all(|part| !part.is_empty() && part.trim() == part && !part.contains(':'))
            && category != "Default";
    let is_tag = |tag: &String| !tag.is_empty() && !tag.contains(char::is_whitespace);
    if !(is_id && !guids.contains(id) && is_bare && is_deck && question.tags.iter().all(is_tag)) {
        return None;
    }
    let comes_back = |text: &Text| {
        let html = html(text);
        let plain = !html.contains("[sound:") && !html.contains("[$") && !html.contains("[latex]");
        let is_whole = without_rule(&html) == html && !html.contains('\u{1f}');
        let again = markup::from_html(&html, &mut |name| Ok(format!("media:{name}"))).0;
        (plain && is_whole && again == *text).then_some(html)
    };
    Some(vec![comes_back(&question.stem)?, comes_back(back)?])
}

fn list(items: impl Iterator<Item = String>) -> String {
    let items: String = items.map(|item| format!("<li>{item}</li>")).collect();
    format!("<ul>{items}</ul>")
}

/// What is asked: the stem, and what there is to choose from.
fn front(question: &Question) -> String {
    let stem = html(&question.stem);
    let choices = |choices: &[ChoiceKey]| list(choices.iter().map(|choice| html(&choice.text)));
    let mixed = |parts: Vec<String>| {
        let order = shuffled(parts.len(), parts.len() as u64);
        list(order.into_iter().filter_map(|place| parts.get(place).cloned()))
    };
    let more = match &question.key {
        QuestionKey::Choices { choices: all, .. } => choices(all),
        QuestionKey::TrueFalse { .. } => "<p>True / False</p>".to_owned(),
        QuestionKey::Matching { pairs, extra, .. } => {
            let rights =
                pairs.iter().map(|pair| html(&pair.right)).chain(extra.iter().map(|part| html(&part.text)));
            format!("{}{}", list(pairs.iter().map(|pair| html(&pair.left))), mixed(rights.collect()))
        }
        QuestionKey::Ordering { items } => mixed(items.iter().map(|item| html(&item.text)).collect()),
        QuestionKey::Categorising { categories, items, .. } => {
            let categories = list(categories.iter().map(|part| html(&part.text)));
            format!("{}{categories}", list(items.iter().map(|item| html(&item.text))))
        }
        QuestionKey::Cloze { body, .. } => html(body),
        QuestionKey::Hotspot { picture, .. } => {
            let name = picture.source.strip_prefix("media:").unwrap_or(&picture.source);
            format!("<p><img src=\"{}\" alt=\"{}\"></p>", escape(name), escape(&picture.alt))
        }
        QuestionKey::Numeric { .. }
        | QuestionKey::Typed { .. }
        | QuestionKey::FlashCard { .. }
        | QuestionKey::Open { .. } => String::new(),
    };
    format!("{stem}{more}")
}

/// What is right, and why.
fn back(question: &Question) -> String {
    let right = match &question.key {
        QuestionKey::FlashCard { back } => html(back),
        QuestionKey::Open { sample, .. } => html(sample),
        QuestionKey::TrueFalse { is_true, .. } => if *is_true { "True" } else { "False" }.to_owned(),
        QuestionKey::Choices { choices, .. } => {
            list(choices.iter().filter(|choice| choice.is_right).map(|choice| html(&choice.text)))
        }
        // The gaps open in the text itself.
        QuestionKey::Cloze { .. } => String::new(),
        key => escape(&grading::solution_text(key)),
    };
    let reason = html(&question.reason);
    if reason.is_empty() { right } else { format!("{right}<p>{reason}</p>") }
}

/// A text with Anki's gaps; `None` where an answer has signs they are made of.
fn gaps_text(body: &Text, gaps: &[GapKey], bank: &[PartKey]) -> Option<String> {
    let mut text = html(body);
    for (place, gap) in gaps.iter().enumerate() {
        let only = QuestionKey::Cloze { body: "[[1]]".into(), gaps: vec![gap.clone()], bank: bank.to_vec() };
        let answer = grading::solution_text(&only);
        let hint = match &gap.fill {
            Fill::Choosing { choices, .. } => {
                choices.iter().map(|choice| choice.text.plain()).collect::<Vec<_>>().join(" / ")
            }
            Fill::Typing { .. } | Fill::Number { .. } | Fill::Dragging { .. } => String::new(),
        };
        let is_fine = |words: &str| !words.contains("}}") && !words.contains("{{") && !words.contains("::");
        if !(is_fine(&answer) && is_fine(&hint) && !answer.trim().is_empty()) {
            return None;
        }
        let hint = if hint.is_empty() { hint } else { format!("::{}", escape(&hint)) };
        text = text.replace(
            &format!("[[{}]]", place + 1),
            &format!("{{{{c{}::{}{hint}}}}}", place + 1, escape(&answer)),
        );
    }
    Some(text)
}
