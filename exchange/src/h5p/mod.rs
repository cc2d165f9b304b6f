//! H5P content in: packages (.h5p) and bare `content.json`. Contents that hold others are walked into; what is no
//! question, and kinds the engine has no word for, are losses. Nothing of a library inside a package is run or read.

mod gaps;
mod kinds;
mod scenes;
mod walk;

use crate::archive::{Archive, looked_up, refused};
use crate::{Format, Import, Loss, Pictures, ReadError, encoding, markup, texts};
use minnow_shared::limit;
use minnow_shared::question::{Question, Text, escape};
use serde_json::Value;

/// The description of one content may be this long.
const CONTENT_BYTES: usize = 32 << 20;
/// One file may give this many questions.
const QUESTIONS: usize = 20_000;
const CONTENT: &str = "content/content.json";

/// What has been read so far, and where pictures are found.
struct Reading<'f> {
    questions: Vec<Question>,
    losses: Vec<Loss>,
    pictures: Pictures,
    find: &'f mut dyn FnMut(&str) -> Option<Vec<u8>>,
    /// The content being read, for the report.
    item: String,
}

/// Reads a package or a bare content.
///
/// # Errors
/// When it is no archive and no JSON, is broken, or holds no H5P content.
pub fn read(bytes: &[u8]) -> Result<Import, ReadError> {
    if !bytes.starts_with(b"PK") {
        let content = json(bytes)?;
        let library = walk::guessed(&content).ok_or(ReadError::Broken {
            line: 1,
            reason: "it is no H5P content of a kind that is known".into(),
        })?;
        return Ok(read_content(library, "", &content, &mut |_| None));
    }
    let mut archive = Archive::open(bytes)?;
    let about = archive.read("h5p.json")?.ok_or_else(|| refused("there is no h5p.json in it"))?;
    let about = json(&about)?;
    let content = archive.read(CONTENT)?.ok_or_else(|| refused("there is no content/content.json in it"))?;
    let content = json(&content)?;
    let library = about.get("mainLibrary").and_then(Value::as_str).unwrap_or_default().to_owned();
    let title = about.get("title").and_then(Value::as_str).unwrap_or_default().to_owned();
    let mut find = |address: &str| archive.read(&looked_up(CONTENT, address)?).ok().flatten();
    Ok(read_content(&library, &title, &content, &mut find))
}

/// Whether a text is the content of an H5P package without the package.
pub fn is_content(text: &str) -> bool {
    text.len() <= CONTENT_BYTES
        && serde_json::from_str(text).is_ok_and(|content| walk::guessed(&content).is_some())
}

fn read_content(
    library: &str,
    title: &str,
    content: &Value,
    find: &mut dyn FnMut(&str) -> Option<Vec<u8>>,
) -> Import {
    let mut reading = Reading {
        questions: Vec::new(),
        losses: Vec::new(),
        pictures: Pictures::default(),
        find,
        item: String::new(),
    };
    reading.content(library, title, content, 0);
    if reading.questions.is_empty() && reading.losses.is_empty() {
        reading.lose("there is no question in it");
    }
    let Reading { questions, losses, pictures, .. } = reading;
    Import { format: Format::H5p, questions, losses, media: pictures.into_media() }
}

fn json(bytes: &[u8]) -> Result<Value, ReadError> {
    if bytes.len() > CONTENT_BYTES {
        return Err(ReadError::TooMuch { most: format!("{} MiB of content", CONTENT_BYTES >> 20) });
    }
    let text = encoding::text(bytes)?;
    serde_json::from_str(&text).map_err(|found| ReadError::Broken {
        line: u32::try_from(found.line()).unwrap_or(u32::MAX).max(1),
        reason: format!("it is no JSON: {found}"),
    })
}

/// The text at a path of names; empty where there is none.
fn words<'v>(value: &'v Value, path: &[&str]) -> &'v str {
    at(value, path).and_then(Value::as_str).unwrap_or_default()
}

fn at<'v>(value: &'v Value, path: &[&str]) -> Option<&'v Value> {
    path.iter().try_fold(value, |value, name| value.get(name))
}

/// The list at a path; empty where there is none.
fn list<'v>(value: &'v Value, path: &[&str]) -> &'v [Value] {
    at(value, path).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

fn is_true(value: &Value, path: &[&str]) -> bool {
    at(value, path).and_then(Value::as_bool).unwrap_or(false)
}

