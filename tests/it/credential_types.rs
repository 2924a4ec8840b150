//! Every type of credential goes the whole way: from a record to its claims, signed by the issuer's
//! server, checked by the wallet, shared, and verified by the recipient.

use std::collections::BTreeSet;

use credential_core::{
    credential::CredentialType,
    record::{Attainment, AttainmentKind, Code, Credits, LearningRecord, Organisation, Person},
    text::{Language, Text},
};
use issuer_adapters::{
    mapping,
    server::{Confirmation, HolderMatch},
};
use osaamislompakko::{
    stages::{self, Chosen},
    world::World,
};
use serde_json::Value;
use verifier_sdk::{Report, checks::Outcome};
use wallet_core::{
    Wallet,
    credentials::HeldCredential,
    disclosure::Selection,
    vault::{KdfCost, Passphrase},
};

use crate::support::Scene;

fn attainment(kind: AttainmentKind, title: &str) -> Attainment {
    let mut one = Attainment::new(kind, Text::new(title, title, title), format!("/{title}"));
    one.awarded = "2026-05-20".parse().ok();
    one.skills = vec![Code {
        value: "http://data.europa.eu/esco/skill/00000000-0000-4000-8000-000000000003".into(),
        scheme: Some("esco".into()),
        label: Text::new("puunkorjuu", "drivning", "timber harvesting"),
    }];
    one
}

fn credits(amount: &str) -> Option<Credits> {
    Some(Credits {
        amount: amount.parse().unwrap(),
        unit: Code {
            value: "2".into(),
            scheme: Some("opintojenlaajuusyksikko".into()),
            label: Text::new("opintopistettä", "studiepoäng", "ECTS credits"),
        },
    })
}

/// One attainment of each kind.
fn record() -> LearningRecord {
    let mut degree = attainment(
        AttainmentKind::Qualification {
            titles: Vec::new(),
            specialisations: Vec::new(),
        },
        "Metsätalousinsinööri",
    );
    degree.level.eqf = Some(6);
    degree.credits = credits("240");
    degree.parts = vec![attainment(AttainmentKind::StudyAchievement, "Metsänhoito")];
    let mut course = attainment(AttainmentKind::StudyAchievement, "Waldkunde");
    let title = std::mem::take(&mut course.title).fi.unwrap();
    course.other_titles = vec![credential_core::record::LocalText {
        language: "de".into(),
        text: title,
    }];
    let place = AttainmentKind::Enrolment {
        state: Code {
            value: "1".into(),
            ..Code::default()
        },
        from: "2025-08-01".parse().ok(),
        expected_end: None,
    };
    let work = AttainmentKind::Experience {
        employer: Some(Box::new(Organisation {
            name: Text::new("Salmen Saha Oy", "Salmen Saha Ab", "Salmen Sawmill Ltd"),
            ..Organisation::default()
        })),
        occupation: None,
        ended: None,
        self_asserted: false,
    };
    let attainments = vec![
        degree,
        course,
        attainment(AttainmentKind::SkillBadge, "Kirjanpainajan tunnistaja"),
        attainment(AttainmentKind::LanguageCertificate, "Yleinen kielitutkinto"),
        attainment(place, "Metsänhoitaja"),
        attainment(work, "Vuorovastaava"),
    ];
    let person = Person {
        family_name: Some("Esimerkki-Lahti".into()),
        given_name: Some("Aino Orvokki".into()),
        birthdate: "2001-02-03".parse().ok(),
        person_oid: None,
    };
    LearningRecord::new("test", person, attainments, vec![], b"").unwrap()
}

