//! Topics, and how they hang together.

use super::{clip_views, context::Call, error::ApiError, route::Answer};
use crate::{
    app::App,
    policy::{self, Action, Object},
    store::{self, StoreError, Tx},
    topics::{graph_of, mark_stale, row_of},
};
use minnow_exchange::topics::slug;
use minnow_mastery::graph::{self, Edge, EdgeProblem};
use minnow_shared::{
    ErrorCode, TopicId, limit,
    topic::{
        AddTopicEdge, CreateTopic, DeleteTopic, DeleteTopicEdge, EdgeKind, EdgeView, GetTopicGraph,
        ListTopics, RenameTopic, TopicGraphView, TopicItemView, TopicListView, TopicNameView, TopicNodeView,
        TopicView, check_names,
    },
};

/// Posters shown for a topic.
const POSTERS: usize = 3;

pub async fn list_topics(call: Call, request: ListTopics) -> Answer<ListTopics> {
    let app = &call.app;
    let topics = app.feed.topics();
    let languages = languages(&call, request.language.as_deref())?;
    let mut list = Vec::with_capacity(topics.order.len());
    for id in &topics.order {
        let (count, newest) = app.feed.look(|index| index.topic(id.as_str(), POSTERS));
        let newest: Vec<String> = newest.iter().map(ToString::to_string).collect();
        let posters = clip_views::lasting(app, &newest).await?;
        list.push(TopicItemView {
            topic: TopicView { id: id.clone(), name: topics.name(id, &languages) },
            clip_count: count as u64,
            poster_urls: posters.iter().map(|clip| clip.poster_small_url.clone()).collect(),
        });
    }
    Ok(TopicListView { topics: list })
}

/// The languages to name topics in, best first.
///
/// # Errors
/// When the one asked for is no language.
pub fn languages(call: &Call, asked: Option<&str>) -> Result<Vec<String>, ApiError> {
    let Some(language) = asked else { return Ok(call.caller.languages.clone()) };
    limit::text("language", language, 2, limit::LANGUAGE)?;
    Ok(vec![language.to_lowercase()])
}

pub async fn get_topic_graph(call: Call, request: GetTopicGraph) -> Answer<GetTopicGraph> {
    let languages = languages(&call, request.language.as_deref())?;
    view(&call, &languages).await
}

async fn view(call: &Call, languages: &[String]) -> Result<TopicGraphView, ApiError> {
    let app = &call.app;
    let (topics, graph) = (app.feed.topics(), graph_of(&app.db).await?);
    let node = |id: &TopicId| TopicNodeView {
        id: id.clone(),
        name: topics.name(id, languages),
        names: topics
            .names(id)
            .iter()
            .map(|(language, name)| TopicNameView { language: language.clone(), name: name.clone() })
            .collect(),
        clip_count: app.feed.look(|index| index.topic(id.as_str(), 0).0) as u64,
    };
    let edge = |edge: Edge| {
        Some(EdgeView {
            from: TopicId::parse(&edge.from).ok()?,
            kind: match edge.kind {
                graph::EdgeKind::Prerequisite => EdgeKind::Prerequisite,
                graph::EdgeKind::PartOf => EdgeKind::PartOf,
            },
            to: TopicId::parse(&edge.to).ok()?,
        })
    };
    Ok(TopicGraphView {
        topics: topics.order.iter().map(node).collect(),
        edges: graph.edges().filter_map(edge).collect(),
        can_edit: policy::can(&call.caller.actor(), Action::EditTopics, &Object::Own).is_ok(),
    })
}

/// Begins a change of topics: one comes after the other, and every node reads them anew.
async fn begin(app: &App) -> Result<Tx, StoreError> {
    let mut tx = app.db.begin().await?;
    store::catalogue::touch_topics(&mut tx).await?;
    Ok(tx)
}

async fn end(call: &Call, tx: Tx) -> Result<TopicGraphView, ApiError> {
    tx.commit().await?;
    call.app.feed.refresh(&call.app.db).await?;
    view(call, &call.caller.languages).await
}

async fn set_names(tx: &mut Tx, id: &TopicId, names: &[TopicNameView]) -> Result<(), StoreError> {
    for TopicNameView { language, name } in names {
        match name.trim() {
            "" => store::topic::delete_topic_name(tx, id, language).await?,
            name => store::topic::upsert_topic_name(tx, id, language, name).await?,
        }
    }
    Ok(())
}

