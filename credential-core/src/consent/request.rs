//! A recipient's request: a signed request object (RFC 9101) that wallet and broker each check
//! themselves against the registrar's list, by the same code.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::details::{DetailsError, RequestedDetails};
use crate::{
    encoding::{from_base64url, sha256_base64url},
    jose::{
        Jwk, SignError, Signer, VerifyingKey,
        jws::{self, JwsError, KeyReference, Unverified, is_there},
    },
    trust::{IntendedUse, Participant, RecipientRole, TrustList},
};

/// The header's `typ` (RFC 9101 section 10.8).
pub const TYP: &str = "oauth-authz-req+jwt";
/// Longest life of a request object.
pub const MAX_LIFE: TimeDelta = TimeDelta::minutes(60);
/// How far ahead of our clock it may be dated (FAPI 2.0 section 5.3.2.1).
const MAX_AHEAD: TimeDelta = TimeDelta::seconds(10);

/// The claims of a request object. Text that is empty counts as absent (RFC 6749 section 3.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestObject {
    /// The recipient's client id.
    pub iss: String,
    /// The broker's issuer identifier, and nothing else.
    pub aud: String,
    /// When it was made, seconds since 1970.
    pub iat: i64,
    /// From when it may be used.
    pub nbf: i64,
    /// Until when it may be used; at most 60 minutes after `nbf`.
    pub exp: i64,
    /// Unique id.
    pub jti: String,
    /// The same as `iss`.
    pub client_id: String,
    /// Always `code`.
    pub response_type: String,
    /// Where the answer goes; registered, compared letter by letter.
    pub redirect_uri: String,
    /// The recipient's own session value, returned unchanged. It may be absent: PKCE does its work.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub state: String,
    /// RFC 7636, from a verifier the recipient keeps. Needed, but its absence is an error of its own
    /// (section 4.4.1).
    #[serde(default)]
    pub code_challenge: String,
    /// Always `S256`; absent would mean `plain`.
    #[serde(default)]
    pub code_challenge_method: String,
    /// RFC 9449 section 10: the key the code will be bound to. It may be absent: the proof that the
    /// request is pushed with names it too (section 10.1).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub dpop_jkt: String,
    /// Exactly one element.
    pub authorization_details: Vec<RequestedDetails>,
}

impl RequestObject {
    /// Signs the request with the recipient's registered key.
    ///
    /// # Errors
    /// [`SignError`] when the key does not sign.
    pub fn sign(&self, signer: &dyn Signer) -> Result<String, SignError> {
        jws::sign(TYP, self, signer, KeyReference::Kid)
    }
}

/// What is looked at before the signature: who says to ask, to find the key, and what the object must not
/// contain.
#[derive(Deserialize)]
struct Claimed {
    client_id: String,
    #[serde(default, rename = "request", deserialize_with = "is_there")]
    has_request: bool,
    #[serde(default, rename = "request_uri", deserialize_with = "is_there")]
    has_request_uri: bool,
}

/// A request whose signature, registration, purpose, query and key were all found right.
///
/// ```compile_fail
/// use credential_core::consent::request::ConsentRequest;
/// let unchecked = ConsentRequest { jar: String::new() };
/// ```
#[derive(Debug, Clone)]
pub struct ConsentRequest {
    jar: String,
    object: RequestObject,
    details: RequestedDetails,
    recipient: Participant,
    role: RecipientRole,
    intended_use: IntendedUse,
    encryption_key: Jwk,
    registrar: String,
}

