//! Which clips come next.

use crate::{ClipId, TopicId, clip::ClipView, playlist::PathView};

wire! {
    pub struct FeedPageView {
        /// In the order to show. None that the caller has seen, but for what is due for review: those carry a mark.
        pub clips: Vec<ClipView>,
        /// For the next page; `None` when everything has been seen.
        pub next_cursor: Option<String>,
        /// There are clips of this kind, and the caller has seen every one.
        #[serde(default)]
        pub seen_all: bool,
        /// Where the clips stand in the playlist they were asked for.
        #[serde(default)]
        pub path: Option<PathView>,
    }
}

endpoint! {
    Get "/api/feed" by Anyone: "The next clips: ranked by what is known of the caller, or topics mixed fairly, newest first; nothing they have watched. Every third place is a review while any is due and the day's share is not done.";
    pub struct GetFeed {
        /// Where the last page ended.
        #[serde(default)]
        pub cursor: Option<String>,
        /// Only clips on this topic.
        #[serde(default)]
        pub topic: Option<TopicId>,
        /// 1 to 20; 6 if left out.
        #[serde(default)]
        pub limit: Option<u32>,
        /// Put this clip first, watched or not: a shared address, or where the caller stopped.
        #[serde(default)]
        pub from: Option<ClipId>,
        /// Where a pass begins anew behind clips that stay: how many there are since the last review, so that the next one comes in
        /// its place.
        #[serde(default)]
        pub since_review: Option<u32>,
        /// To add to UTC for the caller's local time: reviews are counted by their day. UTC if left out.
        #[serde(default)]
        pub utc_offset_minutes: Option<i32>,
    } -> FeedPageView
}
