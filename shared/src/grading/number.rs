//! Reading numbers as people type them, and comparing them with a tolerance.

use crate::question::{NumberKey, NumberRange, UnitKey};

/// Allowed beside the stated tolerance: what rounding to binary may cost.
const ROUNDING: f64 = 1e-12;

/// Every value a typed number may stand for: `1,250` is one and a quarter to one learner and twelve hundred and fifty
/// to another, and both are taken. Signs, spaces between digits, decimal commas and points, thousands marks, powers of
/// ten (`3e8`, `3·10^8`, `3 x 10^8`) and simple fractions (`3/4`) are read; anything else is no number.
pub fn readings(text: &str) -> Vec<f64> {
    let text = plain(text);
    if let Some((above, below)) = text.split_once('/') {
        let (above, below) = (decimals(above), decimals(below));
        return above
            .iter()
            .flat_map(|a| below.iter().map(move |b| a / b))
            .filter(|value| value.is_finite())
            .collect();
    }
    let (mantissa, power) = match power_of_ten(&text) {
        Some(parts) => parts,
        None => (text.as_str(), 0),
    };
    // Parsing with the exponent keeps 3e8 exact where multiplying might not.
    decimals_with(mantissa, power)
}

/// Without spaces between digits, minus signs and multiplication signs as ASCII has them.
fn plain(text: &str) -> String {
    let is_space = |c: char| c.is_whitespace() || matches!(c, '\'' | '\u{2019}' | '_');
    text.chars()
        .filter(|c| !is_space(*c))
        .map(|c| match c {
            '\u{2212}' | '\u{2013}' => '-',
            '×' | '·' | '⋅' | '*' | 'X' | 'x' => '×',
            '\u{66b}' => '.',
            '٠'..='٩' => char::from(b'0' + (c as u32 - '٠' as u32) as u8),
            '۰'..='۹' => char::from(b'0' + (c as u32 - '۰' as u32) as u8),
            other => other,
        })
        .collect()
}

fn power_of_ten(text: &str) -> Option<(&str, i32)> {
    let (mantissa, power) = text
        .split_once("×10^")
        .or_else(|| text.split_once("×10**"))
        .or_else(|| text.split_once(['e', 'E']))?;
    let power = power.strip_prefix('(').and_then(|p| p.strip_suffix(')')).unwrap_or(power);
    let power: i32 = power.strip_prefix('+').unwrap_or(power).parse().ok()?;
    (-400..=400).contains(&power).then_some((mantissa, power))
}

fn decimals(text: &str) -> Vec<f64> {
    decimals_with(text, 0)
}

fn decimals_with(text: &str, power: i32) -> Vec<f64> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let is_plain = digits.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b','));
    if !is_plain || !digits.bytes().any(|b| b.is_ascii_digit()) {
        return Vec::new();
    }
    let mut values = Vec::new();
    for digits in [with_decimal(digits, '.', ','), with_decimal(digits, ',', '.')].into_iter().flatten() {
        let value = format!("{sign}{digits}e{power}").parse::<f64>().ok().filter(|value| value.is_finite());
        values.extend(value.filter(|value| !values.contains(value)));
    }
    values
}

/// The digits with `mark` as the decimal sign and `group` between thousands; `None` where they are not so.
fn with_decimal(digits: &str, mark: char, group: char) -> Option<String> {
    let (whole, part) = digits.split_once(mark).unwrap_or((digits, ""));
    if part.contains([mark, group]) {
        return None;
    }
    let mut groups = whole.split(group);
    let first = groups.next()?;
    let rest: Vec<&str> = groups.collect();
    // `0,125` is an eighth and nothing else.
    let leads = (1..=3).contains(&first.len()) && !first.starts_with('0');
    let grouped = rest.is_empty() || (leads && rest.iter().all(|g| g.len() == 3));
    grouped.then(|| {
        let whole = format!("{first}{}", rest.concat());
        format!(
            "{}.{}",
            if whole.is_empty() { "0" } else { &whole },
            if part.is_empty() { "0" } else { part }
        )
    })
}

