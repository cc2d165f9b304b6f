//! What a learner meets again: what is due, what the days ahead bring, what another retention would cost.

use crate::{ClipId, QuestionId, UnixMillis};

/// How far ahead the forecast looks, in days.
pub const FORECAST_DAYS: u32 = 30;

wire! {
    /// A question to be met again.
    pub struct ReviewView {
        pub question_id: QuestionId,
        /// The clip that asks it and when, where there is one to be seen.
        pub clip_id: Option<ClipId>,
        #[serde(default)]
        pub clip_title: Option<String>,
        #[serde(default)]
        pub moment_ms: Option<u32>,
        /// What is asked, in plain words.
        pub stem: String,
        pub last_answer_ms: UnixMillis,
        pub due_ms: UnixMillis,
        /// The chance that it is still known, in per cent.
        pub known_percent: u32,
        pub reviews: u32,
        /// How often it was forgotten after it had been known.
        pub lapses: u32,
    }

    pub struct ReviewListView {
        /// Most likely still known first; no more than the day has left.
        pub reviews: Vec<ReviewView>,
        /// All that is due, whatever the day takes.
        pub due: u32,
        pub done_today: u32,
        pub daily_cap: u32,
    }

    pub struct ForecastView {
        /// Reviews a day, today first. What a day's cap does not take moves to the next.
        pub days: Vec<u32>,
        pub daily_cap: u32,
        /// In how many days everything that is due by then is done, 0 for today; `None` when that takes longer.
        #[serde(default)]
        pub caught_up_in_days: Option<u32>,
    }

    pub struct WorkloadView {
        pub retention_percent: u32,
        /// Mean over the days of the forecast.
        pub reviews_per_day: f64,
        /// How many questions are known at their end, on average.
        pub known_at_end: f64,
        /// How many questions there are.
        pub questions: u32,
    }
}

endpoint! {
    Get "/api/me/reviews" by Person: "What is due now, most likely still known first, no more than the day has left.";
    pub struct ListReviews {
        /// To add to UTC for the caller's local time.
        pub utc_offset_minutes: i32,
        /// Instead: everything whose last answer was not right, due or not, without a cap.
        #[serde(default)]
        pub only_wrong: bool,
    } -> ReviewListView

    Get "/api/me/reviews/forecast" by Person: "How many reviews each of the next 30 days brings.";
    pub struct GetForecast {
        /// To add to UTC for the caller's local time.
        pub utc_offset_minutes: i32,
    } -> ForecastView

    Get "/api/me/reviews/workload" by Person: "What keeping so much would cost over the next 30 days.";
    pub struct GetWorkload {
        /// 70 to 97.
        pub retention_percent: u32,
    } -> WorkloadView
}
