//! Makes questions of Moodle's XML.

use super::cloze;
use super::node::Node;
use crate::formatted::TextFormat;
use crate::media::{base64_bytes, size_of};
use crate::moodle::{self, TYPING};
use crate::{Loss, Pictures, texts};
use minnow_shared::limit;
use minnow_shared::question::{
    Behaviour, ChoiceKey, Credit, Fill, GapKey, NumberKey, NumberRange, PairKey, PartKey, Picture, Point,
    Question, QuestionKey, Shape, SpotKey, Text, TextRule, TypedKey, UnitKey, Verdicts,
};

/// Collects the questions of a file.
#[derive(Default)]
pub struct Maker {
    pub questions: Vec<Question>,
    pub losses: Vec<Loss>,
    pub pictures: Pictures,
    category: String,
    lost: Vec<String>,
}

type Key = Result<QuestionKey, String>;

impl Maker {
    pub fn take(&mut self, node: &Node) {
        let kind = node.attribute("type").unwrap_or_default();
        if kind == "category" {
            self.category = moodle::category(node.value("category"));
            return;
        }
        let line = Some(node.line);
        if let Some(question) = self.ours(node) {
            texts::admit(question, line, &mut self.questions, &mut self.losses);
            return;
        }
        let stem_node = node.child("questiontext");
        let name = node.value("name").to_owned();
        let made = self.key(kind, node);
        let is_cloze = matches!(made, Ok(QuestionKey::Cloze { .. }));
        let stem = if is_cloze { Text::default() } else { self.text(stem_node) };
        let label =
            if name.is_empty() { texts::first_words(&stem.plain()) } else { texts::first_words(&name) };
        let mut lose = |reason: String| self.losses.push(Loss { line, item: label.clone(), reason });
        let key = match made {
            Ok(key) => key,
            Err(reason) => {
                self.lost.clear();
                return lose(format!("the question is left out: {reason}"));
            }
        };
        // The text of a cloze is its body; what is asked above it says so.
        let stem =
            if is_cloze { Text::from(if name.is_empty() { "…" } else { name.as_str() }) } else { stem };
        let question = Question {
            stem,
            key,
            reason: self.text(node.child("generalfeedback")),
            verdicts: Verdicts {
                right: self.text(node.child("correctfeedback")),
                partly: self.text(node.child("partiallycorrectfeedback")),
                wrong: self.text(node.child("incorrectfeedback")),
            },
            behaviour: self.behaviour(node),
            tags: tags(node),
            category: self.category.clone(),
            source_id: node.value("idnumber").to_owned(),
            name,
        };
        for reason in std::mem::take(&mut self.lost) {
            self.losses.push(Loss { line, item: label.clone(), reason });
        }
        texts::admit(question, line, &mut self.questions, &mut self.losses);
    }

    /// What our own export says in full beside Moodle's words.
    fn ours(&mut self, node: &Node) -> Option<Question> {
        let mut question: Question = serde_json::from_str(&node.child("minnow")?.text).ok()?;
        question.key.drop_ids();
        // Brings the pictures in.
        let mut kept = Vec::new();
        gather(node, &mut kept);
        for file in kept {
            let bytes = base64_bytes(&file.text).unwrap_or_default();
            let _ = self.pictures.keep(file.attribute("name").unwrap_or_default(), bytes);
        }
        let lost = texts::clean(&mut question, &mut self.pictures);
        let item = texts::label(&question);
        self.losses.extend(lost.into_iter().map(|reason| Loss {
            line: Some(node.line),
            item: item.clone(),
            reason,
        }));
        question.category.clone_from(&self.category);
        Some(question)
    }

    /// A text with its format and files.
    fn text(&mut self, node: Option<&Node>) -> Text {
        let Some(node) = node else { return Text::default() };
        let words = node.words();
        if words.is_empty() {
            return Text::default();
        }
        self.text_as(node, words)
    }

    fn text_as(&mut self, node: &Node, words: &str) -> Text {
        let format = node.attribute("format").and_then(TextFormat::named).unwrap_or(TextFormat::Html);
        let pictures = &mut self.pictures;
        let mut resolve = |address: &str| match address.split_once("@@PLUGINFILE@@/") {
            Some((_, path)) => {
                let name = percent_decoded(path.split('?').next().unwrap_or(path));
                let file = node.all("file").find(|file| file.attribute("name") == Some(file_name(&name)));
                let file = file.ok_or("its file is not there")?;
                let bytes = base64_bytes(&file.text).ok_or("its base64 is broken")?;
                pictures.keep(file_name(&name), bytes)
            }
            None => pictures.resolve(address),
        };
        format.read(words, &mut resolve, &mut self.lost)
    }

