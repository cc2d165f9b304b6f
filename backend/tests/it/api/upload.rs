//! Resumable uploads: the tus protocol, who may, and what becomes of the bytes.

use crate::{media::make, on_both, server::*};
use axum::body::Body;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::{Request, StatusCode};
use minnow::{
    jobs::{Node, Worker},
    store::{job, sql},
};
use minnow_shared::{
    ClipId, ErrorCode, ErrorView,
    account::CreateAccount,
    draft::{CreateDraft, DraftView, GetDraft, MediaState, RefusalReason},
    limit,
};
use sha1::{Digest, Sha1};
use std::sync::Arc;

const KIND: &str = "application/offset+octet-stream";

pub async fn account(server: &TestApp, handle: &str) -> Browser {
    let mut browser = server.browser();
    let request = CreateAccount {
        handle: handle.into(),
        display_name: handle.into(),
        password: "correct horse battery".into(),
    };
    browser.call(&request).await.unwrap();
    browser
}

pub async fn draft(browser: &mut Browser, number: u8) -> ClipId {
    let clip_id = ClipId::new(MORNING_MS, [number; 10]);
    browser.call(&CreateDraft { clip_id: clip_id.clone(), language: "en".into() }).await.unwrap();
    clip_id
}

async fn ask(
    browser: &mut Browser,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: Vec<u8>,
) -> Heard {
    let mut request = Request::builder().method(method).uri(path).header("tus-resumable", "1.0.0");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    browser.send(request.body(Body::from(body)).unwrap()).await
}

fn metadata(clip: &ClipId) -> String {
    let [name, clip] = ["a film.mp4", clip.as_str()].map(|value| STANDARD.encode(value));
    format!("filename {name},clip_id {clip},filetype dmlkZW8vbXA0,is_last")
}

/// Begins an upload; its address.
pub async fn begin(browser: &mut Browser, clip: &ClipId, total: usize) -> String {
    let headers = [("upload-length", total.to_string()), ("upload-metadata", metadata(clip))];
    let headers = headers.each_ref().map(|(n, v)| (*n, v.as_str()));
    let heard = ask(browser, "POST", "/api/uploads", &headers, vec![]).await;
    assert_eq!(heard.status, StatusCode::CREATED, "{heard:?}");
    assert_eq!(heard.headers["tus-resumable"], "1.0.0");
    heard.headers["location"].to_str().unwrap().to_owned()
}

pub async fn patch(
    browser: &mut Browser,
    at: &str,
    offset: usize,
    bytes: &[u8],
    more: &[(&str, &str)],
) -> Heard {
    let offset = offset.to_string();
    let mut headers = vec![("upload-offset", offset.as_str()), ("content-type", KIND)];
    headers.extend_from_slice(more);
    ask(browser, "PATCH", at, &headers, bytes.to_vec()).await
}

fn code(heard: &Heard) -> ErrorCode {
    let view: ErrorView = serde_json::from_slice(&heard.body).unwrap_or_else(|_| panic!("{heard:?}"));
    assert_eq!(view.code.status(), heard.status.as_u16());
    assert_eq!(heard.headers["tus-resumable"], "1.0.0", "errors speak the version too");
    view.code
}

async fn look(browser: &mut Browser, clip: &ClipId) -> DraftView {
    browser.call(&GetDraft { clip_id: clip.clone() }).await.unwrap()
}

