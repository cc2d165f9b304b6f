//! Uploads under way: they go on while the learner is on another page, wait out a lost network, and after a reload go on
//! from the server's offset once the same file has been chosen again.

use super::store::{Reduce, Store};
use crate::api::{ApiError, tus};
use crate::browser;
use crate::i18n::{explain, explain_refusal, t};
use crate::wire;
use js_sys::Uint8Array;
use minnow_shared::{ClipId, ErrorCode};
use serde::{Deserialize, Serialize};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen_futures::JsFuture;
use web_sys::File;
use yew::AttrValue;

/// Chunks begin small, so that the first progress shows soon, and grow while they take less than a second.
const FIRST_CHUNK: u64 = 256 * 1024;
const LARGEST_CHUNK: u64 = 4 * 1024 * 1024;
const SAMPLE: u64 = 64 * 1024;

#[derive(Debug, Clone, PartialEq)]
pub enum Phase {
    Sending,
    Paused,
    /// The network or the server is away; tried again by itself.
    Waiting,
    /// It ended, and this is why.
    Failed(AttrValue),
    /// All bytes are there.
    Done,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Upload {
    pub clip: ClipId,
    pub name: String,
    /// What the server has said it has, in bytes.
    pub sent: u64,
    pub total: u64,
    pub phase: Phase,
}

impl Upload {
    /// 0 to 100.
    pub fn percent(&self) -> u32 {
        self.sent.saturating_mul(100).checked_div(self.total).map_or(0, |percent| percent.min(100) as u32)
    }
}

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Uploads(pub Vec<Upload>);

impl Uploads {
    pub fn of(&self, clip: &ClipId) -> Option<&Upload> {
        self.0.iter().find(|upload| upload.clip == *clip)
    }
}

pub enum UploadAction {
    Begin(Upload),
    Sent { clip: ClipId, sent: u64 },
    Phase { clip: ClipId, phase: Phase },
    Drop(ClipId),
}

impl Reduce for Uploads {
    type Action = UploadAction;

    fn reduce(&self, action: UploadAction) -> Self {
        let mut list = self.0.clone();
        match action {
            UploadAction::Begin(upload) => {
                list.retain(|other| other.clip != upload.clip);
                list.push(upload);
            }
            UploadAction::Sent { clip, sent } => {
                if let Some(upload) = list.iter_mut().find(|upload| upload.clip == clip) {
                    upload.sent = sent;
                    upload.phase = Phase::Sending;
                }
            }
            UploadAction::Phase { clip, phase } => {
                if let Some(upload) = list.iter_mut().find(|upload| upload.clip == clip) {
                    upload.phase = phase;
                }
            }
            UploadAction::Drop(clip) => list.retain(|upload| upload.clip != clip),
        }
        Uploads(list)
    }
}

/// A file that is being sent, while this page lives.
#[derive(Clone)]
struct Held {
    clip: ClipId,
    file: File,
    stop: Rc<Cell<bool>>,
}

thread_local! {
    pub static UPLOADS: Store<Uploads> = Store::new(Uploads::default());
    static HELD: RefCell<Vec<Held>> = const { RefCell::new(Vec::new()) };
}

fn dispatch(action: UploadAction) {
    UPLOADS.with(|uploads| uploads.dispatch(action));
}

fn phase(clip: &ClipId, phase: Phase) {
    dispatch(UploadAction::Phase { clip: clip.clone(), phase });
}

/// What is remembered of an upload across reloads: where it is, and by what to know its file again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Remembered {
    address: String,
    name: String,
    size_bytes: u64,
    /// Of the first, middle and last 64 KiB.
    sample: String,
}

fn key(clip: &ClipId) -> String {
    format!("minnow.upload.{clip}")
}

fn remembered(clip: &ClipId) -> Option<Remembered> {
    wire::read(&browser::stored(&key(clip))?)
}

async fn bytes(file: &File, from: u64, to: u64) -> Option<Uint8Array> {
    let blob = file.slice_with_f64_and_f64(from as f64, to as f64).ok()?;
    let buffer = JsFuture::from(blob.array_buffer()).await.ok()?;
    Some(Uint8Array::new(&buffer))
}

