//! Assignments: a playlist assigned to people by handle or by an address to join, how far they are, and leaving.

use super::{
    clip_views::small,
    context::Call,
    error::ApiError,
    limits::Class,
    page,
    playlist::tiles,
    route::{self, Answer, Subject},
};
use crate::{
    app::App,
    calendar,
    policy::{self, Action, Object},
    store::{
        self, Tx,
        assignment::{AssignedRow, AssigneeRow, AssignmentChange, AssignmentRow},
        playlist::PersonStepRow,
    },
};
use axum::{
    Router,
    body::Body,
    extract::{Path, Request, State},
    response::Response,
    routing::get,
};
use http::{HeaderValue, header};
use minnow_shared::{
    AssignmentId, Done, ErrorCode, InviteId, Method, PersonId, PlaylistId,
    assignment::{
        AssignPeople, AssignedPageView, AssignedPeopleView, AssignedPlaylistView, AssignedStepView,
        AssignedView, AssigneeView, AssignmentListView, AssignmentPageView, AssignmentView, CreateAssignment,
        DeleteAssignment, GetAssignment, GetInvitation, InvitationView, JoinAssignment, LeaveAssignment,
        ListAssigned, ListAssignments, PROGRESS_PATH, StepProgressView, UnassignPerson, UpdateAssignment,
        check_handles,
    },
    limit,
    playlist::{StepFacts, StepState, count_done, walk},
};
use std::collections::HashMap;

/// The last millisecond of the year 9999: dates after it have no four digits.
const LAST_MS: i64 = 253_402_300_799_999;

/// An assignment as the person sees it whom it is for.
pub fn assigned_view(row: &AssignedRow) -> Result<AssignedView, ApiError> {
    Ok(AssignedView {
        id: AssignmentId::parse(&row.id).map_err(ApiError::internal)?,
        assigner_name: row.assigner_name.clone(),
        assigner_handle: row.assigner_handle.clone().unwrap_or_default(),
        name: row.name.clone(),
        due_at_ms: row.due_at_ms,
        assigned_at_ms: row.assigned_at_ms,
    })
}

pub async fn create_assignment(call: Call, request: CreateAssignment) -> Answer<CreateAssignment> {
    let (app, person, id) = (&call.app, call.person()?, &request.assignment_id);
    limit::text("name", &request.name, 0, limit::ASSIGNMENT_NAME)?;
    check_due(request.due_at_ms)?;
    check_handles(&request.handles)?;
    let mut tx = app.db.begin().await?;
    let made = store::assignment::count_assignments(&mut tx, person).await?;
    if usize::try_from(made).is_ok_and(|made| made >= limit::ASSIGNMENTS) {
        let detail = format!("at most {} assignments", limit::ASSIGNMENTS);
        return Err(ApiError::new(ErrorCode::Conflict, detail));
    }
    let change = AssignmentChange {
        name: request.name.trim().to_owned(),
        due_at_ms: request.due_at_ms,
        join_token: request.by_link.then(|| app.new_invite_id().to_string()),
    };
    let now_ms = app.now_ms();
    if !store::assignment::insert_assignment(&mut tx, id, &request.playlist_id, person, &change, now_ms)
        .await?
    {
        let there = store::assignment::find_assignment(&mut tx, id).await?;
        let is_same = there.is_some_and(|row| {
            row.assigner_id == person.as_str() && row.playlist_id == request.playlist_id.as_str()
        });
        if !is_same {
            let detail = "this assignment id is another assignment's";
            return Err(ApiError::new(ErrorCode::Conflict, detail).field("assignment_id"));
        }
    }
    let (unknown, left) = assign(&mut tx, id, &request.handles, now_ms).await?;
    tx.commit().await?;
    Ok(AssignedPeopleView { assignment: find_view(app, id).await?, unknown, left })
}

fn check_due(due_at_ms: Option<i64>) -> Result<(), ApiError> {
    match due_at_ms {
        Some(due) if !(0..=LAST_MS).contains(&due) => {
            let detail = "Unix milliseconds up to the year 9999";
            Err(ApiError::new(ErrorCode::InvalidField, detail).field("due_at_ms"))
        }
        _ => Ok(()),
    }
}

