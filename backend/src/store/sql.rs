//! One SQL text for both databases: binds by `$1`, rows by `sqlx::FromRow`. The statements themselves live in the file
//! of their noun.

use super::{Db, StoreError, Tx};
use sqlx::{Arguments, AssertSqlSafe, FromRow, SqlStr, postgres::PgRow, sqlite::SqliteRow};

/// A row type that reads from both databases; `#[derive(sqlx::FromRow)]` and tuples give it.
pub trait Row: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}
impl<T> Row for T where T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}

/// A value bound to a statement. Nulls carry their type: PostgreSQL asks for it.
#[derive(Debug, Clone)]
pub enum Bind {
    Text(Option<String>),
    Int(Option<i64>),
    Bool(Option<bool>),
    Float(Option<f64>),
}

macro_rules! binds {
    ($($from:ty => $variant:ident by $convert:expr),* $(,)?) => {
        $(
            impl From<$from> for Bind {
                fn from(value: $from) -> Self { Bind::$variant(Some($convert(value))) }
            }
            impl From<Option<$from>> for Bind {
                fn from(value: Option<$from>) -> Self { Bind::$variant(value.map($convert)) }
            }
        )*
    };
}

binds! {
    &str => Text by str::to_owned,
    &String => Text by String::clone,
    String => Text by std::convert::identity,
    i64 => Int by std::convert::identity,
    u32 => Int by i64::from,
    i32 => Int by i64::from,
    bool => Bool by std::convert::identity,
    f64 => Float by std::convert::identity,
}

macro_rules! id_binds {
    ($($id:ident),*) => {
        $(
            impl From<&minnow_shared::$id> for Bind {
                fn from(id: &minnow_shared::$id) -> Self { Bind::Text(Some(id.as_str().to_owned())) }
            }
        )*
    };
}

id_binds!(
    PersonId,
    SessionId,
    ClipId,
    QuestionId,
    ChoiceId,
    AnswerId,
    WatchId,
    UploadId,
    JobId,
    PasskeyId,
    ChallengeId,
    TopicId
);

/// Where a statement runs: on its own (reads only) or in a write transaction.
pub enum On<'t> {
    Reader(&'t Db),
    Tx(&'t mut Tx),
}

impl<'t> From<&'t Db> for On<'t> {
    fn from(db: &'t Db) -> Self {
        On::Reader(db)
    }
}

impl<'t> From<&'t mut Tx> for On<'t> {
    fn from(tx: &'t mut Tx) -> Self {
        On::Tx(tx)
    }
}

/// A statement with its binds.
pub struct Sql {
    text: SqlStr,
    binds: Vec<Bind>,
}

/// A statement in the common dialect.
pub fn sql(text: &'static str) -> Sql {
    Sql { text: sqlx::SqlSafeStr::into_sql_str(text), binds: Vec::new() }
}

/// A statement built at run time. Only from our own literals and `places`: values are always bound.
pub fn sql_built(text: String) -> Sql {
    Sql { text: sqlx::SqlSafeStr::into_sql_str(AssertSqlSafe(text)), binds: Vec::new() }
}

/// `$first, … ` for `count` values, for an `IN (…)`; `NULL` for none, so that nothing matches.
pub fn places(first: usize, count: usize) -> String {
    if count == 0 {
        return "NULL".into();
    }
    (first..first + count).map(|n| format!("${n}")).collect::<Vec<_>>().join(", ")
}

/// How many rows one statement takes: few texts, so that each is prepared once.
const ROWS: [usize; 4] = [64, 16, 4, 1];

/// Slices of the lengths that statements are made for.
pub fn few<T>(mut rest: &[T]) -> impl Iterator<Item = &[T]> {
    std::iter::from_fn(move || {
        let length = ROWS.into_iter().find(|length| *length <= rest.len())?;
        let (some, after) = rest.split_at_checked(length)?;
        rest = after;
        Some(some)
    })
}

/// `($1, $2), ($3, $4)`: so many rows of so many values, for a `VALUES`.
pub fn rows(count: usize, columns: usize) -> String {
    let row = |n: usize| format!("({})", places(n * columns + 1, columns));
    (0..count).map(row).collect::<Vec<_>>().join(", ")
}

