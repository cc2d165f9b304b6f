//! Minnow commands.
fn main() {}
