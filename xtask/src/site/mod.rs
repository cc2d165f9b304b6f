//! The page: trunk compiles the app, then `finish` (trunk's hook) makes of it what the server serves.
//!
//! The app is three programs, `feed`, `desk` and `studio`; boot.js starts the one that the address asks for. A fourth,
//! `over`, comes into the feed when it is needed.
//!
//! `dist/` afterwards: `index.html` with the places where the server writes (`<!--minnow:entry-->` from `entries.json`,
//! `<!--minnow:head-->`, `<!--minnow:first-->`), `sw.js`, `manifest.webmanifest`, and `assets/` where every name carries the hash of its
//! content, so that all of it may be cached for ever; `art/` keeps its names. Texts and wasm have `.br` and `.gz` beside them.

mod bundle;
mod compress;
mod lean;
mod page;
mod sizes;

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

use crate::steps::{run as run_command, timed};
use crate::tools;
use crate::workspace::{Workspace, files_under};

pub use sizes::check_budget;

/// Optimised as it is served, or as quickly as possible.
#[derive(Clone, Copy, PartialEq)]
pub enum Mode {
    Release,
    Dev,
}

const DEV_VARIABLE: &str = "MINNOW_SITE_DEV";
/// What opens the feed, a topic or a clip: nothing else is in it, so that the first clip comes soon.
const FEED: &str = "feed";
/// A learner's own pages.
const DESK: &str = "desk";
/// Where things are made and looked after.
const STUDIO: &str = "studio";
/// What opens over a clip.
const OVER: &str = "over";
const FINGERPRINT: &str = ".fingerprint";

pub fn run(workspace: &Workspace, args: &[String]) -> Result<()> {
    let mode = match args {
        [] => Mode::Release,
        [flag] if flag == "--dev" => Mode::Dev,
        other => bail!("site knows only --dev, not {other:?}"),
    };
    if !build(workspace, mode)? {
        eprintln!("dist/ is up to date");
    }
    Ok(())
}

/// Builds `dist/` unless it was made from the same inputs. True when there was something to do.
pub fn build(workspace: &Workspace, mode: Mode) -> Result<bool> {
    let fingerprint = fingerprint(workspace, mode)?;
    let stamp = workspace.dist().join(FINGERPRINT);
    if fs::read_to_string(&stamp).is_ok_and(|made_from| made_from == fingerprint) {
        return Ok(false);
    }
    tools::run(workspace)?;
    timed("the page (trunk, wasm-opt, esbuild)", || {
        let mut trunk = Command::new(workspace.bin().join("trunk"));
        trunk.arg("build").env("PATH", workspace.path()?).current_dir(&workspace.root);
        // Some environments set NO_COLOR=1, which this version of trunk does not understand.
        trunk.env_remove("NO_COLOR").env("TRUNK_COLOR", "never").env("RUST_BACKTRACE", "0");
        trunk.env_remove(lean::VARIABLE);
        match mode {
            Mode::Release => {
                trunk.args(["--release", "--cargo-profile", "wasm-release"]).env_remove(DEV_VARIABLE);
                if lean::is_possible()? {
                    lean::apply(&mut trunk);
                }
            }
            Mode::Dev => {
                trunk.args(["--cargo-profile", "wasm-dev"]).env(DEV_VARIABLE, "1");
            }
        }
        run_command(&mut trunk)
    })?;
    fs::write(&stamp, fingerprint).with_context(|| stamp.display().to_string())?;
    Ok(true)
}

/// The hash of everything that the page is made from.
fn fingerprint(workspace: &Workspace, mode: Mode) -> Result<String> {
    let root = &workspace.root;
    let mut inputs: Vec<PathBuf> = Vec::new();
    for folder in ["frontend", "shared", "xtask/src/site", "xtask/npm"] {
        let files = files_under(&root.join(folder))?;
        inputs.extend(files.into_iter().map(|file| Path::new(folder).join(file)));
    }
    inputs.extend(["index.html", "Trunk.toml", "Cargo.toml", "Cargo.lock"].map(PathBuf::from));
    let mut hash = Sha256::new();
    hash.update([mode as u8]);
    for input in inputs.iter().filter(|path| !path.starts_with("xtask/npm/node_modules")) {
        let content = fs::read(root.join(input)).with_context(|| input.display().to_string())?;
        hash.update(input.as_os_str().as_encoded_bytes());
        hash.update(Sha256::digest(&content));
    }
    Ok(hex(&hash.finalize()))
}

/// Trunk's hook after its build and before it replaces `dist/`: works on trunk's staging folder.
pub fn finish(workspace: &Workspace) -> Result<()> {
    let staging =
        env::var_os("TRUNK_STAGING_DIR").map(PathBuf::from).context("trunk calls this, see Trunk.toml")?;
    let dev =
        env::var_os(DEV_VARIABLE).is_some() || env::var("TRUNK_PROFILE").is_ok_and(|name| name == "debug");
    let mode = if dev { Mode::Dev } else { Mode::Release };
    let npm = tools::npm_tools(workspace)?;
    let bundler = bundle::Bundler::new(workspace, &npm, &staging, mode)?;

    let main = bundler.built_by_trunk()?;
    let feed = bundler.entry(&main, &staging)?;
    // A program of another name is the whole app: it serves every address.
    let other = |name| -> Result<Option<bundle::Entry>> {
        if main == FEED { Ok(Some(bundler.entry(name, &bundler.build(workspace, name)?)?)) } else { Ok(None) }
    };
    let (desk, studio, over) = (other(DESK)?, other(STUDIO)?, other(OVER)?);
    let (style, more_style) = (bundler.style("minnow")?, bundler.style("desk")?);
    let (some_words, all_words) = (bundler.words(desk.is_some())?, bundler.words(false)?);
    let [desk, studio, over] = [&desk, &studio, &over].map(|entry| entry.as_ref().unwrap_or(&feed));
    let entries = [(FEED, &feed, None), (DESK, desk, Some(&more_style)), (STUDIO, studio, Some(&more_style))];
    let programs = [
        (FEED, &feed, &some_words),
        (DESK, desk, &all_words),
        (STUDIO, studio, &all_words),
        (OVER, over, &all_words),
    ];
    let boot = bundler.boot(&programs, &more_style)?;
    let icons = bundler.icons()?;
    bundler.manifest(&icons)?;
    bundler.art()?;
    bundler.entries(&entries)?;

    let template = fs::read_to_string(staging.join("index.html")).context("trunk's index.html")?;
    let html = page::compose(&template, &main, &boot, &style, &icons)?;
    fs::write(staging.join("index.html"), &html)?;
    let shell = bundler.asset("shell", "html", page::without_places(&html).as_bytes())?;

    bundler.worker(&shell)?;
    bundler.remove_leftovers(&main)?;
    if mode == Mode::Release {
        compress::all(&staging)?;
        sizes::print(&staging)?;
    }
    Ok(())
}

/// Lower-case hexadecimal.
fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
