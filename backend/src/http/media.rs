//! The bytes of clips and posters: `/media/AB/HASH.EXT`, whole or by one range. Names are hashes of content, so an answer
//! never changes and may be kept for ever. Ranges without an end are paced by the film's own time when the address
//! carries its rate (`?r=BYTES_PER_SECOND`), so that a player does not buffer a film that is swiped away.

use super::error::ApiError;
use crate::{
    app::App,
    media::{FilmClock, Media, OpenFile, StoreError},
};
use axum::{
    Router,
    body::Body,
    extract::{Path, RawQuery, State},
    response::{IntoResponse, Response},
    routing::get,
};
use bytes::Bytes;
use futures::{Stream, StreamExt, stream};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use minnow_shared::ErrorCode;
use std::{
    fs::File,
    ops::{Range, RangeInclusive},
    os::unix::fs::FileExt,
    sync::Arc,
    time::Duration,
};

/// Read and sent in one piece up to this size.
const AT_ONCE_BYTES: u64 = 1 << 20;
const PIECE_BYTES: u64 = 256 * 1024;
/// A paced range begins with a little at once: with the index and a second from the film's beginning, with less where
/// the player has that already, with more where somebody sought a place, for a player begins at the key picture before
/// it. Most who leave a film leave it early, so it goes on hardly quicker than it plays; who is still there after some
/// seconds is likely to stay, and gets it quicker.
const BURST_SECONDS: f64 = 1.0;
const BEGUN_BURST_SECONDS: f64 = 0.3;
const SOUGHT_BURST_SECONDS: f64 = 2.0;
/// The player has no more than this when it goes on from a beginning that was fetched ahead.
const BEGUN_SECONDS: f64 = 2.0;
const EARLY_SECONDS: f64 = 7.0;
const EARLY_PACE: f64 = 1.15;
const PACE: f64 = 2.5;
/// What is let through together: about as much as plays in this time.
const PACE_PIECE_SECONDS: f64 = 0.1;
const PACE_PIECE_BYTES: RangeInclusive<u64> = 2 * 1024..=64 * 1024;
const HASH_DIGITS: usize = 64;

pub fn routes() -> Router<App> {
    // HEAD comes with GET.
    Router::new().route("/media/{folder}/{name}", get(send))
}

/// What was asked for, as far as it can be told before the size is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    Whole,
    /// First and last byte, the last one included.
    Between(u64, u64),
    From(u64),
    /// The last so many bytes.
    Last(u64),
}

async fn send(
    State(app): State<App>,
    method: Method,
    Path((folder, name)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let kind = kind_of(&folder, &name).ok_or_else(|| ApiError::not_found("file"))?;
    let tag = format!("\"{}\"", name.get(..32).unwrap_or_default());
    if is_known(&headers, &tag) {
        return Ok(described(StatusCode::NOT_MODIFIED, kind, &tag, Body::empty()));
    }
    // Ranges are GET's alone (RFC 9110, 14.2): HEAD tells of the whole.
    let asked = if method == Method::HEAD { Asked::Whole } else { asked(&headers, &tag) };
    let key = format!("{folder}/{name}");
    let rate = rate(query.as_deref());
    let found = find(&app.media, &key, asked, method == Method::HEAD, rate.is_some()).await?;
    let Found { size, range, source, clock } = found;
    let Some(range) = range else {
        let error = ApiError::new(ErrorCode::RangeNotSatisfiable, "the range begins after the end");
        let mut response = error.into_response();
        set(response.headers_mut(), header::CONTENT_RANGE, &format!("bytes */{size}"));
        return Ok(response);
    };
    let length = range.end - range.start;
    let pace = rate.filter(|_| asked.plays_on(size)).map(|rate| Pace::new(rate, clock, range.start));
    let body = match source {
        Source::Nothing => Body::empty(),
        Source::Read(bytes) => Body::from(bytes),
        Source::File(file) => match pace {
            Some(pace) => {
                Body::from_stream(paced(file_pieces(file, range.clone(), pace.piece_bytes()), pace))
            }
            None => Body::from_stream(file_pieces(file, range.clone(), PIECE_BYTES)),
        },
        Source::Bucket => {
            let pieces = app.media.store.stream(&key, range.clone());
            match pace {
                Some(pace) => Body::from_stream(paced(pieces, pace)),
                None => Body::from_stream(pieces),
            }
        }
    };
    let status = if asked == Asked::Whole { StatusCode::OK } else { StatusCode::PARTIAL_CONTENT };
    let mut response = described(status, kind, &tag, body);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    if status == StatusCode::PARTIAL_CONTENT {
        let last = range.end.saturating_sub(1);
        set(headers, header::CONTENT_RANGE, &format!("bytes {}-{last}/{size}", range.start));
    }
    Ok(response)
}

/// The kind of a file by a name of ours: two digits, then the whole hash and its ending.
fn kind_of(folder: &str, name: &str) -> Option<&'static str> {
    let (hash, extension) = name.split_at_checked(HASH_DIGITS)?;
    let hex = hash.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    if !hex || folder.len() != 2 || !hash.starts_with(folder) {
        return None;
    }
    match extension {
        ".mp4" => Some("video/mp4"),
        ".jpg" => Some("image/jpeg"),
        ".png" => Some("image/png"),
        ".gif" => Some("image/gif"),
        ".webp" => Some("image/webp"),
        ".avif" => Some("image/avif"),
        ".vtt" => Some("text/vtt; charset=utf-8"),
        _ => None,
    }
}

