//! The Open Badges a person holds: W3C credentials with an embedded proof (`eddsa-rdfc-2022`), verified on
//! arrival and again at every reading.
//!
//! A badge is bound to no key of the wallet and cannot be shown in part, so badges answer no request and
//! have no way into [`crate::disclosure`]: the person hands on the file itself.

mod admission;
#[cfg(test)]
mod tests;

use chrono::{DateTime, Utc};
use credential_core::{
    dcql::{ClaimPath, Step},
    id::CredentialId,
    jose::{Jwk, VerifyingKey},
    linked_data::{LinkedDataError, SecuredDocument, VerifiedDocument},
    text::{Language, Text},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use verifier_sdk::report::{ReportedClaim, badge_claims};

pub use admission::{AddedBadge, BadgeError};

use crate::{Error, Wallet, credentials::ClaimLine, vault::Tree};

pub(crate) const BADGES: Tree<CredentialId, StoredBadge> = Tree::new("badges");

/// What is kept of a badge.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct StoredBadge {
    /// The document with its proof, as it came.
    pub(crate) text: String,
    /// The issuer's key that verified it on arrival, and verifies it again at every reading.
    pub(crate) issuer_key: Jwk,
    /// The issuer's legal name from the trust list of that day; `None` when the issuer was not on it.
    pub(crate) issuer_name: Option<Text>,
    pub(crate) received_at: DateTime<Utc>,
}

/// A badge in the wallet. There is no way to hold one whose proof was not verified.
///
/// ```compile_fail,E0451
/// use wallet_core::badges::HeldBadge;
/// fn unchecked(text: String, honest: HeldBadge) -> HeldBadge {
///     HeldBadge { text, ..honest }
/// }
/// ```
#[derive(Clone)]
pub struct HeldBadge {
    id: CredentialId,
    document: VerifiedDocument,
    text: String,
    issuer_name: Option<Text>,
    received_at: DateTime<Utc>,
}

/// Shows which badge it is, never what it says.
impl std::fmt::Debug for HeldBadge {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HeldBadge")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl Wallet {
    /// Every badge the person holds, newest first.
    ///
    /// # Errors
    /// [`Error::Vault`], or [`Error::HeldBadge`] when one no longer verifies.
    pub fn badges(&self) -> Result<Vec<HeldBadge>, Error> {
        let stored = self.vault().list(&BADGES)?;
        let held = stored
            .into_iter()
            .map(|(id, stored)| HeldBadge::load(id, stored));
        let mut held = held.collect::<Result<Vec<_>, _>>()?;
        held.sort_by_key(|badge| std::cmp::Reverse((badge.received_at, badge.id)));
        Ok(held)
    }

    /// One badge.
    ///
    /// # Errors
    /// [`Error::NotFound`], or as [`Self::badges`].
    pub fn badge(&self, id: CredentialId) -> Result<HeldBadge, Error> {
        let stored = self.vault().get(&BADGES, &id)?.ok_or(Error::NotFound)?;
        Ok(HeldBadge::load(id, stored)?)
    }
}

impl HeldBadge {
    /// Reads what is kept and verifies the proof again.
    pub(crate) fn load(id: CredentialId, stored: StoredBadge) -> Result<Self, LinkedDataError> {
        let key = VerifyingKey::try_from(&stored.issuer_key)
            .map_err(|_unusable| LinkedDataError::WrongKey)?;
        Ok(Self {
            id,
            document: SecuredDocument::parse(stored.text.as_bytes())?.verify(&key)?,
            text: stored.text,
            issuer_name: stored.issuer_name,
            received_at: stored.received_at,
        })
    }

    /// Its id in this wallet.
    #[must_use]
    pub fn id(&self) -> CredentialId {
        self.id
    }

    /// The issuer's identifier.
    #[must_use]
    pub fn issuer(&self) -> &str {
        self.document.issuer()
    }

    /// The issuer's legal name, as the trust list had it on arrival; `None` when the issuer was not on the
    /// list and its key is its name (`did:key`). What the badge calls its issuer is not believed.
    #[must_use]
    pub fn issuer_name(&self) -> Option<&Text> {
        self.issuer_name.as_ref()
    }

    /// When it came into the wallet.
    #[must_use]
    pub fn received_at(&self) -> DateTime<Utc> {
        self.received_at
    }

    /// Until when it is valid.
    #[must_use]
    pub fn valid_until(&self) -> Option<DateTime<Utc>> {
        self.document.valid_until()
    }

    /// What was achieved, as the badge names it.
    #[must_use]
    pub fn title(&self) -> Option<&str> {
        let subject = self.document.document().get("credentialSubject")?;
        match subject.get("achievement")?.get("name")? {
            Value::String(name) => Some(name),
            // A text with its language (JSON-LD 1.1 section 4.2.4).
            other => other.get("@value")?.as_str(),
        }
    }

    /// What it says, in words: achievement, description, criteria, day, result, level and skills. Whom a
    /// stranger's badge names as the one who awards it is left out: nobody vouches for that.
    #[must_use]
    pub fn lines(&self, language: Language) -> Vec<ClaimLine> {
        let claims = badge_claims(&self.document);
        let vouched =
            |claim: &ReportedClaim| self.issuer_name.is_some() || !names_the_creator(&claim.path);
        let lines = claims.into_iter().filter(vouched).map(|claim| ClaimLine {
            label: claim.label.best(language).unwrap_or_default().to_owned(),
            path: claim.path,
            value: claim.value,
        });
        lines.collect()
    }

    /// The document whose proof holds.
    #[must_use]
    pub fn document(&self) -> &VerifiedDocument {
        &self.document
    }

    /// The document with its proof, as it came.
    #[must_use]
    pub fn signed_text(&self) -> &str {
        &self.text
    }
}

fn names_the_creator(path: &ClaimPath) -> bool {
    path.steps()
        .iter()
        .any(|step| matches!(step, Step::Name(name) if name == "creator"))
}