macro_rules! run_on {
    ($self:ident, $on:ident, $make:ident, $fetch:ident) => {
        match $on.into() {
            On::Reader(Db::Sqlite(pools)) => {
                sqlx::$make($self.text, arguments::<sqlx::sqlite::SqliteArguments>($self.binds)?)
                    .$fetch(&pools.reader)
                    .await
            }
            On::Reader(Db::Postgres(pool)) => {
                sqlx::$make($self.text, arguments::<sqlx::postgres::PgArguments>($self.binds)?)
                    .$fetch(pool)
                    .await
            }
            On::Tx(Tx::Sqlite(tx)) => {
                sqlx::$make($self.text, arguments::<sqlx::sqlite::SqliteArguments>($self.binds)?)
                    .$fetch(&mut **tx)
                    .await
            }
            On::Tx(Tx::Postgres(tx)) => {
                sqlx::$make($self.text, arguments::<sqlx::postgres::PgArguments>($self.binds)?)
                    .$fetch(&mut **tx)
                    .await
            }
        }
    };
}

impl Sql {
    /// Binds the next `$n`.
    pub fn bind(mut self, value: impl Into<Bind>) -> Self {
        self.binds.push(value.into());
        self
    }

    /// Binds each value, for `places`.
    pub fn bind_all<V: Into<Bind>>(mut self, values: impl IntoIterator<Item = V>) -> Self {
        self.binds.extend(values.into_iter().map(Into::into));
        self
    }

    /// All rows.
    pub async fn all<T: Row>(self, on: impl Into<On<'_>>) -> Result<Vec<T>, StoreError> {
        Ok(run_on!(self, on, query_as_with, fetch_all)?)
    }

    /// The first row, if any.
    pub async fn optional<T: Row>(self, on: impl Into<On<'_>>) -> Result<Option<T>, StoreError> {
        Ok(run_on!(self, on, query_as_with, fetch_optional)?)
    }

    /// The one row; none is an error of the program.
    pub async fn one<T: Row>(self, on: impl Into<On<'_>>) -> Result<T, StoreError> {
        Ok(run_on!(self, on, query_as_with, fetch_one)?)
    }

    /// Changes rows; says how many. In a write transaction only.
    pub async fn run(self, tx: &mut Tx) -> Result<u64, StoreError> {
        Ok(match tx {
            Tx::Sqlite(tx) => {
                sqlx::query_with(self.text, arguments::<sqlx::sqlite::SqliteArguments>(self.binds)?)
                    .execute(&mut **tx)
                    .await?
                    .rows_affected()
            }
            Tx::Postgres(tx) => {
                sqlx::query_with(self.text, arguments::<sqlx::postgres::PgArguments>(self.binds)?)
                    .execute(&mut **tx)
                    .await?
                    .rows_affected()
            }
        })
    }
}

fn arguments<A>(binds: Vec<Bind>) -> Result<A, StoreError>
where
    A: Arguments,
    Option<String>: sqlx::Encode<'static, A::Database> + sqlx::Type<A::Database>,
    Option<i64>: sqlx::Encode<'static, A::Database> + sqlx::Type<A::Database>,
    Option<bool>: sqlx::Encode<'static, A::Database> + sqlx::Type<A::Database>,
    Option<f64>: sqlx::Encode<'static, A::Database> + sqlx::Type<A::Database>,
{
    let mut arguments = A::default();
    for bind in binds {
        match bind {
            Bind::Text(value) => arguments.add(value),
            Bind::Int(value) => arguments.add(value),
            Bind::Bool(value) => arguments.add(value),
            Bind::Float(value) => arguments.add(value),
        }
        .map_err(sqlx::Error::Encode)?;
    }
    Ok(arguments)
}

#[cfg(test)]
mod tests {
    use super::places;

    #[test]
    fn places_count_from_the_first_and_match_nothing_when_empty() {
        assert_eq!(places(2, 3), "$2, $3, $4");
        assert_eq!(places(1, 0), "NULL");
    }
}
