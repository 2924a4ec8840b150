//! Text of the wrong form: headers, limits, registered claims, damaged octets.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{
    super::{MAX_DEPTH, MAX_DISCLOSURES, SdJwt, SdJwtError, TYP},
    ISSUER, disclosure, forge, held, payload, verify, verify_presentation,
};
use crate::{
    encoding::base64url,
    jose::{
        Es256Key, Signer as _, VerifyingKey,
        jws::{self, JwsError, KeyReference},
    },
};

/// What comes of a payload with `more` in it and these disclosures.
fn outcome(more: Value, disclosures: &[&str]) -> Result<Value, SdJwtError> {
    verify(&forge(&payload(more).to_string(), disclosures))
        .map(|credential| credential.claims().clone())
}

fn refused(more: Value, disclosures: &[&str]) -> SdJwtError {
    outcome(more, disclosures).unwrap_err()
}

#[test]
fn disclosures_that_are_not_base64url_of_json_are_refused() {
    use crate::encoding::sha256_base64url;
    for text in ["!!!", "WyJhIiwxXQ==", "WyJhIiwxXR", "Wy Jh", "e30", "WyJh"] {
        let more = json!({"_sd": [sha256_base64url(text)]});
        assert_eq!(
            refused(more, &[text]),
            SdJwtError::MalformedDisclosure,
            "{text}"
        );
    }
}

