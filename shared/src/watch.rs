//! What was watched: stretches of clips with client-made ids.

use crate::{ClipId, Done, UnixMillis, WatchId};

wire! {
    /// One stretch of a clip watched without a jump.
    pub struct WatchedStretch {
        pub watch_id: WatchId,
        pub clip_id: ClipId,
        /// Positions in the clip, milliseconds; `from_ms <= to_ms`. Equal means the clip was seen but did not play.
        pub from_ms: u32,
        pub to_ms: u32,
        /// When the stretch began, by the learner's clock; kept, not trusted.
        pub started_at_ms: UnixMillis,
        /// Whether the end of the clip was reached.
        pub finished: bool,
    }
}

endpoint! {
    Post "/api/watch" by Person: "Keeps watched stretches; one sent again changes nothing.";
    pub struct RecordWatch {
        /// At most 100.
        pub stretches: Vec<WatchedStretch>,
        /// Minutes to add to UTC for the learner's local day, -840 to 840.
        pub utc_offset_minutes: i32,
    } -> Done
}
