//! The interface speaks every language whole: the same keys with the same places to fill, the plural forms each
//! grammar has, every key that the code names, and a text for every code that the server may send.

use std::collections::{BTreeMap, BTreeSet};

use super::{Finding, Tree, code, under};
use crate::words::{FOLDER, Messages, read};

/// The plural forms (CLDR) that a count below a million can ask for.
const PLURALS: [(&str, &[&str]); 3] = [
    ("ar", &["zero", "one", "two", "few", "many", "other"]),
    ("en", &["one", "other"]),
    ("it", &["one", "other"]),
];
const FORMS: [&str; 6] = ["zero", "one", "two", "few", "many", "other"];
/// Enums on the wire and the group of texts that explains each of their variants.
const EXPLAINED: [(&str, &str, &str); 3] = [
    ("shared/src/error.rs", "error_codes! {", "error"),
    ("shared/src/draft.rs", "pub enum RefusalReason {", "refusal"),
    ("shared/src/draft.rs", "pub enum MissingPart {", "missing"),
];

pub fn every_language_says_everything(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut languages = BTreeMap::new();
    for (code, _) in PLURALS {
        let path = format!("{FOLDER}{code}.yml");
        if let Some(content) = tree.get(&path) {
            let (messages, complaints) = read(content);
            findings.extend(complaints.into_iter().map(|(line, message)| Finding::new(&path, line, message)));
            languages.insert(code, messages);
        } else if under(tree, FOLDER, ".yml").next().is_some() {
            findings.push(Finding::new(&path, 0, "a language of the interface is missing"));
        }
    }
    let Some(english) = languages.get("en") else { return findings };
    let wanted = ideas(english);
    for (language, messages) in &languages {
        compare(language, messages, &wanted, &mut findings);
    }
    findings.extend(named_in_code(tree, &wanted));
    findings.extend(explained(tree, &wanted));
    findings
}

/// What is said, without its plural forms: key to the places it fills, and whether it has plural forms.
fn ideas(messages: &Messages) -> BTreeMap<String, (BTreeSet<String>, bool)> {
    let mut found: BTreeMap<String, (BTreeSet<String>, bool)> = BTreeMap::new();
    for (key, (_, text)) in messages {
        let (idea, plural) = match plural_of(messages, key) {
            Some(idea) => (idea.to_owned(), true),
            None => (key.clone(), false),
        };
        let places = &mut found.entry(idea).or_insert_with(|| (BTreeSet::new(), plural)).0;
        // "one clip" need not say 1.
        places.extend(places_of(text).into_iter().filter(|place| !plural || place != "n"));
    }
    found
}

/// `feed.left` for `feed.left.one` when there is a `feed.left.other`.
fn plural_of<'a>(messages: &Messages, key: &'a str) -> Option<&'a str> {
    let (idea, form) = key.rsplit_once('.')?;
    (FORMS.contains(&form) && messages.contains_key(&format!("{idea}.other"))).then_some(idea)
}

fn compare(
    language: &str,
    messages: &Messages,
    wanted: &BTreeMap<String, (BTreeSet<String>, bool)>,
    findings: &mut Vec<Finding>,
) {
    let path = format!("{FOLDER}{language}.yml");
    let said = ideas(messages);
    for (key, (places, plural)) in wanted {
        match said.get(key) {
            None => findings.push(Finding::new(&path, 0, format!("{key} is not said in this language"))),
            Some((other, _)) if other != places => {
                findings.push(Finding::new(
                    &path,
                    0,
                    format!("{key} fills {other:?}, English fills {places:?}"),
                ));
            }
            Some(_) => {}
        }
        let forms = PLURALS.iter().find(|(code, _)| *code == language).map_or(&[][..], |(_, forms)| forms);
        let missing = forms.iter().filter(|form| *plural && !messages.contains_key(&format!("{key}.{form}")));
        findings
            .extend(missing.map(|form| Finding::new(&path, 0, format!("{key} lacks the form \"{form}\""))));
    }
    for (key, (line, text)) in messages {
        if !wanted.contains_key(plural_of(messages, key).unwrap_or(key)) {
            findings.push(Finding::new(&path, *line, format!("{key} is not said in English")));
        }
        if text.trim().is_empty() {
            findings.push(Finding::new(&path, *line, format!("{key} says nothing")));
        }
    }
}

/// Every text in the app's code that looks like a key is one.
fn named_in_code(tree: &Tree, wanted: &BTreeMap<String, (BTreeSet<String>, bool)>) -> Vec<Finding> {
    let groups: BTreeSet<&str> = wanted.keys().filter_map(|key| key.split('.').next()).collect();
    let mut findings = Vec::new();
    for (path, content) in under(tree, "frontend/src/", ".rs") {
        for (line, text) in code(content) {
            for literal in text.split('"').skip(1).step_by(2) {
                let group = literal.split_once('.').map(|(group, _)| group).unwrap_or_default();
                if groups.contains(group) && is_key(literal) && !wanted.contains_key(literal) {
                    findings.push(Finding::new(path, line, format!("the message {literal} does not exist")));
                }
            }
        }
    }
    findings
}

