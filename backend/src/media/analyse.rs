//! Decoding a source once, before anything is encoded: how many pictures there really are, how loud it is, whether it
//! flashes. Declared durations are never trusted.

use super::{
    MediaError,
    flash::{CELLS, CELLS_HIGH, CELLS_WIDE, FlashDetector},
    probe::Source,
    sandbox::{Command, Limits, Sandbox},
};
use minnow_shared::{draft::RefusalReason, limit};
use std::{ops::ControlFlow, path::Path, time::Duration};

/// Measured on what will be encoded: stereo at 48 kHz.
const LOUDNESS: &str =
    "aresample=48000,aformat=sample_fmts=fltp:channel_layouts=stereo,ebur128=framelog=verbose";

/// What decoding showed.
#[derive(Debug, Clone, PartialEq)]
pub struct Analysis {
    /// At the source's rate.
    pub pictures: u64,
    pub duration_ms: u32,
    /// `None`: no sound, or none that decodes.
    pub sound: Option<Loudness>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Loudness {
    /// EBU R128 integrated loudness; `None` for silence.
    pub integrated_lufs: Option<f64>,
}

/// Options before `-i` for every run of ffmpeg on a source.
pub fn input_options(source: &Source) -> Vec<String> {
    let mut options: Vec<String> =
        ["-nostdin", "-hide_banner", "-nostats", "-loglevel", "info"].map(String::from).to_vec();
    // More than a third of the packets not decoding is a broken file (see docs/decisions).
    options.extend(["-max_error_rate", "0.34"].map(String::from));
    options.extend(source.container.input_options().into_iter().map(String::from));
    options.extend(["-max_pixels".into(), limit::CLIP_PIXELS.to_string()]);
    if let Some(decoder) = source.decoder {
        options.extend([format!("-c:{}", source.video), decoder.into()]);
    }
    options.extend(["-sn", "-dn"].map(String::from));
    options.push("-i".into());
    options
}

/// Decodes picture and sound; where the sound does not decode, the picture alone.
///
/// # Errors
/// `Refused` as too short, too long, flashing, broken or slow; `Fault` when ffmpeg could not be run.
pub async fn analyse(
    sandbox: &Sandbox,
    limits: Limits,
    file: &Path,
    source: &Source,
) -> Result<Analysis, MediaError> {
    // Demuxing alone tells films of hours in a moment, without decoding three minutes of them first.
    if packets_span_ms(sandbox, file, source).await? > u64::from(limit::CLIP_MAX_MS) + 2_000 {
        return Err(MediaError::Refused(RefusalReason::TooLong));
    }
    if source.audio.is_some() {
        match decode(sandbox, limits, file, source, source.audio).await {
            Err(MediaError::Refused(RefusalReason::Broken | RefusalReason::TooShort)) => {}
            other => return other,
        }
    }
    decode(sandbox, limits, file, source, None).await
}

/// First to last time stamp of the picture's packets, in milliseconds; stops as soon as it is too long.
async fn packets_span_ms(sandbox: &Sandbox, file: &Path, source: &Source) -> Result<u64, MediaError> {
    let limits = Limits {
        wall: Duration::from_secs(120),
        stall: Duration::from_secs(60),
        cpu_seconds: 60,
        ..Limits::default()
    };
    let command = Command::new("ffprobe", limits)
        .args(["-v", "quiet"])
        .args(source.container.input_options())
        .args(["-select_streams", &source.video.to_string(), "-show_entries", "packet=pts_time"])
        .args(["-of", "csv=p=0"])
        .input(file);
    let most = f64::from(limit::CLIP_MAX_MS) / 1000.0 + 2.0;
    let (mut line, mut first, mut last) = (String::new(), f64::INFINITY, f64::NEG_INFINITY);
    sandbox
        .run(command, |piece| {
            for byte in piece {
                if *byte != b'\n' {
                    if line.len() < 100 {
                        line.push(char::from(*byte));
                    }
                    continue;
                }
                if let Ok(seconds) = line.trim_end_matches(',').parse::<f64>() {
                    first = first.min(seconds);
                    last = last.max(seconds);
                }
                line.clear();
            }
            if last - first > most { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })
        .await?;
    Ok(if last >= first { ((last - first) * 1000.0) as u64 } else { 0 })
}

async fn decode(
    sandbox: &Sandbox,
    limits: Limits,
    file: &Path,
    source: &Source,
    audio: Option<usize>,
) -> Result<Analysis, MediaError> {
    let rate = format!("{}/{}", source.rate.pictures, source.rate.seconds);
    let picture = format!("fps={rate}:start_time=0,scale={CELLS_WIDE}:{CELLS_HIGH}:flags=area,format=gray");
    let mut command = Command::new("ffmpeg", limits)
        .args(input_options(source))
        .input(file)
        .args(["-map", &format!("0:{}", source.video), "-vf", &picture])
        .args(["-f", "rawvideo", "-pix_fmt", "gray", "pipe:1"]);
    if let Some(audio) = audio {
        command = command.args(["-map", &format!("0:{audio}"), "-af", LOUDNESS]).args([
            "-c:a",
            "pcm_s16le",
            "-f",
            "null",
            "-",
        ]);
    }
    let mut flashes = FlashDetector::new(source.rate.per_second());
    let (mut picture, mut pictures) = (Vec::with_capacity(CELLS), 0u64);
    let finished = sandbox
        .run(command, |mut piece| {
            while !piece.is_empty() {
                let (now, later) = piece.split_at((CELLS - picture.len()).min(piece.len()));
                picture.extend_from_slice(now);
                piece = later;
                if picture.len() == CELLS {
                    flashes.push(&picture);
                    picture.clear();
                    pictures += 1;
                }
            }
            let too_long = source.rate.duration_ms(pictures) > u64::from(limit::CLIP_MAX_MS);
            if too_long || flashes.found() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })
        .await?;
    let duration_ms = source.rate.duration_ms(pictures);
    let reason = if flashes.found() {
        Some(RefusalReason::Flashes)
    } else if duration_ms > u64::from(limit::CLIP_MAX_MS) {
        Some(RefusalReason::TooLong)
    } else if !finished.status.success() || pictures == 0 {
        Some(RefusalReason::Broken)
    } else if duration_ms < u64::from(limit::CLIP_MIN_MS) {
        Some(RefusalReason::TooShort)
    } else {
        None
    };
    if let Some(reason) = reason {
        tracing::debug!(?reason, status = ?finished.status, said = finished.stderr, "decoding ended");
        return Err(MediaError::Refused(reason));
    }
    let sound = audio.and_then(|_| loudness(&finished.stderr));
    Ok(Analysis { pictures, duration_ms: u32::try_from(duration_ms).unwrap_or(limit::CLIP_MAX_MS), sound })
}

/// Reads the summary of ffmpeg's `ebur128` filter.
fn loudness(said: &str) -> Option<Loudness> {
    let summary = said.get(said.rfind("Integrated loudness:")?..)?;
    let value =
        summary.lines().find_map(|line| line.trim().strip_prefix("I:")?.trim().strip_suffix("LUFS"))?;
    let lufs = value.trim().parse::<f64>().ok()?;
    // -70 is the absolute gate: nothing was heard.
    Some(Loudness { integrated_lufs: (lufs > -69.0).then_some(lufs) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loudness_is_read_from_the_summary_and_silence_has_none() {
        let said = "[x]\n  Integrated loudness:\n    I:         -23.4 LUFS\n    Threshold: -33.9 LUFS\n";
        assert_eq!(loudness(said), Some(Loudness { integrated_lufs: Some(-23.4) }));
        assert_eq!(
            loudness("Integrated loudness:\n    I:         -70.0 LUFS\n"),
            Some(Loudness { integrated_lufs: None })
        );
        assert_eq!(loudness("nothing of the kind"), None);
    }
}
