//! Passwords: argon2id on a bounded number of blocking threads, so that a crowd signing in cannot take the server's
//! memory and cores.

use crate::clock::Random;
use argon2::{
    Argon2, PasswordHash, PasswordHasher, PasswordVerifier,
    password_hash::{Salt, SaltString},
};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Hashes made at once; each takes 19 MiB.
const AT_ONCE: usize = 2;
/// Callers that wait at most; the next is told to come back.
const WAITING: usize = 64;

#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// Too many are signing in just now.
    #[error("too many passwords are being checked just now")]
    Busy,
    #[error("password hash: {0}")]
    Broken(String),
}

/// Where passwords are hashed and checked.
pub struct Passwords {
    seats: Arc<Semaphore>,
    line: Arc<Semaphore>,
    random: Arc<dyn Random>,
    /// Checked against when there is no such account, so that both take the same time.
    decoy: String,
}

impl Passwords {
    /// # Errors
    /// When the hash function does not take its own parameters.
    pub fn new(random: Arc<dyn Random>) -> Result<Self, PasswordError> {
        // Not a real password's hash: salt and output are of the right form and match nothing.
        let salt = SaltString::encode_b64(&[7; 16]).map_err(broken)?;
        let decoy =
            format!("$argon2id$v=19$m=19456,t=2,p=1${salt}$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
        let (seats, line) = (Semaphore::new(AT_ONCE), Semaphore::new(AT_ONCE + WAITING));
        Ok(Self { seats: Arc::new(seats), line: Arc::new(line), random, decoy })
    }

    /// Hashes a password for keeping.
    pub async fn hash(&self, password: String) -> Result<String, PasswordError> {
        let mut salt = [0; 16];
        self.random.fill(&mut salt);
        self.in_turn(move || {
            let salt = SaltString::encode_b64(&salt).map_err(broken)?;
            let hash =
                Argon2::default().hash_password(password.as_bytes(), Salt::from(&salt)).map_err(broken)?;
            Ok(hash.to_string())
        })
        .await
    }

    /// Whether the password is the one of this hash. `None`: there is no such account; it takes as long and is wrong.
    pub async fn verify(&self, hash: Option<String>, password: String) -> Result<bool, PasswordError> {
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| self.decoy.clone());
        let same = self
            .in_turn(move || {
                let hash = PasswordHash::new(&hash).map_err(broken)?;
                Ok(Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
            })
            .await?;
        Ok(same && known)
    }

    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, PasswordError> + Send + 'static,
    ) -> Result<T, PasswordError> {
        let _place = self.line.clone().try_acquire_owned().map_err(|_| PasswordError::Busy)?;
        let seat = self.seats.clone().acquire_owned().await.map_err(|_| PasswordError::Busy)?;
        tokio::task::spawn_blocking(move || {
            let _seat = seat;
            work()
        })
        .await
        .map_err(broken)?
    }
}

fn broken(cause: impl std::fmt::Display) -> PasswordError {
    PasswordError::Broken(cause.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::FakeRandom;

    #[tokio::test]
    async fn only_the_same_password_fits_its_hash() {
        let passwords = Passwords::new(FakeRandom::new(1)).unwrap();
        let hash = passwords.hash("correct horse".into()).await.unwrap();
        assert!(hash.starts_with("$argon2id$"), "{hash}");
        assert!(passwords.verify(Some(hash.clone()), "correct horse".into()).await.unwrap());
        assert!(!passwords.verify(Some(hash), "correct horsf".into()).await.unwrap());
        assert!(!passwords.verify(None, "correct horse".into()).await.unwrap());
    }

    #[tokio::test]
    async fn the_decoy_is_a_hash_like_any_other() {
        let passwords = Passwords::new(FakeRandom::new(1)).unwrap();
        assert!(PasswordHash::new(&passwords.decoy).is_ok());
    }
}
