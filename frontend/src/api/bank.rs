//! Files with questions, in and out: no endpoints, for their bodies are no JSON (`shared::bank`).

use super::{ApiError, refusal};
use crate::{browser, wire};
use minnow_shared::bank::{EXPORT_PATH, ExportView, IMPORT_PATH, ImportView};
use serde::de::DeserializeOwned;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{File, RequestInit, Response};

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

/// Sends a file with questions; `dry_run`: it is read and reported on, and nothing is kept.
///
/// # Errors
/// As `ApiError` tells. A file that cannot be read is no error: it is a report without questions.
pub async fn import(file: &File, dry_run: bool) -> Result<ImportView, ApiError> {
    let address = format!("{IMPORT_PATH}?format=auto&name={}&dry_run={dry_run}", encoded(&file.name()));
    ask("POST", &address, Some(file.as_ref())).await
}

/// Where the bank is taken out in a format; `tag`: only what has it, empty for all.
pub fn export_address(format: &str, tag: &str) -> String {
    format!("{EXPORT_PATH}?format={format}&tag={}", encoded(tag))
}

/// What a file in that format would not carry.
///
/// # Errors
/// As `ApiError` tells.
pub async fn export_report(format: &str, tag: &str) -> Result<ExportView, ApiError> {
    ask("GET", &format!("{}&report=true", export_address(format, tag)), None).await
}
