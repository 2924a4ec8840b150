//! Answering a request: yes with a deposit, or no; each in one step that can be repeated.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use credential_core::{
    consent::{period::Period, receipt::Event},
    id::{GrantId, RequestId},
    jose::Signer as _,
    mailbox::key_binding_nonce,
    sd_jwt::{self, KeyBindingRequest},
};

use super::{ANSWERS, GRANTS, ShareState, StoredGrant};
use crate::{
    Error, Wallet,
    consent::{
        approve::{self, SignedGrant},
        broker::{Broker, BrokerError},
        browser,
        deposit::{self, SealedPresentation, Slot, VpToken},
        messages::REPLY_KEYS,
        receipts::{Owed, StoredReceipt},
        request::{OpenRequest, REQUESTS, Refusal},
    },
    disclosure::Selection,
    keys::{self, KeyPurpose, NewKey},
};

/// Deposits live seven days, then the wallet renews them or they lapse.
pub(in crate::consent) const DEPOSIT_DAYS: i64 = 7;
/// A share without a shorter end asked for ends after this many days.
const LONGEST_DAYS: u32 = 90;
/// A broker takes a decision only of about this moment; after this time one that it does not have yet
/// is made anew.
const DECISION_LIFE: TimeDelta = TimeDelta::minutes(5);
/// How a broker says that a decision is too old, and so that it does not have it.
const TOO_OLD: &str = "decision_not_of_this_moment";

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
    /// one step. Called again after a broken connection it hands in the very same, with the end that
    /// was signed then.
    ///
    /// # Errors
    /// [`Error::Selection`], [`Error::End`], [`Error::Present`] or [`Error::Seal`] before anything
    /// left; [`Error::AnsweredOtherwise`] when an earlier answer may be on its way;
    /// [`Error::Broker`] when the broker refused or did not answer.
    pub async fn approve(
        &self,
        open: &OpenRequest,
        selection: &Selection,
        until: DateTime<Utc>,
    ) -> Result<Approved, Error> {
        let grant_id = match self.vault().get(&ANSWERS, &open.id)? {
            Some(grant_id) => self.same_answer(grant_id, open, selection, until)?,
            None => self.prepare(open, selection, until)?,
        };
        match self.hand_in(open, grant_id).await {
            Err(Error::Broker(refusal)) if self.came_too_late(grant_id, &refusal)? => {
                self.set_aside(open.id, grant_id)?;
                let anew = self.prepare(open, selection, until)?;
                self.hand_in(open, anew).await
            }
            answered => answered,
        }
    }

    /// Refuses a request; the recipient learns only that. Called again after a broken connection it
    /// hands in the very same.
    ///
    /// # Errors
    /// As [`Self::approve`].
    pub async fn refuse(&self, open: &OpenRequest) -> Result<Delivery, Error> {
        if let Some(grant_id) = self.vault().get(&ANSWERS, &open.id)? {
            return Err(Error::AnsweredOtherwise { grant_id });
        }
        let refusal = match self.kept_refusal(open.id)? {
            Some(refusal) => refusal,
            None => self.prepare_refusal(open)?,
        };
        match self.hand_in_refusal(open, &refusal).await {
            Err(Error::Broker(refused)) if refused.is(TOO_OLD) && self.is_old(refusal.made_at) => {
                let anew = self.prepare_refusal(open)?;
                self.hand_in_refusal(open, &anew).await
            }
            answered => answered,
        }
    }

    /// An answer that was signed before and not confirmed is handed in again, and nothing else is: the
    /// broker may already have it. It has to be what the person sees now, and must not last longer.
    fn same_answer(
        &self,
        grant_id: GrantId,
        open: &OpenRequest,
        selection: &Selection,
        until: DateTime<Utc>,
    ) -> Result<GrantId, Error> {
        let stored = self.stored_grant(grant_id)?;
        let left_out = selection.left_out(&open.request);
        let (asked, end) = (open.request.details(), stored.details.until);
        let now = asked.granted(grant_id, open.request.client_id(), end, &left_out)?;
        let same = now == stored.details
            && stored.credentials == *selection.credentials()
            && end <= until
            && stored.state == ShareState::Unconfirmed;
        if same {
            Ok(grant_id)
        } else {
            Err(Error::AnsweredOtherwise { grant_id })
        }
    }

    async fn hand_in(&self, open: &OpenRequest, grant_id: GrantId) -> Result<Approved, Error> {
        let stored = self.stored_grant(grant_id)?;
        let deposit = stored.deposit.as_deref().ok_or(Error::AlreadyAnswered)?;
        let broker = Broker::connect(self, &open.broker).await?;
        let decision = &stored.decision;
        let answer = broker.decide(open.id, decision, Some(deposit)).await?;
        let owed = stored.owed(grant_id);
        let receipt =
            self.owed_receipt(&open.broker, answer.receipt.as_deref(), &owed, Event::Given)?;
        self.confirm(open.id, grant_id, receipt.as_ref())?;
        Ok(Approved {
            grant_id,
            deposit: SealedPresentation::stored(deposit.to_owned()),
            delivery: self.deliver(open, answer.complete_url).await,
        })
    }

    /// A share that was stopped while the broker took it stays to be stopped.
    fn confirm(
        &self,
        request: RequestId,
        id: GrantId,
        receipt: Option<&StoredReceipt>,
    ) -> Result<(), Error> {
        let state = self.vault().write(|tx| {
            let mut stored = self.stored_grant(id)?;
            stored.deposit = None;
            stored.state = match stored.state {
                ShareState::Unconfirmed | ShareState::Active => ShareState::Active,
                _ => ShareState::Stopping,
            };
            tx.put(&GRANTS, &id, &stored)?;
            receipt.map_or(Ok(()), |receipt| receipt.store(tx))?;
            tx.delete(&ANSWERS, &request)?;
            tx.delete(&REQUESTS, &request)?;
            Ok::<_, Error>(stored.state)
        })?;
        match state {
            ShareState::Active => Ok(()),
            _ => Err(Error::AlreadyAnswered),
        }
    }

    fn came_too_late(&self, id: GrantId, refusal: &BrokerError) -> Result<bool, Error> {
        Ok(refusal.is(TOO_OLD) && self.is_old(self.stored_grant(id)?.made_at))
    }

    fn is_old(&self, made_at: DateTime<Utc>) -> bool {
        self.now() - made_at > DECISION_LIFE
    }

    /// An answer that the broker says it will not take is not forgotten: it can still be stopped.
    fn set_aside(&self, request: RequestId, id: GrantId) -> Result<(), Error> {
        self.vault().write(|tx| {
            let stored = StoredGrant {
                state: ShareState::Stopping,
                ..self.stored_grant(id)?
            };
            tx.put(&GRANTS, &id, &stored)?;
            tx.delete(&ANSWERS, &request)?;
            Ok(())
        })
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
        let terms = (grant_id, until);
        let reply = NewKey::generate(KeyPurpose::Reply)?;
        let reply_jwk = Some(reply.signer.public_jwk());
        let grant = approve::sign(&open.request, selection, terms, now, &key.signer, reply_jwk)?;
        let deposit = self.seal(open, selection, &grant, now)?;
        let stored = StoredGrant {
            broker: open.broker.clone(),
            request_id: open.id,
            request: open.request.jar().into(),
            recipient_name: open.request.recipient().name.clone(),
            details: grant.details().clone(),
            credentials: selection.credentials().clone(),
            decision: grant.signed().clone(),
            key_id: key.id(),
            deposit: Some(deposit.as_str().into()),
            state: ShareState::Unconfirmed,
            made_at: now,
        };
        self.vault().write(|tx| {
            // Two answers at once must not make two grants.
            if self.vault().get(&ANSWERS, &open.id)?.is_some() {
                return Err(Error::AlreadyAnswered);
            }
            key.store(tx)?;
            reply.store(tx)?;
            tx.put(&REPLY_KEYS, &grant_id, &reply.id())?;
            tx.put(&GRANTS, &grant_id, &stored)?;
            tx.put(&ANSWERS, &open.id, &grant_id)?;
            Ok(grant_id)
        })
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
        for leaving in selection.leaving(&open.request, &held)? {
            let credential = leaving.credential;
            let key = keys::load(self.vault(), credential.key_id(), KeyPurpose::Credential)?;
            let shown = sd_jwt::present(credential.verified(), &leaving.paths, &binding, &key)?;
            vp_token.insert(leaving.part.id.clone(), vec![shown]);
        }
        let slot = Slot {
            sequence: FIRST,
            not_before: now,
            expires_at: details.until.min(now + TimeDelta::days(DEPOSIT_DAYS)),
        };
        let key = open.request.encryption_key();
        Ok(deposit::seal(grant, vp_token, slot, key, self.rng())?)
    }

    fn prepare_refusal(&self, open: &OpenRequest) -> Result<Refusal, Error> {
        let (now, grant_id) = (self.now(), GrantId::random(self.rng())?);
        let key = NewKey::generate(KeyPurpose::Grant)?;
        let refusal = Refusal {
            grant_id,
            decision: approve::refuse(&open.request, grant_id, now, &key.signer)?,
            made_at: now,
        };
        self.keep_refusal(open.id, &refusal)?;
        Ok(refusal)
    }

    async fn hand_in_refusal(
        &self,
        open: &OpenRequest,
        refusal: &Refusal,
    ) -> Result<Delivery, Error> {
        let broker = Broker::connect(self, &open.broker).await?;
        let answer = broker.decide(open.id, &refusal.decision, None).await?;
        let asked = open.request.details();
        let owed = Owed {
            grant_id: refusal.grant_id,
            request: open.request.jar().into(),
            decision: refusal.decision.clone(),
            purpose: asked.purpose.clone(),
            legal_basis: asked.legal_basis,
        };
        let signed = answer.receipt.as_deref();
        let receipt = self.owed_receipt(&open.broker, signed, &owed, Event::Refused)?;
        self.vault().write(|tx| {
            receipt.iter().try_for_each(|receipt| receipt.store(tx))?;
            tx.delete(&REQUESTS, &open.id).map_err(Error::from)
        })?;
        Ok(self.deliver(open, answer.complete_url).await)
    }

    async fn deliver(&self, open: &OpenRequest, url: String) -> Delivery {
        let Some(session) = &open.session else {
            return Delivery::InBrowser(url);
        };
        let recipient = &open.request.object().redirect_uri;
        let ways = (open.broker.as_str(), recipient.as_str());
        match browser::complete(self.http(), &url, session, ways).await {
            Ok(()) => Delivery::Done,
            Err(error) => Delivery::Failed(Box::new(error)),
        }
    }
}
