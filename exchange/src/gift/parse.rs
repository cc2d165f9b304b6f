//! Reads the syntax of GIFT. An item ends at a blank line outside its braces; what is broken is told with its line, and
//! reading goes on with the next item.

use super::syntax::{Choice, Formatted, Item, Kind, Match, Number, NumberChoice};
use super::words::{formatted, normal, unescaped, without_note};
use crate::Loss;
use crate::formatted::TextFormat;
use crate::report::MOST;
use crate::texts::first_words;
use std::borrow::Cow;

/// What a file says.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Parsed {
    pub items: Vec<Item>,
    pub losses: Vec<Loss>,
}

/// Reads a file's text.
pub fn parse(text: &str) -> Parsed {
    let has_breaks = text.contains('\n');
    let lines: Vec<&str> =
        text.split(if has_breaks { '\n' } else { '\r' }).map(|line| line.trim_end_matches('\r')).collect();
    let mut parser = Parser { lines, at: 0, id: None, tags: Vec::new(), parsed: Parsed::default() };
    while parser.at < parser.lines.len() {
        if parser.parsed.items.len() + parser.parsed.losses.len() > MOST {
            let line = parser.line_number();
            parser.lose(line, "", format!("the rest is not read: it has more than {MOST} questions"));
            break;
        }
        parser.item();
    }
    parser.parsed
}

struct Parser<'a> {
    lines: Vec<&'a str>,
    at: usize,
    id: Option<String>,
    tags: Vec<String>,
    parsed: Parsed,
}

/// The lines of an item, comments taken out.
struct Block {
    text: String,
    /// Where lines begin in the text, and their numbers.
    starts: Vec<(usize, u32)>,
    is_open: bool,
}

impl Block {
    fn line_of(&self, offset: usize) -> u32 {
        let place = self.starts.partition_point(|(start, _)| *start <= offset);
        place.checked_sub(1).and_then(|place| self.starts.get(place)).map_or(1, |(_, line)| *line)
    }
}

/// Spaces of other kinds are words: whoever put them there wanted the line.
fn is_blank(line: &str) -> bool {
    line.bytes().all(|byte| byte.is_ascii_whitespace())
}

fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with("//")
}

fn category(line: &str) -> Option<&str> {
    line.trim_start().strip_prefix("$CATEGORY:").map(str::trim_start)
}

