//! Playlists and their steps, and what people did at those steps. Whom they are assigned to is in `assignment`.

use super::{Db, On, StoreError, Tx, places, sql, sql_built};
use minnow_shared::{ClipId, PersonId, PlaylistId, StepId};
use std::fmt::Write;

/// A playlist with its owner's line.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct PlaylistRow {
    pub id: String,
    pub owner_id: String,
    pub owner_handle: Option<String>,
    pub owner_name: String,
    pub owner_bio: String,
    pub title: String,
    pub about: String,
    pub visibility: String,
    pub updated_at_ms: i64,
    /// What the list it stands in is ordered by.
    pub place_ms: i64,
}

/// What the policy asks of a playlist.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct PlaylistOwnerRow {
    pub owner_id: String,
    pub visibility: String,
    /// It is assigned to the person who asks.
    pub is_assigned: bool,
}

/// What a playlist says of itself.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PlaylistChange {
    pub title: Option<String>,
    pub about: Option<String>,
    pub visibility: Option<String>,
}

/// A step where it stands.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct StepPlaceRow {
    pub id: String,
    pub clip_id: Option<String>,
    pub place: i64,
    pub is_removed: bool,
}

/// A step with its clip, and what one person did there. `clip_id` is none where the clip is gone; the other columns of
/// the clip too.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct StepRow {
    pub playlist_id: String,
    pub id: String,
    pub is_gate: bool,
    pub clip_id: Option<String>,
    pub title: Option<String>,
    pub author_name: Option<String>,
    pub duration_ms: Option<i64>,
    pub poster_small_key: Option<String>,
    pub thumbhash: Option<String>,
    pub like_count: i64,
    pub save_count: i64,
    pub questions: i64,
    /// Questions answered right, or answered at all where nobody can say what is right yet.
    pub right_count: i64,
    /// Answers that were not right.
    pub tries: i64,
    pub watched: bool,
}

/// What one of many people did at one step.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct PersonStepRow {
    pub person_id: String,
    pub step_id: String,
    pub is_gate: bool,
    pub is_gone: bool,
    pub questions: i64,
    pub right_count: i64,
    /// Answers since the person was asked.
    pub tries: i64,
    pub watched: bool,
    pub last_at_ms: Option<i64>,
}

/// A clip that could be a step.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct StepClipRow {
    #[sqlx(flatten)]
    pub tile: super::clip::TileRow,
    pub questions: i64,
    pub is_step: bool,
}

const PLAYLIST: &str =
    "SELECT l.id, l.owner_id, p.handle AS owner_handle, p.display_name AS owner_name, p.bio AS owner_bio,
        l.title, l.about, l.visibility, l.updated_at_ms";

/// Adds a playlist. False when the id is taken.
pub async fn insert_playlist(
    tx: &mut Tx,
    id: &PlaylistId,
    owner: &PersonId,
    now_ms: i64,
) -> Result<bool, StoreError> {
    let added = sql(
        "INSERT INTO playlists (id, owner_id, title, about, words, visibility, created_at_ms, updated_at_ms)
         VALUES ($1, $2, '', '', '', 'private', $3, $3) ON CONFLICT (id) DO NOTHING",
    )
    .bind(id)
    .bind(owner)
    .bind(now_ms)
    .run(tx)
    .await?;
    Ok(added == 1)
}

