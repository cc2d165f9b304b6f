//! Items with one interaction: each kind of interaction as a kind of question.

use super::content::{self, Sink, is_picture};
use super::declarations::number;
use super::item::{Item, Refused, SAMPLE, mark_static};
use super::xml::Node;
use super::{pictures, typed};
use crate::media;
use minnow_shared::limit;
use minnow_shared::question::{ChoiceKey, Fill, PairKey, PartKey, QuestionKey, SortedKey, Text};

/// Words a sentence is called true and false by.
const TRUE: [&str; 8] = ["true", "vero", "صحيح", "صح", "vrai", "wahr", "verdadero", "waar"];
const FALSE: [&str; 8] = ["false", "falso", "خطأ", "خاطئ", "faux", "falsch", "onwaar", "errato"];

/// The key of the only interaction of an item.
///
/// # Errors
/// Why it is no question.
pub fn key(item: &Item<'_>, node: &Node, sink: &mut Sink<'_>) -> Result<QuestionKey, Refused> {
    let found = match node.name.as_str() {
        "choice-interaction" => choices(item, node, sink),
        "hottext-interaction" => {
            sink.lose(node.line, "words to be marked in a text became choices below it");
            choices(item, node, sink)
        }
        "text-entry-interaction" => number_or_typed(item, node, sink),
        "slider-interaction" => {
            sink.lose(node.line, "a slider became a number that is typed");
            number_or_typed(item, node, sink)
        }
        "extended-text-interaction" => Ok(open(item, node, sink)),
        "order-interaction" => ordering(item, node, sink),
        "match-interaction" => matching(item, node, sink),
        "associate-interaction" => associating(item, node, sink),
        "hotspot-interaction" | "select-point-interaction" => pictures::key(item, node, sink),
        other => {
            Err(format!("there is no question like it here ({})", other.trim_end_matches("-interaction")))
        }
    };
    found.map_err(|reason| (node.line, reason))
}

/// The choices of an interaction, with what is said to each; what they are worth is not in them yet.
pub fn choice_keys<'n>(
    item: &Item<'_>,
    node: &'n Node,
    sink: &mut Sink<'_>,
) -> Result<(Vec<&'n str>, Vec<ChoiceKey>), String> {
    let is_choice = |node: &Node| matches!(node.name.as_str(), "simple-choice" | "inline-choice" | "hottext");
    let found = node.below(&is_choice);
    if found.len() > limit::PARTS {
        return Err(format!("it has more than {} choices", limit::PARTS));
    }
    let response = node.get("response-identifier");
    let mut keys = Vec::with_capacity(found.len());
    for choice in &found {
        let text = item.inline(&format!("{response} {}", choice.get("identifier")), choice, sink);
        let reason = item.said_to_choice(response, choice, sink);
        keys.push(ChoiceKey { reason, ..ChoiceKey::plain(text, false) });
    }
    Ok((found.iter().map(|choice| choice.get("identifier")).collect(), keys))
}

fn choices(item: &Item<'_>, node: &Node, sink: &mut Sink<'_>) -> Result<QuestionKey, String> {
    let id = node.get("response-identifier");
    let response = item.responses.get(id).ok_or("its response is not declared")?;
    let (ids, mut choices) = choice_keys(item, node, sink)?;
    let multiple = response.is_multiple && node.get("max-choices") != "1";
    let marks = item.marks(id, &ids, multiple, item.most, sink)?;
    marks.apply(&mut choices);
    if let Some(key) = true_or_false(&choices).filter(|_| !multiple) {
        return Ok(key);
    }
    Ok(QuestionKey::Choices { choices, multiple, keep_order: node.get("shuffle") != "true" })
}

fn true_or_false(choices: &[ChoiceKey]) -> Option<QuestionKey> {
    let [first, second] = choices else { return None };
    let is = |choice: &ChoiceKey, words: &[&str]| {
        words.contains(&choice.text.plain().trim().to_lowercase().as_str())
    };
    let (yes, no) = if is(first, &TRUE) && is(second, &FALSE) {
        (first, second)
    } else if is(first, &FALSE) && is(second, &TRUE) {
        (second, first)
    } else {
        return None;
    };
    let is_plain = yes.credit.is_none() && no.credit.is_none();
    is_plain.then(|| QuestionKey::TrueFalse {
        is_true: yes.is_right,
        reason_true: yes.reason.clone(),
        reason_false: no.reason.clone(),
    })
}

