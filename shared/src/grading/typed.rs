//! Comparing typed answers: capitals, accents, slips, patterns.

use super::letters::folded;
use super::number::decimals_of;
use crate::question::{TextRule, TypedKey};

/// The key that a typed answer earns most by; the first of those that earn the same. An answer that stands in the key
/// as it was typed is that one: a wrong answer its author named is no slip of the right one.
pub fn best<'a>(accepted: &'a [TypedKey], rule: TextRule, given: &str) -> Option<&'a TypedKey> {
    let given = Typed::read(given, rule);
    let most = |fits: &dyn Fn(&TypedKey) -> bool| {
        accepted
            .iter()
            .filter(|key| fits(key))
            .reduce(|best, key| if key.credit > best.credit { key } else { best })
    };
    most(&|key| !key.is_pattern && Typed::read(&key.text, rule).equals(&given)).or_else(|| {
        most(&|key| {
            if key.is_pattern {
                fits_pattern(&key.text, rule, &given)
            } else {
                Typed::read(&key.text, rule).is_slip(&key.text, &given, rule)
            }
        })
    })
}

/// Whether `given` counts as `accepted`: equal after folding (as the rule says) and dropping a sentence's punctuation at
/// the ends, or one slip away where the rule forgives slips: one edit (insertion, deletion, substitution, swap of
/// neighbours) in one word of five letters and more, behind its first letter. Words with digits, formulas (`NaCl`), Roman
/// numbers and scripts without letters take no slip. Two numbers are compared by value, whichever digits and marks they
/// are written with.
pub fn same_typed(accepted: &str, rule: TextRule, given: &str) -> bool {
    let (wanted, read) = (Typed::read(accepted, rule), Typed::read(given, rule));
    wanted.equals(&read) || wanted.is_slip(accepted, &read, rule)
}

/// An answer in the form it is compared in.
struct Typed {
    /// Folded, single spaces, with its punctuation.
    whole: String,
    /// Without a sentence's punctuation at the ends.
    bare: String,
}

impl Typed {
    fn read(text: &str, rule: TextRule) -> Self {
        let letters = folded(text, rule);
        let whole = letters.split_whitespace().collect::<Vec<_>>().join(" ").replace(" %", "%");
        let bare = bare(&whole);
        Self { whole, bare }
    }

    fn equals(&self, given: &Self) -> bool {
        if given.bare.is_empty() {
            return false;
        }
        let (wanted, read) = (numbers(&self.bare, true), numbers(&given.bare, false));
        if !wanted.is_empty() || !read.is_empty() {
            return wanted.iter().any(|value| read.contains(value));
        }
        self.bare == given.bare || self.whole == given.whole
    }

    fn is_slip(&self, raw: &str, given: &Self, rule: TextRule) -> bool {
        if !rule.typos || !numbers(&self.bare, true).is_empty() || !numbers(&given.bare, false).is_empty() {
            return false;
        }
        let words: Vec<&str> = self.bare.split(' ').collect();
        let typed: Vec<&str> = given.bare.split(' ').collect();
        if words.len() != typed.len() {
            return is_word(&self.bare) && joined(&self.bare) == joined(&given.bare);
        }
        let raw: Vec<&str> = raw.split_whitespace().collect();
        let mut others = words.iter().zip(&typed).enumerate().filter(|(_, (word, other))| word != other);
        let (Some((place, (word, other))), None) = (others.next(), others.next()) else { return false };
        let is_formula =
            raw.get(place).filter(|_| raw.len() == words.len()).is_some_and(|raw| is_formula(raw));
        !is_formula
            && is_word(word)
            && !has_digit(other)
            && word.chars().next() == other.chars().next()
            && one_edit_apart(word, other)
    }
}

/// Spaces and hyphens inside a name are a matter of taste.
fn joined(text: &str) -> String {
    text.chars().filter(|letter| !matches!(letter, ' ' | '-')).collect()
}

fn has_digit(text: &str) -> bool {
    text.contains(|letter: char| letter.is_ascii_digit())
}

/// Whether a word is long enough, and of the kind, that one letter more or less makes no other word.
fn is_word(word: &str) -> bool {
    // Scripts whose signs are syllables or words begin here.
    let is_letter = |letter: &char| letter.is_alphabetic() && *letter < '\u{2e80}';
    let letters = word.chars().filter(is_letter).count();
    let is_roman = word.chars().all(|letter| "ivxlcdm".contains(letter));
    letters >= 5 && !has_digit(word) && !is_roman && !word.contains(|letter: char| letter >= '\u{2e80}')
}

/// `NaCl` and `mRNA`: capitals behind small letters or behind the first letter of a word that is not all capitals.
fn is_formula(word: &str) -> bool {
    word.chars().skip(1).any(char::is_uppercase) && word.chars().any(char::is_lowercase)
}

/// `*` stands for any run of letters; `\*` for a star. The parts between must follow one another.
fn fits_pattern(pattern: &str, rule: TextRule, given: &Typed) -> bool {
    let pattern = pattern.replace("\\*", "\u{0}");
    let parts: Vec<String> =
        pattern.split('*').map(|part| folded(&part.replace('\u{0}', "*"), rule)).collect();
    [&given.whole, &given.bare].into_iter().any(|given| fits_parts(&parts, given))
}

