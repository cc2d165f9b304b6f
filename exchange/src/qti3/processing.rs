//! Response processing: what an item would say to a response. The templates and the usual expressions are worked out;
//! what is not known is told, so that the reader can fall back to the correct response and say so.

use super::declarations::{Response, number};
use super::xml::Node;
use std::cell::Cell;
use std::collections::{BTreeMap, HashMap};

/// All runs for one item may take this many steps: items are small, and strangers' rules may not be.
const STEPS: usize = 400_000;

/// A value: nothing, one thing, or several.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Value {
    pub parts: Vec<String>,
    is_ordered: bool,
}

impl Value {
    pub fn one(text: impl Into<String>) -> Self {
        Self { parts: vec![text.into()], is_ordered: false }
    }

    pub fn many(parts: Vec<String>, is_ordered: bool) -> Self {
        Self { parts, is_ordered }
    }

    fn truth(value: bool) -> Self {
        Self::one(if value { "true" } else { "false" })
    }

    fn is_true(&self) -> bool {
        self.parts.first().is_some_and(|part| part == "true")
    }

    pub fn number(&self) -> Option<f64> {
        self.parts.first().and_then(|part| number(part))
    }

    fn of_number(value: f64) -> Self {
        if value.is_finite() { Self::one(value.to_string()) } else { Self::default() }
    }

    /// Equal as QTI's match: containers without regard to order unless one is ordered.
    fn matches(&self, other: &Self, is_unordered_pair: bool) -> bool {
        if self.parts.is_empty() || self.parts.len() != other.parts.len() {
            return false;
        }
        let same = |a: &str, b: &str| same_part(a, b, is_unordered_pair);
        if self.is_ordered || other.is_ordered {
            return self.parts.iter().zip(&other.parts).all(|(a, b)| same(a, b));
        }
        let mut left: Vec<&String> = other.parts.iter().collect();
        self.parts.iter().all(|part| {
            left.iter().position(|other| same(part, other)).map(|place| left.swap_remove(place)).is_some()
        })
    }
}

fn same_part(a: &str, b: &str, is_unordered_pair: bool) -> bool {
    if a == b {
        return true;
    }
    if is_unordered_pair
        && let (Some((left, right)), Some((other_left, other_right))) = (a.split_once(' '), b.split_once(' '))
    {
        return left == other_right && right == other_left;
    }
    matches!((number(a), number(b)), (Some(a), Some(b)) if a == b)
}

/// A rule that is not known, by its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown(pub String);

type Worked = Result<Value, Unknown>;

/// How an item marks.
pub struct Processing<'a> {
    rules: Rules<'a>,
    responses: &'a BTreeMap<String, Response>,
    defaults: HashMap<String, Vec<String>>,
    left_steps: Cell<usize>,
}

enum Rules<'a> {
    Match,
    Map,
    MapPoint,
    Custom(&'a Node),
    Unknown(String),
}

impl<'a> Processing<'a> {
    pub fn of(item: &'a Node, responses: &'a BTreeMap<String, Response>) -> Self {
        let node = item.first("response-processing");
        let template = node.map(|node| {
            let said = [node.get("template"), node.get("template-location")];
            said.into_iter().find(|said| !said.is_empty()).unwrap_or_default().to_owned()
        });
        let last = template.as_deref().unwrap_or_default().rsplit('/').next().unwrap_or_default().to_owned();
        let last = last.strip_suffix(".xml").unwrap_or(&last);
        let rules = match (last, node) {
            ("match_correct" | "CC2_match", _) => Rules::Match,
            ("map_response" | "CC2_map_response", _) => Rules::Map,
            ("map_response_point", _) => Rules::MapPoint,
            (_, Some(node)) if node.elements().next().is_some() => Rules::Custom(node),
            ("", _) if responses.values().any(|response| response.mapping.is_some()) => Rules::Map,
            ("", _) if responses.values().any(|response| !response.areas.is_empty()) => Rules::MapPoint,
            ("", _) => Rules::Match,
            (other, _) => Rules::Unknown(other.to_owned()),
        };
        Self { rules, responses, defaults: super::declarations::outcomes(item), left_steps: Cell::new(STEPS) }
    }

