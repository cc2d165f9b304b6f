//! What a learner holds of each topic, as an estimate with its doubt, and what it rests on.

use crate::{ClipId, QuestionId, TopicId, UnixMillis, topic::TopicView};

wire! {
    /// How sure an estimate is.
    #[derive(Copy, Eq, Hash)]
    #[serde(rename_all = "snake_case")]
    pub enum Sureness {
        Guess,
        FairlySure,
        Sure,
    }

    /// How hard a question is, as far as answers tell.
    #[derive(Copy, Eq, Hash)]
    #[serde(rename_all = "snake_case")]
    pub enum Hardness {
        /// Too few learners have answered it.
        Unknown,
        Easy,
        Middling,
        Hard,
    }

    /// The chance that the learner knows the answer to a question of middling difficulty on a topic.
    pub struct EstimateView {
        /// 0 to 1, with the ends of the interval that holds four times out of five.
        pub chance: f64,
        pub low: f64,
        pub high: f64,
        pub sureness: Sureness,
        /// Answers that counted, and those of them on the topic itself, not on what is part of it.
        pub answers: u32,
        pub own_answers: u32,
        pub last_answer_ms: UnixMillis,
    }

    pub struct TopicMasteryView {
        pub topic: TopicView,
        pub estimate: EstimateView,
    }

    pub struct MasteryListView {
        /// Most answers first.
        pub topics: Vec<TopicMasteryView>,
    }

    /// A topic beside another, with what the learner holds of it.
    pub struct NeighbourView {
        pub topic: TopicView,
        /// `None`: nothing answered yet.
        pub estimate: Option<EstimateView>,
    }

    /// One answer to a question of a topic.
    pub struct OutcomeView {
        pub answered_at_ms: UnixMillis,
        /// 0 to 1.
        pub credit: f64,
    }

    /// A question the learner has answered.
    pub struct TopicQuestionView {
        pub question_id: QuestionId,
        /// What is asked, in plain words.
        pub stem: String,
        /// A published clip that asks it.
        pub clip_id: Option<ClipId>,
        pub hardness: Hardness,
        /// Newest first, at most twelve.
        pub outcomes: Vec<OutcomeView>,
    }

    /// What one topic's estimate rests on.
    pub struct TopicDetailView {
        pub topic: TopicView,
        pub estimate: Option<EstimateView>,
        /// Of answers that came a week or more after the one before to the same question: how many, and how many right.
        pub kept_asked: u32,
        pub kept_right: u32,
        /// Newest answer first, at most a hundred.
        pub questions: Vec<TopicQuestionView>,
        pub prerequisites: Vec<NeighbourView>,
        pub parts: Vec<NeighbourView>,
        /// What it is part of, and what it is a prerequisite of.
        pub wholes: Vec<NeighbourView>,
        pub leads_to: Vec<NeighbourView>,
        /// Reviews of its questions that are due now.
        pub due: u32,
        /// Published clips on the topic.
        pub clip_count: u64,
    }
}

endpoint! {
    Get "/api/me/topics" by Person: "What the caller holds of each topic they have answered on, most answers first.";
    pub struct ListMastery {
        /// BCP 47; English where a name is missing.
        #[serde(default)]
        pub language: Option<String>,
    } -> MasteryListView

    Get "/api/me/topics/{topic_id}" by Person: "What the caller holds of one topic, and what that rests on.";
    pub struct GetTopicMastery {
        pub topic_id: TopicId,
        #[serde(default)]
        pub language: Option<String>,
    } -> TopicDetailView
}
