//! Schemas of forms: parameters by name, some of them required. Unknown parameters are ignored.

use schemars::{Schema, json_schema};
use serde_json::{Map, Value, json};

use crate::extract::MAX_PARAMETERS;

/// No NUL, and nothing that is no text.
const PARAMETER: &str = "^[^\\u0000\\uFFFD]*$";

/// The parameters of a form, or of one of its alternatives.
#[derive(Debug, Clone, Default)]
pub(crate) struct FormSchema {
    properties: Map<String, Value>,
    required: Vec<Value>,
}

impl FormSchema {
    /// A parameter that must be there.
    pub(crate) fn required(self, name: &str, description: &str, schema: Schema) -> Self {
        let mut with = self.optional(name, description, schema);
        with.required.push(name.into());
        with
    }

    /// A parameter that may be there.
    pub(crate) fn optional(mut self, name: &str, description: &str, mut schema: Schema) -> Self {
        schema.insert("description".into(), description.into());
        self.properties.insert(name.into(), schema.to_value());
        self
    }

    /// A parameter that has this one value.
    pub(crate) fn constant(self, name: &str, value: &str) -> Self {
        let schema = json_schema!({ "type": "string", "const": value });
        let mut with = self;
        with.properties.insert(name.into(), schema.to_value());
        with.required.push(name.into());
        with
    }

    /// As a schema. What is not known is ignored, but must be text, and each name stands once.
    pub(crate) fn schema(&self) -> Schema {
        let mut schema = json_schema!({
            "propertyNames": { "pattern": PARAMETER },
            "additionalProperties": { "type": "string", "pattern": PARAMETER },
            "maxProperties": MAX_PARAMETERS,
        });
        schema.insert("type".into(), "object".into());
        schema.insert("properties".into(), self.properties.clone().into());
        schema.insert("required".into(), self.required.clone().into());
        schema
    }

    /// What an extractor has described, as far as it is one form without alternatives.
    pub(super) fn of(schema: Option<&Schema>) -> Self {
        let member = |name: &str| schema.and_then(|schema| schema.get(name)).cloned();
        Self {
            properties: match member("properties") {
                Some(Value::Object(properties)) => properties,
                _ => Map::new(),
            },
            required: match member("required") {
                Some(Value::Array(required)) => required,
                _ => Vec::new(),
            },
        }
    }

    /// These parameters and those.
    pub(super) fn and(&self, other: &Self) -> Self {
        let mut both = self.clone();
        both.properties.extend(other.properties.clone());
        both.required.extend(other.required.clone());
        both
    }

    /// One of several forms.
    pub(super) fn one_of(forms: &[Self]) -> Schema {
        match forms {
            [only] => only.schema(),
            several => {
                let schemas = several.iter().map(|form| form.schema().to_value());
                let mut schema = Schema::default();
                schema.insert("oneOf".into(), json!(schemas.collect::<Vec<_>>()));
                schema
            }
        }
    }
}
