//! The feed: clips one under the other.

use minnow_shared::{ClipId, TopicId};
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct FeedProps {
    /// Only clips on this topic.
    #[prop_or_default]
    pub topic: Option<TopicId>,
    /// This clip first.
    #[prop_or_default]
    pub clip: Option<ClipId>,
}

#[component]
pub fn FeedPage(_props: &FeedProps) -> Html {
    html! { <main id="main" tabindex="-1"></main> }
}
