//! Writes on their way to the server: kept in the browser's database first, sent in order, taken out when the server has
//! them. Their ids are made here, so that sending one twice changes nothing. The queue's rules are pure; the sending is below.

use super::database::{self, Row, Table};
use super::{session, toasts};
use crate::api::{ApiError, send_text};
use crate::browser::spawn;
use crate::{browser, i18n, wire};
use gloo::events::EventListener;
use gloo::timers::callback::Timeout;
use js_sys::{Function, Promise};
use minnow_shared::clip::{SetLike, SetSave};
use minnow_shared::interest::{SetLeaning, SetRefusal};
use minnow_shared::limit::WATCH_BATCH;
use minnow_shared::watch::{RecordWatch, WatchedStretch};
use minnow_shared::{AnswerId, ClipId, Endpoint, LeaningId, request_parts};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, future_to_promise};
use yew::Callback;

/// A write that must arrive once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Write {
    /// A request as it goes out. What the server says to it is the matter of whoever wrote it.
    Request {
        method: String,
        path: String,
        body: String,
    },
    Watch {
        stretch: WatchedStretch,
        utc_offset_minutes: i32,
    },
}

impl Write {
    /// A call to an endpoint that changes something.
    pub fn of<E: Endpoint>(request: &E) -> Self {
        Self::request(E::METHOD.as_str(), request_parts(request))
    }

    fn request(method: &str, (path, body): (String, Option<Value>)) -> Self {
        let body = body.map(|body| wire::write_tree(&body)).unwrap_or_default();
        Write::Request { method: method.to_owned(), path, body }
    }
}

/// What became of a write.
#[derive(Debug, Clone, PartialEq)]
pub enum Sent {
    /// What the server said to it.
    Heard(String),
    /// Kept here; it goes out when there is a network, and `Heard` follows while the page lives.
    Kept,
    /// The server will never take it.
    Refused(ApiError),
}

#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Rises with every write, across reloads.
    pub number: f64,
    pub write: Write,
}

/// Writes in order, oldest first.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Queue {
    entries: VecDeque<Entry>,
}

impl Queue {
    /// Adds a write at the end. `now_ms` makes the number, which never falls even when the clock does.
    pub fn push(&mut self, write: Write, now_ms: f64) -> f64 {
        let after = self.entries.back().map_or(0.0, |last| last.number + 1.0);
        let number = after.max((now_ms * 1000.0).floor());
        self.entries.push_back(Entry { number, write });
        number
    }

    /// Puts what was kept before this start in front of what has come since.
    pub fn restore(&mut self, kept: Vec<Entry>) {
        let known = |queue: &Self, number: f64| queue.entries.iter().any(|entry| entry.number == number);
        let mut all: Vec<Entry> = kept.into_iter().filter(|entry| !known(self, entry.number)).collect();
        all.extend(self.entries.drain(..));
        all.sort_by(|a, b| a.number.total_cmp(&b.number));
        self.entries = all.into();
    }

    /// The next thing to send: one write, or as many stretches as follow each other and fit into one call.
    pub fn next(&self) -> Vec<Entry> {
        let Some(first) = self.entries.front() else { return Vec::new() };
        let Write::Watch { utc_offset_minutes: offset, .. } = first.write else { return vec![first.clone()] };
        let same = |entry: &&Entry| matches!(entry.write, Write::Watch { utc_offset_minutes, .. } if utc_offset_minutes == offset);
        self.entries.iter().take_while(same).take(WATCH_BATCH).cloned().collect()
    }

    /// The server has these, or will never take them.
    pub fn settle(&mut self, numbers: &[f64]) {
        self.entries.retain(|entry| !numbers.contains(&entry.number));
    }

    /// How many wait.
    pub fn waiting(&self) -> usize {
        self.entries.len()
    }
}

