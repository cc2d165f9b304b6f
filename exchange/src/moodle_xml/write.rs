//! Writes questions as Moodle's XML, and tells what it cannot say. What Moodle would lose stands in full in an element of
//! our own, which Moodle passes over: read by us, every question is as it was.

use super::{cloze, read_text};
use crate::media::base64_text;
use crate::moodle::{self, TYPING};
use crate::{Export, Loss, MediaLookup, markup, texts};
use minnow_shared::limit;
use minnow_shared::question::{
    Behaviour, ChoiceKey, Credit, Fill, GapKey, NumberKey, NumberRange, PairKey, PartKey, Question,
    QuestionKey, Text, TextRule, TypedKey, UnitKey, Verdicts, escape,
};

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<quiz>\n";
const TAIL: &str = "</quiz>\n";

/// Writes a file.
pub fn write(questions: &[Question], media: MediaLookup<'_>) -> Export {
    let mut out = HEAD.to_owned();
    let mut losses = Vec::new();
    let mut category = String::new();
    for question in questions {
        let mut question = question.clone();
        question.key.drop_ids();
        let mut writer = Writer { out: String::new(), lost: Vec::new(), media };
        let heading = heading(&question.category);
        if writer.question(&question) {
            if question.category != category {
                out.push_str(&heading);
                category.clone_from(&question.category);
            }
            let close = |inside: &str| format!("{inside}  </question>\n");
            let back = read_text(&format!("{HEAD}{heading}{}{TAIL}", close(&writer.out))).questions;
            if back != [question.clone()] {
                if writer.lost.is_empty() {
                    writer.lost.push("something in it is not said in Moodle's words".into());
                }
                writer.ours(&question);
            }
            out.push_str(&close(&writer.out));
        }
        let label = texts::label(&question);
        losses.extend(writer.lost.into_iter().map(|reason| Loss { line: None, item: label.clone(), reason }));
    }
    out.push_str(TAIL);
    Export { bytes: out.into_bytes(), losses }
}

fn heading(category: &str) -> String {
    let path = xml(&moodle::path(category));
    format!(
        "  <question type=\"category\">\n    <category>\n      <text>{path}</text>\n    </category>\n  </question>\n"
    )
}

/// Words for XML; signs it cannot hold are left out.
fn xml(text: &str) -> String {
    let kept: String = text.chars().filter(|c| *c >= ' ' || matches!(c, '\n' | '\t' | '\r')).collect();
    escape(&kept).replace('\r', "&#13;")
}

/// Markup for XML, readable.
fn cdata(html: &str) -> String {
    let kept: String = html.chars().filter(|c| *c >= ' ' || matches!(c, '\n' | '\t')).collect();
    format!("<![CDATA[{}]]>", kept.replace("]]>", "]]]]><![CDATA[>"))
}

/// Value and tolerance as Moodle has them; `None` for any number.
pub fn tolerance(range: NumberRange, lost: &mut Vec<String>) -> Option<(f64, f64)> {
    match range {
        NumberRange::Tolerance { value, tolerance } => Some((value, tolerance)),
        NumberRange::Share { value, share } => {
            lost.push("a tolerance that is a share of the value is written as a number".into());
            Some((value, (value * share).abs()))
        }
        NumberRange::Bounds { low, high } => {
            let value = low + (high - low) / 2.0;
            Some((value, (high - low) / 2.0))
        }
        NumberRange::Any => None,
    }
}

struct Writer<'m> {
    out: String,
    lost: Vec<String>,
    media: MediaLookup<'m>,
}

