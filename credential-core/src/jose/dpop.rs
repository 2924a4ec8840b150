//! Demonstrating proof of possession (RFC 9449): a proof binds one HTTP request to one key.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use url::Url;

use super::{
    SignError, Signer,
    jws::{self, JwsError, KeyReference, Unverified},
};
use crate::{
    encoding::{base64url, sha256_base64url},
    rng::{NoRandomness, Rng, random},
};

/// The header's `typ` (section 4.2).
pub const TYP: &str = "dpop+jwt";
/// How old a proof may be, in seconds.
pub const MAX_AGE_SECONDS: i64 = 60;
/// How far ahead of our clock a proof may be dated, in seconds (FAPI 2.0 section 5.3.2.1).
pub const MAX_AHEAD_SECONDS: i64 = 10;

#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    jti: String,
    htm: String,
    htu: String,
    iat: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ath: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    nonce: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    nbf: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    exp: Option<i64>,
}

/// A proof could not be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProofError {
    /// No randomness for the proof's id.
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
    /// The key did not sign.
    #[error(transparent)]
    Sign(#[from] SignError),
}

/// Makes a proof for `method` on `uri`; with `access_token`, bound to that token too. For a server that
/// has given no nonce.
///
/// # Errors
/// [`ProofError`] when randomness or the key is unavailable.
pub fn prove(
    method: &str,
    uri: &str,
    access_token: Option<&str>,
    now: DateTime<Utc>,
    signer: &dyn Signer,
    rng: &dyn Rng,
) -> Result<String, ProofError> {
    prove_with_nonce(method, uri, (access_token, None), now, signer, rng)
}

/// As [`prove`], with the nonce that the server gave last (section 8).
///
/// # Errors
/// As [`prove`].
pub fn prove_with_nonce(
    method: &str,
    uri: &str,
    (access_token, nonce): (Option<&str>, Option<&str>),
    now: DateTime<Utc>,
    signer: &dyn Signer,
    rng: &dyn Rng,
) -> Result<String, ProofError> {
    let claims = Claims {
        jti: base64url(random::<16>(rng)?),
        htm: method.into(),
        htu: uri.into(),
        iat: now.timestamp(),
        ath: access_token.map(sha256_base64url),
        nonce: nonce.map(str::to_owned),
        nbf: None,
        exp: None,
    };
    Ok(jws::sign(TYP, &claims, signer, KeyReference::Embedded)?)
}

/// A proof that was checked against the request it came with. Whether its id was seen before is for
/// the caller's store to say: the key of that memory is (`thumbprint`, `id`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    thumbprint: String,
    id: String,
    issued_at: DateTime<Utc>,
    nonce: Option<String>,
}

impl Proof {
    /// Thumbprint of the key that was proven (`jkt`).
    #[must_use]
    pub fn thumbprint(&self) -> &str {
        &self.thumbprint
    }

    /// The proof's own id (`jti`).
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// When it says it was made, to the second.
    #[must_use]
    pub fn issued_at(&self) -> DateTime<Utc> {
        self.issued_at
    }

    /// The server's nonce in it, if there is one. Whether it is good is for the server to say.
    #[must_use]
    pub fn nonce(&self) -> Option<&str> {
        self.nonce.as_deref()
    }

    /// Until when its id must be remembered: its window and the skew on both sides.
    #[must_use]
    pub fn remember_until(&self) -> DateTime<Utc> {
        self.issued_at + TimeDelta::seconds(MAX_AGE_SECONDS + MAX_AHEAD_SECONDS)
    }
}

/// Why a proof was not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DpopError {
    /// The signed object itself is wrong.
    #[error(transparent)]
    Jws(#[from] JwsError),
    /// Method or address are not those of the request.
    #[error("the proof is for another request")]
    OtherRequest,
    /// Too old, or dated in the future.
    #[error("the proof is not of this moment")]
    NotOfThisMoment,
    /// `ath` is missing or belongs to another token.
    #[error("the proof is not for this access token")]
    OtherToken,
    /// `jti` is empty or unreasonably long.
    #[error("the proof's id is malformed")]
    MalformedId,
}

impl DpopError {
    /// A stable code for machines.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::Jws(error) => error.reason(),
            Self::OtherRequest => "dpop_other_request",
            Self::NotOfThisMoment => "dpop_not_of_this_moment",
            Self::OtherToken => "dpop_other_token",
            Self::MalformedId => "dpop_id_malformed",
        }
    }
}

/// Checks a proof against the request it came with (section 4.3).
///
/// `uri` is the server's own idea of the address, from its configured origin, never from a header.
///
/// # Errors
/// [`DpopError`] says which of the section's rules is broken.
pub fn check(
    proof: &str,
    method: &str,
    uri: &str,
    access_token: Option<&str>,
    now: DateTime<Utc>,
) -> Result<Proof, DpopError> {
    let (claims, jwk) = Unverified::parse(proof, TYP)?.verify_possession::<Claims>()?;
    if claims.htm != method || !same_address(&claims.htu, uri) {
        return Err(DpopError::OtherRequest);
    }
    let issued_at = DateTime::from_timestamp(claims.iat, 0).ok_or(DpopError::NotOfThisMoment)?;
    let age = now.signed_duration_since(issued_at).num_seconds();
    // RFC 7519 sections 4.1.4 and 4.1.5: neither is needed, but who states one means it.
    let has_begun = claims
        .nbf
        .is_none_or(|nbf| nbf <= now.timestamp() + MAX_AHEAD_SECONDS);
    let is_over = claims.exp.is_some_and(|exp| exp <= now.timestamp());
    if !(-MAX_AHEAD_SECONDS..=MAX_AGE_SECONDS).contains(&age) || !has_begun || is_over {
        return Err(DpopError::NotOfThisMoment);
    }
    if access_token.map(sha256_base64url) != claims.ath {
        return Err(DpopError::OtherToken);
    }
    if claims.jti.is_empty() || claims.jti.len() > 128 {
        return Err(DpopError::MalformedId);
    }
    Ok(Proof {
        thumbprint: jwk.thumbprint(),
        id: claims.jti,
        issued_at,
        nonce: claims.nonce,
    })
}

/// Compares without query and fragment, after the normalisation of RFC 3986 section 6.2.
fn same_address(claimed: &str, ours: &str) -> bool {
    let bare = |text: &str| {
        let mut url = Url::parse(text).ok()?;
        url.set_query(None);
        url.set_fragment(None);
        Some(url)
    };
    matches!((bare(claimed), bare(ours)), (Some(a), Some(b)) if a == b)
}
