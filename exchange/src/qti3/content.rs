//! The words and pictures of an item as texts of questions. What an element of QTI means is not known here: who asks
//! says what is written in the place of an interaction.

use super::attributes;
use super::xml::{Child, Node};
use crate::{Pictures, markup};
use minnow_shared::question::{Text, escape};

/// On the element around a text without markup: spaces and breaks in it count.
pub const PLAIN: &str = "minnow-plain";
/// On the element around a text with markup, which stays as it is.
pub const RICH: &str = "minnow-rich";

/// What is written in the place of an element; `None`: the element itself.
pub type Mark<'a> = &'a dyn Fn(&Node) -> Option<String>;

/// An item may lose this many things; the rest goes without a word.
const LOSSES: usize = 60;

/// What is met on the way: pictures, and what is lost with its line.
pub struct Sink<'a> {
    pub pictures: &'a mut Pictures,
    /// The bytes of a picture by its address in the item.
    pub find: &'a mut dyn FnMut(&str) -> Option<Vec<u8>>,
    pub losses: Vec<(u32, String)>,
}

impl Sink<'_> {
    pub fn lose(&mut self, line: u32, reason: impl Into<String>) {
        let reason = reason.into();
        if self.losses.len() >= LOSSES {
            return;
        }
        if !self.losses.iter().any(|(_, other)| *other == reason) {
            self.losses.push((line, reason));
        }
    }

    /// The address (`media:NAME`) a picture is kept under.
    pub fn picture(&mut self, address: &str) -> Result<String, String> {
        match (self.find)(address) {
            Some(bytes) => self.pictures.keep(address, bytes),
            None => self.pictures.resolve(address),
        }
    }
}

/// The text of some content.
pub fn text(children: &[Child], mark: Mark<'_>, line: u32, sink: &mut Sink<'_>) -> Text {
    let (children, kept) = unwrapped(children, mark);
    match kept {
        Some(PLAIN) => {
            let mut words = String::new();
            push_words(children, mark, &mut words);
            Text::Plain(words)
        }
        kept => {
            let html = html_of(children, mark);
            // What was cleaned before has its formulas already.
            let html = if kept.is_some() { without_tex(&html) } else { html };
            let text = cleaned(&html, line, sink);
            if kept.is_some() { rich(text) } else { simple(text) }
        }
    }
}

fn without_tex(html: &str) -> String {
    html.replace("\\(", "&#92;(").replace("\\[", "&#92;[").replace("$$", "&#36;$")
}

/// HTML of others as a text.
pub fn cleaned(html: &str, line: u32, sink: &mut Sink<'_>) -> Text {
    let mut keep = |address: &str| sink.picture(address);
    let (text, losses) = markup::from_html(html, &mut keep);
    for reason in losses {
        sink.lose(line, reason);
    }
    text
}

/// The content without elements that only hold it, and how it is held.
fn unwrapped<'a>(children: &'a [Child], mark: Mark<'_>) -> (&'a [Child], Option<&'static str>) {
    let mut children = children;
    loop {
        let mut parts = children.iter().filter(|child| !is_blank(child, mark));
        let (Some(Child::Element(node)), None) = (parts.next(), parts.next()) else {
            return (children, None);
        };
        match node.name.as_str() {
            "div" | "span" if node.has_class(PLAIN) => return (&node.children, Some(PLAIN)),
            "div" | "span" if node.has_class(RICH) => return (&node.children, Some(RICH)),
            "div" => children = &node.children,
            _ => return (children, None),
        }
    }
}

/// Whether nothing of it would be seen.
fn is_blank(child: &Child, mark: Mark<'_>) -> bool {
    match child {
        Child::Words(words) => words.trim().is_empty(),
        Child::Element(node) => match mark(node) {
            Some(written) => is_blank_html(&written),
            None if node.name == "img" || (node.name == "object" && is_picture(node)) => false,
            None => node.children.iter().all(|child| is_blank(child, mark)),
        },
    }
}

/// Whether HTML has no word and no picture.
pub fn is_blank_html(html: &str) -> bool {
    !html.contains("<img") && Text::Rich { html: html.to_owned() }.is_empty()
}

fn rich(text: Text) -> Text {
    match text {
        Text::Plain(words) => Text::Rich { html: escape(&words).replace('\n', "<br>") },
        rich @ Text::Rich { .. } => rich,
    }
}

/// One paragraph of words needs no markup.
fn simple(text: Text) -> Text {
    let Text::Rich { html } = &text else { return text };
    let inside = html.trim().strip_prefix("<p>").and_then(|html| html.strip_suffix("</p>")).unwrap_or(html);
    if inside.contains('<') {
        return text;
    }
    Text::Plain(text.plain())
}

fn push_words(children: &[Child], mark: Mark<'_>, out: &mut String) {
    for child in children {
        match child {
            Child::Words(words) => out.push_str(words),
            Child::Element(node) => match mark(node) {
                Some(words) => out.push_str(&words),
                None if node.name == "br" => out.push('\n'),
                None => push_words(&node.children, mark, out),
            },
        }
    }
}

/// Content as HTML.
pub fn html_of(children: &[Child], mark: Mark<'_>) -> String {
    let mut out = String::new();
    push_html(children, mark, &mut out);
    out
}

/// An element as HTML.
pub fn html_of_node(node: &Node, mark: Mark<'_>) -> String {
    let mut out = String::new();
    push_node(node, mark, &mut out);
    out
}

fn push_html(children: &[Child], mark: Mark<'_>, out: &mut String) {
    for child in children {
        match child {
            Child::Words(words) => out.push_str(&escape(words)),
            Child::Element(node) => push_node(node, mark, out),
        }
    }
}

fn push_node(node: &Node, mark: Mark<'_>, out: &mut String) {
    if let Some(written) = mark(node) {
        out.push_str(&written);
        return;
    }
    if node.name == "object" || node.name == "picture" {
        return push_object(node, mark, out);
    }
    let name = match node.name.as_str() {
        "span" if node.has_class("qti-underline") => "u",
        "span" if node.has_class("minnow-strike") => "s",
        "prompt" | "rubric-block" | "content-body" | "stimulus-body" => "div",
        name => name,
    };
    out.push('<');
    out.push_str(name);
    for (key, value) in &node.attributes {
        out.push_str(&format!(" {key}=\"{}\"", escape(value)));
    }
    for (key, value) in attributes::read(node.get("class")) {
        out.push_str(&format!(" {key}=\"{}\"", escape(&value)));
    }
    out.push('>');
    if matches!(name, "br" | "hr" | "img") {
        return;
    }
    push_html(&node.children, mark, out);
    out.push_str(&format!("</{name}>"));
}

/// An object that is a picture, or what is said in its place.
fn push_object(node: &Node, mark: Mark<'_>, out: &mut String) {
    if is_picture(node) {
        let alt = node.line_of_words();
        out.push_str(&format!("<img src=\"{}\" alt=\"{}\">", escape(node.get("data")), escape(&alt)));
    } else {
        push_html(&node.children, mark, out);
    }
}

pub fn is_picture(node: &Node) -> bool {
    let ending = node.get("data").rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    let kind = node.get("type");
    kind.starts_with("image/")
        || (kind.is_empty()
            && ["png", "jpg", "jpeg", "gif", "webp", "svg", "avif"].contains(&ending.as_str()))
}
