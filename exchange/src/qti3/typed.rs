//! Typed answers and numbers: which ones an item takes, from its mapping, its rules or its correct response.

use super::content::Sink;
use super::declarations::{Response, number, outcomes};
use super::item::Item;
use super::processing::tolerances;
use super::xml::Node;
use minnow_shared::limit;
use minnow_shared::question::{Credit, Fill, NumberKey, NumberRange, Text, TextRule, TypedKey};
use std::collections::HashMap;

/// A branch of the rules that looks at one response.
#[derive(Debug)]
struct Branch<'a> {
    tests: Vec<Test>,
    points: Option<f64>,
    /// Outcomes it sets, with their values.
    says: Vec<(&'a str, String)>,
}

#[derive(Debug, Clone, PartialEq)]
enum Test {
    Words { text: String, is_cased: bool },
    Pattern(String),
    Range(NumberRange),
}

/// What a typed answer may be, and what the best one earns in the item's own points.
pub struct Typed {
    pub fill: Fill,
    pub most: f64,
}

impl Item<'_> {
    /// The typed answers a response takes. `most`: what full marks are, where that is said.
    ///
    /// # Errors
    /// Why there is none.
    pub fn typed(&self, id: &str, most: Option<f64>, sink: &mut Sink<'_>) -> Result<Typed, String> {
        let response = self.responses.get(id).ok_or("its response is not declared")?;
        let branches = self.branches(id, response);
        let mapped = self.processing.is_map()
            || self.processing.custom().is_some_and(|node| {
                node.named("map-response").iter().any(|node| node.get("identifier") == id)
            });
        let mapping = response.mapping.as_ref().filter(|mapping| mapped && mapping.most() > 0.0);
        let mut accepted: Vec<(Test, f64, Text)> = Vec::new();
        if let Some(mapping) = mapping {
            for entry in &mapping.entries {
                let test = self.test(response, &entry.key, entry.is_cased);
                accepted.extend(test.map(|test| (test, entry.value, Text::default())));
            }
        } else if branches.is_empty() {
            if self.processing.custom().is_some() {
                sink.lose(self.root.line, "custom scoring was read as: the correct response is right");
            }
            let correct = response.correct.iter().filter_map(|value| self.test(response, value, true));
            accepted.extend(correct.map(|test| (test, 1.0, Text::default())));
        } else {
            for branch in &branches {
                let mut said = Text::default();
                for (outcome, value) in &branch.says {
                    let found = self.said_at(outcome, value, sink);
                    said = if said.is_empty() { found } else { said };
                }
                let points = branch.points.unwrap_or(0.0);
                accepted.extend(branch.tests.iter().map(|test| (test.clone(), points, said.clone())));
            }
        }
        let best = accepted.iter().map(|(_, points, _)| *points).fold(0.0, f64::max);
        if best <= 0.0 {
            return Err("it does not say which answer is right".into());
        }
        let most = most.unwrap_or(best).max(best);
        let mut fill = self.fill(id, accepted, most);
        self.ordered_back(id, &mut fill);
        Ok(Typed { fill, most })
    }

    fn test(&self, response: &Response, value: &str, is_cased: bool) -> Option<Test> {
        if matches!(response.base.as_str(), "float" | "integer") {
            let value = number(value)?;
            return Some(Test::Range(NumberRange::Tolerance { value, tolerance: 0.0 }));
        }
        Some(Test::Words { text: value.to_owned(), is_cased }).filter(|_| !value.trim().is_empty())
    }

    fn fill(&self, id: &str, accepted: Vec<(Test, f64, Text)>, most: f64) -> Fill {
        let is_number = accepted.iter().all(|(test, _, _)| matches!(test, Test::Range(_)));
        let credit = |points: f64| Credit::from_share(points / most);
        if is_number {
            let key = |(test, points, reason): (Test, f64, Text)| match test {
                Test::Range(range) => Some(NumberKey { range, credit: credit(points), reason }),
                Test::Words { .. } | Test::Pattern(_) => None,
            };
            return Fill::Number { accepted: accepted.into_iter().filter_map(key).collect() };
        }
        let is_cased =
            accepted.iter().all(|(test, _, _)| !matches!(test, Test::Words { is_cased: false, .. }));
        let rule = self.extras.as_ref().and_then(|extras| extras.rules.get(id)).copied();
        let rule = rule.unwrap_or(TextRule { case: is_cased, accents: true, typos: false });
        let mut keys: Vec<TypedKey> = Vec::new();
        for (test, points, reason) in accepted {
            let (text, is_pattern) = match test {
                Test::Words { text, .. } => (text, false),
                Test::Pattern(text) => (text, true),
                Test::Range(range) => match range {
                    NumberRange::Tolerance { value, .. } | NumberRange::Share { value, .. } => {
                        (value.to_string(), false)
                    }
                    NumberRange::Bounds { low, .. } => (low.to_string(), false),
                    NumberRange::Any => ("*".to_owned(), true),
                },
            };
            if !keys.iter().any(|other| other.text == text && other.is_pattern == is_pattern) {
                keys.push(TypedKey { text, credit: credit(points), reason, is_pattern });
            }
        }
        Fill::Typing { accepted: keys, rule }
    }

    /// Our own items keep the order their answers had.
    fn ordered_back(&self, id: &str, fill: &mut Fill) {
        let Some(places) = self.extras.as_ref().and_then(|extras| extras.places.get(id)) else { return };
        fn by_places<T>(keys: &mut Vec<T>, places: &[usize]) {
            if keys.len() == places.len() {
                let mut placed: Vec<(usize, T)> = places.iter().copied().zip(keys.drain(..)).collect();
                placed.sort_by_key(|(place, _)| *place);
                keys.extend(placed.into_iter().map(|(_, key)| key));
            }
        }
        match fill {
            Fill::Typing { accepted, .. } => by_places(accepted, places),
            Fill::Number { accepted } => by_places(accepted, places),
            Fill::Choosing { .. } | Fill::Dragging { .. } => {}
        }
    }

    fn branches(&self, id: &str, response: &Response) -> Vec<Branch<'_>> {
        let Some(rules) = self.processing.custom() else { return Vec::new() };
        let is_branch = |node: &Node| matches!(node.name.as_str(), "response-if" | "response-else-if");
        let starts = outcomes(self.root);
        let mut found = Vec::new();
        let mut open: Vec<&Node> = rules.below(&is_branch);
        open.reverse();
        // Conditions in a branch are branches of their own.
        while let Some(node) = open.pop() {
            let mut inside = node.below(&is_branch);
            inside.reverse();
            open.extend(inside);
            let tests = node.elements().next().and_then(|test| tests(test, id, response, 0));
            if let Some(tests) = tests.filter(|_| found.len() < limit::ACCEPTED_COUNT * 2) {
                let set: Vec<&Node> = node.all("set-outcome-value").collect();
                found.push(Branch { tests, points: points(&set, &starts), says: says(&set) });
            }
        }
        found
    }
}

