//! One test for each trap seen in other implementations, named after it.

use ring::signature::{Ed25519KeyPair, KeyPair as _};
use serde_json::{Value, json};

use super::{
    super::{SdJwt, SdJwtError, TYP, disclosure::HashAlgorithm, issue, present},
    HOLDER, ISSUER, claims, disclosure, forge, held, issuance, issued, paths, payload, request,
    verify, verify_presentation,
};
use crate::{
    encoding::{base64url, from_base64url},
    jose::{
        Algorithm, Jwk, SignError, Signer, VerifyingKey,
        jws::{JwsError, KeyReference, sign, sign_bytes},
    },
    rng::SystemRng,
};

#[derive(Debug)]
struct Ed25519(Ed25519KeyPair, Jwk);

impl Ed25519 {
    fn new() -> Self {
        let pair = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap();
        let jwk =
            json!({"kty": "OKP", "crv": "Ed25519", "x": base64url(pair.public_key()), "kid": "ed"});
        Self(pair, serde_json::from_value(jwk).unwrap())
    }
}

impl Signer for Ed25519 {
    fn algorithm(&self) -> Algorithm {
        Algorithm::EdDsa
    }
    fn public_jwk(&self) -> &Jwk {
        &self.1
    }
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        Ok(self.0.sign(message).as_ref().to_vec())
    }
}

#[test]
fn ssi_jws_verifies_an_ed25519_signature_under_an_hs256_header_and_we_do_not() {
    let signer = Ed25519::new();
    let key = VerifyingKey::try_from(signer.public_jwk()).unwrap();
    let header = base64url(json!({"alg": "HS256", "typ": TYP}).to_string());
    let input = format!("{header}.{}", base64url(payload(json!({})).to_string()));
    let signature = base64url(signer.sign(input.as_bytes()).unwrap());
    let outcome = SdJwt::parse(&format!("{input}.{signature}~"))
        .unwrap()
        .verify(&key);
    assert_eq!(outcome, Err(SdJwtError::Jws(JwsError::AlgorithmMismatch)));

    let claims = claims(json!({"a": 1}));
    let honest = issue(
        &issuance(&claims, &paths(&["a"])),
        &signer,
        &SystemRng::default(),
    )
    .unwrap();
    assert!(SdJwt::parse(honest.as_str()).unwrap().verify(&key).is_ok());
}

#[test]
fn ssi_sd_jwt_refuses_a_payload_without_sd_alg_and_we_take_sha_256() {
    let (text, digest) = disclosure(&json!(["salt", "a", 1]));
    let credential = verify(&forge(
        &payload(json!({"_sd": [digest]})).to_string(),
        &[&text],
    ))
    .unwrap();
    assert_eq!(credential.claims()["a"], 1);
}

#[test]
fn ssi_sd_jwt_accepts_duplicate_digests_and_we_do_not() {
    let (_, digest) = disclosure(&json!(["salt", "a", 1]));
    let twice = payload(json!({"_sd_alg": "sha-256", "_sd": [&digest, &digest]}));
    assert_eq!(
        verify(&forge(&twice.to_string(), &[])),
        Err(SdJwtError::DuplicateDigest)
    );
}

#[test]
fn ssi_sd_jwt_accepts_a_disclosure_given_twice_and_we_do_not() {
    let (text, digest) = disclosure(&json!(["salt", "a", 1]));
    let once = payload(json!({"_sd_alg": "sha-256", "_sd": [digest]})).to_string();
    assert_eq!(
        verify(&forge(&once, &[&text, &text])),
        Err(SdJwtError::RepeatedDisclosure)
    );
}

#[test]
fn ssi_sd_jwt_accepts_claims_named_sd_and_dots_and_we_do_not() {
    for name in ["_sd", "..."] {
        let (text, digest) = disclosure(&json!(["salt", name, []]));
        let signed = payload(json!({"_sd_alg": "sha-256", "_sd": [digest]})).to_string();
        assert_eq!(
            verify(&forge(&signed, &[&text])),
            Err(SdJwtError::ReservedName),
            "{name}"
        );
    }
}

#[test]
fn ssi_sd_jwt_does_not_know_sha_512_and_we_do() {
    for (name, hash) in [
        ("sha-384", HashAlgorithm::Sha384),
        ("sha-512", HashAlgorithm::Sha512),
    ] {
        let (text, _) = disclosure(&json!(["salt", "a", 1]));
        let signed = payload(json!({"_sd_alg": name, "_sd": [hash.digest(&text)]})).to_string();
        let credential = verify(&forge(&signed, &[&text])).unwrap();
        assert_eq!(credential.claims()["a"], 1, "{name}");

        // The key binding hashes with the same algorithm.
        let presented = present(&credential, &paths(&["a"]), &request(), &*HOLDER).unwrap();
        let (sd_jwt, binding) = presented.rsplit_once('~').unwrap();
        let binding = from_base64url(binding.split('.').nth(1).unwrap()).unwrap();
        let binding: Value = serde_json::from_slice(&binding).unwrap();
        assert_eq!(binding["sd_hash"], hash.digest(&format!("{sd_jwt}~")));
        assert!(verify_presentation(&presented).is_ok(), "{name}");
    }
}

