//! What grading is held to: each kind by example, and what holds for every key.

use super::*;
use crate::question::{
    NumberKey, NumberRange, PairKey, Picture, Point, Question, Shape, SortedKey, SpotKey, TextRule, UnitKey,
};
use proptest::prelude::*;

fn id(n: u8) -> ChoiceId {
    ChoiceId::new(0, [n; 10])
}

fn with_ids(mut key: QuestionKey) -> QuestionKey {
    let mut n = 0;
    key.fill_ids(|| {
        n += 1;
        id(n)
    });
    key
}

fn part(text: &str) -> PartKey {
    PartKey { id: None, text: text.into() }
}

fn choices(right: &[bool], multiple: bool) -> QuestionKey {
    let choices =
        right.iter().enumerate().map(|(n, right)| ChoiceKey::plain(format!("{n}"), *right)).collect();
    with_ids(QuestionKey::Choices { choices, multiple, keep_order: false })
}

fn credit(key: &QuestionKey, response: &Response) -> f64 {
    grade(key, response).credit.share()
}

fn taken(ids: &[u8]) -> Response {
    Response::Choices { choice_ids: ids.iter().map(|n| id(*n)).collect() }
}

fn near(one: f64, other: f64) -> bool {
    (one - other).abs() < 1e-6
}

#[test]
fn only_the_right_choice_is_right() {
    let key = choices(&[false, true, false], false);
    for n in 0..5 {
        let outcome = grade(&key, &Response::Choice { choice_id: id(n) }).outcome;
        assert_eq!(outcome == Outcome::Right, n == 2, "{n}");
    }
}

#[test]
fn not_knowing_and_answers_of_the_wrong_kind_are_not_right_yet() {
    let key = choices(&[true, false], false);
    for response in [Response::DontKnow, Response::Typed { text: "0".into() }, taken(&[1])] {
        assert_eq!(grade(&key, &response).outcome, Outcome::NotYet, "{response:?}");
    }
}

#[test]
fn of_several_right_choices_each_is_a_share_and_wrong_ones_cost_a_share() {
    let key = choices(&[true, true, true, false], true);
    assert_eq!(grade(&key, &taken(&[1, 2, 3])).outcome, Outcome::Right);
    assert_eq!(
        grade(&key, &taken(&[3, 1, 2, 2])).outcome,
        Outcome::Right,
        "order and repetition do not matter"
    );
    assert!(near(credit(&key, &taken(&[1, 2])), 2.0 / 3.0));
    assert!(near(credit(&key, &taken(&[1, 2, 4])), 1.0 / 3.0));
    assert!(near(credit(&key, &taken(&[1, 2, 3, 4])), 2.0 / 3.0));
    assert_eq!(credit(&key, &taken(&[4])), 0.0);
    assert_eq!(credit(&key, &taken(&[])), 0.0);
}

#[test]
fn credits_of_their_own_are_added_and_thirds_make_a_whole() {
    let mut key = choices(&[true, true, true, false], true);
    if let QuestionKey::Choices { choices, .. } = &mut key {
        for (choice, percent) in choices.iter_mut().zip([33.33333, 33.33333, 33.33333, -100.0]) {
            choice.credit = Some(Credit::from_percent(percent));
        }
    }
    assert_eq!(grade(&key, &taken(&[1, 2, 3])).outcome, Outcome::Right);
    assert_eq!(grade(&key, &taken(&[1, 2])).outcome, Outcome::Partly);
    assert_eq!(grade(&key, &taken(&[1, 2, 3, 4])).outcome, Outcome::NotYet);
}

#[test]
fn a_choice_taken_is_told_what_its_author_says() {
    let mut key = choices(&[false, true], false);
    if let QuestionKey::Choices { choices, .. } = &mut key
        && let Some(first) = choices.first_mut()
    {
        first.reason = "Fair, but no.".into();
    }
    assert_eq!(grade(&key, &Response::Choice { choice_id: id(1) }).remark, "Fair, but no.".into());
}

