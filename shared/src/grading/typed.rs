//! Comparing typed answers: capitals, accents, slips, patterns.

use super::number::readings;
use crate::question::{TextRule, TypedKey};

/// The key that a typed answer earns most by; the first of those that earn the same.
pub fn best<'a>(accepted: &'a [TypedKey], rule: TextRule, given: &str) -> Option<&'a TypedKey> {
    accepted
        .iter()
        .filter(|key| fits(key, rule, given))
        .reduce(|best, key| if key.credit > best.credit { key } else { best })
}

fn fits(key: &TypedKey, rule: TextRule, given: &str) -> bool {
    if key.is_pattern { fits_pattern(&key.text, rule, given) } else { same_typed(&key.text, rule, given) }
}

/// Whether `given` counts as `accepted`: equal after trimming, folding (as the rule says) and dropping punctuation at
/// the ends or, for words of five letters and more where the rule forgives slips, one edit (insertion, deletion,
/// substitution, swap of neighbours) away; digits are never a slip. Two numbers are compared by value, whichever digits and
/// marks they are written with.
pub fn same_typed(accepted: &str, rule: TextRule, given: &str) -> bool {
    let (accepted, given) = (fold(accepted, rule), fold(given, rule));
    if given.is_empty() {
        return false;
    }
    let (wanted, read) = (numbers(&accepted), numbers(&given));
    if !wanted.is_empty() || !read.is_empty() {
        return wanted.iter().any(|value| read.contains(value));
    }
    let forgiven = rule.typos && accepted.chars().count() >= 5 && digits(&accepted).eq(digits(&given));
    accepted == given || (forgiven && one_edit_apart(&accepted, &given))
}

/// `H2SO4` and `H2SO3` differ by more than a slip.
fn digits(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars().filter(char::is_ascii_digit)
}

/// `*` stands for any run of letters; `\*` for a star. The parts between must follow one another.
fn fits_pattern(pattern: &str, rule: TextRule, given: &str) -> bool {
    let given = fold(given, rule);
    let pattern = pattern.replace("\\*", "\u{0}");
    let parts: Vec<String> =
        pattern.split('*').map(|part| fold_letters(&part.replace('\u{0}', "*"), rule)).collect();
    let [first, middle @ .., last] = parts.as_slice() else {
        return parts.first().is_some_and(|only| *only == given);
    };
    let (first, last) = (first.trim_start(), last.trim_end());
    let Some(rest) = given.strip_prefix(first) else { return false };
    let Some(mut rest) = rest.strip_suffix(last) else { return false };
    for part in middle {
        let Some((_, after)) = rest.split_once(part.as_str()) else { return false };
        rest = after;
    }
    true
}

/// What a plain decimal number may stand for; empty for every other text.
fn numbers(text: &str) -> Vec<f64> {
    let looks = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | '-' | '+' | ' ' | '\'');
    if text.chars().all(looks) { readings(text) } else { Vec::new() }
}

/// Folded letters, single spaces, without punctuation at the ends (a sign before a digit stays).
fn fold(text: &str, rule: TextRule) -> String {
    let letters = fold_letters(text.trim(), rule);
    let words = letters.split_whitespace().collect::<Vec<_>>().join(" ").replace(" %", "%");
    let mark = |c: char| (c.is_ascii_punctuation() && c != '%') || ['؟', '،', '؛'].contains(&c);
    let end = words.trim_end_matches(mark);
    // An answer that is nothing but signs (`*`, `{}`) is compared as it is.
    if end.is_empty() {
        return words;
    }
    let mut start = end;
    while let Some(first) = start.chars().next().filter(char::is_ascii_punctuation) {
        let rest = start.get(1..).unwrap_or_default();
        if matches!(first, '-' | '+' | '.') && rest.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
            break;
        }
        start = rest;
    }
    start.to_owned()
}

