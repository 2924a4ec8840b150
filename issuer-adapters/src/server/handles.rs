//! What the server gives out and recognises again without a table: codes, access tokens, nonces.
//!
//! | handle | form |
//! |---|---|
//! | pre-authorised code | base64url of offer id ‖ HMAC |
//! | access token | base64url of the sealed offer id and expiry |
//! | nonce | base64url of expiry ‖ 16 random octets ‖ HMAC, with a key of this start of the server |
//!
//! Only used nonces are remembered, until they would have expired. Their key is new at every start,
//! so that none used before a restart works after it.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
};

use chrono::{DateTime, Utc};
use credential_core::{
    encoding::{base64url, from_base64url},
    id::OfferId,
    rng::{NoRandomness, Rng, random},
};
use zeroize::Zeroizing;

use super::seal::{SealError, Sealer, SealingKey, TagKey};

const TOKEN_CONTEXT: &[u8] = b"access token";
/// Most used nonces remembered at once; beyond that none is accepted until some expire.
const MAX_SPENT: usize = 100_000;
/// The longest handle looked at, in characters.
const MAX_LENGTH: usize = 256;

/// Codes and access tokens.
#[derive(Debug)]
pub(super) struct Handles {
    codes: TagKey,
    tokens: Sealer,
}

impl Handles {
    pub(super) fn new(key: &SealingKey, rng: Arc<dyn Rng>) -> Result<Self, SealError> {
        Ok(Self {
            codes: key.tag_key("pre-authorized code")?,
            tokens: key.sealer("access token", rng)?,
        })
    }

    /// The pre-authorised code of an offer; nobody can make it from the offer's id alone.
    pub(super) fn code(&self, offer: &OfferId) -> String {
        base64url(
            [
                offer.as_bytes().as_slice(),
                &self.codes.tag(offer.as_bytes()),
            ]
            .concat(),
        )
    }

    /// The offer a code belongs to.
    pub(super) fn offer_of_code(&self, code: &str) -> Option<OfferId> {
        let octets = decoded(code)?;
        let (offer, tag) = octets.split_first_chunk::<16>()?;
        self.codes
            .matches(offer, tag)
            .then(|| OfferId::from_bytes(*offer))
    }

    /// An access token for one offer.
    pub(super) fn token(
        &self,
        offer: &OfferId,
        expires_at: DateTime<Utc>,
    ) -> Result<String, SealError> {
        let expiry = expires_at.timestamp_millis().to_be_bytes();
        let plain = Zeroizing::new([offer.as_bytes().as_slice(), &expiry].concat());
        Ok(base64url(self.tokens.seal(TOKEN_CONTEXT, &plain)?))
    }

    /// The offer an access token opens at this moment; none for every kind of failure.
    pub(super) fn offer_of_token(&self, token: &str, now: DateTime<Utc>) -> Option<OfferId> {
        let plain = self.tokens.open(TOKEN_CONTEXT, &decoded(token)?).ok()?;
        let (offer, expiry) = plain.split_first_chunk::<16>()?;
        let expiry = i64::from_be_bytes(expiry.try_into().ok()?);
        (now.timestamp_millis() < expiry).then(|| OfferId::from_bytes(*offer))
    }
}

/// Nonces for key proofs (OpenID4VCI 1.0 section 7).
#[derive(Debug)]
pub(super) struct Nonces {
    tags: TagKey,
    /// Expiry and random part of every nonce that was used.
    spent: Mutex<BTreeSet<Stamp>>,
}

type Stamp = (u64, [u8; 16]);

/// A nonce is not ours, too old, or was used; which of them is not told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the nonce is not ours, too old, or was used")]
pub(super) struct NonceRefused;

impl Nonces {
    pub(super) fn new(rng: &dyn Rng) -> Result<Self, NoRandomness> {
        let key = Zeroizing::new(random::<32>(rng)?);
        Ok(Self {
            tags: TagKey::new(key.as_slice()),
            spent: Mutex::default(),
        })
    }

    /// A fresh nonce.
    pub(super) fn issue(
        &self,
        expires_at: DateTime<Utc>,
        rng: &dyn Rng,
    ) -> Result<String, NoRandomness> {
        let expiry = millis(expires_at).to_be_bytes();
        let stamp = [expiry.as_slice(), &random::<16>(rng)?].concat();
        Ok(base64url(
            [stamp.as_slice(), &self.tags.tag(&stamp)].concat(),
        ))
    }

    /// Uses up nonces, all of them or none. One that stands in several proofs of the same request
    /// counts once.
    pub(super) fn spend(&self, nonces: &[&str], now: DateTime<Utc>) -> Result<(), NonceRefused> {
        let now = millis(now);
        let stamps = nonces
            .iter()
            .map(|nonce| self.stamp(nonce).filter(|(expiry, _)| now < *expiry))
            .collect::<Option<BTreeSet<_>>>()
            .ok_or(NonceRefused)?;
        let mut spent = self.spent.lock().unwrap_or_else(PoisonError::into_inner);
        *spent = spent.split_off(&(now, [0; 16]));
        if spent.len() + stamps.len() > MAX_SPENT || !spent.is_disjoint(&stamps) {
            return Err(NonceRefused);
        }
        spent.extend(stamps);
        Ok(())
    }

    fn stamp(&self, nonce: &str) -> Option<Stamp> {
        let octets = decoded(nonce)?;
        let (stamp, tag) = octets.split_at_checked(24)?;
        if !self.tags.matches(stamp, tag) {
            return None;
        }
        let (expiry, serial) = stamp.split_first_chunk::<8>()?;
        Some((u64::from_be_bytes(*expiry), serial.try_into().ok()?))
    }
}

fn decoded(handle: &str) -> Option<Vec<u8>> {
    if handle.len() > MAX_LENGTH {
        return None;
    }
    from_base64url(handle).ok()
}

fn millis(at: DateTime<Utc>) -> u64 {
    u64::try_from(at.timestamp_millis()).unwrap_or_default()
}
