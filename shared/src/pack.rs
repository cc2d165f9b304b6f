//! Packs: clips with their questions, taken along for the time without a network. What opens a question's seal, and when, is
//! the browser's; how it is sealed, and what that protects from, is in docs/decisions/0015-packs.md.

use crate::{
    ClipId, PersonId, PlaylistId, QuestionId, TopicId, UnixMillis,
    answer::{AskedView, Certainty},
    clip::ClipView,
    playlist::{PlaylistView, StepFacts},
};
use std::collections::HashSet;

/// "My next 20 minutes".
pub const NEXT_MINUTES: u32 = 20;

wire! {
    /// What a pack is made of.
    #[derive(Eq, Hash, PartialOrd, Ord)]
    #[serde(tag = "kind", rename_all = "snake_case")]
    pub enum PackSource {
        /// What is due with its clips, then what comes next in the feed: about 20 minutes of it.
        Next,
        Topic { topic_id: TopicId },
        /// Also what is behind a gate that is closed: it opens here by the same rule.
        Playlist { playlist_id: PlaylistId },
        /// A source newer than this program.
        #[serde(other)]
        Unknown,
    }

    /// What a pack is made of, all of it but the films, pictures and texts, which are fetched by their addresses.
    pub struct PackView {
        pub source: PackSource,
        /// The topic's or the playlist's name; empty for what comes next.
        pub title: String,
        /// Whose it is: seals open for nobody else, and answers are theirs.
        pub person_id: PersonId,
        pub made_at_ms: UnixMillis,
        /// What the keys of the seals are derived from: 32 bytes, standard base64.
        pub secret: String,
        /// In the order to show.
        pub clips: Vec<ClipView>,
        pub questions: Vec<PackQuestionView>,
        /// The learner's answers to these questions, as far as they say something of memory.
        pub answers: Vec<PackAnswerView>,
        /// Addresses of the questions' pictures, those of their reasons too.
        pub pictures: Vec<String>,
        /// The 21 weights of the learner's memory, bit for bit: 16 hexadecimal digits each.
        pub weights: String,
        /// Reviews done on the learner's day of today, wherever.
        pub done_today: u32,
        /// The playlist it is made of, if it is made of one.
        #[serde(default)]
        pub playlist: Option<PackPlaylistView>,
    }

    /// A playlist as it was when the pack was made.
    pub struct PackPlaylistView {
        /// With the clips of all its steps, locked or not.
        pub view: PlaylistView,
        /// What the learner did at each of its steps.
        pub steps: Vec<PackStepView>,
    }

    #[derive(Eq)]
    pub struct PackStepView {
        /// None where it is gone.
        pub clip_id: Option<ClipId>,
        pub is_gate: bool,
        /// What its clip asks, in the order of its moments.
        pub questions: Vec<QuestionId>,
        /// Those of them that were answered right before.
        pub right: Vec<QuestionId>,
        pub is_watched: bool,
    }

    pub struct PackQuestionView {
        /// The family it is a form of bears this question's id; none where it is this one's own.
        #[serde(default)]
        pub root_id: Option<QuestionId>,
        pub asked: AskedView,
        /// Whether the learner wrote it: nobody earns by a question of their own.
        #[serde(default)]
        pub is_own: bool,
        /// The question with its key, sealed: nonce (12 bytes), ciphertext, tag (16 bytes), together in standard base64.
        pub sealed: String,
    }

    #[derive(Eq)]
    pub struct PackAnswerView {
        /// The form that was asked.
        pub question_id: QuestionId,
        /// The root of its family; none where that is itself.
        #[serde(default)]
        pub root_id: Option<QuestionId>,
        pub id: String,
        pub at_ms: UnixMillis,
        pub is_right: bool,
        #[serde(default)]
        pub certainty: Option<Certainty>,
    }
}

endpoint! {
    Post "/api/packs" by Person: "Makes a pack: everything but films, pictures and texts. Nothing is kept of it.";
    pub struct MakePack {
        pub source: PackSource,
        /// To add to UTC for the caller's local time.
        pub utc_offset_minutes: i32,
        /// For the names of topics; the request's languages if left out.
        #[serde(default)]
        pub language: Option<String>,
    } -> PackView
}

/// What a seal is bound to: it derives the key and is authenticated with the box. A seal moved to another question, or to
/// another person's pack, does not open.
pub fn seal_context(person: &PersonId, question: &QuestionId) -> String {
    format!("minnow seal 1 {person} {question}")
}

impl PackStepView {
    /// Where it stands once `right` and `watched` are counted in: what was answered right and watched since.
    pub fn facts(&self, right: &HashSet<&QuestionId>, watched: &HashSet<&ClipId>) -> StepFacts {
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let is_right = |id: &&QuestionId| self.right.contains(id) || right.contains(id);
        StepFacts {
            is_gone: self.clip_id.is_none(),
            is_gate: self.is_gate,
            questions: count(self.questions.len()),
            right: count(self.questions.iter().filter(is_right).count()),
            is_watched: self.is_watched || self.clip_id.as_ref().is_some_and(|clip| watched.contains(clip)),
        }
    }
}

/// The salt of the keys of seals.
pub const SEAL_SALT: &str = "minnow pack";
/// Bytes of a seal's nonce.
pub const SEAL_NONCE: usize = 12;
