//! Who awarded (Profile, Open Badges 3.0 appendix B).

use credential_core::{
    record::{Code, Organisation},
    text::Language,
};
use serde_json::{Value, json};

use super::achievement::extension;
use crate::members::{Members, list};

/// Types of identifiers that the standard names itself, without those of people.
const IDENTIFIER_TYPES: [&str; 8] = [
    "sourcedId",
    "systemId",
    "productId",
    "accountId",
    "lisSourcedId",
    "oneRosterSourcedId",
    "sisSourcedId",
    "identifier",
];

/// An organisation as the issuer. Its id is an address that is its own, its object identifier, or only
/// holds the document together. Names have no language here; the English one is taken where there is one.
pub(super) fn issuer(body: Option<&Organisation>, id: &str) -> Value {
    let Some(body) = body else {
        return json!({ "id": id, "type": ["Profile"] });
    };
    let is_address = |code: &&Code| code.scheme.as_deref() == Some("uri");
    let own = body.identifiers.iter().find(is_address);
    let oid = body.oid.as_ref();
    let mut members = Members::default();
    members.put(
        "id",
        match (own, oid) {
            (Some(code), _) => code.value.clone(),
            (None, Some(oid)) => format!("urn:oid:{oid}"),
            (None, None) => id.to_owned(),
        },
    );
    members.put("type", json!(["Profile"]));
    members.put("name", body.name.best(Language::En));
    members.put("url", body.url.as_deref());
    if let Some(country) = &body.country {
        members.put(
            "address",
            json!({ "type": ["Address"], "addressCountryCode": country }),
        );
    }
    let oid = oid
        .filter(|_| own.is_some())
        .map(|oid| entry(oid, "ext:oid"));
    let business_id = body.business_id.as_ref();
    let business_id = business_id.map(|id| entry(id, "ext:businessId"));
    let others = body.identifiers.iter().filter(|code| Some(*code) != own);
    let others = others.map(|code| entry(&code.value, &kind(code)));
    let all = oid.into_iter().chain(business_id).chain(others);
    members.put("otherIdentifier", list(all.collect()));
    members.value()
}

fn kind(code: &Code) -> String {
    let scheme = code.scheme.as_deref().unwrap_or("identifier");
    if IDENTIFIER_TYPES.contains(&scheme) {
        return scheme.to_owned();
    }
    extension(scheme).unwrap_or_else(|| "identifier".to_owned())
}

fn entry(identifier: &str, kind: &str) -> Value {
    json!({ "type": "IdentifierEntry", "identifier": identifier, "identifierType": kind })
}
