//! What ffprobe says of a file whose container is known: streams, sides, rotation, colours. Durations it declares are
//! not used: `analyse` decodes.

use super::{
    MediaError, ebml, mp4,
    sandbox::{Command, Limits, Sandbox},
    sniff::{self, Container},
};
use minnow_shared::{draft::RefusalReason, limit};
use serde_json::Value;
use std::{io::Read, ops::ControlFlow, path::Path, time::Duration};

/// A picture longer than this many times its short side would be a line on any screen.
pub const ASPECT_MAX: u32 = 20;
const PROBE_OUTPUT_MAX_BYTES: usize = 4 << 20;

/// A file with a picture that may be taken.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    pub container: Container,
    /// ffmpeg's number of the first real picture stream.
    pub video: usize,
    /// Of the first sound stream that names a codec.
    pub audio: Option<usize>,
    /// As shown: turned, and pixels made square.
    pub width: u32,
    pub height: u32,
    /// Pictures a second to encode at: the file's own where it is steady and at most 30.
    pub rate: Rate,
    pub dynamic_range: DynamicRange,
    /// `bt709` or `smpte170m`, for files that do not say.
    pub matrix: &'static str,
    pub is_interlaced: bool,
    /// A decoder that keeps transparency, where the usual one would not.
    pub decoder: Option<&'static str>,
    pub has_alpha: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    pub pictures: u32,
    pub seconds: u32,
}

impl Rate {
    pub fn per_second(self) -> f64 {
        f64::from(self.pictures) / f64::from(self.seconds.max(1))
    }

