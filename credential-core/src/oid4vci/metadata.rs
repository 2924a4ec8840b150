//! Credential issuer metadata (section 12.2).

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use url::Url;

#[cfg(feature = "jwe")]
use super::encryption::{RequestEncryptionMetadata, ResponseEncryptionMetadata};
use crate::jose::{
    Jwk, SignError, Signer, VerifyingKey,
    jws::{self, JwsError, KeyReference, Unverified},
};

/// Inserted between host and path of the issuer identifier (section 12.2.2).
pub const WELL_KNOWN: &str = "/.well-known/openid-credential-issuer";

/// Where the metadata `path` of `identifier` stands: `https://a/b` → `https://a/.well-known/x/b`.
#[must_use]
pub fn well_known(identifier: &str, path: &str) -> Option<String> {
    let mut url = Url::parse(identifier).ok()?;
    if url.query().is_some() || url.fragment().is_some() {
        return None;
    }
    let own = url.path().trim_end_matches('/').to_owned();
    url.set_path(&format!("{path}{own}"));
    Some(url.into())
}

/// What a wallet needs to know of an issuer. Absent members are omitted, never null.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CredentialIssuer {
    /// The issuer identifier; must equal the one the metadata was fetched for.
    pub credential_issuer: String,
    /// The authorization servers it accepts tokens of; absent when it is its own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub authorization_servers: Vec<String>,
    /// Where credentials are issued.
    pub credential_endpoint: String,
    /// Where nonces for key proofs are given.
    pub nonce_endpoint: String,
    /// Where credentials are fetched that could not be issued at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deferred_credential_endpoint: Option<String>,
    /// Where the wallet tells what became of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notification_endpoint: Option<String>,
    /// Present when requests can be encrypted.
    #[cfg(feature = "jwe")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential_request_encryption: Option<RequestEncryptionMetadata>,
    /// Present when answers can be encrypted.
    #[cfg(feature = "jwe")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential_response_encryption: Option<ResponseEncryptionMetadata>,
    /// Present when several proofs, and so several copies, can be sent in one request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch_credential_issuance: Option<BatchIssuance>,
    /// Names shown while adding; the trust list's names win.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub display: Vec<Display>,
    /// What can be issued.
    pub credential_configurations_supported: BTreeMap<String, Configuration>,
}

/// `typ` of signed metadata (section 12.2.3).
pub const SIGNED_TYP: &str = "openidvci-issuer-metadata+jwt";

/// Signed metadata: whose it is and when it was signed, beside the metadata itself.
#[derive(Debug, Serialize, Deserialize)]
struct Signed<T> {
    sub: String,
    iat: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    exp: Option<i64>,
    #[serde(flatten)]
    metadata: T,
}

impl CredentialIssuer {
    /// This metadata as a JWT, good until `until` (section 12.2.3).
    ///
    /// # Errors
    /// [`SignError`].
    pub fn sign(
        &self,
        (now, until): (DateTime<Utc>, DateTime<Utc>),
        signer: &dyn Signer,
    ) -> Result<String, SignError> {
        let signed = Signed {
            sub: self.credential_issuer.clone(),
            iat: now.timestamp(),
            exp: Some(until.timestamp()),
            metadata: self,
        };
        jws::sign(SIGNED_TYP, &signed, signer, KeyReference::Kid)
    }

    /// Reads signed metadata of `issuer`, by the key that `key_of` finds by its header: one that the trust list
    /// has for it, or that an authority certified that is listed for it. A key that came along, in a header or
    /// at an address, counts for nothing.
    ///
    /// # Errors
    /// [`SignedMetadataError`].
    pub fn verify(
        signed: &str,
        issuer: &str,
        key_of: impl FnOnce(&jws::Header) -> Option<Jwk>,
        now: DateTime<Utc>,
    ) -> Result<Self, SignedMetadataError> {
        let unverified = Unverified::parse(signed, SIGNED_TYP)?;
        let key = key_of(unverified.header());
        let key = key.and_then(|key| VerifyingKey::try_from(&key).ok());
        let key = key.ok_or(SignedMetadataError::UnknownKey)?;
        let signed: Signed<Self> = unverified.verify(&key)?;
        if signed.sub != issuer || signed.metadata.credential_issuer != issuer {
            return Err(SignedMetadataError::OtherIssuer);
        }
        let is_over = signed.exp.is_some_and(|exp| exp <= now.timestamp());
        if is_over || signed.iat > now.timestamp() + MAX_AHEAD_SECONDS {
            return Err(SignedMetadataError::NotNow);
        }
        Ok(signed.metadata)
    }
}

/// How far ahead of our clock metadata may be dated, in seconds.
const MAX_AHEAD_SECONDS: i64 = 60;

/// Why signed metadata was not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignedMetadataError {
    /// The signed object itself.
    #[error("the signed metadata: {0}")]
    Jws(#[from] JwsError),
    /// Not signed by a key that the trust list has for this issuer.
    #[error("the metadata is signed by a key that the issuer is not known for")]
    UnknownKey,
    /// About another issuer.
    #[error("the metadata is another issuer's")]
    OtherIssuer,
    /// Past its end, or dated in the future.
    #[error("the metadata is not of now")]
    NotNow,
}

impl SignedMetadataError {
    /// A stable code for machines.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::Jws(error) => error.reason(),
            Self::UnknownKey => "metadata_key_unknown",
            Self::OtherIssuer => "metadata_other_issuer",
            Self::NotNow => "metadata_not_now",
        }
    }
}

/// How many copies of one credential can be asked for at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchIssuance {
    /// Most proofs in one request, 2 or more.
    pub batch_size: usize,
}

/// A name in one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Display {
    /// The name.
    pub name: String,
    /// BCP 47 tag.
    pub locale: String,
}

/// One kind of credential that can be issued (section 12.2.4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Configuration {
    /// `dc+sd-jwt`.
    pub format: String,
    /// The credential type.
    pub vct: String,
    /// The scope that asks for it in an authorization request (section 5.1.2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// `jwk`.
    pub cryptographic_binding_methods_supported: Vec<String>,
    /// Algorithms the credential may be signed with.
    pub credential_signing_alg_values_supported: Vec<String>,
    /// Accepted key proofs.
    pub proof_types_supported: ProofTypes,
    /// Names and claims shown to the person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential_metadata: Option<CredentialMetadata>,
}

/// Accepted key proofs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProofTypes {
    /// Proofs of type `jwt`.
    pub jwt: ProofAlgorithms,
}

/// Algorithms of key proofs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProofAlgorithms {
    /// Algorithm names.
    pub proof_signing_alg_values_supported: Vec<String>,
}

/// Names of a kind of credential.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CredentialMetadata {
    /// Names by language.
    pub display: Vec<Display>,
}
