//! Builds the subset from tags and words: closes what is open, puts list items into lists and cells into tables, and
//! keeps only what the subset knows.

use super::scan::{self, Scanner, Token};
use super::{Resolve, attribute_list, names};
use minnow_shared::question::escape;

/// Elements inside one another; what lies deeper loses its markup.
const DEPTH: usize = 60;
/// Spans and divisions count beside.
const STACK: usize = 200;

pub(super) struct Open {
    pub(super) name: &'static str,
    /// As the source calls it, for its end tag.
    pub(super) source: String,
    /// Nothing was written for it.
    pub(super) is_ghost: bool,
    pub(super) start: usize,
    pub(super) content: usize,
}

pub struct Builder<'a, 'r> {
    pub(super) scanner: Scanner<'a>,
    pub(super) resolve: &'r mut Resolve<'r>,
    pub(super) has_tex: bool,
    pub(super) out: String,
    pub(super) stack: Vec<Open>,
    /// White space that shows only where words follow.
    pub(super) pending: String,
    /// Nothing was written in this block yet.
    pub(super) at_start: bool,
    /// A block ended: loose words begin a paragraph.
    pub(super) wants_paragraph: bool,
    /// Everything is left out until this element ends.
    pub(super) skipped: Option<(String, usize)>,
    pub(super) losses: Vec<String>,
}

impl<'a, 'r> Builder<'a, 'r> {
    pub fn new(source: &'a str, has_tex: bool, resolve: &'r mut Resolve<'r>) -> Self {
        Self {
            scanner: Scanner::new(source),
            resolve,
            has_tex,
            out: String::with_capacity(source.len()),
            stack: Vec::new(),
            pending: String::new(),
            at_start: true,
            wants_paragraph: false,
            skipped: None,
            losses: Vec::new(),
        }
    }

    /// The HTML of the subset, and what was left out.
    pub fn build(mut self) -> (String, Vec<String>) {
        loop {
            let has_tex = self.has_tex && self.skipped.is_none() && !self.has_any(&["code", "pre", "math"]);
            let Some(token) = self.scanner.next(has_tex) else { break };
            if self.skipped.is_some() {
                self.skip(&token);
            } else {
                self.take(token);
            }
        }
        while !self.stack.is_empty() {
            self.close_top();
        }
        self.trim_breaks(0);
        (self.out, self.losses)
    }

    pub(super) fn lose(&mut self, reason: String) {
        if !self.losses.contains(&reason) && self.losses.len() < 50 {
            self.losses.push(reason);
        }
    }

    fn skip(&mut self, token: &Token<'_>) {
        let Some((skipped, depth)) = &mut self.skipped else { return };
        match token {
            Token::Open { name, closes_itself: false, .. } if name == skipped => *depth += 1,
            Token::Close { name } if name == skipped => *depth -= 1,
            _ => {}
        }
        if *depth == 0 {
            self.skipped = None;
        }
    }

    fn take(&mut self, token: Token<'a>) {
        match token {
            Token::Words(words) => self.words(words, true),
            Token::Verbatim(words) => self.words(words, false),
            Token::Tex { source, is_display } => self.tex(source, is_display),
            Token::Close { name } => self.close(&name),
            Token::Open { name, attributes, closes_itself } => {
                let depth = self.stack.len();
                self.open(&name, attributes, closes_itself);
                if closes_itself && self.stack.len() > depth {
                    self.close_top();
                }
            }
        }
    }

    pub(super) fn has_any(&self, wanted: &[&str]) -> bool {
        self.stack.iter().any(|open| wanted.contains(&open.name))
    }

