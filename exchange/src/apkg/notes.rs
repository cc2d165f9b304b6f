//! Notes as questions, by the templates of their types.

use super::cloze;
use super::collection::{Collection, Note, NoteType, Template};
use super::package::Media;
use super::template::{self, Fields, Side, words};
use crate::archive::Archive;
use crate::{Loss, Pictures, markup, texts};
use minnow_shared::limit;
use minnow_shared::question::{Fill, GapKey, Question, QuestionKey, Text, TextRule, TypedKey, unescape};
use std::cell::RefCell;

/// The field our own notes carry their question in.
pub const FIELD: &str = "Minnow";

/// What has been read so far.
pub struct Reading<'r, 'a> {
    pub questions: Vec<Question>,
    pub losses: Vec<Loss>,
    pub pictures: Pictures,
    pub media: Media,
    /// So many bytes of templates may still be worked out.
    pub left_bytes: usize,
    pub archive: &'r mut Archive<'a>,
}

impl Reading<'_, '_> {
    fn lose(&mut self, item: &str, reason: impl Into<String>) {
        let loss = Loss { line: None, item: item.to_owned(), reason: reason.into() };
        if self.losses.last() != Some(&loss) {
            self.losses.push(loss);
        }
    }

    /// The address of a picture: its name in the package, with `media:` before it in our own notes.
    fn resolve(&mut self, address: &str) -> Result<String, String> {
        let name = address.strip_prefix("media:").unwrap_or(address);
        match self.media.find(self.archive, name) {
            Some(bytes) => self.pictures.keep(name, bytes),
            None if address.starts_with("media:") => Err("it is not in the package".into()),
            None => self.pictures.resolve(address),
        }
    }

    fn text(&mut self, item: &str, html: &str) -> Text {
        let html = self.without_sounds(item, html);
        let (text, losses) = markup::from_html(&html, &mut |address| self.resolve(address));
        for reason in losses {
            self.lose(item, reason);
        }
        text
    }

    /// Anki's own marks: sounds go, LaTeX becomes what formulas are written in here.
    fn without_sounds(&mut self, item: &str, html: &str) -> String {
        let html =
            html.replace("[$$]", "\\[").replace("[/$$]", "\\]").replace("[$]", "\\(").replace("[/$]", "\\)");
        let mut out = String::with_capacity(html.len());
        let mut rest = html.as_str();
        while let Some((before, after)) = rest.split_once("[sound:") {
            out.push_str(before);
            match after.split_once(']') {
                Some((name, tail)) => {
                    let name: String = name.chars().take(60).collect();
                    self.lose(item, format!("the sound {name} was left out"));
                    rest = tail;
                }
                None => rest = after,
            }
        }
        out.push_str(rest);
        if out.contains("[latex]") {
            self.lose(item, "LaTeX that is more than a formula stays as it is written");
        }
        out
    }

    /// Reads a note: one question, or one for each of its templates.
    pub fn note(&mut self, note: &Note, collection: &Collection) {
        if self.left_bytes == 0 {
            return self.lose("", "the rest was left out: its templates are too long for so many notes");
        }
        let item = item_of(note);
        let Some(of) = collection.types.get(&note.type_id) else {
            return self.lose(&item, "it was left out: its type is not in the package");
        };
        let cost = |template: &Template| template.front.len() + template.back.len();
        let fields: usize = note.fields.iter().map(String::len).sum();
        let cost: usize = of.templates.iter().map(|template| cost(template) + fields).sum();
        self.left_bytes = self.left_bytes.saturating_sub(cost);
        if let Some(question) = self.whole_question(&item, note, of) {
            return texts::admit(question, None, &mut self.questions, &mut self.losses);
        }
        if of.is_occlusion || of.name.contains("Image Occlusion") {
            return self
                .lose(&item, "it was left out: parts of a picture are hidden there (image occlusion)");
        }
        let deck = collection.decks.get(&note.deck_id).map(String::as_str).unwrap_or_default();
        let before = self.questions.len();
        if of.is_cloze {
            self.cloze(&item, note, of, deck);
        } else {
            self.cards(&item, note, of);
        }
        let category = if deck == "Default" {
            String::new()
        } else {
            deck.split("::").map(|part| part.replace('/', " ")).collect::<Vec<_>>().join("/")
        };
        let mut tags: Vec<String> =
            note.tags.iter().map(|tag| tag.chars().take(limit::TAG).collect()).collect();
        if tags.len() > limit::TAGS {
            self.lose(&item, format!("tags after the first {} were left out", limit::TAGS));
            tags.truncate(limit::TAGS);
        }
        for (place, question) in self.questions.iter_mut().skip(before).enumerate() {
            question.tags.clone_from(&tags);
            question.category = category.chars().take(limit::CATEGORY).collect();
            let number = if place == 0 { String::new() } else { format!("-{}", place + 1) };
            question.source_id =
                note.guid.chars().take(limit::SOURCE_ID - number.len()).chain(number.chars()).collect();
        }
    }

