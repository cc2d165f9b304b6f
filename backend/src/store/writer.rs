//! Group commit: small writes of many learners share one transaction, so that each is on the disk before it is
//! acknowledged and the disk is asked once for all of them. A write that fails does not sink the others.

use super::{
    Db, StoreError, Tx,
    answer::{self, AnswerRow, Kept},
    interest::{self, NewEvent, ShownRow},
    reaction::{self, Reacted, Reaction},
    session, sql,
    watch::{self, NewStretch, StretchRow},
};
use crate::metrics::Metrics;
use minnow_shared::{ClipId, PersonId, SessionId};
use std::{
    collections::VecDeque,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};
use tokio::sync::{mpsc, oneshot};

/// Most writes in one transaction.
const GROUP: usize = 256;
/// Writes that wait at most; the next caller is refused.
const WAITING: usize = 4_096;
/// Longest wait for a group to fill.
const FILL: Duration = Duration::from_millis(1);
/// How often a group is tried again when the database was busy (a deadlock, a lock).
const TRIES: u32 = 4;

/// A small write.
#[derive(Debug, Clone)]
enum Write {
    Answer(Box<AnswerRow>),
    Watch {
        person: PersonId,
        stretches: Vec<StretchRow>,
        now_ms: i64,
    },
    React {
        reaction: Reaction,
        person: PersonId,
        clip: ClipId,
        on: bool,
        at_ms: i64,
        now_ms: i64,
    },
    /// "Not interested", or taken back.
    Refuse {
        person: PersonId,
        clip: ClipId,
        on: bool,
        at_ms: i64,
        now_ms: i64,
    },
    Shown {
        person: PersonId,
        shown: Vec<ShownRow>,
    },
    Seen {
        session: SessionId,
        now_ms: i64,
    },
}

/// What a write returns.
#[derive(Debug, Clone)]
enum Written {
    Answer(Kept),
    Done,
}

struct Waiting {
    write: Write,
    reply: oneshot::Sender<Result<Written, StoreError>>,
}

/// The way to the group commit. Cheap to clone.
#[derive(Clone)]
pub struct Writer {
    line: mpsc::Sender<Waiting>,
}

impl Writer {
    /// Starts the task that commits; it ends when the last `Writer` is gone.
    pub fn start(db: Db) -> Self {
        Self::start_counted(db, Arc::default())
    }

    /// The same, with the node's counters.
    pub fn start_counted(db: Db, metrics: Arc<Metrics>) -> Self {
        let (line, waiting) = mpsc::channel(WAITING);
        tokio::spawn(commit_groups(db, metrics, waiting));
        Self { line }
    }

    /// Keeps an answer.
    pub async fn keep_answer(&self, row: AnswerRow) -> Result<Kept, StoreError> {
        match self.write(Write::Answer(Box::new(row))).await? {
            Written::Answer(kept) => Ok(kept),
            Written::Done => Err(closed()),
        }
    }

    /// Keeps watched stretches.
    pub async fn keep_watched(
        &self,
        person: PersonId,
        stretches: Vec<StretchRow>,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        self.write(Write::Watch { person, stretches, now_ms }).await.map(|_| ())
    }

    /// Sets or takes back a like or a save.
    pub async fn set_reaction(
        &self,
        reaction: Reaction,
        person: PersonId,
        clip: ClipId,
        on: bool,
        (at_ms, now_ms): (i64, i64),
    ) -> Result<(), StoreError> {
        self.write(Write::React { reaction, person, clip, on, at_ms, now_ms }).await.map(|_| ())
    }

    /// Notes that a person wants no more of a clip's kind, or takes it back.
    pub async fn set_refusal(
        &self,
        person: PersonId,
        clip: ClipId,
        on: bool,
        (at_ms, now_ms): (i64, i64),
    ) -> Result<(), StoreError> {
        self.write(Write::Refuse { person, clip, on, at_ms, now_ms }).await.map(|_| ())
    }

