//! Published clips in any number, made by the store's own functions: authors, topics, captions, questions, renditions
//! as real ones have them. Their media are named but not there.

use anyhow::Context;
use clap::Args;
use minnow::store::{
    self, Db, Tx,
    draft::ClipChange,
    question::QuestionRow,
    rendition::{PlayableRow, PosterRow, RenditionRow},
};
use minnow_shared::{
    ChoiceId, ClipId, PersonId, QuestionId, TopicId,
    caption::{CaptionTrack, Cue},
    question::{ChoiceKey, Question, QuestionKey},
};
use std::{io::Write as _, path::PathBuf};

const AUTHORS: u32 = 50;
const TOPICS: u32 = 12;
/// A third of a month before this, a clip every minute.
const AT_MS: i64 = 1_700_000_000_000;
/// Clips in one transaction.
const BATCH: u32 = 500;

#[derive(Debug, Args)]
pub struct Options {
    #[arg(long)]
    data_dir: PathBuf,
    #[arg(long, default_value_t = 10_000)]
    clips: u32,
}

/// What was made, in order: `questions[i]` is that of `clips[i]`.
#[derive(Debug, Clone)]
pub struct Library {
    pub clips: Vec<ClipId>,
    pub questions: Vec<QuestionId>,
    pub guests: Vec<PersonId>,
}

pub async fn seed(options: Options) -> anyhow::Result<()> {
    std::fs::create_dir_all(&options.data_dir)?;
    let db = Db::open(&format!("sqlite:{}", options.data_dir.join("minnow.sqlite").display())).await?;
    let (there,): (i64,) = store::sql("SELECT COUNT(*) FROM clips WHERE published = TRUE").one(&db).await?;
    if there == 0 {
        add_library(&db, options.clips, 0).await?;
    } else {
        anyhow::ensure!(
            there == i64::from(options.clips),
            "{} holds {there} clips, not {}: remove it",
            options.data_dir.display(),
            options.clips
        );
    }
    db.close().await;
    writeln!(std::io::stdout(), "{}", options.clips)?;
    Ok(())
}

/// Adds this many clips and guests to an empty database.
pub async fn add_library(db: &Db, clips: u32, guests: u32) -> anyhow::Result<Library> {
    let mut library = Library { clips: Vec::new(), questions: Vec::new(), guests: Vec::new() };
    let mut tx = db.begin().await?;
    let topics = add_topics(&mut tx).await?;
    let authors = add_people(&mut tx, "author", AUTHORS, true).await?;
    library.guests = add_people(&mut tx, "guest", guests, false).await?;
    tx.commit().await?;
    for first in (0..clips).step_by(BATCH as usize) {
        let mut tx = db.begin().await?;
        for number in first..clips.min(first + BATCH) {
            let author = pick(&authors, number)?;
            let topics = [pick(&topics, number)?.clone(), pick(&topics, number / TOPICS + 1)?.clone()];
            let (clip, question) = add_clip(&mut tx, number, author, &topics).await?;
            library.clips.push(clip);
            library.questions.push(question);
        }
        tx.commit().await?;
    }
    Ok(library)
}

fn pick<T>(all: &[T], number: u32) -> anyhow::Result<&T> {
    all.get(number as usize % all.len().max(1)).context("an empty list")
}

/// Different for each kind and number; not chance at all, so that every run has the same database.
fn bits(kind: u8, number: u32) -> [u8; 10] {
    let [a, b, c, d] = number.to_be_bytes();
    [kind, 0, 0, 0, 0, 0, a, b, c, d]
}

async fn add_topics(tx: &mut Tx) -> anyhow::Result<Vec<TopicId>> {
    let mut topics = Vec::new();
    for number in 0..TOPICS {
        let id = TopicId::parse(&format!("topic-{number}"))
            .map_err(|error| anyhow::anyhow!("topic {number}: {error}"))?;
        store::topic::upsert_topic(tx, &id, i64::from(number)).await?;
        store::topic::upsert_topic_name(tx, &id, "en", &format!("Topic {number}")).await?;
        topics.push(id);
    }
    Ok(topics)
}

