//! How an author types a marked-up text: `\(x^2\)` for a formula, `` `x` `` for code, `**bold**`, `*slanted*`,
//! `![what is to be seen](1)` for the first picture, `[words](https://…)`, lines that begin with `-` or `1.` for lists, an
//! empty line between paragraphs. A backslash takes a sign as it is. Texts with more than that are left as HTML. Pure;
//! formulas stay TeX here, the server makes them MathML.

use minnow_shared::question::{Piece, Text, attribute, escape, pieces};

/// Signs that a backslash takes as they are.
const TAKEN: [char; 6] = ['`', '*', '!', '-', '.', '\\'];
/// Begin and end of formulas.
const FORMULAS: [(&str, &str); 3] = [("\\(", "\\)"), ("\\[", "\\]"), ("$$", "$$")];
const FENCE: &str = "```";

/// A text as it is typed, and the pictures that its numbers mean.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Typed {
    pub words: String,
    /// `media:NAME`, the first is number 1.
    pub pictures: Vec<String>,
}

/// A picture in a typed text.
#[derive(Debug, Clone, PartialEq)]
pub struct Shown {
    pub alt: String,
    /// From 1.
    pub number: usize,
}

/// A text as its author would type it; `None` where there is more to it than can be typed.
pub fn typed(text: &Text) -> Option<Typed> {
    match text {
        Text::Plain(words) => {
            let lines: Vec<String> = words.lines().map(|line| line_start(&kept_as_is(line, '\n'))).collect();
            let mut words_out = lines.join("\n");
            if words.ends_with('\n') {
                words_out.push('\n');
            }
            Some(Typed { words: words_out, pictures: Vec::new() })
        }
        Text::Rich { html } => Writer::default().write(html),
    }
}

/// Words in which nothing reads as a mark but formulas. `before`: what stands before them.
fn kept_as_is(words: &str, mut before: char) -> String {
    let mut out = String::with_capacity(words.len());
    let mut rest = words;
    while let Some(letter) = rest.chars().next() {
        if let Some((formula, tail)) = formula_at(rest) {
            out.push_str(formula);
            rest = tail;
            before = ')';
            continue;
        }
        let next = rest.chars().nth(1);
        let is_mark = match letter {
            '`' => true,
            '*' => may_open(before, next),
            '!' => next == Some('['),
            '\\' => next.is_some_and(|next| TAKEN.contains(&next)),
            _ => false,
        };
        if is_mark {
            out.push('\\');
        }
        out.push(letter);
        before = letter;
        rest = rest.get(letter.len_utf8()..).unwrap_or_default();
    }
    out
}

/// A line that begins like an item of a list, so that it does not.
fn line_start(line: &str) -> String {
    match item(line) {
        Some((Item::Dot, _)) => format!("\\{line}"),
        Some((Item::Number, _)) => line.replacen('.', "\\.", 1),
        None => line.to_owned(),
    }
}

