//! Encoding: up to three renditions of one source in one run of ffmpeg. Progressive MP4, H.264 High and AAC stereo, the
//! index first, a key picture at 0 and every second, loudness at -16 LUFS.

use super::{
    MediaError,
    analyse::{Analysis, input_options},
    mp4,
    probe::{ASPECT_MAX, DynamicRange, Source},
    sandbox::{Command, Limits, Sandbox},
};
use minnow_shared::{draft::RefusalReason, limit};
use std::{
    ops::ControlFlow,
    path::{Path, PathBuf},
};

/// EBU R128 target, LUFS: what phones and the web play well.
const TARGET_LUFS: f64 = -16.0;
/// Not more than this is added, so that noise stays noise.
const GAIN_MAX_DB: f64 = 20.0;

/// One rendition to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target {
    pub short_side: u32,
    pub width: u32,
    pub height: u32,
    pub video_kbps: u32,
    pub audio_kbps: u32,
}

/// One rendition made and read back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Encoded {
    pub target: Target,
    pub path: PathBuf,
    pub moov_end_bytes: u64,
    pub two_seconds_bytes: u64,
}

/// How films are packed: the index first, then a quarter of a second of each track at a time instead of a few frames, which
/// halves the index. Every player needs it before it can show anything.
pub const MP4: [&str; 6] = ["-chunk_duration", "250000", "-movflags", "+faststart", "-f", "mp4"];

/// The renditions of a picture of this size: short sides 360, 540 and 720, never larger than the source; a source
/// between two keeps its own size as well, unless that is within 15 % of the one below. Smallest first.
pub fn targets(width: u32, height: u32) -> Vec<Target> {
    let own = width.min(height).min(720);
    let mut sides: Vec<u32> = [360, 540, 720].into_iter().filter(|s| s * 100 <= own * 87).collect();
    sides.push(own);
    sides.into_iter().map(|side| target(width, height, side)).collect()
}

fn target(width: u32, height: u32, short_side: u32) -> Target {
    let (short, long) = (f64::from(width.min(height).max(1)), f64::from(width.max(height)));
    let even = |side: f64| ((side / 2.0).round() as u32 * 2).max(limit::CLIP_SIDE_MIN);
    let short_even = even(f64::from(short_side));
    let longest = f64::from(short_side) * f64::from(ASPECT_MAX);
    let long_even = even((f64::from(short_side) * long / short).min(longest));
    let (width, height) = if width <= height { (short_even, long_even) } else { (long_even, short_even) };
    // 350 kbit/s at 360x640, growing with the picture's area.
    let area = f64::from(width) * f64::from(height) / (360.0 * 640.0);
    Target {
        short_side: width.min(height),
        width,
        height,
        video_kbps: (350.0 * area).clamp(100.0, 2_000.0) as u32,
        audio_kbps: if short_side < 500 { 64 } else { 96 },
    }
}