async fn add_people(tx: &mut Tx, word: &str, count: u32, accounts: bool) -> anyhow::Result<Vec<PersonId>> {
    let mut people = Vec::new();
    for number in 0..count {
        let id = PersonId::new(AT_MS, bits(u8::from(accounts), number));
        store::person::insert_guest(tx, &id, AT_MS).await?;
        if accounts {
            let (handle, name) = (format!("{word}_{number}"), format!("Author number {number}"));
            store::person::promote_guest(tx, &id, &handle, &name, None, AT_MS).await?;
        }
        people.push(id);
    }
    Ok(people)
}

async fn add_clip(
    tx: &mut Tx,
    number: u32,
    author: &PersonId,
    topics: &[TopicId],
) -> anyhow::Result<(ClipId, QuestionId)> {
    let at_ms = AT_MS - i64::from(number) * 60_000;
    let clip = ClipId::new(at_ms, bits(2, number));
    store::draft::insert_clip(tx, &clip, author, "en", at_ms).await?;
    let change = ClipChange {
        title: Some(format!("One idea, number {number}, told in half a minute")),
        licence: Some("CC BY 4.0".into()),
        source_url: Some(Some(format!("https://example.org/lessons/{number}"))),
        alt: Some(
            "A drawing builds up line by line while a voice explains what each part stands for.".into(),
        ),
        captions: Some(serde_json::to_string(&[captions()])?),
        ..ClipChange::default()
    };
    store::draft::update_clip(tx, &clip, &change, at_ms).await?;
    anyhow::ensure!(store::draft::set_topics(tx, &clip, topics).await?, "a topic is missing");
    let question = QuestionId::new(at_ms, bits(3, number));
    let stem = format!("What follows from idea number {number}, if its one assumption holds?");
    let mut whole = Question::new(stem, key(at_ms, number));
    whole.reason = "The assumption is used once, in the second step, and nothing else is needed.".into();
    let row = QuestionRow::of(&question, author.as_str(), &whole)?;
    anyhow::ensure!(store::question::upsert_question(tx, &row, at_ms).await?, "a question was refused");
    store::question::upsert_asked(tx, &clip, &question, 21_000).await?;
    anyhow::ensure!(
        store::rendition::update_media_playable(tx, &clip, &media_of(&clip, number), at_ms).await?,
        "a clip is gone"
    );
    store::draft::set_published(tx, &clip, true, at_ms).await?;
    Ok((clip, question))
}

/// Ten lines of three seconds.
fn captions() -> CaptionTrack {
    let cues = (0..10).map(|line| Cue {
        start_ms: line * 3_000,
        end_ms: line * 3_000 + 2_800,
        text: "A sentence of the narration, as long as a caption usually is.".into(),
    });
    CaptionTrack { language: "en".into(), cues: cues.collect() }
}

fn key(at_ms: i64, number: u32) -> QuestionKey {
    let choice = |place: u32| ChoiceKey {
        id: Some(ChoiceId::new(at_ms, bits(4, number * 4 + place))),
        reason: "Fair for the first step; the second one needs more.".into(),
        ..ChoiceKey::plain(format!("The answer that a reader of kind {place} gives"), place == 2)
    };
    QuestionKey::Choices { choices: (0..4).map(choice).collect(), multiple: false, keep_order: false }
}

/// Three renditions of half a minute, at the bit rates of real ones, under keys as long as real ones.
fn media_of(clip: &ClipId, number: u32) -> PlayableRow {
    let key = |kind: u8, end: &str| {
        let digest: String =
            bits(kind, number).iter().cycle().take(32).map(|byte| format!("{byte:02x}")).collect();
        format!("{:02x}/{digest}.{end}", number % 256)
    };
    let rendition = |short_side: i64, kind: u8, bits_a_second: i64| RenditionRow {
        clip_id: clip.to_string(),
        short_side,
        width: short_side,
        height: short_side * 16 / 9,
        key: key(kind, "mp4"),
        size_bytes: bits_a_second / 8 * 30,
        moov_end_bytes: 24_000,
        two_seconds_bytes: 24_000 + bits_a_second / 4,
    };
    PlayableRow {
        duration_ms: 30_000,
        width: 1080,
        height: 1920,
        poster: PosterRow {
            poster_key: key(8, "jpg"),
            poster_small_key: key(9, "jpg"),
            thumbhash: "1QcSHQRnh493V4dIh4eXh1h4kJUI".into(),
            cover_ms: 0,
        },
        renditions: vec![
            rendition(360, 5, 350_000),
            rendition(540, 6, 700_000),
            rendition(720, 7, 1_400_000),
        ],
    }
}
