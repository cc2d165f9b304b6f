//! A standard library built for size, for the programs that the browser downloads: the one that rustup brings is built
//! for speed and carries the texts of all its panics (docs/decisions/0007-lean-standard-library.md).

use std::path::Path;
use std::process::Command;

use anyhow::Result;

use crate::steps::output;

/// Unstable features of the stable compiler, and what is asked of them. For cargo and, through it, for rustc.
const ENVIRONMENT: [(&str, &str); 4] = [
    ("RUSTC_BOOTSTRAP", "1"),
    ("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort"),
    ("CARGO_UNSTABLE_BUILD_STD_FEATURES", "optimize_for_size"),
    (
        "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS",
        "-Zunstable-options -Cpanic=immediate-abort -Zlocation-detail=none -Zfmt-debug=none",
    ),
];

/// Says to trunk's hook how the program before it was built; the hook itself must not inherit the above (Trunk.toml).
pub const VARIABLE: &str = "MINNOW_SITE_LEAN";

/// Whether the library's source is there: `./x` adds it with rustup.
pub fn is_possible() -> Result<bool> {
    let sysroot = output(Command::new("rustc").args(["--print", "sysroot"]))?;
    let source = Path::new(&sysroot).join("lib/rustlib/src/rust/library/std/Cargo.toml");
    if source.is_file() {
        return Ok(true);
    }
    eprintln!("   !! The source of Rust's standard library is missing (`rustup component add rust-src`):");
    eprintln!("   !! the page is built with the ready-made one, which makes it some 15 kB heavier.");
    Ok(false)
}

/// Makes a cargo, or a trunk that starts one, build the library too.
pub fn apply(command: &mut Command) -> &mut Command {
    command.envs(ENVIRONMENT).env(VARIABLE, "1")
}

/// Whether the build that this hook belongs to was made so.
pub fn is_on() -> bool {
    std::env::var_os(VARIABLE).is_some()
}
