//! What was watched: stretches, the sum per clip, the sum per local day.

use super::{
    Db, StoreError, Tx, few,
    interest::{self, NewEvent},
    sql, sql_rows,
};
use minnow_shared::PersonId;
use std::collections::{BTreeMap, HashSet};

/// One stretch, its ends inside the clip.
#[derive(Debug, Clone, PartialEq)]
pub struct StretchRow {
    pub id: String,
    pub clip_id: String,
    pub from_ms: i64,
    pub to_ms: i64,
    pub finished: bool,
    pub started_at_ms: i64,
    /// ISO 8601 date of the learner's local day.
    pub day: String,
}

/// What a person watched on a day.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct DayRow {
    pub day: String,
    pub watched_ms: i64,
}

/// A stretch to be kept, and by whom.
#[derive(Debug, Clone, Copy)]
pub struct NewStretch<'s> {
    pub person: &'s PersonId,
    pub stretch: &'s StretchRow,
    pub now_ms: i64,
}

impl<'s> NewStretch<'s> {
    fn event(&self) -> NewEvent<'s> {
        let StretchRow { clip_id, from_ms, to_ms, finished, started_at_ms, .. } = self.stretch;
        // Who finishes a clip has outlasted all of it, however many stretches it took.
        let watched_ms = if *finished { *to_ms } else { (to_ms - from_ms).max(0) };
        NewEvent {
            person: self.person.as_str(),
            kind: "watched",
            clip: Some(clip_id),
            topic: None,
            value: watched_ms as f64 / 1000.0,
            at_ms: *started_at_ms,
            now_ms: self.now_ms,
        }
    }
}

/// Keeps a stretch. One that is there already, or of a clip or person that is gone, changes nothing.
pub async fn insert_stretch(
    tx: &mut Tx,
    person: &PersonId,
    stretch: &StretchRow,
    now_ms: i64,
) -> Result<(), StoreError> {
    insert_stretches(tx, &[NewStretch { person, stretch, now_ms }]).await
}