/// Assigns to people by handle; says which handles nobody has, and who had left.
async fn assign(
    tx: &mut Tx,
    id: &AssignmentId,
    handles: &[String],
    now_ms: i64,
) -> Result<(Vec<String>, Vec<String>), ApiError> {
    let handles: Vec<String> =
        handles.iter().map(|handle| handle.trim().trim_start_matches('@').to_ascii_lowercase()).collect();
    let known: HashMap<String, String> =
        store::assignment::list_people_by_handles(&mut *tx, &handles).await?.into_iter().collect();
    let (mut unknown, mut left) = (Vec::new(), Vec::new());
    for handle in handles {
        match known.get(&handle) {
            Some(person) => {
                if add(tx, id.as_str(), person, false, now_ms).await? {
                    left.push(handle);
                }
            }
            None if handle.is_empty() => {}
            None => unknown.push(handle),
        }
    }
    Ok((unknown, left))
}

/// Adds a person; true where they had left and stay away.
async fn add(tx: &mut Tx, id: &str, person: &str, by_link: bool, now_ms: i64) -> Result<bool, ApiError> {
    let there = store::assignment::find_assignee(&mut *tx, id, person).await?;
    if there.is_none() {
        let has = store::assignment::count_assignees(&mut *tx, id).await?;
        if usize::try_from(has).is_ok_and(|has| has >= limit::ASSIGNEES) {
            let detail = format!("at most {} people", limit::ASSIGNEES);
            return Err(ApiError::new(ErrorCode::Conflict, detail).field("handles"));
        }
    }
    store::assignment::insert_assignee(tx, id, person, by_link, by_link, now_ms).await?;
    Ok(!by_link && there.is_some_and(|there| there.left_at_ms.is_some()))
}

pub async fn list_assignments(call: Call, request: ListAssignments) -> Answer<ListAssignments> {
    let after = page::read(request.cursor.as_deref())?;
    let (db, person) = (&call.app.db, call.person()?);
    let playlist = request.playlist_id.as_ref();
    let rows = store::assignment::list_assignments(db, person, playlist, after, page::PAGE).await?;
    let next_cursor = page::write(rows.len(), rows.last().map(|row| (row.created_at_ms, row.id.as_str())));
    Ok(AssignmentListView { assignments: views(&call.app, rows).await?, next_cursor })
}

async fn views(app: &App, rows: Vec<AssignmentRow>) -> Result<Vec<AssignmentView>, ApiError> {
    let ids: Vec<String> = rows.iter().map(|row| row.id.clone()).collect();
    let counts = store::playlist::list_finished(&app.db, &ids).await?;
    let counts: HashMap<&str, (i64, i64)> =
        counts.iter().map(|row| (row.assignment_id.as_str(), (row.steps, row.finished))).collect();
    let view = |row: AssignmentRow| {
        let (steps, finished) = counts.get(row.id.as_str()).copied().unwrap_or_default();
        Ok(AssignmentView {
            id: AssignmentId::parse(&row.id).map_err(ApiError::internal)?,
            playlist_id: PlaylistId::parse(&row.playlist_id).map_err(ApiError::internal)?,
            playlist_title: row.playlist_title,
            name: row.name,
            due_at_ms: row.due_at_ms,
            invite: row.join_token.as_deref().and_then(|token| InviteId::parse(token).ok()),
            people: small(row.people),
            finished: if steps > 0 { small(finished) } else { 0 },
            steps: small(steps),
            created_at_ms: row.created_at_ms,
        })
    };
    rows.into_iter().map(view).collect()
}

async fn find_view(app: &App, id: &AssignmentId) -> Result<AssignmentView, ApiError> {
    let row = store::assignment::find_assignment(&app.db, id).await?;
    let row = row.ok_or_else(|| ApiError::not_found("assignment"))?;
    views(app, vec![row]).await?.pop().ok_or_else(|| ApiError::not_found("assignment"))
}

