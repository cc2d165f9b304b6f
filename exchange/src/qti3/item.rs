//! An item as a question: which interactions it has, and which kind of question they make together.

use super::content::{self, Sink, html_of, html_of_node, is_blank_html};
use super::declarations::{self, Response};
use super::extras::{self, Extras};
use super::feedback::{self, Said};
use super::processing::Processing;
use super::xml::{self, Child, Node};
use super::{gaps, interactions};
use minnow_shared::limit;
use minnow_shared::question::{Question, QuestionKey, Text};
use std::cell::RefCell;
use std::collections::{BTreeMap, HashSet};

/// An item while it is read.
pub struct Item<'a> {
    pub root: &'a Node,
    pub body: &'a Node,
    pub responses: &'a BTreeMap<String, Response>,
    pub processing: Processing<'a>,
    pub said: Vec<Said<'a>>,
    /// Places in `said` that have found their part.
    pub used: RefCell<HashSet<usize>>,
    /// Outcomes that repeat a response, and which.
    pub mirrors: BTreeMap<String, String>,
    pub extras: Option<Extras>,
    /// Full marks, where the item says them.
    pub most: Option<f64>,
}

/// Why an item is no question: its line and the reason.
pub type Refused = (u32, String);

pub fn is_interaction(node: &Node) -> bool {
    (node.name.ends_with("-interaction") && node.name != "end-attempt-interaction")
        || node.name == "position-object-stage"
}

/// Reads an item.
///
/// # Errors
/// Why it is no question.
pub fn read(root: &Node, sink: &mut Sink<'_>) -> Result<Question, Refused> {
    let body = root.first("item-body").ok_or((root.line, "there is nothing to show in it".to_owned()))?;
    if let Some(node) = root.first("template-processing") {
        return Err((node.line, "its values are made at random each time".into()));
    }
    if let Some(node) = body.named("printed-variable").first() {
        return Err((node.line, "it shows values that are worked out".into()));
    }
    let responses = declarations::responses(root);
    let item = Item {
        root,
        body,
        responses: &responses,
        processing: Processing::of(root, &responses),
        said: feedback::all(root, body),
        used: RefCell::default(),
        mirrors: feedback::mirrors(root, &responses),
        extras: extras_of(root),
        most: declarations::most_said(root),
    };
    note_losses(root, body, sink);
    let found = body.below(&is_interaction);
    let (stem, key) = match found.as_slice() {
        [] => return Err((body.line, "it asks nothing: there is no interaction in it".into())),
        [only] => item.single(only, sink)?,
        several => item.cloze(several, sink)?,
    };
    Ok(item.question(stem, key, sink))
}

fn extras_of(root: &Node) -> Option<Extras> {
    let outcome = root.all("outcome-declaration").find(|node| node.get("identifier") == extras::OUTCOME)?;
    serde_json::from_str(&outcome.first("default-value")?.words()).ok()
}

/// What is in an item and in no question.
fn note_losses(root: &Node, body: &Node, sink: &mut Sink<'_>) {
    if root.get("adaptive") == "true" {
        sink.lose(root.line, "it is adaptive: only its first step is read");
    }
    const LOST: [(&str, &str); 10] = [
        ("stylesheet", "its style sheet"),
        ("audio", "a sound"),
        ("video", "a video"),
        ("end-attempt-interaction", "a button that ends a try or gives a hint"),
        ("include", "a file that is included"),
        ("info-control", "a part that opens on demand"),
        ("catalog-info", "support for accessibility beside the text"),
        ("template-block", "a part that is shown by chance"),
        ("template-inline", "a part that is shown by chance"),
        ("template-declaration", "variables for random values"),
    ];
    let is_lost = |node: &Node| LOST.iter().any(|(name, _)| node.name == *name);
    for node in root.below(&is_lost) {
        if let Some((_, what)) = LOST.iter().find(|(name, _)| node.name == *name) {
            sink.lose(node.line, format!("{what} was left out"));
        }
    }
    for node in body.below(&|node| node.name == "object" && !content::is_picture(node)) {
        sink.lose(node.line, format!("an object ({}) was left out", node.get("type")));
    }
    for node in body.named("rubric-block") {
        if !is_for_learners(node) && !node.has_class(SAMPLE) {
            sink.lose(node.line, format!("a note for {} was left out", node.get("view")));
        }
    }
}

/// On the rubric that holds a sample answer.
pub const SAMPLE: &str = "minnow-sample";

fn is_for_learners(rubric: &Node) -> bool {
    let view = rubric.get("view");
    view.is_empty() || view.split_whitespace().any(|who| who == "candidate")
}

/// What stands in the place of elements that are no content.
pub fn mark_static(node: &Node) -> Option<String> {
    const LEFT_OUT: [&str; 12] = [
        "feedback-block",
        "feedback-inline",
        "template-block",
        "template-inline",
        "stylesheet",
        "catalog-info",
        "info-control",
        "audio",
        "video",
        "include",
        "end-attempt-interaction",
        "printed-variable",
    ];
    let inside = || Some(html_of(&node.children, &mark_static));
    match node.name.as_str() {
        name if LEFT_OUT.contains(&name) => Some(String::new()),
        "rubric-block" if !is_for_learners(node) => Some(String::new()),
        "hottext" => inside(),
        _ => None,
    }
}

/// As [`mark_static`], with nothing but their prompts in the place of interactions.
pub fn mark_stem(node: &Node) -> Option<String> {
    if node.name == "hottext-interaction" {
        return Some(html_of(&node.children, &mark_static));
    }
    if is_interaction(node) {
        let prompt = node.first("prompt").map(|prompt| html_of_node(prompt, &mark_static));
        return Some(prompt.unwrap_or_default());
    }
    mark_static(node)
}

