//! Being somebody: the caller's session, guests, names and passwords, and where one is signed in. Passkeys are in
//! `passkey`, mailed links in `sign_in_link`.

use super::{context::Call, error::ApiError, limits::Class, route::Answer};
use crate::{
    auth::{password::PasswordError, session},
    store::{self, StoreError, Tx},
};
use minnow_shared::{
    Done, ErrorCode, PersonId, SessionId,
    account::{
        ChangePassword, CreateAccount, GetSession, ListSessions, MeView, RevokeSession, ServerView,
        SessionItemView, SessionListView, SessionView, SignInWithPassword, SignOut, StartGuest,
    },
    limit,
};

pub async fn get_session(call: Call, _: GetSession) -> Answer<GetSession> {
    view(&call, call.person_if_any()).await
}

pub async fn start_guest(call: Call, _: StartGuest) -> Answer<StartGuest> {
    if let Some(person) = call.person_if_any() {
        return view(&call, Some(person)).await;
    }
    let mut tx = call.app.db.begin().await?;
    let person = insert_guest(&call, &mut tx).await?;
    let token = session::begin(&call.app, &mut tx, &person, &call.caller.device).await?;
    tx.commit().await?;
    call.set_session(&token);
    view(&call, Some(&person)).await
}

async fn insert_guest(call: &Call, tx: &mut Tx) -> Result<PersonId, ApiError> {
    let person = call.app.new_person_id();
    store::person::insert_guest(tx, &person, call.app.now_ms()).await?;
    Ok(person)
}

pub async fn create_account(call: Call, request: CreateAccount) -> Answer<CreateAccount> {
    request.check()?;
    let hash = hash_password(&call, request.password).await?;
    let mut tx = call.app.db.begin().await?;
    let person = become_account(&call, &mut tx, &request.handle, &request.display_name, None).await?;
    store::sign_in::upsert_password(&mut tx, &person, &hash, call.app.now_ms()).await?;
    renew_session(&call, tx, &person).await?;
    view(&call, Some(&person)).await
}

/// Makes the calling guest, or a new person, an account of this name.
///
/// # Errors
/// `HandleTaken`, `Conflict` for somebody who has an account, `Forbidden` where the operator lets nobody in.
pub async fn become_account(
    call: &Call,
    tx: &mut Tx,
    handle: &str,
    display_name: &str,
    email: Option<&str>,
) -> Result<PersonId, ApiError> {
    check_sign_up(call)?;
    let person = match call.person_if_any() {
        Some(person) => person.clone(),
        None => insert_guest(call, tx).await?,
    };
    let now_ms = call.app.now_ms();
    match store::person::promote_guest(tx, &person, handle, display_name.trim(), email, now_ms).await {
        Ok(true) => Ok(person),
        Ok(false) => Err(has_account()),
        Err(StoreError::Duplicate(_)) => Err(handle_taken()),
        Err(other) => Err(other.into()),
    }
}

/// # Errors
/// `Forbidden` where the operator lets nobody in, `Conflict` for somebody who has an account.
pub fn check_sign_up(call: &Call) -> Result<(), ApiError> {
    if !call.app.config.sign_up {
        return Err(ApiError::new(ErrorCode::Forbidden, "this server takes no new accounts"));
    }
    if call.is_account() { Err(has_account()) } else { Ok(()) }
}

fn has_account() -> ApiError {
    ApiError::new(ErrorCode::Conflict, "you have an account and are signed in to it")
}

pub fn handle_taken() -> ApiError {
    ApiError::new(ErrorCode::HandleTaken, "the handle is somebody else's").field("handle")
}

pub async fn sign_in_with_password(call: Call, request: SignInWithPassword) -> Answer<SignInWithPassword> {
    // Phones begin a field with a capital letter; no handle has one.
    let handle = request.handle.trim().to_lowercase();
    let guessed: String = handle.chars().take(limit::HANDLE).collect();
    call.app.limits.take(Class::Guess, &format!("handle {guessed}"), call.app.now_ms())?;
    limit::text("handle", &handle, 1, limit::HANDLE)?;
    limit::text("password", &request.password, 1, limit::PASSWORD)?;
    let db = &call.app.db;
    let row = store::person::find_person_by_handle(db, &handle).await?;
    let person = row.and_then(|row| PersonId::parse(&row.id).ok());
    let hash = match &person {
        Some(person) => store::sign_in::find_password_hash(db, person).await?,
        None => None,
    };
    let fits = call.app.passwords.verify(hash, request.password).await.map_err(password_trouble)?;
    match person.filter(|_| fits) {
        Some(person) => sign_in(&call, &person).await,
        None => Err(wrong_credentials()),
    }
}

fn wrong_credentials() -> ApiError {
    ApiError::new(ErrorCode::WrongCredentials, "name or password are not right")
}

