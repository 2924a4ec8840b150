//! Offers that wait: listing them, taking one back, and making one anew with another link and code.

use chrono::{DateTime, Utc};
use credential_core::id::OfferId;
use serde::{Deserialize, Serialize};

use super::{
    super::{
        reference::reference,
        store::{Changes, StoreError},
    },
    HolderMatch, NewOffer, Registry, RegistryError,
    offers::remove_offer,
    rows::{OFFERS, OfferRow, offer_of},
};

/// An offer as its institution sees it: no name and no claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct WaitingOffer {
    /// Its id.
    pub id: OfferId,
    /// The short name by which a person tells it to the institution's page, as `7KQ2-M9XD`. With the
    /// code it is enough to collect.
    pub reference: String,
    /// What is in it (`vct`).
    pub credential_types: Vec<String>,
    /// How the holder was matched to the record.
    pub matched: HolderMatch,
    /// Until when it can be redeemed.
    pub expires_at: DateTime<Utc>,
    /// Whether it can still be redeemed.
    pub state: OfferState,
}

/// What can be done with an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum OfferState {
    /// It waits for its holder.
    Waiting,
    /// Its code was redeemed; what is not collected within minutes is lost.
    Redeemed,
    /// Its time is over; its claims are removed soon.
    Expired,
}

/// What a holder needs beside the link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::server) struct Handover {
    pub(in crate::server) offer: WaitingOffer,
    pub(in crate::server) tx_code: Option<String>,
}

impl Registry {
    /// Every offer that is kept, in the order of their ids, which is no order at all.
    ///
    /// # Errors
    /// [`RegistryError`] when the store does not answer.
    pub fn offers(&self, now: DateTime<Utc>) -> Result<Vec<WaitingOffer>, RegistryError> {
        let mut offers = Vec::new();
        self.store.scan(OFFERS, |key, sealed| {
            let row: OfferRow = self
                .opened(key, sealed)
                .map_err(|_sealed| StoreError::Damaged)?;
            offers.push(waiting(offer_of(key)?, &row, now));
            Ok(())
        })?;
        Ok(offers)
    }

    /// Takes an offer back: its link is dead and its claims are deleted.
    ///
    /// # Errors
    /// [`RegistryError::NoSuchOffer`], also for one that was collected and forgotten.
    pub fn cancel_offer(
        &self,
        id: &OfferId,
        now: DateTime<Utc>,
    ) -> Result<WaitingOffer, RegistryError> {
        let _lock = self.memory();
        let row = self.offer_row(id)?.ok_or(RegistryError::NoSuchOffer)?;
        let mut changes = Changes::new();
        remove_offer(id, &row, &mut changes);
        self.store.apply(changes)?;
        Ok(waiting(*id, &row, now))
    }

    /// An offer that can be redeemed, with its transaction code.
    pub(in crate::server) fn handover(
        &self,
        id: &OfferId,
        now: DateTime<Utc>,
    ) -> Result<Handover, RegistryError> {
        let row = self.offer_row(id)?.filter(|row| row.is_open(now));
        let row = row.ok_or(RegistryError::NoSuchOffer)?;
        Ok(Handover {
            offer: waiting(*id, &row, now),
            tx_code: row.tx_code,
        })
    }

    /// Puts a new offer of the same claims in the place of one, in one step: one of the two can be
    /// redeemed at any moment, never both. Offers that expired can be made anew until they are removed.
    pub(in crate::server) fn replace_offer(
        &self,
        old: &OfferId,
        new: OfferId,
        tx_code: &str,
        (now, expires_at): (DateTime<Utc>, DateTime<Utc>),
    ) -> Result<Handover, RegistryError> {
        let _lock = self.memory();
        let row = self.offer_row(old)?.ok_or(RegistryError::NoSuchOffer)?;
        if row.redeemed_until.is_some() {
            return Err(RegistryError::OfferRedeemed);
        }
        let credentials = (0_u8..)
            .zip(&row.items)
            .map(|(number, item)| self.prepared(old, number, item.chunks))
            .collect::<Result<Vec<_>, _>>()?;
        let offer = NewOffer {
            id: new,
            expires_at,
            tx_code: Some(tx_code),
            matched: row.matched,
            credentials: &credentials,
        };
        let mut changes = self.offer_changes(&offer, row.held)?;
        remove_offer(old, &row, &mut changes);
        self.store.apply(changes)?;
        let row = OfferRow { expires_at, ..row };
        Ok(Handover {
            offer: waiting(new, &row, now),
            tx_code: Some(tx_code.into()),
        })
    }
}

fn waiting(id: OfferId, row: &OfferRow, now: DateTime<Utc>) -> WaitingOffer {
    let state = match (row.redeemed_until, row.is_open(now)) {
        (Some(_), _) => OfferState::Redeemed,
        (None, true) => OfferState::Waiting,
        (None, false) => OfferState::Expired,
    };
    WaitingOffer {
        reference: reference(&id),
        id,
        credential_types: row.items.iter().map(|item| item.vct.clone()).collect(),
        matched: row.matched,
        expires_at: row.expires_at,
        state,
    }
}
