//! Every text of a question, whatever its kind: to clean them, to find their pictures. And the last look at a question
//! that was read.

use crate::{Loss, Pictures, markup};
use minnow_shared::question::{ChoiceKey, Fill, NumberKey, Question, QuestionKey, Text, TypedKey};
use serde_json::Value;

/// What stands before the name of a picture in marked-up texts.
const SOURCE: &str = "src=\"media:";

/// Calls `see` with every text of a question.
pub fn for_each(question: &mut Question, see: &mut dyn FnMut(&mut Text)) {
    see(&mut question.stem);
    see(&mut question.reason);
    see(&mut question.verdicts.right);
    see(&mut question.verdicts.partly);
    see(&mut question.verdicts.wrong);
    question.behaviour.hints.iter_mut().for_each(&mut *see);
    of_key(&mut question.key, see);
}

fn of_key(key: &mut QuestionKey, see: &mut dyn FnMut(&mut Text)) {
    match key {
        QuestionKey::Choices { choices, .. } => of_choices(choices, see),
        QuestionKey::TrueFalse { reason_true, reason_false, .. } => {
            see(reason_true);
            see(reason_false);
        }
        QuestionKey::Numeric { accepted, .. } => of_numbers(accepted, see),
        QuestionKey::Typed { accepted, .. } => of_typed(accepted, see),
        QuestionKey::Matching { pairs, extra, .. } => {
            for pair in pairs {
                see(&mut pair.left);
                see(&mut pair.right);
            }
            extra.iter_mut().for_each(|part| see(&mut part.text));
        }
        QuestionKey::Ordering { items } => items.iter_mut().for_each(|part| see(&mut part.text)),
        QuestionKey::Categorising { categories, items, .. } => {
            categories.iter_mut().for_each(|part| see(&mut part.text));
            items.iter_mut().for_each(|item| see(&mut item.text));
        }
        QuestionKey::Cloze { body, gaps, bank } => {
            see(body);
            for gap in gaps {
                match &mut gap.fill {
                    Fill::Typing { accepted, .. } => of_typed(accepted, see),
                    Fill::Number { accepted } => of_numbers(accepted, see),
                    Fill::Choosing { choices, .. } => of_choices(choices, see),
                    Fill::Dragging { .. } => {}
                }
            }
            bank.iter_mut().for_each(|part| see(&mut part.text));
        }
        QuestionKey::Hotspot { spots, .. } => spots.iter_mut().for_each(|spot| see(&mut spot.reason)),
        QuestionKey::FlashCard { back } => see(back),
        QuestionKey::Open { sample, .. } => see(sample),
    }
}

fn of_choices(choices: &mut [ChoiceKey], see: &mut dyn FnMut(&mut Text)) {
    for choice in choices {
        see(&mut choice.text);
        see(&mut choice.reason);
    }
}

fn of_numbers(accepted: &mut [NumberKey], see: &mut dyn FnMut(&mut Text)) {
    accepted.iter_mut().for_each(|key| see(&mut key.reason));
}

fn of_typed(accepted: &mut [TypedKey], see: &mut dyn FnMut(&mut Text)) {
    accepted.iter_mut().for_each(|key| see(&mut key.reason));
}

/// Cleans every marked-up text of a question whose texts claim to be of the subset. Gives what was taken out.
pub fn clean(question: &mut Question, pictures: &mut Pictures) -> Vec<String> {
    let mut losses = Vec::new();
    for_each(question, &mut |text| {
        if let Text::Rich { html } = text {
            let (cleaned, lost) = markup::from_html(html, &mut |address| pictures.resolve(address));
            *text = cleaned;
            losses.extend(lost);
        }
    });
    losses
}

/// Puts the sign for what is no letter in place of NUL, which not every database keeps.
pub fn without_nul(question: &mut Question) {
    fn replace(value: &mut Value) {
        match value {
            Value::String(text) if text.contains('\0') => *text = text.replace('\0', "\u{fffd}"),
            Value::Array(values) => values.iter_mut().for_each(replace),
            Value::Object(fields) => fields.values_mut().for_each(replace),
            _ => {}
        }
    }
    let has_nul = serde_json::to_string(question).is_ok_and(|text| text.contains("\\u0000"));
    if has_nul && let Ok(mut value) = serde_json::to_value(&*question) {
        replace(&mut value);
        if let Ok(mended) = serde_json::from_value(value) {
            *question = mended;
        }
    }
}

/// The names of the pictures a question shows, each once, in order.
pub fn pictures(question: &Question) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let mut add = |name: &str| {
        if !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    };
    for_each(&mut question.clone(), &mut |text| {
        if let Text::Rich { html } = text {
            let mut rest = html.as_str();
            while let Some((_, after)) = rest.split_once(SOURCE) {
                let (name, tail) = after.split_once('"').unwrap_or((after, ""));
                add(name);
                rest = tail;
            }
        }
    });
    if let QuestionKey::Hotspot { picture, .. } = &question.key
        && let Some(name) = picture.source.strip_prefix("media:")
    {
        add(name);
    }
    names
}

