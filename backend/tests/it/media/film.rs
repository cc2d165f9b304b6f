//! What comes out of the encoder.
use super::{make, studio};
use minnow::media::{Confinement, Limits, MediaError, Prepared, Sandbox, Studio};
use minnow_shared::draft::RefusalReason;
use serde_json::Value;
use std::path::Path;

/// Makes a film with ffmpeg's own sources and prepares it.
async fn prepared(arguments: &[&str]) -> (tempfile::TempDir, Result<Prepared, MediaError>) {
    let folder = tempfile::tempdir().unwrap();
    let (source, work) = (folder.path().join("source.mkv"), folder.path().join("work"));
    std::fs::create_dir(&work).unwrap();
    let mut all = arguments.to_vec();
    let name = source.display().to_string();
    all.push(&name);
    make(&all);
    let outcome = studio().prepare(&source, &work, None, |_| {}).await;
    (folder, outcome)
}

fn probe(path: &Path, what: &[&str]) -> Value {
    let output = std::process::Command::new("ffprobe")
        .args(["-v", "error", "-of", "json"])
        .args(what)
        .arg(path)
        .output()
        .unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}

fn refusal(outcome: Result<Prepared, MediaError>) -> RefusalReason {
    match outcome {
        Err(MediaError::Refused(reason)) => reason,
        other => panic!("not refused: {other:?}"),
    }
}

const TONE: [&str; 4] = ["-f", "lavfi", "-i", "sine=frequency=440:sample_rate=44100:duration=4"];

#[tokio::test]
async fn renditions_are_progressive_with_a_key_picture_each_second_and_exact_index_bytes() {
    let mut arguments = vec!["-f", "lavfi", "-i", "testsrc2=size=1280x720:rate=60:duration=4"];
    arguments.extend(TONE);
    arguments.extend([
        "-c:v",
        "libx264",
        "-preset",
        "ultrafast",
        "-c:a",
        "aac",
        "-metadata",
        "title=secret place",
    ]);
    let (_folder, outcome) = prepared(&arguments).await;
    let film = outcome.unwrap();
    assert!((4_000..=4_034).contains(&film.duration_ms), "{} ms", film.duration_ms);
    assert_eq!(
        film.renditions.iter().map(|r| (r.width, r.height)).collect::<Vec<_>>(),
        [(640, 360), (960, 540), (1280, 720)]
    );
    for rendition in &film.renditions {
        let said = probe(&rendition.path, &["-show_streams", "-show_format"]);
        let (video, audio) = (&said["streams"][0], &said["streams"][1]);
        assert_eq!(
            (&video["codec_name"], &video["profile"], &video["pix_fmt"]),
            (&"h264".into(), &"High".into(), &"yuv420p".into())
        );
        assert_eq!(&video["r_frame_rate"], "30/1");
        assert_eq!(
            (&audio["codec_name"], &audio["sample_rate"], &audio["channels"]),
            (&"aac".into(), &"48000".into(), &2.into())
        );
        assert!(!said.to_string().contains("secret place"), "metadata is taken away");
        let keys = probe(
            &rendition.path,
            &["-select_streams", "v", "-skip_frame", "nokey", "-show_entries", "frame=pts_time"],
        );
        let keys: Vec<f64> = keys["frames"]
            .as_array()
            .unwrap()
            .iter()
            .map(|f| f["pts_time"].as_str().unwrap().parse().unwrap())
            .collect();
        assert_eq!(keys.get(..4), Some(&[0.0, 1.0, 2.0, 3.0][..]));
        first_bytes_play(&rendition.path, rendition.two_seconds_bytes, 60);
        assert!(rendition.moov_end_bytes < rendition.two_seconds_bytes);
    }
    assert!(film.posters.thumbhash.len() <= 30);
    for (poster, side) in [(&film.posters.large, 720), (&film.posters.small, 240)] {
        let said = probe(poster, &["-show_streams"]);
        assert_eq!(
            (&said["streams"][0]["codec_name"], &said["streams"][0]["height"]),
            (&"mjpeg".into(), &side.into())
        );
    }
}

