//! What of the server's work goes into the audit file. It is written after the registry; when it cannot
//! be written, the work is done all the same and the log says so.

use credential_core::id::OfferId;

use super::{HolderMatch, IssuerState, StatusChange};
use crate::audit::AuditEvent;

impl IssuerState {
    pub(super) fn witness_offers(&self, offers: &[OfferId], matched: HolderMatch) {
        let made = |offer: &OfferId| AuditEvent::OfferMade {
            offer: *offer,
            matched,
        };
        self.witness(&offers.iter().map(made).collect::<Vec<_>>());
    }

    pub(super) fn witness_cancelled(&self, offer: OfferId) {
        self.witness(&[AuditEvent::OfferCancelled { offer }]);
    }

    pub(super) fn witness_resent(&self, offer: OfferId, new_offer: OfferId, matched: HolderMatch) {
        self.witness(&[AuditEvent::OfferResent {
            offer,
            new_offer,
            matched,
        }]);
    }

    pub(super) fn witness_collected(&self, offer: OfferId, vct: &str, indexes: Vec<u32>) {
        let vct = vct.to_owned();
        self.witness(&[AuditEvent::Collected {
            offer,
            vct,
            indexes,
        }]);
    }

    pub(super) fn witness_change(&self, index: u32, change: StatusChange, reason: Option<&str>) {
        self.witness(&[AuditEvent::StatusChanged {
            index,
            change,
            reason: reason.map(str::to_owned),
        }]);
    }

    fn witness(&self, events: &[AuditEvent]) {
        let Some(audit) = self.audit() else {
            return;
        };
        if let Err(error) = audit.append(self.now(), events) {
            tracing::error!(%error, "the audit file was not written");
        }
    }
}
