//! The JSON Schema (2020-12) of a request's `authorization_details`, derived from [`RequestedDetails`], so
//! that a member added there is in it. What the types do not say (lengths, patterns, constants) is added
//! here; what no schema can say (claims that name each other, times) is for [`RequestedDetails::check`].

use schemars::generate::SchemaSettings;
use serde_json::{Value, json};

use super::details::{RequestedDetails, TYPE};
use crate::dcql::{MAX_CLAIMS, MAX_CREDENTIALS, MAX_DEPTH, MAX_VALUES, SD_JWT_VC};

/// The schema of one element of `authorization_details`.
#[must_use]
pub fn requested_details() -> Value {
    let settings = SchemaSettings::draft2020_12();
    let generator = settings.into_generator();
    let mut schema = generator
        .into_root_schema_for::<RequestedDetails>()
        .to_value();
    for (place, rules) in rules() {
        add(&mut schema, place, rules);
    }
    schema
}

/// What the types do not say, by its place in the schema.
fn rules() -> [(&'static str, Value); 14] {
    let id = json!({ "pattern": "^[A-Za-z0-9_-]{1,64}$" });
    let given =
        |name: &str| json!({ "required": [name], "properties": { name: { "type": "string" } } });
    [
        (
            "",
            json!({ "title": TYPE, "oneOf": [given("until"), given("duration")] }),
        ),
        ("/properties/type", json!({ "const": TYPE })),
        (
            "/properties/nonce",
            json!({ "pattern": "^[A-Za-z0-9_-]{22,128}$" }),
        ),
        ("/properties/max_reads", json!({ "minimum": 1 })),
        (
            "/$defs/Purpose/properties/code",
            json!({ "pattern": "^https://" }),
        ),
        ("/$defs/Text", json!({ "minProperties": 1 })),
        (
            "/$defs/Query/properties/credentials",
            json!({ "minItems": 1, "maxItems": MAX_CREDENTIALS }),
        ),
        ("/$defs/CredentialQuery/properties/id", id.clone()),
        (
            "/$defs/CredentialQuery/properties/format",
            json!({ "const": SD_JWT_VC }),
        ),
        (
            "/$defs/CredentialQuery/properties/claims",
            json!({ "maxItems": MAX_CLAIMS }),
        ),
        (
            "/$defs/Meta/properties/vct_values",
            json!({ "minItems": 1, "maxItems": MAX_CREDENTIALS,
                "items": { "type": "string", "pattern": "^https://", "maxLength": 512 } }),
        ),
        ("/$defs/ClaimQuery/properties/id", id),
        (
            "/$defs/ClaimQuery/properties/values",
            json!({ "minItems": 1, "maxItems": MAX_VALUES,
                "items": { "type": ["string", "integer", "boolean"] } }),
        ),
        (
            "/$defs/ClaimPath",
            json!({ "minItems": 1, "maxItems": MAX_DEPTH,
                "prefixItems": [{ "type": "string", "minLength": 1 }] }),
        ),
    ]
}

fn add(schema: &mut Value, place: &str, rules: Value) {
    let found = schema.pointer_mut(place).and_then(Value::as_object_mut);
    if let (Some(found), Value::Object(rules)) = (found, rules) {
        found.extend(rules);
    }
}

#[cfg(test)]
mod tests;