#[test]
fn the_best_number_that_fits_decides() {
    let number = |value, tolerance, percent, reason: &str| NumberKey {
        range: NumberRange::Tolerance { value, tolerance },
        credit: Credit::from_percent(percent),
        reason: reason.into(),
    };
    let key = QuestionKey::Numeric {
        accepted: vec![number(1822.0, 2.0, 50.0, "Close."), number(1822.0, 0.0, 100.0, "Yes.")],
        units: vec![],
        unit_required: false,
    };
    let given = |text: &str| grade(&key, &Response::Number { text: text.into() });
    assert_eq!((given("1822").outcome, given("1822").remark), (Outcome::Right, "Yes.".into()));
    assert_eq!((given("1,824").outcome, given("1,824").remark), (Outcome::Partly, "Close.".into()));
    assert_eq!(given("1825").outcome, Outcome::NotYet);
}

#[test]
fn matching_counts_left_sides_and_equal_right_sides_are_one() {
    let pair = |left: &str, right: &str| PairKey {
        id: None,
        left: left.into(),
        right_id: None,
        right: right.into(),
    };
    let key = with_ids(QuestionKey::Matching {
        pairs: vec![pair("cat", "mammal"), pair("dog", "mammal"), pair("carp", "fish")],
        extra: vec![part("bird")],
        keep_order: false,
    });
    let given = |pairs: &[(u8, u8)]| Response::Pairs {
        pairs: pairs.iter().map(|(left, right)| Pair { left_id: id(*left), right_id: id(*right) }).collect(),
    };
    // Ids run left, right, left, right …, then the extra ones.
    assert_eq!(credit(&key, &given(&[(1, 4), (3, 2), (5, 6)])), 1.0);
    assert!(near(credit(&key, &given(&[(1, 4), (3, 7), (5, 6)])), 2.0 / 3.0));
    assert!(
        near(credit(&key, &given(&[(1, 2), (1, 6), (5, 6)])), 1.0 / 3.0),
        "a left side with two rights is none"
    );
}

#[test]
fn an_order_is_worth_its_longest_run() {
    let key = with_ids(QuestionKey::Ordering { items: ["a", "b", "c", "d"].map(part).to_vec() });
    let given =
        |ids: &[u8]| credit(&key, &Response::Order { item_ids: ids.iter().map(|n| id(*n)).collect() });
    assert_eq!(given(&[1, 2, 3, 4]), 1.0);
    assert_eq!(given(&[4, 3, 2, 1]), 0.0);
    assert!(near(given(&[2, 3, 4, 1]), 2.0 / 3.0));
    assert!(near(given(&[2, 1, 4, 3]), 1.0 / 3.0));
    assert!(given(&[1, 2, 3]) < 1.0, "an item left out");
}

#[test]
fn items_in_several_categories_want_them_all() {
    let item = |text: &str, categories: &[u16]| SortedKey {
        id: None,
        text: text.into(),
        categories: categories.to_vec(),
    };
    let key = with_ids(QuestionKey::Categorising {
        categories: ["swims", "flies"].map(part).to_vec(),
        items: vec![item("duck", &[0, 1]), item("trout", &[0]), item("stone", &[])],
        keep_order: false,
    });
    let given = |pairs: &[(u8, u8)]| {
        let pairs =
            pairs.iter().map(|(left, right)| Pair { left_id: id(*left), right_id: id(*right) }).collect();
        credit(&key, &Response::Pairs { pairs })
    };
    assert_eq!(given(&[(3, 1), (3, 2), (4, 1)]), 1.0);
    assert!(near(given(&[(3, 1), (4, 1)]), 2.5 / 3.0));
    assert!(near(given(&[(3, 1), (3, 2), (4, 1), (5, 1)]), 2.0 / 3.0));
}

#[test]
fn gaps_count_by_their_weights() {
    let gap = |fill, weight| GapKey { fill, weight };
    let key = with_ids(QuestionKey::Cloze {
        body: "[[1]] [[2]] [[3]]".into(),
        gaps: vec![
            gap(Fill::Typing { accepted: vec!["sun".into()], rule: TextRule::default() }, 1),
            gap(
                Fill::Choosing {
                    choices: vec![ChoiceKey::plain("is", true), ChoiceKey::plain("are", false)],
                    keep_order: true,
                },
                1,
            ),
            gap(Fill::Dragging { right: vec![0] }, 2),
        ],
        bank: ["hot", "cold", "hot"].map(part).to_vec(),
    });
    let word = |text: &str| Filled { text: text.into(), choice_id: None };
    let choice = |n| Filled { text: String::new(), choice_id: Some(id(n)) };
    assert_eq!(credit(&key, &Response::Gaps { filled: vec![word("Sun"), choice(1), choice(5)] }), 1.0);
    assert_eq!(credit(&key, &Response::Gaps { filled: vec![word("moon"), choice(1), choice(3)] }), 0.75);
    assert_eq!(credit(&key, &Response::Gaps { filled: vec![word("sun")] }), 0.25);
}