    /// The innermost element that was written.
    pub(super) fn top(&self) -> Option<&'static str> {
        self.stack.iter().rev().find(|open| !open.is_ghost).map(|open| open.name)
    }

    // ---- elements

    fn open(&mut self, name: &str, attributes: &'a str, closes_itself: bool) {
        if self.stack.len() >= STACK {
            self.lose("markup nested too deep was taken out".into());
            return;
        }
        if self.has_any(&["math"]) {
            if self.open_in_math(name, attributes) {
                return;
            }
            self.close("math");
        }
        if names::RAW.contains(&name) {
            if name != "style" && name != "title" {
                self.lose(format!("<{name}> was taken out"));
            }
            if !closes_itself {
                self.scanner.skip_to_close(name);
            }
            return;
        }
        if names::SKIPPED.contains(&name) {
            if name != "rp" && name != "head" {
                self.lose(format!("<{name}> was taken out"));
            }
            if !closes_itself {
                self.skipped = Some((name.to_owned(), 1));
            }
            return;
        }
        match names::subset(name) {
            Some(kept) => self.open_kept(kept, name, attributes),
            None => self.open_other(name, attributes),
        }
    }

    /// Whether the element belongs into a formula.
    fn open_in_math(&mut self, name: &str, attributes: &'a str) -> bool {
        if name == "annotation-xml" {
            self.skipped = Some((name.to_owned(), 1));
            return true;
        }
        match names::subset(name).filter(|kept| names::is_math(kept) && *kept != "math") {
            Some(kept) => {
                let list = attribute_list(kept, &scan::attributes(attributes));
                self.write_open(kept, name, &list);
                true
            }
            None => !names::is_block(name) && name != "math",
        }
    }

    fn open_kept(&mut self, kept: &'static str, name: &str, attributes: &'a str) {
        match kept {
            "br" => {
                self.before_break();
                self.out.push_str("<br>");
                self.at_start = true;
                return;
            }
            "img" => return self.picture(attributes),
            _ => {}
        }
        if !self.has_parent_for(kept) {
            return self.ghost(name);
        }
        self.close_into_parent(kept);
        if names::is_math(kept) && kept != "math" {
            return self.ghost(name);
        }
        let found = scan::attributes(attributes);
        let list = attribute_list(kept, &found);
        match kept {
            "a" if list.is_empty() => {
                let href = found.iter().find(|(name, _)| name == "href");
                if let Some((_, href)) = href {
                    let short: String = href.chars().take(60).collect();
                    self.lose(format!(
                        "the link to {short} was taken out: only web and mail addresses are kept"
                    ));
                }
                self.ghost(name);
            }
            "a" if self.has_any(&["a"]) => {
                self.close("a");
                self.before_inline();
                self.write_open("a", name, &list);
            }
            "span" => self.span(name, &found, &list),
            "hr" => {
                self.close_paragraph();
                self.out.push_str("<hr>");
                self.block_edge();
            }
            _ if names::is_block(kept) => self.open_block(kept, name, &list),
            _ => {
                self.before_inline_tag();
                self.write_open(kept, name, &list);
            }
        }
    }

    fn span(&mut self, name: &str, found: &[(String, String)], list: &str) {
        let style = found.iter().find(|(name, _)| name == "style").map(|(_, style)| style.as_str());
        let kept = if list.is_empty() { style.and_then(names::styled) } else { Some("span") };
        match kept {
            Some(kept) => {
                self.before_inline_tag();
                self.write_open(kept, name, list);
            }
            None => self.ghost(name),
        }
    }

    fn open_block(&mut self, kept: &'static str, name: &str, list: &str) {
        if !matches!(kept, "li" | "tr" | "td" | "th" | "thead" | "tbody") {
            self.close_paragraph();
            if !matches!(self.top(), Some("td" | "th" | "li" | "blockquote") | None) {
                let before = (self.wants_paragraph, self.at_start);
                self.wants_paragraph = false;
                // Puts a list in a list into an item, a table in a row into a cell.
                if matches!(self.top(), Some("ul" | "ol" | "table" | "thead" | "tbody" | "tr")) {
                    self.before_inline();
                }
                (self.wants_paragraph, self.at_start) = before;
            }
        }
        if matches!(kept, "td" | "th") && self.top() != Some("tr") {
            self.write_open("tr", "tr", "");
        }
        self.pending.clear();
        self.wants_paragraph = false;
        self.write_open(kept, name, list);
        self.at_start = true;
    }

    fn open_other(&mut self, name: &str, attributes: &'a str) {
        if names::PARAGRAPHS.contains(&name) {
            self.close_paragraph();
            self.wants_paragraph = true;
            self.pending.clear();
            self.at_start = true;
            return self.ghost(name);
        }
        if names::LOST.contains(&name) {
            self.lose(format!("<{name}> is not carried over"));
        } else if !names::UNWRAPPED.contains(&name) && !name.contains([':', '-', '_']) {
            self.lose(format!("<{name}> is no element known; its words are kept"));
        }
        if name == "q" {
            self.words("“", false);
        }
        let _ = attributes;
        if !names::VOID.contains(&name) {
            self.ghost(name);
        }
    }

    fn has_parent_for(&self, kept: &str) -> bool {
        let depth = self.stack.iter().filter(|open| !open.is_ghost).count();
        depth < DEPTH
            && match kept {
                "tr" | "td" | "th" | "thead" | "tbody" => self.has_any(&["table"]),
                "li" => {
                    let mut around = self.stack.iter().rev().map(|open| open.name);
                    let found = around.find(|name| matches!(*name, "ul" | "ol" | "td" | "th"));
                    matches!(found, Some("ul" | "ol"))
                }
                "rt" => self.has_any(&["ruby"]),
                _ => true,
            }
    }

    fn picture(&mut self, attributes: &'a str) {
        let found = scan::attributes(attributes);
        let value =
            |wanted: &str| found.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str());
        let alt = value("alt").unwrap_or_default();
        match (self.resolve)(value("src").unwrap_or_default()) {
            Ok(source) => {
                self.before_inline();
                self.out.push_str(&format!("<img src=\"{}\" alt=\"{}\"", escape(&source), escape(alt)));
                for size in ["width", "height"] {
                    let pixels = value(size)
                        .map(|text| text.trim_end_matches("px"))
                        .and_then(|text| text.parse().ok());
                    if let Some(pixels @ 1..=9_999_u32) = pixels {
                        self.out.push_str(&format!(" {size}=\"{pixels}\""));
                    }
                }
                self.out.push('>');
            }
            Err(reason) => {
                let source: String = value("src").unwrap_or_default().chars().take(80).collect();
                self.lose(format!("the picture {source} is not carried over: {reason}"));
                self.words(alt, false);
            }
        }
    }

    // ---- the stack

    fn ghost(&mut self, source: &str) {
        let place = self.out.len();
        self.stack.push(Open {
            name: "",
            source: source.to_owned(),
            is_ghost: true,
            start: place,
            content: place,
        });
    }

    pub(super) fn write_open(&mut self, name: &'static str, source: &str, list: &str) {
        let start = self.out.len();
        self.out.push('<');
        self.out.push_str(name);
        self.out.push_str(list);
        self.out.push('>');
        let content = self.out.len();
        self.stack.push(Open { name, source: source.to_owned(), is_ghost: false, start, content });
        if names::is_block(name) {
            self.at_start = true;
        }
    }

    /// Space and paragraph before an inline tag; whether the block has begun is left to the words inside.
    fn before_inline_tag(&mut self) {
        let was_at_start = self.at_start;
        let had_block = self.stack.len();
        self.before_inline();
        self.at_start = was_at_start || self.stack.len() > had_block;
    }

    fn before_break(&mut self) {
        self.pending.clear();
        self.before_inline();
    }

    fn close(&mut self, name: &str) {
        if name == "br" || name == "p" && !self.stack.iter().any(|open| open.source == "p") {
            // `</br>` is a break to every browser; a lone `</p>` is an edge.
            if self.has_any(&["math"]) {
                self.close("math");
            }
            if name == "br" {
                self.open_kept("br", "br", "");
            } else {
                self.close_paragraph();
                self.wants_paragraph = true;
            }
            return;
        }
        let barrier = |open: &Open| match open.name {
            "td" | "th" => !matches!(name, "td" | "th" | "tr" | "thead" | "tbody" | "tfoot" | "table"),
            _ => false,
        };
        let mut depth = None;
        for (place, open) in self.stack.iter().enumerate().rev() {
            if open.source == name {
                depth = Some(place);
                break;
            }
            if barrier(open) {
                break;
            }
        }
        let Some(depth) = depth else { return };
        if self.stack.get(depth).is_some_and(|open| open.is_ghost) && !names::is_block(name) {
            // What was opened inside something that is not written stays open.
            self.stack.remove(depth);
            if name == "q" {
                self.words("”", false);
            }
            return;
        }
        while self.stack.len() > depth {
            self.close_top();
        }
        if names::PARAGRAPHS.contains(&name) {
            self.close_paragraph();
            self.block_edge();
        }
    }

    /// Closes an open element of this name, looking no further out than one of `fence`.
    fn close_up_to(&mut self, name: &str, fence: &[&str]) {
        let mut depth = None;
        for (place, open) in self.stack.iter().enumerate().rev() {
            if open.name == name {
                depth = Some(place);
                break;
            }
            if fence.contains(&open.name) {
                break;
            }
        }
        while depth.is_some_and(|depth| self.stack.len() > depth) {
            self.close_top();
        }
    }

    /// Rows, cells and items lie in their table, row or list and in nothing else.
    fn close_into_parent(&mut self, kept: &str) {
        let parents: &[&str] = match kept {
            "li" => &["ul", "ol"],
            "tbody" | "thead" => &["table"],
            "tr" => &["table", "tbody", "thead"],
            "td" | "th" => &["tr", "table", "tbody", "thead"],
            _ => return,
        };
        while self.stack.last().is_some_and(|open| !parents.contains(&open.name)) {
            self.close_top();
        }
    }

    /// Closes an open paragraph, heading or list of code: no block lies in them.
    fn close_paragraph(&mut self) {
        for name in ["p", "h3", "pre"] {
            self.close_up_to(name, &["td", "th", "li", "blockquote"]);
        }
    }

    fn close_top(&mut self) {
        let Some(open) = self.stack.pop() else { return };
        if open.is_ghost {
            return;
        }
        let is_block = names::is_block(open.name);
        if is_block {
            self.pending.clear();
            self.trim_breaks(open.content);
        }
        let content = self.out.get(open.content..).unwrap_or_default();
        let is_empty = content.is_empty()
            || (open.name == "math" && content.trim().is_empty())
            || (matches!(open.name, "p" | "h3" | "li") && content.chars().all(|c| c == '\u{a0}'));
        if is_empty && names::goes_when_empty(open.name) {
            self.out.truncate(open.start);
            if !is_block {
                let kept = self.out.trim_end_matches([' ', '\t']).len();
                let is_space = self.out.get(kept..).is_some_and(|space| !space.is_empty());
                if is_space && !self.has_any(&["pre", "math"]) {
                    self.pending = self.out.split_off(kept);
                }
            }
        } else {
            self.out.push_str("</");
            self.out.push_str(open.name);
            self.out.push('>');
        }
        if is_block {
            self.block_edge();
        }
    }

    fn block_edge(&mut self) {
        self.pending.clear();
        self.at_start = true;
        self.wants_paragraph = true;
    }

    /// Breaks at the end of a block show nothing.
    fn trim_breaks(&mut self, from: usize) {
        while self.out.len() >= from + 4 && self.out.ends_with("<br>") {
            let len = self.out.len();
            self.out.truncate(len - 4);
        }
    }
}
