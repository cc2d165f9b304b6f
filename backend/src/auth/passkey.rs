//! Passkeys: the two ceremonies of WebAuthn, discoverable credentials only. Options and credentials are the JSON that
//! browsers read and write; states and keys are JSON for the database.

use crate::clock::Random;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use url::{Host, Url};
use webauthn_rs::prelude::{
    CredentialID, DiscoverableAuthentication, Passkey, PasskeyRegistration, PublicKeyCredential,
    RegisterPublicKeyCredential, Uuid, Webauthn, WebauthnBuilder,
};

/// A ceremony is over after this long: 5 minutes.
pub const CEREMONY_MS: i64 = 5 * 60_000;

#[derive(Debug, thiserror::Error)]
pub enum PasskeyError {
    /// The credential is malformed, of another ceremony, or its signature is wrong.
    #[error("passkey refused: {0}")]
    Refused(String),
    #[error("passkeys: {0}")]
    Broken(String),
}

/// The server's side of the ceremonies.
pub struct Passkeys(Webauthn);

/// A begun ceremony: `options` for the browser, `state` for the database.
pub struct Begun {
    pub options: Value,
    pub state: String,
}

/// A key as the database keeps it.
pub struct Key {
    pub credential_id: String,
    pub passkey: String,
}

impl Passkeys {
    /// Passkeys belong to a host name: an address of numbers is none, so `localhost` stands in for this machine's.
    /// `None`: people reach this server by a bare address, where there are no passkeys.
    pub fn new(public_url: &Url, server_name: &str) -> Result<Option<Self>, PasskeyError> {
        let mut origin = public_url.clone();
        let loopback = match public_url.host() {
            Some(Host::Ipv4(ip)) => ip.is_loopback(),
            Some(Host::Ipv6(ip)) => ip.is_loopback(),
            _ => false,
        };
        if loopback {
            origin.set_host(Some("localhost")).map_err(broken)?;
        }
        let Some(Host::Domain(host)) = origin.host() else { return Ok(None) };
        let host = host.to_owned();
        let builder = WebauthnBuilder::new(&host, &origin).map_err(broken)?.rp_name(server_name);
        Ok(Some(Self(builder.build().map_err(broken)?)))
    }

    /// A new user handle: what an authenticator stores instead of a name.
    pub fn new_user_handle(random: &dyn Random) -> String {
        let mut bits = [0; 16];
        random.fill(&mut bits);
        URL_SAFE_NO_PAD.encode(bits)
    }

    /// Begins to add a passkey. `known`: keys the person has, which need not be added again.
    pub fn start_registration(
        &self,
        user_handle: &str,
        name: &str,
        display_name: &str,
        known: &[String],
    ) -> Result<Begun, PasskeyError> {
        let bytes = URL_SAFE_NO_PAD.decode(user_handle).map_err(broken)?;
        let user = Uuid::from_slice(&bytes).map_err(broken)?;
        let exclude: Vec<CredentialID> =
            known.iter().filter_map(|id| URL_SAFE_NO_PAD.decode(id).ok()).collect();
        let (options, state) =
            self.0.start_passkey_registration(user, name, display_name, Some(exclude)).map_err(broken)?;
        let mut options = public_key(options)?;
        // Signing in asks for no name first: the key has to be kept where the browser can find it.
        if let Some(Value::Object(selection)) = options.get_mut("authenticatorSelection") {
            selection.insert("residentKey".into(), json!("required"));
            selection.insert("requireResidentKey".into(), json!(true));
        }
        Ok(Begun { options, state: serde_json::to_string(&state).map_err(broken)? })
    }

    pub fn finish_registration(&self, credential: Value, state: &str) -> Result<Key, PasskeyError> {
        let credential: RegisterPublicKeyCredential = serde_json::from_value(credential).map_err(refused)?;
        let state: PasskeyRegistration = serde_json::from_str(state).map_err(broken)?;
        let passkey = self.0.finish_passkey_registration(&credential, &state).map_err(refused)?;
        Ok(Key {
            credential_id: URL_SAFE_NO_PAD.encode(passkey.cred_id()),
            passkey: serde_json::to_string(&passkey).map_err(broken)?,
        })
    }