on_both!(an_upload_comes_in_parts_is_resumed_where_it_stands_and_queues_one_job_when_whole, async |engine| {
    let server = TestApp::new(engine).await;
    let mut ada = account(&server, "ada").await;
    let clip = draft(&mut ada, 1).await;
    let at = begin(&mut ada, &clip, 10).await;
    assert!(matches!(
        look(&mut ada, &clip).await.media,
        MediaState::Uploading { received_bytes: 0, total_bytes: 10, .. }
    ));
    let sum = format!("sha1 {}", STANDARD.encode(Sha1::digest(b"hello")));
    let heard = patch(&mut ada, &at, 0, b"hello", &[("upload-checksum", &sum)]).await;
    assert_eq!(
        (heard.status, &heard.headers["upload-offset"]),
        (StatusCode::NO_CONTENT, &"5".parse().unwrap())
    );
    let heard = patch(&mut ada, &at, 5, b"wrong", &[("upload-checksum", &sum)]).await;
    assert_eq!(code(&heard), ErrorCode::ChecksumMismatch);
    assert_eq!(code(&patch(&mut ada, &at, 0, b"again", &[]).await), ErrorCode::OffsetMismatch);
    assert_eq!(code(&patch(&mut ada, &at, 5, b"toolong", &[]).await), ErrorCode::TooLarge);
    let heard = ask(&mut ada, "HEAD", &at, &[], vec![]).await;
    assert_eq!(
        (&heard.headers["upload-offset"], &heard.headers["upload-length"]),
        (&"5".parse().unwrap(), &"10".parse().unwrap())
    );
    assert_eq!(heard.headers["cache-control"], "no-store");
    assert_eq!(heard.headers["upload-metadata"], metadata(&clip), "all of it, as it was sent");
    let heard = patch(&mut ada, &at, 5, b"world", &[]).await;
    assert_eq!(heard.status, StatusCode::NO_CONTENT);
    assert_eq!(look(&mut ada, &clip).await.media, MediaState::Checking);
    assert_eq!(look(&mut ada, &clip).await.file_name.as_deref(), Some("a film.mp4"));
    assert_eq!(job::list_jobs(&server.app.db, "transcode_clip").await.unwrap().len(), 1);
    assert_eq!(code(&patch(&mut ada, &at, 10, b"more", &[]).await), ErrorCode::OffsetMismatch);
    let heard = ask(&mut ada, "HEAD", &at, &[], vec![]).await;
    assert_eq!(heard.headers["upload-offset"], "10", "who lost the last answer learns that all came");
});

on_both!(of_two_requests_at_one_offset_exactly_one_is_taken, async |engine| {
    let server = TestApp::new(engine).await;
    let mut ada = account(&server, "ada").await;
    let clip = draft(&mut ada, 1).await;
    let at = begin(&mut ada, &clip, 6).await;
    let (mut first, mut second) = (ada.clone(), ada.clone());
    let (a, b) =
        tokio::join!(patch(&mut first, &at, 0, b"aaaaaa", &[]), patch(&mut second, &at, 0, b"bbbbbb", &[]));
    let mut statuses = [a.status.as_u16(), b.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [204, 409]);
    let parts: Vec<(i64,)> =
        sql("SELECT size_bytes FROM upload_parts ORDER BY offset_bytes").all(&server.app.db).await.unwrap();
    assert_eq!(parts, [(6,)]);
});

