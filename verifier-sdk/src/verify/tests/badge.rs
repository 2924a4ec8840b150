//! Open Badges with an embedded proof.

use chrono::TimeDelta;
use credential_core::{
    jose::{EdDsaKey, Signer as _},
    linked_data::{ProofOptions, multikey, secure},
    status_list::{
        Status, StatusList,
        bitstring::{self, BitstringEntry, Publication, Purpose},
    },
    text::Language,
};
use serde_json::{Map, Value, json};

use super::remarks;
use crate::{
    Report,
    checks::{Outcome, Reason, What},
    test_support::{ISSUER, World, noon},
};

pub(crate) fn badge(issuer: &str) -> Value {
    json!({
        "@context": [
            "https://www.w3.org/ns/credentials/v2",
            "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
        ],
        "id": "urn:uuid:5f0b7c1e-2f0c-4b5a-9a51-6a3c51d3a111",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": "Hygieniaosaaminen",
        "issuer": {"id": issuer, "type": ["Profile"], "name": "Nimi, jota ei uskota"},
        "validFrom": "2026-05-29T12:00:00Z",
        "validUntil": "2031-05-29T12:00:00Z",
        "awardedDate": "2026-05-20T00:00:00Z",
        "credentialSubject": {
            "id": "did:example:oppija",
            "type": ["AchievementSubject"],
            "result": [{"type": ["Result"], "value": "5"}],
            "achievement": {
                "id": "https://opisto.example/badges/7",
                "type": ["Achievement"],
                "achievementType": "Badge",
                "name": "Hygieniaosaaminen",
                "description": "Elintarvikkeiden turvallinen käsittely",
                "criteria": {"narrative": "Hyväksytty koe"},
                "alignment": [
                    {"type": ["Alignment"], "targetName": "Omavalvonta", "targetUrl": "https://esco.example/2"},
                ],
            },
        },
    })
}

fn members(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        other => panic!("not an object: {other}"),
    }
}

fn signed_by(key: &EdDsaKey, method: &str, document: Value) -> Value {
    let options = ProofOptions {
        created: noon(),
        verification_method: method,
    };
    secure(members(document), &options, key).unwrap().to_json()
}

/// The issuer's badge, changed before it is signed.
fn issued(world: &World, change: impl FnOnce(&mut Value)) -> Value {
    let mut document = badge(ISSUER);
    change(&mut document);
    let kid = world.badges.public_jwk().kid.as_deref().unwrap();
    signed_by(&world.badges, &format!("{ISSUER}#{kid}"), document)
}

fn check(world: &World, document: &Value) -> Report {
    let (verifier, text) = (world.verifier(), document.to_string());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let (report, verified) = runtime.block_on(verifier.verify_document(&text)).unwrap();
    let usable = report.verdict != Outcome::Invalid && !report.credentials[0].claims.is_empty();
    assert_eq!(verified.is_some(), usable);
    report
}

#[test]
fn a_badge_in_order_is_valid_and_says_what_was_achieved() {
    let world = World::new();
    let report = check(&world, &issued(&world, |_| {}));
    assert_eq!(report.verdict, Outcome::Valid, "{:?}", remarks(&report));
    let asked: Vec<What> = report.all_checks().map(|check| check.what).collect();
    assert_eq!(
        asked,
        [
            What::Issuer,
            What::Signature,
            What::Type,
            What::Times,
            What::Status
        ]
    );
    let line = report.summary(Language::En);
    assert_eq!(
        (line.verdict, line.title.as_str()),
        (Outcome::Valid, "Hygieniaosaaminen")
    );
    assert!(line.reasons.is_empty() && line.person.is_empty());
    let shown = &report.credentials[0];
    let issuer = shown.issuer.as_ref().unwrap();
    assert_eq!(
        issuer.name.fi.as_deref(),
        Some("Esimerkin ammattiopisto fi")
    );
    assert_eq!(
        shown.kind.as_ref().unwrap().name.fi.as_deref(),
        Some("Osaamismerkki")
    );
    insta::assert_snapshot!(report.to_text(Language::Fi));
}

#[tokio::test]
async fn a_badge_in_a_file_does_not_show_who_hands_it_over() {
    let world = World::new();
    let text = format!("\n{:#}\n", issued(&world, |_| {}));
    let report = world.verifier().verify_file(&text).await.unwrap();
    assert_eq!(report.verdict, Outcome::Attention);
    assert_eq!(remarks(&report), [Reason::HolderNotShown]);
}

#[test]
fn a_changed_badge_is_invalid_and_shows_nothing() {
    let world = World::new();
    let mut document = issued(&world, |_| {});
    document["credentialSubject"]["achievement"]["name"] = json!("Kirurgia");
    let report = check(&world, &document);
    assert_eq!(report.verdict, Outcome::Invalid);
    assert_eq!(remarks(&report), [Reason::SignatureInvalid]);
    assert!(report.credentials[0].claims.is_empty());
    assert!(report.credentials[0].issuer.is_none());
}