    fn behaviour(&mut self, node: &Node) -> Behaviour {
        let hints: Vec<Text> =
            node.all("hint").map(|hint| self.text(Some(hint))).filter(|hint| !hint.is_empty()).collect();
        if hints.is_empty() {
            return Behaviour::default();
        }
        let tries = u8::try_from(hints.len() + 1).unwrap_or(u8::MAX).min(limit::TRIES as u8);
        let penalty = Credit::from_share(decimal(node.value("penalty")).unwrap_or(0.0));
        Behaviour { hints, tries, penalty, ..Behaviour::default() }
    }

    fn key(&mut self, kind: &str, node: &Node) -> Key {
        match kind {
            "multichoice" => Ok(self.choices(node)),
            "truefalse" => self.true_false(node),
            "shortanswer" => Ok(self.typed(node)),
            "numerical" => self.numeric(node),
            "matching" | "ddmatch" => Ok(self.matching(node)),
            "essay" => Ok(self.open(node)),
            "multianswer" | "cloze" => self.cloze(node),
            "ddwtos" => self.dragged(node),
            "gapselect" => self.selected(node),
            "gapfill" => self.gap_fill(node),
            "ordering" => Ok(self.ordering(node)),
            "ddmarker" => self.markers(node),
            "description" => Err("a text without a question has no place among questions".into()),
            "ddimageortext" => Err("pictures and words dragged onto a picture are not known here".into()),
            "calculated" | "calculatedmulti" | "calculatedsimple" => {
                Err("its numbers are drawn anew for each learner, which is not known here".into())
            }
            "" => Err("it does not say its type".into()),
            other => Err(format!("the type {} is not known here", texts::first_words(other))),
        }
    }

    fn choices(&mut self, node: &Node) -> QuestionKey {
        let multiple = !node.flag("single", true);
        let keep_order = !node.flag("shuffleanswers", true);
        let answers: Vec<(Text, Credit, Text)> = node
            .all("answer")
            .map(|answer| (self.text(Some(answer)), fraction(answer), self.text(answer.child("feedback"))))
            .collect();
        if !multiple {
            return QuestionKey::Choices { choices: single_choices(answers), multiple, keep_order };
        }
        let key = |(text, credit, reason): (Text, Credit, Text)| ChoiceKey {
            id: None,
            text,
            is_right: credit > Credit::NONE,
            credit: Some(credit),
            reason,
        };
        let mut choices: Vec<ChoiceKey> = answers.into_iter().map(key).collect();
        moodle::forget_even_shares(&mut choices);
        QuestionKey::Choices { choices, multiple, keep_order }
    }

    fn true_false(&mut self, node: &Node) -> Key {
        let mut is_true = None;
        let (mut reason_true, mut reason_false) = (Text::default(), Text::default());
        for answer in node.all("answer") {
            let says = match answer.words().trim().to_ascii_lowercase().as_str() {
                "true" => true,
                "false" => false,
                other => return Err(format!("{} is neither true nor false", texts::first_words(other))),
            };
            let reason = self.text(answer.child("feedback"));
            if says {
                reason_true = reason;
            } else {
                reason_false = reason;
            }
            if fraction(answer) > Credit::NONE {
                is_true = Some(says);
            }
        }
        let is_true = is_true.ok_or("neither true nor false is right")?;
        Ok(QuestionKey::TrueFalse { is_true, reason_true, reason_false })
    }

    fn typed(&mut self, node: &Node) -> QuestionKey {
        let rule = TextRule { case: node.flag("usecase", false), ..TYPING };
        let accepted = node.all("answer").map(|answer| {
            let (text, is_pattern) = moodle::pattern(answer.words().trim());
            TypedKey {
                text,
                credit: fraction(answer),
                reason: self.text(answer.child("feedback")),
                is_pattern,
            }
        });
        QuestionKey::Typed { accepted: accepted.collect(), rule }
    }