/// Why a request was refused. `Participant` variants are about who asks, the rest about what.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RequestError {
    /// The signed object itself.
    #[error("the request object: {0}")]
    Jws(#[from] JwsError),
    /// Nobody on the trust list has this client id, or not as a recipient.
    #[error("the organisation that asks is not on the trust list")]
    UnknownRecipient,
    /// The key that signed is not registered for this recipient.
    #[error("the request is signed with a key that is not registered")]
    UnknownKey,
    /// A request inside the request, or the address of one (RFC 9101 section 4).
    #[error("the request object contains another request, or the address of one")]
    Indirect,
    /// `iss`, `client_id` and the sender are not all the same.
    #[error("the request is made in another client's name")]
    OtherClient,
    /// `aud` is not this broker.
    #[error("the request is meant for another broker")]
    OtherAudience,
    /// Expired, not yet valid, or living too long.
    #[error("the request is not valid at this moment")]
    NotOfThisMoment,
    /// `redirect_uri` is not registered.
    #[error("the address to answer to is not registered")]
    UnknownRedirect,
    /// `response_type`, PKCE or DPoP members are wrong or missing.
    #[error("the request lacks a required protection (response_type=code, PKCE S256, dpop_jkt)")]
    MissingProtection,
    /// Not exactly one well-formed `learning_credentials` object.
    #[error("authorization_details: {0}")]
    Details(#[from] DetailsError),
    /// No registered intended use has this purpose and legal basis.
    #[error("the organisation has not registered this purpose")]
    PurposeNotRegistered,
    /// The query asks for this claim, which the registered intended use does not have.
    #[error("the registered purpose does not cover {claim}")]
    OverAsking {
        /// Credential id and claim path, as asked.
        claim: String,
    },
    /// Longer, oftener or kept longer than registered.
    #[error("the request asks for longer, oftener or with longer keeping than registered")]
    BeyondLimits,
    /// `enc_jwk_thumbprint` is not the recipient's registered encryption key.
    #[error("the encryption key is not the one the registrar certified")]
    OtherEncryptionKey,
}

impl RequestError {
    /// A stable code for machines.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Jws(error) => error.reason(),
            Self::UnknownRecipient => "recipient_unknown",
            Self::UnknownKey => "recipient_key_unknown",
            Self::Indirect => "request_uri_pushed",
            Self::OtherClient => "request_other_client",
            Self::OtherAudience => "request_other_audience",
            Self::NotOfThisMoment => "request_not_of_this_moment",
            Self::UnknownRedirect => "redirect_uri_unknown",
            Self::MissingProtection => "request_protection_missing",
            Self::Details(_) => "request_details_invalid",
            Self::PurposeNotRegistered => "purpose_not_registered",
            Self::OverAsking { .. } => "over_asking",
            Self::BeyondLimits => "beyond_registered_limits",
            Self::OtherEncryptionKey => "encryption_key_not_certified",
        }
    }
}

impl ConsentRequest {
    /// Checks a request object completely.
    ///
    /// # Errors
    /// [`RequestError`] names the first rule that is broken.
    pub fn verify(
        jar: &str,
        broker: &str,
        trust: &TrustList,
        now: DateTime<Utc>,
    ) -> Result<Self, RequestError> {
        let unverified = Unverified::parse(jar, TYP)?;
        let claimed: Claimed = unverified.untrusted_payload()?;
        let (recipient, role) = trust
            .recipient(&claimed.client_id)
            .ok_or(RequestError::UnknownRecipient)?;
        let kid = unverified
            .header()
            .kid
            .as_deref()
            .ok_or(RequestError::UnknownKey)?;
        let jwk = recipient.keys.find(kid).ok_or(RequestError::UnknownKey)?;
        let key = VerifyingKey::try_from(jwk).map_err(|_unusable| RequestError::UnknownKey)?;
        let object: RequestObject = unverified.verify(&key)?;
        if claimed.has_request || claimed.has_request_uri {
            return Err(RequestError::Indirect);
        }
        check_frame(&object, broker, role, now)?;
        let [details] = object.authorization_details.as_slice() else {
            return Err(RequestError::Details(DetailsError::Type));
        };
        details.check(now)?;
        let encryption_key = recipient
            .keys
            .encryption_key()
            .filter(|key| key.thumbprint() == details.enc_jwk_thumbprint)
            .ok_or(RequestError::OtherEncryptionKey)?;
        let intended_use = check_intended_use(details, role, now)?;
        Ok(Self {
            jar: jar.into(),
            details: details.clone(),
            recipient: recipient.clone(),
            role: role.clone(),
            intended_use: intended_use.clone(),
            encryption_key: encryption_key.clone(),
            registrar: trust.registrar().into(),
            object,
        })
    }

    /// The signed request, letter by letter.
    #[must_use]
    pub fn jar(&self) -> &str {
        &self.jar
    }

    /// base64url of the SHA-256 of the signed request: what decisions refer to.
    #[must_use]
    pub fn hash(&self) -> String {
        sha256_base64url(&self.jar)
    }

    /// The request object's claims.
    #[must_use]
    pub fn object(&self) -> &RequestObject {
        &self.object
    }

