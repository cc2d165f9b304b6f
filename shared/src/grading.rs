//! Grading: one pure function, the same on both sides. What an answer is worth is here too; keeping it is the server's.

use crate::{
    answer::{Outcome, Response},
    question::QuestionKey,
};

/// Experience points for the first right answer to a question.
pub const XP_FIRST_RIGHT: u32 = 10;

/// Grades a response.
///
/// A choice is right when its id is the right choice's. A typed answer is right when, after trimming, folding case and
/// accents, and dropping punctuation at its ends, it equals an accepted answer or, for words of five letters and more,
/// is one edit (insertion, deletion, substitution, swap of neighbours) away from it; digits are never a slip. Two numbers
/// are compared by value, whichever digits and marks they are written with.
/// A response of the wrong kind, and "I don't know yet", is not right yet.
pub fn grade(key: &QuestionKey, response: &Response) -> Outcome {
    let right = match (key, response) {
        (QuestionKey::Choices { choices }, Response::Choice { choice_id }) => {
            choices.iter().any(|c| c.is_right && c.id.as_ref() == Some(choice_id))
        }
        (QuestionKey::Typed { accepted }, Response::Typed { text }) => {
            accepted.iter().any(|answer| same_typed(answer, text))
        }
        _ => false,
    };
    if right { Outcome::Right } else { Outcome::NotYet }
}

/// Points for an answer: only the first answer to a question earns any, so that repeating cannot farm them.
pub fn xp(outcome: Outcome, is_first: bool) -> u32 {
    if is_first && outcome == Outcome::Right { XP_FIRST_RIGHT } else { 0 }
}

fn same_typed(accepted: &str, given: &str) -> bool {
    let (accepted, given) = (fold(accepted), fold(given));
    if given.is_empty() {
        return false;
    }
    match (number(&accepted), number(&given)) {
        (Some(a), Some(b)) => a == b || thousands(&given) == Some(a) || thousands(&accepted) == Some(b),
        (Some(a), None) => thousands(&given) == Some(a),
        (None, Some(b)) => thousands(&accepted) == Some(b),
        (None, None) => {
            accepted == given
                || (accepted.chars().count() >= 5
                    && digits(&accepted).eq(digits(&given))
                    && one_edit_apart(&accepted, &given))
        }
    }
}

/// `H2SO4` and `H2SO3` differ by more than a slip.
fn digits(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars().filter(char::is_ascii_digit)
}

/// A whole number in groups of three: `1,500`, `1.500`, `1 500`. It may be read so beside being read as a fraction.
fn thousands(text: &str) -> Option<f64> {
    let plain = text.trim_start_matches(['-', '+']);
    let mark = plain.chars().find(|c| !c.is_ascii_digit()).filter(|c| [',', '.', ' ', '\''].contains(c))?;
    let mut groups = plain.split(mark);
    let first = groups.next().filter(|first| (1..=3).contains(&first.len()) && !first.starts_with('0'))?;
    let whole = |group: &str| group.bytes().all(|b| b.is_ascii_digit());
    let good = whole(first) && groups.all(|group| group.len() == 3 && whole(group));
    let value = plain.replace(mark, "").parse::<f64>().ok().filter(|_| good)?;
    Some(if text.starts_with('-') { -value } else { value })
}

/// A plain decimal number, a comma or a point before its fraction.
fn number(text: &str) -> Option<f64> {
    let looks =
        !text.is_empty() && text.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ',' | '-' | '+'));
    text.replace(',', ".").parse::<f64>().ok().filter(|n| looks && n.is_finite())
}