pub async fn create_topic(call: Call, request: CreateTopic) -> Answer<CreateTopic> {
    check_names(&request.names)?;
    let names: Vec<TopicNameView> =
        request.names.into_iter().filter(|name| !name.name.trim().is_empty()).collect();
    let first = names.iter().find(|name| name.language == "en").or(names.first());
    let Some(first) = first else {
        return Err(ApiError::new(ErrorCode::InvalidField, "a name is needed").field("names"));
    };
    let id = match request.topic_id {
        Some(id) => id,
        None => TopicId::parse(&slug(&first.name)).map_err(|_| {
            let detail =
                "no id can be made of this name: give one of small Latin letters, digits and hyphens";
            ApiError::new(ErrorCode::InvalidField, detail).field("topic_id")
        })?,
    };
    let mut tx = begin(&call.app).await?;
    if store::topic::insert_topics(&mut tx, &[id.as_str()]).await? == 0 {
        let detail = format!("there is a topic {id} already");
        return Err(ApiError::new(ErrorCode::Conflict, detail).field("topic_id"));
    }
    set_names(&mut tx, &id, &names).await?;
    end(&call, tx).await
}

async fn must_be(tx: &mut Tx, id: &TopicId) -> Result<(), ApiError> {
    let there = store::topic::list_topic_ids(&mut *tx).await?;
    if there.iter().any(|one| one == id.as_str()) { Ok(()) } else { Err(ApiError::not_found("topic")) }
}

pub async fn rename_topic(call: Call, request: RenameTopic) -> Answer<RenameTopic> {
    check_names(&request.names)?;
    let mut tx = begin(&call.app).await?;
    must_be(&mut tx, &request.topic_id).await?;
    set_names(&mut tx, &request.topic_id, &request.names).await?;
    end(&call, tx).await
}

pub async fn delete_topic(call: Call, request: DeleteTopic) -> Answer<DeleteTopic> {
    let mut tx = begin(&call.app).await?;
    // Whoever has answered on it, or on what was part of it, holds something else now.
    let graph = graph_of(&mut tx).await?;
    mark_stale(&mut tx, &graph, request.topic_id.as_str()).await?;
    let gone = match store::topic::delete_topic(&mut tx, &request.topic_id).await {
        Err(StoreError::Dangling(_)) => {
            let detail = "clips are on it: give them another topic first";
            return Err(ApiError::new(ErrorCode::Conflict, detail).field("topic_id"));
        }
        other => other?,
    };
    if !gone {
        return Err(ApiError::not_found("topic"));
    }
    end(&call, tx).await
}

/// An edge of the wire, if its kind is known.
fn edge_of(from: &TopicId, kind: EdgeKind, to: &TopicId) -> Result<Edge, ApiError> {
    let kind = match kind {
        EdgeKind::Prerequisite => graph::EdgeKind::Prerequisite,
        EdgeKind::PartOf => graph::EdgeKind::PartOf,
        EdgeKind::Unknown => {
            return Err(ApiError::new(ErrorCode::InvalidField, "prerequisite or part_of").field("kind"));
        }
    };
    Ok(Edge { from: from.to_string(), kind, to: to.to_string() })
}

pub async fn add_topic_edge(call: Call, request: AddTopicEdge) -> Answer<AddTopicEdge> {
    let edge = edge_of(&request.from, request.kind, &request.to)?;
    let mut tx = begin(&call.app).await?;
    let mut graph = graph_of(&mut tx).await?;
    match graph.add_edge(&edge) {
        Ok(_) => {}
        Err(EdgeProblem::Unknown(_)) => return Err(ApiError::not_found("topic")),
        Err(EdgeProblem::Itself) => {
            return Err(ApiError::new(ErrorCode::InvalidField, "both ends are one topic").field("to"));
        }
        Err(EdgeProblem::Circle(way)) => {
            let detail = format!("it would close a circle: {}", way.join(" → "));
            return Err(ApiError::new(ErrorCode::Conflict, detail).field("to"));
        }
    }
    store::topic::insert_edge(&mut tx, &row_of(&edge)).await?;
    mark_stale(&mut tx, &graph, &edge.from).await?;
    end(&call, tx).await
}

pub async fn delete_topic_edge(call: Call, request: DeleteTopicEdge) -> Answer<DeleteTopicEdge> {
    let edge = edge_of(&request.from, request.kind, &request.to)?;
    let mut tx = begin(&call.app).await?;
    let graph = graph_of(&mut tx).await?;
    store::topic::delete_edge(&mut tx, &row_of(&edge)).await?;
    mark_stale(&mut tx, &graph, &edge.from).await?;
    end(&call, tx).await
}
