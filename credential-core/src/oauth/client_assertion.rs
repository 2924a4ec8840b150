//! Signed assertions: how a recipient authenticates (`private_key_jwt`, RFC 7523 section 2.2) and how
//! a wallet does (JWT bearer grant, section 2.1).

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    encoding::base64url,
    jose::{
        Jwk, JwkSet, SignError, Signer, VerifyingKey,
        jws::{self, JwsError, KeyReference, Unverified},
    },
    rng::{Rng, random},
};

/// `client_assertion_type` of `private_key_jwt`.
pub const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// `grant_type` of the wallet's own authentication.
pub const JWT_BEARER_GRANT: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
/// The header's `typ` of a recipient's assertion. RFC 7523 asked for none, so that of others may lack it.
pub const CLIENT_TYP: &str = "client-authentication+jwt";
/// The header's `typ` of a wallet's assertion.
pub const WALLET_TYP: &str = "wallet-authentication+jwt";

/// How long an assertion made here lives, in seconds.
const LIFE_SECONDS: i64 = 60;
/// The longest life that is accepted.
const MAX_LIFE: TimeDelta = TimeDelta::minutes(5);
/// How far ahead of our clock `iat` and `nbf` may be (FAPI 2.0 section 5.3.2.1).
const MAX_AHEAD: TimeDelta = TimeDelta::seconds(10);

/// The claims of an assertion. `aud` is one string: an array is refused when it is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// The client id, or the thumbprint of the wallet's pairwise key.
    pub iss: String,
    /// The same as `iss`.
    pub sub: String,
    /// The authorization server's issuer identifier.
    pub aud: String,
    /// One use only.
    pub jti: String,
    /// When it was made, seconds since 1970.
    pub iat: i64,
    /// From when it holds, when that is not at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nbf: Option<i64>,
    /// Until when it holds.
    pub exp: i64,
}

/// An assertion that was checked; whether its id was seen before is for the caller's store to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assertion {
    subject: String,
    id: String,
    made_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
}

impl Assertion {
    /// Who authenticated: the client id, or the thumbprint of the wallet's pairwise key.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// The assertion's own id, to be remembered until [`Self::remember_until`].
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// When it says it was made, to the second.
    #[must_use]
    pub fn made_at(&self) -> DateTime<Utc> {
        self.made_at
    }

    /// Until when the id must be remembered.
    #[must_use]
    pub fn remember_until(&self) -> DateTime<Utc> {
        self.expires_at + MAX_AHEAD
    }
}

/// Why an assertion was not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AssertionError {
    /// The signed object itself.
    #[error("the assertion: {0}")]
    Jws(#[from] JwsError),
    /// The key is not registered for this client.
    #[error("the assertion is signed with an unknown key")]
    UnknownKey,
    /// `iss`, `sub` and the sender are not the same.
    #[error("the assertion names another client")]
    OtherClient,
    /// `aud` is not exactly the issuer identifier.
    #[error("the assertion is meant for another server")]
    OtherAudience,
    /// Expired, from the future, living too long, or its id is empty or too long.
    #[error("the assertion is not valid at this moment")]
    NotOfThisMoment,
}

impl AssertionError {
    /// A stable code for machines.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::Jws(error) => error.reason(),
            Self::UnknownKey => "assertion_key_unknown",
            Self::OtherClient => "assertion_other_client",
            Self::OtherAudience => "assertion_other_audience",
            Self::NotOfThisMoment => "assertion_not_of_this_moment",
        }
    }
}

/// Signs an assertion of a recipient for an authorization server.
///
/// # Errors
/// [`SignError`] when randomness or the key is unavailable.
pub fn sign_for_client(
    client_id: &str,
    audience: &str,
    now: DateTime<Utc>,
    signer: &dyn Signer,
    rng: &dyn Rng,
) -> Result<String, SignError> {
    let claims = claims(client_id, audience, now, rng)?;
    jws::sign(CLIENT_TYP, &claims, signer, KeyReference::Kid)
}

