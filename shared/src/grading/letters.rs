//! Letters as keyboards all over the world give them, brought to one form: digits, signs, accents, marks nobody sees.
//! What counts as the same answer is decided by `typed` and `number`.

use crate::question::TextRule;

/// Marks above and below letters with the letters they make: the n-th base and the mark are the n-th letter.
const ACCENTED: [(char, &str, &str); 20] = [
    ('\u{300}', "aeiounyâêôăơư", "àèìòùǹỳầềồằờừ"),
    ('\u{301}', "aeiouycnslzrâêôăơưαεηιουω", "áéíóúýćńśĺźŕấếốắớứάέήίόύώ"),
    ('\u{302}', "aeioucghjswyz", "âêîôûĉĝĥĵŝŵŷẑ"),
    ('\u{303}', "anoieuyâêôăơư", "ãñõĩẽũỹẫễỗẵỡữ"),
    ('\u{304}', "aeiou", "āēīōū"),
    ('\u{306}', "aegiouи", "ăĕğĭŏŭй"),
    ('\u{307}', "cegz", "ċėġż"),
    ('\u{308}', "aeiouyеιυ", "äëïöüÿёϊϋ"),
    ('\u{309}', "aeiouyâêôăơư", "ảẻỉỏủỷẩểổẳởử"),
    ('\u{30a}', "au", "åů"),
    ('\u{30b}', "ou", "őű"),
    ('\u{30c}', "cdenrstzlag", "čďěňřšťžľǎǧ"),
    ('\u{31b}', "ou", "ơư"),
    ('\u{323}', "aeiouyâêôăơư", "ạẹịọụỵậệộặợự"),
    ('\u{326}', "st", "șț"),
    ('\u{327}', "csgklnrt", "çşģķļņŗţ"),
    ('\u{328}', "aeiu", "ąęįų"),
    ('\u{653}', "ا", "آ"),
    ('\u{654}', "اوي", "أؤئ"),
    ('\u{655}', "ا", "إ"),
];

/// Zeros of the scripts whose digits people type, small ones below the line included.
const ZEROS: [char; 7] = ['\u{660}', '\u{6f0}', '\u{966}', '\u{9e6}', '\u{e50}', '\u{2080}', '\u{ff10}'];

/// The ASCII digit that a digit of another script is.
pub fn digit(letter: char) -> Option<char> {
    ZEROS.iter().find_map(|zero| {
        let value = (letter as u32).checked_sub(*zero as u32).filter(|value| *value < 10)?;
        char::from_digit(value, 10)
    })
}

/// The digit or sign that stands raised.
pub fn raised(letter: char) -> Option<char> {
    Some(match letter {
        '¹' => '1',
        '²' => '2',
        '³' => '3',
        '⁰' | '⁴'..='⁹' => char::from_digit(letter as u32 - 0x2070, 10)?,
        '⁺' => '+',
        '⁻' => '-',
        _ => return None,
    })
}

/// Marks of direction, joiners, selectors: nobody types them knowingly.
pub fn is_invisible(letter: char) -> bool {
    matches!(
        letter,
        '\u{ad}' | '\u{61c}' | '\u{640}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
    )
}

fn is_mark(letter: char) -> bool {
    matches!(letter, '\u{300}'..='\u{36f}' | '\u{5b0}'..='\u{5c7}' | '\u{64b}'..='\u{655}' | '\u{670}')
}

/// A sign as ASCII has it.
pub fn plain_sign(letter: char) -> char {
    match letter {
        '\u{2018}' | '\u{2019}' | '\u{2032}' => '\'',
        '\u{201c}' | '\u{201d}' | '\u{2033}' => '"',
        '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
        '\u{a0}' | '\u{202f}' | '\u{2009}' | '\u{3000}' => ' ',
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(letter as u32 - 0xfee0).unwrap_or(letter),
        '×' => 'x',
        '٫' => '.',
        '٬' => ',',
        '٪' => '%',
        'µ' => 'μ',
        other => digit(other).unwrap_or(other),
    }
}

/// A text in one form: letters with their marks behind them, capitals and marks left out as the rule says.
pub fn folded(text: &str, rule: TextRule) -> String {
    let mut out = String::with_capacity(text.len());
    let mut was_raised = false;
    for letter in text.chars().filter(|letter| !is_invisible(*letter)) {
        if let Some(digit) = raised(letter) {
            if !was_raised {
                out.push('^');
            }
            was_raised = true;
            out.push(digit);
            continue;
        }
        was_raised = false;
        let letter = plain_sign(letter);
        if letter.is_ascii() {
            out.push(if rule.case { letter } else { letter.to_ascii_lowercase() });
        } else if letter.is_uppercase() && rule.case {
            let mut marked = String::new();
            letter.to_lowercase().for_each(|lower| push(lower, rule, &mut marked));
            out.extend(marked.chars().enumerate().flat_map(|(place, letter)| match place {
                0 => letter.to_uppercase().collect::<Vec<_>>(),
                _ => vec![letter],
            }));
        } else {
            letter.to_lowercase().for_each(|lower| push(lower, rule, &mut out));
        }
    }
    out
}

/// A small letter, taken apart.
fn push(letter: char, rule: TextRule, out: &mut String) {
    if letter.is_ascii() {
        return out.push(letter);
    }
    if is_mark(letter) {
        if rule.accents {
            out.push(letter);
        }
        return;
    }
    let parts = ACCENTED.iter().find_map(|(mark, bases, letters)| {
        let place = letters.chars().position(|one| one == letter)?;
        Some((bases.chars().nth(place)?, *mark))
    });
    match (parts, letter) {
        (Some((base, mark)), _) => {
            push(base, rule, out);
            push(mark, rule, out);
        }
        (None, 'ς') => out.push('σ'),
        (None, other) if rule.accents => out.push(other),
        (None, 'đ') => out.push('d'),
        (None, 'ħ') => out.push('h'),
        (None, 'ı') => out.push('i'),
        (None, 'ł') => out.push('l'),
        (None, 'ø') => out.push('o'),
        (None, 'ß') => out.push_str("ss"),
        (None, 'æ') => out.push_str("ae"),
        (None, 'œ') => out.push_str("oe"),
        (None, 'ٱ') => out.push('ا'),
        (None, 'ى') => out.push('ي'),
        (None, other) => out.push(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_and_its_mark_are_the_letter_with_its_mark() {
        let strict = TextRule { case: true, accents: true, typos: false };
        for (mark, bases, letters) in ACCENTED {
            assert_eq!(bases.chars().count(), letters.chars().count(), "{letters}");
            for (base, letter) in bases.chars().zip(letters.chars()) {
                let typed = format!("{base}{mark}");
                assert_eq!(folded(&typed, strict), folded(&letter.to_string(), strict), "{letter}");
                let large: String = letter.to_uppercase().collect();
                let typed: String = typed.to_uppercase();
                assert_eq!(folded(&large, strict), folded(&typed, strict), "{large}");
                if letter.is_lowercase() {
                    assert_ne!(folded(&large, strict), folded(&letter.to_string(), strict), "{large}");
                }
            }
        }
    }

    #[test]
    fn signs_and_digits_of_every_keyboard_are_the_same() {
        let rule = TextRule::default();
        assert_eq!(folded("Ｈ₂Ｏ", rule), "h2o");
        assert_eq!(folded("m/s²", rule), "m/s^2");
        assert_eq!(folded("10⁻³", rule), "10^-3");
        assert_eq!(folded("\u{200f}٣٤\u{200e}", rule), "34");
        assert_eq!(folded("Straße Œuvre", rule), "strasse oeuvre");
    }
}
