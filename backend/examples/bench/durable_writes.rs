//! Answers and watch events of many learners at once, kept by group commit and in one transaction each. Both run the
//! same statements on the same kind of database (SQLite, WAL, synchronous=FULL) and count a write when its commit is
//! on the disk.

use crate::many_clips::{Library, add_library};
use anyhow::Context;
use clap::{Args, ValueEnum};
use minnow::store::{
    self, Db,
    answer::{AnswerRow, Kept},
    watch::StretchRow,
    writer::Writer,
};
use minnow_shared::{AnswerId, PersonId, WatchId};
use std::{
    io::Write as _,
    path::{Path, PathBuf},
    time::Duration,
};
use tokio::{task::JoinSet, time::Instant};

/// How many learners write at once, each waiting for its write before the next.
const WRITERS: u16 = 64;
const CLIPS: u32 = 200;
/// When the first writes are made. The others come after it as time goes on, and so do their ids, which begin with the time
/// as those of browsers do: a database keeps what comes in order together.
const AT_MS: i64 = 1_700_000_000_000;

#[derive(Debug, Args)]
pub struct Options {
    /// Folder for the databases: on the disk that is to be measured.
    #[arg(long)]
    dir: PathBuf,
    #[arg(long, default_value_t = 5)]
    rounds: u32,
    /// How long one measurement lasts.
    #[arg(long, default_value_t = 3)]
    seconds: u64,
    /// Only this kind of write, for a profiler.
    #[arg(long, value_enum)]
    kind: Option<Kind>,
    /// Only this way to commit, for a profiler.
    #[arg(long, value_enum)]
    how: Option<Commit>,
}

#[derive(Debug, Clone, Copy, PartialEq, ValueEnum)]
enum Kind {
    Answers,
    WatchEvents,
}

#[derive(Debug, Clone, Copy, PartialEq, ValueEnum)]
enum Commit {
    Group,
    Each,
}

#[derive(Clone)]
enum How {
    Group(Writer),
    Each(Db),
}

pub async fn measure(options: Options) -> anyhow::Result<()> {
    for round in 0..options.rounds {
        for (kind, name) in [(Kind::Answers, "answers"), (Kind::WatchEvents, "watch events")] {
            for (commit, how) in [(Commit::Group, "group"), (Commit::Each, "each")] {
                if options.kind.is_some_and(|only| only != kind)
                    || options.how.is_some_and(|only| only != commit)
                {
                    continue;
                }
                let folder = options.dir.join(format!("{round}-{}-{how}", name.replace(' ', "-")));
                let per_second = on_new_database(&folder, kind, commit, options.seconds).await?;
                let line = serde_json::json!({ "kind": name, "how": how, "per_second": per_second });
                writeln!(std::io::stdout(), "{line}")?;
            }
        }
    }
    Ok(())
}

async fn on_new_database(folder: &Path, kind: Kind, commit: Commit, seconds: u64) -> anyhow::Result<f64> {
    std::fs::create_dir_all(folder)?;
    let db = Db::open(&format!("sqlite:{}", folder.join("minnow.sqlite").display())).await?;
    let library = add_library(&db, CLIPS, u32::from(WRITERS)).await?;
    let how = match commit {
        Commit::Group => How::Group(Writer::start(db.clone())),
        Commit::Each => How::Each(db.clone()),
    };
    let per_second = all_writers(&library, kind, how, Duration::from_secs(seconds)).await?;
    db.close().await;
    std::fs::remove_dir_all(folder)?;
    Ok(per_second)
}

/// Lets all writers write for that long; acknowledged writes a second.
async fn all_writers(library: &Library, kind: Kind, how: How, time: Duration) -> anyhow::Result<f64> {
    let start = Instant::now();
    let mut writers = JoinSet::new();
    for (number, person) in (0..WRITERS).zip(&library.guests) {
        let (library, person, how) = (library.clone(), person.clone(), how.clone());
        writers.spawn(async move {
            let mut written = 0_u64;
            while start.elapsed() < time {
                let at_ms = AT_MS + start.elapsed().as_millis() as i64;
                match kind {
                    Kind::Answers => {
                        answer(&how, answer_row(&library, &person, number, written, at_ms)?).await?;
                    }
                    Kind::WatchEvents => {
                        watch(&how, &person, stretch(&library, number, written, at_ms)?).await?;
                    }
                }
                written += 1;
            }
            anyhow::Ok(written)
        });
    }
    let mut written = 0;
    while let Some(one) = writers.join_next().await {
        written += one??;
    }
    Ok(written as f64 / start.elapsed().as_secs_f64())
}

async fn answer(how: &How, row: AnswerRow) -> anyhow::Result<()> {
    let kept = match how {
        How::Group(writer) => writer.keep_answer(row).await?,
        How::Each(db) => {
            let mut tx = db.begin().await?;
            let kept = store::answer::insert_answer(&mut tx, &row).await?;
            tx.commit().await?;
            kept
        }
    };
    anyhow::ensure!(matches!(kept, Kept::Answer { .. }), "an answer was not kept: {kept:?}");
    Ok(())
}

async fn watch(how: &How, person: &PersonId, stretch: StretchRow) -> anyhow::Result<()> {
    let at_ms = stretch.started_at_ms;
    match how {
        How::Group(writer) => writer.keep_watched(person.clone(), vec![stretch], at_ms).await?,
        How::Each(db) => {
            let mut tx = db.begin().await?;
            store::watch::insert_stretch(&mut tx, person, &stretch, at_ms).await?;
            tx.commit().await?;
        }
    }
    Ok(())
}

/// Different for each write of each writer.
fn chance(writer: u16, written: u64) -> [u8; 10] {
    let mut bits = [0; 10];
    let bytes = writer.to_be_bytes().into_iter().chain(written.to_be_bytes());
    bits.iter_mut().zip(bytes).for_each(|(to, from)| *to = from);
    bits
}

fn answer_row(
    library: &Library,
    person: &PersonId,
    writer: u16,
    written: u64,
    at_ms: i64,
) -> anyhow::Result<AnswerRow> {
    let place = (written as usize + usize::from(writer)) % library.clips.len();
    let (clip, question) = library.clips.get(place).zip(library.questions.get(place)).context("no clips")?;
    Ok(AnswerRow {
        id: AnswerId::new(at_ms, chance(writer, written)).to_string(),
        person_id: person.to_string(),
        question_id: question.to_string(),
        clip_id: Some(clip.to_string()),
        response: r#"{"kind":"typed","text":"a plane"}"#.into(),
        choice_id: None,
        certainty: Some("think_so".into()),
        is_right: true,
        credit: 10_000_000,
        own_credit: 10_000_000,
        tries: 1,
        penalty: 0,
        ends: true,
        attempt: 1,
        is_final: true,
        is_first: true,
        xp: 10,
        right_choice_id: None,
        right_text: "a plane".into(),
        reason: "Three points that are not on one line span exactly one plane.".into(),
        choice_reason: String::new(),
        answered_at_ms: at_ms,
        kept_at_ms: at_ms,
        is_before: false,
    })
}

fn stretch(library: &Library, writer: u16, written: u64, at_ms: i64) -> anyhow::Result<StretchRow> {
    let place = (written as usize + usize::from(writer)) % library.clips.len();
    Ok(StretchRow {
        id: WatchId::new(at_ms, chance(writer, written)).to_string(),
        clip_id: library.clips.get(place).context("no clips")?.to_string(),
        from_ms: 0,
        to_ms: 12_500,
        finished: false,
        started_at_ms: at_ms,
        day: "2026-11-23".into(),
    })
}
