//! Seals: questions with their keys, encrypted for a pack. AES-256-GCM under a key derived for one person and one question
//! (HKDF-SHA256, RFC 5869). What that protects from and what not: docs/decisions/0015-packs.md. The browser opens them
//! with WebCrypto (`frontend/src/state/seal.rs`).

use base64::{Engine, engine::general_purpose::STANDARD};
use minnow_shared::{
    PersonId, QuestionId,
    pack::{SEAL_NONCE, SEAL_SALT, seal_context},
    question::Question,
};
use ring::{
    aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey},
    error::Unspecified,
    hkdf::{HKDF_SHA256, Salt},
};

/// Why a question could not be sealed, or a seal not be opened.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    #[error("the cipher refused")]
    Cipher,
    #[error("this is no seal")]
    Form,
    #[error("what was sealed is no question: {0}")]
    Content(#[from] serde_json::Error),
}

impl From<Unspecified> for SealError {
    fn from(_: Unspecified) -> Self {
        Self::Cipher
    }
}

fn key(secret: &[u8; 32], context: &str) -> Result<LessSafeKey, SealError> {
    let derived = Salt::new(HKDF_SHA256, SEAL_SALT.as_bytes()).extract(secret);
    let info = [context.as_bytes()];
    Ok(LessSafeKey::new(UnboundKey::from(derived.expand(&info, &AES_256_GCM)?)))
}

/// Seals a question for a person. `nonce`: chance, new each time.
///
/// # Errors
/// When the cipher refuses, which it has no reason to.
pub fn seal(
    secret: &[u8; 32],
    nonce: [u8; SEAL_NONCE],
    person: &PersonId,
    question: &QuestionId,
    content: &Question,
) -> Result<String, SealError> {
    let context = seal_context(person, question);
    let mut bytes = serde_json::to_vec(content)?;
    let nonce_used = Nonce::assume_unique_for_key(nonce);
    key(secret, &context)?.seal_in_place_append_tag(nonce_used, Aad::from(context.as_bytes()), &mut bytes)?;
    let mut whole = nonce.to_vec();
    whole.append(&mut bytes);
    Ok(STANDARD.encode(whole))
}

/// Opens a seal: what the browser does, for tests of both.
///
/// # Errors
/// When it is none, or was made for another person or question, or was changed.
pub fn open(
    secret: &[u8; 32],
    person: &PersonId,
    question: &QuestionId,
    sealed: &str,
) -> Result<Question, SealError> {
    let context = seal_context(person, question);
    let whole = STANDARD.decode(sealed).map_err(|_| SealError::Form)?;
    let (nonce, bytes) = whole.split_at_checked(SEAL_NONCE).ok_or(SealError::Form)?;
    let nonce = Nonce::try_assume_unique_for_key(nonce)?;
    let mut bytes = bytes.to_vec();
    let plain = key(secret, &context)?.open_in_place(nonce, Aad::from(context.as_bytes()), &mut bytes)?;
    Ok(serde_json::from_slice(plain)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use minnow_shared::question::QuestionKey;

    fn ids() -> ([PersonId; 2], [QuestionId; 2]) {
        ([1, 2].map(|n| PersonId::new(1, [n; 10])), [3, 4].map(|n| QuestionId::new(1, [n; 10])))
    }

    #[test]
    fn a_seal_opens_for_its_person_and_question_alone_and_not_when_it_was_changed() {
        let ([ada, bob], [one, other]) = ids();
        let content = Question::new("Why?", QuestionKey::FlashCard { back: "Because.".into() });
        let sealed = seal(&[7; 32], [9; 12], &ada, &one, &content).unwrap();
        assert!(!sealed.contains("Because"));
        assert_eq!(open(&[7; 32], &ada, &one, &sealed).unwrap(), content);
        for refused in [
            open(&[7; 32], &bob, &one, &sealed),
            open(&[7; 32], &ada, &other, &sealed),
            open(&[8; 32], &ada, &one, &sealed),
        ] {
            assert!(matches!(refused, Err(SealError::Cipher)));
        }
        let mut bytes = STANDARD.decode(&sealed).unwrap();
        for place in 0..bytes.len() {
            bytes[place] ^= 1;
            assert!(open(&[7; 32], &ada, &one, &STANDARD.encode(&bytes)).is_err(), "byte {place}");
            bytes[place] ^= 1;
        }
        assert!(matches!(open(&[7; 32], &ada, &one, "AAAA"), Err(SealError::Form)));
        assert!(matches!(open(&[7; 32], &ada, &one, "no base64!"), Err(SealError::Form)));
    }

    /// The browser's test opens the same text (`frontend/src/state/packs/seal.rs`): made by `seal` once, so that an installed
    /// app opens what it kept before either side changed.
    #[test]
    fn the_browsers_example_opens_here() {
        let ([ada, _], [one, _]) = ids();
        let content = Question::new("Why?", QuestionKey::FlashCard { back: "Because.".into() });
        let sealed = include_str!("../../frontend/src/state/packs/seal.txt").trim();
        assert_eq!(open(&[7; 32], &ada, &one, sealed).unwrap(), content);
    }
}