fn number_or_typed(item: &Item<'_>, node: &Node, sink: &mut Sink<'_>) -> Result<QuestionKey, String> {
    let typed::Typed { fill, .. } = item.typed(node.get("response-identifier"), item.most, sink)?;
    Ok(match fill {
        Fill::Typing { accepted, rule } => QuestionKey::Typed { accepted, rule },
        Fill::Number { accepted } => {
            let extras = item.extras.as_ref();
            QuestionKey::Numeric {
                accepted,
                units: extras.map(|extras| extras.units.clone()).unwrap_or_default(),
                unit_required: extras.is_some_and(|extras| extras.unit_required),
            }
        }
        Fill::Choosing { .. } | Fill::Dragging { .. } => return Err("its response is not typed".into()),
    })
}

fn open(item: &Item<'_>, node: &Node, sink: &mut Sink<'_>) -> QuestionKey {
    let kept = item.body.below(&|node| node.name == "rubric-block" && node.has_class(SAMPLE));
    let sample = match kept.first() {
        Some(rubric) => {
            let inside = rubric.first("content-body").unwrap_or(rubric);
            content::text(&inside.children, &mark_static, rubric.line, sink)
        }
        None => {
            let response = item.responses.get(node.get("response-identifier"));
            Text::Plain(response.map(|response| response.correct.join("\n")).unwrap_or_default())
        }
    };
    let extras = item.extras.as_ref();
    if extras.is_some_and(|extras| extras.is_card) {
        return QuestionKey::FlashCard { back: sample };
    }
    let (words_min, words_max) = extras.and_then(|extras| extras.length).unwrap_or_default();
    QuestionKey::Open { sample, words_min, words_max }
}

fn ordering(item: &Item<'_>, node: &Node, sink: &mut Sink<'_>) -> Result<QuestionKey, String> {
    let response =
        item.responses.get(node.get("response-identifier")).ok_or("its response is not declared")?;
    let choices: Vec<&Node> = node.all("simple-choice").take(limit::PARTS + 1).collect();
    let mut items = Vec::new();
    for id in &response.correct {
        let choice = choices.iter().find(|choice| choice.get("identifier") == id);
        let choice = choice.ok_or_else(|| format!("`{id}` of the right order is not among the choices"))?;
        items.push(PartKey {
            id: None,
            text: content::text(&choice.children, &mark_static, choice.line, sink),
        });
    }
    if items.is_empty() {
        return Err("it does not say the right order".into());
    }
    if items.len() < choices.len() {
        sink.lose(node.line, "choices that have no place in the right order were left out");
    }
    sink.lose(node.line, "it is scored all or nothing there, and here by how much is in order");
    Ok(QuestionKey::Ordering { items })
}

/// The pairs that are right: those of the correct response, else those that earn something.
fn right_pairs(item: &Item<'_>, node: &Node) -> Result<Vec<(String, String)>, String> {
    let response =
        item.responses.get(node.get("response-identifier")).ok_or("its response is not declared")?;
    let earning = || {
        let entries = response.mapping.iter().flat_map(|mapping| &mapping.entries);
        entries.filter(|entry| entry.value > 0.0).map(|entry| entry.key.clone()).collect::<Vec<_>>()
    };
    let pairs = if response.correct.is_empty() { earning() } else { response.correct.clone() };
    let pairs: Option<Vec<_>> =
        pairs.iter().map(|pair| pair.split_once(' ').map(|(a, b)| (a.to_owned(), b.to_owned()))).collect();
    pairs.filter(|pairs| !pairs.is_empty()).ok_or_else(|| "it does not say which pairs are right".into())
}

fn note_scoring(item: &Item<'_>, node: &Node, sink: &mut Sink<'_>) {
    if item.processing.is_match() {
        sink.lose(node.line, "it is scored all or nothing there, and here pair by pair");
    }
    let response = item.responses.get(node.get("response-identifier"));
    let Some(mapping) = response.and_then(|response| response.mapping.as_ref()) else { return };
    let mut right = mapping.entries.iter().map(|entry| entry.value).filter(|value| *value > 0.0);
    let first = right.next().unwrap_or(0.0);
    if item.extras.is_none() && right.any(|value| (value - first).abs() > 1e-6) {
        sink.lose(node.line, "pairs are worth differently there, and the same here");
    }
}

fn sides<'n>(set: &'n Node, sink: &mut Sink<'_>) -> Result<Vec<(&'n Node, Text)>, String> {
    let found: Vec<&Node> = set.all("simple-associable-choice").collect();
    if found.len() > limit::PARTS {
        return Err(format!("it has more than {} choices", limit::PARTS));
    }
    Ok(found
        .into_iter()
        .map(|choice| (choice, content::text(&choice.children, &mark_static, choice.line, sink)))
        .collect())
}

