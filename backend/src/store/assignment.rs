//! Assignments of playlists to people.

use super::{Db, On, StoreError, Tx, places, sql, sql_built};
use minnow_shared::{AssignmentId, InviteId, PersonId, PlaylistId};

/// An assignment with its playlist's name.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct AssignmentRow {
    pub id: String,
    pub playlist_id: String,
    pub playlist_title: String,
    pub assigner_id: String,
    pub name: String,
    pub due_at_ms: Option<i64>,
    pub join_token: Option<String>,
    /// People it is assigned to, without those who left.
    pub people: i64,
    pub created_at_ms: i64,
}

/// An assignment as the person sees it whom it is for.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct AssignedRow {
    pub id: String,
    pub playlist_id: String,
    pub assigner_handle: Option<String>,
    pub assigner_name: String,
    pub name: String,
    pub due_at_ms: Option<i64>,
    pub assigned_at_ms: i64,
}

/// One person of an assignment.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct AssigneeRow {
    pub person_id: String,
    pub handle: Option<String>,
    pub display_name: String,
    pub by_link: bool,
    pub assigned_at_ms: i64,
    pub left_at_ms: Option<i64>,
}

const ASSIGNMENT: &str = "SELECT a.id, a.playlist_id, l.title AS playlist_title, a.assigner_id, a.name, a.due_at_ms, a.join_token,
        (SELECT COUNT(*) FROM assignees e WHERE e.assignment_id = a.id AND e.left_at_ms IS NULL) AS people, a.created_at_ms
    FROM assignments a JOIN playlists l ON l.id = a.playlist_id";

/// An assignment as it is made or changed.
#[derive(Debug, Clone, PartialEq)]
pub struct AssignmentChange {
    pub name: String,
    pub due_at_ms: Option<i64>,
    pub join_token: Option<String>,
}

/// Adds an assignment. False when the id is taken.
pub async fn insert_assignment(
    tx: &mut Tx,
    id: &AssignmentId,
    playlist: &PlaylistId,
    assigner: &PersonId,
    change: &AssignmentChange,
    now_ms: i64,
) -> Result<bool, StoreError> {
    let added = sql("INSERT INTO assignments (id, playlist_id, assigner_id, name, due_at_ms, join_token, created_at_ms, updated_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $7) ON CONFLICT (id) DO NOTHING")
    .bind(id)
    .bind(playlist)
    .bind(assigner)
    .bind(&change.name)
    .bind(change.due_at_ms)
    .bind(change.join_token.clone())
    .bind(now_ms)
    .run(tx)
    .await?;
    Ok(added == 1)
}

pub async fn update_assignment(
    tx: &mut Tx,
    id: &AssignmentId,
    change: &AssignmentChange,
    now_ms: i64,
) -> Result<(), StoreError> {
    sql("UPDATE assignments SET name = $2, due_at_ms = $3, join_token = $4, updated_at_ms = $5 WHERE id = $1")
        .bind(id)
        .bind(&change.name)
        .bind(change.due_at_ms)
        .bind(change.join_token.clone())
        .bind(now_ms)
        .run(tx)
        .await
        .map(|_| ())
}

pub async fn delete_assignment(tx: &mut Tx, id: &AssignmentId) -> Result<(), StoreError> {
    sql("DELETE FROM assignments WHERE id = $1").bind(id).run(tx).await.map(|_| ())
}

pub async fn find_assignment(
    on: impl Into<On<'_>>,
    id: &AssignmentId,
) -> Result<Option<AssignmentRow>, StoreError> {
    sql_built(format!("{ASSIGNMENT} WHERE a.id = $1")).bind(id).optional(on).await
}

pub async fn find_assignment_by_invite(
    on: impl Into<On<'_>>,
    invite: &InviteId,
) -> Result<Option<AssignmentRow>, StoreError> {
    sql_built(format!("{ASSIGNMENT} WHERE a.join_token = $1")).bind(invite).optional(on).await
}

/// How many assignments a person made.
pub async fn count_assignments(on: impl Into<On<'_>>, assigner: &PersonId) -> Result<i64, StoreError> {
    let (count,): (i64,) =
        sql("SELECT COUNT(*) FROM assignments WHERE assigner_id = $1").bind(assigner).one(on).await?;
    Ok(count)
}

/// What a person assigned, newest first, after a place; perhaps only of one playlist.
pub async fn list_assignments(
    db: &Db,
    assigner: &PersonId,
    playlist: Option<&PlaylistId>,
    after: Option<(i64, String)>,
    limit: i64,
) -> Result<Vec<AssignmentRow>, StoreError> {
    let (at_ms, id) = after.unwrap_or((i64::MAX, String::new()));
    sql_built(format!(
        "{ASSIGNMENT} WHERE a.assigner_id = $1 AND ($2 = '' OR a.playlist_id = $2)
            AND (a.created_at_ms < $3 OR (a.created_at_ms = $3 AND a.id < $4))
         ORDER BY a.created_at_ms DESC, a.id DESC LIMIT $5"
    ))
    .bind(assigner)
    .bind(playlist.map_or("", PlaylistId::as_str))
    .bind(at_ms)
    .bind(id)
    .bind(limit)
    .all(db)
    .await
}

