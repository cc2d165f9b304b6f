//! One SQL text for both databases: binds by `$1`, rows by `sqlx::FromRow`. The statements themselves live in the file
//! of their noun.

use super::{Db, StoreError, Tx};
use sqlx::{Arguments, AssertSqlSafe, FromRow, SqlStr, postgres::PgRow, sqlite::SqliteRow};
use std::{
    collections::HashMap,
    sync::{Arc, LazyLock, Mutex, PoisonError},
};

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
    Bytes(Option<Vec<u8>>),
}

impl Bind {
    fn null(&self) -> Self {
        match self {
            Bind::Text(_) => Bind::Text(None),
            Bind::Int(_) => Bind::Int(None),
            Bind::Bool(_) => Bind::Bool(None),
            Bind::Float(_) => Bind::Float(None),
            Bind::Bytes(_) => Bind::Bytes(None),
        }
    }
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
    Vec<u8> => Bytes by std::convert::identity,
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
    LeaningId,
    UploadId,
    JobId,
    PasskeyId,
    PracticeId,
    ChallengeId,
    TopicId,
    PlaylistId,
    StepId,
    AssignmentId,
    InviteId
);

/// Where a statement runs: on its own (reads only) or in a write transaction.
pub enum On<'t> {
    Reader(&'t Db),
    Tx(&'t mut Tx),
}

impl On<'_> {
    /// The same place for one statement of several.
    pub fn again(&mut self) -> On<'_> {
        match self {
            On::Reader(db) => On::Reader(db),
            On::Tx(tx) => On::Tx(tx),
        }
    }
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
    text: Text,
    binds: Vec<Bind>,
}

