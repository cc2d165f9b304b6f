//! Random questions of every kind, for tests that write them and read them again.

use crate::{markup, moodle};
use minnow_shared::question::{
    Behaviour, ChoiceKey, Credit, Feedback, Fill, GapKey, NumberKey, NumberRange, PairKey, PartKey, Picture,
    Point, Question, QuestionKey, Shape, SortedKey, SpotKey, Text, TextRule, TypedKey, UnitKey, Verdicts,
};
use proptest::prelude::*;

/// The only picture there is: 2 by 3.
pub const GIF: &[u8] = b"GIF89a\x02\0\x03\0";

/// Finds that picture.
pub fn media(name: &str) -> Option<Vec<u8>> {
    (name == "dot.gif").then(|| GIF.to_vec())
}

/// What random questions are made of.
#[derive(Debug, Clone, Copy)]
pub struct Kinds {
    kinds: &'static [&'static str],
    /// Verdicts, hints, tries, penalties.
    has_around: bool,
    /// Orders kept, units, samples, any rule of typing, marked-up right sides.
    has_all: bool,
}

impl Kinds {
    pub const GIFT: Self = Self {
        kinds: &["choices", "true_false", "numeric", "typed", "matching", "open"],
        has_around: false,
        has_all: false,
    };
    pub const ALL: Self = Self {
        kinds: &[
            "choices",
            "true_false",
            "numeric",
            "typed",
            "matching",
            "open",
            "ordering",
            "categorising",
            "cloze",
            "hotspot",
            "flash_card",
        ],
        has_around: true,
        has_all: true,
    };
}

fn words() -> impl Strategy<Value = String> {
    let any = "[A-Za-z0-9é ,.?!<>&{}=~#:%\\\\$\\[\\]()'\"*;/\n-]{1,30}";
    any.prop_map(|text| text.replace("->", "").replace("[[", ""))
        .prop_filter("blank", |text| !text.trim().is_empty())
}

/// Words as they are in names and typed answers: one line, single spaces.
pub fn line() -> impl Strategy<Value = String> {
    "[A-Za-z0-9é,.?!<>&{}=~#:%$()'\"/]{1,8}( [a-z]{1,5}){0,2}"
}

/// A text that can be seen.
pub fn text() -> BoxedStrategy<Text> {
    let rich = (words(), words(), 0..8_usize).prop_map(|(one, two, form)| {
        // Spaces at the ends of lines are nothing one sees in markup; plain texts have them.
        let one = one.split_whitespace().collect::<Vec<_>>().join(" ");
        let one = markup::to_html(&one.into(), &mut |_| String::new());
        let two = two.trim().replace(['<', '&'], "");
        let html = match form {
            0 => format!("<p>{one}</p><ul><li>a</li><li>{two}</li></ul>"),
            1 => format!("<b>{one}</b> and <i>more</i>"),
            2 => format!("{one} \\(x^2 + 1\\) c"),
            3 => format!("<table><tr><td>{one}</td><td></td></tr></table>"),
            4 => "<p>see</p><p><img src=\"media:dot.gif\" alt=\"a leaf\"></p>".to_owned(),
            5 => format!("<pre>let a = 1;\n  b({two})</pre>"),
            6 => "\\[\\frac{1}{2}\\]<br>it".to_owned(),
            _ => format!("<a href=\"https://example.org/?a=b&amp;c#d\">{one}</a><sub>2</sub>"),
        };
        let text = markup::from_html(&html, &mut |source| Ok(source.to_owned())).0;
        // As an import gives it: cleaned once more it stays as it is.
        let again = markup::from_html(text.source(), &mut |source| Ok(source.to_owned())).0;
        if again == text { text } else { Text::Plain(two) }
    });
    prop_oneof![3 => words().prop_map(Text::Plain), 2 => rich]
        .prop_filter("seen", |text| !text.is_empty())
        .boxed()
}

fn remark() -> BoxedStrategy<Text> {
    prop_oneof![2 => Just(Text::default()), 1 => text()].boxed()
}

fn credit() -> impl Strategy<Value = Credit> {
    prop_oneof![
        Just(Credit::FULL),
        Just(Credit::from_percent(33.33333)),
        Just(Credit::NONE),
        (1..10_000_000_i32).prop_map(Credit),
    ]
}

