//! Credentials of the data model in the forms in which people hand them over.

use credential_core::{
    clock::FixedClock,
    credential::CredentialType,
    encoding::{base64url, sha256, sha256_base64url},
    jose::{EdDsaKey, Es256Key, Signer},
    linked_data::{KnownBy, ProofOptions, multikey, secure},
    status_list::bitstring::{BitstringEntry, Purpose},
    text::Language,
};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::remarks;
use crate::{
    Report, Verifier,
    checks::{Outcome, Reason},
    report::{ENDORSEMENT, LEARNER_RECORD, OPEN_BADGE},
    test_support::{ISSUER, World, issuer_statement, key, noon, trust_list},
};

const OWNER: &str = "did:example:oppija";

/// A school with a key of each kind, trusted for all that these tests hold.
struct School {
    es256: Es256Key,
    ed25519: EdDsaKey,
    verifier: Verifier,
}

impl School {
    fn new() -> Self {
        let (es256, ed25519) = (key(), EdDsaKey::generate().unwrap().0);
        let mut listed = issuer_statement(ISSUER, &es256, &[CredentialType::SkillBadge]);
        listed.jwks.keys.push(ed25519.public_jwk().clone());
        let role = listed.metadata.openid_credential_issuer.as_mut().unwrap();
        let more = [OPEN_BADGE, LEARNER_RECORD, ENDORSEMENT].map(str::to_owned);
        role.credential_types.extend(more);
        let builder = Verifier::builder().trust(trust_list(&[listed])).offline();
        Self {
            es256,
            ed25519,
            verifier: builder.clock(FixedClock::at(noon())).build().unwrap(),
        }
    }

    fn judge(&self, file: impl AsRef<[u8]>) -> Report {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        runtime.block_on(self.verifier.verify_file(file)).unwrap()
    }

    fn proven(&self, document: Value) -> Value {
        let kid = self.ed25519.public_jwk().kid.as_deref().unwrap();
        proven_by(&self.ed25519, &format!("{ISSUER}#{kid}"), document)
    }

    fn jwt(&self, payload: &Value) -> String {
        compact(&header(&self.es256), payload, &self.es256)
    }
}

fn proven_by(key: &EdDsaKey, method: &str, document: Value) -> Value {
    let Value::Object(members) = document else {
        panic!("an object")
    };
    let options = ProofOptions {
        created: noon(),
        verification_method: method,
    };
    secure(members, &options, key).unwrap().to_json()
}

fn header(signer: &dyn Signer) -> Value {
    let kid = signer.public_jwk().kid.as_deref().unwrap();
    json!({
        "alg": signer.algorithm().name(),
        "typ": "vc+jwt",
        "kid": format!("{ISSUER}#{kid}"),
    })
}

fn compact(header: &Value, payload: &Value, signer: &dyn Signer) -> String {
    let (header, payload) = (header.to_string(), payload.to_string());
    let signed = format!("{}.{}", base64url(header), base64url(payload));
    let signature = signer.sign(signed.as_bytes()).unwrap();
    format!("{signed}.{}", base64url(signature))
}

fn badge(number: u8) -> Value {
    json!({
        "@context": [
            "https://www.w3.org/ns/credentials/v2",
            "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
        ],
        "id": format!("urn:example:merkki:{number}"),
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": "Hygieniaosaaminen",
        "issuer": {"id": ISSUER, "type": ["Profile"]},
        "validFrom": "2026-05-20T12:00:00Z",
        "credentialSubject": {
            "id": OWNER,
            "type": ["AchievementSubject"],
            "achievement": {
                "id": "https://opisto.example/badges/7",
                "type": ["Achievement"],
                "name": "Hygieniaosaaminen",
                "description": "Elintarvikkeiden turvallinen käsittely",
                "criteria": {"narrative": "Hyväksytty koe"},
            },
        },
    })
}

