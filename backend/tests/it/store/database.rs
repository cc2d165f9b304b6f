//! Opening, transactions, and what both engines must agree on.

use crate::{on_both, server::*};
use minnow::store::{Db, StoreError, person, sql};
use minnow_shared::PersonId;

on_both!(a_dropped_transaction_changes_nothing, |engine| async move {
    let (_fresh, db) = fresh_db(engine).await;
    let (kept, dropped) = (PersonId::new(1, [1; 10]), PersonId::new(2, [2; 10]));
    let mut tx = db.begin().await.unwrap();
    person::insert_guest(&mut tx, &kept, 5).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = db.begin().await.unwrap();
    person::insert_guest(&mut tx, &dropped, 5).await.unwrap();
    drop(tx);
    assert!(person::find_person(&db, &kept).await.unwrap().is_some());
    assert!(person::find_person(&db, &dropped).await.unwrap().is_none());
});

on_both!(a_taken_key_reads_as_duplicate_and_a_missing_row_as_dangling, |engine| async move {
    let (_fresh, db) = fresh_db(engine).await;
    let id = PersonId::new(1, [1; 10]);
    let mut tx = db.begin().await.unwrap();
    person::insert_guest(&mut tx, &id, 5).await.unwrap();
    let again = person::insert_guest(&mut tx, &id, 5).await;
    assert!(matches!(again, Err(StoreError::Duplicate(_))), "{again:?}");
    drop(tx);
    let mut tx = db.begin().await.unwrap();
    let orphan = sql(
        "INSERT INTO settings_fields (person_id, field, value, changed_at_ms) VALUES ($1, 'theme', '1', 1)",
    )
    .bind("nobody")
    .run(&mut tx)
    .await;
    let outcome = orphan.err().map(|e| matches!(e, StoreError::Dangling(_)));
    assert_eq!(outcome, Some(true));
});

on_both!(opening_twice_keeps_what_is_there, |engine| async move {
    let (fresh, db) = fresh_db(engine).await;
    let id = PersonId::new(1, [1; 10]);
    let mut tx = db.begin().await.unwrap();
    person::insert_guest(&mut tx, &id, 5).await.unwrap();
    tx.commit().await.unwrap();
    db.close().await;
    let db = Db::open(&fresh.url).await.unwrap();
    assert_eq!(person::find_person(&db, &id).await.unwrap().map(|row| row.is_guest), Some(true));
});

#[tokio::test]
async fn a_database_that_cannot_be_opened_says_why() {
    for (url, why) in [
        ("mysql://localhost/minnow", "begin it with sqlite: or postgres://"),
        ("sqlite::memory:", "name a file"),
        ("sqlite:/nowhere/at/all.sqlite", "unable to open database file"),
        ("postgres://minnow@127.0.0.1:1/minnow", "refused"),
    ] {
        let error = Db::open(url).await.err().map(|error| error.to_string());
        assert!(error.as_ref().is_some_and(|error| error.contains(why)), "{url}: {error:?}");
    }
}
