//! The words of the interface as they lie in frontend/locales/: nested keys by two spaces, texts on one line. The part
//! of YAML that this takes, and nothing more of it; anything else is a complaint with its line.

use std::collections::BTreeMap;

pub const FOLDER: &str = "frontend/locales/";
pub const LANGUAGES: [&str; 3] = ["ar", "en", "it"];

/// Key to line (from 1) and text. A count's forms are keys of their own: `feed.left.one`, `feed.left.other`.
pub type Messages = BTreeMap<String, (usize, String)>;

/// The messages of one language, and what could not be read: line and complaint.
pub fn read(content: &str) -> (Messages, Vec<(usize, String)>) {
    let mut messages = Messages::new();
    let mut complaints = Vec::new();
    let mut parents: Vec<&str> = Vec::new();
    for (number, line) in content.lines().enumerate().map(|(index, line)| (index + 1, line)) {
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed.starts_with('#') || trimmed.starts_with("_version:") {
            continue;
        }
        let indent = line.len() - line.trim_start().len();
        let split = trimmed.split_once(':').filter(|_| indent % 2 == 0 && indent / 2 <= parents.len());
        let Some((key, text)) = split else {
            complaints.push((number, "neither a group nor a message on one line".to_owned()));
            continue;
        };
        parents.truncate(indent / 2);
        let full = parents.iter().chain([&key]).copied().collect::<Vec<_>>().join(".");
        match unquoted(text.trim()) {
            None => complaints.push((number, "not a text on one line".to_owned())),
            Some(text) if text.is_empty() => parents.push(key),
            Some(text) => {
                if messages.insert(full.clone(), (number, text)).is_some() {
                    complaints.push((number, format!("{full} is said twice")));
                }
            }
        }
    }
    (messages, complaints)
}

/// Plain, `"double"` with its escapes, or `'single'` with doubled quotes.
fn unquoted(text: &str) -> Option<String> {
    if let Some(inside) = text.strip_prefix('"') {
        let inside = inside.strip_suffix('"')?;
        let mut plain = String::new();
        let mut characters = inside.chars();
        while let Some(character) = characters.next() {
            plain.push(match character {
                '\\' => match characters.next()? {
                    'n' => '\n',
                    't' => '\t',
                    same @ ('"' | '\\' | '/') => same,
                    _ => return None,
                },
                other => other,
            });
        }
        return Some(plain);
    }
    if let Some(inside) = text.strip_prefix('\'') {
        return Some(inside.strip_suffix('\'')?.replace("''", "'"));
    }
    let special = text.starts_with(['|', '>', '[', '{', '&', '*', '!', '%', '@', '`']) || text.contains(" #");
    (!special).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn keys_are_joined_and_quotes_are_taken_off() {
        let (messages, complaints) =
            read("a:\n  b: plain: text\n  c: \"say \\\"x\\\"\\n\"\n  d: 'it''s'\ne: 1\n");
        let texts: Vec<_> = messages.into_iter().map(|(key, (_, text))| (key, text)).collect();
        let wanted = [("a.b", "plain: text"), ("a.c", "say \"x\"\n"), ("a.d", "it's"), ("e", "1")];
        assert_eq!(texts, wanted.map(|(key, text)| (key.to_owned(), text.to_owned())));
        assert!(complaints.is_empty());
    }

    #[test]
    fn what_is_not_understood_is_said_with_its_line() {
        let (_, complaints) = read("a: >\n  long\nb: fine\nb: again\n");
        assert_eq!(complaints.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [1, 2, 4]);
    }
}
