//! Words and formulas on their way into the subset: white space, entities, what must stand before them.

use super::build::Builder;
use super::{names, scan, tex};
use minnow_shared::question::escape;

impl<'a> Builder<'a, '_> {
    pub(super) fn words(&mut self, words: &str, has_entities: bool) {
        if words.is_empty() {
            return;
        }
        let top = self.top();
        let is_blank = words.bytes().all(|byte| byte.is_ascii_whitespace());
        let in_math = self.has_any(&["math"]);
        if in_math && !top.is_some_and(|name| names::MATH_WORDS.contains(&name)) && is_blank {
            return;
        }
        let is_verbatim = in_math || self.has_any(&["pre"]);
        let mut rest = words;
        while let Some(letter) = rest.chars().next() {
            if letter.is_ascii_whitespace() && !is_verbatim {
                let end = rest.find(|c: char| !c.is_ascii_whitespace()).unwrap_or(rest.len());
                let (space, tail) = rest.split_at(end);
                // Space on both sides of a tag is one.
                if self.pending.is_empty() {
                    self.pending.push_str(space);
                } else {
                    self.pending.replace_range(.., " ");
                }
                rest = tail;
                continue;
            }
            if has_entities
                && letter == '&'
                && let Some((value, tail)) = rest.strip_prefix('&').and_then(scan::entity)
            {
                self.before_inline();
                value.chars().for_each(|c| self.letter(c, true));
                rest = tail;
                continue;
            }
            let special = |c: char| c == '&' || (c.is_ascii_whitespace() && !is_verbatim);
            let end =
                rest.char_indices().skip(1).find(|(_, c)| special(*c)).map_or(rest.len(), |(place, _)| place);
            let (run, tail) = rest.split_at(end);
            rest = tail;
            if is_verbatim && self.is_at_pre_start() && run.trim_start_matches(['\r', '\n']).is_empty() {
                continue;
            }
            self.before_inline();
            let run = if is_verbatim && self.is_at_pre_start() {
                run.trim_start_matches(['\r', '\n'])
            } else {
                run
            };
            run.chars().for_each(|c| self.letter(c, false));
        }
    }

    fn is_at_pre_start(&self) -> bool {
        let top = self.stack.iter().rev().find(|open| !open.is_ghost);
        top.is_some_and(|open| open.name == "pre" && open.content == self.out.len())
    }

    /// Writes one letter; white space given as an entity stays one, so that it is kept.
    fn letter(&mut self, letter: char, is_entity: bool) {
        match letter {
            '&' => self.out.push_str("&amp;"),
            '<' => self.out.push_str("&lt;"),
            '>' => self.out.push_str("&gt;"),
            '"' => self.out.push_str("&quot;"),
            '\r' if !is_entity => {}
            ' ' | '\t' | '\n' if is_entity && self.has_any(&["math"]) => {
                if self.top().is_some_and(|name| names::MATH_WORDS.contains(&name)) {
                    self.out.push(letter);
                }
            }
            ' ' | '\t' | '\n' if is_entity && self.has_any(&["pre"]) && !self.is_at_pre_start() => {
                self.out.push(letter);
            }
            ' ' | '\t' | '\n' | '\r' if is_entity => self.out.push_str(&format!("&#{};", u32::from(letter))),
            '\t' | '\n' => self.out.push(letter),
            letter if letter.is_control() => {}
            '(' | '[' if self.out.ends_with('\\') => {
                self.out.pop();
                self.out.push_str("&#92;");
                self.out.push(letter);
            }
            '$' if self.out.ends_with('$') => {
                self.out.pop();
                self.out.push_str("&#36;$");
            }
            letter => self.out.push(letter),
        }
    }

    /// What must stand before words or anything that flows with them.
    pub(super) fn before_inline(&mut self) {
        match self.top() {
            Some("ul" | "ol") => self.write_open("li", "li", ""),
            Some("table" | "thead" | "tbody") => {
                self.write_open("tr", "tr", "");
                self.write_open("td", "td", "");
            }
            Some("tr") => self.write_open("td", "td", ""),
            _ => {}
        }
        if std::mem::take(&mut self.wants_paragraph) && !self.has_any(&["p", "h3", "pre", "math"]) {
            self.write_open("p", "p", "");
        }
        if !self.at_start && !self.pending.is_empty() {
            let space = if self.pending.contains(['\n', '\r']) { " " } else { &self.pending };
            self.out.push_str(space);
        }
        self.pending.clear();
        self.at_start = false;
    }

    pub(super) fn tex(&mut self, source: &str, is_display: bool) {
        let source = scan::decoded(source);
        self.before_inline();
        let mut nothing = |_: &str| Err(String::new());
        match tex::mathml(&source, is_display) {
            Ok(math) => {
                let (clean, _) = Builder::new(&math, false, &mut nothing).build();
                self.out.push_str(&clean);
            }
            Err(reason) => {
                let short = crate::texts::first_words(&source);
                self.lose(format!("the formula {short} stays as TeX: {reason}"));
                let (open, close) = if is_display { ("&#92;[", "&#92;]") } else { ("&#92;(", "&#92;)") };
                let words = format!("<code>{open}{}{close}</code>", escape(source.trim()));
                let (clean, _) = Builder::new(&words, false, &mut nothing).build();
                self.out.push_str(&clean);
            }
        }
    }
}
