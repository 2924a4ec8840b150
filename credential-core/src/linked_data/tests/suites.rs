//! The suites: the test vectors of their specifications, and what all of them refuse.

use serde_json::{Map, Value, json};

use super::{
    super::{
        SecuredDocument, Suite,
        multikey::to_multibase,
        proof::{Proof, hash_data},
    },
    ISSUER, badge, members,
};
use crate::jose::{Algorithm, EdDsaKey, Es256Key, Jwk, Signer, VerifyingKey};

const METHOD: &str = "https://vc.example/issuers/5678";
const ED25519: &str = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2";
const P256: &str = "zDnaepBuvsQ8cpsWrVKw8fbpGpvPeNSjVPTWoq6cRqaYzBKVP";

/// The credential of the vectors in Data Integrity EdDSA and ECDSA Cryptosuites 1.0, appendix A.
fn alumni() -> Value {
    json!({
        "@context": [
            "https://www.w3.org/ns/credentials/v2",
            "https://www.w3.org/ns/credentials/examples/v2",
        ],
        "id": "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33",
        "type": ["VerifiableCredential", "AlumniCredential"],
        "name": "Alumni Credential",
        "description": "A minimum viable example of an Alumni Credential.",
        "issuer": METHOD,
        "validFrom": "2023-01-01T00:00:00Z",
        "credentialSubject": {"id": "did:example:abcdefgh", "alumniOf": "The School of Examples"},
    })
}

fn proof(suite: &str, key: &str, value: &str) -> Value {
    json!({
        "type": "DataIntegrityProof",
        "cryptosuite": suite,
        "created": "2023-02-24T23:36:38Z",
        "verificationMethod": format!("{METHOD}#{key}"),
        "proofPurpose": "assertionMethod",
        "proofValue": value,
    })
}

fn with(mut document: Value, proof: Value) -> Value {
    document["proof"] = proof;
    document
}

/// The keys of the vectors.
fn key_of(suite: Suite) -> VerifyingKey {
    let jwk = match suite.algorithm() {
        Algorithm::EdDsa => super::super::from_multikey(ED25519).unwrap(),
        Algorithm::Es256 => serde_json::from_value::<Jwk>(json!({
            "kty": "EC",
            "crv": "P-256",
            "x": "YP7UuiVanTHJYet0xjVtaMBJuJI7Yfps5mliLmDyn7Y",
            "y": "eQP-EAi4vJmkGunpVii8ZPLxsgwtfp9Rd6PClNRGIpk",
        }))
        .unwrap(),
        other => panic!("no suite signs by {other:?}"),
    };
    VerifyingKey::try_from(&jwk).unwrap()
}

/// What the proof alone says: one of the vectors names a key that is not the issuer's.
fn judged(document: &Value) -> Result<(), &'static str> {
    let mut document = members(document.clone());
    let proof = members(document.remove("proof").unwrap());
    let proof = Proof::read(&proof).map_err(|error| error.reason())?;
    let signed = proof.signed(&document).map_err(|error| error.reason())?;
    match key_of(proof.suite).verify(&signed, &proof.signature) {
        true => Ok(()),
        false => Err("linked_data_bad_signature"),
    }
}

fn vectors() -> Vec<Value> {
    let contexts = alumni()["@context"].clone();
    let mut of_text = proof(
        "eddsa-jcs-2022",
        ED25519,
        "z63t83Y53KfzJ5ZosfKTnqfMcKB2dmTrfjSaQjeNNjAD5srBowQfmWqeRb8rRjmeEuCBEsddF9LsVogtuTsijJKh4",
    );
    of_text["@context"] = contexts;
    let mut older = proof(
        "",
        ED25519,
        "z5HNuvc5WbWYsRRt97kXJ6SoKgb1tMwtkQND4pnobZE26JGnohdWVpzashF9d8FRzhzm8oYRSivKACTakeE4DzdHL",
    );
    older["type"] = json!("Ed25519Signature2020");
    older.as_object_mut().unwrap().remove("cryptosuite");
    let mut with_its_context = alumni();
    let contexts = with_its_context["@context"].as_array_mut().unwrap();
    contexts.push(json!("https://w3id.org/security/suites/ed25519-2020/v1"));
    let mut of_statements = proof(
        "ecdsa-rdfc-2019",
        P256,
        "zaHXrr7AQdydBk3ahpCDpWbxfLokDqmCToYm2dyWvpcFVyWooC2he63w1f7UNQoAMKdhaRtcnaE2KTo5o5vTCcfw",
    );
    of_statements["verificationMethod"] = json!(format!("did:key:{P256}#{P256}"));
    vec![
        with(alumni(), of_text),
        with(
            alumni(),
            proof(
                "eddsa-rdfc-2022",
                ED25519,
                "z21EVs3eXERqTn4acNHT9viboqgzUaQ3kTmhPT3eA8qrVPE7CrQq78WkzctnMX5W4CrzcKnHw8V6dvy5pgWYCU5e9",
            ),
        ),
        with(alumni(), of_statements),
        with(
            alumni(),
            proof(
                "ecdsa-jcs-2019",
                P256,
                "z7pnwfec5k9N26YDUjjDxjJEijAdEoAbJY2n3CTx3CYvzzRxcV5UkmECmLmQcA8eYTsDQ6GHCFDSk7Yb1hd4uN5a",
            ),
        ),
        with(with_its_context, older),
    ]
}

