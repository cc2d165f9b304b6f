//! `minnow import topics`, `minnow export topics`. What a file has lost on the way is told line by line; the exit code is 0 when
//! any topic or edge was read and 2 when none was.

use super::{bring_in, read, take_out};
use crate::{
    app::App,
    bank::{command::said, unread},
    cli::start_log,
    clock::{SystemClock, SystemRandom},
    config::{Config, LogFormat, Storage, Tools},
};
use anyhow::{Context, bail};
use clap::{Args, ValueEnum};
use minnow_exchange::{
    Loss, ReadError,
    topics::{self, Topic, TopicFormat, TopicImport},
};
use minnow_mastery::graph::{Edge, Graph};
use serde::Serialize;
use std::{
    collections::HashMap,
    io::{Read, Write},
    path::PathBuf,
    process::ExitCode,
    sync::Arc,
};

/// A file may be this big.
const FILE_BYTES: u64 = 16 * 1024 * 1024;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FormatName {
    /// Told by what is in the file.
    Auto,
    Json,
    Csv,
}

impl FormatName {
    fn format(self) -> Option<TopicFormat> {
        match self {
            Self::Auto => None,
            Self::Json => Some(TopicFormat::Json),
            Self::Csv => Some(TopicFormat::Csv),
        }
    }
}

#[derive(Debug, Args)]
pub struct ImportTopics {
    /// The file.
    file: PathBuf,

    #[arg(long, value_enum, default_value_t = FormatName::Auto)]
    format: FormatName,

    /// Read and report only: nothing is kept, and topics that are there already are not known.
    #[arg(long)]
    dry_run: bool,

    /// One JSON object on standard output: format, topics, edges, losses.
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    storage: Storage,

    #[command(flatten)]
    tools: Tools,

    /// What is logged, such as `info` or `minnow=debug,info`.
    #[arg(long, env = "MINNOW_LOG", default_value = "warn")]
    log: String,
}

#[derive(Debug, Args)]
pub struct ExportTopics {
    #[arg(long, value_enum, default_value_t = FormatName::Json)]
    format: FormatName,

    /// Where to write [default: standard output]
    #[arg(long)]
    out: Option<PathBuf>,

    #[command(flatten)]
    storage: Storage,

    #[command(flatten)]
    tools: Tools,

    /// What is logged, such as `info` or `minnow=debug,info`.
    #[arg(long, env = "MINNOW_LOG", default_value = "warn")]
    log: String,
}

/// What `--json` prints.
#[derive(Serialize)]
struct Report<'a> {
    format: &'a str,
    topics: &'a [Topic],
    edges: &'a [Edge],
    losses: &'a [Loss],
}

/// `minnow import topics`.
///
/// # Errors
/// When the file or the database cannot be opened or read.
pub async fn import(command: ImportTopics) -> anyhow::Result<ExitCode> {
    start_log(LogFormat::Pretty, &command.log)?;
    let path = command.file.display();
    let file = std::fs::File::open(&command.file).with_context(|| format!("cannot open {path}"))?;
    let mut bytes = Vec::new();
    file.take(FILE_BYTES + 1).read_to_end(&mut bytes).with_context(|| format!("cannot read {path}"))?;
    if bytes.len() as u64 > FILE_BYTES {
        bail!("{path} has more than {} MiB", FILE_BYTES >> 20);
    }
    let format = command.format.format();
    if command.dry_run {
        let import = topics::read(&bytes, format, &Graph::default(), &HashMap::new());
        return tell(import, format, command.json, "");
    }
    let config = Config::without_serving(command.storage, command.tools)?;
    let app = App::open(config, Arc::new(SystemClock), Arc::new(SystemRandom)).await?;
    let import = read(&app, &bytes, format).await?;
    let mut kept = String::new();
    if let Ok(import) = &import {
        let added = bring_in(&app, import).await.context("nothing was kept")?;
        kept = format!("{} new topics, {} new edges", added.topics, added.edges);
    }
    app.db.close().await;
    tell(import, format, command.json, &kept)
}

fn tell(
    import: Result<TopicImport, ReadError>,
    format: Option<TopicFormat>,
    json: bool,
    kept: &str,
) -> anyhow::Result<ExitCode> {
    let mut out = std::io::stdout().lock();
    let (name, topics, edges, losses) = match import {
        Ok(import) => (import.format.name(), import.topics, import.edges, import.losses),
        Err(error) => {
            (format.map_or("unknown", TopicFormat::name), Vec::new(), Vec::new(), vec![unread(&error)])
        }
    };
    if json {
        let report = Report { format: name, topics: &topics, edges: &edges, losses: &losses };
        serde_json::to_writer(&mut out, &report)?;
        writeln!(out)?;
    } else {
        let (read, linked, lost) = (topics.len(), edges.len(), losses.len());
        writeln!(out, "{name}: {read} topics, {linked} edges, {lost} things not carried over")?;
        for loss in &losses {
            writeln!(out, "{}", said(loss))?;
        }
    }
    if !kept.is_empty() {
        writeln!(std::io::stderr(), "{kept}")?;
    }
    let any = !topics.is_empty() || !edges.is_empty();
    Ok(if any { ExitCode::SUCCESS } else { ExitCode::from(2) })
}

/// `minnow export topics`.
///
/// # Errors
/// When the database cannot be read or the file cannot be written.
pub async fn export(command: ExportTopics) -> anyhow::Result<ExitCode> {
    start_log(LogFormat::Pretty, &command.log)?;
    let format = command.format.format().unwrap_or(TopicFormat::Json);
    let config = Config::without_serving(command.storage, command.tools)?;
    let app = App::open(config, Arc::new(SystemClock), Arc::new(SystemRandom)).await?;
    let bytes = take_out(&app, format).await?;
    app.db.close().await;
    match &command.out {
        Some(path) => {
            std::fs::write(path, &bytes).with_context(|| format!("cannot write {}", path.display()))?;
        }
        None => std::io::stdout().write_all(&bytes)?,
    }
    Ok(ExitCode::SUCCESS)
}
