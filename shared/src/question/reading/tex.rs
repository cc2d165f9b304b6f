//! TeX formulas read in plain signs. Anything can be read: what is not known stays as it is written.

use super::parts::{self, Kind, Part};
use super::signs;
use std::iter::Peekable;
use std::str::Chars;

/// Groups inside one another; a formula with more stays TeX.
const DEPTH: usize = 40;

/// Reads a formula without its marks.
pub fn reading(source: &str) -> String {
    let source = source.trim();
    let mut reader = Reader { rest: source.chars().peekable(), depth: 0, is_too_deep: false };
    let parts = reader.row(None);
    if reader.is_too_deep { source.to_owned() } else { parts::row(&parts).trim().to_owned() }
}

struct Reader<'a> {
    rest: Peekable<Chars<'a>>,
    depth: usize,
    is_too_deep: bool,
}

impl Reader<'_> {
    /// Parts up to `end`, which is taken, or to the end of all.
    fn row(&mut self, end: Option<char>) -> Vec<Part> {
        let mut row: Vec<Part> = Vec::new();
        while let Some(letter) = self.rest.next() {
            match letter {
                _ if Some(letter) == end => break,
                '^' => {
                    let up = self.argument();
                    let base = base(&mut row);
                    row.push(parts::raised(&base, &up));
                }
                '_' => {
                    let down = self.argument();
                    let base = base(&mut row);
                    row.push(parts::lowered(&base, &down));
                }
                '\'' => {
                    let base = base(&mut row);
                    row.push(parts::raised(&base, "′"));
                }
                _ => self.part(letter, &mut row),
            }
            if self.is_too_deep {
                break;
            }
        }
        row
    }

    /// What begins with `letter`, put behind the row.
    fn part(&mut self, letter: char, row: &mut Vec<Part>) {
        match letter {
            '\\' => self.command(row),
            '{' => row.push(self.group('}')),
            '}' => {}
            '~' => row.push(Part::new(" ", Kind::Space)),
            '&' => row.push(Part::new(",", Kind::Comma)),
            '%' => while self.rest.next().is_some_and(|c| c != '\n') {},
            // Seen only behind a comma, which is no decimal one then.
            letter if letter.is_whitespace() => row.push(Part::new("", Kind::Space)),
            digit if digit.is_ascii_digit() => {
                let mut number = String::from(digit);
                while let Some(next) = self.rest.next_if(|c| c.is_ascii_digit() || *c == '.') {
                    number.push(next);
                }
                // A point at the end is one of a sentence.
                row.push(Part::ordinary(number));
            }
            sign => row.push(Part::sign(sign)),
        }
    }

    /// What stands in a group whose begin was taken.
    fn group(&mut self, end: char) -> Part {
        self.depth += 1;
        if self.depth > DEPTH {
            self.is_too_deep = true;
            return Part::ordinary("");
        }
        let inside = self.row(Some(end));
        self.depth -= 1;
        match <[Part; 1]>::try_from(inside) {
            // `{,}` is a comma without space around it.
            Ok([Part { text, kind: Kind::Comma | Kind::Relation | Kind::Binary }]) => Part::ordinary(text),
            Ok([one]) => one,
            Err(inside) => Part::ordinary(parts::row(&inside)),
        }
    }

    /// What a command or a script takes: a group, a command or one sign.
    fn argument(&mut self) -> String {
        self.skip_space();
        let Some(letter) = self.rest.next() else { return String::new() };
        match letter {
            '{' => self.group('}').text,
            '\\' => {
                self.depth += 1;
                let mut row = Vec::new();
                if self.depth > DEPTH {
                    self.is_too_deep = true;
                } else {
                    self.command(&mut row);
                }
                self.depth -= 1;
                parts::row(&row)
            }
            // One digit, though more may follow.
            one => Part::sign(one).text,
        }
    }

    /// The letters of an argument as they stand: names and words are no formula.
    fn words(&mut self) -> String {
        self.skip_space();
        if self.rest.next_if_eq(&'{').is_none() {
            return self.rest.next().map(String::from).unwrap_or_default();
        }
        let (mut out, mut depth) = (String::new(), 0_usize);
        while let Some(letter) = self.rest.next() {
            match letter {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                '\\' => out.extend(self.rest.next_if(|c| !c.is_alphabetic()).or(Some('\\'))),
                '~' => out.push(' '),
                other => out.push(other),
            }
        }
        out
    }

    fn skip_space(&mut self) {
        while self.rest.next_if(|c| c.is_whitespace()).is_some() {}
    }

    fn command(&mut self, row: &mut Vec<Part>) {
        let mut name = String::new();
        while let Some(letter) = self.rest.next_if(char::is_ascii_alphabetic) {
            name.push(letter);
        }
        if name.is_empty() {
            return match self.rest.next() {
                Some('\\') => row.push(Part::new(";", Kind::Comma)),
                Some(',' | ';' | ':' | '>' | ' ' | '\n') => row.push(Part::new(" ", Kind::Space)),
                Some('!') | None => {}
                Some('|') => row.push(Part::ordinary("‖")),
                Some(sign @ ('{' | '}')) => row.push(Part::sign(sign)),
                Some(sign) => row.push(Part::ordinary(sign)),
            };
        }
        if let Some(part) = self.known(&name) {
            row.extend(part);
        } else if let Some(sign) = signs::command(&name) {
            row.push(Part::sign(sign));
        } else if signs::is_function(&name) {
            row.push(Part::new(name, Kind::Function));
        } else {
            row.push(Part::ordinary(format!("\\{name}")));
        }
    }

    /// What a command with arguments, or without a sign, reads as; `None`: it is no such one.
    fn known(&mut self, name: &str) -> Option<Option<Part>> {
        Some(Some(match name {
            "frac" | "dfrac" | "tfrac" | "cfrac" => {
                let above = self.argument();
                parts::fraction(&above, &self.argument())
            }
            "binom" | "dbinom" | "tbinom" => {
                let above = self.argument();
                Part::ordinary(format!("C({above}, {})", self.argument()))
            }
            "sqrt" => {
                self.skip_space();
                let index =
                    if self.rest.next_if_eq(&'[').is_some() { self.group(']').text } else { String::new() };
                parts::root(&self.argument(), &index)
            }
            "text" | "textrm" | "textbf" | "textit" | "mbox" | "hbox" => {
                let words = self.words();
                Part::new(words.trim(), Kind::Function)
            }
            "operatorname" => Part::new(self.words().trim(), Kind::Function),
            "mathbb" => Part::ordinary(self.argument().chars().map(signs::double_struck).collect::<String>()),
            "mathrm" | "mathbf" | "mathit" | "mathsf" | "mathtt" | "mathcal" | "mathfrak" | "mathscr"
            | "boldsymbol" | "bm" | "boxed" | "pmb" => Part::ordinary(self.argument()),
            "pmod" => Part::new(format!("(mod {})", self.argument()), Kind::Function),
            "bmod" => Part::new("mod", Kind::Function),
            "not" => {
                let mut sign = self.argument();
                sign.push('\u{338}');
                Part::new(sign, Kind::Relation)
            }
            "quad" | "qquad" | "enspace" | "thinspace" => Part::new(" ", Kind::Space),
            "left" | "right" | "middle" | "big" | "Big" | "bigg" | "Bigg" | "bigl" | "bigr" | "Bigl"
            | "Bigr" => {
                // A point says that there is no bracket on this side.
                self.skip_space();
                self.rest.next_if_eq(&'.');
                return Some(None);
            }
            "begin" | "end" => return Some(self.table(name)),
            "displaystyle" | "textstyle" | "scriptstyle" | "limits" | "nolimits" | "rm" | "bf" | "it"
            | "nonumber" => {
                return Some(None);
            }
            _ => parts::marked(&{ signs::accent(name).map(|_| self.argument())? }, signs::accent(name)?),
        }))
    }

    /// The bracket that a table of this name has on this side.
    fn table(&mut self, side: &str) -> Option<Part> {
        let name = self.words();
        if side == "begin" && name.starts_with("array") && self.rest.peek() == Some(&'{') {
            self.words();
        }
        let is_begin = side == "begin";
        let bracket = match name.trim_end_matches('*') {
            "pmatrix" => ['(', ')'],
            "bmatrix" | "matrix" | "array" | "smallmatrix" => ['[', ']'],
            "vmatrix" => ['|', '|'],
            "cases" if is_begin => ['{', '{'],
            _ => return None,
        };
        bracket.get(usize::from(!is_begin)).map(|sign| Part::sign(*sign))
    }
}

/// What a script belongs to: the last part that is more than space, or nothing.
fn base(row: &mut Vec<Part>) -> Part {
    while row.pop_if(|part| part.kind == Kind::Space).is_some() {}
    row.pop().unwrap_or_else(|| Part::ordinary(""))
}
