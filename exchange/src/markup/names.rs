//! Which elements and attributes are kept, which are unwrapped, which go with their content.

use minnow_shared::question::{ELEMENTS, MATH_ATTRIBUTES};

/// Their content is no markup.
pub const RAW: &[&str] = &["script", "style", "title", "xmp", "noembed", "plaintext"];
/// They go with everything in them.
pub const SKIPPED: &[&str] =
    &["svg", "head", "template", "canvas", "rp", "colgroup", "datalist", "frameset", "applet"];
/// Blocks that are no more than paragraphs.
pub const PARAGRAPHS: &[&str] = &[
    "div",
    "section",
    "article",
    "header",
    "footer",
    "main",
    "nav",
    "aside",
    "figure",
    "figcaption",
    "address",
    "center",
    "dl",
    "dd",
    "dt",
    "details",
    "summary",
    "fieldset",
    "legend",
    "form",
    "caption",
    "hgroup",
    "dir",
    "menu",
    "multicol",
];
/// Things a question cannot show: said in the report.
pub const LOST: &[&str] = &[
    "iframe", "video", "audio", "object", "embed", "input", "select", "textarea", "button", "option",
    "source", "track", "param", "frame", "map", "area", "marquee", "meter", "progress", "output",
];
/// Known, and of no meaning without their style.
pub const UNWRAPPED: &[&str] = &[
    "html", "body", "font", "big", "small", "label", "abbr", "acronym", "time", "mark", "q", "wbr", "bdi",
    "bdo", "data", "nobr", "noscript", "blink", "rb", "rtc", "picture", "optgroup", "slot", "meta", "link",
    "base", "col", "image",
];
/// Without an end tag, and not of the subset.
pub const VOID: &[&str] = &[
    "wbr", "meta", "link", "base", "col", "input", "embed", "source", "track", "param", "area", "frame",
    "image",
];
/// Where words stand in a formula.
pub const MATH_WORDS: &[&str] = &["mi", "mn", "mo", "ms", "mtext", "annotation"];

/// The element of the subset that stands for one of HTML.
pub fn subset(name: &str) -> Option<&'static str> {
    let name = match name {
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => "h3",
        "del" | "strike" => "s",
        "ins" => "u",
        "tt" | "kbd" | "samp" => "code",
        "cite" | "dfn" | "var" => "em",
        "tfoot" => "tbody",
        "listing" => "pre",
        other => other,
    };
    ELEMENTS.iter().copied().find(|known| *known == name)
}

pub fn is_math(name: &str) -> bool {
    matches!(name, "annotation" | "semantics") || name.starts_with('m')
}

/// Whether it stands on lines of its own.
pub fn is_block(name: &str) -> bool {
    matches!(
        name,
        "p" | "h3"
            | "ul"
            | "ol"
            | "li"
            | "pre"
            | "blockquote"
            | "table"
            | "thead"
            | "tbody"
            | "tr"
            | "td"
            | "th"
            | "hr"
    ) || PARAGRAPHS.contains(&name)
}

/// Whether nothing is shown for it where nothing is in it.
pub fn goes_when_empty(name: &str) -> bool {
    name == "math" || !(matches!(name, "td" | "th") || is_math(name))
}

/// What a style is in the subset, if anything.
pub fn styled(style: &str) -> Option<&'static str> {
    let packed: String = style.to_ascii_lowercase().chars().filter(|c| !c.is_whitespace()).collect();
    let has = |value: &str| packed.contains(value);
    if has("font-weight:bold") || has("font-weight:700") {
        Some("b")
    } else if has("font-style:italic") {
        Some("i")
    } else if has("vertical-align:super") {
        Some("sup")
    } else if has("vertical-align:sub") {
        Some("sub")
    } else if has("text-decoration:underline") {
        Some("u")
    } else if has("text-decoration:line-through") {
        Some("s")
    } else {
        None
    }
}

/// Whether an attribute of an element is kept, with this value.
pub fn keeps(element: &str, name: &str, value: &str) -> bool {
    let number = |most: u32| value.parse().is_ok_and(|number: u32| (1..=most).contains(&number));
    if is_math(element) {
        return MATH_ATTRIBUTES.contains(&name) && value.len() <= 100 && !value.contains([':', '(', '<']);
    }
    match (element, name) {
        ("a", "href") => {
            let lower = value.trim().to_ascii_lowercase();
            ["http://", "https://", "mailto:"].iter().any(|start| lower.starts_with(start))
                && value.len() <= 2_000
        }
        ("td" | "th", "colspan" | "rowspan") => number(100) && value != "1",
        ("ol", "start") => number(1_000_000),
        (_, "lang") => {
            let fine = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
            !value.is_empty() && value.len() <= 35 && value.bytes().all(fine)
        }
        (_, "dir") => value == "rtl",
        _ => false,
    }
}