    pub fn duration_ms(self, pictures: u64) -> u64 {
        pictures * 1000 * u64::from(self.seconds) / u64::from(self.pictures.max(1))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DynamicRange {
    Standard,
    /// SMPTE ST 2084: has to be tone-mapped, as has the next.
    Pq,
    /// ARIB STD-B67.
    Hlg,
}

/// Tells what a file is, refusing what is not taken.
///
/// # Errors
/// `Refused` with the reason, or `Fault` when ffprobe could not be run.
pub async fn probe(sandbox: &Sandbox, file: &Path) -> Result<Source, MediaError> {
    let owned = file.to_owned();
    let container = tokio::task::spawn_blocking(move || look(&owned))
        .await
        .map_err(|error| MediaError::Fault(error.to_string()))??;
    let limits = Limits {
        wall: Duration::from_secs(60),
        stall: Duration::from_secs(60),
        cpu_seconds: 60,
        ..Limits::default()
    };
    let command = Command::new("ffprobe", limits)
        .args(["-v", "error"])
        .args(container.input_options())
        .args(["-max_pixels", &limit::CLIP_PIXELS.to_string()])
        .args(["-show_streams", "-of", "json"])
        .input(file);
    let mut said = Vec::new();
    let finished = sandbox
        .run(command, |piece| {
            said.extend_from_slice(piece);
            if said.len() > PROBE_OUTPUT_MAX_BYTES {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        })
        .await?;
    if finished.stopped {
        return Err(MediaError::Refused(RefusalReason::TooManyStreams));
    }
    let said: Value = serde_json::from_slice(&said).unwrap_or_default();
    let streams = said.get("streams").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    match choose(container, streams) {
        // Some readers leave the sides of a picture over `-max_pixels` out and only say why.
        Err(RefusalReason::Broken) if finished.stderr.contains("exceeds specified max pixel count") => {
            Err(MediaError::Refused(RefusalReason::TooManyPixels))
        }
        chosen => chosen.map_err(MediaError::Refused),
    }
}

/// The container from the file's own bytes, and what its boxes say already.
fn look(path: &Path) -> Result<Container, MediaError> {
    let mut head = Vec::new();
    std::fs::File::open(path)?.take(sniff::HEAD_BYTES as u64).read_to_end(&mut head)?;
    let size_bytes = std::fs::metadata(path)?.len();
    if size_bytes > limit::UPLOAD_BYTES {
        return Err(MediaError::Refused(RefusalReason::TooLarge));
    }
    let container = sniff::sniff(&head).map_err(MediaError::Refused)?;
    match container {
        Container::IsoMedia => {
            if let Some(film) = mp4::read(path)? {
                if film.is_encrypted() {
                    return Err(MediaError::Refused(RefusalReason::Encrypted));
                }
                if film.is_cut_off(size_bytes) {
                    return Err(MediaError::Refused(RefusalReason::Broken));
                }
            }
        }
        Container::Matroska if ebml::is_encrypted(&head) => {
            return Err(MediaError::Refused(RefusalReason::Encrypted));
        }
        _ => {}
    }
    Ok(container)
}

fn text<'a>(stream: &'a Value, name: &str) -> &'a str {
    stream.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn number(stream: &Value, name: &str) -> u64 {
    stream.get(name).and_then(Value::as_u64).unwrap_or_default()
}

fn is_real_picture(stream: &Value) -> bool {
    let flag =
        |name: &str| stream.pointer(&format!("/disposition/{name}")).and_then(Value::as_u64) == Some(1);
    text(stream, "codec_type") == "video"
        && !["attached_pic", "still_image", "timed_thumbnails"].iter().any(|f| flag(f))
}

fn choose(container: Container, streams: &[Value]) -> Result<Source, RefusalReason> {
    if streams.is_empty() {
        return Err(RefusalReason::Broken);
    }
    if streams.len() > limit::CLIP_STREAMS {
        return Err(RefusalReason::TooManyStreams);
    }
    let video = streams.iter().find(|s| is_real_picture(s)).ok_or(RefusalReason::NoPicture)?;
    let audio =
        streams.iter().find(|s| text(s, "codec_type") == "audio" && !text(s, "codec_name").is_empty());
    let (coded_width, coded_height) = (number(video, "width"), number(video, "height"));
    if text(video, "codec_name").is_empty() || coded_width == 0 || coded_height == 0 {
        return Err(RefusalReason::Broken);
    }
    if coded_width * coded_height > limit::CLIP_PIXELS {
        return Err(RefusalReason::TooManyPixels);
    }
    if coded_width.min(coded_height) < u64::from(limit::CLIP_SIDE_MIN) {
        return Err(RefusalReason::TooSmall);
    }
    let (width, height) = shown_sides(video, coded_width, coded_height);
    if width.max(height) > width.min(height).saturating_mul(ASPECT_MAX) {
        return Err(RefusalReason::TooSmall);
    }
    let pixel_format = text(video, "pix_fmt");
    let declares_alpha = video
        .get("tags")
        .and_then(Value::as_object)
        .is_some_and(|tags| tags.iter().any(|(k, v)| k.eq_ignore_ascii_case("alpha_mode") && v == "1"));
    let decoder = match (declares_alpha, text(video, "codec_name")) {
        (true, "vp8") => Some("libvpx"),
        (true, "vp9") => Some("libvpx-vp9"),
        _ => None,
    };
    let formats_with_alpha = ["yuva", "rgba", "bgra", "argb", "abgr", "gbrap", "ya8", "ya16", "pal8"];
    Ok(Source {
        container,
        video: usize::try_from(number(video, "index")).unwrap_or_default(),
        audio: audio.and_then(|a| usize::try_from(number(a, "index")).ok()),
        width,
        height,
        rate: rate(video),
        dynamic_range: match text(video, "color_transfer") {
            "smpte2084" => DynamicRange::Pq,
            "arib-std-b67" => DynamicRange::Hlg,
            _ => DynamicRange::Standard,
        },
        matrix: match text(video, "color_space") {
            "" | "unknown" | "reserved" | "gbr" if coded_width.min(coded_height) >= 720 => "bt709",
            "bt709" => "bt709",
            "bt2020nc" | "bt2020c" => "bt2020",
            _ => "smpte170m",
        },
        is_interlaced: matches!(text(video, "field_order"), "tt" | "bb" | "tb" | "bt"),
        decoder,
        has_alpha: decoder.is_some() || formats_with_alpha.iter().any(|f| pixel_format.starts_with(f)),
    })
}

/// Width and height as shown: sample aspect applied to the longer way, then turned by the display matrix.
fn shown_sides(video: &Value, width: u64, height: u64) -> (u32, u32) {
    let aspect = text(video, "sample_aspect_ratio").split_once(':').and_then(|(w, h)| {
        let aspect = w.parse::<f64>().ok()? / h.parse::<f64>().ok()?;
        (aspect.is_finite() && (0.2..=5.0).contains(&aspect)).then_some(aspect)
    });
    let (mut w, mut h) = (width as f64, height as f64);
    match aspect {
        Some(a) if a > 1.0 => w *= a,
        Some(a) => h /= a,
        None => {}
    }
    let turns = video.get("side_data_list").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let rotation = turns.iter().find_map(|side| side.get("rotation")?.as_f64()).unwrap_or_default();
    if (rotation.abs() % 180.0 - 90.0).abs() < 45.0 {
        std::mem::swap(&mut w, &mut h);
    }
    (w.round() as u32, h.round() as u32)
}

fn rate(video: &Value) -> Rate {
    let fraction = |name: &str| {
        let (n, d) = text(video, name).split_once('/')?;
        let rate = Rate { pictures: n.parse().ok()?, seconds: d.parse().ok()? };
        (rate.pictures > 0 && rate.seconds > 0).then_some(rate)
    };
    let thirty = Rate { pictures: 30, seconds: 1 };
    let (Some(base), Some(average)) = (fraction("r_frame_rate"), fraction("avg_frame_rate")) else {
        return thirty;
    };
    let steady = (base.per_second() / average.per_second() - 1.0).abs() < 0.01;
    if !steady {
        return thirty;
    }
    if (10.0..=30.01).contains(&base.per_second()) {
        base
    } else if (49.9..=60.1).contains(&base.per_second()) {
        Rate { pictures: base.pictures, seconds: base.seconds.saturating_mul(2) }
    } else {
        thirty
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn film() -> Value {
        json!({"index": 0, "codec_type": "video", "codec_name": "h264", "width": 1280, "height": 720,
               "pix_fmt": "yuv420p", "r_frame_rate": "60/1", "avg_frame_rate": "60/1"})
    }

    fn with(name: &str, value: Value) -> Value {
        let mut stream = film();
        stream[name] = value;
        stream
    }

    #[test]
    fn sides_are_those_shown_turned_and_with_square_pixels() {
        let turned = with("side_data_list", json!([{"rotation": -90}]));
        let source = choose(Container::IsoMedia, &[turned]).unwrap();
        assert_eq!((source.width, source.height), (720, 1280));
        let wide = with("sample_aspect_ratio", json!("4:3"));
        let source = choose(Container::IsoMedia, &[wide]).unwrap();
        assert_eq!((source.width, source.height), (1707, 720));
    }

    #[test]
    fn steady_rates_are_kept_up_to_thirty_and_halved_to_it() {
        let rate_of = |r: &str, a: &str| {
            let mut stream = film();
            stream["r_frame_rate"] = r.into();
            stream["avg_frame_rate"] = a.into();
            let rate = choose(Container::IsoMedia, &[stream]).unwrap().rate;
            (rate.pictures, rate.seconds)
        };
        assert_eq!(rate_of("24000/1001", "24000/1001"), (24000, 1001));
        assert_eq!(rate_of("60/1", "60/1"), (60, 2));
        assert_eq!(rate_of("50/1", "50/1"), (50, 2));
        assert_eq!(rate_of("1000/1", "24/1"), (30, 1), "variable");
        assert_eq!(rate_of("1/1", "1/1"), (30, 1), "a picture a second");
        assert_eq!(rate_of("0/0", "0/0"), (30, 1));
    }

    #[test]
    fn limits_and_missing_pictures_have_their_reasons() {
        let refused = |streams: &[Value]| choose(Container::IsoMedia, streams).unwrap_err();
        let sound = json!({"index": 1, "codec_type": "audio", "codec_name": "aac"});
        assert_eq!(refused(&[]), RefusalReason::Broken);
        assert_eq!(refused(std::slice::from_ref(&sound)), RefusalReason::NoPicture);
        let cover = with("disposition", json!({"attached_pic": 1}));
        assert_eq!(refused(&[sound.clone(), cover]), RefusalReason::NoPicture, "cover art is no film");
        assert_eq!(refused(&vec![film(); limit::CLIP_STREAMS + 1]), RefusalReason::TooManyStreams);
        assert_eq!(refused(&[with("width", json!(65_535))]), RefusalReason::TooManyPixels);
        assert_eq!(refused(&[with("height", json!(15))]), RefusalReason::TooSmall);
        let mut line = with("width", json!(4_096));
        line["height"] = json!(64);
        assert_eq!(refused(&[line]), RefusalReason::TooSmall, "a line");
        assert_eq!(refused(&[with("width", json!(0))]), RefusalReason::Broken);
    }
}
