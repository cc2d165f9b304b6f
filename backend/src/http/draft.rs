//! Clips as their makers see and change them.

use super::{
    clip_views::{counts, from_json, rendition, small},
    context::Call,
    error::ApiError,
    page,
    route::Answer,
};
use crate::{
    app::App,
    jobs,
    store::{
        self, StoreError, Tx,
        clip::ClipRow,
        draft::ClipChange,
        question::{AskedRow, QuestionRow},
    },
};
use minnow_exchange::{Pictures, texts};
use minnow_shared::{
    ClipId, Done, ErrorCode, QuestionId, TopicId, UploadId,
    caption::CaptionTrack,
    draft::{
        CreateDraft, DeleteClip, DraftListView, DraftView, GetDraft, ListMyClips, MediaState, MissingPart,
        PublishClip, RefusalReason, UnpublishClip, UpdateDraft,
    },
    limit,
    question::{Question, QuestionDraft, QuestionKey},
};
use serde::Serialize;
use std::collections::HashSet;

pub async fn create_draft(call: Call, request: CreateDraft) -> Answer<CreateDraft> {
    limit::text("language", &request.language, 2, limit::LANGUAGE)?;
    let author = call.person()?;
    let mut tx = call.app.db.begin().await?;
    store::draft::insert_clip(&mut tx, &request.clip_id, author, &request.language, call.app.now_ms())
        .await?;
    let owner = store::clip::find_clip_owner(&mut tx, &request.clip_id).await?;
    if owner.is_none_or(|owner| owner.author_id != author.as_str()) {
        let detail = "this clip id is somebody else's clip";
        return Err(ApiError::new(ErrorCode::Conflict, detail).field("clip_id"));
    }
    tx.commit().await?;
    view(&call.app, &request.clip_id).await
}

pub async fn list_my_clips(call: Call, request: ListMyClips) -> Answer<ListMyClips> {
    let after = page::read(request.cursor.as_deref())?;
    let rows = store::draft::list_clips_by(&call.app.db, call.person()?, after, page::PAGE).await?;
    let next_cursor = page::write(rows.len(), rows.last().map(|(id, at_ms)| (*at_ms, id.as_str())));
    let mut clips = Vec::with_capacity(rows.len());
    for (id, _) in &rows {
        let id = ClipId::parse(id).map_err(ApiError::internal)?;
        clips.push(view(&call.app, &id).await?);
    }
    Ok(DraftListView { clips, next_cursor })
}

pub async fn get_draft(call: Call, request: GetDraft) -> Answer<GetDraft> {
    view(&call.app, &request.clip_id).await
}

pub async fn update_draft(call: Call, request: UpdateDraft) -> Answer<UpdateDraft> {
    let app = &call.app;
    let id = &request.clip_id;
    let row = store::clip::find_clip(&app.db, id).await?.ok_or_else(|| ApiError::not_found("clip"))?;
    let duration_ms = row.duration_ms.map(small);
    check(app, id, &request, duration_ms).await?;
    if let Some(language) = &request.language {
        limit::text("language", language, 2, limit::LANGUAGE)?;
    }
    if let (Some(cover), Some(duration)) = (request.cover_ms, duration_ms)
        && cover > duration
    {
        return Err(ApiError::new(ErrorCode::InvalidField, "after the end of the clip").field("cover_ms"));
    }
    let now_ms = app.now_ms();
    let new_cover = request.cover_ms.is_some_and(|cover| i64::from(cover) != row.cover_ms);
    let mut tx = app.db.begin().await?;
    if let Some(topics) = &request.topics {
        set_topics(&mut tx, id, topics).await?;
    }
    set_question(app, &mut tx, &row.author_id, &request).await?;
    store::draft::update_clip(&mut tx, id, &change(&request)?, now_ms).await?;
    if new_cover && row.media_state == "playable" {
        jobs::enqueue_cover(&mut tx, id, now_ms).await?;
    }
    if row.published
        && let Some(part) = missing(&mut tx, id).await?.first()
    {
        let detail = "a published clip keeps all its parts: take it back to draft first";
        return Err(ApiError::new(ErrorCode::NotReady, detail).field(part_name(*part)));
    }
    tx.commit().await?;
    if row.published {
        app.feed.refresh(&app.db).await?;
    }
    view(app, id).await
}

