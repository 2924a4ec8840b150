//! One performance (opintosuoritus), without its parts.

use credential_core::record::{
    Attainment, AttainmentKind, Code, Credits, NoticeKind, Organisation,
};

use super::{
    codes::{level, unit},
    grade::{Outcome, outcome},
};
use crate::source::{
    reading::{Placed as _, Reading},
    xml_node::XmlNode,
};

/// Reads a performance; the reason when it awards nothing.
pub(super) fn performance(
    node: &XmlNode<'_>,
    reading: &mut Reading,
) -> Result<Attainment, NoticeKind> {
    let kind = kind(node, reading)?;
    let grade = match outcome(node, reading) {
        Outcome::Passed(grade) => grade,
        Outcome::NotPassed => return Err(NoticeKind::NotPassed),
    };
    let awarded = reading.child_date(node, "SuoritusPvm");
    if awarded.is_none() {
        return Err(NoticeKind::NotConfirmed);
    }
    let (title, other_titles) = reading.child_texts(
        node,
        "Nimi",
        |reading, name| reading.attribute(name, "kieli"),
        |reading, name| reading.string_at(name),
    );
    match (title.is_empty(), other_titles.is_empty()) {
        (true, true) => reading.note(node, NoticeKind::MissingTitle),
        (true, false) => reading.note(node, NoticeKind::OtherLanguage),
        (false, _) => {}
    }
    let own_code = reading.attribute(node, "koulutusmoduulitunniste");
    let national = coded(reading.child_string(node, "Koulutuskoodi"), "koulutus");
    let level = match (&kind, &national) {
        (AttainmentKind::Qualification { .. }, Some(code)) => level(&code.value),
        _ => Default::default(),
    };
    Ok(Attainment {
        id: id(node, reading),
        other_titles,
        code: national.or_else(|| {
            own_code.map(|value| Code {
                value,
                ..Code::default()
            })
        }),
        awarded,
        awarding_body: institution(node, reading),
        credits: credits(node, reading),
        grade,
        level,
        field: field(node, reading),
        language_of_instruction: coded(reading.child_string(node, "Kieli"), "kieli"),
        recognised_prior_learning: reading.child_date(node, "HyvaksilukuPvm").is_some(),
        ..Attainment::new(kind, title, node.pointer().to_owned())
    })
}

/// The key, which tells a performance from all others of the same institution.
pub(super) fn key(node: &XmlNode<'_>) -> Option<(String, String)> {
    let institution = node.child("Myontaja").and_then(|child| child.text());
    let key = node.attribute("avain").and_then(|key| key.text())?;
    let institution = institution.unwrap_or_default();
    Some((institution.trim().to_owned(), key.trim().to_owned()))
}

/// The institution (Myontaja), by its number in the register of institutions.
pub(super) fn institution(node: &XmlNode<'_>, reading: &mut Reading) -> Option<Organisation> {
    let number = reading.child_string(node, "Myontaja")?;
    Some(Organisation {
        identifiers: coded(Some(number), "oppilaitosnumero")
            .into_iter()
            .collect(),
        country: Some("FI".into()),
        ..Organisation::default()
    })
}

/// How large it is; the older unit only where the newer is not given.
pub(super) fn credits(node: &XmlNode<'_>, reading: &mut Reading) -> Option<Credits> {
    let size = node.child("Laajuus")?;
    let in_unit = |reading: &mut Reading, name, code| {
        let amount = reading.child_amount(&size, name)?;
        Some(Credits {
            amount,
            unit: unit(code),
        })
    };
    in_unit(reading, "Opintopiste", "2").or_else(|| in_unit(reading, "Opintoviikko", "1"))
}

/// A code of a code list.
pub(super) fn coded(value: Option<String>, scheme: &str) -> Option<Code> {
    Some(Code {
        value: value?,
        scheme: Some(scheme.to_owned()),
        ..Code::default()
    })
}

/// Degrees and other studies; entries that only the institution's own books need are no award.
fn kind(node: &XmlNode<'_>, reading: &mut Reading) -> Result<AttainmentKind, NoticeKind> {
    match reading.child_string(node, "Laji").as_deref() {
        Some("1") => Ok(AttainmentKind::Qualification {
            titles: Vec::new(),
            specialisations: Vec::new(),
        }),
        Some("2") => Ok(AttainmentKind::StudyAchievement),
        Some(_) => Err(NoticeKind::TypeNotSupported),
        None => Err(NoticeKind::NotUnderstood),
    }
}

fn id(node: &XmlNode<'_>, reading: &mut Reading) -> Option<String> {
    let key = reading.attribute(node, "avain")?;
    let institution = node.child("Myontaja").and_then(|child| child.text());
    Some(format!("{}:{key}", institution.unwrap_or_default().trim()))
}

/// The field of education: of a performance the first of several, with its version as scheme.
fn field(node: &XmlNode<'_>, reading: &mut Reading) -> Option<Code> {
    let code = node.child("Koulutusala")?.child("Koodi")?;
    Some(Code {
        value: reading.string_at(&code)?,
        scheme: reading.attribute(&code, "versio"),
        ..Code::default()
    })
}
