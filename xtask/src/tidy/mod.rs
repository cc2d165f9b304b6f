//! `./x tidy`: the invariants of the house that no compiler checks. Each rule takes the files of the checkout and
//! returns what breaks it; nothing here reads or writes anything but that.

mod documents;
mod files;
mod imports;
mod languages;
mod styles;

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::steps::output;
use crate::workspace::Workspace;

/// The text files that git knows or would add: path from the top, with `/`, to content.
pub type Tree = BTreeMap<String, String>;

/// One place that breaks a rule, or comes close to it.
#[derive(Debug, PartialEq)]
pub struct Finding {
    pub path: String,
    /// From 1; 0 when it is about the whole file.
    pub line: usize,
    pub message: String,
    /// Said, but no failure.
    pub warning: bool,
}

impl Finding {
    pub fn new(path: &str, line: usize, message: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line, message: message.into(), warning: false }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = if self.warning { "warning: " } else { "" };
        match self.line {
            0 => write!(formatter, "{kind}{}: {}", self.path, self.message),
            line => write!(formatter, "{kind}{}:{line}: {}", self.path, self.message),
        }
    }
}

type Rule = fn(&Tree) -> Vec<Finding>;

const RULES: [Rule; 14] = [
    imports::rooms,
    imports::pages,
    imports::shared_is_serde_only,
    files::rust_files_say_what_they_hold,
    files::names_say_what_they_mean,
    files::nothing_is_left_to_do,
    files::nothing_of_one_machine,
    files::lengths,
    documents::paths_in_architecture_exist,
    documents::migrations_are_pairs,
    styles::colours_are_tokens,
    styles::properties_are_logical,
    styles::no_inline_styles,
    languages::every_language_says_everything,
];

pub fn run(workspace: &Workspace) -> Result<()> {
    let tree = read(workspace)?;
    let mut findings: Vec<Finding> = RULES.iter().flat_map(|rule| rule(&tree)).collect();
    findings.sort_by(|a, b| (&a.path, a.line).cmp(&(&b.path, b.line)));
    for finding in &findings {
        eprintln!("{finding}");
    }
    let broken = findings.iter().filter(|finding| !finding.warning).count();
    if broken > 0 {
        bail!("{broken} places break a rule of the house");
    }
    eprintln!("tidy: {} files", tree.len());
    Ok(())
}

fn read(workspace: &Workspace) -> Result<Tree> {
    let mut git = Command::new("git");
    git.args(["ls-files", "--cached", "--others", "--exclude-standard"]).current_dir(&workspace.root);
    let listed = output(&mut git).context("tidy needs a git checkout")?;
    let mut tree = Tree::new();
    for path in listed.lines() {
        // Not there: deleted and not yet committed. Not text: a picture or a font.
        if let Ok(content) = fs::read_to_string(workspace.root.join(path)) {
            tree.insert(path.to_owned(), content);
        }
    }
    Ok(tree)
}

/// The files of a tree under a folder (with its `/`) and with an ending.
fn under<'a>(tree: &'a Tree, folder: &'a str, ending: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
    tree.iter()
        .filter(move |(path, _)| path.starts_with(folder) && path.ends_with(ending))
        .map(|(path, content)| (path.as_str(), content.as_str()))
}

/// Numbered lines of Rust without comment lines.
fn code(content: &str) -> impl Iterator<Item = (usize, &str)> {
    content
        .lines()
        .enumerate()
        .map(|(index, line)| (index + 1, line))
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
}

/// Whether `wanted` stands in `line` as whole words: `store` is not in `restore` nor in `store_id`.
fn has_word(line: &str, wanted: &str) -> bool {
    let joins = |character: char| character.is_alphanumeric() || character == '_';
    line.match_indices(wanted).any(|(start, _)| {
        let before = line.get(..start).and_then(|text| text.chars().next_back());
        let after = line.get(start + wanted.len()..).and_then(|text| text.chars().next());
        // A wanted text that itself ends in punctuation (`http::`) has no word to go on.
        let open_end = wanted.ends_with(joins);
        !(before.is_some_and(joins) || open_end && after.is_some_and(joins))
    })
}

#[cfg(test)]
fn tree(files: &[(&str, &str)]) -> Tree {
    files.iter().map(|&(path, content)| (path.to_owned(), content.to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::has_word;

    #[test]
    fn words_are_whole() {
        assert!(has_word("use crate::store::Store;", "crate::store"));
        assert!(!has_word("use crate::store_front;", "crate::store"));
        assert!(!has_word("restore()", "store"));
        assert!(has_word("http::StatusCode", "http::"));
        assert!(!has_word("gloo_http::get", "http::"));
    }
}