/// What a branch adds to the score. `starts`: what outcomes are before it; full marks often stand in one of them.
fn points(set: &[&Node], starts: &HashMap<String, Vec<String>>) -> Option<f64> {
    let scores = set.iter().filter(|node| node.get("identifier").to_ascii_uppercase().contains("SCORE"));
    scores
        .filter_map(|node| {
            let value = node.elements().next()?;
            match value.name.as_str() {
                "base-value" => number(&value.words()),
                "variable" => number(starts.get(value.get("identifier"))?.first()?),
                "sum" => {
                    value.all("base-value").filter_map(|node| number(&node.words())).reduce(|a, b| a + b)
                }
                _ => None,
            }
        })
        .reduce(f64::max)
}

fn says<'a>(set: &[&'a Node]) -> Vec<(&'a str, String)> {
    set.iter()
        .flat_map(|node| {
            let values = node.named("base-value");
            let values = values.into_iter().filter(|value| value.get("base-type") == "identifier");
            values.take(4).map(|value| (node.get("identifier"), value.line_of_words()))
        })
        .collect()
}

/// What a test asks of a response; `None` where it asks something else.
fn tests(node: &Node, id: &str, response: &Response, depth: usize) -> Option<Vec<Test>> {
    let is_it = |node: &Node| {
        let inner = if matches!(node.name.as_str(), "integer-to-float" | "round") {
            node.elements().next()
        } else {
            Some(node)
        };
        inner.is_some_and(|node| node.name == "variable" && node.get("identifier") == id)
    };
    let parts: Vec<&Node> = node.elements().collect();
    let other = || parts.iter().copied().find(|part| !is_it(part));
    let asks = parts.iter().any(|part| is_it(part));
    match node.name.as_str() {
        "or" if depth < 8 => {
            let all: Option<Vec<Vec<Test>>> =
                parts.iter().map(|part| tests(part, id, response, depth + 1)).collect();
            Some(all?.into_iter().flatten().collect())
        }
        "and" => between(&parts, &is_it).map(|test| vec![test]),
        "not" => {
            let is_given =
                parts.first().is_some_and(|part| part.name == "is-null" && part.elements().any(is_it));
            is_given.then(|| vec![Test::Range(NumberRange::Any)]).filter(|_| is_number(response))
        }
        "pattern-match" if asks => Some(vec![Test::Pattern(stars(node.get("pattern"))?)]),
        "match" | "string-match" | "equal" | "equal-rounded" if asks => {
            let is_cased = node.get("case-sensitive") != "false";
            let values = match other()? {
                value if value.name == "base-value" => vec![value.line_of_words()],
                value if value.name == "correct" && value.get("identifier") == id => response.correct.clone(),
                _ => return None,
            };
            Some(values.into_iter().filter_map(|value| compared(node, response, value, is_cased)).collect())
        }
        _ => None,
    }
}

