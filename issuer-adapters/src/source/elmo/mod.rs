//! ELMO, the XML of the EMREX network and of Erasmus Without Paper: a learner, and one report for each
//! institution with what was studied there.
//!
//! Read are version 1 (`https://github.com/emrex-eu/elmo-schemas/tree/v1`) and its forerunner
//! (`http://purl.org/net/elmo`), plain or compressed (gzip and base64) as EMREX hands it over. A
//! specification that was passed becomes an attainment with its passed parts; what is not passed,
//! and a degree without a day on which it was awarded, gives its passed parts up to stand alone.
//!
//! # Incomplete support
//! The XML signature (XMLDSig) is not checked, and the record says so. Diploma Supplements,
//! attachments, grouping and grade statistics stay raw.

mod fields;
mod instance;
mod learner;
mod signature;
mod specification;
#[cfg(test)]
mod tests;

use credential_core::record::{NoticeKind, Organisation};

pub(crate) use self::specification::ISCED_F;
use self::{learner::learner, signature::signature, specification::Walk};
use super::{
    Document, FieldTable, RecordSource, SourceError, Understood,
    organisation::identify,
    reading::{Found, Reading},
    xml::RootName,
    xml_node::XmlNode,
};

const EXPECTED: &str = "an ELMO document has elmo as its outermost element";
const NAMESPACES: [&str; 2] = [
    "https://github.com/emrex-eu/elmo-schemas/tree/v1",
    "http://purl.org/net/elmo",
];

/// Reads ELMO documents.
#[derive(Debug, Clone, Copy, Default)]
pub struct Elmo;

impl RecordSource for Elmo {
    fn name(&self) -> &'static str {
        "elmo"
    }

    fn title(&self) -> &'static str {
        "ELMO/EMREX transcript (XML)"
    }

    fn fields(&self) -> &'static FieldTable {
        &fields::TABLE
    }

    fn recognises(&self, document: &Document<'_>) -> bool {
        document.xml_root().is_some_and(is_elmo)
    }

    fn understand(&self, document: &Document<'_>) -> Result<Understood, SourceError> {
        let tree = document.xml(EXPECTED)?;
        let elmo = tree.root();
        if !is_elmo(&elmo.full_name()) {
            return Err(SourceError::OtherDocument { expected: EXPECTED });
        }
        let mut reading = Reading::new();
        let reports = elmo.children("report");
        let mut found = Found {
            person: learner(&elmo, &reports, &mut reading)?,
            signature: signature(&elmo, &mut reading),
            ..Found::default()
        };
        for report in reports {
            let issuer = report
                .child("issuer")
                .and_then(|issuer| institution(&issuer, &mut reading));
            for specification in report.children("learningOpportunitySpecification") {
                let mut walk = Walk::new(issuer.as_ref(), &mut reading);
                found.attainments.extend(walk.top(&specification));
            }
        }
        if found.attainments.is_empty() {
            reading.note(&elmo, NoticeKind::NothingAwarded);
        }
        reading.conclude(self, &elmo, found, document.bytes())
    }
}

fn is_elmo(root: &RootName) -> bool {
    let namespace = root.namespace.as_deref();
    root.local == "elmo" && namespace.is_some_and(|it| NAMESPACES.contains(&it))
}

/// Who issued a report; in ELMO that is who awarded what is in it.
fn institution(issuer: &XmlNode<'_>, reading: &mut Reading) -> Option<Organisation> {
    let (name, other_names) = titles(issuer, "title", reading);
    let mut organisation = Organisation {
        name,
        other_names,
        url: reading.child_string(issuer, "url"),
        country: reading.child_string(issuer, "country"),
        ..Organisation::default()
    };
    for identifier in reading.child_values(issuer, "identifier") {
        if let Some(code) = specification::identifier(&identifier, reading) {
            identify(&mut organisation, code);
        }
    }
    (!organisation.is_empty()).then_some(organisation)
}

/// A short text in several languages.
fn titles(
    node: &XmlNode<'_>,
    name: &'static str,
    reading: &mut Reading,
) -> (
    credential_core::text::Text,
    Vec<credential_core::record::LocalText>,
) {
    reading.child_texts(
        node,
        name,
        |reading, title| title.lang().and_then(|lang| reading.string_at(&lang)),
        |reading, title| reading.string_at(title),
    )
}
