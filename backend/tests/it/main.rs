//! The server's tests from outside: one binary, one file a noun.

mod api;
mod server;
mod store;
