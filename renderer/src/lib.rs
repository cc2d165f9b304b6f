//! A lesson script becomes frames and sound.
//!
//! Pure: no processes, clock, database or chance. The caller speaks the narration (any synthesiser), then
//!
//! 1. `parse` the script, 2. `plan` it over the real length of its speech, 3. `Frames::render` each frame,
//! 4. `mix` the sound, 5. `captions` and `text_twin` for those who read.

mod lesson;
mod library;
mod scene;
mod script;
mod sound;
mod timeline;

pub use lesson::{Answer, At, Beat, Choice, LINE_MAX, Lesson, Moment, Question, TITLE_MAX};
pub use library::{Author, Named, Topic, Voice, author, authors, builtin, parse, topics};
pub use scene::frames::{CanvasError, Frame, Frames, HEIGHT, WIDTH};
pub use scene::planes::Planes;
pub use scene::reach::out_of_reach;
pub use script::LessonError;
pub use sound::mix::mix;
pub use sound::{Effect, Mood, SAMPLE_RATE};
pub use timeline::{
    Cue, FRAME_RATE, Line, Paragraph, PlanError, Speech, TextTwin, Timeline, captions, plan, text_twin,
};
