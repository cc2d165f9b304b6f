//! `./x bench`: hands a running server over to the measurements in e2e/bench.mjs, which print the table.

use std::process::Command;

use anyhow::Result;

use crate::browser;
use crate::server;
use crate::shots::with_demo;
use crate::steps::{run as run_command, timed};
use crate::tools;
use crate::workspace::Workspace;

pub fn run(workspace: &Workspace, args: &[String]) -> Result<()> {
    tools::journey_tools(workspace)?;
    timed("the site and the server", || server::build(workspace))?;
    let server = timed("a server with the demo library", || with_demo(workspace))?;
    timed("measurements", || {
        let mut bench = Command::new("node");
        bench.arg("e2e/bench.mjs").args(args).current_dir(&workspace.root);
        bench.env("MINNOW_URL", &server.url).env("CHROMIUM", browser::chromium()?);
        bench.env("MINNOW_BIN", workspace.server()).env("MINNOW_SITE_DIR", workspace.dist());
        run_command(bench.env("MINNOW_TARGET_DIR", &workspace.target))
    })
}
