//! A small tree of an XML document: elements by their QTI 3 names without prefix, whether the file says
//! `qti-choice-interaction` or `choiceInteraction`. No entity of a document type is ever expanded, nothing is fetched.

use crate::ReadError;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// Elements may stand this deep.
const DEPTH: usize = 120;
/// A document may have this many elements and texts.
const NODES: usize = 200_000;

/// An element may have this many attributes.
const ATTRIBUTES: usize = 100;

/// An element.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Node {
    /// `choice-interaction`, `simple-choice`, `p`, `math`: lower case with hyphens, without `qti-`, without a prefix.
    pub name: String,
    pub attributes: Vec<(String, String)>,
    pub children: Vec<Child>,
    /// In the file, from 1.
    pub line: u32,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Child {
    Element(Node),
    Words(String),
}

impl Node {
    /// The value of an attribute, by its QTI 3 name; empty when it is not there.
    pub fn get(&self, name: &str) -> &str {
        self.find(name).unwrap_or_default()
    }

    pub fn find(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(other, _)| other == name).map(|(_, value)| value.trim())
    }

    pub fn has_class(&self, class: &str) -> bool {
        self.get("class").split_whitespace().any(|other| other == class)
    }

    /// Its child elements.
    pub fn elements(&self) -> impl Iterator<Item = &Self> {
        self.children.iter().filter_map(|child| match child {
            Child::Element(node) => Some(node),
            Child::Words(_) => None,
        })
    }

    /// Its child elements of a name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Self> {
        self.elements().filter(move |node| node.name == name)
    }

    pub fn first(&self, name: &str) -> Option<&Self> {
        self.elements().find(|node| node.name == name)
    }

    /// Every element below that fits, outermost first, nothing inside one that fits.
    pub fn below<'a>(&'a self, fits: &dyn Fn(&Self) -> bool) -> Vec<&'a Self> {
        let mut found = Vec::new();
        self.collect(fits, &mut found);
        found
    }

    fn collect<'a>(&'a self, fits: &dyn Fn(&Self) -> bool, found: &mut Vec<&'a Self>) {
        for node in self.elements() {
            if fits(node) {
                found.push(node);
            } else {
                node.collect(fits, found);
            }
        }
    }

    /// Every element below of a name.
    pub fn named(&self, name: &str) -> Vec<&Self> {
        self.below(&|node| node.name == name)
    }

    /// The words in it, without markup.
    pub fn words(&self) -> String {
        let mut out = String::new();
        self.push_words(&mut out);
        out
    }

    fn push_words(&self, out: &mut String) {
        for child in &self.children {
            match child {
                Child::Words(words) => out.push_str(words),
                Child::Element(node) if node.name == "br" => out.push('\n'),
                Child::Element(node) => node.push_words(out),
            }
        }
    }

    /// The words, single spaces between.
    pub fn line_of_words(&self) -> String {
        self.words().split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

/// Reads a document.
///
/// # Errors
/// [`ReadError::Broken`] with the line where it is no XML, [`ReadError::TooMuch`] when it is too deep or too long.
pub fn parse(text: &str) -> Result<Node, ReadError> {
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_end_names = true;
    let mut building = Building { open: Vec::new(), root: None, nodes: 0 };
    let mut lines = Lines { text: text.as_bytes(), at: 0, line: 1 };
    loop {
        let line = lines.up_to(reader.buffer_position());
        let event = reader.read_event().map_err(|found| ReadError::Broken {
            line: lines.up_to(reader.error_position()),
            reason: format!("it is no well-formed XML: {found}"),
        })?;
        match event {
            Event::Start(start) => building.open(&start, line)?,
            Event::Empty(start) => {
                building.open(&start, line)?;
                building.close();
            }
            Event::End(_) => building.close(),
            Event::Text(words) => building.words(&words.decode().unwrap_or_default())?,
            Event::CData(words) => building.words(&words.decode().unwrap_or_default())?,
            Event::GeneralRef(name) => building.words(&entity(&name.decode().unwrap_or_default()))?,
            Event::Eof => break,
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
        }
    }
    if let Some(open) = building.open.last() {
        let reason = format!("<{}> is never closed", open.name);
        return Err(ReadError::Broken { line: open.line, reason });
    }
    building.root.ok_or(ReadError::Broken { line: 1, reason: "there is no element in it".into() })
}

struct Building {
    open: Vec<Node>,
    root: Option<Node>,
    nodes: usize,
}

impl Building {
    fn count(&mut self) -> Result<(), ReadError> {
        self.nodes += 1;
        if self.nodes > NODES {
            Err(ReadError::TooMuch { most: format!("{NODES} elements") })
        } else {
            Ok(())
        }
    }

    fn open(&mut self, start: &BytesStart<'_>, line: u32) -> Result<(), ReadError> {
        self.count()?;
        if self.open.len() >= DEPTH {
            return Err(ReadError::TooMuch { most: format!("{DEPTH} elements inside one another") });
        }
        let name = canonical(&String::from_utf8_lossy(start.local_name().as_ref()));
        let mut attributes = Vec::new();
        for found in start.attributes() {
            if attributes.len() >= ATTRIBUTES {
                return Err(ReadError::TooMuch { most: format!("{ATTRIBUTES} attributes on an element") });
            }
            let attribute = found.map_err(|found| ReadError::Broken { line, reason: found.to_string() })?;
            let key = String::from_utf8_lossy(attribute.key.as_ref()).into_owned();
            if key.starts_with("xmlns") {
                if key == "xmlns" && name_is_root(&self.open) {
                    attributes.push((key, String::from_utf8_lossy(&attribute.value).into_owned()));
                }
                continue;
            }
            let key = canonical(key.rsplit(':').next().unwrap_or_default());
            let value = unescaped(&String::from_utf8_lossy(&attribute.value));
            attributes.push((key, value));
        }
        self.open.push(Node { name, attributes, children: Vec::new(), line });
        Ok(())
    }

    fn close(&mut self) {
        let Some(node) = self.open.pop() else { return };
        match self.open.last_mut() {
            Some(parent) => parent.children.push(Child::Element(node)),
            None => {
                self.root.get_or_insert(node);
            }
        }
    }

    fn words(&mut self, words: &str) -> Result<(), ReadError> {
        let Some(parent) = self.open.last_mut() else { return Ok(()) };
        if let Some(Child::Words(before)) = parent.children.last_mut() {
            before.push_str(words);
            return Ok(());
        }
        parent.children.push(Child::Words(words.to_owned()));
        self.count()
    }
}

fn name_is_root(open: &[Node]) -> bool {
    open.is_empty()
}

/// Counts lines, each byte looked at once.
struct Lines<'a> {
    text: &'a [u8],
    at: usize,
    line: u32,
}