/// Checks every field; a question that stays as it is may be longer than one written here, as those of a bank are.
async fn check(
    app: &App,
    id: &ClipId,
    request: &UpdateDraft,
    duration_ms: Option<u32>,
) -> Result<(), ApiError> {
    if let Some(sent) = &request.question
        && sent.id.is_some()
    {
        let kept = store::question::list_asked(&app.db, &[id.to_string()]).await?;
        for row in kept {
            let kept = QuestionDraft { moment_ms: sent.moment_ms, ..question_draft(row)? };
            if kept == *sent && duration_ms.is_none_or(|end| sent.moment_ms <= end) {
                return Ok(UpdateDraft { question: None, ..request.clone() }.check(duration_ms)?);
            }
        }
    }
    Ok(request.check(duration_ms)?)
}

fn change(request: &UpdateDraft) -> Result<ClipChange, ApiError> {
    fn json<T: Serialize>(value: &Option<T>) -> Result<Option<String>, ApiError> {
        value.as_ref().map(serde_json::to_string).transpose().map_err(ApiError::internal)
    }
    let trimmed = |text: &Option<String>| text.as_deref().map(|text| text.trim().to_owned());
    Ok(ClipChange {
        title: trimmed(&request.title),
        language: trimmed(&request.language),
        licence: trimmed(&request.licence),
        source_url: trimmed(&request.source_url).map(|url| (!url.is_empty()).then_some(url)),
        alt: trimmed(&request.alt),
        captions: json(&request.captions)?,
        twin: json(&request.twin)?,
        cover_ms: request.cover_ms.map(i64::from),
    })
}

async fn set_topics(tx: &mut Tx, id: &ClipId, topics: &[TopicId]) -> Result<(), ApiError> {
    let distinct: HashSet<&TopicId> = topics.iter().collect();
    if distinct.len() != topics.len() {
        return Err(ApiError::new(ErrorCode::InvalidField, "a topic is there twice").field("topics"));
    }
    if store::draft::set_topics(tx, id, topics).await? {
        Ok(())
    } else {
        Err(ApiError::new(ErrorCode::InvalidField, "there is no such topic").field("topics"))
    }
}

async fn set_question(app: &App, tx: &mut Tx, author: &str, request: &UpdateDraft) -> Result<(), ApiError> {
    let id = &request.clip_id;
    if let Some(question) = &request.question {
        let question_id = question.id.clone().unwrap_or_else(|| app.new_question_id());
        // What the bank knows of it beyond this page (tags, hints, verdicts) stays.
        let there = store::question::find_question(&mut *tx, &question_id).await?;
        let mut whole = match &there {
            Some(row) => from_json::<Question>("questions.content", &row.content)?,
            None => Question::new("", question.key.clone()),
        };
        // What was not touched keeps its markup.
        if whole.stem.plain().trim() != question.stem.trim() {
            whole.stem = question.stem.trim().into();
        }
        if whole.reason.plain().trim() != question.reason.trim() {
            whole.reason = question.reason.trim().into();
        }
        whole.key = with_part_ids(app, question.key.clone());
        texts::clean(&mut whole, &mut Pictures::default());
        let row = QuestionRow::of(&question_id, author, &whole).map_err(ApiError::internal)?;
        // One question a clip today: the one before goes, unless this is the same.
        store::question::delete_asked_but(tx, id, Some(&question_id)).await?;
        if !store::question::upsert_question(tx, &row, app.now_ms()).await? {
            let detail = "this question id is another person's question";
            return Err(ApiError::new(ErrorCode::InvalidField, detail).field("question"));
        }
        store::question::upsert_asked(tx, id, &question_id, i64::from(question.moment_ms)).await?;
    } else if request.remove_question {
        store::question::delete_asked_but(tx, id, None).await?;
    }
    Ok(())
}