/// Encodes all targets. `on_percent`: 0 to 100 of the pictures encoded.
///
/// # Errors
/// `Refused` when ffmpeg cannot read the source to its end, `Fault` when it could not be run or what it made is not
/// what was asked.
pub async fn transcode(
    sandbox: &Sandbox,
    limits: Limits,
    (file, source, analysis): (&Path, &Source, &Analysis),
    targets: &[Target],
    folder: &Path,
    on_percent: impl Fn(u8) + Send + Sync,
) -> Result<Vec<Encoded>, MediaError> {
    let mut command = Command::new("ffmpeg", limits)
        .args(["-y", "-progress", "pipe:1", "-stats_period", "0.5"])
        .args(input_options(source))
        .input(file)
        .args(["-filter_complex", &graph(source, analysis, targets)])
        .output_folder(folder);
    let key_every = source.rate.per_second().round().max(1.0).to_string();
    for (index, target) in targets.iter().enumerate() {
        command = command
            .args(["-map", &format!("[v{index}]"), "-map", &format!("[a{index}]")])
            .args(["-c:v", "libx264", "-preset", "veryfast", "-profile:v", "high", "-pix_fmt", "yuv420p"])
            .args(["-crf", "24", "-maxrate", &format!("{}k", target.video_kbps)])
            .args(["-bufsize", &format!("{}k", target.video_kbps * 2)])
            .args([
                "-g",
                &key_every,
                "-keyint_min",
                &key_every,
                "-sc_threshold",
                "0",
                "-flags:v",
                "+cgop+bitexact",
            ])
            .args([
                "-color_primaries",
                "bt709",
                "-color_trc",
                "bt709",
                "-colorspace",
                "bt709",
                "-color_range",
                "tv",
            ])
            .args(["-c:a", "aac", "-b:a", &format!("{}k", target.audio_kbps), "-ar", "48000", "-ac", "2"])
            .args([
                "-flags:a",
                "+bitexact",
                "-fflags",
                "+bitexact",
                "-map_metadata",
                "-1",
                "-map_chapters",
                "-1",
            ])
            .args(MP4)
            .output(name(index));
    }
    let mut line = Vec::new();
    let finished = sandbox
        .run(command, |piece| {
            for byte in piece {
                if *byte != b'\n' {
                    line.push(*byte);
                    continue;
                }
                let frame = std::str::from_utf8(&line).ok().and_then(|l| l.strip_prefix("frame="));
                if let Some(frame) = frame.and_then(|f| f.trim().parse::<u64>().ok()) {
                    on_percent(u8::try_from(frame * 100 / analysis.pictures.max(1)).unwrap_or(100).min(100));
                }
                line.clear();
            }
            ControlFlow::Continue(())
        })
        .await?;
    if !finished.status.success() {
        tracing::debug!(status = ?finished.status, said = finished.stderr, "encoding ended");
        return Err(MediaError::Refused(RefusalReason::Broken));
    }
    let files = targets.iter().enumerate().map(|(index, target)| (*target, folder.join(name(index))));
    let (files, duration_ms) = (files.collect::<Vec<_>>(), u64::from(analysis.duration_ms));
    let read = move || files.into_iter().map(|(target, path)| verify(target, path, duration_ms)).collect();
    tokio::task::spawn_blocking(read).await.map_err(|error| MediaError::Fault(error.to_string()))?
}

/// The file of a rendition in the folder it is made in.
pub fn name(index: usize) -> String {
    format!("rendition-{index}.mp4")
}

/// Reads back what was made: the index first, one picture and one sound track of the right length, a key picture at
/// 0 and after each second.
///
/// # Errors
/// `Fault`, saying what is amiss.
pub fn verify(target: Target, path: PathBuf, duration_ms: u64) -> Result<Encoded, MediaError> {
    let fault = |what: &str| MediaError::Fault(format!("the encoder made {what}: {}", path.display()));
    let film = mp4::read(&path)?.ok_or_else(|| fault("a file without an index"))?;
    let video = film.track(b"vide").ok_or_else(|| fault("no picture"))?;
    let audio = film.track(b"soun").ok_or_else(|| fault("no sound"))?;
    if !film.is_fast_start || &video.codec != b"avc1" || &audio.codec != b"mp4a" {
        return Err(fault("another format"));
    }
    if (u32::from(video.width), u32::from(video.height)) != (target.width, target.height) {
        return Err(fault("a picture of another size"));
    }
    if video.duration_ms.abs_diff(duration_ms) > 150 || audio.duration_ms.abs_diff(duration_ms) > 400 {
        return Err(fault("another duration"));
    }
    let keys: Vec<u64> = video.samples.iter().filter(|s| s.is_key).map(|s| s.decode_ms).collect();
    // Decoding times run a little behind what is shown: the last may lie beyond the duration.
    let gap = keys
        .iter()
        .chain([&video.duration_ms])
        .scan(0u64, |last, at| Some(at.saturating_sub(std::mem::replace(last, *at))));
    if keys.first() != Some(&0) || gap.max().unwrap_or_default() > 2_100 {
        return Err(fault("key pictures too far apart"));
    }
    let (moov_end_bytes, two_seconds_bytes) = (film.moov_end_bytes, film.bytes_until(2_000));
    Ok(Encoded { target, path, moov_end_bytes, two_seconds_bytes })
}

/// The filter graph: one picture chain scaled to the largest target and split, one sound chain split.
fn graph(source: &Source, analysis: &Analysis, targets: &[Target]) -> String {
    let largest = targets.last().copied().unwrap_or_else(|| target(source.width, source.height, 360));
    let mut graph = picture_chain(source, analysis, largest);
    let count = targets.len();
    graph += &format!(",split={count}");
    (0..count).for_each(|index| graph += &format!("[s{index}]"));
    for (index, target) in targets.iter().enumerate() {
        graph +=
            &format!(";[s{index}]scale={}:{}:flags=bicubic,setsar=1[v{index}]", target.width, target.height);
    }
    let seconds = format!("{:.3}", f64::from(analysis.duration_ms) / 1000.0);
    graph += &sound_chain(source, analysis, &seconds);
    graph += &format!(",asplit={count}");
    (0..count).for_each(|index| graph += &format!("[a{index}]"));
    graph
}

