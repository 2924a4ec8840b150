//! Documents made to mean one thing to a reader and another to the signature.

use serde_json::{Value, json};

use super::{LinkedDataError, at, badge, key, members, signed, verify};
use crate::{
    jose::{Es256Key, Signer as _},
    linked_data::{MAX_DEPTH, MAX_LENGTH, ProofOptions, SecuredDocument, secure},
};

/// What a change of the unsigned badge is answered with.
fn refused(change: impl Fn(&mut Value)) -> &'static str {
    let mut document = Value::Object(badge());
    change(&mut document);
    signed(members(document), &key()).unwrap_err().reason()
}

/// What a change of the signed badge is answered with.
fn refused_after(change: impl Fn(&mut Value)) -> &'static str {
    let key = key();
    let mut written = signed(badge(), &key).unwrap().to_json();
    change(&mut written);
    verify(&written, &key).unwrap_err().reason()
}

#[test]
fn c49_a_term_that_no_context_defines_is_refused_wherever_it_stands() {
    let undefined = "linked_data_undefined_term";
    assert_eq!(refused(|d| d["newWord"] = json!("?")), undefined);
    assert_eq!(
        refused(|d| d["type"] = json!(["VerifiableCredential", "NewType"])),
        undefined
    );
    assert_eq!(
        refused(|d| d["credentialSubject"]["achievement"]["newWord"] = json!(1)),
        undefined
    );
    assert_eq!(
        refused(|d| d["credentialSubject"]["type"] = json!(["NewSubject"])),
        undefined
    );
    assert_eq!(
        signed(
            members(json!({
                "@context": "https://www.w3.org/ns/credentials/v2",
                "type": ["VerifiableCredential"],
                "issuer": super::ISSUER,
                "credentialSubject": {"id": "did:example:1", "achievement": "?"},
            })),
            &key()
        ),
        Err(LinkedDataError::UndefinedTerm("achievement".into()))
    );
}

#[test]
fn c49_a_context_that_is_not_pinned_is_refused_and_never_fetched() {
    let unknown = "linked_data_unknown_context";
    let elsewhere = json!([
        "https://www.w3.org/ns/credentials/v2",
        "https://elsewhere.example/context"
    ]);
    assert_eq!(refused(|d| d["@context"] = elsewhere.clone()), unknown);
    let written_out = json!(["https://www.w3.org/ns/credentials/v2", {"name": "https://schema.org/alternateName"}]);
    assert_eq!(refused(|d| d["@context"] = written_out.clone()), unknown);
    assert_eq!(
        refused(
            |d| d["credentialSubject"]["@context"] = json!({"name": "https://schema.org/email"})
        ),
        unknown
    );
    assert_eq!(
        refused(|d| d["credentialSubject"]["@context"] = json!(null)),
        unknown
    );
    assert_eq!(
        refused(
            |d| d["@context"] = json!("https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json")
        ),
        "linked_data_not_a_credential"
    );
}

#[test]
fn an_end_of_validity_cannot_be_hidden_under_its_full_address() {
    // The same statement, so the signature would hold; but nobody would find the member.
    assert_eq!(
        refused_after(|d| {
            let end = d["validUntil"].take();
            let members = d.as_object_mut().unwrap();
            members.remove("validUntil");
            members.insert(
                "https://www.w3.org/2018/credentials#validUntil".into(),
                json!({"@value": end, "@type": "http://www.w3.org/2001/XMLSchema#dateTime"}),
            );
        }),
        "linked_data_not_a_term"
    );
    assert_eq!(
        refused_after(|d| {
            let id = d["id"].take();
            d.as_object_mut().unwrap().remove("id");
            d["@id"] = id;
        }),
        "linked_data_not_a_term"
    );
}

