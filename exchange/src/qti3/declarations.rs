//! What an item declares: its responses with what is right and what it is worth, and its outcomes.

use super::xml::Node;
use std::collections::{BTreeMap, HashMap};

/// Values of one item; more are cut.
const VALUES: usize = 300;

/// How an answer to one interaction is kept and marked.
#[derive(Debug, Clone, Default)]
pub struct Response {
    pub is_ordered: bool,
    pub is_multiple: bool,
    /// `identifier`, `string`, `float`, `pair`, `directed-pair`, `point` …, lower case with hyphens.
    pub base: String,
    pub correct: Vec<String>,
    pub mapping: Option<Mapping>,
    pub areas: Vec<Area>,
}

#[derive(Debug, Clone, Default)]
pub struct Mapping {
    pub entries: Vec<MapEntry>,
    pub default: f64,
    pub lower: Option<f64>,
    pub upper: Option<f64>,
}

#[derive(Debug, Clone)]
pub struct MapEntry {
    pub key: String,
    /// The key in small letters.
    folded: String,
    pub value: f64,
    pub is_cased: bool,
}

/// A place on a picture and what a point in it is worth.
#[derive(Debug, Clone)]
pub struct Area {
    pub shape: String,
    pub coords: String,
    pub value: f64,
}

impl Mapping {
    pub fn value(&self, key: &str) -> f64 {
        let folded = key.to_lowercase();
        let fits = |entry: &&MapEntry| entry.key == key || (!entry.is_cased && entry.folded == folded);
        self.entries.iter().find(fits).map_or(self.default, |entry| entry.value)
    }

    pub fn bounded(&self, sum: f64) -> f64 {
        let sum = self.lower.map_or(sum, |lower| sum.max(lower));
        self.upper.map_or(sum, |upper| sum.min(upper))
    }

    /// The most a response can earn by its entries.
    pub fn most(&self) -> f64 {
        self.bounded(self.entries.iter().map(|entry| entry.value.max(0.0)).sum())
    }
}

pub fn number(text: &str) -> Option<f64> {
    text.trim().parse::<f64>().ok().filter(|value| value.is_finite())
}

/// The values in an element, spaces at their ends dropped; pairs with one space between.
fn values(node: &Node) -> Vec<String> {
    node.all("value").take(VALUES).map(|value| value.line_of_words()).collect()
}

fn response(node: &Node, is_cased: bool) -> Response {
    let cardinality = node.get("cardinality");
    let base = match node.get("base-type") {
        "directedPair" => "directed-pair".to_owned(),
        base => base.to_owned(),
    };
    let mapping = node.first("mapping").map(|mapping| Mapping {
        entries: mapping.all("map-entry").take(VALUES).map(|node| entry(node, is_cased)).collect(),
        default: number(mapping.get("default-value")).unwrap_or(0.0),
        lower: number(mapping.get("lower-bound")),
        upper: number(mapping.get("upper-bound")),
    });
    let areas =
        node.first("area-mapping").into_iter().flat_map(|areas| areas.all("area-map-entry")).take(VALUES);
    Response {
        is_ordered: cardinality == "ordered",
        is_multiple: cardinality == "multiple",
        base,
        correct: node.first("correct-response").map(values).unwrap_or_default(),
        mapping,
        areas: areas
            .map(|area| Area {
                shape: area.get("shape").to_owned(),
                coords: area.get("coords").to_owned(),
                value: number(area.get("mapped-value")).unwrap_or(0.0),
            })
            .collect(),
    }
}

fn entry(node: &Node, is_cased: bool) -> MapEntry {
    let key = node.get("map-key").split_whitespace().collect::<Vec<_>>().join(" ");
    MapEntry {
        folded: key.to_lowercase(),
        key,
        value: number(node.get("mapped-value")).unwrap_or(0.0),
        is_cased: node.find("case-sensitive").map_or(is_cased, |said| said == "true"),
    }
}

/// The responses an item declares, by their identifiers.
pub fn responses(item: &Node) -> BTreeMap<String, Response> {
    // Where nothing is said, capitals matter in QTI 2 and do not in QTI 3.
    let is_cased = !item.get("xmlns").contains("v3p0");
    item.all("response-declaration")
        .take(VALUES)
        .map(|node| (node.get("identifier").to_owned(), response(node, is_cased)))
        .collect()
}

/// The values outcomes start with, by their identifiers.
pub fn outcomes(item: &Node) -> HashMap<String, Vec<String>> {
    let start = |node: &Node| node.first("default-value").map(values).unwrap_or_default();
    item.all("outcome-declaration")
        .take(VALUES)
        .map(|node| (node.get("identifier").to_owned(), start(node)))
        .collect()
}

/// What full marks are, where the item says it.
pub fn most_said(item: &Node) -> Option<f64> {
    let score = item.all("outcome-declaration").find(|node| node.get("identifier") == "SCORE");
    let said = score.and_then(|node| number(node.get("normal-maximum")));
    let max = item.all("outcome-declaration").find(|node| node.get("identifier") == "MAXSCORE");
    let max = max.and_then(|node| node.first("default-value")).and_then(|node| number(&node.words()));
    said.or(max).filter(|most| *most > 0.0)
}
