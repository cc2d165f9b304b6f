//! Reading and writing of comma-separated values (RFC 4180): quotes, line ends of any kind, a mark at the start.

use std::io::{self, BufRead, Write};

/// Calls `each` with the fields of every record. A quote that never closes ends with the file. Bytes that are not UTF-8
/// are replaced.
pub fn read(mut from: impl BufRead, mut each: impl FnMut(&[String])) -> io::Result<()> {
    let (mut line, mut fields, mut field) = (Vec::new(), Vec::new(), String::new());
    let (mut quoted, mut first) = (false, true);
    loop {
        line.clear();
        if from.read_until(b'\n', &mut line)? == 0 {
            break;
        }
        let text = String::from_utf8_lossy(&line);
        let text = if std::mem::take(&mut first) { text.trim_start_matches('\u{feff}') } else { &text };
        let mut characters = text.chars().peekable();
        while let Some(character) = characters.next() {
            match character {
                '"' if quoted && characters.peek() == Some(&'"') => {
                    characters.next();
                    field.push('"');
                }
                '"' if quoted => quoted = false,
                '"' if field.is_empty() => quoted = true,
                ',' if !quoted => fields.push(std::mem::take(&mut field)),
                '\r' | '\n' if !quoted => {}
                other => field.push(other),
            }
        }
        if !quoted {
            if !(fields.is_empty() && field.is_empty()) {
                fields.push(std::mem::take(&mut field));
                each(&fields);
            }
            fields.clear();
        }
    }
    if !(fields.is_empty() && field.is_empty()) {
        fields.push(field);
        each(&fields);
    }
    Ok(())
}

/// Writes a field, quoted only if it must be.
pub fn write_field(to: &mut impl Write, field: &str) -> io::Result<()> {
    if field.contains([',', '"', '\n', '\r']) {
        write!(to, "\"{}\"", field.replace('"', "\"\""))
    } else {
        to.write_all(field.as_bytes())
    }
}

/// Where a named column stands in a header, names compared without case or blanks around them.
pub fn column(header: &[String], name: &str) -> Option<usize> {
    header.iter().position(|field| field.trim().eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<Vec<String>> {
        let mut records = Vec::new();
        read(text.as_bytes(), |fields| records.push(fields.to_vec())).unwrap();
        records
    }

    #[test]
    fn quotes_commas_and_line_ends_inside_quotes_are_content() {
        assert_eq!(
            all("\u{feff}a,\"b,\"\"c\"\"\nd\",\r\ne,f\r\n\r\n"),
            [vec!["a", "b,\"c\"\nd", ""], vec!["e", "f"]]
        );
    }

    #[test]
    fn a_quote_that_never_closes_ends_with_the_file() {
        assert_eq!(all("a,\"b\nc"), [vec!["a", "b\nc"]]);
    }

    #[test]
    fn what_is_written_is_read_again() {
        let mut out = Vec::new();
        write_field(&mut out, "x,\"y\"\nz").unwrap();
        assert_eq!(all(&String::from_utf8(out).unwrap()), [vec!["x,\"y\"\nz"]]);
    }
}
