//! Topics and how they hang together, in and out, as JSON and as tables (see `docs/guides/topics.md`). Reading takes what it
//! can; what is odd is a loss with its line. Whether an edge closes a circle is seen when it is put to the others (`settle`).

use crate::csv::rows::{Row, cell, rows, separator};
use crate::{Loss, ReadError, encoding, texts};
use minnow_mastery::graph::{Edge, EdgeKind, EdgeProblem, Graph};
use minnow_shared::{TopicId, limit};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Topics and edges of a file at most, each.
const MOST: usize = 20_000;

/// A topic with its names by language (the first part of a BCP 47 tag).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Topic {
    pub id: String,
    pub names: BTreeMap<String, String>,
}

/// A format of topics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TopicFormat {
    Json,
    Csv,
}

impl TopicFormat {
    pub const ALL: [TopicFormat; 2] = [TopicFormat::Json, TopicFormat::Csv];

    pub const fn name(self) -> &'static str {
        match self {
            TopicFormat::Json => "json",
            TopicFormat::Csv => "csv",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }
}

/// What was read of a file of topics.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TopicImport {
    pub format: TopicFormat,
    pub topics: Vec<Topic>,
    pub edges: Vec<Edge>,
    pub losses: Vec<Loss>,
}

/// What a file says, before anything is looked up: ends of edges are written as its author wrote them.
#[derive(Default)]
struct Draft {
    topics: Vec<Topic>,
    edges: Vec<Written>,
    losses: Vec<Loss>,
    /// Only edges are there: their ends are topics.
    edges_only: bool,
}

/// An edge as it is written.
struct Written {
    line: u32,
    from: String,
    kind: EdgeKind,
    to: String,
}

/// Reads a file of topics and puts its edges to those that are there: `known` topics with their names in small letters, and
/// the `graph` of now. Ends of edges may be ids or names.
///
/// # Errors
/// When nothing can be read at all.
pub fn read(
    bytes: &[u8],
    format: Option<TopicFormat>,
    graph: &Graph,
    known: &HashMap<String, String>,
) -> Result<TopicImport, ReadError> {
    let text = encoding::text(bytes)?;
    let is_json = text.trim_start().starts_with(['{', '[']);
    let format = format.unwrap_or(if is_json { TopicFormat::Json } else { TopicFormat::Csv });
    let draft = match format {
        TopicFormat::Json => read_json(&text)?,
        TopicFormat::Csv => read_table(&text)?,
    };
    if draft.topics.len() > MOST || draft.edges.len() > MOST {
        return Err(ReadError::TooMuch { most: format!("{MOST} topics or edges") });
    }
    Ok(settle(draft, format, graph.clone(), known))
}

fn settle(
    mut draft: Draft,
    format: TopicFormat,
    mut graph: Graph,
    known: &HashMap<String, String>,
) -> TopicImport {
    let mut by_name: HashMap<String, String> = known.clone();
    for topic in &draft.topics {
        graph.add_topic(&topic.id);
        for name in topic.names.values() {
            by_name.insert(name.trim().to_lowercase(), topic.id.clone());
        }
    }
    let mut edges: Vec<Edge> = Vec::new();
    for written in std::mem::take(&mut draft.edges) {
        let item = format!("{} → {}", short(&written.from), short(&written.to));
        let mut lose = |reason: String| {
            draft.losses.push(Loss { line: Some(written.line), item: item.clone(), reason });
        };
        let mut ends = [&written.from, &written.to].map(|end| find(end, &graph, &by_name));
        if draft.edges_only {
            for (end, found) in [&written.from, &written.to].into_iter().zip(&mut ends) {
                if found.is_none()
                    && let Ok(topic) = topic_of(end, &BTreeMap::new())
                {
                    graph.add_topic(&topic.id);
                    by_name.insert(end.trim().to_lowercase(), topic.id.clone());
                    *found = Some(topic.id.clone());
                    draft.topics.push(topic);
                }
            }
        }
        let [Some(from), Some(to)] = ends else {
            let missing = if ends[0].is_none() { &written.from } else { &written.to };
            lose(format!("the edge is left out: there is no topic “{}”", short(missing)));
            continue;
        };
        let edge = Edge { from, kind: written.kind, to };
        match graph.add_edge(&edge) {
            Ok(true) => edges.push(edge),
            // There already, or twice in the file: nothing is lost.
            Ok(false) => {
                if !edges.contains(&edge) {
                    edges.push(edge);
                }
            }
            Err(EdgeProblem::Itself) => lose("the edge is left out: both ends are one topic".to_owned()),
            Err(EdgeProblem::Unknown(id)) => lose(format!("the edge is left out: there is no topic “{id}”")),
            Err(EdgeProblem::Circle(way)) => {
                lose(format!("the edge is left out: it would close a circle, {}", way.join(" → ")));
            }
        }
    }
    draft.losses.sort_by_key(|loss| loss.line);
    TopicImport { format, topics: draft.topics, edges, losses: draft.losses }
}

