//! Texts with gaps: `*answer/other answer:tip*`, and words to be dragged or marked.

use super::{Reading, is_true, list, words};
use minnow_shared::limit;
use minnow_shared::question::{
    ChoiceKey, Fill, GapKey, PartKey, Question, QuestionKey, Text, TextRule, TypedKey, escape, unescape,
};
use serde_json::Value;

/// A piece of a text with stars.
enum Piece<'t> {
    Words(&'t str),
    Gap(&'t str),
}

/// Cuts a text at its stars. Two stars together are one that is meant.
fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('*') {
        out.push(Piece::Words(before));
        match after.split_once('*') {
            Some(("", tail)) => {
                out.push(Piece::Words("*"));
                rest = tail;
            }
            Some((inside, tail)) => {
                out.push(Piece::Gap(inside));
                rest = tail;
            }
            None => {
                out.push(Piece::Words("*"));
                rest = after;
            }
        }
    }
    out.push(Piece::Words(rest));
    out
}

/// What stands in a gap: its answers and its tip. What is said to right and wrong (`\+`, `\-`) is not carried over.
fn inside(gap: &str) -> (Vec<String>, String, bool) {
    let end = gap.find("\\+").into_iter().chain(gap.find("\\-")).min().unwrap_or(gap.len());
    let (kept, said) = gap.split_at(end);
    let (answers, tip) = kept.split_once(':').unwrap_or((kept, ""));
    let answers = answers.split('/').map(plain).filter(|answer| !answer.is_empty()).collect();
    (answers, tip.trim().to_owned(), !said.is_empty())
}