/// Changes what a playlist says of itself; when it becomes public first, that is noted.
pub async fn update_playlist(
    tx: &mut Tx,
    id: &PlaylistId,
    change: &PlaylistChange,
    now_ms: i64,
) -> Result<(), StoreError> {
    sql("UPDATE playlists SET title = COALESCE($2, title), about = COALESCE($3, about),
            visibility = COALESCE($4, visibility), updated_at_ms = $5,
            published_at_ms = CASE WHEN $4 = 'public' THEN COALESCE(published_at_ms, $5) ELSE published_at_ms END
         WHERE id = $1")
    .bind(id)
    .bind(change.title.clone())
    .bind(change.about.clone())
    .bind(change.visibility.clone())
    .bind(now_ms)
    .run(&mut *tx)
    .await?;
    let row: Option<(String, String)> =
        sql("SELECT title, about FROM playlists WHERE id = $1").bind(id).optional(&mut *tx).await?;
    if let Some((title, about)) = row {
        // Not by the database: each knows other small letters.
        let words = format!("{title}\n{about}").to_lowercase();
        sql("UPDATE playlists SET words = $2 WHERE id = $1").bind(id).bind(words).run(tx).await?;
    }
    Ok(())
}

pub async fn delete_playlist(tx: &mut Tx, id: &PlaylistId) -> Result<(), StoreError> {
    sql("DELETE FROM playlists WHERE id = $1").bind(id).run(tx).await.map(|_| ())
}

/// Whose a playlist is, who may see it, and whether it is assigned to this person.
pub async fn find_playlist_owner(
    on: impl Into<On<'_>>,
    id: &PlaylistId,
    person: Option<&PersonId>,
) -> Result<Option<PlaylistOwnerRow>, StoreError> {
    sql("SELECT l.owner_id, l.visibility,
            EXISTS (SELECT 1 FROM assignments a JOIN assignees e ON e.assignment_id = a.id
                WHERE a.playlist_id = l.id AND e.person_id = $2 AND e.left_at_ms IS NULL) AS is_assigned
         FROM playlists l WHERE l.id = $1")
    .bind(id)
    .bind(person.map_or("", PersonId::as_str))
    .optional(on)
    .await
}

pub async fn find_playlist(
    on: impl Into<On<'_>>,
    id: &PlaylistId,
) -> Result<Option<PlaylistRow>, StoreError> {
    sql_built(format!(
        "{PLAYLIST}, l.updated_at_ms AS place_ms FROM playlists l JOIN people p ON p.id = l.owner_id WHERE l.id = $1"
    ))
    .bind(id)
    .optional(on)
    .await
}

/// How many playlists a person has.
pub async fn count_playlists(on: impl Into<On<'_>>, owner: &PersonId) -> Result<i64, StoreError> {
    let (count,): (i64,) =
        sql("SELECT COUNT(*) FROM playlists WHERE owner_id = $1").bind(owner).one(on).await?;
    Ok(count)
}

/// A person's playlists, last changed first, after a place.
pub async fn list_own(
    db: &Db,
    owner: &PersonId,
    after: Option<(i64, String)>,
    limit: i64,
) -> Result<Vec<PlaylistRow>, StoreError> {
    let (at_ms, id) = after.unwrap_or((i64::MAX, String::new()));
    sql_built(format!(
        "{PLAYLIST}, l.updated_at_ms AS place_ms FROM playlists l JOIN people p ON p.id = l.owner_id
         WHERE l.owner_id = $1 AND (l.updated_at_ms < $2 OR (l.updated_at_ms = $2 AND l.id < $3))
         ORDER BY l.updated_at_ms DESC, l.id DESC LIMIT $4"
    ))
    .bind(owner)
    .bind(at_ms)
    .bind(id)
    .bind(limit)
    .all(db)
    .await
}

/// Public playlists with something in them, newest first, after a place. `words`: all of them in title or about; `owner`:
/// only this person's.
pub async fn list_public(
    db: &Db,
    words: &str,
    owner: Option<&str>,
    after: Option<(i64, String)>,
    limit: i64,
) -> Result<Vec<PlaylistRow>, StoreError> {
    let (at_ms, id) = after.unwrap_or((i64::MAX, String::new()));
    let words = first_words(words);
    let mut text = format!(
        "{PLAYLIST}, l.published_at_ms AS place_ms FROM playlists l JOIN people p ON p.id = l.owner_id
         WHERE l.visibility = 'public' AND l.published_at_ms IS NOT NULL
            AND (l.published_at_ms < $1 OR (l.published_at_ms = $1 AND l.id < $2))
            AND ($3 = '' OR l.owner_id = $3)
            AND EXISTS (SELECT 1 FROM playlist_steps s JOIN clips c ON c.id = s.clip_id
                WHERE s.playlist_id = l.id AND s.removed_at_ms IS NULL AND c.published <> FALSE)"
    );
    holding(&mut text, "l.words", 4, &words);
    let _ = write!(text, " ORDER BY l.published_at_ms DESC, l.id DESC LIMIT ${}", 4 + words.len());
    sql_built(text)
        .bind(at_ms)
        .bind(id)
        .bind(owner.unwrap_or_default())
        .bind_all(words.iter().map(|word| held(word)))
        .bind(limit)
        .all(db)
        .await
}

/// Words that are looked for at once.
const WORDS: usize = 8;

fn first_words(words: &str) -> Vec<String> {
    words.to_lowercase().split_whitespace().take(WORDS).map(str::to_owned).collect()
}

/// Adds for each word that a column has to hold it.
fn holding(text: &mut String, column: &str, first: usize, words: &[String]) {
    for n in first..first + words.len() {
        let _ = write!(text, " AND {column} LIKE ${n} ESCAPE '!'");
    }
}

/// A word as `LIKE` finds it anywhere.
fn held(word: &str) -> String {
    let mut out = String::from("%");
    for c in word.chars() {
        if matches!(c, '%' | '_' | '!') {
            out.push('!');
        }
        out.push(c);
    }
    out.push('%');
    out
}

/// Notes that a playlist changed. Taken first by who changes its steps: on PostgreSQL the row's lock lets one after the
/// other in, as SQLite does by itself.
pub async fn touch(tx: &mut Tx, id: &PlaylistId, now_ms: i64) -> Result<bool, StoreError> {
    let changed =
        sql("UPDATE playlists SET updated_at_ms = $2 WHERE id = $1").bind(id).bind(now_ms).run(tx).await?;
    Ok(changed == 1)
}

/// All steps in their order, those taken out too.
pub async fn list_step_places(tx: &mut Tx, playlist: &PlaylistId) -> Result<Vec<StepPlaceRow>, StoreError> {
    sql("SELECT id, clip_id, place, removed_at_ms IS NOT NULL AS is_removed FROM playlist_steps
         WHERE playlist_id = $1 ORDER BY place, id")
    .bind(playlist)
    .all(tx)
    .await
}

/// Which playlist a step belongs to.
pub async fn find_step_playlist(tx: &mut Tx, step: &StepId) -> Result<Option<String>, StoreError> {
    let row: Option<(String,)> =
        sql("SELECT playlist_id FROM playlist_steps WHERE id = $1").bind(step).optional(tx).await?;
    Ok(row.map(|row| row.0))
}

/// A step that is to be added.
#[derive(Debug, Clone, Copy)]
pub struct NewStep<'s> {
    pub id: &'s StepId,
    pub playlist: &'s PlaylistId,
    pub clip: &'s ClipId,
    pub place: i64,
    pub is_gate: bool,
    pub now_ms: i64,
}

pub async fn insert_step(tx: &mut Tx, step: NewStep<'_>) -> Result<(), StoreError> {
    sql("INSERT INTO playlist_steps (id, playlist_id, clip_id, place, is_gate, added_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6)")
    .bind(step.id)
    .bind(step.playlist)
    .bind(step.clip)
    .bind(step.place)
    .bind(step.is_gate)
    .bind(step.now_ms)
    .run(tx)
    .await
    .map(|_| ())
}

pub async fn update_step_place(tx: &mut Tx, step: &str, place: i64) -> Result<(), StoreError> {
    sql("UPDATE playlist_steps SET place = $2 WHERE id = $1").bind(step).bind(place).run(tx).await.map(|_| ())
}

pub async fn update_step_gate(tx: &mut Tx, step: &StepId, is_gate: bool) -> Result<(), StoreError> {
    sql("UPDATE playlist_steps SET is_gate = $2 WHERE id = $1")
        .bind(step)
        .bind(is_gate)
        .run(tx)
        .await
        .map(|_| ())
}

/// Takes a step out, or brings it back.
pub async fn update_step_removed(
    tx: &mut Tx,
    step: &StepId,
    removed_at_ms: Option<i64>,
) -> Result<(), StoreError> {
    sql("UPDATE playlist_steps SET removed_at_ms = $2 WHERE id = $1")
        .bind(step)
        .bind(removed_at_ms)
        .run(tx)
        .await
        .map(|_| ())
}

/// Forgets steps that were taken out before an instant.
pub async fn delete_removed(tx: &mut Tx, playlist: &PlaylistId, before_ms: i64) -> Result<(), StoreError> {
    sql("DELETE FROM playlist_steps WHERE playlist_id = $1 AND removed_at_ms < $2")
        .bind(playlist)
        .bind(before_ms)
        .run(tx)
        .await
        .map(|_| ())
}

/// An answer that opens its gate: right, or of a kind that waits for others to judge.
const OPENS: &str = "(a.is_before = FALSE AND (a.is_right = TRUE OR EXISTS (SELECT 1 FROM questions k WHERE k.id = a.question_id AND k.kind = 'open')))";

/// Watched to its end, or nearly: who moves on in the last moments has seen it.
const WATCHED: &str = "(v.finished = TRUE OR v.furthest_ms * 10 >= c.duration_ms * 9)";

/// The steps of these playlists in their order, each with its clip as all may see it, and what this person did there.
pub async fn list_steps(
    db: &Db,
    playlists: &[String],
    person: Option<&PersonId>,
) -> Result<Vec<StepRow>, StoreError> {
    sql_built(format!(
        "SELECT s.playlist_id, s.id, s.is_gate, c.id AS clip_id, c.title, p.display_name AS author_name, c.duration_ms,
            c.poster_small_key, c.thumbhash, COALESCE(c.like_count, 0) AS like_count, COALESCE(c.save_count, 0) AS save_count,
            (SELECT COUNT(*) FROM clip_questions q WHERE q.clip_id = c.id) AS questions,
            (SELECT COUNT(*) FROM clip_questions q WHERE q.clip_id = c.id AND EXISTS (SELECT 1 FROM answers a
                WHERE a.person_id = $1 AND a.question_id = q.question_id AND {OPENS})) AS right_count,
            (SELECT COUNT(*) FROM clip_questions q JOIN answers a ON a.question_id = q.question_id
                WHERE q.clip_id = c.id AND a.person_id = $1 AND a.is_before = FALSE AND NOT {OPENS}) AS tries,
            EXISTS (SELECT 1 FROM views v WHERE v.person_id = $1 AND v.clip_id = c.id AND {WATCHED}) AS watched
         FROM playlist_steps s LEFT JOIN clips c ON c.id = s.clip_id AND c.published <> FALSE
            LEFT JOIN people p ON p.id = c.author_id
         WHERE s.removed_at_ms IS NULL AND s.playlist_id IN ({})
         ORDER BY s.playlist_id, s.place, s.id",
        places(2, playlists.len())
    ))
    .bind(person.map_or("", PersonId::as_str))
    .bind_all(playlists)
    .all(db)
    .await
}

/// What each of these people of an assignment did at each step of its playlist, by person and in the order of the steps.
pub async fn list_person_steps(
    db: &Db,
    assignment: &str,
    people: &[String],
) -> Result<Vec<PersonStepRow>, StoreError> {
    sql_built(format!(
        "SELECT e.person_id, s.id AS step_id, s.is_gate, c.id IS NULL AS is_gone,
            (SELECT COUNT(*) FROM clip_questions q WHERE q.clip_id = c.id) AS questions,
            (SELECT COUNT(*) FROM clip_questions q WHERE q.clip_id = c.id AND EXISTS (SELECT 1 FROM answers a
                WHERE a.person_id = e.person_id AND a.question_id = q.question_id AND {OPENS})) AS right_count,
            (SELECT COUNT(*) FROM clip_questions q JOIN answers a ON a.question_id = q.question_id
                WHERE q.clip_id = c.id AND a.person_id = e.person_id AND a.is_before = FALSE
                    AND a.answered_at_ms >= e.assigned_at_ms) AS tries,
            EXISTS (SELECT 1 FROM views v WHERE v.person_id = e.person_id AND v.clip_id = c.id AND {WATCHED}) AS watched,
            (SELECT MAX(at_ms) FROM (
                SELECT v.last_at_ms AS at_ms FROM views v WHERE v.person_id = e.person_id AND v.clip_id = c.id
                    AND v.last_at_ms >= e.assigned_at_ms
                UNION ALL
                SELECT a.answered_at_ms AS at_ms FROM clip_questions q JOIN answers a ON a.question_id = q.question_id
                    WHERE q.clip_id = c.id AND a.person_id = e.person_id AND a.answered_at_ms >= e.assigned_at_ms
            ) AS seen) AS last_at_ms
         FROM assignments x JOIN assignees e ON e.assignment_id = x.id
            JOIN playlist_steps s ON s.playlist_id = x.playlist_id AND s.removed_at_ms IS NULL
            LEFT JOIN clips c ON c.id = s.clip_id AND c.published <> FALSE
         WHERE x.id = $1 AND e.person_id IN ({})
         ORDER BY e.person_id, s.place, s.id",
        places(2, people.len())
    ))
    .bind(assignment)
    .bind_all(people)
    .all(db)
    .await
}

/// How many of the questions that these clips ask a person will be asked again, and when the first is due.
pub async fn find_coming_back(
    db: &Db,
    person: &PersonId,
    clips: &[String],
) -> Result<(i64, Option<i64>), StoreError> {
    sql_built(format!(
        "SELECT COUNT(*), MIN(k.due_ms) FROM cards k WHERE k.person_id = $1 AND EXISTS (SELECT 1 FROM clip_questions q
            WHERE q.question_id = k.question_id AND q.clip_id IN ({}))",
        places(2, clips.len())
    ))
    .bind(person)
    .bind_all(clips)
    .one(db)
    .await
}

/// A question of a clip, and whether a person has ever answered it right: what gates ask.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct StepQuestionRow {
    pub clip_id: String,
    pub question_id: String,
    pub is_right: bool,
}

