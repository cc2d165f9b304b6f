//! Anki's gaps: `{{c1::word::hint}}` in a text.

use super::template::words;

/// A gap that was found.
#[derive(Debug, PartialEq, Eq)]
pub struct Gap {
    pub answer: String,
}

/// A text with its gaps marked, `[[1]]` where the first is.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Marked {
    pub html: String,
    pub gaps: Vec<Gap>,
    /// A gap stood around another one: only the inner one is asked.
    pub has_nested: bool,
}

/// One that is open: where it starts in the text so far, and whether one was closed inside.
struct Open {
    start: usize,
    has_inner: bool,
}

/// Marks the gaps of a field, numbered on from `before`.
pub fn mark(text: &str, before: usize) -> Marked {
    let mut out = Marked::default();
    let mut open: Vec<Open> = Vec::new();
    let mut rest = text;
    // Every sign is looked at once.
    while let Some(place) = rest.find(['{', '}']) {
        let (words, from) = rest.split_at(place);
        out.html.push_str(&words.replace("[[", "[ ["));
        if let Some(tail) = from.strip_prefix("}}").filter(|_| !open.is_empty()) {
            rest = tail;
            close(&mut out, &mut open, before);
        } else if let Some(tail) = start(from) {
            rest = tail;
            open.push(Open { start: out.html.len(), has_inner: false });
        } else {
            let (sign, tail) = from.split_at(1);
            out.html.push_str(sign);
            rest = tail;
        }
    }
    out.html.push_str(&rest.replace("[[", "[ ["));
    out
}

/// What follows `{{c1::`.
fn start(text: &str) -> Option<&str> {
    let inside = text.strip_prefix("{{c")?;
    // `{{c1,2::` belongs to several cards.
    let digits = inside.bytes().take(12).take_while(|b| b.is_ascii_digit() || *b == b',').count();
    inside.get(digits..)?.strip_prefix("::").filter(|_| digits > 0)
}

fn close(out: &mut Marked, open: &mut Vec<Open>, before: usize) {
    let Some(Open { start, has_inner }) = open.pop() else { return };
    if let Some(around) = open.last_mut() {
        around.has_inner = true;
    }
    if has_inner {
        out.has_nested = true;
        return;
    }
    let inside = out.html.split_off(start.min(out.html.len()));
    let (answer, hint) = inside.split_once("::").unwrap_or((&inside, ""));
    let answer = words(answer).split_whitespace().collect::<Vec<_>>().join(" ");
    out.gaps.push(Gap { answer });
    out.html.push_str(&format!("[[{}]]", before + out.gaps.len()));
    if !words(hint).trim().is_empty() {
        out.html.push_str(&format!(" ({})", hint.trim()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn gaps_are_marked_with_their_hints() {
        let marked = mark("The {{c1::sun::a star}} and the {{c2::<b>moon</b>}}, {{c}} [[1]] {{c1,2::x}}", 0);
        assert_eq!(marked.html, "The [[1]] (a star) and the [[2]], {{c}} [ [1]] [[3]]");
        assert_eq!(
            marked.gaps.iter().map(|gap| gap.answer.as_str()).collect::<Vec<_>>(),
            ["sun", "moon", "x"]
        );
    }

    #[test]
    fn of_gaps_in_one_another_the_inner_one_is_asked() {
        let marked = mark("{{c1::a {{c2::b}} c}}", 2);
        assert_eq!((marked.html.as_str(), marked.has_nested), ("a [[3]] c", true));
    }

    #[test]
    fn nothing_takes_long_however_long() {
        for text in ["{{c1::", "{{c", "{", "}}", "{{c1::a}}", "{{c1::{{c2::a}}"] {
            mark(&text.repeat(300_000), 0);
        }
    }

    proptest! {
        #[test]
        fn any_text_is_marked_without_a_panic(text in "[{}c1:, <b>é]{0,60}") {
            mark(&text, 0);
        }
    }
}
