//! What an item says to an answer, and to which part of a question it belongs.

use super::content::{self, Sink};
use super::declarations::Response;
use super::item::{Item, is_interaction, mark_static};
use super::processing::Value;
use super::xml::Node;
use crate::markup;
use minnow_shared::limit;
use minnow_shared::question::{Question, QuestionKey, Text};
use std::collections::{BTreeMap, HashMap};

/// The outcome our own items keep the verdict in, with `right`, `partly` and `wrong`.
pub const VERDICT: &str = "VERDICT";
/// The outcome our own items show the reason by.
pub const REASON: &str = "REASON";

/// Something that is said where an outcome has (or has not) a value.
pub struct Said<'a> {
    pub node: &'a Node,
    pub outcome: &'a str,
    pub identifier: &'a str,
    is_shown: bool,
}

/// Everything an item says, except what stands in its choices.
pub fn all<'a>(root: &'a Node, body: &'a Node) -> Vec<Said<'a>> {
    let is_feedback = |node: &Node| matches!(node.name.as_str(), "feedback-block" | "feedback-inline");
    let inside = body.below(&|node| is_feedback(node) || is_interaction(node));
    let inside = inside.into_iter().filter(|node| is_feedback(node));
    root.all("modal-feedback")
        .chain(inside)
        .take(SAID)
        .map(|node| Said {
            node,
            outcome: node.get("outcome-identifier"),
            identifier: node.get("identifier"),
            is_shown: node.get("show-hide") != "hide",
        })
        .collect()
}

/// Outcomes that are set to a response as it is.
pub fn mirrors(root: &Node, responses: &BTreeMap<String, Response>) -> BTreeMap<String, String> {
    let processing = root.first("response-processing");
    let set = processing.map(|node| node.named("set-outcome-value")).unwrap_or_default();
    set.into_iter()
        .filter_map(|node| {
            let mut inside = node.elements();
            let (only, None) = (inside.next()?, inside.next()) else { return None };
            let id = only.get("identifier");
            let fits = only.name == "variable" && responses.contains_key(id);
            fits.then(|| (node.get("identifier").to_owned(), id.to_owned()))
        })
        .collect()
}

impl Item<'_> {
    /// What is said when an outcome has this value; empty where nothing is.
    pub fn said_at(&self, outcome: &str, identifier: &str, sink: &mut Sink<'_>) -> Text {
        let fits = |said: &&(usize, &Said<'_>)| {
            said.1.outcome == outcome && said.1.identifier == identifier && said.1.is_shown
        };
        let found: Vec<_> = self.said.iter().enumerate().filter(|said| fits(&said)).collect();
        let mut out = Text::default();
        for (place, said) in found {
            self.used.borrow_mut().insert(place);
            out = joined(out, text_of(said, sink));
        }
        out
    }

    /// What is said to a choice: in the choice, or by an outcome that repeats the response.
    pub fn said_to_choice(&self, response: &str, choice: &Node, sink: &mut Sink<'_>) -> Text {
        let identifier = choice.get("identifier");
        let mut out = Text::default();
        for node in choice.named("feedback-inline").into_iter().chain(choice.named("feedback-block")) {
            out = joined(out, content::text(&node.children, &mark_static, node.line, sink));
        }
        let outcomes: Vec<&String> =
            self.mirrors.iter().filter(|(_, of)| *of == response).map(|(outcome, _)| outcome).collect();
        for outcome in outcomes {
            out = joined(out, self.said_at(outcome, identifier, sink));
        }
        out
    }
}

fn text_of(said: &Said<'_>, sink: &mut Sink<'_>) -> Text {
    let node = said.node.first("content-body").unwrap_or(said.node);
    content::text(&node.children, &mark_static, node.line, sink)
}