    fn numeric(&mut self, node: &Node) -> Key {
        let mut accepted = Vec::new();
        for answer in node.all("answer") {
            let words = answer.words().trim();
            let range = if words == "*" {
                NumberRange::Any
            } else {
                let value =
                    decimal(words).ok_or_else(|| format!("{} is no number", texts::first_words(words)))?;
                NumberRange::Tolerance {
                    value,
                    tolerance: decimal(answer.value("tolerance")).unwrap_or(0.0).abs(),
                }
            };
            accepted.push(NumberKey {
                range,
                credit: fraction(answer),
                reason: self.text(answer.child("feedback")),
            });
        }
        let units: Vec<UnitKey> = node
            .child("units")
            .into_iter()
            .flat_map(|units| units.all("unit"))
            .filter_map(|unit| {
                let per_first = decimal(unit.value("multiplier")).filter(|size| *size > 0.0)?;
                Some(UnitKey { text: unit.value("unit_name").to_owned(), per_first })
            })
            .filter(|unit| !unit.text.is_empty())
            .collect();
        let is_graded = matches!(node.value("unitgradingtype"), "1" | "2") && !units.is_empty();
        let penalty = decimal(node.value("unitpenalty")).unwrap_or(0.0);
        if is_graded && penalty < 1.0 && penalty > 0.0 {
            self.lost.push("a wrong unit costs everything here, not a part".into());
        }
        Ok(QuestionKey::Numeric { accepted, units, unit_required: is_graded })
    }

    fn matching(&mut self, node: &Node) -> QuestionKey {
        let (mut pairs, mut extra) = (Vec::new(), Vec::new());
        for pair in node.all("subquestion") {
            let left = self.text(Some(pair));
            let right = match pair.child("answer") {
                Some(answer) if answer.attribute("format").is_some() => self.text(Some(answer)),
                Some(answer) => Text::from(answer.words().trim()),
                None => Text::default(),
            };
            if left.is_empty() {
                extra.push(PartKey { id: None, text: right });
            } else {
                pairs.push(PairKey { id: None, left, right_id: None, right });
            }
        }
        QuestionKey::Matching { pairs, extra, keep_order: !node.flag("shuffleanswers", true) }
    }

    fn open(&mut self, node: &Node) -> QuestionKey {
        let count = |name: &str| node.value(name).parse().unwrap_or(0);
        if node.value("attachments").parse::<i32>().is_ok_and(|files| files != 0) {
            self.lost.push("files cannot be attached to an answer here".into());
        }
        if !node.value("responsetemplate").is_empty() {
            self.lost
                .push("the beginning that learners would find in their answer is not carried over".into());
        }
        QuestionKey::Open {
            sample: self.text(node.child("graderinfo")),
            words_min: count("minwordlimit"),
            words_max: count("maxwordlimit"),
        }
    }

    fn cloze(&mut self, node: &Node) -> Key {
        let text = node.child("questiontext").ok_or("it has no text")?;
        let (body, gaps) = {
            let mut read = |words: &str| self.text_as(text, words);
            cloze::read(text.words(), &mut read)?
        };
        if gaps.is_empty() {
            return Err("no embedded answer is in it".into());
        }
        let is_plain = text.attribute("format") == Some("plain_text");
        let body = if is_plain { Text::Plain(body) } else { self.text_as(text, &body) };
        Ok(QuestionKey::Cloze { body, gaps, bank: Vec::new() })
    }

    /// Cuts a body at its marks `[[n]]`; gives it with the gaps numbered in order, and the numbers that stood there.
    fn numbered(&mut self, node: &Node) -> Result<(Text, Vec<usize>), String> {
        let text = node.child("questiontext").ok_or("it has no text")?;
        let mut body = String::new();
        let mut numbers = Vec::new();
        let mut rest = text.words();
        while let Some((before, after)) = rest.split_once("[[") {
            body.push_str(before);
            let found =
                after.split_once("]]").and_then(|(number, tail)| Some((number.trim().parse().ok()?, tail)));
            match found {
                Some((number, tail)) => {
                    numbers.push(number);
                    body.push_str(&format!("[[{}]]", numbers.len()));
                    rest = tail;
                }
                None => {
                    body.push_str("[[");
                    rest = after;
                }
            }
        }
        body.push_str(rest);
        Ok((self.text_as(text, &body), numbers))
    }

