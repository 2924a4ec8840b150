//! Minimal proofs: collected with what they follow from, and nothing but the issuer links them to it.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use credential_core::{
    credential::CredentialType,
    encoding::from_base64url,
    record::{Attainment, AttainmentKind, Code, LearningRecord, Person},
    sd_jwt::VerifiedSdJwt,
    text::Text,
};
use serde_json::{Map, Value};

use super::world::{World, key, noon};
use crate::{
    mapping,
    server::{Confirmation, HolderMatch, Offer},
};

const TYPES: [CredentialType; 4] = [
    CredentialType::Qualification,
    CredentialType::Enrolment,
    CredentialType::MinimumLevel,
    CredentialType::EnrolledNow,
];

/// A degree and a place to study.
fn record() -> LearningRecord {
    let person = Person {
        family_name: Some("Esimerkki-Lahti".into()),
        given_name: Some("Aino Orvokki".into()),
        birthdate: "2001-02-03".parse().ok(),
        person_oid: None,
    };
    let degree = AttainmentKind::Qualification {
        titles: Vec::new(),
        specialisations: Vec::new(),
    };
    let title = Text::new(
        "Metsätalousinsinööri",
        "Skogsbruksingenjör",
        "Forestry engineer",
    );
    let mut degree = Attainment::new(degree, title, "/0".into());
    degree.awarded = "2026-05-20".parse().ok();
    degree.level.eqf = Some(6);
    let place = AttainmentKind::Enrolment {
        state: Code {
            value: "1".into(),
            ..Code::default()
        },
        from: None,
        expected_end: None,
    };
    let place = Attainment::new(
        place,
        Text::new("Metsänhoitaja", "Forstmästare", "Forester"),
        "/1".into(),
    );
    LearningRecord::new("test", person, vec![degree, place], vec![], b"").unwrap()
}

fn offer(world: &World) -> Offer {
    let credentials = mapping::credentials(&record()).credentials;
    let offers = world
        .state
        .offer(credentials, HolderMatch::InPerson, Confirmation::LinkAlone);
    let [offer] = offers.unwrap().try_into().unwrap();
    offer
}

async fn collected(world: &World) -> Vec<VerifiedSdJwt> {
    let offer = offer(world);
    assert_eq!(offer.credential_types, TYPES);
    let code = world.code(&offer).await;
    let token = world.redeem(&code, None).await.body["access_token"].take();
    let token = token.as_str().unwrap();
    let mut all = Vec::new();
    for what in [
        "qualification",
        "enrolment",
        "minimum-level",
        "enrolled-now",
    ] {
        world.clock.advance(TimeDelta::seconds(7));
        let answer = world.collect(token, what, &[&key()]).await;
        all.append(&mut world.verified(&answer));
    }
    all
}

/// What everybody sees of a credential: its payload as it was signed.
fn signed(credential: &VerifiedSdJwt) -> Map<String, Value> {
    let payload = credential.as_str().split('.').nth(1).unwrap();
    serde_json::from_slice(&from_base64url(payload).unwrap()).unwrap()
}

#[tokio::test]
async fn proofs_are_in_the_same_offer_as_what_they_follow_from() {
    let world = World::new().await;
    let all = collected(&world).await;
    let types: Vec<_> = all.iter().map(VerifiedSdJwt::vct).collect();
    assert_eq!(types, TYPES.map(CredentialType::vct));
    assert_eq!(all[2].claims()["eqf_at_least_6"], true);
    assert_eq!(all[2].claims()["eqf_at_least_7"], false);
    assert_eq!(all[3].claims()["enrolled"], true);
}

#[tokio::test]
async fn a_proof_of_enrolment_ends_at_most_thirty_days_after_its_issue() {
    let world = World::new().await;
    let all = collected(&world).await;
    for credential in &all {
        let short = credential.vct() == CredentialType::EnrolledNow.vct();
        let life = credential
            .expires_at()
            .map(|end| end - credential.issued_at().unwrap());
        assert_eq!(
            life,
            short.then(|| TimeDelta::days(30)),
            "{}",
            credential.vct()
        );
    }
    assert!(all[3].expires_at().unwrap() <= noon() + TimeDelta::days(30));
    assert!(all[3].expires_at().unwrap() > noon() + TimeDelta::days(29));
}

#[tokio::test]
async fn the_limit_counts_from_the_issue_and_not_from_the_offer() {
    let world = World::new().await;
    let offer = offer(&world);
    let code = world.code(&offer).await;
    world
        .clock
        .advance(offer.expires_at - noon() - TimeDelta::minutes(1));
    let token = world.redeem(&code, None).await.body["access_token"].take();
    let answer = world
        .collect(token.as_str().unwrap(), "enrolled-now", &[&key()])
        .await;
    let credential = world.verified(&answer).remove(0);
    let left = credential.expires_at().unwrap() - world.state.now();
    assert!(
        left <= TimeDelta::days(30) && left > TimeDelta::days(29),
        "{left}"
    );
}

#[tokio::test]
async fn nothing_in_the_open_links_a_proof_to_another_credential_of_the_person() {
    let world = World::new().await;
    let all: Vec<_> = collected(&world).await.iter().map(signed).collect();
    let of_the_issuer = BTreeSet::from(["iss", "iat", "_sd_alg"]);
    for (at, one) in all.iter().enumerate() {
        assert_eq!(
            one["iat"], 1_780_012_800,
            "the day, for everybody of that day"
        );
        for other in &all[..at] {
            let same = one
                .iter()
                .filter(|(name, value)| other.get(*name) == Some(value));
            let same: BTreeSet<&str> = same.map(|(name, _)| name.as_str()).collect();
            assert!(same.is_subset(&of_the_issuer), "{same:?}");
            assert_ne!(one["cnf"], other["cnf"]);
            let index =
                |payload: &Map<String, Value>| payload["status"]["status_list"]["idx"].clone();
            assert_ne!(index(one), index(other));
            let digests = |payload: &Map<String, Value>| -> BTreeSet<String> {
                let digests = payload["_sd"].as_array().unwrap().iter();
                digests
                    .map(|digest| digest.as_str().unwrap().to_owned())
                    .collect()
            };
            assert!(digests(one).is_disjoint(&digests(other)));
        }
    }
}