impl Parser<'_> {
    fn line_number(&self) -> u32 {
        u32::try_from(self.at + 1).unwrap_or(u32::MAX)
    }

    fn lose(&mut self, line: u32, item: &str, reason: impl Into<String>) {
        self.parsed.losses.push(Loss { line: Some(line), item: first_words(item), reason: reason.into() });
    }

    fn item(&mut self) {
        let Some(line) = self.lines.get(self.at).copied() else { return };
        let number = self.line_number();
        if is_blank(line) {
            self.at += 1;
        } else if is_comment(line) {
            self.note(line);
            self.at += 1;
        } else if let Some(path) = category(line) {
            self.at += 1;
            // What a comment before a category says belongs to no question.
            self.id = None;
            self.tags.clear();
            let stem = Formatted { format: TextFormat::Moodle, text: String::new() };
            self.parsed.items.push(Item {
                line: number,
                id: None,
                tags: Vec::new(),
                title: Some(path.to_owned()),
                stem,
                has_embedded_answers: false,
                global_feedback: None,
                kind: Kind::Category,
            });
        } else {
            let block = self.block();
            let (id, tags) = (self.id.take(), std::mem::take(&mut self.tags));
            self.question(&block, id, tags);
        }
    }

    /// Ids and tags stand in comments. Of several ids in one, the first counts.
    fn note(&mut self, line: &str) {
        let (mut rest, mut has_id) = (line, false);
        while let Some((_, after)) = rest.split_once('[') {
            rest = after;
            let (is_id, value) = match (after.strip_prefix("id:"), after.strip_prefix("tag:")) {
                (Some(value), _) => (true, value),
                (_, Some(value)) => (false, value),
                _ => continue,
            };
            let Some(end) = find(value, b"]") else { break };
            let (value, tail) = value.split_at(end);
            let value = value.replace("\\]", "]");
            rest = tail;
            match is_id {
                _ if value.trim().is_empty() => {}
                true if has_id => {}
                true => {
                    has_id = true;
                    self.id = Some(value.trim().to_owned());
                }
                false => self.tags.push(value),
            }
        }
    }

    /// Gathers an item's lines.
    fn block(&mut self) -> Block {
        let mut block = Block { text: String::new(), starts: Vec::new(), is_open: false };
        let (mut depth, mut was_closed) = (0_usize, false);
        while let Some(line) = self.lines.get(self.at).copied() {
            let is_first = block.starts.is_empty();
            let trimmed = line.trim_start();
            if is_blank(line) {
                if depth == 0 || !self.goes_on() {
                    break;
                }
            } else if is_comment(line) {
                if was_closed && depth == 0 && (line.contains("[id:") || line.contains("[tag:")) {
                    // Right behind a question, it belongs to the next one.
                    break;
                }
                self.note(line);
                self.at += 1;
                continue;
            } else if !is_first
                && (trimmed.starts_with("::") && (depth > 0 || was_closed) || category(line).is_some())
            {
                break;
            }
            if !is_first {
                block.text.push('\n');
            }
            block.starts.push((block.text.len(), self.line_number()));
            block.text.push_str(line);
            self.at += 1;
            let mut letters = line.bytes();
            while let Some(letter) = letters.next() {
                match letter {
                    b'\\' => drop(letters.next()),
                    b'{' => depth += 1,
                    b'}' if depth > 0 => {
                        depth -= 1;
                        was_closed = was_closed || depth == 0;
                    }
                    _ => {}
                }
            }
        }
        block.is_open = depth > 0;
        block
    }

    /// Whether answers go on after blank lines inside braces. Stands on the last of them afterwards.
    fn goes_on(&mut self) -> bool {
        let mut next = self.at;
        while self.lines.get(next).is_some_and(|line| is_blank(line) || is_comment(line)) {
            next += 1;
        }
        let goes_on =
            self.lines.get(next).is_some_and(|line| line.trim_start().starts_with(['=', '~', '}', '#', '%']));
        if goes_on {
            self.at = next.saturating_sub(1);
        }
        goes_on
    }

    fn question(&mut self, block: &Block, id: Option<String>, tags: Vec<String>) {
        let line = block.starts.first().map_or(1, |(_, line)| *line);
        let text = block.text.as_str();
        let (title, body) = title(text);
        let (stem, answers, tail) = match answer_block(body) {
            Ok(None) => (body, None, ""),
            Ok(Some((open, close))) => {
                let part = |from: usize, to: usize| body.get(from..to).unwrap_or_default();
                (part(0, open), Some((open + 1, part(open + 1, close))), part(close + 1, body.len()))
            }
            Err(reason) => return self.lose(line, body, reason),
        };
        let stem = formatted(stem, TextFormat::Moodle);
        // What stands behind the answers says nothing of how they are written.
        let format = stem.format;
        let tail = without_note(tail);
        let is_embedded = !tail.trim().is_empty();
        let mut item = Item {
            line,
            id,
            tags,
            title,
            stem,
            has_embedded_answers: is_embedded,
            global_feedback: None,
            kind: Kind::Description,
        };
        if is_embedded {
            let tail = formatted(tail, item.stem.format);
            if item.stem.text.is_empty() {
                item.stem = Formatted { text: format!("_____ {}", tail.text), ..tail };
            } else {
                item.stem.text = format!("{} _____ {}", item.stem.text, tail.text);
            }
        }
        if let Some((offset, answers)) = answers {
            let offset = text.len() - body.len() + offset;
            let reader = Answers { block, offset, format };
            match reader.read(answers, &mut self.parsed.losses, &item.stem.text) {
                Ok((kind, feedback)) => (item.kind, item.global_feedback) = (kind, feedback),
                Err((line, reason)) => {
                    let name = item.title.as_deref().unwrap_or(&item.stem.text).to_owned();
                    self.lose(line, &name, reason);
                    return;
                }
            }
        }
        self.parsed.items.push(item);
    }
}