/// Whether a star here may begin slanted or bold words.
fn may_open(before: char, next: Option<char>) -> bool {
    !before.is_alphanumeric() && next.is_some_and(|next| !next.is_whitespace())
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Item {
    Dot,
    Number,
}

/// The item of a list that a line is.
fn item(line: &str) -> Option<(Item, &str)> {
    if let Some(words) = line.strip_prefix("- ") {
        return Some((Item::Dot, words));
    }
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let words = line.get(digits..)?.strip_prefix(". ")?;
    (1..=3).contains(&digits).then_some((Item::Number, words))
}

/// A formula at the beginning, its marks with it, and what follows.
fn formula_at(text: &str) -> Option<(&str, &str)> {
    FORMULAS.iter().find_map(|(open, close)| {
        let inside = text.strip_prefix(open)?;
        let end = inside.find(close).filter(|end| *end > 0)?;
        Some(text.split_at(open.len() + end + close.len()))
    })
}

/// From HTML of the subset to typed words.
#[derive(Default)]
struct Writer {
    out: String,
    pictures: Vec<String>,
    /// Lists that are open, with the number of the next item.
    list: Option<(Item, usize)>,
    links: Vec<String>,
    formula: Option<(bool, Option<String>)>,
    is_source: bool,
    is_block_code: bool,
    is_code: bool,
}

impl Writer {
    fn write(mut self, html: &str) -> Option<Typed> {
        for piece in pieces(html) {
            match piece {
                Piece::Words(words) => self.words(&words),
                Piece::Open { name, attributes } => self.open(name, attributes)?,
                Piece::Close { name } => self.close(name)?,
            }
        }
        Some(Typed { words: self.out.trim_end().to_owned(), pictures: self.pictures })
    }

    fn words(&mut self, words: &str) {
        if let Some((_, source)) = &mut self.formula {
            if self.is_source {
                source.get_or_insert_default().push_str(words);
            }
            return;
        }
        if self.is_code || self.is_block_code {
            return self.out.push_str(words);
        }
        let before = self.out.chars().next_back().unwrap_or('\n');
        let words = kept_as_is(words, before);
        if before == '\n' { self.out.push_str(&line_start(&words)) } else { self.out.push_str(&words) }
    }

    fn paragraph(&mut self) {
        if !self.out.is_empty() {
            self.out.truncate(self.out.trim_end().len());
            self.out.push_str("\n\n");
        }
    }

    fn line(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with('\n') {
            self.out.push('\n');
        }
    }

    fn open(&mut self, name: &str, attributes: &str) -> Option<()> {
        if self.formula.is_some() {
            self.is_source |= name == "annotation";
            return Some(());
        }
        let is_bare = attributes.is_empty();
        match name {
            "p" if is_bare && self.list.is_none() => self.paragraph(),
            "br" if self.list.is_none() => self.out.push('\n'),
            "b" | "strong" if is_bare => self.out.push_str("**"),
            "i" | "em" if is_bare => self.out.push('*'),
            "pre" if is_bare && self.list.is_none() => {
                self.paragraph();
                self.out.push_str(FENCE);
                self.out.push('\n');
                self.is_block_code = true;
            }
            "code" if self.is_block_code => {}
            "code" if is_bare => {
                self.out.push('`');
                self.is_code = true;
            }
            "ul" | "ol" if is_bare && self.list.is_none() => {
                self.paragraph();
                self.list = Some((if name == "ul" { Item::Dot } else { Item::Number }, 1));
            }
            "li" if is_bare => {
                self.line();
                let (kind, number) = self.list.as_mut()?;
                match kind {
                    Item::Dot => self.out.push_str("- "),
                    Item::Number => self.out.push_str(&format!("{number}. ")),
                }
                *number += 1;
            }
            "a" => {
                self.links.push(attribute(attributes, "href")?);
                self.out.push('[');
            }
            "img" => {
                let source = attribute(attributes, "src")?;
                let place = self.pictures.iter().position(|known| *known == source).unwrap_or_else(|| {
                    self.pictures.push(source);
                    self.pictures.len() - 1
                });
                let alt = safe_alt(&attribute(attributes, "alt").unwrap_or_default());
                self.out.push_str(&format!("![{alt}]({})", place + 1));
            }
            "math" => {
                let is_block = attribute(attributes, "display").as_deref() == Some("block");
                self.formula = Some((is_block, None));
            }
            _ => return None,
        }
        Some(())
    }

    fn close(&mut self, name: &str) -> Option<()> {
        match name {
            "annotation" => self.is_source = false,
            "math" => {
                let (is_block, source) = self.formula.take()?;
                let source = source?;
                let (open, close) = if is_block { ("\\[", "\\]") } else { ("\\(", "\\)") };
                self.out.push_str(&format!("{open}{}{close}", source.trim()));
            }
            _ if self.formula.is_some() => {}
            "p" => self.paragraph(),
            "b" | "strong" => self.out.push_str("**"),
            "i" | "em" => self.out.push('*'),
            "code" if self.is_block_code => {}
            "code" => {
                self.out.push('`');
                self.is_code = false;
            }
            "pre" => {
                self.line();
                self.out.push_str(FENCE);
                self.is_block_code = false;
                self.paragraph();
            }
            "ul" | "ol" => {
                self.list = None;
                self.paragraph();
            }
            "a" => self.out.push_str(&format!("]({})", self.links.pop()?)),
            _ => {}
        }
        Some(())
    }
}

/// What an alternative text may be in brackets.
fn safe_alt(alt: &str) -> String {
    alt.replace(['[', ']', '\n'], " ").trim().to_owned()
}

/// What was typed as a text: a plain one where nothing is marked.
pub fn read(typed: &Typed) -> Text {
    let mut reader = Reader { pictures: &typed.pictures, has_marks: false };
    let html = reader.blocks(&typed.words);
    if reader.has_marks { Text::Rich { html } } else { Text::Plain(unmarked(&typed.words)) }
}

fn unmarked(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    let mut letters = words.chars().peekable();
    while let Some(letter) = letters.next() {
        let taken = if letter == '\\' { letters.next_if(|next| TAKEN.contains(next)) } else { None };
        out.push(taken.unwrap_or(letter));
    }
    out
}

struct Reader<'a> {
    pictures: &'a [String],
    has_marks: bool,
}

