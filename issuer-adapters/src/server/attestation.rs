//! Wallet attestation (draft-ietf-oauth-attestation-based-client-auth, as HAIP 1.0 section 4.4.1 uses it):
//! a wallet's maker vouches for a key, and the wallet shows with every request that it holds it.
//!
//! The makers that are believed stand on the institution's own list: by their keys, or by the authorities whose
//! certificates for them it accepts. Such a chain comes in the attestation's `x5c`, without its anchor and with a
//! leaf that is not self-signed; it counts only where no key of the list signed.

use axum::http::HeaderMap;
use chrono::{DateTime, Utc};
use credential_core::{
    jose::{
        Jwk, VerifyingKey,
        dpop::{MAX_AGE_SECONDS, MAX_AHEAD_SECONDS},
        jws::{JwsError, Unverified},
    },
    oid4vci::authorization::{ATTESTATION_POP_TYP, ATTESTATION_TYP},
    x509::{Anchors, Chain, X509Error},
};
use serde::Deserialize;

use super::{IssuerState, answer::Refusal, dpop::Side};

/// The header field of the attestation.
pub(super) const ATTESTATION: &str = "oauth-client-attestation";
/// The header field of the proof of its key.
pub(super) const PROOF: &str = "oauth-client-attestation-pop";

#[derive(Deserialize)]
struct Attestation {
    sub: String,
    exp: i64,
    #[serde(default)]
    nbf: Option<i64>,
    #[serde(default)]
    iat: Option<i64>,
    cnf: Confirmation,
}

#[derive(Deserialize)]
struct Confirmation {
    jwk: Jwk,
}

#[derive(Deserialize)]
struct Proof {
    aud: String,
    iat: i64,
    jti: String,
    #[serde(default)]
    iss: Option<String>,
    #[serde(default)]
    challenge: Option<String>,
}

/// Why an attestation was not believed; the client is told no more than that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
enum AttestationError {
    #[error("not exactly one attestation with one proof")]
    NotOnePair,
    #[error("the attestation: {0}")]
    Attestation(JwsError),
    #[error("nobody on the list signed the attestation")]
    UnknownAttester,
    #[error("the attestation's certificates: {0}")]
    Certificates(X509Error),
    #[error("the attestation is not of this time")]
    OutOfTime,
    #[error("the attestation is of another client")]
    OtherClient,
    #[error("the attestation's key cannot be used")]
    Key,
    #[error("the proof: {0}")]
    Proof(JwsError),
    #[error("the proof is for another server")]
    OtherAudience,
    #[error("the proof is not of this moment")]
    NotOfThisMoment,
    #[error("the proof's id is malformed")]
    MalformedId,
}

impl AttestationError {
    fn reason(self) -> &'static str {
        match self {
            Self::NotOnePair => "attestation_not_one_pair",
            Self::Attestation(_) => "attestation_malformed",
            Self::UnknownAttester => "attestation_attester_unknown",
            Self::Certificates(error) => error.reason(),
            Self::OutOfTime => "attestation_out_of_time",
            Self::OtherClient => "attestation_other_client",
            Self::Key => "attestation_key",
            Self::Proof(_) => "attestation_proof_refused",
            Self::OtherAudience => "attestation_proof_other_audience",
            Self::NotOfThisMoment => "attestation_proof_not_of_this_moment",
            Self::MalformedId => "attestation_proof_id_malformed",
        }
    }
}

impl From<AttestationError> for Refusal {
    fn from(error: AttestationError) -> Self {
        tracing::info!(%error, "a wallet attestation was not believed");
        Self::bad_request(
            "invalid_client",
            error.reason(),
            "The wallet attestation of the request is not valid.",
        )
    }
}