fn fits_parts(parts: &[String], given: &str) -> bool {
    let [first, middle @ .., last] = parts else {
        return parts.first().is_some_and(|only| only == given);
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

/// What a plain decimal number may stand for; empty for every other text. `is_key`: `1,000` in a key is a thousand, for
/// its author knows how to write one.
fn numbers(text: &str, is_key: bool) -> Vec<String> {
    let looks = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | '-' | '+' | ' ' | '\'');
    // `10, 20` are two numbers.
    if !text.chars().all(looks) || text.contains(", ") || text.contains(". ") {
        return Vec::new();
    }
    let mut values = decimals_of(text);
    if is_key && values.len() > 1 && text.contains(',') {
        // The reading with points for decimals comes first.
        values.truncate(1);
    }
    values
}

/// Without what ends a sentence, quotes around the whole, and dots of an abbreviation. Signs that mean something
/// (`C++`, `O+`, `5!`, `f'`) stay; an answer that is nothing but signs is left as it is.
fn bare(text: &str) -> String {
    let mut inside = text.trim();
    loop {
        let before = inside;
        inside = inside.trim_end_matches(['.', ',', ';', ':', '?', '؟', '،', '؛', '。', '、']).trim_end();
        if let Some(rest) = inside.strip_suffix('!')
            && rest.chars().rev().take_while(|letter| letter.is_alphabetic()).count() >= 3
        {
            inside = rest;
        }
        inside = inside.trim_start_matches(['¿', '¡']).trim_start();
        for (open, close) in [('"', '"'), ('\'', '\''), ('«', '»'), ('(', ')')] {
            let within = inside.strip_prefix(open).and_then(|rest| rest.strip_suffix(close));
            let is_plain = |text: &&str| {
                text.chars().all(|letter| letter != open && letter != close)
                    && (open != '(' || text.chars().all(|letter| letter.is_alphabetic() || letter == ' '))
            };
            inside = within.filter(is_plain).unwrap_or(inside);
        }
        if let Some(rest) = inside.strip_prefix(['$', '#'])
            && rest.starts_with(|letter: char| letter.is_ascii_digit())
        {
            inside = rest;
        }
        if inside == before {
            break;
        }
    }
    if inside.is_empty() {
        return text.to_owned();
    }
    let is_short = |part: &str| part.chars().count() == 1 && part.chars().all(char::is_alphabetic);
    if inside.contains('.') && inside.split('.').all(is_short) {
        inside.replace('.', "")
    } else {
        inside.to_owned()
    }
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
        assert!(typed("14 October 1789", "14 Octobre 1789"));
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
    fn a_slip_stays_in_one_long_word_and_makes_no_other_answer_of_it() {
        for (accepted, given) in [
            ("Vitamin C", "Vitamin D"),
            ("Hepatitis B", "Hepatitis C"),
            ("World War I", "World War II"),
            ("Louis XVI", "Louis XIV"),
            ("XVIII", "XXIII"),
            ("typical", "atypical"),
            ("Zambia", "Gambia"),
            ("CuSO4", "CaSO4"),
            ("NaClO", "NaCl"),
            ("東京都庁舎", "東京都庁社"),
            ("sea salt", "sea sale"),
        ] {
            assert!(!typed(accepted, given), "{accepted} {given}");
        }
        for (accepted, given) in [
            ("ice cream", "icecream"),
            ("photosynthesis", "photo-synthesis"),
            ("New Jersey", "new jersy"),
            ("GRAVITY", "gravty"),
        ] {
            assert!(typed(accepted, given), "{accepted} {given}");
        }
    }

    #[test]
    fn a_wrong_answer_its_author_named_is_no_slip() {
        let keys = [
            TypedKey::from("Iceland"),
            TypedKey { credit: crate::question::Credit::NONE, ..TypedKey::from("Ireland") },
        ];
        let credit = |given| best(&keys, TextRule::default(), given).map(|key| key.credit.0);
        assert_eq!(
            (credit("Icelnd"), credit("ireland"), credit("Irelan")),
            (Some(10_000_000), Some(0), Some(0))
        );
    }

    #[test]
    fn signs_that_mean_something_are_no_punctuation() {
        for (accepted, given) in [
            ("C++", "C"),
            ("C#", "C"),
            ("O+", "O-"),
            ("A+", "A"),
            ("Na+", "Na"),
            ("5!", "5"),
            ("(0,1)", "[0,1]"),
            ("f'", "f"),
            (".NET", "NET"),
        ] {
            assert!(!typed(accepted, given) && !typed(given, accepted), "{accepted} {given}");
            assert!(typed(accepted, accepted));
        }
        for (accepted, given) in [
            ("Hello!", "hello"),
            ("\"Yes.\"", "yes"),
            ("gravity", "(gravity)"),
            ("U.S.A.", "USA"),
            ("5", "$5"),
            ("¿Qué?", "que"),
        ] {
            assert!(typed(accepted, given), "{accepted} {given}");
        }
    }

    #[test]
    fn numbers_are_compared_to_their_last_digit() {
        assert!(!typed("12345678901234567890", "12345678901234567891"));
        assert!(!typed("1,000", "1") && !typed("10, 20", "10.2"));
        assert!(typed("1,000", "1.000") && typed("0.50", ".5") && typed("1,00,000", "100000"));
    }

    #[test]
    fn marks_nobody_sees_and_letters_taken_apart_make_no_difference() {
        let strict = TextRule { case: true, accents: true, typos: false };
        assert!(same_typed("É", strict, "E\u{301}") && !same_typed("É", strict, "E"));
        assert!(same_typed("مدرسة", strict, "\u{200f}مدرسة\u{200e}") && same_typed("❤\u{fe0f}", strict, "❤"));
        assert!(
            typed("H2O", "H₂O") && typed("x^2", "x²") && typed("Straße", "strasse") && typed("Νερό", "νερο")
        );
        assert!(!typed("salt", "\u{200b}") && !typed("😀", "😃"));
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