/// Knows a file again without reading all of it.
async fn sample(file: &File) -> String {
    let size = file.size() as u64;
    let mut all = String::new();
    for from in [0, (size / 2).saturating_sub(SAMPLE / 2), size.saturating_sub(SAMPLE)] {
        let Some(part) = bytes(file, from, (from + SAMPLE).min(size)).await else { continue };
        let digest = tus::sha256(&part).await.unwrap_or_else(|| part.to_vec().into_iter().take(64).collect());
        all.extend(digest.iter().map(|byte| format!("{byte:02x}")));
    }
    all
}

/// Whether this browser was sending a file for this clip when the page went away, and which.
pub fn interrupted(clip: &ClipId) -> Option<String> {
    let held = HELD.with_borrow(|held| held.iter().any(|held| held.clip == *clip));
    if held { None } else { remembered(clip).map(|remembered| remembered.name) }
}

/// Sends a file for a clip. Where an upload of the same file was interrupted it goes on from there.
pub fn begin(clip: ClipId, file: File) {
    let upload = Upload {
        clip: clip.clone(),
        name: file.name(),
        sent: 0,
        total: file.size() as u64,
        phase: Phase::Sending,
    };
    dispatch(UploadAction::Begin(upload));
    let held = Held { clip: clip.clone(), file, stop: Rc::new(Cell::new(false)) };
    HELD.with_borrow_mut(|list| {
        list.retain(|other| other.clip != clip);
        list.push(held.clone());
    });
    browser::spawn(run(held));
}

pub fn pause(clip: &ClipId) {
    HELD.with_borrow(|list| {
        list.iter().filter(|held| held.clip == *clip).for_each(|held| held.stop.set(true))
    });
    phase(clip, Phase::Paused);
}

pub fn go_on(clip: &ClipId) {
    let held = HELD.with_borrow(|list| list.iter().find(|held| held.clip == *clip).cloned());
    if let Some(held) = held {
        begin(held.clip, held.file);
    }
}

/// Gives an upload up and throws away what has arrived.
pub async fn cancel(clip: ClipId, address: Option<String>) {
    pause(&clip);
    HELD.with_borrow_mut(|list| list.retain(|held| held.clip != clip));
    if let Some(address) = remembered(&clip).map(|remembered| remembered.address).or(address) {
        // What cannot be ended now ends by itself: uploads expire.
        let _ = tus::terminate(&address).await;
    }
    browser::forget(&key(&clip));
    dispatch(UploadAction::Drop(clip));
}

async fn locate(held: &Held) -> Result<(String, u64), ApiError> {
    let (name, size_bytes) = (held.file.name(), held.file.size() as u64);
    let sample = sample(&held.file).await;
    if let Some(old) =
        remembered(&held.clip).filter(|old| old.size_bytes == size_bytes && old.sample == sample)
    {
        match tus::offset(&old.address).await {
            Ok(offset) => return Ok((old.address, offset)),
            Err(ApiError::Network) => return Err(ApiError::Network),
            // Expired or ended: begun anew.
            Err(_) => browser::forget(&key(&held.clip)),
        }
    }
    let address = tus::create(&held.clip, &name, &held.file.type_(), size_bytes).await?;
    let kept = Remembered { address: address.clone(), name, size_bytes, sample };
    browser::store(&key(&held.clip), &wire::write(&kept));
    Ok((address, 0))
}

fn why(error: &ApiError) -> AttrValue {
    match error {
        ApiError::Refused(view) => view.refusal.map_or_else(|| explain(error), explain_refusal),
        _ => explain(error),
    }
}

/// Waits for the network, at most as long as the backoff says. Nobody is told that it failed: it has not.
async fn wait(held: &Held, tries: u32, error: &ApiError) {
    phase(&held.clip, Phase::Waiting);
    let wait_ms = super::outbox::backoff_ms(tries, error.retry_after_ms());
    let mut waited = 0;
    while waited < wait_ms && !held.stop.get() {
        let was_online = browser::is_online();
        browser::sleep(250).await;
        waited += 250;
        if !was_online && browser::is_online() {
            return;
        }
    }
}

