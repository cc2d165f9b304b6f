//! Packs: clips with their questions whole, for the time without a network.

use super::{
    answer::{asked_view, next_try},
    clip_views::{self, from_json, small},
    context::Call,
    error::ApiError,
    feed,
    playlist::{facts, object_of},
    review::day_start_ms,
    route::Answer,
};
use crate::{
    policy::{self, Action},
    review::{freshen, settings_of},
    seal::seal,
    store::{self, card::CardRow},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use minnow_shared::{
    ClipId, ErrorCode, PlaylistId, QuestionId, TopicId,
    clip::ClipView,
    feed::GetFeed,
    limit,
    pack::{MakePack, NEXT_MINUTES, PackAnswerView, PackQuestionView, PackSource, PackView, SEAL_NONCE},
    question::Question,
};
use std::collections::{BTreeSet, HashMap, HashSet};

/// Due cards that are taken along at most.
const DUE: i64 = 60;
/// What answering a question takes on average, milliseconds.
const QUESTION_MS: u32 = 13_000;

/// What a pack holds, before its questions are looked up.
#[derive(Default)]
struct Contents {
    title: String,
    clips: Vec<ClipView>,
    /// Questions that come back without a clip.
    alone: Vec<String>,
}

impl Contents {
    fn add(&mut self, clip: ClipView) {
        if !clip.renditions.is_empty() && self.clips.iter().all(|had| had.id != clip.id) {
            self.clips.push(clip);
        }
    }

    /// About how long it takes, milliseconds.
    fn takes_ms(&self) -> u32 {
        let clips =
            self.clips.iter().map(|clip| clip.duration_ms + QUESTION_MS * small(clip.questions.len() as i64));
        clips.fold(QUESTION_MS * small(self.alone.len() as i64), u32::saturating_add)
    }
}

pub async fn make_pack(call: Call, request: MakePack) -> Answer<MakePack> {
    let (app, person) = (&call.app, call.person()?.clone());
    if let Some(language) = &request.language {
        limit::text("language", language, 2, limit::LANGUAGE)?;
    }
    let day_ms = day_start_ms(app.now_ms(), request.utc_offset_minutes)?;
    let memory = freshen(app, &person).await?;
    let done_today = small(store::answer::count_reviewed(&app.db, &person, day_ms).await?);
    let contents = match &request.source {
        PackSource::Next => next(&call, done_today).await?,
        PackSource::Topic { topic_id } => {
            let languages = request.language.as_ref().map(|language| vec![language.to_lowercase()]);
            of_topic(&call, topic_id, languages.as_ref().unwrap_or(&call.caller.languages)).await?
        }
        PackSource::Playlist { playlist_id } => of_playlist(&call, playlist_id).await?,
        PackSource::Unknown => {
            return Err(ApiError::new(ErrorCode::InvalidField, "no such source").field("source"));
        }
    };
    let secret = app.random.secret();
    let asked = list_asked(&call, &contents).await?;
    let ids: Vec<String> = asked.iter().map(|(view, _)| view.question_id.to_string()).collect();
    let answers = store::card::list_histories_of(&app.db, &person, &ids).await?;
    let answers = answers.into_iter().filter_map(|(question, review)| {
        Some(PackAnswerView {
            question_id: QuestionId::parse(&question).ok()?,
            id: review.id,
            at_ms: review.at_ms,
            is_right: review.is_right,
            certainty: review.certainty,
        })
    });
    let mut pictures = BTreeSet::new();
    for key in store::question::list_pictures_of(&app.db, &ids).await? {
        pictures.insert(app.media.url_of(&key));
    }
    let mut questions = Vec::with_capacity(asked.len());
    for (asked, whole) in asked {
        let mut nonce = [0; SEAL_NONCE];
        app.random.fill(&mut nonce);
        let sealed = seal(&secret, nonce, &person, &asked.question_id, &whole.for_learner())
            .map_err(ApiError::internal)?;
        questions.push(PackQuestionView { asked, sealed });
    }
    Ok(PackView {
        title: contents.title,
        person_id: person,
        made_at_ms: app.now_ms(),
        secret: STANDARD.encode(secret),
        clips: contents.clips,
        questions,
        answers: answers.collect(),
        pictures: pictures.into_iter().collect(),
        weights: memory.parameters.write(),
        done_today,
        source: request.source,
    })
}

/// Questions of the clips, each once, then those that come alone: as they are asked, and whole.
async fn list_asked(
    call: &Call,
    contents: &Contents,
) -> Result<Vec<(minnow_shared::answer::AskedView, Question)>, ApiError> {
    let (db, person) = (&call.app.db, call.person()?);
    let clips: Vec<String> = contents.clips.iter().map(|clip| clip.id.to_string()).collect();
    let mut found: Vec<(String, Option<ClipId>, Option<i64>, String)> = Vec::new();
    for row in store::question::list_asked(db, &clips).await? {
        found.push((row.id, ClipId::parse(&row.clip_id).ok(), Some(row.moment_ms), row.content));
    }
    for id in &contents.alone {
        let Ok(id) = QuestionId::parse(id) else { continue };
        if let Some(row) = store::question::find_question(db, &id).await? {
            found.push((row.id, None, None, row.content));
        }
    }
    let ids: Vec<String> = found.iter().map(|found| found.0.clone()).collect();
    let answered: HashSet<String> =
        store::answer::list_answered_of(db, person, &ids).await?.into_iter().collect();
    let (mut seen, mut all) = (HashSet::new(), Vec::with_capacity(found.len()));
    for (id, clip, moment_ms, content) in found {
        let Ok(question) = QuestionId::parse(&id) else { continue };
        if !seen.insert(id.clone()) {
            continue;
        }
        let whole: Question = match from_json("questions.content", &content) {
            Ok(whole) => whole,
            Err(error) => {
                tracing::error!(question = id, %error, "a question is left out of a pack");
                continue;
            }
        };
        let attempt = next_try(call, &question, &whole, call.app.now_ms()).await?;
        let place = (clip, moment_ms.map(small));
        let view = asked_view(person, &question, &whole, place, attempt, answered.contains(&id));
        all.push((view, whole));
    }
    Ok(all)
}

/// What is due with its clips, then what comes next in the feed.
async fn next(call: &Call, done_today: u32) -> Result<Contents, ApiError> {
    let (app, person) = (&call.app, call.person()?);
    let cap = settings_of(&app.db, person).await?.daily_reviews;
    let left = i64::from(cap.saturating_sub(done_today)).min(DUE);
    let due = store::card::list_due_cards(&app.db, person, app.now_ms(), left).await?;
    let mut contents = of_due(call, &due).await?;
    let wanted_ms = NEXT_MINUTES * 60_000;
    let mut cursor = None;
    while contents.takes_ms() < wanted_ms && contents.clips.len() < limit::PACK_CLIPS {
        let request = GetFeed {
            cursor,
            topic: None,
            limit: Some(limit::FEED_PAGE),
            from: None,
            utc_offset_minutes: None,
        };
        let page = feed::page(app, Some(person), &call.caller.languages, &request).await?;
        // What is due stands in front already.
        for clip in page.clips.into_iter().filter(|clip| clip.review.is_none()) {
            if contents.takes_ms() < wanted_ms && contents.clips.len() < limit::PACK_CLIPS {
                contents.add(clip);
            }
        }
        cursor = page.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    Ok(contents)
}

/// The clips that ask what is due, in its order, until the time is full; what has no clip comes alone.
async fn of_due(call: &Call, due: &[CardRow]) -> Result<Contents, ApiError> {
    let ids: Vec<String> = due.iter().map(|card| card.question_id.clone()).collect();
    let mut places: HashMap<String, String> = HashMap::new();
    for place in
        store::question::list_places(&call.app.db, &ids).await?.into_iter().filter(|place| place.published)
    {
        places.entry(place.question_id).or_insert(place.clip_id);
    }
    let mut contents = Contents::default();
    let clips: Vec<String> = ids.iter().filter_map(|id| places.get(id).cloned()).collect();
    let views =
        clip_views::for_caller(&call.app, Some(call.person()?), &call.caller.languages, &clips).await?;
    let mut views: HashMap<String, ClipView> =
        views.into_iter().map(|view| (view.id.to_string(), view)).collect();
    for id in ids {
        if contents.takes_ms() >= NEXT_MINUTES * 60_000 || contents.clips.len() >= limit::PACK_CLIPS {
            break;
        }
        match places.get(&id) {
            Some(clip) => views.remove(clip).into_iter().for_each(|view| contents.add(view)),
            None => contents.alone.push(id),
        }
    }
    Ok(contents)
}

/// The steps of a playlist that are open to the learner.
async fn of_playlist(call: &Call, playlist: &PlaylistId) -> Result<Contents, ApiError> {
    let (app, person) = (&call.app, call.person()?);
    let object = object_of(app, call.permit().actor(), playlist).await?;
    policy::can(call.permit().actor(), Action::ReadPlaylist, &object)?;
    let absent = || ApiError::not_found("playlist");
    let row = store::playlist::find_playlist(&app.db, playlist).await?.ok_or_else(absent)?;
    let steps = store::playlist::list_steps(&app.db, &[playlist.to_string()], Some(person)).await?;
    let closed = steps.iter().position(|step| facts(step).is_closed());
    let open = closed.map_or(steps.len(), |closed| closed + 1);
    let ids: Vec<String> =
        steps.iter().take(open).filter_map(|step| step.clip_id.clone()).take(limit::PACK_CLIPS).collect();
    let mut contents = Contents { title: row.title, ..Contents::default() };
    for clip in clip_views::for_caller(app, Some(person), &call.caller.languages, &ids).await? {
        contents.add(clip);
    }
    Ok(contents)
}

/// The newest clips of a topic: first those the learner has not seen.
async fn of_topic(call: &Call, topic: &TopicId, languages: &[String]) -> Result<Contents, ApiError> {
    let (app, person) = (&call.app, call.person()?);
    let topics = app.feed.topics();
    if !topics.order.contains(topic) {
        return Err(ApiError::not_found("topic"));
    }
    let (_, newest) = app.feed.look(|index| index.topic(topic.as_str(), limit::PACK_CLIPS * 4));
    let newest: Vec<String> = newest.iter().map(ToString::to_string).collect();
    let seen: HashSet<String> = store::clip::list_seen(&app.db, person).await?.into_iter().collect();
    let (old, new): (Vec<String>, Vec<String>) = newest.into_iter().partition(|id| seen.contains(id));
    let ids: Vec<String> = new.into_iter().chain(old).take(limit::PACK_CLIPS).collect();
    let mut contents = Contents { title: topics.name(topic, languages), ..Contents::default() };
    for clip in clip_views::for_caller(app, Some(person), &call.caller.languages, &ids).await? {
        contents.add(clip);
    }
    Ok(contents)
}
