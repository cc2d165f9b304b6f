//! The server's tests from outside: one binary, one file a noun.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "tests say what is wrong by panicking, and measure real time"
)]

mod api;
mod bank;
mod crash;
mod fuzz;
mod jobs;
mod library;
mod media;
mod server;
mod store;