/// What these clips ask, in the order of its moments.
pub async fn list_step_questions(
    db: &Db,
    person: &PersonId,
    clips: &[String],
) -> Result<Vec<StepQuestionRow>, StoreError> {
    sql_built(format!(
        "SELECT q.clip_id, q.question_id, EXISTS (SELECT 1 FROM answers a
            WHERE a.person_id = $1 AND a.question_id = q.question_id AND {OPENS}) AS is_right
         FROM clip_questions q WHERE q.clip_id IN ({}) ORDER BY q.clip_id, q.moment_ms, q.question_id",
        places(2, clips.len())
    ))
    .bind(person)
    .bind_all(clips)
    .all(db)
    .await
}

/// The questions of a clip that a person has not answered right yet.
pub async fn list_open_questions(
    db: &Db,
    person: Option<&PersonId>,
    clip: &str,
) -> Result<Vec<String>, StoreError> {
    let rows: Vec<(String,)> = sql_built(format!(
        "SELECT q.question_id FROM clip_questions q WHERE q.clip_id = $2 AND NOT EXISTS (SELECT 1 FROM answers a
            WHERE a.person_id = $1 AND a.question_id = q.question_id AND {OPENS})"
    ))
    .bind(person.map_or("", PersonId::as_str))
    .bind(clip)
    .all(db)
    .await?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}

