//! When each line is said, scene shown and question asked: from a lesson and the real length of its speech.

use crate::lesson::{At, Lesson, Moment};
use serde::Serialize;

/// Frames a second of every clip.
pub const FRAME_RATE: u32 = 30;
/// Seconds before the first line and after the last.
const LEAD: f32 = 0.45;
const TAIL: f32 = 1.3;
/// Seconds between the end of a line and the question asked after it.
const BEFORE_QUESTION: f32 = 0.2;

/// One spoken line: mono samples, as a speech synthesiser gives them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Speech {
    pub samples: Vec<i16>,
    /// Samples a second.
    pub sample_rate: u32,
}

impl Speech {
    pub fn seconds(&self) -> f32 {
        self.samples.len() as f32 / self.sample_rate.max(1) as f32
    }

    /// Cuts the silence at both ends, keeping a breath of 30 ms.
    pub fn trimmed(&self) -> Speech {
        let loud = |s: &i16| s.unsigned_abs() > 160;
        let keep = (self.sample_rate / 33) as usize;
        let first = self.samples.iter().position(loud).unwrap_or(0).saturating_sub(keep);
        let last = self.samples.iter().rposition(loud).map_or(0, |i| (i + keep).min(self.samples.len()));
        let samples = self.samples.get(first..last).unwrap_or_default().to_vec();
        Speech { samples, sample_rate: self.sample_rate }
    }
}

/// Why a lesson could not be planned.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    #[error("{lines} lines but {speeches} speeches")]
    Count { lines: usize, speeches: usize },
    #[error("the speech of line {0} is empty")]
    Silent(usize),
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Line {
    /// Seconds from the start of the clip.
    pub start: f32,
    /// Seconds of speech.
    pub seconds: f32,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Timeline {
    /// One for each narration line.
    pub lines: Vec<Line>,
    /// Seconds at which each scene begins; the first is 0.
    pub scenes: Vec<f32>,
    /// One for each question, in milliseconds.
    pub question_ms: Vec<u32>,
    pub cover_ms: u32,
    pub duration_ms: u32,
}

impl Timeline {
    /// Number of frames of the clip.
    pub fn frame_count(&self) -> u32 {
        (u64::from(self.duration_ms) * u64::from(FRAME_RATE) / 1000) as u32
    }

    /// Index of the frame on screen at `ms`.
    pub fn frame_at(&self, ms: u32) -> u32 {
        let frame = (u64::from(ms) * u64::from(FRAME_RATE) / 1000) as u32;
        frame.min(self.frame_count().saturating_sub(1))
    }

    /// Seconds of a moment of a beat.
    pub fn moment(&self, beat: usize, at: At) -> f32 {
        let line = self.lines.get(beat).copied().unwrap_or(Line { start: 0.0, seconds: 0.0 });
        match at {
            At::Seconds(s) => line.start + s,
            At::Part(part, extra) => line.start + line.seconds * part + extra,
        }
    }
}

/// Lays the lesson out over time. `speech` has one entry for each narration line, in order.
///
/// # Errors
/// When a speech is missing, superfluous or empty.
pub fn plan(lesson: &Lesson, speech: &[Speech]) -> Result<Timeline, PlanError> {
    if speech.len() != lesson.beats.len() {
        return Err(PlanError::Count { lines: lesson.beats.len(), speeches: speech.len() });
    }
    let mut lines = Vec::new();
    let mut now = LEAD;
    for (i, (beat, speech)) in lesson.beats.iter().zip(speech).enumerate() {
        let seconds = speech.trimmed().seconds();
        if seconds <= 0.0 {
            return Err(PlanError::Silent(i));
        }
        lines.push(Line { start: now, seconds });
        let asked = lesson.questions.iter().any(|q| q.after_line == i);
        now += seconds + beat.pause.max(if asked { BEFORE_QUESTION + 0.4 } else { 0.0 });
    }
    let end = lines.last().map_or(now, |l| l.start + l.seconds + TAIL);
    let ms = |s: f32| (s * 1000.0).round().max(0.0) as u32;
    let mut timeline =
        Timeline { scenes: Vec::new(), question_ms: Vec::new(), cover_ms: 0, duration_ms: ms(end), lines };
    for scene in &lesson.scenes {
        let start = timeline.lines.get(scene.first_beat).map_or(end, |l| l.start - 0.3);
        timeline.scenes.push(if timeline.scenes.is_empty() { 0.0 } else { start });
    }
    for question in &lesson.questions {
        let line = timeline.lines.get(question.after_line);
        let at = line.map_or(end, |l| l.start + l.seconds + BEFORE_QUESTION);
        timeline.question_ms.push(ms(at).min(timeline.duration_ms.saturating_sub(200)));
    }
    let Moment { beat, at } = lesson.cover;
    timeline.cover_ms = ms(timeline.moment(beat, at)).min(timeline.duration_ms.saturating_sub(100));
    Ok(timeline)
}

/// One caption of the clip.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cue {
    pub start_ms: u32,
    pub end_ms: u32,
    /// At most 84 characters; the player breaks it into two lines.
    pub text: String,
}

/// Captions: each line stays until shortly before the next begins, at most a second after it was said.
pub fn captions(lesson: &Lesson, timeline: &Timeline) -> Vec<Cue> {
    let ms = |s: f32| (s * 1000.0).round().max(0.0) as u32;
    let next =
        timeline.lines.iter().skip(1).map(|l| l.start - 0.04).chain([timeline.duration_ms as f32 / 1000.0]);
    lesson
        .beats
        .iter()
        .zip(&timeline.lines)
        .zip(next)
        .map(|((beat, line), next)| Cue {
            start_ms: ms(line.start - 0.02),
            end_ms: ms(next.min(line.start + line.seconds + 1.0)),
            text: beat.text.clone(),
        })
        .collect()
}

/// The same content as text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TextTwin {
    pub paragraphs: Vec<Paragraph>,
    pub figure_caption: String,
    /// The moment whose frame is the figure.
    pub figure_ms: u32,
    pub sources: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Paragraph {
    pub start_ms: u32,
    pub text: String,
    /// True for a detail that is only in the text.
    pub extra: bool,
}

/// The text twin: a paragraph for each narration line, at the time it is said, followed by its notes.
pub fn text_twin(lesson: &Lesson, timeline: &Timeline) -> TextTwin {
    let mut paragraphs: Vec<Paragraph> = Vec::new();
    for (beat, line) in lesson.beats.iter().zip(&timeline.lines) {
        let start_ms = (line.start * 1000.0).round() as u32;
        paragraphs.push(Paragraph { start_ms, text: beat.text.clone(), extra: false });
        paragraphs.extend(beat.notes.iter().map(|n| Paragraph { start_ms, text: n.clone(), extra: true }));
    }
    TextTwin {
        paragraphs,
        figure_caption: lesson.figure.clone(),
        figure_ms: timeline.cover_ms,
        sources: lesson.sources.clone(),
    }
}
