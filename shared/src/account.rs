//! Becoming somebody: guests, accounts, the three ways to sign in, and the sessions that follow. What a person shows
//! to others is in `person`.

use crate::{ChallengeId, Done, PasskeyId, PersonId, SessionId, UnixMillis, limit, limit::FieldProblem};
use serde_json::Value;

wire! {
    /// What a person may do on this server. Each role may do all that the ones before it may.
    #[derive(Copy, Eq, Hash, PartialOrd, Ord)]
    #[serde(rename_all = "snake_case")]
    pub enum Role {
        Learner,
        Organizer,
        Moderator,
        Operator,
    }

    /// Who the caller is, and what this server offers.
    pub struct SessionView {
        /// `None` before the first session: the feed can be read without one.
        pub person: Option<MeView>,
        pub server: ServerView,
    }

    /// The caller, as they see themselves.
    pub struct MeView {
        pub id: PersonId,
        pub is_guest: bool,
        /// Unique, for addresses; guests have none.
        pub handle: Option<String>,
        pub display_name: String,
        pub bio: String,
        pub role: Role,
        pub email: Option<String>,
        pub has_password: bool,
        pub created_at_ms: UnixMillis,
    }

    /// What this server is called and which ways in it has.
    pub struct ServerView {
        pub name: String,
        pub version: String,
        pub sign_in_links: bool,
        pub sign_up: bool,
    }

    pub struct SessionItemView {
        pub id: SessionId,
        /// Browser and system, as far as they say.
        pub device: String,
        pub created_at_ms: UnixMillis,
        pub last_seen_at_ms: UnixMillis,
        pub is_this_one: bool,
    }

    pub struct SessionListView {
        pub sessions: Vec<SessionItemView>,
    }

    pub struct PasskeyItemView {
        pub id: PasskeyId,
        pub label: String,
        pub created_at_ms: UnixMillis,
        pub last_used_at_ms: Option<UnixMillis>,
    }

    pub struct PasskeyListView {
        pub passkeys: Vec<PasskeyItemView>,
    }

    /// A ceremony under way. `options` is what `parseCreationOptionsFromJSON` or `parseRequestOptionsFromJSON` takes.
    pub struct PasskeyChallengeView {
        pub challenge_id: ChallengeId,
        pub options: Value,
    }
}

endpoint! {
    Get "/api/session" by Anyone: "Who the caller is, and what this server offers.";
    pub struct GetSession {} -> SessionView

    Post "/api/session/guest" by Anyone: "Begins a guest's session, so that progress is kept; keeps a session that is there.";
    pub struct StartGuest {} -> SessionView

    Post "/api/account" by Anyone: "Makes an account with a name and a password; a guest becomes it and keeps everything.";
    pub struct CreateAccount {
        pub handle: String,
        pub display_name: String,
        pub password: String,
    } -> SessionView

    Post "/api/session/password" by Anyone: "Signs in with handle and password; a guest's progress joins the account.";
    pub struct SignInWithPassword {
        pub handle: String,
        pub password: String,
    } -> SessionView

    Post "/api/passkeys/registration" by Anyone: "Begins to add a passkey: to this account, or to a new one a guest becomes.";
    pub struct StartPasskeyRegistration {
        /// For a new account; an account that is signed in leaves both out.
        #[serde(default)]
        pub handle: Option<String>,
        #[serde(default)]
        pub display_name: Option<String>,
    } -> PasskeyChallengeView

    Put "/api/passkeys/registration/{challenge_id}" by Anyone: "Ends adding a passkey.";
    pub struct FinishPasskeyRegistration {
        pub challenge_id: ChallengeId,
        /// The browser's credential, as its `toJSON` writes it.
        pub credential: Value,
        /// What to call the device.
        pub label: String,
    } -> SessionView

    Post "/api/passkeys/sign-in" by Anyone: "Begins to sign in with a passkey.";
    pub struct StartPasskeySignIn {} -> PasskeyChallengeView

    Put "/api/passkeys/sign-in/{challenge_id}" by Anyone: "Ends signing in with a passkey; a guest's progress joins the account.";
    pub struct FinishPasskeySignIn {
        pub challenge_id: ChallengeId,
        pub credential: Value,
    } -> SessionView

    Get "/api/passkeys" by Account: "The account's passkeys.";
    pub struct ListPasskeys {} -> PasskeyListView

    Delete "/api/passkeys/{passkey_id}" by Account: "Removes a passkey; the last way to sign in cannot be removed.";
    pub struct DeletePasskey {
        pub passkey_id: PasskeyId,
    } -> Done

    Post "/api/sign-in-links" by Anyone: "Sends a sign-in link by mail; the answer is the same whether the address is known.";
    pub struct RequestSignInLink {
        pub email: String,
    } -> Done

    Post "/api/sign-in-links/redeem" by Anyone: "Signs in by the token of a mailed link, once; a new address becomes an account.";
    pub struct RedeemSignInLink {
        pub token: String,
    } -> SessionView

    Put "/api/me/password" by Account: "Sets a new password and ends the account's other sessions.";
    pub struct ChangePassword {
        /// Needed where there is a password already.
        #[serde(default)]
        pub current: Option<String>,
        pub new: String,
    } -> Done

    Delete "/api/session" by Person: "Signs this browser out.";
    pub struct SignOut {} -> Done

    Get "/api/sessions" by Person: "Where the caller is signed in.";
    pub struct ListSessions {} -> SessionListView

    Delete "/api/sessions/{session_id}" by Person: "Ends one of the caller's sessions.";
    pub struct RevokeSession {
        pub session_id: SessionId,
    } -> Done
}

impl CreateAccount {
    /// # Errors
    /// The first field over a limit or not of its form.
    pub fn check(&self) -> Result<(), FieldProblem> {
        limit::handle(&self.handle)?;
        limit::text("display_name", &self.display_name, 1, limit::DISPLAY_NAME)?;
        limit::text("password", &self.password, limit::PASSWORD_MIN, limit::PASSWORD)
    }
}
