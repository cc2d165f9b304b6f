//! Who may know whom: the rooms of the server, the pages of the app, the crate both sides share.

use super::{Finding, Tree, code, has_word, under};

/// A folder, the words its code may not hold, and why.
struct Room {
    folder: &'static str,
    never: &'static [&'static str],
    why: &'static str,
}

const ROOMS: [Room; 10] = [
    Room { folder: "backend/src/http/", never: &["sqlx"], why: "SQL lives in store/" },
    Room {
        folder: "backend/src/jobs/",
        never: &["crate::http", "axum", "sqlx"],
        why: "jobs know no HTTP and no SQL",
    },
    Room {
        folder: "backend/src/auth/",
        never: &["axum", "tower_http", "http::", "crate::http", "sqlx"],
        why: "auth decides who, without HTTP types or SQL",
    },
    Room {
        folder: "backend/src/media/",
        never: &["crate::store", "crate::http", "crate::jobs", "axum", "sqlx"],
        why: "media knows no database and no HTTP",
    },
    Room {
        folder: "backend/src/store/",
        never: &["axum", "crate::http", "crate::jobs", "crate::media"],
        why: "store returns rows and knows nobody above it",
    },
    Room {
        folder: "renderer/src/",
        never: &["std::process", "std::net", "tokio", "sqlx", "axum"],
        why: "the renderer is pure",
    },
    Room {
        folder: "shared/src/",
        never: &["std::fs", "std::net", "std::process", "std::env", "SystemTime", "Instant", "async"],
        why: "shared has no I/O, no clock and nothing asynchronous",
    },
    Room {
        folder: "frontend/src/ui/",
        never: &["crate::pages", "crate::state", "minnow_shared"],
        why: "ui knows none of our nouns",
    },
    Room {
        folder: "frontend/src/state/",
        never: &["html!", "crate::pages", "crate::ui"],
        why: "state draws nothing",
    },
    Room {
        folder: "frontend/src/",
        never: &["regex", "chrono", "reqwest", "tokio", "rand", "from_html_unchecked", "set_inner_html"],
        why: "too heavy for the browser, or around its protections",
    },
];

/// Words of `sqlx` outside of the one room that has SQL, and everything in [`ROOMS`].
pub fn rooms(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for room in &ROOMS {
        for (path, content) in under(tree, room.folder, ".rs") {
            for (line, text) in &spoken(content) {
                for word in room.never.iter().filter(|word| has_word(text, word)) {
                    findings.push(Finding::new(
                        path,
                        *line,
                        format!("{word} in {}: {}", room.folder, room.why),
                    ));
                }
            }
        }
    }
    let covered =
        |path: &str| ROOMS.iter().any(|room| room.never.contains(&"sqlx") && path.starts_with(room.folder));
    for (path, content) in under(tree, "backend/src/", ".rs") {
        if path.starts_with("backend/src/store/") || path == "backend/src/store.rs" || covered(path) {
            continue;
        }
        let lines = code(content).filter(|(_, text)| has_word(text, "sqlx"));
        findings.extend(
            lines.map(|(line, _)| Finding::new(path, line, "sqlx outside of store/, the only room with SQL")),
        );
    }
    once(findings)
}

/// A page never imports another page: what two need moves to ui, hooks or state.
pub fn pages(tree: &Tree) -> Vec<Finding> {
    const FOLDER: &str = "frontend/src/pages/";
    let name_of = |path: &str| {
        let inside = path.strip_prefix(FOLDER)?;
        Some(inside.split(['/', '.']).next()?.to_owned())
    };
    let names: Vec<String> = under(tree, FOLDER, ".rs")
        .filter_map(|(path, _)| name_of(path))
        .filter(|name| name != "mod")
        .collect();
    let mut findings = Vec::new();
    for (path, content) in under(tree, FOLDER, ".rs") {
        let Some(own) = name_of(path).filter(|name| name != "mod") else { continue };
        let at_top = path == format!("{FOLDER}{own}.rs") || path == format!("{FOLDER}{own}/mod.rs");
        for (line, text) in &spoken(content) {
            for other in names.iter().filter(|other| **other != own) {
                let absolute = has_word(text, &format!("pages::{other}"));
                let relative =
                    if at_top { format!("super::{other}") } else { format!("super::super::{other}") };
                if absolute || has_word(text, &relative) {
                    findings.push(Finding::new(
                        path,
                        *line,
                        format!("the page {own} imports the page {other}"),
                    ));
                }
            }
        }
    }
    once(findings)
}

/// A line that says the same both as it stands and expanded is one finding.
fn once(mut findings: Vec<Finding>) -> Vec<Finding> {
    findings.sort_by(|a, b| (&a.path, a.line, &a.message).cmp(&(&b.path, b.line, &b.message)));
    findings.dedup();
    findings
}

/// The lines of code, and each `use` of several things once more as one line a thing: `use crate::{store, media::probe}`
/// also says `crate::store` and `crate::media::probe`.
fn spoken(content: &str) -> Vec<(usize, String)> {
    let mut lines: Vec<(usize, String)> = code(content).map(|(line, text)| (line, text.to_owned())).collect();
    let mut statement: Option<(usize, String)> = None;
    let mut expanded = Vec::new();
    for (line, text) in code(content) {
        let begins =
            ["use ", "pub use ", "pub(crate) use "].iter().any(|start| text.trim_start().starts_with(start));
        if begins {
            statement = Some((line, String::new()));
        }
        if let Some((_, joined)) = &mut statement {
            joined.push_str(text.trim());
            if text.contains(';')
                && let Some((first, joined)) = statement.take()
                && let Some((_, path)) = joined.split_once("use ")
            {
                expanded.extend(
                    single_paths("", path.trim_end_matches(';')).into_iter().map(|path| (first, path)),
                );
            }
        }
    }
    lines.extend(expanded);
    lines
}

