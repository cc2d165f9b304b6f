//! What a node reads of all clips when it starts.

use crate::{on_both, server::TestApp};
use minnow::store::{catalogue, sql};

on_both!(a_node_reads_every_published_clip_with_its_topics_in_their_order, async |engine| {
    let server = TestApp::new(engine).await;
    let (_, author) = server.account("ada").await;
    let [light, plants] = [server.topic("light").await, server.topic("plants").await];
    let first = server.clip(&author, &light).await;
    server.draft(&author, &light).await;
    // Months apart, and two topics of which the later in the alphabet is the first.
    server.clock.advance(90 * 24 * 3_600_000);
    let second = server.clip(&author, &plants).await;
    let mut tx = server.app.db.begin().await.unwrap();
    sql("INSERT INTO clip_topics (clip_id, topic_id, position) VALUES ($1, $2, 7)")
        .bind(&second.id)
        .bind(&light)
        .run(&mut tx)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let mut all = catalogue::list_places(&server.app.db).await.unwrap();
    all.sort_by_key(|place| place.published_at_ms);
    let ids = [first.id.to_string(), second.id.to_string()];
    assert_eq!(all.iter().map(|place| place.clip_id.clone()).collect::<Vec<_>>(), ids);
    let mut one_by_one = catalogue::list_places_of(&server.app.db, &ids).await.unwrap();
    one_by_one.sort_by_key(|place| place.published_at_ms);
    assert_eq!(all, one_by_one);
    let topics = catalogue::list_published_topics(&server.app.db).await.unwrap();
    let [first, second] = ids;
    let expected = [(first, "light"), (second.clone(), "plants"), (second, "light")];
    assert_eq!(topics, expected.map(|(clip, topic)| (clip, topic.to_owned())));
});