impl Item<'_> {
    /// The text of a word to choose; what it could not say in its place is kept beside it.
    pub fn inline(&self, identifier: &str, node: &Node, sink: &mut Sink<'_>) -> Text {
        match self.extras.as_ref().and_then(|extras| extras.words.get(identifier)) {
            Some(html) => content::cleaned(html, node.line, sink),
            None => content::text(&node.children, &mark_static, node.line, sink),
        }
    }

    fn single(&self, node: &Node, sink: &mut Sink<'_>) -> Result<(Text, QuestionKey), Refused> {
        match node.name.as_str() {
            "text-entry-interaction" if self.has_words_after(node) => self.cloze(&[node], sink),
            "inline-choice-interaction" | "gap-match-interaction" => self.cloze(&[node], sink),
            _ => {
                let stem = self.stem(sink);
                let key = interactions::key(self, node, sink)?;
                Ok((stem, key))
            }
        }
    }

    /// Everything that is shown, without what is answered; the title where nothing is.
    fn stem(&self, sink: &mut Sink<'_>) -> Text {
        let shown = content::text(&self.body.children, &mark_stem, self.body.line, sink);
        self.or_title(self.with_stimulus(shown, sink))
    }

    fn or_title(&self, text: Text) -> Text {
        if text.is_empty() { Text::Plain(self.root.get("title").to_owned()) } else { text }
    }

    /// The shared text the item points to comes first.
    fn with_stimulus(&self, stem: Text, sink: &mut Sink<'_>) -> Text {
        let mut html = String::new();
        for node in self.root.named("assessment-stimulus-ref") {
            let found = (sink.find)(node.get("href"));
            let parsed = found.and_then(|bytes| xml::parse(&crate::encoding::text(&bytes).ok()?).ok());
            match parsed.as_ref().and_then(|root| root.named("stimulus-body").first().copied()) {
                Some(body) => html.push_str(&html_of(&body.children, &mark_static)),
                None => sink.lose(node.line, "the text it shares with other items is not in the file"),
            }
        }
        if html.is_empty() {
            return stem;
        }
        content::cleaned(&format!("{html}<p>{}</p>", stem.html()), self.root.line, sink)
    }

    fn has_words_after(&self, node: &Node) -> bool {
        const HERE: &str = "\u{f8ff}";
        let mark =
            |other: &Node| if std::ptr::eq(other, node) { Some(HERE.to_owned()) } else { mark_static(other) };
        let html = html_of(&self.body.children, &mark);
        let after = html.split_once(HERE).map(|(_, after)| after).unwrap_or_default();
        !is_blank_html(after)
    }

    /// A text with gaps, from interactions that stand in it.
    fn cloze(&self, found: &[&Node], sink: &mut Sink<'_>) -> Result<(Text, QuestionKey), Refused> {
        let filled = gaps::read(self, found, sink)?;
        let mark = |node: &Node| filled.mark(node);
        let has_gap = |child: &Child| matches!(child, Child::Element(node) if is_interaction(node) || !node.below(&is_interaction).is_empty());
        // A wrapper around everything would leave no stem.
        let mut all = self.body.children.as_slice();
        while let Some(inner) = only_div(all) {
            all = inner;
        }
        let first = all.iter().position(has_gap).unwrap_or(0);
        let (before, rest) = all.split_at(first.min(all.len()));
        let line = self.body.line;
        let mut stem = content::text(before, &mark_static, line, sink);
        let body = match found {
            [node] if node.name == "gap-match-interaction" => {
                if stem.is_empty()
                    && let Some(prompt) = node.first("prompt")
                {
                    stem = content::text(&prompt.children, &mark_static, prompt.line, sink);
                }
                let inside: Vec<Child> =
                    node.children.iter().filter(|child| !filled.is_bank(child)).cloned().collect();
                content::text(&inside, &mark, node.line, sink)
            }
            _ => content::text(rest, &mark, line, sink),
        };
        let stem = self.or_title(self.with_stimulus(stem, sink));
        Ok((stem, QuestionKey::Cloze { body, gaps: filled.gaps, bank: filled.bank }))
    }

    fn question(&self, stem: Text, key: QuestionKey, sink: &mut Sink<'_>) -> Question {
        let mut question = Question::new(stem, key);
        let title = self.root.get("title").split_whitespace().collect::<Vec<_>>().join(" ");
        question.name = title.chars().take(limit::QUESTION_NAME).collect();
        question.source_id = self.root.get("identifier").chars().take(limit::SOURCE_ID).collect();
        feedback::assign(self, &mut question, sink);
        if let Some(extras) = &self.extras {
            if let Some(name) = &extras.name {
                question.name.clone_from(name);
            }
            question.source_id.clone_from(&extras.source_id);
            question.category.clone_from(&extras.category);
            question.tags.clone_from(&extras.tags);
            question.behaviour = extras.behaviour.clone().unwrap_or_default();
            // What travelled as it was is a stranger's all the same.
            for hint in &mut question.behaviour.hints {
                if let Text::Rich { html } = hint {
                    *hint = content::cleaned(html, self.root.line, sink);
                }
            }
        }
        question
    }
}

/// The content of a division that is everything there is.
fn only_div(children: &[Child]) -> Option<&[Child]> {
    let is_blank = |child: &&Child| matches!(child, Child::Words(words) if words.trim().is_empty());
    let mut parts = children.iter().filter(|child| !is_blank(child));
    match (parts.next(), parts.next()) {
        (Some(Child::Element(node)), None)
            if node.name == "div" && !node.has_class(content::PLAIN) && !node.has_class(content::RICH) =>
        {
            Some(&node.children)
        }
        _ => None,
    }
}
