//! Credentials as JWTs.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::{
    super::{LinkedDataError, MAX_LENGTH, SecuredJwt, VerifiedDocument},
    ISSUER, badge, key, verifying,
};
use crate::{
    encoding::base64url,
    jose::{EdDsaKey, Es256Key, Signer, VerifyingKey},
};

fn compact(header: &Value, payload: &Value, signer: &dyn Signer) -> String {
    let mut text = format!(
        "{}.{}",
        base64url(header.to_string()),
        base64url(payload.to_string())
    );
    let signature = signer.sign(text.as_bytes()).unwrap();
    text.push('.');
    text.push_str(&base64url(signature));
    text
}

fn header(typ: &str) -> Value {
    json!({"alg": "EdDSA", "typ": typ, "kid": format!("{ISSUER}#1")})
}

fn judged(text: &str, key: &EdDsaKey) -> Result<VerifiedDocument, LinkedDataError> {
    SecuredJwt::parse(text)?.verify(&verifying(key))
}

/// The badge of the data model 1.1, as the claim `vc` holds it.
fn older() -> Map<String, Value> {
    let mut document = badge();
    document["@context"] = json!([
        "https://www.w3.org/2018/credentials/v1",
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
    ]);
    let from = document.remove("validFrom").unwrap();
    let until = document.remove("validUntil").unwrap();
    document.insert("issuanceDate".into(), from);
    document.insert("expirationDate".into(), until);
    document
}

/// As Open Badges 3.0 section 8.2.4 writes the claims.
fn claims() -> Value {
    json!({
        "iss": ISSUER,
        "jti": "urn:uuid:5f0b7c1e-2f0c-4b5a-9a51-6a3c51d3a111",
        "sub": "did:example:oppija",
        "nbf": 1_772_409_600,
        "exp": 1_930_176_000,
    })
}

fn with_claims(mut payload: Value) -> Value {
    for (name, value) in claims().as_object().unwrap() {
        payload[name] = value.clone();
    }
    payload
}

#[test]
fn a_jwt_whose_payload_is_the_credential_is_verified() {
    let key = key();
    let text = compact(&header("vc+jwt"), &Value::Object(badge()), &key);
    let read = SecuredJwt::parse(&text).unwrap();
    assert_eq!(read.untrusted_issuer(), ISSUER);
    assert_eq!(read.key_id(), Some("1"));
    assert!(read.unknown_algorithm().is_none());
    let found = judged(&text, &key).unwrap();
    assert_eq!(found.document(), &badge());
    let enveloped = found.to_json();
    assert_eq!(
        enveloped["id"],
        json!(format!("data:application/vc+jwt,{text}"))
    );
    assert_eq!(
        judged(&text, &super::key()),
        Err(LinkedDataError::BadSignature)
    );
}

#[test]
fn c48_the_claims_and_the_credential_say_the_same_in_each_form() {
    let key = key();
    for payload in [
        with_claims(Value::Object(badge())),
        with_claims(json!({"vc": Value::Object(badge())})),
        with_claims(json!({"vc": Value::Object(older())})),
    ] {
        let found = judged(&compact(&header("JWT"), &payload, &key), &key).unwrap();
        assert_eq!(found.issuer(), ISSUER);
        for claim in ["iss", "jti", "sub", "nbf", "exp"] {
            let mut turned = payload.clone();
            turned[claim] = match turned[claim].is_number() {
                true => json!(1_700_000_000),
                false => json!("https://toinen.example/1"),
            };
            let refused = judged(&compact(&header("JWT"), &turned, &key), &key).unwrap_err();
            let reason = refused.reason();
            assert!(
                ["linked_data_claim_differs", "linked_data_not_the_issuers"].contains(&reason),
                "{claim} {reason}"
            );
        }
    }
}

#[test]
fn c48_what_stands_in_the_claims_only_counts_for_the_credential() {
    let key = key();
    let mut document = older();
    for name in ["id", "issuer", "issuanceDate", "expirationDate"] {
        document.remove(name);
    }
    document["credentialSubject"]
        .as_object_mut()
        .unwrap()
        .remove("id");
    let payload = with_claims(json!({"vc": document}));
    let found = judged(&compact(&header("JWT"), &payload, &key), &key).unwrap();
    assert_eq!(found.issuer(), ISSUER);
    assert_eq!(found.id(), claims()["jti"].as_str());
    assert_eq!(found.document()["credentialSubject"]["id"], claims()["sub"]);
    assert_eq!(found.valid_from().unwrap().timestamp(), 1_772_409_600);
    assert_eq!(found.valid_until().unwrap().timestamp(), 1_930_176_000);
}

#[test]
fn the_times_of_a_signature_hold_beside_those_of_the_credential() {
    let key = key();
    let mut payload = Value::Object(badge());
    payload["exp"] = json!(1_800_000_000);
    payload["iat"] = json!(1_772_500_000);
    let found = judged(&compact(&header("vc+jwt"), &payload, &key), &key).unwrap();
    assert_eq!(found.valid_until().unwrap().timestamp(), 1_800_000_000);
    assert_eq!(found.proven_at().unwrap().timestamp(), 1_772_500_000);
    assert!(!found.document().contains_key("exp"));
}

