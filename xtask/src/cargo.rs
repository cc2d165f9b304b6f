//! cargo, called the same way everywhere: from the checkout, with its output shown.

use std::process::Command;

use anyhow::Result;

use crate::steps::run;
use crate::workspace::Workspace;

/// The crate that only compiles for the browser.
pub const FRONTEND: &str = "minnow-frontend";
pub const BROWSER_TARGET: &str = "wasm32-unknown-unknown";

pub fn command(workspace: &Workspace, args: &[&str]) -> Command {
    let mut command = Command::new("cargo");
    command.args(args).current_dir(&workspace.root);
    // Set by the cargo that started us, about xtask: they would make the crates built below look changed.
    for (name, _) in
        std::env::vars().filter(|(name, _)| name.starts_with("CARGO_PKG_") || name == "CARGO_MANIFEST_DIR")
    {
        command.env_remove(name);
    }
    command
}

pub fn cargo(workspace: &Workspace, args: &[&str]) -> Result<()> {
    run(&mut command(workspace, args))
}

/// The server as people run it, in `Workspace::server`.
pub fn build_server(workspace: &Workspace) -> Result<()> {
    cargo(workspace, &["build", "--release", "--package", "minnow"])
}
