//! Writing items and packages of version 3: the frame around a question, its texts as XHTML, what is said to answers.

use super::attributes;
use super::content::{PLAIN, RICH};
use super::extras::{self, Extras};
use super::feedback::{REASON, VERDICT};
use super::package;
use super::write_key;
use crate::archive::ArchiveWriter;
use crate::{Export, Loss, MediaLookup, media};
use minnow_shared::question::{
    Behaviour, Feedback, Piece, Question, QuestionKey, Text, VOID_ELEMENTS, escape, pieces,
};
use std::collections::BTreeMap;

const ITEM_NAMESPACE: &str = "http://www.imsglobal.org/xsd/imsqtiasi_v3p0";
const ITEM_SCHEMA: &str = "https://purl.imsglobal.org/spec/qti/v3p0/schema/xsd/imsqti_asiv3p0p1_v1p0.xsd";
const PACKAGE_NAMESPACE: &str = "http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1";
const PACKAGE_SCHEMA: &str =
    "https://purl.imsglobal.org/spec/qti/v3p0/schema/xsd/imsqtiv3p0_imscpv1p2_v1p0.xsd";

/// An item while it is written.
pub struct Draft<'a> {
    pub responses: String,
    pub outcomes: String,
    pub body: String,
    pub processing: String,
    pub modal: String,
    pub extras: Extras,
    pub losses: Vec<String>,
    /// Full marks; none where people mark.
    pub most: Option<f64>,
    /// Names of the pictures met.
    pub pictures: BTreeMap<String, Vec<u8>>,
    pub media: MediaLookup<'a>,
    /// Pictures lie beside the item; otherwise they stand in it.
    is_packed: bool,
}

/// Writes a package with every question as an item, and a test that holds their order and categories.
pub fn write(questions: &[Question], media: MediaLookup<'_>) -> Export {
    let mut losses = Vec::new();
    let mut archive = ArchiveWriter::default();
    let mut items: Vec<(String, String)> = Vec::new();
    let mut resources = String::new();
    let mut pictures: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    let mut problem = None;
    for (place, question) in questions.iter().enumerate() {
        let identifier = format!("q-{:05}", place + 1);
        let (xml, draft) = item(question, &identifier, media, true);
        let name = item_name(question, place);
        losses.extend(draft.losses.iter().map(|reason| Loss {
            line: None,
            item: name.clone(),
            reason: reason.clone(),
        }));
        let Some(xml) = xml else { continue };
        let file = format!("items/{identifier}.xml");
        problem = problem.or(archive.add(&file, xml.as_bytes()).err());
        let needs: String = draft
            .pictures
            .keys()
            .map(|name| format!("<dependency identifierref=\"{}\"/>", picture_id(name)))
            .collect();
        resources.push_str(&format!(
            "<resource identifier=\"{identifier}\" type=\"imsqti_item_xmlv3p0\" href=\"{file}\"><file href=\"{file}\"/>{needs}</resource>\n"
        ));
        items.push((file, question.category.clone()));
        pictures.extend(draft.pictures);
    }
    for (name, bytes) in &pictures {
        problem = problem.or(archive.add(&format!("media/{name}"), bytes).err());
        resources.push_str(&format!(
            "<resource identifier=\"{}\" type=\"webcontent\" href=\"media/{name}\"><file href=\"media/{name}\"/></resource>\n",
            picture_id(name)
        ));
    }
    problem = problem.or(archive.add("test.xml", test(&items).as_bytes()).err());
    problem = problem.or(archive.add("imsmanifest.xml", manifest(&resources, &items).as_bytes()).err());
    let bytes = archive.finish().unwrap_or_else(|found| {
        problem = problem.take().or(Some(found));
        Vec::new()
    });
    losses.extend(problem.map(|found| Loss { line: None, item: String::new(), reason: found.to_string() }));
    Export { bytes, losses }
}

fn item_name(question: &Question, place: usize) -> String {
    let named = if question.name.is_empty() { question.stem.plain() } else { question.name.clone() };
    let named: String = named.chars().take(60).collect();
    if named.is_empty() { format!("question {}", place + 1) } else { named }
}

