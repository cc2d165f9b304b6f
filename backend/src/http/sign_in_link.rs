//! Signing in by a mailed link.

use super::{account, context::Call, error::ApiError, limits::Class, route::Answer};
use crate::{
    auth::{
        mail::{LINK_MS, normal_address},
        session,
    },
    store::{self, Tx},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use minnow_shared::{
    Done, ErrorCode, PersonId,
    account::{RedeemSignInLink, RequestSignInLink},
    limit,
};

pub async fn request_sign_in_link(call: Call, request: RequestSignInLink) -> Answer<RequestSignInLink> {
    if call.app.mailer.is_none() {
        return Err(ApiError::new(ErrorCode::MailNotConfigured, "this server sends no mail"));
    }
    let Some(email) = normal_address(&request.email) else {
        return Err(ApiError::new(ErrorCode::InvalidField, "not a mail address").field("email"));
    };
    call.app.limits.take(Class::Mail, &format!("mail {email}"), call.app.now_ms())?;
    let token = URL_SAFE_NO_PAD.encode(call.app.random.secret());
    let now_ms = call.app.now_ms();
    let mut tx = call.app.db.begin().await?;
    store::sign_in::delete_expired(&mut tx, now_ms).await?;
    store::sign_in::insert_link(&mut tx, &session::hash(&token), &email, now_ms + LINK_MS).await?;
    tx.commit().await?;
    let mut link = call.app.config.public_url();
    link.set_path(&format!("/sign-in/{token}"));
    let app = call.app.clone();
    // Whether and how fast the mail goes out tells the caller nothing.
    tokio::spawn(async move {
        if let Some(mailer) = &app.mailer
            && let Err(error) = mailer.send_link(&email, link.as_str()).await
        {
            tracing::error!(error = format!("{error:#}"), "a sign-in link could not be mailed");
        }
    });
    Ok(Done {})
}

pub async fn redeem_sign_in_link(call: Call, request: RedeemSignInLink) -> Answer<RedeemSignInLink> {
    limit::text("token", &request.token, 1, limit::TOKEN)?;
    let mut tx = call.app.db.begin().await?;
    let email =
        store::sign_in::claim_link(&mut tx, &session::hash(&request.token), call.app.now_ms()).await?;
    tx.commit().await?;
    let email = email.ok_or_else(|| {
        ApiError::new(ErrorCode::Expired, "the link is over or was used: ask for a new one")
    })?;
    if let Some(row) = store::person::find_person_by_email(&call.app.db, &email).await? {
        let person = PersonId::parse(&row.id).map_err(ApiError::internal)?;
        return account::sign_in(&call, &person).await;
    }
    let mut tx = call.app.db.begin().await?;
    let handle = free_handle(&call, &mut tx, &email).await?;
    let name: String =
        email.split('@').next().unwrap_or_default().chars().take(limit::DISPLAY_NAME).collect();
    let person = account::become_account(&call, &mut tx, &handle, &name, Some(&email)).await?;
    account::renew_session(&call, tx, &person).await?;
    account::view(&call, Some(&person)).await
}

/// A handle after the address, with digits behind it where it is taken.
async fn free_handle(call: &Call, tx: &mut Tx, email: &str) -> Result<String, ApiError> {
    let base = handle_after(email);
    let mut handle = base.clone();
    for _ in 0..8 {
        if limit::handle(&handle).is_ok()
            && store::person::find_person_by_handle(&mut *tx, &handle).await?.is_none()
        {
            return Ok(handle);
        }
        let mut bits = [0; 4];
        call.app.random.fill(&mut bits);
        handle = format!("{base}-{}", u32::from_le_bytes(bits) % 1_000_000);
    }
    Err(account::handle_taken())
}

fn handle_after(email: &str) -> String {
    let local = email.split('@').next().unwrap_or_default();
    let plain = |c: char| if c.is_ascii_lowercase() || c.is_ascii_digit() { c } else { '-' };
    let text: String = local.chars().map(plain).take(20).collect();
    let text = text.trim_matches('-');
    let named = text.starts_with(|c: char| c.is_ascii_lowercase());
    if named { text.to_owned() } else { format!("learner-{text}").trim_end_matches('-').to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handles_after_addresses_are_handles() {
        for (email, handle) in [
            ("ada.lovelace@example.org", "ada-lovelace"),
            ("7up@example.org", "learner-7up"),
            ("_@example.org", "learner"),
            ("a-very-long-local-part-of-an-address@example.org", "a-very-long-local-pa"),
        ] {
            assert_eq!(handle_after(email), handle);
            assert_eq!(limit::handle(handle), Ok(()));
        }
    }
}