    fn dragged(&mut self, node: &Node) -> Key {
        let (body, numbers) = self.numbered(node)?;
        let groups: Vec<&str> = node.all("dragbox").map(|word| word.value("group")).collect();
        if groups.iter().any(|group| Some(group) != groups.first()) {
            self.lost.push("words of all groups can be dragged into every gap here".into());
        }
        let bank =
            node.all("dragbox").map(|word| PartKey { id: None, text: self.text(Some(word)) }).collect();
        let place = |number: &usize| number.checked_sub(1).and_then(|place| u16::try_from(place).ok());
        let gaps = numbers
            .iter()
            .map(|number| {
                let right = place(number).ok_or_else(|| format!("gap {number} has no word"))?;
                Ok(GapKey { fill: Fill::Dragging { right: vec![right] }, weight: 1 })
            })
            .collect::<Result<_, String>>()?;
        Ok(QuestionKey::Cloze { body, gaps, bank })
    }

    fn selected(&mut self, node: &Node) -> Key {
        let (body, numbers) = self.numbered(node)?;
        let options: Vec<(Text, String)> = node
            .all("selectoption")
            .map(|word| (self.text(Some(word)), word.value("group").to_owned()))
            .collect();
        let keep_order = !node.flag("shuffleanswers", true);
        let gaps = numbers
            .iter()
            .map(|number| {
                let right = number.checked_sub(1).and_then(|place| Some((place, options.get(place)?)));
                let (right, (_, group)) = right.ok_or_else(|| format!("gap {number} has no word"))?;
                let same = options.iter().enumerate().filter(|(_, (_, other))| other == group);
                let choices = same.map(|(place, (text, _))| ChoiceKey::plain(text.clone(), place == right));
                Ok(GapKey { fill: Fill::Choosing { choices: choices.collect(), keep_order }, weight: 1 })
            })
            .collect::<Result<_, String>>()?;
        Ok(QuestionKey::Cloze { body, gaps, bank: Vec::new() })
    }

    /// The gap fill type: words in brackets of the author's choice.
    fn gap_fill(&mut self, node: &Node) -> Key {
        let text = node.child("questiontext").ok_or("it has no text")?;
        let marks = node.value("delimitchars");
        let mut marks = marks.chars();
        let (open, close) = (marks.next().unwrap_or('['), marks.next().unwrap_or(']'));
        let rule = TextRule { case: node.flag("casesensitive", false), ..TYPING };
        let (mut body, mut gaps) = (String::new(), Vec::new());
        let mut rest = text.words();
        while let Some((before, after)) = rest.split_once(open) {
            let Some((words, tail)) = after.split_once(close) else { break };
            body.push_str(before);
            let words = minnow_shared::question::unescape(words);
            let accepted = words.split('|').map(|word| TypedKey::from(word.trim())).collect();
            gaps.push(GapKey { fill: Fill::Typing { accepted, rule }, weight: 1 });
            body.push_str(&format!("[[{}]]", gaps.len()));
            rest = tail;
        }
        body.push_str(rest);
        Ok(QuestionKey::Cloze { body: self.text_as(text, &body), gaps, bank: Vec::new() })
    }

    fn ordering(&mut self, node: &Node) -> QuestionKey {
        let place = |answer: &Node| decimal(answer.attribute("fraction").unwrap_or_default()).unwrap_or(0.0);
        let mut answers: Vec<&Node> = node.all("answer").collect();
        answers.sort_by(|one, other| place(one).total_cmp(&place(other)));
        QuestionKey::Ordering {
            items: answers
                .into_iter()
                .map(|answer| PartKey { id: None, text: self.text(Some(answer)) })
                .collect(),
        }
    }

    /// Markers on a picture fit where all of them are the same marker.
    fn markers(&mut self, node: &Node) -> Key {
        let file = node.child("file").ok_or("it has no picture")?;
        let bytes = base64_bytes(&file.text).ok_or("its picture is broken")?;
        let (width, height) = size_of(&bytes).ok_or("the size of its picture is not known")?;
        let source = self.pictures.keep(file.attribute("name").unwrap_or_default(), bytes)?;
        let drops: Vec<&Node> = node.all("drop").collect();
        let first = drops.first().map(|drop| drop.value("choice")).ok_or("no place is right")?;
        if drops.iter().any(|drop| drop.value("choice") != first) {
            return Err("it has several markers, each with places of its own".into());
        }
        let spots = drops
            .iter()
            .map(|drop| {
                let shape = shape(drop.value("shape"), drop.value("coords"), width, height);
                Some(SpotKey { shape: shape?, is_right: true, reason: Text::default() })
            })
            .collect::<Option<Vec<_>>>()
            .ok_or("a place has no known shape")?;
        let places = u8::try_from(spots.len()).map_err(|_| "it has too many places")?;
        let picture = Picture { source, alt: String::new(), width, height };
        Ok(QuestionKey::Hotspot { picture, spots, places })
    }
}

