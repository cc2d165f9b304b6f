//! Background work under faults: tools that are killed, hang or are missing, servers that end, a database that is locked.

use crate::{
    api::upload::{account, begin, draft, patch},
    media::make,
    server::*,
};
use minnow::{
    jobs::{Node, Worker},
    store::{job, rendition, sql},
};
use minnow_shared::{
    ClipId, ErrorCode,
    draft::{DeleteClip, GetDraft, MediaState, RefusalReason, UpdateDraft},
    feed::GetFeed,
};
use std::{os::unix::fs::PermissionsExt, path::Path, sync::Arc};

fn put_tool(folder: &Path, script: &str) {
    let program = folder.join("ffmpeg");
    std::fs::create_dir_all(folder).unwrap();
    std::fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
}

/// A server whose tools are looked for in `tools` first, then where they are.
async fn server_with(tools: &Path) -> TestApp {
    let path = format!("{}:{}", tools.display(), std::env::var("PATH").unwrap());
    TestApp::with(Engine::Sqlite, &["--tool-path", &path, "--tool-stall-seconds", "2"]).await
}

async fn worker(server: &TestApp) -> Worker {
    Worker::new(server.app.clone(), Arc::new(Node::start(&server.app).await.unwrap()))
}

/// Uploads a film of a second.
async fn upload(server: &TestApp, browser: &mut Browser, number: u8) -> ClipId {
    let film = server.fresh.folder.path().join("film.mp4");
    make(&["-f", "lavfi", "-i", "testsrc2=size=160x120:rate=10:duration=1", &film.display().to_string()]);
    let bytes = std::fs::read(&film).unwrap();
    let clip = draft(browser, number).await;
    let at = begin(browser, &clip, bytes.len()).await;
    assert_eq!(patch(browser, &at, 0, &bytes, &[]).await.status.as_u16(), 204);
    clip
}

