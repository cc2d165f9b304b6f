//! Assignments: people asked to go through a playlist, by whom, until when, and how far they are.

use crate::{
    AssignmentId, Done, InviteId, PersonId, PlaylistId, UnixMillis,
    limit::{self, FieldProblem},
    playlist::{PlaylistTileView, StepState},
};

/// Where an assignment's progress is taken out as CSV: `GET` with the assignment's id in place of `{assignment_id}`.
pub const PROGRESS_PATH: &str = "/api/assignments/{assignment_id}/progress.csv";

wire! {
    /// What the person sees whom a playlist was assigned to.
    pub struct AssignedView {
        pub id: AssignmentId,
        /// Who asked, and sees how far the caller is.
        pub assigner_name: String,
        pub assigner_handle: String,
        /// For whom it is, as in "Class 3B"; may be empty.
        pub name: String,
        pub due_at_ms: Option<UnixMillis>,
        pub assigned_at_ms: UnixMillis,
    }

    pub struct AssignedPlaylistView {
        pub assigned: AssignedView,
        pub playlist: PlaylistTileView,
    }

    pub struct AssignedPageView {
        /// Last assigned first.
        pub assigned: Vec<AssignedPlaylistView>,
        pub next_cursor: Option<String>,
    }

    /// What the person sees who assigned it.
    pub struct AssignmentView {
        pub id: AssignmentId,
        pub playlist_id: PlaylistId,
        pub playlist_title: String,
        pub name: String,
        pub due_at_ms: Option<UnixMillis>,
        /// Who opens `/join/{invite}` may join; none: nobody joins by address.
        pub invite: Option<InviteId>,
        /// People it is assigned to, without those who left.
        pub people: u32,
        /// Those of them who have every step behind them.
        pub finished: u32,
        pub steps: u32,
        pub created_at_ms: UnixMillis,
    }

    pub struct AssignmentListView {
        /// Newest first.
        pub assignments: Vec<AssignmentView>,
        pub next_cursor: Option<String>,
    }

    /// A step as the columns of the table of progress name it.
    pub struct AssignedStepView {
        /// Empty: its clip is gone.
        pub title: String,
        pub is_gate: bool,
    }

    /// One person at one step.
    #[derive(Copy, Eq)]
    pub struct StepProgressView {
        pub state: StepState,
        /// Answers to its questions since the assignment.
        pub tries: u32,
    }

    pub struct AssigneeView {
        pub person_id: PersonId,
        /// None: a guest.
        pub handle: Option<String>,
        /// Empty: a guest without a name.
        pub display_name: String,
        pub by_link: bool,
        pub assigned_at_ms: UnixMillis,
        /// "Not for me": then nothing more is told.
        pub has_left: bool,
        /// Steps behind them.
        pub done: u32,
        /// One a step, in their order.
        pub steps: Vec<StepProgressView>,
        /// When they last watched or answered something of it, where they did since it was assigned.
        pub last_at_ms: Option<UnixMillis>,
    }

    /// An assignment with a page of its people.
    pub struct AssignmentPageView {
        pub assignment: AssignmentView,
        pub steps: Vec<AssignedStepView>,
        /// In the order they came.
        pub people: Vec<AssigneeView>,
        pub next_cursor: Option<String>,
    }

    /// What came of assigning to people by their handles.
    pub struct AssignedPeopleView {
        pub assignment: AssignmentView,
        /// Handles nobody has.
        pub unknown: Vec<String>,
        /// Handles of people who had left: they come back only by themselves.
        pub left: Vec<String>,
    }

    /// What an address to join leads to.
    pub struct InvitationView {
        pub assigned: AssignedView,
        pub playlist: PlaylistTileView,
        /// The caller has joined already.
        pub joined: bool,
    }
}

