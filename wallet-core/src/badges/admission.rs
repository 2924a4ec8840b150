//! A badge on its way into the wallet: only what the wallet's own check lets through is stored.

use credential_core::{
    id::CredentialId,
    jose::Jwk,
    linked_data::{MAX_LENGTH, SecuredDocument, from_multikey},
    trust::{Participant, TrustList},
};
use serde_json::Value;
use verifier_sdk::{BuildError, Report, VerifyError, checks::Reason, report::OPEN_BADGE};

use super::{BADGES, HeldBadge, StoredBadge};
use crate::{Error, Wallet};

/// Why a badge did not come into the wallet. Nothing was stored.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BadgeError {
    /// Longer than [`MAX_LENGTH`].
    #[error("the badge is longer than {MAX_LENGTH} octets")]
    TooLarge,
    /// The text is damaged, or something else than one Open Badge.
    #[error("this is not an Open Badge, or it is damaged ({detail})")]
    NotABadge {
        /// The finer code of what was met.
        detail: &'static str,
    },
    /// It is not in order, or its proof could not be checked.
    #[error("the badge did not pass the check: {reason}")]
    NotVerified {
        /// What the check found.
        reason: Reason,
    },
    /// The check could not start.
    #[error(transparent)]
    CannotVerify(#[from] BuildError),
    /// The check could not start at this moment.
    #[error(transparent)]
    CannotVerifyNow(#[from] VerifyError),
}

impl BadgeError {
    /// A stable code for machines; what the check found has the check's own.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::TooLarge => "badge_too_large",
            Self::NotABadge { .. } => "badge_malformed",
            Self::NotVerified { reason } => reason.code(),
            Self::CannotVerify(_) => "verifier_incomplete",
            Self::CannotVerifyNow(error) => error.reason(),
        }
    }
}

/// A badge that is in the wallet now.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct AddedBadge {
    /// The badge.
    pub badge: HeldBadge,
    /// What the check found; its verdict is never invalid.
    pub report: Report,
    /// Whether it was in the wallet before; then nothing was stored.
    pub was_held: bool,
}

impl Wallet {
    /// Verifies an Open Badge as an employer would and stores it if its proof holds and nothing about it is
    /// invalid.
    ///
    /// As with other credentials, what could not be checked of its status does not keep it out; an issuer
    /// that is not on the trust list does not either where its key is its name (`did:key`). The report says
    /// both. The same document with the same proof is stored once.
    ///
    /// # Errors
    /// [`Error::Badge`], [`Error::NoTrustList`], [`Error::Trust`], [`Error::Vault`].
    pub async fn add_badge(&self, text: &str) -> Result<AddedBadge, Error> {
        let text = text.trim();
        if text.len() > MAX_LENGTH {
            return Err(BadgeError::TooLarge.into());
        }
        let trust = self.trust()?;
        let report = self.checked(text, &trust).await?;
        let stored = self.to_store(text, &trust)?;
        let fresh = CredentialId::random(self.rng())?;
        // What cannot be read again is not stored.
        HeldBadge::load(fresh, stored.clone()).map_err(|error| BadgeError::NotABadge {
            detail: error.reason(),
        })?;
        let id = self.vault().write(|tx| {
            let held = tx.list(&BADGES)?;
            let same = held.into_iter().find(|(_id, held)| is_same(held, text));
            match same {
                Some((id, _held)) => Ok::<_, Error>(id),
                None => Ok(tx.put(&BADGES, &fresh, &stored).map(|()| fresh)?),
            }
        })?;
        Ok(AddedBadge {
            badge: self.badge(id)?,
            report,
            was_held: id != fresh,
        })
    }

    /// The report of the check, where it lets the badge through.
    async fn checked(&self, text: &str, trust: &TrustList) -> Result<Report, BadgeError> {
        let (report, verified) = self.verifier(trust.clone())?.verify_document(text).await?;
        let kinds = report.credentials.iter().flat_map(|it| &it.kind);
        let is_badge = kinds
            .map(|kind| kind.vct.as_str())
            .all(|vct| vct == OPEN_BADGE);
        if verified.is_some() && is_badge {
            return Ok(report);
        }
        let worst = report
            .all_checks()
            .find(|check| check.outcome == report.verdict);
        Err(match worst.map(|check| (check.reason, check.detail)) {
            Some((Reason::CredentialMalformed, detail)) => BadgeError::NotABadge {
                detail: detail.unwrap_or(Reason::CredentialMalformed.code()),
            },
            Some((reason, _detail)) if is_badge => BadgeError::NotVerified { reason },
            _ => BadgeError::NotABadge {
                detail: Reason::TypeUnknown.code(),
            },
        })
    }

    fn to_store(&self, text: &str, trust: &TrustList) -> Result<StoredBadge, BadgeError> {
        let secured =
            SecuredDocument::parse(text.as_bytes()).map_err(|error| BadgeError::NotABadge {
                detail: error.reason(),
            })?;
        let known = trust.issuer(secured.untrusted_issuer());
        let known = known.map(|(participant, _role)| participant);
        let unavailable = || BadgeError::NotVerified {
            reason: Reason::IssuerKeyNotAvailable,
        };
        Ok(StoredBadge {
            issuer_key: issuer_key(&secured, known).ok_or_else(unavailable)?,
            issuer_name: known.map(|participant| participant.name.clone()),
            received_at: self.now(),
            text: text.to_owned(),
        })
    }
}

/// The key that the check used: from the issuer's trust statement, or out of the name of a stranger.
fn issuer_key(secured: &SecuredDocument, known: Option<&Participant>) -> Option<Jwk> {
    match known {
        Some(participant) => participant.keys.find(secured.key_id()?).cloned(),
        None => from_multikey(secured.untrusted_issuer().strip_prefix("did:key:")?).ok(),
    }
}

/// Whether a kept badge is the same document with the same proof. Both are verified, so the proof alone
/// tells; spaces and the order of members do not.
fn is_same(held: &StoredBadge, text: &str) -> bool {
    let named = |text: &str| {
        let document: Value = serde_json::from_str(text).ok()?;
        Some((document.get("id").cloned(), document.get("proof")?.clone()))
    };
    named(text).is_some_and(|one| named(&held.text) == Some(one))
}
