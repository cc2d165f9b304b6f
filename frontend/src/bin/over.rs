//! What opens over a clip: questions of the kinds that the feed does not ask by itself, the More sheet, the keys. Loaded
//! when the first of them is met.

fn main() {
    minnow_frontend::start_over();
}
