//! What GIFT and Moodle's XML mean alike: categories, shares, patterns, how typed answers are compared.

use minnow_shared::question::{ChoiceKey, Credit, TextRule};

/// Moodle compares accents, and forgives no slip.
pub const TYPING: TextRule = TextRule { case: false, accents: true, typos: false };

/// Beginnings of paths that say whose tree it is, not where in it.
const ROOTS: [&str; 6] = ["$course$", "$module$", "$cat1$", "$system$", "$coursecat$", "$cat$"];

/// A category's path without its root.
pub fn category(path: &str) -> String {
    let path = path.trim();
    let inside = ROOTS
        .iter()
        .find_map(|root| path.strip_prefix(root))
        .map_or(path, |rest| rest.trim_start_matches('/'));
    match inside.strip_prefix("top") {
        Some("") => String::new(),
        Some(rest) => rest.strip_prefix('/').unwrap_or(inside).to_owned(),
        None => inside.to_owned(),
    }
}

/// A path that [`category`] reads as this category.
pub fn path(category: &str) -> String {
    match category {
        "" => "$course$/top".to_owned(),
        category => format!("$course$/top/{category}"),
    }
}

/// A typed answer of Moodle's as ours: whether a star in it stands for anything.
pub fn pattern(words: &str) -> (String, bool) {
    let is_pattern = words.replace("\\*", "").contains('*');
    (if is_pattern { words.to_owned() } else { words.replace("\\*", "*") }, is_pattern)
}

/// The way back from [`pattern`].
pub fn unpattern(text: &str, is_pattern: bool) -> String {
    if is_pattern { text.to_owned() } else { text.replace('*', "\\*") }
}

/// What a choice is worth where several may be taken, in the words of systems that always say it.
pub fn share(choice: &ChoiceKey, right: usize) -> Credit {
    let even = Credit::from_share(1.0 / right.max(1) as f64);
    match (choice.credit, choice.is_right) {
        (Some(credit), _) => credit,
        (None, true) => even,
        (None, false) => Credit(-even.0),
    }
}

/// Shares that say no more than "each right one counts the same, each wrong one against it" are left unsaid.
pub fn forget_even_shares(choices: &mut [ChoiceKey]) {
    const ROUNDING: u32 = 50;
    let right = choices.iter().filter(|choice| choice.is_right).count();
    if right == 0 {
        return;
    }
    let is_even = |choice: &ChoiceKey| {
        let wanted = share(&ChoiceKey { credit: None, ..ChoiceKey::plain("", choice.is_right) }, right);
        choice.credit.is_none_or(|credit| credit.0.abs_diff(wanted.0) <= ROUNDING)
    };
    if choices.iter().all(is_even) {
        choices.iter_mut().for_each(|choice| choice.credit = None);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_loses_its_root_and_gets_one_back() {
        for (path, wanted) in [
            ("$course$/top/Default for Unit 1: Topic", "Default for Unit 1: Topic"),
            ("$course$/Algebra/Rings", "Algebra/Rings"),
            ("top", ""),
            ("topology/knots", "topology/knots"),
            ("Biology", "Biology"),
        ] {
            assert_eq!(category(path), wanted);
        }
        for name in ["", "a/b", "top", "top/x", "$course$/y"] {
            assert_eq!(category(&path(name)), name);
        }
    }

    #[test]
    fn a_star_that_is_escaped_is_a_star() {
        assert_eq!(pattern("a*b"), ("a*b".into(), true));
        assert_eq!(pattern("2\\*3"), ("2*3".into(), false));
        assert_eq!(unpattern("2*3", false), "2\\*3");
    }

    #[test]
    fn even_shares_are_left_unsaid() {
        let choice = |right, percent| ChoiceKey {
            credit: Some(Credit::from_percent(percent)),
            ..ChoiceKey::plain("", right)
        };
        let mut even =
            [choice(true, 33.33333), choice(true, 33.333), choice(true, 33.33333), choice(false, -33.33333)];
        forget_even_shares(&mut even);
        assert!(even.iter().all(|choice| choice.credit.is_none()));
        let mut odd = [choice(true, 50.0), choice(true, 50.0), choice(false, 0.0)];
        forget_even_shares(&mut odd);
        assert!(odd.iter().all(|choice| choice.credit.is_some()));
    }
}
