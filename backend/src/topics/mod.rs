//! Topics and how they hang together, changed, brought in and taken out. Reading and writing files is the crate `exchange`'s,
//! the graph the crate `mastery`'s, SQL the store's; the command line is in `command`.

pub mod command;

use crate::{
    app::App,
    store::{self, On, StoreError, Tx, topic::EdgeRow},
};
use minnow_exchange::{
    ReadError,
    topics::{self, Topic, TopicFormat, TopicImport},
};
use minnow_mastery::graph::{Edge, EdgeKind, Graph};
use minnow_shared::TopicId;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What came of topics that were brought in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Added {
    pub topics: usize,
    pub edges: usize,
}

/// All topics and edges.
///
/// # Errors
/// Whatever the database answers.
pub async fn graph_of(on: impl Into<On<'_>>) -> Result<Graph, StoreError> {
    let mut on = on.into();
    let mut graph = Graph::default();
    for id in &store::topic::list_topic_ids(on.again()).await? {
        graph.add_topic(id);
    }
    for EdgeRow { from_id, kind, to_id } in store::topic::list_edges(on).await? {
        let Some(kind) = EdgeKind::named(&kind) else { continue };
        let edge = Edge { from: from_id, kind, to: to_id };
        if let Err(problem) = graph.add_edge(&edge) {
            tracing::error!(?edge, ?problem, "an edge between topics is passed over");
        }
    }
    Ok(graph)
}

/// An edge as it is kept.
pub fn row_of(edge: &Edge) -> EdgeRow {
    EdgeRow { from_id: edge.from.clone(), kind: edge.kind.name().to_owned(), to_id: edge.to.clone() }
}

/// Those whose learners' estimates change with an edge: what is at its beginning and all that is part of that.
pub async fn mark_stale(tx: &mut Tx, graph: &Graph, from: &str) -> Result<(), StoreError> {
    let mut ids = vec![from.to_owned()];
    ids.extend(graph.parts(from).into_iter().map(|(id, _)| id));
    store::mastery::mark_topics_stale(tx, &ids).await
}

/// Reads a file of topics against what is there.
///
/// # Errors
/// The inner error: nothing of the file can be read; else whatever the database answers.
pub async fn read(
    app: &App,
    bytes: &[u8],
    format: Option<TopicFormat>,
) -> Result<Result<TopicImport, ReadError>, StoreError> {
    let graph = graph_of(&app.db).await?;
    Ok(topics::read(bytes, format, &graph, &app.feed.topics().by_word()))
}

/// Brings topics and edges in, all or none. Names that are there are replaced, nothing is taken away.
///
/// # Errors
/// Whatever the database answers; nothing was changed then.
pub async fn bring_in(app: &App, import: &TopicImport) -> Result<Added, StoreError> {
    let mut tx = app.db.begin().await?;
    // First: one change of topics comes after the other.
    store::catalogue::touch_topics(&mut tx).await?;
    let ids: Vec<&str> = import.topics.iter().map(|topic| topic.id.as_str()).collect();
    let new_topics = store::topic::insert_topics(&mut tx, &ids).await?;
    for topic in &import.topics {
        let Ok(id) = TopicId::parse(&topic.id) else { continue };
        for (language, name) in &topic.names {
            store::topic::upsert_topic_name(&mut tx, &id, language, name).await?;
        }
    }
    let mut graph = graph_of(&mut tx).await?;
    let (mut new_edges, mut changed) = (0, BTreeSet::new());
    for edge in &import.edges {
        // Somebody else may have added an edge since the file was read.
        if graph.add_edge(edge) == Ok(true) {
            store::topic::insert_edge(&mut tx, &row_of(edge)).await?;
            new_edges += 1;
            changed.insert(edge.from.as_str());
        }
    }
    for from in changed {
        mark_stale(&mut tx, &graph, from).await?;
    }
    tx.commit().await?;
    app.feed.refresh(&app.db).await?;
    Ok(Added { topics: new_topics, edges: new_edges })
}

/// All topics and edges as a file.
///
/// # Errors
/// Whatever the database answers.
pub async fn take_out(app: &App, format: TopicFormat) -> Result<Vec<u8>, StoreError> {
    let mut names: HashMap<String, BTreeMap<String, String>> = HashMap::new();
    for row in store::topic::list_topic_names(&app.db).await? {
        names.entry(row.topic_id).or_default().insert(row.language, row.name);
    }
    let ids = store::topic::list_topics(&app.db).await?;
    let all: Vec<Topic> =
        ids.into_iter().map(|id| Topic { names: names.remove(&id).unwrap_or_default(), id }).collect();
    let edges: Vec<Edge> = graph_of(&app.db).await?.edges().collect();
    Ok(topics::write(&all, &edges, format))
}
