//! Everything but the feed: signing in, one's own things, settings, discovering, making.

fn main() {
    minnow_frontend::start_desk();
}
