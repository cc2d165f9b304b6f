//! Clips as the wire shows them. The part that is the same for everybody is kept in memory by the clip's version; what
//! is new with each look (counts, what the caller did, topic names in their language) is laid on top.

use super::error::ApiError;
use crate::{
    app::App,
    feed::Topics,
    media::Media,
    store::{
        self, StoreError,
        clip::{ClipNowRow, ClipRow, TileRow},
        question::AskedRow,
        rendition::RenditionRow,
    },
};
use minnow_shared::{
    ClipId, PersonId, QuestionId, TopicId,
    clip::{ClipTileView, ClipView, CountsView, RenditionView},
    person::AuthorView,
    question::{Question, QuestionView},
    topic::TopicView,
};
use serde::de::DeserializeOwned;
use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, PoisonError},
};

/// Clips kept in memory: about 10 kB each.
const KEPT: usize = 1_024;

#[derive(Default)]
struct Cache {
    clips: HashMap<String, (i64, Arc<ClipView>)>,
    /// In the order they came, to forget the oldest.
    order: VecDeque<String>,
}

/// The kept parts of clips.
#[derive(Default)]
pub struct ClipViews(Mutex<Cache>);

impl ClipViews {
    fn with<T>(&self, use_it: impl FnOnce(&mut Cache) -> T) -> T {
        use_it(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn find(&self, id: &str, version: i64) -> Option<Arc<ClipView>> {
        self.with(|cache| cache.clips.get(id).filter(|kept| kept.0 == version).map(|kept| kept.1.clone()))
    }

    fn keep(&self, id: &str, version: i64, view: Arc<ClipView>) {
        self.with(|cache| {
            if cache.clips.insert(id.to_owned(), (version, view)).is_none() {
                cache.order.push_back(id.to_owned());
            }
            while cache.clips.len() > KEPT
                && let Some(oldest) = cache.order.pop_front()
            {
                cache.clips.remove(&oldest);
            }
        });
    }
}

/// The lasting parts of published clips, in the order asked for; clips that are not (or no longer) there are left out.
pub async fn lasting(app: &App, ids: &[String]) -> Result<Vec<Arc<ClipView>>, ApiError> {
    let versions: HashMap<&String, i64> =
        app.feed.look(|index| ids.iter().filter_map(|id| Some((id, index.version_of(id)?))).collect());
    let mut found: HashMap<String, Arc<ClipView>> = HashMap::with_capacity(ids.len());
    let mut missing = Vec::new();
    for (id, version) in &versions {
        match app.clip_views.find(id, *version) {
            Some(view) => _ = found.insert((*id).clone(), view),
            None => missing.push((*id).clone()),
        }
    }
    if !missing.is_empty() {
        for view in build(app, &missing).await? {
            let view = Arc::new(view);
            let id = view.id.to_string();
            if let Some(version) = versions.get(&id) {
                app.clip_views.keep(&id, *version, view.clone());
            }
            found.insert(id, view);
        }
    }
    Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
}

/// Clips for this caller, in the order asked for.
pub async fn for_caller(
    app: &App,
    person: Option<&PersonId>,
    languages: &[String],
    ids: &[String],
) -> Result<Vec<ClipView>, ApiError> {
    let now = store::clip::list_clips_now(&app.db, person, ids).await?;
    with_now(app, languages, ids, now).await
}

/// Clips for this caller, their present state already read; those without one are left out.
pub async fn with_now(
    app: &App,
    languages: &[String],
    ids: &[String],
    now: Vec<ClipNowRow>,
) -> Result<Vec<ClipView>, ApiError> {
    let now: HashMap<String, ClipNowRow> = now.into_iter().map(|row| (row.id.clone(), row)).collect();
    let topics = app.feed.topics();
    let lasting = lasting(app, ids).await?;
    Ok(lasting
        .iter()
        .filter_map(|view| Some(lay(view, now.get(view.id.as_str())?, &topics, languages)))
        .collect())
}

/// One clip that may be unpublished, for those who may see it.
pub async fn unpublished(
    app: &App,
    person: Option<&PersonId>,
    languages: &[String],
    id: &ClipId,
) -> Result<Option<ClipView>, ApiError> {
    let view = build(app, &[id.to_string()]).await?.pop();
    let now = store::clip::find_clip_now(&app.db, person, id).await?;
    let topics = app.feed.topics();
    Ok(view.zip(now).map(|(view, now)| lay(&view, &now, &topics, languages)))
}

fn lay(view: &ClipView, now: &ClipNowRow, topics: &Topics, languages: &[String]) -> ClipView {
    let mut view = view.clone();
    view.counts = counts(now.like_count, now.save_count);
    view.liked = now.liked;
    view.saved = now.saved;
    for topic in &mut view.topics {
        topic.name = topics.name(&topic.id, languages);
    }
    let answered = now.answered.as_deref().unwrap_or_default();
    for question in &mut view.questions {
        question.answered = answered.split(' ').any(|id| id == question.id.as_str());
    }
    view
}

/// Counts as the wire has them.
pub fn counts(likes: i64, saves: i64) -> CountsView {
    CountsView { likes: likes.max(0).unsigned_abs(), saves: saves.max(0).unsigned_abs() }
}

/// Builds the lasting parts from the database; clips that are not playable are left out.
async fn build(app: &App, ids: &[String]) -> Result<Vec<ClipView>, StoreError> {
    let rows = store::clip::list_clips(&app.db, ids).await?;
    let mut topics: HashMap<String, Vec<TopicView>> = HashMap::new();
    for row in store::clip::list_clip_topics(&app.db, ids).await? {
        if let Ok(id) = TopicId::parse(&row.topic_id) {
            topics.entry(row.clip_id).or_default().push(TopicView { id, name: String::new() });
        }
    }
    let mut renditions: HashMap<String, Vec<RenditionRow>> = HashMap::new();
    for row in store::rendition::list_renditions(&app.db, ids).await? {
        renditions.entry(row.clip_id.clone()).or_default().push(row);
    }
    let mut questions: HashMap<String, Vec<QuestionView>> = HashMap::new();
    for row in store::question::list_asked(&app.db, ids).await? {
        match question(&row) {
            Ok(view) => questions.entry(row.clip_id).or_default().push(view),
            Err(error) => tracing::error!(question = row.id, %error, "a question is left out"),
        }
    }
    let mut views = Vec::with_capacity(rows.len());
    for row in rows {
        let id = row.id.clone();
        let parts = (
            topics.remove(&id).unwrap_or_default(),
            renditions.remove(&id).unwrap_or_default(),
            questions.remove(&id).unwrap_or_default(),
        );
        match view(&app.media, row, parts) {
            Ok(Some(view)) => views.push(view),
            Ok(None) => tracing::debug!(clip = id, "not playable yet"),
            Err(error) => tracing::error!(clip = id, %error, "a clip is left out"),
        }
    }
    Ok(views)
}

type Parts = (Vec<TopicView>, Vec<RenditionRow>, Vec<QuestionView>);

fn view(media: &Media, row: ClipRow, parts: Parts) -> Result<Option<ClipView>, StoreError> {
    let (topics, renditions, questions) = parts;
    let (Some(poster), Some(poster_small), Some(duration)) =
        (&row.poster_key, &row.poster_small_key, row.duration_ms)
    else {
        return Ok(None);
    };
    if renditions.is_empty() {
        return Ok(None);
    }
    let unreadable = |_| StoreError::Unreadable("clips.id", row.id.clone());
    Ok(Some(ClipView {
        id: ClipId::parse(&row.id).map_err(unreadable)?,
        title: row.title.clone(),
        author: AuthorView {
            id: PersonId::parse(&row.author_id).map_err(unreadable)?,
            handle: row.author_handle.clone().unwrap_or_default(),
            display_name: row.author_name.clone(),
            bio: row.author_bio.clone(),
        },
        topics,
        language: row.language.clone(),
        licence: row.licence.clone(),
        source_url: row.source_url.clone(),
        duration_ms: small(duration),
        width: small(row.width.unwrap_or_default()),
        height: small(row.height.unwrap_or_default()),
        renditions: renditions
            .iter()
            .map(|rendition_row| rendition(media, rendition_row, row.duration_ms))
            .collect(),
        poster_url: media.url_of(poster),
        poster_small_url: media.url_of(poster_small),
        thumbhash: row.thumbhash.clone().unwrap_or_default(),
        alt: row.alt.clone(),
        captions: from_json("clips.captions", &row.captions)?,
        questions,
        counts: counts(0, 0),
        liked: false,
        saved: false,
        published_at_ms: row.published_at_ms.unwrap_or_default(),
        guess_first: false,
        review: None,
    }))
}

/// A rendition as the wire shows it.
pub fn rendition(media: &Media, row: &RenditionRow, duration_ms: Option<i64>) -> RenditionView {
    let size_bytes = row.size_bytes.max(0).unsigned_abs();
    let duration_ms = duration_ms.unwrap_or_default().max(0).unsigned_abs();
    RenditionView {
        short_side: small(row.short_side),
        width: small(row.width),
        height: small(row.height),
        url: media.film_url(&row.key, size_bytes, duration_ms),
        size_bytes,
        moov_end_bytes: row.moov_end_bytes.max(0).unsigned_abs(),
        two_seconds_bytes: row.two_seconds_bytes.max(0).unsigned_abs(),
    }
}

/// A question without its key.
fn question(row: &AskedRow) -> Result<QuestionView, StoreError> {
    let whole: Question = from_json("questions.content", &row.content)?;
    let form = whole.key.inline_form();
    let id =
        QuestionId::parse(&row.id).map_err(|_| StoreError::Unreadable("questions.id", row.id.clone()))?;
    Ok(QuestionView {
        id,
        moment_ms: small(row.moment_ms),
        stem: whole.stem.reading(),
        form,
        answered: false,
    })
}

/// A tile; `None` for a row whose id is none.
pub fn tile(media: &Media, row: &TileRow) -> Option<ClipTileView> {
    Some(ClipTileView {
        id: ClipId::parse(&row.id).ok()?,
        title: row.title.clone(),
        author_name: row.author_name.clone(),
        duration_ms: small(row.duration_ms.unwrap_or_default()),
        poster_small_url: row.poster_small_key.as_deref().map(|key| media.url_of(key)).unwrap_or_default(),
        thumbhash: row.thumbhash.clone().unwrap_or_default(),
        counts: counts(row.like_count, row.save_count),
    })
}

/// Reads a stored JSON text. `what`: table and column, for the log.
pub fn from_json<T: DeserializeOwned>(what: &'static str, text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::Unreadable(what, error.to_string()))
}

/// A stored number as the wire's smaller kind.
pub fn small(number: i64) -> u32 {
    u32::try_from(number.max(0)).unwrap_or(u32::MAX)
}