    pub fn start_sign_in(&self) -> Result<Begun, PasskeyError> {
        let (options, state) = self.0.start_discoverable_authentication().map_err(broken)?;
        Ok(Begun { options: public_key(options)?, state: serde_json::to_string(&state).map_err(broken)? })
    }

    /// User handle and credential id that a credential claims; nothing is proven yet.
    pub fn identify(&self, credential: &Value) -> Result<(String, String), PasskeyError> {
        let credential: PublicKeyCredential = serde_json::from_value(credential.clone()).map_err(refused)?;
        let (user, id) = self.0.identify_discoverable_authentication(&credential).map_err(refused)?;
        Ok((URL_SAFE_NO_PAD.encode(user.as_bytes()), URL_SAFE_NO_PAD.encode(id)))
    }

    /// Proves that the credential was signed by this passkey for this ceremony. Returns the passkey with its counter.
    pub fn finish_sign_in(
        &self,
        credential: Value,
        state: &str,
        passkey: &str,
    ) -> Result<String, PasskeyError> {
        let credential: PublicKeyCredential = serde_json::from_value(credential).map_err(refused)?;
        let state: DiscoverableAuthentication = serde_json::from_str(state).map_err(broken)?;
        let mut passkey: Passkey = serde_json::from_str(passkey).map_err(broken)?;
        let result =
            self.0.finish_discoverable_authentication_v2(&credential, state, &passkey).map_err(refused)?;
        passkey.update_credential(&result);
        serde_json::to_string(&passkey).map_err(broken)
    }
}

/// The part of the options that `parse…OptionsFromJSON` takes.
fn public_key(options: impl serde::Serialize) -> Result<Value, PasskeyError> {
    match serde_json::to_value(options).map_err(broken)? {
        Value::Object(mut options) => options.remove("publicKey"),
        _ => None,
    }
    .ok_or_else(|| PasskeyError::Broken("options without publicKey".into()))
}

fn broken(cause: impl std::fmt::Display) -> PasskeyError {
    PasskeyError::Broken(cause.to_string())
}

fn refused(cause: impl std::fmt::Display) -> PasskeyError {
    PasskeyError::Refused(cause.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::FakeRandom;

    fn passkeys(url: &str) -> Option<Passkeys> {
        Passkeys::new(&Url::parse(url).unwrap(), "Minnow").unwrap()
    }

    #[test]
    fn options_ask_for_a_key_the_browser_can_find_by_itself() {
        let passkeys = passkeys("http://127.0.0.1:8080").unwrap();
        let user = Passkeys::new_user_handle(&*FakeRandom::new(3));
        let begun = passkeys.start_registration(&user, "ada", "Ada", &[]).unwrap();
        assert_eq!(begun.options["rp"]["id"], "localhost");
        assert_eq!(begun.options["user"]["name"], "ada");
        assert_eq!(begun.options["authenticatorSelection"]["residentKey"], "required");
        assert_eq!(begun.options["authenticatorSelection"]["userVerification"], "required");
        assert_eq!(begun.options["user"]["id"], user);
    }

    #[test]
    fn there_are_no_passkeys_at_a_bare_address() {
        assert!(passkeys("http://192.0.2.7:8080").is_none());
        assert!(passkeys("https://learn.example.org").is_some());
    }

    #[test]
    fn a_credential_that_is_none_is_refused() {
        let passkeys = passkeys("http://localhost:8080").unwrap();
        assert!(matches!(passkeys.identify(&json!({"id": "x"})), Err(PasskeyError::Refused(_))));
        let begun = passkeys.start_registration("AAAAAAAAAAAAAAAAAAAAAA", "ada", "Ada", &[]).unwrap();
        let outcome = passkeys.finish_registration(json!({}), &begun.state);
        assert!(matches!(outcome, Err(PasskeyError::Refused(_))));
    }
}