impl Writer<'_> {
    fn lose(&mut self, reason: &str) {
        self.lost.push(reason.to_owned());
    }

    fn put(&mut self, name: &str, value: impl std::fmt::Display) {
        self.out.push_str(&format!("    <{name}>{value}</{name}>\n"));
    }

    /// HTML for Moodle, and the files it shows.
    fn html(&mut self, text: &Text) -> (String, String) {
        let mut files = String::new();
        let mut lost = Vec::new();
        let media = self.media;
        let html = markup::to_html(text, &mut |name| match media(name) {
            Some(bytes) => {
                let file = format!(
                    "<file name=\"{name}\" path=\"/\" encoding=\"base64\">{}</file>",
                    base64_text(&bytes)
                );
                if !files.contains(&file) {
                    files.push_str(&file);
                }
                format!("@@PLUGINFILE@@/{name}")
            }
            None => {
                lost.push(format!("the picture {name} is not there"));
                format!("media:{name}")
            }
        });
        self.lost.extend(lost);
        (html, files)
    }

    /// The format, text and files of an element.
    fn inside(&mut self, text: &Text) -> (&'static str, String) {
        match text {
            Text::Plain(words) if words.is_empty() => ("html", "<text></text>".to_owned()),
            Text::Plain(words) => ("plain_text", format!("<text>{}</text>", xml(words))),
            Text::Rich { .. } => {
                let (html, files) = self.html(text);
                ("html", format!("<text>{}</text>{files}", cdata(&html)))
            }
        }
    }

    fn text(&mut self, name: &str, text: &Text) {
        let (format, inside) = self.inside(text);
        self.out.push_str(&format!("    <{name} format=\"{format}\">{inside}</{name}>\n"));
    }

    fn answer(&mut self, credit: Credit, text: &Text, reason: &Text, more: &str) {
        let (format, inside) = self.inside(text);
        self.out.push_str(&format!(
            "    <answer fraction=\"{}\" format=\"{format}\">{inside}{more}",
            credit.percent()
        ));
        self.out.push('\n');
        self.text("feedback", reason);
        self.out.push_str("    </answer>\n");
    }

    /// Whether it was written at all.
    fn question(&mut self, question: &Question) -> bool {
        let Some(kind) = kind(&question.key) else {
            self.lose(
                "Moodle's XML has no places on a picture with words of their own: the question is left out",
            );
            return false;
        };
        self.out.push_str(&format!("  <question type=\"{kind}\">\n"));
        self.out.push_str(&format!("    <name><text>{}</text></name>\n", xml(&question.name)));
        let body = match &question.key {
            QuestionKey::Cloze { body, gaps, bank } => match self.body(question, body, gaps, bank) {
                Some(body) => body,
                None => {
                    self.lose("gaps of different kinds in one text: the question is left out");
                    return false;
                }
            },
            _ => {
                let (format, inside) = self.inside(&question.stem);
                format!("    <questiontext format=\"{format}\">{inside}</questiontext>\n")
            }
        };
        self.out.push_str(&body);
        self.text("generalfeedback", &question.reason);
        self.around(question);
        self.key(&question.key);
        true
    }

    fn around(&mut self, question: &Question) {
        let Behaviour { hints, penalty, tries, .. } = &question.behaviour;
        self.put("defaultgrade", 1);
        let penalty = if hints.is_empty() { 1.0 / 3.0 } else { penalty.share() };
        self.put("penalty", format_args!("{penalty:.7}"));
        self.put("hidden", 0);
        if !question.source_id.is_empty() {
            self.put("idnumber", xml(&question.source_id));
        }
        for hint in hints {
            self.text("hint", hint);
        }
        let said = Behaviour {
            hints: hints.clone(),
            tries: if hints.is_empty() {
                1
            } else {
                u8::try_from(hints.len() + 1).unwrap_or(u8::MAX).min(limit::TRIES as u8)
            },
            penalty: if hints.is_empty() { Credit::NONE } else { question.behaviour.penalty },
            ..Behaviour::default()
        };
        if said != question.behaviour {
            let _ = tries;
            self.lose("how it is asked (tries, penalty, when feedback comes, certainty) is a matter of the quiz in Moodle");
        }
        if question.verdicts != Verdicts::default() {
            self.text("correctfeedback", &question.verdicts.right);
            self.text("partiallycorrectfeedback", &question.verdicts.partly);
            self.text("incorrectfeedback", &question.verdicts.wrong);
            let has_place = matches!(
                question.key,
                QuestionKey::Choices { .. }
                    | QuestionKey::Matching { .. }
                    | QuestionKey::Categorising { .. }
                    | QuestionKey::Ordering { .. }
                    | QuestionKey::Cloze { .. }
            );
            if !has_place {
                self.lose("Moodle says nothing to every right or wrong answer of this kind");
            }
        }
        if !question.tags.is_empty() {
            let tags: String =
                question.tags.iter().map(|tag| format!("<tag><text>{}</text></tag>", xml(tag))).collect();
            self.put("tags", tags);
        }
    }

    /// The text of a cloze, gaps said in Moodle's way.
    fn body(
        &mut self,
        question: &Question,
        body: &Text,
        gaps: &[GapKey],
        bank: &[PartKey],
    ) -> Option<String> {
        let asked = Text::from(if question.name.is_empty() { "…" } else { question.name.as_str() });
        let stem = if question.stem == asked {
            None
        } else {
            self.lose("what is asked stands before the text in Moodle");
            Some(self.html(&question.stem))
        };
        let is_dragged = is_dragged(gaps);
        if !is_dragged && !bank.is_empty() {
            self.lose("words beside the gaps have no place in Moodle");
        }
        let (mut html, mut files) = self.html(body);
        for (index, gap) in gaps.iter().enumerate() {
            let said = match &gap.fill {
                Fill::Dragging { right } if is_dragged => {
                    if right.len() != 1 || gap.weight != 1 {
                        self.lose("a gap has one right word and the weight of every other in Moodle");
                    }
                    format!("[[{}]]", u32::from(*right.first()?) + 1)
                }
                Fill::Dragging { .. } => return None,
                _ => {
                    let mut lost = Vec::new();
                    let mut more = String::new();
                    let mut html = |text: &Text| {
                        let (html, files) = self.html(text);
                        more.push_str(&files);
                        html
                    };
                    let said = cloze::write(gap, &mut html, &mut lost)?;
                    files.push_str(&more);
                    self.lost.extend(lost);
                    said
                }
            };
            // A mark that cannot be taken for another while marks are replaced by marks.
            html = html.replacen(&format!("[[{}]]", index + 1), &said.replace("[[", "[\u{1}["), 1);
        }
        html = html.replace("[\u{1}[", "[[");
        if let Some((stem, more)) = stem {
            html = format!("<p>{stem}</p>\n{html}");
            files.push_str(&more);
        }
        Some(format!(
            "    <questiontext format=\"html\"><text>{}</text>{files}</questiontext>\n",
            cdata(&html)
        ))
    }

    fn key(&mut self, key: &QuestionKey) {
        match key {
            QuestionKey::Choices { choices, multiple, keep_order } => {
                self.choices(choices, *multiple, *keep_order)
            }
            QuestionKey::TrueFalse { is_true, reason_true, reason_false } => {
                for (says, reason) in [(true, reason_true), (false, reason_false)] {
                    let credit = if says == *is_true { Credit::FULL } else { Credit::NONE };
                    self.answer(credit, &Text::from(if says { "true" } else { "false" }), reason, "");
                }
            }
            QuestionKey::Numeric { accepted, units, unit_required } => {
                self.numeric(accepted, units, *unit_required)
            }
            QuestionKey::Typed { accepted, rule } => self.typed(accepted, *rule),
            QuestionKey::Matching { pairs, extra, keep_order } => self.matching(pairs, extra, *keep_order),
            QuestionKey::Categorising { categories, items, keep_order } => {
                self.lose("Moodle has no sorting into categories: written as matching");
                let home = |places: &[u16]| {
                    let place = places.first().map_or(usize::MAX, |place| usize::from(*place));
                    categories.get(place).map(|home| home.text.clone()).unwrap_or_default()
                };
                let pair = |left: &Text, right: Text| PairKey {
                    id: None,
                    left: left.clone(),
                    right_id: None,
                    right,
                };
                let pairs: Vec<PairKey> =
                    items.iter().map(|item| pair(&item.text, home(&item.categories))).collect();
                self.matching(&pairs, &[], *keep_order);
            }
            QuestionKey::Ordering { items } => {
                self.put("layouttype", "VERTICAL");
                self.put("selecttype", "ALL");
                self.put("gradingtype", "LONGEST_ORDERED_SUBSET");
                for (index, item) in items.iter().enumerate() {
                    let (format, inside) = self.inside(&item.text);
                    let place = index + 1;
                    self.out.push_str(&format!(
                        "    <answer fraction=\"{place}\" format=\"{format}\">{inside}</answer>\n"
                    ));
                }
            }
            QuestionKey::Cloze { gaps, bank, .. } => {
                if is_dragged(gaps) {
                    self.put("shuffleanswers", 1);
                    for word in bank {
                        let (format, inside) = self.inside(&word.text);
                        self.out.push_str(&format!(
                            "    <dragbox format=\"{format}\">{inside}<group>1</group></dragbox>\n"
                        ));
                    }
                }
            }
            QuestionKey::FlashCard { back } => {
                self.lose("Moodle has no flash cards: written as an essay");
                self.text("graderinfo", back);
            }
            QuestionKey::Open { sample, words_min, words_max } => {
                self.put("responseformat", "editor");
                self.text("graderinfo", sample);
                for (name, count) in [("minwordlimit", words_min), ("maxwordlimit", words_max)] {
                    if *count > 0 {
                        self.put(name, count);
                    }
                }
            }
            // Left out before.
            QuestionKey::Hotspot { .. } => {}
        }
    }

    fn choices(&mut self, choices: &[ChoiceKey], multiple: bool, keep_order: bool) {
        self.put("single", !multiple);
        self.put("shuffleanswers", !keep_order);
        self.put("answernumbering", "abc");
        let right = choices.iter().filter(|choice| choice.is_right).count();
        for choice in choices {
            let credit = if multiple { moodle::share(choice, right) } else { cloze::single_credit(choice) };
            self.answer(credit, &choice.text, &choice.reason, "");
        }
    }

    fn typed(&mut self, accepted: &[TypedKey], rule: TextRule) {
        self.put("usecase", i32::from(rule.case));
        if (TextRule { case: false, ..rule }) != TYPING {
            self.lose("Moodle compares accents and forgives no slip in typed answers");
        }
        for key in accepted {
            self.answer(
                key.credit,
                &Text::Plain(moodle::unpattern(&key.text, key.is_pattern)),
                &key.reason,
                "",
            );
        }
    }

    fn numeric(&mut self, accepted: &[NumberKey], units: &[UnitKey], unit_required: bool) {
        for key in accepted {
            let mut lost = Vec::new();
            let (words, more) = match tolerance(key.range, &mut lost) {
                Some((value, tolerance)) => {
                    (value.to_string(), format!("<tolerance>{tolerance}</tolerance>"))
                }
                None => ("*".to_owned(), String::new()),
            };
            self.lost.extend(lost);
            self.answer(key.credit, &Text::Plain(words), &key.reason, &more);
        }
        if !units.is_empty() {
            let unit = |unit: &UnitKey| {
                format!(
                    "<unit><multiplier>{}</multiplier><unit_name>{}</unit_name></unit>",
                    unit.per_first,
                    xml(&unit.text)
                )
            };
            let units: String = units.iter().map(unit).collect();
            self.put("units", units);
        }
        self.put("unitgradingtype", i32::from(unit_required));
        self.put("unitpenalty", "1.0000000");
        self.put("showunits", if units.is_empty() { 3 } else { 0 });
    }

    fn matching(&mut self, pairs: &[PairKey], extra: &[PartKey], keep_order: bool) {
        self.put("shuffleanswers", !keep_order);
        let nothing = Text::default();
        let sides = pairs
            .iter()
            .map(|pair| (&pair.left, &pair.right))
            .chain(extra.iter().map(|part| (&nothing, &part.text)));
        for (left, right) in sides {
            if matches!(right, Text::Rich { .. }) {
                self.lose("right sides have no markup in Moodle");
            }
            let (format, inside) = self.inside(left);
            let right = xml(&right.plain());
            self.out.push_str(&format!(
                "    <subquestion format=\"{format}\">{inside}<answer><text>{right}</text></answer></subquestion>\n"
            ));
        }
    }

    /// The question in full, for ourselves.
    fn ours(&mut self, question: &Question) {
        match serde_json::to_string(question) {
            Ok(json) => self.put("minnow", cdata(&json)),
            Err(error) => self.lost.push(error.to_string()),
        }
    }
}

fn is_dragged(gaps: &[GapKey]) -> bool {
    gaps.iter().all(|gap| matches!(gap.fill, Fill::Dragging { .. }))
}

/// Moodle's type for a key.
fn kind(key: &QuestionKey) -> Option<&'static str> {
    Some(match key {
        QuestionKey::Choices { .. } => "multichoice",
        QuestionKey::TrueFalse { .. } => "truefalse",
        QuestionKey::Numeric { .. } => "numerical",
        QuestionKey::Typed { .. } => "shortanswer",
        QuestionKey::Matching { .. } | QuestionKey::Categorising { .. } => "matching",
        QuestionKey::Ordering { .. } => "ordering",
        QuestionKey::Cloze { gaps, .. } => {
            if is_dragged(gaps) {
                "ddwtos"
            } else {
                "multianswer"
            }
        }
        QuestionKey::FlashCard { .. } | QuestionKey::Open { .. } => "essay",
        QuestionKey::Hotspot { .. } => return None,
    })
}