/// How long to wait before the next try, in milliseconds: twice as long each time, a minute at most, or what the server asked.
pub fn backoff_ms(tries: u32, asked_ms: Option<u64>) -> u32 {
    let own = 1_000u32.saturating_mul(1 << tries.min(6)).min(60_000);
    asked_ms.map_or(own, |asked| u32::try_from(asked).unwrap_or(u32::MAX).clamp(own.min(1_000), 600_000))
}

/// Watched stretches wait this long for company, in milliseconds, unless there are `WATCH_ENOUGH`.
const WATCH_WAITS_MS: u32 = 10_000;
const WATCH_ENOUGH: usize = 20;

#[derive(Default)]
struct Outbox {
    queue: RefCell<Queue>,
    /// Who wants to hear of which answer.
    waiting: RefCell<Vec<(f64, Callback<Sent>)>>,
    sending: Cell<bool>,
    tries: Cell<u32>,
    timer: RefCell<Option<Timeout>>,
}

thread_local! {
    static OUTBOX: Outbox = Outbox::default();
}

/// Writes not yet on the server.
pub fn pending() -> usize {
    OUTBOX.with(|outbox| outbox.queue.borrow().waiting())
}

/// Answers not yet on the server, of every program and tab.
pub async fn waiting_answers() -> u64 {
    let rows = database::all(Table::Outbox).await.unwrap_or_default();
    let is_answer = |text: &String| matches!(wire::read(text), Some(Write::Request { path, .. }) if path.ends_with("/answers"));
    rows.iter().filter(|(_, text)| is_answer(text)).count() as u64
}

/// The ids of those answers.
pub async fn waiting_ids() -> Vec<AnswerId> {
    let rows = database::all(Table::Outbox).await.unwrap_or_default();
    let id = |text: &String| match wire::read(text)? {
        Write::Request { body, .. } => {
            wire::parse(&body)?.get("answer_id").and_then(|id| AnswerId::parse(id.as_str()?).ok())
        }
        Write::Watch { .. } => None,
    };
    rows.iter().filter_map(|(_, text)| id(text)).collect()
}

/// Stretches watched that are not yet on the server, of every program and tab.
pub async fn waiting_stretches() -> Vec<WatchedStretch> {
    let rows = database::all(Table::Outbox).await.unwrap_or_default();
    let stretch = |text: &String| match wire::read(text)? {
        Write::Watch { stretch, .. } => Some(stretch),
        Write::Request { .. } => None,
    };
    rows.iter().filter_map(|(_, text)| stretch(text)).collect()
}

/// Reads what was kept before this start and sends it; sends again when the network comes back, and before the page goes.
pub fn start() {
    listen();
    spawn(async {
        let kept = database::all(Table::Outbox).await.unwrap_or_default();
        let entries = kept
            .into_iter()
            .filter_map(|(key, text)| Some(Entry { number: key.as_f64()?, write: wire::read(&text)? }))
            .collect();
        OUTBOX.with(|outbox| outbox.queue.borrow_mut().restore(entries));
        flush();
    });
}

/// Sends again when the network comes back, and before the page goes; what other programs left is theirs.
pub fn listen() {
    EventListener::new(&browser::window(), "online", |_| {
        OUTBOX.with(|outbox| outbox.tries.set(0));
        flush();
    })
    .forget();
    EventListener::new(&browser::document(), "visibilitychange", |_| {
        if browser::document().hidden() {
            flush();
        }
    })
    .forget();
}

/// Sends an answer. `told` hears what became of it: once, or twice when it had to wait.
pub fn send(write: Write, told: Callback<Sent>) {
    spawn(async move {
        let text = wire::write(&write);
        let number = keep(write).await;
        // For the cards that packs keep, which hold it also once it is on the server.
        database::put(Table::Given, JsValue::from_f64(number), &text).await;
        OUTBOX.with(|outbox| outbox.waiting.borrow_mut().push((number, told)));
        flush();
    });
}

/// "Not interested", or taken back; `told` hears what became of it: once, or twice when it had to wait.
pub fn refuse(clip_id: ClipId, on: bool, told: Callback<Sent>) {
    keep_and_send(Write::of(&SetRefusal { clip_id, on, at_ms: Some(browser::now_ms()) }), told);
}

