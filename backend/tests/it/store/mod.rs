//! The store's tests, one file a noun, each on both databases.

mod card;
mod catalogue;
mod database;
mod job;
mod merge;
mod migration;
mod question;
mod upload;
mod writer;
