//! The recommender on its own, for examiners and for trying things out: reads files and lines, writes lists. Only what
//! reads and writes lives here; what is computed is in the library.

mod csv;
mod learner;
mod names;
mod stream;
mod top;

use std::io::Write;
use std::process::ExitCode;

const USAGE: &str =
    "minnow-recommend top --train FILE --query FILE --k N --out FILE [--items FILE] [--candidates FILE] [--with fitted]
minnow-recommend [--log FILE] stream
minnow-recommend learner";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let done = match Arguments::read(&arguments) {
        Ok(arguments) => match arguments.command.as_str() {
            "top" => top::run(&arguments),
            "learner" => learner::run(),
            "stream" => stream::run(&arguments),
            _ => Err(USAGE.to_owned()),
        },
        Err(why) => Err(format!("{why}\n{USAGE}")),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            let _ = writeln!(std::io::stderr(), "{why}");
            ExitCode::from(2)
        }
    }
}

/// A command and its options, which may stand before or after it.
pub struct Arguments {
    command: String,
    options: Vec<(String, String)>,
}

impl Arguments {
    fn read(all: &[String]) -> Result<Self, String> {
        let (mut command, mut options, mut rest) = (None, Vec::new(), all.iter());
        while let Some(one) = rest.next() {
            if let Some(name) = one.strip_prefix("--") {
                if let Some((name, value)) = name.split_once('=') {
                    options.push((name.to_owned(), value.to_owned()));
                } else {
                    let value = rest.next().ok_or_else(|| format!("--{name} needs a value"))?;
                    options.push((name.to_owned(), value.clone()));
                }
            } else if command.replace(one.clone()).is_some() {
                return Err(format!("one command, please: {one}"));
            }
        }
        Ok(Self { command: command.ok_or("a command, please")?, options })
    }

    /// The last value given for an option.
    pub fn option(&self, name: &str) -> Option<&str> {
        self.options.iter().rev().find(|option| option.0 == name).map(|option| option.1.as_str())
    }

    pub fn required(&self, name: &str) -> Result<&str, String> {
        self.option(name).ok_or_else(|| format!("--{name} is missing\n{USAGE}"))
    }
}
