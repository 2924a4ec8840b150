//! Who awarded: the organisation of a credit, or else the sender of the message.

use credential_core::record::{Code, Organisation};

use crate::source::{
    node::Node,
    reading::{Placed as _, Reading},
};

/// Statistics Finland's numbers of institutions.
const NUMBERS: &str = "oppilaitosnumero";
/// Identifiers of the national organisation register.
const OID: &str = "1.2.246.562.10.";

/// The institution that sent the message.
pub(super) fn sender(message: &Node<'_>, reading: &mut Reading) -> Option<Organisation> {
    let number = reading.string(message, "sendingOrganisation")?;
    Some(Organisation {
        identifiers: vec![identifier(number, NUMBERS)],
        country: Some("FI".into()),
        ..Organisation::default()
    })
}

/// The institution that is responsible for a credit.
pub(super) fn responsible(credit: &Node<'_>, reading: &mut Reading) -> Option<Organisation> {
    let node = credit.member("organisationResponsibleForCompletion")?;
    let number = reading.string(&node, "organisationTkCode");
    let erasmus = reading.string(&node, "erasmusCode");
    let schac = reading.string(&node, "hei");
    let pic = node.member("pic").and_then(|pic| {
        let number = pic.number();
        reading.used_or_not_understood(&pic, number)
    });
    let with = |value: Option<String>, scheme| value.map(|value| identifier(value, scheme));
    let identifiers = [
        with(number, NUMBERS),
        with(erasmus, "erasmus"),
        with(schac, "schac"),
        with(pic, "pic"),
    ];
    let register = node.member("organisationIdentifier");
    let oid = register.filter(|it| it.as_str().is_some_and(|text| text.starts_with(OID)));
    let organisation = Organisation {
        name: super::credit::localised(&node, "organisationName", reading),
        oid: oid.and_then(|oid| reading.string_at(&oid)),
        identifiers: identifiers.into_iter().flatten().collect(),
        url: reading.string(&node, "url"),
        country: Some("FI".into()),
        ..Organisation::default()
    };
    (!organisation.is_empty()).then_some(organisation)
}

fn identifier(value: String, scheme: &str) -> Code {
    Code {
        value,
        scheme: Some(scheme.to_owned()),
        ..Code::default()
    }
}