/// Reads what stands between braces.
struct Answers<'a> {
    block: &'a Block,
    /// Where the answers begin in the block.
    offset: usize,
    /// Of the stem: what texts without a format of their own have.
    format: TextFormat,
}

struct Entry<'a> {
    mark: u8,
    /// In the answers.
    start: usize,
    text: &'a str,
}

type Read = Result<(Kind, Option<Formatted>), (u32, String)>;

impl Answers<'_> {
    fn line_of(&self, offset: usize) -> u32 {
        self.block.line_of(self.offset + offset)
    }

    fn read(&self, whole: &str, losses: &mut Vec<Loss>, stem: &str) -> Read {
        let (answers, feedback) = match find_hashes(whole) {
            Some(place) => {
                let (before, after) = whole.split_at(place);
                (before, Some(self.text(after.get(4..).unwrap_or_default())).filter(|f| !f.text.is_empty()))
            }
            None => (whole, None),
        };
        let trimmed = answers.trim();
        if trimmed.is_empty() {
            return Ok((Kind::Essay, feedback));
        }
        if let Some(rest) = trimmed.strip_prefix('#') {
            let skipped = answers.len() - answers.trim_start().len() + 1;
            return Ok((self.numbers(rest, skipped)?, feedback));
        }
        if let Some(kind) = self.true_false(trimmed) {
            return Ok((kind, feedback));
        }
        let (before, entries) = entries(answers);
        if entries.is_empty() {
            let only = Entry { mark: b'=', start: 0, text: trimmed };
            return Ok((Kind::Short(vec![self.choice(&only)]), feedback));
        }
        if !before.trim().is_empty() {
            let reason = format!("the words before the first answer are left out: {}", first_words(before));
            losses.push(Loss { line: Some(self.line_of(0)), item: first_words(stem), reason });
        }
        let has_wrong = entries.iter().any(|entry| entry.mark == b'~');
        if !has_wrong
            && entries.iter().all(|entry| arrow(entry.text).is_some())
            && entries
                .iter()
                .any(|entry| arrow(entry.text).is_some_and(|(_, right)| !right.trim().is_empty()))
        {
            return Ok((
                Kind::Matching(entries.iter().map(|entry| self.pair(entry.text)).collect()),
                feedback,
            ));
        }
        let choices: Vec<Choice> = entries.iter().map(|entry| self.choice(entry)).collect();
        Ok((if has_wrong { Kind::MultipleChoice(choices) } else { Kind::Short(choices) }, feedback))
    }

    fn text(&self, raw: &str) -> Formatted {
        formatted(raw, self.format)
    }

    fn true_false(&self, answers: &str) -> Option<Kind> {
        let end = answers.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(answers.len());
        let (word, rest) = answers.split_at(end);
        // In capitals alone: `{true}` asks for the word.
        let is_true = match word {
            "T" | "TRUE" => true,
            "F" | "FALSE" => false,
            _ => return None,
        };
        let rest = rest.trim();
        if !rest.is_empty() && !rest.starts_with('#') {
            return None;
        }
        let rest = rest.get(1..).unwrap_or_default();
        let (first, second) = find(rest, b"#").map_or((rest, ""), |place| {
            (rest.get(..place).unwrap_or_default(), rest.get(place + 1..).unwrap_or_default())
        });
        let said = |raw: &str| Some(self.text(raw)).filter(|text| !text.text.is_empty());
        Some(Kind::TrueFalse { is_true, said_to_wrong: said(first), said_to_right: said(second) })
    }

    fn choice(&self, entry: &Entry<'_>) -> Choice {
        let (weight, rest) = weight(entry.text);
        let (text, feedback) = self.with_feedback(rest);
        Choice {
            line: self.line_of(entry.start),
            is_correct: entry.mark == b'=',
            weight,
            text: self.text(text),
            feedback,
        }
    }

    fn with_feedback<'t>(&self, raw: &'t str) -> (&'t str, Option<Formatted>) {
        match find(raw, b"#") {
            Some(place) => {
                let feedback = self.text(raw.get(place + 1..).unwrap_or_default());
                (raw.get(..place).unwrap_or_default(), Some(feedback).filter(|f| !f.text.is_empty()))
            }
            None => (raw, None),
        }
    }

    fn pair(&self, raw: &str) -> Match {
        let (left, right) = arrow(raw).unwrap_or((raw, ""));
        Match { left: self.text(left), right: normal(right, TextFormat::Plain) }
    }

    fn numbers(&self, raw: &str, skipped: usize) -> Result<Kind, (u32, String)> {
        let (before, entries) = entries(raw);
        let mut choices = Vec::new();
        if !before.trim().is_empty() {
            let only = Entry { mark: b'=', start: 0, text: before };
            let choice = self.number_choice(&only, skipped)?;
            if let (true, None, Some(number)) = (entries.is_empty(), &choice.feedback, choice.number) {
                return Ok(Kind::Number(number));
            }
            choices.push(choice);
        }
        for entry in &entries {
            choices.push(self.number_choice(entry, skipped)?);
        }
        if choices.is_empty() {
            return Err((self.line_of(skipped), "no number is given".into()));
        }
        Ok(Kind::Numbers(choices))
    }

    fn number_choice(&self, entry: &Entry<'_>, skipped: usize) -> Result<NumberChoice, (u32, String)> {
        let (weight, rest) = weight(entry.text);
        let (text, feedback) = self.with_feedback(rest);
        let text = text.trim();
        let is_any = text.is_empty() || text == "*";
        let number = if is_any {
            None
        } else {
            let broken =
                || (self.line_of(skipped + entry.start), format!("{} is no number", first_words(text)));
            Some(number(text).ok_or_else(broken)?)
        };
        Ok(NumberChoice { is_correct: entry.mark == b'=', weight, number, feedback })
    }
}

