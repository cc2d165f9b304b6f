//! Moodle's embedded answers, `{1:SHORTANSWER:=a~%50%b#why}`, read and written.

use crate::moodle::{self, TYPING};
use crate::{markup, texts};
use minnow_shared::question::{
    ChoiceKey, Credit, Fill, GapKey, NumberKey, NumberRange, Text, TextRule, TypedKey, unescape,
};

/// Reads a text of an answer: HTML.
pub type ReadText<'r> = dyn FnMut(&str) -> Text + 'r;

/// The text with `[[1]]`, `[[2]]` … where answers were, and the answers.
///
/// # Errors
/// What an embedded answer says that cannot be read.
pub fn read(source: &str, text: &mut ReadText<'_>) -> Result<(String, Vec<GapKey>), String> {
    let mut body = String::with_capacity(source.len());
    let mut gaps = Vec::new();
    let mut rest = source;
    let mut has_end = true;
    while let Some((before, after)) = rest.split_once('{') {
        body.push_str(before);
        rest = after;
        let Some((weight, kind, inside)) = head(after).filter(|_| has_end) else {
            body.push('{');
            continue;
        };
        let Some(end) = find(inside, b'}') else {
            // None will be found further on either.
            has_end = false;
            body.push('{');
            continue;
        };
        gaps.push(gap(weight, kind, inside.get(..end).unwrap_or_default(), text)?);
        body.push_str(&format!("[[{}]]", gaps.len()));
        rest = inside.get(end + 1..).unwrap_or_default();
    }
    body.push_str(rest);
    Ok((body, gaps))
}

/// Weight and kind of what begins behind a brace, and what follows them.
fn head(after: &str) -> Option<(u8, &str, &str)> {
    let digits = after.bytes().take(6).position(|byte| !byte.is_ascii_digit())?;
    let (weight, rest) = after.split_at(digits);
    let rest = rest.strip_prefix(':')?;
    let end = rest.bytes().take(20).position(|byte| byte == b':')?;
    let (kind, rest) = rest.split_at(end);
    if kind.is_empty() || !kind.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_') {
        return None;
    }
    let weight = if weight.is_empty() { 1 } else { weight.parse().unwrap_or(u8::MAX) };
    Some((weight, kind, rest.get(1..)?))
}

/// The first of a sign that is neither escaped nor part of an entity.
fn find(text: &str, sign: u8) -> Option<usize> {
    let mut before = 0;
    let mut bytes = text.bytes().enumerate();
    while let Some((place, byte)) = bytes.next() {
        if byte == b'\\' {
            bytes.next();
        } else if byte == sign && !(sign == b'#' && before == b'&') {
            return Some(place);
        }
        before = byte;
    }
    None
}

struct Answer<'a> {
    credit: Credit,
    text: String,
    reason: &'a str,
}

fn answers(content: &str) -> Vec<Answer<'_>> {
    let mut found = Vec::new();
    let mut rest = Some(content);
    while let Some(text) = rest {
        let (one, tail) = match find(text, b'~') {
            Some(place) => (text.get(..place).unwrap_or_default(), text.get(place + 1..)),
            None => (text, None),
        };
        rest = tail;
        let one = one.trim();
        if one.is_empty() {
            continue;
        }
        let (credit, one) = match (one.strip_prefix('='), one.strip_prefix('%')) {
            (Some(one), _) => (Credit::FULL, one),
            (_, Some(weighted)) => match weighted.split_once('%') {
                Some((percent, one)) => (Credit::from_percent(percent.trim().parse().unwrap_or(0.0)), one),
                None => (Credit::NONE, one),
            },
            _ => (Credit::NONE, one),
        };
        let (text, reason) = match find(one, b'#') {
            Some(place) => (one.get(..place).unwrap_or_default(), one.get(place + 1..).unwrap_or_default()),
            None => (one, ""),
        };
        found.push(Answer { credit, text: unescaped(text.trim()), reason });
    }
    found
}

fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let escaped = letters
            .next_if(|next| letter == '\\' && matches!(next, '}' | '#' | '~' | '"' | '/' | '\\' | '='));
        out.push(escaped.unwrap_or(letter));
    }
    out
}