impl Reader<'_> {
    fn blocks(&mut self, words: &str) -> String {
        let mut blocks: Vec<String> = Vec::new();
        let mut lines = words.lines().peekable();
        while let Some(line) = lines.next() {
            if line.trim() == FENCE && lines.clone().any(|line| line.trim() == FENCE) {
                let code: Vec<&str> = lines.by_ref().take_while(|line| line.trim() != FENCE).collect();
                self.has_marks = true;
                blocks.push(format!("<pre><code>{}</code></pre>", escape(&code.join("\n"))));
            } else if let Some((kind, first)) = item(line) {
                self.has_marks = true;
                let mut items = format!("<li>{}</li>", self.inline(first));
                while let Some((_, next)) =
                    lines.peek().and_then(|line| item(line)).filter(|(k, _)| *k == kind)
                {
                    items.push_str(&format!("<li>{}</li>", self.inline(next)));
                    lines.next();
                }
                let name = if kind == Item::Dot { "ul" } else { "ol" };
                blocks.push(format!("<{name}>{items}</{name}>"));
            } else if !line.trim().is_empty() {
                let mut paragraph = line.to_owned();
                while let Some(next) = lines
                    .next_if(|line| !line.trim().is_empty() && item(line).is_none() && line.trim() != FENCE)
                {
                    paragraph.push('\n');
                    paragraph.push_str(next);
                }
                blocks.push(format!("<p>{}</p>", self.inline(&paragraph)));
            }
        }
        match blocks.as_slice() {
            [one] => {
                one.strip_prefix("<p>").and_then(|one| one.strip_suffix("</p>")).unwrap_or(one).to_owned()
            }
            _ => blocks.concat(),
        }
    }

    fn inline(&mut self, words: &str) -> String {
        let mut out = String::with_capacity(words.len());
        let mut before = '\n';
        let mut rest = words;
        while let Some(letter) = rest.chars().next() {
            let after = rest.get(letter.len_utf8()..).unwrap_or_default();
            let marked = match letter {
                '\\' | '$' if formula_at(rest).is_some() => {
                    formula_at(rest).map(|(formula, tail)| (escape(formula), tail))
                }
                '\\' => {
                    let next = after.chars().next().filter(|next| TAKEN.contains(next));
                    if let Some(next) = next {
                        out.push_str(&escape(&next.to_string()));
                        before = next;
                        rest = after.get(next.len_utf8()..).unwrap_or_default();
                        continue;
                    }
                    None
                }
                '`' => after
                    .split_once('`')
                    .filter(|(code, _)| !code.is_empty())
                    .map(|(code, tail)| (format!("<code>{}</code>", escape(code)), tail)),
                '!' => self.picture(after),
                '[' => self.link(after),
                '*' => self.stressed(before, rest),
                _ => None,
            };
            match marked {
                Some((html, tail)) => {
                    self.has_marks = true;
                    out.push_str(&html);
                    before = ')';
                    rest = tail;
                }
                None if letter == '\n' => {
                    out.push_str("<br>");
                    before = letter;
                    rest = after;
                }
                None => {
                    out.push_str(&escape(&letter.to_string()));
                    before = letter;
                    rest = after;
                }
            }
        }
        out
    }

    fn picture<'w>(&self, after: &'w str) -> Option<(String, &'w str)> {
        let (shown, tail) = picture_at(after)?;
        let source = self.pictures.get(shown.number.checked_sub(1)?)?;
        Some((format!("<img src=\"{}\" alt=\"{}\">", escape(source), escape(&shown.alt)), tail))
    }

    fn link<'w>(&mut self, after: &'w str) -> Option<(String, &'w str)> {
        let (words, tail) = after.split_once("](")?;
        let (address, tail) = tail.split_once(')')?;
        let is_address = ["https://", "http://", "mailto:"].iter().any(|start| address.starts_with(start));
        let is_fine =
            is_address && !words.contains(['[', ']', '\n']) && !address.contains(char::is_whitespace);
        is_fine.then(|| (format!("<a href=\"{}\">{}</a>", escape(address), self.inline(words)), tail))
    }

    fn stressed<'w>(&mut self, before: char, text: &'w str) -> Option<(String, &'w str)> {
        for (mark, name) in [("**", "strong"), ("*", "em")] {
            let Some(after) = text.strip_prefix(mark) else { continue };
            if !may_open(before, after.chars().next()) {
                continue;
            }
            let closes = after.match_indices(mark).find(|(end, _)| {
                let inside = after.get(..*end).unwrap_or_default();
                let last = inside.chars().next_back();
                last.is_some_and(|last| !last.is_whitespace() && last != '\\' && last != '*')
            });
            if let Some((end, _)) = closes {
                let (inside, tail) = after.split_at(end);
                let tail = tail.get(mark.len()..).unwrap_or_default();
                return Some((format!("<{name}>{}</{name}>", self.inline(inside)), tail));
            }
        }
        None
    }
}