fn matching(item: &Item<'_>, node: &Node, sink: &mut Sink<'_>) -> Result<QuestionKey, String> {
    let sets: Vec<&Node> = node.all("simple-match-set").collect();
    let [left, right] = sets.as_slice() else { return Err("it has not two sets to match".into()) };
    let (left, right) = (sides(left, sink)?, sides(right, sink)?);
    let pairs = right_pairs(item, node)?;
    note_scoring(item, node, sink);
    let keep_order = node.get("shuffle") != "true";
    let homes = |id: &str| -> Vec<usize> {
        let of = pairs.iter().filter(|(source, _)| source == id);
        of.filter_map(|(_, target)| right.iter().position(|(node, _)| node.get("identifier") == target))
            .collect()
    };
    let homes: Vec<Vec<usize>> = left.iter().map(|(node, _)| homes(node.get("identifier"))).collect();
    let uses = |place: usize| homes.iter().flatten().filter(|home| **home == place).count();
    // One right side each, and no right side that could take more than it should: pairs. Otherwise: categories.
    let is_pairs = homes.iter().all(|homes| homes.len() == 1)
        && left.iter().all(|(node, _)| node.get("match-max") != "0")
        && right.iter().enumerate().all(|(place, (node, _))| {
            node.find("match-max").unwrap_or("1") == uses(place).max(1).to_string()
        });
    if is_pairs {
        let extra = right.iter().enumerate().filter(|(place, _)| uses(*place) == 0);
        let extra = extra.map(|(_, (_, text))| PartKey { id: None, text: text.clone() }).collect();
        let pairs = left.into_iter().zip(&homes).filter_map(|((_, text), homes)| {
            let (_, home) = right.get(*homes.first()?)?;
            Some(PairKey { id: None, left: text, right_id: None, right: home.clone() })
        });
        return Ok(QuestionKey::Matching { pairs: pairs.collect(), extra, keep_order });
    }
    let place = |place: usize| u16::try_from(place).unwrap_or(u16::MAX);
    let items = left.into_iter().zip(homes).map(|((_, text), homes)| SortedKey {
        id: None,
        text,
        categories: homes.into_iter().map(place).collect(),
    });
    let items = items.collect();
    let categories = right.into_iter().map(|(_, text)| PartKey { id: None, text }).collect();
    Ok(QuestionKey::Categorising { categories, items, keep_order })
}

fn associating(item: &Item<'_>, node: &Node, sink: &mut Sink<'_>) -> Result<QuestionKey, String> {
    let choices = sides(node, sink)?;
    let pairs = right_pairs(item, node)?;
    note_scoring(item, node, sink);
    let text = |id: &str| {
        choices.iter().find(|(node, _)| node.get("identifier") == id).map(|(_, text)| text.clone())
    };
    let mut keys: Vec<PairKey> = Vec::new();
    for (one, other) in &pairs {
        let (Some(left), Some(right)) = (text(one), text(other)) else {
            return Err(format!("the pair `{one} {other}` is not among the choices"));
        };
        keys.push(PairKey { id: None, left, right_id: None, right });
    }
    let is_used = |id: &str| pairs.iter().any(|(one, other)| one == id || other == id);
    let extra = choices.iter().filter(|(node, _)| !is_used(node.get("identifier")));
    let extra = extra.map(|(_, text)| PartKey { id: None, text: text.clone() }).collect();
    sink.lose(node.line, "pairs without sides got a left and a right side");
    Ok(QuestionKey::Matching { pairs: keys, extra, keep_order: node.get("shuffle") != "true" })
}

/// A picture of an interaction, as `media:NAME`, with its size where the item says it.
pub fn picture_of(node: &Node, sink: &mut Sink<'_>) -> Result<(String, String, u32, u32), String> {
    let is_it = |node: &Node| (node.name == "object" && is_picture(node)) || node.name == "img";
    let node = node.below(&is_it).first().copied().ok_or("there is no picture in it")?;
    let address = if node.name == "img" { node.get("src") } else { node.get("data") };
    let alt = if node.name == "img" { node.get("alt").to_owned() } else { node.line_of_words() };
    let size = |name: &str| {
        number(node.get(name)).filter(|size| (1.0..100_000.0).contains(size)).map_or(0, |size| size as u32)
    };
    let (mut width, mut height) = (size("width"), size("height"));
    if width == 0 || height == 0 {
        let found = (sink.find)(address).and_then(|bytes| media::size_of(&bytes));
        (width, height) = found.ok_or("the size of its picture is not known")?;
    }
    let kept = match sink.picture(address) {
        Ok(kept) => kept,
        // The places are right in any picture of this shape: its author chooses it again.
        Err(_) if (sink.find)(address).is_none() && !address.starts_with("data:") => {
            let name = sink.pictures.absent(address);
            sink.lose(node.line, format!("the picture {name} is not in the file"));
            format!("media:{name}")
        }
        Err(reason) => return Err(format!("its picture: {reason}")),
    };
    Ok((kept, alt.chars().take(limit::ALT).collect(), width, height))
}