fn picture_id(name: &str) -> String {
    format!(
        "media-{}",
        name.replace(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_' && c != '.', "_")
    )
}

fn test(items: &[(String, String)]) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<qti-assessment-test xmlns=\"{ITEM_NAMESPACE}\" {} identifier=\"test\" title=\"\">\
         <qti-test-part identifier=\"part\" navigation-mode=\"nonlinear\" submission-mode=\"individual\">{}</qti-test-part></qti-assessment-test>\n",
        schema(ITEM_NAMESPACE, ITEM_SCHEMA),
        package::sections(items)
    )
}

fn schema(namespace: &str, location: &str) -> String {
    format!(
        "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:schemaLocation=\"{namespace} {location}\""
    )
}

fn manifest(resources: &str, items: &[(String, String)]) -> String {
    let stem = |file: &str| file.trim_start_matches("items/").trim_end_matches(".xml").to_owned();
    let needs: String =
        items.iter().map(|(file, _)| format!("<dependency identifierref=\"{}\"/>", stem(file))).collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<manifest xmlns=\"{PACKAGE_NAMESPACE}\" {} identifier=\"package\">\
         <metadata><schema>QTI Package</schema><schemaversion>3.0.0</schemaversion></metadata><organizations/><resources>\n\
         <resource identifier=\"test\" type=\"imsqti_test_xmlv3p0\" href=\"test.xml\"><file href=\"test.xml\"/>{needs}</resource>\n\
         {resources}</resources></manifest>\n",
        schema(PACKAGE_NAMESPACE, PACKAGE_SCHEMA)
    )
}

/// One question as an item on its own, pictures inside, and what it cannot say. `None`: nothing of it can be said.
pub fn item_xml(question: &Question, media: MediaLookup<'_>) -> (Option<String>, Vec<String>) {
    let (xml, draft) = item(question, "q-00001", media, false);
    (xml, draft.losses)
}

fn item<'a>(
    question: &Question,
    identifier: &str,
    media: MediaLookup<'a>,
    is_packed: bool,
) -> (Option<String>, Draft<'a>) {
    let mut draft = Draft {
        responses: String::new(),
        outcomes: String::new(),
        body: String::new(),
        processing: String::new(),
        modal: String::new(),
        extras: Extras::default(),
        losses: Vec::new(),
        most: Some(1.0),
        pictures: BTreeMap::new(),
        media,
        is_packed,
    };
    let stem = draft.held(&question.stem);
    draft.body = format!("<div class=\"minnow-stem\">{stem}</div>");
    if let Err(reason) = write_key::key(&mut draft, &question.key) {
        draft.losses.push(format!("it was left out: {reason}"));
        return (None, draft);
    }
    draft.say(question);
    draft.keep_extras(question);
    let title = attribute(&question.name);
    let score = match draft.most {
        Some(most) => format!(
            "<qti-outcome-declaration identifier=\"SCORE\" cardinality=\"single\" base-type=\"float\" normal-maximum=\"{most}\"><qti-default-value><qti-value>0</qti-value></qti-default-value></qti-outcome-declaration>\
             <qti-outcome-declaration identifier=\"MAXSCORE\" cardinality=\"single\" base-type=\"float\"><qti-default-value><qti-value>{most}</qti-value></qti-default-value></qti-outcome-declaration>"
        ),
        None => "<qti-outcome-declaration identifier=\"SCORE\" cardinality=\"single\" base-type=\"float\" external-scored=\"human\"/>".into(),
    };
    let processing = if draft.processing.is_empty() {
        String::new()
    } else {
        format!("<qti-response-processing>{}</qti-response-processing>\n", draft.processing)
    };
    let xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<qti-assessment-item xmlns=\"{ITEM_NAMESPACE}\" {} identifier=\"{identifier}\" title=\"{title}\" adaptive=\"false\" time-dependent=\"false\" tool-name=\"Minnow\">\n\
         {}\n{score}{}\n<qti-item-body>{}</qti-item-body>\n{processing}{}</qti-assessment-item>\n",
        schema(ITEM_NAMESPACE, ITEM_SCHEMA),
        draft.responses,
        draft.outcomes,
        draft.body,
        draft.modal
    );
    (Some(xml), draft)
}