#[test]
fn points_find_shapes_and_extra_points_are_not_looked_at() {
    let spot = |shape, is_right| SpotKey { shape, is_right, reason: Text::default() };
    let picture = Picture { source: "media:x".into(), alt: "A map".into(), width: 0, height: 0 };
    let triangle = [(0, 0), (4000, 0), (0, 4000)].map(|(x, y)| Point { x, y }).to_vec();
    let key = QuestionKey::Hotspot {
        picture,
        spots: vec![
            spot(Shape::Polygon { corners: triangle }, true),
            spot(Shape::Ellipse { x: 8000, y: 8000, radius_x: 1000, radius_y: 500 }, true),
            spot(Shape::Rectangle { left: 5000, top: 0, right: 6000, bottom: 1000 }, false),
        ],
        places: 2,
    };
    let given = |points: &[(u16, u16)]| {
        credit(
            &key,
            &Response::Points { points: points.iter().map(|(x, y)| Point { x: *x, y: *y }).collect() },
        )
    };
    assert_eq!(given(&[(1000, 1000), (8500, 8200)]), 1.0);
    assert_eq!(given(&[(3000, 3000), (8900, 8400)]), 0.0, "outside the slope and the curve");
    assert_eq!(given(&[(1000, 1000), (1100, 1000)]), 0.5, "the same place twice is once");
    assert_eq!(given(&[(5500, 500), (1000, 1000), (8500, 8200)]), 0.5);
}

#[test]
fn open_answers_wait_for_people() {
    let key = QuestionKey::Open { sample: Text::default(), words_min: 3, words_max: 0 };
    let given = |text: &str| grade(&key, &Response::Open { text: text.into() }).outcome;
    assert_eq!(given("It rains a lot."), Outcome::Waiting);
    assert_eq!(given("It rains."), Outcome::NotYet);
}

#[test]
fn points_come_once_and_by_share() {
    assert_eq!(xp(Credit::FULL, true), XP_FIRST_RIGHT);
    assert_eq!(xp(Credit::FULL, false), 0);
    assert_eq!(xp(Credit::NONE, true), 0);
    assert_eq!(xp(Credit::from_percent(50.0), true), 5);
}

#[test]
fn each_try_costs_its_penalty_and_never_more_than_there_is() {
    let behaviour = Behaviour { penalty: Credit::from_percent(33.33333), tries: 4, ..Behaviour::default() };
    assert_eq!(after_tries(Credit::FULL, &behaviour, 1), Credit::FULL);
    assert!(near(after_tries(Credit::FULL, &behaviour, 2).share(), 0.666_666_7));
    assert_eq!(after_tries(Credit::FULL, &behaviour, 5), Credit::NONE);
}

fn words() -> impl Strategy<Value = String> {
    "[a-z]{1,8}"
}