    /// Whether every response is marked by being the correct one, nothing in between.
    pub fn is_match(&self) -> bool {
        matches!(self.rules, Rules::Match)
    }

    pub fn is_map(&self) -> bool {
        matches!(self.rules, Rules::Map | Rules::MapPoint)
    }

    pub fn custom(&self) -> Option<&'a Node> {
        match self.rules {
            Rules::Custom(node) => Some(node),
            _ => None,
        }
    }

    /// The outcomes of these responses.
    ///
    /// # Errors
    /// The name of a rule that is not known.
    pub fn outcomes(&self, given: &HashMap<String, Value>) -> Result<HashMap<String, Value>, Unknown> {
        let mut run = Run {
            processing: self,
            given,
            outcomes: self
                .defaults
                .iter()
                .map(|(id, parts)| (id.clone(), Value::many(parts.clone(), false)))
                .collect(),
        };
        match &self.rules {
            Rules::Unknown(name) => return Err(Unknown(name.clone())),
            Rules::Custom(node) => {
                run.statements(&mut node.elements())?;
            }
            Rules::Match | Rules::Map | Rules::MapPoint => {
                let mut score = 0.0;
                for (id, response) in self.responses {
                    let value = given.get(id).cloned().unwrap_or_default();
                    score += match self.rules {
                        Rules::Map if response.mapping.is_some() => run.mapped(id, &value),
                        Rules::MapPoint => return Err(Unknown("map_response_point".into())),
                        _ => f64::from(u8::from(run.is_correct(id, &value))),
                    };
                }
                run.outcomes.insert("SCORE".into(), Value::of_number(score));
            }
        }
        Ok(run.outcomes)
    }

    /// The score of these responses.
    ///
    /// # Errors
    /// The name of a rule that is not known.
    pub fn score(&self, given: &HashMap<String, Value>) -> Result<f64, Unknown> {
        let outcomes = self.outcomes(given)?;
        Ok(outcomes.get("SCORE").and_then(Value::number).unwrap_or(0.0))
    }

    /// The response that is right, as declared.
    pub fn correct(&self, id: &str) -> Value {
        let response = self.responses.get(id);
        response.map(|r| Value::many(r.correct.clone(), r.is_ordered)).unwrap_or_default()
    }
}

struct Run<'p, 'a> {
    processing: &'p Processing<'a>,
    given: &'p HashMap<String, Value>,
    outcomes: HashMap<String, Value>,
}

impl Run<'_, '_> {
    fn step(&self, cost: usize) -> Result<(), Unknown> {
        let left =
            self.processing.left_steps.get().checked_sub(cost).ok_or(Unknown("rules without end".into()))?;
        self.processing.left_steps.set(left);
        Ok(())
    }

    fn is_correct(&self, id: &str, value: &Value) -> bool {
        let pair = self.processing.responses.get(id).is_some_and(|response| response.base == "pair");
        value.matches(&self.processing.correct(id), pair)
    }

    fn mapped(&self, id: &str, value: &Value) -> f64 {
        let Some(response) = self.processing.responses.get(id) else { return 0.0 };
        let Some(mapping) = &response.mapping else { return 0.0 };
        mapping.bounded(value.parts.iter().map(|part| mapping.value(part)).sum())
    }

