//! Topics.

use super::{clip_views, context::Call, route::Answer};
use minnow_shared::{
    limit,
    topic::{ListTopics, TopicItemView, TopicListView, TopicView},
};

/// Posters shown for a topic.
const POSTERS: usize = 3;

pub async fn list_topics(call: Call, request: ListTopics) -> Answer<ListTopics> {
    let app = &call.app;
    if let Some(language) = &request.language {
        limit::text("language", language, 2, limit::LANGUAGE)?;
    }
    let topics = app.feed.topics();
    let languages: Vec<String> = match request.language {
        Some(language) => vec![language.to_lowercase()],
        None => call.caller.languages.clone(),
    };
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