    /// Notes what a page of the feed showed, and why.
    pub async fn note_shown(&self, person: PersonId, shown: Vec<ShownRow>) -> Result<(), StoreError> {
        self.write(Write::Shown { person, shown }).await.map(|_| ())
    }

    /// Notes that a session is in use, when there is room; nobody waits for it.
    pub fn note_seen(&self, session: SessionId, now_ms: i64) {
        let (reply, _) = oneshot::channel();
        // A full line has more important things to do.
        let _ = self.line.try_send(Waiting { write: Write::Seen { session, now_ms }, reply });
    }

    async fn write(&self, write: Write) -> Result<Written, StoreError> {
        let (reply, answer) = oneshot::channel();
        self.line.try_send(Waiting { write, reply }).map_err(|_| closed())?;
        answer.await.map_err(|_| closed())?
    }
}

fn closed() -> StoreError {
    StoreError::Unavailable(sqlx::Error::PoolTimedOut)
}

async fn commit_groups(db: Db, metrics: Arc<Metrics>, mut waiting: mpsc::Receiver<Waiting>) {
    let mut group = Vec::with_capacity(GROUP);
    while waiting.recv_many(&mut group, GROUP).await > 0 {
        let_the_line_fill(&waiting, group.len()).await;
        while group.len() < GROUP
            && let Ok(next) = waiting.try_recv()
        {
            group.push(next);
        }
        commit(&db, &metrics, std::mem::take(&mut group)).await;
    }
}

/// Those whose writes the last group kept are just being answered, and most of them write again at once: without a
/// moment's wait every second group would hold only the quickest few and still cost a whole trip to the disk.
async fn let_the_line_fill(waiting: &mpsc::Receiver<Waiting>, begun: usize) {
    let deadline = tokio::time::Instant::now() + FILL;
    let mut length = waiting.len();
    let mut quiet = 0;
    while quiet < 4 && begun + length < GROUP && tokio::time::Instant::now() < deadline {
        tokio::task::yield_now().await;
        let now = waiting.len();
        quiet = if now == length { quiet + 1 } else { 0 };
        length = now;
    }
}

/// Commits a group and answers everybody in it.
async fn commit(db: &Db, metrics: &Metrics, group: Vec<Waiting>) {
    let (writes, replies): (Vec<Write>, VecDeque<_>) = group.into_iter().map(|w| (w.write, w.reply)).unzip();
    let mut tries = 0;
    let outcomes = loop {
        tries += 1;
        // First without savepoints, as nearly always nothing fails; else once more, each write on its own.
        let outcome = match together(db, &writes).await {
            Err(StoreError::Unavailable(cause)) => Err(StoreError::Unavailable(cause)),
            Err(StoreError::Full(cause)) => Err(StoreError::Full(cause)),
            Err(_) => one_by_one(db, &writes).await,
            Ok(written) => Ok(written.into_iter().map(Ok).collect()),
        };
        match outcome {
            Err(StoreError::Unavailable(cause)) if tries < TRIES && is_conflict(&cause) => {
                tokio::time::sleep(Duration::from_millis(5 << tries)).await;
            }
            outcome => break outcome,
        }
    };
    match outcomes {
        Ok(outcomes) => {
            metrics.write_groups.fetch_add(1, Ordering::Relaxed);
            metrics.writes.fetch_add(outcomes.len() as u64, Ordering::Relaxed);
            for (reply, outcome) in replies.into_iter().zip(outcomes) {
                // Who went away does not need the answer; the write is kept.
                let _ = reply.send(outcome);
            }
        }
        Err(error) => {
            metrics.writes_refused.fetch_add(replies.len() as u64, Ordering::Relaxed);
            let full = matches!(error, StoreError::Full(_));
            tracing::warn!(%error, writes = replies.len(), "a group of writes was refused");
            for reply in replies {
                let again = if full { StoreError::Full(sqlx::Error::WorkerCrashed) } else { closed() };
                let _ = reply.send(Err(again));
            }
        }
    }
}

