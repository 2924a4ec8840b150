//! One deposit: a presentation for each part of the query, sealed together under a signed grant.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use credential_core::{
    jose::Jwk,
    mailbox::key_binding_nonce,
    sd_jwt::{self, KeyBindingRequest},
};

use crate::{
    Error, Wallet,
    consent::{
        approve::SignedGrant,
        deposit::{self, SealedPresentation, Slot, VpToken},
    },
    disclosure::Leaving,
    keys::{self, KeyPurpose},
};

/// Deposits live seven days, then the wallet renews them or they lapse.
pub(in crate::consent) const DEPOSIT_DAYS: i64 = 7;

impl Wallet {
    /// Seals what leaves as the deposit at place `sequence`, readable from now on.
    pub(super) fn seal(
        &self,
        grant: &SignedGrant,
        leaving: Vec<Leaving<'_>>,
        sequence: u32,
        recipient_key: &Jwk,
        now: DateTime<Utc>,
    ) -> Result<SealedPresentation, Error> {
        let details = grant.details();
        let nonce = key_binding_nonce(&details.nonce, details.grant_id, sequence);
        let binding = KeyBindingRequest {
            audience: &details.recipient,
            nonce: &nonce,
            issued_at: now,
        };
        let mut vp_token: VpToken = BTreeMap::new();
        for leaving in leaving {
            let credential = leaving.credential;
            let key = keys::load(self.vault(), credential.key_id(), KeyPurpose::Credential)?;
            let shown = sd_jwt::present(credential.verified(), &leaving.paths, &binding, &key)?;
            vp_token.insert(leaving.part.id.clone(), vec![shown]);
        }
        let slot = Slot {
            sequence,
            not_before: now,
            expires_at: details.until.min(now + TimeDelta::days(DEPOSIT_DAYS)),
        };
        let sealed = deposit::seal(grant, vp_token, slot, recipient_key, self.rng())?;
        Ok(sealed)
    }
}
