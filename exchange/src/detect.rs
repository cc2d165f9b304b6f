//! Telling a file's format: by what is in it, its name being a hint.

use crate::{Format, ReadError, encoding, h5p, json};

/// The format of a file.
///
/// # Errors
/// When it is empty, no text and no archive, or none of the formats.
pub fn detect(bytes: &[u8], file_name: &str) -> Result<Format, ReadError> {
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return archive(bytes, file_name).ok_or_else(unknown);
    }
    let text = encoding::text(bytes)?;
    let text = text.trim_start();
    let found = strong(text).or_else(|| hinted(file_name));
    found.or_else(|| if is_source(file_name) { None } else { weak(text) }).ok_or_else(unknown)
}

fn unknown() -> ReadError {
    let names: Vec<&str> = Format::ALL.iter().map(|format| format.name()).collect();
    ReadError::UnknownFormat { tried: names.join(", ") }
}

/// Names of entries stand in an archive as they are.
fn archive(bytes: &[u8], file_name: &str) -> Option<Format> {
    let has = |name: &[u8]| bytes.windows(name.len()).any(|window| window == name);
    match ending(file_name).as_str() {
        "apkg" | "colpkg" => return Some(Format::Apkg),
        "h5p" => return Some(Format::H5p),
        _ => {}
    }
    if has(b"collection.anki2") {
        Some(Format::Apkg)
    } else if has(b"h5p.json") {
        Some(Format::H5p)
    } else {
        (has(b"imsmanifest.xml") || has(b".xml")).then_some(Format::Qti3)
    }
}

fn ending(file_name: &str) -> String {
    file_name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default()
}

/// What can be nothing else.
fn strong(text: &str) -> Option<Format> {
    match text.as_bytes().first()? {
        b'<' => xml(text),
        b'{' if json::is_ours(text) => Some(Format::Json),
        b'{' if h5p::is_content(text) => Some(Format::H5p),
        b'[' | b'{' => serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok().then_some(Format::Json),
        _ => None,
    }
}

fn xml(text: &str) -> Option<Format> {
    let start: String = text.chars().take(8_000).collect();
    let has = |name: &str| start.contains(name);
    if has("<quiz") {
        Some(Format::MoodleXml)
    } else {
        let qti = ["assessmentItem", "qti-assessment", "assessmentTest", "imsqti", "<questestinterop"];
        qti.into_iter().any(has).then_some(Format::Qti3)
    }
}

fn hinted(file_name: &str) -> Option<Format> {
    match ending(file_name).as_str() {
        "gift" => Some(Format::Gift),
        "aiken" => Some(Format::Aiken),
        "csv" | "tsv" => Some(Format::Csv),
        "json" => Some(Format::Json),
        _ => None,
    }
}

/// Programs and documents have braces and commas enough to look like a bank.
fn is_source(file_name: &str) -> bool {
    const ENDINGS: [&str; 14] =
        ["tex", "sty", "ts", "js", "css", "yaml", "yml", "toml", "py", "rs", "c", "java", "rtf", "sql"];
    ENDINGS.contains(&ending(file_name).as_str())
}

/// Whether braces hold what answers in GIFT begin with.
fn has_answers(text: &str) -> bool {
    text.split('{').skip(1).any(|inside| {
        let inside = inside.trim_start();
        let word = inside.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
        inside.starts_with(['=', '~', '#', '}']) || matches!(word, "T" | "F" | "TRUE" | "FALSE")
    })
}

/// What a text looks like.
fn weak(text: &str) -> Option<Format> {
    let is_answer = |line: &str| line.starts_with("ANSWER:") || line.starts_with("#Q ");
    if text.lines().any(is_answer) {
        return Some(Format::Aiken);
    }
    let has_title = text.lines().any(|line| line.starts_with("::") && line.matches("::").count() > 1);
    let has_category = text.starts_with("$CATEGORY") || text.contains("\n$CATEGORY");
    if has_category || has_title || has_answers(text) {
        return Some(Format::Gift);
    }
    let first = text.lines().next()?;
    [',', ';', '\t'].into_iter().any(|mark| first.matches(mark).count() >= 2).then_some(Format::Csv)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_told_by_what_is_in_it() {
        for (text, name, format) in [
            ("::a:: Is it?{T}", "x.txt", Format::Gift),
            ("$CATEGORY: a/b\n\nWord", "", Format::Gift),
            ("Is it?\nA. yes\nB. no\nANSWER: A\n", "x.txt", Format::Aiken),
            ("#Q Is it?\n^ yes\nA yes\nB no\n", "", Format::Aiken),
            ("<?xml version=\"1.0\"?>\n<quiz>", "x.txt", Format::MoodleXml),
            ("<qti-assessment-item/>", "", Format::Qti3),
            ("[]", "x.gift", Format::Json),
            ("{\"question\": \"Ice floats\", \"correct\": \"true\"}", "content.json", Format::H5p),
            ("question,a,b\n", "", Format::Csv),
            ("Is {it}, yes, no\n", "bank.csv", Format::Csv),
        ] {
            assert_eq!(detect(text.as_bytes(), name), Ok(format), "{text}");
        }
    }

    #[test]
    fn what_is_none_of_them_is_told() {
        assert_eq!(detect(b"", "x.gift"), Err(ReadError::Empty));
        assert!(matches!(detect(b"hello there", "x.doc"), Err(ReadError::UnknownFormat { .. })));
        assert!(matches!(detect(b"\\frac{a}{=b}", "x.tex"), Err(ReadError::UnknownFormat { .. })));
        assert!(matches!(detect(b"if x {go();}", "x.txt"), Err(ReadError::UnknownFormat { .. })));
        assert!(matches!(detect(b"PK\x03\x04nothing", "x.zip"), Err(ReadError::UnknownFormat { .. })));
        assert_eq!(detect(b"PK\x03\x04..h5p.json..", "x.zip"), Ok(Format::H5p));
    }
}
