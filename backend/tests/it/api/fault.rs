//! A database that cannot be written: reads go on, writes fail cleanly and resume by themselves.

use crate::{library::Clip, server::*};
use minnow_shared::{
    AnswerId, ErrorCode,
    answer::{AnswerQuestion, Response},
    clip::SetLike,
    feed::GetFeed,
};
use std::time::Duration;

fn answer(clip: &Clip) -> AnswerQuestion {
    AnswerQuestion {
        answer_id: AnswerId::new(1, [1; 10]),
        clip_id: clip.id.clone(),
        question_id: clip.question.clone(),
        response: Response::Choice { choice_id: clip.right.clone() },
        certainty: None,
        answered_at_ms: MORNING_MS,
        before: false,
    }
}

#[tokio::test]
async fn while_the_database_is_locked_reads_go_on_and_writes_are_refused_whole() {
    use sqlx::{Connection, Executor, SqliteConnection};
    let server = TestApp::new(Engine::Sqlite).await;
    let (_, author) = server.account("ada").await;
    let clip = server.clip(&author, &server.topic("light").await).await;
    let mut learner = server.guest().await;
    let mut other = SqliteConnection::connect(&server.fresh.url).await.unwrap();
    other.execute("BEGIN IMMEDIATE").await.unwrap();
    let mut writing = learner.clone();
    let request = answer(&clip);
    let refused = tokio::spawn(async move { writing.call(&request).await });
    tokio::time::sleep(Duration::from_millis(100)).await;
    let feed = GetFeed {
        cursor: None,
        topic: None,
        limit: None,
        from: None,
        since_review: None,
        utc_offset_minutes: None,
    };
    assert_eq!(learner.call(&feed).await.unwrap().clips.len(), 1, "reads go on");
    let refused = refused.await.unwrap().unwrap_err();
    assert_eq!(refused.code, ErrorCode::Unavailable);
    assert!(refused.retry_after_ms.is_some());
    let direct = learner.call(&minnow_shared::account::SignOut {}).await.unwrap_err();
    assert_eq!(direct.code, ErrorCode::Unavailable);
    other.execute("ROLLBACK").await.unwrap();
    assert_eq!(learner.call(&answer(&clip)).await.unwrap().xp, 10, "kept now, and not before");
}

#[tokio::test]
async fn a_full_disk_is_told_as_such_and_writing_resumes_when_there_is_room() {
    use sqlx::{Connection, Executor, SqliteConnection};
    let server = TestApp::new(Engine::Sqlite).await;
    let (_, author) = server.account("ada").await;
    let clip = server.clip(&author, &server.topic("light").await).await;
    let mut learner = server.guest().await;
    // SQLite's own limit of pages stands in for the end of the disk: the same error, from the same place.
    server.app.db.limit_pages(Some(1)).await.unwrap();
    let mut filler = SqliteConnection::connect(&server.fresh.url).await.unwrap();
    let (pages,): (i64,) = sqlx::query_as("PRAGMA page_count").fetch_one(&mut filler).await.unwrap();
    assert!(pages > 1);
    let big =
        minnow_shared::settings::UpdateSettings { settings: Default::default(), changed: Default::default() };
    let mut full = None;
    for n in 0..400u16 {
        let mut request = answer(&clip);
        request.answer_id = AnswerId::new(i64::from(n), [2; 10]);
        if let Err(error) = learner.call(&request).await {
            full = Some(error.code);
            break;
        }
    }
    assert_eq!(full, Some(ErrorCode::StorageFull));
    let feed = GetFeed {
        cursor: None,
        topic: None,
        limit: None,
        from: None,
        since_review: None,
        utc_offset_minutes: None,
    };
    assert_eq!(learner.call(&feed).await.unwrap().clips.len(), 1, "reads go on");
    server.app.db.limit_pages(None).await.unwrap();
    learner.call(&big).await.unwrap();
    learner.call(&SetLike { clip_id: clip.id.clone(), on: true, at_ms: None }).await.unwrap();
    filler.execute("PRAGMA integrity_check").await.unwrap();
}