/// Every part gets an id of its own; the ones there are stay, so that answers keep their meaning.
fn with_part_ids(app: &App, mut key: QuestionKey) -> QuestionKey {
    key.keep_ids_once();
    key.fill_ids(|| app.new_choice_id());
    key
}

pub async fn publish_clip(call: Call, request: PublishClip) -> Answer<PublishClip> {
    let (app, id) = (&call.app, &request.clip_id);
    let mut tx = app.db.begin().await?;
    if let Some(part) = missing(&mut tx, id).await?.first() {
        let detail = "the clip is not ready to be published";
        return Err(ApiError::new(ErrorCode::NotReady, detail).field(part_name(*part)));
    }
    if !store::catalogue::is_published(&mut tx, id).await? {
        store::draft::set_published(&mut tx, id, true, app.now_ms()).await?;
    }
    tx.commit().await?;
    app.feed.refresh(&app.db).await?;
    view(app, id).await
}

pub async fn unpublish_clip(call: Call, request: UnpublishClip) -> Answer<UnpublishClip> {
    let (app, id) = (&call.app, &request.clip_id);
    let mut tx = app.db.begin().await?;
    if store::catalogue::is_published(&mut tx, id).await? {
        store::draft::set_published(&mut tx, id, false, app.now_ms()).await?;
    }
    tx.commit().await?;
    app.feed.refresh(&app.db).await?;
    view(app, id).await
}

pub async fn delete_clip(call: Call, request: DeleteClip) -> Answer<DeleteClip> {
    let (app, id) = (&call.app, &request.clip_id);
    let mut tx = app.db.begin().await?;
    delete(app, &mut tx, id).await?;
    tx.commit().await?;
    app.feed.refresh(&app.db).await?;
    Ok(Done {})
}

/// Deletes a clip; a job takes its media away once the deletion is durable.
pub async fn delete(app: &App, tx: &mut Tx, id: &ClipId) -> Result<(), StoreError> {
    let now_ms = app.now_ms();
    let keys = store::rendition::list_media_keys(&mut *tx, id).await?;
    jobs::enqueue_media_removal(tx, &keys, now_ms).await?;
    let uploads = store::upload::list_upload_ids(&mut *tx, id).await?;
    let uploads: Vec<UploadId> = uploads.iter().filter_map(|id| UploadId::parse(id).ok()).collect();
    jobs::enqueue_upload_removal(tx, &uploads, now_ms).await?;
    store::draft::delete_clip(tx, id).await
}

/// What keeps a clip from being published, in the order of the maker's form.
async fn missing(tx: &mut Tx, id: &ClipId) -> Result<Vec<MissingPart>, ApiError> {
    let row = store::clip::find_clip(&mut *tx, id).await?.ok_or_else(|| ApiError::not_found("clip"))?;
    let ids = [id.to_string()];
    let topics = store::clip::list_clip_topics(&mut *tx, &ids).await?.len();
    let renditions = store::rendition::list_renditions(&mut *tx, &ids).await?.len();
    let captions: Vec<CaptionTrack> = from_json("clips.captions", &row.captions)?;
    Ok(missing_parts(&row, topics, renditions, &captions))
}

fn missing_parts(
    row: &ClipRow,
    topics: usize,
    renditions: usize,
    captions: &[CaptionTrack],
) -> Vec<MissingPart> {
    let playable = row.media_state == "playable" && renditions > 0 && row.poster_key.is_some();
    let spoken = captions.iter().any(|track| !track.cues.is_empty());
    [
        (playable, MissingPart::Media),
        (!row.title.trim().is_empty(), MissingPart::Title),
        (topics > 0, MissingPart::Topics),
        (spoken, MissingPart::Captions),
        (!row.alt.trim().is_empty(), MissingPart::Alt),
        (!row.licence.trim().is_empty(), MissingPart::Licence),
    ]
    .into_iter()
    .filter(|(there, _)| !there)
    .map(|(_, part)| part)
    .collect()
}

