//! Signed badges: the payload is read, the signature is said not to be checked.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use credential_core::record::NoticeKind;
use serde_json::{Value, json};

use super::{ASSERTION, CREDENTIAL, has, only, read};
use crate::source::{RecordSource as _, openbadges::OpenBadges, recognise, tests::examples};

pub(super) fn token(header: &str, payload: &str) -> String {
    let encode = |text: &str| BASE64_URL_SAFE_NO_PAD.encode(text);
    format!(
        "{}.{}.{}",
        encode(header),
        encode(payload),
        encode("a signature")
    )
}

/// The sample without proof, as a token carries it: itself (VCDM 2.0), or in `vc` (1.1).
fn payload(in_vc: bool, more: &Value) -> String {
    let mut credential: Value = serde_json::from_slice(CREDENTIAL).unwrap();
    credential.as_object_mut().unwrap().remove("proof");
    let mut payload = if in_vc {
        json!({"vc": credential})
    } else {
        credential
    };
    for (name, value) in more.as_object().unwrap() {
        payload[name] = value.clone();
    }
    payload.to_string()
}

#[test]
fn a_token_is_read_in_both_data_models() {
    let claims = json!({
        "iss": "https://merkit.lehtoranta.example/issuer",
        "sub": "did:example:aino",
        "jti": "https://merkit.lehtoranta.example/credentials/77",
        "nbf": 1_770_249_600,
    });
    for in_vc in [false, true] {
        let token = token(r#"{"alg":"ES256","kid":"key-1"}"#, &payload(in_vc, &claims));
        assert_eq!(recognise(token.as_bytes()).unwrap().name(), "openbadges");
        let record = read(token.as_bytes());
        assert_eq!(only(&record).title.en.as_deref(), Some("Digital safety"));
        let place = if in_vc { "/payload/vc" } else { "/payload" };
        assert_eq!(only(&record).pointer, place);
        assert_eq!(record.signature().code(), "signature-key-not-at-hand");
        assert!(has(&record, "/signature", NoticeKind::SignatureNotChecked));
        assert_eq!(record.raw(), token.as_bytes());
    }
}

#[test]
fn c48_a_token_whose_claims_contradict_the_credential_is_refused() {
    for (claim, in_vc) in [("iss", true), ("sub", false), ("jti", true)] {
        let token = token(
            r#"{"alg":"ES256"}"#,
            &payload(in_vc, &json!({claim: "did:example:other"})),
        );
        let error = OpenBadges.read(token.as_bytes()).unwrap_err();
        assert_eq!(error.reason(), "document-wrong-type");
        assert_eq!(error.pointer(), Some(format!("/payload/{claim}").as_str()));
    }
}

#[test]
fn c48_a_token_that_begins_to_hold_at_another_time_than_its_credential_is_refused() {
    for nbf in [
        json!(1_770_249_599),
        json!(0),
        json!("1770249600"),
        json!(null),
    ] {
        let token = token(r#"{"alg":"ES256"}"#, &payload(true, &json!({"nbf": nbf})));
        let outcome = OpenBadges.read(token.as_bytes());
        match nbf {
            Value::Null => assert!(outcome.is_ok()),
            _ => assert_eq!(outcome.unwrap_err().pointer(), Some("/payload/nbf")),
        }
    }
}

#[test]
fn why_a_signature_was_not_checked_depends_on_its_header() {
    let payload = payload(false, &json!({}));
    for (header, code) in [
        (r#"{"alg":"none"}"#, "signature-algorithm-not-accepted"),
        (r#"{"alg":"HS256"}"#, "signature-algorithm-not-accepted"),
        (r#"{"kid":"key-1"}"#, "signature-algorithm-not-accepted"),
        (r#"{"alg":"EdDSA"}"#, "signature-key-not-at-hand"),
        (
            r#"{"alg":"RS256","jwk":{"kty":"RSA"}}"#,
            "signature-kind-not-supported",
        ),
    ] {
        let record = read(token(header, &payload).as_bytes());
        assert_eq!(record.signature().code(), code, "{header}");
    }
}

#[test]
fn a_signed_assertion_of_the_older_version_is_read() {
    let assertion = std::str::from_utf8(ASSERTION).unwrap();
    let record = read(token(r#"{"alg":"RS256"}"#, assertion).as_bytes());
    assert_eq!(
        only(&record).title.fi.as_deref(),
        Some("Huonekalujen kunnostus")
    );
}

#[test]
fn the_json_form_of_a_signature_is_taken_apart() {
    let encode = |text: &str| BASE64_URL_SAFE_NO_PAD.encode(text);
    let document = json!({
        "payload": encode(&payload(false, &json!({}))),
        "signatures": [{"protected": encode(r#"{"alg":"ES256"}"#), "signature": "c2ln"}],
    });
    let record = read(document.to_string().as_bytes());
    assert_eq!(only(&record).pointer, "/payload");
    assert!(has(&record, "/signatures", NoticeKind::SignatureNotChecked));
}

#[test]
fn every_value_of_a_token_is_accounted_for() {
    let payload = payload(
        true,
        &json!({"iss": "https://merkit.lehtoranta.example/issuer"}),
    );
    let token = token(r#"{"alg":"ES256","kid":"key-1"}"#, &payload);
    let understood = examples::checked(token.as_bytes()).unwrap();
    let within = examples::leaves(&serde_json::from_str(&payload).unwrap());
    assert_eq!(understood.coverage.total().total(), within + 3);
}

#[test]
fn a_token_that_is_cut_off_or_no_badge_is_not_recognised() {
    let token = token(r#"{"alg":"ES256"}"#, &payload(true, &json!({})));
    for text in [
        &token[..token.len() / 2],
        "eyJ.eyJ.x",
        "eyJhbGciOiJub25lIn0.e30.",
        "a.b.c",
    ] {
        assert_eq!(
            recognise(text.as_bytes()).unwrap_err().reason(),
            "document-not-recognised"
        );
    }
}