/// The first `bytes` of the file decode to at least `pictures`.
fn first_bytes_play(path: &Path, bytes: u64, pictures: u64) {
    let start = tempfile::NamedTempFile::with_suffix(".mp4").unwrap();
    let whole = std::fs::read(path).unwrap();
    std::fs::write(start.path(), &whole[..usize::try_from(bytes).unwrap()]).unwrap();
    let said = probe(
        start.path(),
        &["-select_streams", "v", "-count_frames", "-show_entries", "stream=nb_read_frames"],
    );
    let read: u64 = said["streams"][0]["nb_read_frames"].as_str().unwrap().parse().unwrap();
    assert!(read + 3 >= pictures, "{read} of {pictures} pictures in the first {bytes} bytes");
}

#[tokio::test]
async fn a_quiet_film_is_brought_to_the_target_loudness() {
    let mut arguments = vec!["-f", "lavfi", "-i", "testsrc2=size=320x240:rate=25:duration=4"];
    arguments.extend(TONE);
    arguments.extend(["-af", "volume=-12dB", "-c:v", "libx264", "-preset", "ultrafast", "-c:a", "pcm_s16le"]);
    let (_folder, outcome) = prepared(&arguments).await;
    let film = outcome.unwrap();
    let output = std::process::Command::new("ffmpeg")
        .args(["-nostdin", "-i"])
        .arg(&film.renditions[0].path)
        .args(["-af", "ebur128=framelog=verbose", "-f", "null", "-"])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let line = said.lines().rev().find(|l| l.trim().starts_with("I:")).unwrap();
    let lufs: f64 = line.trim().trim_start_matches("I:").trim_end_matches("LUFS").trim().parse().unwrap();
    assert!((lufs + 16.0).abs() < 1.0, "{lufs} LUFS");
}

#[tokio::test]
async fn silent_odd_sized_and_tiny_films_get_a_sound_track_and_even_sides() {
    let (_folder, outcome) =
        prepared(&["-f", "lavfi", "-i", "testsrc2=size=33x17:rate=1:duration=3", "-c:v", "ffv1"]).await;
    let film = outcome.unwrap();
    assert_eq!((film.width % 2, film.height % 2), (0, 0));
    let said = probe(&film.renditions[0].path, &["-show_streams"]);
    assert_eq!(said["streams"].as_array().unwrap().len(), 2);
    assert!((2_900..=3_100).contains(&film.duration_ms), "{} ms at one picture a second", film.duration_ms);
}

#[tokio::test]
async fn a_strobe_is_refused_and_a_slow_fade_is_not() {
    let strobe =
        "color=c=black:s=320x240:r=30:d=3,geq=lum='if(lt(mod(T\\,0.2)\\,0.1)\\,235\\,16)':cb=128:cr=128";
    let (_folder, outcome) =
        prepared(&["-f", "lavfi", "-i", strobe, "-c:v", "libx264", "-preset", "ultrafast"]).await;
    assert_eq!(refusal(outcome), RefusalReason::Flashes);
    let fade = "color=c=white:s=320x240:r=30:d=3,fade=in:0:45,fade=out:45:45";
    let (_folder, outcome) =
        prepared(&["-f", "lavfi", "-i", fade, "-c:v", "libx264", "-preset", "ultrafast"]).await;
    outcome.unwrap();
}

#[tokio::test]
async fn a_film_cut_off_is_refused_as_broken_and_one_too_long_before_it_is_decoded() {
    let folder = tempfile::tempdir().unwrap();
    let whole = folder.path().join("whole.mp4");
    let name = whole.display().to_string();
    make(&[
        "-f",
        "lavfi",
        "-i",
        "testsrc2=size=320x240:rate=30:duration=5",
        "-movflags",
        "+faststart",
        &name,
    ]);
    let bytes = std::fs::read(&whole).unwrap();
    std::fs::write(&whole, &bytes[..bytes.len() * 2 / 3]).unwrap();
    assert_eq!(refusal(studio().prepare(&whole, folder.path(), None, |_| {}).await), RefusalReason::Broken);
    make(&[
        "-f",
        "lavfi",
        "-i",
        "color=s=320x240:r=1:d=200",
        "-c:v",
        "libx264",
        "-preset",
        "ultrafast",
        &name,
    ]);
    let began = std::time::Instant::now();
    assert_eq!(refusal(studio().prepare(&whole, folder.path(), None, |_| {}).await), RefusalReason::TooLong);
    assert!(began.elapsed().as_secs() < 20);
}

