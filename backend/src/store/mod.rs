//! The only room with SQL: one file a noun, rows out, never API types. This file opens the database and begins write
//! transactions; how one SQL text runs on both engines is in `sql`.

pub mod answer;
pub mod assignment;
pub mod card;
pub mod catalogue;
pub mod clip;
pub mod clip_text;
pub mod demo;
pub mod draft;
pub mod due;
pub mod export;
pub mod form;
pub mod insight;
pub mod interest;
pub mod interest_model;
pub mod job;
pub mod mastery;
pub mod person;
pub mod playlist;
pub mod practice;
pub mod progress;
pub mod question;
pub mod reaction;
pub mod rendition;
pub mod session;
pub mod settings;
pub mod sign_in;
mod sql;
pub mod topic;
pub mod upload;
pub mod watch;
pub mod writer;

pub use sql::{Bind, On, Row, Sql, few, places, rows, sql, sql_built, sql_rows};

use sqlx::{
    Connection, PgPool, Postgres, Sqlite, SqlitePool, Transaction,
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use std::{str::FromStr, time::Duration};

/// What a database may answer instead of rows.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Locked, unreachable, or out of connections: trying later may help, nothing was changed.
    #[error("the database cannot be used just now: {0}")]
    Unavailable(#[source] sqlx::Error),
    /// The disk is full; nothing was changed.
    #[error("the disk of the database is full: {0}")]
    Full(#[source] sqlx::Error),
    /// A unique key is taken; the constraint or column as the engine names it.
    #[error("already there: {0}")]
    Duplicate(String),
    /// A row that this one refers to is not there.
    #[error("a row referred to is gone: {0}")]
    Dangling(String),
    /// A stored JSON text that cannot be read.
    #[error("stored text of {0} cannot be read: {1}")]
    Unreadable(&'static str, String),
    #[error("database: {0}")]
    Broken(#[source] sqlx::Error),
    #[error("migration: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    #[error("not a database address: {0}")]
    Address(String),
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => {
                StoreError::Unavailable(error)
            }
            sqlx::Error::Io(io) if io.kind() == std::io::ErrorKind::StorageFull => StoreError::Full(error),
            sqlx::Error::Io(_) => StoreError::Unavailable(error),
            sqlx::Error::Database(db) if db.is_unique_violation() => {
                StoreError::Duplicate(db.message().to_owned())
            }
            sqlx::Error::Database(db) if db.is_foreign_key_violation() => {
                StoreError::Dangling(db.message().to_owned())
            }
            sqlx::Error::Database(db) => match db.code().as_deref().map(engine_says) {
                Some(Trouble::Busy) => StoreError::Unavailable(error),
                Some(Trouble::Full) => StoreError::Full(error),
                _ => StoreError::Broken(error),
            },
            _ => StoreError::Broken(error),
        }
    }
}

enum Trouble {
    Busy,
    Full,
    Other,
}

/// SQLite's (extended) result codes are decimal numbers, PostgreSQL's five characters.
fn engine_says(code: &str) -> Trouble {
    match code {
        // disk_full
        "53100" => Trouble::Full,
        // serialization_failure, deadlock_detected, lock_not_available; query_canceled; too many connections,
        // starting up, shutting down; read_only_sql_transaction
        "40001" | "40P01" | "55P03" | "57014" | "53300" | "57P01" | "57P02" | "57P03" | "25006" => {
            Trouble::Busy
        }
        _ if code.len() == 5 && code.starts_with("08") => Trouble::Busy,
        _ => match code.parse::<u32>().map(|n| n & 0xff) {
            Ok(13) => Trouble::Full,
            // busy, locked, readonly, ioerr, cantopen
            Ok(5 | 6 | 8 | 10 | 14) if code.len() < 5 => Trouble::Busy,
            _ => Trouble::Other,
        },
    }
}

/// SQLite has one writer and many readers.
#[derive(Debug, Clone)]
pub struct SqlitePools {
    writer: SqlitePool,
    reader: SqlitePool,
}

/// The database. Cheap to clone.
#[derive(Debug, Clone)]
pub enum Db {
    Sqlite(SqlitePools),
    Postgres(PgPool),
}

/// A write transaction; dropped without `commit` it changes nothing.
pub enum Tx {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

/// How long to wait for a connection or a lock before the call is refused as `Unavailable`.
const PATIENCE: Duration = Duration::from_secs(5);

/// The writer's page cache, in KiB by SQLite's minus sign. A group of answers touches hundreds of pages of several indexes:
/// in the 2 MiB that are usual they would be read again for the next group, and some written twice.
const WRITER_CACHE: &str = "-16384";
/// Pages in the log when it is copied into the database: a page that many groups changed is then copied once. 16 MiB, which
/// a start after a crash reads in some milliseconds.
const CHECKPOINT: &str = "4000";

impl Db {
    /// Opens `sqlite:PATH` or `postgres://…` and brings the schema up to date.
    ///
    /// # Errors
    /// `Address` for another kind of address; whatever the database answers.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            Self::open_postgres(url).await
        } else if url.starts_with("sqlite:") {
            Self::open_sqlite(url).await
        } else {
            Err(StoreError::Address("begin it with sqlite: or postgres://".into()))
        }
    }

    async fn open_sqlite(url: &str) -> Result<Self, StoreError> {
        // Every connection would have a memory of its own.
        if url.contains(":memory:") || url.contains("mode=memory") {
            return Err(StoreError::Address("a database in memory is not shared: name a file".into()));
        }
        let options = SqliteConnectOptions::from_str(url)?
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // Acknowledged means on the disk, also after a power loss; group commit pays for it.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(PATIENCE)
            // Rows come from a thread of their own: a longer line between saves a switch for every few of them.
            .row_buffer_size(1_024)
            .pragma("temp_store", "memory");
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .acquire_timeout(PATIENCE)
            .idle_timeout(None)
            .max_lifetime(None)
            .test_before_acquire(false)
            .connect_with(
                options.clone().pragma("cache_size", WRITER_CACHE).pragma("wal_autocheckpoint", CHECKPOINT),
            )
            .await?;
        sqlx::migrate!("migrations/sqlite").run(&writer).await?;
        let reader = SqlitePoolOptions::new()
            .max_connections(6)
            .acquire_timeout(PATIENCE)
            .max_lifetime(None)
            .test_before_acquire(false)
            .connect_with(options.pragma("query_only", "on"))
            .await?;
        Ok(Self::Sqlite(SqlitePools { writer, reader }))
    }

    async fn open_postgres(url: &str) -> Result<Self, StoreError> {
        let options = PgConnectOptions::from_str(url)?.application_name("minnow");
        let pooled = PgPoolOptions::new()
            .max_connections(20)
            .acquire_timeout(PATIENCE)
            .connect_with(options.clone())
            .await;
        let pool = match pooled {
            // The pool has tried for a while and says only that; one more try tells why.
            Err(sqlx::Error::PoolTimedOut) => {
                let trying = tokio::time::timeout(PATIENCE, sqlx::PgConnection::connect_with(&options));
                return Err(match trying.await {
                    Ok(Err(cause)) => cause.into(),
                    _ => StoreError::Unavailable(sqlx::Error::PoolTimedOut),
                });
            }
            other => other?,
        };
        sqlx::migrate!("migrations/postgres").run(&pool).await?;
        Ok(Self::Postgres(pool))
    }

    /// Begins a write transaction: the one way to change anything. On SQLite the lock is taken at once
    /// (`BEGIN IMMEDIATE`), so that no transaction fails half way for want of it.
    ///
    /// # Errors
    /// `Unavailable` when the database is locked or not there.
    pub async fn begin(&self) -> Result<Tx, StoreError> {
        Ok(match self {
            Db::Sqlite(pools) => Tx::Sqlite(pools.writer.begin_with("BEGIN IMMEDIATE").await?),
            Db::Postgres(pool) => Tx::Postgres(pool.begin().await?),
        })
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), StoreError> {
        sql("SELECT 1").one::<(i32,)>(self).await.map(|_| ())
    }

    /// Limits the database file to its present size and `pages` more, or lifts the limit. For tests of a full disk;
    /// PostgreSQL has no such limit.
    pub async fn limit_pages(&self, pages: Option<u32>) -> Result<(), StoreError> {
        if let Db::Sqlite(pools) = self {
            let mut writer = pools.writer.acquire().await?;
            let (now,): (i64,) = sqlx::query_as("PRAGMA page_count").fetch_one(&mut *writer).await?;
            let limit = pages.map_or(1_073_741_823, |more| now + i64::from(more));
            let statement = sqlx::AssertSqlSafe(format!("PRAGMA max_page_count = {limit}"));
            sqlx::query(statement).fetch_all(&mut *writer).await?;
        }
        Ok(())
    }

    pub fn is_sqlite(&self) -> bool {
        matches!(self, Db::Sqlite(_))
    }

    /// Closes every connection, waiting for the ones in use.
    pub async fn close(&self) {
        match self {
            Db::Sqlite(pools) => {
                pools.reader.close().await;
                pools.writer.close().await;
            }
            Db::Postgres(pool) => pool.close().await,
        }
    }
}

impl Tx {
    /// # Errors
    /// When the change could not be made durable: then nothing was changed.
    pub async fn commit(self) -> Result<(), StoreError> {
        match self {
            Tx::Sqlite(tx) => tx.commit().await?,
            Tx::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }

    /// # Errors
    /// When the connection is gone; nothing was changed then either.
    pub async fn rollback(self) -> Result<(), StoreError> {
        match self {
            Tx::Sqlite(tx) => tx.rollback().await?,
            Tx::Postgres(tx) => tx.rollback().await?,
        }
        Ok(())
    }
}