fn choices(multiple: bool) -> BoxedStrategy<Vec<ChoiceKey>> {
    let choice =
        (text(), any::<bool>(), prop::option::of((-10_000_000..10_000_000_i32).prop_map(Credit)), remark());
    (prop::collection::vec(choice, 2..6), any::<bool>(), 0..6_usize)
        .prop_map(move |(choices, has_credits, right)| {
            let count = choices.len();
            let one =
                |(place, (text, is_right, credit, reason)): (usize, (Text, bool, Option<Credit>, Text))| {
                    let is_right =
                        if multiple { is_right || place == right % count } else { place == right % count };
                    let credit = match (multiple, has_credits, credit) {
                        (false, ..) => credit,
                        (true, false, _) => None,
                        (true, true, credit) => {
                            let size = credit.unwrap_or(Credit(1_234_567)).0.abs().max(1);
                            Some(Credit(if is_right { size } else { -size }))
                        }
                    };
                    ChoiceKey { id: None, text, is_right, credit, reason }
                };
            let most = choices.iter().filter_map(|choice| choice.2).map(|credit| credit.0.abs()).max();
            let mut choices = choices.into_iter().enumerate().map(one).collect::<Vec<_>>();
            // The one that is right earns something, and no other more.
            if let (false, Some(right)) = (multiple, choices.iter_mut().find(|choice| choice.is_right)) {
                right.credit = right.credit.and(most).map(|most| Credit(most.max(1)));
            }
            choices
        })
        .prop_filter("shares that are not simply even", move |choices| {
            let mut forgotten = choices.clone();
            moodle::forget_even_shares(&mut forgotten);
            !multiple || forgotten == *choices
        })
        .boxed()
}

fn numbers(has_all: bool) -> BoxedStrategy<Vec<NumberKey>> {
    let value = prop_oneof![(-1000..1000_i32).prop_map(f64::from), -1e6..1e6_f64, Just(6.02e23), Just(1e-7)];
    let range = (value, 0.0..100.0_f64, 0..4_usize).prop_map(move |(value, size, form)| match form {
        0 => NumberRange::Tolerance { value, tolerance: 0.0 },
        1 => NumberRange::Tolerance { value, tolerance: size },
        2 => NumberRange::Bounds { low: value, high: value + size },
        _ if has_all => NumberRange::Share { value, share: size / 100.0 },
        _ => NumberRange::Tolerance { value, tolerance: 0.5 },
    });
    let key =
        (range, credit(), remark()).prop_map(|(range, credit, reason)| NumberKey { range, credit, reason });
    (prop::collection::vec(key, 1..4), prop::option::of(remark()))
        .prop_map(|(mut keys, other)| {
            keys[0].credit = Credit::FULL;
            keys.extend(other.map(|reason| NumberKey {
                range: NumberRange::Any,
                credit: Credit::NONE,
                reason,
            }));
            keys
        })
        .boxed()
}

pub fn typed() -> BoxedStrategy<Vec<TypedKey>> {
    let key = (line(), credit(), remark(), any::<bool>()).prop_map(|(words, credit, reason, is_pattern)| {
        let text = if is_pattern { format!("*{words}") } else { words };
        TypedKey { text, credit, reason, is_pattern }
    });
    prop::collection::vec(key, 1..4)
        .prop_map(|mut keys| {
            keys[0].credit = Credit::FULL;
            keys
        })
        .boxed()
}

fn rule(has_all: bool) -> BoxedStrategy<TextRule> {
    let any = (any::<bool>(), any::<bool>(), any::<bool>());
    if has_all {
        any.prop_map(|(case, accents, typos)| TextRule { case, accents, typos }).boxed()
    } else {
        Just(moodle::TYPING).boxed()
    }
}

fn parts() -> BoxedStrategy<Vec<PartKey>> {
    prop::collection::vec(text().prop_map(|text| PartKey { id: None, text }), 2..5).boxed()
}

