//! Making offers: what an institution hands to a person as a link, and a code by another way.

use chrono::{DateTime, Utc};
use credential_core::{
    credential::{CredentialClaims, CredentialType},
    id::OfferId,
    oid4vci::offer::OfferLink,
    rng::{NoRandomness, Rng, random},
};

use super::{
    HolderMatch, IssuerState, RegistryError, issuance::expiry, reference::reference,
    registry::NewOffer,
};
use credential_core::network::Network;

/// Digits of a transaction code.
pub(super) const TX_CODE_DIGITS: u8 = 6;
/// Most credentials offered at once.
const MAX_CREDENTIALS: usize = 400;

/// What beside the link is needed to collect an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Confirmation {
    /// A six-digit code, handed over by another way than the link.
    TransactionCode,
    /// Nothing: whoever has the link collects. For a link shown on a screen in the same room.
    LinkAlone,
}

/// An offer, ready to be handed over.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Offer {
    /// Its id, also in the registry beside the credentials collected from it.
    pub id: OfferId,
    /// The link (`openid-credential-offer://…`), also to be shown as a QR code.
    pub link: String,
    /// The short name by which a person tells it to the institution's page, beside the code.
    pub reference: String,
    /// The transaction code; it must not travel with the link.
    pub tx_code: Option<String>,
    /// Until when it can be redeemed.
    pub expires_at: DateTime<Utc>,
    /// What is in it, each type once.
    pub credential_types: Vec<CredentialType>,
}

/// Shows neither link nor code.
impl std::fmt::Debug for Offer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Offer")
            .field("id", &self.id)
            .field("expires_at", &self.expires_at)
            .field("credential_types", &self.credential_types)
            .finish_non_exhaustive()
    }
}

/// Why nothing was offered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OfferRefused {
    /// There is no credential to offer.
    #[error("there is nothing to offer")]
    Nothing,
    /// More than 400 credentials.
    #[error("more than {MAX_CREDENTIALS} credentials in one go")]
    TooMany,
    /// A credential would be expired before it is collected.
    #[error("a credential of the type {0} would already be expired")]
    Expired(CredentialType),
    /// An offer would wait longer than 90 days, or not at all.
    #[error("an offer waits at most 90 days")]
    TooLong,
    /// Real people get nothing without being identified.
    #[error("on a public network the holder must be identified")]
    HolderNotIdentified,
    /// The registry refused.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// The generator did not answer.
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
}

impl OfferRefused {
    /// A stable code for machines.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Nothing => "offer_nothing",
            Self::TooMany => "offer_too_many",
            Self::Expired(_) => "offer_expired_credential",
            Self::TooLong => "offer_too_long",
            Self::HolderNotIdentified => "offer_holder_not_identified",
            Self::Registry(error) => error.reason(),
            Self::Randomness(_) => "offer_no_randomness",
        }
    }
}

impl IssuerState {
    /// Keeps prepared claims and makes the offers through which they are collected.
    ///
    /// The protocol names a credential of an offer by its type, so credentials of the same type stand
    /// in different offers: as many as the most frequent type demands.
    ///
    /// # Errors
    /// [`OfferRefused`]. When the registry fails in the middle, offers made before it simply expire.
    pub fn offer(
        &self,
        credentials: Vec<CredentialClaims>,
        matched: HolderMatch,
        confirmation: Confirmation,
    ) -> Result<Vec<Offer>, OfferRefused> {
        self.check(&credentials, matched)?;
        each_type_once(credentials)
            .iter()
            .map(|together| self.offer_together(together, matched, confirmation))
            .collect()
    }

    pub(super) fn check(
        &self,
        credentials: &[CredentialClaims],
        matched: HolderMatch,
    ) -> Result<(), OfferRefused> {
        if credentials.is_empty() {
            return Err(OfferRefused::Nothing);
        }
        if credentials.len() > MAX_CREDENTIALS {
            return Err(OfferRefused::TooMany);
        }
        let public = self.profile().network() == Network::Public;
        if public && matched == HolderMatch::DemonstrationOnly {
            return Err(OfferRefused::HolderNotIdentified);
        }
        let now = self.now();
        credentials
            .iter()
            .find(|claims| expiry(claims, now).is_some_and(|end| end <= now))
            .map_or(Ok(()), |claims| {
                Err(OfferRefused::Expired(claims.credential_type()))
            })
    }

    fn offer_together(
        &self,
        credentials: &[CredentialClaims],
        matched: HolderMatch,
        confirmation: Confirmation,
    ) -> Result<Offer, OfferRefused> {
        let rng = self.rng();
        let id = OfferId::random(rng)?;
        let tx_code = match confirmation {
            Confirmation::TransactionCode => Some(transaction_code(rng)?),
            Confirmation::LinkAlone => None,
        };
        let expires_at = self.now() + self.lifetimes().offer;
        self.registry().add_offer(&NewOffer {
            id,
            expires_at,
            tx_code: tx_code.as_deref(),
            matched,
            credentials,
        })?;
        tracing::info!(offer.id = %id, credentials = credentials.len(), "an offer was made");
        self.witness_offers(&[id], matched);
        Ok(Offer {
            id,
            link: OfferLink::to_reference(&self.profile().address(&format!("/offers/{id}"))),
            reference: reference(&id),
            tx_code,
            expires_at,
            credential_types: credentials
                .iter()
                .map(CredentialClaims::credential_type)
                .collect(),
        })
    }
}

fn each_type_once(credentials: Vec<CredentialClaims>) -> Vec<Vec<CredentialClaims>> {
    let mut offers: Vec<Vec<CredentialClaims>> = Vec::new();
    for credential in credentials {
        let kind = credential.credential_type();
        let free = offers
            .iter_mut()
            .find(|offer| offer.iter().all(|other| other.credential_type() != kind));
        match free {
            Some(offer) => offer.push(credential),
            None => offers.push(vec![credential]),
        }
    }
    offers
}

/// Six digits, all equally likely.
pub(super) fn transaction_code(rng: &dyn Rng) -> Result<String, NoRandomness> {
    const CODES: u32 = 1_000_000;
    // The last incomplete run of codes at the top of the range is drawn again.
    const LIMIT: u32 = u32::MAX - u32::MAX % CODES;
    for _draw in 0..64 {
        let drawn = u32::from_be_bytes(random(rng)?);
        if drawn < LIMIT {
            return Ok(format!("{:06}", drawn % CODES));
        }
    }
    Err(NoRandomness)
}
