//! Everything kept about a person, one member a table, rows as objects. Secrets (hashes of passwords and tokens, keys
//! of passkeys) stay.

use super::{Db, StoreError, sql};
use minnow_shared::PersonId;
use serde_json::{Map, Value};
use sqlx::{Column, Decode, FromRow, Row, Type, TypeInfo, postgres::PgRow, sqlite::SqliteRow};

/// Any row as a JSON object.
struct ObjectRow(Map<String, Value>);

fn read<'r, R, T>(row: &'r R, place: usize) -> Result<Option<T>, sqlx::Error>
where
    R: Row,
    usize: sqlx::ColumnIndex<R>,
    T: Decode<'r, R::Database> + Type<R::Database>,
{
    row.try_get::<Option<T>, _>(place)
}

macro_rules! object_row {
    ($row:ty) => {
        impl<'r> FromRow<'r, $row> for ObjectRow {
            fn from_row(row: &'r $row) -> Result<Self, sqlx::Error> {
                let mut object = Map::new();
                for (place, column) in row.columns().iter().enumerate() {
                    // As the column was declared: SQLite's values know no truth, only numbers.
                    let value = match column.type_info().name() {
                        "INTEGER" | "BIGINT" | "INT8" => read::<_, i64>(row, place)?.map(Value::from),
                        "BOOLEAN" | "BOOL" => read::<_, bool>(row, place)?.map(Value::from),
                        "REAL" | "FLOAT8" => read::<_, f64>(row, place)?.map(Value::from),
                        "NULL" => None,
                        _ => read::<_, String>(row, place)?.map(Value::from),
                    };
                    object.insert(column.name().to_owned(), value.unwrap_or_default());
                }
                Ok(Self(object))
            }
        }
    };
}

object_row!(SqliteRow);
object_row!(PgRow);