#[test]
fn the_vectors_of_the_specifications_verify_and_no_turned_one_does() {
    for vector in vectors() {
        let suite = vector["proof"]["cryptosuite"].clone();
        assert_eq!(judged(&vector), Ok(()), "{suite}");
        let mut turned = vector.clone();
        turned["credentialSubject"]["alumniOf"] = json!("The School of Hard Knocks");
        assert_eq!(judged(&turned), Err("linked_data_bad_signature"), "{suite}");
        let mut turned = vector;
        turned["proof"]["created"] = json!("2023-02-24T23:36:39Z");
        assert_eq!(judged(&turned), Err("linked_data_bad_signature"), "{suite}");
    }
}

#[test]
fn c31_a_proof_under_the_name_of_another_suite_does_not_hold() {
    let names = [
        "eddsa-jcs-2022",
        "eddsa-rdfc-2022",
        "ecdsa-rdfc-2019",
        "ecdsa-jcs-2019",
    ];
    for vector in vectors() {
        for name in names {
            let mut turned = vector.clone();
            if turned["proof"]["cryptosuite"] == name {
                continue;
            }
            turned["proof"]["type"] = json!("DataIntegrityProof");
            turned["proof"]["cryptosuite"] = json!(name);
            assert!(judged(&turned).is_err(), "{name} {vector}");
        }
    }
}

/// A badge of ours with a proof of this suite.
fn signed(document: &Map<String, Value>, suite: Suite, signer: &dyn Signer, kid: &str) -> Value {
    let mut configuration = members(json!({
        "type": "DataIntegrityProof",
        "cryptosuite": suite.name(),
        "created": "2026-03-02T09:00:00Z",
        "verificationMethod": format!("{ISSUER}#{kid}"),
        "proofPurpose": "assertionMethod",
    }));
    let signature = signer.sign(&hash_data(document, &configuration, suite).unwrap());
    configuration.insert("proofValue".into(), to_multibase(signature.unwrap()).into());
    Value::Object(configuration)
}

fn whole(proof: Value) -> Value {
    with(Value::Object(badge()), proof)
}

#[test]
fn a_fraction_is_signed_as_everybody_writes_it() {
    let (key, _pkcs8) = Es256Key::generate().unwrap();
    let verifying = VerifyingKey::try_from(key.public_jwk()).unwrap();
    let mut document = badge();
    document["credentialSubject"]["creditsEarned"] = json!(7.5);
    let proof = signed(&document, Suite::EcdsaJcs2019, &key, "1");
    let text = with(Value::Object(document), proof).to_string();
    // The same number in other words.
    for written in [text.clone(), text.replace("7.5", "75e-1")] {
        let secured = SecuredDocument::parse(written.as_bytes()).unwrap();
        assert!(secured.verify(&verifying).is_ok());
    }
    let more = text.replace("7.5", "75");
    let secured = SecuredDocument::parse(more.as_bytes()).unwrap();
    let refused = secured.verify(&verifying).unwrap_err();
    assert_eq!(refused.reason(), "linked_data_bad_signature");
}

#[test]
fn c31_the_key_decides_about_the_algorithm_and_a_suite_of_another_is_refused() {
    let (ed25519, _pkcs8) = EdDsaKey::generate().unwrap();
    let (p256, _pkcs8) = Es256Key::generate().unwrap();
    let signers: [&dyn Signer; 2] = [&ed25519, &p256];
    for suite in Suite::ALL
        .into_iter()
        .filter(|it| *it != Suite::Ed25519Signature2020)
    {
        for signer in signers {
            let text = whole(signed(&badge(), suite, signer, "1")).to_string();
            let key = VerifyingKey::try_from(signer.public_jwk()).unwrap();
            let found = SecuredDocument::parse(text.as_bytes())
                .unwrap()
                .verify(&key);
            match suite.algorithm() == signer.algorithm() {
                true => assert!(found.is_ok(), "{suite:?}"),
                false => assert_eq!(found.unwrap_err().reason(), "linked_data_wrong_key"),
            }
        }
    }
}

