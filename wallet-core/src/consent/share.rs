//! Shares: approving, refusing, listing and stopping.
//!
//! Everything that must not be lost (the grant's key, the signed decision, the sealed deposit) is in
//! the vault before the broker hears of it, so that a broken connection is repaired by asking again
//! with the very same decision.

mod answer;
mod stop;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use credential_core::{
    consent::details::GrantedDetails,
    id::{CredentialId, GrantId, RequestId},
    jose::jws::General,
    text::Text,
};
use serde::{Deserialize, Serialize};

pub(super) use answer::DEPOSIT_DAYS;
pub use answer::{Approved, Delivery};

use super::{broker::Broker, receipts::Owed};
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
    /// Stopped here; the broker has not confirmed it yet.
    Stopping,
    /// Stopped. The broker's receipt says so, or the broker never had the share.
    Stopped,
    /// It came to its end date.
    Expired,
    /// The last allowed look was used.
    Exhausted,
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
    decision: General,
    key_id: String,
    /// Kept until the broker has confirmed it.
    deposit: Option<String>,
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

    /// Asks the brokers which shares have come to their end by themselves, and keeps what they say as
    /// far as it can be true. A broker cannot bring a stopped share back to life here, nor call one
    /// ended whose end has not come.
    ///
    /// # Errors
    /// [`Error::Broker`] when one does not answer.
    pub async fn refresh_shares(&self) -> Result<Vec<Share>, Error> {
        let active = |share: &Share| share.state == ShareState::Active;
        let active: Vec<Share> = self.shares()?.into_iter().filter(active).collect();
        let brokers: BTreeSet<&str> = active.iter().map(|share| share.broker.as_str()).collect();
        for issuer in brokers {
            let rows = Broker::connect(self, issuer).await?.grants().await?;
            for share in active.iter().filter(|share| share.broker == issuer) {
                if let Some(row) = rows.iter().find(|row| row.grant_id == share.grant_id) {
                    self.keep_end(share.grant_id, &row.status)?;
                }
            }
        }
        self.shares()
    }

    fn keep_end(&self, id: GrantId, status: &str) -> Result<(), Error> {
        self.vault().write(|tx| {
            let mut stored = self.stored_grant(id)?;
            let ended = stored.ended(status, self.now());
            if let (Some(ended), ShareState::Active) = (ended, stored.state) {
                stored.state = ended;
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
            decision: self.decision.clone(),
            purpose: self.details.purpose.clone(),
            legal_basis: self.details.legal_basis,
        }
    }

    fn shown(self, grant_id: GrantId) -> Share {
        Share {
            grant_id,
            recipient_name: self.recipient_name,
            details: self.details,
            state: self.state,
            broker: self.broker,
            made_at: self.made_at,
        }
    }
}