fn find(end: &str, graph: &Graph, by_name: &HashMap<String, String>) -> Option<String> {
    let end = end.trim();
    let named = || by_name.get(&end.to_lowercase()).filter(|id| graph.has(id)).cloned();
    let id = slug(end);
    if graph.has(end) { Some(end.to_owned()) } else { named().or_else(|| graph.has(&id).then_some(id)) }
}

fn short(text: &str) -> String {
    texts::first_words(text.trim())
}

/// An id made of a name: small Latin letters and digits, a hyphen for all between. May be empty.
pub fn slug(name: &str) -> String {
    let mut id = String::new();
    for letter in name.chars().flat_map(char::to_lowercase).flat_map(plain) {
        if letter.is_ascii_lowercase() || letter.is_ascii_digit() {
            id.push(letter);
        } else if !id.is_empty() && !id.ends_with('-') {
            id.push('-');
        }
    }
    id.truncate(limit::TOPIC_ID);
    id.trim_end_matches('-').to_owned()
}

/// Latin letters without their marks, as far as European languages write them.
fn plain(letter: char) -> impl Iterator<Item = char> {
    let plain = match letter {
        'à'..='å' | 'ā' | 'ă' | 'ą' => "a",
        'æ' => "ae",
        'ç' | 'ć' | 'č' => "c",
        'è'..='ë' | 'ē' | 'ę' | 'ě' => "e",
        'ì'..='ï' | 'ī' | 'ı' => "i",
        'ñ' | 'ń' | 'ň' => "n",
        'ò'..='ö' | 'ø' | 'ō' | 'ő' => "o",
        'œ' => "oe",
        'ù'..='ü' | 'ū' | 'ů' | 'ű' => "u",
        'ý' | 'ÿ' => "y",
        'ß' => "ss",
        'ł' => "l",
        'ś' | 'š' | 'ş' => "s",
        'ź' | 'ż' | 'ž' => "z",
        'ğ' => "g",
        'đ' | 'ď' => "d",
        'ř' => "r",
        'ť' => "t",
        _ => return Letters::One(Some(letter)),
    };
    Letters::Some(plain.chars())
}

