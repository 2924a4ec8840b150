//! What everybody can read of a message.

use serde::{Deserialize, Serialize};

use super::{MAX_LENGTH, TYP};
use crate::{
    id::{GrantId, MessageId},
    jose::Jwk,
    mailbox::{ALG, ENC, protected_header},
};

/// The protected header of a message (RFC 7516 section 4.1), with the members that bind it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MessageHeader {
    /// Always [`ALG`].
    pub alg: String,
    /// Always [`ENC`].
    pub enc: String,
    /// Always [`TYP`].
    pub cty: String,
    /// The thumbprint of the grant's key for messages.
    pub kid: String,
    /// The ephemeral public key.
    pub epk: Jwk,
    /// The grant whose holder it is for.
    pub grant_id: GrantId,
    /// The message, named by its sender.
    pub message_id: MessageId,
    /// The sender's client id.
    pub sender: String,
    /// Until when it waits, seconds since 1970.
    pub exp: i64,
}

/// Why something is not a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HeaderError {
    /// Longer than [`MAX_LENGTH`].
    #[error("the message is too large")]
    TooLarge,
    /// Not a compact JWE with direct key agreement.
    #[error("the message is not well formed")]
    Malformed,
    /// Another algorithm, or compression, or a missing or unknown header member.
    #[error("the message's header is not of the required form")]
    Header,
}

impl HeaderError {
    /// A stable code for machines.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::TooLarge => "message_too_large",
            Self::Malformed => "message_malformed",
            Self::Header => "message_header_invalid",
        }
    }
}

impl MessageHeader {
    /// Reads the protected header of a compact JWE without opening it.
    ///
    /// # Errors
    /// [`HeaderError`] names the first rule that is broken.
    pub fn read(compact: &str) -> Result<Self, HeaderError> {
        if compact.len() > MAX_LENGTH {
            return Err(HeaderError::TooLarge);
        }
        let header = protected_header(compact).ok_or(HeaderError::Malformed)?;
        // Unknown members are refused, so `zip` and `crit` never get past here.
        let header: Self = serde_json::from_slice(&header).map_err(|_error| HeaderError::Header)?;
        let is_ours = header.alg == ALG
            && header.enc == ENC
            && header.cty == TYP
            && header.epk.p256_point().is_ok();
        if is_ours {
            Ok(header)
        } else {
            Err(HeaderError::Header)
        }
    }
}
