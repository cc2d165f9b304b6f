//! `./x test`: everything that must hold before a change lands, step by step. A failed step does not stop the others;
//! a step that cannot run has failed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::cargo::{self, BROWSER_TARGET, FRONTEND, cargo};
use crate::postgres::Postgres;
use crate::server::{self, Server};
use crate::site::{self, Mode};
use crate::steps::{elapsed, heading, run as run_command};
use crate::workspace::{Workspace, files_under};
use crate::{browser, openapi, tidy, tools};

const SCHEMATHESIS: &str = "4.32.5";
/// The reference of spaced repetition.
const FSRS: &str = "6.3.2";

struct Step {
    name: &'static str,
    about: &'static str,
    run: fn(&Workspace, &Options) -> Result<()>,
}

const STEPS: [Step; 12] = [
    Step { name: "fmt", about: "the one format", run: fmt },
    Step { name: "tidy", about: "the invariants of the house", run: |workspace, _| tidy::run(workspace) },
    Step { name: "clippy", about: "lints of everything but the app, none allowed", run: clippy },
    Step { name: "clippy-wasm", about: "lints of the app, none allowed", run: clippy_wasm },
    Step { name: "unit", about: "shared, exchange, memory, mastery, renderer, xtask", run: unit },
    Step { name: "memory", about: "intervals against the reference package, 10,000 histories", run: memory },
    Step { name: "server", about: "API, store and jobs on SQLite, PostgreSQL and S3", run: server_tests },
    Step { name: "wasm", about: "the app's own tests in Chromium", run: wasm },
    Step { name: "site", about: "the page as served, within its budget", run: site_budget },
    Step { name: "build", about: "the server as served; docs/openapi.json is what it says", run: build },
    Step { name: "api", about: "schemathesis against the running server", run: api },
    Step { name: "journeys", about: "people's journeys in Chromium against the real server", run: journeys },
];

#[derive(Default)]
struct Options {
    only: Vec<String>,
    /// How often the crash tests kill the server; their own default when absent.
    rounds: Option<String>,
}

pub fn run(workspace: &Workspace, args: &[String]) -> Result<()> {
    let Some(options) = options(args)? else {
        for step in &STEPS {
            println!("{:<12} {}", step.name, step.about);
        }
        return Ok(());
    };
    let wanted = |step: &&Step| options.only.is_empty() || options.only.iter().any(|name| name == step.name);
    let mut results = Vec::new();
    for step in STEPS.iter().filter(wanted) {
        heading(&format!("{}: {}", step.name, step.about));
        let start = Instant::now();
        let outcome = (step.run)(workspace, &options);
        if let Err(error) = &outcome {
            eprintln!("   {} FAILED: {error:#}", step.name);
        }
        eprintln!("   {}: {}", step.name, elapsed(start));
        results.push((step.name, elapsed(start), outcome));
    }

    heading("summary");
    for (name, time, outcome) in &results {
        println!("{name:<12} {:<6} {time}", if outcome.is_ok() { "ok" } else { "FAILED" });
    }
    let failures: Vec<_> =
        results.iter().filter_map(|(name, _, outcome)| Some((name, outcome.as_ref().err()?))).collect();
    for (name, error) in &failures {
        println!("{name}: {error:#}");
    }
    println!("{} passed, {} failed", results.len() - failures.len(), failures.len());
    if failures.is_empty() { Ok(()) } else { bail!("not everything passed") }
}

/// Nothing for `--list`.
fn options(args: &[String]) -> Result<Option<Options>> {
    let mut options = Options::default();
    let mut args = args.iter().map(String::as_str);
    while let Some(flag) = args.next() {
        match flag {
            "--list" => return Ok(None),
            "--only" => {
                let names = args.next().context("--only wants the names of steps, see --list")?;
                options.only.extend(names.split(',').map(str::to_owned));
            }
            "--rounds" => options.rounds = Some(args.next().context("--rounds wants a number")?.to_owned()),
            other => bail!("test knows --only STEP[,STEP], --list and --rounds N, not {other}"),
        }
    }
    if let Some(unknown) =
        options.only.iter().find(|name| STEPS.iter().all(|step| step.name != name.as_str()))
    {
        bail!("no step {unknown}, see --list");
    }
    Ok(Some(options))
}

fn fmt(workspace: &Workspace, _: &Options) -> Result<()> {
    cargo(workspace, &["fmt", "--all", "--check"])
}

fn clippy(workspace: &Workspace, _: &Options) -> Result<()> {
    let args =
        ["clippy", "--workspace", "--exclude", FRONTEND, "--all-targets", "--locked", "--", "-D", "warnings"];
    cargo(workspace, &args)
}

fn clippy_wasm(workspace: &Workspace, _: &Options) -> Result<()> {
    let args = ["clippy", "--package", FRONTEND, "--all-targets", "--target", BROWSER_TARGET];
    cargo(workspace, &[&args[..], &["--locked", "--", "-D", "warnings"]].concat())
}

fn unit(workspace: &Workspace, _: &Options) -> Result<()> {
    let packages = [
        "minnow-shared",
        "minnow-exchange",
        "minnow-memory",
        "minnow-mastery",
        "minnow-recommender",
        "minnow-renderer",
        FRONTEND,
        "xtask",
    ];
    let packages: Vec<&str> = packages.iter().flat_map(|package| ["--package", package]).collect();
    cargo(workspace, &[&["test", "--locked"][..], &packages].concat())
}

