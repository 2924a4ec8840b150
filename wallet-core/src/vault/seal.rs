//! Sealing: AES-256-GCM under keys that HKDF derives from the vault's data key.
//!
//! ```text
//! D                 32 random octets, the data key; on disk only wrapped (see `header`)
//! K_record          HKDF-SHA256(ikm = D, salt = vault id, info = "osaamislompakko/vault/1/record")
//! K_catalogue       the same with "…/catalogue": catalogue and mark
//! K_blind           the same with "…/blind"
//! blinded(T, k)     the first 16 octets of HMAC-SHA256(K_blind, T ‖ 00 ‖ k)
//! seal(K, c, v, m)  v ‖ n ‖ AES-256-GCM(K, n, aad = v ‖ c, m), n = 12 random octets
//! ```
//!
//! HKDF: RFC 5869. One key per job, so that nothing sealed for one can be passed off as another.
//! AES-256-GCM: NIST SP 800-38D. Random nonces are safe for 2^32 sealings under one key (section
//! 8.3); a wallet that writes once a second reaches that in a century.
//! HMAC: RFC 2104. Keys are blinded, so that no name, issuer or date stands on disk and the same
//! key still finds its record. 16 octets keep sled's keys inline and collide once in 2^64 records.
//! The version `v` is authenticated but legible: a record can be salvaged without the catalogue.
//!
//! Limit: `ring` keeps its expanded keys in memory until the vault is dropped and does not wipe them.

use credential_core::rng::{Rng, random};
use ring::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    hkdf, hmac,
};

use super::{VaultError, plaintext::Plaintext};

/// What seals, opens and blinds. Made once at opening; the data key itself is then forgotten.
pub(super) struct Keys {
    pub(super) record: SealingKey,
    pub(super) catalogue: SealingKey,
    blind: hmac::Key,
}

impl Keys {
    /// Derives all keys of the vault with this id.
    pub(super) fn derive(data_key: &[u8; 32], vault_id: &[u8; 16]) -> Result<Self, Unsealable> {
        let prk = hkdf::Salt::new(hkdf::HKDF_SHA256, vault_id).extract(data_key);
        let aead_key = |info: &'static str| {
            let info = [info.as_bytes()];
            let okm = prk.expand(&info, &AES_256_GCM).map_err(unsealable)?;
            Ok(SealingKey(LessSafeKey::new(UnboundKey::from(okm))))
        };
        let info: [&[u8]; 1] = [b"osaamislompakko/vault/1/blind"];
        let blind = prk.expand(&info, hmac::HMAC_SHA256).map_err(unsealable)?;
        Ok(Self {
            record: aead_key("osaamislompakko/vault/1/record")?,
            catalogue: aead_key("osaamislompakko/vault/1/catalogue")?,
            blind: hmac::Key::from(blind),
        })
    }

    /// The name under which a record stands on disk.
    pub(super) fn blind(&self, tree: &str, key: &[u8]) -> Blinded {
        let mut context = hmac::Context::with_key(&self.blind);
        context.update(tree.as_bytes());
        context.update(&[0]);
        context.update(key);
        let mut blinded = [0; 16];
        for (to, from) in blinded.iter_mut().zip(context.sign().as_ref()) {
            *to = *from;
        }
        Blinded(blinded)
    }
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keys(..)")
    }
}

/// A record's key, unreadable without the vault's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Blinded(pub(super) [u8; 16]);

/// When something was sealed: the epoch of its transaction, and a random stamp of that transaction.
///
/// The stamp tells two histories apart that both continued from the same older copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Version {
    pub(super) epoch: u64,
    pub(super) stamp: u64,
}

impl Version {
    /// Octets of [`Self::to_octets`].
    pub(super) const LEN: usize = 16;

    /// The version of the transaction that makes `epoch`.
    pub(super) fn of(epoch: u64, rng: &dyn Rng) -> Result<Self, VaultError> {
        let stamp = u64::from_be_bytes(random(rng)?);
        Ok(Self { epoch, stamp })
    }

    /// Epoch, then stamp, both big-endian.
    pub(super) fn to_octets(self) -> [u8; Self::LEN] {
        (u128::from(self.epoch) << 64 | u128::from(self.stamp)).to_be_bytes()
    }

