//! Session tokens: 256 bits of chance for the browser, their SHA-256 for the database.

use crate::{
    app::App,
    policy::Actor,
    store::{self, StoreError, Tx},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use minnow_shared::{PersonId, SessionId, account::Role};
use sha2::{Digest, Sha256};

/// A session ends this long after it was last used: 90 days.
pub const LIFETIME_MS: i64 = 90 * 86_400_000;

/// The secret in the browser's cookie. Not `Debug`: it must not reach a log.
pub struct Token(String);

impl Token {
    fn new(secret: [u8; 32]) -> Self {
        Self(URL_SAFE_NO_PAD.encode(secret))
    }

    /// For the cookie.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What the database keeps of a token: hexadecimal SHA-256.
pub fn hash(token: &str) -> String {
    Sha256::digest(token.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A session that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    pub id: SessionId,
    pub actor: Actor,
    pub last_seen_at_ms: i64,
}

/// The roles as the database writes them.
pub fn role_name(role: Role) -> &'static str {
    match role {
        Role::Learner => "learner",
        Role::Organizer => "organizer",
        Role::Moderator => "moderator",
        Role::Operator => "operator",
    }
}

/// Reads a role; anything unknown is the least.
pub fn role_of(name: &str) -> Role {
    match name {
        "organizer" => Role::Organizer,
        "moderator" => Role::Moderator,
        "operator" => Role::Operator,
        _ => Role::Learner,
    }
}

/// Begins a session of `person` on `device`.
pub async fn begin(app: &App, tx: &mut Tx, person: &PersonId, device: &str) -> Result<Token, StoreError> {
    let token = Token::new(app.random.secret());
    let id = app.new_session_id();
    store::session::insert_session(tx, &id, person, &hash(token.as_str()), device, app.now_ms()).await?;
    Ok(token)
}

/// The session of a token; `None` when it never was, was ended, or is too old.
pub async fn find(app: &App, token: &str) -> Result<Option<Session>, StoreError> {
    let row = store::session::find_session(&app.db, &hash(token), app.now_ms() - LIFETIME_MS).await?;
    Ok(row.and_then(|row| {
        Some(Session {
            id: SessionId::parse(&row.id).ok()?,
            actor: Actor::Person {
                id: PersonId::parse(&row.person_id).ok()?,
                is_guest: row.is_guest,
                role: role_of(&row.role),
            },
            last_seen_at_ms: row.last_seen_at_ms,
        })
    }))
}