enum Letters {
    One(Option<char>),
    Some(std::str::Chars<'static>),
}

impl Iterator for Letters {
    type Item = char;
    fn next(&mut self) -> Option<char> {
        match self {
            Letters::One(letter) => letter.take(),
            Letters::Some(letters) => letters.next(),
        }
    }
}

/// A topic by what is written for it: an id, or a name an id is made of.
fn topic_of(written: &str, names: &BTreeMap<String, String>) -> Result<Topic, String> {
    let written = written.trim();
    let mut names: BTreeMap<String, String> = names
        .iter()
        .map(|(language, name)| (language.clone(), name.trim().to_owned()))
        .filter(|(_, name)| !name.is_empty())
        .collect();
    let of_name = || names.get("en").or_else(|| names.values().next()).map(|name| slug(name));
    let (id, is_name) = match TopicId::parse(written) {
        Ok(id) => (id.to_string(), false),
        Err(_) if written.is_empty() => (of_name().unwrap_or_default(), false),
        Err(_) => (slug(written), true),
    };
    if is_name && names.is_empty() && written.chars().count() <= limit::TOPIC_NAME {
        names.insert("en".into(), written.to_owned());
    }
    if let Some((language, _)) = names.iter().find(|(_, name)| name.chars().count() > limit::TOPIC_NAME) {
        return Err(format!("its name in {language} has more than {} characters", limit::TOPIC_NAME));
    }
    if names.values().any(|name| name.chars().any(char::is_control)) {
        return Err("its name has characters that cannot be shown".into());
    }
    if TopicId::parse(&id).is_err() {
        return Err("it needs an id of small Latin letters, digits and hyphens".into());
    }
    Ok(Topic { id, names })
}

/// A language of a name, as names are kept: `en` of `en-GB`.
fn language(tag: &str) -> Option<String> {
    let plain = tag.trim().split(['-', '_']).next()?.to_lowercase();
    ((2..=3).contains(&plain.len()) && plain.bytes().all(|b| b.is_ascii_lowercase())).then_some(plain)
}

impl Draft {
    /// Adds a topic; one that is there already gets the names it lacks.
    fn topic(&mut self, line: u32, written: &str, names: &BTreeMap<String, String>) -> Option<String> {
        let item = || {
            let name = names.values().next().map_or(written, String::as_str);
            short(if written.trim().is_empty() { name } else { written })
        };
        match topic_of(written, names) {
            Err(reason) => {
                let reason = format!("the topic is left out: {reason}");
                self.losses.push(Loss { line: Some(line), item: item(), reason });
                None
            }
            Ok(topic) => {
                let id = topic.id.clone();
                match self.topics.iter_mut().find(|there| there.id == id) {
                    None => self.topics.push(topic),
                    Some(there) => {
                        for (language, name) in topic.names {
                            match there.names.get(&language) {
                                None => _ = there.names.insert(language, name),
                                Some(before) if *before == name => {}
                                Some(before) => self.losses.push(Loss {
                                    line: Some(line),
                                    item: item(),
                                    reason: format!(
                                        "a second name in {language} is left out: it is “{before}” already"
                                    ),
                                }),
                            }
                        }
                    }
                }
                Some(id)
            }
        }
    }

