use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use serde_json::{Value, json};

mod edges;
mod foreign;

use super::{
    Es256Key, Jwk, KeyUse, Signer as _, VerifyingKey,
    dpop::{self, DpopError},
    jws::{self, General, JwsError, KeyReference, Role, Unverified},
};
use crate::{encoding::base64url, rng::SystemRng};

fn noon() -> DateTime<Utc> {
    "2026-05-29T12:00:00Z".parse().unwrap()
}

fn key() -> Es256Key {
    Es256Key::generate().unwrap().0
}

#[test]
fn thumbprint_follows_rfc_8037_appendix_a_3() {
    let jwk: Jwk = serde_json::from_value(json!({
        "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
    }))
    .unwrap();
    assert_eq!(
        jwk.thumbprint(),
        "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
    );
}

#[test]
fn ed25519_signature_of_rfc_8037_appendix_a_4_verifies() {
    let jwk: Jwk = serde_json::from_value(json!({
        "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
    }))
    .unwrap();
    let signature = crate::encoding::from_base64url(
        "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg",
    )
    .unwrap();
    let input = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
    assert!(
        VerifyingKey::try_from(&jwk)
            .unwrap()
            .verify(input.as_bytes(), &signature)
    );
}

#[test]
fn a_private_member_in_a_jwk_is_refused() {
    let mut jwk = serde_json::to_value(key().public_jwk()).unwrap();
    jwk["d"] = json!("secret");
    assert!(serde_json::from_value::<Jwk>(jwk).is_err());
}

#[test]
fn header_algorithm_that_is_not_the_keys_is_refused() {
    let key = key();
    let signed = jws::sign("x+jwt", &json!({"a": 1}), &key, KeyReference::Kid).unwrap();
    let (_, rest) = signed.split_once('.').unwrap();
    let verifying = VerifyingKey::try_from(key.public_jwk()).unwrap();
    for alg in ["HS256", "none", "EdDSA", "Ed25519", "ES384", "es256"] {
        let forged = format!(
            "{}.{rest}",
            base64url(json!({"alg": alg, "typ": "x+jwt"}).to_string())
        );
        let result = Unverified::parse(&forged, "x+jwt")
            .unwrap()
            .verify::<Value>(&verifying);
        assert_eq!(result, Err(JwsError::AlgorithmMismatch), "{alg}");
    }
    assert_eq!(
        Unverified::parse(&signed, "x+jwt")
            .unwrap()
            .verify::<Value>(&verifying)
            .unwrap(),
        json!({"a": 1})
    );
    assert_eq!(
        Unverified::parse(&signed, "y+jwt").unwrap_err(),
        JwsError::WrongType
    );
}

#[test]
fn ed25519_answers_to_both_its_names_and_no_other_key_does() {
    let pair = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap();
    let x = base64url(pair.public_key());
    let jwk = |alg: Option<&str>| {
        let jwk = json!({"kty": "OKP", "crv": "Ed25519", "x": x, "alg": alg});
        VerifyingKey::try_from(&serde_json::from_value::<Jwk>(jwk).unwrap())
    };
    let signed = |alg: &str| {
        let header = base64url(json!({"alg": alg, "typ": "x+jwt"}).to_string());
        let input = format!("{header}.{}", base64url("{}"));
        format!("{input}.{}", base64url(pair.sign(input.as_bytes())))
    };
    let check = |compact: &str, key: &VerifyingKey| {
        Unverified::parse(compact, "x+jwt")
            .unwrap()
            .verify::<Value>(key)
    };
    // RFC 8037 section 3.1 and RFC 9864 section 2.2, in header and key.
    for name in ["EdDSA", "Ed25519"] {
        let key = jwk(Some(name)).unwrap();
        for header in ["EdDSA", "Ed25519"] {
            assert_eq!(
                check(&signed(header), &key),
                Ok(json!({})),
                "{name} {header}"
            );
        }
    }
    assert!(jwk(Some("Ed448")).is_err());
    let key = jwk(None).unwrap();
    for header in ["Ed448", "ed25519", "ES256", "HS256"] {
        let mismatch = Err(JwsError::AlgorithmMismatch);
        assert_eq!(check(&signed(header), &key), mismatch, "{header}");
    }
}

