//! Clips as all may see them, and what the caller did to them. Makers' changes are in `draft`, renditions in
//! `rendition`. Where ids or an author are named it says `published <> FALSE`: `= TRUE` leads SQLite, which knows no
//! statistics, to the index of all published clips, a hundred times slower with 10,000 of them.

use super::{Db, On, StoreError, places, sql, sql_built};
use minnow_shared::{ClipId, PersonId};

/// Whose a clip is and whether all may see it.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct ClipOwnerRow {
    pub author_id: String,
    pub published: bool,
}

/// A clip with its author's line. Texts `captions` and `twin` are JSON.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct ClipRow {
    pub id: String,
    pub author_id: String,
    pub author_handle: Option<String>,
    pub author_name: String,
    pub author_bio: String,
    pub title: String,
    pub language: String,
    pub licence: String,
    pub source_url: Option<String>,
    pub alt: String,
    pub captions: String,
    pub twin: String,
    pub cover_ms: i64,
    pub media_state: String,
    pub media_percent: i64,
    pub refusal: Option<String>,
    pub file_name: Option<String>,
    pub duration_ms: Option<i64>,
    pub width: Option<i64>,
    pub height: Option<i64>,
    pub poster_key: Option<String>,
    pub poster_small_key: Option<String>,
    pub thumbhash: Option<String>,
    pub published: bool,
    pub published_at_ms: Option<i64>,
    pub like_count: i64,
    pub save_count: i64,
    pub updated_at_ms: i64,
}

const CLIP: &str = "SELECT c.id, c.author_id, p.handle AS author_handle, p.display_name AS author_name,
        p.bio AS author_bio, c.title, c.language, c.licence, c.source_url, c.alt, c.captions, c.twin, c.cover_ms,
        c.media_state, c.media_percent, c.refusal, c.file_name, c.duration_ms, c.width, c.height, c.poster_key,
        c.poster_small_key, c.thumbhash, c.published, c.published_at_ms, c.like_count, c.save_count, c.updated_at_ms
    FROM clips c JOIN people p ON p.id = c.author_id";

/// A topic of a clip.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct ClipTopicRow {
    pub clip_id: String,
    pub topic_id: String,
}

/// What is new with each look at a clip: its counts, and what this person did.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct ClipNowRow {
    pub id: String,
    pub like_count: i64,
    pub save_count: i64,
    pub liked: bool,
    pub saved: bool,
    /// Ids of the clip's questions that the person has answered, spaces between.
    pub answered: Option<String>,
    /// Whether the person has seen the clip.
    pub seen: bool,
}

/// A clip in a grid, with the place a page goes on from.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct TileRow {
    pub id: String,
    pub title: String,
    pub author_name: String,
    pub duration_ms: Option<i64>,
    pub poster_small_key: Option<String>,
    pub thumbhash: Option<String>,
    pub like_count: i64,
    pub save_count: i64,
    /// What the list is ordered by.
    pub place_ms: i64,
}

pub async fn find_clip_owner(on: impl Into<On<'_>>, id: &ClipId) -> Result<Option<ClipOwnerRow>, StoreError> {
    sql("SELECT author_id, published FROM clips WHERE id = $1").bind(id).optional(on).await
}

pub async fn find_clip(on: impl Into<On<'_>>, id: &ClipId) -> Result<Option<ClipRow>, StoreError> {
    sql_built(format!("{CLIP} WHERE c.id = $1")).bind(id).optional(on).await
}

/// Those of these clips that are there, in no order.
pub async fn list_clips(db: &Db, ids: &[String]) -> Result<Vec<ClipRow>, StoreError> {
    sql_built(format!("{CLIP} WHERE c.id IN ({})", places(1, ids.len()))).bind_all(ids).all(db).await
}

/// The topics of these clips, each clip's in its order.
pub async fn list_clip_topics(
    on: impl Into<On<'_>>,
    ids: &[String],
) -> Result<Vec<ClipTopicRow>, StoreError> {
    let places = places(1, ids.len());
    sql_built(format!(
        "SELECT clip_id, topic_id FROM clip_topics WHERE clip_id IN ({places}) ORDER BY clip_id, position, topic_id"
    ))
    .bind_all(ids)
    .all(on)
    .await
}

