//! The credentials a person holds: verified on arrival, kept with the key they are bound to.

mod copies;
#[cfg(test)]
mod tests;

use chrono::{DateTime, Utc};
use credential_core::{
    credential::CredentialType,
    dcql::{ClaimPath, ClaimQuery, Step},
    id::CredentialId,
    jose::{Jwk, VerifyingKey, jws::JwsError},
    sd_jwt::{PROTECTED, SdJwt, SdJwtError, VerifiedSdJwt},
    text::{Language, Text},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Error, Wallet, vault::Tree};

pub(crate) const CREDENTIALS: Tree<CredentialId, StoredCredential> = Tree::new("credentials");

/// What is kept of a credential.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct StoredCredential {
    /// The SD-JWT with all its disclosures.
    pub(crate) text: String,
    /// Thumbprint of the key it is bound to.
    pub(crate) key_id: String,
    /// The issuer's key that verified it on arrival, and verifies it again at every reading.
    pub(crate) issuer_key: Jwk,
    /// The issuer's legal name from the trust list of that day.
    pub(crate) issuer_name: Text,
    pub(crate) received_at: DateTime<Utc>,
    /// Its other copies, each bound to another key.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) copies: Vec<StoredCopy>,
    /// The recipients it was shown to, the one at place n with copy n; from the second round on they share.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) shown: Vec<String>,
}

/// Another copy of a credential.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct StoredCopy {
    pub(crate) text: String,
    pub(crate) key_id: String,
}

/// A credential in the wallet. There is no way to hold one whose signature was not verified.
///
/// ```compile_fail
/// use wallet_core::credentials::HeldCredential;
/// fn unchecked(text: String) -> HeldCredential {
///     HeldCredential { text }
/// }
/// ```
#[derive(Debug, Clone)]
pub struct HeldCredential {
    id: CredentialId,
    verified: VerifiedSdJwt,
    issuer_name: Text,
    received_at: DateTime<Utc>,
}

/// One claim in words. `Debug` shows no value.
#[derive(Clone, PartialEq, Serialize)]
pub struct ClaimLine {
    /// Where it stands.
    pub path: ClaimPath,
    /// Its name in words.
    pub label: String,
    /// Its value.
    pub value: Value,
}

impl std::fmt::Debug for ClaimLine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ClaimLine")
            .field("path", &self.path.to_string())
            .finish_non_exhaustive()
    }
}

impl Wallet {
    /// Everything the person holds, newest first.
    ///
    /// # Errors
    /// [`Error::Vault`], or [`Error::HeldCredential`] when one no longer verifies.
    pub fn credentials(&self) -> Result<Vec<HeldCredential>, Error> {
        let stored = self.vault().list(&CREDENTIALS)?;
        let held = stored
            .into_iter()
            .map(|(id, stored)| HeldCredential::load(id, stored));
        let mut held = held.collect::<Result<Vec<_>, _>>()?;
        held.sort_by_key(|credential| std::cmp::Reverse((credential.received_at, credential.id)));
        Ok(held)
    }

    /// One credential.
    ///
    /// # Errors
    /// [`Error::NotFound`], or as [`Self::credentials`].
    pub fn credential(&self, id: CredentialId) -> Result<HeldCredential, Error> {
        let stored = self
            .vault()
            .get(&CREDENTIALS, &id)?
            .ok_or(Error::NotFound)?;
        Ok(HeldCredential::load(id, stored)?)
    }
}

impl HeldCredential {
    /// Reads what is kept and verifies the issuer's signature again.
    pub(crate) fn load(id: CredentialId, stored: StoredCredential) -> Result<Self, SdJwtError> {
        let key = VerifyingKey::try_from(&stored.issuer_key)
            .map_err(|_unusable| SdJwtError::Jws(JwsError::BadSignature))?;
        Ok(Self {
            id,
            verified: SdJwt::parse(&stored.text)?.verify(&key)?,
            issuer_name: stored.issuer_name,
            received_at: stored.received_at,
        })
    }

    /// Its id in this wallet.
    #[must_use]
    pub fn id(&self) -> CredentialId {
        self.id
    }

    /// The credential type.
    #[must_use]
    pub fn vct(&self) -> &str {
        self.verified.vct()
    }

    /// All claims, disclosed in place.
    #[must_use]
    pub fn claims(&self) -> &Value {
        self.verified.claims()
    }

