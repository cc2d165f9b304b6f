//! `minnow import clips`: a folder of other people's films becomes clips, by the same checks and encodings as uploads. What
//! goes with a film (title, topics, licence, language, captions) comes from a table or a file beside it.

mod folder;
mod sidecar;
mod text;

use super::{Node, Task, Worker, enqueue, transcode_clip::word};
use crate::{
    app::App,
    store::{
        draft::{self, ClipChange},
        person,
        question::{self, QuestionRow},
        rendition, topic,
        upload::{self, UploadPartRow, UploadRow},
    },
};
use anyhow::Context;
use bytes::Bytes;
use folder::relative;
use minnow_exchange::{Pictures, texts};
use minnow_shared::{
    ChoiceId, ClipId, PersonId, QuestionId, TopicId, UploadId,
    draft::RefusalReason,
    limit,
    question::{Question, QuestionDraft},
};
use sha2::{Digest, Sha256};
use sidecar::{Sidecar, Sidecars};
use std::{
    collections::VecDeque,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use tokio::io::AsyncReadExt;
use tokio_util::sync::CancellationToken;

/// 1 July 2026, where ids of imported clips begin: the same file imported twice is the same clip.
const EPOCH_MS: i64 = 1_782_864_000_000;
const PART_BYTES: usize = 16 << 20;
const LOOK: Duration = Duration::from_millis(150);

/// What became of one file.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct ImportedFile {
    /// Relative to the folder.
    pub file: String,
    /// `playable` or `refused`.
    pub outcome: &'static str,
    pub clip: Option<ClipId>,
    /// A `RefusalReason` as the wire writes it.
    pub reason: Option<String>,
    /// Playable, and shown to all: it has captions.
    #[serde(skip)]
    pub published: bool,
}

/// Imports every film of a folder and of the folders in it, telling of each as soon as it is playable or refused, in the
/// order of their names. Links that lead out of the folder are told as refused; hidden files are left alone.
///
/// # Errors
/// When the folder cannot be read or the database or media store fails for good.
pub async fn import_clips(
    app: &App,
    folder: &Path,
    mut tell: impl FnMut(ImportedFile),
) -> anyhow::Result<()> {
    let root = folder.canonicalize().with_context(|| format!("cannot read {}", folder.display()))?;
    app.media.ready().await.context("nothing can be imported")?;
    let (films, sidecars) = Sidecars::read(&root)?;
    let mut tx = app.db.begin().await?;
    crate::demo::add_first_topics(&mut tx).await?;
    tx.commit().await?;
    films.barred.iter().for_each(|file| tell(unreadable(relative(&root, file))));
    let node = Arc::new(Node::start(app).await?);
    let stop = CancellationToken::new();
    let mut workers = tokio::task::JoinSet::new();
    let count = app.config.tools.workers.max(1);
    for _ in 0..count {
        workers.spawn(Worker::new(app.clone(), node.clone()).impatient().work(stop.clone()));
    }
    let outcome = feed(app, (&root, &films.files), &sidecars, count + 1, &mut tell).await;
    stop.cancel();
    while workers.join_next().await.is_some() {}
    outcome
}

/// Keeps a few files on their way at a time, so that not all of them lie in the store twice.
async fn feed(
    app: &App,
    (root, files): (&Path, &[PathBuf]),
    sidecars: &Sidecars,
    under_way: usize,
    tell: &mut impl FnMut(ImportedFile),
) -> anyhow::Result<()> {
    let mut left: VecDeque<&PathBuf> = files.iter().collect();
    let mut waiting: Vec<(String, ClipId, bool)> = Vec::new();
    while !left.is_empty() || !waiting.is_empty() {
        while let Some(file) = left.front().filter(|_| waiting.len() < under_way) {
            let name = relative(root, file);
            let sidecar = sidecars.of(file);
            let has_captions = !sidecar.captions.is_empty();
            match begin(app, file, &name, &sidecar).await {
                Ok(clip) => waiting.push((name, clip, has_captions)),
                Err(BeginError::Unreadable(error)) => {
                    tracing::warn!(file = name, %error, "cannot be read");
                    tell(unreadable(name));
                }
                Err(BeginError::Other(error)) => return Err(error.context(format!("cannot import {name}"))),
            }
            left.pop_front();
        }
        let mut still = Vec::new();
        for (name, clip, has_captions) in waiting {
            match ended(app, &name, &clip, has_captions).await? {
                Some(file) => tell(file),
                None => still.push((name, clip, has_captions)),
            }
        }
        waiting = still;
        tokio::time::sleep(LOOK).await;
    }
    Ok(())
}

/// Why a file did not become a clip on its way.
#[derive(Debug)]
enum BeginError {
    /// The file's own matter: the next one may be read.
    Unreadable(std::io::Error),
    /// The database's or the media store's.
    Other(anyhow::Error),
}

impl<E: Into<anyhow::Error>> From<E> for BeginError {
    fn from(error: E) -> Self {
        BeginError::Other(error.into())
    }
}