/// Capitals and accents folded as the rule says; typographic signs, and the digits of every keyboard, always.
fn fold_letters(text: &str, rule: TextRule) -> String {
    let cased = if rule.case { text.to_owned() } else { text.to_lowercase() };
    cased
        .chars()
        .filter_map(|letter| if rule.accents { Some(letter) } else { without_accent(letter) })
        .map(|letter| match letter {
            '\u{2018}' | '\u{2019}' => '\'',
            '\u{201c}' | '\u{201d}' => '"',
            '\u{2010}'..='\u{2014}' | '\u{2212}' => '-',
            '\u{a0}' | '\u{202f}' | '\u{2009}' => ' ',
            '\u{660}'..='\u{669}' => ascii_digit(letter, 0x660),
            '\u{6f0}'..='\u{6f9}' => ascii_digit(letter, 0x6f0),
            '\u{ff10}'..='\u{ff19}' => ascii_digit(letter, 0xff10),
            '٫' => '.',
            '٬' => ',',
            '٪' => '%',
            other => other,
        })
        .collect()
}

/// The letter without its accent, in the case it has; `None` for combining marks.
fn without_accent(letter: char) -> Option<char> {
    let lower = letter.to_lowercase().next().unwrap_or(letter);
    let plain = unaccented(lower)?;
    Some(if plain != lower && lower != letter {
        plain.to_ascii_uppercase()
    } else if plain == lower {
        letter
    } else {
        plain
    })
}

fn ascii_digit(digit: char, zero: u32) -> char {
    char::from_digit((digit as u32).saturating_sub(zero), 10).unwrap_or(digit)
}

/// The base letter of the common Latin accented letters and of Arabic ones; `None` for combining marks.
fn unaccented(letter: char) -> Option<char> {
    Some(match letter {
        // Marks above and below letters, Arabic vowel signs, the stroke that stretches words.
        '\u{300}'..='\u{36f}' | '\u{64b}'..='\u{652}' | '\u{670}' | '\u{640}' => return None,
        'أ' | 'إ' | 'آ' | 'ٱ' => 'ا',
        'ى' => 'ي',
        'à'..='å' | 'ā' | 'ă' | 'ą' => 'a',
        'ç' | 'ć' | 'č' => 'c',
        'ď' | 'đ' => 'd',
        'è'..='ë' | 'ē' | 'ę' | 'ě' => 'e',
        'ğ' => 'g',
        'ì'..='ï' | 'ī' | 'ı' => 'i',
        'ł' => 'l',
        'ñ' | 'ń' | 'ň' => 'n',
        'ò'..='ö' | 'ø' | 'ō' | 'ő' => 'o',
        'ř' => 'r',
        'ś' | 'š' | 'ş' | 'ș' => 's',
        'ť' | 'ț' => 't',
        'ù'..='ü' | 'ū' | 'ů' | 'ű' => 'u',
        'ý' | 'ÿ' => 'y',
        'ź' | 'ż' | 'ž' => 'z',
        other => other,
    })
}

