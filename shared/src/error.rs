//! The closed table of what can go wrong on the wire: code, status, whose fault it is. Texts are the interface's.

use crate::draft::RefusalReason;
use serde::{Deserialize, Serialize};

/// Whose fault an error is: what the interface says first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fault {
    /// The caller can mend it.
    Yours,
    /// The server's side; trying again later may help.
    Ours,
}

macro_rules! error_codes {
    ($($(#[doc = $doc:literal])+ $name:ident $status:literal $fault:ident),* $(,)?) => {
        /// Every error code there is. An installed app is always an old client: codes it has never heard of read
        /// as `Unknown`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(rename_all = "snake_case")]
        pub enum ErrorCode {
            $($(#[doc = $doc])+ $name,)*
            /// A code newer than this client.
            #[serde(other)]
            Unknown,
        }

        impl ErrorCode {
            pub const ALL: &'static [ErrorCode] = &[$(ErrorCode::$name),*];

            /// The HTTP status that goes with the code.
            pub const fn status(self) -> u16 {
                match self {
                    $(ErrorCode::$name => $status,)*
                    ErrorCode::Unknown => 500,
                }
            }

            pub const fn fault(self) -> Fault {
                match self {
                    $(ErrorCode::$name => Fault::$fault,)*
                    ErrorCode::Unknown => Fault::Ours,
                }
            }
        }
    };
}

error_codes! {
    /// The request could not be read: not JSON, a field missing or of the wrong kind.
    Malformed 400 Yours,
    /// A field is too long, too short or not of its form; `field` names it.
    InvalidField 422 Yours,
    /// The body is larger than this address takes.
    TooLarge 413 Yours,
    /// The body is of a kind this address does not take.
    UnsupportedKind 415 Yours,
    /// A session is needed.
    NotSignedIn 401 Yours,
    /// An account is needed, this is a guest.
    AccountNeeded 403 Yours,
    /// The policy says no.
    Forbidden 403 Yours,
    /// The request came from another site.
    CrossSite 403 Yours,
    /// There is no such thing, or it may not be seen.
    NotFound 404 Yours,
    /// The address exists, the method does not.
    MethodNotAllowed 405 Yours,
    /// Name or password are not right.
    WrongCredentials 401 Yours,
    /// The handle is somebody else's.
    HandleTaken 409 Yours,
    /// The sign-in link or ceremony is over or was used.
    Expired 410 Yours,
    /// The passkey was not accepted.
    PasskeyRefused 422 Yours,
    /// The operator has not configured mail.
    MailNotConfigured 409 Yours,
    /// The state of the object does not allow it (already published, another upload under way).
    Conflict 409 Yours,
    /// The clip is not ready to be published; `field` names the first thing missing.
    NotReady 409 Yours,
    /// Tus: the offset is not the server's.
    OffsetMismatch 409 Yours,
    /// Tus: the checksum of the chunk is not its own.
    ChecksumMismatch 460 Yours,
    /// Tus: a version of the protocol this server does not speak.
    TusVersion 412 Yours,
    /// The range cannot be served.
    RangeNotSatisfiable 416 Yours,
    /// Too many requests; `retry_after_ms` says when to try again.
    TooManyRequests 429 Yours,
    /// Something broke on the server; it is logged under the request id.
    Internal 500 Ours,
    /// The database or the media store cannot take writes just now; nothing was changed.
    Unavailable 503 Ours,
    /// The disk of the server is full; nothing was changed.
    StorageFull 507 Ours,
}

/// The body of every error answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ErrorView {
    pub code: ErrorCode,
    /// One plain English sentence for developers; the interface translates `code`.
    pub detail: String,
    /// The request's id, the same as in the server's log and the `x-request-id` header.
    #[serde(default)]
    pub request_id: String,
    /// The field at fault, as the request names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// When to try again, in milliseconds from now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_ms: Option<u64>,
    /// Why media was refused, where that is the matter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refusal: Option<RefusalReason>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_from_the_future_reads_as_unknown() {
        let view: ErrorView = serde_json::from_str(r#"{"code":"squid_in_the_pipe","detail":"x"}"#).unwrap();
        assert_eq!(view.code, ErrorCode::Unknown);
    }

    #[test]
    fn every_code_has_an_error_status_and_the_fault_follows_it() {
        for code in ErrorCode::ALL {
            assert!((400..600).contains(&code.status()), "{code:?}");
            assert_eq!(code.fault() == Fault::Ours, code.status() >= 500, "{code:?}");
        }
    }
}