#[test]
fn every_changed_character_of_a_signed_object_is_noticed() {
    let key = key();
    let verifying = VerifyingKey::try_from(key.public_jwk()).unwrap();
    let signed = jws::sign("x+jwt", &json!({"a": 1}), &key, KeyReference::Kid).unwrap();
    for place in 0..signed.len() {
        let mut bytes = signed.clone().into_bytes();
        bytes[place] = if bytes[place] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(bytes).unwrap();
        let accepted = Unverified::parse(&changed, "x+jwt")
            .and_then(|unverified| unverified.verify::<Value>(&verifying))
            .is_ok();
        assert!(!accepted, "character {place} could be changed");
    }
}

#[test]
fn an_encryption_key_does_not_verify_signatures() {
    let jwk = key().public_jwk().clone().with_use(KeyUse::Enc);
    assert!(VerifyingKey::try_from(&jwk).is_err());
}

#[test]
fn one_bad_signature_of_several_refuses_the_whole() {
    let (holder, guardian) = (key(), key());
    let claims = json!({"decision": "approved"});
    let mut signed = General::sign("d+jwt", &claims, &holder).unwrap();
    signed
        .countersign("d+jwt", Role::Guardian, &guardian)
        .unwrap();
    let mut both = serde_json::to_value(&signed).unwrap();
    let general: General = serde_json::from_value(both.clone()).unwrap();
    let (read, signatories) = general.verify_possession::<Value>("d+jwt").unwrap();
    let roles: Vec<_> = signatories.iter().map(|one| one.role).collect();
    assert_eq!((read, roles), (claims, vec![None, Some(Role::Guardian)]));

    both["signatures"][1]["signature"] = both["signatures"][0]["signature"].clone();
    let general: General = serde_json::from_value(both).unwrap();
    assert_eq!(
        general.verify_possession::<Value>("d+jwt"),
        Err(JwsError::BadSignature)
    );
}

#[test]
fn dpop_proof_fits_one_request_one_moment_and_one_token() {
    let (key, rng) = (key(), SystemRng::default());
    let uri = "http://127.0.0.1:8080/mailbox/1";
    let proof = dpop::prove("GET", uri, Some("token"), noon(), &key, &rng).unwrap();
    let check = |method, uri, token, at| dpop::check(&proof, method, uri, token, at);

    let accepted = check(
        "GET",
        "HTTP://127.0.0.1:8080/mailbox/1?after=2",
        Some("token"),
        noon(),
    );
    assert_eq!(
        accepted.unwrap().thumbprint(),
        key.public_jwk().thumbprint()
    );
    assert_eq!(
        check("POST", uri, Some("token"), noon()),
        Err(DpopError::OtherRequest)
    );
    assert_eq!(
        check(
            "GET",
            "http://127.0.0.1:8080/mailbox/2",
            Some("token"),
            noon()
        ),
        Err(DpopError::OtherRequest)
    );
    assert_eq!(
        check("GET", uri, Some("other"), noon()),
        Err(DpopError::OtherToken)
    );
    assert_eq!(check("GET", uri, None, noon()), Err(DpopError::OtherToken));
    let (late, early) = (
        noon() + TimeDelta::seconds(61),
        noon() - TimeDelta::seconds(11),
    );
    assert_eq!(
        check("GET", uri, Some("token"), late),
        Err(DpopError::NotOfThisMoment)
    );
    assert_eq!(
        check("GET", uri, Some("token"), early),
        Err(DpopError::NotOfThisMoment)
    );
}

/// Signs these header and payload texts, octet by octet.
fn signed_text(key: &Es256Key, header: impl AsRef<[u8]>, payload: impl AsRef<[u8]>) -> String {
    let input = format!("{}.{}", base64url(header), base64url(payload));
    let signature = base64url(key.sign(input.as_bytes()).unwrap());
    format!("{input}.{signature}")
}

