//! The student (opiskelija).

use credential_core::record::{NoticeKind, Person, identity_code};

use crate::source::{
    SourceError,
    reading::{Placed as _, Reading},
    xml_node::XmlNode,
};

/// Reads the student. Each institution reports its own; where two give different identity codes, the
/// answer is about two people. A person can have several learner numbers, so that those decide only
/// where a code is missing.
pub(super) fn person(
    students: &[XmlNode<'_>],
    reading: &mut Reading,
) -> Result<Person, SourceError> {
    let mut person = Person::default();
    let mut code: Option<String> = None;
    let says_who = |holder: &&XmlNode<'_>| holder.name() == "Opiskelija";
    for student in students.iter().filter(says_who) {
        let code_here = student
            .child("Henkilotunnus")
            .and_then(|code| code.text())
            .map(|code| code.trim().to_ascii_uppercase())
            .filter(|code| !code.is_empty());
        let number_here = reading.child_string(student, "KansallinenOppijanumero");
        let by_code = same(code.as_ref(), code_here.as_ref());
        let by_number = same(person.person_oid.as_ref(), number_here.as_ref());
        if by_code.or(by_number) == Some(false) {
            return Err(SourceError::SeveralPeople {
                pointer: student.pointer().to_owned(),
            });
        }
        let birthdate = birthdate(student, reading);
        let family_name = reading.child_string(student, "Sukunimi");
        let given_name = reading.child_string(student, "Etunimet");
        code = code.or(code_here);
        person = Person {
            family_name: person.family_name.or(family_name),
            given_name: person.given_name.or(given_name),
            birthdate: person.birthdate.or(birthdate),
            person_oid: person.person_oid.or(number_here),
        };
    }
    Ok(person)
}

/// `None` where one of the two is missing.
fn same(known: Option<&String>, here: Option<&String>) -> Option<bool> {
    Some(known? == here?)
}

/// The register gives no date of birth but in the identity code, which itself is nowhere kept.
fn birthdate(student: &XmlNode<'_>, reading: &mut Reading) -> Option<chrono::NaiveDate> {
    let code = student.child("Henkilotunnus")?;
    let text = code.text()?;
    let birthdate = identity_code::birthdate(text.trim());
    if birthdate.is_some() {
        reading.take(&code);
    } else {
        reading.note(&code, NoticeKind::NotUnderstood);
    }
    birthdate
}