endpoint! {
    Post "/api/playlists/{playlist_id}/assignments" by Account: "Assigns a playlist to people by handle; the same id again returns it.";
    pub struct CreateAssignment {
        pub playlist_id: PlaylistId,
        /// Made by the client.
        pub assignment_id: AssignmentId,
        #[serde(default)]
        pub name: String,
        #[serde(default)]
        pub due_at_ms: Option<UnixMillis>,
        /// At most 100.
        #[serde(default)]
        pub handles: Vec<String>,
        /// Makes an address that others join by.
        #[serde(default)]
        pub by_link: bool,
    } -> AssignedPeopleView

    Get "/api/assignments" by Account: "What the caller assigned, newest first.";
    pub struct ListAssignments {
        /// Only of this playlist.
        #[serde(default)]
        pub playlist_id: Option<PlaylistId>,
        #[serde(default)]
        pub cursor: Option<String>,
    } -> AssignmentListView

    Get "/api/assignments/{assignment_id}" by Account: "An assignment and how far its people are.";
    pub struct GetAssignment {
        pub assignment_id: AssignmentId,
        #[serde(default)]
        pub cursor: Option<String>,
    } -> AssignmentPageView

    Patch "/api/assignments/{assignment_id}" by Account: "Changes an assignment; fields left out stay.";
    pub struct UpdateAssignment {
        pub assignment_id: AssignmentId,
        #[serde(default)]
        pub name: Option<String>,
        #[serde(default)]
        pub due_at_ms: Option<UnixMillis>,
        /// Takes the date away.
        #[serde(default)]
        pub no_due: bool,
        /// A new address to join by, or none from now on.
        #[serde(default)]
        pub by_link: Option<bool>,
    } -> AssignmentView

    Delete "/api/assignments/{assignment_id}" by Account: "Ends an assignment; what people learned stays theirs.";
    pub struct DeleteAssignment {
        pub assignment_id: AssignmentId,
    } -> Done

    Post "/api/assignments/{assignment_id}/people" by Account: "Assigns to more people by handle; who has it already keeps it.";
    pub struct AssignPeople {
        pub assignment_id: AssignmentId,
        /// At most 100.
        pub handles: Vec<String>,
    } -> AssignedPeopleView

    Delete "/api/assignments/{assignment_id}/people/{person_id}" by Account: "Takes an assignment back from one person.";
    pub struct UnassignPerson {
        pub assignment_id: AssignmentId,
        pub person_id: PersonId,
    } -> Done

    Get "/api/me/assigned" by Person: "What was assigned to the caller, last assigned first.";
    pub struct ListAssigned {
        #[serde(default)]
        pub cursor: Option<String>,
    } -> AssignedPageView

    Put "/api/me/assigned/{assignment_id}" by Person: "Leaves an assignment, or takes that back; the assigner sees that, and no progress from then on.";
    pub struct LeaveAssignment {
        pub assignment_id: AssignmentId,
        pub left: bool,
    } -> Done

    Get "/api/invitations/{invite_id}" by Anyone: "What an address to join leads to.";
    pub struct GetInvitation {
        pub invite_id: InviteId,
    } -> InvitationView

    Post "/api/invitations/{invite_id}/join" by Person: "Joins an assignment; joining again changes nothing, and who had left is back.";
    pub struct JoinAssignment {
        pub invite_id: InviteId,
    } -> InvitationView
}

/// Checks the handles of people to assign to; a leading `@` is no part of them.
///
/// # Errors
/// More than may be sent at once.
pub fn check_handles(handles: &[String]) -> Result<(), FieldProblem> {
    if handles.len() > limit::HANDLES_AT_ONCE {
        let detail = format!("at most {}", limit::HANDLES_AT_ONCE);
        return Err(FieldProblem { field: "handles", detail });
    }
    handles.iter().try_for_each(|handle| limit::text("handles", handle, 0, limit::HANDLE + 1))
}

/// Handles as somebody types or pastes them: spaces, commas, semicolons and lines between, `@` before or not, each once.
pub fn handles_in(text: &str) -> Vec<String> {
    let mut handles: Vec<String> = Vec::new();
    for word in text.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '،' | '؛')) {
        let handle = word.trim_start_matches('@').to_ascii_lowercase();
        if !handle.is_empty() && !handles.contains(&handle) {
            handles.push(handle);
        }
    }
    handles
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handles_are_read_however_they_are_listed() {
        assert_eq!(handles_in(" @Ada, bob;\nada\n@leyla  "), ["ada", "bob", "leyla"]);
        assert!(handles_in(" ,; ").is_empty());
    }

    #[test]
    fn a_long_list_is_refused_at_once() {
        assert!(check_handles(&vec!["ada".to_owned(); limit::HANDLES_AT_ONCE]).is_ok());
        assert!(check_handles(&vec!["ada".to_owned(); limit::HANDLES_AT_ONCE + 1]).is_err());
    }
}
