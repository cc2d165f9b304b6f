//! JSON text to a tree and back (RFC 8259). Reads what our server and we ourselves write; it does not hunt for every way
//! of being no JSON. Fractions are written to the millionth.

use serde_json::{Map, Number, Value};

/// Nothing of ours is nested deeper; more would only exhaust the stack.
const DEPTH: u8 = 64;
const MILLION: f64 = 1_000_000.0;

/// `None` when it is not JSON.
pub fn parse(text: &str) -> Option<Value> {
    let mut reader = Reader { rest: text };
    let value = reader.value(DEPTH)?;
    reader.skip_blanks();
    reader.rest.is_empty().then_some(value)
}

struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    fn skip_blanks(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\n', '\r', '\t']);
    }

    /// Goes past `mark` if it comes next, blanks before it left out.
    fn takes(&mut self, mark: &str) -> bool {
        self.skip_blanks();
        let after = self.rest.strip_prefix(mark);
        self.rest = after.unwrap_or(self.rest);
        after.is_some()
    }

    /// The next so many bytes.
    fn cut(&mut self, bytes: usize) -> Option<&'a str> {
        let (cut, rest) = self.rest.split_at_checked(bytes)?;
        self.rest = rest;
        Some(cut)
    }

    fn value(&mut self, depth: u8) -> Option<Value> {
        let depth = depth.checked_sub(1)?;
        if self.takes("{") {
            return self.object(depth);
        }
        if self.takes("[") {
            return self.array(depth);
        }
        if self.takes("\"") {
            return self.string().map(Value::String);
        }
        for (word, value) in [("null", Value::Null), ("true", true.into()), ("false", false.into())] {
            if self.takes(word) {
                return Some(value);
            }
        }
        let length = self.rest.find([',', ']', '}', ' ', '\n', '\r', '\t']).unwrap_or(self.rest.len());
        number(self.cut(length)?).map(Value::Number)
    }

    fn object(&mut self, depth: u8) -> Option<Value> {
        let mut fields = Map::new();
        if self.takes("}") {
            return Some(Value::Object(fields));
        }
        while self.takes("\"") {
            let name = self.string()?;
            if !self.takes(":") {
                return None;
            }
            fields.insert(name, self.value(depth)?);
            if !self.takes(",") {
                return self.takes("}").then_some(Value::Object(fields));
            }
        }
        None
    }

    fn array(&mut self, depth: u8) -> Option<Value> {
        let mut items = Vec::new();
        if self.takes("]") {
            return Some(Value::Array(items));
        }
        loop {
            items.push(self.value(depth)?);
            if !self.takes(",") {
                return self.takes("]").then_some(Value::Array(items));
            }
        }
    }

    /// The rest of a string whose opening mark is gone already.
    fn string(&mut self) -> Option<String> {
        let mut text = String::new();
        loop {
            text.push_str(self.cut(self.rest.find(['"', '\\'])?)?);
            if self.cut(1)? == "\"" {
                return Some(text);
            }
            text.push(match self.cut(1)? {
                "b" => '\u{8}',
                "f" => '\u{c}',
                "n" => '\n',
                "r" => '\r',
                "t" => '\t',
                "u" => self.escaped()?,
                plain @ ("\"" | "\\" | "/") => plain.chars().next()?,
                _ => return None,
            });
        }
    }

    /// Four hexadecimal digits, and four more where they are half of a character.
    fn escaped(&mut self) -> Option<char> {
        let unit = u32::from_str_radix(self.cut(4)?, 16).ok()?;
        let Some(high) = unit.checked_sub(0xD800).filter(|high| *high < 0x400) else {
            return char::from_u32(unit);
        };
        if self.cut(2)? != "\\u" {
            return None;
        }
        let low = u32::from_str_radix(self.cut(4)?, 16).ok()?.checked_sub(0xDC00)?;
        char::from_u32(0x10000 + (high << 10) + low)
    }
}

fn number(text: &str) -> Option<Number> {
    if let Ok(whole) = text.parse::<u64>() {
        return Some(whole.into());
    }
    match text.parse::<i64>() {
        Ok(whole) => Some(whole.into()),
        Err(_) => Number::from_f64(fraction(text)?),
    }
}

