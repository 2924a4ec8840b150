//! Shares: approving, refusing, listing and stopping.
//!
//! Everything that must not be lost (the grant's key, the signed decision, the sealed deposit) is in
//! the vault before the broker hears of it, so that a broken connection is repaired by asking again
//! with the very same decision.

mod answer;
mod change;
mod pending;
mod sealing;
mod stop;
mod stop_all;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use credential_core::{
    consent::{
        decision::{DecisionClaims, Verdict},
        details::GrantedDetails,
        receipt::Event,
    },
    encoding::sha256_base64url,
    id::{CredentialId, GrantId, RequestId},
    jose::jws::General,
    text::Text,
};
use serde::{Deserialize, Serialize};

pub use answer::{Approved, Delivery};
pub use change::Less;
pub(super) use sealing::DEPOSIT_DAYS;
pub use stop_all::StoppedAll;

use self::pending::PendingChange;
use super::{
    broker::{Broker, BrokerError},
    receipts::Owed,
};
use crate::{Error, Wallet, vault::Tree};

const GRANTS: Tree<GrantId, StoredGrant> = Tree::new("grants");
/// Which grant answers a request, so that an interrupted answer is repeated and not made anew.
pub(super) const ANSWERS: Tree<RequestId, GrantId> = Tree::new("answers");

/// Where a share stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ShareState {
    /// Signed here; the broker has not confirmed it yet.
    Unconfirmed,
    /// The recipient may read.
    Active,
    /// The recipient may not read until the person lets it go on.
    Paused,
    /// Stopped here; the broker has not confirmed it yet.
    Stopping,
    /// Stopped. The broker's receipt says so, or the broker never had the share.
    Stopped,
    /// It came to its end date.
    Expired,
    /// The last allowed look was used.
    Exhausted,
    /// The recipient gave it up.
    GivenUp,
}

