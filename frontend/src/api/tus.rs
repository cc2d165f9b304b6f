//! Resumable uploads as they travel: the requests of tus 1.0 (shared::upload). When to send what is `state::upload`.

use super::{ApiError, refusal};
use crate::browser;
use js_sys::{Promise, Uint8Array};
use minnow_shared::upload::{METADATA_CLIP, METADATA_FILE_NAME, METADATA_KIND, TUS_VERSION, UPLOADS_PATH};
use minnow_shared::{ClipId, UploadId};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Headers, RequestInit, Response};

/// Standard base64, by the browser.
fn base64(bytes: &[u8]) -> String {
    let binary: String = bytes.iter().map(|byte| char::from(*byte)).collect();
    browser::window().btoa(&binary).unwrap_or_default()
}

/// The address of an upload.
pub fn address(upload_id: &UploadId) -> String {
    format!("{UPLOADS_PATH}/{upload_id}")
}

async fn request(
    method: &str,
    address: &str,
    headers: &[(&str, &str)],
    body: Option<&Uint8Array>,
) -> Result<Headers, ApiError> {
    let init = RequestInit::new();
    init.set_method(method);
    let all = Headers::new().map_err(|_| ApiError::Network)?;
    let _ = all.set("tus-resumable", TUS_VERSION);
    for (name, value) in headers {
        let _ = all.set(name, value);
    }
    init.set_headers(&all);
    if let Some(body) = body {
        init.set_body(body);
    }
    let promise = browser::window().fetch_with_str_and_init(address, &init);
    let response: Response = JsFuture::from(promise).await.map_err(|_| ApiError::Network)?.unchecked_into();
    if response.ok() {
        return Ok(response.headers());
    }
    let text: Promise = response.text().map_err(|_| ApiError::Network)?;
    let text = JsFuture::from(text).await.map_err(|_| ApiError::Network)?;
    Err(refusal(&text.as_string().unwrap_or_default()))
}

/// Begins an upload of `size_bytes` for a clip: its address.
///
/// # Errors
/// As `ApiError` tells.
pub async fn create(clip: &ClipId, name: &str, kind: &str, size_bytes: u64) -> Result<String, ApiError> {
    let mut metadata = format!("{METADATA_CLIP} {}", base64(clip.as_str().as_bytes()));
    for (key, value) in [(METADATA_FILE_NAME, name), (METADATA_KIND, kind)] {
        if !value.is_empty() {
            metadata.push_str(&format!(",{key} {}", base64(value.as_bytes())));
        }
    }
    let headers = [("upload-length", size_bytes.to_string()), ("upload-metadata", metadata)];
    let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let answer = request("POST", UPLOADS_PATH, &headers, None).await?;
    answer.get("location").ok().flatten().ok_or(ApiError::Unreadable)
}

fn offset_of(headers: &Headers) -> Result<u64, ApiError> {
    let text = headers.get("upload-offset").ok().flatten();
    text.and_then(|text| text.parse().ok()).ok_or(ApiError::Unreadable)
}

/// How many bytes the server has.
///
/// # Errors
/// As `ApiError` tells; an answer to HEAD has no body, so a refusal reads as `Unreadable`.
pub async fn offset(address: &str) -> Result<u64, ApiError> {
    offset_of(&request("HEAD", address, &[], None).await?)
}

/// Sends bytes from `offset` on with their SHA-256, where the browser can compute it: the new offset.
///
/// # Errors
/// As `ApiError` tells.
pub async fn patch(address: &str, offset: u64, bytes: &Uint8Array) -> Result<u64, ApiError> {
    let offset = offset.to_string();
    let mut headers =
        vec![("content-type", "application/offset+octet-stream"), ("upload-offset", offset.as_str())];
    let checksum = sha256(bytes).await.map(|digest| format!("sha256 {}", base64(&digest)));
    if let Some(checksum) = &checksum {
        headers.push(("upload-checksum", checksum));
    }
    offset_of(&request("PATCH", address, &headers, Some(bytes)).await?)
}

/// Ends an upload and throws its bytes away.
///
/// # Errors
/// As `ApiError` tells.
pub async fn terminate(address: &str) -> Result<(), ApiError> {
    request("DELETE", address, &[], None).await.map(drop)
}

/// `None` outside of secure contexts, where browsers have no digests.
pub async fn sha256(bytes: &Uint8Array) -> Option<Vec<u8>> {
    let crypto = browser::member(&browser::window(), "crypto")?;
    let subtle: web_sys::SubtleCrypto = browser::member(&crypto, "subtle")?.unchecked_into();
    let promise = subtle.digest_with_str_and_buffer_source("SHA-256", bytes.unchecked_ref()).ok()?;
    let digest: JsValue = JsFuture::from(promise).await.ok()?;
    Some(Uint8Array::new(&digest).to_vec())
}
