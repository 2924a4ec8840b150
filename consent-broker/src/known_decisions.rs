//! Which stored decisions were found to be signed as they have to be. What is granted is read from the
//! holder's signed decision each time, never from a summary that somebody with access to the rows could
//! widen; but the same octets need to be verified only once.

use std::{
    collections::HashSet,
    sync::{PoisonError, RwLock},
};

use credential_core::{
    consent::{
        decision::{DecisionClaims, SignedDecision},
        details::GrantedDetails,
    },
    jose::jws::General,
};

/// Most decisions that are remembered, which take some 16 MiB; then it begins anew.
const MOST: usize = 1 << 18;

/// Remembers verified decisions by their SHA-256.
#[derive(Default)]
pub(crate) struct KnownDecisions(RwLock<HashSet<[u8; 32]>>);

impl std::fmt::Debug for KnownDecisions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KnownDecisions").finish_non_exhaustive()
    }
}

impl KnownDecisions {
    /// What the decision grants; none for a refusal, and for one that is not signed as it has to be.
    pub(crate) fn granted(&self, decision: General) -> Option<GrantedDetails> {
        let digest = decision.digest();
        if self.knows(&digest) {
            let claims: DecisionClaims = decision.untrusted_payload().ok()?;
            return claims.details;
        }
        let opened = SignedDecision::open(decision).ok()?;
        self.remember(digest);
        opened.claims().details.clone()
    }

    fn knows(&self, digest: &[u8; 32]) -> bool {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        known.contains(digest)
    }

    fn remember(&self, digest: [u8; 32]) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST {
            known.clear();
        }
        known.insert(digest);
    }
}

#[cfg(test)]
mod tests;
