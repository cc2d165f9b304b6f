//! Topics and how they hang together: changed by organizers, brought in and taken out.

use crate::{library::new_account, on_both, server::*};
use axum::body::Body;
use http::Request;
use minnow::store;
use minnow_shared::{
    ErrorCode, TopicId,
    topic::{
        AddTopicEdge, CreateTopic, DeleteTopic, DeleteTopicEdge, EdgeKind, GetTopicGraph, ListTopics,
        RenameTopic, TopicGraphView, TopicImportView, TopicNameView,
    },
};

async fn organizer(server: &TestApp) -> Browser {
    let mut browser = server.browser();
    browser.call(&new_account("olga")).await.unwrap();
    let mut tx = server.app.db.begin().await.unwrap();
    store::person::update_role(&mut tx, "olga", "organizer", 1).await.unwrap();
    tx.commit().await.unwrap();
    browser
}

fn id(text: &str) -> TopicId {
    TopicId::parse(text).unwrap()
}

fn names(names: &[(&str, &str)]) -> Vec<TopicNameView> {
    names
        .iter()
        .map(|(language, name)| TopicNameView { language: (*language).into(), name: (*name).into() })
        .collect()
}

fn edge(from: &str, kind: EdgeKind, to: &str) -> AddTopicEdge {
    AddTopicEdge { from: id(from), kind, to: id(to) }
}

fn said(graph: &TopicGraphView) -> Vec<String> {
    graph.edges.iter().map(|edge| format!("{} {:?} {}", edge.from, edge.kind, edge.to)).collect()
}

const GRAPH: GetTopicGraph = GetTopicGraph { language: None };

on_both!(
    an_organizer_makes_names_and_joins_topics_and_circles_are_refused_with_the_way_round,
    async |engine| {
        let server = TestApp::new(engine).await;
        let mut olga = organizer(&server).await;
        for name in ["Light & colour", "Optics", "Übersicht"] {
            olga.call(&CreateTopic { topic_id: None, names: names(&[("en", name)]) }).await.unwrap();
        }
        let again =
            olga.call(&CreateTopic { topic_id: None, names: names(&[("en", "optics")]) }).await.unwrap_err();
        assert_eq!((again.code, again.field.as_deref()), (ErrorCode::Conflict, Some("topic_id")));
        let arabic =
            CreateTopic { topic_id: None, names: names(&[("ar", "\u{627}\u{644}\u{645}\u{627}\u{621}")]) };
        let unnamed = olga.call(&arabic).await.unwrap_err();
        assert_eq!((unnamed.code, unnamed.field.as_deref()), (ErrorCode::InvalidField, Some("topic_id")));
        olga.call(&CreateTopic { topic_id: Some(id("water")), ..arabic }).await.unwrap();
        let rename = RenameTopic { topic_id: id("optics"), names: names(&[("en", ""), ("it", "Ottica")]) };
        let graph = olga.call(&rename).await.unwrap();
        let listed: Vec<(&str, &str)> =
            graph.topics.iter().map(|t| (t.id.as_str(), t.name.as_str())).collect();
        let water = "water";
        assert_eq!(
            listed[..3],
            [("light-colour", "Light & colour"), ("optics", "optics"), ("ubersicht", "Übersicht")]
        );
        assert_eq!((listed[3].0, graph.can_edit), (water, true));
        olga.call(&edge("light-colour", EdgeKind::PartOf, "optics")).await.unwrap();
        let graph = olga.call(&edge("optics", EdgeKind::Prerequisite, "water")).await.unwrap();
        assert_eq!(said(&graph), ["light-colour PartOf optics", "optics Prerequisite water"]);
        let circle = olga.call(&edge("water", EdgeKind::Prerequisite, "light-colour")).await.unwrap_err();
        assert_eq!((circle.code, circle.field.as_deref()), (ErrorCode::Conflict, Some("to")));
        assert_eq!(circle.detail, "it would close a circle: light-colour → optics → water");
        let itself = olga.call(&edge("water", EdgeKind::PartOf, "water")).await.unwrap_err();
        assert_eq!(itself.code, ErrorCode::InvalidField);
        let nowhere = olga.call(&edge("water", EdgeKind::PartOf, "nowhere")).await.unwrap_err();
        assert_eq!(nowhere.code, ErrorCode::NotFound);
        // Another node sees it at its next look.
        let other = server.second_node().await;
        assert_eq!(other.app.feed.topics().name(&id("optics"), &["it".into()]), "Ottica");
        let gone = DeleteTopicEdge { from: id("optics"), kind: EdgeKind::Prerequisite, to: id("water") };
        olga.call(&gone).await.unwrap();
        assert_eq!(said(&olga.call(&gone).await.unwrap()), ["light-colour PartOf optics"]);
        olga.call(&DeleteTopic { topic_id: id("optics") }).await.unwrap();
        let graph = olga.call(&GRAPH).await.unwrap();
        assert_eq!((said(&graph).len(), graph.topics.len()), (0, 3));
        other.app.feed.refresh(&other.app.db).await.unwrap();
        assert_eq!(other.app.feed.topics().order.len(), 3);
    }
);

