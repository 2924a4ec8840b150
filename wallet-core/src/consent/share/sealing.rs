//! What goes into one deposit: a presentation for each part of the query.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use credential_core::{
    consent::details::GrantedDetails,
    mailbox::key_binding_nonce,
    sd_jwt::{self, KeyBindingRequest},
};

use crate::{
    Error, Wallet,
    consent::deposit::{Slot, VpToken},
    disclosure::Leaving,
};

/// Deposits live seven days, then the wallet renews them or they lapse.
pub(in crate::consent) const DEPOSIT_DAYS: i64 = 7;

impl Wallet {
    /// What leaves, as the deposit at place `sequence` shows it.
    pub(super) fn presentations(
        &self,
        details: &GrantedDetails,
        leaving: Vec<Leaving<'_>>,
        sequence: u32,
        now: DateTime<Utc>,
    ) -> Result<VpToken, Error> {
        let nonce = key_binding_nonce(&details.nonce, details.grant_id, sequence);
        let binding = KeyBindingRequest {
            audience: &details.recipient,
            nonce: &nonce,
            issued_at: now,
        };
        let mut vp_token: VpToken = BTreeMap::new();
        for leaving in leaving {
            let copy = self.copy_for(leaving.credential, &details.recipient)?;
            let shown = sd_jwt::present(&copy.verified, &leaving.paths, &binding, &copy.key)?;
            vp_token.insert(leaving.part.id.clone(), vec![shown]);
        }
        Ok(vp_token)
    }
}

/// The deposit at place `sequence`, readable from now on.
pub(super) fn slot(details: &GrantedDetails, sequence: u32, now: DateTime<Utc>) -> Slot {
    Slot {
        sequence,
        not_before: now,
        expires_at: details.until.min(now + TimeDelta::days(DEPOSIT_DAYS)),
    }
}
