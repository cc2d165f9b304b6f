//! What the feed makes of learners: the log of what they did, what they have set by hand, and what they were shown.

use super::{Db, On, StoreError, Tx, few, places, rows, sql, sql_built, sql_rows};
use minnow_shared::{ClipId, LeaningId, PersonId, TopicId};

/// Something a learner did, to be logged. The words of `kind` are the migration's.
#[derive(Debug, Clone, Copy)]
pub struct NewEvent<'e> {
    pub person: &'e str,
    pub kind: &'static str,
    pub clip: Option<&'e str>,
    /// `None`: the clip's first.
    pub topic: Option<&'e str>,
    pub value: f64,
    pub at_ms: i64,
    pub now_ms: i64,
}

/// An event as it was logged.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct EventRow {
    pub seq: i64,
    pub person_id: String,
    pub kind: String,
    pub clip_id: Option<String>,
    pub topic_id: Option<String>,
    pub duration_ms: Option<i64>,
    pub value: f64,
    pub at_ms: i64,
    pub kept_at_ms: i64,
}

/// How the feed uses what it knows.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct ProfileRow {
    pub is_used: bool,
    pub is_learning: bool,
    pub wander: i64,
    /// JSON.
    pub muted_words: String,
}

/// What a learner has set of a topic.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct StanceRow {
    pub topic_id: String,
    pub level: Option<i64>,
    pub is_pinned: bool,
    pub is_muted: bool,
}

/// What ranking must know of a clip that may be shown.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct FactsRow {
    pub clip_id: String,
    pub author_id: String,
    /// Of its questions on average: what is known of their difficulty, and the chance to guess.
    pub weight: Option<f64>,
    pub pull: Option<f64>,
    pub guess: Option<f64>,
    pub questions: i64,
}

/// A clip that was shown. `reasons` is JSON.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct ShownRow {
    pub clip_id: String,
    pub pass_ms: i64,
    pub page: i64,
    pub place: i64,
    pub shown_at_ms: i64,
    pub propensity: f64,
    pub is_uniform: bool,
    pub reasons: String,
}

/// The value of an `anew` after which events of a person are gone, not moved.
const FORGOTTEN: f64 = 1.0;

const EVENT: &str = "seq, person_id, kind, clip_id, topic_id, duration_ms, value, at_ms, kept_at_ms";