fn described(status: StatusCode, kind: &'static str, tag: &str, body: Body) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    set(headers, header::ETAG, tag);
    response
}

fn set(headers: &mut HeaderMap, name: header::HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

/// Whether the client has this content: `If-None-Match`, whose tags are compared weakly.
fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    let given = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    given
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .any(|one| one == "*" || one.strip_prefix("W/").unwrap_or(one) == tag)
}

/// Whether a range is still meant for this content: `If-Range`, whose one tag is compared strongly.
fn is_same(headers: &HeaderMap, tag: &str) -> bool {
    headers.get(header::IF_RANGE).is_none_or(|value| value.to_str().is_ok_and(|value| value.trim() == tag))
}

/// Reads `Range`; one that is of another form, names several ranges, or is for another content counts as none.
pub(super) fn asked(headers: &HeaderMap, tag: &str) -> Asked {
    let range = headers.get(header::RANGE).and_then(|v| v.to_str().ok()).and_then(|v| v.split_once('='));
    let range = range.filter(|(unit, _)| unit.eq_ignore_ascii_case("bytes")).map(|(_, range)| range);
    let Some((first, last)) = range.and_then(|range| range.trim().split_once('-')) else {
        return Asked::Whole;
    };
    if !is_same(headers, tag) {
        return Asked::Whole;
    }
    match (whole(first), whole(last)) {
        (Some(first), Some(last)) if first <= last => Asked::Between(first, last),
        (Some(first), None) if last.is_empty() => Asked::From(first),
        (None, Some(length)) if first.is_empty() => Asked::Last(length),
        _ => Asked::Whole,
    }
}

/// Digits and nothing else: no sign, no space.
fn whole(text: &str) -> Option<u64> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

impl Asked {
    /// Whether a player asks so for the film from here on: without an end or, where it holds the first bytes
    /// already, up to the last one.
    fn plays_on(self, size: u64) -> bool {
        match self {
            Asked::From(_) => true,
            Asked::Between(first, last) => first > 0 && last.saturating_add(1) >= size,
            Asked::Whole | Asked::Last(_) => false,
        }
    }

    /// The bytes meant, of a file of this size; `None` when there are none.
    pub(super) fn of(self, size: u64) -> Option<Range<u64>> {
        let range = match self {
            Asked::Whole => return Some(0..size),
            Asked::Between(first, last) => first..last.saturating_add(1).min(size),
            Asked::From(first) => first..size,
            Asked::Last(length) => size.saturating_sub(length)..size,
        };
        (range.start < range.end).then_some(range)
    }
}

/// A film's bytes a second, from the address.
fn rate(query: Option<&str>) -> Option<u64> {
    let rate = query?.split('&').find_map(|pair| pair.strip_prefix("r="))?.parse::<u64>().ok()?;
    // Slower than any film is nobody's rate.
    Some(rate.max(16 * 1024))
}

struct Found {
    size: u64,
    range: Option<Range<u64>>,
    source: Source,
    clock: Option<Arc<FilmClock>>,
}

enum Source {
    Nothing,
    Read(Bytes),
    File(Arc<File>),
    Bucket,
}

