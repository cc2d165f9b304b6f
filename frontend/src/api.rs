//! The only fetch to the server's endpoints. What an answer means is the caller's matter; texts for errors are in
//! `i18n`. Uploads, which are no endpoints, are in `tus`.

pub mod bank;
pub mod topics;
pub mod tus;

use crate::{browser, state::session, wire};
use minnow_shared::{
    Callers, Endpoint, ErrorCode, ErrorView, Method, account::StartGuest, request_parts, request_path,
};
use std::cell::RefCell;
use std::pin::Pin;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, future_to_promise};
use web_sys::{AbortSignal, Headers, RequestInit, Response};

/// Why a call brought nothing.
#[derive(Debug, Clone, PartialEq)]
pub enum ApiError {
    /// The server said no, and why.
    Refused(Box<ErrorView>),
    /// Nothing came back: no network, or no server.
    Network,
    /// The caller gave up.
    Aborted,
    /// Something came back that is not an answer of ours.
    Unreadable,
}

impl ApiError {
    pub fn code(&self) -> Option<ErrorCode> {
        match self {
            ApiError::Refused(view) => Some(view.code),
            _ => None,
        }
    }

    /// Whether the same request may work later, unchanged.
    pub fn is_temporary(&self) -> bool {
        match self {
            ApiError::Refused(view) => view.code.status() >= 500 || view.code == ErrorCode::TooManyRequests,
            ApiError::Network | ApiError::Unreadable => true,
            ApiError::Aborted => false,
        }
    }

    /// When the server asked to be tried again, in milliseconds from now.
    pub fn retry_after_ms(&self) -> Option<u64> {
        match self {
            ApiError::Refused(view) => view.retry_after_ms,
            _ => None,
        }
    }
}

/// Calls an endpoint. A write that needs a session begins a guest's where there is none.
///
/// # Errors
/// As `ApiError` tells.
pub async fn call<E: Endpoint>(request: &E) -> Result<E::Response, ApiError> {
    call_until(request, None).await
}

/// `call`, given up when `signal` says so.
///
/// # Errors
/// As `ApiError` tells.
pub async fn call_until<E: Endpoint>(
    request: &E,
    signal: Option<&AbortSignal>,
) -> Result<E::Response, ApiError> {
    let (path, body) = request_parts(request);
    let body = body.map(|body| wire::write_tree(&body));
    let begins_guest = E::CALLERS == Callers::Person && E::METHOD != Method::Get;
    // Boxed, so that no call carries the whole of sending in its own code.
    let answer: Pin<Box<dyn Future<Output = _>>> =
        Box::pin(send(E::METHOD.as_str(), path, body, signal, begins_guest));
    wire::read(&answer.await?).ok_or(ApiError::Unreadable)
}

/// Sends a body as it was written before, as somebody: a guest where nobody is here. The text that comes back.
///
/// # Errors
/// As `ApiError` tells.
pub async fn send_text(method: &str, path: String, body: String) -> Result<String, ApiError> {
    send(method, path, Some(body), None, true).await
}

async fn send(
    method: &str,
    path: String,
    body: Option<String>,
    signal: Option<&AbortSignal>,
    begins_guest: bool,
) -> Result<String, ApiError> {
    if begins_guest && session::current().person().is_none() {
        // Keeps a session that is there and only not known here yet.
        begin_guest().await?;
    }
    match fetch(method, &path, body.as_deref(), signal).await {
        Err(error) if begins_guest && error.code() == Some(ErrorCode::NotSignedIn) => {
            begin_guest().await?;
            fetch(method, &path, body.as_deref(), signal).await
        }
        answer => answer,
    }
}

thread_local! {
    /// The guest's session on its way: two writes at once must not make two guests.
    static GUEST: RefCell<Option<js_sys::Promise>> = const { RefCell::new(None) };
}

/// Begins a guest's session where nobody is here: for a read that needs somebody.
///
/// # Errors
/// When none could be begun.
pub async fn become_guest() -> Result<(), ApiError> {
    begin_guest().await
}

async fn begin_guest() -> Result<(), ApiError> {
    let promise = GUEST.with_borrow_mut(|guest| {
        guest
            .get_or_insert_with(|| {
                future_to_promise(async {
                    let path = request_path(&StartGuest {});
                    let answer = fetch("POST", &path, Some("{}"), None).await;
                    GUEST.with_borrow_mut(Option::take);
                    let view = answer.ok().and_then(|text| wire::read(&text));
                    view.map(session::became).map(|()| JsValue::TRUE).ok_or(JsValue::FALSE)
                })
            })
            .clone()
    });
    JsFuture::from(promise).await.map(drop).map_err(|_| ApiError::Network)
}

async fn fetch(
    method: &str,
    path: &str,
    body: Option<&str>,
    signal: Option<&AbortSignal>,
) -> Result<String, ApiError> {
    let init = RequestInit::new();
    init.set_method(method);
    init.set_signal(signal);
    if let Some(body) = body {
        let headers = Headers::new().map_err(|_| ApiError::Network)?;
        let _ = headers.set("content-type", "application/json");
        init.set_headers(&headers);
        init.set_body(&JsValue::from_str(body));
        // A write outlives the page that is being left; browsers allow this up to 64 kB under way.
        if body.len() < 30_000 {
            let _ = js_sys::Reflect::set(&init, &JsValue::from_str("keepalive"), &JsValue::TRUE);
        }
    }
    let answer = JsFuture::from(browser::window().fetch_with_str_and_init(path, &init)).await;
    let gave_up =
        || if signal.is_some_and(AbortSignal::aborted) { ApiError::Aborted } else { ApiError::Network };
    let response: Response = answer.map_err(|_| gave_up())?.unchecked_into();
    let text = JsFuture::from(response.text().map_err(|_| gave_up())?).await.map_err(|_| gave_up())?;
    let text = text.as_string().unwrap_or_default();
    if response.ok() { Ok(text) } else { Err(refusal(&text)) }
}

/// One of our own files that is JSON, read by the browser.
pub async fn file(address: &str) -> Option<JsValue> {
    let answer = JsFuture::from(browser::window().fetch_with_str(address)).await.ok()?;
    let response: Response = answer.unchecked_into();
    if response.ok() { JsFuture::from(response.json().ok()?).await.ok() } else { None }
}

/// A body that is no `ErrorView` comes from something between us and the server.
fn refusal(text: &str) -> ApiError {
    wire::read(text).map_or(ApiError::Unreadable, |view| ApiError::Refused(Box::new(view)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_keeps_code_and_patience() {
        let error = refusal(r#"{"code":"too_many_requests","detail":"x","retry_after_ms":1500}"#);
        assert_eq!(error.code(), Some(ErrorCode::TooManyRequests));
        assert_eq!(error.retry_after_ms(), Some(1500));
        assert!(error.is_temporary());
    }

    #[test]
    fn a_gateway_page_is_not_an_answer_and_may_pass() {
        assert_eq!(refusal("<html>502</html>"), ApiError::Unreadable);
        assert!(ApiError::Unreadable.is_temporary());
    }

    #[test]
    fn a_refusal_for_good_is_not_tried_again() {
        assert!(!refusal(r#"{"code":"not_found","detail":"x"}"#).is_temporary());
    }
}
