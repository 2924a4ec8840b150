//! Offers for the rows of a table, many at a time, and offers that are handled one by one later.

use chrono::{DateTime, TimeDelta, Utc};
use credential_core::{credential::CredentialClaims, id::OfferId, oid4vci::offer::OfferLink};

use super::{
    HolderMatch, IssuerState, OfferRefused, RegistryError,
    offering::transaction_code,
    registry::{Handover, NewOffer, NewRow, Rowed, WaitingOffer},
};

/// Most rows offered in one step.
pub const MAX_ROWS: usize = 1_000;
/// The longest that an offer waits.
pub const LONGEST_OFFER: TimeDelta = TimeDelta::days(90);

/// A row, as claims.
#[derive(Debug, Clone)]
pub struct RowClaims {
    /// What tells this row from all others: rows with the same fingerprint are offered once for ever.
    pub fingerprint: [u8; 32],
    /// What is offered.
    pub claims: CredentialClaims,
}

/// What is the same for all rows.
#[derive(Debug, Clone, Copy)]
pub struct RowTerms {
    /// How the holders were matched to the rows.
    pub matched: HolderMatch,
    /// How long the offers wait, at most [`LONGEST_OFFER`].
    pub valid_for: TimeDelta,
}

/// What a row's holder is given.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RowOffer {
    /// The offer's id.
    pub id: OfferId,
    /// Made now, and not by earlier work on the same row.
    pub is_new: bool,
    /// Link and transaction code; none when the offer of earlier work was collected, taken back or
    /// forgotten since.
    pub handover: Option<(String, String)>,
    /// Until when it can be redeemed.
    pub expires_at: DateTime<Utc>,
}

/// Shows neither link nor code.
impl std::fmt::Debug for RowOffer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RowOffer")
            .field("id", &self.id)
            .field("is_new", &self.is_new)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

/// An offer with what its holder needs.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct OpenOffer {
    /// What is known of it.
    pub offer: WaitingOffer,
    /// The link (`openid-credential-offer://…`).
    pub link: String,
    /// The transaction code, when it needs one; it must not travel with the link.
    pub tx_code: Option<String>,
}

/// Shows neither link nor code.
impl std::fmt::Debug for OpenOffer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OpenOffer")
            .field("offer", &self.offer)
            .finish_non_exhaustive()
    }
}

impl IssuerState {
    /// Makes an offer with a transaction code for each row that had none, all or none of them, and
    /// gives the offer of every row, in their order. A row that cannot be offered has its reason and
    /// hinders no other.
    ///
    /// # Errors
    /// [`OfferRefused::TooMany`] beyond [`MAX_ROWS`], [`OfferRefused::TooLong`],
    /// [`OfferRefused::HolderNotIdentified`], or the registry's.
    pub fn offer_rows(
        &self,
        rows: &[RowClaims],
        terms: RowTerms,
    ) -> Result<Vec<Result<RowOffer, OfferRefused>>, OfferRefused> {
        if rows.len() > MAX_ROWS {
            return Err(OfferRefused::TooMany);
        }
        let expires_at = self.end_of(terms.valid_for)?;
        let mut codes = Vec::with_capacity(rows.len());
        for row in rows {
            let refused = self
                .check(std::slice::from_ref(&row.claims), terms.matched)
                .err();
            if let Some(OfferRefused::HolderNotIdentified) = refused {
                return Err(OfferRefused::HolderNotIdentified);
            }
            codes.push((
                OfferId::random(self.rng())?,
                transaction_code(self.rng())?,
                refused,
            ));
        }
        let wanted: Vec<_> = rows
            .iter()
            .zip(&codes)
            .filter(|(_, (_, _, refused))| refused.is_none())
            .map(|(row, (id, code, _))| NewRow {
                fingerprint: row.fingerprint,
                offer: NewOffer {
                    id: *id,
                    expires_at,
                    tx_code: Some(code),
                    matched: terms.matched,
                    credentials: std::slice::from_ref(&row.claims),
                },
            })
            .collect();
        let mut outcomes = self.registry().add_rows(&wanted)?.into_iter();
        let mut offers = Vec::with_capacity(rows.len());
        let mut made = Vec::new();
        for (id, code, refused) in codes {
            if let Some(refused) = refused {
                offers.push(Err(refused));
                continue;
            }
            offers.push(Ok(match outcomes.next() {
                Some(Rowed::Before(before)) => self.of_before(before.offer, before.expires_at)?,
                _ => {
                    made.push(id);
                    RowOffer {
                        id,
                        is_new: true,
                        handover: Some((self.link(&id), code)),
                        expires_at,
                    }
                }
            }));
        }
        self.witness_offers(&made, terms.matched);
        Ok(offers)
    }

    /// Every offer that is kept, without names.
    ///
    /// # Errors
    /// [`RegistryError`] when the store does not answer.
    pub fn offers(&self) -> Result<Vec<WaitingOffer>, RegistryError> {
        self.registry().offers(self.now())
    }

    /// Takes an offer back.
    ///
    /// # Errors
    /// [`RegistryError::NoSuchOffer`] among others.
    pub fn cancel_offer(&self, id: &OfferId) -> Result<WaitingOffer, RegistryError> {
        let offer = self.registry().cancel_offer(id, self.now())?;
        self.witness_cancelled(*id);
        Ok(offer)
    }

    /// An offer that can be redeemed, with its link and code.
    ///
    /// # Errors
    /// [`RegistryError::NoSuchOffer`] among others.
    pub fn open_offer(&self, id: &OfferId) -> Result<OpenOffer, RegistryError> {
        Ok(self.with_link(self.registry().handover(id, self.now())?))
    }

    /// A new link and code for the same claims; the old ones are dead.
    ///
    /// # Errors
    /// [`OfferRefused::Registry`] with [`RegistryError::NoSuchOffer`] or
    /// [`RegistryError::OfferRedeemed`] among others.
    pub fn resend_offer(
        &self,
        id: &OfferId,
        valid_for: TimeDelta,
    ) -> Result<OpenOffer, OfferRefused> {
        let (new, code) = (OfferId::random(self.rng())?, transaction_code(self.rng())?);
        let times = (self.now(), self.end_of(valid_for)?);
        let handover = self.registry().replace_offer(id, new, &code, times)?;
        self.witness_resent(*id, new, handover.offer.matched);
        Ok(self.with_link(handover))
    }

    fn end_of(&self, valid_for: TimeDelta) -> Result<DateTime<Utc>, OfferRefused> {
        if valid_for <= TimeDelta::zero() || valid_for > LONGEST_OFFER {
            return Err(OfferRefused::TooLong);
        }
        Ok(self.now() + valid_for)
    }

    /// The offer that earlier work made for a row.
    fn of_before(&self, id: OfferId, expires_at: DateTime<Utc>) -> Result<RowOffer, RegistryError> {
        let handover = match self.registry().handover(&id, self.now()) {
            Ok(handover) => handover.tx_code.map(|code| (self.link(&id), code)),
            Err(RegistryError::NoSuchOffer) => None,
            Err(error) => return Err(error),
        };
        Ok(RowOffer {
            id,
            is_new: false,
            handover,
            expires_at,
        })
    }

    fn with_link(&self, handover: Handover) -> OpenOffer {
        OpenOffer {
            link: self.link(&handover.offer.id),
            tx_code: handover.tx_code,
            offer: handover.offer,
        }
    }

    fn link(&self, id: &OfferId) -> String {
        OfferLink::to_reference(&self.profile().address(&format!("/offers/{id}")))
    }
}