fn unreadable(file: String) -> ImportedFile {
    let reason = Some(word(RefusalReason::Unreadable));
    ImportedFile { file, outcome: "refused", clip: None, reason, published: false }
}

/// What became of a clip, once that is known. A playable one with captions is published.
async fn ended(
    app: &App,
    name: &str,
    clip: &ClipId,
    has_captions: bool,
) -> anyhow::Result<Option<ImportedFile>> {
    let Some(media) = rendition::find_clip_media(&app.db, clip).await? else {
        anyhow::bail!("the clip of {name} was deleted while it was imported");
    };
    let mut file = ImportedFile {
        file: name.to_owned(),
        outcome: "playable",
        clip: Some(clip.clone()),
        reason: None,
        published: media.published,
    };
    match media.media_state.as_str() {
        "playable" => {
            if has_captions && !media.published {
                let mut tx = app.db.begin().await?;
                draft::set_published(&mut tx, clip, true, app.now_ms()).await?;
                tx.commit().await?;
                file.published = true;
            }
        }
        "refused" => {
            file.outcome = "refused";
            file.reason = Some(media.refusal.unwrap_or_else(|| word(RefusalReason::ServerFault)));
        }
        _ => return Ok(None),
    }
    Ok(Some(file))
}

/// Makes the clip of a file, brings the file to the media store and queues the work. A file that was imported before is
/// the same clip: a published one stays as it is, a playable draft takes what goes with it anew, a refused one is tried
/// again.
async fn begin(app: &App, file: &Path, name: &str, sidecar: &Sidecar) -> Result<ClipId, BeginError> {
    let (hash, size) = hash(file).await?.map_err(BeginError::Unreadable)?;
    let clip = ClipId::new(EPOCH_MS, bits(&[name.as_bytes(), &hash]));
    let now_ms = app.now_ms();
    let known = rendition::find_clip_media(&app.db, &clip).await?;
    let is_here = |media: &rendition::ClipMediaRow| {
        matches!(media.media_state.as_str(), "playable" | "checking" | "transcoding")
    };
    let known = known.filter(is_here);
    if known.as_ref().is_some_and(|media| media.published) {
        return Ok(clip);
    }
    let mut tx = app.db.begin().await?;
    let author = add_author(&mut tx, &sidecar.author, now_ms).await?;
    draft::insert_clip(&mut tx, &clip, &author, &sidecar.language, now_ms).await?;
    let change = ClipChange {
        title: Some(sidecar.title.clone()),
        language: Some(sidecar.language.clone()),
        licence: Some(sidecar.licence.clone()),
        source_url: sidecar.source_url.clone().map(Some),
        alt: Some(sidecar.alt.clone()),
        captions: Some(serde_json::to_string(&sidecar.captions)?),
        ..ClipChange::default()
    };
    draft::update_clip(&mut tx, &clip, &change, now_ms).await?;
    let topics = add_topics(&mut tx, app, &sidecar.topics).await?;
    draft::set_topics(&mut tx, &clip, &topics).await?;
    if let Some(question) = &sidecar.question {
        add_question(&mut tx, &clip, &author, question, now_ms).await?;
    }
    if known.is_some() {
        tx.commit().await?;
        return Ok(clip);
    }
    if size > limit::UPLOAD_BYTES {
        rendition::update_media_refused(&mut tx, &clip, &word(RefusalReason::TooLarge), now_ms).await?;
        tx.commit().await?;
        return Ok(clip);
    }
    tx.commit().await?;
    stage(app, file, name, &clip, size).await?;
    Ok(clip)
}

/// Brings the file's bytes to the media store as the parts of a whole upload, and queues the work.
async fn stage(app: &App, file: &Path, name: &str, clip: &ClipId, size: u64) -> Result<(), BeginError> {
    let id = app.new_upload_id();
    let now_ms = app.now_ms();
    let mut source = tokio::fs::File::open(file).await.map_err(BeginError::Unreadable)?;
    let (mut parts, mut offset) = (Vec::new(), 0u64);
    while offset < size {
        let length = usize::try_from(size - offset).unwrap_or(PART_BYTES).min(PART_BYTES);
        let mut bytes = vec![0; length];
        source.read_exact(&mut bytes).await.map_err(BeginError::Unreadable)?;
        let object_key = format!("staging/{id}/{offset:012}");
        app.media.store.put(&object_key, Bytes::from(bytes)).await?;
        let signed = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        parts.push(UploadPartRow {
            offset_bytes: signed(offset),
            size_bytes: signed(length as u64),
            object_key,
        });
        offset += length as u64;
    }
    let mut tx = app.db.begin().await?;
    let row = UploadRow {
        id: id.to_string(),
        clip_id: clip.to_string(),
        total_bytes: i64::try_from(size)?,
        received_bytes: 0,
        file_name: name.rsplit('/').next().unwrap_or(name).chars().take(limit::FILE_NAME).collect(),
        metadata: String::new(),
        state: "open".into(),
        expires_at_ms: now_ms + limit::UPLOAD_EXPIRES_MS,
    };
    upload::insert_upload(&mut tx, &row, now_ms).await?;
    for part in &parts {
        upload::insert_upload_part(&mut tx, &id, part, row.expires_at_ms).await?;
    }
    finish(&mut tx, &id, clip, now_ms).await?;
    tx.commit().await?;
    Ok(())
}

