//! Every file of the collection of odd files ends refused with a fitting reason or playable; every ordinary film plays.

use super::{content, studio};
use minnow::media::{MediaError, Prepared};
use minnow_shared::draft::RefusalReason;
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};
use tokio::sync::Semaphore;

type Outcome = Result<Prepared, MediaError>;

/// Prepares each file of a folder, two at a time, each in a folder that is gone afterwards.
async fn prepare_all(folder: &Path) -> Vec<(String, Outcome)> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    files.sort();
    let (studio, slots) = (Arc::new(studio()), Arc::new(Semaphore::new(2)));
    let mut running = tokio::task::JoinSet::new();
    for file in files {
        let (studio, slots) = (studio.clone(), slots.clone());
        running.spawn(async move {
            let _slot = slots.acquire_owned().await.unwrap();
            let work = tempfile::tempdir().unwrap();
            let began = std::time::Instant::now();
            let outcome = studio.prepare(&file, work.path(), None, |_| {}).await;
            let name = file.file_name().unwrap().to_string_lossy().into_owned();
            eprintln!(
                "{:6.2} s  {name}: {}",
                began.elapsed().as_secs_f64(),
                match &outcome {
                    Ok(p) => format!(
                        "playable {}x{} {} ms, {} renditions",
                        p.width,
                        p.height,
                        p.duration_ms,
                        p.renditions.len()
                    ),
                    Err(error) => error.to_string(),
                }
            );
            (name, outcome)
        });
    }
    let mut all = Vec::new();
    while let Some(done) = running.join_next().await {
        all.push(done.unwrap());
    }
    all.sort_by(|a, b| a.0.cmp(&b.0));
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_ordinary_film_becomes_playable() {
    let all = prepare_all(&content().join("video")).await;
    let refused: Vec<_> =
        all.iter().filter_map(|(name, o)| Some((name, o.as_ref().err()?.to_string()))).collect();
    assert_eq!(refused, []);
    assert!(all.len() >= 60, "{} files", all.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_odd_file_is_refused_with_a_reason_or_playable() {
    use RefusalReason as R;
    let all = prepare_all(&content().join("odd")).await;
    let faults: Vec<_> = all.iter().filter(|(_, o)| matches!(o, Err(MediaError::Fault(_)))).collect();
    assert!(faults.is_empty(), "the server's fault, never the file's: {faults:?}");
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
        let outcome = &all.iter().find(|(n, _)| n == name).unwrap_or_else(|| panic!("{name} is not there")).1;
        match (outcome, reason) {
            (Ok(_), None) => {}
            (Err(MediaError::Refused(given)), Some(reason)) => assert_eq!(*given, reason, "{name}"),
            (outcome, expected) => panic!("{name}: {outcome:?}, expected {expected:?}"),
        }
    }
}
