//! The Minnow server.
fn main() {}
