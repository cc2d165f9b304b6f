//! Parts that are put somewhere: taken in hand and put down, by two taps, two keys, or one drag. Pure; how it looks is in
//! `pairs`, `ordering` and `cloze`.

use super::draft::{Draft, Held};
use crate::i18n::{digits, t_with};
use minnow_shared::ChoiceId;
use minnow_shared::answer::{Filled, Pair};
use minnow_shared::question::{Form, PartView, Text};

/// What readers hear of a part: its first words.
pub fn name(text: &Text) -> String {
    const LONG: usize = 60;
    let words = text.reading();
    let short: String = words.chars().take(LONG).collect();
    if short.len() < words.len() { format!("{}…", short.trim_end()) } else { short }
}

fn name_in(parts: &[PartView], id: &str) -> Option<String> {
    parts.iter().find(|part| part.id.as_str() == id).map(|part| name(&part.text))
}

/// What readers hear of a part that can be put somewhere.
pub fn part_name(form: &Form, id: &ChoiceId) -> String {
    let parts = match form {
        Form::Matching { right, .. } => right,
        Form::Categorising { items, .. } | Form::Ordering { items } => items,
        Form::Cloze { bank, .. } => bank,
        _ => return String::new(),
    };
    name_in(parts, id.as_str()).unwrap_or_default()
}

fn spot_name(form: &Form, spot: &str) -> String {
    match form {
        Form::Matching { left, .. } => name_in(left, spot).unwrap_or_default(),
        Form::Categorising { categories, .. } => name_in(categories, spot).unwrap_or_default(),
        Form::Cloze { .. } => spot.parse::<u64>().map_or_else(
            |_| String::new(),
            |place| t_with("quiz.gap", &[("n", &digits(place + 1))]).to_string(),
        ),
        _ => String::new(),
    }
}

/// Takes a part in hand; the same one again lets it go.
pub fn take(draft: &mut Draft, form: &Form, held: Held) {
    let part = part_name(form, &held.part);
    let is_same = draft.held.as_ref() == Some(&held);
    draft.said = t_with(if is_same { "quiz.put_back" } else { "quiz.taken" }, &[("part", &part)]).to_string();
    draft.held = if is_same { None } else { Some(held) };
}

/// A tap on a spot: what is in hand is put there; with empty hands, what lies there is taken.
pub fn tap(draft: &mut Draft, form: &Form, spot: &str, lies_there: Option<&ChoiceId>) {
    match (draft.held.take(), lies_there) {
        (Some(held), _) => put(draft, form, &held, spot),
        (None, Some(part)) => take(draft, form, Held { part: part.clone(), from: Some(spot.to_owned()) }),
        (None, None) => {}
    }
}

/// Puts a part on a spot; the empty one is the bank. What lay there goes back to the bank.
pub fn put(draft: &mut Draft, form: &Form, held: &Held, spot: &str) {
    draft.held = None;
    let (part, from) = (&held.part, held.from.as_deref());
    if from == Some(spot) {
        return;
    }
    let known = move_part(draft, form, part, from, spot);
    let named = part_name(form, part);
    draft.said = match (known, form) {
        (false, _) => t_with("quiz.put_back", &[("part", &named)]).to_string(),
        (true, Form::Ordering { .. }) => said_of_order(draft, form, part),
        (true, _) => t_with("quiz.put", &[("part", &named), ("place", &spot_name(form, spot))]).to_string(),
    };
}

/// True when the part lies on the spot now; false when it went back.
fn move_part(draft: &mut Draft, form: &Form, part: &ChoiceId, from: Option<&str>, spot: &str) -> bool {
    match form {
        Form::Matching { left, .. } => {
            draft.pairs.retain(|pair| {
                let is_moved = Some(pair.left_id.as_str()) == from && pair.right_id == *part;
                !is_moved && pair.left_id.as_str() != spot
            });
            let target = left.iter().find(|left| left.id.as_str() == spot);
            let pair = target.map(|left| Pair { left_id: left.id.clone(), right_id: part.clone() });
            draft.pairs.extend(pair);
            target.is_some()
        }
        Form::Categorising { categories, .. } => {
            draft.pairs.retain(|pair| {
                let home = pair.right_id.as_str();
                pair.left_id != *part || (Some(home) != from && home != spot)
            });
            let target = categories.iter().find(|category| category.id.as_str() == spot);
            draft.pairs.extend(target.map(|home| Pair { left_id: part.clone(), right_id: home.id.clone() }));
            target.is_some()
        }
        Form::Cloze { .. } => {
            let place = |spot: &str| spot.parse::<usize>().ok();
            if let Some(gap) = from.and_then(place).and_then(|place| draft.filled.get_mut(place)) {
                *gap = Filled::default();
            }
            let gap = place(spot).and_then(|place| draft.filled.get_mut(place));
            let is_there = gap.is_some();
            if let Some(gap) = gap {
                gap.choice_id = Some(part.clone());
            }
            is_there
        }
        Form::Ordering { .. } => {
            let place_of = |id: &str| draft.taken.iter().position(|taken| taken.as_str() == id);
            let (Some(old), Some(new)) = (place_of(part.as_str()), place_of(spot)) else { return false };
            let moved = draft.taken.remove(old);
            draft.taken.insert(new, moved);
            true
        }
        _ => false,
    }
}