#[test]
fn a_member_of_the_whole_cannot_be_moved_into_a_part_with_its_identifier() {
    let (key, id) = (key(), badge()["id"].clone());
    let endorsed = |part: Value| {
        let mut document = Value::Object(badge());
        document["endorsement"] = json!([{
            "id": "urn:uuid:7a0b7c1e-2f0c-4b5a-9a51-6a3c51d3a222",
            "type": ["VerifiableCredential", "EndorsementCredential"],
            "name": "Suositus",
            "issuer": {"id": "https://suosittelija.example", "type": ["Profile"]},
            "validFrom": "2026-04-02T00:00:00Z",
            "credentialSubject": part,
        }]);
        members(document)
    };
    let comment = json!({"id": id, "type": ["EndorsementSubject"], "endorsementComment": "Totta"});
    let written = signed(endorsed(comment.clone()), &key).unwrap().to_json();

    // The same statements, so the signature would hold; but the whole no longer says when it ends.
    let mut moved = written;
    let end = moved["validUntil"].take();
    moved.as_object_mut().unwrap().remove("validUntil");
    let part = &mut moved["endorsement"][0]["credentialSubject"];
    part["validUntil"] = end;
    part["type"] = json!(["EndorsementSubject", "VerifiableCredential"]);
    assert_eq!(verify(&moved, &key), Err(LinkedDataError::PartOfItself),);
    // The direction of a text leaves no statement.
    let turned = json!({"@value": "Osaaja", "@language": "fi", "@direction": "rtl"});
    assert_eq!(
        refused(|d| d["name"] = turned.clone()),
        "linked_data_not_a_term"
    );
    let spoken = json!({"@value": "Osaaja", "@language": "fi"});
    let mut document = Value::Object(badge());
    document["name"] = spoken;
    assert!(signed(members(document), &key).is_ok());
}

#[test]
fn what_linked_data_drops_is_refused_since_no_signature_covers_it() {
    assert_eq!(
        refused_after(|d| d["description"] = json!(null)),
        "linked_data_null"
    );
    assert_eq!(
        refused_after(|d| d["credentialSubject"]["achievement"]["alignment"] = json!([null])),
        "linked_data_null"
    );
}

#[test]
fn labels_of_blank_nodes_and_relative_addresses_are_refused() {
    assert_eq!(
        refused(|d| d["credentialSubject"]["id"] = json!("_:b0")),
        "linked_data_blank_node_label"
    );
    assert_eq!(
        refused(|d| d["credentialSubject"]["id"] = json!("oppija")),
        "linked_data_relative_address"
    );
}

#[test]
fn an_address_without_its_scheme_is_relative() {
    // Put after an address of `https`, it would make the statements that were signed.
    let (key, mut document) = (key(), badge());
    document.insert("image".to_owned(), json!("https://a.example/1.png"));
    let mut written = signed(document, &key).unwrap().to_json();
    written["image"] = json!("//a.example/1.png");
    assert_eq!(
        verify(&written, &key),
        Err(LinkedDataError::RelativeAddress("//a.example/1.png".into()))
    );
}

#[test]
fn c31_another_suite_type_or_purpose_is_refused() {
    let unsupported = "linked_data_unsupported_proof";
    assert_eq!(
        refused_after(|d| d["proof"]["cryptosuite"] = json!("eddsa-rdfc-2023")),
        unsupported
    );
    assert_eq!(
        refused_after(|d| d["proof"]["cryptosuite"] = json!("ecdsa-sd-2023")),
        "linked_data_unsupported_ecdsa_sd_2023"
    );
    assert_eq!(
        refused_after(|d| d["proof"]["type"] = json!("Ed25519Signature2020")),
        unsupported
    );
    assert_eq!(
        refused_after(|d| d["proof"]["challenge"] = json!("1")),
        unsupported
    );
    assert_eq!(
        refused_after(|d| d["proof"]["proofPurpose"] = json!("authentication")),
        "linked_data_wrong_purpose"
    );
    assert_eq!(
        refused_after(|d| d["proof"] = json!(vec![d["proof"].clone(); 9])),
        "linked_data_several_proofs"
    );
    assert_eq!(
        refused_after(|d| d["proof"] = json!([])),
        "linked_data_no_proof"
    );
    assert_eq!(
        refused_after(|d| {
            d.as_object_mut().unwrap().remove("proof");
        }),
        "linked_data_no_proof"
    );
}

#[test]
fn c31_a_key_of_another_algorithm_verifies_nothing() {
    let (es256, _pkcs8) = Es256Key::generate().unwrap();
    let options = ProofOptions {
        created: at(),
        verification_method: "https://opisto.example/issuers/1#1",
    };
    assert_eq!(
        secure(badge(), &options, &es256),
        Err(LinkedDataError::WrongKey)
    );
    let written = signed(badge(), &key()).unwrap().to_json();
    let parsed = SecuredDocument::parse(&serde_json::to_vec(&written).unwrap()).unwrap();
    let wrong = crate::jose::VerifyingKey::try_from(es256.public_jwk()).unwrap();
    assert_eq!(parsed.verify(&wrong), Err(LinkedDataError::WrongKey));
}

