//! A deposit: one presentation, encrypted to the recipient's registrar-certified key.
//!
//! Everyone can read the protected header ([`DepositHeader`]); it is authenticated by the encryption,
//! so a ciphertext cannot be moved to another grant, place or recipient. What is inside
//! ([`DepositContent`]) only the recipient reads. This module can neither seal nor open.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    encoding::{from_base64url, sha256_base64url},
    id::GrantId,
    jose::{Jwk, jws::General},
};

/// Largest deposit, in characters of its compact form.
pub const MAX_LENGTH: usize = 512 * 1024;
/// Plaintexts are padded to a multiple of this many octets, so that length says little.
pub const PAD_STEP: usize = 4096;
/// Key agreement (RFC 7518 section 4.6).
pub const ALG: &str = "ECDH-ES";
/// Content encryption (RFC 7518 section 5.3).
pub const ENC: &str = "A256GCM";
/// What the plaintext is.
pub const CTY: &str = "vp+json";

/// The protected header of a deposit (RFC 7516 section 4.1), with the members that bind it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DepositHeader {
    /// Always [`ALG`].
    pub alg: String,
    /// Always [`ENC`].
    pub enc: String,
    /// Always [`CTY`].
    pub cty: String,
    /// The recipient's encryption key.
    pub kid: String,
    /// The ephemeral public key.
    pub epk: Jwk,
    /// The grant this deposit belongs to.
    pub grant_id: GrantId,
    /// Its place among the grant's deposits, from 1.
    pub seq: u32,
    /// The recipient's client id.
    pub recipient: String,
    /// base64url SHA-256 of the canonical granted details.
    pub details_hash: String,
    /// From when it may be read, seconds since 1970.
    pub nbf: i64,
    /// Until when it may be read; at most 30 days after `nbf`.
    pub exp: i64,
}

/// Longest life of one deposit, in seconds.
pub const MAX_LIFE_SECONDS: i64 = 30 * 24 * 3600;

/// What is inside a deposit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DepositContent {
    /// Presentations by the query's credential ids (OpenID4VP 1.0 section 8.1).
    pub vp_token: BTreeMap<String, Vec<String>>,
    /// The holder's signed decision.
    pub decision: General,
    /// Filling up to the next [`PAD_STEP`].
    #[serde(default)]
    pub pad: String,
}

/// Why something is not a deposit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DepositError {
    /// Longer than [`MAX_LENGTH`].
    #[error("the deposit is too large")]
    TooLarge,
    /// Not a compact JWE with direct key agreement.
    #[error("the deposit is not well formed")]
    Malformed,
    /// Another algorithm, or compression, or a missing or unknown header member.
    #[error("the deposit's header is not of the required form")]
    Header,
    /// `nbf` and `exp` are in the wrong order or too far apart.
    #[error("the deposit's validity is not acceptable")]
    Validity,
}

impl DepositError {
    /// A stable code for machines.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::TooLarge => "deposit_too_large",
            Self::Malformed => "deposit_malformed",
            Self::Header => "deposit_header_invalid",
            Self::Validity => "deposit_validity_invalid",
        }
    }
}

impl DepositHeader {
    /// Reads the protected header of a compact JWE (RFC 7516 section 7.1) without opening it.
    ///
    /// # Errors
    /// [`DepositError`] names the first rule that is broken.
    pub fn read(compact: &str) -> Result<Self, DepositError> {
        if compact.len() > MAX_LENGTH {
            return Err(DepositError::TooLarge);
        }
        let header = protected_header(compact).ok_or(DepositError::Malformed)?;
        // Unknown members are refused, so `zip` and `crit` never get past here.
        let header: Self =
            serde_json::from_slice(&header).map_err(|_error| DepositError::Header)?;
        if header.alg != ALG || header.enc != ENC || header.cty != CTY || header.seq == 0 {
            return Err(DepositError::Header);
        }
        // Another curve, or half a point, could be kept but never opened.
        if header.epk.p256_point().is_err() {
            return Err(DepositError::Header);
        }
        let life = header.exp.saturating_sub(header.nbf);
        if !(1..=MAX_LIFE_SECONDS).contains(&life) {
            return Err(DepositError::Validity);
        }
        Ok(header)
    }
}

/// The octets of the protected header of a compact JWE with direct key agreement, whose other parts
/// are well formed. `None` for everything else.
pub(crate) fn protected_header(compact: &str) -> Option<Vec<u8>> {
    let parts: Vec<&str> = compact.splitn(6, '.').collect();
    // Direct key agreement leaves the encrypted key empty (RFC 7516 section 5.1).
    let [header, "", iv, ciphertext, tag] = parts.as_slice() else {
        return None;
    };
    let sized =
        |part: &str, length: usize| from_base64url(part).is_ok_and(|octets| octets.len() == length);
    if !sized(iv, 12) || !sized(tag, 16) || from_base64url(ciphertext).is_err() {
        return None;
    }
    from_base64url(header).ok()
}

/// The nonce of the key binding inside a deposit: the recipient's nonce, tied to one grant and place.
///
/// base64url(SHA-256("osaamislompakko/deposit/1" ‖ 00 ‖ nonce ‖ 00 ‖ grant id ‖ 00 ‖ decimal sequence))
#[must_use]
pub fn key_binding_nonce(request_nonce: &str, grant: GrantId, sequence: u32) -> String {
    let grant = grant.to_string();
    sha256_base64url(
        [
            "osaamislompakko/deposit/1",
            request_nonce,
            &grant,
            &sequence.to_string(),
        ]
        .join("\0"),
    )
}

#[cfg(test)]
mod tests;
