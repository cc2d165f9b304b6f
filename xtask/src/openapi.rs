//! `./x openapi`: writes docs/openapi.json, the API's description, as the server itself gives it.

use std::fs;

use anyhow::{Context, Result, bail};

use crate::cargo;
use crate::steps::output;
use crate::workspace::Workspace;

pub fn run(workspace: &Workspace) -> Result<()> {
    let path = workspace.root.join("docs/openapi.json");
    fs::create_dir_all(workspace.root.join("docs"))?;
    fs::write(&path, described(workspace)?).with_context(|| path.display().to_string())?;
    eprintln!("wrote {}", path.display());
    Ok(())
}

/// An error when docs/openapi.json is not what the server says.
pub fn check(workspace: &Workspace) -> Result<()> {
    let written =
        fs::read_to_string(workspace.root.join("docs/openapi.json")).context("docs/openapi.json")?;
    if written != described(workspace)? {
        bail!("docs/openapi.json is old: run ./x openapi");
    }
    Ok(())
}

fn described(workspace: &Workspace) -> Result<String> {
    let mut command =
        cargo::command(workspace, &["run", "--quiet", "--release", "--package", "minnow", "--", "openapi"]);
    let printed = output(&mut command)?;
    let parsed: serde_json::Value =
        serde_json::from_str(&printed).context("`minnow openapi` printed no JSON")?;
    Ok(format!("{parsed:#}\n"))
}