/// A number with a point or an exponent. Up to fifteen digits and 22 places it is the nearest there is.
fn fraction(text: &str) -> Option<f64> {
    let (digits, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let unsigned = digits.strip_prefix('-');
    let (whole, part) =
        unsigned.unwrap_or(digits).split_once('.').unwrap_or((unsigned.unwrap_or(digits), ""));
    let mut places: i32 = exponent.parse().ok()?;
    let mut value = 0.0;
    for (digit, is_part) in whole.chars().map(|c| (c, false)).chain(part.chars().map(|c| (c, true))) {
        value = value * 10.0 + f64::from(digit.to_digit(10)?);
        places = places.checked_sub(i32::from(is_part))?;
    }
    let scale = 10f64.powi(places.abs());
    let value = if places < 0 { value / scale } else { value * scale };
    (!whole.is_empty()).then_some(if unsigned.is_some() { -value } else { value })
}

/// Without blanks.
pub fn write_tree(value: &Value) -> String {
    let mut text = String::new();
    add(value, &mut text);
    text
}

fn add(value: &Value, text: &mut String) {
    match value {
        Value::Null => text.push_str("null"),
        Value::Bool(value) => text.push_str(if *value { "true" } else { "false" }),
        Value::Number(number) => add_number(number, text),
        Value::String(value) => add_string(value, text),
        Value::Array(items) => {
            let mut mark = '[';
            for item in items {
                text.push(mark);
                add(item, text);
                mark = ',';
            }
            text.push_str(if mark == '[' { "[]" } else { "]" });
        }
        Value::Object(fields) => {
            let mut mark = '{';
            for (name, value) in fields {
                text.push(mark);
                add_string(name, text);
                text.push(':');
                add(value, text);
                mark = ',';
            }
            text.push_str(if mark == '{' { "{}" } else { "}" });
        }
    }
}

fn add_number(number: &Number, text: &mut String) {
    if let Some(whole) = number.as_u64() {
        text.push_str(&whole.to_string());
    } else if let Some(whole) = number.as_i64() {
        text.push_str(&whole.to_string());
    } else {
        let millionths = (number.as_f64().unwrap_or_default() * MILLION).round() as i64;
        text.push_str(&millionths.to_string());
        text.push_str("e-6");
    }
}

fn add_string(value: &str, text: &mut String) {
    text.push('"');
    for c in value.chars() {
        match c {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            c if c < ' ' => {
                text.push_str(if c < '\u{10}' { "\\u000" } else { "\\u001" });
                text.extend(char::from_digit(c as u32 % 16, 16));
            }
            c => text.push(c),
        }
    }
    text.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_written_is_read_by_everybody() {
        let tree = json!({
            "text": "a \"b\" \\ / \n\t\r\u{1}\u{1f} è ☃ 𝄞",
            "numbers": [0, -1, 18_446_744_073_709_551_615u64, -9_223_372_036_854_775_808i64, 0.25, -1.5],
            "empty": [[], {}, ""],
            "rest": [null, true, false],
        });
        let text = write_tree(&tree);
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), tree);
        assert_eq!(parse(&text), Some(tree));
    }

    #[test]
    fn what_others_write_is_read_as_they_meant_it() {
        for text in [
            r#" { "a" : [ 1 , 2.5e3 , -0.125, 1E-2, 12345.678901 ] , "b" : "\u00e8\ud834\udd1e\/\b\f" } "#,
            r#"[{"a":{"b":[[]]}},"\\","\"",""]"#,
            "\n7\t",
        ] {
            assert_eq!(parse(text), serde_json::from_str(text).ok(), "{text}");
        }
    }

    #[test]
    fn what_is_no_json_is_refused() {
        for text in [
            "",
            " ",
            "{",
            "[1",
            "[1,",
            "[1,]",
            "{\"a\"}",
            "{\"a\":1,}",
            "{a:1}",
            "\"open",
            "\"\\x\"",
            "\"\\ud834\"",
            "nul",
            "1 2",
            "--1",
            "1.2.3",
            "<html>",
            ".",
            "e5",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert_eq!(parse(&"[".repeat(100_000)), None);
    }
}
