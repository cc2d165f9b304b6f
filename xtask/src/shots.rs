//! `./x shots`: every screen and state as pictures in target/shots/, taken by e2e/shots.mjs from a real server.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::browser;
use crate::server::{self, Server};
use crate::steps::{run as run_command, timed};
use crate::tools;
use crate::workspace::Workspace;

pub fn run(workspace: &Workspace, args: &[String]) -> Result<()> {
    tools::journey_tools(workspace)?;
    timed("the site and the server", || server::build(workspace))?;
    let server = timed("a server with the demo library", || with_demo(workspace))?;
    timed("shots", || {
        let mut shots = Command::new("node");
        shots.arg("e2e/shots.mjs").args(args).current_dir(&workspace.root);
        shots.env("MINNOW_URL", &server.url).env("CHROMIUM", browser::chromium()?);
        shots.env("MINNOW_BIN", workspace.server()).env("MINNOW_SITE_DIR", workspace.dist());
        run_command(shots.env("MINNOW_DATA_DIR", workspace.target.join("demo-data")))
    })
}

/// A server on the demo library, which is rendered once and kept in target/demo-data.
pub fn with_demo(workspace: &Workspace) -> Result<Server> {
    let mut server = Server::start(workspace, &workspace.target.join("demo-data"), &["--demo"])?;
    server.wait_for_clips(lessons(&workspace.root.join("demo"))?)?;
    Ok(server)
}

/// How many lessons there are: demo/TOPIC/NAME.lesson.
fn lessons(demo: &Path) -> Result<usize> {
    let mut count = 0;
    for topic in fs::read_dir(demo).with_context(|| demo.display().to_string())? {
        let topic = topic?.path();
        if topic.is_dir() {
            let names = fs::read_dir(&topic)?.filter_map(Result::ok);
            count += names.filter(|name| name.path().extension().is_some_and(|end| end == "lesson")).count();
        }
    }
    Ok(count)
}
