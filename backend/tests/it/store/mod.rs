//! The store's tests, one file a noun, each on both databases.

mod catalogue;
mod database;
mod job;
mod upload;
mod writer;