/// Which clips are looked through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Among {
    Own,
    Saved,
    All,
}

/// Published clips with all of these words in their title or captions, newest first, after a place.
pub async fn list_step_clips(
    db: &Db,
    playlist: &PlaylistId,
    person: &PersonId,
    among: Among,
    words: &str,
    after: Option<(i64, String)>,
    limit: i64,
) -> Result<Vec<StepClipRow>, StoreError> {
    let (at_ms, id) = after.unwrap_or((i64::MAX, String::new()));
    let words = first_words(words);
    let shelf = match among {
        Among::Own => " AND c.author_id = $2",
        Among::Saved => " AND EXISTS (SELECT 1 FROM saves s WHERE s.person_id = $2 AND s.clip_id = c.id)",
        Among::All => " AND $2 <> ''",
    };
    let mut text = format!(
        "SELECT c.id, c.title, p.display_name AS author_name, c.duration_ms, c.poster_small_key, c.thumbhash,
            c.like_count, c.save_count, c.published_at_ms AS place_ms,
            (SELECT COUNT(*) FROM clip_questions q WHERE q.clip_id = c.id) AS questions,
            EXISTS (SELECT 1 FROM playlist_steps t WHERE t.playlist_id = $1 AND t.clip_id = c.id
                AND t.removed_at_ms IS NULL) AS is_step
         FROM clips c JOIN people p ON p.id = c.author_id
         WHERE c.published = TRUE AND c.published_at_ms IS NOT NULL
            AND (c.published_at_ms < $3 OR (c.published_at_ms = $3 AND c.id < $4)){shelf}"
    );
    // SQLite knows small letters of ASCII only: a word that begins with another capital is looked for as such too.
    for n in 0..words.len() {
        let (small, capital) = (5 + 2 * n, 6 + 2 * n);
        let _ = write!(
            text,
            " AND (LOWER(c.title || ' ' || c.captions) LIKE ${small} ESCAPE '!'
                OR c.title || ' ' || c.captions LIKE ${capital} ESCAPE '!')"
        );
    }
    let _ = write!(text, " ORDER BY c.published_at_ms DESC, c.id DESC LIMIT ${}", 5 + 2 * words.len());
    sql_built(text)
        .bind(playlist)
        .bind(person)
        .bind(at_ms)
        .bind(id)
        .bind_all(words.iter().flat_map(|word| [held(word), held(&capitalised(word))]))
        .bind(limit)
        .all(db)
        .await
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// How many steps an assignment's playlist has, and how many people have all of them behind them.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct FinishedRow {
    pub assignment_id: String,
    pub steps: i64,
    pub finished: i64,
}

