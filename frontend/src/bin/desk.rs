//! A learner's own pages: signing in, reviewing, what one holds and keeps, settings, discovering.

fn main() {
    minnow_frontend::start_desk();
}
