//! Filming a lesson of the demo library: espeak-ng speaks its lines, the renderer draws and mixes, ffmpeg writes a source
//! film that then goes the way of every upload.

use super::{
    MediaError, Studio,
    sandbox::{Command, Limits},
};
use bytes::Bytes;
use minnow_renderer::{FRAME_RATE, Frames, HEIGHT, Lesson, SAMPLE_RATE, Speech, Timeline, Voice, WIDTH};
use std::{
    ops::ControlFlow,
    path::{Path, PathBuf},
    time::Duration,
};
use tokio::sync::mpsc;

/// espeak-ng's own rate.
const SPEECH_RATE: u32 = 22_050;
const WAV_HEADER_BYTES: usize = 44;
/// A line of a minute, many times over.
const SPEECH_MAX_BYTES: usize = 16 << 20;

/// A lesson as a film, with what the film cannot say.
pub struct LessonFilm {
    pub path: PathBuf,
    pub timeline: Timeline,
}

impl Studio {
    /// Speaks, draws and films a lesson into `folder`.
    ///
    /// # Errors
    /// `Fault` when a tool cannot be run or the lesson cannot be planned.
    pub async fn film_lesson(
        &self,
        lesson: Lesson,
        voice: &Voice,
        folder: &Path,
    ) -> Result<LessonFilm, MediaError> {
        let fault = |why: String| MediaError::Fault(why);
        let lines: Vec<String> = lesson.spoken_lines().map(str::to_owned).collect();
        let mut speech = Vec::with_capacity(lines.len());
        for line in &lines {
            speech.push(self.speak(voice, line).await?);
        }
        let timeline = minnow_renderer::plan(&lesson, &speech).map_err(|e| fault(e.to_string()))?;
        let samples = minnow_renderer::mix(&lesson, &timeline, &speech);
        let sound = folder.join("sound.s16");
        tokio::fs::write(&sound, samples.iter().flat_map(|s| s.to_le_bytes()).collect::<Vec<u8>>()).await?;
        let (pictures, queue) = mpsc::channel(3);
        let frames = Frames::new(&lesson, &timeline).map_err(|e| fault(e.to_string()))?;
        let drawing = tokio::task::spawn_blocking(move || draw(frames, &pictures));
        let limits = Limits { file_bytes: 4 << 30, stall: Duration::from_secs(900), ..self.limits };
        let size = format!("{WIDTH}x{HEIGHT}");
        let command = Command::new("ffmpeg", limits)
            .args([
                "-y",
                "-nostdin",
                "-hide_banner",
                "-loglevel",
                "error",
                "-f",
                "rawvideo",
                "-pix_fmt",
                "rgba",
            ])
            .args(["-s", &size, "-r", &FRAME_RATE.to_string(), "-i", "pipe:0"])
            .args([
                "-protocol_whitelist",
                "file",
                "-f",
                "s16le",
                "-ar",
                &SAMPLE_RATE.to_string(),
                "-ac",
                "2",
                "-i",
            ])
            .input(&sound)
            .args([
                "-c:v",
                "libx264",
                "-preset",
                "ultrafast",
                "-crf",
                "12",
                "-g",
                "30",
                "-pix_fmt",
                "yuv420p",
            ])
            .args(["-vf", "scale=out_color_matrix=bt709:out_range=tv", "-colorspace", "bt709"])
            .args(["-color_primaries", "bt709", "-color_trc", "bt709", "-c:a", "pcm_s16le", "-f", "matroska"])
            .output_folder(folder)
            .output("lesson.mkv")
            .stdin(queue);
        let finished = self.sandbox.run(command, |_| ControlFlow::Continue(())).await?;
        drawing.await.map_err(|e| fault(e.to_string()))?;
        if !finished.status.success() {
            return Err(fault(format!("filming: {}", finished.stderr.trim())));
        }
        tokio::fs::remove_file(&sound).await?;
        Ok(LessonFilm { path: folder.join("lesson.mkv"), timeline })
    }

    async fn speak(&self, voice: &Voice, line: &str) -> Result<Speech, MediaError> {
        let limits = Limits {
            wall: Duration::from_secs(60),
            stall: Duration::from_secs(60),
            cpu_seconds: 60,
            ..Limits::default()
        };
        let command = Command::new("espeak-ng", limits)
            .args(["-v", &voice.name, "-s", &voice.speed.to_string(), "-p", &voice.pitch.to_string()])
            .args(["--stdout", "--", line]);
        let mut wav = Vec::new();
        let finished = self
            .sandbox
            .run(command, |piece| {
                wav.extend_from_slice(piece);
                if wav.len() > SPEECH_MAX_BYTES { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            })
            .await?;
        let samples: Vec<i16> = wav
            .get(WAV_HEADER_BYTES..)
            .unwrap_or_default()
            .chunks_exact(2)
            .filter_map(|b| b.try_into().ok().map(i16::from_le_bytes))
            .collect();
        if finished.stopped || !finished.status.success() || samples.is_empty() {
            return Err(MediaError::Fault(format!("espeak-ng said nothing: {}", finished.stderr.trim())));
        }
        Ok(Speech { samples, sample_rate: SPEECH_RATE })
    }
}

/// Draws every picture in order; ends early when nobody takes them any more.
fn draw(mut frames: Frames, pictures: &mpsc::Sender<Bytes>) {
    let mut last = Bytes::new();
    for index in 0..frames.count() {
        let frame = frames.render(index);
        if frame.changed || last.is_empty() {
            last = Bytes::copy_from_slice(frame.pixels);
        }
        if pictures.blocking_send(last.clone()).is_err() {
            return;
        }
    }
}
