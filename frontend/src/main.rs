//! Minnow in the browser.
fn main() {}