#[test]
fn crit_is_refused_whatever_it_holds() {
    let key = key();
    for crit in ["null", "[]", r#"["b64"]"#, r#""exp""#, "{}", "0"] {
        let header = format!(r#"{{"alg":"ES256","typ":"x+jwt","crit":{crit}}}"#);
        let signed = signed_text(&key, &header, r#"{"a":1}"#);
        let refused = Unverified::parse(&signed, "x+jwt").unwrap_err();
        assert_eq!(refused, JwsError::UnknownExtension, "{crit}");
    }
}

#[test]
fn octets_that_are_not_utf_8_are_refused_even_in_a_member_that_nobody_reads() {
    #[derive(Debug, serde::Deserialize)]
    struct Nothing {}
    let key = key();
    let verifying = VerifyingKey::try_from(key.public_jwk()).unwrap();
    let broken = |text: &str| -> Vec<u8> {
        let octets = text.bytes();
        octets
            .map(|octet| if octet == b'?' { 0xff } else { octet })
            .collect()
    };
    let plain = r#"{"alg":"ES256","typ":"x+jwt"}"#;
    let header = broken(r#"{"alg":"ES256","typ":"x+jwt","other":"?"}"#);
    let signed = signed_text(&key, header, "{}");
    let refused = Unverified::parse(&signed, "x+jwt").unwrap_err();
    assert_eq!(refused, JwsError::Malformed);
    let signed = signed_text(&key, plain, broken(r#"{"other":"?"}"#));
    let object = Unverified::parse(&signed, "x+jwt").unwrap();
    let refused = object.verify::<Nothing>(&verifying).unwrap_err();
    assert_eq!(refused, JwsError::WrongContent);
    let refused = object.untrusted_payload::<Nothing>().unwrap_err();
    assert_eq!(refused, JwsError::WrongContent);
    let signed = signed_text(&key, plain, r#"{"other":"?"}"#);
    let object = Unverified::parse(&signed, "x+jwt").unwrap();
    assert!(object.verify::<Nothing>(&verifying).is_ok());
}

#[test]
fn a_known_member_given_twice_is_refused_in_header_and_payload() {
    #[derive(Debug, serde::Deserialize)]
    struct Claims {
        #[expect(dead_code, reason = "only whether it is read at all matters")]
        aud: String,
    }
    let key = key();
    let verifying = VerifyingKey::try_from(key.public_jwk()).unwrap();
    let read = |header: &str, payload: &str| {
        let signed = signed_text(&key, header, payload);
        Unverified::parse(&signed, "x+jwt")?
            .verify::<Claims>(&verifying)
            .map(drop)
    };
    let (header, payload) = (r#"{"alg":"ES256","typ":"x+jwt"}"#, r#"{"aud":"a"}"#);
    assert_eq!(read(header, payload), Ok(()));
    for twice in [
        r#"{"alg":"none","alg":"ES256","typ":"x+jwt"}"#,
        r#"{"alg":"ES256","typ":"y+jwt","typ":"x+jwt"}"#,
        r#"{"alg":"ES256","typ":"x+jwt","kid":"a","kid":"b"}"#,
    ] {
        assert_eq!(read(twice, payload), Err(JwsError::Malformed), "{twice}");
    }
    let twice = read(header, r#"{"aud":"b","aud":"a"}"#);
    assert_eq!(twice, Err(JwsError::WrongContent));
    // What nobody reads may stand there twice.
    assert_eq!(read(header, r#"{"aud":"a","x":1,"x":2}"#), Ok(()));
}

proptest! {
    #[test]
    fn any_text_is_a_signed_object_or_a_refusal(text in ".{0,200}") {
        prop_assert!(Unverified::parse(&text, "x+jwt").is_err());
    }

    #[test]
    fn any_header_octets_are_a_header_or_a_refusal(octets in proptest::collection::vec(any::<u8>(), 0..200)) {
        let text = format!("{}.e30.AAAA", base64url(octets));
        let _read = Unverified::parse(&text, "x+jwt");
    }

    #[test]
    fn any_claimed_times_are_a_proof_or_a_refusal(iat: i64) {
        let key = key();
        let claims = json!({"jti": "1", "htm": "GET", "htu": "https://a.example/", "iat": iat});
        let proof = jws::sign(dpop::TYP, &claims, &key, KeyReference::Embedded).unwrap();
        let _checked = dpop::check(&proof, "GET", "https://a.example/", None, noon());
    }
}