fn endorsement(issuer: &str) -> Value {
    json!({
        "@context": [
            "https://www.w3.org/ns/credentials/v2",
            "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
        ],
        "id": "urn:example:suositus:1",
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "name": "Suositus",
        "issuer": {"id": issuer, "type": ["Profile"]},
        "validFrom": "2026-05-21T12:00:00Z",
        "credentialSubject": {"id": "https://opisto.example/badges/7", "type": ["EndorsementSubject"]},
    })
}

/// A learner record of these credentials.
fn record(within: &[Value]) -> Value {
    json!({
        "@context": [
            "https://www.w3.org/ns/credentials/v2",
            "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json",
            "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
        ],
        "id": "urn:example:ote:1",
        "type": ["VerifiableCredential", "ClrCredential"],
        "name": "Opintosuoritukset",
        "issuer": {"id": ISSUER, "type": ["Profile"]},
        "validFrom": "2026-05-28T12:00:00Z",
        "credentialSubject": {"id": OWNER, "type": ["ClrSubject"], "verifiableCredential": within},
    })
}

/// What the checks of the whole say of what stands within, with the code of what decided.
fn of_parts(report: &Report) -> Vec<(&'static str, Option<&'static str>)> {
    let of_parts = |code: &str| code.starts_with("part") || code.starts_with("endorsement");
    let all = report.all_checks();
    all.map(|check| (check.reason.code(), check.detail))
        .filter(|(code, _)| of_parts(code))
        .collect()
}

#[test]
fn c48_a_badge_as_a_jwt_is_verified_with_the_key_of_the_issuers_record() {
    let school = School::new();
    let report = school.judge(school.jwt(&badge(1)));
    assert_eq!(remarks(&report), [Reason::HolderNotShown]);
    assert!(!report.credentials[0].claims.is_empty());
    // The same key in the header instead of its name: the record's is used.
    let mut named = header(&school.es256);
    named.as_object_mut().unwrap().remove("kid");
    named["jwk"] = json!(school.es256.public_jwk().bare());
    let report = school.judge(compact(&named, &badge(1), &school.es256));
    assert_eq!(remarks(&report), [Reason::HolderNotShown]);
}

#[test]
fn a_badge_with_disclosures_is_verified_as_far_as_it_is_shown() {
    let school = School::new();
    let mut document = badge(1);
    let achievement = document["credentialSubject"]["achievement"].as_object_mut();
    let achievement = achievement.unwrap();
    let hidden = json!(["c2FsdA", "description", achievement.remove("description")]);
    let disclosure = base64url(hidden.to_string());
    achievement.insert("_sd".into(), json!([sha256_base64url(&disclosure)]));
    let mut header = header(&school.es256);
    header["typ"] = json!("vc+sd-jwt");
    let jwt = compact(&header, &document, &school.es256);
    let whole = format!("{jwt}~{disclosure}~");
    for (text, expected) in [
        (format!("{jwt}~"), Reason::HolderNotShown),
        (whole.clone(), Reason::HolderNotShown),
        // Nobody asked for a key binding, so it shows nothing.
        (
            format!("{whole}eyJ.eyJ.AA"),
            Reason::HolderBindingNotChecked,
        ),
    ] {
        let report = school.judge(&text);
        assert_eq!(remarks(&report), [expected]);
        assert_eq!(report.verdict, expected.outcome());
    }
    let strange = school.judge(format!("{whole}{disclosure}~"));
    assert_eq!(remarks(&strange)[0], Reason::CredentialMalformed);
}