/// `[alt](1)` after the `!`.
fn picture_at(after: &str) -> Option<(Shown, &str)> {
    let (alt, tail) = after.strip_prefix('[')?.split_once("](")?;
    let (number, tail) = tail.split_once(')')?;
    let is_fine = !alt.contains(['[', ']', '\n']) && number.len() <= 3;
    let number = number.parse().ok().filter(|_| is_fine)?;
    Some((Shown { alt: alt.to_owned(), number }, tail))
}

/// The pictures of typed words, with where each begins and ends, in bytes.
fn places(words: &str) -> Vec<(usize, usize, Shown)> {
    let mut found = Vec::new();
    for (start, _) in words.match_indices("![") {
        let is_taken = words.get(..start).is_some_and(|before| before.ends_with('\\'));
        if let Some((shown, tail)) = words.get(start + 1..).filter(|_| !is_taken).and_then(picture_at) {
            found.push((start, words.len() - tail.len(), shown));
        }
    }
    found
}

/// The pictures of typed words, first to last.
pub fn pictures(words: &str) -> Vec<Shown> {
    places(words).into_iter().map(|(_, _, shown)| shown).collect()
}

/// The words with another alternative text for one of their pictures, or without it.
pub fn with_picture(words: &str, which: usize, alt: Option<&str>) -> String {
    let Some((start, end, shown)) = places(words).into_iter().nth(which) else { return words.to_owned() };
    let new = alt.map(|alt| mark_of(alt, shown.number)).unwrap_or_default();
    let part = |range: std::ops::Range<usize>| words.get(range).unwrap_or_default();
    format!("{}{new}{}", part(0..start), part(end..words.len()))
}