/// Logs what was done, one after the other. Of people from whose doings nothing is to be learned, nothing.
pub async fn log(tx: &mut Tx, events: &[NewEvent<'_>]) -> Result<(), StoreError> {
    for some in few(events) {
        let count = i64::try_from(some.len()).unwrap_or(i64::MAX);
        let (last,): (i64,) =
            sql("UPDATE interest_log SET last_seq = last_seq + $1 WHERE id = 1 RETURNING last_seq")
                .bind(count)
                .one(&mut *tx)
                .await?;
        let mut statement = sql_rows(
            "WITH new (seq, person_id, kind, clip_id, topic_id, value, at_ms, kept_at_ms) AS (VALUES {rows})
             INSERT INTO interest_events (seq, person_id, kind, clip_id, topic_id, duration_ms, value, at_ms, kept_at_ms)
             SELECT seq, person_id, kind, clip_id,
                COALESCE(topic_id, (SELECT t.topic_id FROM clip_topics t WHERE t.clip_id = new.clip_id
                    ORDER BY t.position LIMIT 1)),
                (SELECT c.duration_ms FROM clips c WHERE c.id = new.clip_id), value, at_ms, kept_at_ms
             FROM new WHERE seq IS NOT NULL AND (kind = 'anew' OR NOT EXISTS
                (SELECT 1 FROM interest_profiles p WHERE p.person_id = new.person_id AND p.is_learning = FALSE))",
            some.len(),
            8,
        );
        for (event, seq) in some.iter().zip(last - count + 1..) {
            statement = statement
                .bind(seq)
                .bind(event.person)
                .bind(event.kind)
                .bind(event.clip.map(str::to_owned))
                .bind(event.topic.map(str::to_owned))
                .bind(event.value)
                .bind(event.at_ms)
                .bind(event.now_ms);
        }
        statement.run(&mut *tx).await?;
    }
    Ok(())
}

/// Events after a place in the log, in its order.
pub async fn list_events(db: &Db, after: i64, limit: i64) -> Result<Vec<EventRow>, StoreError> {
    sql_built(format!("SELECT {EVENT} FROM interest_events WHERE seq > $1 ORDER BY seq LIMIT $2"))
        .bind(after)
        .bind(limit)
        .all(db)
        .await
}

/// Notes that leanings were said. False: they were before.
pub async fn insert_leaning(
    tx: &mut Tx,
    id: &LeaningId,
    person: &PersonId,
    now_ms: i64,
) -> Result<bool, StoreError> {
    let inserted =
        sql("INSERT INTO leanings (id, person_id, kept_at_ms) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING")
            .bind(id)
            .bind(person)
            .bind(now_ms)
            .run(tx)
            .await?;
    Ok(inserted == 1)
}

/// How many events the log holds.
pub async fn count_events(db: &Db) -> Result<i64, StoreError> {
    let (count,): (i64,) = sql("SELECT COUNT(*) FROM interest_events").one(db).await?;
    Ok(count)
}

/// All events of one person, in their order.
pub async fn list_events_of(on: impl Into<On<'_>>, person: &str) -> Result<Vec<EventRow>, StoreError> {
    sql_built(format!("SELECT {EVENT} FROM interest_events WHERE person_id = $1 ORDER BY seq"))
        .bind(person)
        .all(on)
        .await
}

/// Forgets what a person did, all of it or on one topic, and has every node read what is left.
pub async fn forget_events(
    tx: &mut Tx,
    person: &str,
    topic: Option<&TopicId>,
    now_ms: i64,
) -> Result<(), StoreError> {
    match topic {
        None => sql("DELETE FROM interest_events WHERE person_id = $1").bind(person).run(&mut *tx).await?,
        Some(topic) => {
            sql("DELETE FROM interest_events WHERE person_id = $1 AND topic_id = $2")
                .bind(person)
                .bind(topic)
                .run(&mut *tx)
                .await?
        }
    };
    let anew =
        NewEvent { person, kind: "anew", clip: None, topic: None, value: FORGOTTEN, at_ms: now_ms, now_ms };
    log(tx, &[anew]).await
}

/// What a guest did becomes an account's.
pub async fn merge(tx: &mut Tx, guest: &PersonId, account: &PersonId) -> Result<(), StoreError> {
    let moved =
        sql("UPDATE interest_events SET person_id = $2 WHERE person_id = $1 AND kind <> 'anew' AND $1 <> $2")
            .bind(guest)
            .bind(account)
            .run(&mut *tx)
            .await?;
    for statement in [
        "INSERT INTO interest_profiles (person_id, is_used, is_learning, wander, muted_words)
            SELECT $2, is_used, is_learning, wander, muted_words FROM interest_profiles WHERE person_id = $1
         ON CONFLICT DO NOTHING",
        "INSERT INTO interest_stances (person_id, topic_id, level, is_pinned, is_muted)
            SELECT $2, topic_id, level, is_pinned, is_muted FROM interest_stances WHERE person_id = $1
         ON CONFLICT DO NOTHING",
        "INSERT INTO interest_muted_authors (person_id, author_id)
            SELECT $2, author_id FROM interest_muted_authors WHERE person_id = $1
         ON CONFLICT DO NOTHING",
    ] {
        sql(statement).bind(guest).bind(account).run(&mut *tx).await?;
    }
    if moved == 0 {
        return Ok(());
    }
    let last: Option<(i64,)> = sql("SELECT MAX(kept_at_ms) FROM interest_events WHERE person_id = $1")
        .bind(account)
        .optional(&mut *tx)
        .await?;
    let now_ms = last.map_or(0, |last| last.0);
    let anew = |person| NewEvent {
        person,
        kind: "anew",
        clip: None,
        topic: None,
        value: 0.0,
        at_ms: now_ms,
        now_ms,
    };
    log(tx, &[anew(guest.as_str()), anew(account.as_str())]).await
}

/// Forgets what was kept before an instant: events, and what was shown. Nodes that run keep what they have counted.
pub async fn forget_before(tx: &mut Tx, before_ms: i64) -> Result<(), StoreError> {
    sql("DELETE FROM interest_events WHERE kept_at_ms < $1").bind(before_ms).run(&mut *tx).await?;
    sql("DELETE FROM leanings WHERE kept_at_ms < $1").bind(before_ms).run(&mut *tx).await?;
    sql("DELETE FROM shown_clips WHERE shown_at_ms < $1").bind(before_ms).run(tx).await?;
    Ok(())
}

pub async fn find_profile(
    on: impl Into<On<'_>>,
    person: &PersonId,
) -> Result<Option<ProfileRow>, StoreError> {
    sql("SELECT is_used, is_learning, wander, muted_words FROM interest_profiles WHERE person_id = $1")
        .bind(person)
        .optional(on)
        .await
}

pub async fn upsert_profile(tx: &mut Tx, person: &PersonId, row: &ProfileRow) -> Result<(), StoreError> {
    sql("INSERT INTO interest_profiles (person_id, is_used, is_learning, wander, muted_words) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (person_id) DO UPDATE SET is_used = excluded.is_used, is_learning = excluded.is_learning,
            wander = excluded.wander, muted_words = excluded.muted_words")
    .bind(person)
    .bind(row.is_used)
    .bind(row.is_learning)
    .bind(row.wander)
    .bind(&row.muted_words)
    .run(tx)
    .await?;
    Ok(())
}

/// Forgets everything a person has set by hand.
pub async fn delete_profile(tx: &mut Tx, person: &PersonId) -> Result<(), StoreError> {
    for statement in [
        "DELETE FROM interest_profiles WHERE person_id = $1",
        "DELETE FROM interest_stances WHERE person_id = $1",
        "DELETE FROM interest_muted_authors WHERE person_id = $1",
        "DELETE FROM shown_clips WHERE person_id = $1",
    ] {
        sql(statement).bind(person).run(&mut *tx).await?;
    }
    Ok(())
}

pub async fn list_stances(on: impl Into<On<'_>>, person: &PersonId) -> Result<Vec<StanceRow>, StoreError> {
    sql("SELECT topic_id, level, is_pinned, is_muted FROM interest_stances WHERE person_id = $1 ORDER BY topic_id")
        .bind(person)
        .all(on)
        .await
}

/// Sets what a topic is to a person; one that says nothing is forgotten.
pub async fn set_stance(tx: &mut Tx, person: &PersonId, row: &StanceRow) -> Result<(), StoreError> {
    if row.level.is_none() && !row.is_pinned && !row.is_muted {
        sql("DELETE FROM interest_stances WHERE person_id = $1 AND topic_id = $2")
            .bind(person)
            .bind(&row.topic_id)
            .run(tx)
            .await?;
        return Ok(());
    }
    sql("INSERT INTO interest_stances (person_id, topic_id, level, is_pinned, is_muted) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (person_id, topic_id) DO UPDATE SET level = excluded.level, is_pinned = excluded.is_pinned,
            is_muted = excluded.is_muted")
    .bind(person)
    .bind(&row.topic_id)
    .bind(row.level)
    .bind(row.is_pinned)
    .bind(row.is_muted)
    .run(tx)
    .await?;
    Ok(())
}

/// Authors whose clips a person is not shown: id, handle, name and line.
pub async fn list_muted_authors(
    on: impl Into<On<'_>>,
    person: &PersonId,
) -> Result<Vec<(String, String, String, String)>, StoreError> {
    sql("SELECT p.id, p.handle, p.display_name, p.bio FROM interest_muted_authors m JOIN people p ON p.id = m.author_id
         WHERE m.person_id = $1 AND p.handle IS NOT NULL ORDER BY p.handle")
    .bind(person)
    .all(on)
    .await
}

/// Mutes the accounts with these handles and no others.
pub async fn set_muted_authors(tx: &mut Tx, person: &PersonId, handles: &[String]) -> Result<(), StoreError> {
    sql("DELETE FROM interest_muted_authors WHERE person_id = $1").bind(person).run(&mut *tx).await?;
    for some in few(handles) {
        sql_built(format!(
            "INSERT INTO interest_muted_authors (person_id, author_id)
             SELECT $1, p.id FROM people p WHERE p.handle IN ({}) ON CONFLICT DO NOTHING",
            places(2, some.len())
        ))
        .bind(person)
        .bind_all(some)
        .run(&mut *tx)
        .await?;
    }
    Ok(())
}

/// What ranking must know of those of these clips that are published.
pub async fn list_facts(db: &Db, clips: &[String]) -> Result<Vec<FactsRow>, StoreError> {
    let mut all = Vec::with_capacity(clips.len());
    for some in clips.chunks(500) {
        let rows: Vec<FactsRow> = sql_built(format!(
            "SELECT c.id AS clip_id, c.author_id, AVG(i.weight) AS weight, AVG(i.pull) AS pull, AVG(i.guess) AS guess,
                COUNT(q.question_id) AS questions
             FROM clips c LEFT JOIN clip_questions q ON q.clip_id = c.id LEFT JOIN items i ON i.question_id = q.question_id
             WHERE c.published <> FALSE AND c.id IN ({}) GROUP BY c.id, c.author_id",
            places(1, some.len())
        ))
        .bind_all(some)
        .all(db)
        .await?;
        all.extend(rows);
    }
    Ok(all)
}

/// Whether a person has begun any of these clips.
pub async fn has_seen_any(db: &Db, person: &PersonId, clips: &[String]) -> Result<bool, StoreError> {
    let (seen,): (i64,) = sql_built(format!(
        "SELECT COUNT(*) FROM views WHERE person_id = $1 AND clip_id IN ({})",
        places(2, clips.len())
    ))
    .bind(person)
    .bind_all(clips)
    .one(db)
    .await?;
    Ok(seen > 0)
}

/// Notes what a page showed.
pub async fn insert_shown(tx: &mut Tx, person: &PersonId, shown: &[ShownRow]) -> Result<(), StoreError> {
    for some in few(shown) {
        let mut statement = sql_built(format!(
            "INSERT INTO shown_clips (person_id, clip_id, pass_ms, page, place, shown_at_ms, propensity, is_uniform, reasons)
             VALUES {} ON CONFLICT (person_id, clip_id) DO UPDATE SET pass_ms = excluded.pass_ms, page = excluded.page,
                place = excluded.place, shown_at_ms = excluded.shown_at_ms, propensity = excluded.propensity,
                is_uniform = excluded.is_uniform, reasons = excluded.reasons",
            rows(some.len(), 9)
        ));
        for row in some {
            statement = statement
                .bind(person)
                .bind(&row.clip_id)
                .bind(row.pass_ms)
                .bind(row.page)
                .bind(row.place)
                .bind(row.shown_at_ms)
                .bind(row.propensity)
                .bind(row.is_uniform)
                .bind(&row.reasons);
        }
        statement.run(&mut *tx).await?;
    }
    Ok(())
}

/// The clips of a pass that stand on pages before this one.
pub async fn list_shown_before(
    db: &Db,
    person: &PersonId,
    pass_ms: i64,
    page: i64,
) -> Result<Vec<String>, StoreError> {
    let rows: Vec<(String,)> =
        sql("SELECT clip_id FROM shown_clips WHERE person_id = $1 AND pass_ms = $2 AND page < $3")
            .bind(person)
            .bind(pass_ms)
            .bind(page)
            .all(db)
            .await?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}

/// Why a clip was shown.
pub async fn find_shown(db: &Db, person: &PersonId, clip: &ClipId) -> Result<Option<ShownRow>, StoreError> {
    sql("SELECT clip_id, pass_ms, page, place, shown_at_ms, propensity, is_uniform, reasons FROM shown_clips
         WHERE person_id = $1 AND clip_id = $2")
    .bind(person)
    .bind(clip)
    .optional(db)
    .await
}

/// The titles of those of these clips that are published.
pub async fn list_titles(db: &Db, clips: &[String]) -> Result<Vec<(String, String)>, StoreError> {
    sql_built(format!(
        "SELECT id, title FROM clips WHERE published <> FALSE AND id IN ({})",
        places(1, clips.len())
    ))
    .bind_all(clips)
    .all(db)
    .await
}