fn picture_chain(source: &Source, analysis: &Analysis, largest: Target) -> String {
    let Rated { rate, input } = Rated::of(source);
    let (w, h) = (largest.width, largest.height);
    let deinterlace = if source.is_interlaced { "yadif=deint=interlaced," } else { "" };
    // Exactly as many pictures as were counted: the last one is held where the graph's end would lose a part of it.
    let pictures = analysis.pictures;
    let start = format!(
        "{input}{deinterlace}fps={rate}:start_time=0,tpad=stop=-1:stop_mode=clone,trim=end_frame={pictures}"
    );
    let matrix = source.matrix;
    let transfer = match source.dynamic_range {
        DynamicRange::Pq => "smpte2084",
        DynamicRange::Hlg => "arib-std-b67",
        DynamicRange::Standard if source.has_alpha => {
            // Transparency is laid over black, the colour around the player.
            return format!(
                "color=c=black:s={w}x{h}:r={rate},format=yuv420p[ground];\
                 {start},scale={w}:{h}:flags=bicubic:out_color_matrix=bt709:out_range=tv,setsar=1,\
                 format=yuva420p[figure];[ground][figure]overlay=shortest=1:format=yuv420,format=yuv420p"
            );
        }
        DynamicRange::Standard => {
            return format!(
                "{start},scale={w}:{h}:flags=bicubic:in_color_matrix={matrix}:out_color_matrix=bt709:out_range=tv,\
                 setsar=1,format=yuv420p"
            );
        }
    };
    format!(
        "{start},zscale=w={w}:h={h}:tin={transfer}:min=bt2020nc:pin=bt2020:t=linear:npl=100,format=gbrpf32le,\
         zscale=p=bt709,tonemap=tonemap=hable:desat=0,zscale=t=bt709:m=bt709:r=tv,setsar=1,format=yuv420p"
    )
}

struct Rated {
    rate: String,
    input: String,
}

impl Rated {
    fn of(source: &Source) -> Self {
        Self {
            rate: format!("{}/{}", source.rate.pictures, source.rate.seconds),
            input: format!("[0:{}]", source.video),
        }
    }
}

/// Sound starts with the picture, is brought to the target loudness with its peaks held under -1.5 dBFS, and lasts as
/// long as the picture; without any, silence.
fn sound_chain(source: &Source, analysis: &Analysis, seconds: &str) -> String {
    let (Some(audio), Some(sound)) = (source.audio, analysis.sound) else {
        return format!(";anullsrc=r=48000:cl=stereo,atrim=end={seconds}");
    };
    let level = sound.integrated_lufs.map_or(String::new(), |lufs| {
        let gain = (TARGET_LUFS - lufs).min(GAIN_MAX_DB);
        format!("volume={gain:.2}dB,alimiter=limit=0.84:level=0:attack=2:release=60,")
    });
    format!(
        ";[0:{audio}]aresample=48000:async=1:first_pts=0,aformat=sample_fmts=fltp:channel_layouts=stereo,\
         {level}apad,atrim=end={seconds}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sides(width: u32, height: u32) -> Vec<(u32, u32)> {
        targets(width, height).iter().map(|t| (t.width, t.height)).collect()
    }

    #[test]
    fn renditions_are_smallest_first_even_and_never_larger_than_the_source() {
        assert_eq!(sides(1080, 1920), [(360, 640), (540, 960), (720, 1280)]);
        assert_eq!(sides(3840, 2160), [(640, 360), (960, 540), (1280, 720)]);
        assert_eq!(sides(640, 480), [(480, 360), (640, 480)]);
        assert_eq!(sides(640, 360), [(640, 360)]);
        assert_eq!(sides(378, 300), [(378, 300)], "smaller than the smallest keeps its size");
        assert_eq!(sides(859, 511), [(606, 360), (860, 512)], "odd sides become even");
        assert_eq!(sides(400, 800), [(400, 800)], "close to the one below: one rendition");
        assert_eq!(sides(16, 2000), [(16, 320)], "absurd aspects are bounded");
    }

    #[test]
    fn bit_rates_follow_the_area() {
        let rates: Vec<u32> = targets(720, 1280).iter().map(|t| t.video_kbps).collect();
        assert_eq!(rates, [350, 787, 1400]);
        assert_eq!(targets(80, 64)[0].video_kbps, 100);
    }
}
