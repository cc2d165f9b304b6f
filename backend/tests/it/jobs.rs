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
    ada.call(&DeleteClip { clip_id: two }).await.unwrap();
    while worker.work_once().await.unwrap() {}
    for key in &before {
        assert!(!there(key).await, "{key}");
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
    let request = GetFeed { cursor: None, topic: None, limit: None, from: None };
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
