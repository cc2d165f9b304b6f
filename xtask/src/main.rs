//! Minnow's own commands, started by `./x`. One file a command; nothing here is part of the product.

mod bench;
mod browser;
mod cargo;
mod openapi;
mod postgres;
mod run;
mod server;
mod shots;
mod site;
mod steps;
mod test;
mod tidy;
mod tools;
mod words;
mod workspace;

use std::process::ExitCode;

use workspace::Workspace;

const HELP: &str = "\
./x run [flags of `minnow serve`]   build all and serve on http://127.0.0.1:8080
./x test [--only A,B] [--list]      everything that must hold before a change lands
./x tidy                            the invariants of the house
./x site [--dev]                    the page into dist/ (--dev: quick, unoptimised)
./x tools                           trunk, wasm-bindgen, wasm-opt and esbuild into the cache
./x openapi                         docs/openapi.json from the server
./x shots [flags]                   every screen into target/shots/
./x bench [flags]                   the measurements
";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let (command, rest) = match args.split_first() {
        Some((command, rest)) => (command.as_str(), rest),
        None => ("help", &[][..]),
    };
    let outcome = Workspace::find().and_then(|workspace| match command {
        "run" => run::run(&workspace, rest),
        "test" => test::run(&workspace, rest),
        "tidy" => tidy::run(&workspace),
        "site" => site::run(&workspace, rest),
        // Trunk's hook, not for people: see Trunk.toml.
        "finish" => site::finish(&workspace),
        "tools" => tools::run(&workspace),
        "openapi" => openapi::run(&workspace),
        "shots" => shots::run(&workspace, rest),
        "bench" => bench::run(&workspace, rest),
        "help" | "--help" | "-h" => {
            print!("{HELP}");
            Ok(())
        }
        other => anyhow::bail!("no command \"{other}\"\n\n{HELP}"),
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("x: {error:#}");
            ExitCode::FAILURE
        }
    }
}
