//! The command line: `minnow serve`, `admin create`, `import clips`, `openapi`. Each command's work is in its own room.

use crate::{
    app::App,
    clock::{SystemClock, SystemRandom},
    config::{Config, LogFormat},
    http, jobs, upkeep,
};
use anyhow::Context;
use clap::{Parser, Subcommand};
use std::{
    io::{IsTerminal, Write},
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
}

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error.into()),
    };
    let outcome = match cli.command {
        Command::Serve(config) => runtime.block_on(serve(*config)),
    };
    runtime.shutdown_timeout(std::time::Duration::from_secs(1));
    outcome.unwrap_or_else(|error| fail(&error))
}

fn fail(error: &anyhow::Error) -> ExitCode {
    // Nothing is left to do when even this cannot be written.
    let _ = writeln!(std::io::stderr(), "minnow: {error:#}");
    ExitCode::FAILURE
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
    http::serve(app.clone(), listener, stop.clone()).await?;
    working.await.context("background jobs")?;
    upkeep.await.context("upkeep")?;
    app.db.close().await;
    Ok(ExitCode::SUCCESS)
}
