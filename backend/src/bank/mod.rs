//! Banks of questions, brought in and taken out: what was read becomes rows and pictures, and the way back. Reading and
//! writing formats is the crate `exchange`'s, SQL the store's; the command line is in `command`.

pub mod command;

use crate::{
    app::App,
    jobs,
    media::MediaStore,
    store::{
        self, StoreError,
        question::{BankFilter, BroughtRow, QuestionParts, QuestionRow},
    },
};
use bytes::Bytes;
use minnow_exchange::{Export, Format, Import, Loss, Media, ReadError, media::kind_of, texts};
use minnow_shared::{PersonId, QuestionId, bank::picture_key, limit, question::Question};
use sha2::{Digest, Sha256};
use std::collections::{BTreeSet, HashMap};

/// What went wrong with a bank, the file's own faults apart: those are losses.
#[derive(Debug, thiserror::Error)]
pub enum BankError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the pictures: {0}")]
    Media(#[from] crate::media::StoreError),
    #[error("a question cannot be written down: {0}")]
    Json(#[from] serde_json::Error),
    #[error("reading or writing it broke off: {0}")]
    Broken(#[from] tokio::task::JoinError),
}

/// What came of questions that were brought in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Added {
    pub new: usize,
    /// There already: they came before, from this file or another.
    pub known: usize,
}

/// Reads a bank away from the threads that serve.
///
/// # Errors
/// `Broken` when reading fell over; a file that cannot be read is the inner error.
pub async fn read(
    bytes: Bytes,
    file_name: String,
    format: Option<Format>,
) -> Result<Result<Import, ReadError>, BankError> {
    let read = move || minnow_exchange::read(&bytes, &file_name, format);
    Ok(tokio::task::spawn_blocking(read).await?)
}

/// What a file that cannot be read was taken for: the format that was named or, without one, what it looks like.
pub fn taken_for(bytes: &[u8], file_name: &str, format: Option<Format>) -> Option<Format> {
    format.or_else(|| minnow_exchange::detect(bytes, file_name).ok())
}

/// The report of a file of which nothing can be read.
pub fn unread(error: &ReadError) -> Loss {
    let line = match error {
        ReadError::Broken { line, .. } => Some(*line),
        _ => None,
    };
    let reason = match error {
        ReadError::Broken { reason, .. } => reason.clone(),
        other => format!("nothing of the file can be read: {other}"),
    };
    Loss { line, item: String::new(), reason }
}

/// The key of a picture in the media store, and the name questions have for it: its content decides.
fn picture_name(bytes: &[u8]) -> Option<(String, String)> {
    let ending = match kind_of(bytes)? {
        "jpeg" => "jpg",
        kind => kind,
    };
    let hash: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    let name = format!("{hash}.{ending}");
    Some((picture_key(&name)?, name))
}

/// The keys of the pictures a kept question shows, and its tags.
pub fn parts_of(question: &Question) -> QuestionParts {
    let pictures = texts::pictures(question).iter().filter_map(|name| picture_key(name)).collect();
    QuestionParts { tags: question.tags.clone(), pictures }
}

/// Keeps pictures in the media store; gives the new name of each.
async fn keep_pictures(store: &MediaStore, media: Vec<Media>) -> Result<HashMap<String, String>, BankError> {
    let mut names = HashMap::with_capacity(media.len());
    for Media { name, bytes } in media {
        let Some((key, new)) = picture_name(&bytes) else { continue };
        if store.size(&key).await? != Some(bytes.len() as u64) {
            store.put(&key, Bytes::from(bytes)).await?;
        }
        names.insert(name, new);
    }
    Ok(names)
}

/// Keeps one picture; gives its name and its key in the media store. `None`: it is no picture of a kind that is shown.
///
/// # Errors
/// Whatever the media store answers.
pub async fn keep_picture(app: &App, bytes: Vec<u8>) -> Result<Option<(String, String)>, BankError> {
    let Some((key, name)) = picture_name(&bytes) else { return Ok(None) };
    keep_pictures(&app.media.store, vec![Media { name: name.clone(), bytes }]).await?;
    Ok(Some((name, key)))
}

/// Gives the pictures of a question that was sent the names they are kept under.
///
/// # Errors
/// Whatever the media store answers.
pub async fn settle_pictures(app: &App, question: &mut Question, media: Vec<Media>) -> Result<(), BankError> {
    let names = keep_pictures(&app.media.store, media).await?;
    texts::rename_pictures(question, &|name| names.get(name).cloned());
    Ok(())
}

/// Brings questions into a person's bank, all or none. Those that came before stay as they are now. Pictures that are
/// named but not there are losses of the import. `tag`: given to each beside its own; empty: none.
///
/// # Errors
/// Whatever the database or the media store answers; nothing was added then.
pub async fn bring_in(
    app: &App,
    author: &PersonId,
    import: &mut Import,
    tag: &str,
) -> Result<Added, BankError> {
    let names = keep_pictures(&app.media.store, std::mem::take(&mut import.media)).await?;
    let mut known: HashMap<String, bool> = names.values().map(|name| (name.clone(), true)).collect();
    let mut rows = Vec::with_capacity(import.questions.len());
    for (place, question) in import.questions.iter_mut().enumerate() {
        texts::rename_pictures(question, &|name| names.get(name).cloned());
        for name in texts::pictures(question) {
            let is_there = match known.get(&name) {
                Some(is_there) => *is_there,
                None => {
                    let is_there = match picture_key(&name) {
                        Some(key) => app.media.store.size(&key).await?.is_some(),
                        None => false,
                    };
                    known.insert(name.clone(), is_there);
                    is_there
                }
            };
            if !is_there {
                let reason = format!("the picture {name} is not in the file");
                if !import.losses.iter().any(|loss| loss.reason == reason) {
                    import.losses.push(Loss { line: None, item: texts::label(question), reason });
                }
            }
        }
        rows.push(row_of(app, author, question, place, tag)?);
    }
    let now_ms = app.now_ms();
    let outcome = async {
        let mut tx = app.db.begin().await?;
        let new = store::question::insert_brought(&mut tx, &rows, now_ms).await?;
        tx.commit().await?;
        Ok(new)
    };
    match outcome.await {
        Ok(new) => Ok(Added { new, known: rows.len() - new }),
        Err(error) => {
            // Nothing names the pictures: they go, if this can still be written down.
            let keys: BTreeSet<String> = rows.into_iter().flat_map(|row| row.parts.pictures).collect();
            if let Ok(mut tx) = app.db.begin().await
                && jobs::enqueue_media_removal(&mut tx, &keys.into_iter().collect::<Vec<_>>(), now_ms)
                    .await
                    .is_ok()
            {
                let _ = tx.commit().await;
            }
            Err(BankError::Store(error))
        }
    }
}

/// What a question is as it comes: the same comes in once, whatever it was tagged with here or there. Ids of its parts are
/// taken away: what a file says of them is another system's.
fn origin_of(question: &mut Question) -> Result<String, BankError> {
    question.key.drop_ids();
    let tags = std::mem::take(&mut question.tags);
    let written = serde_json::to_vec(question);
    question.tags = tags;
    let origin = Sha256::digest(written?);
    Ok(origin.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// How many questions of an import came before, from this file or another. Nothing is kept.
///
/// # Errors
/// Whatever the database answers.
pub async fn count_known(app: &App, author: &PersonId, import: &Import) -> Result<usize, BankError> {
    let named = |media: &Media| Some((media.name.clone(), picture_name(&media.bytes)?.1));
    let names: HashMap<String, String> = import.media.iter().filter_map(named).collect();
    let mut origins = Vec::with_capacity(import.questions.len());
    for question in &import.questions {
        let mut question = question.clone();
        texts::rename_pictures(&mut question, &|name| names.get(name).cloned());
        origins.push(origin_of(&mut question)?);
    }
    let known = store::question::list_origins(&app.db, author, &origins).await?;
    // One that is in the file twice comes in once.
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    Ok(origins.iter().filter(|origin| known.contains(*origin) || !seen.insert(origin)).count())
}

fn row_of(
    app: &App,
    author: &PersonId,
    question: &mut Question,
    place: usize,
    tag: &str,
) -> Result<BroughtRow, BankError> {
    let origin = origin_of(question)?;
    if !tag.is_empty() && question.tags.len() < limit::TAGS && !question.tags.iter().any(|own| own == tag) {
        question.tags.push(tag.to_owned());
    }
    question.key.fill_ids(|| app.new_choice_id());
    // Ids of one moment are ordered by their chance: the file's order stays.
    let mut chance = app.random.id_bits();
    let count = u32::try_from(place).unwrap_or(u32::MAX).to_be_bytes();
    chance.iter_mut().zip(count).for_each(|(to, from)| *to = from);
    let id = QuestionId::new(app.now_ms(), chance);
    let row = QuestionRow::of(&id, author.as_str(), question)?;
    Ok(BroughtRow { row, origin, parts: parts_of(question) })
}

/// Takes a person's questions out as a file of another system.
///
/// # Errors
/// Whatever the database or the media store answers.
pub async fn take_out(
    app: &App,
    author: &PersonId,
    filter: &BankFilter,
    format: Format,
) -> Result<(Export, usize), BankError> {
    let most = i64::try_from(limit::BANK_QUESTIONS).unwrap_or(i64::MAX);
    let contents = store::question::list_bank_contents(&app.db, author, filter, most).await?;
    let mut questions = Vec::with_capacity(contents.len());
    for content in &contents {
        let mut question: Question = serde_json::from_str(content)?;
        question.key.drop_ids();
        questions.push(question);
    }
    let mut pictures: HashMap<String, Bytes> = HashMap::new();
    let mut bytes = 0;
    for name in questions.iter().flat_map(texts::pictures).collect::<BTreeSet<_>>() {
        let Some(key) = picture_key(&name) else { continue };
        let Some(size) = app.media.store.size(&key).await? else { continue };
        bytes += size;
        if bytes > minnow_exchange::media::PICTURES_BYTES as u64 {
            break;
        }
        pictures.insert(name, app.media.store.read(&key, 0..size).await?);
    }
    let write = move || {
        let find = |name: &str| pictures.get(name).map(|bytes| bytes.to_vec());
        let count = questions.len();
        (minnow_exchange::write(&questions, format, &find), count)
    };
    Ok(tokio::task::spawn_blocking(write).await?)
}
