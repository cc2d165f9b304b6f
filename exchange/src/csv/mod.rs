//! Tables: our own (see `docs/guides/questions.md`), and those of others that have a question, choices and an answer.
//! Ours has columns people can read and change, and one with the whole question, which counts as long as the others were
//! not changed.

pub(crate) mod rows;

use crate::markup;
use crate::{Export, Format, Import, Loss, MediaLookup, Pictures, ReadError, encoding, texts};
use minnow_shared::grading;
use minnow_shared::question::{
    Behaviour, ChoiceKey, Credit, NumberKey, NumberRange, Question, QuestionKey, Text, TextRule, TypedKey,
};
use rows::{Row, cell, rows, separator};

const HEADER: [&str; 10] =
    ["name", "kind", "question", "choices", "answer", "reason", "tags", "category", "source_id", "data"];
const ROWS: usize = crate::report::MOST;
/// Between choices, answers and tags in one cell.
const BETWEEN: &str = " | ";

/// Reads a table.
///
/// # Errors
/// When it is empty, no text, or has no column with questions.
pub fn read(bytes: &[u8]) -> Result<Import, ReadError> {
    let text = encoding::text(bytes)?;
    let mut rows = rows(&text, separator(&text));
    if rows.len() > ROWS {
        return Err(ReadError::TooMuch { most: format!("{ROWS} rows") });
    }
    let first = rows.first().ok_or(ReadError::Empty)?;
    let columns = match Columns::of(&first.cells) {
        Some(columns) => {
            rows.remove(0);
            columns
        }
        None => Columns::without_header(&first.cells).ok_or_else(|| ReadError::Broken {
            line: first.line,
            reason: "no column is named question".into(),
        })?,
    };
    let mut import =
        Import { format: Format::Csv, questions: Vec::new(), losses: Vec::new(), media: Vec::new() };
    let mut pictures = Pictures::default();
    for row in &rows {
        let line = Some(row.line);
        let mut lost = Vec::new();
        match question(row, &columns, &mut pictures, &mut lost) {
            Ok(question) => {
                let item = texts::label(&question);
                import.losses.extend(lost.into_iter().map(|reason| Loss {
                    line,
                    item: item.clone(),
                    reason,
                }));
                texts::admit(question, line, &mut import.questions, &mut import.losses);
            }
            Err(reason) => import.losses.push(Loss {
                line,
                item: texts::first_words(columns.get(row, columns.question)),
                reason: format!("the row is left out: {reason}"),
            }),
        }
    }
    import.media = pictures.into_media();
    Ok(import)
}

/// Which column says what.
#[derive(Default)]
struct Columns {
    question: usize,
    choices: Vec<usize>,
    /// What the first choice's column is numbered, where answers are numbers of columns.
    base: Option<usize>,
    /// Choices in one cell.
    list: Option<usize>,
    answers: Vec<usize>,
    hints: Vec<usize>,
    name: Option<usize>,
    kind: Option<usize>,
    reason: Option<usize>,
    tags: Option<usize>,
    category: Option<usize>,
    source_id: Option<usize>,
    data: Option<usize>,
    back: Option<usize>,
}

