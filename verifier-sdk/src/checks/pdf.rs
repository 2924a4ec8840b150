//! A certificate as a PDF document: whether it is as it was signed, and who the certificate of the signature names.

use chrono::{DateTime, Utc};
use credential_core::pades::{self, Anchors, Outcome, Signed, Trust};

use super::{Check, Reason};

/// What is known about a signed PDF document.
pub(crate) struct CheckedPdf {
    pub(crate) checks: Vec<Check>,
    /// Who signed, where the document is as it was signed.
    pub(crate) signed: Option<Signed>,
}

/// Checks a document. Without anchors, who signed is only what the signature says of itself.
pub(crate) fn check(bytes: &[u8], anchors: &[Vec<u8>], now: DateTime<Utc>) -> CheckedPdf {
    let given = Anchors {
        certificates: anchors,
        at: now,
    };
    let given = (!anchors.is_empty()).then_some(&given);
    let outcome = pades::check(bytes, given);
    let detail = outcome.code();
    let alone = |reason| CheckedPdf {
        checks: vec![Check::detailed(reason, detail, now)],
        signed: None,
    };
    match outcome {
        Outcome::Intact(signed) => CheckedPdf {
            checks: of_signed(&signed, detail, now),
            signed: Some(signed),
        },
        Outcome::ChangedAfterSigning(_) => alone(Reason::ChangedAfterSigning),
        Outcome::Tampered => alone(Reason::SignatureInvalid),
        Outcome::NotSigned => alone(Reason::NotSigned),
        _ => alone(Reason::ProofNotSupported),
    }
}

fn of_signed(signed: &Signed, detail: &'static str, now: DateTime<Utc>) -> Vec<Check> {
    let signer = match signed.trust() {
        Trust::Anchored => Reason::SignerTrusted,
        Trust::NotAnchored => Reason::SignerUnknown,
        _ => Reason::SignerNotChecked,
    };
    vec![
        Check::new(signer, now),
        Check::detailed(Reason::SignatureValid, detail, now),
        Check::new(Reason::PagesNotRead, now),
        Check::new(Reason::SignerStatusNotChecked, now),
    ]
}
