//! Where `ssi` deviates from RFC 9901 or cannot follow it, and we do not.
//!
//! Such a test fails when `ssi` mends the deviation: then the note about it goes, and nothing else
//! changes.

use credential_core::{
    dcql::Step,
    encoding::{base64url, from_base64url},
    jose::{
        Jwk, Signer as _, VerifyingKey,
        jws::{self, KeyReference},
    },
    rng::SystemRng,
    sd_jwt::{KeyBinding, SdJwt, SdJwtError, TYP, issue},
};
use serde_json::{Map, Value, json};
use ssi::{
    JWK, JsonPointerBuf,
    claims::{
        VerificationParameters,
        jws::sign_bytes,
        sd_jwt::{SdAlg, SdJwtBuf, SdJwtPayload},
    },
    jwk::Algorithm,
};

use super::support::{ISSUER, disclosure, issuance, issued, name, ours, presented, sign, theirs};

#[tokio::test]
async fn ssi_refuses_a_payload_without_sd_alg_and_we_take_the_default() {
    let (text, digest) = disclosure(&json!(["salt", "a", 1]));
    let text = sign(&json!({"_sd": [digest]}), &[&text]);
    assert_eq!(theirs(&text).await, None);
    assert_eq!(ours(&text).unwrap().claims()["a"], 1);
}

#[tokio::test]
async fn ssi_does_not_know_sha_512_and_we_do() {
    let text = sign(&json!({"_sd_alg": "sha-512", "a": 1}), &[]);
    assert_eq!(theirs(&text).await, None);
    assert_eq!(ours(&text).unwrap().claims()["a"], 1);
}

#[tokio::test]
async fn ssi_accepts_what_rfc_9901_refuses_and_we_refuse_it() {
    let (text, digest) = disclosure(&json!(["salt", "a", 1]));
    let (sd, sd_digest) = disclosure(&json!(["salt", "_sd", []]));
    let (dots, dots_digest) = disclosure(&json!(["salt", "...", 1]));
    let decoy = "decoy-decoy-decoy-decoy-decoy-decoy-decoy-d";
    let signed = |digests: &[&str]| json!({"_sd_alg": "sha-256", "_sd": digests});
    let cases = [
        (
            "digest twice",
            signed(&[decoy, decoy]),
            vec![],
            SdJwtError::DuplicateDigest,
        ),
        (
            "disclosure twice",
            signed(&[&digest]),
            vec![&*text, &*text],
            SdJwtError::RepeatedDisclosure,
        ),
        (
            "claim named _sd",
            signed(&[&sd_digest]),
            vec![&*sd],
            SdJwtError::ReservedName,
        ),
        (
            "claim named ...",
            signed(&[&dots_digest]),
            vec![&*dots],
            SdJwtError::ReservedName,
        ),
    ];
    for (case, payload, disclosures, error) in cases {
        let text = sign(&payload, &disclosures);
        assert!(theirs(&text).await.is_some(), "{case}: ssi refuses it now");
        assert_eq!(ours(&text), Err(error), "{case}");
    }
}

#[tokio::test]
async fn ssi_accepts_any_type_of_jwt_as_a_credential_and_we_do_not() {
    let payload = json!({"iss": "https://issuer.example", "vct": "https://types.example/1", "_sd_alg": "sha-256"});
    let jwt = jws::sign("statuslist+jwt", &payload, &*ISSUER, KeyReference::Kid).unwrap();
    let text = format!("{jwt}~");
    assert!(theirs(&text).await.is_some());
    assert_eq!(ours(&text).unwrap_err().reason(), "jws_wrong_type");
}

#[tokio::test]
async fn ssi_passes_a_stripped_or_forged_key_binding_and_we_do_not() {
    let honest = presented(&[]);
    let (sd_jwt, _) = honest.rsplit_once('~').unwrap();
    let binding = json!({"iat": 1, "aud": "anybody", "nonce": "any", "sd_hash": "any"});
    let forged = jws::sign("kb+jwt", &binding, &*ISSUER, KeyReference::Kid).unwrap();
    let expected = KeyBinding {
        audience: "openid_federation:https://recipient.example",
        nonce: "n-0S6_WzA2Mj",
        earliest: "2026-05-29T12:00:00Z".parse().unwrap(),
        latest: "2026-05-29T12:00:00Z".parse().unwrap(),
    };
    let issuer = VerifyingKey::try_from(ISSUER.public_jwk()).unwrap();
    let reason = |text: &str| {
        let parsed = SdJwt::parse(text).unwrap();
        parsed
            .verify_presentation(&issuer, &expected)
            .map_err(|error| error.reason())
            .err()
    };
    assert_eq!(reason(&honest), None);
    for (text, expected) in [
        (format!("{sd_jwt}~"), "key_binding_missing"),
        (format!("{sd_jwt}~{forged}"), "key_binding_bad_signature"),
    ] {
        assert!(
            theirs(&text).await.is_some(),
            "{expected}: ssi refuses it now"
        );
        assert_eq!(reason(&text), Some(expected));
    }
}

