//! The server-side programs of `./x bench`: a database with many clips, the bare peer of the feed, and both ways to
//! commit. What is compared with what, and the table, are in `e2e/bench`.

mod bare_feed;
mod copies;
mod due_cards;
mod durable_writes;
mod many_clips;
mod ranked_pages;

use clap::{Parser, Subcommand};

/// That of the server.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[derive(Parser)]
#[command(name = "bench", about = "The server-side programs of ./x bench")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Fills a data folder with published clips, unless it has that many; prints how many there are.
    Seed(many_clips::Options),
    /// Serves a page of clips from one query, and nothing else.
    BareFeed(bare_feed::Options),
    /// Measures answers and watch events by group commit and in one transaction each; one JSON line a measurement.
    DurableWrites(durable_writes::Options),
    /// Measures the due list of a learner with many cards; one JSON line.
    DueCards(due_cards::Options),
    /// Measures ranked pages, events and a fit; one JSON line.
    RankedPages(ranked_pages::Options),
    /// Measures the fitting of weights to ten thousand reviews; one JSON line.
    FitMemory {
        #[arg(long, default_value_t = 3)]
        rounds: u32,
    },
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    match Cli::parse().command {
        Command::Seed(options) => many_clips::seed(options).await,
        Command::BareFeed(options) => bare_feed::serve(options).await,
        Command::DurableWrites(options) => durable_writes::measure(options).await,
        Command::DueCards(options) => due_cards::measure(options).await,
        Command::RankedPages(options) => ranked_pages::measure(options).await,
        Command::FitMemory { rounds } => due_cards::fit(rounds),
    }
}
