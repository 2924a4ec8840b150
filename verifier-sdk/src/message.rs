//! The return channel's envelope: sealing a message to the holder of a grant, and opening it.
//!
//! Deposits are sealed by wallets and opened here; messages go the other way. Both halves of theirs
//! stand in this one file, because the library that opens what others sealed is kept to this crate. A
//! wallet opens its messages through [`ReplyKey`] and sees nothing of that library.

use chrono::{DateTime, Utc};
use credential_core::{
    jose::Jwk,
    mailbox::{ALG, ENC},
    message::{
        Expected, HeaderError, MAX_LENGTH, MessageContent, MessageError, MessageHeader, PAD_STEP,
        SignedMessage, TYP,
    },
    trust::TrustList,
};
use josekit::jwe::{ECDH_ES, JweHeader};
use serde_json::json;
use zeroize::Zeroizing;

use crate::{RecipientKey, RecipientKeyError};

/// The holder's key for the messages of one grant. `Debug` shows its public half.
#[derive(Debug)]
pub struct ReplyKey(RecipientKey);

/// A message was not opened, or not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OpenMessageError {
    /// Form or header.
    #[error(transparent)]
    Header(#[from] HeaderError),
    /// The key does not open it, or it was changed on the way.
    #[error("the message could not be opened with the share's key")]
    NotOpened,
    /// What is inside is not a message's content.
    #[error("the content of the message is not well formed")]
    Content,
    /// What is inside is not believed.
    #[error(transparent)]
    Message(#[from] MessageError),
}

impl OpenMessageError {
    /// A stable code for machines.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::Header(error) => error.reason(),
            Self::NotOpened => "message_not_opened",
            Self::Content => "message_content_malformed",
            Self::Message(error) => error.reason(),
        }
    }
}

/// A message that was opened and whose signature and share were found right.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct OpenedMessage {
    /// What it says.
    pub message: SignedMessage,
    /// The recipient's signed object, letter by letter: what can be shown to others.
    pub signed: String,
}

impl ReplyKey {
    /// The key of a PKCS #8 document (RFC 5208).
    ///
    /// # Errors
    /// [`RecipientKeyError::Damaged`] when the octets are no such key.
    pub fn from_pkcs8(pkcs8: &[u8]) -> Result<Self, RecipientKeyError> {
        RecipientKey::from_pkcs8(pkcs8).map(Self)
    }

    /// Opens a message to this key, and checks who signed it and that it belongs to the share.
    ///
    /// # Errors
    /// [`OpenMessageError`] names the first rule that is broken.
    pub fn open(
        &self,
        compact: &str,
        (sender, holder): (&str, &str),
        trust: &TrustList,
        now: DateTime<Utc>,
    ) -> Result<OpenedMessage, OpenMessageError> {
        let envelope = MessageHeader::read(compact)?;
        if envelope.kid != self.0.thumbprint() {
            return Err(OpenMessageError::NotOpened);
        }
        let plaintext = self.0.open(compact).ok_or(OpenMessageError::NotOpened)?;
        let content: MessageContent =
            serde_json::from_slice(&plaintext).map_err(|_error| OpenMessageError::Content)?;
        let expected = Expected {
            sender,
            holder,
            envelope: &envelope,
        };
        let message = SignedMessage::verify(&content.message, expected, trust, now)?;
        Ok(OpenedMessage {
            message,
            signed: content.message,
        })
    }
}

/// A message could not be sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SealMessageError {
    /// Larger than a message may be.
    #[error("the message is too long")]
    TooLarge,
    /// The holder's key is none, or the cipher refused.
    #[error("the message could not be encrypted")]
    Unavailable,
}

/// Which envelope a message gets.
#[derive(Debug, Clone)]
pub(crate) struct Envelope<'a> {
    pub(crate) grant_id: credential_core::id::GrantId,
    pub(crate) message_id: credential_core::id::MessageId,
    pub(crate) sender: &'a str,
    pub(crate) exp: i64,
}

/// Seals a signed message to the holder's key.
pub(crate) fn seal(
    signed: String,
    envelope: &Envelope<'_>,
    key: &Jwk,
) -> Result<String, SealMessageError> {
    let unavailable = |_error| SealMessageError::Unavailable;
    let plaintext = padded(signed)?;
    let public = json!({"kty": key.kty, "crv": key.crv, "x": key.x, "y": key.y, "use": "enc"});
    let public = josekit::jwk::Jwk::from_bytes(public.to_string()).map_err(unavailable)?;
    let encrypter = ECDH_ES.encrypter_from_jwk(&public).map_err(unavailable)?;
    let mut header = JweHeader::new();
    header.set_algorithm(ALG);
    header.set_content_encryption(ENC);
    header.set_content_type(TYP);
    header.set_key_id(key.thumbprint());
    for (name, value) in [
        ("grant_id", json!(envelope.grant_id)),
        ("message_id", json!(envelope.message_id)),
        ("sender", json!(envelope.sender)),
        ("exp", json!(envelope.exp)),
    ] {
        header.set_claim(name, Some(value)).map_err(unavailable)?;
    }
    let compact =
        josekit::jwe::serialize_compact(&plaintext, &header, &encrypter).map_err(unavailable)?;
    // Whatever the library wrote has to be what the other side reads.
    match MessageHeader::read(&compact) {
        Ok(_header) => Ok(compact),
        Err(HeaderError::TooLarge) => Err(SealMessageError::TooLarge),
        Err(_malformed) => Err(SealMessageError::Unavailable),
    }
}

/// The content as JSON, filled up to a multiple of [`PAD_STEP`].
fn padded(message: String) -> Result<Zeroizing<Vec<u8>>, SealMessageError> {
    if message.len() > MAX_LENGTH {
        return Err(SealMessageError::TooLarge);
    }
    let mut content = MessageContent {
        message,
        pad: String::new(),
    };
    let written = |content: &MessageContent| {
        let json = serde_json::to_vec(content).map(Zeroizing::new);
        json.map_err(|_error| SealMessageError::Unavailable)
    };
    let bare = written(&content)?.len();
    content.pad = "0".repeat(bare.next_multiple_of(PAD_STEP) - bare);
    written(&content)
}

#[cfg(test)]
mod tests;