impl Columns {
    fn of(header: &[String]) -> Option<Self> {
        let mut columns = Self::default();
        let mut question = None;
        for (place, title) in header.iter().enumerate() {
            let lower = title.trim().to_lowercase();
            let words: String = lower.chars().filter(|c| c.is_alphanumeric()).collect();
            let stem = words.trim_end_matches(|c: char| c.is_ascii_digit());
            let number = words.strip_prefix(stem).and_then(|digits| digits.parse::<usize>().ok());
            match (words.as_str(), stem) {
                ("question" | "stem" | "prompt" | "questiontext" | "front" | "term", _) => {
                    question = question.or(Some(place));
                }
                ("name" | "title", _) => columns.name = Some(place),
                ("kind" | "type" | "questiontype", _) => columns.kind = Some(place),
                ("choices" | "options", _) => columns.list = Some(place),
                ("reason" | "explanation" | "feedback" | "rationale", _) => columns.reason = Some(place),
                ("tags", _) => columns.tags = Some(place),
                ("category" | "topic" | "subject", _) => columns.category = Some(place),
                ("sourceid" | "questionid" | "id", _) => columns.source_id = Some(place),
                ("data", _) => columns.data = Some(place),
                ("back" | "definition", _) => columns.back = Some(place),
                (_, "answer" | "correctanswer" | "correct" | "rightanswer" | "key") => {
                    columns.answers.push(place)
                }
                (_, "hint") => columns.hints.push(place),
                (_, "choice" | "option" | "distractor") if number.is_some() => {
                    columns.base = columns.base.or(number);
                    columns.choices.push(place);
                }
                (other, _) => {
                    let letter =
                        other.strip_prefix("options").or(other.strip_prefix("option")).unwrap_or(other);
                    let letter = letter.strip_prefix("choice").unwrap_or(letter);
                    if letter.len() == 1 && letter.bytes().all(|byte| (b'a'..=b'h').contains(&byte)) {
                        columns.choices.push(place);
                    }
                }
            }
        }
        columns.question = question?;
        Some(columns)
    }

    /// Question, choices, the letter of the right one: how some collections come.
    fn without_header(first: &[String]) -> Option<Self> {
        let last = first.len().checked_sub(1).filter(|last| *last >= 3)?;
        let is_letter =
            first.get(last).is_some_and(|cell| matches!(cell.trim(), "A" | "B" | "C" | "D" | "E" | "F"));
        is_letter.then(|| Self { choices: (1..last).collect(), answers: vec![last], ..Self::default() })
    }

    fn get<'r>(&self, row: &'r Row, place: impl Into<Option<usize>>) -> &'r str {
        place.into().and_then(|place| row.cells.get(place)).map_or("", String::as_str)
    }
}

fn question(
    row: &Row,
    columns: &Columns,
    pictures: &mut Pictures,
    lost: &mut Vec<String>,
) -> Result<Question, String> {
    if row.is_broken {
        return Err("a quote in it is not closed".into());
    }
    let get = |place: Option<usize>| columns.get(row, place).trim();
    if let Ok(mut question) = serde_json::from_str::<Question>(columns.get(row, columns.data)) {
        let is_as_written = columns.data.is_some()
            && readable(&question).iter().zip(HEADER).all(|(written, title)| {
                let place = column_named(columns, title);
                place.is_none_or(|place| {
                    columns.get(row, place).replace("\r\n", "\n") == written.replace("\r\n", "\n")
                })
            });
        if is_as_written {
            question.key.drop_ids();
            lost.extend(texts::clean(&mut question, pictures));
            return Ok(question);
        }
        lost.push("the row was changed by hand: what only its last column said is lost".into());
    }
    let words = columns.get(row, columns.question).trim();
    if words.is_empty() {
        return Err("it has no question".into());
    }
    let mut text = |words: &str| cell_text(words, pictures, lost);
    let stem = text(words);
    let key = key(row, columns, &mut text)?;
    let hints: Vec<Text> = columns
        .hints
        .iter()
        .map(|place| get(Some(*place)))
        .filter(|hint| !hint.is_empty())
        .map(&mut text)
        .collect();
    let tries = u8::try_from(hints.len() + 1).unwrap_or(u8::MAX).min(minnow_shared::limit::TRIES as u8);
    let reason = text(get(columns.reason));
    Ok(Question {
        name: get(columns.name).to_owned(),
        reason,
        behaviour: Behaviour { tries, hints, ..Behaviour::default() },
        tags: list(get(columns.tags)),
        category: get(columns.category).to_owned(),
        source_id: get(columns.source_id).to_owned(),
        ..Question::new(stem, key)
    })
}

