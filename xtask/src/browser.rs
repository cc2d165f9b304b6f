//! Debian's Chromium and its driver.

use std::env;
use std::path::PathBuf;

use anyhow::{Result, bail};

/// The browser itself: `CHROMIUM`, or where Debian puts it.
pub fn chromium() -> Result<PathBuf> {
    program("CHROMIUM", &["/usr/bin/chromium", "/usr/bin/google-chrome"])
}

/// What wasm-bindgen's test runner drives it by: `CHROMEDRIVER`, or where Debian puts it.
pub fn chromedriver() -> Result<PathBuf> {
    program("CHROMEDRIVER", &["/usr/bin/chromedriver", "/usr/lib/chromium/chromedriver"])
}

fn program(variable: &str, places: &[&str]) -> Result<PathBuf> {
    let named = env::var_os(variable).map(PathBuf::from);
    match named.into_iter().chain(places.iter().map(PathBuf::from)).find(|path| path.is_file()) {
        Some(path) => Ok(path),
        None => bail!("none of {places:?} is there: install chromium and chromium-driver, or set {variable}"),
    }
}
