//! Where things are: the checkout, the cache outside it, and what Cargo.lock says.

use std::collections::BTreeSet;
use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

pub struct Workspace {
    /// The checkout.
    pub root: PathBuf,
    /// Tools built once for every checkout of this user.
    pub cache: PathBuf,
    /// Cargo's target directory.
    pub target: PathBuf,
}

impl Workspace {
    pub fn find() -> Result<Self> {
        let manifest =
            env::var_os("CARGO_MANIFEST_DIR").context("start this through `./x` or `cargo xtask`")?;
        let root = Path::new(&manifest).parent().context("xtask has no parent folder")?.to_path_buf();
        let cache = env::var_os("MINNOW_CACHE")
            .map(PathBuf::from)
            .or_else(|| env::var_os("XDG_CACHE_HOME").map(|cache| Path::new(&cache).join("minnow")))
            .or_else(|| env::var_os("HOME").map(|home| Path::new(&home).join(".cache/minnow")))
            .context("set MINNOW_CACHE: there is neither XDG_CACHE_HOME nor HOME")?;
        let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
        Ok(Self { root, cache, target })
    }

    /// The folder of the tools installed by cargo.
    pub fn bin(&self) -> PathBuf {
        self.cache.join("bin")
    }

    /// PATH with our own tools first.
    pub fn path(&self) -> Result<OsString> {
        let old = env::var_os("PATH").unwrap_or_default();
        let all = std::iter::once(self.bin()).chain(env::split_paths(&old));
        env::join_paths(all).context("PATH")
    }

    /// The release build of the server.
    pub fn server(&self) -> PathBuf {
        self.target.join("release/minnow")
    }

    pub fn dist(&self) -> PathBuf {
        self.root.join("dist")
    }

    /// The one version of a crate in Cargo.lock.
    pub fn locked_version(&self, name: &str) -> Result<String> {
        let lock = fs::read_to_string(self.root.join("Cargo.lock")).context("Cargo.lock")?;
        locked_version(&lock, name)
    }
}

fn locked_version(lock: &str, name: &str) -> Result<String> {
    let wanted = format!("name = \"{name}\"");
    let mut versions = BTreeSet::new();
    let mut lines = lock.lines();
    while let Some(line) = lines.next() {
        if line == wanted
            && let Some(version) = lines.next().and_then(|next| next.strip_prefix("version = "))
        {
            versions.insert(version.trim_matches('"').to_owned());
        }
    }
    match versions.len() {
        1 => versions.pop_first().context("one version"),
        0 => bail!("{name} is not in Cargo.lock"),
        _ => bail!("{name} is in Cargo.lock in several versions: {versions:?}"),
    }
}

/// Every file under a folder, sorted, as paths below it. Nothing when the folder is not there.
pub fn files_under(folder: &Path) -> Result<Vec<PathBuf>> {
    fn walk(base: &Path, folder: &Path, found: &mut Vec<PathBuf>) -> Result<()> {
        for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
            let path = entry?.path();
            if path.is_dir() {
                walk(base, &path, found)?;
            } else {
                found.push(path.strip_prefix(base)?.to_path_buf());
            }
        }
        Ok(())
    }
    let mut found = Vec::new();
    if folder.is_dir() {
        walk(folder, folder, &mut found)?;
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::locked_version;

    const LOCK: &str = "\
[[package]]
name = \"wasm-bindgen\"
version = \"0.2.130\"

[[package]]
name = \"sha2\"
version = \"0.10.9\"

[[package]]
name = \"sha2\"
version = \"0.11.1\"
";

    #[test]
    fn the_locked_version_is_read_to_the_patch() {
        assert_eq!(locked_version(LOCK, "wasm-bindgen").unwrap(), "0.2.130");
    }

    #[test]
    fn a_crate_locked_twice_or_never_is_an_error() {
        assert!(locked_version(LOCK, "sha2").is_err());
        assert!(locked_version(LOCK, "wasm").is_err());
    }
}