    /// The question a note of ours carries, its texts cleaned like everybody's.
    fn whole_question(&mut self, item: &str, note: &Note, of: &NoteType) -> Option<Question> {
        let place = of.fields.iter().position(|name| name == FIELD)?;
        let json = note.fields.get(place).filter(|json| !json.trim().is_empty())?;
        let json = if json.contains('<') { words(json) } else { unescape(json) };
        let Ok(mut question) = serde_json::from_str::<Question>(&json) else {
            self.lose(item, "what Minnow keeps in it is broken: it is read as any card");
            return None;
        };
        question.key.drop_ids();
        let mut losses = Vec::new();
        texts::for_each(&mut question, &mut |text| {
            if let Text::Rich { html } = text {
                let (clean, lost) = markup::from_html(html, &mut |address| self.resolve(address));
                *text = clean;
                losses.extend(lost);
            }
        });
        if let QuestionKey::Hotspot { picture, .. } = &mut question.key {
            match self.resolve(&picture.source.clone()) {
                Ok(source) => picture.source = source,
                Err(reason) => losses.push(format!("its picture: {reason}")),
            }
        }
        for reason in losses {
            self.lose(item, reason);
        }
        Some(question)
    }

    /// A note with gaps is one question, however many cards it makes: a clip asks it once, and its gaps are graded one
    /// by one there.
    fn cloze(&mut self, item: &str, note: &Note, of: &NoteType, deck: &str) {
        let Some(shape) = of.templates.first() else {
            return self.lose(item, "it was left out: its type has no template");
        };
        let fields = fields_of(note, of);
        let marked = RefCell::new(cloze::Marked::default());
        let front = template::render(&shape.front, &fields, &|value| {
            let mut all = marked.borrow_mut();
            let found = cloze::mark(value, all.gaps.len());
            all.gaps.extend(found.gaps);
            all.has_nested |= found.has_nested;
            found.html
        });
        let back = template::render(&without_front(&shape.back), &fields, &|_| String::new());
        let marked = marked.into_inner();
        if marked.gaps.is_empty() {
            return self.lose(item, "it was left out: it has no gap");
        }
        if marked.has_nested {
            self.lose(item, "of gaps in one another only the inner one is asked");
        }
        let rule = TextRule { case: false, accents: true, typos: false };
        let gap = |gap: cloze::Gap| GapKey {
            fill: Fill::Typing { accepted: vec![TypedKey::from(gap.answer.as_str())], rule },
            weight: 1,
        };
        let gaps = marked.gaps.into_iter().map(gap).collect();
        let body = self.text(item, &front.html);
        let about = deck.rsplit("::").next().unwrap_or_default();
        let stem = [about, of.name.as_str(), "Cloze"]
            .into_iter()
            .find(|name| !name.is_empty() && *name != "Default");
        let mut question =
            Question::new(stem.unwrap_or_default(), QuestionKey::Cloze { body, gaps, bank: Vec::new() });
        question.reason = self.text(item, without_rule(&back.html));
        self.hint(item, &mut question, &front);
        texts::admit(question, None, &mut self.questions, &mut self.losses);
    }

    fn cards(&mut self, item: &str, note: &Note, of: &NoteType) {
        let fields = fields_of(note, of);
        let mut is_any = false;
        for (place, shape) in of.templates.iter().enumerate() {
            let has_card = note.cards.is_empty() || note.cards.iter().any(|ord| *ord as usize == place);
            if !has_card {
                continue;
            }
            let front = template::render(&shape.front, &fields, &str::to_owned);
            let is_blank = words(&front.html).trim().is_empty() && !front.html.contains("<img");
            // Anki makes no card of an empty front.
            if is_blank && front.typed.is_empty() {
                continue;
            }
            is_any = true;
            self.card(item, shape, &fields, &front);
        }
        if !is_any {
            self.lose(item, "it was left out: its front is empty");
        }
    }

    fn card(&mut self, item: &str, shape: &Template, fields: &Fields<'_>, front: &Side) {
        let stem = self.text(item, &front.html);
        let back = template::render(&without_front(&shape.back), fields, &str::to_owned);
        let back = self.text(item, without_rule(&back.html));
        let mut question = match front.typed.first() {
            Some(name) => {
                let answer = words(fields.get(name.as_str()).copied().unwrap_or_default());
                let answer = answer.split_whitespace().collect::<Vec<_>>().join(" ");
                let accepted = vec![TypedKey::from(answer.as_str())];
                let rule = TextRule { case: false, accents: true, typos: false };
                let mut question = Question::new(stem, QuestionKey::Typed { accepted, rule });
                question.reason = back;
                question
            }
            None => Question::new(stem, QuestionKey::FlashCard { back }),
        };
        self.hint(item, &mut question, front);
        texts::admit(question, None, &mut self.questions, &mut self.losses);
    }

    fn hint(&mut self, item: &str, question: &mut Question, front: &Side) {
        let hints: Vec<Text> =
            front.hints.iter().take(limit::HINTS).map(|hint| self.text(item, hint)).collect();
        if !hints.is_empty() {
            question.behaviour.hints = hints;
            question.behaviour.tries = 2;
        }
    }
}

fn item_of(note: &Note) -> String {
    let first = note.fields.iter().map(|field| words(field)).find(|field| !field.trim().is_empty());
    texts::first_words(&first.unwrap_or_else(|| note.guid.clone()))
}

fn fields_of<'n>(note: &'n Note, of: &'n NoteType) -> Fields<'n> {
    of.fields.iter().map(String::as_str).zip(note.fields.iter().map(String::as_str)).collect()
}

/// The back without the front, which is asked before it.
fn without_front(back: &str) -> String {
    back.replace("{{FrontSide}}", "").replace("{{ FrontSide }}", "")
}

/// A side without the line Anki draws above it, and without breaks at its start.
pub fn without_rule(side: &str) -> &str {
    let mut rest = side.trim();
    while rest.starts_with("<hr") || rest.starts_with("<br") {
        let Some((_, after)) = rest.split_once('>') else { break };
        rest = after.trim_start();
    }
    rest
}
