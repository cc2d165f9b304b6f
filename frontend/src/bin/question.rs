//! Questions of the kinds that the feed does not ask by itself: loaded when the first of them is met.

fn main() {
    minnow_frontend::start_question();
}
