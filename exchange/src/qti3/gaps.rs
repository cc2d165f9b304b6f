//! Several interactions in a text as its gaps: typed, chosen from a list, dragged from a bank.

use super::content::{Sink, html_of, html_of_node};
use super::interactions::choice_keys;
use super::item::{Item, Refused, mark_static};
use super::xml::{Child, Node};
use minnow_shared::limit;
use minnow_shared::question::{Fill, GapKey, PartKey};
use std::collections::BTreeMap;

/// The gaps of an item, and where each stands.
#[derive(Default)]
pub struct Gaps {
    pub gaps: Vec<GapKey>,
    pub bank: Vec<PartKey>,
    /// The number of a gap by its response or, in a text with a bank, its own identifier.
    numbers: BTreeMap<String, usize>,
    /// What each gap earns, in the item's own points.
    points: Vec<f64>,
}

const CHOOSING: [&str; 2] = ["inline-choice-interaction", "choice-interaction"];

/// Reads the gaps of these interactions.
///
/// # Errors
/// Why they do not fit one question.
pub fn read(item: &Item<'_>, found: &[&Node], sink: &mut Sink<'_>) -> Result<Gaps, Refused> {
    let mut out = Gaps::default();
    if found.len() > limit::PARTS {
        return Err((item.body.line, format!("it has more than {} gaps", limit::PARTS)));
    }
    for node in found {
        let id = node.get("response-identifier");
        let read = match node.name.as_str() {
            "text-entry-interaction" => {
                item.typed(id, out.said_weight(item), sink).map(|typed| out.push(id, typed.fill, typed.most))
            }
            name if CHOOSING.contains(&name) => out.push_choices(item, node, sink),
            "gap-match-interaction" => out.push_bank(item, node, sink),
            other => Err(format!(
                "interactions that do not fit one question stand together: {}",
                other.trim_end_matches("-interaction")
            )),
        };
        read.map_err(|reason| (node.line, reason))?;
    }
    out.weigh(item, sink);
    Ok(out)
}

impl Gaps {
    fn push(&mut self, key: &str, fill: Fill, points: f64) {
        self.numbers.insert(key.to_owned(), self.gaps.len() + 1);
        self.gaps.push(GapKey { fill, weight: 1 });
        self.points.push(points);
    }

    /// What the next gap counts, where our own export says it.
    fn said_weight(&self, item: &Item<'_>) -> Option<f64> {
        item.extras
            .as_ref()
            .and_then(|extras| extras.weights.get(self.gaps.len()))
            .map(|weight| f64::from(*weight))
    }

    fn push_choices(&mut self, item: &Item<'_>, node: &Node, sink: &mut Sink<'_>) -> Result<(), String> {
        let id = node.get("response-identifier");
        let response = item.responses.get(id).ok_or("its response is not declared")?;
        if response.is_multiple && node.get("max-choices") != "1" {
            return Err("several choices of a list stand beside other interactions".into());
        }
        let (ids, mut choices) = choice_keys(item, node, sink)?;
        let marks = item.marks(id, &ids, false, self.said_weight(item), sink)?;
        marks.apply(&mut choices);
        self.push(id, Fill::Choosing { choices, keep_order: node.get("shuffle") != "true" }, marks.most);
        Ok(())
    }