fn number(value: &Value, path: &[&str]) -> Option<f64> {
    let found = at(value, path)?;
    found.as_f64().or_else(|| found.as_str()?.trim().parse().ok()).filter(|number: &f64| number.is_finite())
}

impl Reading<'_> {
    fn lose(&mut self, reason: impl Into<String>) {
        let loss = Loss { line: None, item: self.item.clone(), reason: reason.into() };
        if self.losses.last() != Some(&loss) {
            self.losses.push(loss);
        }
    }

    /// HTML of a content as a text.
    fn text(&mut self, html: &str) -> Text {
        let (pictures, find) = (&mut self.pictures, &mut *self.find);
        let mut resolve = |address: &str| match find(address) {
            Some(bytes) => pictures.keep(address.split('#').next().unwrap_or_default(), bytes),
            None => pictures.resolve(address),
        };
        let (text, losses) = markup::from_html(html, &mut resolve);
        for loss in losses {
            self.lose(loss);
        }
        text
    }

    /// A picture of a content as HTML before cleaning; empty where there is none.
    fn picture(&self, file: &Value, alt: &str) -> String {
        match words(file, &["path"]) {
            "" => String::new(),
            path => format!("<img src=\"{}\" alt=\"{}\">", escape(path), escape(alt)),
        }
    }

    /// The picture or film above a question, as HTML before cleaning.
    fn media(&mut self, params: &Value) -> String {
        let Some(media) = at(params, &["media"]) else { return String::new() };
        let media = if media.get("library").is_some() { media } else { media.get("type").unwrap_or(media) };
        match words(media, &["library"]) {
            library if library.starts_with("H5P.Image ") => {
                let params = media.get("params").unwrap_or(&Value::Null);
                params.get("file").map(|file| self.picture(file, words(params, &["alt"]))).unwrap_or_default()
            }
            "" => String::new(),
            library => {
                let kind = library.split(' ').next().unwrap_or_default().to_owned();
                self.lose(format!("what stands above the question ({kind}) was left out"));
                String::new()
            }
        }
    }

    /// The stem: what stands above the question, then its words.
    fn stem(&mut self, params: &Value, html: &str) -> Text {
        let media = self.media(params);
        if media.is_empty() { self.text(html) } else { self.text(&format!("<p>{media}</p>{html}")) }
    }

    /// What is said by how much was right.
    fn say(&mut self, question: &mut Question, params: &Value) {
        let ranges = list(params, &["overallFeedback"]);
        for range in ranges {
            let said = words(range, &["feedback"]);
            if said.trim().is_empty() {
                continue;
            }
            let (from, to) =
                (number(range, &["from"]).unwrap_or(0.0), number(range, &["to"]).unwrap_or(100.0));
            let said = self.text(&escape(said));
            let verdicts = &mut question.verdicts;
            let slot = match (from <= 0.0, to >= 100.0) {
                (true, true) => &mut question.reason,
                (false, true) => &mut verdicts.right,
                (true, false) => &mut verdicts.wrong,
                (false, false) => &mut verdicts.partly,
            };
            if slot.is_empty() {
                *slot = said;
            } else {
                self.lose("feedback for more than three ranges of points was left out");
            }
        }
    }

    /// Tips become hints, which want a second try.
    fn hint(&mut self, question: &mut Question, tips: Vec<String>) {
        let hints: Vec<Text> =
            tips.iter().filter(|tip| !tip.trim().is_empty()).map(|tip| self.text(tip)).collect();
        let hints: Vec<Text> = hints.into_iter().filter(|hint| !hint.is_empty()).collect();
        if hints.is_empty() {
            return;
        }
        if hints.len() > limit::HINTS {
            self.lose(format!("more than {} tips", limit::HINTS));
        }
        question.behaviour.hints = hints.into_iter().take(limit::HINTS).collect();
        question.behaviour.tries = 2;
    }

    /// Adds a question, or the reason it is none.
    fn add(&mut self, mut question: Question) {
        if question.name.is_empty() {
            question.name = self.item.chars().take(limit::QUESTION_NAME).collect();
        }
        if self.questions.len() >= QUESTIONS {
            return self.lose(format!("there are more than {QUESTIONS} questions"));
        }
        texts::admit(question, None, &mut self.questions, &mut self.losses);
    }
}

#[cfg(test)]
mod tests;
