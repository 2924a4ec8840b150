//! What the server gives out and recognises again without a table: codes, access tokens, requests, nonces.
//!
//! | handle | form |
//! |---|---|
//! | pre-authorised code | base64url of offer id ‖ HMAC |
//! | issuer state | the same with another key |
//! | access token, pushed request, authorization form and code | base64url of sealed JSON with its expiry |
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
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use zeroize::Zeroizing;

use super::seal::{SealError, Sealer, SealingKey, TagKey};

/// Most used nonces remembered at once; beyond that none is accepted until some expire.
const MAX_SPENT: usize = 100_000;
/// The longest code or nonce looked at, in characters.
const MAX_LENGTH: usize = 256;
/// The longest sealed handle looked at, in characters.
const MAX_SEALED: usize = 8 * 1024;

/// Something that is given out sealed. Each kind is sealed for itself, so that none is taken for another.
pub(super) trait Kind: Serialize + DeserializeOwned {
    /// Name of the kind.
    const NAME: &'static str;
}

/// What an access token says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Grant {
    /// The offer it opens.
    pub(super) offer: OfferId,
    /// Which of the offer's configurations; none means all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) configurations: Option<Vec<String>>,
    /// Credentials are asked for by the identifiers of the token response.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) by_identifier: bool,
    /// Thumbprint of the key it is bound to; none for a Bearer token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) jkt: Option<String>,
}

impl Kind for Grant {
    const NAME: &'static str = "access token";
}

/// A kind with its end, as it is sealed.
#[derive(Serialize, Deserialize)]
struct Until<T> {
    #[serde(flatten)]
    value: T,
    /// Milliseconds since 1970.
    until: i64,
}

/// Codes and everything that is given out sealed.
#[derive(Debug)]
pub(super) struct Handles {
    codes: TagKey,
    states: TagKey,
    sealer: Sealer,
}

impl Handles {
    pub(super) fn new(key: &SealingKey, rng: Arc<dyn Rng>) -> Result<Self, SealError> {
        Ok(Self {
            codes: key.tag_key("pre-authorized code")?,
            states: key.tag_key("issuer state")?,
            sealer: key.sealer("handle", rng)?,
        })
    }

    /// The pre-authorised code of an offer; nobody can make it from the offer's id alone.
    pub(super) fn code(&self, offer: &OfferId) -> String {
        tagged(&self.codes, offer)
    }

    /// The offer a code belongs to.
    pub(super) fn offer_of_code(&self, code: &str) -> Option<OfferId> {
        untagged(&self.codes, code)
    }

    /// The `issuer_state` of an offer, which is no pre-authorised code.
    pub(super) fn issuer_state(&self, offer: &OfferId) -> String {
        tagged(&self.states, offer)
    }

    /// The offer an `issuer_state` belongs to.
    pub(super) fn offer_of_state(&self, state: &str) -> Option<OfferId> {
        untagged(&self.states, state)
    }

    /// Seals something that is good until then.
    pub(super) fn seal<T: Kind>(
        &self,
        value: T,
        until: DateTime<Utc>,
    ) -> Result<String, SealError> {
        let until = until.timestamp_millis();
        let plain = serde_json::to_vec(&Until { value, until })
            .map(Zeroizing::new)
            .map_err(|_not_json| SealError::Unusable)?;
        Ok(base64url(self.sealer.seal(T::NAME.as_bytes(), &plain)?))
    }

    /// What was sealed and is still good at this moment; none for every kind of failure.
    pub(super) fn open<T: Kind>(&self, handle: &str, now: DateTime<Utc>) -> Option<T> {
        if handle.len() > MAX_SEALED {
            return None;
        }
        let sealed = from_base64url(handle).ok()?;
        let plain = self.sealer.open(T::NAME.as_bytes(), &sealed).ok()?;
        let Until { value, until } = serde_json::from_slice(&plain).ok()?;
        (now.timestamp_millis() < until).then_some(value)
    }
}

fn tagged(key: &TagKey, offer: &OfferId) -> String {
    let id = offer.as_bytes();
    base64url([id.as_slice(), &key.tag(id)].concat())
}

fn untagged(key: &TagKey, handle: &str) -> Option<OfferId> {
    let octets = decoded(handle)?;
    let (offer, tag) = octets.split_first_chunk::<16>()?;
    key.matches(offer, tag).then(|| OfferId::from_bytes(*offer))
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
