//! What every file has to be: named for what it holds, finished, of a readable length and of no one machine.

use super::{Finding, Tree};

const LONG: usize = 600;
const TOO_LONG: usize = 1000;
const CRATES_IO: &str = "https://github.com/rust-lang/crates.io-index";

pub fn rust_files_say_what_they_hold(tree: &Tree) -> Vec<Finding> {
    let broken = tree.iter().filter(|(path, content)| path.ends_with(".rs") && !content.starts_with("//!"));
    broken
        .map(|(path, _)| Finding::new(path, 1, "begins without //!: what lives here, and what must not"))
        .collect()
}

/// Names that mean "everything else".
pub fn names_say_what_they_mean(tree: &Tree) -> Vec<Finding> {
    const EMPTY_NAMES: [&str; 8] =
        ["util", "utils", "helper", "helpers", "common", "manager", "misc", "stuff"];
    let is_empty = |part: &str| EMPTY_NAMES.contains(&part.split('.').next().unwrap_or_default());
    let ours =
        tree.keys().filter(|path| [".rs", ".js", ".mjs", ".sql"].iter().any(|ending| path.ends_with(ending)));
    let broken = ours.filter_map(|path| Some((path, path.split('/').find(|part| is_empty(part))?)));
    broken
        .map(|(path, part)| Finding::new(path, 0, format!("\"{part}\" does not say what is in it")))
        .collect()
}

pub fn nothing_is_left_to_do(tree: &Tree) -> Vec<Finding> {
    // Put together, so that this file passes its own rule.
    let marks = [["TO", "DO"], ["FIX", "ME"], ["to", "do!("], ["unimple", "mented!("], ["db", "g!("]]
        .map(|parts| parts.concat());
    lines_with(tree, |line| {
        let mark = marks.iter().find(|mark| super::has_word(line, mark))?;
        Some(format!("{mark} in what is meant to be finished"))
    })
}

/// Paths of somebody's machine, and addresses of somebody's registry.
pub fn nothing_of_one_machine(tree: &Tree) -> Vec<Finding> {
    let homes = [["/ro", "ot/"], ["/ho", "me/"], ["/wo", "rk/"], ["/Use", "rs/"]].map(|parts| parts.concat());
    let registries = ["\"resol", "index-u", "replace-w", "extra-ind"];
    let endings = ["ved\":", "rl", "ith", "ex-url"];
    let registries: Vec<String> =
        registries.iter().zip(endings).map(|(start, end)| format!("{start}{end}")).collect();
    let other = ["regis", "try+"].concat();
    lines_with(tree, |line| {
        if let Some(home) = homes.iter().find(|home| starts_a_path(line, home)) {
            return Some(format!("{home} is a path of one machine"));
        }
        if line.contains(&other) && !line.contains(CRATES_IO) {
            return Some("another registry than crates.io".to_owned());
        }
        registries
            .iter()
            .find(|word| line.contains(*word))
            .map(|word| format!("{word} names somebody's registry"))
    })
}

/// `/srv/` in `cd /srv/x`, not in `https://example.org/srv/`.
fn starts_a_path(line: &str, start: &str) -> bool {
    line.match_indices(start).any(|(at, _)| {
        let before = line.get(..at).and_then(|text| text.chars().next_back());
        before.is_none_or(|character| character.is_whitespace() || "\"'`=(:[".contains(character))
    })
}

pub fn lengths(tree: &Tree) -> Vec<Finding> {
    let ours = tree
        .iter()
        .filter(|(path, _)| [".rs", ".js", ".mjs", ".css"].iter().any(|ending| path.ends_with(ending)));
    ours.filter_map(|(path, content)| {
        let lines = content.lines().count();
        let message = format!("{lines} lines: more than one thing lives here");
        (lines > LONG).then(|| Finding { warning: lines <= TOO_LONG, ..Finding::new(path, 0, message) })
    })
    .collect()
}

fn lines_with(tree: &Tree, broken: impl Fn(&str) -> Option<String>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, content) in tree {
        for (index, line) in content.lines().enumerate() {
            findings.extend(broken(line).map(|message| Finding::new(path, index + 1, message)));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::super::tree;
    use super::*;

    #[test]
    fn a_rust_file_without_its_first_words_is_found() {
        let files = tree(&[("a.rs", "//! Has them.\n"), ("b.rs", "fn main() {}\n"), ("c.css", "a {}")]);
        assert_eq!(
            rust_files_say_what_they_hold(&files),
            [Finding::new("b.rs", 1, rust_files_say_what_they_hold(&files)[0].message.clone())]
        );
    }

    #[test]
    fn empty_names_are_found_as_files_and_as_folders() {
        let files = tree(&[
            ("backend/src/utils.rs", ""),
            ("e2e/helpers/login.mjs", ""),
            ("backend/src/commons.rs", ""),
        ]);
        assert_eq!(names_say_what_they_mean(&files).len(), 2);
    }

    #[test]
    fn unfinished_work_is_found() {
        let mark = ["TO", "DO"].concat();
        let files =
            tree(&[("a.rs", &format!("//! x\n// {mark}: later\n")), ("b.md", "A todo list is a list.\n")]);
        let found = nothing_is_left_to_do(&files);
        assert_eq!((found.len(), found[0].line), (1, 2));
    }

    #[test]
    fn paths_of_a_machine_are_found_and_addresses_are_not() {
        let home = ["/ho", "me/"].concat();
        let files = tree(&[
            ("x", &format!("cd {home}someone\n")),
            ("y", &format!("https://example.org{home}page\n")),
        ]);
        assert_eq!(nothing_of_one_machine(&files).len(), 1);
    }

    #[test]
    fn lock_files_name_no_registry_but_crates_io() {
        let elsewhere = ["source = \"regis", "try+https://crates.example/index\"\n"].concat();
        let resolved = ["\"resol", "ved\": \"https://registry.example/x.tgz\""].concat();
        let files = tree(&[
            ("e2e/package-lock.json", resolved.as_str()),
            ("Cargo.lock", &elsewhere.replace("https://crates.example/index", CRATES_IO)),
            ("other/Cargo.lock", &elsewhere),
        ]);
        let found: Vec<_> = nothing_of_one_machine(&files).into_iter().map(|finding| finding.path).collect();
        assert_eq!(found, ["e2e/package-lock.json", "other/Cargo.lock"]);
    }

    #[test]
    fn a_long_file_is_warned_of_and_a_huge_one_is_refused() {
        let files = tree(&[
            ("a.rs", &"x\n".repeat(601)),
            ("b.rs", &"x\n".repeat(1001)),
            ("c.rs", &"x\n".repeat(600)),
        ]);
        let found: Vec<_> =
            lengths(&files).into_iter().map(|finding| (finding.path, finding.warning)).collect();
        assert_eq!(found, [("a.rs".to_owned(), true), ("b.rs".to_owned(), false)]);
    }
}
