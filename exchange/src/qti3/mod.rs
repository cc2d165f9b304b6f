//! QTI: items and packages of version 3, and of 2.0 to 2.2, whose elements have other names for the same things. In:
//! what an item asks becomes one question, or a loss with its line. Out: a package of version 3.

mod attributes;
mod content;
mod declarations;
mod extras;
mod feedback;
mod gaps;
mod interactions;
mod item;
mod marks;
mod package;
mod pictures;
mod processing;
mod typed;
mod write;
mod write_key;
mod xml;

pub use write::{item_xml, write};

use crate::{Format, Import, Loss, Pictures, ReadError, encoding};
use content::Sink;
use minnow_shared::question::Question;
use xml::Node;

/// One item may be this long.
const ITEM_BYTES: usize = 4 << 20;

/// What has been read so far.
struct Reading {
    questions: Vec<Question>,
    losses: Vec<Loss>,
    pictures: Pictures,
}

/// Reads an item, or a package of items.
///
/// # Errors
/// When it is no XML and no archive, of version 1.2, or has no item in it.
pub fn read(bytes: &[u8]) -> Result<Import, ReadError> {
    let mut reading = Reading { questions: Vec::new(), losses: Vec::new(), pictures: Pictures::default() };
    if bytes.starts_with(b"PK") {
        package::read(bytes, &mut reading)?;
    } else {
        let root = document(bytes)?;
        reading.root(&root, "", &mut |_| None)?;
    }
    let Reading { questions, losses, pictures } = reading;
    Ok(Import { format: Format::Qti3, questions, losses, media: pictures.into_media() })
}

fn document(bytes: &[u8]) -> Result<Node, ReadError> {
    if bytes.len() > ITEM_BYTES {
        return Err(ReadError::TooMuch { most: format!("{} MiB in one item", ITEM_BYTES >> 20) });
    }
    xml::parse(&encoding::text(bytes)?)
}

impl Reading {
    /// What a document is: an item is read, anything else is told.
    fn root(
        &mut self,
        root: &Node,
        file: &str,
        find: &mut dyn FnMut(&str) -> Option<Vec<u8>>,
    ) -> Result<(), ReadError> {
        let broken = |reason: &str| Err(ReadError::Broken { line: root.line, reason: reason.to_owned() });
        match root.name.as_str() {
            "assessment-item" => {
                self.item(root, file, find);
                Ok(())
            }
            "assessment-test" | "assessment-section" => {
                broken("it is a test, which only names its items: import the package it belongs to")
            }
            "assessment-stimulus" => broken("it is a text that items share, and asks nothing itself"),
            "questestinterop" => {
                broken("it is QTI 1.2, which is not read: export it as QTI 2 or 3, or as Moodle XML")
            }
            other => broken(&format!("<{other}> is no QTI item")),
        }
    }

    fn item(&mut self, root: &Node, file: &str, find: &mut dyn FnMut(&str) -> Option<Vec<u8>>) {
        let title =
            [root.get("title"), root.get("identifier"), file].into_iter().find(|name| !name.is_empty());
        let title: String = title.unwrap_or_default().chars().take(80).collect();
        let mut sink = Sink { pictures: &mut self.pictures, find, losses: Vec::new() };
        let read = item::read(root, &mut sink);
        let losses = sink.losses;
        // Lines of a file in an archive mean nothing without its name.
        let item_name = if file.is_empty() { title } else { format!("{title} ({file})") };
        let loss = |line: u32, reason: String| Loss { line: Some(line), item: item_name.clone(), reason };
        self.losses.extend(losses.into_iter().map(|(line, reason)| loss(line, reason)));
        match read {
            Ok(question) => match question.check() {
                Ok(()) => self.questions.push(question),
                Err(found) => {
                    let reason = format!("it was left out: {} ({})", found.detail, found.field);
                    self.losses.push(loss(root.line, reason));
                }
            },
            Err((line, reason)) => self.losses.push(loss(line, format!("it was left out: {reason}"))),
        }
    }
}

#[cfg(test)]
mod tests;
