//! `minnow import clips` on the collections of real films and odd files: every ordinary film plays, every odd file is
//! refused with a fitting reason or playable, nothing of another file leaks into a result and nothing goes out.

use super::content;
use minnow_shared::draft::RefusalReason;
use serde_json::Value;
use std::{
    collections::BTreeMap,
    net::TcpListener,
    path::{Path, PathBuf},
    process::Command,
};

/// By file name: `None` when playable.
type Outcomes = BTreeMap<String, Option<RefusalReason>>;

struct Imported {
    outcomes: Outcomes,
    code: Option<i32>,
    data: tempfile::TempDir,
}

fn import(folder: &Path) -> Imported {
    let data = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_minnow"))
        .args(["import", "clips", "--json", "--workers", "2", "--data-dir"])
        .arg(data.path())
        .arg(folder)
        .env_remove("MINNOW_DATABASE_URL")
        .env_remove("MINNOW_MEDIA_URL")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    let outcomes = String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| {
            let line: Value = serde_json::from_str(line).unwrap();
            let reason = match (line["outcome"].as_str().unwrap(), &line["reason"]) {
                ("playable", Value::Null) => None,
                ("refused", reason) => Some(serde_json::from_value(reason.clone()).unwrap()),
                _ => panic!("{line}"),
            };
            assert!(line["clip"].is_string(), "{line}");
            (line["file"].as_str().unwrap().to_owned(), reason)
        })
        .collect();
    assert!(matches!(output.status.code(), Some(0 | 2)), "{:?}: {said}", output.status);
    Imported { outcomes, code: output.status.code(), data }
}

fn files_under(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files_under(&path, into) } else { into.push(path) }
    }
}

fn count_files(folder: &Path) -> usize {
    std::fs::read_dir(folder).unwrap().count()
}

#[test]
fn every_ordinary_film_becomes_playable() {
    let folder = content().join("video");
    let imported = import(&folder);
    let refused: Vec<_> = imported.outcomes.iter().filter(|(_, reason)| reason.is_some()).collect();
    assert_eq!(refused, Vec::<(&String, &Option<RefusalReason>)>::new());
    assert_eq!((imported.outcomes.len(), imported.code), (count_files(&folder), Some(0)));
}

#[test]
fn every_odd_file_is_refused_with_a_reason_or_playable_and_nothing_leaks() {
    // Some of the files name this address.
    let listener =
        TcpListener::bind("127.0.0.1:8099").expect("port 8099 is needed to see that nothing calls it");
    listener.set_nonblocking(true).unwrap();
    let folder = content().join("odd");
    let imported = import(&folder);
    assert_eq!((imported.outcomes.len(), imported.code), (count_files(&folder), Some(2)));
    let called = listener.accept();
    assert!(called.is_err(), "a file made the server call out: {called:?}");
    let mut files = Vec::new();
    files_under(imported.data.path(), &mut files);
    assert!(files.len() > 50, "{} files", files.len());
    for file in files {
        let bytes = std::fs::read(&file).unwrap();
        let leaked = bytes.windows(10).any(|w| w == b"root:x:0:0");
        assert!(!leaked, "{} holds a line of /etc/passwd", file.display());
    }
    let faults: Vec<_> =
        imported.outcomes.iter().filter(|(_, reason)| **reason == Some(RefusalReason::ServerFault)).collect();
    assert!(faults.is_empty(), "the server's fault, never the file's: {faults:?}");
    check_expected(&imported.outcomes);
}

fn check_expected(outcomes: &Outcomes) {
    use RefusalReason as R;
    let expected = [
        ("-video-with-dash-.mp4", Some(R::TooSmall)),
        ("ax__drm_sample_fragmented_clearkey.mp4", Some(R::Encrypted)),
        ("ax__mkv_subsample_encrypted_altref.webm", Some(R::Encrypted)),
        ("ax__m3u8_live_low_latency_media_can_block_reload", Some(R::Playlist)),
        ("ax__mpd_sample_mpd_live", Some(R::Playlist)),
        ("patt__loopback_ssrf_ffmpeg.avi", Some(R::Playlist)),
        ("patt__read_passwd.avi", Some(R::NoPicture)),
        ("patt__read_passwd_bypass.mp4", Some(R::NoPicture)),
        ("patt__loopback_SSRF_url.svg", Some(R::StillImage)),
        ("ax__mp4_long_4k_av1.mp4", Some(R::TooLong)),
        ("ax__mp4_long_1080p_lowbitrate.mp4", Some(R::TooLong)),
        ("ax__mp4_dolbyVision-hdr.MOV", Some(R::TooShort)),
        ("ax__mp4_sample_opus.mp4", Some(R::NoPicture)),
        ("taglib__non-full-meta.m4a", Some(R::NoPicture)),
        ("moviepy__doc_medias_result.webm", Some(R::Empty)),
        ("divine__test_video_1762437963076.mp4", Some(R::Broken)),
        ("filetype__sample.heic", Some(R::StillImage)),
        ("filetype__sample.docx", Some(R::NotVideo)),
        ("ax__mp4_sample_fragmented.mp4", None),
        ("ax__mp4_sample_mdat_too_long.mp4", None),
        ("ax__mp4_sample_missing_stsd.mp4", None),
        ("ax__mp4_sample_rotate_and_reflect.mp4", None),
        ("ax__mp4_sample_android_slow_motion.mp4", None),
        ("ax__mkv_sample_av1.mkv", None),
        ("moviepy__transparent.webm", None),
        ("moviepy__video_with_failing_audio.mp4", None),
        ("puremagic__video_test.flv", None),
        ("puremagic__video_test.mpg", None),
        ("puremagic__video_test.wmv", None),
    ];
    for (name, reason) in expected {
        assert_eq!(outcomes.get(name), Some(&reason), "{name}");
    }
}
