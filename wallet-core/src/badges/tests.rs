use chrono::TimeDelta;
use credential_core::{
    clock::FixedClock,
    jose::{EdDsaKey, Signer as _},
    linked_data::{MAX_LENGTH, ProofOptions, multikey, secure},
};
use serde_json::json;
use tempfile::TempDir;
use verifier_sdk::checks::{Outcome, Reason};

use super::*;
use crate::test_support::{ISSUER, Parties, noon, query};

/// A wallet that knows an issuer of badges.
struct World {
    parties: Parties,
    wallet: Wallet,
    clock: FixedClock,
    _folder: TempDir,
}

impl World {
    fn new() -> Self {
        let parties = Parties::new();
        let (wallet, clock, _folder) = parties.wallet();
        let list = parties.list(1, ISSUER, &query(&[("title", json!(["title"]))]));
        wallet.import_trust_list(&list).unwrap();
        Self {
            parties,
            wallet,
            clock,
            _folder,
        }
    }

    /// The issuer's badge, changed before it is signed.
    fn issued(&self, change: impl FnOnce(&mut Value)) -> Value {
        let key = &self.parties.badges;
        let kid = key.public_jwk().kid.as_deref().unwrap();
        signed_by(key, ISSUER, &format!("{ISSUER}#{kid}"), change)
    }

    /// Why a text is refused; nothing is stored.
    fn refusal(&self, text: &str) -> BadgeError {
        let before = self.wallet.badges().unwrap().len();
        let refused = add(&self.wallet, text).unwrap_err();
        assert_eq!(self.wallet.vault().list(&BADGES).unwrap().len(), before);
        match refused {
            Error::Badge(error) => error,
            other => panic!("{other:?}"),
        }
    }
}

fn signed_by(key: &EdDsaKey, issuer: &str, method: &str, change: impl FnOnce(&mut Value)) -> Value {
    let mut document = json!({
        "@context": [
            "https://www.w3.org/ns/credentials/v2",
            "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
        ],
        "id": "urn:uuid:5f0b7c1e-2f0c-4b5a-9a51-6a3c51d3a111",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": {"id": issuer, "type": ["Profile"], "name": "Nimi, jota ei uskota"},
        "validFrom": "2026-05-20T12:00:00Z",
        "validUntil": "2031-05-29T12:00:00Z",
        "awardedDate": "2026-05-20T00:00:00Z",
        "credentialSubject": {
            "id": "did:example:oppija",
            "type": ["AchievementSubject"],
            "result": [{"type": ["Result"], "value": "5"}],
            "achievement": {
                "id": "https://school.example/badges/7",
                "type": ["Achievement"],
                "achievementType": "Badge",
                "name": "Hygieniaosaaminen",
                "description": "Elintarvikkeiden turvallinen käsittely",
                "criteria": {"narrative": "Hyväksytty koe"},
            },
        },
    });
    change(&mut document);
    let options = ProofOptions {
        created: noon(),
        verification_method: method,
    };
    let members = document.as_object().unwrap().clone();
    secure(members, &options, key).unwrap().to_json()
}

/// A stranger whose key is its name.
fn stranger() -> (EdDsaKey, String) {
    let key = EdDsaKey::generate().unwrap().0;
    let did = format!("did:key:{}", multikey(key.public_jwk()).unwrap());
    (key, did)
}

/// A badge is added where its status may be asked for.
fn add(wallet: &Wallet, text: &str) -> Result<AddedBadge, Error> {
    let runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = { runtime }.enable_all().build().unwrap();
    runtime.block_on(wallet.add_badge(text))
}

#[test]
fn a_badge_in_order_is_stored_and_read_again_with_the_issuers_name_from_the_list() {
    let world = World::new();
    let text = format!("\n{:#}\n", world.issued(|_| {}));
    let added = add(&world.wallet, &text).unwrap();
    assert_eq!(added.report.verdict, Outcome::Valid);
    assert!(!added.was_held);

    // Long after the trust list has run out.
    world.clock.advance(TimeDelta::days(400));
    let badge = world.wallet.badge(added.badge.id()).unwrap();
    assert_eq!(badge.title(), Some("Hygieniaosaaminen"));
    assert_eq!(badge.issuer(), ISSUER);
    let name = badge.issuer_name().unwrap();
    assert_eq!(name.fi.as_deref(), Some("Lehtorannan ammattiopisto"));
    assert_eq!(badge.received_at(), noon());
    assert_eq!(badge.signed_text(), text.trim());
    assert_eq!(
        badge.valid_until(),
        Some("2031-05-29T12:00:00Z".parse().unwrap())
    );
    let listed = world.wallet.badges().unwrap();
    let ids: Vec<_> = listed.iter().map(HeldBadge::id).collect();
    assert_eq!(ids, [added.badge.id()]);
    assert!(world.wallet.credentials().unwrap().is_empty());
    let shown = format!("{added:?} {badge:?}");
    assert!(!shown.contains("Hygienia"), "{shown}");
}

