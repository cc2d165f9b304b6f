//! Which clip next, and what a learner is ready for: models and their arithmetic. Pure: no input, output, clock or
//! chance of its own; everything follows from what it is given, seeds included.
#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "counts and places become weights, and fit"
)]

pub mod algebra;
pub mod batch;
pub mod blend;
pub mod fitted;
pub mod histories;
pub mod learner;
pub mod live;
pub mod measure;
pub mod mixture;
pub mod models;
pub mod nearest;
pub mod page;
pub mod parallel;
pub mod replay;
pub mod text;
