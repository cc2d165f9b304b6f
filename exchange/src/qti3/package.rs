//! Packages: which files are items, in which order, and in which section of a test they stand.

use super::xml::Node;
use super::{Reading, document};
use crate::archive::{Archive, looked_up, refused};
use crate::{Loss, ReadError};
use minnow_shared::limit;
use std::collections::{BTreeMap, HashSet};

/// A package may have this many items.
const ITEMS: usize = 20_000;
/// Sections may stand in one another this deep.
const DEPTH: usize = 30;

/// Reads every item of a package.
pub fn read(bytes: &[u8], reading: &mut Reading) -> Result<(), ReadError> {
    let mut archive = Archive::open(bytes)?;
    let items = items(&mut archive, reading)?;
    if items.is_empty() {
        return Err(refused("there is no QTI item in it"));
    }
    for (name, category) in items {
        one(&mut archive, &name, &category, reading)?;
    }
    Ok(())
}

fn one(
    archive: &mut Archive<'_>,
    name: &str,
    category: &str,
    reading: &mut Reading,
) -> Result<(), ReadError> {
    let mut lose = |reason: String| {
        reading.losses.push(Loss {
            line: None,
            item: name.to_owned(),
            reason: format!("it was left out: {reason}"),
        });
    };
    let bytes = match archive.read(name) {
        Ok(Some(bytes)) => bytes,
        Ok(None) => {
            lose("it is not in the archive".into());
            return Ok(());
        }
        Err(found) => {
            lose(found.to_string());
            return Ok(());
        }
    };
    let root = match document(&bytes) {
        Ok(root) => root,
        Err(found) => {
            lose(found.to_string());
            return Ok(());
        }
    };
    let before = reading.questions.len();
    let mut find = |address: &str| archive.read(&looked_up(name, address)?).ok().flatten();
    if let Err(found) = reading.root(&root, name, &mut find) {
        reading.losses.push(Loss {
            line: None,
            item: name.to_owned(),
            reason: format!("it was left out: {found}"),
        });
    }
    for question in reading.questions.iter_mut().skip(before) {
        if !category.is_empty() && question.category.is_empty() {
            question.category = category.chars().take(limit::CATEGORY).collect();
        }
    }
    Ok(())
}

/// The names of items with their categories, in the order of the tests, then of the manifest.
fn items(archive: &mut Archive<'_>, reading: &mut Reading) -> Result<Vec<(String, String)>, ReadError> {
    let manifest = match archive.read("imsmanifest.xml")?.map(|bytes| document(&bytes)) {
        Some(Ok(manifest)) => manifest,
        Some(Err(found)) => {
            let line = if let ReadError::Broken { line, .. } = &found { Some(*line) } else { None };
            let reason = format!("the manifest is broken: {found}");
            reading.losses.push(Loss { line, item: "imsmanifest.xml".into(), reason });
            return unlisted(archive);
        }
        None => return unlisted(archive),
    };
    let (mut items, mut tests) = (Vec::new(), Vec::new());
    for resource in manifest.named("resource").into_iter().take(ITEMS) {
        let kind = resource.get("type");
        let Some(name) = looked_up("", resource.get("href")) else { continue };
        if kind.starts_with("imsqti_test") {
            tests.push(name);
        } else if kind.starts_with("imsqti_item") || kind.starts_with("imsqti_apipitem") {
            items.push(name);
        } else if kind.contains("xmlv1p2") {
            return Err(refused("it is a package of QTI 1.2, which is not read: export it as QTI 2 or 3"));
        }
    }
    let mut placed: Vec<(String, String)> = Vec::new();
    for test in tests {
        let root = archive.read(&test).ok().flatten().and_then(|bytes| document(&bytes).ok());
        match root {
            Some(root) => walk(&root, &test, &mut Vec::new(), &mut placed),
            None => reading.losses.push(Loss {
                line: None,
                item: test,
                reason: "the test is not there or broken: its order and sections were left out".into(),
            }),
        }
    }
    let mut seen = HashSet::new();
    placed.retain(|(name, _)| seen.insert(name.clone()));
    placed
        .extend(items.into_iter().filter(|name| seen.insert(name.clone())).map(|name| (name, String::new())));
    placed.truncate(ITEMS);
    // A manifest that names no item of a kind that is known: what lies there is looked at all the same.
    if placed.is_empty() { unlisted(archive) } else { Ok(placed) }
}

/// Without a manifest every item there is, in the order of the archive.
fn unlisted(archive: &mut Archive<'_>) -> Result<Vec<(String, String)>, ReadError> {
    let names: Vec<String> =
        archive.names().filter(|name| name.ends_with(".xml")).take(ITEMS).map(str::to_owned).collect();
    let mut found = Vec::new();
    for name in names {
        let Some(bytes) = archive.read(&name)? else { continue };
        let start =
            String::from_utf8_lossy(bytes.get(..4_000.min(bytes.len())).unwrap_or_default()).into_owned();
        if start.contains("assessmentItem") || start.contains("assessment-item") {
            found.push((name, String::new()));
        }
    }
    Ok(found)
}

fn walk(node: &Node, test: &str, path: &mut Vec<String>, placed: &mut Vec<(String, String)>) {
    for inner in node.elements() {
        match inner.name.as_str() {
            "assessment-section" if path.len() < DEPTH => {
                path.push(inner.get("title").replace('/', " "));
                walk(inner, test, path, placed);
                path.pop();
            }
            "assessment-item-ref" => {
                if let Some(name) = looked_up(test, inner.get("href")) {
                    let category: Vec<&str> =
                        path.iter().map(String::as_str).filter(|title| !title.is_empty()).collect();
                    placed.push((name, category.join("/")));
                }
            }
            _ => walk(inner, test, path, placed),
        }
    }
}

/// Runs of items of one category as sections of a test: the inside of its only part.
pub fn sections(items: &[(String, String)]) -> String {
    let mut out = String::new();
    let mut numbers: BTreeMap<&str, usize> = BTreeMap::new();
    let mut number = |kind: &'static str| {
        let count = numbers.entry(kind).or_default();
        *count += 1;
        *count
    };
    for run in items.chunk_by(|(_, one), (_, other)| one == other) {
        let category = run.first().map(|(_, category)| category.as_str()).unwrap_or_default();
        let titles: Vec<&str> = category.split('/').collect();
        for title in &titles {
            let title = super::write::attribute(title);
            out.push_str(&format!(
                "<qti-assessment-section identifier=\"section-{}\" title=\"{title}\" visible=\"true\">",
                number("section")
            ));
        }
        for (file, _) in run {
            out.push_str(&format!(
                "<qti-assessment-item-ref identifier=\"item-{}\" href=\"{file}\"/>",
                number("item")
            ));
        }
        out.push_str(&"</qti-assessment-section>".repeat(titles.len()));
    }
    out
}
