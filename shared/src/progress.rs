//! How far a learner has come.

wire! {
    pub struct ProgressView {
        pub xp: u64,
        /// Milliseconds watched in the learner's day of today.
        pub watched_today_ms: u64,
        pub daily_goal_minutes: u32,
        pub clips_watched: u64,
        pub questions_answered: u64,
        pub questions_right: u64,
        /// The last seven days, today last.
        pub week: Vec<DayView>,
    }

    pub struct DayView {
        /// ISO 8601 date of the learner's local day.
        pub date: String,
        pub watched_ms: u64,
        pub answers: u64,
        /// Whether the goal was reached.
        pub goal_reached: bool,
    }
}

endpoint! {
    Get "/api/me/progress" by Person: "How far the caller has come.";
    pub struct GetProgress {
        /// Minutes to add to UTC for the learner's local day, -840 to 840.
        pub utc_offset_minutes: i32,
    } -> ProgressView
}
