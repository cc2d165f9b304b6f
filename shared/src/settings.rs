//! What a learner has set. Kept in the browser and, with a session, on the server.

wire! {
    #[derive(Copy, Eq, Hash)]
    #[serde(rename_all = "snake_case")]
    pub enum Theme {
        System,
        Light,
        Dark,
    }

    #[derive(Copy, Eq, Hash)]
    #[serde(rename_all = "snake_case")]
    pub enum CaptionSize {
        Small,
        Medium,
        Large,
    }

    #[derive(Copy, Eq, Hash)]
    #[serde(rename_all = "snake_case")]
    pub enum CaptionBackground {
        Glass,
        Solid,
        None,
    }

    #[serde(default)]
    pub struct SettingsView {
        /// The interface's language: `en`, `it` or `ar`; `None` follows the browser.
        pub language: Option<String>,
        pub theme: Theme,
        pub captions: bool,
        pub caption_size: CaptionSize,
        pub caption_background: CaptionBackground,
        /// Smallest rendition, nothing fetched ahead but posters.
        pub data_saver: bool,
        /// Clips begin by themselves.
        pub autoplay: bool,
        /// At the end of a clip the next one comes by itself.
        pub auto_advance: bool,
        pub daily_goal_minutes: u32,
        /// How much of what was learned is to be kept, in per cent: 70 to 97.
        pub retention_percent: u32,
        /// Reviews a day at most.
        pub daily_reviews: u32,
        /// Now and then a clip's question is asked before the clip.
        pub guess_before: bool,
        /// Letter keys and gestures.
        pub shortcuts: bool,
    }
}

impl Default for SettingsView {
    fn default() -> Self {
        Self {
            language: None,
            theme: Theme::System,
            captions: true,
            caption_size: CaptionSize::Medium,
            caption_background: CaptionBackground::Glass,
            data_saver: false,
            autoplay: true,
            auto_advance: false,
            daily_goal_minutes: 12,
            retention_percent: 90,
            daily_reviews: 40,
            guess_before: true,
            shortcuts: true,
        }
    }
}

impl SettingsView {
    /// # Errors
    /// The first value that is out of range.
    pub fn check(&self) -> Result<(), crate::limit::FieldProblem> {
        use crate::limit::{
            DAILY_GOAL_MAX, DAILY_GOAL_MIN, DAILY_REVIEWS_MAX, FieldProblem, LANGUAGE, RETENTION_MAX,
            RETENTION_MIN, text,
        };
        if let Some(language) = &self.language {
            text("language", language, 2, LANGUAGE)?;
        }
        if !(DAILY_GOAL_MIN..=DAILY_GOAL_MAX).contains(&self.daily_goal_minutes) {
            let detail = format!("{DAILY_GOAL_MIN} to {DAILY_GOAL_MAX} minutes");
            return Err(FieldProblem { field: "daily_goal_minutes", detail });
        }
        if !(RETENTION_MIN..=RETENTION_MAX).contains(&self.retention_percent) {
            let detail = format!("{RETENTION_MIN} to {RETENTION_MAX} per cent");
            return Err(FieldProblem { field: "retention_percent", detail });
        }
        if self.daily_reviews > DAILY_REVIEWS_MAX {
            let detail = format!("at most {DAILY_REVIEWS_MAX} a day");
            return Err(FieldProblem { field: "daily_reviews", detail });
        }
        Ok(())
    }
}

endpoint! {
    Get "/api/me/settings" by Person: "What the caller has set.";
    pub struct GetSettings {} -> SettingsView

    Put "/api/me/settings" by Person: "Sets it; the last write counts.";
    pub struct UpdateSettings {
        pub settings: SettingsView,
    } -> SettingsView
}
