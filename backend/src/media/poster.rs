//! Posters: two JPEGs and a thumbhash of one picture of a rendition we made ourselves.

use super::{
    MediaError,
    sandbox::{Command, Limits, Sandbox},
};
use std::{
    ops::ControlFlow,
    path::{Path, PathBuf},
    time::Duration,
};

const THUMBHASH_SIDE: u32 = 100;

/// A clip's still pictures, as files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posters {
    /// 720 px on the short side, or the film's own if smaller.
    pub large: PathBuf,
    /// 240 px on the short side, or the film's own if smaller.
    pub small: PathBuf,
    /// At most 30 bytes.
    pub thumbhash: Vec<u8>,
}

/// Takes the picture at `at_ms` of `film` (`width` x `height`, a rendition made here), or its last one.
///
/// # Errors
/// `Fault` when ffmpeg could not be run or gives no picture.
pub async fn posters(
    sandbox: &Sandbox,
    film: &Path,
    (width, height, duration_ms): (u32, u32, u32),
    at_ms: u32,
    folder: &Path,
) -> Result<Posters, MediaError> {
    let limits = Limits {
        wall: Duration::from_secs(60),
        stall: Duration::from_secs(60),
        cpu_seconds: 60,
        ..Limits::default()
    };
    let at_ms = at_ms.min(duration_ms.saturating_sub(100));
    let (lw, lh) = scaled(width, height, width.min(height).min(720));
    let (sw, sh) = scaled(width, height, width.min(height).min(240));
    let (tw, th) = thumb_sides(width, height);
    let graph = format!(
        "[0:v:0]split=3[a][b][c];\
         [a]scale={lw}:{lh}:flags=lanczos:out_range=pc:out_color_matrix=bt601,format=yuvj420p[large];\
         [b]scale={sw}:{sh}:flags=area:out_range=pc:out_color_matrix=bt601,format=yuvj420p[small];\
         [c]scale={tw}:{th}:flags=area:out_range=pc,format=rgba[thumb]"
    );
    let mut command = Command::new("ffmpeg", limits)
        .args([
            "-y",
            "-nostdin",
            "-hide_banner",
            "-loglevel",
            "error",
            "-protocol_whitelist",
            "file",
            "-f",
            "mov",
        ])
        .args(["-ss", &format!("{:.3}", f64::from(at_ms) / 1000.0), "-i"])
        .input(film)
        .args(["-filter_complex", &graph])
        .output_folder(folder);
    for (label, name) in [("[large]", "poster.jpg"), ("[small]", "poster-small.jpg")] {
        command = command
            .args(["-map", label, "-frames:v", "1", "-c:v", "mjpeg", "-q:v", "4", "-map_metadata", "-1"])
            .args(["-fflags", "+bitexact", "-flags:v", "+bitexact", "-update", "1", "-f", "image2"])
            .output(name);
    }
    let command = command
        .args(["-map", "[thumb]", "-frames:v", "1", "-c:v", "rawvideo", "-f", "rawvideo"])
        .output("thumb.rgba");
    let finished = sandbox.run(command, |_| ControlFlow::Continue(())).await?;
    let pixels = tokio::fs::read(folder.join("thumb.rgba")).await.unwrap_or_default();
    if !finished.status.success() || pixels.len() as u64 != u64::from(tw) * u64::from(th) * 4 {
        return Err(MediaError::Fault(format!("no poster: {}", finished.stderr.trim())));
    }
    let thumbhash = thumbhash::rgba_to_thumb_hash(tw as usize, th as usize, &pixels);
    Ok(Posters { large: folder.join("poster.jpg"), small: folder.join("poster-small.jpg"), thumbhash })
}

fn scaled(width: u32, height: u32, short_side: u32) -> (u32, u32) {
    let factor = f64::from(short_side) / f64::from(width.min(height).max(1));
    let side = |s: u32| ((f64::from(s) * factor / 2.0).round() as u32 * 2).max(2);
    (side(width), side(height))
}

fn thumb_sides(width: u32, height: u32) -> (u32, u32) {
    let factor = f64::from(THUMBHASH_SIDE) / f64::from(width.max(height).max(1));
    let side = |s: u32| ((f64::from(s) * factor.min(1.0)).round() as u32).clamp(1, THUMBHASH_SIDE);
    (side(width), side(height))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thumbnails_fit_in_a_hundred_pixels_and_keep_their_shape() {
        assert_eq!(thumb_sides(720, 1280), (56, 100));
        assert_eq!(thumb_sides(1280, 720), (100, 56));
        assert_eq!(thumb_sides(16, 320), (5, 100));
        assert_eq!(thumb_sides(40, 30), (40, 30));
    }
}
