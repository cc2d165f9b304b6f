//! Simulated learners: how much they know after a month, and who is shown, under five ways of choosing clips.
//!
//! This is a simulation: it says how the ways of choosing compare if learners are as `world` states, and nothing about people.
//! Run: `cargo run --release -p minnow-recommender --example simulated_learners -- [learners] [seeds]`.
#![allow(
    clippy::print_stdout,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    reason = "a table of a closed world"
)]

mod policies;
mod world;

use policies::Policy;
use world::{Outcome, World};

fn main() {
    let mut arguments = std::env::args().skip(1).filter_map(|one| one.parse::<u32>().ok());
    let (learners, seeds) = (arguments.next().unwrap_or(150), arguments.next().unwrap_or(3));
    println!(
        "{learners} learners, {seeds} worlds, {} minutes on each of {} days; a simulation",
        world::MINUTES,
        world::DAYS
    );
    println!("policy         held  /interest  learned  watched  clips shown  topics  few-clip creators");
    let mut of_interest = None;
    for policy in [Policy::Interest, Policy::InterestDue, Policy::Popular, Policy::Random, Policy::Ours] {
        let all: Vec<Outcome> =
            (0..seeds).map(|seed| World::new(learners, seed.into()).run(policy)).collect();
        let mean = |value: fn(&Outcome) -> f64| all.iter().map(value).sum::<f64>() / all.len().max(1) as f64;
        let held = mean(|one| one.held);
        let base = *of_interest.get_or_insert(held);
        println!(
            "{:<12} {:>6.1} {:>10.2} {:>8.1} {:>7.0}% {:>11.0}% {:>7.1} {:>17.2}",
            format!("{policy:?}"),
            held,
            held / base,
            mean(|one| one.learned),
            100.0 * mean(|one| one.watched),
            100.0 * mean(|one| one.clips),
            mean(|one| one.topics),
            mean(|one| one.few),
        );
    }
}
