//! Answers: client-made ids, so that sending one twice changes nothing.

use crate::{
    AnswerId, ChoiceId, ClipId, PracticeId, QuestionId, UnixMillis,
    grading::Grade,
    limit::{self, FieldProblem},
    question::{Feedback, Form, Point, Text},
};

/// What the learner answered. Read by `flat`.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Response {
    Choice {
        choice_id: ChoiceId,
    },
    /// Any number of choices, in any order.
    Choices {
        choice_ids: Vec<ChoiceId>,
    },
    TrueFalse {
        is_true: bool,
    },
    /// A number as it was typed, its unit with it.
    Number {
        text: String,
    },
    Typed {
        text: String,
    },
    /// Lefts with their rights, items with their categories.
    Pairs {
        pairs: Vec<Pair>,
    },
    /// Every item, first to last.
    Order {
        item_ids: Vec<ChoiceId>,
    },
    /// What stands in each gap, first to last.
    Gaps {
        filled: Vec<Filled>,
    },
    /// Places on a picture.
    Points {
        points: Vec<Point>,
    },
    /// How well a card was remembered.
    Recall {
        recall: Recall,
    },
    Open {
        text: String,
    },
    /// "I don't know yet": counts as not right, and the answer is shown.
    DontKnow,
}

wire! {
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
        /// Kept, and nothing is told: people read it first, or it was a guess before the clip.
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
        /// When the question comes back, where that is known.
        #[serde(default)]
        pub due_ms: Option<UnixMillis>,
    }

    /// A question of any kind, whole, as it is asked.
    pub struct AskedView {
        pub question_id: QuestionId,
        /// The clip that asks it and when it pauses for it; `None` for a question that comes back alone.
        pub clip_id: Option<ClipId>,
        pub moment_ms: Option<u32>,
        pub stem: Text,
        pub form: Form,
        pub feedback: Feedback,
        /// How often it may be answered before the right answer is shown.
        pub tries: u32,
        /// Which try is next, from 1.
        pub attempt: u32,
        /// How many hints there are.
        pub hints: u32,
        /// Asks how sure the learner is.
        pub certainty: bool,
        /// Whether the caller has answered it before.
        pub answered: bool,
    }

    /// What came of an answer to a question of any kind. While tries are left nothing is told that gives the answer away.
    pub struct GivenView {
        pub answer_id: AnswerId,
        pub question_id: QuestionId,
        pub response: Response,
        pub certainty: Option<Certainty>,
        /// Of this response, before anything is taken off for further tries; its parts come with the last try.
        pub grade: Grade,
        /// Ten-millionths of full credit, after what further tries cost.
        pub credit: u32,
        /// Which try this was, from 1.
        pub attempt: u32,
        /// 0: it is over, and what follows is told.
        pub tries_left: u32,
        /// The next hint, while tries are left.
        pub hint: Option<Text>,
        /// A response that is right in every part.
        pub solution: Option<Response>,
        /// The right answer in words; may be empty.
        pub solution_text: String,
        /// Why it is right.
        pub reason: Text,
        /// What the author says to an answer this right; may be empty.
        pub verdict: Text,
        pub xp: u32,
        pub total_xp: u64,
        /// Of all first answers, the share that is right, 0 to 1; `None` under 5 learners.
        pub first_try_share: Option<f64>,
        pub answered_at_ms: UnixMillis,
        /// When the question comes back, once it is over and where that is known.
        #[serde(default)]
        pub due_ms: Option<UnixMillis>,
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
        /// A guess before the clip (`ClipView::guess_first`): kept, its outcome is `Waiting`, nothing is told, no points.
        #[serde(default)]
        pub before: bool,
    } -> AnswerView

    Get "/api/questions/{question_id}" by Person: "A question whole, as a clip or a practice asks it, or one the caller has answered before.";
    pub struct GetAskedQuestion {
        pub question_id: QuestionId,
        #[serde(default)]
        pub clip_id: Option<ClipId>,
        /// The practice that asks it.
        #[serde(default)]
        pub practice_id: Option<PracticeId>,
    } -> AskedView

    Post "/api/questions/{question_id}/answers" by Person: "Answers a question of any kind. The same `answer_id` again returns the first outcome and changes nothing.";
    pub struct GiveAnswer {
        pub question_id: QuestionId,
        pub answer_id: AnswerId,
        /// The clip that asks it; none for a question that comes back alone.
        #[serde(default)]
        pub clip_id: Option<ClipId>,
        /// The practice that asks it.
        #[serde(default)]
        pub practice_id: Option<PracticeId>,
        pub response: Response,
        #[serde(default)]
        pub certainty: Option<Certainty>,
        /// When the learner answered, by their clock; kept, not trusted.
        pub answered_at_ms: UnixMillis,
        /// A guess before the clip, as in `AnswerQuestion`: one try, nothing is told, no points.
        #[serde(default)]
        pub before: bool,
    } -> GivenView

    Get "/api/me/answers" by Person: "The caller's answers, newest first.";
    pub struct ListAnswers {
        #[serde(default)]
        pub cursor: Option<String>,
    } -> AnswerListView
}

impl Response {
    /// Checks lengths and counts, whatever the question.
    ///
    /// # Errors
    /// When it is longer than any answer may be.
    pub fn check(&self) -> Result<(), FieldProblem> {
        const FIELD: &str = "response";
        let count = |count: usize, max: usize| {
            if count <= max {
                Ok(())
            } else {
                Err(FieldProblem { field: FIELD, detail: format!("at most {max} parts") })
            }
        };
        match self {
            Self::Number { text } | Self::Typed { text } => limit::text(FIELD, text, 0, limit::TYPED_ANSWER),
            Self::Open { text } => limit::text(FIELD, text, 0, limit::OPEN_ANSWER),
            Self::Choices { choice_ids: ids } | Self::Order { item_ids: ids } => {
                count(ids.len(), limit::PARTS)
            }
            Self::Pairs { pairs } => count(pairs.len(), limit::PARTS * limit::PARTS),
            Self::Points { points } => count(points.len(), limit::PARTS),
            Self::Gaps { filled } => {
                count(filled.len(), limit::PARTS)?;
                filled.iter().try_for_each(|gap| limit::text(FIELD, &gap.text, 0, limit::TYPED_ANSWER))
            }
            Self::Choice { .. } | Self::TrueFalse { .. } | Self::Recall { .. } | Self::DontKnow => Ok(()),
        }
    }
}