/// Assigns to a person. Who has it keeps it as it is; who had left comes back only where `comes_back`.
pub async fn insert_assignee(
    tx: &mut Tx,
    assignment: &str,
    person: &str,
    by_link: bool,
    comes_back: bool,
    now_ms: i64,
) -> Result<(), StoreError> {
    sql("INSERT INTO assignees (assignment_id, person_id, by_link, assigned_at_ms) VALUES ($1, $2, $3, $4)
         ON CONFLICT (assignment_id, person_id) DO UPDATE SET left_at_ms =
            CASE WHEN $5 THEN NULL ELSE assignees.left_at_ms END")
    .bind(assignment)
    .bind(person)
    .bind(by_link)
    .bind(now_ms)
    .bind(comes_back)
    .run(tx)
    .await
    .map(|_| ())
}

pub async fn delete_assignee(
    tx: &mut Tx,
    assignment: &AssignmentId,
    person: &PersonId,
) -> Result<(), StoreError> {
    sql("DELETE FROM assignees WHERE assignment_id = $1 AND person_id = $2")
        .bind(assignment)
        .bind(person)
        .run(tx)
        .await
        .map(|_| ())
}

/// Notes that a person left, or is back. Says whether it is assigned to them at all.
pub async fn update_left(
    tx: &mut Tx,
    assignment: &AssignmentId,
    person: &PersonId,
    left_at_ms: Option<i64>,
) -> Result<bool, StoreError> {
    let changed = sql("UPDATE assignees SET left_at_ms = $3 WHERE assignment_id = $1 AND person_id = $2")
        .bind(assignment)
        .bind(person)
        .bind(left_at_ms)
        .run(tx)
        .await?;
    Ok(changed == 1)
}

pub async fn find_assignee(
    on: impl Into<On<'_>>,
    assignment: &str,
    person: &str,
) -> Result<Option<AssigneeRow>, StoreError> {
    sql_built(format!("{ASSIGNEE} WHERE e.assignment_id = $1 AND e.person_id = $2"))
        .bind(assignment)
        .bind(person)
        .optional(on)
        .await
}

const ASSIGNEE: &str =
    "SELECT e.person_id, p.handle, p.display_name, e.by_link, e.assigned_at_ms, e.left_at_ms
    FROM assignees e JOIN people p ON p.id = e.person_id";

/// How many people there are in an assignment, those who left counted in.
pub async fn count_assignees(on: impl Into<On<'_>>, assignment: &str) -> Result<i64, StoreError> {
    let (count,): (i64,) =
        sql("SELECT COUNT(*) FROM assignees WHERE assignment_id = $1").bind(assignment).one(on).await?;
    Ok(count)
}

/// The people of an assignment in the order they came, after a place.
pub async fn list_assignees(
    db: &Db,
    assignment: &str,
    after: Option<(i64, String)>,
    limit: i64,
) -> Result<Vec<AssigneeRow>, StoreError> {
    let (at_ms, id) = after.unwrap_or((i64::MIN, String::new()));
    sql_built(format!(
        "{ASSIGNEE} WHERE e.assignment_id = $1
            AND (e.assigned_at_ms > $2 OR (e.assigned_at_ms = $2 AND e.person_id > $3))
         ORDER BY e.assigned_at_ms, e.person_id LIMIT $4"
    ))
    .bind(assignment)
    .bind(at_ms)
    .bind(id)
    .bind(limit)
    .all(db)
    .await
}

const ASSIGNED: &str = "SELECT a.id, a.playlist_id, p.handle AS assigner_handle, p.display_name AS assigner_name, a.name, a.due_at_ms,
        e.assigned_at_ms
    FROM assignees e JOIN assignments a ON a.id = e.assignment_id JOIN people p ON p.id = a.assigner_id";

/// What is assigned to a person, last assigned first, after a place.
pub async fn list_assigned(
    db: &Db,
    person: &PersonId,
    after: Option<(i64, String)>,
    limit: i64,
) -> Result<Vec<AssignedRow>, StoreError> {
    let (at_ms, id) = after.unwrap_or((i64::MAX, String::new()));
    sql_built(format!(
        "{ASSIGNED} WHERE e.person_id = $1 AND e.left_at_ms IS NULL
            AND (e.assigned_at_ms < $2 OR (e.assigned_at_ms = $2 AND a.id < $3))
         ORDER BY e.assigned_at_ms DESC, a.id DESC LIMIT $4"
    ))
    .bind(person)
    .bind(at_ms)
    .bind(id)
    .bind(limit)
    .all(db)
    .await
}

/// By whom a playlist is assigned to a person: the earliest date first.
pub async fn list_assigned_of(
    db: &Db,
    person: &PersonId,
    playlist: &PlaylistId,
) -> Result<Vec<AssignedRow>, StoreError> {
    sql_built(format!(
        "{ASSIGNED} WHERE e.person_id = $1 AND a.playlist_id = $2 AND e.left_at_ms IS NULL
         ORDER BY CASE WHEN a.due_at_ms IS NULL THEN 1 ELSE 0 END, a.due_at_ms, a.id LIMIT 20"
    ))
    .bind(person)
    .bind(playlist)
    .all(db)
    .await
}

/// People by their handles: handle and id.
pub async fn list_people_by_handles(
    on: impl Into<On<'_>>,
    handles: &[String],
) -> Result<Vec<(String, String)>, StoreError> {
    sql_built(format!(
        "SELECT handle, id FROM people WHERE is_guest = FALSE AND handle IN ({})",
        places(1, handles.len())
    ))
    .bind_all(handles)
    .all(on)
    .await
}
