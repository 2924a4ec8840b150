//! Sealed handles: codes, tokens and one-time addresses that carry their own facts, so that no table
//! of tokens exists and a copy of the database holds no usable token.
//!
//! handle = base64url(salt ‖ AES-256-GCM(key, nonce = 0, aad = kind, facts)) with a 24-octet random
//! salt and key = HKDF-SHA-256(broker's handle key, info = kind ‖ 00 ‖ salt) (RFC 5869). Every handle
//! has a key of its own, so no nonce is ever used twice, however many are made. That a handle works
//! only once, or no longer, is for the row it points to: none of it is decided here.

mod kinds;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use credential_core::{
    encoding::{base64url, from_base64url},
    rng::{Rng, random},
};
use ring::{
    aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey},
    hkdf,
};
use serde::{Serialize, de::DeserializeOwned};
use zeroize::Zeroizing;

pub use kinds::{
    AccessToken, AuthorizationCode, CompletionLink, CrossDeviceTicket, DigitsForm, PageLink,
    PageSession, RefreshToken, RequestUri, Ticket, WalletToken,
};

const SALT_LENGTH: usize = 24;
/// The longest handle that is looked at, in characters. The longest honest one is a code, which
/// carries a redirect address.
const MAX_LENGTH: usize = 4096;

/// The secret under which handles are sealed. Whoever has it can forge tokens, but opens no deposit.
#[derive(Clone)]
pub struct HandleKey(Arc<Zeroizing<[u8; 32]>>);

impl HandleKey {
    /// The key of the broker's secret file.
    #[must_use]
    pub fn new(octets: Zeroizing<[u8; 32]>) -> Self {
        Self(Arc::new(octets))
    }

    /// A 32-octet key for another purpose, which tells nothing about this one.
    pub(crate) fn derive(&self, purpose: &[&[u8]]) -> Option<Zeroizing<[u8; 32]>> {
        let mut derived = Zeroizing::new([0; 32]);
        hkdf::Salt::new(hkdf::HKDF_SHA256, b"osaamislompakko/handle/1")
            .extract(self.0.as_slice())
            .expand(purpose, hkdf::HKDF_SHA256)
            .and_then(|okm| okm.fill(derived.as_mut_slice()))
            .ok()?;
        Some(derived)
    }
}

impl std::fmt::Debug for HandleKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("HandleKey(..)")
    }
}

/// The facts of one kind of handle.
pub trait Handle: Serialize + DeserializeOwned {
    /// Names the kind; authenticated, so that one kind is never taken for another.
    const KIND: &'static str;

    /// The first second in which the handle no longer works, since 1970.
    fn expires_at(&self) -> i64;
}

/// Why a handle was not made or not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HandleError {
    /// Not made here, made for something else, or changed.
    #[error("not a handle of this kind")]
    Foreign,
    /// It was good once.
    #[error("the handle has expired")]
    Expired,
    /// No randomness, or facts that do not serialize or are too long.
    #[error("the handle could not be made")]
    NotMade,
}

/// Seals and opens handles.
#[derive(Debug, Clone)]
pub struct Handles {
    /// The first seals, all open.
    keys: Vec<HandleKey>,
    rng: Arc<dyn Rng>,
}

impl Handles {
    /// Handles under this key.
    #[must_use]
    pub fn new(key: HandleKey, rng: Arc<dyn Rng>) -> Self {
        Self::of(vec![key], rng)
    }

    /// Handles that the first of these keys seals and each of them opens.
    pub(crate) fn of(keys: Vec<HandleKey>, rng: Arc<dyn Rng>) -> Self {
        Self { keys, rng }
    }

    /// Seals facts into text that only this broker can read or change.
    ///
    /// # Errors
    /// [`HandleError::NotMade`].
    pub fn seal<H: Handle>(&self, handle: &H) -> Result<String, HandleError> {
        let salt: [u8; SALT_LENGTH] = random(&*self.rng).map_err(|_none| HandleError::NotMade)?;
        let mut sealed = serde_json::to_vec(handle).map_err(|_error| HandleError::NotMade)?;
        let key = self.keys.first().ok_or(HandleError::NotMade)?;
        cipher::<H>(key, &salt)
            .ok_or(HandleError::NotMade)?
            .seal_in_place_append_tag(only_nonce(), Aad::from(H::KIND), &mut sealed)
            .map_err(|ring::error::Unspecified| HandleError::NotMade)?;
        let text = base64url([salt.as_slice(), &sealed].concat());
        // One that would not be looked at again had better not be given out.
        if text.len() > MAX_LENGTH {
            return Err(HandleError::NotMade);
        }
        Ok(text)
    }

    /// Opens what [`Self::seal`] made, unless its time is over.
    ///
    /// # Errors
    /// [`HandleError::Foreign`] or [`HandleError::Expired`].
    pub fn open<H: Handle>(&self, text: &str, now: DateTime<Utc>) -> Result<H, HandleError> {
        if text.len() > MAX_LENGTH {
            return Err(HandleError::Foreign);
        }
        let octets = from_base64url(text).map_err(|_error| HandleError::Foreign)?;
        let (salt, sealed) = octets
            .split_first_chunk::<SALT_LENGTH>()
            .ok_or(HandleError::Foreign)?;
        let facts = self
            .keys
            .iter()
            .find_map(|key| opened::<H>(key, salt, sealed));
        let facts = facts.ok_or(HandleError::Foreign)?;
        let handle: H = serde_json::from_slice(&facts).map_err(|_error| HandleError::Foreign)?;
        if handle.expires_at() <= now.timestamp() {
            return Err(HandleError::Expired);
        }
        Ok(handle)
    }
}

/// The facts, if this key has sealed them.
fn opened<H: Handle>(
    key: &HandleKey,
    salt: &[u8; SALT_LENGTH],
    sealed: &[u8],
) -> Option<Zeroizing<Vec<u8>>> {
    let mut facts = Zeroizing::new(sealed.to_vec());
    let length = cipher::<H>(key, salt)?
        .open_in_place(only_nonce(), Aad::from(H::KIND), &mut facts)
        .ok()?
        .len();
    facts.truncate(length);
    Some(facts)
}

fn cipher<H: Handle>(key: &HandleKey, salt: &[u8; SALT_LENGTH]) -> Option<LessSafeKey> {
    let key = key.derive(&[H::KIND.as_bytes(), &[0], salt])?;
    let unbound = UnboundKey::new(&AES_256_GCM, key.as_slice()).ok()?;
    Some(LessSafeKey::new(unbound))
}

/// Safe although constant: the key is used for one handle only.
fn only_nonce() -> Nonce {
    Nonce::assume_unique_for_key([0; 12])
}