/// Keys of every kind that has an answer, whole by `check`.
fn any_key() -> impl Strategy<Value = QuestionKey> {
    let texts =
        |n| proptest::collection::hash_set(words(), n).prop_map(|set| set.into_iter().collect::<Vec<_>>());
    let numbers = (-1e6..1e6_f64, 0.0..10.0_f64).prop_map(|(value, tolerance)| NumberKey {
        range: NumberRange::Tolerance { value, tolerance },
        credit: Credit::FULL,
        reason: Text::default(),
    });
    prop_oneof![
        (texts(2..8), any::<proptest::sample::Index>(), any::<bool>(), any::<u8>()).prop_map(
            |(texts, right, multiple, also)| {
                let right = right.index(texts.len());
                let choices = texts.iter().enumerate().map(|(n, text)| {
                    ChoiceKey::plain(text.as_str(), n == right || (multiple && (also >> (n % 8)) & 1 == 1))
                });
                QuestionKey::Choices { choices: choices.collect(), multiple, keep_order: false }
            }
        ),
        any::<bool>().prop_map(|is_true| QuestionKey::TrueFalse {
            is_true,
            reason_true: Text::default(),
            reason_false: Text::default()
        }),
        (proptest::collection::vec(numbers, 1..4), any::<bool>()).prop_map(|(accepted, unit_required)| {
            QuestionKey::Numeric {
                accepted,
                units: vec![UnitKey { text: "m".into(), per_first: 1.0 }],
                unit_required,
            }
        }),
        texts(1..5).prop_map(|texts| QuestionKey::Typed {
            accepted: texts.iter().map(|text| text.as_str().into()).collect(),
            rule: TextRule::default()
        }),
        (texts(2..8), texts(8..9), texts(0..3)).prop_map(|(left, right, extra)| QuestionKey::Matching {
            pairs: left
                .iter()
                .zip(right)
                .map(|(left, right)| PairKey {
                    id: None,
                    left: left.as_str().into(),
                    right_id: None,
                    right: right.into()
                })
                .collect(),
            extra: extra.iter().map(|text| part(text)).collect(),
            keep_order: false,
        }),
        texts(2..9)
            .prop_map(|texts| QuestionKey::Ordering { items: texts.iter().map(|text| part(text)).collect() }),
        (texts(2..5), texts(1..8), any::<u16>()).prop_map(|(categories, items, bits)| {
            QuestionKey::Categorising {
                items: items
                    .iter()
                    .enumerate()
                    .map(|(n, text)| SortedKey {
                        id: None,
                        text: text.as_str().into(),
                        categories: vec![(bits >> n) & 1],
                    })
                    .collect(),
                categories: categories.iter().map(|text| part(text)).collect(),
                keep_order: false,
            }
        }),
        (texts(1..5), texts(2..5)).prop_map(|(typed, bank)| QuestionKey::Cloze {
            body: (1..=typed.len() + 1).map(|n| format!("[[{n}]] ")).collect::<String>().into(),
            gaps: typed
                .iter()
                .map(|text| GapKey {
                    fill: Fill::Typing { accepted: vec![text.as_str().into()], rule: TextRule::default() },
                    weight: 1,
                })
                .chain([GapKey { fill: Fill::Dragging { right: vec![1] }, weight: 3 }])
                .collect(),
            bank: bank.iter().map(|text| part(text)).collect(),
        }),
        Just(QuestionKey::FlashCard { back: "x".into() }),
    ]
}

proptest! {
    #[test]
    fn the_solution_of_every_key_is_right(key in any_key()) {
        prop_assert_eq!(key.check(), Ok(()));
        let key = with_ids(key);
        let response = solution(&key).ok_or_else(|| TestCaseError::fail("no solution"))?;
        prop_assert_eq!(grade(&key, &response).outcome, Outcome::Right, "{:?}", response);
        prop_assert_eq!(grade(&key, &Response::DontKnow).credit, Credit::NONE);
    }

    #[test]
    fn a_key_comes_back_from_the_wire_and_its_form_tells_nothing(key in any_key(), seed: u64) {
        let key = with_ids(key);
        let question = Question::new("?", key.clone());
        let sent = serde_json::to_string(&question).unwrap();
        prop_assert_eq!(serde_json::from_str::<Question>(&sent).unwrap(), question);
        let form = serde_json::to_string(&key.form(seed)).unwrap();
        for secret in ["is_right", "credit", "accepted", "reason", "is_true"] {
            prop_assert!(!form.contains(secret), "{} in {}", secret, form);
        }
        prop_assert_eq!(key.form(seed), key.form(seed));
    }

    #[test]
    fn a_credit_is_between_none_and_full_whatever_was_answered(key in any_key(), ids in proptest::collection::vec(0_u8..20, 0..12), text in "\\PC{0,20}") {
        let key = with_ids(key);
        let some: Vec<ChoiceId> = ids.iter().map(|n| id(*n)).collect();
        let pairs = some.iter().zip(some.iter().skip(1)).map(|(l, r)| Pair { left_id: l.clone(), right_id: r.clone() }).collect();
        let filled = some.iter().map(|one| Filled { text: text.clone(), choice_id: Some(one.clone()) }).collect();
        for response in [
            taken(&ids),
            Response::Pairs { pairs },
            Response::Order { item_ids: some.clone() },
            Response::Gaps { filled },
            Response::Number { text: text.clone() },
            Response::Typed { text: text.clone() },
        ] {
            let credit = grade(&key, &response).credit;
            prop_assert!(credit >= Credit::NONE && credit <= Credit::FULL);
        }
    }
}