#[test]
fn an_issuer_may_assert_in_a_badge_what_it_may_assert_otherwise_and_no_more() {
    let world = World::new();
    // Trusted for qualifications and skill badges.
    for (kind, expected) in [
        ("Badge", Outcome::Valid),
        ("MasterDegree", Outcome::Valid),
        ("Course", Outcome::Invalid),
        ("ext:LanguageCertificate", Outcome::Invalid),
        ("Award", Outcome::Invalid),
    ] {
        let document = issued(&world, |badge| {
            badge["credentialSubject"]["achievement"]["achievementType"] = json!(kind);
        });
        let report = check(&world, &document);
        assert_eq!(report.verdict, expected, "{kind}");
        if expected == Outcome::Invalid {
            assert_eq!(
                remarks(&report),
                [Reason::IssuerNotTrustedForType],
                "{kind}"
            );
        }
    }
}

#[test]
fn a_stranger_is_unknown_and_only_a_key_in_its_name_can_be_checked() {
    let (world, key) = (World::new(), EdDsaKey::generate().unwrap().0);
    let stranger = "https://kurssit.example";
    let document = signed_by(&key, &format!("{stranger}#1"), badge(stranger));
    let report = check(&world, &document);
    assert_eq!(report.verdict, Outcome::CouldNotCheck);
    assert_eq!(
        remarks(&report),
        [Reason::IssuerUnknown, Reason::IssuerKeyNotAvailable]
    );

    let own = multikey(key.public_jwk()).unwrap();
    let did = format!("did:key:{own}");
    for method in [format!("{did}#{own}"), did.clone()] {
        let report = check(&world, &signed_by(&key, &method, badge(&did)));
        assert_eq!(report.verdict, Outcome::Attention);
        assert_eq!(remarks(&report), [Reason::IssuerUnknown]);
        assert!(
            report.credentials[0]
                .issuer
                .as_ref()
                .unwrap()
                .name
                .is_empty()
        );
    }
    let other = EdDsaKey::generate().unwrap().0;
    let report = check(&world, &signed_by(&other, &did, badge(&did)));
    assert_eq!(remarks(&report), [Reason::SignatureInvalid]);
}

#[test]
fn a_key_that_is_not_the_issuers_or_not_for_badges_is_not_used() {
    let (world, key) = (World::new(), EdDsaKey::generate().unwrap().0);
    let report = check(
        &world,
        &signed_by(&key, &format!("{ISSUER}#1"), badge(ISSUER)),
    );
    assert_eq!(remarks(&report), [Reason::IssuerKeyUnknown]);
    let kid = world.badges.public_jwk().kid.as_deref().unwrap();
    let method = format!("{ISSUER}#{kid}");
    let report = check(&world, &signed_by(&key, &method, badge(ISSUER)));
    assert_eq!(remarks(&report), [Reason::SignatureInvalid]);
    // The issuer's ES256 key signs no badges, whatever the document says.
    let kid = world.issuer.public_jwk().kid.as_deref().unwrap();
    let report = check(
        &world,
        &signed_by(&key, &format!("{ISSUER}#{kid}"), badge(ISSUER)),
    );
    assert_eq!(report.verdict, Outcome::Invalid);
}

#[test]
fn times_and_status_of_a_badge_are_judged() {
    let world = World::new();
    let until = |until: chrono::DateTime<chrono::Utc>| {
        remarks(&check(
            &world,
            &issued(&world, |badge| badge["validUntil"] = json!(until)),
        ))
    };
    assert_eq!(until(noon() - TimeDelta::seconds(1)), [Reason::Expired]);
    assert_eq!(until(noon() + TimeDelta::days(3)), [Reason::ExpiresSoon]);
    let early = issued(&world, |badge| {
        badge["validFrom"] = json!(noon() + TimeDelta::hours(1));
    });
    assert_eq!(remarks(&check(&world, &early)), [Reason::NotYetValid]);
}

#[test]
fn what_is_not_understood_could_not_be_checked_and_what_is_wrong_is_invalid() {
    let world = World::new();
    let honest = issued(&world, |_| {});
    let after = |change: &dyn Fn(&mut Value)| {
        let mut document = honest.clone();
        change(&mut document);
        let report = check(&world, &document);
        (report.verdict, remarks(&report))
    };
    assert_eq!(
        after(&|d| d["proof"]["cryptosuite"] = json!("ecdsa-sd-2023")),
        (Outcome::CouldNotCheck, vec![Reason::ProofNotSupported])
    );
    assert_eq!(
        after(&|d| d["@context"][1] = json!("https://elsewhere.example/context")),
        (Outcome::CouldNotCheck, vec![Reason::ContextUnknown])
    );
    assert_eq!(
        after(&|d| {
            d.as_object_mut().unwrap().remove("proof");
        }),
        (Outcome::Invalid, vec![Reason::NotSigned])
    );
    assert_eq!(
        after(&|d| d["uusi"] = json!("sana")),
        (Outcome::Invalid, vec![Reason::TermUndefined])
    );
    assert_eq!(
        after(&|d| d["credentialSubject"] = json!(null)),
        (Outcome::Invalid, vec![Reason::CredentialMalformed])
    );
}