fn part_name(part: MissingPart) -> &'static str {
    match part {
        MissingPart::Media => "media",
        MissingPart::Title => "title",
        MissingPart::Topics => "topics",
        MissingPart::Captions => "captions",
        MissingPart::Alt => "alt",
        MissingPart::Licence => "licence",
        MissingPart::Unknown => "unknown",
    }
}

/// A clip with all its parts, as its maker sees it.
async fn view(app: &App, id: &ClipId) -> Result<DraftView, ApiError> {
    let db = &app.db;
    let row = store::clip::find_clip(db, id).await?.ok_or_else(|| ApiError::not_found("clip"))?;
    let ids = [id.to_string()];
    let topics = store::clip::list_clip_topics(db, &ids).await?;
    let topics: Vec<TopicId> = topics.iter().filter_map(|row| TopicId::parse(&row.topic_id).ok()).collect();
    let renditions = store::rendition::list_renditions(db, &ids).await?;
    let question = store::question::list_asked(db, &ids).await?.into_iter().next();
    let captions: Vec<CaptionTrack> = from_json("clips.captions", &row.captions)?;
    let missing = missing_parts(&row, topics.len(), renditions.len(), &captions);
    Ok(DraftView {
        id: id.clone(),
        media: media_state(app, id, &row).await?,
        published: row.published,
        title: row.title,
        topics,
        language: row.language,
        licence: row.licence,
        source_url: row.source_url,
        alt: row.alt,
        captions,
        twin: from_json("clips.twin", &row.twin)?,
        question: question.map(question_draft).transpose()?,
        cover_ms: small(row.cover_ms),
        file_name: row.file_name,
        duration_ms: row.duration_ms.map(small),
        renditions: renditions
            .iter()
            .map(|rendition_row| rendition(&app.media, rendition_row, row.duration_ms))
            .collect(),
        poster_url: row.poster_key.as_deref().map(|key| app.media.url_of(key)),
        poster_small_url: row.poster_small_key.as_deref().map(|key| app.media.url_of(key)),
        missing,
        counts: counts(row.like_count, row.save_count),
        updated_at_ms: row.updated_at_ms,
    })
}

fn question_draft(row: AskedRow) -> Result<QuestionDraft, ApiError> {
    let whole: Question = from_json("questions.content", &row.content)?;
    Ok(QuestionDraft {
        id: Some(QuestionId::parse(&row.id).map_err(ApiError::internal)?),
        moment_ms: small(row.moment_ms),
        stem: whole.stem.plain(),
        key: whole.key,
        reason: whole.reason.plain(),
    })
}

async fn media_state(app: &App, id: &ClipId, row: &ClipRow) -> Result<MediaState, ApiError> {
    Ok(match row.media_state.as_str() {
        "missing" => MediaState::Missing,
        "uploading" => match store::upload::find_open_upload(&app.db, id).await? {
            Some(open) => MediaState::Uploading {
                upload_id: UploadId::parse(&open.id).map_err(ApiError::internal)?,
                received_bytes: open.received_bytes.max(0).unsigned_abs(),
                total_bytes: open.total_bytes.max(0).unsigned_abs(),
            },
            None => MediaState::Missing,
        },
        "checking" => MediaState::Checking,
        "transcoding" => {
            MediaState::Transcoding { percent: u8::try_from(row.media_percent.clamp(0, 100)).unwrap_or(100) }
        }
        "playable" => MediaState::Playable,
        "refused" => {
            let name = row.refusal.clone().unwrap_or_default();
            let reason = serde_json::from_value(serde_json::Value::String(name));
            MediaState::Refused { reason: reason.unwrap_or(RefusalReason::Unknown) }
        }
        _ => MediaState::Unknown,
    })
}
