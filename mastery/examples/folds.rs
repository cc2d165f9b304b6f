//! How long it takes to fold a million answers into estimates, on one processor; one JSON object on standard output, milliseconds
//! of each round: `cargo run --release -p minnow-mastery --example folds`.

use minnow_mastery::{
    estimate::Belief,
    fold::{Answer, Item, Model, fold},
};
use std::{hint::black_box, time::Instant};

/// A thousand learners of a thousand answers each, to questions of one topic that is part of another.
const LEARNERS: usize = 1_000;
const ANSWERS: usize = 1_000;
const ROUNDS: usize = 3;

fn main() -> std::io::Result<()> {
    let model = Model::default();
    let wholes = vec![vec![(1, 1)], Vec::new()];
    let items: Vec<Item> = (0..ANSWERS)
        .map(|n| Item {
            guess: 0.25,
            difficulty: Belief::new(n as f64 / 500.0 - 1.0, 0.2),
            topics: vec![0],
            family: n,
        })
        .collect();
    let ids: Vec<String> = (0..ANSWERS).map(|n| format!("{n:06}")).collect();
    let answers: Vec<Answer<'_>> = ids
        .iter()
        .enumerate()
        .map(|(n, id)| Answer {
            id,
            item: n,
            at_ms: n as i64 * 60_000,
            credit: f64::from(u8::from(n % 3 > 0)),
        })
        .collect();
    // The measuring of a bench is the one place that looks at the clock itself.
    #[expect(clippy::disallowed_methods, reason = "a bench measures")]
    let times = (0..ROUNDS).map(|_| {
        let start = Instant::now();
        for _ in 0..LEARNERS {
            black_box(fold(&model, black_box(&wholes), black_box(&items), black_box(&answers)));
        }
        format!("{:.1}", start.elapsed().as_secs_f64() * 1e3)
    });
    let text = format!("{{\"fold_ms\": [{}]}}\n", times.collect::<Vec<_>>().join(", "));
    std::io::Write::write_all(&mut std::io::stdout(), text.as_bytes())
}
