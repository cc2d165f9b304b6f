//! Headings with elapsed time, and processes whose failure is an error with the command line in it.

use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail};

/// A heading that a person sees while a long step runs; its time is printed when the step is over.
pub fn heading(text: &str) {
    eprintln!("\x1b[1m== {text}\x1b[0m");
}

/// Runs one long piece of work under a heading and prints how long it took.
pub fn timed<T>(text: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    heading(text);
    let start = Instant::now();
    let outcome = work();
    eprintln!("   {text}: {}", elapsed(start));
    outcome
}

/// Time since `start`, for people: `0.4 s`, `12.3 s`, `4 min 05 s`.
pub fn elapsed(start: Instant) -> String {
    let seconds = start.elapsed().as_secs_f64();
    if seconds < 60.0 {
        format!("{seconds:.1} s")
    } else {
        let whole = start.elapsed().as_secs();
        format!("{} min {:02} s", whole / 60, whole % 60)
    }
}

/// Runs to the end with the caller's own output streams; anything but success is an error.
pub fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("cannot start {}", line(command)))?;
    if !status.success() {
        bail!("{} ended with {status}", line(command));
    }
    Ok(())
}

/// Runs to the end and returns what it wrote to standard output, trimmed. Its errors stay visible.
pub fn output(command: &mut Command) -> Result<String> {
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("cannot start {}", line(command)))?;
    if !output.status.success() {
        bail!("{} ended with {}", line(command), output.status);
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn line(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let words: Vec<String> = words.map(|word| word.to_string_lossy().into_owned()).collect();
    words.join(" ")
}