/// The mean colour of a part of the picture after 0.4 seconds, as red, green, blue.
fn colour(film: &Path, part: &str) -> [u8; 3] {
    let output = std::process::Command::new("ffmpeg")
        .args(["-nostdin", "-v", "error", "-ss", "0.4", "-i"])
        .arg(film)
        .args(["-frames:v", "1", "-vf", &format!("crop={part},scale=1:1:flags=area"), "-f", "rawvideo"])
        .args(["-pix_fmt", "rgb24", "-"])
        .output()
        .unwrap();
    output.stdout.try_into().unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)))
}

#[tokio::test]
async fn a_phones_turned_picture_stands_upright_whichever_way_it_was_held() {
    let folder = tempfile::tempdir().unwrap();
    let flat = folder.path().join("flat.mp4").display().to_string();
    // Red on the left, blue on the right.
    let picture = "color=red:size=320x180:rate=25:duration=1,drawbox=x=160:w=160:h=180:color=blue:t=fill";
    make(&[
        "-f",
        "lavfi",
        "-i",
        picture,
        "-c:v",
        "libx264",
        "-preset",
        "ultrafast",
        "-pix_fmt",
        "yuv420p",
        &flat,
    ]);
    let (top, bottom, left, right) = ("iw:ih/4:0:0", "iw:ih/4:0:ih*3/4", "iw/4:ih:0:0", "iw/4:ih:iw*3/4:0");
    for (turn, red, blue) in [("90", bottom, top), ("180", right, left), ("270", top, bottom)] {
        let source = folder.path().join(format!("{turn}.mp4"));
        let tag = format!("rotate={turn}");
        make(&["-i", &flat, "-c", "copy", "-metadata:s:v:0", &tag, &source.display().to_string()]);
        let outcome = studio().prepare(&source, folder.path(), None, |_| {}).await;
        let film = outcome.unwrap();
        assert_eq!(film.width < film.height, turn != "180", "{turn}");
        let made = &film.renditions[0].path;
        let (red, blue) = (colour(made, red), colour(made, blue));
        assert!(red[0] > 150 && red[2] < 100, "{turn}: {red:?} where red is to be");
        assert!(blue[2] > 150 && blue[0] < 100, "{turn}: {blue:?} where blue is to be");
    }
}

#[tokio::test]
async fn a_picture_of_high_dynamic_range_is_brought_to_the_range_of_every_screen() {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("source.mp4");
    // A grey of 203 nits, which BT.2408 calls the white of a page: 58 % of the PQ signal.
    let picture = "color=0x949494:size=320x180:rate=25:duration=1,format=yuv420p10le";
    make(&[
        "-f",
        "lavfi",
        "-i",
        picture,
        "-c:v",
        "libx265",
        "-preset",
        "ultrafast",
        "-x265-params",
        "log-level=none:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc",
        "-color_primaries",
        "bt2020",
        "-color_trc",
        "smpte2084",
        "-colorspace",
        "bt2020nc",
        "-tag:v",
        "hvc1",
        &source.display().to_string(),
    ]);
    let film = studio().prepare(&source, folder.path(), None, |_| {}).await.unwrap();
    let made = &film.renditions[0].path;
    let said = probe(made, &["-show_streams", "-select_streams", "v"]);
    let stream = &said["streams"][0];
    assert_eq!((&stream["pix_fmt"], &stream["color_transfer"]), (&"yuv420p".into(), &"bt709".into()));
    let grey = colour(made, "iw:ih:0:0");
    assert!(
        grey.iter().all(|c| (150..=250).contains(c)),
        "a light grey, neither dull nor burnt out: {grey:?}"
    );
    assert!(grey.iter().max().unwrap() - grey.iter().min().unwrap() < 12, "and grey: {grey:?}");
}

