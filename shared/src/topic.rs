//! Topics: what clips are about.

use crate::{
    TopicId,
    bank::LossView,
    limit::{self, FieldProblem},
};

/// Files of topics, in and out: no endpoints, for their bodies are no JSON of ours. `?format=json` or `csv`, `?dry_run=true`.
pub const IMPORT_PATH: &str = "/api/topic-graph/import";
pub const EXPORT_PATH: &str = "/api/topic-graph/export";

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

    /// How one topic stands to another. An edge reads as a sentence: "from is a prerequisite of to", "from is part of to".
    #[derive(Copy, Eq, Hash)]
    #[serde(rename_all = "snake_case")]
    pub enum EdgeKind {
        Prerequisite,
        PartOf,
        #[serde(other)]
        Unknown,
    }

    #[derive(Eq, Hash)]
    pub struct EdgeView {
        pub from: TopicId,
        pub kind: EdgeKind,
        pub to: TopicId,
    }

    /// A topic's name in one language.
    #[derive(Eq)]
    pub struct TopicNameView {
        /// The first part of a BCP 47 tag.
        pub language: String,
        pub name: String,
    }

    pub struct TopicNodeView {
        pub id: TopicId,
        /// As in `TopicView`.
        pub name: String,
        pub names: Vec<TopicNameView>,
        /// Published clips on the topic.
        pub clip_count: u64,
    }

    /// All topics and how they hang together; no way leads round in a circle.
    pub struct TopicGraphView {
        /// In their order.
        pub topics: Vec<TopicNodeView>,
        pub edges: Vec<EdgeView>,
        /// Whether the caller may change them.
        pub can_edit: bool,
    }

    /// What came of a file of topics.
    pub struct TopicImportView {
        /// `json` or `csv`; `None`: neither.
        pub format: Option<String>,
        /// Topics and edges that were read.
        pub topics: u64,
        pub edges: u64,
        /// Of those, new here.
        pub new_topics: u64,
        pub new_edges: u64,
        pub losses: Vec<LossView>,
    }
}

endpoint! {
    Get "/api/topics" by Anyone: "All topics that have clips, and those a clip may be given.";
    pub struct ListTopics {
        /// BCP 47; English where a name is missing.
        #[serde(default)]
        pub language: Option<String>,
    } -> TopicListView
    Get "/api/topic-graph" by Anyone: "All topics with their names in every language, and how they hang together.";
    pub struct GetTopicGraph {
        /// As in `ListTopics`.
        #[serde(default)]
        pub language: Option<String>,
    } -> TopicGraphView

    Post "/api/topics" by Account: "Adds a topic. Its id is made of its English or else its first name, unless one is given.";
    pub struct CreateTopic {
        #[serde(default)]
        pub topic_id: Option<TopicId>,
        /// At least one.
        pub names: Vec<TopicNameView>,
    } -> TopicGraphView

    Patch "/api/topics/{topic_id}" by Account: "Gives a topic these names; an empty one takes the name in that language away.";
    pub struct RenameTopic {
        pub topic_id: TopicId,
        pub names: Vec<TopicNameView>,
    } -> TopicGraphView

    Delete "/api/topics/{topic_id}" by Account: "Deletes a topic that no clip is on, with its edges.";
    pub struct DeleteTopic {
        pub topic_id: TopicId,
    } -> TopicGraphView

    Post "/api/topics/{from}/edges" by Account: "Adds an edge. `conflict` when it would close a circle: the detail names the way round.";
    pub struct AddTopicEdge {
        pub from: TopicId,
        pub kind: EdgeKind,
        pub to: TopicId,
    } -> TopicGraphView

    Delete "/api/topics/{from}/edges" by Account: "Takes an edge away; one that is not there changes nothing.";
    pub struct DeleteTopicEdge {
        pub from: TopicId,
        pub kind: EdgeKind,
        pub to: TopicId,
    } -> TopicGraphView
}

/// Checks names for a topic.
///
/// # Errors
/// When a name is too long, cannot be shown, or its language is none.
pub fn check_names(names: &[TopicNameView]) -> Result<(), FieldProblem> {
    let problem = |detail: &str| Err(FieldProblem { field: "names", detail: detail.to_owned() });
    for TopicNameView { language, name } in names {
        limit::text("names", name, 0, limit::TOPIC_NAME)?;
        if name.chars().any(char::is_control) {
            return problem("a name has characters that cannot be shown");
        }
        let plain = (2..=3).contains(&language.len()) && language.bytes().all(|b| b.is_ascii_lowercase());
        if !plain {
            return problem("a language is the first part of a BCP 47 tag: two or three small letters");
        }
    }
    Ok(())
}
