//! What the documents say about the checkout, and the two schemas about each other.

use std::collections::BTreeSet;

use super::{Finding, Tree};

const ARCHITECTURE: &str = "ARCHITECTURE.md";
const MIGRATIONS: [&str; 2] = ["backend/migrations/sqlite/", "backend/migrations/postgres/"];

/// Every path in backquotes, or in the tree drawn there, exists. What a build makes does not count.
pub fn paths_in_architecture_exist(tree: &Tree) -> Vec<Finding> {
    let Some(document) = tree.get(ARCHITECTURE) else { return Vec::new() };
    let mut findings = Vec::new();
    for (index, line) in document.lines().enumerate() {
        for name in line.split('`').skip(1).step_by(2).filter(|name| is_path(name)) {
            if expand(name).iter().any(|path| !exists(tree, path)) {
                findings.push(Finding::new(ARCHITECTURE, index + 1, format!("{name} is not there")));
            }
        }
    }
    findings
}

fn is_path(text: &str) -> bool {
    let made_by_a_build = ["target/", "dist/", "data/"].iter().any(|folder| text.starts_with(folder));
    let plain =
        text.chars().all(|character| character.is_ascii_alphanumeric() || "/._-{},".contains(character));
    let ours =
        text.contains('/') || [".md", ".toml", ".rs", ".html"].iter().any(|ending| text.ends_with(ending));
    plain && ours && !text.starts_with(['/', '.']) && !made_by_a_build
}

/// `a/{b,c}/d` names two paths.
fn expand(path: &str) -> Vec<String> {
    let parts = path.split_once('{').and_then(|(before, rest)| Some((before, rest.split_once('}')?)));
    let Some((before, (choices, after))) = parts else { return vec![path.to_owned()] };
    choices.split(',').flat_map(|choice| expand(&format!("{before}{choice}{after}"))).collect()
}

fn exists(tree: &Tree, path: &str) -> bool {
    let folder = format!("{}/", path.trim_end_matches('/'));
    tree.contains_key(path) || tree.keys().any(|file| file.starts_with(&folder))
}

/// Both databases go through the same steps under the same names.
pub fn migrations_are_pairs(tree: &Tree) -> Vec<Finding> {
    let [sqlite, postgres] = MIGRATIONS.map(|folder| {
        tree.keys().filter_map(|path| path.strip_prefix(folder)).map(str::to_owned).collect::<BTreeSet<_>>()
    });
    let missing = |names: &BTreeSet<String>, others: &BTreeSet<String>, folder: &str| {
        let alone: Vec<_> = names.difference(others).cloned().collect();
        alone
            .into_iter()
            .map(|name| Finding::new(&format!("{folder}{name}"), 0, "has no twin for the other database"))
            .collect()
    };
    let [sqlite_folder, postgres_folder] = MIGRATIONS;
    let mut findings: Vec<Finding> = missing(&sqlite, &postgres, sqlite_folder);
    findings.extend::<Vec<Finding>>(missing(&postgres, &sqlite, postgres_folder));
    findings
}

#[cfg(test)]
mod tests {
    use super::super::tree;
    use super::*;

    #[test]
    fn a_path_that_is_not_there_is_found() {
        let document = "The `shared/src/lib.rs` and `shared/` are there, `shared/src/clock.rs` is not.\n\
            Not paths: `cargo test`, `/api/feed`, `target/shots/`, `call(endpoint)`.\n\
            Both: `backend/migrations/{sqlite,postgres}/`.\n";
        let files = tree(&[
            ("ARCHITECTURE.md", document),
            ("shared/src/lib.rs", ""),
            ("backend/migrations/sqlite/1.sql", ""),
            ("backend/migrations/postgres/1.sql", ""),
        ]);
        let found = paths_in_architecture_exist(&files);
        assert_eq!(found, [Finding::new("ARCHITECTURE.md", 1, "shared/src/clock.rs is not there")]);
    }

    #[test]
    fn one_missing_side_of_a_choice_is_found() {
        let files = tree(&[("ARCHITECTURE.md", "`a/{b,c}/`"), ("a/b/x", "")]);
        assert_eq!(paths_in_architecture_exist(&files).len(), 1);
    }

    #[test]
    fn a_migration_without_its_twin_is_found() {
        let files = tree(&[
            ("backend/migrations/sqlite/0001_clip.sql", ""),
            ("backend/migrations/postgres/0001_clip.sql", ""),
            ("backend/migrations/postgres/0002_answer.sql", ""),
        ]);
        let found: Vec<_> = migrations_are_pairs(&files).into_iter().map(|finding| finding.path).collect();
        assert_eq!(found, ["backend/migrations/postgres/0002_answer.sql"]);
    }
}