#[tokio::test]
async fn only_the_clips_author_uploads_and_only_in_this_version_and_size() {
    let server = TestApp::new(Engine::Sqlite).await;
    let mut ada = account(&server, "ada").await;
    let clip = draft(&mut ada, 1).await;
    let at = begin(&mut ada, &clip, 10).await;
    let headers = metadata(&clip);
    let post = [("upload-length", "10"), ("upload-metadata", headers.as_str())];
    let mut mallory = account(&server, "mallory").await;
    for (mut browser, expected) in [
        (server.browser(), ErrorCode::NotSignedIn),
        (server.guest().await, ErrorCode::AccountNeeded),
        (mallory.clone(), ErrorCode::NotFound),
    ] {
        assert_eq!(code(&ask(&mut browser, "POST", "/api/uploads", &post, vec![]).await), expected);
        assert_eq!(code(&patch(&mut browser, &at, 0, b"x", &[]).await), expected);
        assert_eq!(code(&ask(&mut browser, "DELETE", &at, &[], vec![]).await), expected);
        assert_eq!(ask(&mut browser, "HEAD", &at, &[], vec![]).await.status.as_u16(), expected.status());
    }
    let nowhere = format!("/api/uploads/{}", server.app.new_upload_id());
    assert_eq!(code(&patch(&mut mallory, &nowhere, 0, b"x", &[]).await), ErrorCode::NotFound);
    let old = Request::post("/api/uploads").header("tus-resumable", "0.2.2").body(Body::empty()).unwrap();
    let heard = ada.send(old).await;
    assert_eq!(
        (code(&heard), &heard.headers["tus-version"]),
        (ErrorCode::TusVersion, &"1.0.0".parse().unwrap())
    );
    let large = (limit::UPLOAD_BYTES + 1).to_string();
    let post = [("upload-length", large.as_str()), ("upload-metadata", headers.as_str())];
    assert_eq!(code(&ask(&mut ada, "POST", "/api/uploads", &post, vec![]).await), ErrorCode::TooLarge);
    let post = [("upload-length", "ten"), ("upload-metadata", headers.as_str())];
    assert_eq!(code(&ask(&mut ada, "POST", "/api/uploads", &post, vec![]).await), ErrorCode::Malformed);
    let plain = [("upload-offset", "0"), ("content-type", "video/mp4")];
    assert_eq!(code(&ask(&mut ada, "PATCH", &at, &plain, b"x".to_vec()).await), ErrorCode::UnsupportedKind);
    let options = ada.send(Request::options("/api/uploads").body(Body::empty()).unwrap()).await;
    assert_eq!(options.status, StatusCode::NO_CONTENT);
    assert_eq!(options.headers["tus-max-size"], limit::UPLOAD_BYTES.to_string());
    assert!(options.headers["tus-extension"].to_str().unwrap().contains("termination"));
}

on_both!(what_an_upload_says_of_itself_is_read_or_refused_with_its_field, async |engine| {
    let server = TestApp::new(engine).await;
    let mut ada = account(&server, "ada").await;
    let clip = draft(&mut ada, 1).await;
    let own = STANDARD.encode(clip.as_str());
    let long = format!("clip_id {own},filename {}", STANDARD.encode("a".repeat(limit::FILE_NAME + 1)));
    let begun = format!("clip_id {own},note ");
    let wordy = format!("{begun}{}", "A".repeat(limit::UPLOAD_METADATA + 4 - begun.len() % 4 - begun.len()));
    let nul = format!("clip_id {own},filename {}", STANDARD.encode("a\0b"));
    let bytes = format!("clip_id {own},filename {}", STANDARD.encode(b"\xFF"));
    for (length, metadata, expected) in [
        ("5", "", ErrorCode::Malformed),
        ("5", "clip_id", ErrorCode::Malformed),
        ("5", "clip_id !!!", ErrorCode::Malformed),
        ("5", &nul, ErrorCode::Malformed),
        ("5", &bytes, ErrorCode::Malformed),
        ("5", &long, ErrorCode::InvalidField),
        ("5", &wordy, ErrorCode::InvalidField),
        ("-1", &metadata(&clip), ErrorCode::Malformed),
        ("", &metadata(&clip), ErrorCode::Malformed),
        ("99999999999999999999999", &metadata(&clip), ErrorCode::TooLarge),
    ] {
        let headers = [("upload-length", length), ("upload-metadata", metadata)];
        let heard = ask(&mut ada, "POST", "/api/uploads", &headers, vec![]).await;
        assert_eq!(code(&heard), expected, "{length} {metadata}");
    }
    let deferred = [("upload-defer-length", "1"), ("upload-metadata", &*metadata(&clip))];
    let heard = ask(&mut ada, "POST", "/api/uploads", &deferred, vec![]).await;
    assert_eq!(code(&heard), ErrorCode::Malformed);
    assert_eq!(code(&ask(&mut ada, "GET", "/api/uploads", &[], vec![]).await), ErrorCode::MethodNotAllowed);
});

