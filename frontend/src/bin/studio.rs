//! Where clips, questions, playlists and topics are made and looked after.

fn main() {
    minnow_frontend::start_studio();
}
