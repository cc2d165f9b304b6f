//! `minnow import questions`, `minnow export questions`, `minnow parse gift`. What a file has lost on the way is told line
//! by line; the exit code is 0 when any question was read and 2 when none was.

use super::{bring_in, read, take_out, taken_for, unread};
use crate::{
    app::App,
    auth::session::{role_name, role_of},
    cli::start_log,
    clock::{SystemClock, SystemRandom},
    config::{Config, LogFormat, Storage, Tools},
    store::{self, question::BankFilter},
};
use anyhow::{Context, bail};
use clap::{
    Args, Subcommand,
    builder::{PossibleValuesParser, TypedValueParser},
};
use minnow_exchange::{Format, Import, Loss, gift};
use minnow_shared::{PersonId, account::Role};
use serde::Serialize;
use std::{
    io::{Read, Write},
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};

/// Nothing of the file could be read.
const NONE_READ: u8 = 2;
/// A file may be this big.
const FILE_BYTES: u64 = 512 * 1024 * 1024;
/// Who keeps questions where nobody is named and nobody is there yet.
const LIBRARY: &str = "library";

/// A format as it is named on the command line; `None`: to be told by what is in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FormatName(Option<Format>);

/// Reads the name of a format, or `auto`.
fn format_names() -> impl TypedValueParser<Value = FormatName> {
    let names = std::iter::once("auto").chain(Format::ALL.map(Format::name));
    PossibleValuesParser::new(names).map(|name| FormatName(Format::named(&name)))
}

#[derive(Debug, Args)]
pub struct ImportQuestions {
    /// The file.
    file: PathBuf,

    #[arg(long, value_parser = format_names(), default_value = "auto")]
    format: FormatName,

    /// Read and report only: nothing is kept.
    #[arg(long)]
    dry_run: bool,

    /// One JSON object on standard output: format, questions, losses.
    #[arg(long)]
    json: bool,

    /// Whose bank, by handle: an organizer's or an operator's [default: the first operator's]
    #[arg(long)]
    author: Option<String>,

    #[command(flatten)]
    storage: Storage,

    #[command(flatten)]
    tools: Tools,

    /// What is logged, such as `info` or `minnow=debug,info`.
    #[arg(long, env = "MINNOW_LOG", default_value = "warn")]
    log: String,
}

#[derive(Debug, Args)]
pub struct ExportQuestions {
    #[arg(long, value_parser = format_names())]
    format: FormatName,

    /// Where to write [default: standard output]
    #[arg(long)]
    out: Option<PathBuf>,

    /// Whose bank, by handle [default: the first operator's]
    #[arg(long)]
    author: Option<String>,

    /// Only questions with this tag.
    #[arg(long, default_value = "")]
    tag: String,

    /// Only questions of this category and what lies under it.
    #[arg(long, default_value = "")]
    category: String,

    #[command(flatten)]
    storage: Storage,

    #[command(flatten)]
    tools: Tools,

    /// What is logged, such as `info` or `minnow=debug,info`.
    #[arg(long, env = "MINNOW_LOG", default_value = "warn")]
    log: String,
}

#[derive(Debug, Subcommand)]
pub enum Parse {
    /// The questions of a GIFT file as they are written. Exit code 0: some were read; 2: none.
    Gift(ParseGift),
}

#[derive(Debug, Args)]
pub struct ParseGift {
    /// The file.
    file: PathBuf,

    /// An array on standard output, one object a question.
    #[arg(long)]
    json: bool,
}

/// What `--json` prints.
#[derive(Serialize)]
struct Report<'a> {
    format: &'a str,
    questions: &'a [minnow_shared::question::Question],
    losses: &'a [Loss],
}

fn file_bytes(path: &Path) -> anyhow::Result<Vec<u8>> {
    let file = std::fs::File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
    let mut bytes = Vec::new();
    let read = file.take(FILE_BYTES + 1).read_to_end(&mut bytes);
    read.with_context(|| format!("cannot read {}", path.display()))?;
    if bytes.len() as u64 > FILE_BYTES {
        bail!("{} has more than {} MiB", path.display(), FILE_BYTES >> 20);
    }
    Ok(bytes)
}

fn exit(any: bool) -> ExitCode {
    if any { ExitCode::SUCCESS } else { ExitCode::from(NONE_READ) }
}

/// `minnow import questions`.
pub async fn import(command: ImportQuestions) -> anyhow::Result<ExitCode> {
    start_log(LogFormat::Pretty, &command.log)?;
    let bytes = bytes::Bytes::from(file_bytes(&command.file)?);
    let name = command.file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let format = command.format.0;
    let mut import = match read(bytes.clone(), name.clone(), format).await? {
        Ok(import) => import,
        Err(error) => {
            let named = taken_for(&bytes, &name, format).map_or("unknown", Format::name);
            tell(named, &[], &[unread(&error)], command.json)?;
            return Ok(exit(false));
        }
    };
    let mut said = String::new();
    if !command.dry_run && !import.questions.is_empty() {
        said = keep(&command, &mut import).await?;
    }
    tell(import.format.name(), &import.questions, &import.losses, command.json)?;
    if !said.is_empty() {
        writeln!(std::io::stderr(), "{said}")?;
    }
    Ok(exit(!import.questions.is_empty()))
}

