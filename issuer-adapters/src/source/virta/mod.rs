//! VIRTA, the register of higher education: the XML that its SOAP service answers
//! (`OpiskelijanKaikkiTiedot`, `Opintosuoritukset`, `OpiskelijanTiedot`), with or without envelope.
//!
//! The register holds what institutions report: every performance (opintosuoritus) in it was
//! passed. Degrees and modules name their parts by key (`Sisaltyvyys`); here the parts are put
//! where they belong. A study right whose latest state is active becomes an enrolment.
//!
//! # Incomplete support
//! Exchange periods, term registrations and fees stay raw. The register names institutions by
//! number and programmes by code only; their names are not in the document and are not guessed.

pub(super) mod codes;
mod fields;
mod grade;
mod hierarchy;
mod performance;
mod person;
mod study_right;
#[cfg(test)]
mod tests;

use credential_core::record::NoticeKind;

use self::{hierarchy::attainments, person::person, study_right::enrolment};
use super::{
    Document, FieldTable, RecordSource, SourceError, Understood,
    reading::{Found, Reading},
    xml::RootName,
    xml_node::XmlNode,
};

const EXPECTED: &str =
    "a VIRTA answer has Virta, Opiskelijat, Opiskeluoikeudet or Opintosuoritukset";
/// The namespace of the answers; the one of what they carry ends with its date of publication.
const ANSWERS: &str = "http://tietovaranto.csc.fi/luku";
const REGISTER: &str = "urn:mace:funet.fi:virta/";

/// Reads answers of the VIRTA register.
#[derive(Debug, Clone, Copy, Default)]
pub struct Virta;

impl RecordSource for Virta {
    fn name(&self) -> &'static str {
        "virta"
    }

    fn title(&self) -> &'static str {
        "VIRTA register answer (XML)"
    }

    fn fields(&self) -> &'static FieldTable {
        &fields::TABLE
    }

    fn recognises(&self, document: &Document<'_>) -> bool {
        document.xml_root().is_some_and(is_virta)
    }

    fn understand(&self, document: &Document<'_>) -> Result<Understood, SourceError> {
        let tree = document.xml(EXPECTED)?;
        let payload = tree.payload();
        if !is_virta(&payload.full_name()) {
            return Err(SourceError::OtherDocument { expected: EXPECTED });
        }
        let mut reading = Reading::new();
        let students = students(&payload);
        let mut found = Found {
            person: person(&students, &mut reading)?,
            ..Found::default()
        };
        for student in &students {
            found.attainments.extend(studies(student, &mut reading));
        }
        if found.attainments.is_empty() {
            reading.note(&payload, NoticeKind::NothingAwarded);
        }
        reading.conclude(self, &tree.root(), found, document.bytes())
    }
}

fn is_virta(root: &RootName) -> bool {
    root.namespace
        .as_deref()
        .is_some_and(|namespace| namespace == ANSWERS || namespace.starts_with(REGISTER))
}

/// The elements that hold one institution's data about the student; the answer itself when it holds
/// only performances or study rights, and then it says nothing about the person.
fn students<'d>(payload: &XmlNode<'d>) -> Vec<XmlNode<'d>> {
    let holder = ["Virta", "Opiskelijat"]
        .into_iter()
        .find_map(|name| payload.child(name))
        .unwrap_or_else(|| payload.clone());
    let students = holder.children("Opiskelija");
    if students.is_empty() {
        vec![holder]
    } else {
        students
    }
}

fn studies(
    student: &XmlNode<'_>,
    reading: &mut Reading,
) -> Vec<credential_core::record::Attainment> {
    let within = |list: &'static str, item: &'static str| {
        let list = if student.name() == list {
            Some(student.clone())
        } else {
            student.child(list)
        };
        list.map(|list| list.children(item)).unwrap_or_default()
    };
    let mut attainments = attainments(&within("Opintosuoritukset", "Opintosuoritus"), reading);
    for right in within("Opiskeluoikeudet", "Opiskeluoikeus") {
        if reading.enter(&right) {
            attainments.extend(enrolment(&right, reading));
        }
    }
    attainments
}
