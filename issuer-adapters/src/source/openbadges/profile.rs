//! Issuers (Profile, Open Badges 3.0 appendix B and 2.0).

use credential_core::record::{Code, Organisation};

use super::{credential::lasting, result::unextended};
use crate::source::{
    node::Node,
    organisation::{identify, is_oid},
    reading::Reading,
};

/// Who issued, by a profile or by its id alone. A person's profile gives no more than its name.
pub(in crate::source) fn profile(node: &Node<'_>, reading: &mut Reading) -> Option<Organisation> {
    let mut organisation = Organisation::default();
    if node.as_str().is_some() {
        organisation
            .identifiers
            .extend(identifier(reading.string_at(node), "uri"));
        return Some(organisation).filter(|one| !one.is_empty());
    }
    let language = reading.string(node, "@language");
    let name = reading.name_said(node, "name", language.as_deref());
    organisation.name = name.ours;
    organisation.other_names = name.others;
    if let Some(code) = identifier(lasting(node, reading), "uri") {
        match code.value.strip_prefix("urn:oid:") {
            Some(oid) if is_oid(oid) => organisation.oid = Some(oid.to_owned()),
            _other => organisation.identifiers.push(code),
        }
    }
    for code in others(node, reading) {
        identify(&mut organisation, code);
    }
    organisation.url = reading.string(node, "url");
    organisation.country = country(node, reading);
    Some(organisation).filter(|one| !one.is_empty())
}

fn identifier(value: Option<String>, scheme: &str) -> Option<Code> {
    Some(Code {
        value: value?,
        scheme: Some(scheme.to_owned()),
        ..Code::default()
    })
}

fn others(node: &Node<'_>, reading: &mut Reading) -> Vec<Code> {
    let mut found = Vec::new();
    for other in reading.many(node, "otherIdentifier") {
        let kind = other.member("identifierType");
        let kind = kind.as_ref().and_then(Node::as_str).unwrap_or_default();
        // A person may issue badges, and this would be theirs.
        if kind == "nationalIdentityNumber" || kind == "name" {
            continue;
        }
        let scheme = reading.string(&other, "identifierType").map(unextended);
        let value = reading.string(&other, "identifier");
        found.extend(value.map(|value| Code {
            value,
            scheme,
            ..Code::default()
        }));
    }
    found
}

/// ISO 3166-1 alpha-2.
fn country(node: &Node<'_>, reading: &mut Reading) -> Option<String> {
    let code = node.member("address")?.member("addressCountryCode")?;
    let is_alpha2 = |text: &str| text.len() == 2 && text.bytes().all(|b| b.is_ascii_uppercase());
    code.as_str().filter(|text| is_alpha2(text))?;
    reading.string_at(&code)
}
