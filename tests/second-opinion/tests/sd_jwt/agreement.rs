//! Where `ssi` and we say the same.

use credential_core::{
    dcql::Step,
    encoding::from_base64url,
    jose::{
        Signer as _,
        jws::{self, KeyReference},
    },
    sd_jwt::TYP,
};
use serde_json::{Value, json};
use ssi::{
    JWK, JsonPointerBuf,
    claims::{
        VerificationParameters,
        sd_jwt::{SdAlg, SdHash, SdJwtBuf, SdJwtPayload},
    },
};

use super::support::{
    HOLDER, ISSUER, claims, issued, name, ours, own_claims, presented, sign, theirs,
};

#[tokio::test]
async fn ssi_verifies_what_we_issue_and_reads_the_same_claims() {
    let text = issued();
    let read = theirs(&text).await.unwrap();
    assert_eq!(own_claims(&read), Value::Object(claims()));
    assert_eq!(own_claims(ours(&text).unwrap().claims()), own_claims(&read));
    for registered in ["vct", "cnf", "status", "iss"] {
        assert_eq!(
            read[registered],
            ours(&text).unwrap().claims()[registered],
            "{registered}"
        );
    }
}

#[tokio::test]
async fn ssi_refuses_our_credential_when_one_octet_is_changed() {
    let text = issued();
    for at in (0..text.len()).step_by(97) {
        let mut bytes = text.clone().into_bytes();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(bytes).unwrap();
        assert_eq!(theirs(&changed).await, None, "octet {at}");
        assert!(ours(&changed).is_err(), "octet {at}");
    }
}

#[tokio::test]
async fn ssi_reads_the_same_from_every_presentation_we_make() {
    let skills = name("skills").then(Step::All(()));
    let swedish = name("title").then(Step::Name("sv".into()));
    for disclose in [
        vec![],
        vec![name("family_name")],
        vec![name("title")],
        vec![swedish, skills],
    ] {
        let text = presented(&disclose);
        let (sd_jwt, _) = text.rsplit_once('~').unwrap();
        let ours = ours(&format!("{sd_jwt}~")).unwrap();
        assert_eq!(
            own_claims(&theirs(&text).await.unwrap()),
            own_claims(ours.claims())
        );
    }
}

#[tokio::test]
async fn ssi_verifies_our_key_binding() {
    let text = presented(&[name("family_name")]);
    let sd_jwt = SdJwtBuf::new(text.clone()).unwrap();
    let holder: JWK = serde_json::from_value(json!(HOLDER.public_jwk().bare())).unwrap();
    let params = VerificationParameters::from_resolver(holder);
    assert_eq!(sd_jwt.kb().unwrap().verify(params).await.unwrap(), Ok(()));

    let binding = text.rsplit('~').next().unwrap().split('.').nth(1).unwrap();
    let binding = from_base64url(binding).unwrap();
    let binding: Value = serde_json::from_slice(&binding).unwrap();
    assert!(SdHash(binding["sd_hash"].as_str().unwrap().into()).verify(SdAlg::Sha256, &sd_jwt));
}

#[tokio::test]
async fn we_read_what_ssi_conceals() {
    let pointers = ["/family_name", "/title", "/title/sv", "/skills/1"]
        .map(|pointer| JsonPointerBuf::new(pointer.to_owned()).unwrap());
    let (payload, disclosures) =
        SdJwtPayload::conceal(&claims(), SdAlg::Sha256, &pointers).unwrap();
    let disclosures: Vec<_> = disclosures.iter().map(|d| d.encoded.as_str()).collect();
    let text = sign(&serde_json::to_value(payload).unwrap(), &disclosures);
    assert_eq!(
        own_claims(ours(&text).unwrap().claims()),
        Value::Object(claims())
    );
    assert_eq!(
        own_claims(&theirs(&text).await.unwrap()),
        Value::Object(claims())
    );
}

#[test]
fn numbers_are_the_same_where_ssi_switches_on_arbitrary_precision() {
    let text = r#"{"iss":"https://issuer.example","vct":"https://types.example/1","iat":1780056000,"n":[0,-7,4.35,9007199254740993]}"#;
    let jwt = jws::sign_bytes(TYP, text.as_bytes(), &*ISSUER, KeyReference::Kid).unwrap();
    let credential = ours(&format!("{jwt}~")).unwrap();
    assert_eq!(
        credential.claims()["n"],
        json!([0, -7, 4.35, 9_007_199_254_740_993_i64])
    );
    assert_eq!(
        credential.claims()["n"].to_string(),
        "[0,-7,4.35,9007199254740993]"
    );
    assert_eq!(credential.issued_at().unwrap().timestamp(), 1_780_056_000);

    let tricky = r#"{"iss":"https://issuer.example","vct":"https://types.example/1","n":{"$serde_json::private::Number":"7"}}"#;
    let jwt = jws::sign_bytes(TYP, tricky.as_bytes(), &*ISSUER, KeyReference::Kid).unwrap();
    assert!(ours(&format!("{jwt}~")).unwrap().claims()["n"].is_object());
}
