//! The command line: `minnow serve`, `admin create`, `import clips`, `import questions`, `openapi` and more. Each command's work is in its own room.

use crate::{
    admin,
    app::App,
    bank::command as bank,
    clock::{SystemClock, SystemRandom},
    config::{Config, LogFormat, Storage, Tools},
    http,
    jobs::{self, import_clips::ImportedFile},
    topics::command as topics,
    upkeep,
};
use anyhow::Context;
use clap::{Args, Parser, Subcommand};
use std::{
    io::{IsTerminal, Write},
    path::PathBuf,
    process::ExitCode,
    sync::Arc,
};
use tokio_util::sync::CancellationToken;

#[derive(Parser)]
#[command(name = "minnow", version, about = "The Minnow server")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serves the site, the API and the media, and works off background jobs.
    Serve(Box<Config>),
    /// Brings in what was made elsewhere.
    #[command(subcommand)]
    Import(Import),
    /// Takes out what is kept here.
    #[command(subcommand)]
    Export(Export),
    /// Shows what a file of another system says, as it is written.
    #[command(subcommand)]
    Parse(bank::Parse),
    /// What only an operator does.
    #[command(subcommand)]
    Admin(admin::Command),
    /// Prints the OpenAPI document.
    Openapi,
}

#[derive(Subcommand)]
enum Import {
    /// Imports the films of a folder and waits until each is playable or refused. Exit code 0: all playable; 2: some were
    /// refused.
    Clips(Box<ImportClips>),
    /// Imports a bank of questions of another system. Exit code 0: some were read; 2: none.
    Questions(Box<bank::ImportQuestions>),
    /// Imports topics and how they hang together. Exit code 0: some were read; 2: none.
    Topics(Box<topics::ImportTopics>),
}

#[derive(Subcommand)]
enum Export {
    /// Writes a bank of questions for another system. Exit code 0: some were written; 2: none.
    Questions(Box<bank::ExportQuestions>),
    /// Writes all topics and how they hang together.
    Topics(Box<topics::ExportTopics>),
}

#[derive(Args)]
struct ImportClips {
    /// The folder.
    folder: PathBuf,

    #[command(flatten)]
    storage: Storage,

    #[command(flatten)]
    tools: Tools,

    /// One JSON object a file on standard output.
    #[arg(long)]
    json: bool,

    /// What is logged, such as `info` or `minnow=debug,info`.
    #[arg(long, env = "MINNOW_LOG", default_value = "warn")]
    log: String,
}

/// What sysexits.h calls EX_USAGE.
const USAGE: u8 = 64;

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Not clap's 2: that means "some were refused" to callers of import.
            let code = if error.use_stderr() { ExitCode::from(USAGE) } else { ExitCode::SUCCESS };
            let _ = error.print();
            return code;
        }
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error.into()),
    };
    let outcome = match cli.command {
        Command::Serve(config) => runtime.block_on(serve(*config)),
        Command::Import(Import::Clips(import)) => runtime.block_on(import_clips(*import)),
        Command::Import(Import::Questions(import)) => runtime.block_on(bank::import(*import)),
        Command::Import(Import::Topics(import)) => runtime.block_on(topics::import(*import)),
        Command::Export(Export::Questions(export)) => runtime.block_on(bank::export(*export)),
        Command::Export(Export::Topics(export)) => runtime.block_on(topics::export(*export)),
        Command::Parse(command) => bank::parse(&command),
        Command::Admin(command) => runtime.block_on(admin::run(command)),
        Command::Openapi => print_openapi(),
    };
    runtime.shutdown_timeout(std::time::Duration::from_secs(1));
    outcome.unwrap_or_else(|error| fail(&error))
}

fn fail(error: &anyhow::Error) -> ExitCode {
    // Nothing is left to do when even this cannot be written.
    let _ = writeln!(std::io::stderr(), "minnow: {}", one_line(error));
    ExitCode::FAILURE
}

