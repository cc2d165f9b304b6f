//! Reading numbers as people type them, and comparing them with a tolerance.

use super::letters::{is_invisible, plain_sign, raised};
use crate::question::{NumberKey, NumberRange, UnitKey};

/// Allowed beside the stated tolerance: what rounding to binary may cost.
const ROUNDING: f64 = 1e-12;

/// Every value a typed number may stand for: `1,250` is one and a quarter to one learner and twelve hundred and fifty
/// to another, and both are taken. Signs, spaces between digits, decimal commas and points, thousands marks, powers of
/// ten (`3e8`, `3·10^8`, `3 x 10⁸`), fractions (`3/4`, `1 1/2`, `½`) and per cent (`50%` is fifty, and a half) are read;
/// anything else is no number.
pub fn readings(text: &str) -> Vec<f64> {
    if let Some(value) = mixed(text) {
        return vec![value];
    }
    let text = plain(text);
    if let Some(number) = text.strip_suffix('%') {
        return values(number).into_iter().chain(decimals(number, -2)).collect();
    }
    values(&text)
}

fn values(text: &str) -> Vec<f64> {
    if let Some((above, below)) = text.split_once('/') {
        let (above, below) = (decimals(above, 0), decimals(below, 0));
        return above
            .iter()
            .flat_map(|a| below.iter().map(move |b| a / b))
            .filter(|value| value.is_finite())
            .collect();
    }
    let (mantissa, power) = power_of_ten(text).unwrap_or((text, 0));
    decimals(mantissa, power)
}

fn decimals(mantissa: &str, power: i32) -> Vec<f64> {
    // Parsing with the exponent keeps 3e8 exact where multiplying might not.
    let mut values: Vec<f64> = Vec::new();
    for text in decimal_texts(mantissa, power) {
        values.extend(finite(&text).filter(|value| !values.contains(value)));
    }
    values
}

fn finite(text: &str) -> Option<f64> {
    text.parse().ok().filter(|value: &f64| value.is_finite())
}

/// A whole number and a fraction: `1 1/2`, `2½`. Spaces between digits are otherwise layout.
fn mixed(text: &str) -> Option<f64> {
    const PARTS: [(char, f64, f64); 9] = [
        ('½', 1.0, 2.0),
        ('⅓', 1.0, 3.0),
        ('⅔', 2.0, 3.0),
        ('¼', 1.0, 4.0),
        ('¾', 3.0, 4.0),
        ('⅕', 1.0, 5.0),
        ('⅙', 1.0, 6.0),
        ('⅛', 1.0, 8.0),
        ('⅞', 7.0, 8.0),
    ];
    let text: String = text.chars().filter(|c| !is_invisible(*c)).map(plain_sign).collect();
    let text = text.trim();
    let found =
        PARTS.iter().find_map(|(sign, above, below)| Some((text.strip_suffix(*sign)?, above / below)));
    let (whole, part) = match found {
        Some(found) => found,
        None => {
            let (before, below) = text.split_once('/')?;
            let (whole, above) = before.trim_end().rsplit_once(' ')?;
            let count = |text: &str| -> Option<u32> {
                text.trim().parse().ok().filter(|_| !text.trim().starts_with(['0', '+']))
            };
            let (above, below) = (count(above)?, count(below)?);
            if above >= below {
                return None;
            }
            (whole, f64::from(above) / f64::from(below))
        }
    };
    let (sign, whole) = match whole.trim().strip_prefix('-') {
        Some(rest) => (-1.0, rest.trim()),
        None => (1.0, whole.trim()),
    };
    let is_alone = whole.is_empty() && found.is_some();
    let whole: u32 = if is_alone { 0 } else { whole.parse().ok()? };
    Some(sign * (f64::from(whole) + part))
}