#[tokio::test]
async fn ssi_verifies_an_ed25519_signature_under_an_hs256_header_and_we_do_not() {
    let mut jwk = JWK::generate_ed25519().unwrap();
    jwk.algorithm = None;
    let header = base64url(json!({"alg": "HS256", "typ": TYP}).to_string());
    let payload = json!({"iss": "https://issuer.example", "vct": "https://types.example/1", "_sd_alg": "sha-256"});
    let input = format!("{header}.{}", base64url(payload.to_string()));
    let signature = sign_bytes(Algorithm::EdDSA, input.as_bytes(), &jwk).unwrap();
    let text = format!("{input}.{}~", base64url(signature));

    let params = VerificationParameters::from_resolver(jwk.to_public());
    let sd_jwt = SdJwtBuf::new(text.clone()).unwrap();
    let (_, verification) = sd_jwt.decode_reveal_verify_any(params).await.unwrap();
    assert_eq!(verification, Ok(()), "ssi refuses it now");

    let mut public = json!(jwk.to_public());
    public
        .as_object_mut()
        .unwrap()
        .retain(|name, _| ["kty", "crv", "x"].contains(&name.as_str()));
    let public: Jwk = serde_json::from_value(public).unwrap();
    let key = VerifyingKey::try_from(&public).unwrap();
    let outcome = SdJwt::parse(&text).unwrap().verify(&key);
    assert_eq!(outcome.unwrap_err().reason(), "jws_algorithm_mismatch");
}

#[test]
fn ssi_cannot_conceal_a_name_inside_an_array_and_we_can() {
    let claims = json!({"skills": [{"name": "first aid", "level": 3}]});
    let pointer = JsonPointerBuf::new("/skills/0/name".to_owned()).unwrap();
    assert!(SdJwtPayload::conceal(&claims, SdAlg::Sha256, &[pointer]).is_err());

    let claims: Map<String, Value> = serde_json::from_value(claims).unwrap();
    let disclosable = [name("skills")
        .then(Step::Index(0))
        .then(Step::Name("name".into()))];
    let issuance = issuance(&claims, &disclosable);
    let text = issue(&issuance, &*ISSUER, &SystemRng::default())
        .unwrap()
        .into_string();
    assert_eq!(
        ours(&text).unwrap().disclosures().next().unwrap().path,
        &disclosable[0]
    );
}

#[test]
fn ssi_writes_key_bindings_that_we_refuse() {
    use ssi::claims::sd_jwt::KbJwtPayload;
    let text = SdJwtBuf::new(issued()).unwrap();
    let payload =
        KbJwtPayload::<Map<String, Value>>::new("aud".into(), "nonce".into(), SdAlg::Sha256, &text);
    let payload = serde_json::to_value(payload).unwrap();
    assert!(
        payload["iat"].as_i64().is_none(),
        "ssi writes whole seconds now"
    );
    assert_eq!(
        payload.get("exp"),
        Some(&Value::Null),
        "ssi leaves exp out now"
    );
}

#[test]
fn ssi_tells_the_order_of_the_claims_and_we_sort() {
    let names: Vec<String> = (b'a'..=b'l')
        .map(|letter| char::from(letter).to_string())
        .collect();
    let claims: Map<String, Value> = names.iter().map(|name| (name.clone(), json!(1))).collect();
    let pointers: Vec<_> = names
        .iter()
        .map(|name| JsonPointerBuf::new(format!("/{name}")).unwrap())
        .collect();
    let (payload, _) = SdJwtPayload::conceal(&claims, SdAlg::Sha256, &pointers).unwrap();
    let sorted = |digests: &Value| {
        let digests: Vec<_> = digests
            .as_array()
            .unwrap()
            .iter()
            .map(|d| d.as_str().unwrap())
            .collect();
        digests.len() == 12 && digests.is_sorted()
    };
    assert!(!sorted(&payload.claims["_sd"]), "ssi sorts now");

    let disclosable: Vec<_> = names.iter().map(|n| name(n)).collect();
    let issuance = issuance(&claims, &disclosable);
    let text = issue(&issuance, &*ISSUER, &SystemRng::default())
        .unwrap()
        .into_string();
    let payload = from_base64url(text.split('.').nth(1).unwrap()).unwrap();
    assert!(sorted(
        &serde_json::from_slice::<Value>(&payload).unwrap()["_sd"]
    ));
}
