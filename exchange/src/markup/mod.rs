//! Other people's HTML into texts of questions, and texts into HTML for other systems. What the subset is lives in the
//! shared crate; here lives how everything else becomes it: broken tags are closed, what can run is dropped, unknown
//! elements keep their words, TeX becomes MathML. What cleaning gives comes back from cleaning unchanged.

mod build;
mod names;
pub(crate) mod scan;
mod tex;
mod words;

#[cfg(test)]
mod tests;

use minnow_shared::question::{Text, escape, unescape};

/// Finds what a picture's address becomes: `media:NAME`, or why it is not carried over.
pub type Resolve<'r> = dyn FnMut(&str) -> Result<String, String> + 'r;

/// Reads HTML, however broken. Where nothing but plain words (and line breaks) remains, the text is a plain one.
/// `resolve` is asked for each picture. Also gives what was not carried over, in words; colours, fonts and other looks
/// are not counted among it.
pub fn from_html<'r>(html: &str, resolve: &'r mut Resolve<'r>) -> (Text, Vec<String>) {
    if !html.contains(['<', '&', '\\', '$', '\n', '\r'])
        && html.trim() == html
        && !html.contains(char::is_control)
    {
        return (Text::Plain(html.to_owned()), Vec::new());
    }
    let (html, losses) = build::Builder::new(html, true, resolve).build();
    (text_of(html), losses)
}

/// As [`from_html`], for text in which line breaks count: what systems call automatic formatting.
pub fn from_lines<'r>(text: &str, resolve: &'r mut Resolve<'r>) -> (Text, Vec<String>) {
    const BLOCKS: [&str; 7] = ["<p", "<div", "<br", "<ul", "<ol", "<table", "<pre"];
    let lower = text.to_ascii_lowercase();
    if !text.contains('\n') || BLOCKS.iter().any(|block| lower.contains(block)) {
        return from_html(text, resolve);
    }
    from_html(&text.trim().replace("\r\n", "\n").replace('\n', "<br>"), resolve)
}

/// Whether the subset's HTML is no more than words, line breaks and one paragraph around them.
fn text_of(html: String) -> Text {
    let inside = html.strip_prefix("<p>").and_then(|rest| rest.strip_suffix("</p>")).unwrap_or(&html);
    if inside.matches('<').count() != inside.matches("<br>").count() {
        return Text::Rich { html: with_single_spaces(html) };
    }
    Text::Plain(unescape(&inside.replace("<br>", "\n")))
}

/// Runs of spaces show as one, but for code and formulas.
fn with_single_spaces(html: String) -> String {
    if !html.contains("  ") && !html.contains('\t') {
        return html;
    }
    let mut out = String::with_capacity(html.len());
    let mut rest = html.as_str();
    while !rest.is_empty() {
        let start = [rest.find("<pre"), rest.find("<math")].into_iter().flatten().min().unwrap_or(rest.len());
        let (flow, tail) = rest.split_at(start);
        let end = if tail.starts_with("<pre") { tail.find("</pre>") } else { tail.find("</math>") };
        let (kept, tail) = tail.split_at(end.unwrap_or(tail.len()));
        // In a tag, spaces are part of a value.
        let mut is_tag = false;
        for letter in flow.chars() {
            match letter {
                '<' => is_tag = true,
                '>' => is_tag = false,
                ' ' | '\t' if !is_tag => {
                    if !out.ends_with(' ') {
                        out.push(' ');
                    }
                    continue;
                }
                _ => {}
            }
            out.push(letter);
        }
        out.push_str(kept);
        rest = tail;
    }
    out
}

/// The attributes kept of an element, as they are written behind its name.
fn attribute_list(element: &str, found: &[(String, String)]) -> String {
    let mut kept: Vec<&(String, String)> =
        found.iter().filter(|(name, value)| names::keeps(element, name, value)).collect();
    kept.sort();
    kept.dedup_by(|a, b| a.0 == b.0);
    kept.iter().map(|(name, value)| format!(" {name}=\"{}\"", escape(value))).collect()
}

/// A text as HTML that [`from_html`] reads as the same text. Formulas that came from TeX are TeX again; pictures get
/// the address that `source` gives for their name.
pub fn to_html(text: &Text, source: &mut dyn FnMut(&str) -> String) -> String {
    match text {
        Text::Plain(words) => plain_html(words),
        Text::Rich { html } => with_sources(&with_tex(html), source),
    }
}

/// Spaces and breaks that cleaning would take for the layout of a file are written as entities.
fn plain_html(words: &str) -> String {
    let mut out = String::with_capacity(words.len() + 16);
    let is_edge = |c: Option<char>| c.is_none_or(|c| matches!(c, '\n' | '\r'));
    let mut before: Option<char> = None;
    let mut letters = words.chars().peekable();
    while let Some(letter) = letters.next() {
        let after = letters.peek().copied();
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' if before.is_none() || is_rest_blank(after, letters.clone()) => out.push_str("&#10;"),
            '\n' => out.push_str("<br>"),
            ' ' if !is_edge(before) && !is_edge(after) && before != Some(' ') => out.push(' '),
            ' ' | '\t' | '\r' | '\u{c}' => out.push_str(&format!("&#{};", u32::from(letter))),
            '\\' if matches!(after, Some('(' | '[')) => out.push_str("&#92;"),
            '$' if after == Some('$') => out.push_str("&#36;"),
            other => out.push(other),
        }
        before = Some(letter);
    }
    out
}

fn is_rest_blank(next: Option<char>, mut rest: std::iter::Peekable<std::str::Chars<'_>>) -> bool {
    // Only a run of breaks at the very end is looked through.
    next.is_none_or(|c| c == '\n') && rest.all(|c| c == '\n')
}

/// Formulas whose MathML is what their TeX gives, as TeX.
fn with_tex(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(start) = rest.find("<math") {
        let (before, from) = rest.split_at(start);
        out.push_str(before);
        let Some(end) = from.find("</math>") else { break };
        let (math, tail) = from.split_at(end + "</math>".len());
        match tex_of(math) {
            Some(tex) => out.push_str(&tex),
            None => out.push_str(math),
        }
        rest = tail;
    }
    out.push_str(rest);
    out
}

fn tex_of(math: &str) -> Option<String> {
    let (_, source) = math.split_once("<annotation encoding=\"application/x-tex\">")?;
    let (source, _) = source.split_once("</annotation>")?;
    let marks = ["\\(", "\\)", "\\[", "\\]", "$$"];
    let source = unescape(source);
    if marks.iter().any(|mark| source.contains(mark)) || source.contains("\\\\") && source.ends_with('\\') {
        return None;
    }
    let is_display = math.starts_with("<math display=\"block\"");
    let (open, close) = if is_display { ("\\[", "\\]") } else { ("\\(", "\\)") };
    let tex = format!("{open}{}{close}", escape(&source));
    let same = build::Builder::new(&tex, true, &mut |_| Err(String::new())).build().0 == math;
    same.then_some(tex)
}

fn with_sources(html: &str, source: &mut dyn FnMut(&str) -> String) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, after)) = rest.split_once("<img src=\"media:") {
        let (name, tail) = after.split_once('"').unwrap_or((after, ""));
        out.push_str(before);
        out.push_str(&format!("<img src=\"{}\"", escape(&source(name))));
        rest = tail;
    }
    out.push_str(rest);
    out
}