/// "More like this", or less; `told` as for `refuse`.
pub fn lean(clip_id: ClipId, is_more: bool, told: Callback<Sent>) {
    let leaning_id = browser::new_id(LeaningId::new);
    let at_ms = Some(browser::now_ms());
    keep_and_send(Write::of(&SetLeaning { clip_id, leaning_id, is_more, at_ms }), told);
}

/// Likes a clip, or takes it back; `told` as for `refuse`.
pub fn like(clip_id: ClipId, on: bool, told: Callback<Sent>) {
    keep_and_send(Write::of(&SetLike { clip_id, on, at_ms: Some(browser::now_ms()) }), told);
}

/// Saves a clip for later, or takes it back; `told` as for `refuse`.
pub fn save(clip_id: ClipId, on: bool, told: Callback<Sent>) {
    keep_and_send(Write::of(&SetSave { clip_id, on, at_ms: Some(browser::now_ms()) }), told);
}

fn keep_and_send(write: Write, told: Callback<Sent>) {
    spawn(async move {
        let number = keep(write).await;
        OUTBOX.with(|outbox| outbox.waiting.borrow_mut().push((number, told)));
        flush();
    });
}

/// Keeps watched stretches; they leave together after a while. `told`: they leave now, and it hears what became of the last.
pub fn watched(stretches: Vec<WatchedStretch>, told: Option<Callback<Sent>>) {
    let utc_offset_minutes = browser::utc_offset_minutes();
    spawn(async move {
        let mut last = None;
        for stretch in stretches {
            last = Some(keep(Write::Watch { stretch, utc_offset_minutes }).await);
        }
        if let Some((number, told)) = last.zip(told) {
            OUTBOX.with(|outbox| outbox.waiting.borrow_mut().push((number, told)));
            return flush();
        }
        if pending() >= WATCH_ENOUGH || browser::document().hidden() {
            return flush();
        }
        OUTBOX.with(|outbox| {
            let mut timer = outbox.timer.borrow_mut();
            if timer.is_none() {
                *timer = Some(Timeout::new(WATCH_WAITS_MS, flush));
            }
        });
    });
}

/// Puts a write into the queue and the database.
async fn keep(write: Write) -> f64 {
    let text = wire::write(&write);
    let number = number_of(write);
    // Where the database is refused the write still goes out from memory.
    database::put(Table::Outbox, JsValue::from_f64(number), &text).await;
    number
}

fn number_of(write: Write) -> f64 {
    // Two programs and two tabs write into one database: the same millisecond must not be the same number.
    let chance = js_sys::Math::random();
    OUTBOX.with(|outbox| outbox.queue.borrow_mut().push(write, browser::now_ms() as f64 + chance))
}

/// Sends a write that is on this device's disk, together with `beside`, before it goes out, and before this ends; false
/// where the browser keeps nothing. `told` hears what became of it as for `send`.
pub async fn send_with(write: Write, beside: Vec<Row>, told: Callback<Sent>) -> bool {
    let text = wire::write(&write);
    let number = number_of(write);
    let mut rows = beside;
    rows.push((Table::Outbox, JsValue::from_f64(number), text));
    let is_kept = database::put_all(&rows).await.is_some();
    OUTBOX.with(|outbox| outbox.waiting.borrow_mut().push((number, told)));
    flush();
    is_kept
}

/// Sends what waits, one call after the other; only one at a time runs.
pub fn flush() {
    spawn(run());
}

async fn run() {
    let begins = OUTBOX.with(|outbox| {
        outbox.timer.borrow_mut().take();
        !outbox.sending.replace(true)
    });
    if begins && alone(|| future_to_promise(send_all_then())).await.is_none() {
        send_all().await;
    }
}

async fn send_all_then() -> Result<JsValue, JsValue> {
    send_all().await;
    Ok(JsValue::UNDEFINED)
}