fn gap(weight: u8, kind: &str, content: &str, text: &mut ReadText<'_>) -> Result<GapKey, String> {
    let mut reason_of = |answer: &Answer<'_>| {
        if answer.reason.is_empty() { Text::default() } else { text(&unescaped(answer.reason)) }
    };
    let answers = answers(content);
    let fill = match kind {
        "SHORTANSWER" | "SA" | "MW" | "SHORTANSWER_C" | "SAC" | "MWC" => {
            let rule = TextRule { case: kind.ends_with('C'), ..TYPING };
            let accepted = answers.iter().map(|answer| {
                let (text, is_pattern) = moodle::pattern(&unescape(&answer.text));
                TypedKey { text, credit: answer.credit, reason: reason_of(answer), is_pattern }
            });
            Fill::Typing { accepted: accepted.collect(), rule }
        }
        "NUMERICAL" | "NM" => {
            let mut accepted = Vec::new();
            for answer in &answers {
                let range = number(&answer.text)
                    .ok_or_else(|| format!("{} is no number", texts::first_words(&answer.text)))?;
                accepted.push(NumberKey { range, credit: answer.credit, reason: reason_of(answer) });
            }
            Fill::Number { accepted }
        }
        "MULTICHOICE" | "MC" | "MULTICHOICE_V" | "MCV" | "MULTICHOICE_H" | "MCH" | "MULTICHOICE_S"
        | "MCS" | "MULTICHOICE_VS" | "MCVS" | "MULTICHOICE_HS" | "MCHS" => {
            let reasons: Vec<Text> = answers.iter().map(&mut reason_of).collect();
            let keys = answers
                .iter()
                .zip(reasons)
                .map(|(answer, reason)| (text(&answer.text), answer.credit, reason));
            let choices = super::read::single_choices(keys.collect());
            Fill::Choosing { choices, keep_order: !kind.ends_with('S') }
        }
        "MULTIRESPONSE" | "MR" | "MULTIRESPONSE_H" | "MRH" | "MULTIRESPONSE_S" | "MRS"
        | "MULTIRESPONSE_HS" | "MRHS" => {
            return Err("a gap that takes several choices".into());
        }
        other => return Err(format!("an embedded answer of the unknown kind {other}")),
    };
    Ok(GapKey { fill, weight })
}

fn number(text: &str) -> Option<NumberRange> {
    if text == "*" {
        return Some(NumberRange::Any);
    }
    let (value, tolerance) = text.split_once(':').unwrap_or((text, "0"));
    let read = |text: &str| super::read::decimal(text);
    Some(NumberRange::Tolerance { value: read(value)?, tolerance: read(tolerance)? })
}

/// What Moodle cannot say of a gap is added to `lost`; `None`: it cannot say the gap at all.
pub fn write(gap: &GapKey, html: &mut dyn FnMut(&Text) -> String, lost: &mut Vec<String>) -> Option<String> {
    let mut out = format!("{{{}:", gap.weight);
    let push = |out: &mut String,
                credit: Credit,
                text: &str,
                reason: &Text,
                html: &mut dyn FnMut(&Text) -> String| {
        if !out.ends_with(':') {
            out.push('~');
        }
        match credit {
            Credit::FULL => out.push('='),
            Credit::NONE if !text.starts_with('*') => {}
            credit => out.push_str(&format!("%{}%", credit.percent())),
        }
        out.push_str(text);
        if !reason.is_empty() {
            out.push('#');
            out.push_str(&escaped(&html(reason)));
        }
    };
    match &gap.fill {
        Fill::Typing { accepted, rule } => {
            out.push_str(if rule.case { "SHORTANSWER_C:" } else { "SHORTANSWER:" });
            if (TextRule { case: false, ..*rule }) != TYPING {
                lost.push("Moodle compares accents and forgives no slip in typed answers".into());
            }
            for key in accepted {
                let words = moodle::unpattern(&key.text, key.is_pattern);
                let words = escaped(&markup::to_html(&Text::Plain(words), &mut |name| name.to_owned()));
                push(&mut out, key.credit, &words, &key.reason, html);
            }
        }
        Fill::Number { accepted } => {
            out.push_str("NUMERICAL:");
            for key in accepted {
                let words = match super::write::tolerance(key.range, lost) {
                    Some((value, tolerance)) => format!("{value}:{tolerance}"),
                    None => "*".to_owned(),
                };
                push(&mut out, key.credit, &words, &key.reason, html);
            }
        }
        Fill::Choosing { choices, keep_order } => {
            out.push_str(if *keep_order { "MULTICHOICE:" } else { "MULTICHOICE_S:" });
            for choice in choices {
                let credit = single_credit(choice);
                let words = escaped(&html(&choice.text));
                push(&mut out, credit, &words, &choice.reason, html);
            }
        }
        Fill::Dragging { .. } => return None,
    }
    out.push('}');
    Some(out)
}

/// What taking a choice is worth where one may be taken.
pub fn single_credit(choice: &ChoiceKey) -> Credit {
    choice.credit.unwrap_or(if choice.is_right { Credit::FULL } else { Credit::NONE })
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let mut letters = text.chars().peekable();
    let mut before = ' ';
    while let Some(letter) = letters.next() {
        let special = |c: char| matches!(c, '}' | '#' | '~' | '"' | '/' | '\\' | '=');
        match letter {
            '\\' if letters.peek().is_none_or(|next| special(*next)) => out.push_str("\\\\"),
            '#' if before == '&' => out.push('#'),
            '}' | '#' | '~' => out.extend(['\\', letter]),
            '=' | '%' if out.is_empty() => out.push_str(&format!("&#{};", u32::from(letter))),
            other => out.push(other),
        }
        before = letter;
    }
    out
}
