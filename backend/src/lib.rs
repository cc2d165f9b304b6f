//! The Minnow server: see ARCHITECTURE.md for the rooms and who may enter which.

pub mod admin;
pub mod app;
pub mod auth;
pub mod bank;
pub mod calendar;
pub mod cli;
pub mod clock;
pub mod config;
pub mod demo;
pub mod feed;
pub mod fuzz;
pub mod http;
pub mod interests;
pub mod jobs;
pub mod mastery;
pub mod media;
pub mod metrics;
pub mod playlist;
pub mod policy;
pub mod review;
pub mod seal;
pub mod store;
pub mod topics;
pub mod upkeep;
