//! Shares: approving, refusing, listing and stopping.
//!
//! Everything that must not be lost (the grant's key, the signed decision, the sealed deposit) is in
//! the vault before the broker hears of it, so that a broken connection is repaired by asking again
//! with the very same decision.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use credential_core::{
    consent::{
        decision::{DecisionClaims, Verdict},
        details::GrantedDetails,
        period::Period,
        receipt::Event,
    },
    id::{GrantId, RequestId},
    jose::jws::General,
    mailbox::key_binding_nonce,
    sd_jwt::{self, KeyBindingRequest},
    text::Text,
};
use serde::{Deserialize, Serialize};

use super::{
    approve::{self, SignedGrant},
    broker::Broker,
    browser,
    deposit::{self, SealedPresentation, Slot, VpToken},
    receipts::Owed,
    request::{OpenRequest, REQUESTS},
};
use crate::{
    Error, Wallet,
    disclosure::Selection,
    keys::{self, KeyPurpose, NewKey},
    vault::Tree,
};

const GRANTS: Tree<GrantId, StoredGrant> = Tree::new("grants");
/// Which grant answers a request, so that an interrupted answer is repeated and not made anew.
const ANSWERS: Tree<RequestId, GrantId> = Tree::new("answers");

/// Deposits live seven days, then the wallet renews them or they lapse.
const DEPOSIT_DAYS: i64 = 7;
/// A share without a shorter end asked for ends after this many days.
const LONGEST_DAYS: u32 = 90;

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
    /// Stopped, and the broker's receipt says so.
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
    decision: General,
    key_id: String,
    /// Kept until the broker has confirmed it.
    deposit: Option<String>,
    state: ShareState,
    made_at: DateTime<Utc>,
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

impl Delivery {
    /// The address to be opened in the browser that began.
    #[must_use]
    pub fn complete_url(&self) -> Option<&str> {
        match self {
            Self::InBrowser(url) => Some(url),
            Self::Done | Self::Failed(_) => None,
        }
    }
}

/// An approval that the broker confirmed.
#[derive(Debug)]
#[non_exhaustive]
pub struct Approved {
    /// The grant.
    pub grant_id: GrantId,
    /// What left the wallet: the sealed deposit, as the broker keeps it.
    pub deposit: SealedPresentation,
    /// Whether the recipient knows.
    pub delivery: Delivery,
}

/// How the answer reaches the recipient.
#[derive(Debug)]
#[non_exhaustive]
pub enum Delivery {
    /// This wallet was the browser that began, and has brought the answer.
    Done,
    /// The browser that began brings it, from this address.
    InBrowser(String),
    /// The answer is recorded and stands, but the recipient could not be reached.
    Failed(Box<Error>),
}

impl Wallet {
    /// When a share of this request would end if the person changes nothing: what was asked, at most
    /// 90 days.
    ///
    /// # Errors
    /// Never for an open request; kept fallible because a period cannot be zero.
    pub fn proposed_end(&self, open: &OpenRequest) -> Result<DateTime<Utc>, Error> {
        let cap = Period::days(LONGEST_DAYS).map_err(|_zero| Error::NotFound)?;
        Ok(open.request.details().ends_at(self.now(), cap))
    }

    /// Approves a request: signs the decision, makes and seals the presentation, and hands both in as
    /// one step. Called again after a broken connection it hands in the very same.
    ///
    /// # Errors
    /// [`Error::Selection`], [`Error::Present`] or [`Error::Seal`] before anything left;
    /// [`Error::Broker`] when the broker refused or did not answer.
    pub async fn approve(
        &self,
        open: &OpenRequest,
        selection: &Selection,
        until: DateTime<Utc>,
    ) -> Result<Approved, Error> {
        let grant_id = match self.vault().get(&ANSWERS, &open.id)? {
            Some(grant_id) => self.same_answer(grant_id, open, selection)?,
            None => self.prepare(open, selection, until)?,
        };
        let stored = self.stored_grant(grant_id)?;
        let deposit = stored.deposit.clone().ok_or(Error::AlreadyAnswered)?;
        let broker = Broker::connect(self, &open.broker).await?;
        let answer = broker
            .decide(open.id, &stored.decision, Some(&deposit))
            .await?;
        let owed = Owed {
            grant_id,
            request: &stored.request,
            event: Event::Given,
        };
        let receipt =
            self.owed_receipt(&open.broker, answer.receipt.as_deref(), &owed, open.basis())?;
        self.vault().write(|tx| {
            let confirmed = StoredGrant {
                state: ShareState::Active,
                deposit: None,
                ..stored.clone()
            };
            tx.put(&GRANTS, &grant_id, &confirmed)?;
            receipt.iter().try_for_each(|receipt| receipt.store(tx))?;
            tx.delete(&ANSWERS, &open.id)?;
            tx.delete(&REQUESTS, &open.id)?;
            Ok::<_, Error>(())
        })?;
        Ok(Approved {
            grant_id,
            deposit: SealedPresentation::stored(deposit),
            delivery: self.deliver(open, answer.complete_url).await,
        })
    }