/// An error with its causes in one line, none of them twice: many say their cause's words themselves.
fn one_line(error: &anyhow::Error) -> String {
    let mut line = String::new();
    for cause in error.chain().map(ToString::to_string).filter(|cause| !cause.is_empty()) {
        if !line.contains(&cause) {
            let mark = if line.is_empty() { "" } else { ": " };
            line.push_str(mark);
            line.push_str(&cause);
        }
    }
    line.replace(['\r', '\n'], " ")
}

/// Starts logging as the operator wants it.
pub fn start_log(format: LogFormat, filter: &str) -> anyhow::Result<()> {
    let filter = tracing_subscriber::EnvFilter::try_new(filter).context("MINNOW_LOG is no log filter")?;
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    match format {
        LogFormat::Pretty => log.init(),
        LogFormat::Json => log.json().init(),
    }
    Ok(())
}

fn print_openapi() -> anyhow::Result<ExitCode> {
    writeln!(std::io::stdout(), "{:#}", http::openapi::document())?;
    Ok(ExitCode::SUCCESS)
}

async fn serve(config: Config) -> anyhow::Result<ExitCode> {
    start_log(config.log_format, &config.log)?;
    let addr = config.addr;
    let app = App::open(config, Arc::new(SystemClock), Arc::new(SystemRandom)).await?;
    let listener = tokio::net::TcpListener::bind(addr)
        .await
        .with_context(|| format!("cannot listen on {addr}: is another server running there?"))?;
    let addr = listener.local_addr()?;
    let stop = CancellationToken::new();
    let working = tokio::spawn(jobs::run(app.clone(), stop.clone()));
    let upkeep = tokio::spawn(upkeep::run(app.clone(), stop.clone()));
    tracing::info!("Minnow listens on http://{addr}");
    if !app.config.secure_cookies() {
        let url = app.config.public_url();
        tracing::warn!("{url} is plain http on another host: sessions can be read on the way; set up https");
    } else if app.config.has_many_addresses() {
        tracing::warn!(
            "other machines reach this server by plain http: sessions can be read on the way; set up https and --public-url"
        );
    }
    http::serve(app.clone(), listener, stop.clone()).await?;
    working.await.context("background jobs")?;
    upkeep.await.context("upkeep")?;
    app.db.close().await;
    Ok(ExitCode::SUCCESS)
}

async fn import_clips(import: ImportClips) -> anyhow::Result<ExitCode> {
    start_log(LogFormat::Pretty, &import.log)?;
    let config = Config::without_serving(import.storage, import.tools)?;
    let app = App::open(config, Arc::new(SystemClock), Arc::new(SystemRandom)).await?;
    let (mut refused, mut unwritten) = (0, None);
    let mut tell = |file: ImportedFile| {
        refused += u32::from(file.outcome == "refused");
        if let Err(error) = tell_imported(&file, import.json) {
            unwritten = Some(error);
        }
    };
    jobs::import_clips::import_clips(&app, &import.folder, &mut tell).await?;
    app.db.close().await;
    if let Some(error) = unwritten {
        return Err(error).context("cannot write what became of a file");
    }
    Ok(if refused > 0 { ExitCode::from(2) } else { ExitCode::SUCCESS })
}

fn tell_imported(file: &ImportedFile, json: bool) -> anyhow::Result<()> {
    let draft = if file.published { "" } else { " (a draft: it has no captions)" };
    match &file.reason {
        Some(reason) => writeln!(std::io::stderr(), "refused   {}: {reason}", file.file)?,
        None => writeln!(std::io::stderr(), "playable  {}{draft}", file.file)?,
    }
    if json {
        writeln!(std::io::stdout(), "{}", serde_json::to_string(file)?)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::one_line;

    #[test]
    fn an_error_is_told_in_one_line_and_no_cause_twice() {
        let cause = anyhow::anyhow!("no such\nfile");
        let says_it_too = cause.context("the disk says: no such\nfile").context("cannot open the database");
        assert_eq!(one_line(&says_it_too), "cannot open the database: the disk says: no such file");
    }
}
