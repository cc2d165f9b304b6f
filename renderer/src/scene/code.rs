//! A card of program text: letters coloured by what they are, one line at a time in the light.

use super::colour::Colour;
use super::text::{Align, Block, Font, LINE_HEIGHT, lay_out};

#[derive(Debug, Clone)]
pub struct Code {
    /// Pieces of one colour, each laid out at its place.
    pub pieces: Vec<Piece>,
    pub size: f32,
    pub lines: usize,
}

#[derive(Debug, Clone)]
pub struct Piece {
    pub x: f32,
    pub line: usize,
    pub colour: Colour,
    pub block: Block,
}

const WORDS: &[&str] = &[
    "let", "mut", "fn", "for", "in", "if", "else", "while", "return", "match", "def", "and", "or", "not",
    "True", "False", "true", "false", "print", "import", "from", "None", "loop", "break", "SELECT", "WHERE",
];

const PLAIN: Colour = Colour { r: 0.90, g: 0.94, b: 0.95, a: 1.0 };
const WORD: Colour = Colour { r: 1.0, g: 0.62, b: 0.55, a: 1.0 };
const NUMBER: Colour = Colour { r: 0.97, g: 0.79, b: 0.36, a: 1.0 };
const STRING: Colour = Colour { r: 0.48, g: 0.88, b: 0.67, a: 1.0 };
const REMARK: Colour = Colour { r: 0.53, g: 0.66, b: 0.70, a: 1.0 };

impl Code {
    pub fn new(lines: &[String], size: f32) -> Self {
        let mut pieces = Vec::new();
        let advance = super::text::width("0", Font::Mono, size);
        for (line, text) in lines.iter().enumerate() {
            let mut column = 0;
            for (piece, colour) in coloured(text) {
                let block = lay_out(&piece, Font::Mono, size, Align::Start, 0.0);
                pieces.push(Piece { x: column as f32 * advance, line, colour, block });
                column += piece.chars().count();
            }
        }
        Self { pieces, size, lines: lines.len() }
    }

    pub fn line_height(&self) -> f32 {
        self.size * LINE_HEIGHT * 1.18
    }
}

fn coloured(line: &str) -> Vec<(String, Colour)> {
    let mut out: Vec<(String, Colour)> = Vec::new();
    let mut rest = line;
    while let Some(c) = rest.chars().next() {
        let take = |keep: &dyn Fn(char) -> bool| {
            rest.char_indices().find(|(_, c)| !keep(*c)).map_or(rest.len(), |(i, _)| i)
        };
        let (end, colour) = if c == '#' || rest.starts_with("//") {
            (rest.len(), REMARK)
        } else if c == '"' || c == '\'' {
            let close = rest.char_indices().skip(1).find(|(_, d)| *d == c);
            (close.map_or(rest.len(), |(i, d)| i + d.len_utf8()), STRING)
        } else if c.is_ascii_digit() {
            (take(&|c| c.is_ascii_digit() || c == '.'), NUMBER)
        } else if c.is_alphabetic() || c == '_' {
            let end = take(&|c| c.is_alphanumeric() || c == '_');
            let known = rest.get(..end).is_some_and(|w| WORDS.contains(&w));
            (end, if known { WORD } else { PLAIN })
        } else {
            (c.len_utf8(), PLAIN)
        };
        let (piece, left) = rest.split_at_checked(end).unwrap_or((rest, ""));
        out.push((piece.to_owned(), colour));
        rest = left;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_numbers_and_texts_have_their_own_colours() {
        let got = coloured("let x = 42 # why");
        assert_eq!(got.first(), Some(&("let".to_owned(), WORD)));
        assert!(got.contains(&("42".to_owned(), NUMBER)));
        assert_eq!(got.last(), Some(&("# why".to_owned(), REMARK)));
    }
}