#[test]
fn c48_a_badge_is_compared_with_the_person_whom_the_verifier_knows() {
    let school = School::new();
    let judge = |document: &Value, kind: &str, value: &str| {
        let person = KnownBy {
            kind: kind.into(),
            value: value.into(),
        };
        let file = school.proven(document.clone()).to_string();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        let judged = school.verifier.verify_file_about(file, &person);
        runtime.block_on(judged).unwrap()
    };
    let mut document = badge(1);
    let hash = sha256("aino@example.fi5uola");
    let hash = hash
        .iter()
        .fold(String::new(), |text, octet| format!("{text}{octet:02x}"));
    document["credentialSubject"]["identifier"] = json!([{
        "type": "IdentityObject",
        "hashed": true,
        "identityHash": format!("sha256${hash}"),
        "identityType": "emailAddress",
        "salt": "5uola",
    }]);
    let holder = Reason::HolderNotShown;
    let (email, aino) = ("emailAddress", "aino@example.fi");
    assert_eq!(remarks(&judge(&document, email, aino)), [holder]);
    let other = judge(&document, email, "toinen@example.fi");
    assert_eq!(remarks(&other), [Reason::AboutAnotherPerson, holder]);
    let unsaid = judge(&document, "name", "Aino");
    assert_eq!(remarks(&unsaid), [Reason::PersonNotSaid, holder]);
    let subject = document["credentialSubject"].as_object_mut().unwrap();
    subject.remove("identifier");
    subject.remove("id");
    let nobodys = judge(&document, email, aino);
    assert_eq!(remarks(&nobodys), [Reason::SubjectNotNamed, holder]);
    let words = nobodys.to_text(Language::En);
    assert!(words.contains("does not say whom it is about"), "{words}");
}

#[test]
fn a_jwt_whose_status_stands_elsewhere_is_not_called_one_without() {
    let school = School::new();
    let mut payload = badge(1);
    payload["status"] =
        json!({"status_list": {"idx": 7, "uri": "https://opisto.example/status/1"}});
    let report = school.judge(school.jwt(&payload));
    assert_eq!(remarks(&report)[0], Reason::StatusNotUnderstood);
    assert_eq!(report.verdict, Outcome::CouldNotCheck);
}

/// Requirement 30: whoever has somebody's credential can put it into a presentation and sign that.
#[test]
fn c30_a_presentation_that_anybody_could_sign_shows_nothing() {
    let (school, thief) = (School::new(), EdDsaKey::generate().unwrap().0);
    let name = multikey(thief.public_jwk()).unwrap();
    let did = format!("did:key:{name}");
    let stolen = school.proven(badge(1));
    let mut presentation = json!({
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiablePresentation"],
        "holder": did,
        "verifiableCredential": [stolen],
    });
    presentation["proof"] = json!({
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-rdfc-2022",
        "proofPurpose": "authentication",
        "verificationMethod": format!("{did}#{name}"),
        "created": "2026-05-29T12:00:00Z",
        "proofValue": "z1",
    });
    let enveloped = json!({"iss": did, "vp": presentation, "nonce": "n"});
    let header = json!({"alg": "EdDSA", "kid": format!("{did}#{name}")});
    for file in [
        presentation.to_string(),
        compact(&header, &enveloped, &thief),
        compact(&header, &presentation, &thief),
    ] {
        let report = school.judge(file);
        assert_eq!(report.verdict, Outcome::Invalid);
        assert!(report.credentials[0].claims.is_empty());
    }
}

#[test]
fn a_tilde_in_a_document_is_no_disclosure() {
    let school = School::new();
    let mut document = badge(1);
    document["name"] = json!("Hygieniaosaaminen ~ perusteet");
    let report = school.judge(school.proven(document).to_string());
    assert_eq!(remarks(&report), [Reason::HolderNotShown]);
}

