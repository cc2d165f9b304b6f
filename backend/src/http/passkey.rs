//! Passkeys: adding, using, listing and removing them.

use super::{account, context::Call, error::ApiError, route::Answer};
use crate::{
    auth::passkey::{Begun, CEREMONY_MS, PasskeyError, Passkeys},
    store::{
        self, StoreError,
        sign_in::{ChallengeRow, PasskeyRow},
    },
};
use minnow_shared::{
    ChallengeId, Done, ErrorCode, PasskeyId, PersonId,
    account::{
        DeletePasskey, FinishPasskeyRegistration, FinishPasskeySignIn, ListPasskeys, PasskeyChallengeView,
        PasskeyItemView, PasskeyListView, StartPasskeyRegistration, StartPasskeySignIn,
    },
    limit,
};

const REGISTRATION: &str = "registration";
const SIGN_IN: &str = "sign_in";

fn passkeys(call: &Call) -> Result<&Passkeys, ApiError> {
    call.app.passkeys.as_ref().ok_or_else(|| {
        ApiError::new(
            ErrorCode::PasskeyRefused,
            "passkeys need a server with a host name, not a bare address",
        )
    })
}

fn trouble(error: PasskeyError) -> ApiError {
    match error {
        PasskeyError::Refused(cause) => ApiError::new(ErrorCode::PasskeyRefused, cause),
        PasskeyError::Broken(cause) => ApiError::internal(cause),
    }
}

pub async fn start_passkey_registration(
    call: Call,
    request: StartPasskeyRegistration,
) -> Answer<StartPasskeyRegistration> {
    let passkeys = passkeys(&call)?;
    if let Some(handle) = &request.handle {
        limit::handle(handle)?;
    }
    if let Some(name) = &request.display_name {
        limit::text("display_name", name, 1, limit::DISPLAY_NAME)?;
    }
    let db = &call.app.db;
    let me = match call.person_if_any() {
        Some(person) => store::person::find_person(db, person).await?.map(|row| (person, row)),
        None => None,
    };
    let account = me.filter(|(_, row)| !row.is_guest);
    let (handle, display_name, known, user_handle) = match &account {
        Some((person, row)) => {
            let known = store::sign_in::list_passkeys(db, person).await?;
            let user_handle = store::sign_in::find_user_handle(db, person).await?;
            let known = known.into_iter().map(|row| row.credential_id).collect();
            (row.handle.clone().unwrap_or_default(), row.display_name.clone(), known, user_handle)
        }
        None => {
            let (handle, display_name) = new_name(&call, &request).await?;
            (handle, display_name, Vec::new(), None)
        }
    };
    let user_handle = user_handle.unwrap_or_else(|| Passkeys::new_user_handle(&*call.app.random));
    let begun = passkeys.start_registration(&user_handle, &handle, &display_name, &known).map_err(trouble)?;
    let row = ChallengeRow {
        kind: REGISTRATION.into(),
        person_id: call.person_if_any().map(ToString::to_string),
        user_handle: Some(user_handle),
        handle: account.is_none().then_some(handle),
        display_name: account.is_none().then_some(display_name),
        ..challenge(&call, &begun)
    };
    keep_challenge(&call, row, begun).await
}

/// The name of the account that a guest wants to become.
async fn new_name(call: &Call, request: &StartPasskeyRegistration) -> Result<(String, String), ApiError> {
    account::check_sign_up(call)?;
    let handle = request.handle.clone().unwrap_or_default();
    let display_name = request.display_name.clone().unwrap_or_default();
    limit::handle(&handle)?;
    limit::text("display_name", &display_name, 1, limit::DISPLAY_NAME)?;
    if store::person::find_person_by_handle(&call.app.db, &handle).await?.is_some() {
        return Err(account::handle_taken());
    }
    Ok((handle, display_name))
}

fn challenge(call: &Call, begun: &Begun) -> ChallengeRow {
    ChallengeRow {
        id: call.app.new_challenge_id().to_string(),
        kind: String::new(),
        person_id: None,
        user_handle: None,
        handle: None,
        display_name: None,
        state: begun.state.clone(),
        expires_at_ms: call.app.now_ms() + CEREMONY_MS,
    }
}

async fn keep_challenge(
    call: &Call,
    row: ChallengeRow,
    begun: Begun,
) -> Result<PasskeyChallengeView, ApiError> {
    let mut tx = call.app.db.begin().await?;
    store::sign_in::insert_challenge(&mut tx, &row).await?;
    tx.commit().await?;
    let challenge_id = ChallengeId::parse(&row.id).map_err(ApiError::internal)?;
    Ok(PasskeyChallengeView { challenge_id, options: begun.options })
}

/// Takes the ceremony out of the database: whatever comes of it, it is over.
async fn claim(call: &Call, id: &ChallengeId, kind: &str) -> Result<ChallengeRow, ApiError> {
    let mut tx = call.app.db.begin().await?;
    let row = store::sign_in::claim_challenge(&mut tx, id, kind, call.app.now_ms()).await?;
    tx.commit().await?;
    row.ok_or_else(|| ApiError::new(ErrorCode::Expired, "the ceremony is over: begin again"))
}

