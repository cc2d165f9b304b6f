//! Grading of questions with parts: choices, pairs, items, gaps, points on a picture.

use super::{Grade, PartGrade, all_or_nothing, number, typed};
use crate::{
    ChoiceId,
    answer::{Filled, Pair},
    question::{ChoiceKey, Credit, Fill, GapKey, PairKey, PartKey, Point, Shape, SortedKey, SpotKey, Text},
};

/// Credits are ten-millionths of the whole.
const WHOLE: i64 = 10_000_000;

/// `part` of `of` as credit; nothing of nothing is none.
fn share(part: i64, of: i64) -> Credit {
    let credit = (part * WHOLE).checked_div(of).unwrap_or(0);
    Credit(i32::try_from(credit.clamp(-WHOLE, WHOLE)).unwrap_or(0))
}

pub(super) fn choices(choices: &[ChoiceKey], multiple: bool, taken: &[ChoiceId]) -> Grade {
    let right = choices.iter().filter(|choice| choice.is_right).count() as i64;
    let worth = |choice: &ChoiceKey| match (choice.credit, choice.is_right, multiple) {
        (Some(credit), ..) => credit,
        (None, true, true) => share(1, right),
        (None, true, false) => Credit::FULL,
        (None, false, true) => share(-1, right),
        (None, false, false) => Credit::NONE,
    };
    // A choice taken twice counts once; an id that is none of these counts for nothing.
    let taken: Vec<&ChoiceKey> =
        choices.iter().filter(|choice| choice.id.as_ref().is_some_and(|id| taken.contains(id))).collect();
    let sum: i64 = taken.iter().map(|choice| i64::from(worth(choice).0)).sum();
    let all_right = taken.len() as i64 == right && taken.iter().all(|choice| choice.is_right);
    let has_credits = choices.iter().any(|choice| choice.credit.is_some());
    let credit = if all_right && !has_credits {
        Credit::FULL
    } else {
        Credit(i32::try_from(sum.clamp(-WHOLE, WHOLE)).unwrap_or(0))
    };
    let parts = taken.iter().map(|choice| {
        PartGrade::of(
            choice.id.as_ref(),
            all_or_nothing(choice.is_right).max(worth(choice).clamped()),
            &choice.reason,
        )
    });
    let remark = match taken.as_slice() {
        [only] if !multiple => only.reason.clone(),
        _ => Text::default(),
    };
    Grade::of(credit, parts.collect(), remark)
}

pub(super) fn matching(pairs: &[PairKey], extra: &[PartKey], given: &[Pair]) -> Grade {
    // Right sides that read the same are shown once: the text decides, not the id.
    let text_of = |id: &ChoiceId| {
        let in_pairs = pairs.iter().find(|pair| pair.right_id.as_ref() == Some(id)).map(|pair| &pair.right);
        in_pairs.or_else(|| extra.iter().find(|part| part.id.as_ref() == Some(id)).map(|part| &part.text))
    };
    let parts: Vec<PartGrade> = pairs
        .iter()
        .map(|pair| {
            let chosen: Vec<&Pair> =
                given.iter().filter(|one| Some(&one.left_id) == pair.id.as_ref()).collect();
            let fits = matches!(chosen.as_slice(), [one] if text_of(&one.right_id) == Some(&pair.right));
            PartGrade::of(pair.id.as_ref(), all_or_nothing(fits), &Text::default())
        })
        .collect();
    let credit = Credit::mean(parts.iter().map(|part| part.credit)).unwrap_or_default();
    Grade::of(credit, parts, Text::default())
}

pub(super) fn ordering(items: &[PartKey], given: &[ChoiceId]) -> Grade {
    let place_of = |id: &ChoiceId| items.iter().position(|item| item.id.as_ref() == Some(id));
    let mut places: Vec<usize> = Vec::with_capacity(items.len());
    for place in given.iter().filter_map(place_of) {
        if !places.contains(&place) {
            places.push(place);
        }
    }
    let run = longest_rising(&places);
    let credit = share(run.len().saturating_sub(1) as i64, items.len().saturating_sub(1) as i64);
    let credit = if places.len() < items.len() && credit == Credit::FULL { Credit::NONE } else { credit };
    let parts = places.iter().filter_map(|place| {
        let item = items.get(*place)?;
        Some(PartGrade::of(item.id.as_ref(), all_or_nothing(run.contains(place)), &Text::default()))
    });
    Grade::of(credit, parts.collect(), Text::default())
}

