//! "Checked" as a type.

use credential_core::sd_jwt::VerifiedSdJwt;

use crate::checks::Outcome;

/// Claims that were checked: signed by an issuer that the trust list trusts for this type, in force,
/// not known to be revoked, and nothing about them invalid.
///
/// [`Self::verdict`] tells whether everything could be checked; it is never [`Outcome::Invalid`].
/// Only this crate's checks construct it:
///
/// ```compile_fail
/// fn forge(claims: String) -> verifier_sdk::Verified<String> {
///     verifier_sdk::Verified { claims, verdict: verifier_sdk::checks::Outcome::Valid }
/// }
/// ```
///
/// ```compile_fail
/// fn forge(claims: String) -> verifier_sdk::Verified<String> {
///     verifier_sdk::Verified::new(claims, verifier_sdk::checks::Outcome::Valid).unwrap()
/// }
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Verified<Claims> {
    claims: Claims,
    verdict: Outcome,
}

impl<Claims> Verified<Claims> {
    pub(crate) fn new(claims: Claims, verdict: Outcome) -> Option<Self> {
        (verdict != Outcome::Invalid).then_some(Self { claims, verdict })
    }

    /// What was checked.
    #[must_use]
    pub fn claims(&self) -> &Claims {
        &self.claims
    }

    /// What was checked, owned. That it was checked can no longer be told from it.
    #[must_use]
    pub fn into_claims(self) -> Claims {
        self.claims
    }

    /// The verdict: valid, attention, or could not check (only the status can be missing).
    #[must_use]
    pub fn verdict(&self) -> Outcome {
        self.verdict
    }
}

/// A checked credential, as a wallet keeps it.
pub type VerifiedCredential = Verified<VerifiedSdJwt>;
