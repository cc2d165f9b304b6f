//! Playlists: clips in an order, some of them gates. Who is asked to go through one is in `assignment`.
//!
//! How far somebody is follows from what they watched and answered and stands nowhere by itself: `walk` is that rule, the
//! same on the server and in a browser without a network.

use crate::{
    ClipId, Done, PlaylistId, StepId, UnixMillis,
    assignment::AssignedView,
    clip::ClipTileView,
    feed::FeedPageView,
    limit::{self, FieldProblem},
    person::AuthorView,
};

wire! {
    /// Who may see a playlist.
    #[derive(Copy, Eq, Hash)]
    #[serde(rename_all = "snake_case")]
    pub enum Visibility {
        /// Its owner, and whom it is assigned to.
        Private,
        /// Who has its address.
        Link,
        /// Everybody; it is found.
        Public,
        /// One newer than this client.
        #[serde(other)]
        Unknown,
    }

    /// Where a step stands for one learner.
    #[derive(Copy, Eq, Hash)]
    #[serde(rename_all = "snake_case")]
    pub enum StepState {
        /// A gate: answered right. Another step: watched (nine tenths of it), or its questions answered right.
        Done,
        /// The first that is open and not done.
        Now,
        Open,
        /// Behind a gate that is closed.
        Locked,
        /// Its clip was deleted or taken back: nothing to do here.
        Gone,
        #[serde(other)]
        Unknown,
    }

    pub struct StepView {
        pub id: StepId,
        /// What comes after it opens when its questions were answered right. A gate whose clip asks nothing is open.
        pub is_gate: bool,
        pub state: StepState,
        /// Of the clip; empty where that is gone.
        pub title: String,
        /// Not of what is locked or gone; the owner sees what is locked too.
        pub clip: Option<ClipTileView>,
        /// How many questions the clip asks.
        pub questions: u32,
        /// The caller's answers to them that were not right.
        pub tries: u32,
    }

    /// A playlist with its steps, and how far the caller is.
    pub struct PlaylistView {
        pub id: PlaylistId,
        pub title: String,
        pub about: String,
        pub visibility: Visibility,
        pub owner: AuthorView,
        /// The caller made it, and may change it.
        pub is_own: bool,
        /// The caller may assign it to others.
        pub can_assign: bool,
        pub steps: Vec<StepView>,
        /// Steps behind the caller, those that are gone counted in.
        pub done: u32,
        /// Of all clips that are there, in milliseconds.
        pub duration_ms: u64,
        /// By whom it was assigned to the caller, and until when.
        pub assigned: Vec<AssignedView>,
        pub updated_at_ms: UnixMillis,
    }

    /// A playlist in a list.
    pub struct PlaylistTileView {
        pub id: PlaylistId,
        pub title: String,
        pub about: String,
        pub visibility: Visibility,
        pub owner_handle: String,
        pub owner_name: String,
        pub steps: u32,
        /// Steps behind the caller.
        pub done: u32,
        /// Steps that are gates.
        pub gates: u32,
        pub duration_ms: u64,
        /// Of its first clips, at most three.
        pub poster_urls: Vec<String>,
        pub updated_at_ms: UnixMillis,
    }

    pub struct PlaylistPageView {
        pub playlists: Vec<PlaylistTileView>,
        pub next_cursor: Option<String>,
    }

    /// What the feed's page of a playlist is a part of.
    pub struct PathView {
        pub title: String,
        /// Which step each clip of the page is, from 1.
        pub places: Vec<u32>,
        /// Steps of the playlist.
        pub steps: u32,
        /// The last clip of the page is a gate that is closed: its question has to be answered right.
        pub gate: bool,
        /// Steps behind the caller.
        pub done: u32,
        /// How many of its questions the caller has answered, and will be asked again some day.
        pub back: u32,
        /// When the first of them is due.
        pub back_at_ms: Option<UnixMillis>,
    }

    /// A clip that could be a step.
    pub struct StepClipView {
        pub clip: ClipTileView,
        pub questions: u32,
        /// It is one already.
        pub is_step: bool,
    }

    pub struct StepClipsView {
        pub clips: Vec<StepClipView>,
        pub next_cursor: Option<String>,
    }

    /// Where clips are looked for.
    #[derive(Copy, Eq, Hash)]
    #[serde(rename_all = "snake_case")]
    pub enum Shelf {
        Own,
        Saved,
        #[serde(other)]
        All,
    }
}

