//! Resumable uploads: tus 1.0.0 (core, creation, creation-with-upload, checksum, termination, expiration). Parts lie in the
//! media store, so any node can go on; an offset is told only once its bytes are on the disk. Two requests at one offset:
//! the database takes the first.

use super::{context::Caller, error::ApiError, route::caller};
use crate::{
    app::App,
    jobs::{self, Task},
    policy::{self, Action, Object},
    store::{
        clip, rendition,
        upload::{self, UploadPartRow, UploadRow},
    },
};
use axum::{
    Router,
    body::Body,
    extract::{Path, Request, State},
    middleware::map_response,
    response::{IntoResponse, Response},
    routing::{MethodFilter, on},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::{Bytes, BytesMut};
use futures::StreamExt;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header, request::Parts};
use minnow_shared::{ClipId, ErrorCode, PersonId, UploadId, limit, upload as tus};
use sha1::Sha1;
use sha2::{Digest, Sha256};
use std::time::Duration;
use tokio::{sync::Semaphore, time::timeout};

/// Requests whose bodies are held in memory at a time, each up to the chunk limit. Who sends nothing loses the place, so
/// that phones that went out of reach do not keep the others out.
static BODIES: Semaphore = Semaphore::const_new(32);
/// Longest wait for a place; then the client is told to come back.
const PLACE_WAIT: Duration = Duration::from_secs(20);

pub(super) const OFFSET: HeaderName = HeaderName::from_static("upload-offset");
const LENGTH: HeaderName = HeaderName::from_static("upload-length");
const EXPIRES: HeaderName = HeaderName::from_static("upload-expires");
pub(super) const METADATA: HeaderName = HeaderName::from_static("upload-metadata");
pub(super) const CHECKSUM: HeaderName = HeaderName::from_static("upload-checksum");
const RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
const VERSION: HeaderName = HeaderName::from_static("tus-version");
const METHOD: HeaderName = HeaderName::from_static("x-http-method-override");
const KIND: &str = "application/offset+octet-stream";

pub fn routes() -> Router<App> {
    let one = format!("{}/{{upload_id}}", tus::UPLOADS_PATH);
    Router::new()
        .route(
            tus::UPLOADS_PATH,
            on(MethodFilter::POST, create).on(MethodFilter::OPTIONS, describe).fallback(no_such_method),
        )
        .route(
            &one,
            on(MethodFilter::HEAD, look)
                .on(MethodFilter::PATCH, append)
                .on(MethodFilter::DELETE, terminate)
                .on(MethodFilter::OPTIONS, describe)
                .on(MethodFilter::POST, overridden)
                .fallback(no_such_method),
        )
        .layer(map_response(speak_version))
}

/// Every answer says which version this is; one that refuses another version says which are spoken.
async fn speak_version(mut response: Response) -> Response {
    let version = HeaderValue::from_static(tus::TUS_VERSION);
    if response.status() == StatusCode::PRECONDITION_FAILED {
        response.headers_mut().insert(VERSION, version.clone());
    }
    response.headers_mut().insert(RESUMABLE, version);
    response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

async fn describe() -> Response {
    let headers = [
        (VERSION, tus::TUS_VERSION.to_owned()),
        (HeaderName::from_static("tus-max-size"), limit::UPLOAD_BYTES.to_string()),
        (HeaderName::from_static("tus-extension"), tus::TUS_EXTENSIONS.to_owned()),
        (HeaderName::from_static("tus-checksum-algorithm"), tus::TUS_CHECKSUMS.to_owned()),
    ];
    (StatusCode::NO_CONTENT, headers).into_response()
}

async fn no_such_method() -> ApiError {
    ApiError::new(ErrorCode::MethodNotAllowed, "the address exists, the method does not")
}

/// The method that is meant, for clients whose network lets no PATCH or DELETE through. Only POST stands for another: it
/// is refused from other sites as those are.
async fn overridden(state: State<App>, path: Path<String>, request: Request) -> Result<Response, ApiError> {
    match text(request.headers(), &METHOD) {
        Some("PATCH") => append(state, path, request).await,
        Some("DELETE") => terminate(state, path, request).await,
        Some("HEAD") => look(state, path, request).await,
        Some("OPTIONS") => Ok(describe().await),
        _ => Err(no_such_method().await),
    }
}

pub(super) fn text<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim)
}