/// The longest subsequence that rises (quadratic: lists of a question are short).
fn longest_rising(places: &[usize]) -> Vec<usize> {
    let mut best_to: Vec<Vec<usize>> = Vec::with_capacity(places.len());
    for place in places {
        let before = best_to.iter().filter(|run| run.last().is_some_and(|last| last < place));
        let mut run = before.max_by_key(|run| run.len()).cloned().unwrap_or_default();
        run.push(*place);
        best_to.push(run);
    }
    best_to.into_iter().max_by_key(Vec::len).unwrap_or_default()
}

pub(super) fn categorising(categories: &[PartKey], items: &[SortedKey], given: &[Pair]) -> Grade {
    let parts: Vec<PartGrade> = items
        .iter()
        .map(|item| {
            let is_home = |id: &ChoiceId| {
                item.categories.iter().any(|place| {
                    categories.get(usize::from(*place)).is_some_and(|home| home.id.as_ref() == Some(id))
                })
            };
            let mut placed: Vec<&ChoiceId> = Vec::new();
            for pair in given.iter().filter(|pair| Some(&pair.left_id) == item.id.as_ref()) {
                if !placed.contains(&&pair.right_id) {
                    placed.push(&pair.right_id);
                }
            }
            let right = placed.iter().filter(|id| is_home(id)).count() as i64;
            let wrong = placed.len() as i64 - right;
            let credit = match item.categories.len() as i64 {
                // An item that belongs nowhere is right where it was left out; nothing at all is no answer.
                0 => all_or_nothing(placed.is_empty() && !given.is_empty()),
                homes => share(right - wrong, homes).clamped(),
            };
            PartGrade::of(item.id.as_ref(), credit, &Text::default())
        })
        .collect();
    let credit = Credit::mean(parts.iter().map(|part| part.credit)).unwrap_or_default();
    Grade::of(credit, parts, Text::default())
}

pub(super) fn gaps(gaps: &[GapKey], bank: &[PartKey], filled: &[Filled]) -> Grade {
    let nothing = Filled::default();
    let parts: Vec<PartGrade> = gaps
        .iter()
        .enumerate()
        .map(|(index, gap)| {
            let given = filled.get(index).unwrap_or(&nothing);
            let (credit, remark) = gap_credit(&gap.fill, bank, given);
            PartGrade { id: None, credit: credit.clamped(), remark }
        })
        .collect();
    let weights: i64 = gaps.iter().map(|gap| i64::from(gap.weight)).sum();
    let sum: i64 =
        gaps.iter().zip(&parts).map(|(gap, part)| i64::from(gap.weight) * i64::from(part.credit.0)).sum();
    let credit = Credit(i32::try_from(sum.checked_div(weights).unwrap_or(0)).unwrap_or(0));
    Grade::of(credit, parts, Text::default())
}

fn gap_credit(fill: &Fill, bank: &[PartKey], given: &Filled) -> (Credit, Text) {
    let said = |found: Option<(Credit, &Text)>| {
        found.map_or_else(Default::default, |(credit, remark)| (credit, remark.clone()))
    };
    match fill {
        Fill::Typing { accepted, rule } => {
            said(typed::best(accepted, *rule, &given.text).map(|key| (key.credit, &key.reason)))
        }
        Fill::Number { accepted } => {
            let values = number::readings(&given.text);
            said(number::best(accepted, &values).map(|key| (key.credit, &key.reason)))
        }
        Fill::Choosing { choices, .. } => {
            let taken = choices.iter().find(|choice| choice.id.is_some() && choice.id == given.choice_id);
            said(taken.map(|choice| {
                (choice.credit.unwrap_or_else(|| all_or_nothing(choice.is_right)), &choice.reason)
            }))
        }
        Fill::Dragging { right } => {
            let word = bank.iter().find(|word| word.id.is_some() && word.id == given.choice_id);
            // Two words of the bank that read the same are the same.
            let fits = word.is_some_and(|word| {
                right
                    .iter()
                    .any(|place| bank.get(usize::from(*place)).is_some_and(|one| one.text == word.text))
            });
            (all_or_nothing(fits), Text::default())
        }
    }
}

