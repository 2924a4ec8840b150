//! Credential issuer metadata (section 12.2).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use url::Url;

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
    /// Where credentials are issued.
    pub credential_endpoint: String,
    /// Where nonces for key proofs are given.
    pub nonce_endpoint: String,
    /// Present when several proofs, and so several copies, can be sent in one request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch_credential_issuance: Option<BatchIssuance>,
    /// Names shown while adding; the trust list's names win.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub display: Vec<Display>,
    /// What can be issued.
    pub credential_configurations_supported: BTreeMap<String, Configuration>,
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
