//! Whether a signer's certificate leads to an anchor (RFC 5280 section 6, by OpenSSL).

use chrono::{DateTime, Utc};
use openssl::{
    error::ErrorStack,
    stack::{Stack, StackRef},
    x509::{
        X509, X509StoreContext,
        store::X509StoreBuilder,
        verify::{X509VerifyFlags, X509VerifyParam},
    },
};

use super::finding::Trust;

/// Certificates in a document that are looked at.
const MAX_CERTIFICATES: usize = 32;

/// Whom to trust, and when all certificates have to hold.
#[derive(Debug, Clone, Copy)]
pub struct Anchors<'a> {
    /// Certificates (DER): of roots, or of issuers below them.
    pub certificates: &'a [Vec<u8>],
    /// The time at which the certificates have to hold. The signer's own clock is no evidence of it.
    pub at: DateTime<Utc>,
}

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
        match anchors.map(|anchors| self.leads_to(anchors)) {
            None => Trust::NotAsked,
            Some(Ok(true)) => Trust::Anchored,
            Some(Ok(false) | Err(_)) => Trust::NotAnchored,
        }
    }

    fn leads_to(self, anchors: &Anchors<'_>) -> Result<bool, ErrorStack> {
        let mut parameters = X509VerifyParam::new()?;
        parameters.set_time(anchors.at.timestamp());
        parameters.set_flags(X509VerifyFlags::PARTIAL_CHAIN)?;
        let mut store = X509StoreBuilder::new()?;
        store.set_param(&parameters)?;
        for anchor in anchors.certificates {
            store.add_cert(X509::from_der(anchor)?)?;
        }
        let mut untrusted = Stack::new()?;
        for other in self.others {
            untrusted.push(other)?;
        }
        let mut context = X509StoreContext::new()?;
        context.init(&store.build(), &self.signer, &untrusted, |context| {
            context.verify_cert()
        })
    }
}