/// The thumbprint of the attested key, when the request has an attestation; none for a client that
/// shows none. One that is sent has to be good.
pub(super) fn attested(
    state: &IssuerState,
    headers: &HeaderMap,
    client_id: Option<&str>,
) -> Result<Option<String>, Refusal> {
    let one = |name: &str| {
        let mut sent = headers.get_all(name).iter();
        let first = sent.next().map(|value| value.to_str().unwrap_or_default());
        (first, sent.next().is_some())
    };
    let (attestation, proof) = match (one(ATTESTATION), one(PROOF)) {
        ((None, _), (None, _)) => return Ok(None),
        ((Some(attestation), false), (Some(proof), false)) => (attestation, proof),
        _ => return Err(AttestationError::NotOnePair.into()),
    };
    let now = state.now();
    let makers = (state.attesters(), state.attester_authorities());
    let key = vouched_for(attestation, makers, client_id, now)?;
    let shown = shown(proof, &key, state.profile().identifier(), now)?;
    let possession = state.possession();
    let is_ours = |challenge: &str| possession.accepts(Side::Attestation, challenge, now);
    if shown
        .iss
        .is_some_and(|iss| client_id.is_some_and(|id| id != iss))
    {
        return Err(AttestationError::OtherClient.into());
    }
    if !shown.challenge.as_deref().is_some_and(is_ours) {
        return Err(CHALLENGE);
    }
    let thumbprint = key.thumbprint();
    let until = DateTime::from_timestamp(shown.iat + MAX_AGE_SECONDS + MAX_AHEAD_SECONDS, 0);
    let until = until.ok_or(AttestationError::NotOfThisMoment)?;
    let owner = format!("attested {thumbprint}");
    if !possession.remember((&owner, &shown.jti), until, now)? {
        return Err(USED);
    }
    Ok(Some(thumbprint))
}

/// The key that a maker on the list vouches for.
fn vouched_for(
    attestation: &str,
    (attesters, authorities): (&[Jwk], &[Vec<u8>]),
    client_id: Option<&str>,
    now: DateTime<Utc>,
) -> Result<Jwk, AttestationError> {
    let signed =
        Unverified::parse(attestation, ATTESTATION_TYP).map_err(AttestationError::Attestation)?;
    let mut keys = attesters
        .iter()
        .filter_map(|jwk| VerifyingKey::try_from(jwk).ok());
    let octets = match keys.find_map(|key| signed.verify_bytes(&key).ok()) {
        Some(octets) => octets,
        None => certified(&signed, authorities, now)?,
    };
    let malformed = AttestationError::Attestation(JwsError::WrongContent);
    let claims: Attestation = serde_json::from_slice(&octets).map_err(|_other| malformed)?;
    let now = now.timestamp();
    let begins = |at: Option<i64>| at.is_none_or(|at| at <= now + MAX_AHEAD_SECONDS);
    if claims.exp <= now || !begins(claims.nbf) || !begins(claims.iat) {
        return Err(AttestationError::OutOfTime);
    }
    if claims.sub.is_empty() || client_id.is_some_and(|id| id != claims.sub) {
        return Err(AttestationError::OtherClient);
    }
    Ok(claims.cnf.jwk.bare())
}

/// What a maker says whom an authority on the list certified.
fn certified(
    signed: &Unverified<'_>,
    authorities: &[Vec<u8>],
    now: DateTime<Utc>,
) -> Result<Vec<u8>, AttestationError> {
    let x5c = signed.header().x5c.as_deref();
    let x5c = x5c.filter(|_chain| !authorities.is_empty());
    let anchors = Anchors {
        certificates: authorities,
        at: now,
    };
    let leaf = Chain::from_x5c(x5c.ok_or(AttestationError::UnknownAttester)?)
        .and_then(|chain| chain.check(&anchors))
        .map_err(AttestationError::Certificates)?;
    let key = VerifyingKey::try_from(&leaf.key).map_err(|_unusable| AttestationError::Key)?;
    signed
        .verify_bytes(&key)
        .map_err(AttestationError::Attestation)
}

/// What the holder of the key says of this request.
fn shown(
    proof: &str,
    key: &Jwk,
    issuer: &str,
    now: DateTime<Utc>,
) -> Result<Proof, AttestationError> {
    let key = VerifyingKey::try_from(key).map_err(|_unusable| AttestationError::Key)?;
    let claims: Proof = Unverified::parse(proof, ATTESTATION_POP_TYP)
        .and_then(|signed| signed.verify(&key))
        .map_err(AttestationError::Proof)?;
    if claims.aud != issuer {
        return Err(AttestationError::OtherAudience);
    }
    let age = now.timestamp().saturating_sub(claims.iat);
    if !(-MAX_AHEAD_SECONDS..=MAX_AGE_SECONDS).contains(&age) {
        return Err(AttestationError::NotOfThisMoment);
    }
    if !(1..=128).contains(&claims.jti.len()) {
        return Err(AttestationError::MalformedId);
    }
    Ok(claims)
}

const CHALLENGE: Refusal = Refusal::bad_request(
    "use_attestation_challenge",
    "attestation_challenge",
    "The proof must carry the challenge of this answer.",
);
const USED: Refusal = Refusal::bad_request(
    "invalid_client",
    "attestation_proof_used_before",
    "The proof of the attested key was used before.",
);