    /// Whether the processing goes on.
    fn statements(&mut self, statements: &mut dyn Iterator<Item = &Node>) -> Result<bool, Unknown> {
        for statement in statements {
            self.step(1)?;
            match statement.name.as_str() {
                "set-outcome-value" => {
                    let value = self.only(statement)?;
                    self.outcomes.insert(statement.get("identifier").to_owned(), value);
                }
                "response-condition" => {
                    if !self.condition(statement)? {
                        return Ok(false);
                    }
                }
                "response-processing-fragment" => {
                    if !self.statements(&mut statement.elements())? {
                        return Ok(false);
                    }
                }
                "exit-response" => return Ok(false),
                other => return Err(Unknown(other.to_owned())),
            }
        }
        Ok(true)
    }

    fn condition(&mut self, node: &Node) -> Result<bool, Unknown> {
        for branch in node.elements() {
            self.step(1)?;
            let mut parts = branch.elements();
            let holds = match branch.name.as_str() {
                "response-if" | "response-else-if" => match parts.next() {
                    Some(test) => self.expression(test)?.is_true(),
                    None => false,
                },
                _ => true,
            };
            if holds {
                // Behind `if` stands its test; the loop above has taken it from `parts`.
                return self.statements(&mut parts);
            }
        }
        Ok(true)
    }

    fn only(&mut self, node: &Node) -> Worked {
        match node.elements().next() {
            Some(inner) => self.expression(inner),
            None => Ok(Value::default()),
        }
    }

    fn all(&mut self, node: &Node) -> Result<Vec<Value>, Unknown> {
        node.elements().map(|inner| self.expression(inner)).collect()
    }

    fn variable(&self, id: &str) -> Value {
        self.given.get(id).or_else(|| self.outcomes.get(id)).cloned().unwrap_or_default()
    }

    fn expression(&mut self, node: &Node) -> Worked {
        // A value is copied, part by part.
        let response = self.processing.responses.get(node.get("identifier"));
        self.step(1 + response.map_or(0, |response| response.correct.len()))?;
        Ok(match node.name.as_str() {
            "variable" => self.variable(node.get("identifier")),
            "correct" => self.processing.correct(node.get("identifier")),
            "base-value" => Value::one(node.line_of_words()),
            "null" => Value::default(),
            "map-response" => {
                let id = node.get("identifier");
                Value::of_number(self.mapped(id, &self.variable(id)))
            }
            "is-null" => Value::truth(self.only(node)?.parts.is_empty()),
            "not" => Value::truth(!self.only(node)?.is_true()),
            "and" => Value::truth(self.all(node)?.iter().all(Value::is_true)),
            "or" => Value::truth(self.all(node)?.iter().any(Value::is_true)),
            "multiple" => {
                Value::many(self.all(node)?.into_iter().flat_map(|value| value.parts).collect(), false)
            }
            "ordered" => {
                Value::many(self.all(node)?.into_iter().flat_map(|value| value.parts).collect(), true)
            }
            "sum" | "product" => self.folded(node)?,
            "container-size" => Value::of_number(self.only(node)?.parts.len() as f64),
            "integer-to-float" | "round" => self.only(node)?,
            "pattern-match" => {
                let pattern =
                    super::typed::stars(node.get("pattern")).ok_or(Unknown("pattern-match".into()))?;
                let value = self.only(node)?;
                Value::truth(value.parts.first().is_some_and(|given| super::typed::fits(&pattern, given)))
            }
            _ => self.of_two(node)?,
        })
    }

    fn folded(&mut self, node: &Node) -> Worked {
        let values = self.all(node)?;
        let numbers: Option<Vec<f64>> =
            values.iter().flat_map(|value| &value.parts).map(|part| number(part)).collect();
        let is_sum = node.name == "sum";
        let value = numbers.map(|all| if is_sum { all.iter().sum() } else { all.iter().product::<f64>() });
        Ok(value.map(Value::of_number).unwrap_or_default())
    }