fn number(text: &str) -> Option<Number> {
    if let Some((low, high)) = text.split_once("..") {
        return Some(Number::Bounds { low: decimal(low)?, high: decimal(high)? });
    }
    match text.split_once(':') {
        Some((number, range)) => Some(Number::Range { number: decimal(number)?, range: decimal(range)? }),
        None => Some(Number::Simple(decimal(text)?)),
    }
}

fn decimal(text: &str) -> Option<f64> {
    let text = text.trim();
    let is_plain =
        text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b',' | b'-' | b'+' | b'e' | b'E'));
    let text = if text.contains('.') { Cow::Borrowed(text) } else { Cow::Owned(text.replace(',', ".")) };
    text.parse().ok().filter(|value: &f64| is_plain && value.is_finite())
}

/// The weight at the start of an answer, in per cent, and the rest.
fn weight(raw: &str) -> (Option<f64>, &str) {
    let found = raw.trim_start().strip_prefix('%').and_then(|rest| {
        let (percent, rest) = rest.split_once('%')?;
        Some((decimal(percent)?, rest))
    });
    found.map_or((None, raw), |(percent, rest)| (Some(percent), rest))
}

/// The answers, cut at their marks, and what stands before the first.
fn entries(text: &str) -> (&str, Vec<Entry<'_>>) {
    let bytes = text.as_bytes();
    let mut marks: Vec<(usize, u8)> = Vec::new();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 1,
            b'~' => marks.push((at, b'~')),
            b'=' if !is_in_tag(text, at) => marks.push((at, b'=')),
            _ => {}
        }
        at += 1;
    }
    let before = text.get(..marks.first().map_or(text.len(), |(place, _)| *place)).unwrap_or_default();
    let ends = marks.iter().skip(1).map(|(place, _)| *place).chain([text.len()]);
    let entry = |((start, mark), end): (&(usize, u8), usize)| Entry {
        mark: *mark,
        start: *start,
        text: text.get(start + 1..end).unwrap_or_default(),
    };
    (before, marks.iter().zip(ends).map(entry).collect())
}

