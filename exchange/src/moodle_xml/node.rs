//! The elements of a question of Moodle's XML as a small tree, read one question at a time.

use crate::markup::scan::{decoded, entity};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// Elements inside one another.
const DEPTH: usize = 24;

/// An element.
#[derive(Debug, Default)]
pub struct Node {
    pub name: String,
    attributes: Vec<(String, String)>,
    /// Its own words, entities read.
    pub text: String,
    pub children: Vec<Node>,
    pub line: u32,
}

impl Node {
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Self> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The words of its `<text>`, or its own.
    pub fn words(&self) -> &str {
        self.child("text").map_or(&self.text, |text| &text.text)
    }

    /// The words of a child, trimmed; empty where there is none.
    pub fn value(&self, name: &str) -> &str {
        self.child(name).map_or("", |child| child.words().trim())
    }

    /// Whether a child says yes; `otherwise` where it says nothing.
    pub fn flag(&self, name: &str, otherwise: bool) -> bool {
        match self.child(name).map(|child| child.words().trim().to_ascii_lowercase()).as_deref() {
            Some("1" | "true" | "yes") => true,
            Some("0" | "false" | "no") => false,
            _ => otherwise,
        }
    }
}

/// What stopped the reading of a question.
pub struct Broken {
    pub line: u32,
    pub reason: String,
    /// The name of the question, where it was read.
    pub item: String,
}

/// Gives the questions of a file one by one.
pub struct Questions<'a> {
    text: &'a str,
    reader: Reader<&'a [u8]>,
    /// Where the reader began in the text.
    base: usize,
    counted: usize,
    line: u32,
    is_over: bool,
}

impl<'a> Questions<'a> {
    pub fn new(text: &'a str) -> Self {
        Self { text, reader: reader(text), base: 0, counted: 0, line: 1, is_over: false }
    }

    fn place(&self) -> usize {
        let inside = usize::try_from(self.reader.buffer_position()).unwrap_or(usize::MAX);
        self.base.saturating_add(inside).min(self.text.len())
    }

    /// The line of the place reached. Places only go on, so every byte is counted once.
    fn line(&mut self) -> u32 {
        let place = self.place();
        let between = self.text.as_bytes().get(self.counted..place).unwrap_or_default();
        let breaks = between.iter().filter(|byte| **byte == b'\n').count();
        self.line = self.line.saturating_add(u32::try_from(breaks).unwrap_or(u32::MAX));
        self.counted = self.counted.max(place);
        self.line
    }

    /// Begins again at the next question after an error.
    fn resume(&mut self) {
        let place = self.place();
        let next = self.text.as_bytes().get(place..).and_then(|rest| {
            let found = rest.windows(10).position(|window| {
                matches!(
                    window,
                    [
                        b'<',
                        b'q',
                        b'u',
                        b'e',
                        b's',
                        b't',
                        b'i',
                        b'o',
                        b'n',
                        b'>' | b' ' | b'\n' | b'\t' | b'\r'
                    ]
                )
            })?;
            Some(place + found)
        });
        match next.and_then(|next| Some((next, self.text.get(next..)?))) {
            Some((next, rest)) => {
                self.base = next;
                self.reader = reader(rest);
            }
            None => self.is_over = true,
        }
    }

    fn tree(&mut self, root: Node) -> Result<Node, Broken> {
        let mut stack = vec![root];
        loop {
            let event = self.reader.read_event();
            let line = self.line();
            let item =
                |stack: &[Node]| stack.first().map(|root| root.value("name").to_owned()).unwrap_or_default();
            let event = match event {
                Ok(event) => event,
                Err(error) => return Err(Broken { line, reason: error.to_string(), item: item(&stack) }),
            };
            match event {
                Event::Start(start) => {
                    if stack.len() >= DEPTH {
                        let reason = "elements are nested too deep".into();
                        return Err(Broken { line, reason, item: item(&stack) });
                    }
                    stack.push(node(&start, line));
                }
                Event::Empty(start) => {
                    let child = node(&start, line);
                    if let Some(open) = stack.last_mut() {
                        open.children.push(child);
                    }
                }
                Event::End(_) => {
                    let Some(done) = stack.pop() else { continue };
                    match stack.last_mut() {
                        Some(open) => open.children.push(done),
                        None => return Ok(done),
                    }
                }
                Event::Text(text) => push(&mut stack, &String::from_utf8_lossy(&text)),
                Event::CData(text) => push(&mut stack, &String::from_utf8_lossy(&text)),
                Event::GeneralRef(name) => {
                    let name = String::from_utf8_lossy(&name).into_owned();
                    if let Some(open) = stack.last_mut() {
                        match entity(&format!("{name};")) {
                            Some((value, _)) => open.text.push_str(&value),
                            None => open.text.push_str(&format!("&{name};")),
                        }
                    }
                }
                Event::Eof => {
                    let reason = "the file ends inside a question".into();
                    return Err(Broken { line, reason, item: item(&stack) });
                }
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
            }
        }
    }
}

fn reader(text: &str) -> Reader<&[u8]> {
    let mut reader = Reader::from_str(text);
    let config = reader.config_mut();
    config.allow_dangling_amp = true;
    config.allow_unmatched_ends = true;
    reader
}

fn push(stack: &mut [Node], text: &str) {
    if let Some(open) = stack.last_mut() {
        if text.contains('\r') {
            open.text.push_str(&text.replace("\r\n", "\n").replace('\r', "\n"));
        } else {
            open.text.push_str(text);
        }
    }
}

fn node(start: &BytesStart<'_>, line: u32) -> Node {
    let mut attributes = Vec::new();
    for attribute in start.attributes().with_checks(false).flatten() {
        let name = String::from_utf8_lossy(attribute.key.as_ref()).into_owned();
        attributes.push((name, decoded(&String::from_utf8_lossy(&attribute.value)).into_owned()));
    }
    Node {
        name: String::from_utf8_lossy(start.name().as_ref()).into_owned(),
        attributes,
        line,
        ..Node::default()
    }
}

impl Iterator for Questions<'_> {
    type Item = Result<Node, Broken>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.is_over {
            let event = self.reader.read_event();
            let line = self.line();
            match event {
                Ok(Event::Start(start)) if start.name().as_ref() == b"question" => {
                    let root = node(&start, line);
                    let tree = self.tree(root);
                    if tree.is_err() {
                        self.resume();
                    }
                    return Some(tree);
                }
                Ok(Event::Eof) => self.is_over = true,
                Ok(_) => {}
                Err(error) => {
                    self.resume();
                    return Some(Err(Broken { line, reason: error.to_string(), item: String::new() }));
                }
            }
        }
        None
    }
}