    fn edge(&mut self, line: u32, kind: &str, from: String, to: String) {
        let (from, to, kind) = match kind.trim().to_lowercase().replace([' ', '-'], "_").as_str() {
            "prerequisite" | "prerequisite_of" | "before" => (from, to, EdgeKind::Prerequisite),
            "requires" | "needs" | "after" => (to, from, EdgeKind::Prerequisite),
            "part_of" | "partof" | "is_part_of" | "in" => (from, to, EdgeKind::PartOf),
            "has_part" | "contains" => (to, from, EdgeKind::PartOf),
            other => {
                let reason =
                    format!("the edge is left out: “{}” is neither prerequisite nor part_of", short(other));
                let item = format!("{} → {}", short(&from), short(&to));
                return self.losses.push(Loss { line: Some(line), item, reason });
            }
        };
        self.edges.push(Written { line, from, kind, to });
    }
}

// Tables.

/// What a column holds.
enum Column {
    Id,
    Name(String),
    PartOf,
    Prerequisites,
    From,
    Kind,
    To,
    Other,
}

impl Column {
    fn of(header: &str) -> Self {
        let header = header.trim().to_lowercase();
        match header.replace([' ', '-'], "_").as_str() {
            "id" | "topic" | "topic_id" => return Column::Id,
            "name" | "title" => return Column::Name("en".into()),
            "part_of" | "partof" | "parent" | "parents" => return Column::PartOf,
            "prerequisites" | "prerequisite" | "requires" | "needs" => return Column::Prerequisites,
            "from" | "source" => return Column::From,
            "kind" | "type" | "relation" | "edge" => return Column::Kind,
            "to" | "target" => return Column::To,
            _ => {}
        }
        let tag = ["name:", "name_", "name ", "name-", "title:", "title_"]
            .iter()
            .find_map(|start| header.strip_prefix(start));
        tag.and_then(language).map_or(Column::Other, Column::Name)
    }
}

fn read_table(text: &str) -> Result<Draft, ReadError> {
    let mut all = rows(text, separator(text)).into_iter();
    let head = all.next().ok_or(ReadError::Empty)?;
    let columns: Vec<Column> = head.cells.iter().map(|cell| Column::of(cell)).collect();
    let place = |is: fn(&Column) -> bool| columns.iter().position(is);
    let mut draft = Draft::default();
    for (column, cell) in columns.iter().zip(&head.cells) {
        if matches!(column, Column::Other) && !cell.trim().is_empty() {
            let reason = "the column is left out: it is none of id, name, name:xx, part_of, prerequisites, from, kind, to";
            draft.losses.push(Loss { line: Some(head.line), item: short(cell), reason: reason.into() });
        }
    }
    let ends = (place(|c| matches!(c, Column::From)), place(|c| matches!(c, Column::To)));
    if let (Some(from), Some(to)) = ends {
        draft.edges_only = true;
        let kind = place(|c| matches!(c, Column::Kind));
        all.for_each(|row| edge_row(&mut draft, &row, from, kind, to));
        return Ok(draft);
    }
    if place(|c| matches!(c, Column::Id | Column::Name(_))).is_none() {
        let reason = "no column is named id or name, nor are there from and to";
        return Err(ReadError::Broken { line: head.line, reason: reason.into() });
    }
    all.for_each(|row| topic_row(&mut draft, &row, &columns));
    Ok(draft)
}

fn at(row: &Row, place: usize) -> &str {
    row.cells.get(place).map_or("", |cell| cell.trim())
}

fn edge_row(draft: &mut Draft, row: &Row, from: usize, kind: Option<usize>, to: usize) {
    let (from, to) = (at(row, from).to_owned(), at(row, to).to_owned());
    if row.is_broken || from.is_empty() || to.is_empty() {
        let why = if row.is_broken { "a quote is not closed" } else { "one of its ends is empty" };
        let reason = format!("the edge is left out: {why}");
        return draft.losses.push(Loss {
            line: Some(row.line),
            item: short(&format!("{from} {to}")),
            reason,
        });
    }
    draft.edge(row.line, kind.map_or("prerequisite", |kind| at(row, kind)), from, to);
}

fn topic_row(draft: &mut Draft, row: &Row, columns: &[Column]) {
    if row.is_broken {
        let item = short(&row.cells.join(" "));
        let reason = "the row is left out: a quote is not closed".into();
        return draft.losses.push(Loss { line: Some(row.line), item, reason });
    }
    let (mut written, mut names, mut edges) = ("", BTreeMap::new(), Vec::new());
    for (place, column) in columns.iter().enumerate() {
        let cell = at(row, place);
        match column {
            _ if cell.is_empty() => {}
            Column::Id => written = cell,
            Column::Name(language) => _ = names.insert(language.clone(), cell.to_owned()),
            Column::PartOf => edges.extend(list(cell).map(|other| (EdgeKind::PartOf, other))),
            Column::Prerequisites => edges.extend(list(cell).map(|other| (EdgeKind::Prerequisite, other))),
            _ => {}
        }
    }
    let Some(id) = draft.topic(row.line, written, &names) else { return };
    for (kind, other) in edges {
        let other = other.to_owned();
        let (from, to) = match kind {
            EdgeKind::PartOf => (id.clone(), other),
            EdgeKind::Prerequisite => (other, id.clone()),
        };
        draft.edges.push(Written { line: row.line, from, kind, to });
    }
}

fn list(cell: &str) -> impl Iterator<Item = &str> {
    cell.split(['|', ';', '\n']).map(str::trim).filter(|one| !one.is_empty())
}

// JSON.

#[derive(Deserialize)]
struct Whole<'a> {
    #[serde(borrow, default)]
    topics: Vec<&'a RawValue>,
    #[serde(borrow, default)]
    edges: Vec<&'a RawValue>,
}

/// A topic of a file of JSON; names by language, or one name.
#[derive(Deserialize)]
struct TopicJson {
    #[serde(default)]
    id: String,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    names: BTreeMap<String, String>,
    #[serde(default)]
    part_of: Vec<String>,
    #[serde(default)]
    prerequisites: Vec<String>,
}

#[derive(Deserialize)]
struct EdgeJson {
    from: String,
    #[serde(default = "prerequisite")]
    kind: String,
    to: String,
}

fn prerequisite() -> String {
    EdgeKind::Prerequisite.name().into()
}

