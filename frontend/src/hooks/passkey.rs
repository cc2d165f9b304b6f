//! Passkeys: the browser's ceremonies, from the server's options to what the server checks.

use crate::browser::{member, window};
use js_sys::{Function, JSON, Object, Promise, Reflect};
use minnow_shared::limit;
use serde_json::Value;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// Why a ceremony brought nothing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum CeremonyError {
    /// This browser has no passkeys, or not for this address.
    Unsupported,
    /// Closed by the person, or timed out: browsers do not say which.
    Cancelled,
}

/// Whether this browser knows passkeys in the form that is used here.
pub fn passkeys_supported() -> bool {
    let class = member(&window(), "PublicKeyCredential");
    class.is_some_and(|class| member(&class, "parseCreationOptionsFromJSON").is_some())
}

/// Makes a new passkey. `options` as the server sent them; gives what the server checks.
///
/// # Errors
/// As `CeremonyError` tells.
pub async fn create_passkey(options: &Value) -> Result<Value, CeremonyError> {
    ceremony("parseCreationOptionsFromJSON", "create", options).await
}

/// Proves that a passkey is here.
///
/// # Errors
/// As `CeremonyError` tells.
pub async fn use_passkey(options: &Value) -> Result<Value, CeremonyError> {
    ceremony("parseRequestOptionsFromJSON", "get", options).await
}

/// What to call a passkey made here.
pub fn device_label() -> String {
    let agent = window().navigator().user_agent().unwrap_or_default();
    let system = ["Android", "iPhone", "iPad", "Windows", "Mac OS", "CrOS", "Linux"];
    let system = system.into_iter().find(|name| agent.contains(name)).unwrap_or("Browser");
    system.chars().take(limit::DEVICE_LABEL).collect()
}

/// A method of an object, called with one argument.
fn method(object: &JsValue, name: &str, argument: &JsValue) -> Option<JsValue> {
    let function: Function = member(object, name)?.dyn_into().ok()?;
    function.call1(object, argument).ok()
}

fn begin(parse: &str, act: &str, options: &Value) -> Option<Promise> {
    let class = member(&window(), "PublicKeyCredential")?;
    // Some servers wrap the options as `navigator.credentials` takes them.
    let options = options.get("publicKey").unwrap_or(options);
    let parsed = method(&class, parse, &JSON::parse(&crate::wire::write_tree(options)).ok()?)?;
    let request = Object::new();
    Reflect::set(&request, &JsValue::from_str("publicKey"), &parsed).ok()?;
    let credentials = member(&window().navigator(), "credentials")?;
    method(&credentials, act, &request)?.dyn_into().ok()
}

async fn ceremony(parse: &str, act: &str, options: &Value) -> Result<Value, CeremonyError> {
    let promise = begin(parse, act, options).ok_or(CeremonyError::Unsupported)?;
    let credential = JsFuture::from(promise).await.map_err(|_| CeremonyError::Cancelled)?;
    let json =
        method(&credential, "toJSON", &JsValue::UNDEFINED).and_then(|json| JSON::stringify(&json).ok());
    let text = json.and_then(|json| json.as_string()).ok_or(CeremonyError::Unsupported)?;
    crate::wire::parse(&text).ok_or(CeremonyError::Unsupported)
}