/// A wallet that collected all credentials of the record, by one offer.
async fn collected(world: &World) -> Wallet {
    let passphrase = Passphrase::from("koivu lumi silta aamu".to_owned());
    let cost = KdfCost::danger_cheap_for_tests();
    let wallet = world.wallet("wallet", &passphrase, cost).await.unwrap();
    let mapped = mapping::credentials(&record());
    assert_eq!(mapped.notices, []);
    let (by, matched) = (Confirmation::LinkAlone, HolderMatch::DemonstrationOnly);
    let offers = world
        .issuer()
        .offer(mapped.credentials, matched, by)
        .unwrap();
    let [offer] = offers.as_slice() else {
        panic!("{} offers", offers.len())
    };
    let open = wallet.open_offer(&offer.link).await.unwrap();
    wallet.accept_offer(&open, None).await.unwrap();
    wallet
}

/// Shares what is needed of one credential, and nothing optional; gives the recipient's report.
async fn needed(scene: &mut Scene, wallet: &Wallet, held: &HeldCredential) -> Report {
    let recipient = scene.world.recipient().await.unwrap();
    let pending = stages::push(&recipient, held).await.unwrap();
    let open = wallet.open_request(pending.link()).await.unwrap();
    let all = wallet.credentials().unwrap();
    let chosen = Chosen {
        selection: Selection::smallest(open.request(), &all).unwrap(),
        items: Vec::new(),
        unasked: 0,
        until: wallet.proposed_end(&open).unwrap(),
    };
    let answered = (&recipient, &pending);
    let shared = stages::share(&mut scene.world, wallet, &open, &chosen, answered).await;
    let (_approved, mut grant) = shared.unwrap();
    let report = stages::read(&scene.world, &recipient, &mut grant).await;
    report.unwrap().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_type_is_issued_collected_shared_and_verified_and_discloses_the_needed_claim_alone() {
    let mut scene = Scene::new().await;
    let wallet = collected(&scene.world).await;
    let held = wallet.credentials().unwrap();
    let types: BTreeSet<&str> = held.iter().map(HeldCredential::vct).collect();
    assert_eq!(types, CredentialType::ALL.map(CredentialType::vct).into());
    assert_eq!(held.len(), CredentialType::ALL.len());

    for credential in &held {
        let report = needed(&mut scene, &wallet, credential).await;
        let vct = credential.vct();
        let text = report.to_text(Language::Fi);
        assert_eq!(report.verdict, Outcome::Valid, "{vct}: {text}");
        let [shown] = report.credentials.as_slice() else {
            panic!("{vct}")
        };
        assert_eq!(shown.kind.as_ref().unwrap().vct, vct);
        let claims: Vec<(String, &Value)> = shown
            .claims
            .iter()
            .map(|claim| (claim.path.to_string(), &claim.value))
            .collect();
        let needed = match CredentialType::from_vct(vct).unwrap() {
            CredentialType::MinimumLevel => "eqf_at_least_4",
            CredentialType::MinimumCredits => "credits_at_least_60",
            CredentialType::EnrolledNow => "enrolled",
            _certificate => "title",
        };
        let expected = &credential.claims()[needed];
        assert_eq!(claims, [(format!("/{needed}"), expected)], "{vct}");
        for kept_back in ["Esimerkki", "2001-02-03"] {
            assert!(!text.contains(kept_back), "{vct}: {text}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recipient_reads_a_proof_and_a_foreign_title_in_plain_words() {
    let mut scene = Scene::new().await;
    let wallet = collected(&scene.world).await;
    let held = wallet.credentials().unwrap();
    let mut told = String::new();
    for kind in [
        CredentialType::MinimumLevel,
        CredentialType::MinimumCredits,
        CredentialType::EnrolledNow,
        CredentialType::StudyAchievement,
    ] {
        let credential = held.iter().find(|one| one.vct() == kind.vct()).unwrap();
        told += &needed(&mut scene, &wallet, credential)
            .await
            .to_text(Language::Sv);
    }
    for line in [
        "Bevis på utbildningsnivå\n",
        "  Minst EQF-nivå 4: ja\n",
        "  Minst 60 studiepoäng: ja\n",
        "  Studerar nu: ja\n",
        "  Benämning: Waldkunde (de)\n",
    ] {
        assert!(told.contains(line), "{line} is not in\n{told}");
    }
}
