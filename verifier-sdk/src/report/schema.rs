//! The JSON Schema (draft 2020-12) of a report and of a line about it, for those who read them by machine.

use schemars::{JsonSchema, generate::SchemaSettings};
use serde_json::{Value, json};

use super::{Report, SCHEMA, SUMMARY_SCHEMA, Summary};
use crate::checks::Reason;

/// The schema of [`Report`] in JSON; that of [`Summary`] stands in its `$defs`.
#[must_use]
pub fn report_schema() -> Value {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    let mut generator = settings.into_generator();
    // Described where the report's own parts are.
    let _reference = generator.subschema_for::<Summary>();
    let mut schema = generator.into_root_schema_for::<Report>().to_value();
    name(&mut schema, "", SCHEMA);
    name(&mut schema, "/$defs/Summary", SUMMARY_SCHEMA);
    if let Some(members) = schema.as_object_mut() {
        members.insert("title".into(), "Report of a verification".into());
    }
    schema
}

/// What the member `schema` says of the object that is described at this place.
fn name(schema: &mut Value, place: &str, name: &str) {
    let described = schema.pointer_mut(&format!("{place}/properties"));
    if let Some(members) = described.and_then(Value::as_object_mut) {
        members.insert("schema".into(), json!({"const": name}));
    }
}

impl JsonSchema for Reason {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Reason".into()
    }

    fn json_schema(_generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let codes: Vec<&str> = Self::ALL.iter().map(|reason| reason.code()).collect();
        schemars::json_schema!({
            "type": "string",
            "description": "Why a check came out as it did: a stable code. Codes are added and never changed.",
            "enum": codes,
        })
    }
}

#[cfg(test)]
mod tests;