pub(super) fn joined(one: Text, other: Text) -> Text {
    match (one.is_empty(), other.is_empty()) {
        (true, _) => other,
        (_, true) => one,
        _ if one == other => one,
        _ => match (&one, &other) {
            (Text::Plain(one), Text::Plain(other)) => Text::Plain(format!("{one}\n{other}")),
            _ => {
                let block = |text: &Text| {
                    let html = text.html();
                    if html.starts_with("<p>") { html } else { format!("<div>{html}</div>") }
                };
                // Read once more: a paragraph inside another is no markup.
                let html = format!("{}{}", block(&one), block(&other));
                markup::from_html(&html, &mut |address| Ok(address.to_owned())).0
            }
        },
    }
}

/// An item may say this many things; more are left out.
const SAID: usize = 300;

/// A response that is none of those that are right.
const NO_ANSWER: &str = "\u{1}";

/// Gives what has found no part yet to the verdicts, the reason or a choice.
pub fn assign(item: &Item<'_>, question: &mut Question, sink: &mut Sink<'_>) {
    let ids = || item.responses.keys();
    let right = ids().map(|id| (id.clone(), item.processing.correct(id))).collect();
    let wrong = ids().map(|id| (id.clone(), Value::one(NO_ANSWER))).collect();
    let outcomes = (item.processing.outcomes(&right), item.processing.outcomes(&wrong));
    let mut by_choice = None;
    for (place, said) in item.said.iter().enumerate() {
        if item.used.borrow().contains(&place) {
            continue;
        }
        let text = text_of(said, sink);
        if text.is_empty() {
            continue;
        }
        let verdicts = &mut question.verdicts;
        let slot = match (said.outcome, said.identifier, &outcomes) {
            (VERDICT, "right", _) => &mut verdicts.right,
            (VERDICT, "partly", _) => &mut verdicts.partly,
            (VERDICT, "wrong", _) => &mut verdicts.wrong,
            (REASON, _, _) => &mut question.reason,
            (_, _, (Ok(right), Ok(wrong))) => match (shown(said, right), shown(said, wrong)) {
                (true, true) => &mut question.reason,
                (true, false) => &mut verdicts.right,
                (false, true) => &mut verdicts.wrong,
                (false, false) => match choice_slot(
                    said,
                    by_choice.get_or_insert_with(|| at_choices(item)),
                    &mut question.key,
                ) {
                    Some(slot) => slot,
                    None => {
                        sink.lose(
                            said.node.line,
                            format!("when `{}` is said is not understood", said.identifier),
                        );
                        continue;
                    }
                },
            },
            _ => {
                sink.lose(said.node.line, format!("when `{}` is said is not understood", said.identifier));
                continue;
            }
        };
        *slot = joined(std::mem::take(slot), text);
    }
}

fn shown(said: &Said<'_>, outcomes: &HashMap<String, Value>) -> bool {
    let has = outcomes
        .get(said.outcome)
        .is_some_and(|value| value.parts.iter().any(|part| part == said.identifier));
    has == said.is_shown
}

/// The outcomes of each choice alone.
fn at_choices(item: &Item<'_>) -> Vec<HashMap<String, Value>> {
    let Some(node) = item.body.named("choice-interaction").first().copied() else { return Vec::new() };
    let response = node.get("response-identifier");
    let outcomes = |choice: &Node| {
        let given = HashMap::from([(response.to_owned(), Value::one(choice.get("identifier")))]);
        item.processing.outcomes(&given).unwrap_or_default()
    };
    node.all("simple-choice").take(limit::PARTS).map(outcomes).collect()
}

/// The reason of the only choice that makes the item say it.
fn choice_slot<'k>(
    said: &Said<'_>,
    at_choices: &[HashMap<String, Value>],
    key: &'k mut QuestionKey,
) -> Option<&'k mut Text> {
    let QuestionKey::Choices { choices, .. } = key else { return None };
    let says =
        at_choices.iter().enumerate().filter(|(_, outcomes)| !outcomes.is_empty() && shown(said, outcomes));
    let all: Vec<usize> = says.map(|(place, _)| place).collect();
    match all.as_slice() {
        [only] => choices.get_mut(*only).map(|choice| &mut choice.reason),
        _ => None,
    }
}
