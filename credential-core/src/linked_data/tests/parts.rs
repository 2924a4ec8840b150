//! Credentials within credentials.

use serde_json::{Value, json};

use super::{
    super::{MAX_PARTS, PartForm, PartKind},
    badge, key, signed,
};

fn endorsement(number: usize) -> Value {
    json!({
        "@context": [
            "https://www.w3.org/ns/credentials/v2",
            "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
        ],
        "id": format!("urn:example:suositus:{number}"),
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "name": "Suositus",
        "issuer": {"id": "https://suosittelija.example", "type": ["Profile"]},
        "validFrom": "2026-04-02T00:00:00Z",
        "credentialSubject": {"id": "did:example:oppija", "type": ["EndorsementSubject"]},
    })
}

#[test]
fn parts_are_found_at_any_depth_with_their_place_and_form() {
    let mut document = badge();
    let mut proven = endorsement(1);
    proven["proof"] = json!({"type": "DataIntegrityProof", "cryptosuite": "eddsa-rdfc-2022"});
    document.insert("endorsement".into(), json!([endorsement(0)]));
    document["issuer"]["endorsement"] = json!([proven]);
    document["credentialSubject"]["achievement"]["endorsementJwt"] = json!(["eyJh.eyJi.c"]);
    // A proof is part of what is signed here, whatever it says.
    let found = signed(document, &key()).unwrap().parts();
    let listed: Vec<_> = found
        .list
        .iter()
        .map(|part| (part.place.as_str(), part.kind, part.form != PartForm::Bare))
        .collect();
    assert_eq!(
        listed,
        [
            ("/issuer/endorsement/0", PartKind::Endorsement, true),
            (
                "/credentialSubject/achievement/endorsementJwt/0",
                PartKind::Endorsement,
                true
            ),
            ("/endorsement/0", PartKind::Endorsement, false),
        ]
    );
    assert!(!found.is_cut);
    assert!(!format!("{found:?}").contains("suositus"));
}

#[test]
fn more_parts_than_are_looked_at_are_said_to_be_cut_off() {
    let mut document = badge();
    let many: Vec<Value> = (0..=MAX_PARTS).map(endorsement).collect();
    document.insert("endorsement".into(), json!(many));
    let found = super::super::parts::Parts::of(&document);
    assert_eq!(found.list.len(), MAX_PARTS);
    assert!(found.is_cut);
}

#[test]
fn a_credential_in_an_envelope_is_its_jwt() {
    let mut document = badge();
    document["credentialSubject"]["verifiableCredential"] = json!([{
        "@context": "https://www.w3.org/ns/credentials/v2",
        "id": "data:application/vc+jwt,eyJh.eyJi.c",
        "type": "EnvelopedVerifiableCredential",
    }, "eyJk.eyJl.f"]);
    let found = super::super::parts::Parts::of(&document);
    let forms: Vec<_> = found
        .list
        .into_iter()
        .map(|part| (part.kind, part.form))
        .collect();
    let secured = |text: &str| (PartKind::Credential, PartForm::Secured(text.into()));
    assert_eq!(forms, [secured("eyJh.eyJi.c"), secured("eyJk.eyJl.f")]);
}