endpoint! {
    Get "/api/me/playlists" by Account: "The caller's playlists, last changed first.";
    pub struct ListMyPlaylists {
        #[serde(default)]
        pub cursor: Option<String>,
    } -> PlaylistPageView

    Get "/api/playlists" by Anyone: "Public playlists, newest first.";
    pub struct ListPlaylists {
        /// Only those with these words in title or about.
        #[serde(default)]
        pub words: Option<String>,
        /// Only one person's.
        #[serde(default)]
        pub handle: Option<String>,
        #[serde(default)]
        pub cursor: Option<String>,
    } -> PlaylistPageView

    Post "/api/playlists" by Account: "Begins a playlist under an id the client made; the same id again returns it.";
    pub struct CreatePlaylist {
        pub playlist_id: PlaylistId,
        pub title: String,
        #[serde(default)]
        pub about: String,
        pub visibility: Visibility,
    } -> PlaylistView

    Get "/api/playlists/{playlist_id}" by Anyone: "A playlist with its steps, and how far the caller is.";
    pub struct GetPlaylist {
        pub playlist_id: PlaylistId,
    } -> PlaylistView

    Patch "/api/playlists/{playlist_id}" by Account: "Changes what a playlist says of itself and who may see it; fields left out stay.";
    pub struct UpdatePlaylist {
        pub playlist_id: PlaylistId,
        #[serde(default)]
        pub title: Option<String>,
        #[serde(default)]
        pub about: Option<String>,
        #[serde(default)]
        pub visibility: Option<Visibility>,
    } -> PlaylistView

    Delete "/api/playlists/{playlist_id}" by Account: "Deletes a playlist and its assignments; the clips stay, and what was learned.";
    pub struct DeletePlaylist {
        pub playlist_id: PlaylistId,
    } -> Done

    Get "/api/playlists/{playlist_id}/play" by Anyone: "The playlist's clips to play, in order, up to the first gate that is closed.";
    pub struct PlayPlaylist {
        pub playlist_id: PlaylistId,
        /// From this clip on; else from the first step that is not done.
        #[serde(default)]
        pub from: Option<ClipId>,
    } -> FeedPageView

    Get "/api/playlists/{playlist_id}/clips" by Account: "Clips that could be a step, newest first.";
    pub struct FindStepClips {
        pub playlist_id: PlaylistId,
        pub shelf: Shelf,
        /// Only those with these words in the title or spoken.
        #[serde(default)]
        pub words: Option<String>,
        #[serde(default)]
        pub cursor: Option<String>,
    } -> StepClipsView

    Post "/api/playlists/{playlist_id}/steps" by Account: "Adds a clip as a step; a clip that is a step already stays where it is.";
    pub struct AddStep {
        pub playlist_id: PlaylistId,
        /// Made by the client.
        pub step_id: StepId,
        pub clip_id: ClipId,
        #[serde(default)]
        pub is_gate: bool,
    } -> PlaylistView

    Patch "/api/playlists/{playlist_id}/steps/{step_id}" by Account: "Makes a step a gate or not, takes it out, or brings it back to its place.";
    pub struct UpdateStep {
        pub playlist_id: PlaylistId,
        pub step_id: StepId,
        #[serde(default)]
        pub is_gate: Option<bool>,
        #[serde(default)]
        pub is_removed: Option<bool>,
    } -> PlaylistView

    Put "/api/playlists/{playlist_id}/steps/{step_id}/place" by Account: "Puts a step right after another, or first.";
    pub struct MoveStep {
        pub playlist_id: PlaylistId,
        pub step_id: StepId,
        #[serde(default)]
        pub after_step_id: Option<StepId>,
    } -> PlaylistView
}

impl Visibility {
    /// As it is kept and as the wire names it.
    pub const fn name(self) -> &'static str {
        match self {
            Visibility::Link => "link",
            Visibility::Public => "public",
            Visibility::Private | Visibility::Unknown => "private",
        }
    }

    /// By its name; what is not known is private.
    pub fn named(name: &str) -> Self {
        match name {
            "link" => Visibility::Link,
            "public" => Visibility::Public,
            _ => Visibility::Private,
        }
    }
}

/// Checks what a playlist says of itself.
///
/// # Errors
/// A title that is empty or too long, an about that is too long.
pub fn check_texts(title: Option<&str>, about: Option<&str>) -> Result<(), FieldProblem> {
    if let Some(title) = title {
        limit::text("title", title, 1, limit::PLAYLIST_TITLE)?;
    }
    about.map_or(Ok(()), |about| limit::text("about", about, 0, limit::PLAYLIST_ABOUT))
}

/// What one learner did at one step.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct StepFacts {
    /// The clip is not there for them.
    pub is_gone: bool,
    /// It is meant to be a gate.
    pub is_gate: bool,
    /// Questions the clip asks, and how many of them they ever answered right. An open answer counts as soon as it is
    /// given: nobody waits for others.
    pub questions: u32,
    pub right: u32,
    /// They watched it, nine tenths of it or more.
    pub is_watched: bool,
}

impl StepFacts {
    fn knows_all(self) -> bool {
        self.questions > 0 && self.right >= self.questions
    }

    /// Whether it keeps what comes after it locked.
    pub fn is_closed(self) -> bool {
        self.is_gate && !self.is_gone && self.questions > 0 && !self.knows_all()
    }

    /// Whether it is behind them.
    pub fn is_done(self) -> bool {
        self.is_gone || self.knows_all() || (self.is_watched && !self.is_closed())
    }
}