async fn finish(tx: &mut crate::store::Tx, id: &UploadId, clip: &ClipId, now_ms: i64) -> anyhow::Result<()> {
    if !upload::update_upload_whole(tx, id).await? {
        anyhow::bail!("the parts do not add up");
    }
    rendition::update_media_state(tx, clip, "checking", 0, now_ms).await?;
    let task = Task::TranscodeClip { clip_id: clip.clone(), upload_id: id.clone(), choose_cover: true };
    enqueue(tx, &task, now_ms).await?;
    Ok(())
}

async fn hash(file: &Path) -> anyhow::Result<std::io::Result<(Vec<u8>, u64)>> {
    let file = file.to_owned();
    let hashing = tokio::task::spawn_blocking(move || {
        let (mut file, mut hasher) = (std::fs::File::open(file)?, Sha256::new());
        let size = file.metadata()?.len();
        if size > limit::UPLOAD_BYTES {
            // Refused for its size: its content does not matter, and reading it could take hours.
            hasher.update(size.to_le_bytes());
            return Ok((hasher.finalize().to_vec(), size));
        }
        let size = std::io::copy(&mut file, &mut hasher)?;
        Ok::<_, std::io::Error>((hasher.finalize().to_vec(), size))
    });
    Ok(hashing.await?)
}

fn bits(of: &[&[u8]]) -> [u8; 10] {
    let mut hasher = Sha256::new();
    of.iter().for_each(|part| hasher.update(part));
    let mut bits = [0; 10];
    bits.iter_mut().zip(hasher.finalize().iter()).for_each(|(to, from)| *to = *from);
    bits
}

/// Ids are told from the clip, so that importing again changes the question instead of adding one.
async fn add_question(
    tx: &mut crate::store::Tx,
    clip: &ClipId,
    author: &PersonId,
    draft: &QuestionDraft,
    now_ms: i64,
) -> anyhow::Result<()> {
    let mut key = draft.key.clone();
    key.drop_ids();
    let mut place = 0;
    key.fill_ids(|| {
        let name = place.to_string();
        place += 1;
        ChoiceId::new(EPOCH_MS, bits(&[clip.as_str().as_bytes(), b"choice", name.as_bytes()]))
    });
    let question_id = QuestionId::new(EPOCH_MS, bits(&[clip.as_str().as_bytes(), b"question"]));
    let mut whole = Question::new(draft.stem.as_str(), key);
    whole.reason = draft.reason.as_str().into();
    texts::clean(&mut whole, &mut Pictures::default());
    question::upsert_question(tx, &QuestionRow::of(&question_id, author.as_str(), &whole)?, now_ms).await?;
    question::upsert_asked(tx, clip, &question_id, i64::from(draft.moment_ms)).await?;
    Ok(())
}

/// The person of a handle; one that nobody has is added, and nobody can sign in as them. The clips of nobody in particular
/// go to a person of the server's own, whoever may have taken that handle.
async fn add_author(tx: &mut crate::store::Tx, handle: &str, now_ms: i64) -> anyhow::Result<PersonId> {
    let id = PersonId::new(EPOCH_MS, bits(&[b"person ", handle.as_bytes()]));
    let there = person::find_person_by_handle(&mut *tx, handle).await?;
    if handle != sidecar::NOBODY
        && let Some(row) = &there
    {
        return PersonId::parse(&row.id).context("a person's id");
    }
    if person::find_person(&mut *tx, &id).await?.is_some() {
        return Ok(id);
    }
    let own = if there.is_some() { format!("{handle}-{now_ms}") } else { handle.to_owned() };
    person::insert_guest(tx, &id, now_ms).await?;
    person::promote_guest(tx, &id, &own, handle, None, now_ms).await?;
    Ok(id)
}

/// Adds the topics that are not there yet, at the end, under their own names.
async fn add_topics(tx: &mut crate::store::Tx, app: &App, names: &[String]) -> anyhow::Result<Vec<TopicId>> {
    let there = topic::list_topics(&app.db).await?;
    let mut ids = Vec::new();
    for name in names {
        let Some(id) = sidecar::topic_id(name) else { continue };
        if !there.iter().any(|t| t == id.as_str()) {
            topic::upsert_topic(tx, &id, 1_000).await?;
            topic::upsert_topic_name(tx, &id, "en", &sidecar::topic_name(name)).await?;
            crate::demo::tell_of_topics(tx).await?;
        }
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    Ok(ids)
}
