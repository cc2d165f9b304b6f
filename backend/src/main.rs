//! The `minnow` binary: nothing but the command line.

use std::process::ExitCode;

/// Pages are many short-lived lists: docs/decisions/0025-mimalloc.md.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    minnow::cli::main()
}
