//! Intervals of review histories, for comparison with the reference package (reference/compare.py).
//!
//! Each line in: weights and desired retention, then reviews as `days-since-the-last:rating`:
//! `w0,…,w20 retention 0:3 2:1 5:4`. Each line out: the interval in days after every review, then the last stability
//! and difficulty.

use minnow_memory::{Parameters, Rating, State};
use std::io::{BufRead, Write};

fn main() -> std::io::Result<()> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for line in std::io::stdin().lock().lines() {
        match intervals(&line?) {
            Some(answer) => writeln!(out, "{answer}")?,
            None => writeln!(out, "unreadable")?,
        }
    }
    out.flush()
}

fn intervals(line: &str) -> Option<String> {
    let mut words = line.split_whitespace();
    let weights: Vec<f64> = words.next()?.split(',').map(str::parse).collect::<Result<_, _>>().ok()?;
    let parameters = Parameters::try_from(weights).ok()?;
    let retention: f64 = words.next()?.parse().ok()?;
    let mut state: Option<State> = None;
    let mut answer = Vec::new();
    for word in words {
        let (days, rating) = word.split_once(':')?;
        let next = parameters.after(state, days.parse().ok()?, Rating::from_number(rating.parse().ok()?)?);
        answer.push(parameters.interval_days(next.stability, retention).to_string());
        state = Some(next);
    }
    let state = state?;
    Some(format!("{} {:e} {:e}", answer.join(" "), state.stability, state.difficulty))
}