    /// The issuer's identifier.
    #[must_use]
    pub fn issuer(&self) -> &str {
        self.verified.issuer()
    }

    /// The issuer's legal name, as the trust list had it on arrival.
    #[must_use]
    pub fn issuer_name(&self) -> &Text {
        &self.issuer_name
    }

    /// When it came into the wallet.
    #[must_use]
    pub fn received_at(&self) -> DateTime<Utc> {
        self.received_at
    }

    /// What kind of certificate it is, in words.
    #[must_use]
    pub fn type_name(&self, language: Language) -> &str {
        CredentialType::from_vct(self.vct())
            .and_then(|t| t.name(language))
            .unwrap_or(self.vct())
    }

    /// The title, when the credential has one; in another language where it has none of ours.
    #[must_use]
    pub fn title(&self, language: Language) -> Option<String> {
        let title = self.claims().get("title")?;
        let other = || {
            let metadata = CredentialType::from_vct(self.vct())?.metadata();
            let (_tag, text) = metadata.other_language(&ClaimPath::claim("title"), title)?;
            Some(text.to_owned())
        };
        let exact = |language: Language| Some(title.get(language.tag())?.as_str()?.to_owned());
        exact(language)
            .or_else(|| Language::ALL.into_iter().find_map(exact))
            .or_else(other)
    }

    /// The person's claims in words, without the registered ones, in the order of their type.
    #[must_use]
    pub fn lines(&self, language: Language) -> Vec<ClaimLine> {
        let kind = CredentialType::from_vct(self.vct());
        let Some(members) = self.claims().as_object() else {
            return Vec::new();
        };
        let described = kind.map_or(&[][..], |kind| kind.metadata().claims());
        let place = |name: &String| {
            let path = ClaimPath::claim(name);
            let found = described.iter().position(|claim| *claim.path() == path);
            found.unwrap_or(described.len())
        };
        let own = members.iter().filter(|(name, _)| !is_registered(name));
        let mut own: Vec<_> = own.collect();
        own.sort_by_cached_key(|(name, _)| place(name));
        let lines = own.into_iter().map(|(name, value)| {
            let path = ClaimPath::claim(name);
            let label = kind.and_then(|kind| kind.label(&path, language));
            ClaimLine {
                label: label.unwrap_or(name).to_owned(),
                path,
                value: value.clone(),
            }
        });
        lines.collect()
    }

    /// The signed credential with all its disclosures, as the issuer sent it.
    #[must_use]
    pub fn signed_text(&self) -> &str {
        self.verified.as_str()
    }

    /// Where and what answers a claim of a query: all that its path selects, or, when it names
    /// values, those alone (OpenID4VP 1.0 section 6.3).
    pub(crate) fn found(&self, claim: &ClaimQuery) -> Vec<(ClaimPath, &Value)> {
        let mut found = vec![(ClaimPath::new(Vec::new()), self.claims())];
        for step in claim.path.steps() {
            found = found
                .into_iter()
                .flat_map(|(at, value)| enter(&at, value, step))
                .collect();
        }
        if let Some(values) = &claim.values {
            found.retain(|(_, value)| values.contains(value));
        }
        found
    }

    /// Whether anything answers a claim of a query.
    pub(crate) fn holds(&self, claim: &ClaimQuery) -> bool {
        !self.found(claim).is_empty()
    }

    pub(crate) fn verified(&self) -> &VerifiedSdJwt {
        &self.verified
    }
}

/// Claims about the credential and not about the person; they stand in the open in every one.
pub(crate) fn is_registered(name: &str) -> bool {
    name == "iat" || PROTECTED.contains(&name)
}

fn enter<'v>(at: &ClaimPath, value: &'v Value, step: &Step) -> Vec<(ClaimPath, &'v Value)> {
    let one = |value: Option<&'v Value>| {
        let found = value.map(|value| (at.then(step.clone()), value));
        found.into_iter().collect()
    };
    match (step, value) {
        (Step::Name(name), Value::Object(members)) => one(members.get(name)),
        (Step::Index(index), Value::Array(items)) => one(items.get(*index as usize)),
        (Step::All(()), Value::Array(items)) => (0..)
            .zip(items)
            .map(|(index, item)| (at.then(Step::Index(index)), item))
            .collect(),
        _ => Vec::new(),
    }
}