fn is_key(text: &str) -> bool {
    let part = |part: &str| {
        !part.is_empty()
            && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
    };
    text.split('.').all(part) && ![".rs", ".svg", ".js", ".css"].iter().any(|ending| text.ends_with(ending))
}

/// Every variant that the server may send has a text.
fn explained(tree: &Tree, wanted: &BTreeMap<String, (BTreeSet<String>, bool)>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, start, group) in EXPLAINED {
        let Some(content) = tree.get(path) else { continue };
        for (line, variant) in variants(content, start) {
            let key = format!("{group}.{}", snake_case(&variant));
            if !wanted.contains_key(&key) {
                findings.push(Finding::new(path, line, format!("{variant} has no text: {key} in {FOLDER}")));
            }
        }
    }
    findings
}

/// The names of the variants in the first block that begins with `start` at the head of a line.
fn variants(content: &str, start: &str) -> Vec<(usize, String)> {
    let inside = code(content).skip_while(|(_, line)| line.trim() != start).skip(1);
    let block = inside.take_while(|(_, line)| !line.trim_start().starts_with('}'));
    block
        .filter_map(|(line, text)| {
            let name = text.trim().split([' ', ',', '(', '{']).next()?;
            name.starts_with(|first: char| first.is_ascii_uppercase()).then(|| (line, name.to_owned()))
        })
        .collect()
}

fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    for character in name.chars() {
        if character.is_ascii_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.push(character.to_ascii_lowercase());
    }
    snake
}

fn places_of(text: &str) -> BTreeSet<String> {
    let starts = text.split("%{").skip(1);
    starts.filter_map(|rest| rest.split_once('}')).map(|(name, _)| name.to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::super::tree;
    use super::*;

    const ENGLISH: &str = "_version: 1\nfeed:\n  hello: \"Hello, %{name}\"\n  left:\n    one: One clip left\n    other: \"%{n} clips left\"\nerror:\n  not_found: Gone\n";
    const ITALIAN: &str = "_version: 1\nfeed:\n  hello: \"Ciao, %{name}\"\n  left:\n    one: Un clip\n    other: \"%{n} clip\"\nerror:\n  not_found: Non c'è più\n";
    const ARABIC: &str = "_version: 1\nfeed:\n  hello: \"مرحبا %{name}\"\n  left:\n    zero: لا مقاطع\n    one: مقطع\n    two: مقطعان\n    few: \"%{n} مقاطع\"\n    many: \"%{n} مقطعًا\"\n    other: \"%{n} مقطع\"\nerror:\n  not_found: غير موجود\n";

    fn messages(found: Vec<Finding>) -> Vec<String> {
        found.into_iter().map(|finding| finding.message).collect()
    }

    fn checked(italian: &str, more: &[(&str, &str)]) -> Vec<String> {
        let mut files = vec![
            ("frontend/locales/en.yml", ENGLISH),
            ("frontend/locales/it.yml", italian),
            ("frontend/locales/ar.yml", ARABIC),
        ];
        files.extend(more);
        messages(every_language_says_everything(&tree(&files)))
    }

    #[test]
    fn whole_languages_pass() {
        assert_eq!(checked(ITALIAN, &[]), Vec::<String>::new());
    }

    #[test]
    fn a_missing_message_a_missing_place_and_a_missing_form_are_found() {
        assert_eq!(
            checked(&ITALIAN.replace("  hello: \"Ciao, %{name}\"\n", ""), &[]),
            ["feed.hello is not said in this language"]
        );
        assert_eq!(checked(&ITALIAN.replace("%{name}", "%{nome}"), &[]).len(), 1);
        assert_eq!(
            checked(&ITALIAN.replace("    one: Un clip\n", ""), &[]),
            ["feed.left lacks the form \"one\""]
        );
    }

    #[test]
    fn a_message_that_english_lacks_is_found() {
        assert_eq!(
            checked(&format!("{ITALIAN}  extra: Di più\n"), &[]),
            ["error.extra is not said in English"]
        );
    }

    #[test]
    fn a_key_in_the_code_that_nobody_says_is_found() {
        let page = "let a = t(\"feed.hello\");\nlet b = plural(\"feed.left\", 2);\nlet c = t(\"feed.bye\");\nlet d = \"other.thing\";\n";
        assert_eq!(
            checked(ITALIAN, &[("frontend/src/app.rs", page)]),
            ["the message feed.bye does not exist"]
        );
    }

    #[test]
    fn an_error_code_without_a_text_is_found() {
        let table = "error_codes! {\n    /// Gone.\n    NotFound 404 Yours,\n    /// Too much.\n    TooLarge 413 Yours,\n}\n";
        assert_eq!(
            checked(ITALIAN, &[("shared/src/error.rs", table)]),
            ["TooLarge has no text: error.too_large in frontend/locales/"]
        );
    }

    #[test]
    fn a_whole_language_that_is_missing_is_found() {
        let files = tree(&[("frontend/locales/en.yml", ENGLISH), ("frontend/locales/it.yml", ITALIAN)]);
        assert_eq!(
            messages(every_language_says_everything(&files)),
            ["a language of the interface is missing"]
        );
    }
}
