//! Uploads: offsets that only ever move by whole parts, and expiry.

use crate::{on_both, server::fresh_db};
use minnow::store::{
    Db, draft, person, rendition,
    rendition::{PlayableRow, PosterRow, RenditionRow},
    upload::{self, UploadPartRow, UploadRow},
};
use minnow_shared::{ClipId, PersonId, UploadId};

async fn clip(db: &Db) -> ClipId {
    let (person, clip) = (PersonId::new(1, [1; 10]), ClipId::new(1, [2; 10]));
    let mut tx = db.begin().await.unwrap();
    person::insert_guest(&mut tx, &person, 1).await.unwrap();
    draft::insert_clip(&mut tx, &clip, &person, "en", 1).await.unwrap();
    tx.commit().await.unwrap();
    clip
}

async fn begin(db: &Db, clip: &ClipId, total: i64) -> UploadId {
    let id = UploadId::new(2, [3; 10]);
    let mut tx = db.begin().await.unwrap();
    let row = UploadRow {
        id: id.to_string(),
        clip_id: clip.to_string(),
        total_bytes: total,
        received_bytes: 0,
        file_name: "a.mp4".into(),
        metadata: String::new(),
        state: "open".into(),
        expires_at_ms: 1_000,
    };
    upload::insert_upload(&mut tx, &row, 2).await.unwrap();
    tx.commit().await.unwrap();
    id
}

async fn part(db: &Db, id: &UploadId, offset: i64, size: i64) -> bool {
    let mut tx = db.begin().await.unwrap();
    let part = UploadPartRow { offset_bytes: offset, size_bytes: size, object_key: format!("k{offset}") };
    let first = upload::insert_upload_part(&mut tx, id, &part, 2_000).await.unwrap();
    tx.commit().await.unwrap();
    first
}

on_both!(a_part_is_taken_only_where_the_upload_stands, async |engine| {
    let (_fresh, db) = fresh_db(engine).await;
    let clip = clip(&db).await;
    let id = begin(&db, &clip, 10).await;
    assert!(part(&db, &id, 0, 4).await);
    assert!(!part(&db, &id, 0, 4).await, "again");
    assert!(!part(&db, &id, 6, 4).await, "with a hole");
    assert!(!part(&db, &id, 4, 7).await, "over the end");
    let open = upload::find_open_upload(&db, &clip).await.unwrap().unwrap();
    assert_eq!((open.received_bytes, open.total_bytes), (4, 10));
    let mut tx = db.begin().await.unwrap();
    assert!(!upload::update_upload_whole(&mut tx, &id).await.unwrap(), "not all there");
    tx.rollback().await.unwrap();
    assert!(part(&db, &id, 4, 6).await);
    let mut tx = db.begin().await.unwrap();
    assert!(upload::update_upload_whole(&mut tx, &id).await.unwrap());
    assert!(!upload::update_upload_whole(&mut tx, &id).await.unwrap(), "once");
    tx.commit().await.unwrap();
    assert_eq!(upload::find_open_upload(&db, &clip).await.unwrap(), None);
    let keys: Vec<String> =
        upload::list_upload_parts(&db, &id).await.unwrap().into_iter().map(|p| p.object_key).collect();
    assert_eq!(keys, ["k0", "k4"]);
});

on_both!(uploads_expire_unless_somebody_works_on_them, async |engine| {
    let (_fresh, db) = fresh_db(engine).await;
    let clip = clip(&db).await;
    let id = begin(&db, &clip, 4).await;
    assert_eq!(upload::list_expired_uploads(&db, 999, 10).await.unwrap(), []);
    assert_eq!(upload::list_expired_uploads(&db, 1_000, 10).await.unwrap().len(), 1);
    assert!(part(&db, &id, 0, 4).await);
    assert_eq!(upload::list_expired_uploads(&db, 1_999, 10).await.unwrap(), [], "a byte moves the time");
    let mut tx = db.begin().await.unwrap();
    upload::update_upload_whole(&mut tx, &id).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(upload::list_expired_uploads(&db, 9_999, 10).await.unwrap(), [], "being worked on");
    let mut tx = db.begin().await.unwrap();
    upload::update_upload_done(&mut tx, &id).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(upload::list_expired_uploads(&db, 9_999, 10).await.unwrap().len(), 1);
    assert_eq!(upload::list_upload_parts(&db, &id).await.unwrap(), []);
});

on_both!(a_clips_media_is_replaced_as_a_whole_and_shared_objects_are_known, async |engine| {
    let (_fresh, db) = fresh_db(engine).await;
    let clip = clip(&db).await;
    let playable = |key: &str| PlayableRow {
        duration_ms: 5_000,
        width: 640,
        height: 360,
        poster: PosterRow {
            poster_key: format!("{key}-l"),
            poster_small_key: format!("{key}-s"),
            thumbhash: "aGk=".into(),
            cover_ms: 7,
        },
        renditions: [720, 360]
            .map(|side| RenditionRow {
                clip_id: clip.to_string(),
                short_side: side,
                width: 640,
                height: 360,
                key: format!("{key}-{side}"),
                size_bytes: 9,
                moov_end_bytes: 2,
                two_seconds_bytes: 4,
            })
            .to_vec(),
    };
    for key in ["a", "b"] {
        let mut tx = db.begin().await.unwrap();
        assert!(rendition::update_media_playable(&mut tx, &clip, &playable(key), 5).await.unwrap());
        tx.commit().await.unwrap();
    }
    let sides: Vec<i64> = rendition::list_renditions(&db, &[clip.to_string()])
        .await
        .unwrap()
        .iter()
        .map(|r| r.short_side)
        .collect();
    assert_eq!(sides, [360, 720], "smallest first");
    assert_eq!(rendition::list_media_keys(&db, &clip).await.unwrap(), ["b-360", "b-720", "b-l", "b-s"]);
    assert!(rendition::is_media_key_used(&db, "b-s").await.unwrap());
    assert!(!rendition::is_media_key_used(&db, "a-360").await.unwrap());
    let media = rendition::find_clip_media(&db, &clip).await.unwrap().unwrap();
    assert_eq!((media.media_state.as_str(), media.cover_ms, media.duration_ms), ("playable", 7, Some(5_000)));
    let mut tx = db.begin().await.unwrap();
    let gone = ClipId::new(9, [9; 10]);
    assert!(!rendition::update_media_playable(&mut tx, &gone, &playable("c"), 5).await.unwrap());
    tx.rollback().await.unwrap();
});