const LIST: &str = "https://opisto.example/status/1";

/// A badge with a place in the issuer's list of this purpose.
fn listed(world: &World, purpose: Purpose) -> Value {
    issued(world, |badge| {
        let entry = BitstringEntry {
            purpose,
            list: format!("{LIST}/{}", purpose.name()),
            index: 7,
        };
        badge["credentialStatus"] = entry.to_json();
    })
}

/// Publishes a list in which this place has a status, signed with this key in the issuer's name.
fn publish(world: &World, purpose: Purpose, (index, status): (u32, Status), key: &EdDsaKey) {
    let mut list = StatusList::two_bit(1 << 17).unwrap();
    list.set(index, status).unwrap();
    let url = format!("{LIST}/{}", purpose.name());
    let kid = world.badges.public_jwk().kid.clone().unwrap();
    let publication = Publication {
        issuer: ISSUER,
        url: &url,
        purpose,
        valid: (noon(), noon() + TimeDelta::hours(24)),
        ttl: 300,
        verification_method: &format!("{ISSUER}#{kid}"),
    };
    let signed = bitstring::sign(&list, &publication, key).unwrap();
    world.published.put(&url, signed.to_json().to_string());
}

#[test]
fn c46_a_revoked_badge_is_invalid_and_a_suspended_one_too_while_it_is() {
    let world = World::new();
    for (purpose, set, reason) in [
        (Purpose::Revocation, Status::Invalid, Reason::Revoked),
        (Purpose::Suspension, Status::Suspended, Reason::Suspended),
    ] {
        let badge = listed(&world, purpose);
        publish(&world, purpose, (8, set), &world.badges);
        let report = check(&world, &badge);
        assert_eq!(report.verdict, Outcome::Valid, "{:?}", remarks(&report));
        publish(&world, purpose, (7, set), &world.badges);
        let report = check(&world, &badge);
        assert_eq!(remarks(&report), [reason]);
        assert_eq!(report.verdict, reason.outcome());
    }
}

#[test]
fn c46_a_list_that_cannot_be_had_or_trusted_is_never_valid() {
    let world = World::new();
    let badge = listed(&world, Purpose::Revocation);
    let unreachable = check(&world, &badge);
    assert_eq!(remarks(&unreachable), [Reason::StatusUnreachable]);
    assert_eq!(unreachable.verdict, Outcome::CouldNotCheck);

    let stranger = EdDsaKey::generate().unwrap().0;
    publish(&world, Purpose::Revocation, (8, Status::Valid), &stranger);
    let forged = check(&world, &badge);
    assert_eq!(remarks(&forged), [Reason::StatusListInvalid]);
    assert_eq!(forged.verdict, Outcome::CouldNotCheck);

    publish(
        &world,
        Purpose::Revocation,
        (8, Status::Valid),
        &world.badges,
    );
    world.clock.advance(TimeDelta::hours(25));
    let expired = check(&world, &badge);
    assert_eq!(remarks(&expired), [Reason::StatusListInvalid]);
}

#[test]
fn c46_of_several_places_the_worst_counts_and_a_strange_one_is_not_passed_over() {
    let world = World::new();
    publish(
        &world,
        Purpose::Revocation,
        (8, Status::Invalid),
        &world.badges,
    );
    publish(
        &world,
        Purpose::Suspension,
        (7, Status::Suspended),
        &world.badges,
    );
    let entry = |purpose: Purpose| BitstringEntry {
        purpose,
        list: format!("{LIST}/{}", purpose.name()),
        index: 7,
    };
    let both = issued(&world, |badge| {
        badge["credentialStatus"] = json!([
            entry(Purpose::Revocation).to_json(),
            entry(Purpose::Suspension).to_json()
        ]);
    });
    assert_eq!(remarks(&check(&world, &both)), [Reason::Suspended]);
    let strange = issued(&world, |badge| {
        let mut message = entry(Purpose::Revocation).to_json();
        message["statusPurpose"] = json!("refresh");
        badge["credentialStatus"] = json!([entry(Purpose::Revocation).to_json(), message]);
    });
    let report = check(&world, &strange);
    assert_eq!(remarks(&report), [Reason::StatusNotUnderstood]);
    assert_eq!(report.verdict, Outcome::CouldNotCheck);
}
