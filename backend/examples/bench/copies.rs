//! Published clips by the million: a few thousand made as `many_clips` makes them, and copies of them by SQL, each with a title,
//! topics and a time of its own.

use crate::many_clips;
use anyhow::Context;
use minnow::store::{self, Db, Tx};
use minnow_recommender::histories::scatter;
use minnow_shared::{ClipId, TopicId};

/// Clips that are made one by one.
const MADE: u32 = 2_000;
/// Clips of a topic, about, and the fewest and most topics.
const OF_A_TOPIC: u32 = 500;
const TOPICS: (u32, u32) = (12, 2_000);
/// Rows of one statement.
const ROWS: u32 = 4_000;
const AT_MS: i64 = 1_600_000_000_000;
/// Words of titles: those of a topic, and those of all.
const OWN_WORDS: u64 = 20;
const ALL_WORDS: u64 = 4_000;

/// Adds this many clips to an empty database.
pub async fn add(db: &Db, clips: u32) -> anyhow::Result<Vec<ClipId>> {
    let mut all = many_clips::add_library(db, clips.min(MADE), 0).await?.clips;
    let made = u32::try_from(all.len())?;
    let topics = (clips / OF_A_TOPIC).clamp(TOPICS.0, TOPICS.1);
    let mut tx = db.begin().await?;
    for number in TOPICS.0..topics {
        let id = TopicId::parse(&format!("topic-{number}"))
            .map_err(|error| anyhow::anyhow!("topic {number}: {error}"))?;
        store::topic::upsert_topic(&mut tx, &id, i64::from(number)).await?;
        store::topic::upsert_topic_name(&mut tx, &id, "en", &format!("Topic {number}")).await?;
    }
    store::sql(
        "CREATE TABLE copies (number BIGINT PRIMARY KEY, id TEXT NOT NULL, original TEXT NOT NULL, at_ms BIGINT NOT NULL,
            title TEXT NOT NULL, topic TEXT NOT NULL, other_topic TEXT NOT NULL)",
    )
    .run(&mut tx)
    .await?;
    for first in (made..clips).step_by(ROWS as usize) {
        let some = first..clips.min(first + ROWS);
        let rows = store::rows(some.len(), 7);
        let mut statement = store::sql_built(format!("INSERT INTO copies VALUES {rows}"));
        for number in some {
            let at_ms = AT_MS + i64::from(clips - number) * 1_000;
            let [a, b, c, d] = number.to_be_bytes();
            let id = ClipId::new(at_ms, [6, 0, 0, 0, 0, 0, a, b, c, d]);
            let topic = (scatter(u64::from(number), 3) % u64::from(topics)) as u32;
            let original = all.get((number % made) as usize).context("a clip")?;
            statement = statement
                .bind(i64::from(number))
                .bind(&id)
                .bind(original)
                .bind(at_ms)
                .bind(title(number, topic))
                .bind(format!("topic-{topic}"))
                .bind(format!("topic-{}", (topic + 1) % topics));
            all.push(id);
        }
        statement.run(&mut tx).await?;
    }
    copy(&mut tx).await?;
    tx.commit().await?;
    Ok(all)
}

/// Five words: two of the topic's own, three of all words.
fn title(number: u32, topic: u32) -> String {
    let word = |place: u64| {
        let draw = scatter(u64::from(number), 100 + place);
        let word = if place < 2 {
            ALL_WORDS + u64::from(topic) * OWN_WORDS + draw % OWN_WORDS
        } else {
            draw % ALL_WORDS
        };
        let letter = |at: u64| char::from(b'a' + (scatter(word, at) % 26) as u8);
        (0..7).map(letter).collect::<String>()
    };
    (0..5).map(word).collect::<Vec<_>>().join(" ")
}

async fn copy(tx: &mut Tx) -> anyhow::Result<()> {
    const SAME: &str =
        "author_id, language, licence, source_url, alt, captions, twin, cover_ms, media_state, media_percent,
        duration_ms, width, height, poster_key, poster_small_key, thumbhash, published";
    store::sql_built(format!(
        "INSERT INTO clips (id, title, published_at_ms, created_at_ms, updated_at_ms, {SAME})
         SELECT n.id, n.title, n.at_ms, n.at_ms, n.at_ms, {} FROM copies n JOIN clips c ON c.id = n.original ORDER BY n.number",
        SAME.split(',').map(|column| format!("c.{}", column.trim())).collect::<Vec<_>>().join(", ")
    ))
    .run(&mut *tx)
    .await?;
    for statement in [
        "INSERT INTO clip_topics (clip_id, topic_id, position) SELECT id, topic, 0 FROM copies",
        "INSERT INTO clip_topics (clip_id, topic_id, position) SELECT id, other_topic, 1 FROM copies",
        "INSERT INTO clip_questions (clip_id, question_id, moment_ms)
            SELECT n.id, q.question_id, q.moment_ms FROM copies n JOIN clip_questions q ON q.clip_id = n.original",
        "INSERT INTO renditions (clip_id, short_side, width, height, object_key, size_bytes, moov_end_bytes, two_seconds_bytes)
            SELECT n.id, r.short_side, r.width, r.height, r.object_key, r.size_bytes, r.moov_end_bytes, r.two_seconds_bytes
            FROM copies n JOIN renditions r ON r.clip_id = n.original",
        "INSERT INTO catalogue_changes (clip_id, version)
            SELECT n.id, (SELECT version FROM catalogue WHERE id = 1) + n.number FROM copies n",
        "UPDATE catalogue SET version = version + 1 + COALESCE((SELECT MAX(number) FROM copies), 0) WHERE id = 1",
        "DROP TABLE copies",
    ] {
        store::sql(statement).run(&mut *tx).await?;
    }
    Ok(())
}
