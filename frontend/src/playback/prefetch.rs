//! Carries out a plan of `schedule`, one step after the other, and stops at once when told: exact byte ranges go into the
//! browser's own cache, where the video element finds them.

use super::{
    schedule::{self, Step},
    timing,
};
use crate::browser::{spawn, window};
use js_sys::ArrayBuffer;
use minnow_shared::clip::RenditionView;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, Headers, RequestInit, Response};

#[derive(Default)]
pub struct Prefetch {
    running: RefCell<Option<AbortController>>,
    /// Bytes from 0 that are in the cache, by address.
    fetched: RefCell<HashMap<String, u64>>,
    throughput: Cell<Option<u32>>,
}

impl Prefetch {
    pub fn throughput(&self) -> Option<u32> {
        self.throughput.get()
    }

    pub fn stop(&self) {
        if let Some(running) = self.running.borrow_mut().take() {
            running.abort();
        }
    }

    /// Starts a plan; one that runs is stopped. `rendition_at` chooses for a place; `act` does what is no download.
    pub fn start(
        self: &Rc<Self>,
        steps: Vec<Step>,
        rendition_at: impl Fn(usize) -> Option<RenditionView> + 'static,
        act: impl Fn(Step) + 'static,
    ) {
        self.stop();
        let Ok(controller) = AbortController::new() else { return };
        *self.running.borrow_mut() = Some(controller.clone());
        let this = self.clone();
        spawn(async move {
            for step in steps {
                let rendition = rendition_at(step.place());
                let range = rendition.and_then(|r| Some((schedule::range_bytes(step, &r)?, r)));
                if let Some((bytes, rendition)) = range {
                    this.fetch(&rendition, bytes, &controller).await;
                }
                if controller.signal().aborted() {
                    return;
                }
                act(step);
            }
        });
    }

    async fn fetch(&self, rendition: &RenditionView, bytes: u64, controller: &AbortController) {
        if self.fetched.borrow().get(&rendition.url).is_some_and(|had| *had >= bytes) {
            return;
        }
        let begun = timing::now();
        if let Some(got) = fetch_range(&rendition.url, bytes, controller).await {
            let took = timing::now() - begun;
            // What came out of the cache says nothing about the network.
            if took > 8.0 {
                self.throughput.set(schedule::throughput(self.throughput.get(), got, took));
            }
            self.fetched.borrow_mut().insert(rendition.url.clone(), bytes);
        }
    }
}

/// The number of bytes that came.
async fn fetch_range(url: &str, bytes: u64, controller: &AbortController) -> Option<u64> {
    let headers = Headers::new().ok()?;
    headers.set("range", &format!("bytes=0-{}", bytes.saturating_sub(1))).ok()?;
    let init = RequestInit::new();
    init.set_headers(&headers);
    init.set_signal(Some(&controller.signal()));
    let response: Response =
        JsFuture::from(window().fetch_with_str_and_init(url, &init)).await.ok()?.dyn_into().ok()?;
    let body: ArrayBuffer = JsFuture::from(response.array_buffer().ok()?).await.ok()?.dyn_into().ok()?;
    response.ok().then(|| u64::from(body.byte_length()))
}