/// Gives pictures other names: `name` is asked for the new one of each, `None` leaving it as it is.
pub fn rename_pictures(question: &mut Question, name: &dyn Fn(&str) -> Option<String>) {
    for_each(question, &mut |text| {
        let Text::Rich { html } = text else { return };
        if !html.contains(SOURCE) {
            return;
        }
        let mut out = String::with_capacity(html.len());
        let mut rest = html.as_str();
        while let Some((before, after)) = rest.split_once(SOURCE) {
            let (old, tail) = after.split_once('"').unwrap_or((after, ""));
            out.push_str(before);
            out.push_str(SOURCE);
            out.push_str(name(old).as_deref().unwrap_or(old));
            out.push('"');
            rest = tail;
        }
        out.push_str(rest);
        *html = out;
    });
    if let QuestionKey::Hotspot { picture, .. } = &mut question.key
        && let Some(new) = picture.source.strip_prefix("media:").and_then(name)
    {
        picture.source = format!("media:{new}");
    }
}

/// How a report names a question: its name, or the first words of its stem.
pub fn label(question: &Question) -> String {
    if question.name.trim().is_empty() {
        first_words(&question.stem.plain())
    } else {
        first_words(&question.name)
    }
}

/// The first words of a text, on one line.
pub fn first_words(text: &str) -> String {
    const LETTERS: usize = 60;
    let start: String = text.chars().take(LETTERS * 4).collect();
    let words = start.split_whitespace().collect::<Vec<_>>().join(" ");
    match words.char_indices().nth(LETTERS) {
        Some((end, _)) => format!("{}…", words.get(..end).unwrap_or_default().trim_end()),
        None => words,
    }
}

/// What is typed has one line: a break in an accepted answer was layout.
fn on_one_line(key: &mut QuestionKey) {
    let mend = |accepted: &mut Vec<TypedKey>| {
        for key in accepted.iter_mut().filter(|key| key.text.contains(['\n', '\r'])) {
            key.text = key
                .text
                .split(['\n', '\r'])
                .map(str::trim)
                .filter(|line| !line.is_empty())
                .collect::<Vec<_>>()
                .join(" ");
        }
    };
    match key {
        QuestionKey::Typed { accepted, .. } => mend(accepted),
        QuestionKey::Cloze { gaps, .. } => gaps.iter_mut().for_each(|gap| {
            if let Fill::Typing { accepted, .. } = &mut gap.fill {
                mend(accepted);
            }
        }),
        _ => {}
    }
}

/// Adds a question that was read if it is whole, a loss otherwise.
/// A wrong choice that is there twice is taken once.
pub fn admit(
    mut question: Question,
    line: Option<u32>,
    questions: &mut Vec<Question>,
    losses: &mut Vec<Loss>,
) {
    if let QuestionKey::Choices { choices, .. } = &mut question.key {
        let mut seen: Vec<(String, bool)> = Vec::new();
        let count = choices.len();
        choices.retain(|choice| {
            let same = (choice.text.html(), choice.is_right);
            let is_new = choice.is_right || choice.text.is_empty() || !seen.contains(&same);
            seen.push(same);
            is_new
        });
        if choices.len() < count {
            let reason = "a wrong choice that is there twice is taken once".to_owned();
            losses.push(Loss { line, item: label(&question), reason });
        }
    }
    on_one_line(&mut question.key);
    match question.check() {
        Ok(()) => questions.push(question),
        Err(found) => losses.push(Loss {
            line,
            item: label(&question),
            reason: format!("the question is left out: {}: {}", found.field, found.detail),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nul_becomes_a_sign_and_a_backslash_before_it_stays() {
        let mut question = Question::new("a\0 \\u0000", QuestionKey::FlashCard { back: "\0".into() });
        without_nul(&mut question);
        assert_eq!(
            question,
            Question::new("a\u{fffd} \\u0000", QuestionKey::FlashCard { back: "\u{fffd}".into() })
        );
    }

    #[test]
    fn what_is_typed_has_one_line() {
        let bank = br#"[{"stem": "a", "key": {"kind": "typed", "accepted": ["one\n two"]}}]"#;
        let import = crate::read(bank, "", Some(crate::Format::Json)).unwrap();
        let QuestionKey::Typed { accepted, .. } = &import.questions[0].key else { panic!() };
        assert_eq!(accepted[0].text, "one two");
    }

    #[test]
    fn pictures_are_renamed_wherever_they_stand() {
        let rich = |html: &str| Text::Rich { html: html.into() };
        let back = rich("<img src=\"media:a.png\" alt=\"\"> <img src=\"media:b.png\" alt=\"\">");
        let mut question =
            Question::new(rich("<img src=\"media:a.png\" alt=\"x\">"), QuestionKey::FlashCard { back });
        rename_pictures(&mut question, &|name| (name == "a.png").then(|| "new.png".into()));
        assert_eq!(question.stem, rich("<img src=\"media:new.png\" alt=\"x\">"));
        assert_eq!(pictures(&question), ["new.png", "b.png"]);
    }
}
