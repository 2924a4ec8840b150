//! ELMO version 1, the XML of the EMREX network (`https://github.com/emrex-eu/elmo-schemas/tree/v1`): one
//! report for each run of attainments with the same awarding body.

mod attainment;
mod table;

use credential_core::record::{
    Attainment, AttainmentKind, Code, LearningRecord, Organisation, Person,
};
use zeroize::Zeroizing;

use self::attainment::{specification, texts};
use super::{
    Occasion, RecordWriter, Row, WriteError, Written,
    compare::{concluded, placed},
    xml::Xml,
};
use crate::source::elmo::Elmo;

const NAMESPACE: &str = "https://github.com/emrex-eu/elmo-schemas/tree/v1";
const UNSIGNED: &str = "Exported by the learner and not signed by any institution. Nobody but the learner \
     vouches for this document.";

/// Writes ELMO documents.
#[derive(Debug, Clone, Copy, Default)]
pub struct ElmoWriter;

impl RecordWriter for ElmoWriter {
    fn name(&self) -> &'static str {
        "elmo"
    }

    fn title(&self) -> &'static str {
        "ELMO/EMREX transcript (XML)"
    }

    fn media_type(&self) -> &'static str {
        "application/xml"
    }

    fn table(&self) -> &'static [Row] {
        table::TABLE
    }

    fn write(&self, record: &LearningRecord, occasion: &Occasion) -> Result<Written, WriteError> {
        let arranged = sayable(placed(record));
        if arranged.is_empty() {
            return Err(WriteError::NothingToSay);
        }
        let at = occasion.at();
        let mut xml = Xml::new(UNSIGNED);
        xml.within("elmo", &[("xmlns", NAMESPACE)], |xml| {
            xml.element("generatedDate", &[], &at);
            learner(xml, record.person());
            let same = |a: &Attainment, b: &Attainment| a.awarding_body == b.awarding_body;
            for run in arranged.chunk_by(same) {
                report(xml, run, &at);
            }
        });
        let document = Zeroizing::new(xml.into_bytes());
        concluded(self, &Elmo, record, &arranged, vec![document])
    }
}

/// Studies and what is like them. A place to study and experience are no learning opportunity that was
/// gone through.
fn sayable(all: Vec<Attainment>) -> Vec<Attainment> {
    let is_sayable = |one: &Attainment| {
        !matches!(
            one.kind,
            AttainmentKind::Enrolment { .. } | AttainmentKind::Experience { .. }
        )
    };
    let all = all.into_iter().filter(is_sayable);
    all.map(|one| Attainment {
        parts: sayable(one.parts),
        ..one
    })
    .collect()
}

/// Names are required, and may be empty.
fn learner(xml: &mut Xml, person: &Person) {
    xml.within("learner", &[], |xml| {
        let name = |name: &Option<String>| name.clone().unwrap_or_default();
        xml.element("givenNames", &[], &name(&person.given_name));
        xml.element("familyName", &[], &name(&person.family_name));
        xml.optional("bday", person.birthdate);
    });
}

fn report(xml: &mut Xml, run: &[Attainment], at: &str) {
    xml.within("report", &[], |xml| {
        let body = run.first().and_then(|one| one.awarding_body.clone());
        let body = body.unwrap_or_default();
        xml.within("issuer", &[], |xml| issuer(xml, &body));
        for one in run {
            specification(xml, one);
        }
        xml.element("issueDate", &[], at);
    });
}

/// The schema wants an identifier, a name and an address; what is not known is empty.
fn issuer(xml: &mut Xml, body: &Organisation) {
    xml.optional("country", body.country.as_deref());
    if let Some(oid) = &body.oid {
        xml.element("identifier", &[("type", "oid")], oid);
    }
    if let Some(business_id) = &body.business_id {
        xml.element("identifier", &[("type", "businessId")], business_id);
    }
    for Code { value, scheme, .. } in &body.identifiers {
        let scheme = scheme.as_deref().unwrap_or("local");
        xml.element("identifier", &[("type", scheme)], value);
    }
    if body.oid.is_none() && body.business_id.is_none() && body.identifiers.is_empty() {
        xml.element("identifier", &[("type", "local")], "");
    }
    texts(xml, "title", &body.name, &body.other_names);
    xml.element("url", &[], body.url.as_deref().unwrap_or_default());
}
