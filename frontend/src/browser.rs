//! What the browser tells: the clock, chance, storage, cookies, the network's state. The only reader of them; pages and
//! state take the values.

use wasm_bindgen::{JsCast, JsValue};
use web_sys::{HtmlElement, Storage};

pub use gloo::utils::{document, window};

/// Unix milliseconds by the learner's clock.
pub fn now_ms() -> i64 {
    js_sys::Date::now() as i64
}

/// Minutes to add to UTC for local time.
pub fn utc_offset_minutes() -> i32 {
    -(js_sys::Date::new_0().get_timezone_offset() as i32)
}

/// 80 random bits for an id.
pub fn chance() -> [u8; 10] {
    let mut bytes = [0; 10];
    if let Ok(crypto) = window().crypto() {
        // Only fails for more than 65,536 bytes.
        let _ = crypto.get_random_values_with_u8_array(&mut bytes);
    }
    bytes
}

/// A new id, made here: `new_id(AnswerId::new)`.
pub fn new_id<Id>(make: impl Fn(i64, [u8; 10]) -> Id) -> Id {
    make(now_ms(), chance())
}

fn storage() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

/// A value kept in this browser.
pub fn stored(key: &str) -> Option<String> {
    storage()?.get_item(key).ok().flatten()
}

/// Keeps a value in this browser; private windows and full disks may not keep it, which costs convenience only.
pub fn store(key: &str, value: &str) {
    if let Some(storage) = storage() {
        let _ = storage.set_item(key, value);
    }
}

pub fn forget(key: &str) {
    if let Some(storage) = storage() {
        let _ = storage.remove_item(key);
    }
}

/// Whether the browser believes it has a network.
pub fn is_online() -> bool {
    window().navigator().on_line()
}

/// A cookie that the server may read, for a year.
pub fn set_cookie(name: &str, value: &str) {
    if let Ok(document) = document().dyn_into::<web_sys::HtmlDocument>() {
        let secure =
            if window().location().protocol().is_ok_and(|p| p == "https:") { "; Secure" } else { "" };
        let cookie = format!("{name}={value}; Path=/; Max-Age=31536000; SameSite=Lax{secure}");
        let _ = document.set_cookie(&cookie);
    }
}

/// Takes a cookie of `set_cookie` away.
pub fn clear_cookie(name: &str) {
    if let Ok(document) = document().dyn_into::<web_sys::HtmlDocument>() {
        let _ = document.set_cookie(&format!("{name}=; Path=/; Max-Age=0; SameSite=Lax"));
    }
}

/// Sets an attribute of `<html>`.
pub fn set_root(name: &str, value: Option<&str>) {
    if let Some(root) = document().document_element() {
        let _ = match value {
            Some(value) => root.set_attribute(name, value),
            None => root.remove_attribute(name),
        };
    }
}

/// The element with an id, where it can take focus.
pub fn element(id: &str) -> Option<HtmlElement> {
    document().get_element_by_id(id)?.dyn_into().ok()
}

/// Sends an event without a payload to `window`.
pub fn announce(name: &str) {
    if let Ok(event) = web_sys::CustomEvent::new(name) {
        let _ = window().dispatch_event(&event);
    }
}

/// Starts work that nobody waits for. Boxed here, so that the executor is compiled once and not for every future.
pub fn spawn(work: impl Future<Output = ()> + 'static) {
    wasm_bindgen_futures::spawn_local(Box::pin(work) as std::pin::Pin<Box<dyn Future<Output = ()>>>);
}

/// Waits.
pub async fn sleep(ms: u32) {
    let promise = js_sys::Promise::new(&mut |resolve, _| {
        let _ = window().set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, ms as i32);
    });
    let _ = wasm_bindgen_futures::JsFuture::from(promise).await;
}

/// Copies a text; false where the browser does not let us.
pub async fn copy(text: &str) -> bool {
    let copied = async {
        let clipboard = member(&window().navigator(), "clipboard")?;
        let write: js_sys::Function = member(&clipboard, "writeText")?.dyn_into().ok()?;
        let promise = write.call1(&clipboard, &JsValue::from_str(text)).ok()?;
        wasm_bindgen_futures::JsFuture::from(promise.unchecked_into::<js_sys::Promise>()).await.ok()
    };
    copied.await.is_some()
}

/// Hands an address on: by the system's own sheet where there is one, else into the clipboard. True: it was copied.
pub async fn share(title: &str, address: &str) -> bool {
    let navigator = window().navigator();
    if let Some(share) =
        member(&navigator, "share").and_then(|share| share.dyn_into::<js_sys::Function>().ok())
    {
        let what = js_sys::Object::new();
        let _ = js_sys::Reflect::set(&what, &"title".into(), &title.into());
        let _ = js_sys::Reflect::set(&what, &"url".into(), &address.into());
        if let Ok(promise) = share.call1(&navigator, &what) {
            let _ = wasm_bindgen_futures::JsFuture::from(js_sys::Promise::from(promise)).await;
        }
        return false;
    }
    copy(address).await
}

/// Hands a text over as a file; `None` where the browser does not let us.
pub fn save_file(name: &str, text: &str) -> Option<()> {
    let blob = web_sys::Blob::new_with_str_sequence(&js_sys::Array::of1(&JsValue::from_str(text))).ok()?;
    let address = web_sys::Url::create_object_url_with_blob(&blob).ok()?;
    let link: web_sys::HtmlAnchorElement = document().create_element("a").ok()?.dyn_into().ok()?;
    link.set_href(&address);
    link.set_download(name);
    link.click();
    web_sys::Url::revoke_object_url(&address).ok()
}

/// A member of a JavaScript object, where there is one.
pub fn member(object: &JsValue, name: &str) -> Option<JsValue> {
    js_sys::Reflect::get(object, &JsValue::from_str(name)).ok().filter(|v| !v.is_undefined() && !v.is_null())
}
