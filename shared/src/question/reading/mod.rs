//! How a text with formulas reads in plain signs, as a person would type it into a message: `\(\frac12 x^2\)` is `1/2 x²`.
//! For lists, titles and names; what is asked shows its formulas as formulas. What the subset of HTML is, is not told here.

mod mathml;
mod parts;
mod signs;
mod tex;

use super::text::{Text, escape, plain_of};

/// Begin and end of formulas in words.
const MARKS: [(&str, &str); 3] = [("\\(", "\\)"), ("\\[", "\\]"), ("$$", "$$")];
/// A formula may have this many bytes; longer runs are words.
const LONGEST: usize = 4_000;

impl Text {
    /// The words as [`Text::plain`] gives them, with formulas in plain signs.
    pub fn reading(&self) -> String {
        match self {
            Self::Plain(words) => reading(words),
            Self::Rich { html } => reading(&plain_of(&without_mathml(html))),
        }
    }
}

/// Words with their formulas in plain signs: those between `\(` and `\)`, `\[` and `\]`, `$$` and `$$`.
pub fn reading(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    let mut rest = words;
    while let Some((before, formula, after)) = next_formula(rest) {
        out.push_str(before);
        out.push_str(&tex::reading(formula));
        rest = after;
    }
    out.push_str(rest);
    out
}

/// What stands before the first formula, the formula without its marks, and what follows.
fn next_formula(words: &str) -> Option<(&str, &str, &str)> {
    let mut from = 0;
    loop {
        let at = from + words.get(from..)?.find(['\\', '$'])?;
        let (before, rest) = words.split_at(at);
        if let Some((open, close)) = MARKS.iter().find(|(open, _)| rest.starts_with(open))
            && let Some(inside) = rest.get(open.len()..)
            && let Some(formula) =
                up_to(inside, close).filter(|it| !it.trim().is_empty() && !it.contains(open))
        {
            return Some((before, formula, inside.get(formula.len() + close.len()..)?));
        }
        from = at + 1;
    }
}

fn up_to<'a>(text: &'a str, end: &str) -> Option<&'a str> {
    let near = text.get(..text.floor_char_boundary(LONGEST))?;
    Some(near.split_once(end)?.0)
}

/// The HTML with each `<math>` as words.
fn without_mathml(html: &str) -> String {
    const END: &str = "</math>";
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(start) = rest.find("<math") {
        let (before, math) = rest.split_at(start);
        let Some(end) = math.find(END) else { break };
        let (math, after) = math.split_at(end + END.len());
        out.push_str(before);
        out.push_str(&escape(&mathml::reading(math)));
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests;
