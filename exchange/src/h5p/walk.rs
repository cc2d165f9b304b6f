//! Contents that hold others: question sets, columns, presentations, videos, books. Each question in them is found.

use super::{Reading, at, list, number, words};
use serde_json::{Map, Value};

/// Contents may stand in one another this deep.
const DEPTH: usize = 12;

/// The library of a bare content, told by what is in it.
pub fn guessed(content: &Value) -> Option<&'static str> {
    let has = |path: &[&str]| at(content, path).is_some();
    let first = |name: &str| list(content, &[name]).first();
    Some(match () {
        () if has(&["interactiveVideo"]) => "H5P.InteractiveVideo",
        () if has(&["presentation", "slides"]) => "H5P.CoursePresentation",
        () if has(&["chapters"]) => "H5P.InteractiveBook",
        () if has(&["imageHotspotQuestion"]) => "H5P.ImageHotspotQuestion",
        () if has(&["imageMultipleHotspotQuestion"]) => "H5P.ImageMultipleHotspotQuestion",
        () if has(&["question", "task", "dropZones"]) => "H5P.DragQuestion",
        () if has(&["summaries"]) => "H5P.Summary",
        () if has(&["dialogs"]) => "H5P.Dialogcards",
        () if has(&["cards"]) => "H5P.Flashcards",
        () if has(&["paragraphs"]) => "H5P.SortParagraphs",
        () if has(&["answers"]) => "H5P.MultiChoice",
        () if has(&["options"]) => "H5P.MultiMediaChoice",
        () if has(&["question"]) && has(&["correct"]) => "H5P.TrueFalse",
        () if has(&["solutionText"]) => "H5P.GuessTheAnswer",
        () if has(&["solution", "sample"]) || has(&["keywords"]) => "H5P.Essay",
        () if has(&["textField"]) && (has(&["distractors"]) || has(&["dropZoneIndex"])) => "H5P.DragText",
        () if has(&["textField"]) => "H5P.MarkTheWords",
        () if first("choices").is_some_and(|choice| choice.get("question").is_some()) => {
            "H5P.SingleChoiceSet"
        }
        () if first("questions").is_some_and(Value::is_string) => "H5P.Blanks",
        () if first("questions").is_some_and(Value::is_object) => "H5P.QuestionSet",
        () if first("content").is_some_and(|part| part.get("content").is_some()) => "H5P.Column",
        () => return None,
    })
}

impl Reading<'_> {
    /// Reads one content: a question, or one that holds others. `library`: with or without its version.
    pub fn content(&mut self, library: &str, title: &str, params: &Value, depth: usize) {
        let kind = library.split_whitespace().next().unwrap_or_default();
        let kind = kind.strip_prefix("H5P.").unwrap_or(kind).split('-').next().unwrap_or_default().to_owned();
        self.item =
            if title.trim().is_empty() { kind.clone() } else { title.trim().chars().take(80).collect() };
        if depth > DEPTH {
            return self.lose(format!("contents stand in one another more than {DEPTH} deep"));
        }
        match kind.as_str() {
            "QuestionSet" | "SingleQuestionSet" => self.parts(list(params, &["questions"]), &[], depth),
            "Column" | "RowColumn" => self.parts(list(params, &["content"]), &["content"], depth),
            "Row" => self.parts(list(params, &["columns"]), &["content"], depth),
            "InteractiveBook" => self.parts(list(params, &["chapters"]), &[], depth),
            "Questionnaire" => self.lose("a questionnaire has no right answers"),
            "InteractiveVideo" => self.video(params, depth),
            "CoursePresentation" => {
                for slide in list(params, &["presentation", "slides"]) {
                    self.parts(list(slide, &["elements"]), &["action"], depth);
                }
            }
            "AdvancedText"
            | "Text"
            | "Table"
            | "Image"
            | "Video"
            | "Audio"
            | "Link"
            | "Nil"
            | "Shape"
            | "ContinuousText"
            | "GoToQuestion"
            | "Accordion"
            | "IFrameEmbed"
            | "Collage"
            | "ImageHotspots"
            | "Timeline"
            | "ExportableTextArea"
            | "PageSection"
            | "Agamotto"
            | "ImageSlider"
            | "InteractiveVideoBookmark" => {
                self.lose(format!("it is no question ({kind})"));
            }
            _ => self.question(&kind, params),
        }
    }

    /// Contents in a list, each under `path` of its entry.
    fn parts(&mut self, parts: &[Value], path: &[&str], depth: usize) {
        for part in parts {
            let Some(inner) = at(part, path).and_then(Value::as_object) else { continue };
            self.part(inner, depth);
        }
    }

    fn part(&mut self, part: &Map<String, Value>, depth: usize) {
        let library = part.get("library").and_then(Value::as_str).unwrap_or_default();
        if library.is_empty() {
            return;
        }
        let title = part.get("metadata").map(|about| words(about, &["title"])).unwrap_or_default();
        let null = Value::Null;
        self.content(library, title, part.get("params").unwrap_or(&null), depth + 1);
    }

    /// The questions of a video keep nothing of it but a loss that says when they came.
    fn video(&mut self, params: &Value, depth: usize) {
        self.lose("the video itself was left out: bring it as a clip");
        for interaction in list(params, &["interactiveVideo", "assets", "interactions"]) {
            let Some(action) = at(interaction, &["action"]).and_then(Value::as_object) else { continue };
            let before = self.questions.len();
            self.part(action, depth);
            let found = self.questions.len() - before;
            if let Some(from) = number(interaction, &["duration", "from"]).filter(|_| found > 0) {
                let seconds = from.clamp(0.0, 1e6) as u64;
                self.lose(format!("that it came at {}:{:02} of the video", seconds / 60, seconds % 60));
            }
        }
        if let Some(task) = at(params, &["interactiveVideo", "summary", "task"]).and_then(Value::as_object)
            && at(params, &["interactiveVideo", "summary", "task", "params", "summaries"]).is_some()
        {
            self.part(task, depth);
        }
    }
}
