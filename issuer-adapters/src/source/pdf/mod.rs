//! Certificates as PDF documents, as the KOSKI register gives them: signed (PAdES) or not.
//!
//! What a page shows is made for reading, and nothing of it is taken for data: two readers can see
//! different things in the same document, and the register gives the same as JSON. The record is the
//! document itself, with a notice that says so, and what is known about its signature:
//!
//! | the check says | the record says |
//! |---|---|
//! | intact | [`SourceSignature::Fits`], with the name in the signer's certificate |
//! | changed after signing | [`SourceSignature::ChangedAfterSigning`] |
//! | tampered | [`SourceSignature::Invalid`] |
//! | could not check | [`SourceSignature::NotChecked`], with the reason |
//!
//! Whether to believe the certificate needs trust anchors and the time, and a reader has neither:
//! [`credential_core::pades::check`] takes both.
//!
//! Nothing in such a document says that it is a study record, so every PDF is answered here.

mod fields;
#[cfg(test)]
mod tests;

use credential_core::{
    pades::{NotCheckable, Outcome, check, is_pdf},
    record::{NotChecked, NoticeKind, SourceSignature},
};

use super::{
    Document, FieldTable, RecordSource, SourceError, Understood,
    account::{Tree, Visitor},
    reading::{Found, Id, Placed, Reading},
};

/// Keeps PDF documents, and checks their signatures.
#[derive(Debug, Clone, Copy, Default)]
pub struct Pdf;

impl RecordSource for Pdf {
    fn name(&self) -> &'static str {
        "pdf"
    }

    fn title(&self) -> &'static str {
        "certificate, signed or not (PDF)"
    }

    fn fields(&self) -> &'static FieldTable {
        &fields::TABLE
    }

    fn recognises(&self, document: &Document<'_>) -> bool {
        document.is_other() && is_pdf(document.bytes())
    }

    fn understand(&self, document: &Document<'_>) -> Result<Understood, SourceError> {
        if !self.recognises(document) {
            return Err(SourceError::OtherDocument {
                expected: "a PDF document begins with %PDF-",
            });
        }
        let outcome = check(document.bytes(), None);
        let mut reading = Reading::new();
        reading.note(&Part::WHOLE, NoticeKind::NotData);
        let certificate = Certificate {
            signature: signature_part(&outcome),
        };
        let found = Found {
            signature: signature(&outcome, certificate.signature.as_ref(), &mut reading),
            ..Found::default()
        };
        reading.conclude(self, &certificate, found, document.bytes())
    }
}

/// What such a document holds, as far as it is looked at.
struct Certificate {
    signature: Option<Part>,
}

/// One part of the document, or the whole.
struct Part {
    name: &'static str,
    place: &'static str,
    id: Id,
    text: Option<String>,
}

impl Part {
    const WHOLE: Self = Self::new("", "", 0);
    const PAGES: Self = Self::new("pages", "/pages", 1);
    const SIGNATURE: Self = Self::new("signature", "/signature", 2);

    const fn new(name: &'static str, place: &'static str, number: usize) -> Self {
        Self {
            name,
            place,
            id: Id(number, 0),
            text: None,
        }
    }
}

fn signature_part(outcome: &Outcome) -> Option<Part> {
    let text = match outcome {
        Outcome::NotSigned => return None,
        Outcome::Intact(signed) | Outcome::ChangedAfterSigning(signed) => {
            Some(signed.signer().to_owned())
        }
        _ => None,
    };
    Some(Part {
        text,
        ..Part::SIGNATURE
    })
}

/// What the record says about the signature, with a notice where it does not vouch for the document.
fn signature(outcome: &Outcome, part: Option<&Part>, reading: &mut Reading) -> SourceSignature {
    let Some(part) = part else {
        return SourceSignature::Absent;
    };
    // The name in a certificate is read like any other text.
    let named = match part.text {
        Some(_) => reading.string_at(part).unwrap_or_default(),
        None => String::new(),
    };
    let (signature, notice) = match outcome {
        Outcome::Intact(_) => (SourceSignature::Fits { named }, None),
        Outcome::ChangedAfterSigning(_) => (
            SourceSignature::ChangedAfterSigning { named },
            Some(NoticeKind::SignatureInvalid),
        ),
        Outcome::Tampered => {
            reading.take(part);
            let notice = Some(NoticeKind::SignatureInvalid);
            (SourceSignature::Invalid, notice)
        }
        Outcome::CouldNotCheck(why) => (
            SourceSignature::NotChecked(why_not(*why)),
            Some(NoticeKind::SignatureNotChecked),
        ),
        _ => (
            SourceSignature::NotChecked(NotChecked::Unclear),
            Some(NoticeKind::SignatureNotChecked),
        ),
    };
    if let Some(notice) = notice {
        reading.note(part, notice);
    }
    signature
}

fn why_not(why: NotCheckable) -> NotChecked {
    match why {
        NotCheckable::KindNotSupported => NotChecked::KindNotSupported,
        NotCheckable::AlgorithmNotAccepted => NotChecked::AlgorithmNotAccepted,
        NotCheckable::CertificateMissing => NotChecked::KeyNotAtHand,
        _ => NotChecked::Unclear,
    }
}

impl Placed for Part {
    fn pointer(&self) -> &str {
        self.place
    }
    fn id(&self) -> Id {
        self.id
    }
    fn text(&self) -> Option<String> {
        self.text.clone()
    }
    fn number(&self) -> Option<String> {
        None
    }
}

impl Tree for Certificate {
    fn walk(&self, visitor: &mut Visitor<'_>) {
        visitor.enter_unnamed("", |visitor| {
            let pages = Part::PAGES;
            for part in [Some(&pages), self.signature.as_ref()]
                .into_iter()
                .flatten()
            {
                visitor.enter(part.name, part.place, |visitor| visitor.leaf(part.id));
            }
        });
    }
}