#[test]
fn contexts_that_came_after_the_signature_are_taken_away() {
    let (key, _pkcs8) = EdDsaKey::generate().unwrap();
    let verifying = VerifyingKey::try_from(key.public_jwk()).unwrap();
    let document = badge();
    let suite = Suite::EddsaJcs2022;
    let mut configuration = members(json!({
        "type": "DataIntegrityProof",
        "cryptosuite": suite.name(),
        "verificationMethod": format!("{ISSUER}#1"),
        "proofPurpose": "assertionMethod",
    }));
    configuration.insert("@context".into(), document["@context"].clone());
    let signature = key.sign(&hash_data(&document, &configuration, suite).unwrap());
    configuration.insert("proofValue".into(), to_multibase(signature.unwrap()).into());
    let honest = whole(Value::Object(configuration));
    let judged = |document: &Value| {
        let secured = SecuredDocument::parse(document.to_string().as_bytes()).unwrap();
        secured.verify(&verifying)
    };
    let mut later = honest.clone();
    let contexts = later["@context"].as_array_mut().unwrap();
    contexts.push(json!("https://w3id.org/security/data-integrity/v2"));
    assert_eq!(judged(&later).unwrap().document(), &document);
    // In front of the others, it is another document.
    let mut before = honest;
    before["@context"][1] = json!("https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json");
    assert_eq!(
        judged(&before).unwrap_err().reason(),
        "linked_data_malformed_proof"
    );
}

#[test]
fn of_several_proofs_one_by_the_issuer_is_enough_and_one_by_somebody_else_is_not() {
    let (ed25519, _pkcs8) = EdDsaKey::generate().unwrap();
    let (p256, _pkcs8) = Es256Key::generate().unwrap();
    let first = signed(&badge(), Suite::EddsaRdfc2022, &ed25519, "1");
    let second = signed(&badge(), Suite::EcdsaJcs2019, &p256, "2");
    let key = VerifyingKey::try_from(p256.public_jwk()).unwrap();
    let text = whole(json!([first, second])).to_string();
    let read = || SecuredDocument::parse(text.as_bytes()).unwrap();
    assert_eq!(read().key_id(), Some("1"));
    let chosen = read().prefer(|kid| kid == Some("2"));
    assert_eq!(chosen.key_id(), Some("2"));
    assert!(chosen.verify(&key).is_ok());
    assert_eq!(read().prefer(|_| false).key_id(), Some("1"));

    let mut strange = first.clone();
    strange["cryptosuite"] = json!("ecdsa-sd-2023");
    let mut of_another = second.clone();
    of_another["verificationMethod"] = json!("https://toinen.example#2");
    let refused = |proofs: Value| {
        let text = whole(proofs).to_string();
        SecuredDocument::parse(text.as_bytes())
            .map(|_| ())
            .map_err(|error| error.reason())
    };
    assert_eq!(refused(json!([strange, first])), Ok(()));
    assert_eq!(
        refused(json!([strange, of_another])),
        Err("linked_data_unsupported_ecdsa_sd_2023")
    );
    assert_eq!(
        refused(json!([of_another])),
        Err("linked_data_not_the_issuers")
    );
    assert_eq!(
        refused(json!(vec![first; 9])),
        Err("linked_data_several_proofs")
    );
}

#[test]
fn a_proof_moved_to_another_document_does_not_hold() {
    let (key, _pkcs8) = EdDsaKey::generate().unwrap();
    let verifying = VerifyingKey::try_from(key.public_jwk()).unwrap();
    for suite in [Suite::EddsaRdfc2022, Suite::EddsaJcs2022] {
        let mut other = badge();
        other["credentialSubject"]["achievement"]["name"] = json!("Kirurgia");
        let moved = with(Value::Object(other), signed(&badge(), suite, &key, "1")).to_string();
        let found = SecuredDocument::parse(moved.as_bytes())
            .unwrap()
            .verify(&verifying);
        assert_eq!(found.unwrap_err().reason(), "linked_data_bad_signature");
    }
}