/// Whether two transactions were in each other's way, so that trying again at once helps.
fn is_conflict(cause: &sqlx::Error) -> bool {
    let code = match cause {
        sqlx::Error::Database(db) => db.code(),
        _ => None,
    };
    matches!(code.as_deref(), Some("40001" | "40P01" | "55P03"))
}

async fn together(db: &Db, writes: &[Write]) -> Result<Vec<Written>, StoreError> {
    let mut tx = db.begin().await?;
    watch::insert_stretches(&mut tx, &stretches_of(writes)).await?;
    let mut kept = answer::insert_answers(&mut tx, &answers_of(writes)).await?.into_iter();
    let mut all = Vec::with_capacity(writes.len());
    for write in writes {
        all.push(match write {
            Write::Watch { .. } => Written::Done,
            Write::Answer(row) => match kept.next() {
                Some(kept) => Written::Answer(kept),
                None => Written::Answer(answer::insert_answer(&mut tx, row).await?),
            },
            other => apply(&mut tx, other).await?,
        });
    }
    tx.commit().await?;
    Ok(all)
}

/// Everything that was watched, in its order: no other write depends on it.
fn stretches_of(writes: &[Write]) -> Vec<NewStretch<'_>> {
    let watches = writes.iter().filter_map(|write| match write {
        Write::Watch { person, stretches, now_ms } => Some((person, stretches, *now_ms)),
        _ => None,
    });
    watches
        .flat_map(|(person, stretches, now_ms)| {
            stretches.iter().map(move |stretch| NewStretch { person, stretch, now_ms })
        })
        .collect()
}

/// Every answer, in its order.
fn answers_of(writes: &[Write]) -> Vec<&AnswerRow> {
    let answers = writes.iter().filter_map(|write| match write {
        Write::Answer(row) => Some(&**row),
        _ => None,
    });
    answers.collect()
}

async fn one_by_one(db: &Db, writes: &[Write]) -> Result<Vec<Result<Written, StoreError>>, StoreError> {
    let mut tx = db.begin().await?;
    let mut all = Vec::with_capacity(writes.len());
    for write in writes {
        sql("SAVEPOINT one").run(&mut tx).await?;
        let outcome = apply(&mut tx, write).await;
        match &outcome {
            Err(error @ (StoreError::Full(_) | StoreError::Unavailable(_))) => {
                tracing::debug!(%error, "the group cannot go on");
                return outcome.map(|_| Vec::new());
            }
            Err(_) => sql("ROLLBACK TO SAVEPOINT one").run(&mut tx).await?,
            Ok(_) => 0,
        };
        sql("RELEASE SAVEPOINT one").run(&mut tx).await?;
        all.push(outcome);
    }
    tx.commit().await?;
    Ok(all)
}

async fn apply(tx: &mut Tx, write: &Write) -> Result<Written, StoreError> {
    match write {
        Write::Answer(row) => return answer::insert_answer(tx, row).await.map(Written::Answer),
        Write::Watch { .. } => {
            watch::insert_stretches(tx, &stretches_of(std::slice::from_ref(write))).await?;
        }
        Write::React { reaction, person, clip, on, at_ms, now_ms } => {
            let new = Reacted { reaction: *reaction, person, clip, on: *on, at_ms: *at_ms, now_ms: *now_ms };
            reaction::set_reaction(tx, new).await?;
        }
        Write::Refuse { person, clip, on, at_ms, now_ms } => {
            let value = if *on { 1.0 } else { 0.0 };
            let (person, clip) = (person.as_str(), Some(clip.as_str()));
            let event = NewEvent {
                person,
                kind: "refused",
                clip,
                topic: None,
                value,
                at_ms: *at_ms,
                now_ms: *now_ms,
            };
            interest::log(tx, &[event]).await?;
        }
        Write::Shown { person, shown } => interest::insert_shown(tx, person, shown).await?,
        Write::Seen { session, now_ms } => session::update_last_seen(tx, session, *now_ms).await?,
    }
    Ok(Written::Done)
}
