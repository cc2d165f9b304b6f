//! Practice: a part of a bank (a tag, a category, all of it) that can be practised in rounds by who has its address. What is
//! answered there comes back in reviews like any other answer.

use crate::{
    Done, PracticeId, QuestionId, UnixMillis,
    limit::{self, FieldProblem},
};

wire! {
    pub struct PracticeView {
        pub id: PracticeId,
        pub title: String,
        /// What it has in common; empty: whatever its tags, wherever it lies.
        pub tag: String,
        pub category: String,
        /// Who keeps the questions.
        pub author_name: String,
        /// The caller keeps them.
        pub own: bool,
        /// How many questions there are now.
        pub questions: u64,
        /// Of those, how many the caller has answered.
        pub answered: u64,
        /// The next round: what the caller has not answered first, then what was answered longest ago.
        pub round: Vec<QuestionId>,
    }

    /// One of the caller's own practices.
    pub struct OwnPracticeView {
        pub id: PracticeId,
        pub title: String,
        pub tag: String,
        pub category: String,
        pub questions: u64,
        pub created_at_ms: UnixMillis,
    }

    pub struct PracticeListView {
        /// Newest first.
        pub practices: Vec<OwnPracticeView>,
    }
}

endpoint! {
    Get "/api/practices" by Account: "The caller's practices, newest first.";
    pub struct ListPractices {} -> PracticeListView

    Post "/api/practices" by Account: "Opens a part of the caller's bank to who has the address; the same part again returns the one there is.";
    pub struct CreatePractice {
        pub practice_id: PracticeId,
        #[serde(default)]
        pub title: String,
        /// Only what has it; empty: whatever its tags.
        #[serde(default)]
        pub tag: String,
        /// Only what lies in it or under it; empty: wherever it lies.
        #[serde(default)]
        pub category: String,
    } -> OwnPracticeView

    Get "/api/practices/{practice_id}" by Anyone: "A practice and its next round; without the keys.";
    pub struct GetPractice {
        pub practice_id: PracticeId,
    } -> PracticeView

    Delete "/api/practices/{practice_id}" by Account: "Closes a practice of the caller's: its address leads nowhere. Answers stay.";
    pub struct DeletePractice {
        pub practice_id: PracticeId,
    } -> Done
}

impl CreatePractice {
    /// # Errors
    /// The first field that is too long.
    pub fn check(&self) -> Result<(), FieldProblem> {
        limit::text("title", &self.title, 0, limit::QUESTION_NAME)?;
        limit::text("tag", &self.tag, 0, limit::TAG)?;
        limit::text("category", &self.category, 0, limit::CATEGORY)
    }
}