/// How a picture is typed.
pub fn mark_of(alt: &str, number: usize) -> String {
    // A space at the end is one that is being typed.
    format!("![{}]({number})", alt.replace(['[', ']', '\n'], " "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rich(html: &str) -> Text {
        Text::Rich { html: html.into() }
    }

    fn typed_words(words: &str) -> Text {
        read(&Typed { words: words.into(), pictures: vec!["media:aa.png".into()] })
    }

    #[test]
    fn marks_become_markup_and_words_without_them_stay_plain() {
        for (words, text) in [
            ("Is 2 * 3 = 6 - 1?\nNo", Text::from("Is 2 * 3 = 6 - 1?\nNo")),
            ("Half of \\(x^2 < 1\\)", rich("Half of \\(x^2 &lt; 1\\)")),
            ("Run `a < b`", rich("Run <code>a &lt; b</code>")),
            ("**Not** *so* 2*3*4", rich("<strong>Not</strong> <em>so</em> 2*3*4")),
            ("See ![A leaf](1)!", rich("See <img src=\"media:aa.png\" alt=\"A leaf\">!")),
            ("See ![A leaf](2)", Text::from("See ![A leaf](2)")),
            ("One\n\n- a\n- b\n1. c", rich("<p>One</p><ul><li>a</li><li>b</li></ul><ol><li>c</li></ol>")),
            ("```\nif a:\n  b\n```", rich("<pre><code>if a:\n  b</code></pre>")),
            ("[Here](https://a.b/c?d) [[1]]", rich("<a href=\"https://a.b/c?d\">Here</a> [[1]]")),
            ("[x](javascript:y)", Text::from("[x](javascript:y)")),
            ("A \\*star\\* and \\- a dash", Text::from("A *star* and - a dash")),
        ] {
            assert_eq!(typed_words(words), text, "{words}");
        }
    }

    #[test]
    fn markup_reads_back_as_it_was() {
        for html in [
            "Half of <strong>all</strong>",
            "<p><em>One</em></p><p>Two<br>lines</p>",
            "<p>See</p><ul><li>a *b*</li><li>c</li></ul><p>end</p>",
            "<pre><code>a\n  b *c*</code></pre><p>and <code>d`</code></p>",
            "<img src=\"media:x.png\" alt=\"\"> and <img src=\"media:x.png\" alt=\"again\">",
            "<a href=\"https://a.b/\">there</a>",
        ] {
            let words = typed(&rich(html)).unwrap();
            if !html.contains("d`") {
                assert_eq!(read(&words), rich(html), "{words:?}");
            }
        }
        let formula = "<math display=\"block\"><mi>x</mi><annotation encoding=\"application/x-tex\">x &lt; 1</annotation></math>";
        assert_eq!(typed(&rich(formula)).unwrap().words, "\\[x < 1\\]");
    }

    #[test]
    fn what_cannot_be_typed_is_left_as_it_is() {
        for html in [
            "<table><tr><td>a</td></tr></table>",
            "H<sub>2</sub>O",
            "<math><mi>x</mi></math>",
            "<p dir=\"rtl\">x</p>",
            "<ul><li>a<ul><li>b</li></ul></li></ul>",
        ] {
            assert_eq!(typed(&rich(html)), None, "{html}");
        }
    }

    #[test]
    fn a_picture_gets_other_words_or_goes() {
        let words = "a ![x](1) b ![y](2)";
        assert_eq!(pictures(words).len(), 2);
        assert_eq!(with_picture(words, 1, Some("A [bee]")), "a ![x](1) b ![A  bee ](2)");
        assert_eq!(with_picture(words, 0, None), "a  b ![y](2)");
        assert_eq!(with_picture(words, 5, None), words);
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod properties {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn plain_words_come_back_as_they_were(words in "[a-c0-2*`!\\\\. \n\\[\\]-]{0,40}") {
            prop_assume!(formula_at_any(&words).is_none());
            let text = Text::Plain(words.clone());
            prop_assert_eq!(read(&typed(&text).unwrap()), text);
        }

        #[test]
        fn anything_typed_is_read(words in "\\PC{0,80}") {
            read(&Typed { words, pictures: Vec::new() });
        }
    }

    fn formula_at_any(words: &str) -> Option<usize> {
        words.char_indices().map(|(at, _)| at).find(|at| formula_at(&words[*at..]).is_some())
    }
}
