//! Answering a request: yes with a deposit, or no; each in one step that can be repeated.

use chrono::{DateTime, TimeDelta, Utc};
use credential_core::{
    consent::{digits::Digits, period::Period, receipt::Event},
    id::{GrantId, RequestId},
    jose::Signer as _,
};

use super::{ANSWERS, GRANTS, ShareState, StoredGrant, sealing::slot};
use crate::{
    Error, Wallet,
    consent::{
        approve,
        broker::{Broker, BrokerError, Finish, TOO_OLD},
        browser,
        deposit::{self, SealedPresentation},
        messages::REPLY_KEYS,
        receipts::{Owed, StoredReceipt},
        request::{OpenRequest, REQUESTS, Refusal},
    },
    disclosure::Selection,
    keys::{KeyPurpose, NewKey},
};

/// A share without a shorter end asked for ends after this many days.
pub(super) const LONGEST_DAYS: u32 = 90;
/// The place of the deposit that comes with an approval.
const FIRST: u32 = 1;
/// A broker takes a decision only of about this moment; after this time one that it does not have yet
/// is made anew.
const DECISION_LIFE: TimeDelta = TimeDelta::minutes(5);

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
    /// The browser that began is on another device, and brings it once these are typed there.
    ByDigits(Digits),
    /// The answer is recorded and stands, but the recipient could not be reached.
    Failed(Box<Error>),
}

impl Delivery {
    /// The address to be opened in the browser that began.
    #[must_use]
    pub fn complete_url(&self) -> Option<&str> {
        match self {
            Self::InBrowser(url) => Some(url),
            Self::Done | Self::ByDigits(_) | Self::Failed(_) => None,
        }
    }

    /// The digits to be typed into the browser that began.
    #[must_use]
    pub fn digits(&self) -> Option<&Digits> {
        match self {
            Self::ByDigits(digits) => Some(digits),
            Self::Done | Self::InBrowser(_) | Self::Failed(_) => None,
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
        let receipt = self.owed_receipt(&open.broker, &answer.receipt, &owed, Event::Given)?;
        self.confirm(open.id, grant_id, &receipt)?;
        Ok(Approved {
            grant_id,
            deposit: SealedPresentation::stored(deposit.to_owned()),
            delivery: self.deliver(open, answer.finish).await,
        })
    }

    /// A share that was stopped while the broker took it stays to be stopped.
    fn confirm(
        &self,
        request: RequestId,
        id: GrantId,
        receipt: &StoredReceipt,
    ) -> Result<(), Error> {
        let state = self.vault().write(|tx| {
            let mut stored = self.stored_grant(id)?;
            stored.deposit = None;
            stored.state = match stored.state {
                ShareState::Unconfirmed | ShareState::Active => ShareState::Active,
                _ => ShareState::Stopping,
            };
            tx.put(&GRANTS, &id, &stored)?;
            receipt.store(tx)?;
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

    pub(super) fn is_old(&self, made_at: DateTime<Utc>) -> bool {
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
        let held = self.credentials()?;
        let leaving = selection.leaving(&open.request, &held)?;
        let vp_token = self.presentations(grant.details(), leaving, FIRST, now)?;
        let slot = slot(grant.details(), FIRST, now);
        let key_of_recipient = open.request.encryption_key();
        let deposit = deposit::seal(&grant, vp_token, slot, key_of_recipient, self.rng())?;
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
            deposits: FIRST,
            changes: 0,
            signed: Vec::new(),
            pending: None,
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
            decisions: vec![refusal.decision.clone()],
            changes: Vec::new(),
            recipient_name: open.request.recipient().name.clone(),
            purpose: asked.purpose.clone(),
            legal_basis: asked.legal_basis,
        };
        let receipt = self.owed_receipt(&open.broker, &answer.receipt, &owed, Event::Refused)?;
        self.vault().write(|tx| {
            receipt.store(tx)?;
            tx.delete(&REQUESTS, &open.id).map_err(Error::from)
        })?;
        Ok(self.deliver(open, answer.finish).await)
    }

    async fn deliver(&self, open: &OpenRequest, finish: Finish) -> Delivery {
        let (url, session) = match (finish, &open.session) {
            (Finish::CompleteUrl(url), Some(session)) => (url, session),
            (Finish::CompleteUrl(url), None) => return Delivery::InBrowser(url),
            (Finish::Digits(digits), None) => return Delivery::ByDigits(digits),
            // This wallet is the browser: there is no other to type them into.
            (Finish::Digits(_), Some(_)) => {
                return Delivery::Failed(Box::new(BrokerError::NotUnderstood.into()));
            }
        };
        let recipient = &open.request.object().redirect_uri;
        let ways = (open.broker.as_str(), recipient.as_str());
        match browser::complete(self.http(), &url, session, ways).await {
            Ok(()) => Delivery::Done,
            Err(error) => Delivery::Failed(Box::new(error)),
        }
    }
}