fn read_json(text: &str) -> Result<Draft, ReadError> {
    let broken = |error: serde_json::Error| ReadError::Broken {
        line: u32::try_from(error.line()).unwrap_or(u32::MAX),
        reason: error.to_string(),
    };
    let whole: Whole<'_> = if text.trim_start().starts_with('[') {
        Whole { topics: serde_json::from_str(text).map_err(broken)?, edges: Vec::new() }
    } else {
        serde_json::from_str(text).map_err(broken)?
    };
    if whole.topics.is_empty() && whole.edges.is_empty() {
        return Err(ReadError::Broken { line: 1, reason: "it has neither topics nor edges".into() });
    }
    let mut draft = Draft { edges_only: whole.topics.is_empty(), ..Draft::default() };
    for (index, raw) in whole.topics.iter().enumerate() {
        let line = line_of(text, raw.get());
        match serde_json::from_str::<TopicJson>(raw.get()) {
            Ok(topic) => topic_json(&mut draft, line, topic),
            Err(error) => draft.losses.push(Loss {
                line: Some(line),
                item: format!("topic {}", index + 1),
                reason: format!("the topic is left out: {error}"),
            }),
        }
    }
    for (index, raw) in whole.edges.iter().enumerate() {
        let line = line_of(text, raw.get());
        match serde_json::from_str::<EdgeJson>(raw.get()) {
            Ok(EdgeJson { from, kind, to }) => draft.edge(line, &kind, from, to),
            Err(error) => draft.losses.push(Loss {
                line: Some(line),
                item: format!("edge {}", index + 1),
                reason: format!("the edge is left out: {error}"),
            }),
        }
    }
    Ok(draft)
}

fn topic_json(draft: &mut Draft, line: u32, topic: TopicJson) {
    let mut names = BTreeMap::new();
    for (tag, name) in topic.name.map(|name| ("en".to_owned(), name)).into_iter().chain(topic.names) {
        match language(&tag) {
            Some(language) => _ = names.insert(language, name),
            None => draft.losses.push(Loss {
                line: Some(line),
                item: short(&topic.id),
                reason: format!("the name is left out: “{}” is no language", short(&tag)),
            }),
        }
    }
    let Some(id) = draft.topic(line, &topic.id, &names) else { return };
    let wholes = topic.part_of.into_iter().map(|to| (id.clone(), EdgeKind::PartOf, to));
    let before = topic.prerequisites.into_iter().map(|from| (from, EdgeKind::Prerequisite, id.clone()));
    for (from, kind, to) in wholes.chain(before) {
        draft.edges.push(Written { line, from, kind, to });
    }
}

fn line_of(text: &str, slice: &str) -> u32 {
    let place = (slice.as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
    let before = text.as_bytes().get(..place).unwrap_or_default();
    u32::try_from(before.iter().filter(|byte| **byte == b'\n').count() + 1).unwrap_or(u32::MAX)
}

// Out.

/// Writes topics and edges. Read again, they are equal.
pub fn write(topics: &[Topic], edges: &[Edge], format: TopicFormat) -> Vec<u8> {
    match format {
        TopicFormat::Json => write_json(topics, edges),
        TopicFormat::Csv => write_table(topics, edges),
    }
}

fn write_json(topics: &[Topic], edges: &[Edge]) -> Vec<u8> {
    #[derive(Serialize)]
    struct Whole<'a> {
        topics: &'a [Topic],
        edges: &'a [Edge],
    }
    let mut bytes = serde_json::to_vec_pretty(&Whole { topics, edges }).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}

fn write_table(topics: &[Topic], edges: &[Edge]) -> Vec<u8> {
    let languages: BTreeSet<&str> =
        topics.iter().flat_map(|topic| topic.names.keys()).map(String::as_str).collect();
    let mut columns = vec!["id".to_owned()];
    columns.extend(languages.iter().map(|language| format!("name:{language}")));
    columns.extend(["part_of".to_owned(), "prerequisites".to_owned()]);
    let mut text = columns.join(",") + "\r\n";
    for topic in topics {
        let mut cells = vec![topic.id.clone()];
        let name = |language: &&str| topic.names.get(*language).map_or(String::new(), |name| cell(name));
        cells.extend(languages.iter().map(name));
        let joined = |all: Vec<&str>| all.join(" | ");
        let of = |edge: &&Edge, kind| edge.kind == kind;
        let wholes = edges.iter().filter(|e| of(e, EdgeKind::PartOf) && e.from == topic.id);
        cells.push(joined(wholes.map(|edge| edge.to.as_str()).collect()));
        let before = edges.iter().filter(|e| of(e, EdgeKind::Prerequisite) && e.to == topic.id);
        cells.push(joined(before.map(|edge| edge.from.as_str()).collect()));
        text.push_str(&cells.join(","));
        text.push_str("\r\n");
    }
    text.into_bytes()
}

#[cfg(test)]
mod tests;
