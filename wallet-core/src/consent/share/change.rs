//! Changing a share that stands: pausing, resuming, narrowing, renewing.
//!
//! What was signed is kept first and then handed in. While it is not known whether the broker has it,
//! the very same is handed in again, before anything else is changed.

use chrono::{DateTime, SubsecRound as _, Utc};
use credential_core::{
    consent::{
        decision::Verdict,
        details::{ClaimRef, GrantedDetails, NotOptional, RequestedDetails},
        period::Period,
        request::{self, RequestError, RequestObject},
    },
    id::GrantId,
    jose::jws::{JwsError, Unverified},
    trust::TrustList,
};

use super::{
    Share, ShareState, StoredGrant,
    answer::LONGEST_DAYS,
    pending::{PendingChange, PendingTerms},
    sealing::slot,
};
use crate::{
    Error, Wallet,
    consent::{
        approve::{self, SignedGrant},
        deposit,
    },
    disclosure,
    keys::{self, KeyPurpose},
};

/// How a share becomes smaller; what is not named stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Less {
    /// Optional items that stay behind from now on.
    pub leave_out: Vec<ClaimRef>,
    /// A sooner end.
    pub until: Option<DateTime<Utc>>,
    /// Fewer reads, those that were made included.
    pub max_reads: Option<u32>,
}

/// What a share is to become.
enum Wish<'a> {
    Held(bool),
    Less(&'a Less),
    Until(DateTime<Utc>),
}

impl Wallet {
    /// Holds a share back: the recipient is told that it pauses, until you let it go on. Called again
    /// after a broken connection it hands in the very same.
    ///
    /// # Errors
    /// [`Error::NotLiving`]; [`Error::Broker`] when the broker refused, or did not answer: then the pause
    /// is signed and waits for the next call. [`Error::ReceiptNotOurs`] when it confirms something else.
    pub async fn pause(&self, id: GrantId) -> Result<Share, Error> {
        self.change(id, &Wish::Held(true)).await
    }

    /// Lets a paused share go on.
    ///
    /// # Errors
    /// As [`Self::pause`].
    pub async fn resume(&self, id: GrantId) -> Result<Share, Error> {
        self.change(id, &Wish::Held(false)).await
    }

    /// Shares less than before, with a new deposit in place of the old ones.
    ///
    /// # Errors
    /// As [`Self::pause`]; [`Error::NotOptional`], [`Error::NotLess`], [`Error::Selection`] or
    /// [`Error::Seal`] before anything left.
    pub async fn narrow(&self, id: GrantId, less: &Less) -> Result<Share, Error> {
        self.change(id, &Wish::Less(less)).await
    }

    /// Shares the same for longer, at most until [`Self::renewal_end`]. The recipient has to be
    /// registered for it still.
    ///
    /// # Errors
    /// As [`Self::narrow`]; [`Error::End`] for an end that is not later, or later than what was asked.
    pub async fn renew(&self, id: GrantId, until: DateTime<Utc>) -> Result<Share, Error> {
        self.change(id, &Wish::Until(until)).await
    }

