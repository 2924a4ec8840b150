//! The person (henkilö).

use credential_core::record::{NoticeKind, Person, identity_code};

use crate::source::{node::Node, reading::Reading};

/// Reads the person; the personal identity code is looked at only where no date of birth is given.
pub(super) fn person(document: &Node<'_>, reading: &mut Reading) -> Person {
    let Some(person) = document.member("henkilö") else {
        return Person::default();
    };
    if person.members().is_none() {
        reading.note(&person, NoticeKind::NotUnderstood);
        return Person::default();
    }
    reading.keep_other_than(&person, &["sukunimi", "etunimet", "syntymäaika", "oid"]);
    reading.note_kept_raw(&person);
    let birthdate = match person.member("syntymäaika") {
        Some(_given) => reading.date(&person, "syntymäaika"),
        None => birthdate_from_code(&person, reading),
    };
    Person {
        family_name: reading.string(&person, "sukunimi"),
        given_name: reading.string(&person, "etunimet"),
        birthdate,
        person_oid: reading.string(&person, "oid"),
    }
}

fn birthdate_from_code(person: &Node<'_>, reading: &mut Reading) -> Option<chrono::NaiveDate> {
    let code = person.member("hetu")?;
    let birthdate = code.as_str().and_then(identity_code::birthdate);
    if birthdate.is_none() {
        reading.note(&code, NoticeKind::NotUnderstood);
    }
    birthdate
}