/// The words of an answer, tags and entities gone.
fn plain(html: &str) -> String {
    let text = Text::Rich { html: html.to_owned() };
    let text = if html.contains('<') { text.plain() } else { unescape(html) };
    text.replace('\u{a0}', " ").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A gap's number. Marks of the same form in the text itself are pulled apart.
fn mark(number: usize) -> String {
    format!("[[{number}]]")
}

fn unmarked(words: &str) -> String {
    words.replace("[[", "[ [")
}

impl Reading<'_> {
    pub fn blanks(&mut self, params: &Value) {
        let rule = TextRule {
            case: is_true(params, &["behaviour", "caseSensitive"]),
            accents: true,
            typos: is_true(params, &["behaviour", "acceptSpellingErrors"]),
        };
        let blocks: Vec<&str> = list(params, &["questions"]).iter().filter_map(Value::as_str).collect();
        let (mut body, mut gaps, mut tips) = (String::new(), Vec::new(), Vec::new());
        for block in blocks {
            for piece in pieces(block) {
                match piece {
                    Piece::Words(words) => body.push_str(&unmarked(words)),
                    Piece::Gap(gap) => {
                        let (answers, tip, _) = inside(gap);
                        tips.push(tip);
                        let accepted: Vec<TypedKey> = answers
                            .iter()
                            .take(limit::ACCEPTED_COUNT)
                            .map(|answer| TypedKey::from(answer.as_str()))
                            .collect();
                        gaps.push(GapKey { fill: Fill::Typing { accepted, rule }, weight: 1 });
                        body.push_str(&mark(gaps.len()));
                    }
                }
            }
            body.push('\n');
        }
        let stem = self.stem(params, words(params, &["text"]));
        let body = self.text(body.trim());
        self.cloze(stem, body, gaps, Vec::new(), tips, params);
    }

    pub fn drag_text(&mut self, params: &Value) {
        let (mut body, mut gaps, mut tips) = (String::new(), Vec::new(), Vec::new());
        let mut bank: Vec<PartKey> = Vec::new();
        let mut word = |text: &str| {
            let place = bank.iter().position(|part| part.text.source() == text).unwrap_or(bank.len());
            // One too many is told by the check.
            if place == bank.len() && place <= limit::PARTS {
                bank.push(PartKey { id: None, text: text.into() });
            }
            u16::try_from(place).unwrap_or(u16::MAX)
        };
        let mut has_said = false;
        for piece in pieces(words(params, &["textField"])) {
            match piece {
                Piece::Words(words) => body.push_str(&unmarked(words)),
                Piece::Gap(gap) => {
                    let (answers, tip, said) = inside(gap);
                    has_said |= said;
                    tips.push(tip);
                    // A slash belongs to the word here.
                    let right = vec![word(&answers.join("/"))];
                    gaps.push(GapKey { fill: Fill::Dragging { right }, weight: 1 });
                    body.push_str(&mark(gaps.len()));
                }
            }
        }
        for piece in pieces(words(params, &["distractors"])) {
            if let Piece::Gap(gap) = piece {
                let (answers, _, _) = inside(gap);
                word(&answers.join("/"));
            }
        }
        if has_said {
            self.lose("what is said to a right and a wrong word was left out");
        }
        let stem = self.stem(params, words(params, &["taskDescription"]));
        let body = self.text(&body.trim().replace("\r\n", "\n").replace('\n', "<br>"));
        self.cloze(stem, body, gaps, bank, tips, params);
    }

    fn cloze(
        &mut self,
        stem: Text,
        body: Text,
        gaps: Vec<GapKey>,
        bank: Vec<PartKey>,
        tips: Vec<String>,
        params: &Value,
    ) {
        let stem = if stem.is_empty() { Text::Plain(self.item.clone()) } else { stem };
        let mut question = Question::new(stem, QuestionKey::Cloze { body, gaps, bank });
        self.hint(&mut question, tips);
        self.say(&mut question, params);
        self.add(question);
    }

    /// Words to be marked become choices: each word once.
    pub fn mark_words(&mut self, params: &Value) {
        let field = words(params, &["textField"]);
        if field.len() > limit::BANK_STEM * limit::MARKUP_FACTOR {
            return self.lose("it was left out: its text is too long");
        }
        let (mut shown, mut choices) = (String::new(), Vec::<ChoiceKey>::new());
        let mut is_both = false;
        for piece in pieces(field) {
            let (part, is_right) = match piece {
                Piece::Words(words) => (words, false),
                Piece::Gap(gap) => (gap, true),
            };
            shown.push_str(part);
            let text = plain(&part.replace("<br", " <br").replace("</", " </"));
            let found: Vec<&str> =
                if is_right { vec![text.as_str()] } else { text.split_whitespace().collect() };
            for word in found {
                let word = word.trim_matches(|c: char| c.is_ascii_punctuation()).to_owned();
                if word.is_empty() {
                    continue;
                }
                let same = |choice: &&ChoiceKey| choice.text.source().to_lowercase() == word.to_lowercase();
                match choices.iter().find(same) {
                    Some(choice) => is_both |= choice.is_right != is_right,
                    // One too many is told by the check.
                    None if choices.len() > limit::PARTS => break,
                    None => choices.push(ChoiceKey::plain(word, is_right)),
                }
            }
        }
        if is_both {
            return self.lose("it was left out: a word is to be marked in one place and not in another");
        }
        self.lose("words to be marked in a text became choices below it");
        let stem = self.stem(params, &format!("{}<p>{shown}</p>", words(params, &["taskDescription"])));
        let mut question =
            Question::new(stem, QuestionKey::Choices { choices, multiple: true, keep_order: true });
        self.say(&mut question, params);
        self.add(question);
    }

    /// Cards on which an answer is typed.
    pub fn flashcards(&mut self, params: &Value) {
        let about = words(params, &["description"]);
        let rule = TextRule { case: is_true(params, &["caseSensitive"]), accents: true, typos: false };
        for card in list(params, &["cards"]) {
            let image = card
                .get("image")
                .map(|file| self.picture(file, words(card, &["imageAltText"])))
                .unwrap_or_default();
            let html = format!("<p>{}</p>{}{image}", escape(about), words(card, &["text"]));
            let stem = self.text(&html);
            let accepted: Vec<TypedKey> = words(card, &["answer"])
                .split('/')
                .map(plain)
                .filter(|answer| !answer.is_empty())
                .take(limit::ACCEPTED_COUNT)
                .map(|answer| TypedKey::from(answer.as_str()))
                .collect();
            let mut question = Question::new(stem, QuestionKey::Typed { accepted, rule });
            self.hint(&mut question, vec![words(card, &["tip"]).to_owned()]);
            self.add(question);
        }
    }
}