/// Finds the file, tells the range, and reads it if it is small.
async fn find(media: &Media, key: &str, asked: Asked, head: bool, has_rate: bool) -> Result<Found, ApiError> {
    let store = &media.store;
    let at_once = |range: &Range<u64>, size: u64| {
        range.end - range.start <= AT_ONCE_BYTES && !(has_rate && asked.plays_on(size))
    };
    let Some(path) = store.local_path(key) else {
        let size = store.size(key).await?.ok_or_else(|| ApiError::not_found("file"))?;
        let range = asked.of(size);
        let source = match &range {
            _ if head => Source::Nothing,
            Some(range) if at_once(range, size) => Source::Read(store.read(key, range.clone()).await?),
            _ => Source::Bucket,
        };
        return Ok(Found { size, range, source, clock: None });
    };
    let open = match media.open_files.find(key) {
        Some(open) => open,
        None => {
            let opening = tokio::task::spawn_blocking(move || OpenFile::open(&path));
            let open = opening.await.map_err(ApiError::internal)?.map_err(StoreError::from)?;
            media.open_files.keep(key, &open);
            open
        }
    };
    let range = asked.of(open.size_bytes);
    let source = match &range {
        Some(range) if !head && at_once(range, open.size_bytes) => match open.read_now(range) {
            Some(bytes) => Source::Read(bytes),
            None => {
                let (file, range) = (open.file.clone(), range.clone());
                let reading = tokio::task::spawn_blocking(move || read_at(&file, &range));
                Source::Read(reading.await.map_err(ApiError::internal)?.map_err(StoreError::from)?)
            }
        },
        Some(_) if !head => Source::File(open.file.clone()),
        _ => Source::Nothing,
    };
    Ok(Found { size: open.size_bytes, range, source, clock: open.clock })
}

fn read_at(file: &File, range: &Range<u64>) -> std::io::Result<Bytes> {
    let mut bytes = vec![0; usize::try_from(range.end - range.start).unwrap_or_default()];
    file.read_exact_at(&mut bytes, range.start)?;
    Ok(bytes.into())
}

fn file_pieces(
    file: Arc<File>,
    range: Range<u64>,
    piece: u64,
) -> impl Stream<Item = Result<Bytes, StoreError>> + Send {
    stream::try_unfold((file, range), move |(file, range)| async move {
        if range.is_empty() {
            return Ok(None);
        }
        let end = (range.start + piece).min(range.end);
        let (reading, part) = (file.clone(), range.start..end);
        let read = tokio::task::spawn_blocking(move || read_at(&reading, &part)).await;
        let bytes = read.map_err(|error| StoreError::Unavailable(error.to_string()))??;
        Ok(Some((bytes, (file, end..range.end))))
    })
}

/// How quickly a film is let through from some byte on.
struct Pace {
    /// Its bytes a second on average.
    rate: u64,
    /// Its exact course, where its index is at hand.
    clock: Option<Arc<FilmClock>>,
    start: u64,
    /// Seconds of film that come at once.
    burst: f64,
}

impl Pace {
    fn new(rate: u64, clock: Option<Arc<FilmClock>>, start: u64) -> Self {
        let pace = Self { rate, clock, start, burst: 0.0 };
        let burst = match pace.film_seconds_at(start) {
            _ if start == 0 => BURST_SECONDS,
            begun if begun < BEGUN_SECONDS => BEGUN_BURST_SECONDS,
            _ => SOUGHT_BURST_SECONDS,
        };
        Self { burst, ..pace }
    }

    fn film_seconds_at(&self, byte: u64) -> f64 {
        self.clock.as_ref().map_or(byte as f64 / self.rate as f64, |clock| clock.seconds_at(byte))
    }

    fn piece_bytes(&self) -> u64 {
        let bytes = (self.rate as f64 * PACE_PIECE_SECONDS) as u64;
        bytes.clamp(*PACE_PIECE_BYTES.start(), *PACE_PIECE_BYTES.end())
    }

    /// When what follows the first `sent` bytes is let through, in seconds after the beginning of the answer.
    fn wait_seconds(&self, sent: u64) -> f64 {
        let film_seconds = self.film_seconds_at(self.start + sent) - self.film_seconds_at(self.start);
        wait_seconds(film_seconds, self.burst)
    }
}

