//! What a clip did, for its author: who stayed, what they answered, what it taught. Shares are told only of enough learners.

use crate::{ClipId, QuestionId, UnixMillis, mastery::Hardness};

/// Shares of fewer learners than this are not told: they would say little, and might say it of somebody.
pub const FEWEST_LEARNERS: u32 = 20;

wire! {
    /// A share with its interval (Wilson, 95 %), each 0 to 1.
    #[derive(Copy)]
    pub struct ShareView {
        pub share: f64,
        pub low: f64,
        pub high: f64,
    }

    /// A share of so many learners.
    #[derive(Copy)]
    pub struct FigureView {
        pub learners: u32,
        /// `None` under `FEWEST_LEARNERS`.
        pub share: Option<ShareView>,
    }

    /// What a clip taught: shares that were right, and the differences within the same learners, -1 to 1 (Newcombe, 95 %).
    #[derive(Copy)]
    pub struct GainView {
        /// By a guess before the clip, or elsewhere before they came to its question.
        pub before: FigureView,
        /// When the clip asked them first.
        pub after: FigureView,
        /// At the first answer a day or more after that.
        pub delayed: FigureView,
        /// The middle one of those delays.
        pub delay_ms: i64,
        /// Right after less before, and delayed less before, of those who were asked at both times.
        pub at_once: FigureView,
        pub lasting: FigureView,
    }

    /// A choice of a question and who took it at their first answer.
    pub struct ChoiceShareView {
        /// `None`: "I don't know yet".
        pub text: Option<String>,
        pub is_right: bool,
        /// 0 to 1.
        pub share: f64,
    }

    /// A question of the clip.
    pub struct QuestionInsightView {
        pub question_id: QuestionId,
        pub stem: String,
        pub moment_ms: u32,
        /// Right at the first answer, wherever it was asked.
        pub first: FigureView,
        /// Of questions with choices, most taken first; empty under `FEWEST_LEARNERS`.
        pub choices: Vec<ChoiceShareView>,
        /// How being right on it goes with being right on other questions, -1 to 1; `None` where too few answered both.
        pub discrimination: Option<f64>,
        pub hardness: Hardness,
        pub gain: GainView,
    }

    /// Where the most stopped watching within some seconds.
    #[derive(Copy)]
    pub struct DropView {
        pub from_ms: u32,
        pub to_ms: u32,
        /// Of all who began, 0 to 1.
        pub share: f64,
    }

    pub struct InsightsView {
        pub clip_id: ClipId,
        pub title: String,
        pub poster_small_url: String,
        pub duration_ms: u32,
        pub published_at_ms: Option<UnixMillis>,
        /// Who saw it at all.
        pub learners: u32,
        pub saves: u64,
        /// Watched to the end.
        pub finished: FigureView,
        /// Of those who saw it, the share still there at moments evenly spread from begin to end; empty under `FEWEST_LEARNERS`.
        pub staying: Vec<f64>,
        pub drop: Option<DropView>,
        /// In the order of their moments.
        pub questions: Vec<QuestionInsightView>,
    }
}

endpoint! {
    Get "/api/clips/{clip_id}/insights" by Account: "What a clip did, for its author; shares are withheld under 20 learners.";
    pub struct GetClipInsights {
        pub clip_id: ClipId,
    } -> InsightsView
}