#[test]
fn c31_an_algorithm_that_anybody_can_sign_with_is_refused_before_a_key_is_looked_for() {
    let key = key();
    let with = |alg: &str| {
        let mut header = header("vc+jwt");
        header["alg"] = json!(alg);
        compact(&header, &Value::Object(badge()), &key)
    };
    for (alg, reason) in [
        ("none", "linked_data_no_proof"),
        ("NoNe", "linked_data_no_proof"),
        ("HS256", "linked_data_wrong_algorithm"),
        ("HS512", "linked_data_wrong_algorithm"),
    ] {
        assert_eq!(
            SecuredJwt::parse(&with(alg)).unwrap_err().reason(),
            reason,
            "{alg}"
        );
    }
    // The header names another than the key's; the key is an Ed25519 key all the same.
    for alg in ["ES256", "RS256"] {
        assert_eq!(
            judged(&with(alg), &key),
            Err(LinkedDataError::WrongAlgorithm),
            "{alg}"
        );
    }
    let unknown = SecuredJwt::parse(&with("ES256K"))
        .unwrap()
        .unknown_algorithm();
    assert_eq!(unknown.unwrap().reason(), "linked_data_unsupported_es256k");
    let (es256, _pkcs8) = Es256Key::generate().unwrap();
    let other = VerifyingKey::try_from(es256.public_jwk()).unwrap();
    let read = SecuredJwt::parse(&with("EdDSA")).unwrap();
    assert_eq!(read.verify(&other), Err(LinkedDataError::WrongAlgorithm));
}

#[test]
fn another_type_an_extension_or_a_key_of_somebody_else_is_refused() {
    let (key, badge) = (key(), Value::Object(badge()));
    let refused = |change: &dyn Fn(&mut Value)| {
        let mut header = header("vc+jwt");
        change(&mut header);
        SecuredJwt::parse(&compact(&header, &badge, &key))
            .unwrap_err()
            .reason()
    };
    for typ in [
        "dc+sd-jwt",
        "statuslist+jwt",
        "kb+jwt",
        "vp+jwt",
        "dpop+jwt",
    ] {
        assert_eq!(
            refused(&|it| it["typ"] = json!(typ)),
            "linked_data_not_a_jwt",
            "{typ}"
        );
    }
    assert_eq!(refused(&|it| it["typ"] = json!(7)), "linked_data_not_a_jwt");
    assert_eq!(
        refused(&|it| it["crit"] = json!(["b64"])),
        "linked_data_unsupported_proof"
    );
    assert_eq!(
        refused(&|it| it["sigT"] = json!("2026-03-02T00:00:00Z")),
        "linked_data_unsupported_jades"
    );
    assert_eq!(
        refused(&|it| it["kid"] = json!("https://toinen.example#1")),
        "linked_data_not_the_issuers"
    );
}

#[test]
fn what_was_signed_must_still_be_a_credential_of_the_data_model() {
    let key = key();
    let judge = |typ: &str, payload: Value| {
        let text = compact(&header(typ), &payload, &key);
        judged(&text, &key).unwrap_err().reason()
    };
    let mut strange = Value::Object(badge());
    strange["@context"][1] = json!("https://elsewhere.example/context");
    assert_eq!(judge("vc+jwt", strange), "linked_data_unknown_context");
    assert_eq!(
        judge("vc+jwt", json!({"vc": Value::Object(older())})),
        "linked_data_malformed_member"
    );
    assert_eq!(
        judge("JWT", json!({"vp": {}, "iss": ISSUER})),
        "linked_data_presentation"
    );
    let mut mixed = Value::Object(badge());
    mixed["issuanceDate"] = json!("2026-03-02T00:00:00Z");
    assert_eq!(judge("vc+jwt", mixed), "linked_data_undefined_term");
    let mut undated = older();
    undated.remove("issuanceDate");
    assert_eq!(
        judge("JWT", json!({"vc": undated})),
        "linked_data_malformed_member"
    );
    let mut several = Value::Object(badge());
    several["credentialSubject"] = json!([{"id": "did:example:1"}, {"id": "did:example:2"}]);
    several["sub"] = json!("did:example:1");
    assert_eq!(judge("JWT", several), "linked_data_claim_differs");
}

#[test]
fn doubles_depth_and_length_of_a_jwt_are_refused() {
    let read = |payload: &str| {
        let text = format!(
            "{}.{}.AAAA",
            base64url(header("vc+jwt").to_string()),
            base64url(payload)
        );
        SecuredJwt::parse(&text).unwrap_err().reason()
    };
    assert_eq!(
        read(r#"{"id":"a:1","id":"a:2"}"#),
        "linked_data_duplicate_member"
    );
    assert_eq!(
        read(&format!("{}1", "[".repeat(40))),
        "linked_data_too_deep"
    );
    assert_eq!(read(&" ".repeat(MAX_LENGTH + 9)), "linked_data_too_large");
    assert_eq!(
        SecuredJwt::parse("a.b").unwrap_err().reason(),
        "linked_data_not_a_jwt"
    );
    assert_eq!(
        SecuredJwt::parse("a.b.c.d").unwrap_err().reason(),
        "linked_data_not_a_jwt"
    );
    let double = format!(
        "{}.{}.AAAA",
        base64url(r#"{"alg":"EdDSA","alg":"none"}"#),
        base64url("{}")
    );
    assert_eq!(
        SecuredJwt::parse(&double).unwrap_err().reason(),
        "linked_data_duplicate_member"
    );
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_of_jwts_panic(text in "[A-Za-z0-9_.-]{0,200}") {
        let _answered = SecuredJwt::parse(&text);
    }

    #[test]
    fn no_payload_makes_the_reader_of_jwts_panic(
        iss in ".{0,20}", nbf in any::<i64>(), exp in any::<f64>(), id in ".{0,20}",
    ) {
        let payload = json!({
            "iss": iss, "nbf": nbf, "exp": exp, "jti": id, "sub": id,
            "vc": {"id": id, "credentialSubject": [{}], "issuer": iss},
        });
        let text = format!(
            "{}.{}.AAAA",
            base64url(r#"{"alg":"ES256"}"#),
            base64url(payload.to_string())
        );
        let _answered = SecuredJwt::parse(&text);
    }
}
