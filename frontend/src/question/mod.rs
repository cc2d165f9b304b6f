//! The question sheet: a question at a moment of a clip, how sure the learner is, the answer and its reason. It stands over
//! the stage and is used by the feed; it knows no video. Grading is the server's; what is kept when the network is away
//! is the outbox's.

mod form;
mod sheet;
mod verdict;

pub use sheet::{QuestionNews, QuestionSheet, seen};
pub use verdict::comes_back;
