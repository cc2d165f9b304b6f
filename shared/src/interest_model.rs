//! How the feed does, for who runs the site: the models fitted to its log, their quality beside what is popular, and going
//! back to an earlier one.

use crate::UnixMillis;

wire! {
    /// How well a way of ranking foretold what was taken up next.
    #[derive(Copy)]
    pub struct RankQualityView {
        /// The share of clips taken up that stood among the first 20 of the list made just before, 0 to 1.
        pub hit_rate_20: f64,
        /// The same, a clip further up counting more (normalised discounted cumulative gain), 0 to 1.
        pub ndcg_20: f64,
        /// The share of clips that ever stood in such a list, 0 to 1.
        pub coverage: f64,
    }

    /// The end of the log replayed: each clip taken up there is foretold from what was there before.
    pub struct ReplayView {
        /// Clips taken up that were foretold, and by how many learners.
        pub events: u64,
        pub learners: u64,
        pub ours: RankQualityView,
        /// What is popular, shown to everybody alike.
        pub popularity: RankQualityView,
    }

    /// A model that was fitted.
    pub struct ModelVersionView {
        pub version: u32,
        pub fitted_at_ms: UnixMillis,
        pub fit_took_ms: u64,
        /// What it was fitted to.
        pub events: u64,
        pub clips: u64,
        pub size_bytes: u64,
        /// `None`: the log was too short to replay its end.
        pub replay: Option<ReplayView>,
        /// Of the one that serves: by which share its hits of today lie below (+) or above (-) those of the replay. `None`: too
        /// little was done since.
        pub drift: Option<f64>,
    }

    /// How the feed does.
    pub struct FeedHealthView {
        /// What the log holds.
        pub events: u64,
        pub learners: u64,
        /// Published.
        pub clips: u64,
        /// Clips taken up, all together, and how many a fit needs.
        pub taken: u64,
        pub needed_taken: u64,
        /// A fit waits or runs.
        pub is_fitting: bool,
        /// Why the last fit failed, in the words of the log.
        pub last_error: Option<String>,
        pub serving: Option<u32>,
        /// Newest first.
        pub versions: Vec<ModelVersionView>,
    }
}

endpoint! {
    Get "/api/interests/models" by Account: "How the feed does: its log, the models fitted to it, and their quality. For operators.";
    pub struct GetFeedHealth {} -> FeedHealthView

    Post "/api/interests/models/fit" by Account: "Has a model fitted to the log now. For operators.";
    pub struct FitModel {} -> FeedHealthView

    Post "/api/interests/models/use" by Account: "Serves a kept version from now on, until the next fit. For operators.";
    pub struct UseModel {
        pub version: u32,
    } -> FeedHealthView
}