/// Keeps many stretches as if one after the other, by few statements: what a row costs is mostly the way to the database
/// and back.
pub async fn insert_stretches(tx: &mut Tx, stretches: &[NewStretch<'_>]) -> Result<(), StoreError> {
    // An id that is sent twice at once goes one after the other: the first that can be kept decides.
    let mut ids = HashSet::new();
    let (alone, again): (Vec<NewStretch<'_>>, Vec<_>) =
        stretches.iter().partition(|new| ids.insert(new.stretch.id.as_str()));
    let mut is_new = HashSet::new();
    for some in few(&alone).chain(again.chunks(1)) {
        is_new.extend(insert_watches(tx, some).await?);
    }
    let mut views: BTreeMap<(&str, &str), View> = BTreeMap::new();
    let mut days: BTreeMap<(&str, &str), i64> = BTreeMap::new();
    let mut events = Vec::with_capacity(is_new.len());
    for new @ NewStretch { person, stretch, .. } in stretches {
        // An id may have been sent for two clips of which one is gone: the row says which was kept.
        if !is_new.remove(&(stretch.id.clone(), stretch.clip_id.clone())) {
            continue;
        }
        events.push(new.event());
        let view = View::of(stretch);
        if view.watched_ms > 0 {
            *days.entry((person.as_str(), &stretch.day)).or_default() += view.watched_ms;
        }
        let key = (person.as_str(), stretch.clip_id.as_str());
        views.entry(key).and_modify(|before| before.join(view)).or_insert(view);
    }
    for some in few(&views.into_iter().collect::<Vec<_>>()) {
        upsert_views(tx, some).await?;
    }
    for some in few(&days.into_iter().collect::<Vec<_>>()) {
        add_to_days(tx, some).await?;
    }
    interest::log(tx, &events).await
}

/// The ids of those that were not there, each with its clip.
async fn insert_watches(tx: &mut Tx, some: &[NewStretch<'_>]) -> Result<Vec<(String, String)>, StoreError> {
    let mut statement = sql_rows(
        "WITH new (id, person_id, clip_id, from_ms, to_ms, finished, started_at_ms, kept_at_ms) AS (VALUES {rows})
         INSERT INTO watches (id, person_id, clip_id, from_ms, to_ms, finished, started_at_ms, kept_at_ms)
         SELECT id, person_id, clip_id, from_ms, to_ms, finished, started_at_ms, kept_at_ms FROM new
         WHERE EXISTS (SELECT 1 FROM clips c WHERE c.id = new.clip_id)
            AND EXISTS (SELECT 1 FROM people p WHERE p.id = new.person_id)
         ON CONFLICT (id) DO NOTHING
         RETURNING id, clip_id",
        some.len(),
        8,
    );
    for NewStretch { person, stretch, now_ms } in some {
        statement = statement
            .bind(&stretch.id)
            .bind(*person)
            .bind(&stretch.clip_id)
            .bind(stretch.from_ms)
            .bind(stretch.to_ms)
            .bind(stretch.finished)
            .bind(stretch.started_at_ms)
            .bind(*now_ms);
    }
    statement.all(tx).await
}

/// What a person has watched of a clip, in sum.
#[derive(Debug, Clone, Copy, PartialEq)]
struct View {
    position_ms: i64,
    furthest_ms: i64,
    watched_ms: i64,
    finished: bool,
    first_at_ms: i64,
    last_at_ms: i64,
}

impl View {
    fn of(stretch: &StretchRow) -> Self {
        Self {
            position_ms: stretch.to_ms,
            furthest_ms: stretch.to_ms,
            watched_ms: (stretch.to_ms - stretch.from_ms).max(0),
            finished: stretch.finished,
            first_at_ms: stretch.started_at_ms,
            last_at_ms: stretch.started_at_ms,
        }
    }

    /// The same rules as those of the statement in `upsert_views`.
    fn join(&mut self, next: Self) {
        // At the same millisecond the further one, whichever came first.
        if (next.last_at_ms, next.position_ms) >= (self.last_at_ms, self.position_ms) {
            self.position_ms = next.position_ms;
        }
        self.furthest_ms = self.furthest_ms.max(next.furthest_ms);
        self.watched_ms += next.watched_ms;
        self.finished |= next.finished;
        self.first_at_ms = self.first_at_ms.min(next.first_at_ms);
        self.last_at_ms = self.last_at_ms.max(next.last_at_ms);
    }
}

async fn upsert_views(tx: &mut Tx, some: &[((&str, &str), View)]) -> Result<(), StoreError> {
    let mut statement = sql_rows(
        "WITH new (person_id, clip_id, position_ms, watched_ms, finished, first_at_ms, last_at_ms, furthest_ms)
            AS (VALUES {rows})
         INSERT INTO views (person_id, clip_id, position_ms, watched_ms, finished, first_at_ms, last_at_ms, furthest_ms)
         SELECT person_id, clip_id, position_ms, watched_ms, finished, first_at_ms, last_at_ms, furthest_ms FROM new
         WHERE person_id IS NOT NULL
         ON CONFLICT (person_id, clip_id) DO UPDATE SET
            position_ms = CASE WHEN excluded.last_at_ms > views.last_at_ms OR (excluded.last_at_ms = views.last_at_ms
                               AND excluded.position_ms > views.position_ms) THEN excluded.position_ms
                               ELSE views.position_ms END,
            furthest_ms = CASE WHEN excluded.furthest_ms > views.furthest_ms THEN excluded.furthest_ms
                               ELSE views.furthest_ms END,
            watched_ms = views.watched_ms + excluded.watched_ms,
            finished = (views.finished OR excluded.finished),
            first_at_ms = CASE WHEN excluded.first_at_ms < views.first_at_ms THEN excluded.first_at_ms
                               ELSE views.first_at_ms END,
            last_at_ms = CASE WHEN excluded.last_at_ms > views.last_at_ms THEN excluded.last_at_ms
                              ELSE views.last_at_ms END",
        some.len(),
        8,
    );
    for ((person, clip), view) in some {
        statement = statement
            .bind(*person)
            .bind(*clip)
            .bind(view.position_ms)
            .bind(view.watched_ms)
            .bind(view.finished)
            .bind(view.first_at_ms)
            .bind(view.last_at_ms)
            .bind(view.furthest_ms);
    }
    statement.run(tx).await?;
    Ok(())
}

async fn add_to_days(tx: &mut Tx, some: &[((&str, &str), i64)]) -> Result<(), StoreError> {
    let mut statement = sql_rows(
        "WITH new (person_id, day, watched_ms) AS (VALUES {rows})
         INSERT INTO watched_days (person_id, day, watched_ms)
         SELECT person_id, day, watched_ms FROM new WHERE person_id IS NOT NULL
         ON CONFLICT (person_id, day) DO UPDATE SET watched_ms = watched_days.watched_ms + excluded.watched_ms",
        some.len(),
        3,
    );
    for ((person, day), watched_ms) in some {
        statement = statement.bind(*person).bind(*day).bind(*watched_ms);
    }
    statement.run(tx).await?;
    Ok(())
}

/// Days on which a person watched, from `first_day` on.
pub async fn list_days(db: &Db, person: &PersonId, first_day: &str) -> Result<Vec<DayRow>, StoreError> {
    sql("SELECT day, watched_ms FROM watched_days WHERE person_id = $1 AND day >= $2 ORDER BY day")
        .bind(person)
        .bind(first_day)
        .all(db)
        .await
}
