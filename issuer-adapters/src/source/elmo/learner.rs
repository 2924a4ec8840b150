//! The learner: of the whole document, or of each report in the forerunner of version 1.

use chrono::NaiveDate;
use credential_core::record::{NoticeKind, Person, identity_code};

use crate::source::{
    SourceError,
    reading::{Placed as _, Reading},
    xml_node::XmlNode,
};

/// Most identifiers of a learner that are compared with another's.
const MAX_COMPARED: usize = 20;

/// Reads the learner. Reports about different learners are refused: a record is one person's.
pub(super) fn learner(
    elmo: &XmlNode<'_>,
    reports: &[XmlNode<'_>],
    reading: &mut Reading,
) -> Result<Person, SourceError> {
    let of_reports = reports.iter().filter_map(|report| report.child("learner"));
    let mut learner: Option<(Person, Vec<(String, String)>)> = None;
    for node in elmo.child("learner").into_iter().chain(of_reports) {
        let here = (person(&node, reading), identifiers(&node));
        match &learner {
            None => learner = Some(here),
            Some(known) if is_same(known, &here) => {}
            Some(_other) => {
                return Err(SourceError::SeveralPeople {
                    pointer: node.pointer().to_owned(),
                });
            }
        }
    }
    Ok(learner.unwrap_or_default().0)
}

/// Institutions spell one name in several ways; an identifier that both give decides, and only
/// without one the name and the date of birth.
fn is_same(
    (known, known_by): &(Person, Vec<(String, String)>),
    (here, here_by): &(Person, Vec<(String, String)>),
) -> bool {
    let shared = known_by.iter().find_map(|(kind, number)| {
        let other = here_by.iter().find(|(other, _)| other == kind)?;
        Some(other.1 == *number)
    });
    shared.unwrap_or(known == here)
}

/// Type and text of each identifier, to be compared and nowhere kept.
fn identifiers(node: &XmlNode<'_>) -> Vec<(String, String)> {
    let pair = |identifier: &XmlNode<'_>| {
        let kind = identifier.attribute("type")?.text()?;
        Some((
            kind.trim().to_lowercase(),
            identifier.text()?.trim().to_uppercase(),
        ))
    };
    node.children("identifier")
        .iter()
        .take(MAX_COMPARED)
        .filter_map(pair)
        .collect()
}

fn person(node: &XmlNode<'_>, reading: &mut Reading) -> Person {
    Person {
        family_name: reading.child_string(node, "familyName"),
        given_name: reading.child_string(node, "givenNames"),
        birthdate: dated(node, "bday", reading).or_else(|| from_code(node, reading)),
        person_oid: None,
    }
}

/// A date, in the forerunner of version 1 perhaps in the form that its attribute `dtf` names.
pub(super) fn dated(
    node: &XmlNode<'_>,
    name: &'static str,
    reading: &mut Reading,
) -> Option<NaiveDate> {
    let child = node.child(name)?;
    let form = child.attribute("dtf").and_then(|form| {
        reading.take(&form);
        form.text()
    });
    let form = form.unwrap_or_default().trim().to_ascii_lowercase();
    if !matches!(form.as_str(), "dd-mm-yyyy" | "dd.mm.yyyy") {
        return reading.child_date(node, name);
    }
    let text = child.text()?;
    let parts: Vec<&str> = text.trim().split(['-', '.']).collect();
    let date = match parts.as_slice() {
        [day, month, year] => crate::source::reading::date(&format!("{year}-{month}-{day}")),
        _ => None,
    };
    reading.used_or_not_understood(&child, date)
}

/// Where no date of birth is given, a Finnish identity code holds one. Other identifiers stay raw,
/// and so does whatever else the code says.
fn from_code(node: &XmlNode<'_>, reading: &mut Reading) -> Option<NaiveDate> {
    node.children("identifier")
        .into_iter()
        .find_map(|identifier| {
            let text = identifier.text()?;
            let birthdate = identity_code::birthdate(text.trim());
            if birthdate.is_some() {
                reading.take(&identifier);
            } else if identity_code::appears_in(&text) {
                reading.note(&identifier, NoticeKind::NotUnderstood);
            }
            birthdate
        })
}
