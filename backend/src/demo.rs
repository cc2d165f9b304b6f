//! The demo library: which lessons are to be loaded, and what of a lesson goes where in the database. Rendering is a job.

use crate::{
    app::App,
    jobs::{self, Task},
    store::{
        StoreError, Tx, catalogue, demo,
        draft::{self, ClipChange},
        job, person,
        question::{self, QuestionRow},
        topic,
    },
};
use minnow_renderer::{Answer, Author, Lesson, Timeline};
use minnow_shared::{
    ChoiceId, ClipId, PersonId, QuestionId, TopicId,
    caption::{CaptionTrack, Cue},
    clip::TwinParagraph,
    question::{ChoiceKey, Question, QuestionKey, TextRule},
};
use sha2::{Digest, Sha256};
use std::collections::HashMap;

/// 1 July 2026: ids of the demo library begin here, so that they are the same on every server.
const EPOCH_MS: i64 = 1_782_864_000_000;

/// Queues every lesson that was never loaded, if the operator wants the demo library: by flag, or because there are no
/// clips yet. The built-in topics are there in any case, so that the first creator finds some.
///
/// # Errors
/// Whatever the database answers.
pub async fn enqueue(app: &App) -> Result<(), StoreError> {
    let now_ms = app.now_ms();
    let wanted = match app.config.demo {
        _ if app.config.no_demo => false,
        Some(wanted) => wanted,
        None => demo::has_no_clips(&app.db).await? && demo::list_demo_lessons(&app.db).await?.is_empty(),
    };
    let mut tx = app.db.begin().await?;
    if wanted {
        add_topics(&mut tx).await?;
    } else {
        add_first_topics(&mut tx).await?;
    }
    let mut queued = 0;
    if wanted {
        job::update_failed_jobs_waiting(&mut tx, "render_lesson", now_ms).await?;
        let loaded = demo::list_demo_lessons(&mut tx).await?;
        for (place, slug) in (0..).zip(mixed_by_topic()) {
            if !loaded.contains(&slug) {
                // A millisecond apart: the queue keeps this order.
                queued += u32::from(
                    jobs::enqueue_once(&mut tx, &Task::RenderLesson { slug }, now_ms + place).await?,
                );
            }
        }
    }
    tx.commit().await?;
    if queued > 0 {
        tracing::info!("the demo library is being made: {queued} lessons, the first is there in a moment");
    }
    Ok(())
}

/// Slugs of all lessons, one topic after the other in turn.
fn mixed_by_topic() -> Vec<String> {
    let mut seen: HashMap<String, usize> = HashMap::new();
    let mut lessons: Vec<(usize, String)> = minnow_renderer::builtin()
        .iter()
        .map(|(slug, source)| {
            let topic = minnow_renderer::parse(source).ok().and_then(|l| l.topics.first().cloned());
            let round = seen.entry(topic.unwrap_or_default()).or_default();
            *round += 1;
            (*round, (*slug).to_owned())
        })
        .collect();
    lessons.sort_by_key(|(round, _)| *round);
    lessons.into_iter().map(|(_, slug)| slug).collect()
}

/// Adds the built-in topics where there is none yet: to be called before anybody adds one.
///
/// # Errors
/// Whatever the database answers.
pub async fn add_first_topics(tx: &mut Tx) -> Result<(), StoreError> {
    if demo::has_no_topics(&mut *tx).await? { add_topics(tx).await } else { Ok(()) }
}

async fn add_topics(tx: &mut Tx) -> Result<(), StoreError> {
    for (place, builtin) in (0..).zip(minnow_renderer::topics()) {
        let Ok(id) = TopicId::parse(&builtin.id) else { continue };
        topic::upsert_topic(tx, &id, place).await?;
        for (language, name) in [("en", &builtin.name.en), ("it", &builtin.name.it), ("ar", &builtin.name.ar)]
        {
            topic::upsert_topic_name(tx, &id, language, name).await?;
        }
    }
    tell_of_topics(tx).await
}

/// Nodes read the topics again with any change of the catalogue: this is one of a clip that is not there.
///
/// # Errors
/// Whatever the database answers.
pub async fn tell_of_topics(tx: &mut Tx) -> Result<(), StoreError> {
    catalogue::touch(tx, &clip_id("")).await
}

fn bits(what: &str) -> [u8; 10] {
    let hash = Sha256::digest(what.as_bytes());
    let mut bits = [0; 10];
    bits.iter_mut().zip(hash.iter()).for_each(|(to, from)| *to = *from);
    bits
}

/// The id of a lesson's clip: the same on every server.
pub fn clip_id(slug: &str) -> ClipId {
    ClipId::new(EPOCH_MS, bits(&format!("clip {slug}")))
}

/// The person who made a lesson, added when not there yet. A handle that somebody else has is left to them.
///
/// # Errors
/// Whatever the database answers.
pub async fn add_author(tx: &mut Tx, author: &Author, now_ms: i64) -> Result<PersonId, StoreError> {
    let id = PersonId::new(EPOCH_MS, bits(&format!("person {}", author.handle)));
    if person::find_person(&mut *tx, &id).await?.is_some() {
        return Ok(id);
    }
    let taken = person::find_person_by_handle(&mut *tx, &author.handle).await?.is_some();
    let handle = if taken { format!("{}-demo", author.handle) } else { author.handle.clone() };
    person::insert_guest(tx, &id, now_ms).await?;
    person::promote_guest(tx, &id, &handle, &author.name, None, now_ms).await?;
    person::update_profile(tx, &id, None, Some(author.bio.clone()), now_ms).await?;
    Ok(id)
}

