//! People as others see them, and what a person may do with their own data. Signing in is in `account`.

use crate::{Done, PersonId, UnixMillis, clip::ClipTileView};
use serde_json::Value;

wire! {
    /// The one line about an author that goes with each clip.
    pub struct AuthorView {
        pub id: PersonId,
        /// For the address `/@handle`.
        pub handle: String,
        pub display_name: String,
        /// One line; may be empty.
        pub bio: String,
    }

    pub struct AuthorPageView {
        pub author: AuthorView,
        pub clip_count: u64,
        pub like_count: u64,
        pub joined_at_ms: UnixMillis,
    }

    /// A page of clip tiles.
    pub struct ClipTilePageView {
        pub clips: Vec<ClipTileView>,
        pub next_cursor: Option<String>,
    }

    /// Everything kept about the caller.
    pub struct PersonExportView {
        pub exported_at_ms: UnixMillis,
        /// One member a table, rows as objects.
        pub data: Value,
    }
}

endpoint! {
    Get "/api/people/{handle}" by Anyone: "An author's page.";
    pub struct GetAuthor {
        pub handle: String,
    } -> AuthorPageView

    Get "/api/people/{handle}/clips" by Anyone: "An author's published clips, newest first.";
    pub struct ListAuthorClips {
        pub handle: String,
        #[serde(default)]
        pub cursor: Option<String>,
    } -> ClipTilePageView

    Patch "/api/me" by Account: "Changes what others see of the caller.";
    pub struct UpdateProfile {
        #[serde(default)]
        pub display_name: Option<String>,
        #[serde(default)]
        pub bio: Option<String>,
    } -> crate::account::SessionView

    Get "/api/me/export" by Person: "Everything kept about the caller, as JSON.";
    pub struct ExportPerson {} -> PersonExportView

    Delete "/api/me" by Person: "Deletes the caller and all that is theirs, for good.";
    pub struct DeletePerson {} -> Done
}