fn is_number(response: &Response) -> bool {
    matches!(response.base.as_str(), "float" | "integer")
}

fn compared(node: &Node, response: &Response, text: String, is_cased: bool) -> Option<Test> {
    if !is_number(response) && matches!(node.name.as_str(), "match" | "string-match") {
        return Some(Test::Words { text, is_cased }).filter(|_| node.get("substring") != "true");
    }
    let value = number(&text)?;
    let (below, above) = tolerances(node);
    Some(Test::Range(match (node.name.as_str(), node.get("tolerance-mode")) {
        ("equal", "absolute") if below == above => NumberRange::Tolerance { value, tolerance: above },
        ("equal", "absolute") => NumberRange::Bounds { low: value - below, high: value + above },
        ("equal", "relative") => {
            let percent = node.get("tolerance").split_whitespace().last().unwrap_or_default();
            NumberRange::Share { value, share: shifted(percent, -2)? }
        }
        ("equal-rounded", _) => {
            let figures = i32::from(node.get("figures").parse::<u8>().unwrap_or(0));
            let places = if node.get("rounding-mode") == "decimalPlaces" {
                figures
            } else {
                figures - 1 - value.abs().max(f64::MIN_POSITIVE).log10().floor() as i32
            };
            NumberRange::Tolerance { value, tolerance: 0.5 * 10_f64.powi(-places) }
        }
        _ => NumberRange::Tolerance { value, tolerance: 0.0 },
    }))
}

/// A decimal number times a power of ten, its digits untouched.
pub fn shifted(text: &str, by: i32) -> Option<f64> {
    let (digits, power) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    number(&format!("{digits}e{}", power.parse::<i32>().ok()?.checked_add(by)?))
}

/// From one number to another.
fn between(parts: &[&Node], is_it: &dyn Fn(&Node) -> bool) -> Option<Test> {
    let [one, two] = parts else { return None };
    let bound = |node: &Node| {
        let [first, second] = node.elements().collect::<Vec<_>>().try_into().ok()?;
        let (first, second): (&Node, &Node) = (first, second);
        let is_low = match (node.name.as_str(), is_it(first), is_it(second)) {
            ("gte" | "gt", true, _) | ("lte" | "lt", _, true) => true,
            ("lte" | "lt", true, _) | ("gte" | "gt", _, true) => false,
            _ => return None,
        };
        let value = if is_it(first) { second } else { first };
        (value.name == "base-value").then(|| number(&value.words()).map(|value| (is_low, value)))?
    };
    match (bound(one)?, bound(two)?) {
        ((true, low), (false, high)) | ((false, high), (true, low)) => {
            Some(Test::Range(NumberRange::Bounds { low, high }))
        }
        _ => None,
    }
}

/// A regular expression of words and `.*`, as a pattern with stars; `None` where it is anything else.
pub fn stars(pattern: &str) -> Option<String> {
    let pattern = pattern.strip_prefix('^').unwrap_or(pattern);
    // An escaped dollar is a sign of the answer, not the end of the pattern.
    let ends = |rest: &&str| rest.bytes().rev().take_while(|byte| *byte == b'\\').count() % 2 == 0;
    let pattern = pattern.strip_suffix('$').filter(ends).unwrap_or(pattern);
    let mut out = String::new();
    let mut letters = pattern.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '.' if letters.next_if_eq(&'*').is_some() => out.push('*'),
            '\\' => match letters.next()? {
                '*' => out.push_str("\\*"),
                letter if letter.is_alphanumeric() => return None,
                letter => out.push(letter),
            },
            '.' | '*' | '+' | '?' | '(' | ')' | '[' | ']' | '{' | '}' | '|' | '^' | '$' => return None,
            letter => out.push(letter),
        }
    }
    Some(out)
}

/// The regular expression of a pattern with stars.
pub fn expression(pattern: &str) -> String {
    let mut out = String::new();
    let mut letters = pattern.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' if letters.next_if_eq(&'*').is_some() => out.push_str("\\*"),
            '*' => out.push_str(".*"),
            letter if "\\|.-^?+{}()[]$".contains(letter) => {
                out.push('\\');
                out.push(letter);
            }
            letter => out.push(letter),
        }
    }
    out
}

/// Whether a text is what a pattern with stars says: the parts between stars follow one another.
pub fn fits(pattern: &str, given: &str) -> bool {
    let pattern = pattern.replace("\\*", "\u{0}");
    let parts: Vec<String> = pattern.split('*').map(|part| part.replace('\u{0}', "*")).collect();
    let [first, middle @ .., last] = parts.as_slice() else {
        return parts.first().is_some_and(|only| only == given);
    };
    let Some(mut rest) = given.strip_prefix(first.as_str()).and_then(|rest| rest.strip_suffix(last.as_str()))
    else {
        return false;
    };
    middle.iter().all(|part| match rest.split_once(part.as_str()) {
        Some((_, after)) => {
            rest = after;
            true
        }
        None => false,
    })
}