#[test]
fn ssi_sd_jwt_cannot_reach_a_name_inside_an_array_and_we_can() {
    let claims = claims(json!({"skills": [{"name": "first aid", "level": 3}]}));
    let credential = verify(&issued(&claims, &paths(&["skills/0/name"]))).unwrap();
    assert_eq!(
        credential.disclosures().next().unwrap().path,
        &paths(&["skills/0/name"])[0]
    );
    let hidden = present(&credential, &[], &request(), &*HOLDER).unwrap();
    assert_eq!(
        verify_presentation(&hidden).unwrap().claims()["skills"],
        json!([{"level": 3}])
    );
}

#[test]
fn ssi_sd_jwt_passes_a_stripped_key_binding_and_we_do_not() {
    let presented = present(&held(), &[], &request(), &*HOLDER).unwrap();
    let (stripped, _) = presented.rsplit_once('~').unwrap();
    let stripped = format!("{stripped}~");
    assert_eq!(
        verify_presentation(&stripped),
        Err(SdJwtError::MissingKeyBinding)
    );
    // The other way round: a key binding does not slip through where a bare credential is expected.
    assert_eq!(verify(&presented), Err(SdJwtError::UnexpectedKeyBinding));
    assert!(verify(&stripped).is_ok());
}

#[test]
fn ssi_sd_jwt_writes_a_fractional_iat_and_a_null_exp_and_we_refuse_both() {
    let sd_jwt = forge(&payload(json!({})).to_string(), &[]);
    let seconds = super::noon().timestamp();
    for strange in [
        format!("{seconds}.25"),
        format!("{seconds}.0"),
        format!("{seconds},\"exp\":null"),
    ] {
        let binding = format!(
            r#"{{"aud":"{}","nonce":"{}","sd_hash":"{}","iat":{strange}}}"#,
            super::RECIPIENT,
            super::NONCE,
            crate::encoding::sha256_base64url(&sd_jwt),
        );
        let binding =
            sign_bytes("kb+jwt", binding.as_bytes(), &*HOLDER, KeyReference::Kid).unwrap();
        let outcome = verify_presentation(&format!("{sd_jwt}{binding}"));
        assert_eq!(outcome, Err(SdJwtError::MalformedKeyBinding), "{strange}");
    }
}

#[test]
fn ssi_sd_jwt_tells_the_order_of_claims_and_we_do_not() {
    // The chance that sorted digests follow the order of twelve claims is one in twelve factorial.
    let names: Vec<String> = (b'a'..=b'l')
        .map(|letter| char::from(letter).to_string())
        .collect();
    let claims = claims(
        names
            .iter()
            .map(|name| (name.clone(), json!(true)))
            .collect::<Value>(),
    );
    let disclosable: Vec<_> = names
        .iter()
        .map(|name| crate::dcql::ClaimPath::claim(name))
        .collect();
    let text = issued(&claims, &disclosable);
    let signed = from_base64url(text.split('.').nth(1).unwrap()).unwrap();
    let signed: Value = serde_json::from_slice(&signed).unwrap();
    let by_claim: Vec<Value> = text
        .trim_end_matches('~')
        .split('~')
        .skip(1)
        .map(|d| json!(HashAlgorithm::Sha256.digest(d)))
        .collect();
    assert_eq!(by_claim.len(), 12);
    assert_ne!(signed["_sd"].as_array().unwrap(), &by_claim);
}

#[test]
fn serde_json_keeps_the_last_of_two_members_and_we_refuse_both() {
    let text = r#"{"iss":"https://issuer.example","vct":"https://types.example/1","a":1,"a":2}"#;
    assert_eq!(serde_json::from_str::<Value>(text).unwrap()["a"], 2);
    assert_eq!(verify(&forge(text, &[])), Err(SdJwtError::DuplicateMember));
}

#[test]
fn serde_json_with_arbitrary_precision_reads_one_object_as_a_number_and_we_never_do() {
    let text = r#"{"iss":"https://issuer.example","vct":"https://types.example/1","n":{"$serde_json::private::Number":"7"}}"#;
    let credential = verify(&forge(text, &[])).unwrap();
    assert!(credential.claims()["n"].is_object());
}

#[test]
fn a_signed_jwt_of_the_same_issuer_for_another_purpose_is_no_credential() {
    let list = sign(
        "statuslist+jwt",
        &payload(json!({})),
        &*ISSUER,
        KeyReference::Kid,
    )
    .unwrap();
    assert_eq!(
        verify(&format!("{list}~")),
        Err(SdJwtError::Jws(JwsError::WrongType))
    );
}
