//! The service worker as the keeper of packs: what it is to fetch, how far it is, why it stopped. `frontend/sw.js` is the
//! other side.

use super::{FileRow, PACKS, PacksAction, load};
use crate::state::offline;
use crate::{browser, wire};
use gloo::events::EventListener;
use js_sys::{JSON, Promise, Reflect};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{MessageEvent, ServiceWorker, ServiceWorkerContainer, ServiceWorkerRegistration};

/// Read by the service worker under the same name.
const WANTED_CACHE: &str = "minnow-wanted-v1";
const WANTED: &str = "/offline/wanted";

/// Files that belong together. `text`: the clip, which is a kept one as soon as all files are here.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Item {
    pub name: String,
    #[serde(default)]
    pub text: Option<String>,
    pub files: Vec<FileRow>,
}

/// Why the worker fetches no more for now.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stopped {
    /// There is no room.
    Full,
    Network,
}

/// What the worker keeps of its work.
#[derive(Default, Deserialize)]
pub struct Work {
    /// Why it stopped, if it did.
    #[serde(default)]
    pub stopped: Option<Stopped>,
    /// What the server does not have any more: it is not waited for.
    #[serde(default)]
    pub gone: HashSet<String>,
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Order {
    Keep { items: Vec<Item> },
    Drop { names: Vec<String> },
    Work,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum News {
    KeptProgress {
        address: String,
        bytes: u64,
    },
    KeptChange {
        #[serde(default)]
        stopped: Option<Stopped>,
    },
    #[serde(other)]
    Other,
}

fn container() -> Option<ServiceWorkerContainer> {
    browser::member(&browser::window().navigator(), "serviceWorker")?.dyn_into().ok()
}

/// The worker in charge; it may still be on its way on a first visit.
async fn active() -> Option<ServiceWorker> {
    let container = container()?;
    for _ in 0..30 {
        let registration = JsFuture::from(container.get_registration()).await.ok()?;
        if let Ok(registration) = registration.dyn_into::<ServiceWorkerRegistration>()
            && let Some(worker) = registration.active()
        {
            return Some(worker);
        }
        browser::sleep(200).await;
    }
    None
}

pub async fn is_there() -> bool {
    active().await.is_some()
}

async fn send(order: &Order) {
    if let (Some(worker), Ok(message)) = (active().await, JSON::parse(&wire::write(order))) {
        let _ = worker.post_message(&message);
    }
}

pub async fn keep(items: Vec<Item>) {
    send(&Order::Keep { items }).await;
}

pub async fn drop_items(names: Vec<String>) {
    send(&Order::Drop { names }).await;
}

pub async fn go_on() {
    send(&Order::Work).await;
}

/// What it keeps of its work.
pub async fn work() -> Work {
    kept_work().await.unwrap_or_default()
}

async fn kept_work() -> Option<Work> {
    let caches = browser::window().caches().ok()?;
    let cache: web_sys::Cache = JsFuture::from(caches.open(WANTED_CACHE)).await.ok()?.dyn_into().ok()?;
    let found = JsFuture::from(cache.match_with_str(WANTED)).await.ok()?;
    let response: web_sys::Response = found.dyn_into().ok()?;
    let text = JsFuture::from(response.text().ok()?).await.ok()?.as_string()?;
    wire::read(&text)
}

/// Hears how far it is for as long as the page lives.
pub fn listen() {
    let Some(container) = container() else { return };
    EventListener::new(&container, "message", |event| {
        let data = event.unchecked_ref::<MessageEvent>().data();
        let text = JSON::stringify(&data).ok().and_then(|text| text.as_string());
        match text.and_then(|text| wire::read(&text)) {
            Some(News::KeptProgress { address, bytes }) => {
                PACKS.with(|packs| packs.dispatch(PacksAction::Coming { address, bytes }));
            }
            Some(News::KeptChange { stopped }) => browser::spawn(async move {
                offline::load().await;
                load().await;
                if let Some(stopped) = stopped {
                    PACKS.with(|packs| packs.dispatch(PacksAction::Stopped(stopped)));
                }
            }),
            Some(News::Other) | None => {}
        }
    })
    .forget();
}

fn storage() -> Option<JsValue> {
    browser::member(&browser::window().navigator(), "storage")
}

async fn ask_storage(name: &str) -> Option<JsValue> {
    let storage = storage()?;
    let ask: js_sys::Function = browser::member(&storage, name)?.dyn_into().ok()?;
    let promise: Promise = ask.call0(&storage).ok()?.dyn_into().ok()?;
    JsFuture::from(promise).await.ok()
}

/// Asks the browser not to take away what is kept when it wants room.
pub async fn ask_to_persist() {
    ask_storage("persist").await;
}

/// Bytes that still fit, as far as the browser tells.
pub async fn room_bytes() -> Option<u64> {
    let estimate = ask_storage("estimate").await?;
    let number = |name: &str| Reflect::get(&estimate, &JsValue::from_str(name)).ok()?.as_f64();
    Some((number("quota")? - number("usage")?).max(0.0) as u64)
}