impl Draft<'_> {
    /// A text, held so that it comes back as it was.
    pub fn held(&mut self, text: &Text) -> String {
        match text {
            Text::Plain(words) if is_simple(words) => words.clone(),
            Text::Plain(words) => {
                format!(
                    "<span class=\"{PLAIN}\">{}</span>",
                    legal(&escape(words)).replace('\n', "<br/>").replace('\r', "&#13;")
                )
            }
            Text::Rich { html } => format!("<div class=\"{RICH}\">{}</div>", self.xhtml(html)),
        }
    }

    /// A text where only words and what stands among them may be; other markup is kept beside it.
    pub fn inline(&mut self, identifier: &str, text: &Text) -> String {
        const INLINE: [&str; 13] =
            ["a", "b", "br", "code", "em", "i", "img", "s", "span", "strong", "sub", "sup", "u"];
        let Text::Rich { html } = text else { return self.held(text) };
        let is_inline = |piece: &Piece<'_>| match piece {
            Piece::Words(_) => true,
            Piece::Open { name, .. } | Piece::Close { name } => INLINE.contains(name),
        };
        if pieces(html).iter().all(is_inline) {
            return format!("<span class=\"{RICH}\">{}</span>", self.xhtml(html));
        }
        self.extras.words.insert(identifier.to_owned(), html.clone());
        self.losses.push(
            "paragraphs, lists and formulas in words to choose from: only Minnow reads them there".into(),
        );
        self.held(&Text::Plain(text.plain()))
    }

    fn xhtml(&mut self, html: &str) -> String {
        let mut out = String::with_capacity(html.len() + html.len() / 4);
        for piece in pieces(html) {
            match piece {
                Piece::Words(words) => out.push_str(&legal(&escape(&words)).replace('\r', "&#13;")),
                Piece::Open { name: "u", .. } => out.push_str("<span class=\"qti-underline\">"),
                Piece::Open { name: "s", .. } => out.push_str("<span class=\"minnow-strike\">"),
                Piece::Close { name: "u" | "s" } => out.push_str("</span>"),
                Piece::Open { name: "math", attributes } => {
                    let attributes = attributes::written("math", &legal(attributes));
                    out.push_str(&format!(
                        "<math xmlns=\"http://www.w3.org/1998/Math/MathML\" {attributes}>"
                    ));
                }
                Piece::Open { name, attributes } => {
                    let attributes = self.addressed(name, &attributes::written(name, &legal(attributes)));
                    let end = if VOID_ELEMENTS.contains(&name) { "/>" } else { ">" };
                    let space = if attributes.is_empty() { "" } else { " " };
                    out.push_str(&format!("<{name}{space}{attributes}{end}"));
                }
                Piece::Close { name } => out.push_str(&format!("</{name}>")),
            }
        }
        out
    }

    /// Addresses of pictures as the item names them.
    fn addressed(&mut self, name: &str, attributes: &str) -> String {
        if name != "img" {
            return attributes.to_owned();
        }
        let source = minnow_shared::question::attribute(attributes, "src").unwrap_or_default();
        let address = self.picture(&source);
        attributes.replace(&format!("src=\"{}\"", escape(&source)), &format!("src=\"{}\"", escape(&address)))
    }

    /// The address of a picture in the item; a loss where there is none.
    pub fn picture(&mut self, source: &str) -> String {
        let Some(name) = source.strip_prefix("media:") else { return source.to_owned() };
        let Some(bytes) = (self.media)(name) else {
            self.losses.push(format!("the picture `{name}` is not kept here any more"));
            return source.to_owned();
        };
        if !self.is_packed {
            return media::data_address(name, &bytes);
        }
        self.pictures.insert(name.to_owned(), bytes);
        format!("../media/{name}")
    }

    pub fn outcome(&mut self, identifier: &str, cardinality: &str, base: &str) {
        self.outcomes.push_str(&format!(
            "<qti-outcome-declaration identifier=\"{identifier}\" cardinality=\"{cardinality}\" base-type=\"{base}\"/>"
        ));
    }

    pub fn modal(&mut self, outcome: &str, identifier: &str, text: &Text) {
        let held = self.held(text);
        self.modal.push_str(&format!(
            "<qti-modal-feedback outcome-identifier=\"{outcome}\" identifier=\"{identifier}\" show-hide=\"show\"><qti-content-body><div>{held}</div></qti-content-body></qti-modal-feedback>\n"
        ));
    }

    /// What is said to every answer, and by how right it is.
    fn say(&mut self, question: &Question) {
        if !question.reason.is_empty() {
            self.outcome(REASON, "single", "identifier");
            self.processing.push_str(&set(REASON, &base("identifier", "reason")));
            self.modal(REASON, "reason", &question.reason);
        }
        let verdicts = &question.verdicts;
        let all = [("right", &verdicts.right), ("partly", &verdicts.partly), ("wrong", &verdicts.wrong)];
        if all.iter().all(|(_, text)| text.is_empty()) {
            return;
        }
        self.outcome(VERDICT, "single", "identifier");
        if let Some(most) = self.most {
            let score = "<qti-variable identifier=\"SCORE\"/>";
            let said = |identifier: &str| set(VERDICT, &base("identifier", identifier));
            // Thirds add up to a little less than the whole.
            let whole = base("float", &(most - 0.000_01).to_string());
            self.processing.push_str(&format!(
                "<qti-response-condition><qti-response-if><qti-gte>{score}{whole}</qti-gte>{}</qti-response-if>\
                 <qti-response-else-if><qti-gt>{score}{}</qti-gt>{}</qti-response-else-if>\
                 <qti-response-else>{}</qti-response-else></qti-response-condition>",
                said("right"),
                base("float", "0"),
                said("partly"),
                said("wrong")
            ));
        }
        for (identifier, text) in all {
            if !text.is_empty() {
                self.modal(VERDICT, identifier, text);
            }
        }
    }

    fn keep_extras(&mut self, question: &Question) {
        let extras = &mut self.extras;
        let is_title = question.name == question.name.split_whitespace().collect::<Vec<_>>().join(" ");
        extras.name = (!is_title).then(|| question.name.clone());
        extras.source_id.clone_from(&question.source_id);
        extras.tags.clone_from(&question.tags);
        if !self.is_packed || question.category.split('/').any(str::is_empty) {
            extras.category.clone_from(&question.category);
        }
        let behaviour = &question.behaviour;
        if *behaviour != Behaviour::default() {
            extras.behaviour = Some(behaviour.clone());
        }
        let json = serde_json::to_string(&self.extras).unwrap_or_default();
        self.outcomes.push_str(&format!(
            "<qti-outcome-declaration identifier=\"{}\" cardinality=\"single\" base-type=\"string\"><qti-default-value><qti-value>{}</qti-value></qti-default-value></qti-outcome-declaration>",
            extras::OUTCOME,
            legal(&escape(&json))
        ));
        let mut lose = |is_lost: bool, what: &str| {
            if is_lost {
                self.losses.push(format!("{what}: only Minnow reads it there"));
            }
        };
        lose(!question.tags.is_empty(), "its tags");
        lose(
            behaviour.tries > 1 || behaviour.penalty != minnow_shared::question::Credit::NONE,
            "several tries and what they cost",
        );
        lose(!behaviour.hints.is_empty(), "its hints");
        lose(behaviour.feedback == Feedback::Deferred, "that feedback comes at the end");
        lose(
            matches!(question.key, QuestionKey::FlashCard { .. }),
            "that it is a card (an open answer for others)",
        );
    }
}

