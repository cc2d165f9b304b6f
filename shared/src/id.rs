//! Ids: newtypes over 26 characters of Crockford base32, 48 bits of milliseconds then 80 bits of chance (the ULID
//! layout), so that text order is time order. Time and chance come in as parameters.

use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;

/// Characters in an id.
pub const ID_LENGTH: usize = 26;
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Text that is not an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAnId;

impl fmt::Display for NotAnId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not an id: 26 characters of Crockford base32 expected")
    }
}

impl std::error::Error for NotAnId {}

/// `at_ms`: Unix milliseconds, 0 to 2^48 - 1 (larger values wrap). `chance`: 80 random bits.
fn encode(at_ms: i64, chance: [u8; 10]) -> String {
    let mut bits = u128::from((at_ms as u64) & 0xFFFF_FFFF_FFFF) << 80;
    for (index, byte) in chance.iter().enumerate() {
        bits |= u128::from(*byte) << (8 * (9 - index));
    }
    (0..ID_LENGTH)
        .map(|place| {
            let digit = (bits >> (5 * (ID_LENGTH - 1 - place))) & 31;
            ALPHABET.get(digit as usize).map_or('0', |b| *b as char)
        })
        .collect()
}

fn is_id(text: &str) -> bool {
    // 26 digits hold 130 bits: the first digit is at most 7.
    text.len() == ID_LENGTH
        && text.bytes().all(|b| ALPHABET.contains(&b))
        && text.bytes().next().is_some_and(|b| b <= b'7')
}

macro_rules! ids {
    ($($(#[$meta:meta])* $name:ident),* $(,)?) => {
        $(
            $(#[$meta])*
            #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
            #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
            #[serde(transparent)]
            pub struct $name(
                #[cfg_attr(feature = "schema", schemars(regex(pattern = r"^[0-7][0-9A-HJKMNP-TV-Z]{25}$")))] String,
            );

            impl $name {
                /// A new id. `at_ms`: Unix milliseconds; `chance`: 80 random bits.
                pub fn new(at_ms: i64, chance: [u8; 10]) -> Self {
                    Self(encode(at_ms, chance))
                }

                /// Reads an id; anything but 26 digits of the alphabet is refused.
                pub fn parse(text: &str) -> Result<Self, NotAnId> {
                    if is_id(text) { Ok(Self(text.to_owned())) } else { Err(NotAnId) }
                }

                pub fn as_str(&self) -> &str {
                    &self.0
                }
            }

            impl fmt::Display for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    f.write_str(&self.0)
                }
            }

            impl std::str::FromStr for $name {
                type Err = NotAnId;
                fn from_str(text: &str) -> Result<Self, NotAnId> {
                    Self::parse(text)
                }
            }

            impl<'de> Deserialize<'de> for $name {
                fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    let text = String::deserialize(deserializer)?;
                    Self::parse(&text).map_err(serde::de::Error::custom)
                }
            }
        )*
    };
}

ids! {
    /// A person: a guest or an account.
    PersonId,
    /// One signed-in browser.
    SessionId,
    /// A clip, from its first draft on.
    ClipId,
    /// A question at a moment of a clip.
    QuestionId,
    /// One choice of a question.
    ChoiceId,
    /// One answer, made by the client: sending it again changes nothing.
    AnswerId,
    /// One watched stretch of a clip, made by the client.
    WatchId,
    /// What was said of topics at once, made by the client.
    LeaningId,
    /// One resumable upload.
    UploadId,
    /// One piece of background work.
    JobId,
    /// One passkey of an account.
    PasskeyId,
    /// A part of a bank that others may practise.
    PracticeId,
    /// A ceremony under way: passkey registration or sign-in.
    ChallengeId,
    /// A playlist.
    PlaylistId,
    /// One step of a playlist, made by the client.
    StepId,
    /// A playlist assigned to people.
    AssignmentId,
    /// What an address to join an assignment has in it: who knows it may join.
    InviteId,
}

/// A topic's short name: lower-case ASCII letters, digits and hyphens, 1 to 40 characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct TopicId(
    #[cfg_attr(feature = "schema", schemars(regex(pattern = r"^[a-z0-9][a-z0-9-]{0,39}$")))] String,
);

impl TopicId {
    pub fn parse(text: &str) -> Result<Self, NotAnId> {
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
        let good = (1..=crate::limit::TOPIC_ID).contains(&text.len())
            && text.bytes().all(|b| plain(b) || b == b'-')
            && text.bytes().next().is_some_and(plain);
        if good { Ok(Self(text.to_owned())) } else { Err(NotAnId) }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TopicId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for TopicId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(|_| serde::de::Error::custom("not a topic id"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_known_ulid_is_reproduced() {
        // The example of the ULID specification: 01ARZ3NDEKTSV4RRFFQ69G5FAV.
        let chance = [0xD6, 0x76, 0x4C, 0x61, 0xEF, 0xB9, 0x93, 0x02, 0xBD, 0x5B];
        assert_eq!(ClipId::new(1_469_922_850_259, chance).as_str(), "01ARZ3NDEKTSV4RRFFQ69G5FAV");
    }

    #[test]
    fn text_that_is_no_id_is_refused() {
        for text in [
            "",
            "01ARZ3NDEKTSV4RRFFQ69G5FA",
            "01ARZ3NDEKTSV4RRFFQ69G5FAVV",
            "81ARZ3NDEKTSV4RRFFQ69G5FAV",
            "01arz3ndektsv4rrffq69g5fav",
            "01ARZ3NDEKTSV4RRFFQ69G5FA/",
            "01ARZ3NDEKTSV4RRFFQ69G5FAI",
        ] {
            assert_eq!(ClipId::parse(text), Err(NotAnId), "{text}");
        }
    }

    proptest! {
        #[test]
        fn text_order_is_time_order(a in 0i64..1 << 47, b in 0i64..1 << 47, x: [u8; 10], y: [u8; 10]) {
            prop_assume!(a != b);
            prop_assert_eq!(a < b, AnswerId::new(a, x) < AnswerId::new(b, y));
        }

        #[test]
        fn every_made_id_can_be_read_back(at in 0i64..1 << 48, chance: [u8; 10]) {
            let id = PersonId::new(at, chance);
            prop_assert_eq!(PersonId::parse(id.as_str()), Ok(id));
        }
    }
}
