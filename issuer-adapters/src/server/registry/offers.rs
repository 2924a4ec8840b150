//! Offers: kept sealed until they are collected.

use chrono::{DateTime, NaiveDate, Utc};
use credential_core::{
    credential::{CredentialClaims, CredentialType},
    id::OfferId,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::{
    super::store::{Changes, StoreError},
    HolderMatch, Registry, RegistryError,
    rows::{ItemRow, OFFERS, OfferRow, claims_key, offer_key, offer_of},
};

/// Octets of claims in one entry, before sealing.
const CHUNK: usize = 4096;
/// Most entries for one credential: 384 KiB, more than claims can have.
const MAX_CHUNKS: usize = 96;

/// A new offer, before it is kept.
#[derive(Debug)]
pub(in crate::server) struct NewOffer<'a> {
    pub(in crate::server) id: OfferId,
    pub(in crate::server) expires_at: DateTime<Utc>,
    pub(in crate::server) tx_code: Option<&'a str>,
    pub(in crate::server) matched: HolderMatch,
    /// No two of one type: the protocol names a credential of an offer by its type.
    pub(in crate::server) credentials: &'a [CredentialClaims],
}

/// An offer whose code can still be redeemed.
#[derive(Debug)]
pub(in crate::server) struct OpenOffer {
    pub(in crate::server) types: Vec<CredentialType>,
    pub(in crate::server) needs_tx_code: bool,
}

/// The claims of one credential as they wait.
#[derive(Serialize, Deserialize)]
struct PreparedRow {
    vct: String,
    claims: Map<String, Value>,
    valid_until: Option<NaiveDate>,
}

impl Registry {
    /// Keeps an offer and its claims.
    pub(in crate::server) fn add_offer(&self, offer: &NewOffer<'_>) -> Result<(), RegistryError> {
        let changes = self.offer_changes(offer, false)?;
        let _lock = self.memory();
        Ok(self.store.apply(changes)?)
    }

    /// The entries of a new offer and its claims, sealed; `held` lets them wait until they are released.
    pub(super) fn offer_changes(
        &self,
        offer: &NewOffer<'_>,
        held: bool,
    ) -> Result<Changes, RegistryError> {
        let mut changes = Changes::new();
        let mut items = Vec::with_capacity(offer.credentials.len());
        for (item, credential) in (0_u8..).zip(offer.credentials) {
            items.push(ItemRow {
                vct: credential.credential_type().vct().into(),
                chunks: self.put_claims(&offer.id, item, credential, &mut changes)?,
                collected: false,
                deferred: None,
            });
        }
        let row = OfferRow {
            expires_at: offer.expires_at,
            tx_tag: offer.tx_code.map(|code| self.tx_tag(&offer.id, code)),
            tx_code: offer.tx_code.map(str::to_owned),
            wrong_codes: 0,
            redeemed_until: None,
            redeemed_by: None,
            matched: offer.matched,
            items,
            held,
        };
        self.put_offer(&offer.id, &row, &mut changes)?;
        Ok(changes)
    }

    /// The offer, while its code can be redeemed.
    pub(in crate::server) fn open_offer(
        &self,
        id: &OfferId,
        now: DateTime<Utc>,
    ) -> Result<Option<OpenOffer>, RegistryError> {
        let Some(row) = self.offer_row(id)?.filter(|row| row.is_open(now)) else {
            return Ok(None);
        };
        Ok(Some(OpenOffer {
            types: row.types()?,
            needs_tx_code: row.tx_tag.is_some(),
        }))
    }

