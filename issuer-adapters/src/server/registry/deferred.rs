//! Requests that wait: the institution has not released what is in the offer yet (OpenID4VCI 1.0 section 9).

use chrono::{DateTime, Utc};
use credential_core::{credential::CredentialType, id::OfferId, jose::Jwk, rng::random};

use super::{
    super::{
        seal::SealError,
        store::{Changes, StoreError},
    },
    CollectError, Registry, RegistryError,
    rows::{DeferredRow, OfferRow},
};

/// A transaction's id.
pub(in crate::server) type TransactionId = [u8; 16];

/// What a wallet gets that asks again.
#[derive(Debug)]
pub(in crate::server) enum Deferral {
    /// Not released yet.
    Waiting,
    /// It can be issued now, to these keys.
    Released {
        credential_type: CredentialType,
        keys: Vec<Jwk>,
    },
}

impl Registry {
    /// Whether the institution still has to release an offer whose access token is in use.
    pub(in crate::server) fn is_held(&self, offer: &OfferId) -> Result<bool, RegistryError> {
        Ok(self.offer_row(offer)?.is_some_and(|row| row.held))
    }

    /// Lets an offer wait, or releases it. What was collected before stays collected. Gives whether there
    /// is such an offer.
    pub(in crate::server) fn set_held(
        &self,
        offer: &OfferId,
        held: bool,
    ) -> Result<bool, RegistryError> {
        let _lock = self.memory();
        let Some(mut row) = self.offer_row(offer)? else {
            return Ok(false);
        };
        if row.held != held {
            row.held = held;
            self.put(offer, &row)?;
        }
        Ok(true)
    }

    /// Keeps a request that cannot be answered yet. The same keys get the same transaction; other keys get
    /// another, and the one before ends.
    pub(in crate::server) fn defer(
        &self,
        offer: &OfferId,
        credential_type: CredentialType,
        keys: Vec<Jwk>,
        now: DateTime<Utc>,
    ) -> Result<TransactionId, CollectError> {
        let _lock = self.memory();
        let mut row = self.redeemed(offer, now)?;
        let item = row
            .items
            .iter_mut()
            .find(|item| item.vct == credential_type.vct())
            .ok_or(CollectError::NotOffered)?;
        if item.collected {
            return Err(CollectError::Collected);
        }
        if let Some(waiting) = item
            .deferred
            .as_ref()
            .filter(|waiting| waiting.keys == keys)
        {
            return Ok(waiting.id);
        }
        let id = random(&*self.rng).map_err(|error| RegistryError::from(SealError::from(error)))?;
        item.deferred = Some(DeferredRow { id, keys });
        self.put(offer, &row)?;
        Ok(id)
    }

    /// Where a transaction stands; none when the offer has no such transaction, or no longer.
    pub(in crate::server) fn deferral(
        &self,
        offer: &OfferId,
        id: &TransactionId,
        now: DateTime<Utc>,
    ) -> Result<Option<Deferral>, CollectError> {
        let row = self.redeemed(offer, now)?;
        let waiting = row.items.iter().find_map(|item| {
            let waiting = item.deferred.as_ref().filter(|waiting| waiting.id == *id)?;
            Some((item, waiting))
        });
        let Some((item, waiting)) = waiting else {
            return Ok(None);
        };
        if row.held {
            return Ok(Some(Deferral::Waiting));
        }
        let credential_type = CredentialType::from_vct(&item.vct);
        Ok(Some(Deferral::Released {
            credential_type: credential_type.ok_or(RegistryError::Store(StoreError::Newer))?,
            keys: waiting.keys.clone(),
        }))
    }

    fn redeemed(&self, offer: &OfferId, now: DateTime<Utc>) -> Result<OfferRow, CollectError> {
        let row = self.offer_row(offer)?.filter(|row| row.is_redeemed(now));
        row.ok_or(CollectError::Gone)
    }

    fn put(&self, offer: &OfferId, row: &OfferRow) -> Result<(), RegistryError> {
        let mut changes = Changes::new();
        self.put_offer(offer, row, &mut changes)?;
        Ok(self.store.apply(changes)?)
    }
}
