//! MathML read in plain signs: its TeX where it carries that, else element by element.

use super::parts::{self, Kind, Part};
use super::{signs, tex};
use crate::question::text::{Piece, attribute, pieces};

/// Elements inside one another; beyond, their words stand one after another.
const DEPTH: usize = 60;

struct Open<'a> {
    name: &'a str,
    parts: Vec<Part>,
}

/// Reads one `<math>`.
pub fn reading(math: &str) -> String {
    let all = pieces(math);
    source(&all).map_or_else(|| of_elements(&all), |source| tex::reading(&source))
}

/// The TeX that a formula carries.
fn source(all: &[Piece<'_>]) -> Option<String> {
    let is_tex = |piece: &Piece<'_>| match piece {
        Piece::Open { name: "annotation", attributes } => attribute(attributes, "encoding")
            .is_some_and(|encoding| encoding.to_ascii_lowercase().contains("tex")),
        _ => false,
    };
    let inside = all.iter().skip_while(|piece| !is_tex(piece)).skip(1);
    let words: String = inside
        .map_while(|piece| match piece {
            Piece::Words(words) => Some(words.as_str()),
            _ => None,
        })
        .collect();
    (!words.trim().is_empty()).then_some(words)
}

fn of_elements(all: &[Piece<'_>]) -> String {
    let mut open = vec![Open { name: "math", parts: Vec::new() }];
    let mut is_hidden = false;
    for piece in all {
        match piece {
            Piece::Open { name: "annotation" | "mphantom", .. } => is_hidden = true,
            Piece::Close { name: "annotation" | "mphantom" } => is_hidden = false,
            _ if is_hidden => {}
            Piece::Open { name: "mspace", .. } => put(&mut open, Part::new(" ", Kind::Space)),
            Piece::Open { name: "math" | "mprescripts", .. } => {}
            Piece::Open { name, .. } if open.len() < DEPTH => open.push(Open { name, parts: Vec::new() }),
            Piece::Open { .. } => {}
            Piece::Words(words) => {
                if let Some(part) = token(open.last().map_or("", |inner| inner.name), words) {
                    put(&mut open, part);
                }
            }
            Piece::Close { name } => {
                if open.len() > 1
                    && let Some(last) = open.pop_if(|inner| inner.name == *name)
                {
                    put(&mut open, element(last.name, &last.parts));
                }
            }
        }
    }
    // What was left open ends here.
    while open.len() > 1
        && let Some(last) = open.pop()
    {
        put(&mut open, element(last.name, &last.parts));
    }
    open.pop().map_or_else(String::new, |math| parts::row(&math.parts).trim().to_owned())
}

fn put(open: &mut [Open<'_>], part: Part) {
    if let Some(inner) = open.last_mut() {
        inner.parts.push(part);
    }
}

fn token(name: &str, words: &str) -> Option<Part> {
    let words = words.trim();
    let is_one = words.chars().nth(1).is_none();
    let sign = words.chars().next()?;
    Some(match name {
        // Signs that say "times" or "applied to" are not seen.
        "mo" if is_one && ('\u{2061}'..='\u{2064}').contains(&sign) => Part::new("", Kind::Space),
        "mo" if is_one => Part::sign(sign),
        "mi" if !is_one && signs::is_function(words) => Part::new(words, Kind::Function),
        "mtext" => Part::new(words, Kind::Function),
        _ => Part::ordinary(words),
    })
}

fn element(name: &str, inside: &[Part]) -> Part {
    let text = |place: usize| inside.get(place).map_or("", |part| part.text.as_str());
    let base = inside.first().cloned().unwrap_or_else(|| Part::ordinary(""));
    match name {
        "mi" | "mn" | "mo" | "mtext" | "ms" if inside.len() == 1 => base,
        "mfrac" => parts::fraction(text(0), text(1)),
        "msqrt" => parts::root(&parts::row(inside), ""),
        "mroot" => parts::root(text(0), text(1)),
        "msup" => parts::raised(&base, text(1)),
        "msub" | "munder" => parts::lowered(&base, text(1)),
        "msubsup" | "munderover" => parts::raised(&parts::lowered(&base, text(1)), text(2)),
        "mover" => match over(text(1)) {
            Some(mark) => parts::marked(text(0), mark),
            None => parts::raised(&base, text(1)),
        },
        "mtd" => Part::new(format!("{} ", parts::row(inside)), Kind::Ordinary),
        _ if inside.len() == 1 => base,
        _ => Part::ordinary(parts::row(inside)),
    }
}

fn over(sign: &str) -> Option<char> {
    signs::accent(match sign {
        "→" | "⃗" => "vec",
        "^" | "ˆ" | "\u{302}" => "hat",
        "¯" | "‾" | "\u{305}" | "\u{304}" | "_" => "bar",
        "~" | "˜" | "\u{303}" => "tilde",
        "˙" | "." | "\u{307}" => "dot",
        "¨" | "\u{308}" => "ddot",
        _ => return None,
    })
}