    fn push_bank(&mut self, item: &Item<'_>, node: &Node, sink: &mut Sink<'_>) -> Result<(), String> {
        if !self.bank.is_empty() {
            return Err("it has two banks of words".into());
        }
        let id = node.get("response-identifier");
        let response = item.responses.get(id).ok_or("its response is not declared")?;
        let words: Vec<&Node> = node.elements().filter(|node| is_word(node)).collect();
        let gaps: Vec<&Node> = node.named("gap");
        if words.len() > limit::PARTS || gaps.len() > limit::PARTS {
            return Err(format!("it has more than {} words or gaps", limit::PARTS));
        }
        for word in &words {
            self.bank.push(PartKey { id: None, text: item.inline(word.get("identifier"), word, sink) });
        }
        for gap in gaps {
            let name = gap.get("identifier");
            let value = |word: &Node| {
                let pair = format!("{} {name}", word.get("identifier"));
                let mapped = response.mapping.as_ref().map_or(0.0, |mapping| mapping.value(&pair));
                (response.correct.contains(&pair), mapped)
            };
            let values: Vec<(bool, f64)> = words.iter().map(|word| value(word)).collect();
            let most = values.iter().map(|(_, mapped)| *mapped).fold(0.0, f64::max);
            // A word counts that is correct, or earns as much as the correct one does.
            let is_right =
                |(is_correct, mapped): &(bool, f64)| *is_correct || (most > 0.0 && *mapped >= most);
            let right = values.iter().enumerate().filter(|(_, value)| is_right(value));
            let right: Vec<u16> = right.filter_map(|(place, _)| u16::try_from(place).ok()).collect();
            if right.is_empty() {
                return Err(format!("the gap `{name}` has no right word"));
            }
            if values.iter().any(|(is_correct, mapped)| !is_correct && *mapped > 0.0 && *mapped < most) {
                sink.lose(gap.line, "a word that earns a part of a gap earns nothing here");
            }
            self.push(name, Fill::Dragging { right }, if most > 0.0 { most } else { 1.0 });
        }
        if item.processing.is_match() {
            sink.lose(node.line, "it is scored all or nothing there, and here gap by gap");
        }
        Ok(())
    }

    /// Weights from the points: whole ones as they are, others by their ratio to the least.
    fn weigh(&mut self, item: &Item<'_>, sink: &mut Sink<'_>) {
        if let Some(weights) =
            item.extras.as_ref().map(|extras| &extras.weights).filter(|all| all.len() == self.gaps.len())
        {
            for (gap, weight) in self.gaps.iter_mut().zip(weights) {
                gap.weight = *weight;
            }
            return;
        }
        let is_whole =
            |points: f64| (points - points.round()).abs() < 1e-6 && (1.0..=100.0).contains(&points.round());
        let least = self.points.iter().copied().filter(|points| *points > 0.0).fold(f64::INFINITY, f64::min);
        let scale = if self.points.iter().all(|points| is_whole(*points)) { 1.0 } else { least };
        if self.points.iter().all(|points| is_whole(points / scale)) {
            for (gap, points) in self.gaps.iter_mut().zip(&self.points) {
                gap.weight = (points / scale).round() as u8;
            }
        } else {
            sink.lose(item.body.line, "gaps are worth differently there, and the same here");
        }
    }

    /// What stands in the place of an interaction.
    pub fn mark(&self, node: &Node) -> Option<String> {
        let gap = |key: &str| self.numbers.get(key).map(|number| format!("[[{number}]]"));
        match node.name.as_str() {
            "gap" => gap(node.get("identifier")),
            "gap-text" | "gap-img" => Some(String::new()),
            "text-entry-interaction" | "inline-choice-interaction" => gap(node.get("response-identifier")),
            "choice-interaction" => {
                let prompt = node
                    .first("prompt")
                    .map(|prompt| html_of(&prompt.children, &mark_static))
                    .unwrap_or_default();
                gap(node.get("response-identifier")).map(|gap| format!("<p>{prompt} {gap}</p>"))
            }
            "gap-match-interaction" => {
                let mark = |node: &Node| self.mark(node);
                let parts = node.elements().map(|part| html_of_node(part, &mark));
                Some(parts.collect())
            }
            _ => mark_static(node),
        }
    }

    /// Whether a child of an interaction is its prompt or a word of its bank.
    pub fn is_bank(&self, child: &Child) -> bool {
        matches!(child, Child::Element(node) if is_word(node) || node.name == "prompt")
    }
}

fn is_word(node: &Node) -> bool {
    matches!(node.name.as_str(), "gap-text" | "gap-img")
}