pub async fn finish_passkey_registration(
    call: Call,
    request: FinishPasskeyRegistration,
) -> Answer<FinishPasskeyRegistration> {
    limit::text("label", &request.label, 0, limit::DEVICE_LABEL)?;
    let passkeys = passkeys(&call)?;
    let begun = claim(&call, &request.challenge_id, REGISTRATION).await?;
    if begun.person_id.as_deref() != call.person_if_any().map(PersonId::as_str) {
        return Err(ApiError::new(ErrorCode::Expired, "the ceremony was somebody else's: begin again"));
    }
    let key = passkeys.finish_registration(request.credential, &begun.state).map_err(trouble)?;
    let now_ms = call.app.now_ms();
    let mut tx = call.app.db.begin().await?;
    let person = match (&begun.handle, &begun.display_name) {
        (Some(handle), Some(name)) => account::become_account(&call, &mut tx, handle, name, None).await?,
        _ => call.person()?.clone(),
    };
    let user_handle = begun.user_handle.unwrap_or_default();
    store::sign_in::insert_passkey_user(&mut tx, &user_handle, &person).await?;
    let row = PasskeyRow {
        id: call.app.new_passkey_id().to_string(),
        person_id: person.to_string(),
        credential_id: key.credential_id,
        passkey: key.passkey,
        label: label(&call, &request.label),
        created_at_ms: now_ms,
        last_used_at_ms: None,
    };
    match store::sign_in::insert_passkey(&mut tx, &row).await {
        Err(StoreError::Duplicate(_)) => {
            return Err(ApiError::new(ErrorCode::Conflict, "this passkey is registered already"));
        }
        outcome => outcome?,
    }
    if begun.handle.is_some() {
        account::renew_session(&call, tx, &person).await?;
    } else {
        tx.commit().await?;
    }
    account::view(&call, Some(&person)).await
}

fn label(call: &Call, wanted: &str) -> String {
    let wanted = wanted.trim();
    let named = if wanted.is_empty() { call.caller.device.as_str() } else { wanted };
    if named.is_empty() { "Passkey".into() } else { named.to_owned() }
}

pub async fn start_passkey_sign_in(call: Call, _: StartPasskeySignIn) -> Answer<StartPasskeySignIn> {
    let begun = passkeys(&call)?.start_sign_in().map_err(trouble)?;
    let row = ChallengeRow { kind: SIGN_IN.into(), ..challenge(&call, &begun) };
    keep_challenge(&call, row, begun).await
}

pub async fn finish_passkey_sign_in(call: Call, request: FinishPasskeySignIn) -> Answer<FinishPasskeySignIn> {
    let passkeys = passkeys(&call)?;
    let begun = claim(&call, &request.challenge_id, SIGN_IN).await?;
    let (user_handle, credential_id) = passkeys.identify(&request.credential).map_err(trouble)?;
    let unknown = || ApiError::new(ErrorCode::PasskeyRefused, "this passkey is not known here");
    let person = store::sign_in::find_passkey_user(&call.app.db, &user_handle).await?.ok_or_else(unknown)?;
    let person = PersonId::parse(&person).map_err(ApiError::internal)?;
    let known = store::sign_in::list_passkeys(&call.app.db, &person).await?;
    let row = known.into_iter().find(|row| row.credential_id == credential_id).ok_or_else(unknown)?;
    let passkey = passkeys.finish_sign_in(request.credential, &begun.state, &row.passkey).map_err(trouble)?;
    let mut tx = call.app.db.begin().await?;
    store::sign_in::update_passkey(&mut tx, &row.id, &passkey, call.app.now_ms()).await?;
    tx.commit().await?;
    account::sign_in(&call, &person).await
}

pub async fn list_passkeys(call: Call, _: ListPasskeys) -> Answer<ListPasskeys> {
    let rows = store::sign_in::list_passkeys(&call.app.db, call.person()?).await?;
    let passkeys = rows
        .into_iter()
        .filter_map(|row| {
            Some(PasskeyItemView {
                id: PasskeyId::parse(&row.id).ok()?,
                label: row.label,
                created_at_ms: row.created_at_ms,
                last_used_at_ms: row.last_used_at_ms,
            })
        })
        .collect();
    Ok(PasskeyListView { passkeys })
}

pub async fn delete_passkey(call: Call, request: DeletePasskey) -> Answer<DeletePasskey> {
    let person = call.person()?;
    let me = store::person::find_person(&call.app.db, person).await?;
    let me = me.ok_or_else(|| ApiError::not_found("person"))?;
    let mut tx = call.app.db.begin().await?;
    store::sign_in::lock_ways_in(&mut tx, person).await?;
    store::sign_in::delete_passkey(&mut tx, &request.passkey_id).await?;
    let left = store::sign_in::list_passkeys(&mut tx, person).await?.len();
    let by_mail = me.email.is_some() && call.app.mailer.is_some();
    if left == 0 && !me.has_password && !by_mail {
        let detail = "this is the last way to sign in: set a password or add another passkey first";
        return Err(ApiError::new(ErrorCode::Conflict, detail));
    }
    tx.commit().await?;
    Ok(Done {})
}
