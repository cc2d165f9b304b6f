//! `./x bench`: builds what is measured, has the demo library rendered once, and hands over to e2e/bench, which
//! measures and prints the table. Nothing is measured here.

use std::process::{Command, ExitStatus};

use anyhow::{Context, Result, bail};

use crate::browser;
use crate::cargo::cargo;
use crate::server;
use crate::shots::with_demo;
use crate::steps::timed;
use crate::workspace::Workspace;

/// `args` are those of e2e/bench/main.mjs: `--only PARTS`, `--quick`, `--strict`, `--list`.
pub fn run(workspace: &Workspace, args: &[String]) -> Result<()> {
    if !args.iter().any(|arg| arg == "--list") {
        timed("the site, the server and its peers", || {
            server::build(workspace)?;
            for (package, example) in [
                ("minnow", "bench"),
                ("minnow-exchange", "banks"),
                ("minnow-memory", "pace"),
                ("minnow-mastery", "folds"),
            ] {
                cargo(workspace, &["build", "--release", "--package", package, "--example", example])?;
            }
            Ok(())
        })?;
        // Rendered and stopped again: the parts start servers of their own on copies of its database.
        drop(timed("the demo library", || with_demo(workspace))?);
    }
    let status = timed("measurements", || measure(workspace, args))?;
    match status.code() {
        Some(0) => Ok(()),
        // `--strict`: a bound was missed; the code is for scripts.
        Some(3) => std::process::exit(3),
        _ => bail!("the measurements ended with {status}"),
    }
}

fn measure(workspace: &Workspace, args: &[String]) -> Result<ExitStatus> {
    let mut bench = Command::new("node");
    bench.arg("e2e/bench/main.mjs").args(args).current_dir(&workspace.root);
    bench.env("CHROMIUM", browser::chromium()?);
    bench.env("MINNOW_BIN", workspace.server()).env("MINNOW_SITE_DIR", workspace.dist());
    bench.env("MINNOW_BENCH_BIN", workspace.target.join("release/examples/bench"));
    bench.env("MINNOW_BANKS_BIN", workspace.target.join("release/examples/banks"));
    bench.env("MINNOW_PACE_BIN", workspace.target.join("release/examples/pace"));
    bench.env("MINNOW_FOLDS_BIN", workspace.target.join("release/examples/folds"));
    bench.env("MINNOW_DEMO_DIR", workspace.target.join("demo-data"));
    bench.env("MINNOW_TARGET_DIR", &workspace.target);
    bench.status().context("cannot start node")
}
