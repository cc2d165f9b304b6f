//! How long it takes to grade a million answers and to schedule a million cards, on one processor; one JSON object on
//! standard output, milliseconds of each round: `cargo run --release -p minnow-memory --example pace`.

use minnow_memory::{DAY_MS, Parameters, Review, replay};
use minnow_shared::{
    ChoiceId,
    answer::{Certainty, Response},
    grading,
    question::{ChoiceKey, NumberKey, NumberRange, QuestionKey, TextRule, TypedKey},
};
use std::{hint::black_box, time::Instant};

const COUNT: usize = 1_000_000;
const ROUNDS: usize = 5;

fn rounds(mut work: impl FnMut()) -> String {
    // The measuring of a bench is the one place that looks at the clock itself.
    #[expect(clippy::disallowed_methods, reason = "a bench measures")]
    let times = (0..ROUNDS).map(|_| {
        let start = Instant::now();
        work();
        format!("{:.1}", start.elapsed().as_secs_f64() * 1e3)
    });
    times.collect::<Vec<_>>().join(", ")
}

/// What is asked most: choices, typed words, numbers; right, wrong and with a slip.
fn asked() -> Vec<(QuestionKey, Response)> {
    let id = |n: u8| ChoiceId::new(1, [n; 10]);
    let choices =
        (0..4).map(|n| ChoiceKey { id: Some(id(n)), ..ChoiceKey::plain(format!("Answer {n}"), n == 2) });
    let choices = QuestionKey::Choices { choices: choices.collect(), multiple: false, keep_order: false };
    let typed = QuestionKey::Typed {
        accepted: vec![TypedKey::from("photosynthesis"), TypedKey::from("Calvin cycle")],
        rule: TextRule::default(),
    };
    let number = NumberKey {
        range: NumberRange::Tolerance { value: 9.81, tolerance: 0.05 },
        credit: minnow_shared::question::Credit::FULL,
        reason: "".into(),
    };
    let numeric = QuestionKey::Numeric { accepted: vec![number], units: Vec::new(), unit_required: false };
    let words = |text: &str| Response::Typed { text: text.into() };
    vec![
        (choices.clone(), Response::Choice { choice_id: id(2) }),
        (choices, Response::Choice { choice_id: id(0) }),
        (typed.clone(), words("Photosyntesis")),
        (typed, words("the water cycle")),
        (numeric, Response::Number { text: "9,8".into() }),
    ]
}

fn main() -> std::io::Result<()> {
    let asked = asked();
    let grading = rounds(|| {
        for (key, response) in asked.iter().cycle().take(COUNT) {
            black_box(grading::grade(black_box(key), black_box(response)));
        }
    });
    let parameters = Parameters::default();
    let review = |n: i64| Review {
        id: n.to_string(),
        at_ms: n * n * DAY_MS,
        is_right: n != 3,
        certainty: Some(if n % 2 == 0 { Certainty::Sure } else { Certainty::ThinkSo }),
    };
    let history: Vec<Review> = (0..6).map(review).collect();
    let scheduling = rounds(|| {
        for seed in 0..COUNT as u64 {
            let card = replay(&parameters, black_box(&history));
            black_box(card.map(|card| card.due_ms(&parameters, 0.9, Some(seed))));
        }
    });
    let text = format!("{{\"grade_ms\": [{grading}], \"schedule_ms\": [{scheduling}]}}\n");
    std::io::Write::write_all(&mut std::io::stdout(), text.as_bytes())
}