/// Signs an assertion of a wallet: its pairwise key stands in the header and names the account.
///
/// # Errors
/// [`SignError`] when randomness or the key is unavailable.
pub fn sign_for_wallet(
    audience: &str,
    now: DateTime<Utc>,
    signer: &dyn Signer,
    rng: &dyn Rng,
) -> Result<String, SignError> {
    let claims = claims(&signer.public_jwk().thumbprint(), audience, now, rng)?;
    jws::sign(WALLET_TYP, &claims, signer, KeyReference::Embedded)
}

fn claims(
    subject: &str,
    audience: &str,
    now: DateTime<Utc>,
    rng: &dyn Rng,
) -> Result<Claims, SignError> {
    Ok(Claims {
        iss: subject.into(),
        sub: subject.into(),
        aud: audience.into(),
        jti: base64url(random::<16>(rng).map_err(|_error| SignError::Unavailable)?),
        iat: now.timestamp(),
        nbf: None,
        exp: now.timestamp() + LIFE_SECONDS,
    })
}

/// Who an assertion claims to come from, before any check: for finding the keys only.
///
/// # Errors
/// [`AssertionError::Jws`].
pub fn claimed_client(assertion: &str) -> Result<String, AssertionError> {
    Ok(Unverified::parse_or_untyped(assertion, CLIENT_TYP)?
        .untrusted_payload::<Claims>()?
        .iss)
}

/// Checks a recipient's assertion with its registered keys.
///
/// # Errors
/// [`AssertionError`] names the first rule that is broken.
pub fn check_client(
    assertion: &str,
    client_id: &str,
    keys: &JwkSet,
    audience: &str,
    now: DateTime<Utc>,
) -> Result<Assertion, AssertionError> {
    let unverified = Unverified::parse_or_untyped(assertion, CLIENT_TYP)?;
    let kid = unverified
        .header()
        .kid
        .as_deref()
        .ok_or(AssertionError::UnknownKey)?;
    let jwk = keys.find(kid).ok_or(AssertionError::UnknownKey)?;
    let key = VerifyingKey::try_from(jwk).map_err(|_error| AssertionError::UnknownKey)?;
    check(unverified.verify(&key)?, client_id, audience, now)
}

/// Checks a wallet's assertion with the key in its own header, and gives that key: the account.
///
/// # Errors
/// [`AssertionError`] names the first rule that is broken.
pub fn check_wallet(
    assertion: &str,
    audience: &str,
    now: DateTime<Utc>,
) -> Result<(Assertion, Jwk), AssertionError> {
    let (claims, jwk) = Unverified::parse(assertion, WALLET_TYP)?.verify_possession::<Claims>()?;
    let account = jwk.thumbprint();
    Ok((check(claims, &account, audience, now)?, jwk))
}

fn check(
    claims: Claims,
    subject: &str,
    audience: &str,
    now: DateTime<Utc>,
) -> Result<Assertion, AssertionError> {
    if claims.iss != subject || claims.sub != subject {
        return Err(AssertionError::OtherClient);
    }
    if claims.aud != audience {
        return Err(AssertionError::OtherAudience);
    }
    let moment =
        |seconds| DateTime::from_timestamp(seconds, 0).ok_or(AssertionError::NotOfThisMoment);
    let (made, expires_at) = (moment(claims.iat)?, moment(claims.exp)?);
    let begins = claims.nbf.map_or(Ok(made), moment)?;
    let acceptable = made.max(begins) <= now + MAX_AHEAD
        && expires_at > now
        && expires_at <= now + MAX_LIFE
        && (1..=128).contains(&claims.jti.len());
    if !acceptable {
        return Err(AssertionError::NotOfThisMoment);
    }
    Ok(Assertion {
        subject: claims.sub,
        id: claims.jti,
        made_at: made,
        expires_at,
    })
}
