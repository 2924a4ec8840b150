//! Credentials of the W3C data model as JWTs: no text verifies that nobody signed, and what was signed verifies
//! with its own key alone and says who issued it as the credential does.

use std::sync::LazyLock;

use credential_core::{
    encoding::{base64url, from_base64url},
    jose::Signer as _,
    linked_data::{LinkedDataError, SecuredJwt},
};
use serde_json::{Value, json};

use crate::keys::Key;

static ISSUER: LazyLock<Key> = LazyLock::new(|| Key::of(33));
static STRANGER: LazyLock<Key> = LazyLock::new(|| Key::of(34));

/// A payload that is signed here, or a JWT as it came.
pub fn run(data: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(data) else {
        return false;
    };
    if text.trim_start().starts_with('{') {
        return sign(text);
    }
    let Ok(parsed) = SecuredJwt::parse(text) else {
        return false;
    };
    assert!(parsed.clone().verify(&STRANGER.verifying()).is_err());
    parsed.verify(&ISSUER.verifying()).is_ok()
}

fn sign(payload: &str) -> bool {
    let compact = compact("JWT", payload);
    let Ok(parsed) = SecuredJwt::parse(&compact) else {
        return false;
    };
    assert_eq!(
        parsed.clone().verify(&STRANGER.verifying()),
        Err(LinkedDataError::BadSignature)
    );
    let named = parsed.untrusted_issuer().to_owned();
    let Ok(verified) = parsed.verify(&ISSUER.verifying()) else {
        return false;
    };
    assert_eq!(verified.issuer(), named);
    let claims: Value = serde_json::from_str(payload).expect("it was read");
    if let Some(iss) = claims.get("iss") {
        assert_eq!(iss, verified.issuer());
    }
    if let Some(id) = claims.get("jti") {
        assert_eq!(Some(id), verified.document().get("id"));
    }
    if let (Some(exp), Some(until)) = (claims.get("exp"), verified.valid_until()) {
        assert!(exp.as_i64().is_some_and(|exp| until.timestamp() <= exp));
    }
    true
}

fn compact(typ: &str, payload: &str) -> String {
    let header = json!({"alg": ISSUER.algorithm().name(), "typ": typ}).to_string();
    let signed = format!("{}.{}", base64url(header), base64url(payload));
    let signature = ISSUER.sign(signed.as_bytes()).expect("a key in memory");
    format!("{signed}.{}", base64url(signature))
}

const FIRST: &str = r#"{"iss":"https://opisto.example","jti":"urn:example:1","sub":"did:example:2","nbf":1772409600,"exp":1930176000,"vc":{"@context":["https://www.w3.org/2018/credentials/v1"],"type":["VerifiableCredential"],"issuer":{"id":"https://opisto.example"},"issuanceDate":"2026-03-02T00:00:00Z","credentialSubject":{"id":"did:example:2"}}}"#;
const SECOND: &str = r#"{"@context":["https://www.w3.org/ns/credentials/v2"],"id":"urn:example:1","type":["VerifiableCredential"],"issuer":"https://opisto.example","validFrom":"2026-03-02T00:00:00Z","credentialSubject":{"id":"did:example:2"}}"#;

/// Invented credentials, signed and not.
pub fn seeds() -> Vec<(&'static str, Vec<u8>)> {
    let signed = compact("vc+jwt", SECOND);
    let header = signed.split('.').next().unwrap_or_default();
    let unsigned = json!({"alg": "none"}).to_string();
    let none = signed.replacen(header, &base64url(unsigned), 1);
    assert!(from_base64url(header).is_ok());
    vec![
        ("accepted-first-model", FIRST.as_bytes().to_vec()),
        ("accepted-second-model", SECOND.as_bytes().to_vec()),
        ("accepted-signed", signed.into_bytes()),
        ("algorithm-none", none.into_bytes()),
        (
            "claims-differ",
            FIRST
                .replacen("https://opisto.example", "https://toinen.example", 1)
                .into_bytes(),
        ),
    ]
}