/// Moves an item one place up or down.
pub fn step(draft: &mut Draft, form: &Form, part: &ChoiceId, is_down: bool) {
    let Some(old) = draft.taken.iter().position(|taken| taken == part) else { return };
    let new = if is_down { old + 1 } else { old.saturating_sub(1) };
    if new < draft.taken.len() {
        draft.taken.swap(old, new);
    }
    draft.said = said_of_order(draft, form, part);
}

fn said_of_order(draft: &Draft, form: &Form, part: &ChoiceId) -> String {
    let place = draft.taken.iter().position(|taken| taken == part).map_or(0, |place| place + 1);
    let number = |n: usize| digits(n as u64);
    let values =
        [("part", &*part_name(form, part)), ("n", &*number(place)), ("all", &*number(draft.taken.len()))];
    t_with("quiz.moved", &values).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: u8) -> ChoiceId {
        ChoiceId::new(0, [n; 10])
    }

    fn parts(from: u8, to: u8) -> Vec<PartView> {
        (from..to).map(|n| PartView { id: id(n), text: n.to_string().into() }).collect()
    }

    fn moved(draft: &mut Draft, form: &Form, part: u8, from: Option<u8>, spot: &str) -> bool {
        let from = from.map(|n| id(n).to_string());
        move_part(draft, form, &id(part), from.as_deref(), spot)
    }

    fn pairs(draft: &Draft) -> Vec<(ChoiceId, ChoiceId)> {
        draft.pairs.iter().map(|pair| (pair.left_id.clone(), pair.right_id.clone())).collect()
    }

    #[test]
    fn a_left_side_holds_one_right_side_and_one_right_side_may_serve_two() {
        let form = Form::Matching { left: parts(0, 2), right: parts(5, 8) };
        let mut draft = Draft::of(&form);
        assert!(moved(&mut draft, &form, 5, None, id(0).as_str()));
        assert!(moved(&mut draft, &form, 6, None, id(0).as_str()));
        assert!(moved(&mut draft, &form, 6, None, id(1).as_str()));
        assert_eq!(pairs(&draft), [(id(0), id(6)), (id(1), id(6))]);
        assert!(!moved(&mut draft, &form, 6, Some(1), ""), "the bank takes it back");
        assert_eq!(pairs(&draft), [(id(0), id(6))]);
    }

    #[test]
    fn an_item_moves_from_category_to_category_and_may_be_in_two() {
        let form = Form::Categorising { categories: parts(0, 2), items: parts(5, 7) };
        let mut draft = Draft::of(&form);
        moved(&mut draft, &form, 5, None, id(0).as_str());
        moved(&mut draft, &form, 5, Some(0), id(1).as_str());
        assert_eq!(pairs(&draft), [(id(5), id(1))], "moved");
        moved(&mut draft, &form, 5, None, id(0).as_str());
        moved(&mut draft, &form, 5, None, id(0).as_str());
        assert_eq!(pairs(&draft), [(id(5), id(1)), (id(5), id(0))], "taken from the bank once more");
    }

    #[test]
    fn words_move_between_gaps() {
        let form = Form::Cloze { body: "[[1]] [[2]]".into(), gaps: vec![], bank: parts(5, 7) };
        let mut draft = Draft { filled: vec![Filled::default(); 2], ..Draft::default() };
        assert!(move_part(&mut draft, &form, &id(5), None, "0"));
        assert!(move_part(&mut draft, &form, &id(5), Some("0"), "1"));
        let filled: Vec<_> = draft.filled.iter().map(|gap| gap.choice_id.clone()).collect();
        assert_eq!(filled, [None, Some(id(5))]);
        assert!(!move_part(&mut draft, &form, &id(5), None, "9"), "there is no such gap");
    }

    #[test]
    fn an_item_takes_the_place_it_is_dropped_on() {
        let form = Form::Ordering { items: parts(0, 4) };
        let mut draft = Draft::of(&form);
        moved(&mut draft, &form, 0, None, id(2).as_str());
        assert_eq!(draft.taken, [id(1), id(2), id(0), id(3)]);
        moved(&mut draft, &form, 3, None, id(1).as_str());
        assert_eq!(draft.taken, [id(3), id(1), id(2), id(0)]);
    }
}
