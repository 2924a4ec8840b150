//! A credential that was checked, and what it says.

use chrono::{DateTime, Utc};
use serde::Deserialize as _;
use serde_json::{Map, Value};

use super::{Disclosure, SdJwtError, StatusReference, disclosure::HashAlgorithm, reveal::Revealed};
use crate::{dcql::ClaimPath, jose::Jwk};

/// A credential whose issuer's signature, disclosures and digests are in order. Only
/// [`super::SdJwt`]'s checks construct it. Whether it is valid at a time, revoked, or issued by
/// somebody who may, is not said by this type.
#[derive(Clone, PartialEq)]
pub struct VerifiedSdJwt {
    sd_jwt: String,
    claims: Value,
    paths: Vec<ClaimPath>,
    withheld: usize,
    hash: HashAlgorithm,
    registered: Registered,
}

#[derive(Debug, Clone, PartialEq)]
struct Registered {
    issuer: String,
    vct: String,
    vct_integrity: Option<String>,
    issued_at: Option<DateTime<Utc>>,
    not_before: Option<DateTime<Utc>>,
    expires_at: Option<DateTime<Utc>>,
    status: Option<StatusReference>,
    holder: Option<Jwk>,
}

impl std::fmt::Debug for VerifiedSdJwt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("VerifiedSdJwt")
            .field("issuer", &self.issuer())
            .field("vct", &self.vct())
            .field("disclosures", &self.paths.len())
            .field("withheld", &self.withheld)
            .finish_non_exhaustive()
    }
}

impl VerifiedSdJwt {
    pub(super) fn new(revealed: Revealed, sd_jwt: &str) -> Result<Self, SdJwtError> {
        let registered = Registered::read(&revealed.claims)?;
        Ok(Self {
            sd_jwt: sd_jwt.to_owned(),
            claims: Value::Object(revealed.claims),
            paths: revealed.paths,
            withheld: revealed.withheld,
            hash: revealed.hash,
            registered,
        })
    }

    /// The compact form without key binding, ending in a tilde.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.sd_jwt
    }

    /// The processed payload (RFC 9901 section 7.1), always an object: permanent claims and disclosed
    /// ones in their places, without digests and `_sd_alg`.
    #[must_use]
    pub fn claims(&self) -> &Value {
        &self.claims
    }

    /// Who issued it (`iss`). That the key belongs to this issuer is for the caller to see to.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.registered.issuer
    }

    /// Its type (`vct`).
    #[must_use]
    pub fn vct(&self) -> &str {
        &self.registered.vct
    }

    /// Integrity of its type's metadata (`vct#integrity`).
    #[must_use]
    pub fn vct_integrity(&self) -> Option<&str> {
        self.registered.vct_integrity.as_deref()
    }

    /// When it was issued (`iat`).
    #[must_use]
    pub fn issued_at(&self) -> Option<DateTime<Utc>> {
        self.registered.issued_at
    }

    /// Before when it is not valid (`nbf`).
    #[must_use]
    pub fn not_before(&self) -> Option<DateTime<Utc>> {
        self.registered.not_before
    }

    /// From when it is no longer valid (`exp`).
    #[must_use]
    pub fn expires_at(&self) -> Option<DateTime<Utc>> {
        self.registered.expires_at
    }

    /// Where its status stands; none when the issuer gave it none.
    #[must_use]
    pub fn status(&self) -> Option<&StatusReference> {
        self.registered.status.as_ref()
    }

    /// The key its holder must prove to have (`cnf.jwk`).
    #[must_use]
    pub fn holder_key(&self) -> Option<&Jwk> {
        self.registered.holder.as_ref()
    }

    /// The disclosures that came along, in their order, each with the claim it reveals.
    pub fn disclosures(&self) -> impl Iterator<Item = Disclosure<'_>> {
        self.paths
            .iter()
            .zip(self.sd_jwt.split('~').skip(1))
            .map(|(path, text)| Disclosure { path, text })
    }

    /// How many digests have no disclosure: claims that were left out, and decoys.
    #[must_use]
    pub fn withheld(&self) -> usize {
        self.withheld
    }

    pub(super) fn hash(&self) -> HashAlgorithm {
        self.hash
    }
}

impl Registered {
    fn read(claims: &Map<String, Value>) -> Result<Self, SdJwtError> {
        Ok(Self {
            issuer: text(claims, "iss")?.ok_or(SdJwtError::MissingClaim("iss"))?,
            vct: text(claims, "vct")?.ok_or(SdJwtError::MissingClaim("vct"))?,
            vct_integrity: text(claims, "vct#integrity")?,
            issued_at: time(claims, "iat")?,
            not_before: time(claims, "nbf")?,
            expires_at: time(claims, "exp")?,
            status: claims.get("status").map(status).transpose()?,
            holder: claims.get("cnf").map(holder).transpose()?.flatten(),
        })
    }
}

fn text(claims: &Map<String, Value>, name: &'static str) -> Result<Option<String>, SdJwtError> {
    match claims.get(name) {
        None => Ok(None),
        Some(Value::String(text)) if !text.is_empty() => Ok(Some(text.clone())),
        Some(_) => Err(SdJwtError::MalformedClaim(name)),
    }
}

fn time(
    claims: &Map<String, Value>,
    name: &'static str,
) -> Result<Option<DateTime<Utc>>, SdJwtError> {
    claims
        .get(name)
        .map(|value| moment(value).ok_or(SdJwtError::MalformedClaim(name)))
        .transpose()
}

/// A NumericDate (RFC 7519 section 2) in whole seconds.
pub(super) fn moment(value: &Value) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(value.as_i64()?, 0)
}

/// A status that is not understood must not read as "no status".
fn status(status: &Value) -> Result<StatusReference, SdJwtError> {
    let list = status.get("status_list");
    let uri = list.and_then(|list| list.get("uri")?.as_str());
    let idx = list.and_then(|list| u32::try_from(list.get("idx")?.as_u64()?).ok());
    match (uri, idx) {
        (Some(uri), Some(idx)) => Ok(StatusReference {
            uri: uri.to_owned(),
            idx,
        }),
        _ => Err(SdJwtError::MalformedClaim("status")),
    }
}

/// The key in `cnf`; none when the holder is named in another way (RFC 7800 section 3).
fn holder(cnf: &Value) -> Result<Option<Jwk>, SdJwtError> {
    let Value::Object(cnf) = cnf else {
        return Err(SdJwtError::MalformedClaim("cnf"));
    };
    cnf.get("jwk")
        .map(|jwk| Jwk::deserialize(jwk).map_err(|_error| SdJwtError::MalformedClaim("cnf")))
        .transpose()
}
