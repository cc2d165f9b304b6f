//! What a learner remembers, and when to ask again. Pure: reviews in, states and days out; time comes in as a parameter,
//! chance as a seed. The same code runs on the server and in the browser. No storage, no wire types here.

pub mod card;
pub mod fsrs;
pub mod plan;
pub mod workload;

pub use card::{Card, Review, replay};
pub use fsrs::{Parameters, Rating, State};

/// Milliseconds of a day.
pub const DAY_MS: i64 = 86_400_000;
