//! The return channel: a sealed message from a recipient to the holder of a grant.
//!
//! Everyone can read the protected header ([`MessageHeader`]), which the encryption authenticates.
//! Inside is a JWS of the recipient's registered key ([`MessageClaims`]), so that the broker reads
//! nothing and invents nothing. This module can neither seal nor open.

mod header;
#[cfg(test)]
mod tests;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

pub use header::{HeaderError, MessageHeader};

use crate::{
    id::{GrantId, MessageId},
    jose::{
        SignError, Signer, VerifyingKey,
        jws::{self, JwsError, KeyReference, Unverified},
    },
    text::Text,
    trust::TrustList,
};

/// The inner object's `typ`, and the `cty` of the envelope.
pub const TYP: &str = "grant-message+jwt";
/// Largest message, in characters of its compact form.
pub const MAX_LENGTH: usize = 16 * 1024;
/// Plaintexts are padded to a multiple of this many octets.
pub const PAD_STEP: usize = 1024;
/// Longest time a message waits, in seconds: 90 days.
pub const MAX_LIFE_SECONDS: i64 = 90 * 24 * 3600;
/// Longest text in one language, in characters.
pub const MAX_TEXT: usize = 2_000;
/// Longest name of what was deleted in one language, in characters.
pub const MAX_WHAT: usize = 300;
/// How far the sender's clock may be ahead of ours, in seconds.
const MAX_AHEAD: i64 = 300;

/// What a message is about. None of them makes a wallet do anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageKind {
    /// The recipient offers something: a place, a job, a course.
    Proposal,
    /// The recipient asks something.
    Question,
    /// The recipient says that it has deleted what it read.
    DeletionReceipt,
}

/// What was deleted, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deletion {
    /// What, in the recipient's words.
    pub what: Text,
    /// When, seconds since 1970.
    pub at: i64,
}

/// The claims of a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MessageClaims {
    /// The recipient's client id.
    pub iss: String,
    /// The thumbprint of the grant's own key: the holder, as far as the recipient knows one.
    pub aud: String,
    /// The grant.
    pub grant_id: GrantId,
    /// The message; the same as in the envelope.
    pub message_id: MessageId,
    /// When it was written, seconds since 1970.
    pub iat: i64,
    /// What it is about.
    pub kind: MessageKind,
    /// What it says, in at least one language.
    pub text: Text,
    /// With a deletion receipt and nothing else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deletion: Option<Deletion>,
}

/// What is inside the envelope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MessageContent {
    /// The signed message.
    pub message: String,
    /// Filling up to the next [`PAD_STEP`].
    #[serde(default)]
    pub pad: String,
}

/// Who a message must come from and be for.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// The recipient of the grant.
    pub sender: &'a str,
    /// The thumbprint of the grant's own key.
    pub holder: &'a str,
    /// The header of the envelope it was in.
    pub envelope: &'a MessageHeader,
}

/// A message that its sender signed with a registered key, and that belongs to one grant.
///
/// ```compile_fail
/// use credential_core::message::SignedMessage;
/// fn forge(claims: credential_core::message::MessageClaims) -> SignedMessage {
///     SignedMessage { claims }
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedMessage {
    claims: MessageClaims,
}

/// Why a message was not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MessageError {
    /// The signed object itself.
    #[error("the message: {0}")]
    Jws(#[from] JwsError),
    /// The sender is not on the trust list as a recipient.
    #[error("the sender is not on the trust list")]
    UnknownSender,
    /// The key that signed is not registered for the sender.
    #[error("the message is signed with a key that is not registered")]
    UnknownKey,
    /// Another sender, holder, grant or message than the envelope and the grant say.
    #[error("the message belongs to another share")]
    OtherShare,
    /// Written in the future, or too long ago.
    #[error("the message is not of this time")]
    NotOfThisTime,
    /// The text is missing, too long or not fit to be shown, or the kind and its parts do not agree.
    #[error("the message does not say what its kind must say")]
    Content,
}

impl MessageError {
    /// A stable code for machines.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::Jws(error) => error.reason(),
            Self::UnknownSender => "message_sender_unknown",
            Self::UnknownKey => "message_key_unknown",
            Self::OtherShare => "message_other_share",
            Self::NotOfThisTime => "message_not_of_this_time",
            Self::Content => "message_content_unfit",
        }
    }
}

impl MessageClaims {
    /// Whether kind, text and deletion agree and are fit to be shown.
    #[must_use]
    pub fn is_fit(&self) -> bool {
        let deletion_fits = match (self.kind, &self.deletion) {
            (MessageKind::DeletionReceipt, Some(deletion)) => {
                deletion.what.is_fit(MAX_WHAT) && deletion.at <= self.iat
            }
            (MessageKind::Proposal | MessageKind::Question, None) => true,
            _ => false,
        };
        deletion_fits && self.text.is_fit(MAX_TEXT)
    }

    /// Signs the message with the recipient's registered key.
    ///
    /// # Errors
    /// [`SignError`] when the key does not sign.
    pub fn sign(&self, signer: &dyn Signer) -> Result<String, SignError> {
        jws::sign(TYP, self, signer, KeyReference::Kid)
    }
}

impl SignedMessage {
    /// Checks who signed, what it belongs to, and that it can be shown.
    ///
    /// # Errors
    /// [`MessageError`] names the first rule that is broken.
    pub fn verify(
        compact: &str,
        expected: Expected<'_>,
        trust: &TrustList,
        now: DateTime<Utc>,
    ) -> Result<Self, MessageError> {
        let unverified = Unverified::parse(compact, TYP)?;
        let (sender, _role) = trust
            .recipient(expected.sender)
            .ok_or(MessageError::UnknownSender)?;
        let kid = unverified.header().kid.as_deref();
        let key = kid
            .and_then(|kid| sender.keys.find(kid))
            .and_then(|jwk| VerifyingKey::try_from(jwk).ok())
            .ok_or(MessageError::UnknownKey)?;
        let claims: MessageClaims = unverified.verify(&key)?;
        let envelope = expected.envelope;
        let belongs = claims.iss == expected.sender
            && claims.aud == expected.holder
            && envelope.sender == expected.sender
            && claims.grant_id == envelope.grant_id
            && claims.message_id == envelope.message_id;
        if !belongs {
            return Err(MessageError::OtherShare);
        }
        let now = now.timestamp();
        let earliest = now.saturating_sub(MAX_LIFE_SECONDS);
        let is_of_this_time =
            envelope.exp > now && (earliest..=now.saturating_add(MAX_AHEAD)).contains(&claims.iat);
        if !is_of_this_time {
            return Err(MessageError::NotOfThisTime);
        }
        if claims.is_fit() {
            Ok(Self { claims })
        } else {
            Err(MessageError::Content)
        }
    }

    /// What the message says.
    #[must_use]
    pub fn claims(&self) -> &MessageClaims {
        &self.claims
    }
}