#[tokio::test]
async fn a_network_that_lets_only_post_through_is_no_obstacle() {
    let server = TestApp::new(Engine::Sqlite).await;
    let mut ada = account(&server, "ada").await;
    let clip = draft(&mut ada, 1).await;
    let at = begin(&mut ada, &clip, 10).await;
    let meant = |method: &'static str| ("x-http-method-override", method);
    let part = [meant("PATCH"), ("upload-offset", "0"), ("content-type", KIND)];
    let heard = ask(&mut ada, "POST", &at, &part, b"hello".to_vec()).await;
    assert_eq!(
        (heard.status, heard.headers["upload-offset"].to_str().ok()),
        (StatusCode::NO_CONTENT, Some("5"))
    );
    let heard = ask(&mut ada, "POST", &at, &[meant("HEAD")], vec![]).await;
    assert_eq!((heard.status, heard.headers["upload-offset"].to_str().ok()), (StatusCode::OK, Some("5")));
    assert_eq!(code(&ask(&mut ada, "POST", &at, &[], vec![]).await), ErrorCode::MethodNotAllowed);
    assert_eq!(
        code(&ask(&mut ada, "GET", &at, &[meant("DELETE")], vec![]).await),
        ErrorCode::MethodNotAllowed
    );
    let heard = ask(&mut ada, "POST", &at, &[meant("DELETE")], vec![]).await;
    assert_eq!(heard.status, StatusCode::NO_CONTENT);
    assert_eq!(ask(&mut ada, "HEAD", &at, &[], vec![]).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_upload_past_its_time_is_gone_at_once_and_an_empty_part_does_not_put_the_end_off() {
    let server = TestApp::new(Engine::Sqlite).await;
    let mut ada = account(&server, "ada").await;
    let clip = draft(&mut ada, 1).await;
    let at = begin(&mut ada, &clip, 10).await;
    let first = patch(&mut ada, &at, 0, b"hello", &[]).await.headers["upload-expires"].clone();
    server.clock.advance(limit::UPLOAD_EXPIRES_MS - 1);
    assert_eq!(patch(&mut ada, &at, 5, b"", &[]).await.headers["upload-expires"], first);
    server.clock.advance(1);
    assert_eq!(code(&patch(&mut ada, &at, 5, b"world", &[]).await), ErrorCode::Expired);
    assert_eq!(ask(&mut ada, "HEAD", &at, &[], vec![]).await.status, StatusCode::GONE);
}

#[tokio::test]
async fn a_phone_that_falls_silent_keeps_what_it_sent_and_no_place() {
    let server = TestApp::with(Engine::Sqlite, &["--upload-stall-seconds", "1"]).await;
    let mut ada = account(&server, "ada").await;
    let clip = draft(&mut ada, 1).await;
    let at = begin(&mut ada, &clip, 10).await;
    let sent = futures::stream::iter([Ok::<_, std::io::Error>("hello")]);
    let body = Body::from_stream(futures::StreamExt::chain(sent, futures::stream::pending()));
    let request = Request::patch(&at)
        .header("tus-resumable", "1.0.0")
        .header("upload-offset", "0")
        .header("content-type", KIND);
    let sending = ada.send(request.body(body).unwrap());
    let heard = tokio::time::timeout(std::time::Duration::from_secs(10), sending).await.unwrap();
    assert_eq!(
        (heard.status, heard.headers["upload-offset"].to_str().ok()),
        (StatusCode::NO_CONTENT, Some("5"))
    );
    assert_eq!(patch(&mut ada, &at, 5, b"world", &[]).await.status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn an_upload_that_is_ended_or_left_goes_away_with_its_bytes() {
    let server = TestApp::new(Engine::Sqlite).await;
    let mut ada = account(&server, "ada").await;
    let worker = Worker::new(server.app.clone(), Arc::new(Node::start(&server.app).await.unwrap()));
    let staging = server.fresh.folder.path().join("media/staging");
    let parts = || std::fs::read_dir(&staging).map_or(0, Iterator::count);
    for (number, left) in [(1, false), (2, true)] {
        let clip = draft(&mut ada, number).await;
        let at = begin(&mut ada, &clip, 10).await;
        assert_eq!(patch(&mut ada, &at, 0, b"hello", &[]).await.status, StatusCode::NO_CONTENT);
        assert_eq!(parts(), 1);
        if left {
            server.clock.advance(limit::UPLOAD_EXPIRES_MS - 1);
            assert_eq!(minnow::jobs::expire_uploads(&server.app).await.unwrap(), 0);
            server.clock.advance(1);
            assert_eq!(minnow::jobs::expire_uploads(&server.app).await.unwrap(), 1);
        } else {
            assert_eq!(ask(&mut ada, "DELETE", &at, &[], vec![]).await.status, StatusCode::NO_CONTENT);
        }
        assert_eq!(ask(&mut ada, "HEAD", &at, &[], vec![]).await.status, StatusCode::NOT_FOUND);
        assert_eq!(look(&mut ada, &clip).await.media, MediaState::Missing);
        while worker.work_once().await.unwrap() {}
        assert_eq!(parts(), 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_real_film_becomes_playable_and_is_served_by_ranges_and_a_text_is_refused() {
    let server = TestApp::new(Engine::Sqlite).await;
    let mut ada = account(&server, "ada").await;
    let worker = Worker::new(server.app.clone(), Arc::new(Node::start(&server.app).await.unwrap()));
    let film = server.fresh.folder.path().join("film.webm");
    make(&[
        "-f",
        "lavfi",
        "-i",
        "testsrc2=size=640x480:rate=25:duration=3",
        "-c:v",
        "libvpx",
        &film.display().to_string(),
    ]);
    let bytes = std::fs::read(&film).unwrap();
    let clip = draft(&mut ada, 1).await;
    let at = begin(&mut ada, &clip, bytes.len()).await;
    for (index, part) in bytes.chunks(20_000).enumerate() {
        assert_eq!(patch(&mut ada, &at, index * 20_000, part, &[]).await.status, StatusCode::NO_CONTENT);
    }
    while worker.work_once().await.unwrap() {}
    let view = look(&mut ada, &clip).await;
    assert_eq!((&view.media, view.duration_ms), (&MediaState::Playable, Some(3_000)));
    assert_eq!(view.renditions.iter().map(|r| r.short_side).collect::<Vec<_>>(), [360, 480]);
    assert!(!server.fresh.folder.path().join("media/staging").join(at.rsplit('/').next().unwrap()).exists());
    for rendition in &view.renditions {
        let mut request = Request::get(&rendition.url).body(Body::empty()).unwrap();
        let range = format!("bytes=0-{}", rendition.two_seconds_bytes - 1);
        request.headers_mut().insert("range", range.parse().unwrap());
        let heard = server.browser().send(request).await;
        assert_eq!((heard.status.as_u16(), heard.body.len() as u64), (206, rendition.two_seconds_bytes));
        assert_eq!(heard.headers["content-type"], "video/mp4");
    }
    let poster = server.browser().get(view.poster_url.as_deref().unwrap()).await;
    assert_eq!(
        (poster.status.as_u16(), &poster.headers["content-type"]),
        (200, &"image/jpeg".parse().unwrap())
    );
    let other = draft(&mut ada, 2).await;
    let at = begin(&mut ada, &other, 5).await;
    patch(&mut ada, &at, 0, b"hello", &[]).await;
    while worker.work_once().await.unwrap() {}
    assert_eq!(look(&mut ada, &other).await.media, MediaState::Refused { reason: RefusalReason::NotVideo });
    let again = begin(&mut ada, &other, 5).await;
    assert_ne!(at, again, "a refused clip takes another film");
}