    /// What is asked for.
    #[must_use]
    pub fn details(&self) -> &RequestedDetails {
        &self.details
    }

    /// Who asks, from the trust list and never from the request.
    #[must_use]
    pub fn recipient(&self) -> &Participant {
        &self.recipient
    }

    /// The recipient's client id.
    #[must_use]
    pub fn client_id(&self) -> &str {
        &self.role.client_id
    }

    /// The registered intended use that covers the request.
    #[must_use]
    pub fn intended_use(&self) -> &IntendedUse {
        &self.intended_use
    }

    /// The registrar that lists the recipient.
    #[must_use]
    pub fn registrar(&self) -> &str {
        &self.registrar
    }

    /// The registrar-certified key that deposits are sealed to.
    #[must_use]
    pub fn encryption_key(&self) -> &Jwk {
        &self.encryption_key
    }
}

fn check_frame(
    object: &RequestObject,
    broker: &str,
    role: &RecipientRole,
    now: DateTime<Utc>,
) -> Result<(), RequestError> {
    if object.iss != role.client_id || object.client_id != role.client_id {
        return Err(RequestError::OtherClient);
    }
    if object.aud != broker {
        return Err(RequestError::OtherAudience);
    }
    let moment =
        |seconds| DateTime::from_timestamp(seconds, 0).ok_or(RequestError::NotOfThisMoment);
    let (not_before, expires) = (moment(object.nbf)?, moment(object.exp)?);
    if not_before > now + MAX_AHEAD || expires <= now || expires - not_before > MAX_LIFE {
        return Err(RequestError::NotOfThisMoment);
    }
    if !role.redirect_uris.contains(&object.redirect_uri) {
        return Err(RequestError::UnknownRedirect);
    }
    let protected = object.response_type == "code"
        && object.code_challenge_method == "S256"
        && is_hash(&object.code_challenge)
        && (object.dpop_jkt.is_empty() || is_hash(&object.dpop_jkt))
        && (1..=128).contains(&object.jti.len())
        && object.state.len() <= 512;
    if protected {
        Ok(())
    } else {
        Err(RequestError::MissingProtection)
    }
}

/// base64url of 32 octets.
fn is_hash(text: &str) -> bool {
    from_base64url(text).is_ok_and(|octets| octets.len() == 32)
}

fn check_intended_use<'r>(
    details: &RequestedDetails,
    role: &'r RecipientRole,
    now: DateTime<Utc>,
) -> Result<&'r IntendedUse, RequestError> {
    let of_purpose: Vec<&IntendedUse> = role
        .intended_uses
        .iter()
        .filter(|u| u.purpose == details.purpose && u.legal_basis == details.legal_basis)
        .collect();
    let first = *of_purpose
        .first()
        .ok_or(RequestError::PurposeNotRegistered)?;
    let mut covering = of_purpose
        .into_iter()
        .filter(|u| details.dcql_query.is_within(&u.dcql_query))
        .peekable();
    if covering.peek().is_none() {
        return Err(RequestError::OverAsking {
            claim: first_uncovered(details, first),
        });
    }
    covering
        .find(|use_| is_within_limits(details, use_, now))
        .ok_or(RequestError::BeyondLimits)
}

fn is_within_limits(
    details: &RequestedDetails,
    registered: &IntendedUse,
    now: DateTime<Utc>,
) -> bool {
    let latest = now + registered.max_duration.as_delta();
    let is_short = details.until.is_none_or(|asked| asked <= latest)
        && details
            .duration
            .is_none_or(|asked| asked <= registered.max_duration);
    let is_rare = match (registered.max_reads, details.reads()) {
        (Some(limit), Some(asked)) => asked <= limit,
        (Some(_), None) => false,
        (None, _) => true,
    };
    is_short && is_rare && details.retention <= registered.retention
}

fn first_uncovered(details: &RequestedDetails, registered: &IntendedUse) -> String {
    for credential in &details.dcql_query.credentials {
        for claim in &credential.claims {
            let mut alone = details.dcql_query.clone();
            alone.credentials.retain(|c| c.id == credential.id);
            alone
                .credentials
                .iter_mut()
                .for_each(|c| c.claims.retain(|c| c.id == claim.id));
            if !alone.is_within(&registered.dcql_query) {
                return format!("{}{}", credential.id, claim.path);
            }
        }
    }
    "the type of credential".into()
}
