//! Rows of a table as text: separators, quotes, lines.

/// A row and the line it begins on.
#[derive(Debug, PartialEq, Eq)]
pub struct Row {
    pub line: u32,
    pub cells: Vec<String>,
    /// A quote that nothing closes: the row was cut at the end of its line.
    pub is_broken: bool,
}

/// The separator of a table: the one that is most often in its first row.
pub fn separator(text: &str) -> char {
    let count = |mark: char| {
        let mut is_quoted = false;
        let first = text.chars().take(10_000).take_while(|letter| {
            is_quoted ^= *letter == '"';
            is_quoted || *letter != '\n'
        });
        let mut is_inside = false;
        first
            .filter(|letter| {
                is_inside ^= *letter == '"';
                !is_inside && *letter == mark
            })
            .count()
    };
    let counts = [',', ';', '\t'].map(|mark| (count(mark), mark));
    counts
        .into_iter()
        .reduce(|best, one| if one.0 > best.0 { one } else { best })
        .map_or(',', |(_, mark)| mark)
}

/// Cuts a table into rows; rows without a word are left out.
pub fn rows(text: &str, separator: char) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut rest = text;
    let mut line = 1_u32;
    // Once a quote was not closed to the end of the file, quotes end with their line.
    let mut ends_with_line = false;
    while !rest.is_empty() {
        let found = if ends_with_line { None } else { row(rest, separator, false) };
        let (cells, tail, is_broken) = match found {
            Some((cells, tail)) => (cells, tail, false),
            None => {
                ends_with_line = true;
                let end = rest.find('\n').map_or(rest.len(), |place| place + 1);
                let (one, tail) = rest.split_at(end);
                let whole = row(one, separator, false);
                let is_broken = whole.is_none();
                let cells =
                    whole.or_else(|| row(one, separator, true)).map(|(cells, _)| cells).unwrap_or_default();
                (cells, tail, is_broken)
            }
        };
        if cells.iter().any(|cell| !cell.trim().is_empty()) {
            rows.push(Row { line, cells, is_broken });
        }
        let taken = rest.get(..rest.len() - tail.len()).unwrap_or_default();
        let breaks = taken.bytes().filter(|byte| *byte == b'\n').count();
        line = line.saturating_add(u32::try_from(breaks).unwrap_or(u32::MAX));
        rest = tail;
    }
    rows
}

/// The cells of the first row and what follows it; `None` where a quote is not closed.
fn row(text: &str, separator: char, ignores_quotes: bool) -> Option<(Vec<String>, &str)> {
    let mut cells = Vec::new();
    let mut cell = String::new();
    let mut letters = text.char_indices().peekable();
    let mut is_quoted = false;
    while let Some((place, letter)) = letters.next() {
        match letter {
            '"' if is_quoted => {
                if letters.next_if(|(_, next)| *next == '"').is_some() {
                    cell.push('"');
                } else {
                    is_quoted = false;
                }
            }
            '"' if cell.trim().is_empty() && !ignores_quotes => {
                cell.clear();
                is_quoted = true;
            }
            _ if is_quoted => cell.push(letter),
            '\n' => {
                cells.push(cell);
                return Some((cells, text.get(place + 1..)?));
            }
            '\r' if letters.peek().is_none_or(|(_, next)| *next == '\n') => {}
            letter if letter == separator => cells.push(std::mem::take(&mut cell)),
            _ => cell.push(letter),
        }
    }
    cells.push(cell);
    (!is_quoted).then_some((cells, ""))
}

/// A cell as it is written.
pub fn cell(text: &str) -> String {
    let is_plain = !text.contains([',', ';', '\t', '"', '\n', '\r']) && text.trim() == text;
    if is_plain { text.to_owned() } else { format!("\"{}\"", text.replace('"', "\"\"")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn quotes_lines_and_separators_are_read() {
        let text = "a;\"b;\"\"c\"\"\nd\";e\r\n\r\n1;2;3";
        let rows = rows(text, separator(text));
        assert_eq!(
            rows[0],
            Row { line: 1, cells: vec!["a".into(), "b;\"c\"\nd".into(), "e".into()], is_broken: false }
        );
        assert_eq!((rows[1].line, rows[1].cells.len()), (4, 3));
    }

    #[test]
    fn an_open_quote_costs_its_row() {
        let rows = rows("a,b\n\"c,d\ne,f\n", ',');
        let lines: Vec<_> = rows.iter().map(|row| (row.line, row.is_broken)).collect();
        assert_eq!(lines, [(1, false), (2, true), (3, false)]);
    }

    proptest! {
        #[test]
        fn cells_come_back(table in prop::collection::vec(prop::collection::vec("[a,;\"\t\n\r é]{0,8}[b]", 3), 1..4)) {
            let text: String = table.iter().map(|cells| cells.iter().map(|c| cell(c)).collect::<Vec<_>>().join(",") + "\r\n").collect();
            let found: Vec<Vec<String>> = rows(&text, ',').into_iter().map(|row| row.cells).collect();
            prop_assert_eq!(found, table);
        }
    }
}