const TABLES: &[(&str, &str)] = &[
    (
        "person",
        "SELECT id, is_guest, handle, display_name, bio, role, email, xp, created_at_ms, updated_at_ms
         FROM people WHERE id = $1",
    ),
    (
        "settings",
        "SELECT field, value, changed_at_ms FROM settings_fields WHERE person_id = $1 ORDER BY field",
    ),
    (
        "sessions",
        "SELECT id, device, created_at_ms, last_seen_at_ms FROM sessions WHERE person_id = $1 ORDER BY id",
    ),
    (
        "passkeys",
        "SELECT id, label, created_at_ms, last_used_at_ms FROM passkeys WHERE person_id = $1 ORDER BY id",
    ),
    (
        "clips",
        "SELECT id, title, language, licence, source_url, alt, captions, twin, cover_ms, media_state, file_name,
            duration_ms, width, height, published, published_at_ms, like_count, save_count, created_at_ms,
            updated_at_ms FROM clips WHERE author_id = $1 ORDER BY id",
    ),
    (
        "clip_topics",
        "SELECT t.clip_id, t.topic_id, t.position FROM clip_topics t JOIN clips c ON c.id = t.clip_id
         WHERE c.author_id = $1 ORDER BY t.clip_id, t.position",
    ),
    (
        "questions",
        "SELECT id, form_of, kind, category, content, created_at_ms, updated_at_ms FROM questions WHERE author_id = $1 ORDER BY id",
    ),
    (
        "clip_questions",
        "SELECT a.clip_id, a.question_id, a.moment_ms FROM clip_questions a JOIN clips c ON c.id = a.clip_id
         WHERE c.author_id = $1 ORDER BY a.clip_id, a.question_id",
    ),
    (
        "cards",
        "SELECT question_id, stability, difficulty, last_review_ms, last_rating, was_sure, reviews, lapses,
            last_answer_ms, due_ms FROM cards WHERE person_id = $1 ORDER BY question_id",
    ),
    ("memory_model", "SELECT weights, fitted_reviews, fitted_at_ms FROM memory_models WHERE person_id = $1"),
    (
        "answers",
        "SELECT id, question_id, clip_id, response, certainty, is_right, credit, is_first, is_before, xp,
            answered_at_ms, kept_at_ms FROM answers WHERE person_id = $1 ORDER BY id",
    ),
    (
        "watches",
        "SELECT id, clip_id, from_ms, to_ms, finished, started_at_ms, kept_at_ms FROM watches
         WHERE person_id = $1 ORDER BY id",
    ),
    (
        "views",
        "SELECT clip_id, position_ms, furthest_ms, watched_ms, finished, first_at_ms, last_at_ms FROM views
         WHERE person_id = $1 ORDER BY clip_id",
    ),
    (
        "abilities",
        "SELECT topic_id, mean, variance, answers, own_answers, last_answer_ms FROM abilities
         WHERE person_id = $1 ORDER BY topic_id",
    ),
    (
        "item_evidence",
        "SELECT question_id, weight, pull FROM item_evidence WHERE person_id = $1 ORDER BY question_id",
    ),
    (
        "interest_events",
        "SELECT kind, clip_id, topic_id, value, at_ms, kept_at_ms FROM interest_events WHERE person_id = $1 ORDER BY seq",
    ),
    (
        "interest_profile",
        "SELECT is_used, is_learning, wander, muted_words FROM interest_profiles WHERE person_id = $1",
    ),
    (
        "interest_stances",
        "SELECT topic_id, level, is_pinned, is_muted FROM interest_stances WHERE person_id = $1 ORDER BY topic_id",
    ),
    (
        "interest_muted_authors",
        "SELECT author_id FROM interest_muted_authors WHERE person_id = $1 ORDER BY author_id",
    ),
    (
        "shown_clips",
        "SELECT clip_id, pass_ms, page, place, shown_at_ms, propensity, is_uniform, reasons FROM shown_clips
         WHERE person_id = $1 ORDER BY clip_id",
    ),
    ("watched_days", "SELECT day, watched_ms FROM watched_days WHERE person_id = $1 ORDER BY day"),
    (
        "playlists",
        "SELECT id, title, about, visibility, published_at_ms, created_at_ms, updated_at_ms FROM playlists
         WHERE owner_id = $1 ORDER BY id",
    ),
    (
        "playlist_steps",
        "SELECT s.playlist_id, s.id, s.clip_id, s.place, s.is_gate, s.added_at_ms, s.removed_at_ms FROM playlist_steps s
         JOIN playlists l ON l.id = s.playlist_id WHERE l.owner_id = $1 ORDER BY s.playlist_id, s.place, s.id",
    ),
    (
        "assignments",
        "SELECT id, playlist_id, name, due_at_ms, created_at_ms, updated_at_ms FROM assignments
         WHERE assigner_id = $1 ORDER BY id",
    ),
    (
        "assigned",
        "SELECT assignment_id, by_link, assigned_at_ms, left_at_ms FROM assignees WHERE person_id = $1 ORDER BY assignment_id",
    ),
    ("likes", "SELECT clip_id, at_ms FROM likes WHERE person_id = $1 ORDER BY clip_id"),
    ("saves", "SELECT clip_id, at_ms FROM saves WHERE person_id = $1 ORDER BY clip_id"),
];

/// Columns that hold JSON: shown as what they are, not as text in text.
const JSON_COLUMNS: &[&str] = &["settings", "captions", "twin", "content", "response", "weights"];

/// All rows about a person.
pub async fn list_everything(db: &Db, person: &PersonId) -> Result<Value, StoreError> {
    let mut all = Map::new();
    for (table, statement) in TABLES {
        let rows: Vec<ObjectRow> = sql(statement).bind(person).all(db).await?;
        let rows = rows.into_iter().map(|row| unfolded(row.0)).collect();
        all.insert((*table).to_owned(), Value::Array(rows));
    }
    Ok(Value::Object(all))
}

fn unfolded(mut row: Map<String, Value>) -> Value {
    for column in JSON_COLUMNS {
        if let Some(Value::String(text)) = row.get(*column)
            && let Ok(value) = serde_json::from_str(text)
        {
            row.insert((*column).to_owned(), value);
        }
    }
    Value::Object(row)
}