/// All files inside an element.
fn gather<'a>(node: &'a Node, kept: &mut Vec<&'a Node>) {
    for child in &node.children {
        if child.name == "file" {
            kept.push(child);
        }
        gather(child, kept);
    }
}

fn tags(node: &Node) -> Vec<String> {
    let tags = node.child("tags").into_iter().flat_map(|tags| tags.all("tag"));
    tags.map(|tag| tag.words().trim().to_owned()).filter(|tag| !tag.is_empty()).collect()
}

fn fraction(answer: &Node) -> Credit {
    Credit::from_percent(answer.attribute("fraction").and_then(decimal).unwrap_or(0.0))
}

/// A number as Moodle writes it; a comma before decimals is read too.
pub fn decimal(text: &str) -> Option<f64> {
    let text = text.trim();
    let text = if text.contains('.') { text.to_owned() } else { text.replace(',', ".") };
    let is_plain = text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'+' | b'e' | b'E'));
    text.parse().ok().filter(|value: &f64| is_plain && value.is_finite())
}

/// Choices of which one is taken: the first that earns all (or most) is the right one.
pub fn single_choices(answers: Vec<(Text, Credit, Text)>) -> Vec<ChoiceKey> {
    let most = answers.iter().map(|(_, credit, _)| *credit).max().filter(|most| *most > Credit::NONE);
    let mut has_right = false;
    let key = |(text, credit, reason): (Text, Credit, Text)| {
        let is_right = Some(credit) == most && !has_right;
        has_right = has_right || is_right;
        let plain = if is_right { Credit::FULL } else { Credit::NONE };
        ChoiceKey { id: None, text, is_right, credit: Some(credit).filter(|credit| *credit != plain), reason }
    };
    answers.into_iter().map(key).collect()
}

fn shape(kind: &str, coords: &str, width: u32, height: u32) -> Option<Shape> {
    let of = |pixels: f64, side: u32| {
        let place = (pixels / f64::from(side.max(1)) * 10_000.0).round().clamp(0.0, 10_000.0);
        place as u16
    };
    let pair = |text: &str| {
        let (x, y) = text.split_once(',')?;
        Some((decimal(x)?, decimal(y)?))
    };
    let parts: Vec<&str> = coords.split(';').map(str::trim).filter(|part| !part.is_empty()).collect();
    match (kind, parts.as_slice()) {
        ("circle", [middle, radius]) => {
            let ((x, y), radius) = (pair(middle)?, decimal(radius)?);
            Some(Shape::Ellipse {
                x: of(x, width),
                y: of(y, height),
                radius_x: of(radius, width).max(1),
                radius_y: of(radius, height).max(1),
            })
        }
        ("rectangle", [corner, size]) => {
            let ((x, y), (w, h)) = (pair(corner)?, pair(size)?);
            Some(Shape::Rectangle {
                left: of(x, width),
                top: of(y, height),
                right: of(x + w, width),
                bottom: of(y + h, height),
            })
        }
        ("polygon", corners) => {
            let corner = |text: &&str| pair(text).map(|(x, y)| Point { x: of(x, width), y: of(y, height) });
            Some(Shape::Polygon { corners: corners.iter().map(corner).collect::<Option<Vec<_>>>()? })
        }
        _ => None,
    }
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn percent_decoded(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        let code = (byte == b'%').then(|| bytes.as_slice_hex()).flatten();
        match code {
            Some(code) => {
                out.push(code);
                bytes.nth(1);
            }
            None => out.push(byte),
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

trait Hex {
    fn as_slice_hex(&self) -> Option<u8>;
}

impl Hex for std::str::Bytes<'_> {
    /// The next two bytes as a number, without taking them.
    fn as_slice_hex(&self) -> Option<u8> {
        let mut ahead = self.clone();
        let digit = |byte: u8| char::from(byte).to_digit(16);
        u8::try_from(digit(ahead.next()?)? * 16 + digit(ahead.next()?)?).ok()
    }
}
