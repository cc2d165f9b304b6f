//! `./x run`: builds everything that is missing or old, then becomes the server.

use std::os::unix::process::CommandExt;
use std::process::Command;

use anyhow::{Context, Result};

use crate::cargo::build_server;
use crate::site::{self, Mode};
use crate::steps::timed;
use crate::workspace::Workspace;

/// `args` are flags of `minnow serve` and go through as they are. Returns only when something failed.
pub fn run(workspace: &Workspace, args: &[String]) -> Result<()> {
    site::build(workspace, Mode::Release)?;
    timed("the server", || build_server(workspace))?;
    let mut serve = Command::new(workspace.server());
    serve.arg("serve").args(args).current_dir(&workspace.root);
    if !has_flag(args, "--site") {
        serve.arg("--site").arg(workspace.dist());
    }
    if !has_flag(args, "--demo") {
        serve.arg("--demo");
    }
    // Replaces this process: signals and the exit code are the server's own.
    let error = serve.exec();
    Err(error).with_context(|| format!("cannot start {}", workspace.server().display()))
}

fn has_flag(args: &[String], flag: &str) -> bool {
    args.iter().any(|arg| arg == flag || arg.strip_prefix(flag).is_some_and(|rest| rest.starts_with('=')))
}

#[cfg(test)]
mod tests {
    use super::has_flag;

    #[test]
    fn a_flag_counts_with_its_value_after_a_space_or_an_equals_sign() {
        let args = ["--site=dist".to_owned(), "--addr".to_owned(), "127.0.0.1:1".to_owned()];
        assert!(has_flag(&args, "--site"));
        assert!(has_flag(&args, "--addr"));
        assert!(!has_flag(&args, "--sit"));
    }
}
