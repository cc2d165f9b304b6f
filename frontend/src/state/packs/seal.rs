//! Opening the seal of a question that is kept here, by the browser's own cryptography: the other side of
//! `backend/src/seal.rs`. Who may open one and when is `give`'s matter.

use crate::{browser, wire};
use js_sys::{Array, ArrayBuffer, Object, Reflect, Uint8Array};
use minnow_shared::pack::{SEAL_NONCE, SEAL_SALT, seal_context};
use minnow_shared::question::Question;
use minnow_shared::{PersonId, QuestionId};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{CryptoKey, SubtleCrypto};

fn bytes_of(base64: &str) -> Option<Vec<u8>> {
    // Each character of the decoded text is one byte.
    let text = browser::window().atob(base64).ok()?;
    text.chars().map(|byte| u8::try_from(u32::from(byte)).ok()).collect()
}

fn object(members: &[(&str, JsValue)]) -> Object {
    let object = Object::new();
    for (name, value) in members {
        let _ = Reflect::set(&object, &JsValue::from_str(name), value);
    }
    object
}

fn array(bytes: &[u8]) -> Uint8Array {
    Uint8Array::from(bytes)
}

async fn key(subtle: &SubtleCrypto, secret: &[u8], context: &str) -> Result<CryptoKey, JsValue> {
    let uses = |name: &str| Array::of1(&JsValue::from_str(name));
    let whole = subtle.import_key_with_str("raw", &array(secret), "HKDF", false, &uses("deriveKey"))?;
    let whole: CryptoKey = JsFuture::from(whole).await?.unchecked_into();
    let derive = object(&[
        ("name", "HKDF".into()),
        ("hash", "SHA-256".into()),
        ("salt", array(SEAL_SALT.as_bytes()).into()),
        ("info", array(context.as_bytes()).into()),
    ]);
    let wanted = object(&[("name", "AES-GCM".into()), ("length", 256.into())]);
    let key = subtle.derive_key_with_object_and_object(&derive, &whole, &wanted, false, &uses("decrypt"))?;
    Ok(JsFuture::from(key).await?.unchecked_into())
}

async fn opened(secret: &[u8], context: &str, sealed: &[u8]) -> Result<Vec<u8>, JsValue> {
    let (nonce, rest) = sealed.split_at_checked(SEAL_NONCE).ok_or(JsValue::NULL)?;
    let subtle = browser::window().crypto()?.subtle();
    let key = key(&subtle, secret, context).await?;
    let way = object(&[
        ("name", "AES-GCM".into()),
        ("iv", array(nonce).into()),
        ("additionalData", array(context.as_bytes()).into()),
    ]);
    let plain = subtle.decrypt_with_object_and_buffer_source(&way, &key, &array(rest))?;
    let plain: ArrayBuffer = JsFuture::from(plain).await?.unchecked_into();
    Ok(Uint8Array::new(&plain).to_vec())
}

/// The question with its key. `None` when the seal was made for somebody else or another question, when it was changed, and
/// where this browser has no cryptography (pages that are not encrypted themselves).
pub async fn open(secret: &str, person: &PersonId, question: &QuestionId, sealed: &str) -> Option<Question> {
    let (secret, sealed) = (bytes_of(secret)?, bytes_of(sealed)?);
    let plain = opened(&secret, &seal_context(person, question), &sealed).await.ok()?;
    wire::read(&String::from_utf8(plain).ok()?)
}

#[cfg(test)]
#[cfg(target_arch = "wasm32")]
mod browser_tests {
    use super::*;
    use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

    wasm_bindgen_test_configure!(run_in_browser);

    /// Sealed by `backend/src/seal.rs` (its test says so): secret 7, nonce 9, person 1, question 3.
    #[wasm_bindgen_test]
    async fn what_the_server_sealed_opens_here_and_nothing_else_does() {
        let secret = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=";
        let (ada, one) = (PersonId::new(1, [1; 10]), QuestionId::new(1, [3; 10]));
        let sealed = include_str!("seal.txt").trim();
        let whole = open(secret, &ada, &one, sealed).await.expect("the seal opens");
        assert_eq!(whole.stem.plain(), "Why?");
        assert!(open(secret, &PersonId::new(1, [2; 10]), &one, sealed).await.is_none());
        assert!(open(secret, &ada, &QuestionId::new(1, [4; 10]), sealed).await.is_none());
        let changed = format!("{}AAAA", sealed.get(..sealed.len() - 4).unwrap());
        assert!(open(secret, &ada, &one, &changed).await.is_none());
    }
}
