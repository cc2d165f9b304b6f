//! The media room on real files: what is taken, what is refused and why, and what comes out.

pub mod bucket;
mod corpus;
mod film;
mod import;

use minnow::media::{Confinement, Limits, Sandbox, Studio};
use std::path::PathBuf;

/// The tools of this machine, shut in as they are by default.
pub fn studio() -> Studio {
    let search_path = std::env::split_paths(&std::env::var("PATH").unwrap()).collect();
    Studio { sandbox: Sandbox::new(Confinement::Bubblewrap, search_path), limits: Limits::default() }
}

/// The folder of real files beside the checkout, or where MINNOW_CONTENT says.
pub fn content() -> PathBuf {
    let given = std::env::var("MINNOW_CONTENT").map(PathBuf::from);
    let folder =
        given.unwrap_or_else(|_| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/content")));
    assert!(
        folder.join("odd").is_dir(),
        "the real files are missing: {} has no folder `odd`; set MINNOW_CONTENT",
        folder.display()
    );
    folder
}

/// Runs ffmpeg of this machine, unconfined, to make a film for a test.
pub fn make(arguments: &[&str]) {
    let output = std::process::Command::new("ffmpeg")
        .args(["-y", "-nostdin", "-v", "error"])
        .args(arguments)
        .output()
        .expect("ffmpeg is installed");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