/// `a::{b, c::{d, e}}` as `a::b`, `a::c::d`, `a::c::e`.
fn single_paths(before: &str, path: &str) -> Vec<String> {
    let Some((start, rest)) = path.split_once('{') else { return vec![format!("{before}{}", path.trim())] };
    let inside = rest.rsplit_once('}').map_or(rest, |(inside, _)| inside);
    let before = format!("{before}{}", start.trim());
    let (mut depth, mut item, mut paths) = (0, String::new(), Vec::new());
    for character in inside.chars().chain([',']) {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if character == ',' && depth == 0 {
            if !item.trim().is_empty() {
                paths.extend(single_paths(&before, item.trim()));
            }
            item.clear();
        } else {
            item.push(character);
        }
    }
    paths
}

/// What the browser downloads with every view of a clip stays small, and pure.
pub fn shared_is_serde_only(tree: &Tree) -> Vec<Finding> {
    const MANIFEST: &str = "shared/Cargo.toml";
    const ALLOWED: [&str; 3] = ["serde", "serde_json", "schemars"];
    let Some(manifest) = tree.get(MANIFEST) else { return Vec::new() };
    let mut section = "";
    let mut findings = Vec::new();
    for (index, line) in manifest.lines().enumerate() {
        if line.starts_with('[') {
            section = line.trim();
        } else if section == "[dependencies]" && !line.starts_with('#') {
            let name = line.split(['.', '=', ' ']).next().unwrap_or_default();
            if !name.is_empty() && !ALLOWED.contains(&name) {
                findings.push(Finding::new(
                    MANIFEST,
                    index + 1,
                    format!("shared depends on {name}: serde only"),
                ));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::super::tree;
    use super::*;

    #[test]
    fn sql_is_found_outside_of_the_store() {
        let broken = tree(&[
            ("backend/src/http/clip.rs", "//! x\nuse sqlx::query;\n"),
            ("backend/src/main.rs", "//! x\nfn main() { sqlx::query(\"\"); }\n"),
            ("backend/src/store/clip.rs", "//! x\nuse sqlx::query;\n"),
        ]);
        let found: Vec<_> = rooms(&broken).into_iter().map(|finding| (finding.path, finding.line)).collect();
        assert_eq!(
            found,
            [("backend/src/http/clip.rs".to_owned(), 2), ("backend/src/main.rs".to_owned(), 2)]
        );
    }

    #[test]
    fn auth_and_media_and_jobs_keep_to_themselves() {
        let broken = tree(&[
            ("backend/src/auth/session.rs", "use axum::http::HeaderMap;\n"),
            ("backend/src/media/probe.rs", "use crate::store::Store;\n"),
            ("backend/src/jobs/transcode.rs", "use crate::http::context;\n"),
        ]);
        let paths: std::collections::BTreeSet<_> =
            rooms(&broken).into_iter().map(|finding| finding.path).collect();
        assert_eq!(paths.len(), 3);
    }

    #[test]
    fn an_import_in_a_group_is_found_on_its_line() {
        let grouped = "//! x\nuse std::fs;\nuse crate::{\n    clock::Clock,\n    store::{Store, clip},\n};\n";
        let found = rooms(&tree(&[("backend/src/media/probe.rs", grouped)]));
        assert_eq!(found.iter().map(|finding| finding.line).collect::<Vec<_>>(), [3]);
        assert_eq!(single_paths("", "a::{b, c::{d, e}}"), ["a::b", "a::c::d", "a::c::e"]);
    }

    #[test]
    fn a_comment_may_name_what_the_code_may_not() {
        assert!(rooms(&tree(&[("backend/src/media/probe.rs", "// axum would be wrong here\n")])).is_empty());
    }

    #[test]
    fn a_page_may_import_its_own_parts_but_no_other_page() {
        let files = [
            ("frontend/src/pages/mod.rs", "pub mod feed;\npub mod quiz;\n"),
            ("frontend/src/pages/feed/mod.rs", "use super::quiz::Sheet;\n"),
            ("frontend/src/pages/feed/card.rs", "use super::player;\nuse crate::pages::feed::player;\n"),
            ("frontend/src/pages/quiz.rs", "use crate::pages::feed::Card;\n"),
        ];
        let found: Vec<_> = pages(&tree(&files)).into_iter().map(|finding| finding.path).collect();
        assert_eq!(found, ["frontend/src/pages/feed/mod.rs", "frontend/src/pages/quiz.rs"]);
    }

    #[test]
    fn shared_takes_serde_and_nothing_else() {
        let good = "[dependencies]\nserde.workspace = true\nschemars = { optional = true }\n[dev-dependencies]\nproptest = \"1\"\n";
        assert!(shared_is_serde_only(&tree(&[("shared/Cargo.toml", good)])).is_empty());
        let broken = "[dependencies]\nserde.workspace = true\nchrono = \"0.4\"\n";
        assert_eq!(shared_is_serde_only(&tree(&[("shared/Cargo.toml", broken)])).len(), 1);
    }
}