#[test]
fn a_badge_says_in_words_what_was_achieved() {
    let world = World::new();
    let text = world.issued(|_| {}).to_string();
    let badge = add(&world.wallet, &text).unwrap().badge;
    let lines: Vec<(String, Value)> = badge
        .lines(Language::Fi)
        .into_iter()
        .map(|line| (line.label, line.value))
        .collect();
    let expected = [
        ("Nimi", json!("Hygieniaosaaminen")),
        ("Kuvaus", json!("Elintarvikkeiden turvallinen käsittely")),
        ("Mitä vaadittiin", json!("Hyväksytty koe")),
        ("Annettu", json!("2026-05-20")),
        ("Tulos", json!(["5"])),
    ];
    assert_eq!(
        lines,
        expected.map(|(label, value)| (label.to_owned(), value))
    );
}

#[test]
fn a_changed_badge_is_refused_and_nothing_is_stored() {
    let world = World::new();
    let mut document = world.issued(|_| {});
    document["credentialSubject"]["achievement"]["name"] = json!("Kirurgia");
    let reason = Reason::SignatureInvalid;
    let refused = world.refusal(&document.to_string());
    assert_eq!(refused, BadgeError::NotVerified { reason });
    assert_eq!(refused.reason(), "signature_invalid");

    // Nor beside the honest one, whose id and proof it has.
    let honest = world.issued(|_| {});
    add(&world.wallet, &honest.to_string()).unwrap();
    let mut document = honest;
    document["credentialSubject"]["result"][0]["value"] = json!("6");
    let refused = world.refusal(&document.to_string());
    assert_eq!(refused, BadgeError::NotVerified { reason });
    let held = &world.wallet.badges().unwrap()[0];
    assert!(!held.signed_text().contains("\"6\""));
}

#[test]
fn what_the_check_refuses_is_refused_for_the_same_reason() {
    let world = World::new();
    let course = world.issued(|badge| {
        badge["credentialSubject"]["achievement"]["achievementType"] = json!("Course");
    });
    let ended = world.issued(|badge| badge["validUntil"] = json!("2026-05-29T11:59:59Z"));
    let after = |change: &dyn Fn(&mut Value)| {
        let mut document = world.issued(|_| {});
        change(&mut document);
        document
    };
    let context = after(&|d| d["@context"][1] = json!("https://elsewhere.example/context"));
    let suite = after(&|d| d["proof"]["cryptosuite"] = json!("ecdsa-sd-2023"));
    let unsigned = after(&|d| drop(d.as_object_mut().unwrap().remove("proof")));
    let (key, _did) = stranger();
    let unknown = "https://kurssit.example";
    let unknown = signed_by(&key, unknown, &format!("{unknown}#1"), |_| {});
    for (document, reason) in [
        (course, Reason::IssuerNotTrustedForType),
        (ended, Reason::Expired),
        (context, Reason::ContextUnknown),
        (suite, Reason::ProofNotSupported),
        (unsigned, Reason::NotSigned),
        (unknown, Reason::IssuerKeyNotAvailable),
    ] {
        let refused = world.refusal(&document.to_string());
        assert_eq!(refused, BadgeError::NotVerified { reason });
    }
}

#[test]
fn what_is_no_badge_is_refused_as_such() {
    let world = World::new();
    for text in ["", "{", "[]", "no badge", "eyJhbGciOiJFUzI1NiJ9.e30.e30~"] {
        let refused = world.refusal(text);
        assert_eq!(refused.reason(), "badge_malformed", "{text}");
    }
    // A stranger's credential of another kind: its proof holds, and it is no badge.
    let (key, did) = stranger();
    let other = signed_by(&key, &did, &did, |document| {
        document["type"] = json!(["VerifiableCredential"]);
    });
    let detail = "type_unknown";
    let refused = world.refusal(&other.to_string());
    assert_eq!(refused, BadgeError::NotABadge { detail });

    let blank = " ".repeat(MAX_LENGTH);
    let honest = world.issued(|_| {}).to_string();
    let padded = honest.replacen('{', &format!("{{{blank}"), 1);
    assert_eq!(world.refusal(&padded), BadgeError::TooLarge);
}

