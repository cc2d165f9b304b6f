//! How well a learner holds a topic, how hard a question is, what a clip taught, and how topics hang together. Pure: answers
//! in, estimates with their uncertainty out; time comes in as a parameter, chance as a seed. No storage, no wire types here.

pub mod estimate;
pub mod fold;
pub mod gain;
pub mod graph;
pub mod guess;

/// Milliseconds of a day.
pub const DAY_MS: i64 = 86_400_000;