    /// Removes every offer, with its claims, that can no longer be redeemed or collected; gives how many.
    ///
    /// # Errors
    /// [`RegistryError`] when the store does not answer.
    pub fn forget_dead_offers(&self, now: DateTime<Utc>) -> Result<usize, RegistryError> {
        let _lock = self.memory();
        let mut changes = Changes::new();
        let mut dead = 0;
        self.store.scan(OFFERS, |key, sealed| {
            let row: OfferRow = self
                .opened(key, sealed)
                .map_err(|_sealed| StoreError::Damaged)?;
            if !row.is_open(now) && !row.is_redeemed(now) {
                dead += 1;
                remove_offer(&offer_of(key)?, &row, &mut changes);
            }
            Ok(())
        })?;
        if dead > 0 {
            self.store.apply(changes)?;
        }
        Ok(dead)
    }

    pub(super) fn offer_row(&self, id: &OfferId) -> Result<Option<OfferRow>, RegistryError> {
        self.row(&offer_key(id))
    }

    pub(super) fn put_offer(
        &self,
        id: &OfferId,
        row: &OfferRow,
        changes: &mut Changes,
    ) -> Result<(), RegistryError> {
        let key = offer_key(id);
        let sealed = self.sealed(&key, row)?;
        changes.push((key, Some(sealed)));
        Ok(())
    }

    /// The claims of the offer's credential at `item`, checked anew against their type.
    pub(super) fn prepared(
        &self,
        id: &OfferId,
        item: u8,
        chunks: u16,
    ) -> Result<CredentialClaims, RegistryError> {
        let mut plain = Zeroizing::new(Vec::with_capacity(usize::from(chunks) * CHUNK));
        for chunk in 0..chunks {
            let key = claims_key(id, item, chunk);
            let sealed = self.store.value(&key)?.ok_or(StoreError::Damaged)?;
            plain.extend_from_slice(&self.sealer.open(&key, &sealed)?);
        }
        let row: PreparedRow =
            serde_json::from_slice(&plain).map_err(|_unknown| StoreError::Damaged)?;
        let credential_type = CredentialType::from_vct(&row.vct).ok_or(StoreError::Newer)?;
        CredentialClaims::new(credential_type, row.claims, row.valid_until)
            .map_err(|_stricter| StoreError::Newer.into())
    }

    fn put_claims(
        &self,
        id: &OfferId,
        item: u8,
        credential: &CredentialClaims,
        changes: &mut Changes,
    ) -> Result<u16, RegistryError> {
        let row = PreparedRow {
            vct: credential.credential_type().vct().into(),
            claims: credential.claims().clone(),
            valid_until: credential.valid_until(),
        };
        let plain = serde_json::to_vec(&row).map_err(|_not_json| StoreError::Damaged)?;
        let plain = Zeroizing::new(plain);
        if plain.len() > MAX_CHUNKS * CHUNK {
            return Err(StoreError::TooLarge.into());
        }
        let mut chunks = 0;
        for piece in plain.chunks(CHUNK) {
            let key = claims_key(id, item, chunks);
            let sealed = self.sealer.seal(&key, piece)?;
            changes.push((key, Some(sealed)));
            chunks += 1;
        }
        Ok(chunks)
    }

    fn tx_tag(&self, id: &OfferId, code: &str) -> [u8; 32] {
        self.tx_codes.tag(&tx_message(id, code))
    }

    pub(super) fn tx_code_matches(&self, id: &OfferId, code: &str, tag: &[u8; 32]) -> bool {
        self.tx_codes.matches(&tx_message(id, code), tag)
    }
}

pub(super) fn remove_claims(id: &OfferId, item: u8, chunks: u16, changes: &mut Changes) {
    changes.extend((0..chunks).map(|chunk| (claims_key(id, item, chunk), None)));
}

pub(super) fn remove_offer(id: &OfferId, row: &OfferRow, changes: &mut Changes) {
    changes.push((offer_key(id), None));
    for (number, item) in (0_u8..).zip(&row.items) {
        remove_claims(id, number, item.chunks, changes);
    }
}

fn tx_message(id: &OfferId, code: &str) -> Vec<u8> {
    [id.as_bytes().as_slice(), code.as_bytes()].concat()
}
