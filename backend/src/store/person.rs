//! People. Their sessions are in `session`, their ways in in `sign_in`, taking everything along in `export`.

use super::{Db, On, StoreError, Tx, answer, interest, mastery, sql, sql_built};
use minnow_shared::PersonId;

/// A person, guest or account.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct PersonRow {
    pub id: String,
    pub is_guest: bool,
    pub handle: Option<String>,
    pub display_name: String,
    pub bio: String,
    pub role: String,
    pub email: Option<String>,
    pub xp: i64,
    pub created_at_ms: i64,
    pub has_password: bool,
}

const PERSON: &str = "SELECT p.id, p.is_guest, p.handle, p.display_name, p.bio, p.role, p.email, p.xp,
        p.created_at_ms, EXISTS (SELECT 1 FROM passwords w WHERE w.person_id = p.id) AS has_password
    FROM people p";

/// What an author's page counts: published clips and their likes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct AuthorTotalsRow {
    pub clip_count: i64,
    pub like_count: i64,
}

/// Adds a guest.
pub async fn insert_guest(tx: &mut Tx, id: &PersonId, now_ms: i64) -> Result<(), StoreError> {
    sql("INSERT INTO people (id, is_guest, display_name, created_at_ms, updated_at_ms)
         VALUES ($1, TRUE, '', $2, $2)")
    .bind(id)
    .bind(now_ms)
    .run(tx)
    .await?;
    Ok(())
}

pub async fn find_person(on: impl Into<On<'_>>, id: &PersonId) -> Result<Option<PersonRow>, StoreError> {
    sql_built(format!("{PERSON} WHERE p.id = $1")).bind(id).optional(on).await
}

/// An account by its handle.
pub async fn find_person_by_handle(
    on: impl Into<On<'_>>,
    handle: &str,
) -> Result<Option<PersonRow>, StoreError> {
    sql_built(format!("{PERSON} WHERE p.handle = $1")).bind(handle).optional(on).await
}

/// The operator who came first, or where there is none the organizer or moderator.
pub async fn find_first_organizer(on: impl Into<On<'_>>) -> Result<Option<PersonRow>, StoreError> {
    sql_built(format!(
        "{PERSON} WHERE p.is_guest = FALSE AND p.role IN ('operator', 'organizer', 'moderator')
         ORDER BY CASE p.role WHEN 'operator' THEN 0 WHEN 'organizer' THEN 1 ELSE 2 END, p.created_at_ms, p.id LIMIT 1"
    ))
    .optional(on)
    .await
}

/// An account by its mail address, in lower case.
pub async fn find_person_by_email(
    on: impl Into<On<'_>>,
    email: &str,
) -> Result<Option<PersonRow>, StoreError> {
    sql_built(format!("{PERSON} WHERE p.email = $1")).bind(email).optional(on).await
}

/// Makes a guest an account: the same person from now on with a name. Says whether a guest of this id was there.
///
/// # Errors
/// `Duplicate` when the handle or the address is taken.
pub async fn promote_guest(
    tx: &mut Tx,
    id: &PersonId,
    handle: &str,
    display_name: &str,
    email: Option<&str>,
    now_ms: i64,
) -> Result<bool, StoreError> {
    let changed = sql(
        "UPDATE people SET is_guest = FALSE, handle = $2, display_name = $3, email = $4, updated_at_ms = $5
         WHERE id = $1 AND is_guest = TRUE",
    )
    .bind(id)
    .bind(handle)
    .bind(display_name)
    .bind(email.map(str::to_owned))
    .bind(now_ms)
    .run(tx)
    .await?;
    Ok(changed == 1)
}

/// Changes what others see of a person; every node sees their published clips anew.
pub async fn update_profile(
    tx: &mut Tx,
    id: &PersonId,
    display_name: Option<String>,
    bio: Option<String>,
    now_ms: i64,
) -> Result<(), StoreError> {
    sql("UPDATE people SET display_name = COALESCE($2, display_name), bio = COALESCE($3, bio), updated_at_ms = $4
         WHERE id = $1")
    .bind(id)
    .bind(display_name)
    .bind(bio)
    .bind(now_ms)
    .run(tx)
    .await?;
    Ok(())
}

/// Sets a person's role. Says whether an account of this handle was there.
pub async fn update_role(tx: &mut Tx, handle: &str, role: &str, now_ms: i64) -> Result<bool, StoreError> {
    let changed =
        sql("UPDATE people SET role = $2, updated_at_ms = $3 WHERE handle = $1 AND is_guest = FALSE")
            .bind(handle)
            .bind(role)
            .bind(now_ms)
            .run(tx)
            .await?;
    Ok(changed == 1)
}

pub async fn get_author_totals(db: &Db, author: &str) -> Result<AuthorTotalsRow, StoreError> {
    sql("SELECT COUNT(*) AS clip_count, CAST(COALESCE(SUM(like_count), 0) AS BIGINT) AS like_count
         FROM clips WHERE author_id = $1 AND published <> FALSE")
    .bind(author)
    .one(db)
    .await
}

/// Deletes a person and all that is theirs; their likes and saves leave the counts. Their clips go with them: what
/// must be told of those, the caller tells before.
pub async fn delete_person(tx: &mut Tx, id: &PersonId, now_ms: i64) -> Result<(), StoreError> {
    interest::forget_events(tx, id.as_str(), None, now_ms).await?;
    for statement in [
        "UPDATE clips SET like_count = like_count - 1 WHERE id IN (SELECT clip_id FROM likes WHERE person_id = $1)",
        "UPDATE clips SET save_count = save_count - 1 WHERE id IN (SELECT clip_id FROM saves WHERE person_id = $1)",
        // What their first answers said of questions leaves the estimates.
        mastery::FORGET_EVIDENCE,
        "DELETE FROM sign_in_links WHERE email = (SELECT email FROM people WHERE id = $1)",
        "DELETE FROM people WHERE id = $1",
    ] {
        sql(statement).bind(id).run(tx).await?;
    }
    Ok(())
}

/// Joins a guest's doings to an account and ends the guest. What both did counts once: of answers to a question the first by
/// its time, settings of the account stay, watched time adds up.
pub async fn merge_guest(tx: &mut Tx, guest: &PersonId, account: &PersonId) -> Result<(), StoreError> {
    let answered = answer::list_answered(&mut *tx, guest).await?;
    interest::merge(tx, guest, account).await?;
    for statement in [
        // Points for a question that both answered count once: the guest's go. Points for clips that are gone stay.
        "UPDATE people SET xp = xp + (SELECT xp FROM people WHERE id = $1)
            - (SELECT CAST(COALESCE(SUM(g.xp), 0) AS BIGINT) FROM answers g WHERE g.person_id = $1 AND g.question_id IN
                (SELECT question_id FROM answers WHERE person_id = $2 AND is_first = TRUE))
         WHERE id = $2 AND EXISTS (SELECT 1 FROM people WHERE id = $1 AND id <> $2)",
        // Answers: there is one first at any time; which one it is by time is found when all are together.
        "UPDATE answers SET is_first = FALSE, xp = 0 WHERE person_id = $1 AND is_first = TRUE
            AND question_id IN (SELECT question_id FROM answers WHERE person_id = $2 AND is_first = TRUE)",
        // Their cards are made again from what both answered.
        "INSERT INTO stale_cards (person_id, question_id) SELECT DISTINCT $2, question_id FROM answers
            WHERE person_id = $1 AND person_id <> $2
         ON CONFLICT DO NOTHING",
        // What the guest's first answers said of questions is said anew by the account's.
        mastery::MERGE_EVIDENCE,
        "UPDATE answers SET person_id = $2 WHERE person_id = $1",
        "UPDATE watches SET person_id = $2 WHERE person_id = $1",
        "INSERT INTO views (person_id, clip_id, position_ms, watched_ms, finished, first_at_ms, last_at_ms, furthest_ms)
            SELECT $2, clip_id, position_ms, watched_ms, finished, first_at_ms, last_at_ms, furthest_ms FROM views
            WHERE person_id = $1
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
        "INSERT INTO watched_days (person_id, day, watched_ms)
            SELECT $2, day, watched_ms FROM watched_days WHERE person_id = $1
         ON CONFLICT (person_id, day) DO UPDATE SET watched_ms = watched_days.watched_ms + excluded.watched_ms",
        "UPDATE clips SET like_count = like_count - 1 WHERE id IN
            (SELECT g.clip_id FROM likes g JOIN likes a ON a.clip_id = g.clip_id AND a.person_id = $2
             WHERE g.person_id = $1)",
        "INSERT INTO likes (person_id, clip_id, at_ms) SELECT $2, clip_id, at_ms FROM likes WHERE person_id = $1
         ON CONFLICT DO NOTHING",
        "UPDATE clips SET save_count = save_count - 1 WHERE id IN
            (SELECT g.clip_id FROM saves g JOIN saves a ON a.clip_id = g.clip_id AND a.person_id = $2
             WHERE g.person_id = $1)",
        "INSERT INTO saves (person_id, clip_id, at_ms) SELECT $2, clip_id, at_ms FROM saves WHERE person_id = $1
         ON CONFLICT DO NOTHING",
        "INSERT INTO reaction_changes (person_id, clip_id, reaction, is_on, at_ms)
            SELECT $2, clip_id, reaction, is_on, at_ms FROM reaction_changes WHERE person_id = $1 AND is_on = TRUE
         ON CONFLICT (person_id, clip_id, reaction) DO UPDATE SET is_on = TRUE,
            at_ms = CASE WHEN excluded.at_ms > reaction_changes.at_ms THEN excluded.at_ms ELSE reaction_changes.at_ms END",
        "INSERT INTO settings_fields (person_id, field, value, changed_at_ms)
            SELECT $2, field, value, changed_at_ms FROM settings_fields WHERE person_id = $1
         ON CONFLICT DO NOTHING",
        "DELETE FROM people WHERE id = $1 AND id <> $2 AND is_guest = TRUE",
    ] {
        sql(statement).bind(guest).bind(account).run(&mut *tx).await?;
    }
    answer::place_answers(tx, account, &answered).await
}
