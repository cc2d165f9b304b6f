//! Lines of a lesson script become a tree: head word, plain words, quoted texts, `key=value` pairs, children by
//! indentation. Knows nothing of shapes or lessons.

use super::LessonError;
use std::collections::BTreeMap;

/// One line of the script with the lines indented under it.
#[derive(Debug, Clone, Default)]
pub struct Node {
    pub line: usize,
    pub head: String,
    pub words: Vec<String>,
    pub texts: Vec<String>,
    pub props: BTreeMap<String, String>,
    pub children: Vec<Node>,
}

impl Node {
    pub fn error(&self, what: impl Into<String>) -> LessonError {
        LessonError::Line { line: self.line, what: what.into() }
    }

    pub fn text(&self) -> Result<&str, LessonError> {
        let first = self.texts.first().map(String::as_str);
        first.ok_or_else(|| self.error(format!("`{}` needs a text in quotes", self.head)))
    }

    pub fn prop(&self, key: &str) -> Option<&str> {
        self.props.get(key).map(String::as_str)
    }

    /// A number property, or `default` where it is absent.
    pub fn number(&self, key: &str, default: f32) -> Result<f32, LessonError> {
        match self.prop(key) {
            None => Ok(default),
            Some(v) => v.parse().map_err(|_| self.error(format!("`{key}={v}`: a number is needed"))),
        }
    }

    /// A list of numbers split by commas or spaces; empty where the property is absent.
    pub fn numbers(&self, key: &str) -> Result<Vec<f32>, LessonError> {
        let Some(v) = self.prop(key) else { return Ok(Vec::new()) };
        v.split([',', ' '])
            .filter(|s| !s.is_empty())
            .map(|s| s.parse().map_err(|_| self.error(format!("`{key}={v}`: numbers are needed"))))
            .collect()
    }

    /// Two numbers such as `at=100,200`.
    pub fn pair(&self, key: &str, default: (f32, f32)) -> Result<(f32, f32), LessonError> {
        match self.numbers(key)?.as_slice() {
            [] => Ok(default),
            [x, y] => Ok((*x, *y)),
            [one] => Ok((*one, *one)),
            _ => Err(self.error(format!("`{key}` takes two numbers"))),
        }
    }
}

/// Line number, key and value of a header line.
pub type HeaderLine = (usize, String, String);

/// Splits a script into its header (`key: value` lines, in order) and its tree.
pub fn read(source: &str) -> Result<(Vec<HeaderLine>, Vec<Node>), LessonError> {
    let mut header = Vec::new();
    let mut flat: Vec<(usize, Node)> = Vec::new();
    for (index, raw) in source.lines().enumerate() {
        let line = index + 1;
        let trimmed = raw.trim_start();
        if trimmed.is_empty() || trimmed.starts_with("# ") || trimmed == "#" {
            continue;
        }
        let indent = raw.len() - trimmed.len();
        let heading = if flat.is_empty() && indent == 0 { header_line(trimmed) } else { None };
        if let Some((key, value)) = heading {
            header.push((line, key, value));
            continue;
        }
        flat.push((indent, node(line, trimmed)?));
    }
    let mut rest = flat.into_iter().peekable();
    let roots = nest(&mut rest, 0)?;
    match rest.next() {
        Some((_, stray)) => Err(stray.error("indented less than the line it belongs to")),
        None => Ok((header, roots)),
    }
}

fn header_line(line: &str) -> Option<(String, String)> {
    let (key, value) = line.split_once(':')?;
    let plain = !key.is_empty() && key.chars().all(|c| c.is_ascii_lowercase() || c == '-');
    plain.then(|| (key.to_owned(), value.trim().to_owned()))
}

type Lines = std::iter::Peekable<std::vec::IntoIter<(usize, Node)>>;

fn nest(lines: &mut Lines, indent: usize) -> Result<Vec<Node>, LessonError> {
    let mut out: Vec<Node> = Vec::new();
    while let Some((depth, _)) = lines.peek() {
        let depth = *depth;
        if depth < indent {
            break;
        }
        if depth > indent {
            let children = nest(lines, depth)?;
            match out.last_mut() {
                Some(parent) => parent.children.extend(children),
                None => out.extend(children),
            }
            continue;
        }
        if let Some((_, n)) = lines.next() {
            out.push(n);
        }
    }
    Ok(out)
}

fn node(line: usize, text: &str) -> Result<Node, LessonError> {
    let mut out = Node { line, ..Node::default() };
    let mut chars = text.chars().peekable();
    while let Some(&c) = chars.peek() {
        if c == ' ' || c == '\t' {
            chars.next();
        } else if c == '"' {
            chars.next();
            let value = quoted(&mut chars).ok_or_else(|| out.error("a quote is not closed"))?;
            out.texts.push(value);
        } else {
            let mut word = String::new();
            let mut pair = None;
            while let Some(&c) = chars.peek() {
                if c == ' ' {
                    break;
                }
                chars.next();
                if c == '=' && pair.is_none() {
                    let value = if chars.peek() == Some(&'"') {
                        chars.next();
                        quoted(&mut chars).ok_or_else(|| out.error("a quote is not closed"))?
                    } else {
                        bare(&mut chars)
                    };
                    pair = Some(value);
                    break;
                }
                word.push(c);
            }
            match pair {
                Some(value) => {
                    out.props.insert(word, value);
                }
                None if out.head.is_empty() => out.head = word,
                None => out.words.push(word),
            }
        }
    }
    Ok(out)
}

type Chars<'a> = std::iter::Peekable<std::str::Chars<'a>>;

fn bare(chars: &mut Chars<'_>) -> String {
    let mut value = String::new();
    while let Some(&c) = chars.peek() {
        if c == ' ' {
            break;
        }
        value.push(c);
        chars.next();
    }
    value
}

fn quoted(chars: &mut Chars<'_>) -> Option<String> {
    let mut value = String::new();
    while let Some(c) = chars.next() {
        match c {
            '"' => return Some(value),
            '\\' => match chars.next()? {
                'n' => value.push('\n'),
                other => value.push(other),
            },
            other => value.push(other),
        }
    }
    None
}