    /// When a share that is renewed now would end if the person changes nothing: what was asked, counted
    /// from now, at most 90 days.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub fn renewal_end(&self, id: GrantId) -> Result<DateTime<Utc>, Error> {
        let cap = Period::days(LONGEST_DAYS).map_err(|_zero| Error::NotFound)?;
        Ok(self.stored_grant(id)?.asked()?.ends_at(self.now(), cap))
    }

    async fn change(&self, id: GrantId, wish: &Wish<'_>) -> Result<Share, Error> {
        self.settle(id).await?;
        let stored = self.stored_grant(id)?;
        if !stored.state.is_living() {
            return Err(Error::NotLiving);
        }
        if let Some(pending) = self.wished(id, &stored, wish)? {
            self.keep_pending(id, &stored, pending)?;
            self.settle(id).await?;
        }
        self.share(id)
    }

    /// The change that makes the wish true, signed; none when it is true already.
    fn wished(
        &self,
        id: GrantId,
        stored: &StoredGrant,
        wish: &Wish<'_>,
    ) -> Result<Option<PendingChange>, Error> {
        let (verdict, details) = match wish {
            Wish::Held(held) if *held == (stored.state == ShareState::Paused) => return Ok(None),
            Wish::Held(true) => (Verdict::Paused, None),
            Wish::Held(false) => (Verdict::Resumed, None),
            Wish::Less(less) => {
                let details = less.of(&stored.details, &stored.asked()?)?;
                (Verdict::Narrowed, Some(details))
            }
            Wish::Until(until) => {
                let mut longer = stored.details.clone();
                longer.until = until.trunc_subsecs(0);
                (Verdict::Renewed, Some(longer))
            }
        };
        if details.as_ref() == Some(&stored.details) {
            return Ok(None);
        }
        self.signed_change(id, stored, verdict, details).map(Some)
    }

    fn signed_change(
        &self,
        id: GrantId,
        stored: &StoredGrant,
        verdict: Verdict,
        details: Option<GrantedDetails>,
    ) -> Result<PendingChange, Error> {
        let now = self.now();
        let key = keys::load(self.vault(), &stored.key_id, KeyPurpose::Grant)?;
        let number = stored.changes.saturating_add(1);
        let mut word = stored.word(id, verdict, Some(number), now);
        let (decision, terms) = match details {
            None => (word.sign(&key)?, None),
            Some(details) => {
                word.details = Some(details);
                let asked = stored.asked()?;
                let grant = approve::change(&word, &stored.details, &asked, now, &key)?;
                let terms = self.pending_terms(stored, verdict, &grant, now)?;
                (grant.signed().clone(), Some(terms))
            }
        };
        Ok(PendingChange {
            verdict,
            number,
            decision,
            terms,
            made_at: now,
        })
    }

    fn pending_terms(
        &self,
        stored: &StoredGrant,
        verdict: Verdict,
        grant: &SignedGrant,
        now: DateTime<Utc>,
    ) -> Result<PendingTerms, Error> {
        let (details, trust) = (grant.details(), self.trust()?);
        check_registered(verdict, details, &trust, now)?;
        let held = self.credentials()?;
        let leaving = disclosure::granted(details, &stored.credentials, &held)?;
        let used = stored.deposits.max(self.renewed_up_to(details.grant_id)?);
        let sequence = used.saturating_add(1);
        let vp_token = self.presentations(details, leaving, sequence, now)?;
        let slot = slot(details, sequence, now);
        let deposit = deposit::seal_to_listed(grant, vp_token, slot, &trust, self.rng())?;
        Ok(PendingTerms {
            details: details.clone(),
            deposit: deposit.as_str().into(),
            sequence,
        })
    }
}

/// The recipient must be on the registrar's list; renewing needs the use listed too.
fn check_registered(
    verdict: Verdict,
    details: &GrantedDetails,
    trust: &TrustList,
    now: DateTime<Utc>,
) -> Result<(), RequestError> {
    let listed = trust.recipient(&details.recipient);
    let (participant, role) = listed.ok_or(RequestError::UnknownRecipient)?;
    if participant.keys.encryption_key().is_none() {
        return Err(RequestError::OtherEncryptionKey);
    }
    if verdict != Verdict::Renewed {
        return Ok(());
    }
    if !role.registers(details) {
        return Err(RequestError::PurposeNotRegistered);
    }
    if !role.registers_now(details, now) {
        return Err(RequestError::BeyondLimits);
    }
    Ok(())
}

impl StoredGrant {
    /// What the recipient asked, in the request that was verified when it was answered.
    fn asked(&self) -> Result<RequestedDetails, Error> {
        let object: RequestObject = Unverified::parse(&self.request, request::TYP)
            .and_then(|object| object.untrusted_payload())
            .map_err(RequestError::from)?;
        let first = object.authorization_details.into_iter().next();
        Ok(first.ok_or(RequestError::Jws(JwsError::WrongContent))?)
    }
}

impl Less {
    fn of(
        &self,
        before: &GrantedDetails,
        asked: &RequestedDetails,
    ) -> Result<GrantedDetails, Error> {
        let mut details = before.clone();
        for claim in &self.leave_out {
            if !asked.optional.contains(claim) {
                return Err(NotOptional(claim.clone()).into());
            }
            let mut parts = details.dcql_query.credentials.iter_mut();
            if let Some(part) = parts.find(|part| part.id == claim.credential_id) {
                part.claims.retain(|kept| kept.id != claim.claim_id);
            }
        }
        if let Some(until) = self.until {
            details.until = until.trunc_subsecs(0);
        }
        details.max_reads = self.max_reads.or(before.max_reads);
        Ok(details)
    }
}