    /// Reverses [`Self::to_octets`].
    pub(super) fn from_octets(octets: [u8; Self::LEN]) -> Self {
        let both = u128::from_be_bytes(octets);
        Self {
            epoch: (both >> 64) as u64,
            stamp: both as u64,
        }
    }
}

/// Octets that sealing adds: version, nonce, tag.
pub(super) const OVERHEAD: usize = Version::LEN + NONCE_LEN + 16;

/// It does not open: changed, moved, or sealed under another key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unsealable;

/// One AES-256-GCM key.
pub(super) struct SealingKey(LessSafeKey);

impl SealingKey {
    /// From raw octets; used for key-encryption keys, the others are derived.
    pub(super) fn new(key: &[u8; 32]) -> Result<Self, Unsealable> {
        let key = UnboundKey::new(&AES_256_GCM, key).map_err(unsealable)?;
        Ok(Self(LessSafeKey::new(key)))
    }

    /// `seal(K, c, v, m)` of the module's notation; `c` is given in pieces.
    ///
    /// Pieces are joined as they are, so one of varying length has to carry its own end.
    pub(super) fn seal(
        &self,
        context: &[&[u8]],
        version: Version,
        plaintext: &[u8],
        rng: &dyn Rng,
    ) -> Result<Vec<u8>, VaultError> {
        let nonce: [u8; NONCE_LEN] = random(rng)?;
        let mut sealed = Vec::with_capacity(OVERHEAD + plaintext.len());
        sealed.extend_from_slice(&version.to_octets());
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(plaintext);
        let (_head, body) = sealed.split_at_mut(Version::LEN + NONCE_LEN);
        let tag = self
            .0
            .seal_in_place_separate_tag(
                Nonce::assume_unique_for_key(nonce),
                associated_data(version, context),
                body,
            )
            .map_err(|_too_long| VaultError::TooLarge {
                limit: u32::MAX as usize,
            })?;
        sealed.extend_from_slice(tag.as_ref());
        Ok(sealed)
    }

    /// Opens what must have been sealed as `version`, and appends the plaintext to `into`.
    pub(super) fn open(
        &self,
        context: &[&[u8]],
        version: Version,
        sealed: &[u8],
        into: &mut Plaintext,
    ) -> Result<(), Unsealable> {
        let (found, nonce, body) = split(sealed).ok_or(Unsealable)?;
        if found != version {
            return Err(Unsealable);
        }
        let start = into.len();
        into.append(body);
        let room = into.get_mut(start..).ok_or(Unsealable)?;
        let plaintext = self
            .0
            .open_in_place(nonce, associated_data(version, context), room)
            .map_err(unsealable)?
            .len();
        into.resize(start + plaintext);
        Ok(())
    }

    /// Opens, believing the version that stands there; for what nothing else names.
    pub(super) fn open_any(
        &self,
        context: &[&[u8]],
        sealed: &[u8],
    ) -> Result<(Version, Plaintext), Unsealable> {
        let (version, ..) = split(sealed).ok_or(Unsealable)?;
        let mut plaintext = Plaintext::with_capacity(sealed.len());
        self.open(context, version, sealed, &mut plaintext)?;
        Ok((version, plaintext))
    }
}

impl std::fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SealingKey(..)")
    }
}

fn split(sealed: &[u8]) -> Option<(Version, Nonce, &[u8])> {
    let (version, rest) = sealed.split_first_chunk()?;
    let (nonce, body) = rest.split_first_chunk()?;
    let nonce = Nonce::assume_unique_for_key(*nonce);
    Some((Version::from_octets(*version), nonce, body))
}

fn associated_data(version: Version, context: &[&[u8]]) -> Aad<Vec<u8>> {
    // Room for the longest context, a record's, so that it is allocated once.
    let mut octets = Vec::with_capacity(96);
    octets.extend_from_slice(&version.to_octets());
    for part in context {
        octets.extend_from_slice(part);
    }
    Aad::from(octets)
}

fn unsealable(_unspecified: ring::error::Unspecified) -> Unsealable {
    Unsealable
}

#[cfg(test)]
mod tests;