impl ShareState {
    /// Whether it can still be changed: the recipient may read now, or again when it is resumed.
    #[must_use]
    pub fn is_living(self) -> bool {
        matches!(self, Self::Active | Self::Paused)
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct StoredGrant {
    broker: String,
    request_id: RequestId,
    request: String,
    recipient_name: Text,
    details: GrantedDetails,
    /// Which credential answers each part of the query.
    credentials: BTreeMap<String, CredentialId>,
    /// The decision in force: the approval, or the last narrowing or renewal that was confirmed.
    decision: General,
    key_id: String,
    /// The first deposit, kept until the broker has confirmed it.
    deposit: Option<String>,
    /// The highest place that a confirmed deposit has had.
    #[serde(default = "first")]
    deposits: u32,
    /// How many changes were confirmed.
    #[serde(default)]
    changes: u32,
    /// Everything else that was signed with the grant's key and may be in a receipt: decisions that were
    /// in force before, and every change, confirmed or not.
    #[serde(default)]
    signed: Vec<General>,
    /// A change that was signed and not confirmed.
    #[serde(default)]
    pending: Option<PendingChange>,
    state: ShareState,
    made_at: DateTime<Utc>,
}

/// Between whom messages about a share go.
pub(super) struct Correspondents {
    pub(super) broker: String,
    pub(super) sender: String,
    pub(super) sender_name: Text,
    /// The thumbprint of the grant's own key.
    pub(super) holder: String,
}

/// The decision in force, and which credential answers each part of its query.
pub(super) struct Renewable {
    pub(super) decision: General,
    pub(super) credentials: BTreeMap<String, CredentialId>,
}

/// A share, as the person sees it.
#[derive(Debug, Clone, Serialize)]
pub struct Share {
    /// The grant.
    pub grant_id: GrantId,
    /// The recipient's legal name at the time.
    pub recipient_name: Text,
    /// What was granted: purpose, claims, end, reads.
    pub details: GrantedDetails,
    /// Where it stands.
    pub state: ShareState,
    /// Whether a change was signed that the broker has not confirmed yet.
    pub change_waits: bool,
    /// The broker that holds the ciphertext.
    pub broker: String,
    /// When it was made.
    pub made_at: DateTime<Utc>,
}

impl Wallet {
    /// All shares, newest first.
    ///
    /// # Errors
    /// [`Error::Vault`].
    pub fn shares(&self) -> Result<Vec<Share>, Error> {
        let mut shares: Vec<Share> = self
            .vault()
            .list(&GRANTS)?
            .into_iter()
            .map(|(id, stored)| stored.shown(id))
            .collect();
        shares.sort_by_key(|share| std::cmp::Reverse(share.made_at));
        Ok(shares)
    }

    /// One share.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub fn share(&self, id: GrantId) -> Result<Share, Error> {
        Ok(self.stored_grant(id)?.shown(id))
    }

    /// Asks the brokers how the shares stand, and keeps what they say as far as it can be true. Changes
    /// that wait are handed in first. A broker cannot bring a stopped share back to life here, nor call
    /// one ended whose end has not come, nor paused or resumed what this wallet has not; that another ended
    /// it needs the broker's signed receipt.
    ///
    /// # Errors
    /// [`Error::Broker`] when one does not answer.
    pub async fn refresh_shares(&self) -> Result<Vec<Share>, Error> {
        let mut living = self.shares()?;
        living.retain(|share| share.state.is_living());
        for share in living.iter().filter(|share| share.change_waits) {
            // What the broker refuses is not made; how the share stands is asked next.
            match self.settle(share.grant_id).await {
                Ok(()) | Err(Error::Broker(BrokerError::Refused { .. })) => {}
                Err(error) => return Err(error),
            }
        }
        let brokers: BTreeSet<&str> = living.iter().map(|share| share.broker.as_str()).collect();
        for issuer in brokers {
            let rows = Broker::connect(self, issuer).await?.grants().await?;
            for share in living.iter().filter(|share| share.broker == issuer) {
                if let Some(row) = rows.iter().find(|row| row.grant_id == share.grant_id) {
                    self.keep_end(share.grant_id, &row.status).await?;
                }
            }
        }
        self.shares()
    }

    async fn keep_end(&self, id: GrantId, status: &str) -> Result<(), Error> {
        let ended = match ended_by_others(status) {
            Some((event, state)) => {
                let receipts = self.receipts(id).await?;
                let is_signed = receipts.iter().any(|receipt| receipt.event == event);
                is_signed.then_some(state)
            }
            None => self.stored_grant(id)?.ended(status, self.now()),
        };
        let Some(ended) = ended else { return Ok(()) };
        self.vault().write(|tx| {
            let mut stored = self.stored_grant(id)?;
            if stored.state.is_living() {
                stored.state = ended;
                stored.pending = None;
                tx.put(&GRANTS, &id, &stored)?;
            }
            Ok(())
        })
    }

    /// What messages about this share must come from and be for: recipient and own key.
    pub(super) fn correspondents(&self, id: GrantId) -> Result<Correspondents, Error> {
        let stored = self.stored_grant(id)?;
        Ok(Correspondents {
            broker: stored.broker,
            sender: stored.details.recipient,
            sender_name: stored.recipient_name,
            holder: stored.key_id,
        })
    }

    /// What is needed to make more deposits for this share.
    pub(super) fn renewable(&self, id: GrantId) -> Result<Renewable, Error> {
        let stored = self.stored_grant(id)?;
        Ok(Renewable {
            decision: stored.decision,
            credentials: stored.credentials,
        })
    }

    /// What a receipt about this share has to say.
    pub(super) fn owed(&self, id: GrantId) -> Result<(String, Owed), Error> {
        let stored = self.stored_grant(id)?;
        let owed = stored.owed(id);
        Ok((stored.broker, owed))
    }

    fn stored_grant(&self, id: GrantId) -> Result<StoredGrant, Error> {
        self.vault().get(&GRANTS, &id)?.ok_or(Error::NotFound)
    }
}

/// An end that neither this wallet nor the calendar has brought: the account's own key, used elsewhere, or
/// the recipient.
fn ended_by_others(status: &str) -> Option<(Event, ShareState)> {
    match status {
        "stopped" => Some((Event::Stopped, ShareState::Stopped)),
        "given_up" => Some((Event::GivenUp, ShareState::GivenUp)),
        _ => None,
    }
}

/// The place of the first deposit.
fn first() -> u32 {
    1
}

impl StoredGrant {
    /// The end that a broker reports, when it can be true.
    fn ended(&self, status: &str, now: DateTime<Utc>) -> Option<ShareState> {
        match status {
            "expired" if self.details.until <= now => Some(ShareState::Expired),
            "exhausted" if self.details.max_reads.is_some() => Some(ShareState::Exhausted),
            _ => None,
        }
    }

    fn owed(&self, grant_id: GrantId) -> Owed {
        Owed {
            grant_id,
            request: self.request.clone(),
            decisions: [&self.decision]
                .into_iter()
                .chain(&self.signed)
                .cloned()
                .collect(),
            changes: self.signed.clone(),
            recipient_name: self.recipient_name.clone(),
            purpose: self.details.purpose.clone(),
            legal_basis: self.details.legal_basis,
        }
    }

    /// What a receipt of a change has to be about: this one and no other.
    fn owed_for(&self, grant_id: GrantId, change: &PendingChange) -> Owed {
        let word = vec![change.decision().clone()];
        let (decisions, changes) = if change.grants() {
            (word, Vec::new())
        } else {
            (vec![self.decision.clone()], word)
        };
        Owed {
            decisions,
            changes,
            ..self.owed(grant_id)
        }
    }

    /// A word of the person about this share, to be signed with its key.
    fn word(
        &self,
        grant_id: GrantId,
        decision: Verdict,
        change: Option<u32>,
        now: DateTime<Utc>,
    ) -> DecisionClaims {
        DecisionClaims {
            decision,
            grant_id,
            request_hash: sha256_base64url(&self.request),
            recipient: self.details.recipient.clone(),
            aud: self.broker.clone(),
            iat: now.timestamp(),
            details: None,
            change,
            reply_jwk: None,
        }
    }

    fn shown(self, grant_id: GrantId) -> Share {
        Share {
            grant_id,
            recipient_name: self.recipient_name,
            details: self.details,
            state: self.state,
            change_waits: self.pending.is_some(),
            broker: self.broker,
            made_at: self.made_at,
        }
    }
}