#[test]
fn member_names_given_twice_are_refused_in_payload_and_disclosure() {
    let inner = r#"{"iss":"https://issuer.example","vct":"https://types.example/1","iss":"https://other.example"}"#;
    assert_eq!(verify(&forge(inner, &[])), Err(SdJwtError::DuplicateMember));
    let text = base64url(r#"["salt","a",{"b":1,"b":2}]"#);
    let more = json!({"_sd": [crate::encoding::sha256_base64url(&text)]});
    assert_eq!(refused(more, &[&text]), SdJwtError::DuplicateMember);
}

#[test]
fn c39_depth_and_count_are_limited() {
    let nested = |depth: usize| (1..depth).fold(json!({}), |inner, _| json!({"in": inner}));
    assert!(outcome(nested(MAX_DEPTH), &[]).is_ok());
    assert_eq!(refused(nested(MAX_DEPTH + 1), &[]), SdJwtError::TooDeep);
    let abyss = "[".repeat(300_000);
    assert_eq!(verify(&forge(&abyss, &[])), Err(SdJwtError::TooDeep));

    // A chain of disclosures, each inside the one before.
    let (mut disclosures, mut digest) = (Vec::new(), None);
    for _ in 0..MAX_DEPTH {
        let value = digest.map_or(json!({}), |digest: String| json!({"_sd": [digest]}));
        let (text, next) = disclosure(&json!(["salt", "in", value]));
        disclosures.push(text);
        digest = Some(next);
    }
    let texts: Vec<_> = disclosures.iter().map(String::as_str).collect();
    assert_eq!(
        refused(json!({"_sd": [digest.unwrap()]}), &texts),
        SdJwtError::TooDeep
    );

    let many = vec!["x"; MAX_DISCLOSURES + 1];
    assert_eq!(refused(json!({}), &many), SdJwtError::TooManyDisclosures);
}

#[test]
fn the_compact_form_is_taken_literally() {
    let honest = forge(&payload(json!({})).to_string(), &[]);
    let jwt = honest.trim_end_matches('~');
    for text in ["", "~", "a~", "a.b~", "~~", "a.b.c.d~"] {
        assert!(SdJwt::parse(text).is_err(), "{text}");
    }
    for text in [jwt.to_owned(), format!("{jwt}~~"), format!("{jwt}~a~~b~")] {
        assert_eq!(SdJwt::parse(&text).unwrap_err(), SdJwtError::Malformed);
    }
    for text in [format!(" {honest}"), honest.replacen('.', "=.", 1)] {
        assert_eq!(
            SdJwt::parse(&text).unwrap_err(),
            SdJwtError::Jws(JwsError::Malformed)
        );
    }
}

#[test]
fn c41_only_the_credential_type_itself_is_accepted() {
    let payload = payload(json!({})).to_string();
    for typ in [
        "vc+sd-jwt",
        "JWT",
        "dc+sd-jwT",
        "application/dc+sd-jwt",
        "kb+jwt",
        "",
    ] {
        let jwt = jws::sign_bytes(typ, payload.as_bytes(), &*ISSUER, KeyReference::Kid).unwrap();
        assert_eq!(
            verify(&format!("{jwt}~")),
            Err(SdJwtError::Jws(JwsError::WrongType)),
            "{typ}"
        );
    }
}

#[test]
fn c31_the_header_does_not_choose_algorithm_key_or_extension() {
    let honest = forge(&payload(json!({})).to_string(), &[]);
    let (_, rest) = honest.split_once('.').unwrap();
    let with = |header: Value| verify(&format!("{}.{rest}", base64url(header.to_string())));
    for alg in ["none", "HS256", "EdDSA", "ES384", "es256"] {
        let error = SdJwtError::Jws(JwsError::AlgorithmMismatch);
        assert_eq!(with(json!({"alg": alg, "typ": TYP})), Err(error), "{alg}");
    }
    let error = SdJwtError::Jws(JwsError::UnknownExtension);
    assert_eq!(
        with(json!({"alg": "ES256", "typ": TYP, "crit": ["b64"], "b64": false})),
        Err(error)
    );

    // A key in the header proves nothing: the caller's key decides.
    let (stranger, _) = Es256Key::generate().unwrap();
    let payload = payload(json!({})).to_string();
    let jwt = jws::sign_bytes(TYP, payload.as_bytes(), &stranger, KeyReference::Embedded).unwrap();
    assert_eq!(
        verify(&format!("{jwt}~")),
        Err(SdJwtError::Jws(JwsError::BadSignature))
    );
    let other = VerifyingKey::try_from(stranger.public_jwk()).unwrap();
    let outcome = SdJwt::parse(&honest).unwrap().verify(&other);
    assert_eq!(outcome, Err(SdJwtError::Jws(JwsError::BadSignature)));
}

#[test]
fn a_payload_that_is_no_object_is_refused() {
    for text in ["[]", "1", "null", "\"x\""] {
        assert_eq!(
            verify(&forge(text, &[])),
            Err(SdJwtError::Jws(JwsError::WrongContent)),
            "{text}"
        );
    }
    for text in ["", "{", "{} {}", "{\"a\":123456789012345678901234567890}"] {
        assert_eq!(
            verify(&forge(text, &[])),
            Err(SdJwtError::NotJson),
            "{text}"
        );
    }
}

#[test]
fn registered_claims_have_their_forms() {
    use SdJwtError::{MalformedClaim, MissingClaim};
    for name in ["iss", "vct"] {
        let mut without = payload(json!({}));
        without.as_object_mut().unwrap().remove(name);
        let named = if name == "iss" { "iss" } else { "vct" };
        assert_eq!(
            verify(&forge(&without.to_string(), &[])),
            Err(MissingClaim(named))
        );
    }
    let jwk = super::HOLDER.public_jwk().bare();
    let mut private = serde_json::to_value(&jwk).unwrap();
    private["d"] = json!("secret");
    let cases = [
        (json!({"iss": ""}), "iss"),
        (json!({"iss": 1}), "iss"),
        (json!({"vct": ["a"]}), "vct"),
        (json!({"vct#integrity": 1}), "vct#integrity"),
        (json!({"exp": "2026"}), "exp"),
        (json!({"exp": 1.5}), "exp"),
        (json!({"nbf": i64::MAX}), "nbf"),
        (json!({"iat": null}), "iat"),
        (json!({"iat": 1_683_000_000.0}), "iat"),
        (json!({"status": {}}), "status"),
        (json!({"status": "none"}), "status"),
        (
            json!({"status": {"status_list": {"uri": "https://a.example", "idx": -1}}}),
            "status",
        ),
        (
            json!({"status": {"status_list": {"uri": "https://a.example", "idx": 4_294_967_296_u64}}}),
            "status",
        ),
        (json!({"status": {"another_mechanism": {}}}), "status"),
        (json!({"cnf": "key"}), "cnf"),
        (json!({"cnf": {"jwk": {"kty": "EC"}}}), "cnf"),
        (json!({"cnf": {"jwk": private}}), "cnf"),
    ];
    for (more, name) in cases {
        assert_eq!(refused(more.clone(), &[]), MalformedClaim(name), "{more}");
    }
}

#[test]
fn hashes_other_than_the_three_known_are_refused() {
    for name in [
        json!("sha-1"),
        json!("md5"),
        json!("SHA-256"),
        json!("sha3-256"),
        json!(256),
        Value::Null,
    ] {
        assert_eq!(
            refused(json!({"_sd_alg": name}), &[]),
            SdJwtError::UnknownHash,
            "{name}"
        );
    }
}

#[test]
fn numbers_survive_as_they_were_signed() {
    let text = r#"{"iss":"https://issuer.example","vct":"https://types.example/1","exp":1780056000,"n":[0,-7,9007199254740993,4.35]}"#;
    let credential = verify(&forge(text, &[])).unwrap();
    let numbers = &credential.claims()["n"];
    assert_eq!(numbers[2].as_i64(), Some(9_007_199_254_740_993));
    assert_eq!(numbers[3].as_f64(), Some(4.35));
    assert_eq!(numbers.to_string(), "[0,-7,9007199254740993,4.35]");
    assert_eq!(credential.expires_at().unwrap().timestamp(), 1_780_056_000);
}

proptest! {
    #[test]
    fn any_text_is_refused_without_panic(text in "[A-Za-z0-9_.~-]{0,300}") {
        prop_assert!(verify(&text).is_err());
        prop_assert!(verify_presentation(&text).is_err());
    }

    #[test]
    fn any_signed_payload_and_disclosure_is_decided_without_panic(
        more in prop::collection::vec(prop::sample::select(vec![
            "\"_sd\":[\"a\"]", "\"_sd\":[]", "\"...\":\"a\"", "\"a\":[{\"...\":\"b\"}]", "\"a\":{\"_sd\":[\"c\"]}",
            "\"_sd_alg\":\"sha-512\"", "\"b\":null", "\"exp\":1", "\"status\":{}", "\"c\":[[[]]]",
        ]), 0..5),
        disclosure in "[A-Za-z0-9_-]{1,40}",
    ) {
        let text = format!(r#"{{"iss":"i","vct":"v"{}{}}}"#, if more.is_empty() { "" } else { "," }, more.join(","));
        prop_assert!(verify(&forge(&text, &[&disclosure])).is_err());
        let _either = verify(&forge(&text, &[]));
    }

    #[test]
    fn one_changed_octet_is_never_accepted_as_something_else(at in any::<prop::sample::Index>(), byte in 0x21_u8..0x7f) {
        let held = held();
        let mut bytes = held.as_str().as_bytes().to_vec();
        let at = at.index(bytes.len());
        prop_assume!(bytes[at] != byte);
        bytes[at] = byte;
        prop_assert!(verify(&String::from_utf8(bytes).unwrap()).is_err());
    }
}