impl Lines<'_> {
    fn up_to(&mut self, place: u64) -> u32 {
        let place = usize::try_from(place).unwrap_or(usize::MAX).min(self.text.len());
        let passed = self.text.get(self.at..place).unwrap_or_default();
        let breaks = passed.iter().filter(|byte| **byte == b'\n').count();
        self.line = self.line.saturating_add(u32::try_from(breaks).unwrap_or(u32::MAX));
        self.at = self.at.max(place);
        self.line
    }
}

/// `choiceInteraction` and `qti-choice-interaction` as `choice-interaction`.
fn canonical(name: &str) -> String {
    let name = name.strip_prefix("qti-").unwrap_or(name);
    let mut out = String::with_capacity(name.len() + 4);
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !out.is_empty() && !out.ends_with('-') {
            out.push('-');
        }
        out.push(letter.to_ascii_lowercase());
    }
    out
}

/// The letter of an entity: XML's own, numbers, and HTML's. Entities a document defines stay as their names.
fn entity(name: &str) -> String {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok(),
            None => number.parse().ok(),
        };
        return code.and_then(char::from_u32).unwrap_or(char::REPLACEMENT_CHARACTER).to_string();
    }
    match quick_xml::escape::resolve_predefined_entity(name)
        .or_else(|| quick_xml::escape::resolve_html5_entity(name))
    {
        Some(letters) => letters.to_owned(),
        None => format!("&{name};"),
    }
}

fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        // Looked for only where an entity could end.
        let near = after.bytes().take(33).position(|byte| byte == b';');
        match near.and_then(|end| Some((after.get(..end)?, after.get(end + 1..)?))) {
            Some((name, tail)) => {
                out.push_str(&entity(name));
                rest = tail;
            }
            None => {
                out.push('&');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn both_spellings_are_one() {
        let old =
            parse("<assessmentItem timeDependent='false'><itemBody><m:math/></itemBody></assessmentItem>")
                .unwrap();
        let new = "<qti-assessment-item time-dependent='false'><qti-item-body><math/></qti-item-body></qti-assessment-item>";
        assert_eq!(old, parse(new).unwrap());
    }

    #[test]
    fn entities_of_a_document_stay_shut_and_those_of_html_are_read() {
        let bomb = "<!DOCTYPE a [<!ENTITY x \"boom\"><!ENTITY y \"&x;&x;\"><!ENTITY z SYSTEM \"file:///etc/passwd\">]>\
                    <a b=\"&y;\">&y;&z;&eacute;&#65;&lt;</a>";
        let node = parse(bomb).unwrap();
        assert_eq!(node.words(), "&y;&z;éA<");
        assert_eq!(node.get("b"), "&y;");
    }

    #[test]
    fn what_is_broken_is_told_with_its_line() {
        for (text, line) in [("<a>\n<b>\n</a>", 3), ("<a>\n\n<b x=1 x=1/></a>", 3), ("<a>\n<b></b>", 1)] {
            let found = parse(text);
            assert!(
                matches!(found, Err(ReadError::Broken { line: at, .. }) if at == line),
                "{text}: {found:?}"
            );
        }
    }

    #[test]
    fn what_is_too_deep_is_refused() {
        let deep = "<a>".repeat(5_000) + &"</a>".repeat(5_000);
        assert!(matches!(parse(&deep), Err(ReadError::TooMuch { .. })));
    }

    #[test]
    fn nothing_takes_long_however_long() {
        let many = |text: &str| text.repeat(300_000);
        for text in [
            format!("<a b=\"{}\"/>", many("&")),
            format!("<a>{}</a>", many("<b/>")),
            format!("<a>{}</a>", many("&x;")),
            format!("<a {}/>", (0..300_000).map(|n| format!("a{n}=\"\" ")).collect::<String>()),
            format!("<!DOCTYPE a [{}]><a/>", many("<!ENTITY x \"&y;\">")),
        ] {
            let _ = parse(&text);
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_a_panic(text in "[<>/a-c&;!\\[\\]\"'= \\-?#x0\\n]{0,80}") {
            let _ = parse(&text);
        }
    }
}
