//! What the global log holds of a person's log: a keyed hash of its head. Who has the key can find it
//! and prove it; for everybody else it is 32 octets like any others.

use ring::hmac;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use zeroize::Zeroizing;

use crate::{
    access_log::Hash,
    encoding::{base64url, from_base64url, sha256},
    rng::{NoRandomness, Rng, random},
};

/// Separates these octets from everything else that could be hashed with the same key.
const DOMAIN: &[u8] = b"osaamislompakko/log-entry/1\0";

/// The key under which the heads of one person's log are blinded: 32 octets that the wallet chooses.
/// Never shown; wiped when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct BlindingKey(Zeroizing<[u8; 32]>);

/// Not 32 octets as base64url.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a log key is 32 octets as base64url")]
pub struct MalformedKey;

impl BlindingKey {
    /// A fresh key.
    ///
    /// # Errors
    /// [`NoRandomness`] when the generator does not answer.
    pub fn random(rng: &dyn Rng) -> Result<Self, NoRandomness> {
        random(rng).map(Zeroizing::new).map(Self)
    }

    /// From the text that [`Self::to_text`] gives.
    ///
    /// # Errors
    /// [`MalformedKey`].
    pub fn parse(text: &str) -> Result<Self, MalformedKey> {
        let octets = from_base64url(text).map_err(|_error| MalformedKey)?;
        let octets = Zeroizing::new(octets);
        let key = octets
            .as_slice()
            .try_into()
            .map_err(|_length| MalformedKey)?;
        Ok(Self(Zeroizing::new(key)))
    }

    /// base64url, to hand it over and to keep it.
    #[must_use]
    pub fn to_text(&self) -> Zeroizing<String> {
        Zeroizing::new(base64url(self.0.as_slice()))
    }

    /// The entry of one head: HMAC-SHA-256 (RFC 2104) over
    /// `"osaamislompakko/log-entry/1" ‖ 00 ‖ log id (16 octets) ‖ size (8, big-endian) ‖ root (32)`,
    /// 84 octets in all.
    #[must_use]
    pub fn entry(&self, log_id: &[u8; 16], size: u64, root: &Hash) -> Hash {
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.0.as_slice());
        let mut context = hmac::Context::with_key(&key);
        for part in [DOMAIN, log_id, &size.to_be_bytes(), root] {
            context.update(part);
        }
        let mut entry = [0; 32];
        entry.copy_from_slice(context.sign().as_ref());
        entry
    }
}

impl std::fmt::Debug for BlindingKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("BlindingKey(…)")
    }
}

impl Serialize for BlindingKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_text())
    }
}

impl<'de> Deserialize<'de> for BlindingKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Zeroizing::new(String::deserialize(deserializer)?);
        Self::parse(&text).map_err(D::Error::custom)
    }
}

#[cfg(feature = "schema")]
crate::schema::text!(
    BlindingKey,
    "32 octets as base64url, chosen by the wallet.",
    "^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$"
);

/// SHA-256(00 ‖ entry), the leaf of RFC 6962 section 2.1.
#[must_use]
pub fn leaf_hash(entry: &[u8]) -> Hash {
    sha256([&[0], entry].concat())
}
