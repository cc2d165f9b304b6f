//! Cuts other people's HTML into tags, words and formulas. Every byte is looked at a bounded number of times, whatever
//! is left open.

use crate::encoding::windows_1252;
use std::borrow::Cow;

/// A formula between TeX marks may have this many bytes; longer runs are words.
const TEX_BYTES: usize = 2_000;
const ENTITY_BYTES: usize = 32;

#[derive(Debug, PartialEq, Eq)]
pub enum Token<'a> {
    /// Entities not read yet.
    Words(&'a str),
    /// From a CDATA section: no entities inside.
    Verbatim(&'a str),
    Open {
        name: String,
        attributes: &'a str,
        closes_itself: bool,
    },
    Close {
        name: String,
    },
    /// Between TeX marks, entities not read yet.
    Tex {
        source: &'a str,
        is_display: bool,
    },
}

pub struct Scanner<'a> {
    source: &'a str,
    at: usize,
    /// A tag whose quotes did not end was met: quotes are no longer believed.
    ignores_quotes: bool,
    /// The next end of a formula after `at`, by kind, so that no search is made twice.
    ends: [Option<usize>; 3],
}

impl<'a> Scanner<'a> {
    pub fn new(source: &'a str) -> Self {
        Self { source, at: 0, ignores_quotes: false, ends: [Some(0); 3] }
    }

    fn rest(&self) -> &'a str {
        self.source.get(self.at..).unwrap_or_default()
    }

    /// The next piece; formulas are looked for where `has_tex`.
    pub fn next(&mut self, has_tex: bool) -> Option<Token<'a>> {
        let start = self.at;
        if self.rest().is_empty() {
            return None;
        }
        let mut place = start;
        loop {
            let found = self.source.get(place..)?.find(['<', '\\', '$']).map(|offset| place + offset);
            let Some(mark) = found else {
                self.at = self.source.len();
                return Some(Token::Words(self.source.get(start..)?));
            };
            self.at = mark;
            let token = match self.source.as_bytes().get(mark) {
                Some(b'<') => self.tag(),
                _ if has_tex => self.tex(),
                _ => None,
            };
            match token {
                Some(token) if mark == start => return Some(token),
                Some(_) => {
                    // The words before come first; the piece is read again, which costs it twice at most.
                    self.at = mark;
                    return Some(Token::Words(self.source.get(start..mark)?));
                }
                None => place = mark + 1,
            }
        }
    }

    /// Skips to the end tag of an element whose content is no markup, the tag included.
    pub fn skip_to_close(&mut self, name: &str) {
        let mut rest = self.rest();
        while let Some((_, after)) = rest.split_once("</") {
            rest = after;
            let is_end = after.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
            if is_end {
                rest = after.split_once('>').map_or("", |(_, tail)| tail);
                self.at = self.source.len() - rest.len();
                return;
            }
        }
        self.at = self.source.len();
    }

    fn past(&mut self, token: Token<'a>, rest: &'a str) -> Option<Token<'a>> {
        self.at = self.source.len() - rest.len();
        Some(token)
    }

    fn tag(&mut self) -> Option<Token<'a>> {
        let rest = self.rest();
        if let Some(comment) = rest.strip_prefix("<!--") {
            let (_, tail) = comment.split_once("-->").unwrap_or((comment, ""));
            return self.past(Token::Verbatim(""), tail);
        }
        if let Some(section) = rest.strip_prefix("<![CDATA[") {
            let (inside, tail) = section.split_once("]]>").unwrap_or((section, ""));
            return self.past(Token::Verbatim(inside), tail);
        }
        if rest.starts_with("<!") || rest.starts_with("<?") {
            let (_, tail) = rest.split_once('>')?;
            return self.past(Token::Verbatim(""), tail);
        }
        let inside = rest.get(1..)?;
        let (name_start, closes) = match inside.strip_prefix('/') {
            Some(after) => (after, true),
            None => (inside, false),
        };
        if !name_start.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return None;
        }
        let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, ':' | '-' | '_');
        let name_end = name_start.find(|c: char| !is_name(c)).unwrap_or(name_start.len());
        let (name, after) = name_start.split_at(name_end);
        if !after.starts_with(|c: char| c.is_ascii_whitespace() || matches!(c, '/' | '>' | '<')) {
            return None;
        }
        let (attributes, tail) = self.tag_end(after)?;
        let lower = name.to_ascii_lowercase();
        let name = match lower.split_once(':') {
            Some(("m" | "mml" | "math", plain)) => plain.to_owned(),
            _ => lower,
        };
        let token = if closes {
            Token::Close { name }
        } else {
            let closes_itself = attributes.ends_with('/');
            Token::Open { name, attributes: attributes.trim_end_matches('/'), closes_itself }
        };
        self.past(token, tail)
    }

    /// The attributes and what follows the tag. A tag with no end at all is words.
    fn tag_end(&mut self, text: &'a str) -> Option<(&'a str, &'a str)> {
        if !self.ignores_quotes {
            if let Some(found) = quoted_tag_end(text) {
                return Some(found);
            }
            self.ignores_quotes = true;
        }
        text.split_once('>')
    }

    fn tex(&mut self) -> Option<Token<'a>> {
        let rest = self.rest();
        let (kind, open, close) = match rest.as_bytes() {
            [b'\\', b'(', ..] => (0, "\\(", "\\)"),
            [b'\\', b'[', ..] => (1, "\\[", "\\]"),
            [b'$', b'$', ..] => (2, "$$", "$$"),
            _ => return None,
        };
        let from = self.at + 2;
        let end = self.end_after(kind, close, from)?;
        let source = self.source.get(from..end).filter(|source| source.len() <= TEX_BYTES)?;
        let is_formula = !source.trim().is_empty() && !source.contains(open) && !has_tag(source);
        if !is_formula {
            return None;
        }
        let tail = self.source.get(end + 2..)?;
        self.past(Token::Tex { source, is_display: kind != 0 }, tail)
    }

    /// The first `close` at or after `from`, remembered.
    fn end_after(&mut self, kind: usize, close: &str, from: usize) -> Option<usize> {
        let slot = self.ends.get_mut(kind)?;
        if (*slot)? < from {
            *slot = self.source.get(from..)?.find(close).map(|offset| from + offset);
        }
        *slot
    }
}