/// The two sides of a pair. An arrow in what is said to an answer joins nothing.
fn arrow(entry: &str) -> Option<(&str, &str)> {
    let (left, right) = entry.split_once("->")?;
    find(left, b"#").is_none().then_some((left, right))
}

/// `<img src="…"`: an attribute somebody forgot to escape, not an answer.
fn is_in_tag(text: &str, at: usize) -> bool {
    /// Attributes stand this near to the start of their tag.
    const NEAR: usize = 2_000;
    let bytes = text.as_bytes();
    let before = bytes.get(at.saturating_sub(NEAR)..at).unwrap_or_default();
    if !before.last().is_some_and(u8::is_ascii_alphabetic) || !matches!(bytes.get(at + 1), Some(b'"' | b'\''))
    {
        return false;
    }
    let opens = before.iter().rposition(|byte| matches!(byte, b'<' | b'>'));
    opens.is_some_and(|place| before.get(place) == Some(&b'<'))
}

/// The first of these signs that is not escaped.
fn find(text: &str, signs: &[u8]) -> Option<usize> {
    let mut bytes = text.bytes().enumerate();
    while let Some((place, byte)) = bytes.next() {
        if byte == b'\\' {
            bytes.next();
        } else if signs.contains(&byte) {
            return Some(place);
        }
    }
    None
}

fn find_hashes(text: &str) -> Option<usize> {
    let mut from = 0;
    while let Some(offset) = text.get(from..)?.find("####") {
        let place = from + offset;
        let slashes = text.as_bytes().get(..place)?.iter().rev().take_while(|byte| **byte == b'\\').count();
        if slashes % 2 == 0 {
            return Some(place);
        }
        from = place + 1;
    }
    None
}

/// The braces around the answers. Formulas whose braces nobody escaped are told from them by what they begin with.
fn answer_block(body: &str) -> Result<Option<(usize, usize)>, &'static str> {
    let mut blocks = Vec::new();
    let mut from = 0;
    while let Some(offset) = body.get(from..).and_then(|rest| find(rest, b"{")) {
        let open = from + offset;
        let close = closing(body, open).ok_or("the answers have no closing brace")?;
        blocks.push((open, close));
        from = close + 1;
    }
    if let [] | [_] = blocks.as_slice() {
        return Ok(blocks.first().copied());
    }
    let looks_right = |(open, close): &&(usize, usize)| {
        let inside = body.get(open + 1..*close).unwrap_or_default().trim();
        let word = inside.split('#').next().unwrap_or_default().trim().to_ascii_uppercase();
        inside.starts_with(['=', '~', '#']) || matches!(word.as_str(), "" | "T" | "F" | "TRUE" | "FALSE")
    };
    let likely: Vec<(usize, usize)> = blocks.iter().filter(looks_right).copied().collect();
    match likely.as_slice() {
        [] => Ok(blocks.last().copied()),
        [only] => Ok(Some(*only)),
        _ => Err("it has answers in more than one place, which GIFT does not know"),
    }
}

/// The brace that closes the one at `open`.
fn closing(text: &str, open: usize) -> Option<usize> {
    let mut depth = 0_usize;
    let mut bytes = text.bytes().enumerate().skip(open);
    while let Some((place, byte)) = bytes.next() {
        match byte {
            b'\\' => drop(bytes.next()),
            b'{' => depth += 1,
            b'}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return Some(place);
                }
            }
            _ => {}
        }
    }
    None
}

/// The title between `::`, and the rest.
fn title(text: &str) -> (Option<String>, &str) {
    let Some(rest) = text.trim_start().strip_prefix("::") else { return (None, text) };
    let mut from = 0;
    while let Some(offset) = rest.get(from..).and_then(|rest| find(rest, b":")) {
        let place = from + offset;
        if rest.as_bytes().get(place + 1) == Some(&b':') {
            let title = unescaped(rest.get(..place).unwrap_or_default());
            return (Some(title.into_owned()), rest.get(place + 2..).unwrap_or_default());
        }
        from = place + 1;
    }
    (None, text)
}
