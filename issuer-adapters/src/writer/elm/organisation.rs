//! Organisations: awarding bodies, and who directed an activity.

use credential_core::record::{Code, Organisation};
use serde_json::{Value, json};

use super::concept::texts;
use crate::{
    members::{Members, list},
    source::elm,
};

const COUNTRIES: &str = "http://publications.europa.eu/resource/authority/country/";

/// An organisation; its first address as an identifier becomes its id.
pub(super) fn organisation(one: &Organisation) -> Value {
    let is_id = |code: &&Code| {
        code.scheme.as_deref() == Some("uri")
            && (code.value.starts_with("http") || code.value.starts_with("did:"))
    };
    let own = one.identifiers.iter().find(is_id);
    let mut members = Members::of_type("Organisation");
    members.put("id", own.map(|code| code.value.as_str()));
    members.put("legalName", texts(&one.name, &one.other_names));
    let others = one.identifiers.iter().filter(|code| Some(*code) != own);
    let others = others.map(|code| identifier(&code.value, code.scheme.as_deref()));
    let oid = one.oid.as_ref().map(|oid| identifier(oid, Some("oid")));
    let business_id = one.business_id.as_ref();
    let business_id = business_id.map(|id| identifier(id, Some("businessId")));
    let all = oid.into_iter().chain(business_id).chain(others);
    members.put("identifier", list(all.collect()));
    let page = one.url.as_ref();
    members.put(
        "homepage",
        page.map(|url| json!({ "type": "WebResource", "contentURL": url })),
    );
    let country = one.country.as_deref().and_then(elm::country_alpha3);
    let country = country.map(|alpha3| {
        let code = json!({ "id": format!("{COUNTRIES}{alpha3}"), "type": "Concept" });
        let address = json!({ "type": "Address", "countryCode": code });
        json!({ "type": "Location", "address": address })
    });
    members.put("location", country);
    members.value()
}

fn identifier(value: &str, scheme: Option<&str>) -> Value {
    let mut members = Members::of_type("Identifier");
    members.put("notation", value);
    members.put("schemeName", scheme);
    members.value()
}
