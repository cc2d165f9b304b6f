//! Texts between the signs of GIFT: their format, their layout, their escapes.

use super::syntax::Formatted;
use crate::formatted::TextFormat;
use std::borrow::Cow;

/// A text with its format in brackets before it, or the one it has otherwise.
pub fn formatted(raw: &str, otherwise: TextFormat) -> Formatted {
    let trimmed = raw.trim_start();
    let marked = trimmed.strip_prefix('[').and_then(|rest| {
        let (name, rest) = rest.split_once(']')?;
        let format = match name {
            "moodle" | "html" | "plain" | "markdown" => TextFormat::named(name)?,
            _ => return None,
        };
        Some((format, rest))
    });
    let (format, raw) = marked.unwrap_or((otherwise, trimmed));
    Formatted { format, text: normal(raw, format) }
}

/// Without a comment that stands behind the answers on their line.
pub fn without_note(tail: &str) -> &str {
    match tail.trim_start().strip_prefix("//") {
        Some(note) => note.split_once('\n').map_or("", |(_, after)| after),
        None => tail,
    }
}

/// Layout and escapes read: in HTML and Markdown layout stays, otherwise breaks and runs of spaces are one space.
pub fn normal(raw: &str, format: TextFormat) -> String {
    let is_space = |c: char| (c.is_whitespace() && c != '\u{85}') || c == '\u{feff}';
    let raw = raw.trim_matches(is_space);
    if matches!(format, TextFormat::Markdown | TextFormat::Html) {
        return unescaped(raw).into_owned();
    }
    let mut out = String::with_capacity(raw.len());
    let mut letters = raw.chars().peekable();
    while let Some(letter) = letters.next() {
        if !is_space(letter) {
            out.push(letter);
        } else if letters.next_if(|c| is_space(*c)).is_some() {
            while letters.next_if(|c| is_space(*c)).is_some() {}
            out.push(' ');
        } else {
            out.push(if matches!(letter, '\n' | '\r') { ' ' } else { letter });
        }
    }
    match unescaped(&out) {
        Cow::Borrowed(_) => out,
        Cow::Owned(text) => text,
    }
}

/// Escapes read: `\\=` is a sign, `\\n` a break.
pub fn unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains('\\') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            out.push(letter);
            continue;
        }
        match letters.next() {
            Some('n') => out.push('\n'),
            Some(sign @ ('\\' | ':' | '#' | '=' | '{' | '}' | '~')) => out.push(sign),
            Some(other) => out.extend(['\\', other]),
            None => out.push('\\'),
        }
    }
    Cow::Owned(out)
}