fn body(count: usize) -> impl Strategy<Value = Text> {
    (prop::collection::vec("[a-z<&é.]{1,6}", count + 1), any::<bool>()).prop_map(move |(words, is_rich)| {
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

fn cloze() -> BoxedStrategy<QuestionKey> {
    let fill = prop_oneof![
        (typed(), rule(true)).prop_map(|(accepted, rule)| Fill::Typing { accepted, rule }),
        numbers(true).prop_map(|accepted| Fill::Number { accepted }),
        (choices(false), any::<bool>())
            .prop_map(|(choices, keep_order)| Fill::Choosing { choices, keep_order }),
    ];
    let dragged = || (0..2_u16).prop_map(|place| Fill::Dragging { right: vec![place] });
    let all = (
        prop::collection::vec((fill, 1..=100_u8), 1..4),
        prop::collection::vec((dragged(), 1..=100_u8), 1..4),
        parts(),
        any::<bool>(),
    );
    all.prop_flat_map(|(typed, dragged, words, is_dragged)| {
        let (gaps, bank) = if is_dragged { (dragged, words) } else { (typed, Vec::new()) };
        (body(gaps.len()), Just(gaps), Just(bank))
    })
    .prop_map(|(body, gaps, bank)| {
        let gaps = gaps.into_iter().map(|(fill, weight)| GapKey { fill, weight }).collect();
        QuestionKey::Cloze { body, gaps, bank }
    })
    .boxed()
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
        prop::collection::vec((place(), place()), 3..7).prop_map(|corners| Shape::Polygon {
            corners: corners.into_iter().map(|(x, y)| Point { x, y }).collect()
        }),
    ]
}

fn hotspot() -> BoxedStrategy<QuestionKey> {
    (prop::collection::vec((shape(), any::<bool>(), remark()), 1..5), any::<bool>(), line())
        .prop_map(|(spots, is_sized, alt)| {
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
        })
        .boxed()
}

fn key(kind: &'static str, has_all: bool) -> BoxedStrategy<QuestionKey> {
    let flag = move || any::<bool>().prop_map(move |flag| flag && has_all);
    match kind {
        "choices" => (any::<bool>(), flag())
            .prop_flat_map(|(multiple, keep_order)| {
                choices(multiple).prop_map(move |choices| QuestionKey::Choices {
                    choices,
                    multiple,
                    keep_order,
                })
            })
            .boxed(),
        "true_false" => (any::<bool>(), remark(), remark())
            .prop_map(|(is_true, reason_true, reason_false)| QuestionKey::TrueFalse {
                is_true,
                reason_true,
                reason_false,
            })
            .boxed(),
        "numeric" => (numbers(has_all), flag(), flag())
            .prop_map(|(accepted, has_units, unit_required)| {
                let unit = |text: &str, per_first| UnitKey { text: text.into(), per_first };
                let units = if has_units { vec![unit("m", 1.0), unit("cm", 100.0)] } else { Vec::new() };
                QuestionKey::Numeric { accepted, unit_required: unit_required && has_units, units }
            })
            .boxed(),
        "typed" => (typed(), rule(has_all))
            .prop_map(|(accepted, rule)| QuestionKey::Typed { accepted, rule })
            .boxed(),
        "matching" => {
            let right = if has_all { text() } else { line().prop_map(Text::Plain).boxed() };
            let pair = (text(), right.clone()).prop_map(|(left, right)| PairKey {
                id: None,
                left,
                right_id: None,
                right,
            });
            let extra = prop::collection::vec(right.prop_map(|text| PartKey { id: None, text }), 0..2);
            (prop::collection::vec(pair, 2..5), extra, flag())
                .prop_map(|(pairs, extra, keep_order)| QuestionKey::Matching { pairs, extra, keep_order })
                .boxed()
        }
        "ordering" => parts().prop_map(|items| QuestionKey::Ordering { items }).boxed(),
        "categorising" => {
            let homes = prop::collection::btree_set(0..2_u16, 0..3);
            (parts(), prop::collection::vec((text(), homes), 1..4), any::<bool>())
                .prop_map(|(categories, items, keep_order)| QuestionKey::Categorising {
                    categories,
                    items: items
                        .into_iter()
                        .map(|(text, homes)| SortedKey {
                            id: None,
                            text,
                            categories: homes.into_iter().collect(),
                        })
                        .collect(),
                    keep_order,
                })
                .boxed()
        }
        "cloze" => cloze(),
        "hotspot" => hotspot(),
        "flash_card" => text().prop_map(|back| QuestionKey::FlashCard { back }).boxed(),
        _ => (remark(), 0..5_u16, flag())
            .prop_map(move |(sample, words_min, bounds)| QuestionKey::Open {
                sample: if has_all { sample } else { Text::default() },
                words_min: if bounds { words_min } else { 0 },
                words_max: if bounds { 100 } else { 0 },
            })
            .boxed(),
    }
}

fn behaviour(has_around: bool) -> BoxedStrategy<Behaviour> {
    if !has_around {
        return Just(Behaviour::default()).boxed();
    }
    (any::<bool>(), 1..4_u8, prop::collection::vec(text(), 0..3), credit(), any::<bool>())
        .prop_map(|(deferred, tries, hints, penalty, certainty)| Behaviour {
            feedback: if deferred { Feedback::Deferred } else { Feedback::Immediate },
            tries,
            hints,
            penalty,
            certainty,
        })
        .boxed()
}

/// A random question that passes every check.
pub fn question(kinds: Kinds) -> BoxedStrategy<Question> {
    let around = (behaviour(kinds.has_around), remark(), remark(), prop::option::of(line())).boxed();
    let category = "([A-Z][a-z]{0,5}(/[a-z]{1,5}){0,2})?";
    let tags = prop::collection::vec("[a-z][a-z -]{0,5}[a-z]", 0..3);
    prop::sample::select(kinds.kinds)
        .prop_flat_map(move |kind| key(kind, kinds.has_all))
        .prop_flat_map(move |key| {
            (Just(key), text(), around.clone(), category, "[a-z0-9-]{0,6}", tags.clone())
        })
        .prop_map(move |(key, stem, (behaviour, reason, right, name), category, source_id, tags)| {
            let verdicts = if kinds.has_around {
                Verdicts { right, ..Verdicts::default() }
            } else {
                Verdicts::default()
            };
            let name = name.unwrap_or_default();
            Question {
                name,
                reason,
                verdicts,
                behaviour,
                tags,
                category,
                source_id,
                ..Question::new(stem, key)
            }
        })
        .prop_filter("a whole question", |question| question.check().is_ok())
        .boxed()
}