enum Text {
    /// The same for both databases.
    Common(SqlStr),
    /// With `{rows}` in it: so many rows of so many values.
    Rows { text: &'static str, count: usize, columns: usize },
}

/// A statement in the common dialect.
pub fn sql(text: &'static str) -> Sql {
    Sql { text: Text::Common(sqlx::SqlSafeStr::into_sql_str(text)), binds: Vec::new() }
}

/// A statement built at run time. Only from our own literals and `places`: values are always bound.
pub fn sql_built(text: String) -> Sql {
    Sql { text: Text::Common(sqlx::SqlSafeStr::into_sql_str(AssertSqlSafe(text))), binds: Vec::new() }
}

/// A statement on many rows, each of so many values, bound row after row; `{rows}` in the text is where they stand, after
/// `VALUES`. It may get more rows than are bound, all null: the statement must pass over those.
pub fn sql_rows(text: &'static str, rows: usize, columns: usize) -> Sql {
    let count = ROWS.into_iter().find(|count| *count >= rows).unwrap_or(rows);
    Sql { text: Text::Rows { text, count, columns }, binds: Vec::with_capacity(count * columns) }
}

/// `$first, … ` for `count` values, for an `IN (…)`; `NULL` for none, so that nothing matches.
pub fn places(first: usize, count: usize) -> String {
    if count == 0 {
        return "NULL".into();
    }
    (first..first + count).map(|n| format!("${n}")).collect::<Vec<_>>().join(", ")
}

/// For how many rows there are statements: few texts, so that each is prepared once.
const ROWS: [usize; 4] = [1, 4, 16, 64];
const MOST_ROWS: usize = 64;

/// Slices of at most as many rows as one statement takes.
pub fn few<T>(all: &[T]) -> impl Iterator<Item = &[T]> {
    all.chunks(MOST_ROWS)
}

/// `($1, $2), ($3, $4)`: so many rows of so many values, for a `VALUES`.
pub fn rows(count: usize, columns: usize) -> String {
    let row = |n: usize| format!("({})", places(n * columns + 1, columns));
    (0..count).map(row).collect::<Vec<_>>().join(", ")
}

/// `(?, ?), (?, ?)`: SQLite keeps a list of named parameters and sqlx asks it for each by going through it from the start,
/// which for a thousand of them takes longer than the statement.
fn nameless_rows(count: usize, columns: usize) -> String {
    let row = format!("({})", vec!["?"; columns].join(", "));
    vec![row; count].join(", ")
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Dialect {
    Sqlite,
    Postgres,
}

/// By the beginning of a statement, how many rows it takes, and the dialect.
type Texts = HashMap<(&'static str, usize, Dialect), Arc<str>>;

/// Texts on many rows are long and only few: each is written once.
static TEXTS: LazyLock<Mutex<Texts>> = LazyLock::new(Mutex::default);

impl Text {
    fn on(self, dialect: Dialect) -> SqlStr {
        match self {
            Text::Common(text) => text,
            Text::Rows { text, count, columns } => {
                let mut texts = TEXTS.lock().unwrap_or_else(PoisonError::into_inner);
                let text = texts.entry((text, count, dialect)).or_insert_with(|| {
                    let rows = match dialect {
                        Dialect::Sqlite => nameless_rows(count, columns),
                        Dialect::Postgres => rows(count, columns),
                    };
                    text.replacen("{rows}", &rows, 1).into()
                });
                sqlx::SqlSafeStr::into_sql_str(AssertSqlSafe(text.clone()))
            }
        }
    }
}

macro_rules! run_on {
    ($self:ident, $on:ident, $make:ident, $fetch:ident) => {
        match $on.into() {
            On::Reader(Db::Sqlite(pools)) => {
                sqlx::$make(
                    $self.text.on(Dialect::Sqlite),
                    arguments::<sqlx::sqlite::SqliteArguments>($self.binds)?,
                )
                .$fetch(&pools.reader)
                .await
            }
            On::Reader(Db::Postgres(pool)) => {
                sqlx::$make(
                    $self.text.on(Dialect::Postgres),
                    arguments::<sqlx::postgres::PgArguments>($self.binds)?,
                )
                .$fetch(pool)
                .await
            }
            On::Tx(Tx::Sqlite(tx)) => {
                sqlx::$make(
                    $self.text.on(Dialect::Sqlite),
                    arguments::<sqlx::sqlite::SqliteArguments>($self.binds)?,
                )
                .$fetch(&mut **tx)
                .await
            }
            On::Tx(Tx::Postgres(tx)) => {
                sqlx::$make(
                    $self.text.on(Dialect::Postgres),
                    arguments::<sqlx::postgres::PgArguments>($self.binds)?,
                )
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

    /// Null rows for the places that are left, each null of the type that its column has.
    fn fill(&mut self) {
        if let Text::Rows { count, columns, .. } = self.text {
            let row: Vec<Bind> = self.binds.iter().take(columns).map(Bind::null).collect();
            let left = (count * columns).saturating_sub(self.binds.len());
            self.binds.extend(row.into_iter().cycle().take(left));
        }
    }

    /// All rows.
    pub async fn all<T: Row>(mut self, on: impl Into<On<'_>>) -> Result<Vec<T>, StoreError> {
        self.fill();
        Ok(run_on!(self, on, query_as_with, fetch_all)?)
    }

    /// The first row, if any.
    pub async fn optional<T: Row>(mut self, on: impl Into<On<'_>>) -> Result<Option<T>, StoreError> {
        self.fill();
        Ok(run_on!(self, on, query_as_with, fetch_optional)?)
    }

    /// The one row; none is an error of the program.
    pub async fn one<T: Row>(mut self, on: impl Into<On<'_>>) -> Result<T, StoreError> {
        self.fill();
        Ok(run_on!(self, on, query_as_with, fetch_one)?)
    }

    /// Changes rows; says how many. In a write transaction only.
    pub async fn run(mut self, tx: &mut Tx) -> Result<u64, StoreError> {
        self.fill();
        Ok(match tx {
            Tx::Sqlite(tx) => sqlx::query_with(
                self.text.on(Dialect::Sqlite),
                arguments::<sqlx::sqlite::SqliteArguments>(self.binds)?,
            )
            .execute(&mut **tx)
            .await?
            .rows_affected(),
            Tx::Postgres(tx) => sqlx::query_with(
                self.text.on(Dialect::Postgres),
                arguments::<sqlx::postgres::PgArguments>(self.binds)?,
            )
            .execute(&mut **tx)
            .await?
            .rows_affected(),
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
    Option<Vec<u8>>: sqlx::Encode<'static, A::Database> + sqlx::Type<A::Database>,
{
    let mut arguments = A::default();
    for bind in binds {
        match bind {
            Bind::Text(value) => arguments.add(value),
            Bind::Int(value) => arguments.add(value),
            Bind::Bool(value) => arguments.add(value),
            Bind::Float(value) => arguments.add(value),
            Bind::Bytes(value) => arguments.add(value),
        }
        .map_err(sqlx::Error::Encode)?;
    }
    Ok(arguments)
}

#[cfg(test)]
mod tests {
    use super::{Dialect, few, places, sql_rows};

    #[test]
    fn places_count_from_the_first_and_match_nothing_when_empty() {
        assert_eq!(places(2, 3), "$2, $3, $4");
        assert_eq!(places(1, 0), "NULL");
    }

    #[test]
    fn any_number_of_rows_goes_by_statements_of_a_few_lengths() {
        let all: Vec<usize> = (0..231).collect();
        let lengths: Vec<usize> = few(&all).map(<[usize]>::len).collect();
        assert_eq!(lengths, [64, 64, 64, 39]);
        assert_eq!(few(&all).flatten().count(), 231);
        let rows_of = |rows: usize| {
            let text = sql_rows("VALUES {rows}", rows, 2).text.on(Dialect::Postgres);
            text.as_str().matches('(').count()
        };
        assert_eq!([1, 2, 4, 5, 17, 64].map(rows_of), [1, 4, 4, 16, 64, 64]);
    }

    #[test]
    fn places_without_rows_are_null_and_each_database_has_its_own() {
        let mut statement = sql_rows("VALUES {rows} AS t", 2, 2).bind("a").bind(1_i64).bind("b").bind(2_i64);
        statement.fill();
        let binds = format!("{:?}", statement.binds);
        assert!(binds.ends_with("Text(None), Int(None), Text(None), Int(None)]"), "{binds}");
        assert_eq!(
            statement.text.on(Dialect::Postgres).as_str(),
            "VALUES ($1, $2), ($3, $4), ($5, $6), ($7, $8) AS t"
        );
        let text = sql_rows("VALUES {rows} AS t", 1, 3).text;
        assert_eq!(text.on(Dialect::Sqlite).as_str(), "VALUES (?, ?, ?) AS t");
    }
}
