//! What a visitor loads first: the feed, its topics and single clips.

fn main() {
    minnow_frontend::start_feed();
}
