//! Texts of questions: plain, or marked up in a small subset of HTML that both sides know. What may stand in the subset
//! and how it reads as plain text live here; cleaning other people's HTML does not.

use serde::{Deserialize, Serialize};

/// Elements the subset knows. Everything else is taken out when a text comes in.
pub const ELEMENTS: &[&str] = &[
    "a",
    "b",
    "blockquote",
    "br",
    "code",
    "em",
    "h3",
    "hr",
    "i",
    "img",
    "li",
    "ol",
    "p",
    "pre",
    "ruby",
    "rt",
    "s",
    "span",
    "strong",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "u",
    "ul",
    "annotation",
    "math",
    "menclose",
    "merror",
    "mfrac",
    "mi",
    "mmultiscripts",
    "mn",
    "mo",
    "mover",
    "mpadded",
    "mphantom",
    "mprescripts",
    "mroot",
    "mrow",
    "ms",
    "mspace",
    "msqrt",
    "mstyle",
    "msub",
    "msubsup",
    "msup",
    "mtable",
    "mtd",
    "mtext",
    "mtr",
    "munder",
    "munderover",
    "semantics",
];

/// Attributes of formulas that are kept and shown.
pub const MATH_ATTRIBUTES: &[&str] = &[
    "display",
    "displaystyle",
    "scriptlevel",
    "mathvariant",
    "stretchy",
    "symmetric",
    "fence",
    "separator",
    "form",
    "lspace",
    "rspace",
    "minsize",
    "maxsize",
    "movablelimits",
    "accent",
    "accentunder",
    "largeop",
    "linethickness",
    "columnalign",
    "rowalign",
    "columnspan",
    "rowspan",
    "columnlines",
    "rowlines",
    "frame",
    "notation",
    "width",
    "height",
    "depth",
    "voffset",
    "encoding",
];

/// Elements without an end tag.
pub const VOID_ELEMENTS: &[&str] = &["br", "hr", "img"];

/// A text of a question. On the wire a plain text is a string and a marked-up one `{"html": "…"}`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum Text {
    /// Shown as it is; line breaks count.
    Plain(String),
    /// The subset of HTML ([`ELEMENTS`]): every element closed, attributes in double quotes, `&`, `<`, `>` and `"`
    /// written as entities. Pictures are `<img src="media:NAME" alt="…">`.
    Rich { html: String },
}

impl Default for Text {
    fn default() -> Self {
        Self::Plain(String::new())
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self::Plain(text.to_owned())
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self::Plain(text)
    }
}

impl Text {
    /// The text as it is stored: the words, or the HTML.
    pub fn source(&self) -> &str {
        match self {
            Self::Plain(text) => text,
            Self::Rich { html } => html,
        }
    }

    /// Whether nothing would be seen or heard: no word, no picture.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Plain(text) => text.trim().is_empty(),
            Self::Rich { html } => !html.contains("<img") && self.plain().trim().is_empty(),
        }
    }

    /// The words alone: for grading, titles, and machines that read no markup. A picture reads as its alternative
    /// text; blocks and breaks become line breaks; a formula reads as its source where it has one.
    pub fn plain(&self) -> String {
        match self {
            Self::Plain(text) => text.clone(),
            Self::Rich { html } => plain_of(html),
        }
    }

    /// The text as HTML of the subset.
    pub fn html(&self) -> String {
        match self {
            Self::Rich { html } => html.clone(),
            Self::Plain(text) => escape(text).replace('\n', "<br>"),
        }
    }
}

/// Writes `&`, `<`, `>` and `"` as entities.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            other => out.push(other),
        }
    }
    out
}

/// Reads the entities of the subset, and numeric ones; others stay as they are.
pub fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        // Looked for only where an entity could end: a text of nothing but `&` takes no longer than any other.
        let near = after.bytes().take(11).position(|byte| byte == b';');
        let entity = near.and_then(|end| Some((after.get(..end)?, after.get(end + 1..)?)));
        match entity.and_then(|(name, tail)| Some((entity_char(name)?, tail))) {
            Some((letter, tail)) => {
                out.push(letter);
                rest = tail;
            }
            None => {
                out.push('&');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

fn entity_char(name: &str) -> Option<char> {
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => '\u{a0}',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)?
        }
    })
}

/// A piece of a marked-up text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Words, entities read.
    Words(String),
    /// `<name attributes>`; the attributes as written.
    Open { name: &'a str, attributes: &'a str },
    /// `</name>`.
    Close { name: &'a str },
}

/// Cuts a text of the subset into its pieces. What is no tag counts as words.
pub fn pieces(html: &str) -> Vec<Piece<'_>> {
    let mut out = Vec::new();
    let mut words = String::new();
    let mut rest = html;
    while let Some((before, after)) = rest.split_once('<') {
        words.push_str(before);
        match tag(after) {
            Some((piece, tail)) => {
                if !words.is_empty() {
                    out.push(Piece::Words(unescape(&std::mem::take(&mut words))));
                }
                out.push(piece);
                rest = tail;
            }
            None => {
                words.push('<');
                rest = after;
            }
        }
    }
    words.push_str(rest);
    if !words.is_empty() {
        out.push(Piece::Words(unescape(&words)));
    }
    out
}

