//! The OpenAPI document: served, committed, complete.

use credential_core::transparency::BlindingKey;
use serde_json::{Value, json};

use super::support::World;

const COMMITTED: &str = include_str!("../../../docs/openapi.json");

#[test]
fn the_committed_document_is_the_one_the_router_makes() {
    let committed: Value = serde_json::from_str(COMMITTED).unwrap();
    assert!(
        committed == crate::openapi(),
        "stale: cargo run -p consent-broker --features cli --bin broker -- openapi > docs/openapi.json"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_serves_its_document_with_its_own_address() {
    let world = World::new().await;
    let served = world.get("/openapi.json", &[]).await;
    assert_eq!(served.header("content-type"), "application/json");
    let mut served = served.json();
    let servers = served.as_object_mut().unwrap().remove("servers").unwrap();
    assert_eq!(servers[0]["url"], world.origin);
    assert_eq!(served, crate::openapi());
}

#[test]
fn every_route_is_in_the_document_with_a_name_and_its_refusals() {
    // Only described routes: `api_route`, which the document is made of.
    let router = include_str!("../router.rs");
    assert!(!router.contains(".route("), "use api_route");
    let routes = router.matches(".api_route(").count();
    let document = crate::openapi();
    let paths = document["paths"].as_object().unwrap();
    let mut ids = std::collections::BTreeSet::new();
    let mut operations = 0;
    for (path, methods) in paths {
        for (method, operation) in methods.as_object().unwrap() {
            if method == "parameters" {
                continue;
            }
            operations += 1;
            let id = operation["operationId"].as_str();
            assert!(ids.insert(id), "{method} {path} has no name of its own");
            assert!(id.is_some_and(|id| !id.is_empty()), "{method} {path}");
            assert!(operation["summary"].is_string(), "{method} {path}");
            assert!(operation["tags"][0].is_string(), "{method} {path}");
            let answers = operation["responses"].as_object().unwrap();
            let is_kept = operation["security"].is_array() || operation["requestBody"].is_object();
            assert!(!is_kept || answers.contains_key("400"), "{method} {path}");
            assert!(!is_kept || answers.contains_key("429"), "{method} {path}");
        }
    }
    assert!(
        operations >= routes,
        "{operations} of {routes} are described"
    );
}

#[test]
fn every_reason_in_the_sources_is_in_the_document() {
    let document = crate::openapi();
    let listed = document["components"]["schemas"]["ErrorBody"]["properties"]["reason"]["enum"]
        .as_array()
        .unwrap();
    let mut found = 0;
    for source in sources("src".as_ref()) {
        for opening in [
            "Malformed(",
            "Client(",
            "Proof(",
            "RequestObject(",
            "DepositUnfit(",
            "Narrowing(",
            "Target(",
        ] {
            for rest in source.split(opening).skip(1) {
                let quoted = rest.trim_start().strip_prefix('"');
                let code = quoted.and_then(|rest| rest.split_once('"')).map(|it| it.0);
                if let Some(code) = code {
                    found += 1;
                    assert!(
                        listed.contains(&code.into()),
                        "add {code} to api/reasons.rs"
                    );
                }
            }
        }
    }
    assert!(found > 20, "only {found} codes were found");
}

/// The last of 43 characters carries four bits: only every fourth letter ends 32 octets.
#[test]
fn a_log_key_as_the_document_describes_it_is_read_and_no_other() {
    let schemas = &crate::openapi()["components"]["schemas"];
    let described = jsonschema::validator_for(&schemas["BlindingKey"]).unwrap();
    let mut admitted = 0;
    for last in (0..128_u8).map(char::from) {
        let text = format!("{}{last}", "A".repeat(42));
        let is_described = described.is_valid(&json!(text));
        assert_eq!(BlindingKey::parse(&text).is_ok(), is_described, "{text}");
        admitted += usize::from(is_described);
    }
    assert_eq!(admitted, 16);
}

/// The crate's own sources, tests aside.
fn sources(folder: &std::path::Path) -> Vec<String> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut texts = Vec::new();
    for entry in std::fs::read_dir(root.join(folder)).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("tests") {
            texts.extend(sources(&path));
        } else if path.extension().is_some_and(|it| it == "rs") {
            texts.push(std::fs::read_to_string(path).unwrap());
        }
    }
    texts
}
