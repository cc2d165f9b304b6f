//! The queue: leases, fences, attempts, order.

use crate::{on_both, server::fresh_db};
use minnow::store::{
    Db,
    job::{self, NewJobRow},
};
use minnow_shared::JobId;

async fn insert(db: &Db, at_ms: i64, priority: i64, run_at_ms: i64) -> JobId {
    let id = JobId::new(at_ms, [7; 10]);
    let mut tx = db.begin().await.unwrap();
    let row = NewJobRow { id: &id, kind: "transcode_clip", payload: "{}", priority, run_at_ms };
    assert!(job::insert_job(&mut tx, &row, at_ms).await.unwrap());
    assert!(!job::insert_job(&mut tx, &row, at_ms).await.unwrap(), "the same job is queued once");
    tx.commit().await.unwrap();
    id
}

async fn claim(db: &Db, node: &str, now_ms: i64) -> Option<job::ClaimRow> {
    let mut tx = db.begin().await.unwrap();
    let claimed = job::claim_job(&mut tx, node, now_ms, now_ms + 100).await.unwrap();
    tx.commit().await.unwrap();
    claimed
}

on_both!(jobs_go_by_priority_then_time_and_not_before_their_time, async |engine| {
    let (_fresh, db) = fresh_db(engine).await;
    let late = insert(&db, 1, 1, 500).await;
    let second = insert(&db, 2, 5, 0).await;
    let first = insert(&db, 3, 1, 10).await;
    assert_eq!(claim(&db, "a", 20).await.unwrap().id, first.as_str());
    assert_eq!(claim(&db, "a", 20).await.unwrap().id, second.as_str());
    assert_eq!(claim(&db, "a", 20).await, None);
    assert!(!job::is_job_due(&db, 20).await.unwrap());
    assert_eq!(claim(&db, "a", 500).await.map(|c| c.id != second.as_str()), Some(true));
    assert!(job::find_job(&db, late.as_str()).await.unwrap().is_some());
});

on_both!(a_claim_whose_lease_ran_out_may_write_nothing_any_more, async |engine| {
    let (_fresh, db) = fresh_db(engine).await;
    insert(&db, 1, 1, 0).await;
    let old = claim(&db, "a", 10).await.unwrap();
    assert_eq!((old.attempts, old.fence), (1, 1));
    assert_eq!(claim(&db, "b", 109).await, None, "the lease holds");
    let new = claim(&db, "b", 110).await.unwrap();
    assert_eq!((new.attempts, new.fence), (2, 2), "attempts count when claimed");
    let mut tx = db.begin().await.unwrap();
    assert!(!job::update_job_lease(&mut tx, &old, 999).await.unwrap());
    assert!(!job::update_job_waiting(&mut tx, &old, 0, 0, None).await.unwrap());
    assert!(!job::update_job_failed(&mut tx, &old, "x").await.unwrap());
    assert!(!job::delete_job(&mut tx, &old).await.unwrap());
    assert!(job::delete_job(&mut tx, &new).await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(job::list_jobs(&db, "transcode_clip").await.unwrap(), []);
});

on_both!(a_dead_nodes_jobs_are_freed_at_once_and_others_stay, async |engine| {
    let (_fresh, db) = fresh_db(engine).await;
    insert(&db, 1, 1, 0).await;
    insert(&db, 2, 1, 0).await;
    let (dead, alive) = (claim(&db, "dead", 10).await.unwrap(), claim(&db, "alive", 10).await.unwrap());
    let mut tx = db.begin().await.unwrap();
    assert_eq!(job::update_jobs_of_dead_node(&mut tx, "dead", 11).await.unwrap(), 1);
    tx.commit().await.unwrap();
    let again = claim(&db, "new", 12).await.unwrap();
    assert_eq!((again.id, again.attempts), (dead.id, 2));
    assert_eq!(job::find_job(&db, &alive.id).await.unwrap().unwrap().node.as_deref(), Some("alive"));
});

on_both!(two_workers_never_hold_the_same_job, async |engine| {
    let (_fresh, db) = fresh_db(engine).await;
    for at in 1..=20 {
        insert(&db, at, 1, 0).await;
    }
    let worker = async |node: &str| {
        let mut mine = Vec::new();
        for _ in 0..40 {
            if let Some(claimed) = claim(&db, node, 30).await {
                mine.push(claimed.id);
            }
        }
        mine
    };
    let (mut a, b) = tokio::join!(worker("a"), worker("b"));
    a.extend(b);
    a.sort();
    a.dedup();
    assert_eq!(a.len(), 20);
});

on_both!(a_clock_that_was_set_back_holds_no_job_up, async |engine| {
    let (_fresh, db) = fresh_db(engine).await;
    const DAY_MS: i64 = 86_400_000;
    // Made and to be run a day ahead of the clock as it is now.
    insert(&db, DAY_MS, 1, DAY_MS).await;
    assert!(job::is_job_due(&db, 50).await.unwrap());
    let first = claim(&db, "a", 50).await.unwrap();
    let mut tx = db.begin().await.unwrap();
    assert!(job::update_job_waiting(&mut tx, &first, 2_050, 1, None).await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(claim(&db, "a", 60).await, None, "a pause by the clock as it is now is kept");
    assert!(claim(&db, "a", DAY_MS).await.is_some());
    assert!(claim(&db, "b", 60).await.is_some(), "so is a lease by the clock as it was taken");
});

on_both!(a_job_for_a_later_day_waits_for_that_day, async |engine| {
    let (_fresh, db) = fresh_db(engine).await;
    const MONTH_MS: i64 = 30 * 86_400_000;
    insert(&db, 1, 1, MONTH_MS).await;
    assert!(!job::is_job_due(&db, 50).await.unwrap());
    assert_eq!(claim(&db, "a", MONTH_MS - 1).await, None);
    assert!(claim(&db, "a", MONTH_MS).await.is_some());
});