/// Writes all of a lesson but its media: the clip, captions, text twin, question, topics.
///
/// # Errors
/// Whatever the database answers.
pub async fn add_clip(
    tx: &mut Tx,
    lesson: &Lesson,
    timeline: &Timeline,
    author: &PersonId,
    now_ms: i64,
) -> Result<ClipId, StoreError> {
    let id = clip_id(&lesson.slug);
    let json = |what: Result<String, serde_json::Error>| {
        what.map_err(|e| StoreError::Unreadable("a lesson", e.to_string()))
    };
    let cues = minnow_renderer::captions(lesson, timeline);
    let cues =
        cues.into_iter().map(|c| Cue { start_ms: c.start_ms, end_ms: c.end_ms, text: c.text }).collect();
    let captions = [CaptionTrack { language: lesson.language.clone(), cues }];
    let twin = minnow_renderer::text_twin(lesson, timeline);
    let twin: Vec<TwinParagraph> =
        twin.paragraphs.into_iter().map(|p| TwinParagraph { at_ms: p.start_ms, text: p.text }).collect();
    draft::insert_clip(tx, &id, author, &lesson.language, now_ms).await?;
    let change = ClipChange {
        title: Some(lesson.title.clone()),
        language: Some(lesson.language.clone()),
        licence: Some(lesson.licence.clone()),
        source_url: Some(lesson.sources.iter().find(|s| s.starts_with("http")).cloned()),
        alt: Some(lesson.alt.clone()),
        captions: Some(json(serde_json::to_string(&captions))?),
        twin: Some(json(serde_json::to_string(&twin))?),
        cover_ms: Some(i64::from(timeline.cover_ms)),
    };
    draft::update_clip(tx, &id, &change, now_ms).await?;
    let topics: Vec<TopicId> = lesson.topics.iter().filter_map(|t| TopicId::parse(t).ok()).collect();
    if !draft::set_topics(tx, &id, &topics).await? {
        return Err(StoreError::Dangling(format!("a topic of {}", lesson.slug)));
    }
    for (place, (asked, moment_ms)) in lesson.questions.iter().zip(&timeline.question_ms).enumerate() {
        let name = format!("{} {place}", lesson.slug);
        let question_id = QuestionId::new(EPOCH_MS, bits(&format!("question {name}")));
        let mut whole = Question::new(asked.prompt.as_str(), question_key(&asked.answer, &name));
        whole.reason = asked.reason.as_str().into();
        let row = QuestionRow::of(&question_id, author.as_str(), &whole)
            .map_err(|e| StoreError::Unreadable("a lesson", e.to_string()))?;
        question::upsert_question(tx, &row, now_ms).await?;
        question::upsert_asked(tx, &id, &question_id, i64::from(*moment_ms)).await?;
    }
    Ok(id)
}

fn question_key(answer: &Answer, name: &str) -> QuestionKey {
    match answer {
        Answer::Choices { choices } => QuestionKey::Choices {
            choices: choices
                .iter()
                .enumerate()
                .map(|(place, choice)| ChoiceKey {
                    id: Some(ChoiceId::new(EPOCH_MS, bits(&format!("choice {name} {place}")))),
                    text: choice.text.as_str().into(),
                    is_right: choice.right,
                    credit: None,
                    reason: choice.note.as_str().into(),
                })
                .collect(),
            multiple: false,
            keep_order: true,
        },
        Answer::Typed { accepted, .. } => QuestionKey::Typed {
            accepted: accepted.iter().map(|answer| answer.as_str().into()).collect(),
            rule: TextRule::default(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_lesson_has_one_place_and_the_first_ones_differ_in_topic() {
        let slugs = mixed_by_topic();
        assert!(slugs.len() >= 30);
        assert_eq!(slugs.iter().collect::<HashSet<_>>().len(), slugs.len());
        let topics: HashSet<String> = slugs
            .iter()
            .take(6)
            .map(|slug| {
                let source = minnow_renderer::builtin().iter().find(|(s, _)| s == slug).unwrap().1;
                minnow_renderer::parse(source).unwrap().topics[0].clone()
            })
            .collect();
        assert_eq!(topics.len(), 6);
    }

    #[test]
    fn every_lesson_fits_the_limits_of_a_clip() {
        use minnow_shared::limit;
        for (slug, source) in minnow_renderer::builtin() {
            let lesson = minnow_renderer::parse(source).unwrap();
            limit::text("title", &lesson.title, 1, limit::TITLE).unwrap();
            limit::text("alt", &lesson.alt, 1, limit::ALT).unwrap();
            limit::text("licence", &lesson.licence, 1, limit::LICENCE).unwrap();
            assert!((1..=limit::TOPICS_PER_CLIP).contains(&lesson.topics.len()), "{slug}");
            assert!(minnow_renderer::author(&lesson.author).is_some(), "{slug}: author {}", lesson.author);
            for asked in &lesson.questions {
                let draft = minnow_shared::question::QuestionDraft {
                    id: None,
                    moment_ms: 0,
                    stem: asked.prompt.clone(),
                    key: question_key(&asked.answer, slug),
                    reason: asked.reason.clone(),
                };
                draft.check(None).unwrap_or_else(|problem| panic!("{slug}: {problem:?}"));
            }
        }
    }
}
