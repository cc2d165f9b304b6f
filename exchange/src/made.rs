//! Questions made by chance for tests, of every kind, whole and in the form an import gives them.

use crate::markup;
use minnow_shared::question::{
    Behaviour, ChoiceKey, Credit, Feedback, Fill, GapKey, NumberKey, NumberRange, PairKey, PartKey, Picture,
    Point, Question, QuestionKey, Shape, SortedKey, SpotKey, Text, TextRule, TypedKey, UnitKey, Verdicts,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// The only picture there is: 2 by 3.
pub const GIF: &[u8] = b"GIF89a\x02\0\x03\0";

/// Finds that picture.
pub fn media(name: &str) -> Option<Vec<u8>> {
    (name == "dot.gif").then(|| GIF.to_vec())
}

pub fn words() -> impl Strategy<Value = String> {
    "[a-zA-Zéß0-9<>&\"'$*#={}~:;.,|!?()/\\\\-]{1,8}( [a-z<&é0-9\"\\\\(]{1,6}){0,3}"
}

fn plain() -> impl Strategy<Value = Text> {
    prop_oneof![
        4 => words().prop_map(Text::Plain),
        1 => (words(), words()).prop_map(|(a, b)| Text::Plain(format!("{a}\n{b}"))),
        1 => (words(), words()).prop_map(|(a, b)| Text::Plain(format!("{a}  {b}\n\n  x"))),
    ]
}

fn rich() -> impl Strategy<Value = Text> {
    let templates = [
        "<p>A <b>B</b></p><p>C</p>",
        "<p>A<br>B <i>C</i></p>",
        "<ul><li>A</li><li><code>B</code></li></ul>",
        "<p>A <img src=\"media:dot.gif\" alt=\"B\"></p>",
        "<p>A <math><mi>x</mi><mo>=</mo><mn>2</mn></math> C</p>",
        "<p><u>A</u> <s>B</s> <sub>C</sub></p>",
        "<table><tbody><tr><td>A</td><td>B</td></tr></tbody></table>",
    ];
    (select(templates.to_vec()), words(), words(), words()).prop_map(|(template, a, b, c)| {
        let escape = minnow_shared::question::escape;
        let html = template.replace('A', "\u{1}").replace('B', "\u{2}").replace('C', "\u{3}");
        let html =
            html.replace('\u{1}', &escape(&a)).replace('\u{2}', &escape(&b)).replace('\u{3}', &escape(&c));
        let (text, _) = markup::from_html(&html, &mut |address| Ok(address.to_owned()));
        let again = markup::from_html(text.source(), &mut |address| Ok(address.to_owned())).0;
        if matches!(text, Text::Rich { .. }) && again == text { text } else { Text::Plain(a) }
    })
}

pub fn text() -> impl Strategy<Value = Text> {
    prop_oneof![3 => plain(), 1 => rich()]
}

fn maybe() -> impl Strategy<Value = Text> {
    prop_oneof![2 => Just(Text::default()), 1 => text()]
}

/// Texts that differ.
fn texts(least: usize, most: usize) -> impl Strategy<Value = Vec<Text>> {
    vec(text(), least..=most).prop_map(|texts| {
        let numbered = |(place, text): (usize, Text)| match text {
            Text::Plain(words) => Text::Plain(format!("{words} {place}")),
            Text::Rich { html } => Text::Rich { html: format!("<p>{place}</p>{html}") },
        };
        texts.into_iter().enumerate().map(numbered).collect()
    })
}

fn parts(least: usize, most: usize) -> impl Strategy<Value = Vec<PartKey>> {
    texts(least, most).prop_map(|texts| texts.into_iter().map(|text| PartKey { id: None, text }).collect())
}

fn choices(multiple: bool) -> impl Strategy<Value = Vec<ChoiceKey>> {
    (texts(2, 5), vec(maybe(), 5), vec(any::<bool>(), 5), 0..3_u8).prop_map(
        move |(texts, reasons, right, credits)| {
            let count = texts.len();
            let is_right = |place: usize| place == 0 || (multiple && place + 1 < count && right[place]);
            let all = (0..count).filter(|place| is_right(*place)).count();
            let make = |(place, (text, reason)): (usize, (Text, Text))| {
                let credit = match (credits, is_right(place)) {
                    (0, _) => None,
                    (_, true) => Some(Credit::from_share(1.0 / all as f64)),
                    (1, false) => Some(Credit(if place == 1 { 3_333_333 } else { 0 })),
                    (_, false) => Some(Credit(if place == 1 { -1_000_000 } else { 0 })),
                };
                ChoiceKey { id: None, text, is_right: is_right(place), credit, reason }
            };
            texts.into_iter().zip(reasons).enumerate().map(make).collect()
        },
    )
}

fn number() -> impl Strategy<Value = f64> {
    prop_oneof![(-10_000..10_000_i32).prop_map(|n| f64::from(n) / 100.0), -1e12..1e12_f64]
}

fn numbers() -> impl Strategy<Value = Vec<NumberKey>> {
    let range = prop_oneof![
        (number(), 0.0..10.0_f64).prop_map(|(value, tolerance)| NumberRange::Tolerance { value, tolerance }),
        number().prop_map(|value| NumberRange::Tolerance { value, tolerance: 0.0 }),
        (number(), 0.01..0.5_f64).prop_map(|(value, share)| NumberRange::Share { value, share }),
        (number(), 0.0..10.0_f64).prop_map(|(low, more)| NumberRange::Bounds { low, high: low + more }),
    ];
    (vec((range, maybe(), select(vec![10_000_000, 5_000_000, 0])), 1..4), any::<bool>(), maybe()).prop_map(
        |(keys, any, said)| {
            let make = |(place, (range, reason, credit)): (usize, (NumberRange, Text, i32))| {
                let credit = if place == 0 { Credit::FULL } else { Credit(credit) };
                NumberKey { range, credit, reason }
            };
            let mut keys: Vec<NumberKey> = keys.into_iter().enumerate().map(make).collect();
            if any {
                keys.push(NumberKey { range: NumberRange::Any, credit: Credit::NONE, reason: said });
            }
            keys
        },
    )
}

fn typed() -> impl Strategy<Value = (Vec<TypedKey>, TextRule)> {
    let rule = (any::<bool>(), any::<bool>(), any::<bool>());
    (
        vec((words(), maybe(), any::<bool>(), select(vec![10_000_000, 2_500_000, 0])), 1..4),
        any::<bool>(),
        rule,
    )
        .prop_map(|(keys, is_bare, (case, accents, typos))| {
            let make =
                |(place, (text, reason, is_pattern, credit)): (usize, (String, Text, bool, i32))| TypedKey {
                    text: format!("{text}{place}"),
                    credit: if place == 0 { Credit::FULL } else { Credit(credit) },
                    reason: if is_bare { Text::default() } else { reason },
                    is_pattern: is_pattern && !is_bare,
                };
            (keys.into_iter().enumerate().map(make).collect(), TextRule { case, accents, typos })
        })
}

fn fill() -> impl Strategy<Value = Fill> {
    prop_oneof![
        typed().prop_map(|(accepted, rule)| Fill::Typing { accepted, rule }),
        numbers().prop_map(|accepted| Fill::Number { accepted }),
        (choices(false), any::<bool>())
            .prop_map(|(choices, keep_order)| Fill::Choosing { choices, keep_order }),
    ]
}

fn body(count: usize) -> impl Strategy<Value = Text> {
    (vec("[a-z<&é.]{1,6}", count + 1), any::<bool>()).prop_map(move |(words, is_rich)| {
        let escape = minnow_shared::question::escape;
        let mut out = String::new();
        for (place, word) in words.iter().enumerate() {
            out.push_str(&if is_rich { escape(word) } else { word.clone() });
            if place < count {
                out.push_str(&format!(" [[{}]] ", place + 1));
            }
        }
        if is_rich { Text::Rich { html: format!("<p><b>x</b> {out}</p>") } } else { Text::Plain(out) }
    })
}

fn cloze() -> impl Strategy<Value = QuestionKey> {
    let open = vec((fill(), 1..=100_u8), 1..4).prop_flat_map(|gaps| {
        (body(gaps.len()), Just(gaps)).prop_map(|(body, gaps)| QuestionKey::Cloze {
            body,
            gaps: gaps.into_iter().map(|(fill, weight)| GapKey { fill, weight }).collect(),
            bank: Vec::new(),
        })
    });
    let dragged = (parts(2, 5), vec((0..2_u16, 1..=100_u8), 1..4)).prop_flat_map(|(bank, gaps)| {
        (body(gaps.len()), Just(bank), Just(gaps)).prop_map(|(body, bank, gaps)| QuestionKey::Cloze {
            body,
            gaps: gaps
                .into_iter()
                .map(|(right, weight)| GapKey { fill: Fill::Dragging { right: vec![right] }, weight })
                .collect(),
            bank,
        })
    });
    prop_oneof![open, dragged]
}

fn shape() -> impl Strategy<Value = Shape> {
    let place = || 0..5_000_u16;
    prop_oneof![
        (place(), place(), 1..5_000_u16, 1..5_000_u16).prop_map(|(left, top, w, h)| Shape::Rectangle {
            left,
            top,
            right: left + w,
            bottom: top + h
        }),
        (place(), place(), 1..3_000_u16, 1..3_000_u16)
            .prop_map(|(x, y, radius_x, radius_y)| Shape::Ellipse { x, y, radius_x, radius_y }),
        vec((place(), place()), 3..7).prop_map(|corners| Shape::Polygon {
            corners: corners.into_iter().map(|(x, y)| Point { x, y }).collect()
        }),
    ]
}

fn hotspot() -> impl Strategy<Value = QuestionKey> {
    (vec((shape(), any::<bool>(), maybe()), 1..5), any::<bool>(), words()).prop_map(
        |(spots, is_sized, alt)| {
            let spot = |(place, (shape, right, reason)): (usize, (Shape, bool, Text))| SpotKey {
                shape,
                is_right: right || place == 0,
                reason,
            };
            let (width, height) = if is_sized { (200, 100) } else { (0, 0) };
            QuestionKey::Hotspot {
                picture: Picture { source: "media:dot.gif".into(), alt, width, height },
                spots: spots.into_iter().enumerate().map(spot).collect(),
                places: 1,
            }
        },
    )
}

fn sorted() -> impl Strategy<Value = QuestionKey> {
    (parts(2, 4), texts(1, 4), vec(vec(0..2_u16, 0..3), 4), any::<bool>()).prop_map(
        |(categories, texts, homes, keep_order)| {
            let item = |(place, (text, mut homes)): (usize, (Text, Vec<u16>))| {
                homes.sort_unstable();
                homes.dedup();
                if place == 0 && homes.is_empty() {
                    homes.push(0);
                }
                SortedKey { id: None, text, categories: homes }
            };
            let items = texts.into_iter().zip(homes).enumerate().map(item).collect();
            QuestionKey::Categorising { categories, items, keep_order }
        },
    )
}

fn pairs() -> impl Strategy<Value = QuestionKey> {
    (texts(2, 4), texts(4, 4), parts(0, 2), any::<bool>(), any::<bool>()).prop_map(
        |(left, mut right, extra, keep_order, is_shared)| {
            if is_shared {
                right[1] = right[0].clone();
            }
            let pair = |(left, right)| PairKey { id: None, left, right_id: None, right };
            let extra = extra.into_iter().map(|part| PartKey {
                id: None,
                text: Text::Plain(format!("extra {}", part.text.plain().replace('\n', " "))),
            });
            let extra = extra.collect();
            QuestionKey::Matching {
                pairs: left.into_iter().zip(right).map(pair).collect(),
                extra,
                keep_order,
            }
        },
    )
}

pub fn key() -> impl Strategy<Value = QuestionKey> {
    let numeric = (numbers(), 0..3_u8).prop_map(|(accepted, units)| {
        let unit = |text: &str, per_first| UnitKey { text: text.into(), per_first };
        let all = if units == 0 { vec![] } else { vec![unit("m", 1.0), unit("cm", 100.0)] };
        QuestionKey::Numeric { accepted, units: all, unit_required: units == 2 }
    });
    prop_oneof![
        (choices(false), any::<bool>()).prop_map(|(choices, keep_order)| QuestionKey::Choices {
            choices,
            multiple: false,
            keep_order
        }),
        (choices(true), any::<bool>()).prop_map(|(choices, keep_order)| QuestionKey::Choices {
            choices,
            multiple: true,
            keep_order
        }),
        (any::<bool>(), maybe(), maybe()).prop_map(|(is_true, reason_true, reason_false)| {
            QuestionKey::TrueFalse { is_true, reason_true, reason_false }
        }),
        numeric,
        typed().prop_map(|(accepted, rule)| QuestionKey::Typed { accepted, rule }),
        pairs(),
        parts(2, 5).prop_map(|items| QuestionKey::Ordering { items }),
        sorted(),
        cloze(),
        hotspot(),
        text().prop_map(|back| QuestionKey::FlashCard { back }),
        (maybe(), 0..5_u16, 5..9_u16).prop_map(|(sample, words_min, words_max)| QuestionKey::Open {
            sample,
            words_min,
            words_max
        }),
    ]
}

fn behaviour() -> impl Strategy<Value = Behaviour> {
    (1..4_u8, vec(text(), 0..3), select(vec![0, 3_333_333]), any::<bool>(), any::<bool>()).prop_map(
        |(tries, hints, penalty, certainty, is_deferred)| Behaviour {
            feedback: if is_deferred { Feedback::Deferred } else { Feedback::Immediate },
            tries,
            hints,
            penalty: Credit(penalty),
            certainty,
        },
    )
}

pub fn question() -> impl Strategy<Value = Question> {
    let around = (
        prop_oneof![Just(String::new()), words()],
        maybe(),
        (maybe(), maybe(), maybe()),
        behaviour(),
        vec("[a-z]{1,8}", 0..3),
        select(vec!["", "a", "a/b c", "<x>/y & z"]),
        prop_oneof![Just(String::new()), words()],
    );
    (text(), key(), around).prop_map(
        |(stem, key, (name, reason, verdicts, behaviour, tags, category, source_id))| {
            let (right, partly, wrong) = verdicts;
            Question {
                name,
                stem,
                key,
                reason,
                verdicts: Verdicts { right, partly, wrong },
                behaviour,
                tags,
                category: category.into(),
                source_id,
            }
        },
    )
}