/// Lets a film through at the pace of its watching.
fn paced<S>(pieces: S, pace: Pace) -> impl Stream<Item = Result<Bytes, StoreError>> + Send
where
    S: Stream<Item = Result<Bytes, StoreError>> + Send,
{
    let began = tokio::time::Instant::now();
    let mut sent = 0u64;
    pieces.then(move |piece| {
        let due = began + Duration::from_secs_f64(pace.wait_seconds(sent));
        sent += piece.as_ref().map_or(0, |bytes| bytes.len() as u64);
        async move {
            tokio::time::sleep_until(due).await;
            piece
        }
    })
}

/// When the part that begins this many seconds into the answer is let through, in seconds after its beginning.
fn wait_seconds(film_seconds: f64, burst: f64) -> f64 {
    let early = film_seconds.min(EARLY_SECONDS) - burst;
    let late = film_seconds - EARLY_SECONDS;
    early.max(0.0) / EARLY_PACE + late.max(0.0) / PACE
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound => Self::not_found("file"),
            StoreError::Full => {
                tracing::error!("the disk of the media store is full");
                Self::new(ErrorCode::StorageFull, "the disk of the server is full").retry_after_ms(30_000)
            }
            StoreError::Unavailable(cause) => {
                tracing::warn!(cause, "media store unavailable");
                Self::new(ErrorCode::Unavailable, "the media store cannot be used just now")
                    .retry_after_ms(1_000)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(value: &str) -> Asked {
        let headers = HeaderMap::from_iter([(header::RANGE, HeaderValue::from_str(value).unwrap())]);
        asked(&headers, "\"tag\"")
    }

    #[test]
    fn one_range_is_read_and_every_other_form_means_the_whole() {
        assert_eq!(range("bytes=0-99"), Asked::Between(0, 99));
        assert_eq!(range("bytes=5-"), Asked::From(5));
        assert_eq!(range("bytes=-7"), Asked::Last(7));
        for other in [
            "bytes=9-3",
            "bytes=0-1,4-5",
            "bytes=-",
            "bytes=a-b",
            "items=0-1",
            "bytes=--1",
            "bytes=+1-2x",
            "bytes=+1-2",
        ] {
            assert_eq!(range(other), Asked::Whole, "{other}");
        }
    }

    #[test]
    fn ranges_end_with_the_file_and_none_beyond_it_is_satisfiable() {
        assert_eq!(Asked::Between(2, 99).of(10), Some(2..10));
        assert_eq!(Asked::Between(2, u64::MAX).of(10), Some(2..10));
        assert_eq!(Asked::Last(3).of(10), Some(7..10));
        assert_eq!(Asked::Last(30).of(10), Some(0..10));
        assert_eq!(Asked::From(10).of(10), None);
        assert_eq!(Asked::Last(0).of(10), None);
        assert_eq!(Asked::Whole.of(0), Some(0..0));
    }

    #[test]
    fn a_film_comes_hardly_quicker_than_it_plays_until_somebody_stays() {
        assert_eq!(wait_seconds(BURST_SECONDS, BURST_SECONDS), 0.0);
        let [early, late] =
            [EARLY_SECONDS, EARLY_SECONDS + 10.0].map(|film| wait_seconds(film, BURST_SECONDS));
        assert!((EARLY_SECONDS - BURST_SECONDS - early * EARLY_PACE).abs() < 0.001);
        assert!((10.0 - (late - early) * PACE).abs() < 0.001);
        assert!(wait_seconds(1.0, BEGUN_BURST_SECONDS) > 0.5);
    }

    #[test]
    fn what_comes_at_once_depends_on_what_the_player_has_already() {
        let burst = |start| Pace::new(100_000, None, start).burst;
        assert_eq!([0, 90_000, 900_000].map(burst), [1.0, 0.3, 2.0]);
    }

    #[test]
    fn only_names_of_ours_are_looked_up() {
        let hash = "ab".repeat(32);
        assert_eq!(kind_of("ab", &format!("{hash}.mp4")), Some("video/mp4"));
        for (folder, name) in [
            ("ac", format!("{hash}.mp4")),
            ("ab", format!("{hash}.exe")),
            ("..", "minnow.sqlite".into()),
            ("ab", format!("{}.mp4", "AB".repeat(32))),
            ("st", "staging".into()),
        ] {
            assert_eq!(kind_of(folder, &name), None, "{name}");
        }
    }
}