fn password_trouble(error: PasswordError) -> ApiError {
    match error {
        PasswordError::Busy => ApiError::from(ErrorCode::TooManyRequests).retry_after_ms(2_000),
        PasswordError::Broken(cause) => ApiError::internal(cause),
    }
}

async fn hash_password(call: &Call, password: String) -> Result<String, ApiError> {
    call.app.passwords.hash(password).await.map_err(password_trouble)
}

/// Signs the browser in as somebody who has proven who they are; what a guest did here joins the account.
pub async fn sign_in(call: &Call, person: &PersonId) -> Result<SessionView, ApiError> {
    let mut tx = call.app.db.begin().await?;
    if let Some(guest) = call.person_if_any().filter(|guest| !call.is_account() && *guest != person) {
        store::person::merge_guest(&mut tx, guest, person).await?;
    }
    renew_session(call, tx, person).await?;
    view(call, Some(person)).await
}

/// Ends the browser's session, begins a new one under a new token, and commits.
pub async fn renew_session(call: &Call, mut tx: Tx, person: &PersonId) -> Result<(), ApiError> {
    if let Some(session) = &call.caller.session {
        store::session::delete_session(&mut tx, &session.id).await?;
    }
    let token = session::begin(&call.app, &mut tx, person, &call.caller.device).await?;
    tx.commit().await?;
    call.set_session(&token);
    Ok(())
}

pub async fn change_password(call: Call, request: ChangePassword) -> Answer<ChangePassword> {
    let person = call.person()?;
    limit::text("new", &request.new, limit::PASSWORD_MIN, limit::PASSWORD)?;
    limit::text("current", request.current.as_deref().unwrap_or_default(), 0, limit::PASSWORD)?;
    call.app.limits.take(Class::Guess, &format!("password {person}"), call.app.now_ms())?;
    if let Some(hash) = store::sign_in::find_password_hash(&call.app.db, person).await? {
        let current = request.current.unwrap_or_default();
        if !call.app.passwords.verify(Some(hash), current).await.map_err(password_trouble)? {
            return Err(wrong_credentials().field("current"));
        }
    }
    let hash = hash_password(&call, request.new).await?;
    let mut tx = call.app.db.begin().await?;
    store::sign_in::upsert_password(&mut tx, person, &hash, call.app.now_ms()).await?;
    store::session::delete_other_sessions(&mut tx, person, call.session_id()).await?;
    tx.commit().await?;
    Ok(Done {})
}

pub async fn sign_out(call: Call, _: SignOut) -> Answer<SignOut> {
    if let Some(session) = call.session_id() {
        let mut tx = call.app.db.begin().await?;
        store::session::delete_session(&mut tx, session).await?;
        tx.commit().await?;
    }
    call.clear_session();
    Ok(Done {})
}

pub async fn list_sessions(call: Call, _: ListSessions) -> Answer<ListSessions> {
    let oldest_ms = call.app.now_ms() - session::LIFETIME_MS;
    let rows = store::session::list_sessions(&call.app.db, call.person()?, oldest_ms).await?;
    let this_one = call.session_id().map(SessionId::as_str);
    let sessions = rows
        .into_iter()
        .filter_map(|row| {
            Some(SessionItemView {
                id: SessionId::parse(&row.id).ok()?,
                is_this_one: this_one == Some(row.id.as_str()),
                device: row.device,
                created_at_ms: row.created_at_ms,
                last_seen_at_ms: row.last_seen_at_ms,
            })
        })
        .collect();
    Ok(SessionListView { sessions })
}

pub async fn revoke_session(call: Call, request: RevokeSession) -> Answer<RevokeSession> {
    let mut tx = call.app.db.begin().await?;
    store::session::delete_session(&mut tx, &request.session_id).await?;
    tx.commit().await?;
    if call.session_id() == Some(&request.session_id) {
        call.clear_session();
    }
    Ok(Done {})
}

/// Who `person` is, and what this server offers.
pub async fn view(call: &Call, person: Option<&PersonId>) -> Result<SessionView, ApiError> {
    let person = match person {
        Some(id) => store::person::find_person(&call.app.db, id).await?.map(|row| (id.clone(), row)),
        None => None,
    };
    let config = &call.app.config;
    Ok(SessionView {
        person: person.map(|(id, row)| MeView {
            id,
            is_guest: row.is_guest,
            handle: row.handle,
            display_name: row.display_name,
            bio: row.bio,
            role: session::role_of(&row.role),
            email: row.email,
            has_password: row.has_password,
            created_at_ms: row.created_at_ms,
        }),
        server: ServerView {
            name: config.name.clone(),
            version: env!("CARGO_PKG_VERSION").into(),
            sign_in_links: call.app.mailer.is_some(),
            sign_up: config.sign_up,
        },
    })
}
