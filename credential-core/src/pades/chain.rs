//! Whether a signer's certificate leads to an anchor (RFC 5280 section 6).

use openssl::{stack::StackRef, x509::X509};

use super::finding::Trust;
use crate::x509::{Anchors, leads_to};

/// Certificates in a document that are looked at.
const MAX_CERTIFICATES: usize = 32;

/// A signer's certificate with what came along.
pub(super) struct Chain {
    signer: X509,
    others: Vec<X509>,
}

impl Chain {
    pub(super) fn of(signer: X509, others: Option<&StackRef<X509>>) -> Self {
        let others = others.into_iter().flatten().take(MAX_CERTIFICATES);
        Self {
            signer,
            others: others.map(ToOwned::to_owned).collect(),
        }
    }

    /// Whether it leads to one of the anchors. To an anchor that is no certificate nothing leads.
    pub(super) fn judged(self, anchors: Option<&Anchors<'_>>) -> Trust {
        match anchors.map(|anchors| leads_to(&self.signer, &self.others, anchors)) {
            None => Trust::NotAsked,
            Some(Ok(())) => Trust::Anchored,
            Some(Err(_)) => Trust::NotAnchored,
        }
    }
}