/// One interval that differs fails it.
fn memory(workspace: &Workspace, _: &Options) -> Result<()> {
    cargo(
        workspace,
        &["build", "--locked", "--release", "--package", "minnow-memory", "--example", "intervals"],
    )?;
    let python = tools::python_packages(workspace, "fsrs", FSRS)?.join("bin/python");
    let mut compare = Command::new(python);
    compare.arg("memory/reference/compare.py").arg(workspace.target.join("release/examples/intervals"));
    run_command(compare.current_dir(&workspace.root))
}

fn server_tests(workspace: &Workspace, options: &Options) -> Result<()> {
    let postgres = Postgres::start()?;
    let mut tests = cargo::command(workspace, &["test", "--locked", "--package", "minnow"]);
    tests.env("MINNOW_TEST_POSTGRES_URL", &postgres.url);
    if let Some(rounds) = &options.rounds {
        tests.env("MINNOW_TEST_CRASH_ROUNDS", rounds);
    }
    run_command(&mut tests)
}

fn wasm(workspace: &Workspace, _: &Options) -> Result<()> {
    tools::cargo_tools(workspace)?;
    let args = ["test", "--locked", "--package", FRONTEND, "--target", BROWSER_TARGET];
    let mut tests = cargo::command(workspace, &args);
    let runner = workspace.bin().join("wasm-bindgen-test-runner");
    tests.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", runner);
    // The browser's arguments are in frontend/webdriver.json.
    tests.env("CHROMEDRIVER", browser::chromedriver()?).env("WASM_BINDGEN_TEST_TIMEOUT", "120");
    run_command(&mut tests)
}

fn site_budget(workspace: &Workspace, _: &Options) -> Result<()> {
    site::build(workspace, Mode::Release)?;
    site::check_budget(&workspace.dist())
}

fn build(workspace: &Workspace, _: &Options) -> Result<()> {
    cargo::build_server(workspace)?;
    openapi::check(workspace)
}

/// What must hold of every answer. Not asked: that all valid input is accepted (one-time tokens and ceremonies never are)
/// and that a missing session is refused (the cookie is given as a header, which the tool does not see as one).
const API_CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
    response_headers_conformance,response_schema_conformance,unsupported_method";

fn api(workspace: &Workspace, _: &Options) -> Result<()> {
    server::build(workspace)?;
    let schemathesis = tools::python_program(workspace, "schemathesis", SCHEMATHESIS)?;
    let data = fresh_folder(&workspace.target.join("api-data"))?;
    let server = Server::start(workspace, &data, &["--rate-limits", "off", "--no-demo"])?;
    let cookie = server.operator_cookie(workspace, &data)?;
    let mut check = Command::new(schemathesis);
    check.arg("run").arg(format!("{}/api/openapi.json", server.url));
    check.args(["--header", &format!("Cookie: {cookie}"), "--checks", API_CHECKS]);
    // The caller must stay who it is: deleting it or signing it out would make every later answer a 401.
    for operation in ["DeletePerson", "SignOut", "RevokeSession", "ChangePassword"] {
        check.args(["--exclude-operation-id", operation]);
    }
    check.args(["--phases", "examples,coverage,fuzzing", "--max-examples", "25", "--max-time", "180"]);
    // Text with NUL in it is refused by rule, which the document has no words for.
    check.args(["--generation-allow-x00", "false", "--seed", "1"]);
    check.args(["--generation-database", "none", "--no-color"]);
    run_command(check.current_dir(fresh_folder(&workspace.target.join("api-report"))?))
}

fn journeys(workspace: &Workspace, _: &Options) -> Result<()> {
    server::build(workspace)?;
    tools::journey_tools(workspace)?;
    cargo(workspace, &["build", "--locked", "--package", "minnow", "--example", "s3_server"])?;
    let postgres = Postgres::start()?;
    let mut journeys = Command::new("node");
    // A folder is not an argument that every version of node takes: name the files.
    let folder = workspace.root.join("e2e/journeys");
    let files = files_under(&folder)?;
    let tests: Vec<_> =
        files.iter().filter(|file| file.extension().is_some_and(|ending| ending == "mjs")).collect();
    if tests.is_empty() {
        bail!("no journeys in {}", folder.display());
    }
    journeys.args(["--test", "--test-concurrency=1"]).args(tests.iter().map(|file| folder.join(file)));
    journeys.current_dir(&workspace.root).env("MINNOW_BIN", workspace.server());
    journeys.env("MINNOW_SITE_DIR", workspace.dist()).env("CHROMIUM", browser::chromium()?);
    journeys.env("MINNOW_S3_SERVER", workspace.target.join("debug/examples/s3_server"));
    run_command(journeys.env("MINNOW_TEST_POSTGRES_URL", &postgres.url))
}

fn fresh_folder(path: &Path) -> Result<PathBuf> {
    if path.is_dir() {
        fs::remove_dir_all(path).with_context(|| path.display().to_string())?;
    }
    fs::create_dir_all(path).with_context(|| path.display().to_string())?;
    Ok(path.to_path_buf())
}

#[cfg(test)]
mod tests {
    use super::options;

    fn parsed(args: &[&str]) -> anyhow::Result<Option<super::Options>> {
        options(&args.iter().map(|&arg| arg.to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn steps_are_chosen_by_name_and_unknown_names_are_refused() {
        assert_eq!(parsed(&["--only", "fmt,tidy"]).unwrap().unwrap().only, ["fmt", "tidy"]);
        assert!(parsed(&["--only", "fmt,tidi"]).is_err());
        assert!(parsed(&["--only"]).is_err());
        assert!(parsed(&["--fast"]).is_err());
    }

    #[test]
    fn without_arguments_every_step_runs_and_list_runs_none() {
        assert!(parsed(&[]).unwrap().unwrap().only.is_empty());
        assert!(parsed(&["--list"]).unwrap().is_none());
    }
}