/// Where each step stands. More answers and more watching only ever open: the outcome does not depend on their order, so
/// what arrives late from a phone without a network counts as if it had come in time.
pub fn walk(steps: &[StepFacts]) -> Vec<StepState> {
    let (mut is_locked, mut has_now) = (false, false);
    steps
        .iter()
        .map(|step| {
            let state = match step {
                step if step.is_gone => StepState::Gone,
                _ if is_locked => StepState::Locked,
                step if step.is_done() => StepState::Done,
                _ if has_now => StepState::Open,
                _ => StepState::Now,
            };
            has_now |= state == StepState::Now;
            is_locked |= step.is_closed();
            state
        })
        .collect()
}

/// How many steps are behind somebody: also those behind a gate that closed again because its clip asks something new.
pub fn count_done(steps: &[StepFacts]) -> u32 {
    u32::try_from(steps.iter().filter(|step| step.is_done()).count()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn step(is_gate: bool, questions: u32, right: u32, is_watched: bool) -> StepFacts {
        StepFacts { is_gone: false, is_gate, questions, right, is_watched }
    }

    use StepState::{Done as D, Gone as G, Locked as L, Now as N, Open as O};

    #[test]
    fn a_gate_locks_what_is_behind_it_until_it_is_answered_right() {
        let mut path = [step(false, 0, 0, true), step(true, 1, 0, true), step(false, 0, 0, false)];
        assert_eq!(walk(&path), [D, N, L], "watching alone opens no gate");
        path[1].right = 1;
        assert_eq!(walk(&path), [D, D, N]);
    }

    #[test]
    fn every_question_of_a_gate_has_to_be_right() {
        let path = |right| [step(true, 2, right, false), step(false, 0, 0, false)];
        assert_eq!(walk(&path(1)), [N, L]);
        assert_eq!(walk(&path(2)), [D, N], "who knows it need not watch");
    }

    #[test]
    fn a_gate_that_cannot_be_answered_is_open() {
        let path = [step(true, 0, 0, false), StepFacts { is_gone: true, ..step(true, 1, 0, false) }];
        assert_eq!(walk(&[path[0], path[1], step(false, 1, 0, false)]), [N, G, O]);
    }

    #[test]
    fn steps_may_be_done_in_any_order_where_nothing_is_locked() {
        let path = [step(false, 1, 0, false), step(false, 1, 0, true), step(false, 1, 1, false)];
        assert_eq!(walk(&path), [N, D, D]);
        assert_eq!(count_done(&path), 2);
    }

    fn any_path() -> impl Strategy<Value = Vec<StepFacts>> {
        let step = (any::<bool>(), any::<bool>(), 0u32..3, 0u32..3, any::<bool>()).prop_map(
            |(is_gone, is_gate, questions, right, is_watched)| StepFacts {
                is_gone,
                is_gate,
                questions,
                right: right.min(questions),
                is_watched,
            },
        );
        proptest::collection::vec(step, 0..12)
    }

    fn openness(state: StepState) -> u8 {
        match state {
            L => 0,
            N | O => 1,
            _ => 2,
        }
    }

    proptest! {
        #[test]
        fn nothing_before_the_first_closed_gate_is_locked_and_all_after_it_is(path in any_path()) {
            let states = walk(&path);
            let closed = path.iter().position(|step| step.is_closed()).unwrap_or(path.len());
            for (at, state) in states.iter().enumerate() {
                prop_assert_eq!(*state == L, at > closed && !path[at].is_gone, "step {}", at);
            }
            prop_assert!(states.iter().filter(|state| **state == N).count() <= 1);
            let open = states.iter().any(|state| matches!(state, N | O));
            prop_assert_eq!(open, states.contains(&N), "there is a way on wherever something is open");
        }

        #[test]
        fn learning_more_never_closes_anything(path in any_path(), at in 0usize..12, watch in any::<bool>()) {
            prop_assume!(at < path.len());
            let mut more = path.clone();
            if watch { more[at].is_watched = true } else { more[at].right = more[at].questions }
            prop_assert!(count_done(&more) >= count_done(&path));
            for (before, after) in walk(&path).into_iter().zip(walk(&more)) {
                prop_assert!(openness(after) >= openness(before), "{before:?} became {after:?}");
            }
        }

        #[test]
        fn a_clip_that_goes_takes_no_progress_away(path in any_path(), at in 0usize..12) {
            prop_assume!(at < path.len());
            let mut less = path.clone();
            less[at].is_gone = true;
            prop_assert!(count_done(&less) >= count_done(&path));
            for (before, after) in walk(&path).into_iter().zip(walk(&less)) {
                prop_assert!(openness(after) >= openness(before));
            }
        }

        #[test]
        fn a_learner_who_does_what_is_now_comes_to_the_end(path in any_path()) {
            let mut path = path;
            for _ in 0..=path.len() {
                let Some(now) = walk(&path).iter().position(|state| *state == N) else { break };
                path[now].is_watched = true;
                path[now].right = path[now].questions;
            }
            prop_assert!(walk(&path).iter().all(|state| matches!(state, D | G)));
            prop_assert_eq!(count_done(&path) as usize, path.len());
        }
    }
}
