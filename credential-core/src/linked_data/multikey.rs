//! Ed25519 keys as Multikey texts: what follows `did:key:`, and the fragment of many verification methods.

use crate::{encoding::from_base64url, jose::Jwk};

/// The code of an Ed25519 public key (Controlled Identifiers 1.0 section 2.2.2).
const ED25519: [u8; 2] = [0xed, 0x01];

/// The text is no Multikey of an Ed25519 public key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a Multikey of an Ed25519 public key")]
pub struct NotAMultikey;

/// The Multikey of a key: `z`, then base58btc of the code and the key; `None` for other kinds of key.
#[must_use]
pub fn multikey(key: &Jwk) -> Option<String> {
    if key.kty != "OKP" || key.crv != "Ed25519" {
        return None;
    }
    let public: [u8; 32] = from_base64url(&key.x).ok()?.try_into().ok()?;
    let mut octets = ED25519.to_vec();
    octets.extend(public);
    Some(to_multibase(octets))
}

/// The key of a Multikey.
///
/// # Errors
/// [`NotAMultikey`].
pub fn from_multikey(text: &str) -> Result<Jwk, NotAMultikey> {
    // 34 octets are never longer than 48 characters.
    let octets = from_multibase(text, 48).ok_or(NotAMultikey)?;
    let public = octets.strip_prefix(&ED25519).ok_or(NotAMultikey)?;
    Jwk::from_ed25519(public).map_err(|_malformed| NotAMultikey)
}

/// base58btc with its multibase letter (Controlled Identifiers 1.0 section 2.4).
pub(super) fn to_multibase(octets: impl AsRef<[u8]>) -> String {
    format!("z{}", bs58::encode(octets).into_string())
}

/// The octets of a base58btc text with its multibase letter, at most `longest` characters of it: the time
/// that base58 takes grows with the square of the length.
pub(super) fn from_multibase(text: &str, longest: usize) -> Option<Vec<u8>> {
    let digits = text.strip_prefix('z')?;
    if digits.len() > longest {
        return None;
    }
    bs58::decode(digits).into_vec().ok()
}
