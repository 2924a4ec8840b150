//! Typed identifiers: a grant's id cannot be passed where a deposit's is meant.
//!
//! All are random UUIDs (RFC 9562, version 4 layout) drawn from the [`Rng`] that is passed in.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, de::Error as _};
use uuid::Uuid;

use crate::rng::{NoRandomness, Rng, random};

/// The text was not a UUID in its hyphenated form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an identifier of this kind")]
pub struct NotAnId;

macro_rules! typed_id {
    ($($(#[$doc:meta])* $name:ident)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// A fresh random identifier.
            ///
            /// # Errors
            /// [`NoRandomness`] when the generator does not answer.
            pub fn random(rng: &dyn Rng) -> Result<Self, NoRandomness> {
                Ok(Self(uuid::Builder::from_random_bytes(random(rng)?).into_uuid()))
            }

            /// From the 16 octets that [`Self::as_bytes`] gives.
            #[must_use]
            pub fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(Uuid::from_bytes(bytes))
            }

            /// The 16 octets, as stored and as hashed into log leaves.
            #[must_use]
            pub fn as_bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;
            fn from_str(text: &str) -> Result<Self, NotAnId> {
                if text.len() != 36 {
                    return Err(NotAnId);
                }
                Uuid::try_parse(text).map(Self).map_err(|_not_a_uuid| NotAnId)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            /// The hyphenated form in lower case and no other: what is signed has one way to be
            /// written.
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                let id: Self = text.parse().map_err(D::Error::custom)?;
                if id.to_string() == text {
                    Ok(id)
                } else {
                    Err(D::Error::custom(NotAnId))
                }
            }
        }

        #[cfg(feature = "schema")]
        crate::schema::text!($name, "A hyphenated UUID.", crate::schema::UUID);
    )+};
}

typed_id! {
    /// A credential in a wallet.
    CredentialId
    /// A study record an adapter read.
    RecordId
    /// An institution's offer of credentials to one person.
    OfferId
    /// A standing or one-time permission to read; chosen by the wallet.
    GrantId
    /// A consent, refusal or termination receipt.
    ReceiptId
    /// A person's account at one broker; random, says nothing about the person.
    SubjectId
    /// One read, so that a repeat can be recognised.
    ReadId
    /// A pushed authorization request and the interaction that follows it.
    RequestId
    /// A message from a recipient to a grant's holder; chosen by the recipient.
    MessageId
}

#[cfg(test)]
mod tests;