#[test]
fn c31_a_jwt_signed_otherwise_than_the_issuers_key_signs_is_invalid() {
    let school = School::new();
    let other = key();
    let with = |name: &str, value: Value| {
        let mut header = header(&school.es256);
        header[name] = value;
        school.judge(compact(&header, &badge(1), &school.es256))
    };
    for (alg, expected) in [
        ("none", Reason::NotSigned),
        ("HS256", Reason::SignatureInvalid),
        ("EdDSA", Reason::SignatureInvalid),
        ("RS256", Reason::SignatureInvalid),
    ] {
        let report = with("alg", json!(alg));
        assert_eq!(report.verdict, Outcome::Invalid, "{alg}");
        assert_eq!(remarks(&report)[0], expected, "{alg}");
    }
    let forged = school.judge(compact(&header(&school.es256), &badge(1), &other));
    assert_eq!(remarks(&forged)[0], Reason::SignatureInvalid);
    let unknown = with("kid", json!(format!("{ISSUER}#9")));
    assert_eq!(remarks(&unknown)[0], Reason::IssuerKeyUnknown);
    let moved = with("kid", json!("https://toinen.example#9"));
    assert_eq!(remarks(&moved)[0], Reason::SignatureInvalid);
    let typed = with("typ", json!("statuslist+jwt"));
    assert_eq!(remarks(&typed)[0], Reason::CredentialMalformed);
}

#[test]
fn a_key_that_a_stranger_brings_along_proves_nothing() {
    let (school, stranger) = (School::new(), key());
    let mut document = badge(1);
    document["issuer"]["id"] = json!("https://kurssit.example");
    let header = json!({"alg": "ES256", "jwk": stranger.public_jwk().bare()});
    let report = school.judge(compact(&header, &document, &stranger));
    assert_eq!(report.verdict, Outcome::CouldNotCheck);
    assert!(report.credentials[0].claims.is_empty());
    assert!(remarks(&report).contains(&Reason::IssuerKeyNotAvailable));
    // A stranger whose name is its key (did:jwk) is who it says, and still nobody we know.
    let name = base64url(serde_json::to_vec(&stranger.public_jwk().bare()).unwrap());
    document["issuer"]["id"] = json!(format!("did:jwk:{name}"));
    let header = json!({"alg": "ES256", "kid": format!("did:jwk:{name}#0")});
    let report = school.judge(compact(&header, &document, &stranger));
    assert_eq!(
        remarks(&report),
        [Reason::IssuerUnknown, Reason::HolderNotShown]
    );
    let forged = school.judge(compact(&header, &document, &key()));
    assert_eq!(remarks(&forged)[0], Reason::SignatureInvalid);
    let unknown = json!({"alg": "ES256K", "kid": "1"});
    let report = school.judge(compact(&unknown, &document, &stranger));
    assert_eq!(report.verdict, Outcome::CouldNotCheck);
    assert!(remarks(&report).contains(&Reason::ProofNotSupported));
}

#[test]
fn a_badge_in_a_picture_is_verified_as_it_stands_there() {
    let school = School::new();
    let draw = |text: &str| {
        format!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" xmlns:openbadges="https://purl.imsglobal.org/ob/v3p0"><openbadges:credential><![CDATA[{text}]]></openbadges:credential></svg>"#
        )
    };
    let honest = school.proven(badge(1)).to_string();
    assert_eq!(
        remarks(&school.judge(draw(&honest))),
        [Reason::HolderNotShown]
    );
    let turned = honest.replace("Hyväksytty", "Kiitettävä");
    assert_eq!(
        remarks(&school.judge(draw(&turned)))[0],
        Reason::SignatureInvalid
    );
    let jwt = draw(&school.jwt(&badge(1)));
    assert_eq!(remarks(&school.judge(jwt)), [Reason::HolderNotShown]);
}

