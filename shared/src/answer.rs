//! Answers: client-made ids, so that sending one twice changes nothing.

use crate::{AnswerId, ChoiceId, ClipId, QuestionId, UnixMillis, question::Point};

wire! {
    /// What the learner answered.
    #[serde(tag = "kind", rename_all = "snake_case")]
    pub enum Response {
        Choice { choice_id: ChoiceId },
        /// Any number of choices, in any order.
        Choices { choice_ids: Vec<ChoiceId> },
        TrueFalse { is_true: bool },
        /// A number as it was typed, its unit with it.
        Number { text: String },
        Typed { text: String },
        /// Lefts with their rights, items with their categories.
        Pairs { pairs: Vec<Pair> },
        /// Every item, first to last.
        Order { item_ids: Vec<ChoiceId> },
        /// What stands in each gap, first to last.
        Gaps { filled: Vec<Filled> },
        /// Places on a picture.
        Points { points: Vec<Point> },
        /// How well a card was remembered.
        Recall { recall: Recall },
        Open { text: String },
        /// "I don't know yet": counts as not right, and the answer is shown.
        DontKnow,
    }

    #[derive(Eq, Hash)]
    pub struct Pair {
        pub left_id: ChoiceId,
        pub right_id: ChoiceId,
    }

    /// What stands in a gap: a word typed, a choice taken, or nothing.
    #[derive(Default)]
    pub struct Filled {
        #[serde(default)]
        pub text: String,
        #[serde(default)]
        pub choice_id: Option<ChoiceId>,
    }

    /// What the learner says of a card after turning it.
    #[derive(Copy, Eq, Hash)]
    #[serde(rename_all = "snake_case")]
    pub enum Recall {
        NotYet,
        Hard,
        Good,
        Easy,
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
        /// Some of it.
        Partly,
        NotYet,
        /// Kept, for people to read.
        Waiting,
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
        /// When the learner answered, by their clock; kept, not trusted.
        pub answered_at_ms: UnixMillis,
    } -> AnswerView

    Get "/api/me/answers" by Person: "The caller's answers, newest first.";
    pub struct ListAnswers {
        #[serde(default)]
        pub cursor: Option<String>,
    } -> AnswerListView
}
