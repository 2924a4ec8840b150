//! Messages from recipients: fetched, opened, checked against the trust list, kept and shown. A message
//! never makes the wallet do anything.

use chrono::{DateTime, Utc};
use credential_core::{
    id::{GrantId, MessageId},
    message::{MessageClaims, MessageError},
    text::Text,
};
use serde::{Deserialize, Serialize};
use verifier_sdk::message::OpenMessageError;

use super::broker::{Broker, LeftMessage};
use crate::{Error, Wallet, keys, vault::Tree};

/// Under which thumbprint the key for a grant's messages is kept.
pub(super) const REPLY_KEYS: Tree<GrantId, String> = Tree::new("reply_keys");
const MESSAGES: Tree<(GrantId, String), ReceivedMessage> = Tree::new("messages");
/// How many pages one call follows; the next goes on from there.
const MOST_PAGES: usize = 16;

/// A message that was checked when it arrived.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ReceivedMessage {
    /// What it says and under which share. Its texts are the sender's: show them as plain text.
    pub said: MessageClaims,
    /// The sender's legal name, as it was when the share was made.
    pub sender_name: Text,
    /// When it was fetched.
    pub fetched_at: DateTime<Utc>,
    /// The sender's signed object, which can be shown to others: a deletion receipt is a promise.
    pub signed: String,
}

/// A message that was not believed. Nothing of its content was looked at further.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RefusedMessage {
    /// The share that it was left for, as the broker says.
    pub grant_id: GrantId,
    /// Its name, as the broker says.
    pub message_id: MessageId,
    /// Why, as a stable code.
    pub reason: &'static str,
}

/// What fetching brought.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct FetchedMessages {
    /// Messages that are new to the wallet.
    pub new: Vec<ReceivedMessage>,
    /// Messages that were not believed.
    pub refused: Vec<RefusedMessage>,
}

impl Wallet {
    /// Fetches the messages that wait at all brokers. Each is in the vault before its broker deletes it;
    /// one that was fetched before is not kept twice.
    ///
    /// What could be believed with a newer trust list stays at the broker; everything else that is not
    /// believed is deleted there.
    ///
    /// # Errors
    /// [`Error::Broker`] when a broker does not answer; what came before is kept.
    pub async fn fetch_messages(&self) -> Result<FetchedMessages, Error> {
        let mut fetched = FetchedMessages::default();
        for issuer in self.brokers()? {
            let broker = Broker::connect(self, &issuer).await?;
            for _page in 0..MOST_PAGES {
                if !self.fetch_page(&broker, &issuer, &mut fetched).await? {
                    break;
                }
            }
        }
        Ok(fetched)
    }

    /// Whether there may be more.
    async fn fetch_page(
        &self,
        broker: &Broker<'_>,
        issuer: &str,
        fetched: &mut FetchedMessages,
    ) -> Result<bool, Error> {
        let mut deleted_any = false;
        for left in broker.messages().await? {
            let stays = match self.take_in(issuer, &left) {
                Ok(new) => {
                    fetched.new.extend(new);
                    false
                }
                Err(Refused::Because(reason, stays)) => {
                    let refused = RefusedMessage {
                        grant_id: left.grant_id,
                        message_id: left.message_id,
                        reason,
                    };
                    if !fetched.refused.contains(&refused) {
                        fetched.refused.push(refused);
                    }
                    stays
                }
                Err(Refused::Failed(error)) => return Err(error),
            };
            if !stays {
                broker
                    .delete_message(left.grant_id, left.message_id)
                    .await?;
                deleted_any = true;
            }
        }
        Ok(deleted_any)
    }

    /// Opens, checks and keeps one message; none when it is kept already.
    fn take_in(
        &self,
        broker: &str,
        left: &LeftMessage,
    ) -> Result<Option<ReceivedMessage>, Refused> {
        let unknown = Refused::Because("message_share_unknown", false);
        let between = match self.correspondents(left.grant_id) {
            Ok(between) if between.broker == broker => between,
            Ok(_) | Err(Error::NotFound) => return Err(unknown),
            Err(error) => return Err(error.into()),
        };
        let key_id = self.vault().get(&REPLY_KEYS, &left.grant_id);
        let key_id = key_id.map_err(Error::from)?.ok_or(unknown)?;
        let key = keys::load_reply(self.vault(), &key_id)?;
        let correspondents = (between.sender.as_str(), between.holder.as_str());
        let opened = key.open(&left.message, correspondents, &self.trust()?, self.now())?;
        let said = opened.message.claims();
        // What the broker says of a message has to be what its sender says.
        if said.grant_id != left.grant_id || said.message_id != left.message_id {
            return Err(Refused::Because("message_other_share", false));
        }
        let place = (left.grant_id, left.message_id.to_string());
        let received = ReceivedMessage {
            said: said.clone(),
            sender_name: between.sender_name,
            fetched_at: self.now(),
            signed: opened.signed,
        };
        let kept = self.vault().write(|tx| {
            if self.vault().get(&MESSAGES, &place)?.is_some() {
                return Ok::<_, Error>(None);
            }
            tx.put(&MESSAGES, &place, &received)?;
            Ok(Some(received))
        });
        Ok(kept?)
    }

    /// The messages that the wallet has, newest first.
    ///
    /// # Errors
    /// [`Error::Vault`].
    pub fn messages(&self) -> Result<Vec<ReceivedMessage>, Error> {
        let kept = self.vault().list(&MESSAGES)?.into_iter();
        let mut kept: Vec<_> = kept.map(|(_, message)| message).collect();
        kept.sort_by_key(|message| std::cmp::Reverse(message.said.iat));
        Ok(kept)
    }
}

/// Why a message was not taken in, and whether it stays at the broker.
enum Refused {
    Because(&'static str, bool),
    Failed(Error),
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl From<OpenMessageError> for Refused {
    fn from(error: OpenMessageError) -> Self {
        let may_change = matches!(
            error,
            OpenMessageError::Message(MessageError::UnknownSender | MessageError::UnknownKey)
        );
        Self::Because(error.reason(), may_change)
    }
}