/// Without spaces between digits; signs and digits as ASCII has them.
fn plain(text: &str) -> String {
    let is_space =
        |c: char| c.is_whitespace() || matches!(c, '\'' | '\u{2019}' | '_' | '٬') || is_invisible(c);
    let mut out = String::with_capacity(text.len());
    let mut was_raised = false;
    for letter in text.chars().filter(|c| !is_space(*c)) {
        let raised = raised(letter);
        if raised.is_some() && !was_raised {
            out.push('^');
        }
        was_raised = raised.is_some();
        out.push(match raised.unwrap_or_else(|| plain_sign(letter)) {
            '·' | '⋅' | '*' | 'X' | 'x' => '×',
            '⁄' | '∕' => '/',
            '،' => ',',
            other => other,
        });
    }
    out
}

fn power_of_ten(text: &str) -> Option<(&str, i32)> {
    let (mantissa, power) = text
        .split_once("×10^")
        .or_else(|| text.split_once("×10××"))
        .or_else(|| Some(("1", text.strip_prefix("10^")?)))
        .or_else(|| Some(("-1", text.strip_prefix("-10^")?)))
        .or_else(|| text.split_once(['e', 'E']))?;
    let power = power.strip_prefix('(').and_then(|p| p.strip_suffix(')')).unwrap_or(power);
    let power: i32 = power.strip_prefix('+').unwrap_or(power).parse().ok()?;
    (-400..=400).contains(&power).then_some((mantissa, power))
}

/// Every number that a decimal number may stand for, as text: no zeros that say nothing, so that equal texts are equal
/// numbers, however many digits they have.
pub fn decimals_of(text: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for text in decimal_texts(&plain(text), 0) {
        let text = text.strip_suffix("e0").unwrap_or(&text);
        let (sign, digits) = text.strip_prefix('-').map_or(("", text), |digits| ("-", digits));
        let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
        let (whole, part) = (whole.trim_start_matches('0'), part.trim_end_matches('0'));
        let point = if part.is_empty() { "" } else { "." };
        let is_zero = whole.is_empty() && part.is_empty();
        let number = format!("{}{whole}{point}{part}", if is_zero { "" } else { sign });
        if !out.contains(&number) {
            out.push(number);
        }
    }
    out
}

/// The readings of a decimal number times a power of ten, as a machine reads them.
fn decimal_texts(text: &str, power: i32) -> Vec<String> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let is_plain = digits.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b','));
    if !is_plain || !digits.bytes().any(|b| b.is_ascii_digit()) {
        return Vec::new();
    }
    let both = [with_decimal(digits, '.', ','), with_decimal(digits, ',', '.')];
    both.into_iter().flatten().map(|digits| format!("{sign}{digits}e{power}")).collect()
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
    let thousands = rest.iter().all(|group| group.len() == 3);
    // As India writes them: `12,34,567`.
    let lakhs = first.len() <= 2
        && matches!(rest.as_slice(), [middle @ .., last] if !middle.is_empty() && last.len() == 3
            && middle.iter().all(|group| group.len() == 2));
    let grouped = rest.is_empty() || (leads && (thousands || lakhs));
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
    let text = text.trim_matches(|c: char| c.is_whitespace() || is_invisible(c));
    // The longest unit that fits: `mm` before `m`. Capitals decide between units that differ only in them.
    for exact in [true, false] {
        let found = units.iter().filter_map(|unit| {
            let number = without_unit(text, &unit.text, exact)?;
            Some((number, unit.text.chars().count(), unit.per_first))
        });
        if let Some((number, _, per_first)) = found.max_by_key(|(_, len, _)| *len) {
            let values = readings(number);
            if !values.is_empty() {
                return values.into_iter().map(|value| value / per_first).collect();
            }
        }
    }
    if unit_required { Vec::new() } else { readings(text) }
}

