//! Being somebody: the caller's session and guests.

use super::{context::Call, error::ApiError, route::Answer};
use crate::{auth::session, store};
use minnow_shared::{
    PersonId,
    account::{GetSession, MeView, ServerView, SessionView, StartGuest},
};

pub async fn get_session(call: Call, _: GetSession) -> Answer<GetSession> {
    view(&call, call.person_if_any()).await
}

pub async fn start_guest(call: Call, _: StartGuest) -> Answer<StartGuest> {
    if let Some(person) = call.person_if_any() {
        return view(&call, Some(person)).await;
    }
    let person = call.app.new_person_id();
    let mut tx = call.app.db.begin().await?;
    store::person::insert_guest(&mut tx, &person, call.app.now_ms()).await?;
    let token = session::begin(&call.app, &mut tx, &person, &call.caller.device).await?;
    tx.commit().await?;
    call.set_session(&token);
    view(&call, Some(&person)).await
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
            sign_in_links: config.has_mail(),
            sign_up: config.sign_up,
        },
    })
}