/// The values of a typed number with perhaps a unit, in the first unit. `None` where a unit is missing or not known.
pub fn readings_with_unit(text: &str, units: &[UnitKey], unit_required: bool) -> Vec<f64> {
    let text = text.trim();
    // The longest unit that fits: `mm` before `m`. Capitals decide between units that differ only in them.
    let fits = |unit: &UnitKey, exact: bool| {
        let tail = unit.text.trim();
        let cut = text.len().checked_sub(tail.len())?;
        let (number, end) = (text.get(..cut)?, text.get(cut..)?);
        let same = if exact { end == tail } else { end.to_lowercase() == tail.to_lowercase() };
        (same && !tail.is_empty()).then_some((number, tail.len(), unit.per_first))
    };
    let longest =
        |exact: bool| units.iter().filter_map(|unit| fits(unit, exact)).max_by_key(|(_, len, _)| *len);
    if let Some((number, _, per_first)) = longest(true).or_else(|| longest(false)) {
        let values = readings(number);
        if !values.is_empty() {
            return values.into_iter().map(|value| value / per_first).collect();
        }
    }
    if unit_required { Vec::new() } else { readings(text) }
}

/// Whether a value lies within a range.
pub fn is_within(range: NumberRange, value: f64) -> bool {
    let slack = |a: f64| ROUNDING * a.abs().max(value.abs());
    match range {
        NumberRange::Tolerance { value: wanted, tolerance } => {
            (value - wanted).abs() <= tolerance + slack(wanted)
        }
        NumberRange::Share { value: wanted, share } => {
            (value - wanted).abs() <= share * wanted.abs() + slack(wanted)
        }
        NumberRange::Bounds { low, high } => value >= low - slack(low) && value <= high + slack(high),
        NumberRange::Any => true,
    }
}

/// The key that a typed number earns most by; the first of those that earn the same.
pub fn best<'a>(accepted: &'a [NumberKey], values: &[f64]) -> Option<&'a NumberKey> {
    accepted
        .iter()
        .filter(|key| values.iter().any(|value| is_within(key.range, *value)))
        .reduce(|best, key| if key.credit > best.credit { key } else { best })
}

/// A value to show for a range: its middle.
pub fn shown(range: NumberRange) -> Option<f64> {
    match range {
        NumberRange::Tolerance { value, .. } | NumberRange::Share { value, .. } => Some(value),
        NumberRange::Bounds { low, high } => Some(low + (high - low) / 2.0),
        NumberRange::Any => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_are_read_as_people_write_them() {
        for (text, values) in [
            ("12", vec![12.0]),
            ("-0,5", vec![-0.5]),
            ("\u{2212}3", vec![-3.0]),
            (".5", vec![0.5]),
            ("5.", vec![5.0]),
            ("1,250", vec![1250.0, 1.25]),
            ("1.250", vec![1.25, 1250.0]),
            ("1,250.5", vec![1250.5]),
            ("1.250,5", vec![1250.5]),
            ("1 250 000", vec![1_250_000.0]),
            ("3e8", vec![3e8]),
            ("3 · 10^8", vec![3e8]),
            ("6.02 x 10^-23", vec![6.02e-23]),
            ("3/4", vec![0.75]),
            ("٤٢", vec![42.0]),
        ] {
            assert_eq!(readings(text), values, "{text}");
        }
        for text in ["", "-", ".", "twelve", "1,2,3", "12,50.1,0", "1/0", "--1", "0x10", "e5", "inf", "NaN"] {
            assert_eq!(readings(text), Vec::<f64>::new(), "{text}");
        }
    }

    #[test]
    fn units_are_read_and_turned_into_the_first() {
        let unit = |text: &str, per_first| UnitKey { text: text.into(), per_first };
        let units = [unit("m", 1.0), unit("cm", 100.0), unit("mm", 1000.0)];
        assert_eq!(readings_with_unit("2 m", &units, false), [2.0]);
        assert_eq!(readings_with_unit("250cm", &units, false), [2.5]);
        assert_eq!(readings_with_unit("2,5 MM", &units, true), [0.0025]);
        assert_eq!(readings_with_unit("2", &units, false), [2.0]);
        assert!(readings_with_unit("2", &units, true).is_empty());
        assert!(readings_with_unit("2 km", &units, false).is_empty());
    }

    #[test]
    fn bounds_belong_to_the_range_whatever_rounding_does() {
        let tenth = NumberRange::Tolerance { value: 0.3, tolerance: 0.1 };
        assert!(is_within(tenth, 0.4) && is_within(tenth, 0.2));
        assert!(!is_within(tenth, 0.41));
        assert!(is_within(NumberRange::Share { value: -200.0, share: 0.05 }, -190.0));
    }

    proptest! {
        #[test]
        fn a_number_written_by_a_machine_is_read_back(value in proptest::num::f64::NORMAL) {
            prop_assume!(value.abs() < 1e300 && value.abs() > 1e-300);
            let written = format!("{value:e}");
            prop_assert!(readings(&written).contains(&value), "{}", written);
        }

        #[test]
        fn any_text_is_read_without_a_panic(text in "\\PC{0,40}") {
            readings(&text);
        }
    }
}
