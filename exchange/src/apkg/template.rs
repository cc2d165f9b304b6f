//! Anki's card templates: fields, conditions, filters. A field's value is never read as a template again.

use std::collections::HashMap;

/// A card's side may become this long; more is cut, and found too long by the check.
const OUT_BYTES: usize = 512 << 10;
/// Conditions may stand in one another this deep.
const DEPTH: usize = 50;

/// The fields of a note by their names, as HTML.
pub type Fields<'a> = HashMap<&'a str, &'a str>;

/// A side of a card.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Side {
    pub html: String,
    /// What `hint:` hides.
    pub hints: Vec<String>,
    /// Fields whose value is to be typed.
    pub typed: Vec<String>,
    /// How many bytes of fields were looked at.
    work: usize,
}

/// Renders a template. `cloze`: what stands in the place of a field with gaps.
pub fn render(template: &str, fields: &Fields<'_>, cloze: &dyn Fn(&str) -> String) -> Side {
    let mut side = Side::default();
    // Whether each open condition, and all around it, holds.
    let mut open: Vec<bool> = Vec::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        let is_on = open.last().copied().unwrap_or(true);
        if is_on {
            push(&mut side.html, before);
        }
        let Some((tag, tail)) = after.split_once("}}") else {
            rest = after;
            break;
        };
        rest = tail;
        let tag = tag.trim().trim_matches(['{', '}']);
        match tag.split_at_checked(1) {
            Some(("#", name)) if open.len() < DEPTH => open.push(is_on && !is_empty(fields, name.trim())),
            Some(("^", name)) if open.len() < DEPTH => open.push(is_on && is_empty(fields, name.trim())),
            Some(("/", _)) => {
                open.pop();
            }
            Some(("!" | "=", _)) => {}
            _ if is_on => side.field(tag, fields, cloze),
            _ => {}
        }
    }
    if open.last().copied().unwrap_or(true) {
        push(&mut side.html, rest);
    }
    side
}

fn push(out: &mut String, text: &str) {
    if out.len() + text.len() <= OUT_BYTES {
        out.push_str(text);
    }
}

fn is_empty(fields: &Fields<'_>, name: &str) -> bool {
    let value = fields.get(name).copied().unwrap_or_default();
    // What is long is not empty; looking closer would take its time for every condition.
    value.len() < 4_000
        && !value.contains("<img")
        && !value.contains("[sound:")
        && words(value).trim().is_empty()
}

/// HTML without its tags.
pub fn words(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, after)) = rest.split_once('<') {
        out.push_str(before);
        rest = match after.split_once('>') {
            Some((tag, tail)) => {
                if tag.starts_with("br") || tag.starts_with("div") || tag.starts_with("/p") {
                    out.push(' ');
                }
                tail
            }
            None => "",
        };
    }
    out.push_str(rest);
    minnow_shared::question::unescape(&out).replace('\u{a0}', " ")
}

impl Side {
    fn field(&mut self, tag: &str, fields: &Fields<'_>, cloze: &dyn Fn(&str) -> String) {
        let mut parts = tag.split(':').map(str::trim);
        let name = parts.next_back().unwrap_or_default();
        let filters: Vec<&str> = parts.collect();
        let has = |filter: &str| filters.contains(&filter);
        let Some(value) = fields.get(name).copied() else { return };
        self.work = self.work.saturating_add(value.len());
        if self.work > OUT_BYTES * 2 {
            return;
        }
        if filters.iter().any(|filter| filter.starts_with("tts")) {
            return;
        }
        if has("type") {
            self.typed.push(name.to_owned());
        } else if has("cloze") {
            push(&mut self.html, &cloze(value));
        } else if has("hint") {
            if !is_empty(fields, name) && self.hints.len() < minnow_shared::limit::HINTS {
                self.hints.push(value.to_owned());
            }
        } else if has("text") {
            push(&mut self.html, &minnow_shared::question::escape(&words(value)));
        } else {
            push(&mut self.html, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn side(template: &str) -> Side {
        let fields = Fields::from([("Front", "<b>1</b> &lt; 2"), ("Back", "{{Front}}"), ("Empty", " <br> ")]);
        render(template, &fields, &|value| format!("[{value}]"))
    }

    #[test]
    fn fields_conditions_and_filters_are_worked_out() {
        for (template, html) in [
            ("{{Front}}-{{ Back }}", "<b>1</b> &lt; 2-{{Front}}"),
            ("{{#Front}}a{{/Front}}{{^Front}}b{{/Front}}", "a"),
            ("{{#Empty}}a{{#Front}}b{{/Front}}{{/Empty}}{{^Empty}}c{{/Empty}}", "c"),
            ("{{text:Front}}{{Nowhere}}", "1 &lt; 2"),
            ("{{cloze:Back}}", "[{{Front}}]"),
            ("{{furigana:Back}}{{! note }}", "{{Front}}"),
            ("a {{ b", "a  b"),
        ] {
            assert_eq!(side(template).html, html, "{template}");
        }
        let hidden = side("{{type:Back}}{{hint:Front}}{{hint:Empty}}");
        assert_eq!(
            (hidden.typed, hidden.hints, hidden.html),
            (vec!["Back".into()], vec!["<b>1</b> &lt; 2".into()], String::new())
        );
    }

    #[test]
    fn nothing_takes_long_however_long() {
        let long = "<b>&".repeat(300_000);
        let fields = Fields::from([("F", long.as_str())]);
        for part in ["{{", "{{#F}}", "{{^F}}", "{{F}}", "{{text:F}}", "{{hint:F}}", "{{cloze:F}}", "{{/F}}"] {
            let found = render(&part.repeat(100_000), &fields, &str::to_owned);
            assert!(found.html.len() <= OUT_BYTES, "{part}");
        }
    }

    proptest! {
        #[test]
        fn any_template_is_rendered_without_a_panic(template in "[{}#/^:a Front\\PC]{0,80}") {
            side(&template);
            words(&template);
        }
    }
}