#[test]
fn a_stranger_whose_key_is_its_name_is_kept_without_a_name() {
    let world = World::new();
    let (key, did) = stranger();
    let text = signed_by(&key, &did, &did, |_| {}).to_string();
    let added = add(&world.wallet, &text).unwrap();
    assert_eq!(added.report.verdict, Outcome::Attention);
    let badge = world.wallet.badge(added.badge.id()).unwrap();
    assert_eq!(badge.issuer_name(), None);
    assert_eq!(badge.issuer(), did);
}

#[test]
fn whom_a_badge_names_as_awarding_it_is_told_only_when_its_issuer_is_known() {
    let world = World::new();
    let created = |badge: &mut Value| {
        badge["credentialSubject"]["achievement"]["creator"] = json!({
            "id": "https://university.example", "type": ["Profile"], "name": "Yliopisto",
        });
    };
    let (key, did) = stranger();
    for (document, expected) in [
        (world.issued(created), true),
        (signed_by(&key, &did, &did, created), false),
    ] {
        let badge = add(&world.wallet, &document.to_string()).unwrap().badge;
        let lines = badge.lines(Language::Sv);
        let told = lines.iter().any(|line| line.value == json!("Yliopisto"));
        assert_eq!(told, expected);
        assert!(lines.iter().any(|line| line.label == "Beskrivning"));
    }
}

#[test]
fn a_status_that_could_not_be_checked_does_not_keep_a_badge_out_and_is_told() {
    let world = World::new();
    let listed = world.issued(|badge| {
        badge["credentialStatus"] = json!({
            "id": "https://school.example/list#7",
            "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation",
            "statusListIndex": "7",
            // Not an address that this wallet may ask.
            "statusListCredential": "https://school.example/list",
        });
    });
    let added = add(&world.wallet, &listed.to_string()).unwrap();
    assert_eq!(added.report.verdict, Outcome::CouldNotCheck);
    let told = |reason| added.report.all_checks().any(|it| it.reason == reason);
    assert!(told(Reason::StatusUnreachable));
}

#[test]
fn the_same_badge_twice_is_stored_once() {
    let world = World::new();
    let document = world.issued(|_| {});
    let first = add(&world.wallet, &document.to_string()).unwrap();
    world.clock.advance(TimeDelta::hours(1));
    let again = add(&world.wallet, &format!("{document:#}")).unwrap();
    assert!(again.was_held);
    assert_eq!(again.badge.id(), first.badge.id());
    assert_eq!(again.badge.received_at(), noon());
    assert_eq!(world.wallet.badges().unwrap().len(), 1);

    // The issuer's correction has the same id and another proof.
    let corrected = world.issued(|badge| {
        badge["credentialSubject"]["result"][0]["value"] = json!("4");
    });
    let corrected = add(&world.wallet, &corrected.to_string()).unwrap();
    assert!(!corrected.was_held);
    let ids: Vec<_> = world
        .wallet
        .badges()
        .unwrap()
        .iter()
        .map(HeldBadge::id)
        .collect();
    assert_eq!(ids, [corrected.badge.id(), first.badge.id()]);
}

#[test]
fn a_stored_badge_that_no_longer_verifies_is_an_error_and_not_shown() {
    let world = World::new();
    let text = world.issued(|_| {}).to_string();
    let id = add(&world.wallet, &text).unwrap().badge.id();
    let stored = world.wallet.vault().get(&BADGES, &id).unwrap().unwrap();
    let changed = StoredBadge {
        text: text.replace("Hygieniaosaaminen", "Kirurgia"),
        ..stored.clone()
    };
    let other_key = StoredBadge {
        issuer_key: stranger().0.public_jwk().clone(),
        ..stored.clone()
    };
    let cut = StoredBadge {
        text: text[..text.len() - 1].to_owned(),
        ..stored
    };
    for (damaged, reason) in [
        (changed, "linked_data_bad_signature"),
        (other_key, "linked_data_bad_signature"),
        (cut, "linked_data_not_json"),
    ] {
        world.wallet.vault().put(&BADGES, &id, &damaged).unwrap();
        for error in [
            world.wallet.badge(id).unwrap_err(),
            world.wallet.badges().unwrap_err(),
        ] {
            assert!(matches!(error, Error::HeldBadge(_)), "{error:?}");
            assert_eq!(error.reason(), reason);
            assert!(!error.to_string().contains("Kirurgia"));
        }
    }
}

#[test]
fn a_wallet_without_a_list_takes_no_badge() {
    let (world, parties) = (World::new(), Parties::new());
    let (wallet, _clock, _folder) = parties.wallet();
    let text = world.issued(|_| {}).to_string();
    assert_eq!(add(&wallet, &text).unwrap_err(), Error::NoTrustList);
    assert!(wallet.badges().unwrap().is_empty());
}