pub async fn get_assignment(call: Call, request: GetAssignment) -> Answer<GetAssignment> {
    let (app, id) = (&call.app, &request.assignment_id);
    let after = page::read(request.cursor.as_deref())?;
    let assignment = find_view(app, id).await?;
    let rows = store::assignment::list_assignees(&app.db, id.as_str(), after, page::PAGE).await?;
    let next_cursor =
        page::write(rows.len(), rows.last().map(|row| (row.assigned_at_ms, row.person_id.as_str())));
    let steps = list_columns(app, &assignment.playlist_id).await?;
    Ok(AssignmentPageView { assignment, steps, people: people(app, id, rows).await?, next_cursor })
}

/// The steps as the columns of the table of progress.
async fn list_columns(app: &App, playlist: &PlaylistId) -> Result<Vec<AssignedStepView>, ApiError> {
    let steps = store::playlist::list_steps(&app.db, &[playlist.to_string()], None).await?;
    let column = |step: store::playlist::StepRow| AssignedStepView {
        is_gate: step.is_gate && step.questions > 0,
        title: step.title.unwrap_or_default(),
    };
    Ok(steps.into_iter().map(column).collect())
}

/// People with how far they are; of who left only that.
async fn people(app: &App, id: &AssignmentId, rows: Vec<AssigneeRow>) -> Result<Vec<AssigneeView>, ApiError> {
    let here = rows.iter().filter(|row| row.left_at_ms.is_none());
    let ids: Vec<String> = here.map(|row| row.person_id.clone()).collect();
    let mut steps: HashMap<String, Vec<PersonStepRow>> = HashMap::new();
    for row in store::playlist::list_person_steps(&app.db, id.as_str(), &ids).await? {
        steps.entry(row.person_id.clone()).or_default().push(row);
    }
    let view = |row: AssigneeRow| {
        let steps = steps.remove(&row.person_id).unwrap_or_default();
        let facts: Vec<StepFacts> = steps.iter().map(facts).collect();
        let progress = walk(&facts).into_iter().zip(&steps);
        Ok(AssigneeView {
            person_id: PersonId::parse(&row.person_id).map_err(ApiError::internal)?,
            handle: row.handle,
            display_name: row.display_name,
            by_link: row.by_link,
            assigned_at_ms: row.assigned_at_ms,
            has_left: row.left_at_ms.is_some(),
            done: count_done(&facts),
            last_at_ms: steps.iter().filter_map(|step| step.last_at_ms).max(),
            steps: progress
                .map(|(state, step)| StepProgressView { state, tries: small(step.tries) })
                .collect(),
        })
    };
    rows.into_iter().map(view).collect()
}

fn facts(row: &PersonStepRow) -> StepFacts {
    StepFacts {
        is_gone: row.is_gone,
        is_gate: row.is_gate,
        questions: small(row.questions),
        right: small(row.right_count),
        is_watched: row.watched,
    }
}

pub async fn update_assignment(call: Call, request: UpdateAssignment) -> Answer<UpdateAssignment> {
    let (app, id) = (&call.app, &request.assignment_id);
    check_due(request.due_at_ms)?;
    if let Some(name) = &request.name {
        limit::text("name", name, 0, limit::ASSIGNMENT_NAME)?;
    }
    let mut tx = app.db.begin().await?;
    let row = store::assignment::find_assignment(&mut tx, id).await?;
    let row = row.ok_or_else(|| ApiError::not_found("assignment"))?;
    let change = AssignmentChange {
        name: request.name.map_or(row.name, |name| name.trim().to_owned()),
        due_at_ms: if request.no_due { None } else { request.due_at_ms.or(row.due_at_ms) },
        join_token: match request.by_link {
            Some(true) => Some(app.new_invite_id().to_string()),
            Some(false) => None,
            None => row.join_token,
        },
    };
    store::assignment::update_assignment(&mut tx, id, &change, app.now_ms()).await?;
    tx.commit().await?;
    find_view(app, id).await
}

pub async fn delete_assignment(call: Call, request: DeleteAssignment) -> Answer<DeleteAssignment> {
    let mut tx = call.app.db.begin().await?;
    store::assignment::delete_assignment(&mut tx, &request.assignment_id).await?;
    tx.commit().await?;
    Ok(Done {})
}

