//! Evidence that outlives its issuer: a signed bundle with everything that is needed to verify a credential
//! years later, without asking anybody, by the pinned key of the registrar alone.
//!
//! A JWS of type `evidence+jwt`, signed by the institution. Its claims: `iss`, `iat`; `status`, the place in
//! the status list, which tells which credential it is about; `vct` and `issued_at`; `keys`, the public
//! keys of the institution; `status_list`, the signed status list of that time; `trust_list`, the
//! registrar's signed list of that time; `type_metadata`, the document and its integrity.
//!
//! What it shows, and what not, is in `docs/adr/0027-evidence.md`: above all, `iat` is the institution's own
//! word, within the time for which the registrar's list was valid; no time-stamping authority is asked.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    encoding::sha256,
    jose::{
        Jwk, JwkSet, SignError, Signer, VerifyingKey,
        jws::{self, JwsError, KeyReference, Unverified},
    },
    sd_jwt::StatusReference,
    status_list::{StatusError, StatusListToken},
    trust::{self, Participant, TrustError, TrustList},
};

/// The bundle's `typ`.
pub const TYP: &str = "evidence+jwt";
/// Longest bundle that is made or read, in octets: a trust list, a status list, and some air.
pub const MAX_LENGTH: usize = 4 * trust::MAX_LENGTH;