/// Optimal string alignment distance of exactly one.
fn one_edit_apart(a: &str, b: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let same_start = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    let (a, b) = (a.get(same_start..).unwrap_or_default(), b.get(same_start..).unwrap_or_default());
    match (a, b) {
        ([], [_]) | ([_], []) => true,
        ([x, y, rest @ ..], [p, q, other @ ..]) if x == q && y == p && rest == other => true,
        ([_, rest @ ..], [_, other @ ..]) if rest == other => true,
        ([_, rest @ ..], all) if rest == all => true,
        (all, [_, rest @ ..]) if rest == all => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn typed(accepted: &str, given: &str) -> bool {
        same_typed(accepted, TextRule::default(), given)
    }

    fn pattern(pattern: &str, given: &str) -> bool {
        let key = TypedKey { is_pattern: true, ..TypedKey::from(pattern) };
        best(&[key], TextRule::default(), given).is_some()
    }

    #[test]
    fn typed_answers_forgive_case_accents_spaces_and_a_full_stop() {
        for given in ["Perché", " perche ", "PERCHÉ.", "perche\u{301}", "perchè!"] {
            assert!(typed("perché", given), "{given}");
        }
        assert!(typed("surface  tension", "Surface tension"));
    }

    #[test]
    fn one_slip_is_forgiven_in_long_words_and_none_in_short_ones() {
        for given in ["grvity", "graviity", "grabity", "garvity"] {
            assert!(typed("gravity", given), "{given}");
        }
        for given in ["gvity", "levity", ""] {
            assert!(!typed("gravity", given), "{given}");
        }
        assert!(!typed("salt", "sale"));
    }

    #[test]
    fn a_rule_can_ask_for_capitals_for_accents_and_for_no_slip() {
        let strict = TextRule { case: true, accents: true, typos: false };
        assert!(same_typed("Perché", strict, "Perché"));
        for given in ["perché", "Perche", "Perchés"] {
            assert!(!same_typed("Perché", strict, given), "{given}");
        }
        let cased = TextRule { case: true, accents: false, typos: false };
        assert!(same_typed("École", cased, "Ecole") && !same_typed("École", cased, "ecole"));
    }

    #[test]
    fn numbers_compare_by_value_and_never_by_slip() {
        for (given, right) in
            [("0.5", true), ("0,50", true), (".5", true), ("0.6", false), ("-0.5", false), ("half", false)]
        {
            assert_eq!(typed("0.5", given), right, "{given}");
        }
        assert!(!typed("12345", "12346"));
        assert!(typed("-3", "\u{2212}3"));
    }

    #[test]
    fn digits_are_never_a_slip() {
        for (accepted, given) in
            [("H2SO4", "H2SO3"), ("14 July 1789", "14 July 1799"), ("9.8 m/s2", "9.9 m/s2")]
        {
            assert!(!typed(accepted, given), "{given}");
        }
        assert!(typed("14 July 1789", "14 Jully 1789"));
    }

    #[test]
    fn numbers_are_read_as_people_all_over_the_world_write_them() {
        for (accepted, given) in [
            ("3", "٣"),
            ("12.5", "١٢٫٥"),
            ("42", "۴۲"),
            ("300000", "300,000"),
            ("300000", "300 000"),
            ("1500", "1.500"),
            ("300,000", "300000"),
            ("-1000", "-1,000"),
            ("50%", "50 %"),
        ] {
            assert!(typed(accepted, given), "{accepted} {given}");
        }
        for (accepted, given) in [("1500", "15,00"), ("125", "0.125"), ("1000", "1,000,00"), ("3", "٤")] {
            assert!(!typed(accepted, given), "{accepted} {given}");
        }
    }

    #[test]
    fn arabic_words_are_the_same_with_and_without_their_signs() {
        for (accepted, given) in [("مدرسة", "مَدْرَسَة"), ("أحمد", "احمد"), ("الأرض", "الارض؟"), ("مصطفى", "مصطفي")]
        {
            assert!(typed(accepted, given), "{accepted} {given}");
        }
        assert!(!typed("قلم", "كتاب"));
    }

    #[test]
    fn stars_stand_for_any_run_of_letters() {
        for given in ["photosynthesis", "Photo-synthesis", "photo synthesis."] {
            assert!(pattern("photo*synthesis", given), "{given}");
        }
        assert!(!pattern("photo*synthesis", "photosynthetic"));
        assert!(pattern("*", "anything at all"));
        assert!(pattern("a*b*c", "a1b2c") && !pattern("a*b*c", "a1c2b"));
        assert!(pattern("2\\*3", "2*3") && !pattern("2\\*3", "2x3"));
        assert!(!pattern("aba*aba", "aba"), "the ends do not overlap");
    }

    #[test]
    fn answers_that_are_only_signs_are_compared_as_they_are() {
        assert!(typed("{}", "{}") && !typed("{}", "[]"));
    }

    proptest! {
        #[test]
        fn an_accepted_answer_is_always_right(answer in "[a-zé0-9][a-zé0-9 ]{0,30}[a-zé0-9]") {
            prop_assert!(typed(&answer, &answer));
        }

        #[test]
        fn any_text_is_compared_without_a_panic(accepted in "\\PC*", given in "\\PC*") {
            typed(&accepted, &given);
            pattern(&accepted, &given);
        }
    }
}