async fn run(held: Held) {
    let total = held.file.size() as u64;
    let mut place: Option<(String, u64)> = None;
    let mut chunk = FIRST_CHUNK;
    let mut tries = 0;
    while !held.stop.get() {
        let answer = match place.take() {
            None => locate(&held).await,
            Some((address, offset)) if offset >= total => {
                browser::forget(&key(&held.clip));
                let _ = address;
                return phase(&held.clip, Phase::Done);
            }
            Some((address, offset)) => {
                let Some(part) = bytes(&held.file, offset, (offset + chunk).min(total)).await else {
                    return phase(&held.clip, Phase::Failed(t("upload.file_gone")));
                };
                let began = browser::now_ms();
                let sent = tus::patch(&address, offset, &part).await;
                if browser::now_ms() - began < 1_000 {
                    chunk = (chunk * 2).min(LARGEST_CHUNK);
                }
                sent.map(|offset| (address, offset))
            }
        };
        match answer {
            Ok((address, offset)) => {
                tries = 0;
                if !held.stop.get() {
                    dispatch(UploadAction::Sent { clip: held.clip.clone(), sent: offset });
                }
                place = Some((address, offset));
            }
            Err(error) if may_pass(&error) => {
                wait(&held, tries, &error).await;
                tries += 1;
                chunk = FIRST_CHUNK;
            }
            Err(error) => return phase(&held.clip, Phase::Failed(why(&error))),
        }
    }
}

/// Whether the upload goes on by asking the server again where it stands.
fn may_pass(error: &ApiError) -> bool {
    let again =
        [ErrorCode::OffsetMismatch, ErrorCode::ChecksumMismatch, ErrorCode::Expired, ErrorCode::NotFound];
    error.is_temporary() || error.code().is_some_and(|code| again.contains(&code))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn upload(clip: &ClipId) -> Upload {
        Upload { clip: clip.clone(), name: "a.mp4".into(), sent: 0, total: 200, phase: Phase::Sending }
    }

    #[test]
    fn progress_is_what_the_server_has_and_never_over_a_hundred() {
        let clip = ClipId::new(1, [0; 10]);
        let uploads = Uploads::default().reduce(UploadAction::Begin(upload(&clip)));
        let uploads = uploads.reduce(UploadAction::Sent { clip: clip.clone(), sent: 50 });
        assert_eq!(uploads.of(&clip).map(Upload::percent), Some(25));
        assert_eq!(Upload { sent: 900, ..upload(&clip) }.percent(), 100);
        assert_eq!(Upload { total: 0, ..upload(&clip) }.percent(), 0);
    }

    #[test]
    fn a_clip_has_one_upload_and_a_chunk_that_arrives_ends_the_waiting() {
        let clip = ClipId::new(1, [0; 10]);
        let uploads = Uploads::default()
            .reduce(UploadAction::Begin(upload(&clip)))
            .reduce(UploadAction::Begin(upload(&clip)));
        assert_eq!(uploads.0.len(), 1);
        let uploads = uploads.reduce(UploadAction::Phase { clip: clip.clone(), phase: Phase::Waiting });
        let uploads = uploads.reduce(UploadAction::Sent { clip: clip.clone(), sent: 10 });
        assert_eq!(uploads.of(&clip).map(|u| u.phase.clone()), Some(Phase::Sending));
    }

    #[test]
    fn a_lost_network_or_offset_is_no_failure_but_a_file_too_large_is() {
        assert!(may_pass(&ApiError::Network));
        let refused = |code: &str| {
            wire::read(&format!(r#"{{"code":"{code}","detail":""}}"#)).map(|v| ApiError::Refused(Box::new(v)))
        };
        assert!(may_pass(&refused("offset_mismatch").unwrap()));
        assert!(!may_pass(&refused("too_large").unwrap()));
    }
}
