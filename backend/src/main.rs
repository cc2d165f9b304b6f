//! The `minnow` binary: nothing but the command line.

use std::process::ExitCode;

fn main() -> ExitCode {
    minnow::cli::main()
}