/// Keeps what was read; says what came of it in one sentence.
async fn keep(command: &ImportQuestions, import: &mut Import) -> anyhow::Result<String> {
    let config = Config::without_serving(command.storage.clone(), command.tools.clone())?;
    let app = App::open(config, Arc::new(SystemClock), Arc::new(SystemRandom)).await?;
    let (author, handle) = author(&app, command.author.as_deref(), true).await?;
    let added = bring_in(&app, &author, import, "").await.context("nothing was kept")?;
    app.db.close().await;
    Ok(format!("{} new in the bank of @{handle}, {} there already", added.new, added.known))
}

/// Who is named, or the first operator or organizer there is. With `make`, one is made where none is: an account that
/// nobody can sign in to until `minnow admin create` gives it a password.
async fn author(app: &App, handle: Option<&str>, make: bool) -> anyhow::Result<(PersonId, String)> {
    let now_ms = app.now_ms();
    let mut tx = app.db.begin().await?;
    let found = match handle {
        Some(handle) => store::person::find_person_by_handle(&mut tx, handle).await?,
        None => store::person::find_first_organizer(&mut tx).await?,
    };
    if let Some(row) = found {
        let id = PersonId::parse(&row.id).context("the account's id")?;
        let handle = row.handle.unwrap_or_default();
        if role_of(&row.role) < Role::Organizer {
            bail!("@{handle} is no organizer: minnow admin create --handle {handle} --role organizer");
        }
        return Ok((id, handle));
    }
    match handle {
        Some(handle) => bail!("there is no account @{handle}"),
        None if !make => bail!("there is no organizer or operator: nobody has a bank"),
        None => {}
    }
    let id = PersonId::new(now_ms, app.random.id_bits());
    store::person::insert_guest(&mut tx, &id, now_ms).await?;
    store::person::promote_guest(&mut tx, &id, LIBRARY, LIBRARY, None, now_ms).await.with_context(|| {
        format!("@{LIBRARY} is taken by somebody who is no organizer: name one with --author")
    })?;
    store::person::update_role(&mut tx, LIBRARY, role_name(Role::Organizer), now_ms).await?;
    tx.commit().await?;
    Ok((id, LIBRARY.to_owned()))
}

fn tell(
    format: &str,
    questions: &[minnow_shared::question::Question],
    losses: &[Loss],
    json: bool,
) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    if json {
        serde_json::to_writer(&mut out, &Report { format, questions, losses })?;
        writeln!(out)?;
        return Ok(());
    }
    writeln!(out, "{format}: {} questions, {} things not carried over", questions.len(), losses.len())?;
    for loss in losses {
        writeln!(out, "{}", said(loss))?;
    }
    Ok(())
}

/// "line 3: First words: what was lost".
pub fn said(loss: &Loss) -> String {
    let line = loss.line.map(|line| format!("line {line}: ")).unwrap_or_default();
    let item = if loss.item.is_empty() { String::new() } else { format!("{}: ", loss.item) };
    format!("{line}{item}{}", loss.reason)
}

/// `minnow export questions`.
pub async fn export(command: ExportQuestions) -> anyhow::Result<ExitCode> {
    start_log(LogFormat::Pretty, &command.log)?;
    let format = match command.format.0 {
        Some(Format::H5p) => bail!("H5P is read, not written"),
        Some(format) => format,
        None => bail!("name the format to write"),
    };
    let config = Config::without_serving(command.storage, command.tools)?;
    let app = App::open(config, Arc::new(SystemClock), Arc::new(SystemRandom)).await?;
    let (author, handle) = author(&app, command.author.as_deref(), false).await?;
    let filter = BankFilter { tag: command.tag, category: command.category, ..BankFilter::default() };
    let (export, count) = take_out(&app, &author, &filter, format).await?;
    app.db.close().await;
    match &command.out {
        Some(path) => {
            std::fs::write(path, &export.bytes)
                .with_context(|| format!("cannot write {}", path.display()))?;
        }
        None => std::io::stdout().write_all(&export.bytes)?,
    }
    let mut told = std::io::stderr().lock();
    writeln!(
        told,
        "{count} questions of @{handle} as {}, {} things not carried over",
        format.name(),
        export.losses.len()
    )?;
    for loss in &export.losses {
        writeln!(told, "{}", said(loss))?;
    }
    Ok(exit(count > 0))
}

/// `minnow parse gift`.
pub fn parse(command: &Parse) -> anyhow::Result<ExitCode> {
    let Parse::Gift(command) = command;
    let bytes = file_bytes(&command.file)?;
    let parsed = match minnow_exchange::encoding::text(&bytes) {
        Ok(text) => gift::parse(&text),
        Err(error) => gift::Parsed { items: Vec::new(), losses: vec![unread(&error)] },
    };
    let mut out = std::io::stdout().lock();
    if command.json {
        serde_json::to_writer_pretty(&mut out, &parsed.items)?;
        writeln!(out)?;
    } else {
        for item in &parsed.items {
            let title = item.title.as_deref().unwrap_or(&item.stem.text);
            writeln!(out, "line {}: {}", item.line, title.lines().next().unwrap_or_default())?;
        }
    }
    let mut told = std::io::stderr().lock();
    for loss in &parsed.losses {
        writeln!(told, "{}", said(loss))?;
    }
    Ok(exit(!parsed.items.is_empty()))
}
