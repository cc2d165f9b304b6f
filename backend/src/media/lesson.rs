//! Filming a lesson of the demo library: espeak-ng speaks its lines, the renderer draws and mixes, and ffmpeg makes all
//! renditions in one run while the pictures are drawn. What comes out is checked like any film.

use super::{
    MediaError, Prepared, Studio,
    flash::{CELLS_HIGH, CELLS_WIDE, FlashDetector},
    picture_stream,
    poster::posters,
    prepare::PreparedRendition,
    sandbox::{Command, Limits},
    transcode::{MP4, Target, name, targets, verify},
};
use bytes::Bytes;
use futures::{StreamExt, TryStreamExt};
use minnow_renderer::{
    FRAME_RATE, Frames, HEIGHT, Lesson, Planes, SAMPLE_RATE, Speech, Timeline, Voice, WIDTH,
};
use std::{ops::ControlFlow, path::Path, time::Duration};
use tokio::sync::mpsc;

/// espeak-ng's own rate.
const SPEECH_RATE: u32 = 22_050;
const WAV_HEADER_BYTES: usize = 44;
/// A line of a minute, many times over.
const SPEECH_MAX_BYTES: usize = 16 << 20;
/// Lines spoken at once: most of a line's time goes into starting the program.
const VOICES: usize = 3;
/// A picture that stands still is sent again after this many, ten times a second: a player that begins there has
/// something to show at once. A second is a multiple of it, so that key pictures lie on whole seconds.
const STILL: u32 = 3;
/// x264 for flat drawings: a simpler search finds the same motion. Against plain `veryfast` two thirds of the time, 5 to
/// 10 % more bytes, the same likeness (SSIM).
const DRAWN: &str = "subme=1:me=dia:ref=1:weightp=0:b-adapt=0:scenecut=0:keyint=300";

/// A lesson as a clip's media, with what the film cannot say.
pub struct LessonFilm {
    pub prepared: Prepared,
    pub timeline: Timeline,
}

impl Studio {
    /// Speaks, draws and films a lesson into `folder`.
    ///
    /// # Errors
    /// `Fault` when a tool cannot be run, the lesson cannot be planned, or its film is not as it should be.
    pub async fn film_lesson(
        &self,
        lesson: Lesson,
        voice: &Voice,
        folder: &Path,
    ) -> Result<LessonFilm, MediaError> {
        let fault = |why: String| MediaError::Fault(why);
        let lines: Vec<String> = lesson.spoken_lines().map(str::to_owned).collect();
        let speaking: Vec<_> = lines.iter().map(|line| self.speak(voice, line)).collect();
        let speech: Vec<Speech> = futures::stream::iter(speaking).buffered(VOICES).try_collect().await?;
        let timeline = minnow_renderer::plan(&lesson, &speech).map_err(|e| fault(e.to_string()))?;
        let samples = minnow_renderer::mix(&lesson, &timeline, &speech);
        let sound = folder.join("sound.s16");
        tokio::fs::write(&sound, samples.iter().flat_map(|s| s.to_le_bytes()).collect::<Vec<u8>>()).await?;
        let targets = targets(WIDTH, HEIGHT);
        let (pictures, queue) = mpsc::channel(4);
        let frames = Frames::new(&lesson, &timeline).map_err(|e| fault(e.to_string()))?;
        let drawing = tokio::task::spawn_blocking(move || draw(frames, &pictures));
        let command = self.filming(&sound, &targets, folder).stdin(queue);
        let finished = self.sandbox.run(command, |_| ControlFlow::Continue(())).await?;
        let flashes = drawing.await.map_err(|e| fault(e.to_string()))?;
        if !finished.status.success() {
            return Err(fault(format!("filming: {}", finished.stderr.trim())));
        }
        if flashes {
            return Err(fault(format!("{} flashes", lesson.slug)));
        }
        tokio::fs::remove_file(&sound).await?;
        let prepared = self.check_film(&timeline, targets, folder).await?;
        Ok(LessonFilm { prepared, timeline })
    }