on_both!(a_topic_with_clips_stays_and_only_organizers_change_any, async |engine| {
    let server = TestApp::new(engine).await;
    let mut olga = organizer(&server).await;
    let (mut ada, author) = server.account("ada").await;
    let light = server.topic("light").await;
    server.clip(&author, &light).await;
    let refused = olga.call(&DeleteTopic { topic_id: light.clone() }).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::Conflict);
    let create = CreateTopic { topic_id: None, names: names(&[("en", "Mine")]) };
    assert_eq!(ada.call(&create).await.unwrap_err().code, ErrorCode::Forbidden);
    assert_eq!(server.guest().await.call(&create).await.unwrap_err().code, ErrorCode::AccountNeeded);
    let seen = server.browser().call(&GRAPH).await.unwrap();
    assert_eq!((seen.topics[0].clip_count, seen.can_edit), (1, false));
    let listed = ada.call(&ListTopics { language: None }).await.unwrap();
    assert_eq!(listed.topics.len(), 1);
});

async fn send(browser: &mut Browser, path: &str, body: &str) -> TopicImportView {
    let request = Request::post(path).body(Body::from(body.to_owned())).unwrap();
    let heard = browser.send(request).await;
    assert!(heard.status.is_success(), "{}", heard.text());
    serde_json::from_slice(&heard.body).unwrap()
}

on_both!(a_file_comes_in_as_far_as_it_can_and_what_goes_out_comes_in_equal, async |engine| {
    let server = TestApp::new(engine).await;
    let mut olga = organizer(&server).await;
    let table = "id,name,name:it,part_of,prerequisites\n\
        optics,Optics,Ottica,,\n\
        light,Light,Luce,Optics,\n\
        lens,Lens,,optics,light;nowhere\n\
        ,\u{645}\u{627}\u{621},,,\n\
        optics,Optics,,lens,\n";
    let looked = send(&mut olga, "/api/topic-graph/import?dry_run=true", table).await;
    assert_eq!((looked.topics, looked.edges, looked.new_topics, looked.losses.len()), (3, 3, 0, 3));
    assert!(olga.call(&GRAPH).await.unwrap().topics.is_empty());
    let came = send(&mut olga, "/api/topic-graph/import?format=csv", table).await;
    assert_eq!((came.new_topics, came.new_edges), (3, 3));
    let lines: Vec<Option<u32>> = came.losses.iter().map(|loss| loss.line).collect();
    assert_eq!(lines, [Some(4), Some(5), Some(6)], "{:?}", came.losses);
    let graph = olga.call(&GRAPH).await.unwrap();
    for format in ["json", "csv"] {
        let heard = olga.get(&format!("/api/topic-graph/export?format={format}")).await;
        assert!(heard.headers["content-disposition"].to_str().unwrap().contains(&format!("topics.{format}")));
        let again = send(&mut olga, "/api/topic-graph/import", &heard.text()).await;
        assert_eq!((again.topics, again.edges, again.new_topics, again.new_edges), (3, 3, 0, 0));
        assert!(again.losses.is_empty(), "{:?}", again.losses);
        let other = TestApp::new(Engine::Sqlite).await;
        let mut operator = organizer(&other).await;
        send(&mut operator, "/api/topic-graph/import", &heard.text()).await;
        assert_eq!(
            operator.call(&GRAPH).await.unwrap(),
            TopicGraphView { topics: graph.topics.clone(), ..graph.clone() }
        );
    }
    let (mut ada, _) = server.account("ada").await;
    assert_eq!(ada.get("/api/topic-graph/export").await.status, 403);
    let unread = send(&mut olga, "/api/topic-graph/import", "{\n \"topics\": [\n }").await;
    assert_eq!((unread.topics, unread.losses[0].line), (0, Some(3)));
});