/// What a bundle is made of.
#[derive(Debug, Clone, Copy)]
pub struct NewEvidence<'a> {
    /// The institution, as its credentials name it.
    pub issuer: &'a str,
    /// The credential's place in the status list.
    pub status: &'a StatusReference,
    /// The credential's type.
    pub vct: &'a str,
    /// The type metadata document, octet for octet.
    pub type_metadata: &'a str,
    /// When the credential was issued.
    pub issued_at: DateTime<Utc>,
    /// The institution's public keys.
    pub keys: &'a [Jwk],
    /// The status list token of this moment.
    pub status_list: &'a str,
    /// The registrar's trust list of this moment.
    pub trust_list: &'a str,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Claims {
    iss: String,
    iat: i64,
    status: Place,
    vct: String,
    issued_at: i64,
    keys: JwkSet,
    status_list: String,
    trust_list: String,
    type_metadata: TypeDocument,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Place {
    uri: String,
    idx: u32,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct TypeDocument {
    integrity: String,
    document: String,
}

/// A bundle that was verified with the registrar's key: what it says was so when it was made.
#[derive(Debug, Clone)]
pub struct Evidence {
    issuer: String,
    made_at: DateTime<Utc>,
    status: StatusReference,
    vct: String,
    integrity: String,
    status_list: String,
    trust: TrustList,
}

/// Why a bundle is no evidence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EvidenceError {
    /// Its signature or form.
    #[error("the evidence: {0}")]
    Jws(#[from] JwsError),
    /// The registrar's list in it is not signed by the pinned key, or was not valid when it was made.
    #[error("the evidence's trust list: {0}")]
    Trust(#[from] TrustError),
    /// The registrar's list in it does not know the institution, or not the key of the signature.
    #[error("the registrar's list of that time does not have the key that signed the evidence")]
    KeyNotListed,
    /// The institution's keys in it are not those that the registrar's list has.
    #[error("the evidence names keys that the registrar's list of that time does not have")]
    OtherKeys,
    /// The status list in it.
    #[error("the evidence's status list: {0}")]
    Status(#[from] StatusError),
    /// The type metadata is not of the integrity that stands beside it.
    #[error("the type metadata was altered")]
    TypeMetadata,
    /// A time that is none, or an issue after the evidence.
    #[error("the evidence was made before the credential was issued")]
    Times,
    /// Made in the future.
    #[error("the evidence is from the future")]
    FromTheFuture,
}

impl EvidenceError {
    /// A stable code for machines.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Jws(error) => error.reason(),
            Self::Trust(error) => error.reason(),
            Self::KeyNotListed => "evidence_key_not_listed",
            Self::OtherKeys => "evidence_other_keys",
            Self::Status(error) => error.reason(),
            Self::TypeMetadata => "evidence_type_metadata",
            Self::Times => "evidence_times",
            Self::FromTheFuture => "evidence_from_the_future",
        }
    }
}

/// Signs a bundle.
///
/// # Errors
/// [`SignError`]; [`SignError::TooLong`] beyond [`MAX_LENGTH`], because nobody would read it.
pub fn sign(
    new: &NewEvidence<'_>,
    now: DateTime<Utc>,
    signer: &dyn Signer,
) -> Result<String, SignError> {
    let claims = Claims {
        iss: new.issuer.into(),
        iat: now.timestamp(),
        status: Place {
            uri: new.status.uri.clone(),
            idx: new.status.idx,
        },
        vct: new.vct.into(),
        issued_at: new.issued_at.timestamp(),
        keys: JwkSet {
            keys: new.keys.to_vec(),
        },
        status_list: new.status_list.into(),
        trust_list: new.trust_list.into(),
        type_metadata: TypeDocument {
            integrity: integrity(new.type_metadata),
            document: new.type_metadata.into(),
        },
    };
    let signed = jws::sign(TYP, &claims, signer, KeyReference::Kid)?;
    if signed.len() > MAX_LENGTH {
        return Err(SignError::TooLong);
    }
    Ok(signed)
}

impl Evidence {
    /// Verifies a bundle as of the time when it was made, by the pinned key of the registrar.
    ///
    /// # Errors
    /// [`EvidenceError`] names the first rule that is broken.
    pub fn verify(
        compact: &str,
        registrar: &Jwk,
        now: DateTime<Utc>,
    ) -> Result<Self, EvidenceError> {
        let unverified = Unverified::parse_within(compact, TYP, MAX_LENGTH)?;
        // The list inside is believed by the registrar's key alone; it says which key signed the rest.
        let said: Claims = unverified.untrusted_payload()?;
        let made_at = moment(said.iat)?;
        if made_at > now {
            return Err(EvidenceError::FromTheFuture);
        }
        let trust = TrustList::verify(&said.trust_list, registrar, None, made_at)?;
        let (issuer, _role) = trust.issuer(&said.iss).ok_or(EvidenceError::KeyNotListed)?;
        let kid = unverified.header().kid.as_deref();
        let jwk = kid
            .and_then(|kid| issuer.signing_key(&said.iss, kid))
            .ok_or(EvidenceError::KeyNotListed)?;
        let key = VerifyingKey::try_from(jwk).map_err(|_unusable| EvidenceError::KeyNotListed)?;
        let claims: Claims = unverified.verify(&key)?;
        let listed = |jwk: &Jwk| {
            let mut keys = issuer.keys.keys.iter();
            keys.any(|listed| listed.thumbprint() == jwk.thumbprint())
        };
        if !claims.keys.keys.iter().all(listed) {
            return Err(EvidenceError::OtherKeys);
        }
        check_status(&claims, issuer, made_at)?;
        if integrity(&claims.type_metadata.document) != claims.type_metadata.integrity {
            return Err(EvidenceError::TypeMetadata);
        }
        if moment(claims.issued_at)? > made_at {
            return Err(EvidenceError::Times);
        }
        Ok(Self {
            issuer: claims.iss,
            made_at,
            status: StatusReference {
                uri: claims.status.uri,
                idx: claims.status.idx,
            },
            vct: claims.vct,
            integrity: claims.type_metadata.integrity,
            status_list: claims.status_list,
            trust,
        })
    }

    /// The institution.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// When it was made, by the institution's own word.
    #[must_use]
    pub fn made_at(&self) -> DateTime<Utc> {
        self.made_at
    }

    /// Which credential it is about: its place in the status list.
    #[must_use]
    pub fn status(&self) -> &StatusReference {
        &self.status
    }

    /// The type of that credential.
    #[must_use]
    pub fn vct(&self) -> &str {
        &self.vct
    }

    /// The integrity of the type's metadata (`vct#integrity`).
    #[must_use]
    pub fn integrity(&self) -> &str {
        &self.integrity
    }

    /// The signed status list of that time.
    #[must_use]
    pub fn status_list(&self) -> &str {
        &self.status_list
    }

    /// The registrar's list of that time.
    #[must_use]
    pub fn trust(&self) -> &TrustList {
        &self.trust
    }
}

fn check_status(
    claims: &Claims,
    issuer: &Participant,
    made_at: DateTime<Utc>,
) -> Result<(), EvidenceError> {
    let kid = StatusListToken::kid(&claims.status_list)?;
    let jwk = kid
        .and_then(|kid| issuer.signing_key(&claims.iss, &kid))
        .ok_or(EvidenceError::KeyNotListed)?;
    let key = VerifyingKey::try_from(jwk).map_err(|_unusable| EvidenceError::KeyNotListed)?;
    let token = StatusListToken::verify(&claims.status_list, &claims.status.uri, &key, made_at)?;
    token.list().at(claims.status.idx)?;
    Ok(())
}

fn moment(seconds: i64) -> Result<DateTime<Utc>, EvidenceError> {
    DateTime::from_timestamp(seconds, 0).ok_or(EvidenceError::Times)
}

/// As `vct#integrity` has it (W3C Subresource Integrity section 3.1).
fn integrity(document: &str) -> String {
    format!("sha256-{}", STANDARD.encode(sha256(document)))
}

#[cfg(test)]
mod tests;