fn quoted_tag_end(text: &str) -> Option<(&str, &str)> {
    let mut quote = None;
    for (place, byte) in text.bytes().enumerate() {
        match (byte, quote) {
            (b'"' | b'\'', None)
                if text.get(..place).is_some_and(|before| before.trim_end().ends_with('=')) =>
            {
                quote = Some(byte);
            }
            (byte, Some(open)) if byte == open => quote = None,
            (b'>', None) => return Some((text.get(..place)?, text.get(place + 1..)?)),
            _ => {}
        }
    }
    None
}

/// Whether something in it looks like a whole tag.
fn has_tag(text: &str) -> bool {
    let mut rest = text;
    while let Some((_, after)) = rest.split_once('<') {
        let is_name =
            after.trim_start_matches('/').starts_with(|c: char| c.is_ascii_alphabetic() || c == '!');
        if is_name && after.contains('>') {
            return true;
        }
        rest = after;
    }
    false
}

/// The attributes of a tag: name in small letters, value with its entities read.
pub fn attributes(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || matches!(c, '/' | '"' | '\''));
        let end = rest.find(|c: char| c.is_ascii_whitespace() || c == '=' || c == '/').unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        let after = after.trim_start();
        let Some(value) = after.strip_prefix('=') else {
            if name.is_empty() {
                return found;
            }
            rest = after;
            continue;
        };
        let value = value.trim_start();
        let quoted = |quote: char| value.strip_prefix(quote).map(|v| v.split_once(quote).unwrap_or((v, "")));
        let (value, tail) = quoted('"').or_else(|| quoted('\'')).unwrap_or_else(|| {
            let end = value.find(|c: char| c.is_ascii_whitespace()).unwrap_or(value.len());
            value.split_at(end)
        });
        found.push((name.to_ascii_lowercase(), decoded(value).into_owned()));
        rest = tail;
    }
}

/// Words with their entities read.
pub fn decoded(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        match entity(after) {
            Some((value, tail)) => {
                out.push_str(&value);
                rest = tail;
            }
            None => {
                out.push('&');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// What an entity stands for, and what follows it; `after` begins behind the `&`.
pub fn entity(after: &str) -> Option<(Cow<'static, str>, &str)> {
    let end = after.bytes().take(ENTITY_BYTES).position(|byte| byte == b';')?;
    let (name, tail) = (after.get(..end)?, after.get(end + 1..)?);
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => number.parse().ok()?,
        };
        let letter = match code {
            0x80..=0x9f => windows_1252(u8::try_from(code).ok()?),
            _ => char::from_u32(code).filter(|letter| *letter != '\0').unwrap_or(char::REPLACEMENT_CHARACTER),
        };
        return Some((Cow::Owned(letter.to_string()), tail));
    }
    let found = match name {
        "amp" => "&",
        "lt" => "<",
        "gt" => ">",
        "quot" => "\"",
        "nbsp" => "\u{a0}",
        _ => quick_xml::escape::resolve_html5_entity(name)?,
    };
    Some((Cow::Borrowed(found), tail))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(source: &str) -> Vec<Token<'_>> {
        let mut scanner = Scanner::new(source);
        std::iter::from_fn(|| scanner.next(true)).collect()
    }

    #[test]
    fn tags_words_and_formulas_are_told_apart() {
        let open =
            |name: &str, attributes| Token::Open { name: name.into(), attributes, closes_itself: false };
        assert_eq!(
            all("a<B class=x>b</B >"),
            [Token::Words("a"), open("b", " class=x"), Token::Words("b"), Token::Close { name: "b".into() }]
        );
        assert_eq!(all("x <y and 1<2"), [Token::Words("x <y and 1<2")]);
        assert_eq!(
            all("\\(a<b\\) $5"),
            [Token::Tex { source: "a<b", is_display: false }, Token::Words(" $5")]
        );
        assert_eq!(all("<a title=\"x>y\">"), [open("a", " title=\"x>y\"")]);
    }

    #[test]
    fn attributes_are_read_with_any_quotes() {
        let found = attributes(" Src=\"a&amp;b\" alt='it''s' checked width = 5 /");
        let wanted = [("src", "a&b"), ("alt", "it"), ("width", "5")];
        for (name, value) in wanted {
            assert!(found.contains(&(name.to_owned(), value.to_owned())), "{name}: {found:?}");
        }
    }

    #[test]
    fn entities_are_those_of_html() {
        assert_eq!(decoded("&eacute;&#233;&#xe9;&#150;&nope;&amp;lt;&"), "ééé–&nope;&lt;&");
    }
}
