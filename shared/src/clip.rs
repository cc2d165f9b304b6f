//! A clip as everybody may see it. Its maker's view is in `draft`, the order of clips in `feed`.

use crate::{
    ClipId, UnixMillis, caption::CaptionTrack, person::AuthorView, person::ClipTilePageView,
    question::QuestionView, topic::TopicView,
};

wire! {
    /// One encoding of a clip: progressive MP4, H.264 and AAC.
    pub struct RenditionView {
        /// The shorter side in pixels: 360, 540 or 720.
        pub short_side: u32,
        pub width: u32,
        pub height: u32,
        pub url: String,
        pub size_bytes: u64,
        /// Bytes from 0 that hold the whole index (`moov`).
        pub moov_end_bytes: u64,
        /// Bytes from 0 that hold the index and the first two seconds.
        pub two_seconds_bytes: u64,
    }

    /// A published clip with all that a player needs: no further request before its first frame.
    pub struct ClipView {
        pub id: ClipId,
        pub title: String,
        pub author: AuthorView,
        pub topics: Vec<TopicView>,
        /// BCP 47.
        pub language: String,
        pub licence: String,
        #[serde(default)]
        pub source_url: Option<String>,
        pub duration_ms: u32,
        pub width: u32,
        pub height: u32,
        /// Smallest first; never empty.
        pub renditions: Vec<RenditionView>,
        /// 720 px on the short side, JPEG.
        pub poster_url: String,
        /// 240 px on the short side, JPEG.
        pub poster_small_url: String,
        /// Standard base64, at most 30 bytes before encoding.
        pub thumbhash: String,
        pub alt: String,
        /// The clip's own language first; never empty.
        pub captions: Vec<CaptionTrack>,
        /// At most one today; in the order of their moments.
        pub questions: Vec<QuestionView>,
        pub counts: CountsView,
        pub liked: bool,
        pub saved: bool,
        pub published_at_ms: UnixMillis,
        /// Ask the clip's question before it plays, and send the answer with `before`: the caller has neither seen the clip
        /// nor answered. Only in the feed.
        #[serde(default)]
        pub guess_first: bool,
        /// It is shown again, because what it taught is due; `None` for a clip that is new.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub review: Option<ReviewMark>,
    }

    /// Why a clip comes again: its questions that are due are the ones not `answered`.
    #[derive(Copy, Eq)]
    pub struct ReviewMark {
        /// When the first of them was answered last.
        pub last_answer_ms: UnixMillis,
        /// Where the key moment begins, in milliseconds: a few seconds before the question.
        pub begin_ms: u32,
    }

    #[derive(Copy, Eq)]
    pub struct CountsView {
        pub likes: u64,
        pub saves: u64,
    }

    /// What the caller did and what all did.
    #[derive(Copy, Eq)]
    pub struct ReactionView {
        pub liked: bool,
        pub saved: bool,
        pub counts: CountsView,
    }

    /// A poster with a title, for grids.
    pub struct ClipTileView {
        pub id: ClipId,
        pub title: String,
        pub author_name: String,
        pub duration_ms: u32,
        pub poster_small_url: String,
        pub thumbhash: String,
        pub counts: CountsView,
    }

    /// The same content as text.
    pub struct TextTwinView {
        pub clip_id: ClipId,
        pub paragraphs: Vec<TwinParagraph>,
        pub source_url: Option<String>,
    }

    /// One passage of the text twin.
    pub struct TwinParagraph {
        /// Where in the clip it belongs, in milliseconds.
        pub at_ms: u32,
        pub text: String,
    }
}

endpoint! {
    Get "/api/clips/{clip_id}" by Anyone: "One published clip.";
    pub struct GetClip {
        pub clip_id: ClipId,
    } -> ClipView

    Get "/api/clips/{clip_id}/twin" by Anyone: "The clip's text twin.";
    pub struct GetTextTwin {
        pub clip_id: ClipId,
    } -> TextTwinView

    Get "/api/clips/{clip_id}/counts" by Anyone: "Likes and saves as they stand now.";
    pub struct GetCounts {
        pub clip_id: ClipId,
    } -> ReactionView

    Put "/api/clips/{clip_id}/like" by Person: "Likes a clip, or takes it back; doing it twice changes nothing.";
    pub struct SetLike {
        pub clip_id: ClipId,
        pub on: bool,
        /// When the learner did it, by their clock, as far as that is believable; now if left out. The last one counts.
        #[serde(default)]
        pub at_ms: Option<UnixMillis>,
    } -> ReactionView

    Put "/api/clips/{clip_id}/save" by Person: "Saves a clip for later, or takes it back; doing it twice changes nothing.";
    pub struct SetSave {
        pub clip_id: ClipId,
        pub on: bool,
        /// When the learner did it, by their clock, as far as that is believable; now if left out. The last one counts.
        #[serde(default)]
        pub at_ms: Option<UnixMillis>,
    } -> ReactionView

    Get "/api/me/saved" by Person: "The caller's saved clips, last saved first.";
    pub struct ListSaved {
        #[serde(default)]
        pub cursor: Option<String>,
    } -> ClipTilePageView
}
