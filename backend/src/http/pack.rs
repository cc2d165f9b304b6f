//! Packs: clips with their questions whole, for the time without a network.

use super::{
    answer::{asked_view, next_try},
    clip_views::{self, from_json, small},
    context::Call,
    error::ApiError,
    feed,
    playlist::{self, object_of},
    review::day_start_ms,
    route::Answer,
};
use crate::{
    policy::{self, Action},
    review::{freshen, settings_of},
    seal::seal,
    store::{self, card::CardRow, form::WholeFormRow},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use minnow_shared::{
    ClipId, ErrorCode, PlaylistId, QuestionId, TopicId,
    answer::AskedView,
    clip::ClipView,
    feed::GetFeed,
    limit,
    pack::{
        MakePack, NEXT_MINUTES, PackAnswerView, PackPlaylistView, PackQuestionView, PackSource, PackStepView,
        PackView, SEAL_NONCE,
    },
    question::Question,
};
use std::collections::{BTreeSet, HashMap, HashSet};

/// Due cards that are taken along at most.
const DUE: i64 = 60;
/// Questions that are taken along at most, other forms of them counted in.
const QUESTIONS: usize = 600;
/// What answering a question takes on average, milliseconds.
const QUESTION_MS: u32 = 13_000;

/// What a pack holds, before its questions are looked up.
#[derive(Default)]
struct Contents {
    title: String,
    clips: Vec<ClipView>,
    /// Questions that come back without a clip.
    alone: Vec<String>,
    playlist: Option<PackPlaylistView>,
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
    let ids: Vec<String> = asked.iter().map(|one| one.asked.question_id.to_string()).collect();
    let roots: BTreeSet<&str> = asked.iter().map(|one| one.root_id.as_str()).collect();
    let roots: Vec<String> = roots.into_iter().map(ToOwned::to_owned).collect();
    let answers = store::card::list_histories_of(&app.db, &person, &roots).await?;
    let answers = answers.into_iter().filter_map(|answer| {
        Some(PackAnswerView {
            root_id: other_root(&answer.root_id, &answer.question_id),
            question_id: QuestionId::parse(&answer.question_id).ok()?,
            id: answer.review.id,
            at_ms: answer.review.at_ms,
            is_right: answer.review.is_right,
            certainty: answer.review.certainty,
        })
    });
    let mut pictures = BTreeSet::new();
    for key in store::question::list_pictures_of(&app.db, &ids).await? {
        pictures.insert(app.media.url_of(&key));
    }
    let mut questions = Vec::with_capacity(asked.len());
    for Asked { root_id, asked, is_own, whole } in asked {
        let mut nonce = [0; SEAL_NONCE];
        app.random.fill(&mut nonce);
        let sealed = seal(&secret, nonce, &person, &asked.question_id, &whole.for_learner())
            .map_err(ApiError::internal)?;
        let root_id = other_root(&root_id, asked.question_id.as_str());
        questions.push(PackQuestionView { root_id, asked, is_own, sealed });
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
        playlist: contents.playlist,
    })
}

/// The root of a family, where the question is not that itself.
fn other_root(root: &str, question: &str) -> Option<QuestionId> {
    (root != question).then(|| QuestionId::parse(root).ok()).flatten()
}

/// A question of a pack.
struct Asked {
    root_id: String,
    asked: AskedView,
    is_own: bool,
    whole: Question,
}

/// Questions of the clips, each once, then those that come alone, then the other forms of all of them: a review asks
/// another form than the last.
async fn list_asked(call: &Call, contents: &Contents) -> Result<Vec<Asked>, ApiError> {
    let (db, person) = (&call.app.db, call.person()?);
    let clips: Vec<String> = contents.clips.iter().map(|clip| clip.id.to_string()).collect();
    let mut places: HashMap<String, (Option<ClipId>, i64)> = HashMap::new();
    let mut ids: Vec<String> = Vec::new();
    for row in store::question::list_asked(db, &clips).await? {
        ids.push(row.id.clone());
        places.entry(row.id).or_insert((ClipId::parse(&row.clip_id).ok(), row.moment_ms));
    }
    ids.extend(contents.alone.iter().cloned());
    let mut forms: HashMap<String, WholeFormRow> = HashMap::new();
    for form in store::form::list_forms(db, &ids, QUESTIONS).await? {
        if !ids.contains(&form.id) {
            ids.push(form.id.clone());
        }
        forms.insert(form.id.clone(), form);
    }
    let answered: HashSet<String> =
        store::answer::list_answered_of(db, person, &ids).await?.into_iter().collect();
    let mut all = Vec::with_capacity(ids.len());
    for id in ids {
        // What is here twice is asked once.
        let (Ok(question), Some(form)) = (QuestionId::parse(&id), forms.remove(&id)) else { continue };
        let whole: Question = match from_json("questions.content", &form.content) {
            Ok(whole) => whole,
            Err(error) => {
                tracing::error!(question = id, %error, "a question is left out of a pack");
                continue;
            }
        };
        let attempt = next_try(call, &question, &whole, call.app.now_ms()).await?;
        let place = places.remove(&id).map_or((None, None), |(clip, at_ms)| (clip, Some(small(at_ms))));
        let asked = asked_view(person, &question, &whole, place, attempt, answered.contains(&id));
        let is_own = form.author_id == person.as_str();
        all.push(Asked { root_id: form.root_id, asked, is_own, whole });
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
            since_review: None,
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
    for place in store::due::list_moments(&call.app.db, call.person()?, &ids).await? {
        places.entry(place.root_id).or_insert(place.clip_id);
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

/// A playlist's clips, also behind gates that are closed.
async fn of_playlist(call: &Call, playlist: &PlaylistId) -> Result<Contents, ApiError> {
    let (app, person) = (&call.app, call.person()?);
    let object = object_of(app, call.permit().actor(), playlist).await?;
    policy::can(call.permit().actor(), Action::ReadPlaylist, &object)?;
    let absent = || ApiError::not_found("playlist");
    let row = store::playlist::find_playlist(&app.db, playlist).await?.ok_or_else(absent)?;
    let rows = store::playlist::list_steps(&app.db, &[playlist.to_string()], Some(person)).await?;
    let ids: Vec<String> = rows.iter().filter_map(|step| step.clip_id.clone()).collect();
    let questions = store::playlist::list_step_questions(&app.db, person, &ids).await?;
    let steps = rows.iter().map(|step| {
        let asked = || questions.iter().filter(|asked| step.clip_id.as_ref() == Some(&asked.clip_id));
        let id = |asked: &store::playlist::StepQuestionRow| QuestionId::parse(&asked.question_id).ok();
        PackStepView {
            clip_id: step.clip_id.as_deref().and_then(|clip| ClipId::parse(clip).ok()),
            is_gate: step.is_gate,
            questions: asked().filter_map(id).collect(),
            right: asked().filter(|asked| asked.is_right).filter_map(id).collect(),
            is_watched: step.watched,
        }
    });
    let view = playlist::view_of(call, playlist, true).await?;
    let playlist = Some(PackPlaylistView { view, steps: steps.collect() });
    let ids: Vec<String> = ids.into_iter().take(limit::PACK_CLIPS).collect();
    let mut contents = Contents { title: row.title, playlist, ..Contents::default() };
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