    fn of_two(&mut self, node: &Node) -> Worked {
        const KNOWN: [&str; 12] = [
            "match",
            "equal",
            "equal-rounded",
            "string-match",
            "substring",
            "member",
            "contains",
            "gt",
            "gte",
            "lt",
            "lte",
            "delete",
        ];
        if !KNOWN.contains(&node.name.as_str()) && !matches!(node.name.as_str(), "subtract" | "divide") {
            return Err(Unknown(node.name.clone()));
        }
        let values = self.all(node)?;
        let [a, b] = values.as_slice() else { return Err(Unknown(node.name.clone())) };
        self.step(a.parts.len() * b.parts.len())?;
        let numbers = a.number().zip(b.number());
        let compared =
            |fits: fn(&f64, &f64) -> bool| Value::truth(numbers.is_some_and(|(a, b)| fits(&a, &b)));
        Ok(match node.name.as_str() {
            "match" => Value::truth(a.matches(b, self.is_pair(node))),
            "equal" => Value::truth(numbers.is_some_and(|(a, b)| is_near(node, a, b))),
            "equal-rounded" => Value::truth(numbers.is_some_and(|(a, b)| is_rounded_alike(node, a, b))),
            "string-match" | "substring" => Value::truth(string_match(node, a, b)),
            "member" => Value::truth(a.parts.first().is_some_and(|part| b.parts.contains(part))),
            "contains" => {
                Value::truth(!b.parts.is_empty() && b.parts.iter().all(|part| a.parts.contains(part)))
            }
            "gt" => compared(f64::gt),
            "gte" => compared(f64::ge),
            "lt" => compared(f64::lt),
            "lte" => compared(f64::le),
            "subtract" => numbers.map(|(a, b)| Value::of_number(a - b)).unwrap_or_default(),
            "divide" => numbers.map(|(a, b)| Value::of_number(a / b)).unwrap_or_default(),
            _ => Value::many(
                b.parts.iter().filter(|part| !a.parts.contains(part)).cloned().collect(),
                b.is_ordered,
            ),
        })
    }

    fn is_pair(&self, node: &Node) -> bool {
        node.elements().any(|inner| {
            self.processing
                .responses
                .get(inner.get("identifier"))
                .is_some_and(|response| response.base == "pair")
        })
    }
}

/// The two tolerances of `equal`; one stands for both.
pub fn tolerances(node: &Node) -> (f64, f64) {
    let said: Vec<f64> = node.get("tolerance").split_whitespace().filter_map(number).collect();
    match said.as_slice() {
        [below, above, ..] => (*below, *above),
        [both] => (*both, *both),
        [] => (0.0, 0.0),
    }
}

fn is_near(node: &Node, a: f64, b: f64) -> bool {
    let (below, above) = tolerances(node);
    match node.get("tolerance-mode") {
        "absolute" => (a - below..=a + above).contains(&b) || (b - below..=b + above).contains(&a),
        "relative" => {
            let fits =
                |x: f64, y: f64| (x - x.abs() * below / 100.0..=x + x.abs() * above / 100.0).contains(&y);
            fits(a, b) || fits(b, a)
        }
        _ => a == b,
    }
}

fn is_rounded_alike(node: &Node, a: f64, b: f64) -> bool {
    let figures = node.get("figures").parse::<usize>().unwrap_or(0).min(15);
    if node.get("rounding-mode") == "decimalPlaces" {
        format!("{a:.figures$}") == format!("{b:.figures$}")
    } else {
        let places = figures.saturating_sub(1);
        format!("{a:.places$e}") == format!("{b:.places$e}")
    }
}

fn string_match(node: &Node, a: &Value, b: &Value) -> bool {
    let (Some(a), Some(b)) = (a.parts.first(), b.parts.first()) else { return false };
    let (a, b) = if node.get("case-sensitive") == "false" {
        (a.to_lowercase(), b.to_lowercase())
    } else {
        (a.clone(), b.clone())
    };
    let is_part = node.name == "substring";
    if is_part {
        b.contains(&a)
    } else if node.get("substring") == "true" {
        a.contains(&b)
    } else {
        a == b
    }
}
