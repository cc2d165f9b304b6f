//! Answers: client-made ids, so that sending one twice changes nothing.

use crate::{AnswerId, ChoiceId, ClipId, QuestionId, UnixMillis};

wire! {
    /// What the learner answered.
    #[serde(tag = "kind", rename_all = "snake_case")]
    pub enum Response {
        Choice { choice_id: ChoiceId },
        Typed { text: String },
        /// "I don't know yet": counts as not right, and the answer is shown.
        DontKnow,
    }

    /// How sure the learner says they are.
    #[derive(Copy, Eq, Hash)]
    #[serde(rename_all = "snake_case")]
    pub enum Certainty {
        Guess,
        ThinkSo,
        Sure,
    }

    #[derive(Copy, Eq, Hash)]
    #[serde(rename_all = "snake_case")]
    pub enum Outcome {
        Right,
        NotYet,
    }

    /// What came of an answer: the right answer and its reason, at once.
    pub struct AnswerView {
        pub answer_id: AnswerId,
        pub question_id: QuestionId,
        pub response: Response,
        pub certainty: Option<Certainty>,
        pub outcome: Outcome,
        /// The right choice, where the question has choices.
        pub right_choice_id: Option<ChoiceId>,
        /// The right answer as text.
        pub right_text: String,
        /// Why it is right.
        pub reason: String,
        /// What is fair about the choice taken, where it was not right; may be empty.
        pub choice_reason: String,
        /// Experience points this answer earned: new questions only.
        pub xp: u32,
        pub total_xp: u64,
        /// Of all first answers, the share that is right, 0 to 1; `None` under 5 learners.
        pub first_try_share: Option<f64>,
        /// Of all first answers, the share that took this choice, 0 to 1; `None` under 5 learners.
        pub same_choice_share: Option<f64>,
        pub answered_at_ms: UnixMillis,
    }

    pub struct AnswerListView {
        /// Newest first.
        pub answers: Vec<AnswerView>,
        pub next_cursor: Option<String>,
    }
}

endpoint! {
    Post "/api/answers" by Person: "Answers a question. The same `answer_id` again returns the first outcome and changes nothing.";
    pub struct AnswerQuestion {
        pub answer_id: AnswerId,
        pub clip_id: ClipId,
        pub question_id: QuestionId,
        pub response: Response,
        #[serde(default)]
        pub certainty: Option<Certainty>,
        /// When the learner answered, by their clock; kept as far as it is believable: not in the future.
        pub answered_at_ms: UnixMillis,
    } -> AnswerView

    Get "/api/me/answers" by Person: "The caller's answers, newest first.";
    pub struct ListAnswers {
        #[serde(default)]
        pub cursor: Option<String>,
    } -> AnswerListView
}