fn tag(after: &str) -> Option<(Piece<'_>, &str)> {
    let (inside, tail) = split_at_tag_end(after)?;
    if let Some(name) = inside.strip_prefix('/') {
        let name = name.trim_end();
        return is_name(name).then_some((Piece::Close { name }, tail));
    }
    let inside = inside.strip_suffix('/').unwrap_or(inside);
    let (name, attributes) = inside.split_once(char::is_whitespace).unwrap_or((inside, ""));
    is_name(name).then_some((Piece::Open { name, attributes: attributes.trim() }, tail))
}

/// The text up to the `>` that ends a tag, quotes respected, and what follows.
fn split_at_tag_end(text: &str) -> Option<(&str, &str)> {
    let mut is_quoted = false;
    for (place, letter) in text.char_indices() {
        match letter {
            '"' => is_quoted = !is_quoted,
            '>' if !is_quoted => return Some((text.get(..place)?, text.get(place + 1..)?)),
            _ => {}
        }
    }
    None
}

fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
}

/// The value of an attribute in a tag's attributes, entities read.
pub fn attribute(attributes: &str, name: &str) -> Option<String> {
    let mut rest = attributes;
    while let Some((before, after)) = rest.split_once("=\"") {
        let (value, tail) = after.split_once('"')?;
        if before.trim() == name {
            return Some(unescape(value));
        }
        rest = tail;
    }
    None
}

pub(super) fn plain_of(html: &str) -> String {
    const BLOCKS: [&str; 10] = ["p", "li", "h3", "tr", "pre", "blockquote", "ul", "ol", "table", "hr"];
    let mut out = String::new();
    let mut maths = Vec::new();
    let mut is_source = false;
    for piece in pieces(html) {
        match piece {
            Piece::Words(words) if maths.is_empty() || is_source => out.push_str(&words),
            Piece::Words(words) => {
                if let Some(last) = maths.last_mut() {
                    let last: &mut String = last;
                    last.push_str(words.trim());
                }
            }
            Piece::Open { name: "br", .. } => out.push('\n'),
            Piece::Open { name: "img", attributes } => {
                out.push_str(&attribute(attributes, "alt").unwrap_or_default());
            }
            Piece::Open { name: "math", .. } => maths.push(String::new()),
            Piece::Open { name: "annotation", .. } => {
                is_source = true;
                maths.iter_mut().for_each(String::clear);
            }
            Piece::Close { name: "annotation" } => is_source = false,
            Piece::Close { name: "math" } => out.push_str(&maths.pop().unwrap_or_default()),
            Piece::Close { name: "td" | "th" } => out.push('\t'),
            Piece::Open { name, .. } | Piece::Close { name } if BLOCKS.contains(&name) => {
                if !out.is_empty() && !out.ends_with('\n') {
                    out.push('\n');
                }
            }
            Piece::Open { .. } | Piece::Close { .. } => {}
        }
    }
    out.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rich(html: &str) -> Text {
        Text::Rich { html: html.into() }
    }

    #[test]
    fn a_plain_text_is_a_string_on_the_wire_and_a_marked_up_one_an_object() {
        assert_eq!(serde_json::to_string(&Text::from("a < b")).unwrap(), r#""a < b""#);
        assert_eq!(serde_json::to_string(&rich("<b>x</b>")).unwrap(), r#"{"html":"<b>x</b>"}"#);
        for text in [Text::from("a"), rich("<p>b</p>")] {
            let sent = serde_json::to_string(&text).unwrap();
            assert_eq!(serde_json::from_str::<Text>(&sent).unwrap(), text);
        }
    }

    #[test]
    fn markup_reads_as_words() {
        assert_eq!(
            rich("<p>One <b>and</b> two.</p><p>1 &lt; 2 &amp; x&#178;</p>").plain(),
            "One and two.\n1 < 2 & x²"
        );
        assert_eq!(rich("<img src=\"media:a\" alt=\"A &quot;leaf&quot;\">").plain(), "A \"leaf\"");
        assert_eq!(rich("a<br>b").plain(), "a\nb");
    }

    #[test]
    fn a_formula_reads_as_its_source_where_it_has_one() {
        let math = "<math><semantics><mrow><mi>x</mi><mo>+</mo><mn>1</mn></mrow><annotation encoding=\"application/x-tex\">x + 1</annotation></semantics></math>";
        assert_eq!(rich(math).plain(), "x + 1");
        assert_eq!(rich("<math><mi>x</mi><mo>=</mo><mn>2</mn></math>").plain(), "x=2");
    }

    #[test]
    fn what_is_no_tag_is_words() {
        assert_eq!(rich("a < b and c > d").plain(), "a < b and c > d");
        assert_eq!(rich("&nope; &#x41;").plain(), "&nope; A");
    }

    #[test]
    fn a_picture_alone_is_not_empty() {
        assert!(!rich("<p><img src=\"media:x\" alt=\"\"></p>").is_empty());
        assert!(rich("<p> </p>").is_empty());
    }

    proptest! {
        #[test]
        fn escaped_words_come_back(words in "\\PC{0,60}") {
            let words = words.replace('&', "&amp;").replace("&amp;", "&");
            prop_assert_eq!(unescape(&escape(&words)), words.clone());
            let shown = rich(&escape(&words)).plain();
            prop_assert_eq!(shown, words.trim());
        }

        #[test]
        fn any_markup_is_read_without_a_panic(html in "[<>/a-z\"=& ;#p]{0,60}") {
            let text = rich(&html);
            text.plain();
            text.is_empty();
        }
    }
}
