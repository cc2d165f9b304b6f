//! The tools that build the page, installed once into the cache outside the checkout. A second call finds them there
//! and starts nothing.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::steps::{run as run_command, timed};
use crate::workspace::Workspace;

const TRUNK: &str = "0.21.14";

pub fn run(workspace: &Workspace) -> Result<()> {
    cargo_tools(workspace)?;
    npm_tools(workspace)?;
    Ok(())
}

/// trunk, and wasm-bindgen in exactly the version that the app is compiled with.
pub fn cargo_tools(workspace: &Workspace) -> Result<()> {
    let bindgen = workspace.locked_version("wasm-bindgen")?;
    install(workspace, "wasm-bindgen-cli", "wasm-bindgen", &bindgen, &[])?;
    install(workspace, "trunk", "trunk", TRUNK, &["--no-default-features", "--features", "rustls"])
}

fn install(
    workspace: &Workspace,
    package: &str,
    program: &str,
    version: &str,
    features: &[&str],
) -> Result<()> {
    let installed = workspace.bin().join(program);
    let printed = Command::new(&installed).arg("--version").output();
    if let Ok(printed) = printed
        && String::from_utf8_lossy(&printed.stdout).split_whitespace().any(|word| word == version)
    {
        return Ok(());
    }
    timed(&format!("{package} {version} (once, some minutes)"), || {
        // With the lock file first; a registry that lags behind it may still have newer versions that fit.
        if run_command(&mut cargo_install(workspace, package, version, features, true)).is_err() {
            run_command(&mut cargo_install(workspace, package, version, features, false))?;
        }
        let build = build_folder(workspace);
        fs::remove_dir_all(&build).with_context(|| build.display().to_string())
    })
}

fn build_folder(workspace: &Workspace) -> PathBuf {
    workspace.cache.join("build")
}

/// The cheapest settings: these programs run for a second and take minutes to optimise.
fn cargo_install(
    workspace: &Workspace,
    package: &str,
    version: &str,
    features: &[&str],
    locked: bool,
) -> Command {
    let mut command = Command::new("cargo");
    command.arg("install").arg("--root").arg(&workspace.cache).arg("--force");
    command.args([package, "--version", version]).args(features);
    if locked {
        command.arg("--locked");
    }
    command
        .env("CARGO_TARGET_DIR", build_folder(workspace))
        .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1")
        .env("CARGO_PROFILE_RELEASE_LTO", "off")
        .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
        .env("CARGO_PROFILE_RELEASE_DEBUG", "0")
        .env("CARGO_PROFILE_RELEASE_STRIP", "none")
        .current_dir(&workspace.root);
    command
}

/// wasm-opt and esbuild, pinned by `xtask/npm/package-lock.json`. Returns the folder of their packages.
pub fn npm_tools(workspace: &Workspace) -> Result<PathBuf> {
    let folder = workspace.cache.join("npm");
    npm_install("wasm-opt and esbuild", &workspace.root.join("xtask/npm"), &folder)?;
    Ok(folder.join("node_modules"))
}

/// The browser drivers of the journeys, pinned by `e2e/package-lock.json`, beside the journeys themselves.
pub fn journey_tools(workspace: &Workspace) -> Result<()> {
    let folder = workspace.root.join("e2e");
    npm_install("packages of the journeys", &folder, &folder)
}

/// `npm ci`, skipped while the lock file is the one that was installed last.
fn npm_install(what: &str, source: &Path, folder: &Path) -> Result<()> {
    let lock = source.join("package-lock.json");
    let wanted = fs::read(&lock).with_context(|| lock.display().to_string())?;
    let stamp = folder.join("node_modules/.minnow-lock");
    if fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    timed(what, || {
        fs::create_dir_all(folder)?;
        if source != folder {
            for name in ["package.json", "package-lock.json"] {
                fs::copy(source.join(name), folder.join(name)).with_context(|| name.to_owned())?;
            }
        }
        let mut npm = Command::new("npm");
        npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"])
            .current_dir(folder);
        run_command(&mut npm)?;
        fs::write(&stamp, &wanted).with_context(|| stamp.display().to_string())
    })
}

/// A venv in the cache with one pinned PyPI program. Returns the path of the program.
pub fn python_program(workspace: &Workspace, package: &str, version: &str) -> Result<PathBuf> {
    Ok(python_packages(workspace, package, version)?.join("bin").join(package))
}

/// The folder of a Python environment with a package and its dependencies; made when it is not there.
pub fn python_packages(workspace: &Workspace, package: &str, version: &str) -> Result<PathBuf> {
    let folder = workspace.cache.join(format!("python/{package}-{version}"));
    let whole = folder.join("whole");
    // Environments of before have no mark; their program is one.
    if whole.is_file() || folder.join("bin").join(package).is_file() {
        return Ok(folder);
    }
    timed(&format!("{package} {version}"), || {
        run_command(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder))?;
        let mut pip = Command::new(folder.join("bin/python"));
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]);
        run_command(pip.arg(format!("{package}=={version}")))
    })?;
    std::fs::write(&whole, "")?;
    Ok(folder)
}