#[tokio::test]
async fn sound_that_begins_later_than_the_picture_still_does() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    let mut whole = vec!["-f", "lavfi", "-i", "testsrc2=size=320x180:rate=25:duration=2"];
    whole.extend(["-f", "lavfi", "-i", "sine=frequency=440:duration=2", "-c:v", "libx264", "-c:a", "aac"]);
    let (source, late) = (at("whole.mp4"), at("late.mp4"));
    make(&[&whole[..], &[&source]].concat());
    make(&[
        "-i",
        &source,
        "-itsoffset",
        "0.5",
        "-i",
        &source,
        "-map",
        "0:v",
        "-map",
        "1:a",
        "-c",
        "copy",
        &late,
    ]);
    let film = studio().prepare(Path::new(&late), folder.path(), None, |_| {}).await.unwrap();
    let output = std::process::Command::new("ffmpeg")
        .args(["-nostdin", "-hide_banner", "-i"])
        .arg(&film.renditions[0].path)
        .args(["-af", "silencedetect=n=-40dB:d=0.1", "-f", "null", "-"])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let end = said.split("silence_end: ").nth(1).unwrap_or_else(|| panic!("{said}"));
    let end: f64 = end.split_whitespace().next().unwrap().parse().unwrap();
    assert!((end - 0.5).abs() < 0.06, "the sound begins at {end} s");
}

fn studio_with(tools: &Path, limits: Limits) -> Studio {
    let path = std::env::var("PATH").unwrap();
    let folders = [tools.to_owned()].into_iter().chain(std::env::split_paths(&path)).collect();
    Studio { sandbox: Sandbox::new(Confinement::Bubblewrap, folders), limits }
}

fn fake_ffmpeg(script: &str) -> tempfile::TempDir {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("ffmpeg");
    std::fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    folder
}

#[tokio::test]
async fn an_ffmpeg_that_is_killed_hangs_or_is_missing_is_the_servers_fault_and_never_the_files() {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("source.mp4");
    make(&["-f", "lavfi", "-i", "testsrc2=size=320x240:rate=30:duration=1", &source.display().to_string()]);
    let limits = Limits { stall: std::time::Duration::from_secs(2), ..Limits::default() };
    for (script, says) in [("kill -9 $$", "killed"), ("sleep 60", "hung")] {
        let tools = fake_ffmpeg(script);
        let began = std::time::Instant::now();
        let outcome = studio_with(tools.path(), limits).prepare(&source, folder.path(), None, |_| {}).await;
        assert!(
            matches!(&outcome, Err(MediaError::Fault(why)) if why.contains(says)),
            "{script}: {outcome:?}"
        );
        assert!(began.elapsed().as_secs() < 20, "{script}");
    }
    let nothing = Studio { sandbox: Sandbox::new(Confinement::Bubblewrap, vec![]), limits };
    let outcome = nothing.prepare(&source, folder.path(), None, |_| {}).await;
    assert!(matches!(&outcome, Err(MediaError::Away(why)) if why.contains("not installed")), "{outcome:?}");
}

#[tokio::test]
async fn nothing_of_the_server_can_be_seen_from_inside_the_sandbox() {
    let secret = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(secret.path(), "the secret").unwrap();
    let tools = fake_ffmpeg(&format!(
        "cat {} /etc/passwd /etc/hostname 2>&1; ls / /in /tmp /home; cat /proc/net/dev; env",
        secret.path().display()
    ));
    let mut said = Vec::new();
    let command = minnow::media::Command::new("ffmpeg", Limits::default());
    let sandbox = studio_with(tools.path(), Limits::default()).sandbox;
    sandbox
        .run(command, |piece| {
            said.extend_from_slice(piece);
            std::ops::ControlFlow::Continue(())
        })
        .await
        .unwrap();
    let said = String::from_utf8_lossy(&said);
    assert!(!said.contains("the secret") && !said.contains("root:"), "{said}");
    assert!(said.contains("lo:") && !said.contains("eth"), "no network but its own loopback: {said}");
    assert!(!said.contains("CARGO"), "nor the server's environment: {said}");
}
