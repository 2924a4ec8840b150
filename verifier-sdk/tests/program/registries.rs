//! Issuers on no list: what `--registries` makes of them.

use credential_core::{credential::CredentialType, jose::Signer as _};
use serde_json::{Value, json};

use crate::desk::{Desk, said, text};

const STRANGER: &str = "https://kansanopisto.example";

fn checks(out: &str) -> Vec<Value> {
    let report: Value = serde_json::from_str(out).unwrap();
    report["credentials"][0]["checks"]
        .as_array()
        .unwrap()
        .clone()
}

#[test]
fn a_pinned_issuer_in_the_file_is_trusted_and_without_it_a_stranger() {
    let desk = Desk::new();
    desk.write("a.sd-jwt", &desk.credential_as(STRANGER, "Esimerkki-Lahti"));
    let (code, out, _) = said(&desk.check("a.sd-jwt", &["--offline", "--json"]));
    assert_eq!(
        (code, &checks(&out)[0]["reason"]),
        (Some(11), &json!("issuer_unknown"))
    );
    let pinned = json!({"pinned_issuers": [{
        "id": STRANGER,
        "name": {"en": "Folk High School"},
        "jwks": {"keys": [desk.issuer.public_jwk()]},
        "credential_types": [CredentialType::Qualification.vct()],
    }]});
    desk.write("registries.json", &pinned.to_string());
    let path = desk.path("registries.json");
    let with = ["--offline", "--registries", text(&path)];
    let (code, out, err) = said(&desk.check("a.sd-jwt", &with));
    assert_eq!(code, Some(12), "{err}");
    assert!(out.contains("Proven by Folk High School"), "{out}");
    assert!(out.contains("We pinned this issuer ourselves"), "{out}");
    let (code, out, err) = said(&desk.batch(&[text(&desk.path("a.sd-jwt"))], &with[1..]));
    assert_eq!(code, Some(12), "{err}");
    assert!(out.contains("Folk High School"), "{out}");
}

#[test]
fn a_federation_that_could_not_be_asked_is_named() {
    let desk = Desk::new();
    desk.write("a.sd-jwt", &desk.credential_as(STRANGER, "Esimerkki-Lahti"));
    let federation = json!({"federations": [{
        "entity_id": "https://federaatio.example",
        "jwks": {"keys": [desk.issuer.public_jwk()]},
        "credential_types": [CredentialType::Qualification.vct()],
    }]});
    desk.write("registries.json", &federation.to_string());
    let path = desk.path("registries.json");
    let with = ["--offline", "--json", "--registries", text(&path)];
    let (code, out, _) = said(&desk.check("a.sd-jwt", &with));
    assert_eq!(code, Some(11));
    let check = &checks(&out)[0];
    assert_eq!(check["reason"], "federation_offline");
    let registry = json!({"kind": "federation", "name": "https://federaatio.example"});
    assert_eq!(check["registry"], registry);
}

#[test]
fn registries_that_cannot_be_used_stop_the_program() {
    let desk = Desk::new();
    desk.write("a.sd-jwt", &desk.credential());
    let path = desk.path("registries.json");
    for (file, expected) in [
        (r#"{"pinned_issuer": []}"#, "registries_malformed"),
        (
            r#"{"certificate_authorities": [{"certificates": "", "credential_types": ["a"]}]}"#,
            { "registries_certificates" },
        ),
    ] {
        desk.write("registries.json", file);
        let with = ["--offline", "--json", "--registries", text(&path)];
        let (code, _, err) = said(&desk.check("a.sd-jwt", &with));
        assert_eq!(code, Some(8), "{err}");
        let error: Value = serde_json::from_str(&err).unwrap();
        assert_eq!(error["error"], expected);
    }
}
