//! The parts of a formula put beside one another, over and under one another, in plain signs.

use super::signs;

/// What a part is to those beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A number, a letter, a group.
    Ordinary,
    /// `sin`, `∑`: apart from letters beside it.
    Function,
    /// `=`: space on both sides.
    Relation,
    /// `+`: space on both sides where something stands before it.
    Binary,
    Opening,
    Closing,
    Comma,
    Space,
}

/// A part of a formula as it reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    pub text: String,
    pub kind: Kind,
}

impl Part {
    pub fn new(text: impl Into<String>, kind: Kind) -> Self {
        Self { text: text.into(), kind }
    }

    pub fn ordinary(text: impl Into<String>) -> Self {
        Self::new(text, Kind::Ordinary)
    }

    /// A sign by itself.
    pub fn sign(sign: char) -> Self {
        let kind = signs::kind_of(sign);
        let sign = match sign {
            '-' => '−',
            '\'' => '′',
            other => other,
        };
        Self::new(sign, kind)
    }
}

/// Parts in a row.
pub fn row(parts: &[Part]) -> String {
    let mut out = String::new();
    let mut before: Option<Kind> = None;
    let mut has_space = false;
    for (place, part) in parts.iter().enumerate() {
        if part.kind == Kind::Space {
            has_space |= !part.text.is_empty();
            continue;
        }
        if part.text.is_empty() {
            continue;
        }
        let stands_alone = before.is_none_or(|kind| !matches!(kind, Kind::Ordinary | Kind::Closing));
        let kind = match part.kind {
            Kind::Binary if stands_alone => Kind::Opening,
            kind => kind,
        };
        let after = parts.get(place + 1);
        if before.is_some_and(|before| is_apart(before, kind, has_space)) && after_space(&out) {
            out.push(' ');
        }
        out.push_str(&part.text);
        // A comma between digits may be a decimal one: it stays close, as does one that ends the row.
        before = Some(match (kind, after) {
            (Kind::Comma, Some(next))
                if is_digit(out.chars().rev().nth(1)) && is_digit(next.text.chars().next()) =>
            {
                Kind::Opening
            }
            (kind, _) => kind,
        });
        has_space = false;
    }
    out
}

fn after_space(out: &str) -> bool {
    !out.is_empty() && !out.ends_with(' ')
}

fn is_digit(letter: Option<char>) -> bool {
    letter.is_some_and(|c| c.is_ascii_digit())
}

fn is_apart(before: Kind, kind: Kind, has_space: bool) -> bool {
    use Kind::{Binary, Closing, Comma, Function, Ordinary, Relation};
    match (before, kind) {
        (_, Closing | Comma) => false,
        (Relation | Binary | Comma, _) | (_, Relation | Binary) => true,
        (Function, Ordinary | Function) | (Ordinary | Closing, Function) => true,
        _ => has_space,
    }
}

/// `above/below`.
pub fn fraction(above: &str, below: &str) -> Part {
    let (above, below) = (above.trim(), below.trim());
    if above.is_empty() || below.is_empty() {
        return Part::ordinary(format!("{above}{below}"));
    }
    Part::ordinary(format!("{}/{}", whole(above, false), whole(below, true)))
}

/// `√x`, `∛x`, `ⁿ√x`.
pub fn root(of: &str, index: &str) -> Part {
    let sign = match index.trim() {
        "" | "2" => "√".to_owned(),
        "3" => "∛".to_owned(),
        "4" => "∜".to_owned(),
        index => format!("{}√", all(index, signs::raised).unwrap_or_else(|| format!("{index} "))),
    };
    Part::ordinary(format!("{sign}{}", whole(of.trim(), false)))
}

/// `base` with what is raised behind it.
pub fn raised(base: &Part, up: &str) -> Part {
    let up = up.trim();
    let text = match up {
        "" => base.text.clone(),
        "∘" | "°" => format!("{}°", base.text),
        _ if up.chars().all(|c| c == '′') => format!("{}{up}", base.text),
        _ => match all(up, signs::raised) {
            Some(small) => format!("{}{small}", whole_base(base)),
            None => format!("{}^{}", whole_base(base), short(up)),
        },
    };
    Part::new(text, base.kind)
}

/// `base` with what is lowered behind it.
pub fn lowered(base: &Part, down: &str) -> Part {
    let down = down.trim();
    let text = match all(down, signs::lowered) {
        _ if down.is_empty() => base.text.clone(),
        Some(small) => format!("{}{small}", base.text),
        None => format!("{}_{}", base.text, short(down)),
    };
    Part::new(text, base.kind)
}

/// Letters under one mark, which Unicode writes behind each.
pub fn marked(text: &str, mark: char) -> Part {
    let mut out = String::with_capacity(text.len() * 2);
    for letter in text.trim().chars() {
        out.push(letter);
        if letter.is_alphanumeric() {
            out.push(mark);
        }
    }
    Part::ordinary(out)
}

/// Every sign of a text in its small form; `None` where one has none.
fn all(text: &str, small: fn(char) -> Option<char>) -> Option<String> {
    text.chars().filter(|c| *c != ' ').map(small).collect()
}

fn whole_base(base: &Part) -> String {
    match base.kind {
        Kind::Ordinary if base.text.contains([' ', '/', '^']) => in_brackets(&base.text),
        _ => base.text.clone(),
    }
}

/// Text that is one thing to what stands beside it; in brackets where it would not be. `is_below`: `1/2a` could be a half
/// of a.
fn whole(text: &str, is_below: bool) -> String {
    let is_product = is_below
        && text.contains(|c: char| c.is_ascii_digit())
        && text.contains(|c: char| c.is_alphabetic() && signs::is_full_size(c));
    if (text.contains([' ', '/']) || is_product) && !is_in_brackets(text) {
        in_brackets(text)
    } else {
        text.to_owned()
    }
}

fn short(text: &str) -> String {
    if text.chars().nth(1).is_none() || is_in_brackets(text) { text.to_owned() } else { in_brackets(text) }
}

fn in_brackets(text: &str) -> String {
    format!("({text})")
}

/// Whether one pair of brackets holds all of it.
fn is_in_brackets(text: &str) -> bool {
    let Some(inside) = text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) else { return false };
    let mut depth = 0_i32;
    inside.chars().all(|letter| {
        depth += i32::from(letter == '(') - i32::from(letter == ')');
        depth >= 0
    }) && depth == 0
}