    /// One run of ffmpeg: pictures from standard input, the mix from a file, one MP4 for each target.
    fn filming(&self, sound: &Path, targets: &[Target], folder: &Path) -> Command {
        let limits = Limits { stall: Duration::from_secs(900), ..self.limits };
        let rate = SAMPLE_RATE.to_string();
        let mut command = Command::new("ffmpeg", limits)
            .args(["-y", "-nostdin", "-hide_banner", "-loglevel", "error"])
            .args(["-f", "matroska", "-i", "pipe:0"])
            .args(["-protocol_whitelist", "file", "-f", "s16le", "-ar", &rate, "-ac", "2", "-i"])
            .input(sound)
            .args(["-filter_complex", &graph(targets)])
            .output_folder(folder);
        for (index, target) in targets.iter().enumerate() {
            command = command
                .args(["-map", &format!("[v{index}]"), "-map", "1:a"])
                .args(["-c:v", "libx264", "-preset", "veryfast", "-profile:v", "high", "-pix_fmt", "yuv420p"])
                // One thread: several lessons are filmed at once instead, which takes less time altogether.
                .args(["-threads:v", "1", "-fps_mode", "vfr", "-x264-params", DRAWN])
                .args(["-crf", "24", "-maxrate", &format!("{}k", target.video_kbps)])
                .args(["-bufsize", &format!("{}k", target.video_kbps * 2), "-flags:v", "+cgop+bitexact"])
                .args(["-forced-idr", "1", "-force_key_frames", "expr:gte(t,n_forced-0.01)"])
                .args(["-color_primaries", "bt709", "-color_trc", "bt709"])
                .args(["-colorspace", "bt709", "-color_range", "tv"])
                // On these mixes the fast coder takes a third of the default's time, leaves less noise and no peaks of
                // its own: they stay below -1 dBFS.
                .args(["-c:a", "aac", "-aac_coder", "fast", "-b:a", &format!("{}k", target.audio_kbps)])
                .args(["-flags:a", "+bitexact"])
                .args(["-fflags", "+bitexact", "-map_metadata", "-1"])
                .args(MP4)
                .output(name(index));
        }
        command
    }

    async fn check_film(
        &self,
        timeline: &Timeline,
        targets: Vec<Target>,
        folder: &Path,
    ) -> Result<Prepared, MediaError> {
        let fault = |why: String| MediaError::Fault(why);
        let duration_ms = timeline.frame_count() * 1000 / FRAME_RATE;
        let files: Vec<_> =
            targets.into_iter().enumerate().map(|(i, target)| (target, folder.join(name(i)))).collect();
        let read = move || {
            let checked =
                files.into_iter().map(|(target, path)| verify(target, path, u64::from(duration_ms)));
            checked.collect::<Result<Vec<_>, _>>()
        };
        let encoded = tokio::task::spawn_blocking(read).await.map_err(|e| fault(e.to_string()))??;
        let largest = encoded.last().ok_or_else(|| fault("no rendition was made".into()))?;
        let (width, height) = (largest.target.width, largest.target.height);
        let sides = (width, height, duration_ms);
        let cover_ms = timeline.cover_ms;
        let posters = posters(&self.sandbox, &largest.path, sides, cover_ms, folder).await?;
        let renditions = encoded.into_iter().map(PreparedRendition::from).collect();
        Ok(Prepared { duration_ms, width, height, renditions, posters, cover_ms })
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

/// The pictures for each target: the last is as they were drawn.
fn graph(targets: &[Target]) -> String {
    let count = targets.len();
    let mut graph = format!("[0:v]setparams=range=tv:colorspace=bt709,split={count}");
    (0..count).for_each(|index| graph += &format!("[s{index}]"));
    for (index, target) in targets.iter().enumerate() {
        let size = format!("scale={}:{}:flags=bicubic,", target.width, target.height);
        let size = if target.width == WIDTH { "" } else { &size };
        graph += &format!(";[s{index}]{size}setsar=1[v{index}]");
    }
    graph
}

/// Draws every picture in order and sends those that show something new; ends early when nobody takes them any more.
/// True: the film flashes in a way that can harm.
fn draw(mut frames: Frames, pictures: &mpsc::Sender<Bytes>) -> bool {
    let mut planes = Planes::default();
    let mut flashes = FlashDetector::new(f64::from(FRAME_RATE));
    let mut grey = Vec::new();
    if pictures.blocking_send(picture_stream::head(WIDTH, HEIGHT, FRAME_RATE).into()).is_err() {
        return false;
    }
    let count = frames.count();
    for index in 0..count {
        let frame = frames.render(index);
        let is_new = frame.changed || index == 0;
        if is_new {
            planes.take(frame.pixels);
            grey = planes.grey(CELLS_WIDE, CELLS_HIGH);
        }
        flashes.push(&grey);
        if is_new || index.is_multiple_of(STILL) || index + 1 == count {
            let mut piece = picture_stream::picture_head(index, Planes::BYTES);
            planes.append_to(&mut piece);
            if pictures.blocking_send(piece.into()).is_err() {
                break;
            }
        }
    }
    flashes.found()
}