    /// An answer that was signed before and not confirmed is handed in again, and nothing else is: the
    /// broker may already have it.
    fn same_answer(
        &self,
        grant_id: GrantId,
        open: &OpenRequest,
        selection: &Selection,
    ) -> Result<GrantId, Error> {
        let signed = self.stored_grant(grant_id)?.details;
        let left_out = selection.left_out(&open.request);
        let asked = open.request.details();
        let now = asked.granted(grant_id, open.request.client_id(), signed.until, &left_out)?;
        if now == signed {
            Ok(grant_id)
        } else {
            Err(Error::AnsweredOtherwise { grant_id })
        }
    }

    /// Refuses a request; the recipient learns only that.
    ///
    /// # Errors
    /// As [`Self::approve`].
    pub async fn refuse(&self, open: &OpenRequest) -> Result<Delivery, Error> {
        let key = NewKey::generate(KeyPurpose::Grant)?;
        let grant_id = GrantId::random(self.rng())?;
        let decision = approve::refuse(&open.request, grant_id, self.now(), &key.signer)?;
        let broker = Broker::connect(self, &open.broker).await?;
        let answer = broker.decide(open.id, &decision, None).await?;
        let owed = Owed {
            grant_id,
            request: open.request.jar(),
            event: Event::Refused,
        };
        let receipt =
            self.owed_receipt(&open.broker, answer.receipt.as_deref(), &owed, open.basis())?;
        self.vault().write(|tx| {
            receipt.iter().try_for_each(|receipt| receipt.store(tx))?;
            tx.delete(&REQUESTS, &open.id).map_err(Error::from)
        })?;
        Ok(self.deliver(open, answer.complete_url).await)
    }

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

