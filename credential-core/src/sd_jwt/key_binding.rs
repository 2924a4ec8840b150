//! Key binding: the holder signs for whom and for which request a presentation was made
//! (RFC 9901 section 4.3).

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::{KEY_BINDING_TYP, SdJwtError, VerifiedSdJwt, verified::moment, write};
use crate::{
    jose::{Jwk, SignError, Signer, VerifyingKey, jws::Unverified},
    strict_json,
};

/// What the holder signs beside the selection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyBindingRequest<'a> {
    /// The recipient (`aud`): its full client id.
    pub audience: &'a str,
    /// What ties the presentation to one request (`nonce`).
    pub nonce: &'a str,
    /// When it is made (`iat`), written in whole seconds.
    pub issued_at: DateTime<Utc>,
}

/// What a recipient expects of a key binding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyBinding<'a> {
    /// The recipient itself: its full client id, compared octet by octet.
    pub audience: &'a str,
    /// The nonce of its request, compared octet by octet.
    pub nonce: &'a str,
    /// The earliest `iat` accepted.
    pub earliest: DateTime<Utc>,
    /// The latest `iat` accepted, inclusive.
    pub latest: DateTime<Utc>,
}

/// A credential that its holder presented to this recipient for this request. Only
/// [`super::SdJwt::verify_presentation`] constructs it.
#[derive(Debug, Clone, PartialEq)]
pub struct VerifiedPresentation {
    credential: VerifiedSdJwt,
    signed_at: DateTime<Utc>,
}

impl VerifiedPresentation {
    pub(super) fn new(credential: VerifiedSdJwt, signed_at: DateTime<Utc>) -> Self {
        Self {
            credential,
            signed_at,
        }
    }

    /// The credential, with what was disclosed of it.
    #[must_use]
    pub fn credential(&self) -> &VerifiedSdJwt {
        &self.credential
    }

    /// The credential, owned. That it was presented can no longer be told from it.
    #[must_use]
    pub fn into_credential(self) -> VerifiedSdJwt {
        self.credential
    }

    /// When the holder signed (`iat` of the key binding).
    #[must_use]
    pub fn signed_at(&self) -> DateTime<Utc> {
        self.signed_at
    }
}

/// Appends the key binding to an SD-JWT of which `digest` is the `sd_hash`.
pub(super) fn sign(
    digest: &str,
    request: &KeyBindingRequest<'_>,
    holder: &dyn Signer,
    sd_jwt: &mut String,
) -> Result<(), SignError> {
    let mut payload = String::with_capacity(256);
    payload.push('{');
    write::integer_member("iat", request.issued_at.timestamp(), &mut payload);
    write::member("aud", request.audience, &mut payload);
    write::member("nonce", request.nonce, &mut payload);
    write::member("sd_hash", digest, &mut payload);
    payload.push('}');
    write::sign(KEY_BINDING_TYP, None, &payload, holder, sd_jwt)
}

/// Checks a key binding (section 7.3 step 5) and gives its `iat`.
pub(super) fn check(
    key_binding: &str,
    digest: &str,
    holder: &Jwk,
    expected: &KeyBinding<'_>,
) -> Result<DateTime<Utc>, SdJwtError> {
    let jws = Unverified::parse(key_binding, KEY_BINDING_TYP).map_err(SdJwtError::KeyBinding)?;
    let key = VerifyingKey::try_from(holder).map_err(|_error| SdJwtError::MalformedClaim("cnf"))?;
    let payload = jws.verify_bytes(&key).map_err(SdJwtError::KeyBinding)?;
    let payload =
        strict_json::parse(&payload, 4).map_err(|_error| SdJwtError::MalformedKeyBinding)?;
    if payload.get("exp").is_some() || payload.get("nbf").is_some() {
        return Err(SdJwtError::MalformedKeyBinding);
    }
    if text(&payload, "aud")? != expected.audience {
        return Err(SdJwtError::WrongAudience);
    }
    if text(&payload, "nonce")? != expected.nonce {
        return Err(SdJwtError::WrongNonce);
    }
    if text(&payload, "sd_hash")? != digest {
        return Err(SdJwtError::WrongHash);
    }
    let signed_at = payload
        .get("iat")
        .and_then(moment)
        .ok_or(SdJwtError::MalformedKeyBinding)?;
    if (expected.earliest..=expected.latest).contains(&signed_at) {
        Ok(signed_at)
    } else {
        Err(SdJwtError::NotOfThisMoment)
    }
}

fn text<'p>(payload: &'p Value, name: &str) -> Result<&'p str, SdJwtError> {
    payload
        .get(name)
        .and_then(Value::as_str)
        .ok_or(SdJwtError::MalformedKeyBinding)
}