/// Of each assignment how many finished: nobody for whom a step is left. The same rule as `shared::playlist::StepFacts`.
pub async fn list_finished(db: &Db, assignments: &[String]) -> Result<Vec<FinishedRow>, StoreError> {
    let missing = format!(
        "EXISTS (SELECT 1 FROM clip_questions q WHERE q.clip_id = c.id AND NOT EXISTS (SELECT 1 FROM answers a
            WHERE a.person_id = e.person_id AND a.question_id = q.question_id AND {OPENS}))"
    );
    sql_built(format!(
        "SELECT x.id AS assignment_id,
            (SELECT COUNT(*) FROM playlist_steps s WHERE s.playlist_id = x.playlist_id AND s.removed_at_ms IS NULL) AS steps,
            (SELECT COUNT(*) FROM assignees e WHERE e.assignment_id = x.id AND e.left_at_ms IS NULL AND NOT EXISTS (
                SELECT 1 FROM playlist_steps s JOIN clips c ON c.id = s.clip_id AND c.published <> FALSE
                WHERE s.playlist_id = x.playlist_id AND s.removed_at_ms IS NULL
                    AND ({missing} OR NOT EXISTS (SELECT 1 FROM clip_questions q WHERE q.clip_id = c.id))
                    AND ((s.is_gate = TRUE AND {missing}) OR NOT EXISTS (SELECT 1 FROM views v
                        WHERE v.person_id = e.person_id AND v.clip_id = c.id AND {WATCHED})))) AS finished
         FROM assignments x WHERE x.id IN ({})",
        places(1, assignments.len())
    ))
    .bind_all(assignments)
    .all(db)
    .await
}

/// Those of these playlists that are there, in no order.
pub async fn list_playlists(db: &Db, ids: &[String]) -> Result<Vec<PlaylistRow>, StoreError> {
    sql_built(format!(
        "{PLAYLIST}, l.updated_at_ms AS place_ms FROM playlists l JOIN people p ON p.id = l.owner_id WHERE l.id IN ({})",
        places(1, ids.len())
    ))
    .bind_all(ids)
    .all(db)
    .await
}
