//! The server's tests from outside: one binary, one file a noun.

mod api;
mod library;
mod media;
mod server;
mod store;