    /// Asks the brokers which shares have come to their end by themselves, and keeps what they say. A
    /// broker cannot bring a stopped share back to life here.
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
                let row = rows.iter().find(|row| row.grant_id == share.grant_id);
                let ended = match row.map(|row| row.status.as_str()) {
                    Some("expired") => ShareState::Expired,
                    Some("exhausted") => ShareState::Exhausted,
                    _ => continue,
                };
                let stored = StoredGrant {
                    state: ended,
                    ..self.stored_grant(share.grant_id)?
                };
                self.vault().put(&GRANTS, &share.grant_id, &stored)?;
            }
        }
        self.shares()
    }

    /// Stops a share. That it is stopped is kept first; when the broker cannot be reached, calling
    /// again signs the stop anew, because a broker takes only a stop of this moment.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::Broker`] means: stopped here, not confirmed there.
    pub async fn stop(&self, id: GrantId) -> Result<Share, Error> {
        let mut stored = self.stored_grant(id)?;
        if stored.state == ShareState::Stopped {
            return Ok(stored.shown(id));
        }
        stored.state = ShareState::Stopping;
        self.vault().put(&GRANTS, &id, &stored)?;
        let broker = Broker::connect(self, &stored.broker).await?;
        let receipt = broker.withdraw(id, &self.withdrawal(id, &stored)?).await?;
        let owed = Owed {
            grant_id: id,
            request: &stored.request,
            event: Event::Withdrawn,
        };
        let basis = stored.details.legal_basis;
        let receipt = self.owed_receipt(&stored.broker, receipt.as_deref(), &owed, basis)?;
        stored.state = ShareState::Stopped;
        self.vault().write(|tx| {
            tx.put(&GRANTS, &id, &stored)?;
            receipt.iter().try_for_each(|receipt| receipt.store(tx))
        })?;
        Ok(stored.shown(id))
    }

    /// Makes and keeps everything an approval needs.
    fn prepare(
        &self,
        open: &OpenRequest,
        selection: &Selection,
        until: DateTime<Utc>,
    ) -> Result<GrantId, Error> {
        let (now, grant_id) = (self.now(), GrantId::random(self.rng())?);
        let key = NewKey::generate(KeyPurpose::Grant)?;
        let grant = approve::sign(
            &open.request,
            selection,
            (grant_id, until),
            now,
            &key.signer,
        )?;
        let deposit = self.seal(open, selection, &grant, now)?;
        let stored = StoredGrant {
            broker: open.broker.clone(),
            request_id: open.id,
            request: open.request.jar().into(),
            recipient_name: open.request.recipient().name.clone(),
            details: grant.details().clone(),
            decision: grant.signed().clone(),
            key_id: key.id(),
            deposit: Some(deposit.as_str().into()),
            state: ShareState::Unconfirmed,
            made_at: now,
        };
        self.vault().write(|tx| {
            key.store(tx)?;
            tx.put(&GRANTS, &grant_id, &stored)?;
            tx.put(&ANSWERS, &open.id, &grant_id).map_err(Error::from)
        })?;
        Ok(grant_id)
    }

    /// The first deposit: one presentation for each part of the query, sealed together.
    fn seal(
        &self,
        open: &OpenRequest,
        selection: &Selection,
        grant: &SignedGrant,
        now: DateTime<Utc>,
    ) -> Result<SealedPresentation, Error> {
        const FIRST: u32 = 1;
        let details = grant.details();
        let nonce = key_binding_nonce(&details.nonce, details.grant_id, FIRST);
        let binding = KeyBindingRequest {
            audience: &details.recipient,
            nonce: &nonce,
            issued_at: now,
        };
        let held = self.credentials()?;
        let mut vp_token: VpToken = BTreeMap::new();
        for (part, credential, paths) in selection.leaving(&open.request, &held) {
            let key = keys::load(self.vault(), credential.key_id(), KeyPurpose::Credential)?;
            let presentation = sd_jwt::present(credential.verified(), &paths, &binding, &key)?;
            vp_token.insert(part.id.clone(), vec![presentation]);
        }
        let expires_at = details
            .until
            .min(now + chrono::TimeDelta::days(DEPOSIT_DAYS));
        let slot = Slot {
            sequence: FIRST,
            not_before: now,
            expires_at,
        };
        let key = open.request.encryption_key();
        Ok(deposit::seal(grant, vp_token, slot, key, self.rng())?)
    }

    /// The signed request a share answers, as it was shown.
    pub(super) fn request_of(&self, id: GrantId) -> Result<String, Error> {
        Ok(self.stored_grant(id)?.request)
    }

    fn withdrawal(&self, id: GrantId, stored: &StoredGrant) -> Result<General, Error> {
        let key = keys::load(self.vault(), &stored.key_id, KeyPurpose::Grant)?;
        let claims = DecisionClaims {
            decision: Verdict::Withdrawn,
            grant_id: id,
            request_hash: credential_core::encoding::sha256_base64url(&stored.request),
            recipient: stored.details.recipient.clone(),
            aud: stored.broker.clone(),
            iat: self.now().timestamp(),
            details: None,
        };
        Ok(claims.sign(&key)?)
    }

    async fn deliver(&self, open: &OpenRequest, url: String) -> Delivery {
        let Some(session) = &open.session else {
            return Delivery::InBrowser(url);
        };
        match browser::complete(self.http(), &url, session).await {
            Ok(()) => Delivery::Done,
            Err(error) => Delivery::Failed(Box::new(error)),
        }
    }

    fn stored_grant(&self, id: GrantId) -> Result<StoredGrant, Error> {
        self.vault().get(&GRANTS, &id)?.ok_or(Error::NotFound)
    }
}

impl StoredGrant {
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
