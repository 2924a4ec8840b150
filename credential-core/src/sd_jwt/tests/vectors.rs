//! The standard's own examples, `tests/vectors/rfc9901`.

use serde_json::{Value, json};

use super::super::{
    KeyBinding, SdJwt, SdJwtError,
    disclosure::{Content, HashAlgorithm, decode},
    key_binding,
    reveal::Revealed,
};
use crate::{
    jose::{Jwk, VerifyingKey, jws::JwsError},
    sd_jwt::tests::path,
};

macro_rules! vector {
    ($name:literal) => {
        include_str!(concat!("../../../../tests/vectors/rfc9901/", $name)).trim_end()
    };
}

/// The `typ` of the examples that are no credentials.
const EXAMPLE_TYP: &str = "example+sd-jwt";

fn issuer() -> VerifyingKey {
    let jwk: Jwk = serde_json::from_str(vector!("a.5-issuer-key.json")).unwrap();
    VerifyingKey::try_from(&jwk).unwrap()
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn reveal(text: &str, typ: &str) -> Revealed {
    SdJwt::parse_typed(text, typ)
        .unwrap()
        .reveal(&issuer())
        .unwrap()
}

fn expected() -> KeyBinding<'static> {
    let signed_at = chrono::DateTime::from_timestamp(1_748_537_244, 0).unwrap();
    KeyBinding {
        audience: "https://verifier.example.org",
        nonce: "1234567890",
        earliest: signed_at,
        latest: signed_at,
    }
}

#[test]
fn disclosures_of_sections_4_and_6_are_decoded_and_hashed() {
    for vector in json(vector!("disclosures.json")).as_array().unwrap() {
        let text = vector["disclosure"].as_str().unwrap();
        if let Some(digest) = vector.get("sha-256") {
            assert_eq!(HashAlgorithm::Sha256.digest(text), digest.as_str().unwrap());
        }
        let expected = match vector["contents"].as_array().unwrap().as_slice() {
            [_salt, value] => Content::Element(value.clone()),
            [_salt, name, value] => Content::Member(name.as_str().unwrap().into(), value.clone()),
            _ => unreachable!("two or three elements"),
        };
        assert_eq!(decode(text), Ok(expected));
    }
}

#[test]
fn section_5_1_issued_reveals_everything() {
    let revealed = reveal(vector!("5.1-issued.txt"), EXAMPLE_TYP);
    assert_eq!(revealed.withheld, 0);
    assert_eq!(revealed.paths.len(), 10);
    assert_eq!(revealed.paths.last(), Some(&path(&["nationalities", "1"])));
    assert_eq!(revealed.claims["updated_at"], json!(1_570_000_000));
    assert_eq!(revealed.claims["nationalities"], json!(["US", "DE"]));
}

#[test]
fn section_5_2_presentation_gives_its_processed_payload_and_key_binding() {
    let text = vector!("5.2-presentation.txt");
    let revealed = reveal(text, EXAMPLE_TYP);
    assert_eq!(
        Value::Object(revealed.claims.clone()),
        json(vector!("5.2-payload.json"))
    );
    assert_eq!(revealed.withheld, 6);

    let (sd_jwt, binding) = text.rsplit_once('~').unwrap();
    let digest = HashAlgorithm::Sha256.digest(&format!("{sd_jwt}~"));
    let holder: Jwk = serde_json::from_value(revealed.claims["cnf"]["jwk"].clone()).unwrap();
    let signed_at = key_binding::check(binding, &digest, &holder, &expected()).unwrap();
    assert_eq!(signed_at.timestamp(), 1_748_537_244);
}

#[test]
fn c41_an_sd_jwt_that_is_not_typed_as_a_credential_is_refused() {
    let error = SdJwt::parse(vector!("5.1-issued.txt")).unwrap_err();
    assert_eq!(error, SdJwtError::Jws(JwsError::WrongType));
}

#[test]
fn appendix_a_1_tolerates_decoy_digests() {
    let revealed = reveal(vector!("a.1-presentation.txt"), EXAMPLE_TYP);
    assert_eq!(
        Value::Object(revealed.claims),
        json(vector!("a.1-payload.json"))
    );
    assert_eq!(revealed.withheld, 14);
}

#[test]
fn appendix_a_2_reveals_inside_arrays_inside_objects() {
    let revealed = reveal(vector!("a.2-presentation.txt"), EXAMPLE_TYP);
    assert_eq!(
        Value::Object(revealed.claims),
        json(vector!("a.2-payload.json"))
    );
    assert!(revealed.paths.contains(&path(&[
        "verified_claims",
        "verification",
        "evidence",
        "0",
        "method"
    ])));
}

#[test]
fn appendix_a_3_credential_says_what_its_issuer_put_in() {
    let credential = SdJwt::parse(vector!("a.3-issued.txt"))
        .unwrap()
        .verify(&issuer())
        .unwrap();
    let mut claims = credential.claims().clone();
    for registered in ["iat", "exp", "cnf"] {
        claims.as_object_mut().unwrap().remove(registered);
    }
    assert_eq!(claims, json(vector!("a.3-claims.json")));
    assert_eq!(credential.vct(), "urn:eudi:pid:de:1");
    assert_eq!(credential.issuer(), "https://pid-issuer.bund.de.example");
    assert_eq!(credential.expires_at().unwrap().timestamp(), 1_883_000_000);
    assert_eq!(credential.withheld(), 0);
    assert_eq!(credential.disclosures().count(), 27);
}

#[test]
fn appendix_a_3_presentation_is_verified_with_its_key_binding() {
    let parsed = SdJwt::parse(vector!("a.3-presentation.txt")).unwrap();
    let presentation = parsed.verify_presentation(&issuer(), &expected()).unwrap();
    let credential = presentation.credential();
    assert_eq!(credential.claims(), &json(vector!("a.3-payload.json")));
    let revealed: Vec<_> = credential
        .disclosures()
        .map(|d| d.path.to_string())
        .collect();
    assert_eq!(
        revealed,
        [
            "/age_equal_or_over",
            "/age_equal_or_over/18",
            "/nationalities"
        ]
    );
    assert_eq!(presentation.signed_at().timestamp(), 1_748_537_244);
}

#[test]
fn one_changed_octet_anywhere_in_a_vector_is_noticed() {
    let text = vector!("a.3-presentation.txt");
    for at in (0..text.len()).step_by(7) {
        let mut bytes = text.as_bytes().to_vec();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(bytes).unwrap();
        let outcome = SdJwt::parse(&changed)
            .and_then(|parsed| parsed.verify_presentation(&issuer(), &expected()));
        assert!(outcome.is_err(), "octet {at}");
    }
}