/// How these clips stand now, for this person or for nobody.
pub async fn list_clips_now(
    db: &Db,
    person: Option<&PersonId>,
    ids: &[String],
) -> Result<Vec<ClipNowRow>, StoreError> {
    let Some(person) = person else {
        return sql_built(format!(
            "SELECT id, like_count, save_count, FALSE AS liked, FALSE AS saved, CAST(NULL AS TEXT) AS answered, FALSE AS seen
             FROM clips WHERE published <> FALSE AND id IN ({})",
            places(1, ids.len())
        ))
        .bind_all(ids)
        .all(db)
        .await;
    };
    sql_built(format!(
        "SELECT c.id, c.like_count, c.save_count,
            EXISTS (SELECT 1 FROM likes x WHERE x.person_id = $1 AND x.clip_id = c.id) AS liked,
            EXISTS (SELECT 1 FROM saves x WHERE x.person_id = $1 AND x.clip_id = c.id) AS saved,
            (SELECT STRING_AGG(q.question_id, ' ') FROM clip_questions q WHERE q.clip_id = c.id
                AND EXISTS (SELECT 1 FROM answers a WHERE a.person_id = $1 AND a.question_id = q.question_id
                    AND a.is_before = FALSE)) AS answered,
            EXISTS (SELECT 1 FROM views x WHERE x.person_id = $1 AND x.clip_id = c.id) AS seen
         FROM clips c WHERE (c.published <> FALSE OR c.author_id = $1) AND c.id IN ({})",
        places(2, ids.len())
    ))
    .bind(person)
    .bind_all(ids)
    .all(db)
    .await
}

/// How a clip stands now for this person or for nobody, published or not.
pub async fn find_clip_now(
    on: impl Into<On<'_>>,
    person: Option<&PersonId>,
    id: &ClipId,
) -> Result<Option<ClipNowRow>, StoreError> {
    sql("SELECT c.id, c.like_count, c.save_count,
            EXISTS (SELECT 1 FROM likes x WHERE x.person_id = $1 AND x.clip_id = c.id) AS liked,
            EXISTS (SELECT 1 FROM saves x WHERE x.person_id = $1 AND x.clip_id = c.id) AS saved,
            CAST(NULL AS TEXT) AS answered, FALSE AS seen
         FROM clips c WHERE c.id = $2")
    .bind(person.map_or("", PersonId::as_str))
    .bind(id)
    .optional(on)
    .await
}

/// Which of all clips this person has seen.
pub async fn list_seen(db: &Db, person: &PersonId) -> Result<Vec<String>, StoreError> {
    let rows: Vec<(String,)> =
        sql("SELECT clip_id FROM views WHERE person_id = $1").bind(person).all(db).await?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}

const TILE: &str = "SELECT c.id, c.title, p.display_name AS author_name, c.duration_ms, c.poster_small_key,
        c.thumbhash, c.like_count, c.save_count";

/// An author's published clips, newest first, after a place.
pub async fn list_author_tiles(
    db: &Db,
    author: &str,
    after: Option<(i64, String)>,
    limit: i64,
) -> Result<Vec<TileRow>, StoreError> {
    let (at_ms, id) = after.unwrap_or((i64::MAX, String::new()));
    sql_built(format!(
        "{TILE}, c.published_at_ms AS place_ms FROM clips c JOIN people p ON p.id = c.author_id
         WHERE c.author_id = $1 AND c.published <> FALSE
           AND (c.published_at_ms < $2 OR (c.published_at_ms = $2 AND c.id < $3))
         ORDER BY c.published_at_ms DESC, c.id DESC LIMIT $4"
    ))
    .bind(author)
    .bind(at_ms)
    .bind(id)
    .bind(limit)
    .all(db)
    .await
}

/// A person's saved clips that are published, last saved first, after a place.
pub async fn list_saved_tiles(
    db: &Db,
    person: &PersonId,
    after: Option<(i64, String)>,
    limit: i64,
) -> Result<Vec<TileRow>, StoreError> {
    let (at_ms, id) = after.unwrap_or((i64::MAX, String::new()));
    sql_built(format!(
        "{TILE}, s.at_ms AS place_ms FROM saves s JOIN clips c ON c.id = s.clip_id
            JOIN people p ON p.id = c.author_id
         WHERE s.person_id = $1 AND c.published <> FALSE AND (s.at_ms < $2 OR (s.at_ms = $2 AND c.id < $3))
         ORDER BY s.at_ms DESC, c.id DESC LIMIT $4"
    ))
    .bind(person)
    .bind(at_ms)
    .bind(id)
    .bind(limit)
    .all(db)
    .await
}

/// Lengths of these clips, in milliseconds, where known.
pub async fn list_durations(db: &Db, ids: &[String]) -> Result<Vec<(String, Option<i64>)>, StoreError> {
    sql_built(format!("SELECT id, duration_ms FROM clips WHERE id IN ({})", places(1, ids.len())))
        .bind_all(ids)
        .all(db)
        .await
}
