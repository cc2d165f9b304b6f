//! The due list of a learner with many cards, a tenth of them due: how long one look takes. And how long it takes to fit the
//! weights of the memory model to ten thousand reviews.

use anyhow::Context;
use clap::Args;
use minnow::store::{self, Db, question::QuestionRow};
use minnow_memory::{Card, DAY_MS, Parameters, Review, card::answered};
use minnow_shared::{
    PersonId, QuestionId,
    question::{Question, QuestionKey},
};
use std::{io::Write as _, path::PathBuf};
use tokio::time::Instant;

const NOW_MS: i64 = 1_790_000_000_000;
/// What a page shows.
const LIST: i64 = 50;
const BATCH: u32 = 2_000;

#[derive(Debug, Args)]
pub struct Options {
    /// An empty folder for the database.
    #[arg(long)]
    dir: PathBuf,
    #[arg(long, default_value_t = 100_000)]
    cards: u32,
    #[arg(long, default_value_t = 400)]
    looks: u32,
}

/// Prints one JSON object: milliseconds of every look, sorted.
pub async fn measure(options: Options) -> anyhow::Result<()> {
    let db = Db::open(&format!("sqlite:{}", options.dir.join("minnow.sqlite").display())).await?;
    let person = PersonId::new(NOW_MS, [1; 10]);
    let mut tx = db.begin().await?;
    store::person::insert_guest(&mut tx, &person, NOW_MS).await?;
    tx.commit().await?;
    for first in (0..options.cards).step_by(BATCH as usize) {
        let mut tx = db.begin().await?;
        for number in first..options.cards.min(first + BATCH) {
            add_card(&mut tx, &person, number).await?;
        }
        tx.commit().await?;
    }
    let mut times = Vec::with_capacity(options.looks as usize);
    for look in 0..options.looks {
        let now_ms = NOW_MS + i64::from(look);
        let start = Instant::now();
        let due = store::card::list_due_cards(&db, &person, now_ms, LIST).await?;
        let count = store::card::count_due_cards(&db, &person, now_ms).await?;
        times.push(start.elapsed().as_secs_f64() * 1e3);
        anyhow::ensure!(due.len() as i64 == LIST && count > i64::from(options.cards / 12), "{count} are due");
    }
    times.sort_by(f64::total_cmp);
    db.close().await;
    let line = serde_json::json!({ "cards": options.cards, "looks_ms": times });
    writeln!(std::io::stdout(), "{line}").context("standard output")
}

/// Two thousand cards of five reviews each, at the intervals the average learner gets, right as often as the model says.
fn histories() -> Vec<(String, Review)> {
    let parameters = Parameters::default();
    let mut all = Vec::with_capacity(10_000);
    for number in 0..2_000_u32 {
        let (mut card, mut at_ms) = (None::<Card>, NOW_MS + i64::from(number) * 60_000);
        for place in 0..5 {
            let chance = card.map_or(0.8, |card| card.retrievability(&parameters, at_ms));
            let id = number * 5 + place;
            let draw = f64::from(id.wrapping_mul(2_654_435_769) >> 8) / f64::from(1_u32 << 24);
            let review = Review { id: format!("{id:06}"), at_ms, is_right: draw < chance, certainty: None };
            let next = answered(&parameters, card, &review);
            at_ms = next.due_ms(&parameters, 0.9, Some(u64::from(id)));
            card = Some(next);
            all.push((format!("{number:05}"), review));
        }
    }
    all
}

/// Prints one JSON object: milliseconds of each fitting.
pub fn fit(rounds: u32) -> anyhow::Result<()> {
    let answers = histories();
    let mut times = Vec::new();
    for _ in 0..rounds {
        let start = Instant::now();
        minnow::review::weights_of(&answers).context("no weights came of it")?;
        times.push(start.elapsed().as_secs_f64() * 1e3);
    }
    let line = serde_json::json!({ "reviews": answers.len(), "fit_ms": times });
    writeln!(std::io::stdout(), "{line}").context("standard output")
}

/// Cards as reviews leave them: stabilities from a day to a year, a tenth due.
async fn add_card(tx: &mut store::Tx, person: &PersonId, number: u32) -> anyhow::Result<()> {
    let mut bits = [0; 10];
    bits.iter_mut().zip(number.to_be_bytes()).for_each(|(to, from)| *to = from);
    let id = QuestionId::new(NOW_MS, bits);
    let whole = Question::new("?", QuestionKey::FlashCard { back: "!".into() });
    let row = QuestionRow::of(&id, person.as_str(), &whole)?;
    store::question::upsert_question(tx, &row, NOW_MS).await?;
    // Spread by a constant that has nothing to do with the numbers.
    let spread = f64::from(number.wrapping_mul(2_654_435_769) >> 8) / f64::from(1_u32 << 24);
    let stability = 1.0 + spread * 364.0;
    let last_ms = NOW_MS - (stability * 0.9 * DAY_MS as f64) as i64;
    let due_ms = if number.is_multiple_of(10) {
        NOW_MS - 1 - i64::from(number)
    } else {
        NOW_MS + DAY_MS + i64::from(number)
    };
    store::sql("INSERT INTO cards (person_id, question_id, stability, difficulty, last_review_ms, last_rating, was_sure, reviews,
            lapses, last_answer_ms, due_ms) VALUES ($1, $2, $3, 5.0, $4, 3, FALSE, 4, 0, $4, $5)")
    .bind(person)
    .bind(&id)
    .bind(stability)
    .bind(last_ms + i64::from(number % 1_000) * 3_600_000)
    .bind(due_ms)
    .run(tx)
    .await?;
    Ok(())
}