/// Runs while no other tab of ours does: two tabs share one database. `None` where the browser has no locks.
async fn alone(work: impl FnOnce() -> Promise + 'static) -> Option<JsValue> {
    let navigator = browser::window().navigator();
    let locks = browser::member(&navigator, "locks")?;
    let request: Function = browser::member(&locks, "request")?.dyn_into().ok()?;
    let held = Closure::once_into_js(work);
    let promise = request.call2(&locks, &JsValue::from_str("minnow-outbox"), &held).ok()?;
    JsFuture::from(promise.unchecked_into::<Promise>()).await.ok()
}

async fn send_all() {
    loop {
        let batch = OUTBOX.with(|outbox| outbox.queue.borrow().next());
        if batch.is_empty() {
            break;
        }
        let numbers: Vec<f64> = batch.iter().map(|entry| entry.number).collect();
        match call(batch).await {
            Ok(text) => {
                settle(&numbers, Sent::Heard(text)).await;
                OUTBOX.with(|outbox| outbox.tries.set(0));
            }
            Err(error) if error.is_temporary() => {
                wait(&error);
                break;
            }
            Err(error) => {
                toasts::say(i18n::t_with("outbox.dropped", &[("why", &i18n::explain(&error))]));
                settle(&numbers, Sent::Refused(error)).await;
            }
        }
    }
    OUTBOX.with(|outbox| outbox.sending.set(false));
}

/// One call to the server.
async fn call(batch: Vec<Entry>) -> Result<String, ApiError> {
    let Some(Write::Request { method, path, body }) = request_of(batch) else { return Ok(String::new()) };
    let text = send_text(&method, path, body).await?;
    // A gateway's page that says "200" is nobody's answer: the server has not got the write.
    if js_sys::JSON::parse(&text).is_err() { Err(ApiError::Unreadable) } else { Ok(text) }
}

/// The request that carries all of a batch: stretches go together.
fn request_of(batch: Vec<Entry>) -> Option<Write> {
    let (mut stretches, mut offset) = (Vec::new(), 0);
    for entry in batch {
        match entry.write {
            Write::Watch { stretch, utc_offset_minutes } => {
                offset = utc_offset_minutes;
                stretches.push(stretch);
            }
            request @ Write::Request { .. } => return Some(request),
        }
    }
    (!stretches.is_empty()).then(|| Write::of(&RecordWatch { stretches, utc_offset_minutes: offset }))
}

/// These are done with: out of the queue and the database, and whoever waits hears it.
async fn settle(numbers: &[f64], news: Sent) {
    OUTBOX.with(|outbox| outbox.queue.borrow_mut().settle(numbers));
    for number in numbers {
        database::remove(Table::Outbox, JsValue::from_f64(*number)).await;
        let waiting = OUTBOX.with(|outbox| {
            let mut waiting = outbox.waiting.borrow_mut();
            let place = waiting.iter().position(|(of, _)| of == number);
            place.map(|place| waiting.swap_remove(place).1)
        });
        if let Some(told) = waiting {
            told.emit(news.clone());
        }
    }
}

/// The network is away or the server cannot just now: everybody who waits hears "kept", and it is tried again.
fn wait(error: &ApiError) {
    let waiting = OUTBOX.with(|outbox| outbox.waiting.borrow().clone());
    for (_, told) in waiting {
        told.emit(Sent::Kept);
    }
    OUTBOX.with(|outbox| {
        let tries = outbox.tries.get();
        outbox.tries.set(tries + 1);
        let after = backoff_ms(tries, error.retry_after_ms());
        *outbox.timer.borrow_mut() = Some(Timeout::new(after, flush));
    });
}

/// Somebody else is here now, or nobody: what waits belongs to the one who left.
pub async fn forget() {
    OUTBOX.with(|outbox| outbox.queue.take());
    database::clear(Table::Outbox).await;
}