pub async fn assign_people(call: Call, request: AssignPeople) -> Answer<AssignPeople> {
    check_handles(&request.handles)?;
    let (app, id) = (&call.app, &request.assignment_id);
    let mut tx = app.db.begin().await?;
    let (unknown, left) = assign(&mut tx, id, &request.handles, app.now_ms()).await?;
    tx.commit().await?;
    Ok(AssignedPeopleView { assignment: find_view(app, id).await?, unknown, left })
}

pub async fn unassign_person(call: Call, request: UnassignPerson) -> Answer<UnassignPerson> {
    let mut tx = call.app.db.begin().await?;
    store::assignment::delete_assignee(&mut tx, &request.assignment_id, &request.person_id).await?;
    tx.commit().await?;
    Ok(Done {})
}

pub async fn list_assigned(call: Call, request: ListAssigned) -> Answer<ListAssigned> {
    let after = page::read(request.cursor.as_deref())?;
    let (app, person) = (&call.app, call.person()?);
    let rows = store::assignment::list_assigned(&app.db, person, after, page::PAGE).await?;
    let next_cursor = page::write(rows.len(), rows.last().map(|row| (row.assigned_at_ms, row.id.as_str())));
    let mut ids: Vec<String> = rows.iter().map(|row| row.playlist_id.clone()).collect();
    ids.sort_unstable();
    ids.dedup();
    let playlists = store::playlist::list_playlists(&app.db, &ids).await?;
    let playlists = tiles(app, Some(person), playlists).await?;
    let mut assigned = Vec::with_capacity(rows.len());
    for row in &rows {
        if let Some(playlist) = playlists.iter().find(|tile| tile.id.as_str() == row.playlist_id) {
            assigned.push(AssignedPlaylistView { assigned: assigned_view(row)?, playlist: playlist.clone() });
        }
    }
    Ok(AssignedPageView { assigned, next_cursor })
}

pub async fn leave_assignment(call: Call, request: LeaveAssignment) -> Answer<LeaveAssignment> {
    let mut tx = call.app.db.begin().await?;
    let left_at_ms = request.left.then(|| call.app.now_ms());
    if !store::assignment::update_left(&mut tx, &request.assignment_id, call.person()?, left_at_ms).await? {
        return Err(ApiError::not_found("assignment"));
    }
    tx.commit().await?;
    Ok(Done {})
}

pub async fn get_invitation(call: Call, request: GetInvitation) -> Answer<GetInvitation> {
    invitation(&call, &request.invite_id).await
}

async fn invitation(call: &Call, invite: &InviteId) -> Result<InvitationView, ApiError> {
    let (app, person) = (&call.app, call.person_if_any());
    let row = store::assignment::find_assignment_by_invite(&app.db, invite).await?;
    let row = row.ok_or_else(|| ApiError::not_found("invitation"))?;
    let assignee = match person {
        Some(person) => store::assignment::find_assignee(&app.db, &row.id, person.as_str()).await?,
        None => None,
    };
    let assigner = PersonId::parse(&row.assigner_id).map_err(ApiError::internal)?;
    let assigner = store::person::find_person(&app.db, &assigner).await?;
    let assigner = assigner.ok_or_else(|| ApiError::not_found("invitation"))?;
    let playlists = store::playlist::list_playlists(&app.db, std::slice::from_ref(&row.playlist_id)).await?;
    let playlist = tiles(app, person, playlists).await?.pop();
    Ok(InvitationView {
        assigned: AssignedView {
            id: AssignmentId::parse(&row.id).map_err(ApiError::internal)?,
            assigner_name: assigner.display_name,
            assigner_handle: assigner.handle.unwrap_or_default(),
            name: row.name,
            due_at_ms: row.due_at_ms,
            assigned_at_ms: assignee.as_ref().map_or(row.created_at_ms, |assignee| assignee.assigned_at_ms),
        },
        playlist: playlist.ok_or_else(|| ApiError::not_found("invitation"))?,
        joined: assignee.is_some_and(|assignee| assignee.left_at_ms.is_none()),
    })
}

