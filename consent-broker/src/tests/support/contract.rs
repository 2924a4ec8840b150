//! Every answer that any test gets is held against the OpenAPI document: its status is listed for the
//! operation, its media type too, and its JSON has the listed form.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock, Mutex, PoisonError},
};

use jsonschema::Validator;
use serde_json::{Value, json};

use super::Answer;

static DOCUMENT: LazyLock<Value> = LazyLock::new(crate::openapi);
/// Compiled once for each form: a schema drags all components of the document along.
static VALIDATORS: LazyLock<Mutex<HashMap<String, Arc<Validator>>>> = LazyLock::new(Mutex::default);

/// Panics where the document is silent or says otherwise.
pub(crate) fn hold_to_contract(method: &str, path: &str, answer: &Answer) {
    let Some(operation) = operation(method, path) else {
        // What is no endpoint is answered by the router; addresses outside `/` are other servers.
        return;
    };
    let place = || format!("{method} {path}: {answer:?}");
    let status = answer.status.to_string();
    let response = &operation["responses"][&status];
    assert!(
        response.is_object(),
        "{status} is not documented: {}",
        place()
    );
    for (name, header) in response["headers"].as_object().into_iter().flatten() {
        let is_required = header["required"] == true;
        let is_there = answer.headers.contains_key(name);
        assert!(is_there || !is_required, "no {name}: {}", place());
    }
    let Some(contents) = response["content"].as_object() else {
        assert_eq!(answer.body, "", "a body not documented: {}", place());
        return;
    };
    let media_type = answer.header("content-type").split(';').next().unwrap();
    let content = contents.get(media_type);
    let content = content.unwrap_or_else(|| panic!("{media_type} is not documented: {}", place()));
    let instance = match media_type {
        "application/json" => answer.json(),
        _other => Value::from(answer.body.clone()),
    };
    if let Err(error) = validator(&content["schema"]).validate(&instance) {
        panic!("{error} at {}: {}", error.instance_path(), place());
    }
}

fn validator(schema: &Value) -> Arc<Validator> {
    let mut validators = VALIDATORS.lock().unwrap_or_else(PoisonError::into_inner);
    let compile = || {
        let mut schema = schema.clone();
        if let Value::Object(schema) = &mut schema {
            schema.insert("components".into(), DOCUMENT["components"].clone());
        }
        Arc::new(jsonschema::validator_for(&schema).unwrap())
    };
    Arc::clone(validators.entry(schema.to_string()).or_insert_with(compile))
}

/// The operation of a path, by its template.
fn operation(method: &str, path: &str) -> Option<&'static Value> {
    let paths = DOCUMENT["paths"].as_object().unwrap();
    let fits = |template: &str| {
        let (wanted, found) = (template.split('/'), path.split('/'));
        wanted.clone().count() == found.clone().count()
            && wanted
                .zip(found)
                .all(|(part, value)| part.starts_with('{') || part == value)
    };
    let (_, operations) = paths.iter().find(|(template, _)| fits(template))?;
    operations.get(method.to_lowercase())
}

#[test]
fn an_answer_that_the_document_does_not_list_is_noticed() {
    let answer = |status, kind: &'static str, body: Value| {
        let mut headers = reqwest::header::HeaderMap::new();
        headers.insert("content-type", kind.parse().unwrap());
        Answer {
            status,
            headers,
            body: body.to_string(),
        }
    };
    let is_noticed = |answer: Answer| {
        let held = || hold_to_contract("GET", "/health", &answer);
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(held)).is_err()
    };
    let good = json!({"status": "ok", "trust_list": 3});
    assert!(!is_noticed(answer(200, "application/json", good.clone())));
    assert!(is_noticed(answer(418, "application/json", good.clone())));
    assert!(is_noticed(answer(200, "text/plain", good)));
    let unlisted = json!({"error": "server_error", "reason": "no_such_reason"});
    assert!(is_noticed(answer(503, "application/json", unlisted)));
    assert!(is_noticed(answer(
        200,
        "application/json",
        json!({"status": "ok"})
    )));
}