async fn media(browser: &mut Browser, clip: &ClipId) -> MediaState {
    browser.call(&GetDraft { clip_id: clip.clone() }).await.unwrap().media
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tool_that_is_killed_or_hangs_is_tried_again_and_the_upload_becomes_playable() {
    let tools = tempfile::tempdir().unwrap();
    let server = server_with(tools.path()).await;
    let mut ada = account(&server, "ada").await;
    let worker = worker(&server).await;
    let clip = upload(&server, &mut ada, 1).await;
    for script in ["kill -9 $$", "sleep 60"] {
        put_tool(tools.path(), script);
        assert!(worker.work_once().await.unwrap());
        assert!(matches!(media(&mut ada, &clip).await, MediaState::Checking), "{script}");
        assert!(!worker.work_once().await.unwrap(), "it waits before it is tried again");
        server.clock.advance(60_000);
    }
    std::fs::remove_file(tools.path().join("ffmpeg")).unwrap();
    while worker.work_once().await.unwrap() {}
    assert_eq!(media(&mut ada, &clip).await, MediaState::Playable);
}

/// A folder with links to these tools and no others.
fn only_tools(names: &[&str]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for name in names {
        let paths = std::env::split_paths(&std::env::var_os("PATH").unwrap()).collect::<Vec<_>>();
        let tool = paths.iter().map(|path| path.join(name)).find(|path| path.is_file());
        let tool = tool.unwrap_or_else(|| panic!("{name} is not installed"));
        std::os::unix::fs::symlink(tool, folder.path().join(name)).unwrap();
    }
    folder
}

#[tokio::test(flavor = "multi_thread")]
async fn without_its_sandbox_no_tool_runs_and_an_upload_waits_for_the_operator_and_then_becomes_playable() {
    let tools = only_tools(&["ffprobe", "prlimit", "true"]);
    let ran = tools.path().join("ran");
    put_tool(tools.path(), &format!("touch {}", ran.display()));
    std::fs::copy(tools.path().join("ffmpeg"), tools.path().join("spy")).unwrap();
    std::fs::remove_file(tools.path().join("ffprobe")).unwrap();
    std::fs::rename(tools.path().join("spy"), tools.path().join("ffprobe")).unwrap();
    let path = tools.path().display().to_string();
    let server = TestApp::with(Engine::Sqlite, &["--tool-path", &path]).await;
    server.app.media.try_tools().await;
    let ready = server.browser().get("/readyz").await;
    assert_eq!(
        (ready.status.as_u16(), &ready.json()["tools"]),
        (200, &false.into()),
        "it serves, and says so"
    );
    let told = server.app.media.trouble.lock().unwrap().clone().unwrap();
    assert!(told.contains("bwrap") && told.contains("MINNOW_SANDBOX=off"), "{told}");
    let mut ada = account(&server, "ada").await;
    let worker = worker(&server).await;
    let clip = upload(&server, &mut ada, 1).await;
    for _ in 0..5 {
        assert!(worker.work_once().await.unwrap());
        assert_eq!(media(&mut ada, &clip).await, MediaState::Checking);
        server.clock.advance(60_000);
    }
    assert!(!ran.exists(), "a tool ran outside of the sandbox");
    let jobs = job::list_jobs(&server.app.db, "transcode_clip").await.unwrap();
    assert!(jobs[0].last_error.as_ref().is_some_and(|why| why.contains("bwrap")), "{jobs:?}");
    for name in ["ffmpeg", "ffprobe"] {
        std::fs::remove_file(tools.path().join(name)).unwrap();
    }
    for tool in std::fs::read_dir(only_tools(&["ffmpeg", "ffprobe", "bwrap"]).path()).unwrap() {
        let tool = tool.unwrap();
        std::os::unix::fs::symlink(tool.path().canonicalize().unwrap(), tools.path().join(tool.file_name()))
            .unwrap();
    }
    while worker.work_once().await.unwrap() {}
    assert_eq!(media(&mut ada, &clip).await, MediaState::Playable);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stays_away_for_a_quarter_of_an_hour_is_told_as_the_servers_fault() {
    let tools = only_tools(&["prlimit"]);
    let server = TestApp::with(Engine::Sqlite, &["--tool-path", &tools.path().display().to_string()]).await;
    let mut ada = account(&server, "ada").await;
    let worker = worker(&server).await;
    let clip = upload(&server, &mut ada, 1).await;
    server.clock.advance(16 * 60_000);
    while worker.work_once().await.unwrap() {
        server.clock.advance(60_000);
    }
    assert_eq!(media(&mut ada, &clip).await, MediaState::Refused { reason: RefusalReason::ServerFault });
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_sandbox_because_the_operator_said_so_the_tools_run() {
    let tools = only_tools(&["ffmpeg", "ffprobe", "prlimit", "true"]);
    let flags = ["--tool-path", &tools.path().display().to_string(), "--sandbox", "off"];
    let server = TestApp::with(Engine::Sqlite, &flags).await;
    let mut ada = account(&server, "ada").await;
    let worker = worker(&server).await;
    let clip = upload(&server, &mut ada, 1).await;
    while worker.work_once().await.unwrap() {}
    assert_eq!(media(&mut ada, &clip).await, MediaState::Playable);
}

#[tokio::test(flavor = "multi_thread")]
async fn in_a_bucket_a_film_goes_all_the_way_from_its_first_part_to_the_bytes_of_its_renditions() {
    let (folder, url) = crate::media::bucket::bucket().await;
    let server = TestApp::with(Engine::Sqlite, &["--media-url", &url]).await;
    let mut ada = account(&server, "ada").await;
    let worker = worker(&server).await;
    let film = server.fresh.folder.path().join("film.mp4");
    make(&[
        "-f",
        "lavfi",
        "-i",
        "testsrc2=size=640x360:rate=25:duration=3",
        "-crf",
        "5",
        &film.display().to_string(),
    ]);
    let bytes = std::fs::read(&film).unwrap();
    let clip = draft(&mut ada, 1).await;
    let at = begin(&mut ada, &clip, bytes.len()).await;
    let half = bytes.len() / 2;
    for (from, part) in [(0, &bytes[..half]), (half, &bytes[half..])] {
        assert_eq!(patch(&mut ada, &at, from, part, &[]).await.status.as_u16(), 204);
    }
    while worker.work_once().await.unwrap() {}
    let view = ada.call(&GetDraft { clip_id: clip.clone() }).await.unwrap();
    assert_eq!(view.media, MediaState::Playable);
    let mut kept: Vec<String> = view.renditions.iter().map(|rendition| rendition.url.clone()).collect();
    assert!(!kept.is_empty());
    for url in &kept {
        let ask =
            http::Request::get(url).header("range", "bytes=4-7").body(axum::body::Body::empty()).unwrap();
        let part = ada.send(ask).await;
        assert_eq!((part.status.as_u16(), part.text().as_str()), (206, "ftyp"), "{url}");
        let whole = ada.get(url).await;
        let made = server.fresh.folder.path().join("made.mp4");
        std::fs::write(&made, &whole.body).unwrap();
        make(&["-i", &made.display().to_string(), "-f", "null", "-"]);
    }
    kept.extend([view.poster_url.unwrap(), view.poster_small_url.unwrap()]);
    for url in &kept {
        assert_eq!(ada.get(url).await.status.as_u16(), 200, "{url}");
    }
    // Nothing of the upload is left, and nothing lies on this machine.
    let staging = folder.path().join("clips/staging");
    let left = std::fs::read_dir(&staging)
        .map_or(0, |entries| entries.filter(|e| e.as_ref().unwrap().path().is_file()).count());
    assert_eq!(left, 0, "parts in {}", staging.display());
    assert!(!server.fresh.folder.path().join("media").exists());
    ada.call(&DeleteClip { clip_id: clip }).await.unwrap();
    while worker.work_once().await.unwrap() {}
    for url in &kept {
        assert_eq!(ada.get(url).await.status.as_u16(), 404, "{url}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_three_attempts_the_maker_is_told_that_it_is_the_servers_fault() {
    let tools = tempfile::tempdir().unwrap();
    put_tool(tools.path(), "kill -9 $$");
    let server = server_with(tools.path()).await;
    let mut ada = account(&server, "ada").await;
    let worker = worker(&server).await;
    let clip = upload(&server, &mut ada, 1).await;
    for _ in 0..3 {
        assert!(worker.work_once().await.unwrap());
        server.clock.advance(60_000);
    }
    assert_eq!(media(&mut ada, &clip).await, MediaState::Refused { reason: RefusalReason::ServerFault });
    assert_eq!(job::list_jobs(&server.app.db, "transcode_clip").await.unwrap(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_ends_its_server_each_time_is_given_up_and_what_a_dead_server_held_is_taken_up_at_once() {
    let server = TestApp::new(Engine::Sqlite).await;
    let mut ada = account(&server, "ada").await;
    let clip = upload(&server, &mut ada, 1).await;
    for attempt in 1..=3 {
        // A server that claims and ends: its lock goes with it, its claim stays.
        let node = Node::start(&server.app).await.unwrap();
        let mut tx = server.app.db.begin().await.unwrap();
        let now_ms = server.app.now_ms();
        let claim = job::claim_job(&mut tx, node.name(), now_ms, now_ms + 15_000).await.unwrap().unwrap();
        tx.commit().await.unwrap();
        assert_eq!(claim.attempts, attempt);
        let left = server.app.media.work.join(node.name());
        drop(node);
        std::fs::create_dir_all(&left).unwrap();
    }
    let worker = worker(&server).await;
    assert!(worker.work_once().await.unwrap(), "no waiting for the lease");
    assert_eq!(media(&mut ada, &clip).await, MediaState::Refused { reason: RefusalReason::ServerFault });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_lives_keeps_its_jobs_and_its_folder() {
    let server = TestApp::new(Engine::Sqlite).await;
    let first = Node::start(&server.app).await.unwrap();
    let second = Node::start(&server.app).await.unwrap();
    assert!(server.app.media.work.join(first.name()).is_dir());
    assert_ne!(first.name(), second.name());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_cover_is_remade_and_a_deleted_clip_leaves_no_object_that_no_other_clip_shows() {
    let server = TestApp::new(Engine::Sqlite).await;
    let mut ada = account(&server, "ada").await;
    let worker = worker(&server).await;
    // The same film twice: the same content, the same objects.
    let (one, two) = (upload(&server, &mut ada, 1).await, upload(&server, &mut ada, 2).await);
    while worker.work_once().await.unwrap() {}
    let keys = async |clip: &ClipId| rendition::list_media_keys(&server.app.db, clip).await.unwrap();
    let before = keys(&one).await;
    assert_eq!(before, keys(&two).await);
    let change = UpdateDraft { cover_ms: Some(900), ..UpdateDraft::of(one.clone()) };
    ada.call(&change).await.unwrap();
    while worker.work_once().await.unwrap() {}
    let after = keys(&one).await;
    assert_eq!(after.iter().filter(|k| before.contains(k)).count(), before.len() - 2, "two new posters");
    let there = async |key: &str| server.app.media.store.size(key).await.unwrap().is_some();
    ada.call(&DeleteClip { clip_id: one.clone() }).await.unwrap();
    while worker.work_once().await.unwrap() {}
    for key in &before {
        assert!(there(key).await, "{key} is the other clip's too");
    }
    for key in after.iter().filter(|k| !before.contains(k)) {
        assert!(!there(key).await, "{key}");
    }
    let mut anybody = server.browser();
    let mut asked = async |key: &str| anybody.get(&format!("/media/{key}")).await.status.as_u16();
    for key in &before {
        assert_eq!(asked(key).await, 200, "{key}");
    }
    ada.call(&DeleteClip { clip_id: two }).await.unwrap();
    while worker.work_once().await.unwrap() {}
    for key in &before {
        assert!(!there(key).await, "{key}");
        assert_eq!(asked(key).await, 404, "{key} is sent to nobody any more, though it was just open");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_database_is_locked_reads_go_on_and_uploads_fail_cleanly_and_then_go_on() {
    let server = TestApp::new(Engine::Sqlite).await;
    let mut ada = account(&server, "ada").await;
    let clip = draft(&mut ada, 1).await;
    let at = begin(&mut ada, &clip, 10).await;
    let other = minnow::store::Db::open(&server.fresh.url).await.unwrap();
    let lock = other.begin().await.unwrap();
    let mut reading = ada.clone();
    let request = GetDraft { clip_id: clip.clone() };
    let (refused, view) = tokio::join!(patch(&mut ada, &at, 0, b"hello", &[]), reading.call(&request));
    let said: minnow_shared::ErrorView = serde_json::from_slice(&refused.body).unwrap();
    assert_eq!(said.code, ErrorCode::Unavailable);
    assert!(matches!(view.unwrap().media, MediaState::Uploading { received_bytes: 0, .. }));
    lock.rollback().await.unwrap();
    assert_eq!(patch(&mut ada, &at, 0, b"hello", &[]).await.status.as_u16(), 204);
    assert_eq!(patch(&mut ada, &at, 5, b"world", &[]).await.status.as_u16(), 204);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lesson_becomes_a_published_clip_once_and_one_that_was_deleted_stays_deleted() {
    let server = TestApp::with(Engine::Sqlite, &["--demo"]).await;
    minnow::demo::enqueue(&server.app).await.unwrap();
    let queued = job::list_jobs(&server.app.db, "render_lesson").await.unwrap().len();
    assert_eq!(queued, minnow_renderer::builtin().len());
    minnow::demo::enqueue(&server.app).await.unwrap();
    assert_eq!(job::list_jobs(&server.app.db, "render_lesson").await.unwrap().len(), queued, "queued once");
    let worker = worker(&server).await;
    assert!(worker.work_once().await.unwrap());
    let clips: Vec<(String, String, bool)> =
        sql("SELECT id, media_state, published FROM clips ORDER BY id").all(&server.app.db).await.unwrap();
    let [(id, state, published)] = clips.as_slice() else { panic!("{clips:?}") };
    assert_eq!((state.as_str(), *published), ("playable", true));
    server.app.feed.refresh(&server.app.db).await.unwrap();
    let request = GetFeed {
        cursor: None,
        topic: None,
        limit: None,
        from: None,
        since_review: None,
        utc_offset_minutes: None,
    };
    let page = server.browser().call(&request).await.unwrap();
    let clip = &page.clips[0];
    assert_eq!(clip.id.as_str(), id);
    assert!(!clip.captions.is_empty() && !clip.questions.is_empty() && clip.renditions.len() == 3);
    let mut tx = server.app.db.begin().await.unwrap();
    minnow::store::draft::delete_clip(&mut tx, &clip.id).await.unwrap();
    tx.commit().await.unwrap();
    minnow::demo::enqueue(&server.app).await.unwrap();
    assert_eq!(job::list_jobs(&server.app.db, "render_lesson").await.unwrap().len(), queued - 1);
}
