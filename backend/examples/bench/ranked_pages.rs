//! Ranked pages of many clips for many learners: how long a page takes, an event until it is kept, and until it shows; what a
//! fit of the models takes, and what all of it takes in memory. One node on SQLite.

use crate::copies;
use anyhow::Context;
use clap::{Args, Parser};
use minnow::{
    app::App,
    clock::{SystemClock, SystemRandom},
    config::Config,
    feed::Cursor,
    interests::{served, serving, texts},
    jobs::{Node, Worker},
    store::{self, interest::NewEvent, watch::StretchRow},
};
use minnow_recommender::{histories::scatter, nearest::Nearest, text::WIDTH};
use minnow_shared::{PersonId, WatchId};
use std::{collections::HashSet, io::Write as _, path::PathBuf, sync::Arc};
use tokio::time::Instant;

/// Clips that a learner takes up.
const EACH: u32 = 10;
/// Events logged in one transaction.
const BATCH: usize = 5_000;
const PAGE: usize = 20;
/// Vectors of an exact search.
const EXACT: u64 = 100_000;
const NOW_MS: i64 = 1_790_000_000_000;

#[derive(Debug, Args)]
pub struct Options {
    /// A folder for the database; one that a run before has left is measured again without another fit.
    #[arg(long)]
    dir: PathBuf,
    #[arg(long, default_value_t = 10_000)]
    clips: u32,
    #[arg(long, default_value_t = 10_000)]
    learners: u32,
    #[arg(long, default_value_t = 1_000)]
    pages: usize,
}

#[derive(Parser)]
struct Flags {
    #[command(flatten)]
    config: Config,
}

/// Prints one JSON object: sorted milliseconds of each thing, and the memory of this process.
pub async fn measure(options: Options) -> anyhow::Result<()> {
    std::fs::create_dir_all(&options.dir)?;
    let folder = options.dir.display().to_string();
    let config = Flags::parse_from(["minnow", "--data-dir", &folder]).config;
    if !options.dir.join("minnow.sqlite").exists() {
        seed(&options).await?;
    }
    let began = Instant::now();
    let app = App::open(config, Arc::new(SystemClock), Arc::new(SystemRandom)).await?;
    let open_ms = elapsed(began);
    let began = Instant::now();
    texts::catch_up(&app).await?;
    let words_ms = elapsed(began);
    let counted = pages(&app, &options).await?;
    let fit_ms = fit(&app).await?;
    let version = app.interests.served(|served| served.map(|served| served.row.replay.clone()));
    let fitted = pages(&app, &options).await?;
    let (events, effects) = events(&app).await?;
    let line = serde_json::json!({
        "clips": options.clips, "learners": options.learners, "open_ms": open_ms, "words_ms": words_ms,
        "pages_ms": counted, "fit_ms": fit_ms, "fitted": version.is_some(), "replay": version,
        "fitted_pages_ms": fitted, "events_ms": events, "effects_ms": effects,
        "exact_ms": exact(), "resident_mib": resident_mib()?,
    });
    writeln!(std::io::stdout(), "{line}").context("standard output")
}

/// Serves the model that is marked, or fits one. `None`: one was there.
async fn fit(app: &App) -> anyhow::Result<Option<f64>> {
    served::serve_marked(app).await?;
    if app.interests.served(|served| served.is_some()) {
        return Ok(None);
    }
    let began = Instant::now();
    served::queue_fit(app).await?;
    let worker = Worker::new(app.clone(), Arc::new(Node::start(app).await?));
    while worker.work_once().await? {}
    Ok(Some(elapsed(began)))
}

/// The hundred vectors most like another, of [`EXACT`] that are all looked at.
fn exact() -> Vec<f64> {
    let vector = |number: u64| {
        let value = |at: u64| (scatter(number, at) >> 40) as f32 / (1_u64 << 24) as f32 - 0.5;
        (0..WIDTH as u64).map(value).collect::<Vec<f32>>()
    };
    let mut all = Nearest::new(WIDTH);
    (0..EXACT).for_each(|number| _ = all.insert(&vector(number)));
    let time = |number: u64| {
        let wanted = vector(EXACT + number);
        let began = Instant::now();
        std::hint::black_box(all.best(&wanted, 100, |_| false));
        elapsed(began)
    };
    let mut times: Vec<f64> = (0..200).map(time).collect();
    times.sort_by(f64::total_cmp);
    times
}

fn elapsed(began: Instant) -> f64 {
    began.elapsed().as_secs_f64() * 1e3
}