fn malformed(detail: &str, field: &HeaderName) -> ApiError {
    ApiError::new(ErrorCode::Malformed, detail).field(field.as_str())
}

pub(super) fn number(headers: &HeaderMap, name: &HeaderName) -> Result<u64, ApiError> {
    let digits = text(headers, name).filter(|t| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit()));
    // More digits than any file has bytes: larger than every limit, all the same.
    digits
        .map(|t| t.parse().unwrap_or(u64::MAX))
        .ok_or_else(|| malformed("a number of bytes is needed", name))
}

fn check_version(headers: &HeaderMap) -> Result<(), ApiError> {
    if text(headers, &RESUMABLE) == Some(tus::TUS_VERSION) {
        Ok(())
    } else {
        Err(ApiError::new(ErrorCode::TusVersion, "send Tus-Resumable: 1.0.0"))
    }
}

/// The caller may change this clip's media.
async fn permit(app: &App, caller: &Caller, clip_id: Option<&ClipId>) -> Result<(), ApiError> {
    let owner = match clip_id {
        Some(id) => clip::find_clip_owner(&app.db, id).await?,
        None => None,
    };
    let object = match owner.and_then(|row| Some((PersonId::parse(&row.author_id).ok()?, row.published))) {
        Some((author, published)) => Object::Clip { author, published },
        None => Object::Absent,
    };
    policy::can(&caller.actor(), Action::EditClip, &object)?;
    Ok(())
}

/// The upload of an address, if the caller may touch it.
async fn find(app: &App, parts: &Parts, id: &str) -> Result<(UploadId, ClipId, UploadRow), ApiError> {
    let caller = caller(app, parts).await?;
    let id = UploadId::parse(id).ok();
    let row = match &id {
        Some(id) => upload::find_upload(&app.db, id).await?,
        None => None,
    };
    let clip_id = row.as_ref().and_then(|row| ClipId::parse(&row.clip_id).ok());
    permit(app, &caller, clip_id.as_ref()).await?;
    match (id, clip_id, row) {
        // What is past its time goes with the next sweep; nobody goes on with it meanwhile.
        (_, _, Some(row)) if row.state == "open" && row.expires_at_ms <= app.now_ms() => {
            Err(ApiError::new(ErrorCode::Expired, "the upload was left too long: begin again"))
        }
        (Some(id), Some(clip_id), Some(row)) => Ok((id, clip_id, row)),
        _ => Err(ApiError::not_found("upload")),
    }
}

/// `key base64,key base64`; the two keys we know, and all of it as it was sent.
pub(super) struct Metadata {
    sent: String,
    clip_id: ClipId,
    pub(super) file_name: String,
}

pub(super) fn metadata(headers: &HeaderMap) -> Result<Metadata, ApiError> {
    let (mut clip_id, mut file_name) = (None, String::new());
    let sent = text(headers, &METADATA).unwrap_or_default();
    limit::text("upload-metadata", sent, 0, limit::UPLOAD_METADATA)?;
    for pair in sent.split(',') {
        let mut words = pair.split_ascii_whitespace();
        let (Some(key), value) = (words.next(), words.next().unwrap_or_default()) else { continue };
        let value = STANDARD.decode(value).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        let value = value.ok_or_else(|| malformed("values are base64 of UTF-8", &METADATA))?;
        match key {
            tus::METADATA_CLIP => clip_id = ClipId::parse(&value).ok(),
            tus::METADATA_FILE_NAME => file_name = value,
            _ => {}
        }
    }
    limit::text("filename", &file_name, 0, limit::FILE_NAME)?;
    if file_name.contains('\0') {
        return Err(malformed("texts cannot hold the character NUL", &METADATA));
    }
    let clip_id = clip_id.ok_or_else(|| malformed("clip_id is needed", &METADATA))?;
    Ok(Metadata { sent: sent.to_owned(), clip_id, file_name })
}

fn whole(bytes: u64) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