#[test]
fn c48_each_credential_of_a_learner_record_is_verified_for_itself() {
    let school = School::new();
    let record = record(&[
        school.proven(badge(1)),
        json!(school.jwt(&badge(2))),
        json!({
            "@context": "https://www.w3.org/ns/credentials/v2",
            "id": format!("data:application/vc+jwt,{}", school.jwt(&badge(3))),
            "type": "EnvelopedVerifiableCredential",
        }),
    ]);
    // As a JWT, in which a text may stand for a credential.
    let report = school.judge(school.jwt(&record));
    assert_eq!(remarks(&report), [Reason::HolderNotShown], "{report:?}");
    assert_eq!(of_parts(&report), [("part_valid", None)]);
    let parts = &report.credentials[0].parts;
    let places: Vec<&str> = parts.iter().map(|part| part.place.as_str()).collect();
    let place = |index| format!("/credentialSubject/verifiableCredential/{index}");
    assert_eq!(places, [place(0), place(1), place(2)]);
    assert!(parts.iter().all(|part| part.verdict == Outcome::Valid));
    // What was achieved stands in the parts, so the report says it.
    let text = report.to_text(Language::En);
    assert_eq!(text.matches("Name: Hygieniaosaaminen").count(), 3, "{text}");
}

#[test]
fn c48_a_turned_credential_makes_the_whole_record_invalid_though_the_record_is_signed() {
    let school = School::new();
    let mut turned = school.proven(badge(1));
    turned["credentialSubject"]["achievement"]["name"] = json!("Kirurgia");
    let honest = school.proven(badge(2));
    let report = school.judge(school.proven(record(&[honest, turned])).to_string());
    assert_eq!(report.verdict, Outcome::Invalid);
    assert_eq!(
        of_parts(&report),
        [
            ("part_valid", None),
            ("part_invalid", Some("signature_invalid"))
        ]
    );
    assert!(report.credentials[0].claims.is_empty());
}

#[test]
fn what_could_not_be_checked_within_is_said_and_never_valid() {
    let school = School::new();
    let judged = |part: Value| {
        let report = school.judge(school.jwt(&record(&[part])));
        (report.verdict, of_parts(&report))
    };
    let mut strange = school.proven(badge(1));
    strange["proof"]["cryptosuite"] = json!("ecdsa-sd-2023");
    assert_eq!(
        judged(strange),
        (
            Outcome::CouldNotCheck,
            vec![("part_not_checked", Some("proof_not_supported"))]
        )
    );
    assert_eq!(
        judged(badge(1)),
        (Outcome::Attention, vec![("part_not_signed", None)])
    );
    let mut ended = badge(1);
    ended["validUntil"] = json!("2026-05-21T00:00:00Z");
    assert_eq!(
        judged(school.proven(ended)),
        (Outcome::Invalid, vec![("part_invalid", Some("expired"))])
    );
    let mut another = badge(1);
    another["credentialSubject"]["id"] = json!("did:example:toinen");
    assert_eq!(
        judged(school.proven(another)),
        (
            Outcome::Attention,
            vec![("part_attention", Some("part_of_another"))]
        )
    );
}

#[test]
fn more_credentials_within_than_are_looked_at_are_never_passed_over() {
    let school = School::new();
    let many: Vec<Value> = (0..=128).map(badge).collect();
    let report = school.judge(school.jwt(&record(&many)));
    assert_eq!(report.verdict, Outcome::CouldNotCheck);
    assert!(remarks(&report).contains(&Reason::PartsTooMany));
    // A record in a record in a record in a record.
    let deep = (0..4).fold(badge(1), |within, _| json!(school.jwt(&record(&[within]))));
    let report = school.judge(deep.as_str().unwrap());
    assert_eq!(report.verdict, Outcome::CouldNotCheck);
    assert!(remarks(&report).contains(&Reason::PartsTooMany));
}

#[test]
fn c48_an_endorsement_is_verified_by_its_own_proof() {
    let (school, key) = (School::new(), EdDsaKey::generate().unwrap().0);
    let did = format!("did:key:{}", multikey(key.public_jwk()).unwrap());
    let genuine = proven_by(&key, &did, endorsement(&did));
    let judged = |endorsement: &Value| {
        let mut document = badge(1);
        document["endorsement"] = json!([endorsement]);
        let report = school.judge(school.proven(document).to_string());
        (report.verdict, of_parts(&report))
    };
    assert_eq!(
        judged(&genuine),
        (
            Outcome::Attention,
            vec![("endorsement_attention", Some("issuer_unknown"))]
        )
    );
    let mut turned = genuine;
    turned["name"] = json!("Lämmin suositus");
    assert_eq!(
        judged(&turned),
        (
            Outcome::Invalid,
            vec![("endorsement_invalid", Some("signature_invalid"))]
        )
    );
    assert_eq!(
        judged(&school.proven(endorsement(ISSUER))),
        (Outcome::Attention, vec![("endorsement_valid", None)])
    );
}