fn resident_mib() -> anyhow::Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no memory told")?;
    Ok(line.trim().trim_end_matches(" kB").trim().parse::<u64>()? / 1_024)
}

fn learner(number: u32) -> PersonId {
    let [a, b, c, d] = number.to_be_bytes();
    PersonId::new(NOW_MS, [7, 0, 0, 0, 0, 0, a, b, c, d])
}

/// Clips, and learners who take up clips of a neighbourhood of the catalogue, some popular ones among them.
async fn seed(options: &Options) -> anyhow::Result<()> {
    let db = store::Db::open(&format!("sqlite:{}", options.dir.join("minnow.sqlite").display())).await?;
    let clips = copies::add(&db, options.clips).await?;
    let mut events = Vec::with_capacity(BATCH);
    for step in 0..EACH {
        for number in 0..options.learners {
            let draw = scatter(u64::from(number), u64::from(step));
            let near = u64::from(number) * 97 + draw % 40 * 12;
            let place = if draw >> 60 == 0 { draw % 100 } else { near } % u64::from(options.clips);
            let clip = clips.get(place as usize).context("a clip")?;
            events.push((learner(number).to_string(), clip.to_string()));
            if events.len() == BATCH {
                log(&db, &std::mem::take(&mut events)).await?;
            }
        }
    }
    log(&db, &events).await?;
    let mut tx = db.begin().await?;
    for number in 0..options.learners.min(options.pages as u32) {
        store::person::insert_guest(&mut tx, &learner(number), NOW_MS).await?;
    }
    tx.commit().await?;
    db.close().await;
    Ok(())
}

async fn log(db: &store::Db, events: &[(String, String)]) -> anyhow::Result<()> {
    let mut tx = db.begin().await?;
    let all: Vec<NewEvent<'_>> = events.iter().map(watched).collect();
    store::interest::log(&mut tx, &all).await?;
    Ok(tx.commit().await?)
}

fn watched((person, clip): &(String, String)) -> NewEvent<'_> {
    NewEvent {
        person: person.as_str(),
        kind: "watched",
        clip: Some(clip.as_str()),
        topic: None,
        value: 30.0,
        at_ms: NOW_MS,
        now_ms: NOW_MS,
    }
}

/// The first page of one learner after the other, chosen and noted.
async fn pages(app: &App, options: &Options) -> anyhow::Result<Vec<f64>> {
    let mut times = Vec::with_capacity(options.pages);
    for number in 0..options.pages as u32 {
        let person = learner(number % options.learners);
        let cursor = Cursor { ranked: Some(0), ..Cursor::start(app.now_ms() + i64::from(number), None) };
        let began = Instant::now();
        let page = serving::next_page(app, &person, &cursor, PAGE, &HashSet::new()).await?;
        let page = page.context("it is ranked")?;
        anyhow::ensure!(page.next.len() == PAGE, "{} clips", page.next.len());
        page.note(app, &person, |_| true).await;
        times.push(elapsed(began));
    }
    times.sort_by(f64::total_cmp);
    Ok(times)
}

/// Single events of learners until they are on the disk, and until the learner's next page is made with them.
async fn events(app: &App) -> anyhow::Result<(Vec<f64>, Vec<f64>)> {
    let (mut kept, mut shown) = (Vec::new(), Vec::new());
    let mut clips: Vec<Arc<str>> = app.feed.look(|index| index.ids().cloned().collect());
    clips.sort_unstable();
    for number in 0..300_u32 {
        let person = learner(number);
        let clip = clips.get((number as usize * 31 + 5) % clips.len()).context("a clip")?.clone();
        let [a, b, c, d] = number.to_be_bytes();
        let row = StretchRow {
            id: WatchId::new(app.now_ms(), [3, 0, 0, 0, 0, 0, a, b, c, d]).to_string(),
            clip_id: clip.to_string(),
            from_ms: 0,
            to_ms: 30_000,
            started_at_ms: app.now_ms() - 30_000,
            finished: true,
            day: "2026-09-21".into(),
        };
        let began = Instant::now();
        app.writer.keep_watched(person.clone(), vec![row], app.now_ms()).await?;
        kept.push(elapsed(began));
        let cursor = Cursor { ranked: Some(0), ..Cursor::start(app.now_ms(), None) };
        serving::next_page(app, &person, &cursor, PAGE, &HashSet::new()).await?.context("it is ranked")?;
        shown.push(elapsed(began));
    }
    kept.sort_by(f64::total_cmp);
    shown.sort_by(f64::total_cmp);
    Ok((kept, shown))
}
