//! Files with questions, in and out: no endpoints, for their bodies are no JSON (`shared::bank`).

use super::{ApiError, refusal};
use crate::{browser, wire};
use minnow_shared::bank::{EXPORT_PATH, ExportView, IMPORT_PATH, ImportView, PICTURES_PATH, PictureView};
use serde::de::DeserializeOwned;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, File, ProgressEvent, RequestInit, Response, XmlHttpRequest};
use yew::Callback;

fn encoded(text: &str) -> String {
    js_sys::encode_uri_component(text).into()
}

pub(super) async fn ask<T: DeserializeOwned>(
    method: &str,
    address: &str,
    body: Option<&JsValue>,
) -> Result<T, ApiError> {
    let init = RequestInit::new();
    init.set_method(method);
    if let Some(body) = body {
        init.set_body(body);
    }
    let promise = browser::window().fetch_with_str_and_init(address, &init);
    let response: Response = JsFuture::from(promise).await.map_err(|_| ApiError::Network)?.unchecked_into();
    let text = JsFuture::from(response.text().map_err(|_| ApiError::Network)?).await;
    let text = text.map_err(|_| ApiError::Network)?.as_string().unwrap_or_default();
    if response.ok() { wire::read(&text).ok_or(ApiError::Unreadable) } else { Err(refusal(&text)) }
}

/// Sends a file with questions; `dry_run`: it is read and reported on, and nothing is kept; otherwise each question gets
/// `tag`, where there is one. `sent` hears how much of it has gone, 0 to 1.
///
/// # Errors
/// As `ApiError` tells. A file that cannot be read is no error: it is a report without questions.
pub async fn import(
    file: &File,
    dry_run: bool,
    tag: &str,
    sent: Callback<f64>,
) -> Result<ImportView, ApiError> {
    let (name, tag) = (encoded(&file.name()), encoded(tag));
    let address = format!("{IMPORT_PATH}?format=auto&name={name}&tag={tag}&dry_run={dry_run}");
    let (ok, text) = post_with_progress(&address, file, sent).await.ok_or(ApiError::Network)?;
    if ok { wire::read(&text).ok_or(ApiError::Unreadable) } else { Err(refusal(&text)) }
}

/// `fetch` does not say how much of a body has gone; this older way does. Whether the status was a good one, and the text.
async fn post_with_progress(address: &str, file: &File, sent: Callback<f64>) -> Option<(bool, String)> {
    let request = XmlHttpRequest::new().ok()?;
    request.open_with_async("POST", address, true).ok()?;
    let tell = Closure::<dyn Fn(ProgressEvent)>::new(move |event: ProgressEvent| {
        if event.length_computable() && event.total() > 0.0 {
            sent.emit(event.loaded() / event.total());
        }
    });
    request.upload().ok()?.set_onprogress(Some(tell.as_ref().unchecked_ref()));
    let promise = js_sys::Promise::new(&mut |resolve, _| {
        request.set_onloadend(Some(&resolve));
        let _ = request.send_with_opt_blob(Some(file.as_ref()));
    });
    JsFuture::from(promise).await.ok()?;
    let status = request.status().ok().filter(|status| *status > 0)?;
    let text = request.response_text().ok().flatten().unwrap_or_default();
    Some(((200..300).contains(&status), text))
}

/// Where the bank is taken out in a format; `tag` and `category`: only what has it and lies in it, empty for all.
pub fn export_address(format: &str, tag: &str, category: &str) -> String {
    format!("{EXPORT_PATH}?format={format}&tag={}&category={}", encoded(tag), encoded(category))
}

/// What a file in that format would not carry.
///
/// # Errors
/// As `ApiError` tells.
pub async fn export_report(format: &str, tag: &str, category: &str) -> Result<ExportView, ApiError> {
    ask("GET", &format!("{}&report=true", export_address(format, tag, category)), None).await
}

/// Sends a picture for a question.
///
/// # Errors
/// As `ApiError` tells: `TooLarge`, `UnsupportedKind`.
pub async fn keep_picture(picture: &Blob) -> Result<PictureView, ApiError> {
    ask("POST", PICTURES_PATH, Some(picture.as_ref())).await
}