pub(super) fn hotspot(spots: &[SpotKey], places: u8, points: &[Point]) -> Grade {
    let mut found: Vec<usize> = Vec::new();
    let mut parts = Vec::with_capacity(points.len());
    for point in points.iter().take(usize::from(places)) {
        // Spots may lie over one another: a right one not yet found comes first.
        let under = |wanted: bool| {
            spots.iter().enumerate().find(|(index, spot)| {
                spot.is_right == wanted && !found.contains(index) && contains(&spot.shape, *point)
            })
        };
        let hit = under(true).or_else(|| under(false));
        let is_right = hit.is_some_and(|(_, spot)| spot.is_right);
        let remark = hit.map(|(_, spot)| spot.reason.clone()).unwrap_or_default();
        found.extend(hit.map(|(index, _)| index).filter(|_| is_right));
        parts.push(PartGrade { id: None, credit: all_or_nothing(is_right), remark });
    }
    Grade::of(share(found.len() as i64, i64::from(places)), parts, Text::default())
}

/// Whether a point lies in a shape, its edge included.
fn contains(shape: &Shape, point: Point) -> bool {
    let (x, y) = (i64::from(point.x), i64::from(point.y));
    match shape {
        Shape::Rectangle { left, top, right, bottom } => {
            (*left..=*right).contains(&point.x) && (*top..=*bottom).contains(&point.y)
        }
        Shape::Ellipse { x: center_x, y: center_y, radius_x, radius_y } => {
            let (a, b) = (i64::from(*radius_x), i64::from(*radius_y));
            let (dx, dy) = (x - i64::from(*center_x), y - i64::from(*center_y));
            // At most 2 * 65535^4 < 2^66: one side at a time in 128 bits.
            let square = |n: i64| i128::from(n) * i128::from(n);
            square(dx) * square(b) + square(dy) * square(a) <= square(a) * square(b)
        }
        Shape::Polygon { corners } => in_polygon(corners, x, y),
    }
}

/// Even-odd rule, in integers.
fn in_polygon(corners: &[Point], x: i64, y: i64) -> bool {
    let mut is_inside = false;
    let next = corners.iter().cycle().skip(1);
    for (from, to) in corners.iter().zip(next) {
        let (ax, ay, bx, by) = (i64::from(from.x), i64::from(from.y), i64::from(to.x), i64::from(to.y));
        let side = (bx - ax) * (y - ay) - (by - ay) * (x - ax);
        let is_between = x >= ax.min(bx) && x <= ax.max(bx) && y >= ay.min(by) && y <= ay.max(by);
        if side == 0 && is_between {
            return true;
        }
        if (ay > y) != (by > y) && (side > 0) == (by > ay) {
            is_inside = !is_inside;
        }
    }
    is_inside
}

/// A point inside a shape, to show or to answer with.
pub(super) fn inside(shape: &Shape) -> Option<Point> {
    match shape {
        Shape::Rectangle { left, top, right, bottom } => {
            Some(Point { x: left.midpoint(*right), y: top.midpoint(*bottom) })
        }
        Shape::Ellipse { x, y, .. } => Some(Point { x: *x, y: *y }),
        Shape::Polygon { corners } => {
            let count = u32::try_from(corners.len()).ok().filter(|count| *count > 0)?;
            let mean = |part: fn(&Point) -> u16| {
                let sum: u32 = corners.iter().map(|corner| u32::from(part(corner))).sum();
                u16::try_from(sum / count).unwrap_or(u16::MAX)
            };
            let middle = Point { x: mean(|p| p.x), y: mean(|p| p.y) };
            // The middle of a bent shape may lie outside it; a corner never does.
            if contains(shape, middle) { Some(middle) } else { corners.first().copied() }
        }
    }
}