/// Sets an outcome to what an expression gives.
pub fn set(outcome: &str, expression: &str) -> String {
    format!("<qti-set-outcome-value identifier=\"{outcome}\">{expression}</qti-set-outcome-value>")
}

pub fn base(kind: &str, value: &str) -> String {
    format!("<qti-base-value base-type=\"{kind}\">{}</qti-base-value>", legal(&escape(value)))
}

/// A value as it may stand in an attribute.
pub fn attribute(value: &str) -> String {
    legal(&escape(value)).replace('\n', "&#10;").replace('\r', "&#13;").replace('\t', "&#9;")
}

/// Words that read the same in any markup, and need no element around them.
fn is_simple(words: &str) -> bool {
    let plain = |letter: char| letter.is_alphanumeric() || " .,;:!?'()-".contains(letter);
    !words.is_empty() && words.trim() == words && !words.contains("  ") && words.chars().all(plain)
}

/// Signs no XML may have become the one for what cannot be shown.
fn legal(text: &str) -> String {
    let is_legal =
        |letter: char| !letter.is_control() || matches!(letter, '\n' | '\r' | '\t') || letter as u32 > 0x7e;
    let is_legal = |letter: char| is_legal(letter) && !matches!(letter, '\u{fffe}' | '\u{ffff}');
    if text.chars().all(is_legal) {
        return text.to_owned();
    }
    text.chars().map(|letter| if is_legal(letter) { letter } else { char::REPLACEMENT_CHARACTER }).collect()
}
