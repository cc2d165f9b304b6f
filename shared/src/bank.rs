//! A bank of questions: one author's, to be asked at moments of clips, brought in from other systems and taken out again.

use crate::{
    ClipId, Done, QuestionId, UnixMillis,
    limit::{self, FieldProblem},
    question::{Form, Question},
};

/// Where a file with questions is sent, its bytes as the body: `POST ?format=…&name=…&dry_run=true`.
pub const IMPORT_PATH: &str = "/api/bank/import";
/// Where a bank is taken out: `GET ?format=…&tag=…&category=…`; with `&report=true` only what would be lost.
pub const EXPORT_PATH: &str = "/api/bank/export";

/// Where a picture for a question is sent, its bytes as the body: `POST ?name=…`, answered by a [`PictureView`].
pub const PICTURES_PATH: &str = "/api/bank/pictures";

/// Where a picture that is kept lies among the media, by the name questions have for it: `HASH.EXT` is `HA/HASH.EXT`.
/// `None`: no such name.
pub fn picture_key(name: &str) -> Option<String> {
    let (hash, ending) = name.split_once('.')?;
    let is_hash = hash.len() == 64 && hash.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    let is_kind = matches!(ending, "jpg" | "png" | "gif" | "webp" | "avif");
    (is_hash && is_kind).then(|| format!("{}/{name}", hash.get(..2).unwrap_or_default()))
}

wire! {
    /// A picture that is kept and can be shown by questions.
    pub struct PictureView {
        /// As questions name it: `media:NAME`.
        pub source: String,
        /// In pixels; 0: not known.
        pub width: u32,
        pub height: u32,
        pub size_bytes: u64,
    }

    pub struct BankQuestionView {
        pub id: QuestionId,
        pub question: Question,
        /// The moments of clips that ask it.
        pub places: Vec<PlaceView>,
        /// Its other forms, the oldest first: the same asked in other words. A review asks the one answered longest ago.
        #[serde(default)]
        pub forms: Vec<FormLineView>,
        /// How many people have answered it.
        pub learners: u64,
        pub created_at_ms: UnixMillis,
        pub updated_at_ms: UnixMillis,
    }

    /// Another form of a question.
    pub struct FormLineView {
        pub id: QuestionId,
        /// What is asked, in plain words.
        pub stem: String,
        /// The name of its kind.
        pub kind: String,
    }

    pub struct PlaceView {
        pub clip_id: ClipId,
        pub title: String,
        pub moment_ms: u32,
        pub published: bool,
    }

    pub struct BankView {
        /// Newest first.
        pub questions: Vec<BankQuestionView>,
        pub next_cursor: Option<String>,
    }

    /// A tag or a category, and how many questions there are of it.
    pub struct CountedView {
        pub name: String,
        pub questions: u64,
    }

    pub struct BankShelvesView {
        pub tags: Vec<CountedView>,
        /// `/` between the levels.
        pub categories: Vec<CountedView>,
    }

    /// A question as a learner would see it, and what is right.
    pub struct PreviewView {
        pub question: Question,
        pub form: Form,
        /// The right answer in words; may be empty.
        pub solution_text: String,
        /// What keeps it from being kept, in plain English, and the field; `None`: nothing.
        pub problem: Option<ProblemView>,
    }

    pub struct ProblemView {
        pub field: String,
        pub detail: String,
    }

    /// Something that was not carried over.
    pub struct LossView {
        /// In the file, from 1; `None` in archives and where a format has no lines.
        pub line: Option<u32>,
        /// Which item: its name, number or first words; may be empty when it concerns the whole file.
        pub item: String,
        /// In plain English.
        pub reason: String,
        /// The same, sentence by sentence, from a closed list; empty where the list does not know it.
        #[serde(default)]
        pub told: Vec<ToldView>,
    }

    /// A sentence of a loss: `left_out`, `picture_missing` …, and what stands in it.
    pub struct ToldView {
        pub code: String,
        pub values: Vec<String>,
    }

    /// A picture of a file that is only looked at.
    pub struct UnkeptPictureView {
        /// As its questions name it: `media:NAME`.
        pub source: String,
        /// The picture itself, as a `data:` address.
        pub address: String,
    }

    /// What came of a file that was brought in.
    pub struct ImportView {
        /// `gift`, `aiken`, `moodle-xml`, `qti3`, `h5p`, `csv`, `apkg` or `json`; `None`: none of them.
        pub format: Option<String>,
        /// Questions that were read.
        pub read: u64,
        /// New in the bank, or to be new in a dry run.
        pub new: u64,
        /// There already.
        pub known: u64,
        /// The first of them, to look at.
        pub first: Vec<Question>,
        /// Pictures that those show and that are not kept yet, as far as they are small.
        #[serde(default)]
        pub pictures: Vec<UnkeptPictureView>,
        pub losses: Vec<LossView>,
    }

    /// What a file that is taken out would not carry.
    pub struct ExportView {
        pub questions: u64,
        pub losses: Vec<LossView>,
    }
}