async fn create(State(app): State<App>, request: Request) -> Result<Response, ApiError> {
    let (parts, body) = request.into_parts();
    check_version(&parts.headers)?;
    let caller = caller(&app, &parts).await?;
    // Who may upload nothing at all learns that first, everybody else what is wrong with the request.
    policy::can(&caller.actor(), Action::CreateClip, &Object::Own)?;
    let metadata = metadata(&parts.headers)?;
    permit(&app, &caller, Some(&metadata.clip_id)).await?;
    let total = number(&parts.headers, &LENGTH)?;
    if total > limit::UPLOAD_BYTES {
        return Err(ApiError::new(ErrorCode::TooLarge, "larger than an upload may be").field("upload-length"));
    }
    let now_ms = app.now_ms();
    let id = app.new_upload_id();
    let row = UploadRow {
        id: id.to_string(),
        clip_id: metadata.clip_id.to_string(),
        total_bytes: whole(total),
        received_bytes: 0,
        file_name: metadata.file_name,
        metadata: metadata.sent,
        state: "open".into(),
        expires_at_ms: now_ms + limit::UPLOAD_EXPIRES_MS,
    };
    begin(&app, &metadata.clip_id, &row, now_ms).await?;
    let mut offset = 0;
    if total == 0 {
        finish(&app, &id, &metadata.clip_id).await?;
    } else if text(&parts.headers, &header::CONTENT_TYPE) == Some(KIND) {
        let claimed =
            Chunk { upload: id.clone(), clip: metadata.clip_id, offset: 0, total, headers: parts.headers };
        offset = receive(app.clone(), claimed, body).await?;
    }
    let headers = [
        (header::LOCATION, format!("{}/{id}", tus::UPLOADS_PATH)),
        (OFFSET, offset.to_string()),
        (EXPIRES, http_date(row.expires_at_ms)),
    ];
    Ok((StatusCode::CREATED, headers).into_response())
}

/// Takes the place of an upload that was left; not of one that is being worked on.
async fn begin(app: &App, clip_id: &ClipId, row: &UploadRow, now_ms: i64) -> Result<(), ApiError> {
    let mut tx = app.db.begin().await?;
    let media =
        rendition::find_clip_media(&mut tx, clip_id).await?.ok_or_else(|| ApiError::not_found("clip"))?;
    if media.published {
        return Err(ApiError::new(ErrorCode::Conflict, "take the clip back to draft first"));
    }
    if matches!(media.media_state.as_str(), "checking" | "transcoding") {
        return Err(ApiError::new(ErrorCode::Conflict, "the clip's media is being worked on"));
    }
    let left: Vec<UploadId> = upload::list_upload_ids(&mut tx, clip_id)
        .await?
        .iter()
        .filter_map(|id| UploadId::parse(id).ok())
        .collect();
    jobs::enqueue_upload_removal(&mut tx, &left, now_ms).await?;
    for id in &left {
        upload::delete_upload(&mut tx, id).await?;
    }
    upload::insert_upload(&mut tx, row, now_ms).await?;
    rendition::update_media_state(&mut tx, clip_id, "uploading", 0, now_ms).await?;
    tx.commit().await?;
    Ok(())
}