#[test]
fn a_credential_that_also_calls_itself_an_endorsement_is_judged_as_what_it_is() {
    let school = School::new();
    let mut both = badge(1);
    both["type"] = json!([
        "VerifiableCredential",
        "OpenBadgeCredential",
        "EndorsementCredential"
    ]);
    // Nobody on the list may give this kind.
    both["credentialSubject"]["achievement"]["achievementType"] = json!("MasterDegree");
    let report = school.judge(school.jwt(&record(&[school.proven(both)])));
    assert_eq!(
        of_parts(&report),
        [("part_invalid", Some("issuer_not_trusted_for_type"))]
    );
}

#[test]
fn a_stranger_cannot_make_the_verifier_wait_for_many_lists() {
    let (world, key) = (World::new(), EdDsaKey::generate().unwrap().0);
    let did = format!("did:key:{}", multikey(key.public_jwk()).unwrap());
    let many: Vec<Value> = (0..40)
        .map(|number| {
            let mut one = endorsement(&did);
            one["id"] = json!(format!("urn:example:suositus:{number}"));
            let entry = BitstringEntry {
                purpose: Purpose::Revocation,
                list: format!("https://elsewhere.example/{number}"),
                index: 7,
            };
            one["credentialStatus"] = entry.to_json();
            proven_by(&key, &did, one)
        })
        .collect();
    let mut document = badge(1);
    document["endorsement"] = json!(many);
    document["issuer"] = json!(did);
    let whole = proven_by(&key, &did, document).to_string();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let verifier = world.verifier();
    let report = runtime.block_on(verifier.verify_file(&whole)).unwrap();
    assert_eq!(report.verdict, Outcome::CouldNotCheck);
    assert_eq!(world.published.asked(), 16);
}

#[test]
fn a_list_of_subjects_is_nobodys_badge() {
    let school = School::new();
    let mut document = badge(1);
    document["credentialSubject"] =
        json!([document["credentialSubject"], document["credentialSubject"]]);
    let report = school.judge(school.jwt(&document));
    assert_eq!(report.verdict, Outcome::Invalid);
    assert!(remarks(&report).contains(&Reason::IssuerNotTrustedForType));
}

#[test]
fn a_document_without_a_signature_and_one_of_another_kind_are_told_apart() {
    let school = School::new();
    for (file, verdict, detail) in [
        ("%PDF-1.7\n%%EOF\n", Outcome::Invalid, "pdf-not-signed"),
        ("<elmo/>", Outcome::Invalid, "xml_without_signature"),
        (
            r#"<elmo><Signature xmlns="http://www.w3.org/2000/09/xmldsig#"/></elmo>"#,
            Outcome::CouldNotCheck,
            "xml_signature_not_supported",
        ),
        (
            r#"{"payload": "e30", "signatures": []}"#,
            Outcome::CouldNotCheck,
            "jades_not_supported",
        ),
    ] {
        let report = school.judge(file);
        assert_eq!(report.verdict, verdict, "{file}");
        assert_eq!(
            report.all_checks().next().unwrap().detail,
            Some(detail),
            "{file}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn no_file_makes_the_verifier_panic_or_say_valid(octets in prop::collection::vec(any::<u8>(), 0..200)) {
        let report = School::new().judge(&octets);
        prop_assert_ne!(report.verdict, Outcome::Valid);
    }
}