#[test]
fn c41_a_method_that_is_not_the_issuers_is_refused() {
    assert_eq!(
        refused_after(|d| d["proof"]["verificationMethod"] = json!("https://other.example#1")),
        "linked_data_not_the_issuers"
    );
    assert_eq!(
        refused_after(|d| d["issuer"]["id"] = json!("https://other.example")),
        "linked_data_not_the_issuers"
    );
    assert_eq!(
        refused(|d| {
            d.as_object_mut().unwrap().remove("issuer");
        }),
        "linked_data_malformed_member"
    );
}

#[test]
fn a_proof_value_of_another_form_is_refused() {
    for value in [
        json!("z"),
        json!("u1111"),
        json!("z0OIl"),
        json!(7),
        json!("z".repeat(5000)),
    ] {
        assert_eq!(
            refused_after(|d| d["proof"]["proofValue"] = value.clone()),
            "linked_data_malformed_proof"
        );
    }
}

#[test]
fn moments_without_a_zone_and_other_malformed_members_are_refused() {
    let malformed = "linked_data_malformed_member";
    assert_eq!(
        refused(|d| d["validUntil"] = json!("2031-03-02")),
        malformed
    );
    assert_eq!(
        refused(|d| d["validFrom"] = json!("2026-03-02T00:00:00")),
        malformed
    );
    // Without its type, the members of a credential are not even defined.
    assert_eq!(
        refused(|d| d["type"] = json!("OpenBadgeCredential")),
        "linked_data_undefined_term"
    );
    assert_eq!(
        refused(|d| d["credentialSubject"] = json!("did:example:1")),
        malformed
    );
}

#[test]
fn a_presentation_is_no_credential() {
    assert_eq!(
        refused(|d| d["type"] = json!(["VerifiablePresentation", "VerifiableCredential"])),
        "linked_data_presentation"
    );
}

#[test]
fn doubles_depth_and_length_are_refused_before_anything_is_computed() {
    let read = |text: &str| {
        SecuredDocument::parse(text.as_bytes())
            .unwrap_err()
            .reason()
    };
    assert_eq!(
        read(r#"{"id":"a:1","id":"a:2"}"#),
        "linked_data_duplicate_member"
    );
    assert_eq!(read("[]"), "linked_data_not_json");
    assert_eq!(read("\u{feff}{}"), "linked_data_not_json");
    assert_eq!(read(&"[".repeat(MAX_DEPTH + 1)), "linked_data_too_deep");
    assert_eq!(read(&" ".repeat(MAX_LENGTH + 1)), "linked_data_too_large");
}

#[test]
fn a_document_signed_twice_is_refused() {
    assert_eq!(
        refused(|d| d["proof"] = json!({})),
        "linked_data_already_secured"
    );
}

#[test]
fn what_is_no_address_and_no_language_is_refused_since_it_would_leave_no_statement() {
    // Each could be added to a badge that somebody signed without touching the signature.
    let invalid = "linked_data_invalid";
    let real = Value::Object(badge())["credentialSubject"].clone();
    let added = |id: &str| json!([real, {"id": id, "licenseNumber": "1"}]);
    let subject = |id: &str| refused_after(|d| d["credentialSubject"] = added(id));
    assert_eq!(subject("http://no address"), invalid);
    let not_read = "linked_data_unsupported_keyword_text";
    assert_eq!(subject("@nobody"), not_read);
    assert_eq!(subject("no address"), "linked_data_relative_address");
    for (image, expected) in [
        (json!("@nothing"), not_read),
        (json!("https://a.example/{}"), invalid),
        (json!({"id": "@nothing"}), not_read),
    ] {
        assert_eq!(refused_after(|d| d["image"] = image.clone()), expected);
    }
    let spoken = json!({"@value": "!", "@language": "no language"});
    assert_eq!(
        refused_after(|d| d["description"] = spoken.clone()),
        invalid
    );
    let undefined = "linked_data_undefined_term";
    assert_eq!(refused_after(|d| d["no term"] = json!("!")), undefined);
    let kinds = |kind: &str| json!(["VerifiableCredential", "OpenBadgeCredential", kind]);
    assert_eq!(refused_after(|d| d["type"] = kinds("no term")), undefined);
    assert_eq!(refused_after(|d| d["type"] = kinds("@nothing")), not_read);
    let typed = json!({"@value": "!", "type": "no term"});
    assert_eq!(
        refused_after(|d| d["description"] = typed.clone()),
        undefined
    );
    // A plain text may look as it likes.
    let mut document = badge();
    document.insert("name".to_owned(), json!("@kaikki"));
    assert!(signed(document, &key()).is_ok());
}
