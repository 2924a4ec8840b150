//! Messages to the holder of a grant: sealed so that only the wallet reads them.

use credential_core::{
    id::MessageId,
    message::{Deletion, MAX_LIFE_SECONDS, MessageClaims, MessageKind},
    text::Text,
};
use serde::Deserialize;

use super::{CallError, HeldGrant, Recipient, json};
use crate::{
    http::{Answer, HttpError},
    message::{self, Envelope, SealMessageError},
};

/// What a recipient tells the holder of a grant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// What it is about.
    pub kind: MessageKind,
    /// What it says, in at least one language, at most 2,000 characters each.
    pub text: Text,
    /// With a deletion receipt and nothing else.
    pub deletion: Option<Deletion>,
}

/// A message was not left.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SendError {
    /// The kind and its parts do not agree, or a text is missing, too long or not fit to be shown.
    #[error("the message does not say what its kind must say, in plain text of one line")]
    Content,
    /// The holder's key is not known: nothing was read and verified under this grant yet, or its holder
    /// takes no messages.
    #[error("the holder's key is not known: read and verify the share first")]
    NoReplyKey,
    /// The grant is another broker's.
    #[error("the grant belongs to another broker")]
    OtherBroker,
    /// It could not be sealed.
    #[error(transparent)]
    Seal(#[from] SealMessageError),
    /// The broker refused, or did not answer.
    #[error(transparent)]
    Call(#[from] CallError),
}

impl SendError {
    /// A stable code for machines.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Content => "message_content_unfit",
            Self::NoReplyKey => "message_no_reply_key",
            Self::OtherBroker => "grant_other_broker",
            Self::Seal(SealMessageError::TooLarge) => "message_too_large",
            Self::Seal(SealMessageError::Unavailable) => "message_not_sealed",
            Self::Call(error) => error.reason(),
        }
    }
}

#[derive(Deserialize)]
struct Left {
    message_id: MessageId,
}

impl Recipient {
    /// Signs a message, seals it to the holder of `grant`, and leaves it at the broker, where it waits
    /// for 90 days; also after the grant's end. The broker cannot read it, and the wallet only shows it.
    ///
    /// When the connection breaks, the very same message is sent once more, which the broker does not
    /// keep twice.
    ///
    /// # Errors
    /// [`SendError`].
    pub async fn send_message(
        &self,
        grant: &HeldGrant,
        message: &Message,
    ) -> Result<MessageId, SendError> {
        if grant.broker != self.endpoints.issuer {
            return Err(SendError::OtherBroker);
        }
        let reply = grant.reply.as_ref().ok_or(SendError::NoReplyKey)?;
        let now = self.clock.now().timestamp();
        let claims = MessageClaims {
            iss: self.identity.client_id.clone(),
            aud: reply.holder.clone(),
            grant_id: grant.id(),
            message_id: MessageId::random(&*self.rng).map_err(|_error| CallError::Unavailable)?,
            iat: now,
            kind: message.kind,
            text: message.text.clone(),
            deletion: message.deletion.clone(),
        };
        if !claims.is_fit() {
            return Err(SendError::Content);
        }
        let signed = claims
            .sign(&*self.identity.signing_key)
            .map_err(|_error| CallError::Unavailable)?;
        let envelope = Envelope {
            grant_id: claims.grant_id,
            message_id: claims.message_id,
            sender: &claims.iss,
            exp: now.saturating_add(MAX_LIFE_SECONDS),
        };
        let sealed = message::seal(signed, &envelope, &reply.key)?;
        let Left { message_id } = json(&self.leave(grant, &sealed).await?)?;
        if message_id == claims.message_id {
            Ok(message_id)
        } else {
            Err(CallError::Malformed("message_id").into())
        }
    }

    async fn leave(&self, grant: &HeldGrant, sealed: &str) -> Result<Answer, CallError> {
        let path = format!("grants/{}/messages", grant.id());
        let url = self.endpoints.beside(&path);
        let form = [("message", sealed)];
        match self.post(&url, &form).await {
            Err(CallError::Http(HttpError::Unreachable { .. } | HttpError::Timeout { .. })) => {
                self.post(&url, &form).await
            }
            other => other,
        }
    }
}
