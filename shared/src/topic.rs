//! Topics: what clips are about.

use crate::TopicId;

wire! {
    pub struct TopicView {
        pub id: TopicId,
        /// In the language asked for, else English.
        pub name: String,
    }

    pub struct TopicItemView {
        pub topic: TopicView,
        /// Published clips on the topic.
        pub clip_count: u64,
        /// The newest clips' small posters, at most three.
        pub poster_urls: Vec<String>,
    }

    pub struct TopicListView {
        pub topics: Vec<TopicItemView>,
    }
}

endpoint! {
    Get "/api/topics" by Anyone: "All topics that have clips, and those a clip may be given.";
    pub struct ListTopics {
        /// BCP 47; English where a name is missing.
        #[serde(default)]
        pub language: Option<String>,
    } -> TopicListView
}