fn column_named(columns: &Columns, title: &str) -> Option<usize> {
    match title {
        "name" => columns.name,
        "kind" => columns.kind,
        "question" => Some(columns.question),
        "choices" => columns.list,
        "answer" => columns.answers.first().copied(),
        "reason" => columns.reason,
        "tags" => columns.tags,
        "category" => columns.category,
        "source_id" => columns.source_id,
        _ => None,
    }
}

/// Cells are words; one with a picture in Markdown is read as such.
fn cell_text(words: &str, pictures: &mut Pictures, lost: &mut Vec<String>) -> Text {
    if words.contains("![") && words.contains("](") {
        return crate::formatted::TextFormat::Markdown.read_with(words, pictures, lost);
    }
    if !words.contains("\\(") && !words.contains("$$") {
        return Text::from(words);
    }
    let (text, more) =
        markup::from_lines(&minnow_shared::question::escape(words), &mut |_| Err(String::new()));
    lost.extend(more);
    text
}

/// Parts of a cell, `|` or line breaks between.
fn list(text: &str) -> Vec<String> {
    text.split(['|', '\n']).map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

fn key(row: &Row, columns: &Columns, text: &mut dyn FnMut(&str) -> Text) -> Result<QuestionKey, String> {
    let back = columns.get(row, columns.back).trim();
    if !back.is_empty() {
        return Ok(QuestionKey::FlashCard { back: text(back) });
    }
    let kind = columns.get(row, columns.kind).trim().to_lowercase();
    let separate = columns.choices.iter().map(|place| columns.get(row, *place).trim().to_owned());
    let mut choices: Vec<String> = separate.filter(|choice| !choice.is_empty()).collect();
    choices.extend(list(columns.get(row, columns.list)));
    let mut answers: Vec<String> = Vec::new();
    for place in &columns.answers {
        let answer = columns.get(row, *place).trim();
        let is_one = choices.iter().any(|choice| choice == answer);
        if is_one { answers.push(answer.to_owned()) } else { answers.extend(list(answer)) }
    }
    match kind.as_str() {
        "ordering" if choices.len() > 1 => {
            let items = choices
                .iter()
                .map(|choice| minnow_shared::question::PartKey { id: None, text: text(choice) });
            return Ok(QuestionKey::Ordering { items: items.collect() });
        }
        "flash_card" => return Ok(QuestionKey::FlashCard { back: text(&answers.join("\n")) }),
        "open" => {
            return Ok(QuestionKey::Open { sample: text(&answers.join("\n")), words_min: 0, words_max: 0 });
        }
        "matching" | "categorising" | "cloze" | "hotspot" => {
            return Err(format!("a question of the kind {kind} is read from its last column alone"));
        }
        _ => {}
    }
    if choices.is_empty() {
        return Ok(typed(&kind, &answers));
    }
    let mut right = Vec::new();
    for answer in &answers {
        let place = place_of(answer, &choices, columns.base)
            .ok_or_else(|| format!("{answer} is none of the choices"))?;
        right.push(place);
    }
    if right.is_empty() {
        return Err("it has no answer".into());
    }
    let multiple = right.len() > 1 || kind.contains("multiple_sel");
    let keys = choices.iter().enumerate().map(|(place, choice)| ChoiceKey {
        text: text(choice),
        ..ChoiceKey::plain("", right.contains(&place))
    });
    Ok(QuestionKey::Choices { choices: keys.collect(), multiple, keep_order: false })
}

/// An answer is a choice's number (where columns are numbered from zero), its words, its letter, or its number from one.
fn place_of(answer: &str, choices: &[String], base: Option<usize>) -> Option<usize> {
    let number: Option<usize> = answer.parse().ok();
    if base == Some(0) {
        return number.filter(|place| *place < choices.len());
    }
    let same = choices.iter().position(|choice| choice == answer);
    let same =
        same.or_else(|| choices.iter().position(|choice| choice.to_lowercase() == answer.to_lowercase()));
    let letter = || match answer.as_bytes() {
        [letter] if letter.is_ascii_alphabetic() => Some(usize::from(letter.to_ascii_lowercase() - b'a')),
        _ => None,
    };
    let counted = || number.and_then(|number| number.checked_sub(1));
    same.or_else(letter).or_else(counted).filter(|place| *place < choices.len())
}

fn typed(kind: &str, answers: &[String]) -> QuestionKey {
    let answer = answers.first().map(|answer| answer.to_lowercase()).unwrap_or_default();
    if answers.len() == 1 && matches!(answer.as_str(), "true" | "false") {
        let (reason_true, reason_false) = (Text::default(), Text::default());
        return QuestionKey::TrueFalse { is_true: answer == "true", reason_true, reason_false };
    }
    let numbers: Option<Vec<f64>> =
        answers.iter().map(|answer| answer.parse().ok().filter(|n: &f64| n.is_finite())).collect();
    match numbers {
        Some(numbers) if !numbers.is_empty() && kind != "typed" => QuestionKey::Numeric {
            accepted: numbers
                .into_iter()
                .map(|value| NumberKey {
                    range: NumberRange::Tolerance { value, tolerance: 0.0 },
                    credit: Credit::FULL,
                    reason: Text::default(),
                })
                .collect(),
            units: Vec::new(),
            unit_required: false,
        },
        _ if answers.is_empty() => QuestionKey::Open { sample: Text::default(), words_min: 0, words_max: 0 },
        _ => QuestionKey::Typed {
            accepted: answers.iter().map(|answer| TypedKey::from(answer.as_str())).collect(),
            rule: TextRule::default(),
        },
    }
}

/// The columns people read, in the order of the header, without the last.
fn readable(question: &Question) -> [String; 9] {
    let words = |texts: Vec<String>| texts.join(BETWEEN);
    let (choices, answer) = match &question.key {
        QuestionKey::Choices { choices, .. } => (
            words(choices.iter().map(|choice| choice.text.plain()).collect()),
            words(
                choices.iter().filter(|choice| choice.is_right).map(|choice| choice.text.plain()).collect(),
            ),
        ),
        QuestionKey::Ordering { items } => {
            (words(items.iter().map(|item| item.text.plain()).collect()), String::new())
        }
        QuestionKey::Typed { accepted, .. } => {
            let right = accepted.iter().filter(|key| key.credit == Credit::FULL);
            (String::new(), words(right.map(|key| key.text.clone()).collect()))
        }
        QuestionKey::TrueFalse { is_true, .. } => (String::new(), is_true.to_string()),
        key => (String::new(), grading::solution_text(key)),
    };
    [
        question.name.clone(),
        question.key.kind().to_owned(),
        question.stem.plain(),
        choices,
        answer,
        question.reason.plain(),
        words(question.tags.clone()),
        question.category.clone(),
        question.source_id.clone(),
    ]
}

/// Writes our own table.
pub fn write(questions: &[Question], _media: MediaLookup<'_>) -> Export {
    let mut out = HEADER.join(",") + "\r\n";
    let mut losses = Vec::new();
    for question in questions {
        let mut question = question.clone();
        question.key.drop_ids();
        let mut lose =
            |reason: String| losses.push(Loss { line: None, item: texts::label(&question), reason });
        for name in texts::pictures(&question) {
            lose(format!("the picture {name} does not fit into a table"));
        }
        let data = serde_json::to_string(&question).unwrap_or_else(|error| {
            lose(error.to_string());
            String::new()
        });
        let cells: Vec<String> = readable(&question).iter().chain([&data]).map(|text| cell(text)).collect();
        out.push_str(&cells.join(","));
        out.push_str("\r\n");
    }
    Export { bytes: out.into_bytes(), losses }
}

#[cfg(test)]
mod tests;