async fn look(
    State(app): State<App>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, ApiError> {
    let (parts, _) = request.into_parts();
    check_version(&parts.headers)?;
    let (_, _, row) = find(&app, &parts, &id).await?;
    let headers = [
        (OFFSET, row.received_bytes.to_string()),
        (LENGTH, row.total_bytes.to_string()),
        (EXPIRES, http_date(row.expires_at_ms)),
        (METADATA, row.metadata),
    ];
    Ok((StatusCode::OK, headers).into_response())
}

async fn append(
    State(app): State<App>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, ApiError> {
    let (parts, body) = request.into_parts();
    check_version(&parts.headers)?;
    let (id, clip_id, row) = find(&app, &parts, &id).await?;
    if text(&parts.headers, &header::CONTENT_TYPE) != Some(KIND) {
        return Err(ApiError::new(ErrorCode::UnsupportedKind, format!("send {KIND}")));
    }
    let offset = number(&parts.headers, &OFFSET)?;
    if whole(offset) != row.received_bytes || row.state != "open" {
        return Err(ApiError::new(
            ErrorCode::OffsetMismatch,
            format!("the offset is {}", row.received_bytes),
        ));
    }
    let total = u64::try_from(row.total_bytes).unwrap_or_default();
    let claimed = Chunk { upload: id, clip: clip_id, offset, total, headers: parts.headers };
    let end = receive(app.clone(), claimed, body).await?;
    // Only bytes put the end off.
    let expires_at_ms =
        if end > offset { app.now_ms() + limit::UPLOAD_EXPIRES_MS } else { row.expires_at_ms };
    let headers = [(OFFSET, end.to_string()), (EXPIRES, http_date(expires_at_ms))];
    Ok((StatusCode::NO_CONTENT, headers).into_response())
}

async fn terminate(
    State(app): State<App>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, ApiError> {
    let (parts, _) = request.into_parts();
    check_version(&parts.headers)?;
    let (id, clip_id, row) = find(&app, &parts, &id).await?;
    if row.state == "whole" {
        return Err(ApiError::new(ErrorCode::Conflict, "the upload is whole and being worked on"));
    }
    jobs::drop_upload(&app, &id, &clip_id).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// A body that is to come, and where it belongs.
struct Chunk {
    upload: UploadId,
    clip: ClipId,
    offset: u64,
    total: u64,
    headers: HeaderMap,
}

/// Receives a body and keeps it. Goes on by itself when the client goes away, so that what has come is kept. Returns the
/// new offset.
async fn receive(app: App, chunk: Chunk, body: Body) -> Result<u64, ApiError> {
    let work = tokio::spawn(async move {
        let Ok(place) = timeout(PLACE_WAIT, BODIES.acquire()).await else {
            return Err(
                ApiError::new(ErrorCode::Unavailable, "too many uploads at once").retry_after_ms(2_000)
            );
        };
        let _place = place.map_err(ApiError::internal)?;
        let bytes = read(&chunk, body, Duration::from_secs(app.config.upload_stall_seconds)).await?;
        keep(&app, &chunk, bytes).await
    });
    work.await.map_err(ApiError::internal)?
}

/// Reads the body up to the limits. Without a checksum, what came before the connection broke, or fell silent for `stall`,
/// counts.
async fn read(chunk: &Chunk, body: Body, stall: Duration) -> Result<Bytes, ApiError> {
    let checksum = text(&chunk.headers, &CHECKSUM).map(Checksum::read).transpose()?;
    let room = (chunk.total - chunk.offset).min(limit::UPLOAD_CHUNK_BYTES);
    let mut bytes = BytesMut::new();
    let mut pieces = body.into_data_stream();
    loop {
        let piece = match timeout(stall, pieces.next()).await {
            Ok(Some(piece)) => piece.map_err(|error| error.to_string()),
            Ok(None) => break,
            Err(_) => Err("nothing came for too long".to_owned()),
        };
        match piece {
            Ok(piece) if bytes.len() as u64 + piece.len() as u64 > room => {
                let detail = format!("at most {room} more bytes fit in this request");
                return Err(ApiError::new(ErrorCode::TooLarge, detail));
            }
            Ok(piece) => bytes.extend_from_slice(&piece),
            Err(error) if checksum.is_some() || bytes.is_empty() => {
                return Err(ApiError::new(ErrorCode::Malformed, format!("the body broke off: {error}")));
            }
            Err(_) => break,
        }
    }
    let bytes = bytes.freeze();
    match checksum {
        Some(checksum) if !checksum.is_of(&bytes) => {
            Err(ApiError::new(ErrorCode::ChecksumMismatch, "the bytes are not those of the checksum"))
        }
        _ => Ok(bytes),
    }
}

pub(super) enum Checksum {
    Sha1(Vec<u8>),
    Sha256(Vec<u8>),
}

impl Checksum {
    pub(super) fn read(value: &str) -> Result<Self, ApiError> {
        let wrong = || malformed("sha1 or sha256 and the sum in base64 is needed", &CHECKSUM);
        let (algorithm, sum) = value.split_once(' ').ok_or_else(wrong)?;
        let sum = STANDARD.decode(sum.trim()).map_err(|_| wrong())?;
        match algorithm {
            "sha1" => Ok(Self::Sha1(sum)),
            "sha256" => Ok(Self::Sha256(sum)),
            _ => Err(wrong()),
        }
    }

    pub(super) fn is_of(&self, bytes: &[u8]) -> bool {
        match self {
            Self::Sha1(sum) => Sha1::digest(bytes).as_slice() == sum.as_slice(),
            Self::Sha256(sum) => Sha256::digest(bytes).as_slice() == sum.as_slice(),
        }
    }
}

/// Brings a part to the media store, then moves the offset; the last part makes the upload whole and queues the work, all
/// in one transaction.
async fn keep(app: &App, chunk: &Chunk, bytes: Bytes) -> Result<u64, ApiError> {
    let end = chunk.offset + bytes.len() as u64;
    if bytes.is_empty() {
        return Ok(end);
    }
    let key = format!("staging/{}/{:012}-{}", chunk.upload, chunk.offset, app.new_job_id());
    let part = UploadPartRow {
        offset_bytes: whole(chunk.offset),
        size_bytes: whole(bytes.len() as u64),
        object_key: key,
    };
    app.media.store.put(&part.object_key, bytes).await?;
    let moved = async {
        let now_ms = app.now_ms();
        let mut tx = app.db.begin().await?;
        let first =
            upload::insert_upload_part(&mut tx, &chunk.upload, &part, now_ms + limit::UPLOAD_EXPIRES_MS)
                .await?;
        if first {
            if end == chunk.total {
                queue(&mut tx, &chunk.upload, &chunk.clip, now_ms).await?;
            }
            tx.commit().await?;
        }
        Ok::<bool, ApiError>(first)
    };
    // After an error the part stays: whether the transaction was taken may not be known. What nobody refers to goes with
    // the upload.
    if moved.await? {
        return Ok(end);
    }
    let _ = app.media.store.delete(&part.object_key).await;
    Err(ApiError::new(ErrorCode::OffsetMismatch, "another request was first"))
}

async fn queue(
    tx: &mut crate::store::Tx,
    id: &UploadId,
    clip_id: &ClipId,
    now_ms: i64,
) -> Result<(), ApiError> {
    if upload::update_upload_whole(tx, id).await? {
        rendition::update_media_state(tx, clip_id, "checking", 0, now_ms).await?;
        let task =
            Task::TranscodeClip { clip_id: clip_id.clone(), upload_id: id.clone(), choose_cover: false };
        jobs::enqueue(tx, &task, now_ms).await?;
    }
    Ok(())
}

async fn finish(app: &App, id: &UploadId, clip_id: &ClipId) -> Result<(), ApiError> {
    let mut tx = app.db.begin().await?;
    queue(&mut tx, id, clip_id, app.now_ms()).await?;
    tx.commit().await?;
    Ok(())
}

/// A moment as HTTP writes it (RFC 9110, IMF-fixdate). `at_ms`: Unix milliseconds.
fn http_date(at_ms: i64) -> String {
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let (days, seconds) = (at_ms.div_euclid(86_400_000), at_ms.rem_euclid(86_400_000) / 1000);
    // Howard Hinnant, "chrono-compatible low-level date algorithms": civil_from_days.
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1_460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let day = doy - (153 * mp + 2) / 5 + 1;
    let month = if mp < 10 { mp + 3 } else { mp - 9 };
    let year = yoe + era * 400 + i64::from(month <= 2);
    let name =
        |names: &[&'static str], at: i64| usize::try_from(at).ok().and_then(|at| names.get(at).copied());
    format!(
        "{}, {day:02} {} {year} {:02}:{:02}:{:02} GMT",
        name(&DAYS, days.rem_euclid(7)).unwrap_or_default(),
        name(&MONTHS, month - 1).unwrap_or_default(),
        seconds / 3600,
        seconds / 60 % 60,
        seconds % 60
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_written_as_http_does() {
        assert_eq!(http_date(784_111_777_000), "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(http_date(0), "Thu, 01 Jan 1970 00:00:00 GMT");
        assert_eq!(http_date(1_709_164_800_000), "Thu, 29 Feb 2024 00:00:00 GMT");
    }

    #[test]
    fn metadata_is_read_and_a_clip_is_needed() {
        let of = |value: &str| {
            metadata(&HeaderMap::from_iter([(METADATA, HeaderValue::from_str(value).unwrap())]))
        };
        let id = ClipId::new(7, [7; 10]);
        let clip = STANDARD.encode(id.as_str());
        let read = of(&format!("filename {},clip_id {clip},is_confidential", STANDARD.encode("a b.mp4")))
            .ok()
            .unwrap();
        assert_eq!((read.clip_id, read.file_name.as_str()), (id, "a b.mp4"));
        for bad in ["", "clip_id", "clip_id !!", "filename YQ=="] {
            assert_eq!(of(bad).err().map(|e| e.code), Some(ErrorCode::Malformed), "{bad}");
        }
        let long = STANDARD.encode("a".repeat(limit::FILE_NAME + 1));
        assert_eq!(
            of(&format!("filename {long},clip_id {clip}")).err().map(|e| e.code),
            Some(ErrorCode::InvalidField)
        );
    }
}