/// Lower case, without accents, single spaces, without punctuation at the ends (a sign before a digit stays).
fn fold(text: &str) -> String {
    let lower: String = text.trim().to_lowercase().chars().filter_map(unaccented).collect();
    let lower = lower.replace('\u{2212}', "-");
    let words = lower.split_whitespace().collect::<Vec<_>>().join(" ").replace(" %", "%");
    let mark = |c: char| (c.is_ascii_punctuation() && c != '%') || ['؟', '،', '؛'].contains(&c);
    let end = words.trim_end_matches(mark);
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

/// The base letter of the common Latin accented letters and of Arabic ones, digits of every keyboard as ASCII; `None` for
/// combining marks.
fn unaccented(letter: char) -> Option<char> {
    Some(match letter {
        // Marks above and below letters, Arabic vowel signs, the stroke that stretches words.
        '\u{300}'..='\u{36f}' | '\u{64b}'..='\u{652}' | '\u{670}' | '\u{640}' => return None,
        'أ' | 'إ' | 'آ' | 'ٱ' => 'ا',
        'ى' => 'ي',
        '\u{660}'..='\u{669}' => ascii_digit(letter, 0x660),
        '\u{6f0}'..='\u{6f9}' => ascii_digit(letter, 0x6f0),
        '\u{ff10}'..='\u{ff19}' => ascii_digit(letter, 0xff10),
        '٫' => '.',
        '٬' => ',',
        '٪' => '%',
        '\u{a0}' | '\u{202f}' | '\u{2009}' => ' ',
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
        '\u{2018}' | '\u{2019}' => '\'',
        '\u{2010}'..='\u{2014}' => '-',
        other => other,
    })
}

fn ascii_digit(digit: char, zero: u32) -> char {
    char::from_digit((digit as u32).saturating_sub(zero), 10).unwrap_or(digit)
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
    use crate::{ChoiceId, question::ChoiceKey};
    use proptest::prelude::*;

    fn typed(accepted: &[&str], given: &str) -> Outcome {
        let accepted = accepted.iter().map(|a| (*a).to_owned()).collect();
        grade(&QuestionKey::Typed { accepted }, &Response::Typed { text: given.into() })
    }

    fn choice_id(n: u8) -> ChoiceId {
        ChoiceId::new(0, [n; 10])
    }

    fn choices() -> QuestionKey {
        let choice = |n: u8| ChoiceKey {
            id: Some(choice_id(n)),
            text: n.to_string(),
            is_right: n == 2,
            reason: String::new(),
        };
        QuestionKey::Choices { choices: vec![choice(1), choice(2), choice(3)] }
    }

    #[test]
    fn only_the_right_choice_is_right() {
        for n in 0..5 {
            let outcome = grade(&choices(), &Response::Choice { choice_id: choice_id(n) });
            assert_eq!(outcome == Outcome::Right, n == 2, "{n}");
        }
    }

    #[test]
    fn not_knowing_and_answers_of_the_wrong_kind_are_not_right_yet() {
        assert_eq!(grade(&choices(), &Response::DontKnow), Outcome::NotYet);
        assert_eq!(grade(&choices(), &Response::Typed { text: "2".into() }), Outcome::NotYet);
        let key = QuestionKey::Typed { accepted: vec!["x".into()] };
        assert_eq!(grade(&key, &Response::Choice { choice_id: choice_id(2) }), Outcome::NotYet);
    }

    #[test]
    fn typed_answers_forgive_case_accents_spaces_and_a_full_stop() {
        for given in ["Perché", " perche ", "PERCHÉ.", "“perche\u{301}”".trim_matches(['“', '”']), "perchè!"]
        {
            assert_eq!(typed(&["perché"], given), Outcome::Right, "{given}");
        }
        assert_eq!(typed(&["surface  tension"], "Surface tension"), Outcome::Right);
    }

    #[test]
    fn one_slip_is_forgiven_in_long_words_and_none_in_short_ones() {
        for given in ["grvity", "graviity", "grabity", "garvity"] {
            assert_eq!(typed(&["gravity"], given), Outcome::Right, "{given}");
        }
        for given in ["gvity", "levity", ""] {
            assert_eq!(typed(&["gravity"], given), Outcome::NotYet, "{given}");
        }
        assert_eq!(typed(&["salt"], "sale"), Outcome::NotYet);
    }

    #[test]
    fn numbers_compare_by_value_and_never_by_slip() {
        for (given, right) in
            [("0.5", true), ("0,50", true), (".5", true), ("0.6", false), ("-0.5", false), ("half", false)]
        {
            assert_eq!(typed(&["0.5"], given) == Outcome::Right, right, "{given}");
        }
        assert_eq!(typed(&["12345"], "12346"), Outcome::NotYet);
        assert_eq!(typed(&["-3"], "\u{2212}3"), Outcome::Right);
    }

    #[test]
    fn digits_are_never_a_slip() {
        for (accepted, given) in
            [("H2SO4", "H2SO3"), ("14 July 1789", "14 July 1799"), ("9.8 m/s2", "9.9 m/s2")]
        {
            assert_eq!(typed(&[accepted], given), Outcome::NotYet, "{given}");
        }
        assert_eq!(typed(&["14 July 1789"], "14 Jully 1789"), Outcome::Right);
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
            assert_eq!(typed(&[accepted], given), Outcome::Right, "{accepted} {given}");
        }
        for (accepted, given) in [("1500", "15,00"), ("125", "0.125"), ("1000", "1,000,00"), ("3", "٤")] {
            assert_eq!(typed(&[accepted], given), Outcome::NotYet, "{accepted} {given}");
        }
    }

    #[test]
    fn arabic_words_are_the_same_with_and_without_their_signs() {
        for (accepted, given) in [("مدرسة", "مَدْرَسَة"), ("أحمد", "احمد"), ("الأرض", "الارض؟"), ("مصطفى", "مصطفي")]
        {
            assert_eq!(typed(&[accepted], given), Outcome::Right, "{accepted} {given}");
        }
        assert_eq!(typed(&["قلم"], "كتاب"), Outcome::NotYet);
    }

    #[test]
    fn points_come_once() {
        assert_eq!(xp(Outcome::Right, true), XP_FIRST_RIGHT);
        assert_eq!(xp(Outcome::Right, false), 0);
        assert_eq!(xp(Outcome::NotYet, true), 0);
    }

    proptest! {
        #[test]
        fn an_accepted_answer_is_always_right(answer in "[a-zé0-9][a-zé0-9 ]{0,30}[a-zé0-9]") {
            prop_assert_eq!(typed(&[&answer], &answer), Outcome::Right);
        }

        #[test]
        fn any_text_is_graded_without_a_panic(accepted in "\\PC*", given in "\\PC*") {
            typed(&[&accepted], &given);
        }
    }
}