pub async fn join_assignment(call: Call, request: JoinAssignment) -> Answer<JoinAssignment> {
    let (app, person) = (&call.app, call.person()?);
    let mut tx = app.db.begin().await?;
    let row = store::assignment::find_assignment_by_invite(&mut tx, &request.invite_id).await?;
    let row = row.ok_or_else(|| ApiError::not_found("invitation"))?;
    add(&mut tx, &row.id, person.as_str(), true, app.now_ms()).await?;
    tx.commit().await?;
    invitation(&call, &request.invite_id).await
}

/// The table of progress as a file, which is no JSON.
pub fn routes() -> Router<App> {
    Router::new().route(PROGRESS_PATH, get(progress))
}

async fn progress(
    State(app): State<App>,
    Path(assignment_id): Path<String>,
    request: Request,
) -> Result<Response, ApiError> {
    let id = AssignmentId::parse(&assignment_id).map_err(|_| ApiError::not_found("assignment"))?;
    let (parts, _) = request.into_parts();
    let caller = route::caller(&app, &parts).await?;
    app.limits.take(
        Class::of(Action::ManageAssignment, Method::Get),
        &route::who(&caller, Action::ManageAssignment),
        app.now_ms(),
    )?;
    let actor = caller.actor();
    let object: Object = route::find_object(&app, &actor, Subject::Assignment(id.clone())).await?;
    policy::can(&actor, Action::ManageAssignment, &object)?;
    let assignment = find_view(&app, &id).await?;
    let columns = list_columns(&app, &assignment.playlist_id).await?;
    let mut text = header_line(&columns);
    let mut after = None;
    loop {
        let rows = store::assignment::list_assignees(&app.db, id.as_str(), after, page::PAGE).await?;
        after = rows.last().map(|row| (row.assigned_at_ms, row.person_id.clone()));
        let is_last = rows.len() < usize::try_from(page::PAGE).unwrap_or(usize::MAX);
        for person in people(&app, &id, rows).await? {
            text.push_str(&line(&person, columns.len()));
        }
        if is_last {
            break;
        }
    }
    let mut response = Response::new(Body::from(text));
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"progress.csv\""),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    Ok(response)
}

fn header_line(columns: &[AssignedStepView]) -> String {
    let mut cells: Vec<String> =
        ["handle", "name", "assigned", "last_active", "left", "done", "steps"].map(str::to_owned).into();
    for (n, column) in (1..).zip(columns) {
        cells.push(format!("{n} {}", column.title));
        cells.push(format!("{n} tries"));
    }
    written(cells)
}

fn line(person: &AssigneeView, columns: usize) -> String {
    let day = |at_ms: i64| calendar::iso_date(calendar::local_day_number(at_ms, 0));
    let mut cells = vec![
        person.handle.clone().unwrap_or_default(),
        person.display_name.clone(),
        day(person.assigned_at_ms),
        person.last_at_ms.map(day).unwrap_or_default(),
        (if person.has_left { "yes" } else { "no" }).to_owned(),
        if person.has_left { String::new() } else { person.done.to_string() },
        columns.to_string(),
    ];
    for step in &person.steps {
        cells.push(state_name(step.state).to_owned());
        cells.push(step.tries.to_string());
    }
    cells.resize(7 + 2 * columns, String::new());
    written(cells)
}

const fn state_name(state: StepState) -> &'static str {
    match state {
        StepState::Done => "done",
        StepState::Now => "now",
        StepState::Open | StepState::Unknown => "open",
        StepState::Locked => "locked",
        StepState::Gone => "gone",
    }
}

/// A line of CSV after RFC 4180. What a spreadsheet would take for a formula is made a text.
fn written(cells: Vec<String>) -> String {
    let cell = |cell: String| {
        let is_formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
        let cell = if is_formula { format!("'{cell}") } else { cell };
        if cell.contains(['"', ',', '\n', '\r']) {
            format!("\"{}\"", cell.replace('"', "\"\""))
        } else {
            cell
        }
    };
    let mut line = cells.into_iter().map(cell).collect::<Vec<_>>().join(",");
    line.push_str("\r\n");
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_names_in_a_spreadsheet() {
        let cells = ["=1+1", "Ada, \"the first\"", "plain", "-"].map(str::to_owned);
        assert_eq!(written(cells.into()), "'=1+1,\"Ada, \"\"the first\"\"\",plain,'-\r\n");
    }
}
