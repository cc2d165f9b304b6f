//! Sign-in links by mail, where the operator has configured a mail server.

use anyhow::Context;
use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{Mailbox, header::ContentType},
};
use std::time::Duration;

/// A sign-in link works this long: 15 minutes.
pub const LINK_MS: i64 = 15 * 60_000;
/// A mail server that is away or says "later" is asked again after these pauses; the link lives longer than all of them.
const AGAIN_AFTER: [Duration; 3] = [Duration::from_secs(1), Duration::from_secs(10), Duration::from_secs(60)];
/// Longest silence of a mail server.
const PATIENCE: Duration = Duration::from_secs(20);

/// The way out for mails.
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    server_name: String,
}

impl Mailer {
    /// # Errors
    /// When the address of the mail server or of the sender is none.
    pub fn new(smtp_url: &str, from: &str, server_name: &str) -> anyhow::Result<Self> {
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(smtp_url)
            .context("MINNOW_SMTP_URL is no address of a mail server")?
            .timeout(Some(PATIENCE))
            .build();
        let from = from.parse().context("MINNOW_MAIL_FROM is no mail address")?;
        Ok(Self { transport, from, server_name: server_name.to_owned() })
    }

    /// Sends a sign-in link, again after a while where the mail server is away.
    ///
    /// # Errors
    /// What the mail server said last, when it refuses for good or stays away.
    pub async fn send_link(&self, to: &str, link: &str) -> anyhow::Result<()> {
        let name = &self.server_name;
        let text = format!(
            "Open this link to sign in to {name}:\r\n\r\n{link}\r\n\r\nIt works once, for 15 minutes. If you did not \
             ask for it, do nothing: nobody gets in without it.\r\n"
        );
        let mail = Message::builder()
            .from(self.from.clone())
            .to(to.parse()?)
            .subject(format!("Sign in to {name}"))
            .header(ContentType::TEXT_PLAIN)
            .body(text)?;
        for pause in AGAIN_AFTER {
            match self.transport.send(mail.clone()).await {
                Ok(_) => return Ok(()),
                Err(error) if error.is_permanent() => return Err(error.into()),
                Err(error) => tracing::warn!(%error, "the mail server is away; asked again in {pause:?}"),
            }
            tokio::time::sleep(pause).await;
        }
        self.transport.send(mail).await?;
        Ok(())
    }
}

/// A mail address in the form it is kept: trimmed, in lower case. `None`: not an address a mail can be sent to.
pub fn normal_address(text: &str) -> Option<String> {
    let address = text.trim().to_lowercase();
    let parsed: lettre::Address = address.parse().ok()?;
    let has_dot = parsed.domain().contains('.') || parsed.domain() == "localhost";
    (has_dot && address.len() <= minnow_shared::limit::EMAIL).then_some(address)
}

#[cfg(test)]
mod tests {
    use super::normal_address;

    #[test]
    fn addresses_are_kept_in_one_form_and_others_are_refused() {
        assert_eq!(normal_address(" Ada@Example.ORG "), Some("ada@example.org".into()));
        for text in ["", "ada", "ada@", "@example.org", "a b@example.org", "ada@example.org, bob@example.org"]
        {
            assert_eq!(normal_address(text), None, "{text}");
        }
    }
}
