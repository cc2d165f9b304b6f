//! The group commit: many writes, one transaction, and a write that fails fails alone.

use crate::{on_both, server::fresh_db};
use minnow::{
    metrics::Metrics,
    store::{draft, person, reaction::Reaction, sql, watch::StretchRow, writer::Writer},
};
use minnow_shared::{ClipId, PersonId, WatchId};
use std::sync::{Arc, atomic::Ordering};

on_both!(one_failing_write_of_a_group_does_not_undo_the_others, |engine| async move {
    let (_fresh, db) = fresh_db(engine).await;
    let (ada, clip, gone) = (PersonId::new(1, [1; 10]), ClipId::new(1, [2; 10]), ClipId::new(1, [3; 10]));
    let mut tx = db.begin().await.unwrap();
    person::insert_guest(&mut tx, &ada, 1).await.unwrap();
    draft::insert_clip(&mut tx, &clip, &ada, "en", 1).await.unwrap();
    tx.commit().await.unwrap();
    let metrics = Arc::new(Metrics::default());
    let writer = Writer::start_counted(db.clone(), metrics.clone());
    let stretch = |number: u8| StretchRow {
        id: WatchId::new(5, [number; 10]).to_string(),
        clip_id: clip.to_string(),
        from_ms: 0,
        to_ms: 1_000,
        finished: false,
        started_at_ms: 5,
        day: "2026-07-06".into(),
    };
    let react = |reaction, clip: &ClipId| writer.set_reaction(reaction, ada.clone(), clip.clone(), true, 5);
    // All of them stand in line before the writer first runs: the tests of this crate have one thread each.
    let (before, liked, lost, saved, after) = tokio::join!(
        writer.keep_watched(ada.clone(), vec![stretch(1)], 5),
        react(Reaction::Like, &clip),
        react(Reaction::Like, &gone),
        react(Reaction::Save, &clip),
        writer.keep_watched(ada.clone(), vec![stretch(2), stretch(3)], 5),
    );
    for kept in [before, liked, saved, after] {
        kept.unwrap();
    }
    assert!(lost.is_err(), "there is no such clip");
    assert_eq!(metrics.write_groups.load(Ordering::Relaxed), 1, "one transaction for all of them");
    let count = async |statement: &'static str| -> i64 {
        let (count,): (i64,) = sql(statement).one(&db).await.unwrap();
        count
    };
    assert_eq!(count("SELECT COUNT(*) FROM watches").await, 3);
    assert_eq!(count("SELECT COUNT(*) FROM likes").await, 1);
    assert_eq!(count("SELECT COUNT(*) FROM saves").await, 1);
    assert_eq!(count("SELECT like_count FROM clips").await, 1);
    assert_eq!(count("SELECT watched_ms FROM views").await, 3_000);
    // And the next group is as good as new.
    react(Reaction::Save, &clip).await.unwrap();
});