/// What stands before a unit, or behind it where it is a sign (`€5`).
fn without_unit<'t>(text: &'t str, unit: &str, exact: bool) -> Option<&'t str> {
    /// Spaces, carets and marks that one writes in a unit and another does not.
    const SLACK: usize = 8;
    let wanted = unit_letters(unit);
    if wanted.is_empty() {
        return None;
    }
    let is_it = |typed: &str| {
        let typed = unit_letters(typed);
        // A milliwatt is no megawatt.
        let is_milli = |text: &str| text.chars().count() > 1 && text.starts_with('m');
        typed == wanted
            || (!exact
                && is_milli(&typed) == is_milli(&wanted)
                && typed.to_lowercase() == wanted.to_lowercase())
    };
    let longest = unit.chars().count() + SLACK;
    let mut cuts: Vec<usize> = text.char_indices().rev().take(longest).map(|(at, _)| at).collect();
    cuts.reverse();
    let behind = cuts.into_iter().find_map(|at| {
        let (number, typed) = (text.get(..at)?, text.get(at..)?);
        is_it(typed).then_some(number)
    });
    behind.or_else(|| {
        let sign = unit.trim();
        text.strip_prefix(sign).filter(|_| !sign.contains(|c: char| c.is_alphanumeric()))
    })
}

/// A unit as it is compared: `m/s²`, `m/s^2` and `m / s2` are the same.
fn unit_letters(text: &str) -> String {
    let skipped = |c: char| c.is_whitespace() || c == '^' || is_invisible(c);
    text.chars()
        .filter(|c| !skipped(*c))
        .map(|c| raised(c).unwrap_or_else(|| plain_sign(c)))
        .map(|c| match c {
            '\u{2126}' => 'Ω',
            'º' => '°',
            '⋅' | '*' => '·',
            other => other,
        })
        .collect()
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
            ("１２", vec![12.0]),
            ("10⁸", vec![1e8]),
            ("3×10⁻²", vec![0.03]),
            ("2*10**3", vec![2000.0]),
            ("3 1/2", vec![3.5]),
            ("-2½", vec![-2.5]),
            ("½", vec![0.5]),
            ("1 000/3", vec![1000.0 / 3.0]),
            ("50%", vec![50.0, 0.5]),
            ("12,34,567", vec![1_234_567.0]),
            ("١٬٢٥٠", vec![1250.0]),
            ("\u{200f}٣\u{200f}", vec![3.0]),
        ] {
            assert_eq!(readings(text), values, "{text}");
        }
        for text in [
            "",
            "-",
            ".",
            "twelve",
            "1,2,3",
            "12,50.1,0",
            "1/0",
            "--1",
            "0x10",
            "e5",
            "1,23,45",
            "%",
            "1 1/",
            "inf",
            "NaN",
        ] {
            assert_eq!(readings(text), Vec::<f64>::new(), "{text}");
        }
    }

    #[test]
    fn units_are_read_and_turned_into_the_first() {
        let unit = |text: &str, per_first| UnitKey { text: text.into(), per_first };
        let units = [unit("m", 1.0), unit("cm", 100.0), unit("mm", 1000.0)];
        assert_eq!(readings_with_unit("2 m", &units, false), [2.0]);
        assert_eq!(readings_with_unit("250cm", &units, false), [2.5]);
        assert_eq!(readings_with_unit("2,5 CM", &units, true), [0.025]);
        assert!(readings_with_unit("2 Mm", &units, true).is_empty(), "a megametre");
        assert_eq!(readings_with_unit("2", &units, false), [2.0]);
        assert!(readings_with_unit("2", &units, true).is_empty());
        assert!(readings_with_unit("2 km", &units, false).is_empty());
    }

    #[test]
    fn a_unit_is_the_same_however_it_is_written() {
        let unit = |text: &str| [UnitKey { text: text.into(), per_first: 1.0 }];
        for (wanted, text) in [
            ("m/s^2", "9.8 m/s²"),
            ("m/s²", "9,8 m/s2"),
            ("μm", "9.8 \u{b5}m"),
            ("Ω", "9.8\u{2126}"),
            ("€", "€9.80"),
            ("€", "9,80 €"),
            ("°C", "9.8 ºC"),
            ("kWh", "9.8kwh"),
            ("%", "9.8 %"),
        ] {
            assert_eq!(readings_with_unit(text, &unit(wanted), true), [9.8], "{text}");
        }
        assert!(readings_with_unit("5 mW", &unit("MW"), false).is_empty());
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
