//! Questions: what a learner sees, what an author writes, and the key, which never leaves the server before the answer.

use crate::{ChoiceId, QuestionId, limit, limit::FieldProblem};

wire! {
    /// A question as a learner sees it before answering: no key.
    pub struct QuestionView {
        pub id: QuestionId,
        /// When the clip pauses for it, in milliseconds.
        pub moment_ms: u32,
        pub stem: String,
        pub form: QuestionForm,
        /// Whether the caller has answered it.
        pub answered: bool,
    }

    #[serde(tag = "kind", rename_all = "snake_case")]
    pub enum QuestionForm {
        /// Exactly one of these is right.
        Choices { choices: Vec<ChoiceView> },
        /// A short typed answer.
        Typed,
        /// A kind newer than this client: it says so and lets the clip go on.
        #[serde(other)]
        Unknown,
    }

    pub struct ChoiceView {
        pub id: ChoiceId,
        pub text: String,
    }

    /// A question as its author writes it.
    pub struct QuestionDraft {
        /// `None` for a new one; keeping the id keeps its answers.
        #[serde(default)]
        pub id: Option<QuestionId>,
        pub moment_ms: u32,
        pub stem: String,
        pub key: QuestionKey,
        /// Why the right answer is right: shown after every answer.
        pub reason: String,
    }

    /// The key: what is right and what to say to each answer.
    #[serde(tag = "kind", rename_all = "snake_case")]
    pub enum QuestionKey {
        Choices { choices: Vec<ChoiceKey> },
        /// Any of these counts; the first is the one shown.
        Typed { accepted: Vec<String> },
    }

    pub struct ChoiceKey {
        #[serde(default)]
        pub id: Option<ChoiceId>,
        pub text: String,
        pub is_right: bool,
        /// What is fair about a wrong choice, and what is not; may be empty.
        #[serde(default)]
        pub reason: String,
    }
}

impl QuestionDraft {
    /// Checks lengths, that one choice is right, that no two choices read the same, and that the moment lies in a
    /// clip of `duration_ms` (where known).
    ///
    /// # Errors
    /// The first thing that is not so.
    pub fn check(&self, duration_ms: Option<u32>) -> Result<(), FieldProblem> {
        limit::text("stem", &self.stem, 1, limit::STEM)?;
        limit::text("reason", &self.reason, 1, limit::REASON)?;
        if duration_ms.is_some_and(|d| self.moment_ms > d) {
            return Err(FieldProblem { field: "moment_ms", detail: "after the end of the clip".into() });
        }
        match &self.key {
            QuestionKey::Choices { choices } => check_choices(choices),
            QuestionKey::Typed { accepted } => check_accepted(accepted),
        }
    }
}

fn check_choices(choices: &[ChoiceKey]) -> Result<(), FieldProblem> {
    let problem = |detail: String| Err(FieldProblem { field: "choices", detail });
    if !(limit::CHOICES_MIN..=limit::CHOICES).contains(&choices.len()) {
        return problem(format!("{} to {} choices", limit::CHOICES_MIN, limit::CHOICES));
    }
    for (index, choice) in choices.iter().enumerate() {
        limit::text("choices", &choice.text, 1, limit::CHOICE)?;
        limit::text("choices", &choice.reason, 0, limit::REASON)?;
        let same = |other: &ChoiceKey| other.text.trim().to_lowercase() == choice.text.trim().to_lowercase();
        if choices.iter().skip(index + 1).any(same) {
            return problem("two choices read the same".into());
        }
    }
    if choices.iter().filter(|c| c.is_right).count() != 1 {
        return problem("exactly one choice is right".into());
    }
    Ok(())
}

fn check_accepted(accepted: &[String]) -> Result<(), FieldProblem> {
    if !(1..=limit::ACCEPTED_COUNT).contains(&accepted.len()) {
        let detail = format!("1 to {} accepted answers", limit::ACCEPTED_COUNT);
        return Err(FieldProblem { field: "accepted", detail });
    }
    accepted.iter().try_for_each(|answer| limit::text("accepted", answer, 1, limit::ACCEPTED))
}