endpoint! {
    Get "/api/bank/questions" by Account: "The caller's questions, newest first; every condition given must hold.";
    pub struct ListQuestions {
        /// Part of the name or the stem.
        #[serde(default)]
        pub words: Option<String>,
        #[serde(default)]
        pub tag: Option<String>,
        /// With all that lies under it.
        #[serde(default)]
        pub category: Option<String>,
        /// `choices`, `true_false`, `typed` …
        #[serde(default)]
        pub kind: Option<String>,
        #[serde(default)]
        pub cursor: Option<String>,
    } -> BankView

    Get "/api/bank/shelves" by Account: "The caller's tags and categories.";
    pub struct ListShelves {} -> BankShelvesView

    Post "/api/bank/questions" by Account: "Keeps a new question under an id the client made; the same id again returns it.";
    pub struct CreateQuestion {
        pub question_id: QuestionId,
        pub question: Question,
    } -> BankQuestionView

    Get "/api/bank/questions/{question_id}" by Account: "One of the caller's questions, with its key.";
    pub struct GetBankQuestion {
        pub question_id: QuestionId,
    } -> BankQuestionView

    Put "/api/bank/questions/{question_id}" by Account: "Changes a question wherever it is asked; parts that keep their ids keep their answers.";
    pub struct UpdateQuestion {
        pub question_id: QuestionId,
        pub question: Question,
    } -> BankQuestionView

    Delete "/api/bank/questions/{question_id}" by Account: "Deletes a question for good, with all answers to it.";
    pub struct DeleteQuestion {
        pub question_id: QuestionId,
    } -> Done

    Put "/api/bank/questions/{question_id}/places/{clip_id}" by Account: "One of the caller's clips asks the question at a moment, or no more.";
    pub struct PlaceQuestion {
        pub question_id: QuestionId,
        pub clip_id: ClipId,
        /// `None`: no more.
        #[serde(default)]
        pub moment_ms: Option<u32>,
    } -> BankQuestionView

    Post "/api/bank/questions/{question_id}/forms" by Account: "Writes another form of a question: a copy of it to be changed. The same `form_id` again changes nothing.";
    pub struct CopyAsForm {
        pub question_id: QuestionId,
        /// Of the copy, made by the client.
        pub form_id: QuestionId,
    } -> BankQuestionView

    Put "/api/bank/questions/{question_id}/forms" by Account: "Makes a question a form of another of the caller's questions, with all forms of both, or lets it stand alone again. What was answered stays.";
    pub struct SetFormOf {
        pub question_id: QuestionId,
        /// `None`: it stands alone.
        #[serde(default)]
        pub form_of: Option<QuestionId>,
    } -> BankQuestionView

    Post "/api/bank/preview" by Account: "A question as a learner would see it; nothing is kept.";
    pub struct PreviewQuestion {
        pub question: Question,
    } -> PreviewView
}

impl ListQuestions {
    /// All of them.
    pub const fn all() -> Self {
        Self { words: None, tag: None, category: None, kind: None, cursor: None }
    }

    /// # Errors
    /// The first condition that is too long.
    pub fn check(&self) -> Result<(), FieldProblem> {
        let fields = [
            ("words", &self.words, limit::QUESTION_NAME),
            ("tag", &self.tag, limit::TAG),
            ("category", &self.category, limit::CATEGORY),
            ("kind", &self.kind, limit::TAG),
        ];
        fields.iter().try_for_each(|(field, value, max)| {
            limit::text(field, value.as_deref().unwrap_or_default(), 0, *max)
        })
    }
}