/// Sends what can be sent before somebody signs out. True when nothing is left.
pub async fn drain() -> bool {
    if session::current().person().is_none() || pending() == 0 {
        return pending() == 0;
    }
    // Somebody else may be sending already: give it a moment, but never hold up a learner who wants to leave.
    for _ in 0..20 {
        run().await;
        if pending() == 0 || !browser::is_online() {
            break;
        }
        browser::sleep(100).await;
    }
    pending() == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use minnow_shared::WatchId;

    fn like(on: bool) -> Write {
        Write::of(&SetLike { clip_id: ClipId::new(1, [0; 10]), on, at_ms: None })
    }

    fn watch(chance: u8, utc_offset_minutes: i32) -> Write {
        let stretch = WatchedStretch {
            watch_id: WatchId::new(1, [chance; 10]),
            clip_id: ClipId::new(1, [0; 10]),
            from_ms: 0,
            to_ms: 1,
            started_at_ms: 1,
            finished: false,
        };
        Write::Watch { stretch, utc_offset_minutes }
    }

    #[test]
    fn writes_leave_in_the_order_they_were_made_even_when_the_clock_goes_back() {
        let mut queue = Queue::default();
        queue.push(like(true), 2_000.0);
        queue.push(like(false), 1_000.0);
        let first = queue.next();
        assert_eq!(first.first().map(|e| e.write.clone()), Some(like(true)));
        queue.settle(&[first[0].number]);
        assert_eq!(queue.next()[0].write, like(false));
    }

    #[test]
    fn stretches_that_follow_each_other_go_together_and_never_past_another_write() {
        let mut queue = Queue::default();
        for chance in 0..3 {
            queue.push(watch(chance, 60), 1.0);
        }
        queue.push(like(true), 1.0);
        queue.push(watch(9, 60), 1.0);
        let batch = queue.next();
        assert_eq!(batch.len(), 3);
        queue.settle(&batch.iter().map(|e| e.number).collect::<Vec<_>>());
        assert_eq!(queue.next()[0].write, like(true));
    }

    #[test]
    fn a_batch_of_stretches_is_one_request_with_all_of_them() {
        let mut queue = Queue::default();
        queue.push(watch(1, 60), 1.0);
        queue.push(watch(2, 60), 1.0);
        let Some(Write::Request { method, path, body }) = request_of(queue.next()) else {
            panic!("a request")
        };
        let sent: RecordWatch = wire::read(&body).expect("a body");
        assert_eq!((method.as_str(), path.as_str()), (RecordWatch::METHOD.as_str(), RecordWatch::PATH));
        assert_eq!((sent.stretches.len(), sent.utc_offset_minutes), (2, 60));
        assert_eq!(request_of(Vec::new()), None);
    }

    #[test]
    fn a_batch_has_one_time_zone_and_at_most_what_a_call_takes() {
        let mut queue = Queue::default();
        for chance in 0..=WATCH_BATCH as u8 {
            queue.push(watch(chance, 0), 1.0);
        }
        assert_eq!(queue.next().len(), WATCH_BATCH);
        let mut travelled = Queue::default();
        travelled.push(watch(0, 0), 1.0);
        travelled.push(watch(1, 60), 1.0);
        assert_eq!(travelled.next().len(), 1);
    }

    #[test]
    fn what_was_kept_before_a_reload_goes_first_and_once() {
        let mut queue = Queue::default();
        let number = queue.push(like(false), 10.0);
        let kept = vec![Entry { number, write: like(false) }, Entry { number: 5.0, write: like(true) }];
        queue.restore(kept);
        assert_eq!(queue.waiting(), 2);
        assert_eq!(queue.next()[0].write, like(true));
    }

    #[test]
    fn a_write_reads_back_from_the_database_as_it_was() {
        for write in [like(true), watch(1, -60)] {
            assert_eq!(wire::read(&wire::write(&write)), Some(write));
        }
    }

    #[test]
    fn patience_doubles_up_to_a_minute_and_listens_to_the_server() {
        assert_eq!([0, 1, 2, 10].map(|tries| backoff_ms(tries, None)), [1_000, 2_000, 4_000, 60_000]);
        assert_eq!(backoff_ms(0, Some(30_000)), 30_000);
    }
}
