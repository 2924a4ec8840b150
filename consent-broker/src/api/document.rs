//! The whole document: the operations of the router under one title, with what is common to all.

use std::sync::Arc;

use aide::{
    axum::ApiRouter,
    generate::in_context,
    openapi::{Info, License, OpenApi, SecurityScheme, Tag},
    transform::TransformOpenApi,
};
use axum::Router;
use schemars::{SchemaGenerator, generate::SchemaSettings};
use serde_json::{Map, Value, json};

use super::reasons::{CODES, REASONS};
use crate::{
    extract::{ACCESS_TOKEN, GRANT_TOKEN, WALLET_TOKEN},
    state::AppState,
};

const DESCRIPTION: &str = "An OAuth 2.0 authorization server by the FAPI 2.0 Security Profile and a \
mailbox of sealed deposits. Recipients ask and read, wallets decide and stop. All proofs of possession \
are DPoP (RFC 9449); the address a proof names is that of the issuer identifier.";

/// The header that gives the next nonce.
const DPOP_NONCE: &str = "DPoP-Nonce";

/// The finished document, ready to be sent.
#[derive(Debug, Clone)]
pub(crate) struct Document(Arc<Value>);

impl Document {
    /// The document of the broker with this issuer identifier.
    pub(crate) fn of_issuer(mut document: Value, issuer: &str) -> Self {
        if let Value::Object(members) = &mut document {
            members.insert("servers".into(), json!([{ "url": issuer }]));
        }
        Self(Arc::new(document))
    }

    /// As JSON.
    pub(crate) fn json(&self) -> &Value {
        &self.0
    }
}

/// The routes, and the document they make.
pub(crate) fn described(routes: impl FnOnce() -> ApiRouter<AppState>) -> (Router<AppState>, Value) {
    // The generator collects in a context of this thread; OpenAPI 3.1 speaks JSON Schema 2020-12.
    in_context(|ctx| {
        ctx.schema = SchemaGenerator::new(SchemaSettings::draft2020_12().with(|settings| {
            settings.definitions_path = "#/components/schemas/".into();
            settings.meta_schema = None;
        }));
    });
    let mut api = OpenApi {
        info: Info {
            title: "Osaamislompakko consent broker".into(),
            version: env!("CARGO_PKG_VERSION").into(),
            description: Some(DESCRIPTION.into()),
            license: Some(License {
                name: "Apache-2.0".into(),
                identifier: Some("Apache-2.0".into()),
                ..License::default()
            }),
            ..Info::default()
        },
        ..OpenApi::default()
    };
    let router = routes().finish_api_with(&mut api, common);
    let mut document = serde_json::to_value(&api).unwrap_or_default();
    name_the_codes(&mut document);
    name_path_parameters(&mut document);
    announce_nonces(&mut document);
    (router, document)
}

fn common(api: TransformOpenApi<'_>) -> TransformOpenApi<'_> {
    let tag = |name: &str, description: &str| Tag {
        name: name.into(),
        description: Some(description.into()),
        ..Tag::default()
    };
    api.tag(tag("recipient", "Asking for data and reading it."))
        .tag(tag("browser", "Pages the person's browser sees."))
        .tag(tag("resource server", "Asking what a token is good for."))
        .tag(tag("wallet", "The person's wallet."))
        .tag(tag("public", "What anyone may fetch."))
        .security_scheme(
            ACCESS_TOKEN,
            dpop("A recipient's access token, from `/token`."),
        )
        .security_scheme(
            GRANT_TOKEN,
            dpop("A recipient's access token for its grant's administration, from `/token`."),
        )
        .security_scheme(
            WALLET_TOKEN,
            dpop("A wallet's own token, from `/wallet/token`."),
        )
}

fn dpop(description: &str) -> SecurityScheme {
    SecurityScheme::Http {
        scheme: "DPoP".into(),
        bearer_format: None,
        description: Some(description.into()),
        extensions: Default::default(),
    }
}

/// The core's schema of a refusal knows no codes; which ones there are is for the broker to say.
fn name_the_codes(document: &mut Value) {
    for (name, codes) in [("error", CODES), ("reason", REASONS)] {
        let place = format!("/components/schemas/ErrorBody/properties/{name}");
        if let Some(member) = document.pointer_mut(&place) {
            let description = member.get("description").cloned();
            *member = json!({ "type": "string", "enum": codes, "description": description });
        }
    }
}

/// Whoever shows a proof is given the nonce for the next one, whatever else is answered.
fn announce_nonces(document: &mut Value) {
    if let Some(Value::Object(components)) = document.get_mut("components") {
        let nonce = json!({
            "description": "For the next proof (RFC 9449 section 8); in every answer to a proof.",
            "schema": { "type": "string" },
        });
        components.insert("headers".into(), json!({ DPOP_NONCE: nonce }));
    }
    let reference = json!({ "$ref": format!("#/components/headers/{DPOP_NONCE}") });
    let Some(Value::Object(paths)) = document.get_mut("paths") else {
        return;
    };
    let operations = paths.values_mut().filter_map(Value::as_object_mut);
    for operation in operations.flat_map(Map::values_mut) {
        if !takes_proof(operation) {
            continue;
        }
        let responses = operation
            .get_mut("responses")
            .and_then(Value::as_object_mut);
        for response in responses.into_iter().flat_map(Map::values_mut) {
            if let Value::Object(response) = response {
                let headers = response.entry("headers").or_insert_with(|| json!({}));
                if let Value::Object(headers) = headers {
                    headers.insert(DPOP_NONCE.into(), reference.clone());
                }
            }
        }
    }
}

fn takes_proof(operation: &Value) -> bool {
    let parameters = operation.get("parameters").and_then(Value::as_array);
    let mut names = parameters.into_iter().flatten().map(|it| it.get("name"));
    names.any(|name| name.is_some_and(|name| name == "DPoP"))
}

/// Handlers take path parameters as text and answer in their own words when one is malformed.
fn name_path_parameters(document: &mut Value) {
    let Some(Value::Object(paths)) = document.get_mut("paths") else {
        return;
    };
    // OpenAPI has no word for a parameter that goes over several segments.
    let routes = std::mem::take(paths).into_iter();
    *paths = routes
        .map(|(path, operations)| (path.replace("{*", "{"), operations))
        .collect();
    for (path, operations) in paths {
        let names = path.split('/').filter_map(|part| {
            part.strip_prefix('{')
                .and_then(|part| part.strip_suffix('}'))
        });
        let parameters: Vec<Value> = names.map(path_parameter).collect();
        if let (Value::Object(operations), false) = (operations, parameters.is_empty()) {
            insert(operations, parameters);
        }
    }
}

fn insert(operations: &mut Map<String, Value>, parameters: Vec<Value>) {
    operations.insert("parameters".into(), parameters.into());
}

fn path_parameter(name: &str) -> Value {
    let schema = if name.ends_with("_id") {
        json!({ "type": "string", "format": "uuid" })
    } else {
        json!({ "type": "string" })
    };
    json!({ "name": name, "in": "path", "required": true, "schema": schema })
}
